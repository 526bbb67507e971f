"""The calendar file of a booking (iCalendar, RFC 5545): the same UID for ever, a higher SEQUENCE with every change."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parseaddr
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from icalendar import Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard, vCalAddress

from consultations.domain.availability import change_of_clock
from consultations.links import manage_url
from consultations.models import Booking
from studio.accounts.models import Studio

REQUEST, CANCEL, PUBLISH = "REQUEST", "CANCEL", "PUBLISH"
A_YEAR = timedelta(days=366)
A_DAY = timedelta(days=1)


def calendar_file(booking: Booking, *, method: str, studio: Studio) -> bytes:
    """Write the file.

    Args:
        booking: with its type and its coach's user at hand.
        method: REQUEST and CANCEL in mail, which calendars act on; PUBLISH for a download.
        studio: whose address organises the meeting.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Runner Studio//Consultations//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    calendar.add_component(_timezone(booking))
    calendar.add_component(_event(booking, method, studio))
    return calendar.to_ical()


def _event(booking: Booking, method: str, studio: Studio) -> Event:
    start, end = _times(booking)
    kind, coach = booking.type, booking.coach.user
    changed_at = booking.cancelled_at or booking.created_at
    event = Event()
    event.add("uid", f"booking-{booking.pk}@{urlsplit(settings.SITE_URL).hostname}")
    event.add("sequence", booking.sequence)
    event.add("dtstamp", changed_at.astimezone(UTC).replace(microsecond=0))
    event.add("dtstart", start)
    event.add("dtend", end)
    event.add("summary", f"{kind.name} with {coach.name}")
    if kind.place:
        event.add("location", kind.place)
    if kind.bring:
        event.add("description", f"Bring: {kind.bring}\n\n{manage_url(booking)}")
    else:
        event.add("description", manage_url(booking))
    event.add("url", manage_url(booking))
    event.add("status", "CONFIRMED" if booking.is_standing else "CANCELLED")
    event.add("organizer", _person(studio.contact_email or parseaddr(settings.DEFAULT_FROM_EMAIL)[1], coach.name))
    if method != PUBLISH:
        attendee = _person(booking.email, booking.name)
        attendee.params["PARTSTAT"], attendee.params["RSVP"] = "ACCEPTED", "FALSE"
        event.add("attendee", attendee)
    return event


def _times(booking: Booking) -> tuple[datetime, datetime]:
    """Start and end in the booking's zone. A local time that its clock shows for the second time can only be told in UTC."""
    zone = ZoneInfo(booking.time_zone)
    start, end = booking.starts_at.astimezone(zone), booking.ends_at.astimezone(zone)
    return (start.astimezone(UTC), end.astimezone(UTC)) if start.fold or end.fold else (start, end)


def _person(address: str, name: str) -> vCalAddress:
    person = vCalAddress(f"mailto:{address}")
    person.params["CN"] = "".join(sign for sign in name if sign.isprintable())  # a parameter takes no control signs
    return person


def _timezone(booking: Booking) -> Timezone:
    """The clock of the booking's zone from a year before to a year after: what Outlook wants to be told.

    Written here because icalendar's own puts the onset of a change to summer time one hour late.
    """
    zone = ZoneInfo(booking.time_zone)
    timezone = Timezone()
    timezone.add("tzid", booking.time_zone)
    for instant, offset_before in _changes(booking.starts_at.astimezone(UTC), zone):
        local = instant.astimezone(zone)
        observance = TimezoneDaylight() if local.dst() else TimezoneStandard()
        observance.add("dtstart", (instant + offset_before).replace(tzinfo=None))
        observance.add("tzoffsetfrom", offset_before)
        observance.add("tzoffsetto", local.utcoffset())
        observance.add("tzname", local.tzname())
        timezone.add_component(observance)
    return timezone


def _changes(around: datetime, zone: ZoneInfo) -> Iterator[tuple[datetime, timedelta]]:
    """What the clock did: the instant from which an offset holds, and the offset before it."""
    day = around.replace(hour=0, minute=0, second=0, microsecond=0) - A_YEAR
    offset = day.astimezone(zone).utcoffset() or timedelta(0)
    yield day, offset
    while day < around + A_YEAR:
        later = (day + A_DAY).astimezone(zone).utcoffset() or timedelta(0)
        if later != offset:
            yield change_of_clock(day, day + A_DAY, zone), offset
            offset = later
        day += A_DAY
