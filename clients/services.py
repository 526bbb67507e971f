"""What the studio does with a runner's record: leads, invitations, pauses, notes, standing."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.core import signing
from django.db import IntegrityError, transaction
from django.db.models.functions import Lower

from clients import alarms, events
from clients.models import Client, Invitation, Note, Pause
from studio.accounts import services as accounts
from studio.accounts.models import Coach, User
from studio.outbox import services as outbox

INVITATION_LASTS = timedelta(days=14)
YOUNGEST_ALONE = 16  # years; source: product rule "under-16s: no self-service" (assessment.md, flag under_16)

_signer = signing.Signer(salt="clients.invitation", sep=".")


class ClientError(Exception):
    """Something a person can be told; the message is the sentence."""


class AlreadySignsIn(ClientError):
    """The runner has a sign-in: an invitation makes no second one, and the address is her own to change."""


class InvitationClosed(ClientError):
    """The link was used, revoked or is too old."""


class UnderAge(ClientError):
    """Younger than YOUNGEST_ALONE years today, in the runner's own zone."""


class AlreadyPaused(ClientError):
    """An open-ended pause of the same sort runs."""


class EmailInUse(ClientError):
    """The address has a sign-in, or the coach has a record for it."""


class SameAddress(ClientError):
    """The coach who takes over has records of her own for these runners' addresses."""

    def __init__(self, clients: list[Client]) -> None:
        self.clients = clients
        super().__init__(f"Both coaches have a record for {', '.join(client.email for client in clients)}.")


class ChangedMeanwhile(ClientError):
    """Another page has written the same field since this one was opened."""


class NoReason(ClientError):
    """A fact is corrected with a reason, or not at all."""


# --- leads -----------------------------------------------------------------------------------------------------------


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


# --- invitations -----------------------------------------------------------------------------------------------------


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
    _revoke_open(client, now)
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
    if not _revoke_open(client, now, pk=invitation.pk):
        return False
    if client.status == Client.Status.INVITED:
        client.status = Client.Status.LEAD
        client.save(update_fields=["status"])
    return True


def _revoke_open(client: Client, now: datetime, **which: Any) -> int:
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
        was, said = _fact_words("born_on", client.born_on), _fact_words("born_on", born_on)
        body = f"Date of birth: {was} -> {said}. Typed at the invitation, which is closed since then."
        Note.objects.create(client=client, body=body, created_at=now)
    update_record(client=client, born_on=born_on)


def is_under_age(client: Client, now: datetime) -> bool:
    """Whether the record says that the runner is younger than 16 today, in her own zone. Unknown is not under age."""
    age = client.age_on(client.local_date(now))
    return age is not None and age < YOUNGEST_ALONE


def ask_about_birth_date(*, client: Client, now: datetime) -> None:
    """The runner says that the date of birth is a slip: the coach gets one letter for each date, however often asked."""
    coach = client.coach
    outbox.plan_message(
        kind="birth_date_question",
        key=_birth_date_key(client),
        to=coach.user.email,
        to_name=coach.user.name,
        user=coach.user,
        coach=coach,
        client_id=client.pk,
        data={"client": client.pk},
        now=now,
    )


def has_asked_about_birth_date(client: Client) -> bool:
    """Whether the coach has been asked about the date that stands in the record."""
    return outbox.is_planned(_birth_date_key(client))


def _birth_date_key(client: Client) -> str:
    return f"birth-date:{client.pk}:{client.born_on}"


# --- the record ------------------------------------------------------------------------------------------------------


@transaction.atomic
def change_email(*, client: Client, email: str, now: datetime) -> bool:
    """Correct the address of a runner who has no sign-in yet; an open invitation went to the wrong one and is revoked.

    Returns:
        Whether an invitation was revoked.

    Raises:
        AlreadySignsIn: then the address is the runner's own to change.
        EmailInUse: the coach has another record for it.
    """
    locked = Client.objects.select_for_update().get(pk=client.pk)
    if locked.user_id:
        raise AlreadySignsIn(f"{locked.first_name} changes the address in the settings.")
    if locked.email.lower() == email.lower():
        return False
    try:
        with transaction.atomic():
            Client.objects.filter(pk=client.pk).update(email=email.lower())
    except IntegrityError:
        raise EmailInUse("You have another runner with this address.") from None
    client.email = email.lower()
    revoked = bool(_revoke_open(locked, now))
    if revoked and locked.status == Client.Status.INVITED:
        Client.objects.filter(pk=client.pk).update(status=Client.Status.LEAD)
        client.status = Client.Status.LEAD
    return revoked


def update_record(*, client: Client, **fields: Any) -> None:
    """Write these fields and no others: what a form did not ask stays what somebody else made it meanwhile."""
    for name, value in fields.items():
        setattr(client, name, value)
    client.save(update_fields=list(fields))


FACTS = {"born_on": "Date of birth", "sex_for_norms": "Sex for norms", "painful_side": "Painful side"}


@transaction.atomic
def correct_facts(
    *, client: Client, said: dict[str, Any], was: dict[str, Any], reason: str, by: User, now: datetime
) -> list[str]:
    """The coach corrects what reference values and gates rest on; old value, new value and reason stay in the notes.

    What was told on an earlier day stays as it was told; the next assessment, and the gate from now on, use the new values.

    Args:
        client: brought up to date.
        said: the fields of FACTS that were changed, with their new values.
        was: what the page showed for them.
        reason: why, in the coach's words.

    Returns:
        One "what: old -> new" for each change; [] when there was none.

    Raises:
        NoReason: something changes and nobody says why.
        ChangedMeanwhile: one of these fields has got another value since the page was drawn.
    """
    row = Client.objects.select_for_update().select_related("coach__user").get(pk=client.pk)
    said = {name: value for name, value in said.items() if getattr(row, name) != value}
    if any(getattr(row, name) != was[name] for name in said if name in was):
        raise ChangedMeanwhile("The record has changed since this page was opened. Please read it again.")
    if not said:
        return []
    if not reason.strip():
        raise NoReason("Say why, so that the record can be read later.")
    was_under_age = is_under_age(row, now)
    changes = [
        f"{FACTS[name]}: {_fact_words(name, getattr(row, name))} -> {_fact_words(name, value)}"
        for name, value in said.items()
    ]
    update_record(client=row, **said)
    add_note(client=row, body="\n".join([*changes, f"Why: {reason.strip()}"]), by=by, now=now)
    events.facts_corrected.send(sender=Client, client=row, facts=said)
    if was_under_age and not is_under_age(row, now):
        _tell_the_way_is_open(row, now)
    client.refresh_from_db(fields=list(said))
    return changes


def _fact_words(name: str, value: Any) -> str:
    if not value:
        return "not known"
    if isinstance(value, date):
        return f"{value:%-d %B %Y}"
    choices: type[Client.Sex] | type[Client.Side] = Client.Sex if name == "sex_for_norms" else Client.Side
    return str(choices(value).label)


def _tell_the_way_is_open(client: Client, now: datetime) -> None:
    """The under-age page is gone: say so to whoever stood before it."""
    is_invited = client.invitations.filter(accepted_at=None, revoked_at=None, expires_at__gt=now).exists()
    if client.user_id or is_invited:
        outbox.plan_message(
            kind="birth_date_corrected",
            key=f"birth-date-corrected:{client.pk}:{now.isoformat()}",
            to=client.email,
            to_name=client.name,
            user=client.user,
            coach=client.coach,
            client_id=client.pk,
            data={"client": client.pk},
            now=now,
        )


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


@transaction.atomic
def finish(*, client: Client, by: User | None, now: datetime) -> None:
    """The coaching has ended: out of the daily lists; the record and the sign-in stay.

    An open invitation is revoked, and what the apps above run for the runner ends with it. Taking her back starts nothing
    of it again.
    """
    events.coaching_ending.send(sender=Client, client=client, by=by, now=now)
    client = Client.objects.select_for_update().get(pk=client.pk)
    _revoke_open(client, now)
    client.status = Client.Status.FINISHED
    client.save(update_fields=["status"])


@transaction.atomic
def reopen(*, client: Client) -> None:
    """Take a finished runner back: active with a sign-in, new without one, paused if a pause still runs."""
    client = Client.objects.select_for_update().get(pk=client.pk)
    if client.status == Client.Status.FINISHED:
        client.status = _standing(client)
        client.save(update_fields=["status"])


def _standing(client: Client) -> str:
    if not client.user_id:
        return Client.Status.LEAD
    return Client.Status.PAUSED if _open_pause(client) else Client.Status.ACTIVE


def add_note(*, client: Client, body: str, by: User, now: datetime) -> Note:
    """Write a note that the coach sees and the runner does not."""
    return Note.objects.create(client=client, body=body, author=by, created_at=now)


def follow_sign_in(*, user: User) -> None:
    """The runner changed the sign-in address: letters go there too, unless the coach has another record for it."""
    client = Client.objects.filter(user=user).first()
    if client is None or client.email.lower() == user.email.lower():
        return
    taken = Client.objects.filter(coach=client.coach_id, email__iexact=user.email).exclude(pk=client.pk).exists()
    if not taken:
        client.email = user.email.lower()
        client.save(update_fields=["email"])


# --- another coach ---------------------------------------------------------------------------------------------------


def known_to_both(coach: Coach, to: Coach) -> list[Client]:
    """Records of the first coach that the second cannot take: she has one for the same address."""
    theirs = Client.objects.filter(coach=to).annotate(address=Lower("email")).values("address")
    return list(Client.objects.filter(coach=coach).annotate(address=Lower("email")).filter(address__in=theirs))


@transaction.atomic
def hand_over(*, coach: Coach, to: Coach, by: User, now: datetime) -> list[Client]:
    """Every record of one coach becomes another's, the finished ones too; access follows the record.

    The record notes it, runners who sign in and are coached get a letter, and an open alarm reaches the new coach at once.

    Returns:
        The records that were handed over.

    Raises:
        SameAddress: the other coach has records for some of the addresses; nothing is handed over.
    """
    rows = list(
        Client.objects.select_for_update(of=("self",)).filter(coach=coach).select_related("user").order_by("pk")
    )
    try:
        with transaction.atomic():
            Client.objects.filter(pk__in=[row.pk for row in rows]).update(coach=to)
    except IntegrityError:  # client_email_once_per_coach
        raise SameAddress(known_to_both(coach, to)) from None
    body = f"Handed over from {coach.user.name} to {to.user.name}."
    Note.objects.bulk_create(Note(client=row, author=by, body=body, created_at=now) for row in rows)
    outbox.hand_over(coach=coach, to=to, client_ids=[row.pk for row in rows])
    for row in rows:
        if row.user_id and row.status != Client.Status.FINISHED:
            outbox.plan_message(
                kind="coach_changed", key=f"coach-changed:{row.pk}:{now.isoformat()}", to=row.email, to_name=row.name,
                user=row.user, coach=to, client_id=row.pk, data={"client": row.pk, "from": coach.pk}, now=now,
            )  # fmt: skip
    alarms.hand_over(coach=to, now=now)
    return rows


# --- pauses ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def start_pause(
    *,
    client: Client,
    kind: str,
    starts_on: date,
    ends_on: date | None = None,
    note: str = "",
    by: User | None,
    now: datetime,
) -> Pause:
    """Excuse days: they count for nothing, and nobody is asked about them.

    Args:
        kind: a Pause.Kind. A flare excuses days and leaves the runner active: the plan for flares runs.
        starts_on, ends_on: days in the runner's zone, both excused; no end = until the runner is back.
        by: who says so.

    Returns:
        The pause; asked twice, the same one.

    Raises:
        AlreadyPaused: an open-ended pause of the same sort runs already.
        ValueError: it ends before it starts, or starts later and has no end.
    """
    client_row = Client.objects.select_for_update().get(pk=client.pk)
    if ends_on is not None and ends_on < starts_on:
        raise ValueError("a pause ends on the day it starts, or later")
    if ends_on is None and starts_on > client_row.local_date(now):
        raise ValueError("a pause that starts later needs an end")
    same = client_row.pauses.filter(kind=kind, starts_on=starts_on, ends_on=ends_on).first()
    if same:
        return same
    is_flare = kind == Pause.Kind.FLARE
    if ends_on is None and _open_pause(client_row, flare=is_flare):
        raise AlreadyPaused("A pause runs already; end it first.")
    pause = Pause.objects.create(
        client=client_row, kind=kind, starts_on=starts_on, ends_on=ends_on, note=note, made_by=by, created_at=now
    )
    if ends_on is None and not is_flare and client_row.status == Client.Status.ACTIVE:
        _set_status(client, client_row, Client.Status.PAUSED)
    return pause


@transaction.atomic
def end_pause(*, pause: Pause, back_on: date) -> None:
    """The runner is back: the day before is the last excused one.

    Args:
        back_on: first day back, in the runner's zone. A pause that began that very day keeps the day; one that has not
            begun is taken away; an end that was earlier anyway stays.
    """
    client = Client.objects.select_for_update().get(pk=pause.client_id)
    row = Pause.objects.filter(pk=pause.pk).first()
    if row is None:  # a second tap: one that had not begun is gone already
        return
    if row.starts_on > back_on:
        row.delete()
    else:
        last = max(row.starts_on, back_on - timedelta(days=1))
        if row.ends_on is None or last < row.ends_on:
            row.ends_on = last
            row.save(update_fields=["ends_on"])
    if client.status == Client.Status.PAUSED and not _open_pause(client):
        _set_status(client, client, Client.Status.ACTIVE)


def _open_pause(client: Client, *, flare: bool = False) -> Pause | None:
    rows = client.pauses.filter(ends_on=None)
    return (rows.filter(kind=Pause.Kind.FLARE) if flare else rows.exclude(kind=Pause.Kind.FLARE)).first()


def _set_status(given: Client, row: Client, status: str) -> None:
    row.status = status
    row.save(update_fields=["status"])
    given.status = status


def excused_days(client: Client, first: date, last: date) -> set[date]:
    """The runner's days from first to last, both included, that count for nothing: pauses and flares."""
    return excused_by(client.pauses.all().touching(first, last), first, last)


def excused_by(pauses: Iterable[Pause], first: date, last: date) -> set[date]:
    """The same for pauses that are at hand, so that a list of runners needs one query for all of them."""
    days = set()
    for pause in pauses:
        day = max(first, pause.starts_on)
        end = last if pause.ends_on is None else min(last, pause.ends_on)
        while day <= end:
            days.add(day)
            day += timedelta(days=1)
    return days
