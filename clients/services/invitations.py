"""Invitations: a link that opens the studio to a runner once, from the sending to the yes."""

from datetime import date, datetime, timedelta
from typing import Any

from django.core import signing
from django.db import transaction

from clients.models import Client, Invitation, Note
from clients.services.birth_date import YOUNGEST_ALONE, is_under_age
from clients.services.facts import fact_words
from clients.services.record import ClientError, EmailInUse, update_record
from studio.accounts import services as accounts
from studio.accounts.models import User
from studio.outbox import services as outbox

INVITATION_LASTS = timedelta(days=14)
_signer = signing.Signer(salt="clients.invitation", sep=".")


class AlreadySignsIn(ClientError):
    """The runner has a sign-in: an invitation makes no second one, and the address is her own to change."""


class InvitationClosed(ClientError):
    """The link was used, revoked or is too old."""


class UnderAge(ClientError):
    """Younger than YOUNGEST_ALONE years today, in the runner's own zone."""


@transaction.atomic
def invite(*, client: Client, by: User, now: datetime) -> Invitation:
    """Send a link that opens the studio to a runner: once, for 14 days. An earlier open link stops working.

    Raises:
        AlreadySignsIn: the runner has a sign-in.
        UnderAge: the record says that the runner is younger than 16.
    """
    client = Client.objects.select_for_update().select_related("coach").get(pk=client.pk)
    if client.user_id:
        raise AlreadySignsIn(f"{client.first_name} signs in already.")
    if is_under_age(client, now):
        raise UnderAge(
            f"{client.first_name} is under {YOUNGEST_ALONE}: a parent or guardian and a clinician come first."
        )
    revoke_open(client, now)
    invitation = Invitation.objects.create(
        client=client, sent_to=client.email, made_by=by, created_at=now, expires_at=now + INVITATION_LASTS
    )
    if client.status in (Client.Status.LEAD, Client.Status.FINISHED):
        client.status = Client.Status.INVITED
        client.save(update_fields=["status"])
    outbox.plan_message(
        kind="invitation",
        key=f"invitation:{invitation.pk}",
        to=client.email,
        to_name=client.name,
        coach=client.coach,
        client_id=client.pk,
        data={"invitation": invitation.pk},
        now=now,
    )
    return invitation


@transaction.atomic
def revoke(*, invitation: Invitation, now: datetime) -> bool:
    """Make the link stop working. False when it was used or revoked before."""
    client = Client.objects.select_for_update().get(pk=invitation.client_id)
    if not revoke_open(client, now, pk=invitation.pk):
        return False
    if client.status == Client.Status.INVITED:
        client.status = Client.Status.LEAD
        client.save(update_fields=["status"])
    return True


def revoke_open(client: Client, now: datetime, **which: Any) -> int:
    """Close every link of the runner that still opens, or those that `which` filters; says how many."""
    return client.invitations.filter(accepted_at=None, revoked_at=None, **which).update(revoked_at=now)


def invitation_token(invitation: Invitation) -> str:
    """The signed part of the link; it is made when the letter is written and never stored."""
    return _signer.sign(str(invitation.pk))


def invitation_of(token: str) -> Invitation | None:
    """The invitation behind a link, whatever its state, or None for a link that we never made."""
    try:
        pk = int(_signer.unsign(token))
    except (signing.BadSignature, ValueError):
        return None
    return Invitation.objects.select_related("client__coach__user", "client__user").filter(pk=pk).first()


def is_taken(invitation: Invitation) -> bool:
    """Whether somebody signs in with the invited address already."""
    return User.objects.filter(email__iexact=invitation.sent_to).exists()


def accept(*, invitation: Invitation, name: str, password: str, time_zone: str, born_on: date, now: datetime) -> User:
    """The runner says yes: a sign-in, a verified address, an active record. Exactly once.

    A date of birth under 16 is kept, so that the link stays closed until the coach has corrected it: nobody passes by
    typing another year. Nothing else is.

    Raises:
        InvitationClosed: used, revoked or expired, perhaps a moment ago in another tab.
        UnderAge: younger than 16 today, by what was typed or by what the record says.
        EmailInUse: somebody signs in with this address already.
    """
    try:
        return _accept(invitation, name, password, time_zone, born_on, now)
    except UnderAge:
        _keep_under_age(invitation.client_id, born_on, now)
        raise


@transaction.atomic
def _accept(invitation: Invitation, name: str, password: str, time_zone: str, born_on: date, now: datetime) -> User:
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    client = Client.objects.select_for_update().get(pk=invitation.client_id)
    if not invitation.is_open(now) or client.user_id:
        raise InvitationClosed("This invitation does not work any more.")
    if is_under_age(client, now):
        raise UnderAge("The date of birth in the record says so.")
    client.born_on = born_on
    if is_under_age(client, now):
        raise UnderAge("You need a parent or guardian for this.")
    try:
        user = accounts.open_account(
            email=invitation.sent_to, name=name, role=User.Role.CLIENT, password=password, time_zone=time_zone
        )
    except accounts.EmailTaken:
        raise EmailInUse("Somebody signs in with this address already.") from None
    client.user, client.name, client.time_zone = user, name, time_zone
    if client.status != Client.Status.PAUSED:
        client.status = Client.Status.ACTIVE
    client.save(update_fields=["user", "name", "time_zone", "born_on", "status"])
    invitation.accepted_at = now
    invitation.save(update_fields=["accepted_at"])
    return user


@transaction.atomic
def _keep_under_age(client_id: int, born_on: date, now: datetime) -> None:
    """Keep the date that closed the link; a date that stood in the record before is told in a note."""
    client = Client.objects.select_for_update().get(pk=client_id)
    said_so = Client(born_on=born_on, time_zone=client.time_zone)
    if is_under_age(client, now) or not is_under_age(said_so, now):
        return
    if client.born_on is not None:
        was, said = fact_words("born_on", client.born_on), fact_words("born_on", born_on)
        body = f"Date of birth: {was} -> {said}. Typed at the invitation, which is closed since then."
        Note.objects.create(client=client, body=body, created_at=now)
    update_record(client=client, born_on=born_on)
