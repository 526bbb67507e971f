"""The kinds of message this app sends."""

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from clients import alarms, services
from clients.models import Client, Invitation
from studio.accounts.models import Studio
from studio.outbox.kinds import Kind, Letter, register
from studio.outbox.models import Message


def _invitation(message: Message) -> Invitation | None:
    rows = Invitation.objects.select_related("client__coach__user")
    return rows.filter(pk=message.data.get("invitation")).first()


def _invitation_wanted(message: Message) -> str:
    invitation = _invitation(message)
    if invitation is None:
        return "the record was erased"
    if invitation.is_used:
        return "the invitation was used already"
    if not invitation.is_open(timezone.now()):
        return "the invitation was revoked or ran out"
    return ""


def _render_invitation(message: Message) -> Letter:
    invitation = _invitation(message)
    if invitation is None:
        raise LookupError("the record was erased")
    client, studio = invitation.client, Studio.current()
    path = reverse("clients:invitation", kwargs={"token": services.invitation_token(invitation)})
    words = {
        "first_name": client.first_name,
        "coach": client.coach.user.name,
        "studio": studio.name,
        "url": settings.SITE_URL + path,
        "last_day": invitation.expires_at.astimezone(client.zone),
    }
    return Letter(
        f"{client.coach.user.name} invites you to {studio.name}",
        render_to_string("email/clients/invitation.txt", words),
        render_to_string("email/clients/invitation.html", words),
    )


def _client(message: Message) -> Client | None:
    return Client.objects.select_related("coach__user").filter(pk=message.data.get("client")).first()


def _withdrawal_wanted(message: Message) -> str:
    return "" if _client(message) else "the record was erased"


def _render_withdrawal(message: Message) -> Letter:
    client = _client(message)
    if client is None:
        raise LookupError("the record was erased")
    words = {
        "coach": client.coach.user.get_short_name(),
        "runner": client.name,
        "first_name": client.first_name,
        "url": settings.SITE_URL + reverse("clients:details", kwargs={"pk": client.pk}),
    }
    return Letter(f"{client.name} withdrew consent", render_to_string("email/clients/consent_withdrawn.txt", words))


INVITATION = Kind("invitation", "Invitation", _render_invitation, _invitation_wanted, secret=True)
CONSENT_WITHDRAWN = Kind("consent_withdrawn", "Consent withdrawn", _render_withdrawal, _withdrawal_wanted)


def register_kinds() -> None:
    register(INVITATION)
    register(CONSENT_WITHDRAWN)
    alarms.register_kind()
