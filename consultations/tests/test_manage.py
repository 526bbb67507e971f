"""The permanent page of a booking: whoever holds the link sees it, cancels it and puts it into a calendar."""

from datetime import UTC, datetime, timedelta

import icalendar
import pytest
import time_machine

from consultations.models import Booking
from consultations.tests.rooms import make_booking
from studio.outbox.models import Message

NINE_45 = datetime(2026, 11, 19, 9, 45, tzinfo=UTC)


@pytest.fixture
def booking(kind):
    return make_booking(kind, NINE_45, time_zone="America/New_York", about="Sore on stairs.")


@pytest.fixture
def address(booking):
    return f"/booking/{booking.token}/"


def test_the_page_speaks_in_the_bookers_zone_and_keeps_health_to_itself(sign_in, address):
    answer = sign_in().get(address)
    page = answer.content.decode()
    assert "Thursday 19 November 2026, 04:45 to 05:30" in page and "New York time" in page
    assert "Sore on stairs" not in page and "elena@example.com" not in page
    assert answer.headers["X-Robots-Tag"] == "noindex" and "no-store" in answer.headers["Cache-Control"]


def test_cancelling_asks_first_and_tells_both(sign_in, booking, address):
    browser = sign_in()
    assert "Cancel Thursday, 04:45?" in browser.get(f"{address}cancel/").content.decode()
    booking.refresh_from_db()
    assert booking.is_standing  # looking at the question cancels nothing
    answer = browser.post(f"{address}cancel/", follow=True)
    assert "This consultation is cancelled." in answer.content.decode()
    booking.refresh_from_db()
    assert (booking.state, booking.sequence, booking.cancelled_by) == ("cancelled", 1, None)
    assert set(Message.objects.values_list("kind", "to")) == {
        ("booking_cancelled", "elena@example.com"),
        ("booking_cancelled_coach", "maya@example.com"),
    }


def test_cancelling_twice_is_harmless(sign_in, booking, address):
    browser = sign_in()
    first, second = browser.post(f"{address}cancel/"), browser.post(f"{address}cancel/")
    assert first.url == second.url == address
    booking.refresh_from_db()
    assert booking.sequence == 1 and Message.objects.count() == 2
    assert "It is cancelled already." in browser.get(f"{address}cancel/").content.decode()


def test_what_has_begun_cannot_be_cancelled(sign_in, booking, address):
    with time_machine.travel(NINE_45 + timedelta(minutes=1), tick=False):
        answer = sign_in().post(f"{address}cancel/")
    booking.refresh_from_db()
    assert answer.status_code == 409 and booking.is_standing
    assert "has begun" in answer.content.decode()


def test_when_it_is_over_the_page_says_so_for_ever(sign_in, booking, address):
    with time_machine.travel(NINE_45 + timedelta(days=900), tick=False):
        page = sign_in().get(address).content.decode()
    assert "Good to have talked, Elena." in page and f"{address}cancel/" not in page


def test_the_calendar_file_can_be_fetched(sign_in, booking, address):
    answer = sign_in().get(f"{address}consultation.ics")
    assert answer.headers["Content-Type"].startswith("text/calendar")
    [event] = icalendar.Calendar.from_ical(answer.content).walk("VEVENT")
    assert event["DTSTART"].dt == NINE_45


@pytest.mark.parametrize("token", ["nothing", "x" * 4_000, "%00", "a%2Fb", "é"])
@pytest.mark.parametrize("end", ["", "cancel/", "consultation.ics"])
def test_a_link_that_we_never_made_is_404(sign_in, booking, token, end):
    assert sign_in().get(f"/booking/{token}/{end}").status_code == 404
    assert sign_in().post(f"/booking/{token}/{end}").status_code in (404, 405)
    assert Booking.objects.get().is_standing
