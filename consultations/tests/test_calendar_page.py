"""The month calendar: what it costs, and in whose zone it speaks."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from consultations.booking_page import Reader, build_page, read_wish
from consultations.models import HoursException
from consultations.tests.rooms import make_booking, make_type, open_week, typed

PAGE = "/book/first-consultation/"


def free_days(page) -> list[int]:
    return [cell.number for week in page.weeks for cell in week if cell and cell.value]


def texts(page) -> list[str]:
    return [time.text for _, times in page.parts for time in times]


def page_of(kind, show="", now=None, **reader):
    reader = Reader(**{"zone": "Europe/London"} | reader)
    return build_page(kind, read_wish(show, ZoneInfo(reader.zone)), reader, now)


@pytest.mark.parametrize("bookings", [0, 5, 50])
def test_a_month_takes_few_queries_however_long_the_history(sign_in, kind, django_assert_max_num_queries, bookings):
    start = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
    for number in range(bookings):
        make_booking(kind, start - timedelta(days=number), email=f"{number}@example.com")
        HoursException.objects.create(coach=kind.coach, date=start.date() - timedelta(days=number), open=[])
    browser = sign_in()
    browser.get(PAGE)
    with django_assert_max_num_queries(8):  # the bar is 12
        assert browser.get(PAGE, {"show": "2026-11"}).status_code == 200


def test_even_a_full_month_that_looks_for_the_next_free_day_stays_within_the_bar(
    sign_in, maya, ana, django_assert_max_num_queries
):
    open_week(maya)
    make_type(maya, notice_minutes=60 * 24 * 30)
    browser = sign_in(ana)
    with django_assert_max_num_queries(12):
        page = browser.get("/me/book/first-consultation/").content.decode()
    assert "December 2026" in page


def test_the_first_day_with_times_is_open_when_one_arrives(kind, now):
    page = page_of(kind, now=now)
    assert (page.month, page.day) == ("November 2026", "Wednesday 18 November")
    assert texts(page) == ["10:30", "11:15"]  # it is ten o'clock
    assert page.previous is None and page.next.value == "2026-12"


def test_the_month_of_the_first_free_day_is_shown_when_this_one_has_none(kind, now):
    kind.notice_minutes = 60 * 24 * 20
    assert page_of(kind, now=now).month == "December 2026"
    asked = page_of(kind, "2026-11", now=now)
    assert asked.month == "November 2026" and asked.next_free.value == "2026-12-08"


def test_a_day_without_times_names_the_next_one_that_has_some(kind, now):
    HoursException.objects.create(coach=kind.coach, date="2026-11-20", open=[])
    page = page_of(kind, "2026-11-20", now=now)
    assert page.day == "Friday 20 November" and not page.parts and page.next_free.value == "2026-11-21"


def test_nothing_at_all_is_said_plainly(sign_in, maya):
    make_type(maya)
    page = sign_in().get(PAGE).content.decode()
    assert "Nothing is free at the moment." in page


def test_days_are_the_readers_days(maya, now):
    open_week(maya, "20:00", "22:00")
    page = page_of(make_type(maya), "2026-11-20", now=now, zone="Pacific/Auckland")
    assert texts(page) == ["09:00", "09:45"]  # Thursday evening in London
    assert free_days(page)[0] == 19


def test_a_time_that_is_there_twice_for_the_reader_is_told_apart(maya):
    """New York falls back while the morning in London goes on: half past one comes twice."""
    open_week(maya, "05:00", "08:00")
    kind = make_type(maya, step=30, minutes=30)
    page = page_of(kind, "2026-11-01", now=datetime(2026, 10, 20, tzinfo=UTC), zone="America/New_York")
    assert texts(page) == ["01:00 EDT", "01:30 EDT", "01:00 EST", "01:30 EST", "02:00", "02:30"]


def test_twelve_hour_clock_and_sunday_first_for_those_who_want_them(kind, now):
    page = page_of(kind, "2026-11-19T11:15:00Z", now=now, clock_24h=False, first_weekday=6)
    assert page.weekdays[0] == ("Su", "Sunday")
    assert str(page.chosen.when) == "Thursday 19 November, 11:15 am to 12:00 pm"


def test_the_page_ends_at_the_horizon(kind, now):
    kind.horizon_days = 20
    page = page_of(kind, "2026-12", now=now)
    assert free_days(page) == [1, 2, 3, 4, 5, 6, 7, 8] and page.next is None


def test_a_link_to_a_time_that_is_gone_says_so(sign_in, kind):
    make_booking(kind, datetime(2026, 11, 19, 9, 45, tzinfo=UTC))
    answer = sign_in().get(PAGE, {"show": "2026-11-19T09:45:00Z"})
    page = answer.content.decode()
    assert answer.status_code == 200 and "not free any more" in page and "Thursday 19 November" in page


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25"])
def test_what_the_page_offers_can_be_booked_on_the_days_when_clocks_change(sign_in, maya, day):
    open_week(maya, "00:00", "04:00")
    make_type(maya, step=30, minutes=30, horizon_days=365)
    with time_machine.travel(datetime(2026, 3, 1, tzinfo=UTC), tick=False):
        browser = sign_in()
        page = browser.get(PAGE, {"show": day}).context["page"]
        values = [time.value for _, times in page.parts for time in times]
        assert len(values) == 6 if day == "2026-03-29" else 8
        for number, value in enumerate(values):
            answer = browser.post(PAGE, typed(starts_at=value, email=f"{number}@example.com"))
            assert answer.status_code == 302, value
