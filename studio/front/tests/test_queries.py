"""A page asks the database as often for a full studio as for a small one, and seldom enough."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments.models import RedFlagCheck
from clients.models import Alarm, Consent, Note, Pause
from consultations.models import HoursException
from consultations.tests import rooms
from programs.models import MorningAnswer, Proposal, SetLog, Version, WeekAnswer
from programs.services import training
from studio.accounts.models import RecordView
from studio.front.tests import worlds

FEW, MANY = 5, 50
DAY, HOUR = timedelta(days=1), timedelta(hours=1)

SESSION_PAGE, MONTH, BOOKING = 15, 12, 20  # the most queries
SET_SAVE, HOME, RECORD = 5, 15, 25  # of these for data alone


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    with worlds.kept(django_db_blocker) as world:
        yield world


def fill(world, count: int, hour: int) -> None:
    """So many more of everything that a page could list; bookings at this hour of their days."""
    today, now = world.ana.local_date(world.now), world.now
    runners = worlds.more_runners(world, count)
    worlds.copies(world.ana, count, user_id=None, status="lead", email=lambda n: f"lead{runners[0].pk}-{n}@example.com")
    worlds.more_sessions(world.done, count)
    worlds.more_messages(world, count)
    versions = Version.objects.filter(program=world.program).count()
    worlds.copies(world.program.current, count, number=lambda n: versions + n)
    answered = MorningAnswer.objects.filter(client=world.ana).count()
    MorningAnswer.objects.bulk_create(
        [
            MorningAnswer(
                client=world.ana, day=today - n * DAY, morning_nrs=2, time_zone="Europe/London", answered_at=now
            )
            for n in range(answered, answered + count)
        ],
        ignore_conflicts=True,
    )
    numbers = range(count)
    made = {
        Alarm: [Alarm(client=each, kind="stop", key=f"a{each.pk}", because="Pain 7.", raised_at=now) for each in runners],
        Pause: [Pause(client=world.ana, kind="holiday", starts_on=today + 20 * DAY) for _ in numbers],
        Note: [Note(client=world.ana, author=world.maya.user, body="Likes hills.") for _ in numbers],
        RecordView: [RecordView(client_id=world.ana.pk, viewer=world.maya.user, path="/") for _ in numbers],
        Consent: [
            Consent(client=world.ana, version="1", text="Yes.", given_at=now, withdrawn_at=now) for _ in numbers
        ],
        Proposal: [
            Proposal(
                program=world.program, rule="R-G1", slot=f"{uuid4()}"[:40], change={"sets": 3}, because="Twice.",
                sessions=[world.done.pk], rules_version="1", created_at=now,
            )
            for _ in numbers
        ],
        WeekAnswer: [
            WeekAnswer(client=each, week="2026-W47", barrier="fine", answered_at=now) for each in runners
        ],
    }  # fmt: skip
    for model, rows in made.items():
        model.objects.bulk_create(rows)
    worlds.copies(world.findings, count, measured_on=lambda n: today - n * DAY)
    worlds.copies(RedFlagCheck.objects.filter(client=world.ana).first(), count, form_key=None)
    more_bookings(world, runners, hour, DAY)
    more_bookings(world, runners, hour, -DAY)
    first = HoursException.objects.count()
    HoursException.objects.bulk_create(
        HoursException(coach=world.maya, date=today + (300 + first + n) * DAY) for n in numbers
    )


def more_bookings(world, runners, hour: int, step: timedelta) -> None:
    """One booking for each of these runners, day by day in this direction."""
    start = world.booking.starts_at.replace(hour=hour)
    worlds.copies(
        world.booking,
        len(runners),
        client_id=lambda n: (runners[n - 1] if n % 2 else world.ana).pk,
        token=lambda n: f"token-{hour}-{n * step.days}",
        client_uuid=lambda n: uuid4(),
        starts_at=lambda n: start + n * step,
        ends_at=lambda n: start + n * step + HOUR,
        blocked=lambda n: (start + n * step, start + n * step + HOUR),
    )


# Who looks -> pages: a name, its arguments (a word is an attribute of the world, whose key is meant), a query string.
PAGES = {
    "maya": [
        ("front:today", {}, ""),
        ("clients:list", {}, ""),
        ("front:client_record", {"pk": "ana"}, ""),
        ("front:client_log", {"pk": "ana"}, ""),
        ("front:client_timeline", {"pk": "ana"}, ""),
        ("front:client_timeline", {"pk": "ana"}, "?kind=plan"),
        ("clients:details", {"pk": "ana"}, ""),
        ("programs:plan", {"pk": "ana"}, ""),
        ("programs:plan_versions", {"pk": "ana"}, ""),
        ("programs:plan_version", {"pk": "ana", "number": 1}, ""),
        ("assessments:list", {"pk": "ana"}, ""),
        ("assessments:client_outcomes", {"pk": "ana"}, ""),
        ("programs:client_week", {"pk": "ana"}, ""),
        ("programs:client_phase_check", {"pk": "ana"}, ""),
        ("assessments:findings", {"pk": "ana", "assessment": "findings"}, ""),
        ("assessments:findings_pdf", {"pk": "ana", "assessment": "findings"}, ""),
        ("assessments:compare", {"pk": "ana"}, ""),
        ("consultations:client_consultations", {"pk": "ana"}, ""),
        ("consultations:list", {}, ""),
        ("consultations:list", {}, "?show=past"),
        ("consultations:hours", {}, ""),
        ("consultations:types", {}, ""),
        ("outbox:list", {}, ""),
        ("outbox:list", {}, "?state=failed"),
        ("programs:library", {}, ""),
        ("programs:exercise", {"exercise_id": "mini-squat"}, ""),
    ],
    "owner": [
        ("front:today", {}, ""),
        ("clients:list", {}, ""),
        ("consultations:list", {}, ""),
        ("outbox:list", {}, ""),
        ("front:studio_settings", {}, ""),
    ],
    "ana": [
        ("front:me", {}, ""),
        ("programs:progress", {}, ""),
        ("assessments:my_outcomes", {}, ""),
        ("programs:my_week", {}, ""),
        ("programs:my_phase_check", {}, ""),
        ("programs:session", {"pk": "session"}, ""),
        ("programs:session", {"pk": "begun"}, ""),
        ("programs:session", {"pk": "done"}, "?at=2"),
        ("programs:finish", {"pk": "begun"}, ""),
        ("programs:stopped", {"pk": "done"}, ""),
        ("clients:settings", {}, ""),
        ("clients:consent", {}, ""),
        ("assessments:client_findings", {"assessment": "findings"}, ""),
        ("consultations:me_book", {}, ""),
        ("consultations:me_book_type", {"slug": "kind"}, ""),
    ],
    "visitor": [
        ("consultations:book", {}, ""),
        ("consultations:book_type", {"slug": "kind"}, ""),
    ],
}
ROWS = [(who, *page) for who, pages in PAGES.items() for page in pages]


def name_of(row) -> str:
    who, name, arguments, query = row
    return " ".join(filter(None, [who, name, *map(str, arguments.values()), query]))


def address_of(world, name: str, arguments: dict, query: str) -> str:
    rows = {key: getattr(world, word, word) if isinstance(word, str) else word for key, word in arguments.items()}
    keys = {key: (row.slug if key == "slug" else row.pk) if hasattr(row, "pk") else row for key, row in rows.items()}
    return reverse(name, kwargs=keys) + query


@pytest.fixture(scope="module")
def browsers(world):
    found = {}
    for who in PAGES:
        found[who] = Browser()
        if face := world.face(who):
            found[who].force_login(face.user)
    return found


def queries_of(browser: Browser, address: str) -> list[str]:
    browser.get(address)  # what a process asks once is not the page's
    with CaptureQueriesContext(connection) as asked:
        response = browser.get(address)
    assert response.status_code == 200, f"{address} answers {response.status_code}"
    return [query["sql"] for query in asked]


@pytest.fixture(scope="module")
def asked(world, browsers):
    """The queries of every page, first with few rows of everything, then with many."""
    found = []
    for count, hour in ((FEW, 10), (MANY - FEW, 11)):
        fill(world, count, hour)
        found.append({name_of(row): queries_of(browsers[row[0]], address_of(world, *row[1:])) for row in ROWS})
    return found


@pytest.mark.parametrize("name", [name_of(row) for row in ROWS])
def test_a_full_studio_costs_a_page_no_more_queries(db, asked, name):
    few, many = (found[name] for found in asked)
    assert len(many) == len(few), "\n".join(many)


@pytest.mark.parametrize("page", ["session", "begun", "done ?at=2"])
def test_the_session_page_is_cheap(db, asked, page):
    assert len(asked[1][f"ana programs:session {page}"]) <= SESSION_PAGE


def test_the_month_of_a_calendar_is_cheap(db, asked):
    assert len(asked[1]["visitor consultations:book_type kind"]) <= MONTH


def of_data(queries: list[str]) -> list[str]:
    """The queries for data: not those for who is signed in, nor the brackets of a transaction."""
    statements = [sql for sql in queries if sql.startswith(("SELECT", "INSERT", "UPDATE", "DELETE"))]
    return [
        sql for sql in statements if not any(f'FROM "{table}"' in sql for table in ("accounts_user", "django_session"))
    ]


@pytest.mark.parametrize("page, most", [("ana front:me", HOME), ("maya front:client_record ana", RECORD)])
def test_a_page_of_many_parts_reads_each_kind_of_row_once(db, asked, page, most):
    assert len(of_data(asked[1][page])) <= most, "\n".join(of_data(asked[1][page]))


@pytest.mark.parametrize("which", ["session", "begun"])
def test_saving_a_set_is_cheap(db, asked, world, browsers, which):
    session = getattr(world, which)
    line = session.plan.lines[1]
    side = training.sides_of(line)[0]
    with CaptureQueriesContext(connection) as queries:
        response = browsers["ana"].post(
            reverse("programs:set_save", kwargs={"pk": session.pk}),
            {"client_uuid": uuid4(), "line_id": line.id, "set_number": 1, "side": side, "reps": 8},
            headers={"accept": "application/json"},
        )
    assert response.status_code == 201
    assert SetLog.objects.filter(session=session, line_id=line.id).count() == 1
    found = of_data([query["sql"] for query in queries])
    assert len(found) <= SET_SAVE, "\n".join(found)


def test_booking_is_cheap(db, asked, world, browsers):
    start = world.booking.starts_at + 40 * DAY
    form = rooms.typed(starts_at=f"{start:%Y-%m-%dT%H:%M:%SZ}", email="new@example.com")
    with CaptureQueriesContext(connection) as queries:
        response = browsers["visitor"].post(reverse("consultations:book_type", kwargs={"slug": world.kind.slug}), form)
    assert response.status_code == 302
    assert world.kind.bookings.filter(starts_at=start, email="new@example.com").exists()
    assert len(queries) <= BOOKING, "\n".join(query["sql"] for query in queries)
