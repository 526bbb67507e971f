"""What the rules for slots need to know about a coach, in three queries however long the history."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from consultations.domain.availability import SlotRequest, Window
from consultations.models import Booking, BookingQuerySet, ConsultationType, HoursException, WeeklyHours
from studio.accounts.models import Coach

MARGIN = timedelta(days=2)  # more than any offset and buffers together


def slot_request(kind: ConsultationType, first: date, last: date, now: datetime) -> SlotRequest:
    """The request for one type's slots.

    Args:
        kind: with its coach and the coach's user at hand.
        first, last: days in the coach's zone, both included.
        now: an aware instant.
    """
    coach: Coach = kind.coach
    zone: ZoneInfo = coach.user.zone
    exceptions = HoursException.objects.for_coach(coach).filter(date__range=(first, last))
    bookings = Booking.objects.for_coach(coach).blocking(
        datetime.combine(first, time(), zone) - MARGIN, datetime.combine(last, time(), zone) + MARGIN
    )
    return SlotRequest(
        zone=zone,
        weekly=week_of(coach),
        exceptions={exception.date: exception.to_windows() for exception in exceptions},
        busy=tuple(booking.to_busy() for booking in bookings.only("starts_at", "ends_at", "blocked")),
        type=kind.to_rules(),
        first=first,
        last=last,
        now=now,
    )


def week_of(coach: Coach) -> tuple[tuple[Window, ...], ...]:
    """Opening hours of seven days, Monday first."""
    week: list[list[Window]] = [[] for _ in range(7)]
    for hours in WeeklyHours.objects.for_coach(coach):
        week[hours.weekday].append(hours.to_window())
    return tuple(tuple(day) for day in week)


def bookings_on(coach: Coach, day: date) -> BookingQuerySet:
    """Standing bookings that start on a day of the coach's."""
    zone = coach.user.zone
    start, end = (datetime.combine(d, time(), zone) for d in (day, day + timedelta(days=1)))
    return Booking.objects.for_coach(coach).between(start, end)
