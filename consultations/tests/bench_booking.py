"""What the booking calendar costs. Figures differ from machine to machine: read them beside each other, in one run.

`make bench` collects this file; the ordinary test run does not.
"""

from datetime import UTC, date, datetime, timedelta
from statistics import median
from time import perf_counter
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from msgspec.structs import replace

from consultations import queries, services
from consultations.domain.availability import days_with_slots, free_slots
from consultations.models import ConsultationType
from consultations.tests.rooms import make_booking, make_type, open_week


@pytest.fixture(autouse=True)
def _clock():
    """The clock runs here: a frozen one measures nothing."""


@pytest.fixture
def busy_kind(maya) -> ConsultationType:
    """Eight hours a day in steps of a quarter of an hour, with two years of history and a calendar half full."""
    open_week(maya, "09:00", "12:00")
    open_week(maya, "13:00", "18:00")
    kind = make_type(maya, step=15)
    start = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    for number in range(60):
        make_booking(kind, start + timedelta(hours=7 * number))
    for number in range(1, 1500):
        make_booking(kind, start - timedelta(hours=12 * number))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return ConsultationType.objects.select_related("coach__user").get(pk=kind.pk)


def timed(act, times: int = 30) -> float:
    """Median milliseconds."""
    act()
    spent = []
    for _ in range(times):
        begin = perf_counter()
        act()
        spent.append(1000 * (perf_counter() - begin))
    return median(spent)


def test_bench_booking(busy_kind, sign_in):
    kind, browser, now = busy_kind, sign_in(), datetime.now(UTC)
    first = now.date().replace(day=1)
    month = queries.slot_request(kind, first, first + timedelta(days=33), now)
    tomorrow = now.date() + timedelta(days=1)
    far = [now.replace(hour=9, minute=0, second=0, microsecond=0) + timedelta(days=25 + n) for n in range(31)]
    starts = iter(far)
    page = f"/book/{kind.slug}/?show={_next_month(first):%Y-%m}"

    def book():
        person = {"name": "Elena", "email": f"{uuid4()}@example.com", "about": "", "time_zone": "UTC"}
        services.book(kind=kind, starts_at=next(starts), client_uuid=uuid4(), now=now, **person)

    rows = [
        ("bare page of the same app (/healthz/)", timed(lambda: browser.get("/healthz/")), _queries(browser, "/healthz/")),
        ("month of the booking calendar, whole page", timed(lambda: browser.get(page)), _queries(browser, page)),
        ("slots of 34 days, the function alone", timed(lambda: days_with_slots(month)), 0),
        ("slots of one day, with its queries", timed(lambda: _day(kind, tomorrow, now)), 3),
        ("slots of one day, the function alone", timed(lambda: free_slots(replace(month, first=tomorrow, last=tomorrow))), 0),
        ("one booking with lead and letters", timed(book), "-"),
    ]  # fmt: skip
    print()
    for label, milliseconds, count in rows:
        print(f"| {label} | {milliseconds:.2f} ms | {count} queries |")


def _day(kind, day: date, now: datetime):
    return free_slots(queries.slot_request(kind, day, day, now))


def _next_month(first: date) -> date:
    return (first + timedelta(days=32)).replace(day=1)


def _queries(browser, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        browser.get(address)
    return len(captured)
