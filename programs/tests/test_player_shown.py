"""What the player and the progress page say: the dose in numerals, the rest, the last time, the weeks."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
import time_machine
from playwright.sync_api import expect

from programs import steps
from programs.domain.records import Dose, Line, SideSets
from programs.models import LineLog, ScheduledSession
from programs.services import training
from programs.tests.people import next_session, planned, train
from programs.views import progress

REPS = Dose(kind="reps_load", rest_s=75, reps=(6, 10), load_kg=7.5, tempo="3-1-1-0", rir=(2, 4))
HOLD = Dose(kind="hold", rest_s=45, reps=(1, 1), hold_s=(15, 30))
HOLDS = Dose(kind="hold", rest_s=0, reps=(5, 5), hold_s=(10, 10))
TIME = Dose(kind="duration", rest_s=15, duration_s=60)


def line(dose, sets=3, **fields):
    return Line(id="w1.A-1.A1", slot="A1", exercise="quad-set", pillar="strength", sets=sets, dose=dose, **fields)


@pytest.mark.parametrize(
    ("given", "numbers"),
    [
        (line(REPS, unilateral=True), [("6-10", "reps a side"), ("3", "sets"), ("7.5", "kg"), ("3-1-1", "down, hold, up"), ("75", "s rest")]),
        (line(HOLD, sets=2), [("15-30", "s hold"), ("2", "sets"), ("45", "s rest")]),
        (line(HOLDS, sets=2), [("10", "s hold"), ("5", "holds"), ("2", "sets")]),
        (line(TIME, sets=1), [("60", "seconds"), ("1", "set")]),
    ],
)  # fmt: skip
def test_the_dose_stands_in_numerals_with_its_units(given, numbers):
    assert list(steps.dose_numbers(given)) == numbers


def step(given: Line, done: int) -> steps.Step:
    """The step of a line whose first `done` sets are logged; `done` only needs to be something."""
    rows, said = [], object()
    for number in range(1, max(training.sets_on(given, side) for side in training.sides_of(given)) + 1):
        for side in training.sides_of(given):
            if number <= training.sets_on(given, side):
                rows.append((number, side))
    sets = tuple(
        steps.SetRow(number, side, "", number > given.sets, said if n < done else None, "", "")
        for n, (number, side) in enumerate(rows)
    )
    return steps.Step(1, given, None, "", sets, None)


def test_one_rests_between_sets_and_not_between_the_sides_of_a_set():
    both_legs = line(REPS, unilateral=True)
    assert [step(both_legs, done).rest_s for done in range(6)] == [0, 75, 0, 75, 0, 0]
    assert [step(line(REPS), done).rest_s for done in range(3)] == [75, 75, 0]


def test_an_extra_set_of_the_weaker_side_comes_after_a_rest():
    more_right = line(REPS, unilateral=True, extra_side_sets=SideSets(right=1))
    assert [step(more_right, done).rest_s for done in (5, 6)] == [75, 0]
    assert step(more_right, 6).open_set.side == "right" and step(more_right, 6).open_set.extra


def test_a_week_of_mornings_is_one_number_only_when_enough_were_answered():
    assert progress.mornings_words([3, 4, None, 3, 3, 2, 3] + [None] * 14 + [1, 1, None, 1, 2, 1, 1]) == (
        "Around 3 four weeks ago, around 1 in the last week."
    )
    assert progress.mornings_words([None] * 26 + [2, 0]) == "2 answers so far: 0 to 2."
    assert progress.mornings_words([None] * 28) == ""


@pytest.fixture
def session(ana, now):
    with time_machine.travel(now, tick=False):
        yield next_session(planned(ana, now), now)


def test_the_last_time_is_said_as_a_range(session, now):
    lifted = next(each for each in session.plan.lines if each.sets > 1)
    for number, (reps, load) in enumerate([(10, "7.00"), (8, "7.50")], start=1):
        training.save_set(
            session=session, client_uuid=uuid4(), line_id=lifted.id, set_number=number, side=training.sides_of(lifted)[0],
            done_at=now, now=now, reps=reps, load_kg=Decimal(load),
        )  # fmt: skip
    after = (
        ScheduledSession.objects.filter(session_key=session.session_key, day__gt=session.day).order_by("day").first()
    )
    assert steps.last_time(after, lifted).words == "8 to 10 at 7 to 7.5 kg"


def test_leaving_one_out_on_the_stop_sheet_keeps_the_session_and_the_pain(session, ana, sign_in):
    first = session.plan.lines[0]
    answer = sign_in(ana).post(
        f"/me/sessions/{session.pk}/stop/", {"line_id": first.id, "during_nrs": "4", "skip": "1"}
    )
    log = LineLog.objects.get()
    assert (log.skipped, log.during_nrs) == ("hurts", 4)
    assert answer.url == f"/me/sessions/{session.pk}/"
    assert ScheduledSession.objects.get(pk=session.pk).state == ScheduledSession.State.STARTED


def test_the_progress_page_shows_a_row_a_week_since_the_plan_began(session, ana, now, sign_in):
    train(session, now)
    with time_machine.travel(now + timedelta(days=7), tick=False):
        html = sign_in(ana).get("/me/progress/").content.decode()
    assert html.count("Week of ") == 2
    assert "Week of 16 November: 1 done" in html


@pytest.mark.django_db(transaction=True)
def test_the_rest_clock_counts_pauses_and_speaks_twice(live_server, context, ana, sign_in, now):
    with time_machine.travel(now, tick=True):
        session = next_session(planned(ana, now), now)
        number, chosen = next(
            (n, each)
            for n, each in enumerate(session.plan.lines, start=1)
            if each.sets > 1 and each.dose.rest_s > 20 and not each.unilateral
        )
        training.start(session=session, now=now)
        cookie = sign_in(ana).cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
        page = context.new_page()
        page.clock.install()
        page.goto(f"{live_server.url}/me/sessions/{session.pk}/?at={number}")
        card, said = page.locator("[data-rest-card]"), page.locator("[data-rest-say]")
        expect(card).to_be_hidden()
        page.get_by_role("button", name="Set 1 done").click()
        expect(card).to_be_visible()
        page.clock.fast_forward((chosen.dose.rest_s - 15) * 1000)
        expect(said).to_have_text("")
        page.get_by_role("button", name="Pause the clock").click()
        left = page.locator("[data-rest-left]").inner_text()
        page.clock.fast_forward(60_000)
        expect(page.locator("[data-rest-left]")).to_have_text(left)
        page.get_by_role("button", name="Pause the clock").click()
        page.clock.fast_forward(7_000)
        expect(said).to_have_text("10 seconds")
        page.clock.fast_forward(10_000)
        expect(said).to_have_text("Rest is over. Set 2.")
        expect(card).to_be_hidden()
