"""What tests of consultations start from: types, hours and bookings."""

from datetime import datetime, time, timedelta
from uuid import uuid4

from consultations.models import Booking, ConsultationType, WeeklyHours
from studio.accounts.models import Coach


def make_type(coach: Coach, name: str = "First consultation", **fields) -> ConsultationType:
    """45 minutes, a start every 45, no buffers: easy to count with."""
    rules = {"minutes": 45, "step": 45, "buffer_after": 0, "notice_minutes": 0, "slug": name.lower().replace(" ", "-")}
    return ConsultationType.objects.create(coach=coach, name=name, **rules | fields)


def open_week(coach: Coach, start: str = "09:00", end: str = "12:00") -> None:
    WeeklyHours.objects.bulk_create(
        WeeklyHours(coach=coach, weekday=day, start=time.fromisoformat(start), end=time.fromisoformat(end))
        for day in range(7)
    )


def make_booking(kind: ConsultationType, starts_at: datetime, **fields) -> Booking:
    """A booking as the service would store it, without its letters; also in the past."""
    ends_at = starts_at + timedelta(minutes=kind.minutes)
    before, after = timedelta(minutes=kind.buffer_before), timedelta(minutes=kind.buffer_after)
    person = {"name": "Elena Varga", "email": "elena@example.com", "time_zone": "Europe/London"}
    return Booking.objects.create(
        coach=kind.coach,
        type=kind,
        starts_at=starts_at,
        ends_at=ends_at,
        blocked=(starts_at - before, ends_at + after),
        **person | fields,
    )


def typed(**changes) -> dict:
    """What a visitor sends to book on Thursday 19 November 2026 at 09:45 in London."""
    return {
        "name": "Elena Varga",
        "email": "elena@example.com",
        "about": "Left knee, sore on stairs.",
        "age": "16",
        "zone": "Europe/London",
        "starts_at": "2026-11-19T09:45:00Z",
        "client_uuid": str(uuid4()),
        "website": "",
    } | changes
