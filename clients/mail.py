"""The kinds of message this app sends."""

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from clients import alarms
from clients.models import Client, Invitation
from clients.services import birth_date, invitations
from studio.accounts.models import Coach, Studio
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
    path = reverse("clients:invitation", kwargs={"token": invitations.invitation_token(invitation)})
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


def _question_wanted(message: Message) -> str:
    client = _client(message)
    if client is None:
        return "the record was erased"
    return "" if birth_date.is_under_age(client, timezone.now()) else "the date has been corrected already"


def _render_question(message: Message) -> Letter:
    client = _client(message)
    if client is None:
        raise LookupError("the record was erased")
    words = {
        "coach": client.coach.user.get_short_name(),
        "runner": client.name,
        "first_name": client.first_name,
        "youngest": birth_date.YOUNGEST_ALONE,
        "url": settings.SITE_URL + reverse("clients:details", kwargs={"pk": client.pk}) + "#facts",
    }
    body = render_to_string("email/clients/birth_date_question.txt", words)
    return Letter(f"Is the date of birth right? {client.name}", body)


def _render_corrected(message: Message) -> Letter:
    client = _client(message)
    if client is None:
        raise LookupError("the record was erased")
    words = {
        "first_name": client.first_name,
        "coach": client.coach.user.name,
        "studio": Studio.current().name,
        "url": settings.SITE_URL + reverse("assessments:intake") if client.user_id else "",
    }
    body = render_to_string("email/clients/birth_date_corrected.txt", words)
    return Letter("Your date of birth is corrected; you can go on", body)


def _is_there(message: Message) -> str:
    return "" if _client(message) else "the record was erased"


def _render_coach_changed(message: Message) -> Letter:
    client = _client(message)
    if client is None:
        raise LookupError("the record was erased")
    before = Coach.objects.select_related("user").filter(pk=message.data.get("from")).first()
    words = {
        "first_name": client.first_name,
        "coach": client.coach.user.name,
        "before": before.user.name if before else "",
        "studio": Studio.current().name,
        "url": settings.SITE_URL + reverse("front:me"),
    }
    body = render_to_string("email/clients/coach_changed.txt", words)
    return Letter(f"{client.coach.user.name} is your coach now", body)


INVITATION = Kind("invitation", "Invitation", _render_invitation, _invitation_wanted, secret=True)
CONSENT_WITHDRAWN = Kind("consent_withdrawn", "Consent withdrawn", _render_withdrawal, _is_there)

BIRTH_DATE_QUESTION = Kind("birth_date_question", "Date of birth, a question", _render_question, _question_wanted)
BIRTH_DATE_CORRECTED = Kind("birth_date_corrected", "Date of birth corrected", _render_corrected, _is_there)

COACH_CHANGED = Kind("coach_changed", "Another coach", _render_coach_changed, _is_there)


def register_kinds() -> None:
    for kind in (INVITATION, CONSENT_WITHDRAWN, BIRTH_DATE_QUESTION, BIRTH_DATE_CORRECTED, COACH_CHANGED):
        register(kind)
    alarms.register_kind()
