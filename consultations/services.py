"""What happens to consultations: they are booked, cancelled and seen; a coach sets hours and types."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import F, Max
from django.utils.text import slugify

from clients.models import Client
from clients.services.birth_date import YOUNGEST_ALONE
from clients.services.record import lead_from_booking
from consultations import queries
from consultations.domain.availability import Refusal, Slot, Window, fits, merged
from consultations.models import Booking, ConsultationType, HoursException, WeeklyHours
from studio.accounts.models import Coach, User
from studio.outbox import services as outbox

REFUSALS = {
    Refusal.NOT_OFFERED: "That time is not offered. Please choose one of those shown.",
    Refusal.TOO_SOON: "That time is too close by now. Please choose a later one.",
    Refusal.TOO_FAR: "That day is too far ahead to book yet. Please choose an earlier one.",
    Refusal.DAY_FULL: "That day is full now. Please choose another.",
    Refusal.TAKEN: "Somebody was a moment quicker: that time has just been taken. Please choose another.",
}


class ConsultationError(Exception):
    """Something a person can be told; the message is the sentence."""


class NotFree(ConsultationError):
    """The chosen start cannot be booked (any more)."""

    def __init__(self, reason: Refusal) -> None:
        super().__init__(REFUSALS[reason])
        self.reason = reason


class FormUsed(ConsultationError):
    """The form that was sent has made another booking before."""

    def __init__(self, booking: Booking) -> None:
        super().__init__("You have booked another time with this form already. To book this one as well, press again.")
        self.booking = booking


class UnderAge(ConsultationError):
    """Under-16s do not book by themselves."""


class TooLate(ConsultationError):
    """The consultation has begun or is over."""


# --- booking ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def book(
    *,
    kind: ConsultationType,
    starts_at: datetime,
    name: str,
    email: str,
    about: str,
    time_zone: str,
    client_uuid: UUID,
    now: datetime,
    client: Client | None = None,
) -> Booking:
    """Book one consultation: exactly one for a start, and exactly one for a form however often it is sent.

    Args:
        kind: an active type, with its coach and the coach's user at hand.
        starts_at: the chosen start, an aware instant.
        name, email, about: who comes, and what the knee is doing.
        time_zone: the booker's, in which the letters and the calendar file speak.
        client_uuid: made with the form; the same form sent again gives the same booking.
        now: the clock, passed in.
        client: the runner who is signed in; without one the booking makes a lead.

    Returns:
        The booking, made now or by an earlier copy of the same form.

    Raises:
        NotFree: with the reason; nothing is kept.
        FormUsed: the form has booked another start, type or address.
        UnderAge: the runner's record says younger than 16.
    """
    if client is not None:
        age = client.age_on(client.local_date(now))
        if age is not None and age < YOUNGEST_ALONE:
            raise UnderAge(f"Under {YOUNGEST_ALONE} a parent or guardian books with the coach.")
    # One booking at a time for a coach: the daily limit holds, and nobody waits in a deadlock of two constraint checks.
    # That a start has one booking does not rest on this lock but on the exclusion constraint below.
    Coach.objects.select_for_update(no_key=True).get(pk=kind.coach_id)
    if not Coach.objects.working().filter(pk=kind.coach_id).exists():  # she left while the page was open
        raise NotFree(Refusal.NOT_OFFERED)
    earlier = Booking.objects.select_related("type", "coach__user").filter(client_uuid=client_uuid).first()
    if earlier is not None:
        return _same(earlier, kind, starts_at, email)
    day = starts_at.astimezone(kind.coach.user.zone).date()
    verdict = fits(queries.slot_request(kind, day, day, now), starts_at)
    if not isinstance(verdict, Slot):
        raise NotFree(verdict)
    record = client or lead_from_booking(
        coach=kind.coach, name=name, email=email, story=about, time_zone=time_zone, now=now
    )
    booking = Booking(
        coach=kind.coach, type=kind, client=record, client_uuid=client_uuid, starts_at=verdict.start, ends_at=verdict.end,
        blocked=_blocked(kind, verdict), name=name, email=email, about=about, time_zone=time_zone, created_at=now,
    )  # fmt: skip
    try:
        with transaction.atomic():
            booking.save(force_insert=True)
    except IntegrityError as problem:
        if _broken_constraint(problem) != "booking_one_per_slot":
            raise
        raise NotFree(Refusal.TAKEN) from None
    _tell_booker(booking, "booking_confirmed", now)
    _tell_coach(booking, "booking_new", now)
    return booking


def _same(earlier: Booking, kind: ConsultationType, starts_at: datetime, email: str) -> Booking:
    if (earlier.type_id, earlier.starts_at, earlier.email.lower()) != (kind.pk, starts_at, email.lower()):
        raise FormUsed(earlier)
    return earlier


def _blocked(kind: ConsultationType, slot: Slot) -> DateTimeTZRange:
    return DateTimeTZRange(
        slot.start - timedelta(minutes=kind.buffer_before), slot.end + timedelta(minutes=kind.buffer_after)
    )


def _broken_constraint(problem: IntegrityError) -> str:
    return getattr(getattr(problem.__cause__, "diag", None), "constraint_name", "") or ""


@transaction.atomic
def cancel(*, booking: Booking, by: User | None, now: datetime) -> bool:
    """Cancel a booking that has not begun; both sides get a letter.

    Args:
        booking: with its type and its coach's user at hand; brought up to date.
        by: who cancels; None for whoever holds the permanent link.

    Returns:
        Whether it was cancelled now; False when it was cancelled before, which changes nothing.

    Raises:
        TooLate: it has begun or is over.
    """
    cancelled = (
        Booking.objects.standing()
        .filter(pk=booking.pk, starts_at__gt=now)
        .update(state=Booking.State.CANCELLED, cancelled_at=now, cancelled_by=by, sequence=F("sequence") + 1)
    )
    booking.refresh_from_db(fields=["state", "cancelled_at", "cancelled_by", "sequence"])
    if not cancelled:
        if booking.is_standing:
            raise TooLate("This consultation has begun; it cannot be cancelled any more.")
        return False
    _tell_booker(booking, "booking_cancelled", now)
    _tell_coach(booking, "booking_cancelled_coach", now)
    return True


def clash(*, booking: Booking, to: Coach) -> bool:
    """Whether another coach has something at the time of a booking, buffers included."""
    taken = Booking.objects.for_coach(to).blocking(booking.blocked.lower, booking.blocked.upper)
    return taken.exclude(pk=booking.pk).exists()


@transaction.atomic
def hand_over(*, booking: Booking, to: Coach, now: datetime) -> None:
    """Another coach takes the consultation at the same time; both she and whoever booked get a letter.

    Args:
        booking: standing and to come, with its type and client at hand; brought up to date.
        to: with her user at hand. Her hours are not asked: she knows of it and may cancel.

    Raises:
        NotFree: she has another consultation then; nothing changes.
        TooLate: it has begun, or was cancelled.
    """
    try:
        with transaction.atomic():
            moved = (
                Booking.objects.standing()
                .filter(pk=booking.pk, starts_at__gt=now)
                .update(coach=to, sequence=F("sequence") + 1, seen_at=None)
            )
    except IntegrityError as problem:
        if _broken_constraint(problem) != "booking_one_per_slot":
            raise
        raise NotFree(Refusal.TAKEN) from None
    if not moved:
        raise TooLate("This consultation has begun or was cancelled.")
    booking.refresh_from_db(fields=["coach", "sequence", "seen_at"])
    booking.coach = to
    _tell_booker(booking, "booking_handed_over", now)
    _tell_coach(booking, "booking_new", now)


def mark_seen(*, booking: Booking, now: datetime) -> None:
    """The coach has seen a new booking; the first look counts."""
    if Booking.objects.filter(pk=booking.pk, seen_at=None).update(seen_at=now):
        booking.seen_at = now


def _tell_booker(booking: Booking, kind: str, now: datetime) -> None:
    client = booking.client
    outbox.plan_message(
        kind=kind,
        key=f"{kind}:{booking.pk}:{booking.sequence}",
        to=booking.email,
        to_name=booking.name,
        user=client.user if client is not None else None,
        coach=booking.coach,
        client_id=booking.client_id,
        data={"booking": booking.pk},
        now=now,
    )


def _tell_coach(booking: Booking, kind: str, now: datetime) -> None:
    coach = booking.coach
    outbox.plan_message(
        kind=kind,
        key=f"{kind}:{booking.pk}:{booking.sequence}",
        to=coach.user.email,
        to_name=coach.user.name,
        user=coach.user,
        coach=coach,
        client_id=booking.client_id,
        data={"booking": booking.pk},
        now=now,
    )


# --- what a coach sets -------------------------------------------------------------------------------------------------


@transaction.atomic
def set_week(*, coach: Coach, week: Iterable[Iterable[Window]]) -> None:
    """Write the weekly hours: seven days, Monday first, each with its windows. Overlapping ones become one."""
    WeeklyHours.objects.for_coach(coach).delete()
    WeeklyHours.objects.bulk_create(
        WeeklyHours(coach=coach, weekday=weekday, start=_clock(window.start_min), end=_end_clock(window.end_min))
        for weekday, windows in enumerate(week)
        for window in merged(windows)
    )


def set_exception(*, coach: Coach, day: date, windows: Iterable[Window]) -> HoursException:
    """Give one date hours of its own; none = closed. The date's earlier exception is replaced."""
    hours = [[f"{_clock(w.start_min):%H:%M}", _end_words(w.end_min)] for w in merged(windows)]
    exception, _ = HoursException.objects.update_or_create(coach=coach, date=day, defaults={"open": hours})
    return exception


def _clock(minute: int) -> time:
    return time(minute // 60, minute % 60)


def _end_clock(minute: int) -> time | None:
    return None if minute == 24 * 60 else _clock(minute)


def _end_words(minute: int) -> str:
    return "24:00" if minute == 24 * 60 else f"{_clock(minute):%H:%M}"


@transaction.atomic
def add_type(*, coach: Coach, **fields: Any) -> ConsultationType:
    """Add a type at the end of the coach's list; its address comes from its name and stays when the name changes."""
    last = ConsultationType.objects.for_coach(coach).aggregate(last=Max("position"))["last"]
    kind = ConsultationType(coach=coach, position=0 if last is None else last + 1, **fields)
    stem = slugify(kind.name)[:50] or "consultation"
    taken = set(ConsultationType.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    for kind.slug in _slugs(stem):
        if kind.slug not in taken:
            try:
                with transaction.atomic():
                    kind.save(force_insert=True)
            except IntegrityError:  # another coach took the address this very moment
                continue
            return kind
    raise AssertionError("numbers do not end")


def _slugs(stem: str) -> Iterator[str]:
    yield stem
    for number in count(2):
        yield f"{stem}-{number}"


def update_type(*, kind: ConsultationType, **fields: Any) -> None:
    """Change a type. Bookings that stand keep the time and the buffers they were made with."""
    for name, value in fields.items():
        setattr(kind, name, value)
    kind.save(update_fields=list(fields))
