"""Letters about bookings and the calendar file that comes with them."""

from datetime import UTC, datetime, timedelta

import icalendar
import pytest
import time_machine
from django.core import mail

from consultations import services
from consultations.calendar_file import CANCEL, PUBLISH, REQUEST, calendar_file
from consultations.models import Booking
from consultations.tests.rooms import make_booking, typed
from studio.accounts.models import Studio
from studio.outbox import services as outbox
from studio.outbox.models import Message

NINE_45 = datetime(2026, 11, 19, 9, 45, tzinfo=UTC)


@pytest.fixture
def booking(sign_in, kind):
    kind.place, kind.bring = "Video", "Shorts"
    kind.save()
    assert sign_in().post(f"/book/{kind.slug}/", typed(zone="Europe/Madrid")).status_code == 302
    return Booking.objects.select_related("type", "coach__user", "client__user").get()


def letters(now) -> dict:
    outbox.sweep(now=now)
    return {letter.to[0]: letter for letter in mail.outbox}


def event_in(letter):
    [part] = [part for part in letter.message().walk() if part.get_content_type() == "text/calendar"]
    calendar = icalendar.Calendar.from_ical(part.get_payload(decode=True))
    assert part.get_param("method") == calendar["METHOD"] and part.get_filename() == "consultation.ics"
    return calendar, calendar.walk("VEVENT")[0]


def test_the_booker_gets_when_where_what_to_bring_and_the_link(booking, now):
    letter = letters(now)["elena@example.com"]
    html = letter.alternatives[0][0]
    assert letter.subject == "Booked: First consultation, Thursday 19 November, 10:45"
    for text in (letter.body, html):
        assert "Thursday 19 November 2026, 10:45 to 11:30" in text and "Madrid time" in text
        assert "Video" in text and "Shorts" in text and f"/booking/{booking.token}/" in text
        assert "stairs" not in text
    calendar, event = event_in(letter)
    assert (calendar["METHOD"], event["SEQUENCE"], event["STATUS"]) == ("REQUEST", 0, "CONFIRMED")


def test_the_coach_gets_who_and_when_in_her_own_zone_and_no_health_data(booking, now):
    letter = letters(now)["maya@example.com"]
    assert letter.subject == "New booking: Elena Varga, Thursday 19 November, 09:45"
    assert "stairs" not in letter.body and "/consultations/" in letter.body


def test_a_cancellation_takes_the_same_event_out_of_the_calendar(booking, now):
    _, booked = event_in(letters(now)["elena@example.com"])
    mail.outbox.clear()
    services.cancel(booking=booking, by=booking.coach.user, now=now)
    letter = letters(now)["elena@example.com"]
    calendar, cancelled = event_in(letter)
    assert (calendar["METHOD"], cancelled["SEQUENCE"], cancelled["STATUS"]) == ("CANCEL", 1, "CANCELLED")
    assert cancelled["UID"] == booked["UID"]
    assert "Maya Castillo has to cancel" in letter.body


def test_a_confirmation_is_not_sent_for_what_was_cancelled_meanwhile(booking, now):
    services.cancel(booking=booking, by=None, now=now)
    outbox.sweep(now=now)
    states = dict(Message.objects.values_list("kind", "state"))
    assert states["booking_confirmed"] == states["booking_new"] == "skipped"
    assert states["booking_cancelled"] == states["booking_cancelled_coach"] == "sent"


def test_a_confirmation_that_waited_too_long_is_not_sent(booking, now):
    late = NINE_45 + timedelta(hours=2)
    with time_machine.travel(late, tick=False):
        outbox.sweep(now=late)
    assert set(Message.objects.values_list("state", "reason")) == {("skipped", "the consultation is over")}


@pytest.mark.parametrize("name", ['Elena "Lena", Varga; of: Oz', "\u202eanelE", "🏃‍♀️ أيلينا", "A\x07B", "x" * 120])
@pytest.mark.parametrize("method", [REQUEST, CANCEL, PUBLISH])
def test_any_name_makes_a_calendar_file_that_can_be_read(kind, name, method):
    booking = make_booking(kind, NINE_45, name=name)
    content = calendar_file(booking, method=method, studio=Studio.current())
    [event] = icalendar.Calendar.from_ical(content).walk("VEVENT")
    assert event["DTSTART"].dt == NINE_45
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))


@pytest.mark.parametrize(
    "zone", ["America/New_York", "Europe/London", "Australia/Lord_Howe", "Africa/Casablanca", "UTC"]
)
@pytest.mark.parametrize("day", ["2027-03-14", "2027-03-28", "2027-10-03", "2027-11-07", "2027-07-01"])
def test_the_files_own_time_zone_agrees_with_ours_on_the_days_when_clocks_change(kind, zone, day):
    """Read as a calendar reads it: the offset of the last onset before a local time."""
    for hour in range(0, 24, 3):
        start = datetime.fromisoformat(f"{day}T{hour:02}:30:00+00:00")
        booking = Booking(pk=1, type=kind, coach=kind.coach, starts_at=start, ends_at=start + timedelta(hours=1), time_zone=zone, email="e@example.com", name="E", token="t")  # fmt: skip
        calendar = icalendar.Calendar.from_ical(calendar_file(booking, method=PUBLISH, studio=Studio()))
        [event] = calendar.walk("VEVENT")
        told = event["DTSTART"]
        if "TZID" not in told.params:  # in UTC, as the local time comes twice
            assert told.dt == start
            continue
        wall = told.dt.replace(tzinfo=None)
        onsets = [part for part in calendar.walk("VTIMEZONE")[0].subcomponents if part["DTSTART"].dt <= wall]
        offset = max(onsets, key=lambda part: part["DTSTART"].dt)["TZOFFSETTO"].td
        assert wall - offset == start.replace(tzinfo=None)
