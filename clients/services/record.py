"""A runner's record: how it begins, what is written into it, and the coach's notes."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from clients.models import Client, Note
from studio.accounts.models import Coach, User


class ClientError(Exception):
    """Something a person can be told; the message is the sentence."""


class EmailInUse(ClientError):
    """The address has a sign-in, or the coach has a record for it."""


@transaction.atomic(savepoint=False)
def lead_from_booking(*, coach: Coach, name: str, email: str, story: str, time_zone: str, now: datetime) -> Client:
    """The record of somebody who booked: the one this coach has for the address, or a new lead.

    An existing record keeps its name, zone and standing, whoever typed its address; a new story is added to the old one.
    """
    client = Client.objects.select_for_update().filter(coach=coach, email__iexact=email).first()
    if client is None:
        try:
            with transaction.atomic():
                return Client.objects.create(
                    coach=coach, name=name, email=email.lower(), story=story, time_zone=time_zone, created_at=now
                )
        except IntegrityError:  # two bookings at once: the constraint decides, the other one made the record
            client = Client.objects.select_for_update().get(coach=coach, email__iexact=email)
    if story.strip() and story.strip() not in client.story:
        client.story = f"{client.story}\n\n{story}".strip()
        client.save(update_fields=["story"])
    return client


@transaction.atomic
def add_runner(
    *, coach: Coach, name: str, email: str, now: datetime, time_zone: str = "Europe/London", story: str = ""
) -> Client:
    """A coach adds a runner by hand. Raises EmailInUse when she has a record for the address."""
    try:
        with transaction.atomic():
            return Client.objects.create(
                coach=coach, name=name, email=email.lower(), story=story, time_zone=time_zone, created_at=now
            )
    except IntegrityError:
        raise EmailInUse("You have a runner with this address already.") from None


def update_record(*, client: Client, **fields: Any) -> None:
    """Write these fields and no others: what a form did not ask stays what somebody else made it meanwhile."""
    for name, value in fields.items():
        setattr(client, name, value)
    client.save(update_fields=list(fields))


@transaction.atomic
def update_person(*, client: Client, **fields: Any) -> None:
    """The runner about herself: the sign-in keeps it all, the record follows in name and zone."""
    user = client.user
    if user is None:
        raise ValueError("this runner has no sign-in")
    for name, value in fields.items():
        setattr(user, name, value)
    user.save(update_fields=list(fields))
    update_record(client=client, name=user.name, time_zone=user.time_zone)


def choose_weekly_note(*, client: Client, wanted: bool, weekday: int, hour: int, now: datetime) -> None:
    """Switch the weekly note on or off; the day and hour are the runner's own, in her zone."""
    off_at = None if wanted else client.note_off_at or now
    update_record(client=client, note_weekday=weekday, note_hour=hour, note_off_at=off_at)


def add_note(*, client: Client, body: str, by: User, now: datetime) -> Note:
    """Write a note that the coach sees and the runner does not."""
    return Note.objects.create(client=client, body=body, author=by, created_at=now)
