"""Inside the published range the runner reads what to aim at today; the plan itself stays as it is (R-G1)."""

from datetime import timedelta

import pytest
import time_machine

from programs.domain.edits import SetDose
from programs.domain.records import Dose, Line
from programs.domain.words import aim_words
from programs.models import ScheduledSession, Version
from programs.services import deciding, publishing, training
from programs.steps import last_time
from programs.tests.people import next_session, planned, train


def line(kind="reps", sets=3, **fields):
    dose = Dose(kind=kind, rest_s=60, reps=fields.pop("reps", (8, 12)), hold_s=fields.pop("hold_s", None), rir=(2, 3))
    return Line(id="w1.A-1.A1", slot="A1", exercise="x", pillar="strength", sets=sets, dose=dose, **fields)


@pytest.mark.parametrize(
    ("asked", "aim", "last", "rir", "said"),
    [
        (line(), 9, 8, 2, "3 × 9 today: last time you did 8 with 2 in reserve."),
        (line(unilateral=True), 9, 8, None, "3 × 9 each side today: last time you did 8."),
        (line("hold", reps=(1, 1), hold_s=(20, 40)), 25, 20, None, "3 × 25 s today: last time you held 20 s."),
        (line(sets=1), 12, 11, 3, "12 today: last time you did 11 with 3 in reserve."),
        (line("hold", reps=(5, 5), hold_s=(5, 10)), 10, 5, None, "3 × 5 holds of 10 s today: last time you held 5 s."),
    ],
)
def test_an_aim_is_the_dose_in_words_with_its_reason(asked, aim, last, rir, said):
    assert aim_words(asked, aim, last, rir) == said


def do(program, moment, *, morning=1):
    """A session as planned, two in reserve everywhere, and the next morning's answer."""
    session = next_session(program, moment)
    moment += session.day - program.client.local_date(moment)
    train(session, moment, pain=1)
    for each in session.plan.lines:
        training.save_rir(session=session, line_id=each.id, rir=4)
    after = moment + timedelta(hours=20)
    client = program.client
    deciding.answer_morning(client=client, day=client.local_date(after), morning_nrs=morning, after60_nrs=1, now=after)
    return ScheduledSession.objects.get(pk=session.pk)


def again(session) -> ScheduledSession:
    """The same session, the next time it comes."""
    rows = ScheduledSession.objects.filter(program=session.program, session_key=session.session_key)
    return rows.filter(day__gt=session.day).order_by("day").first()


def until(upcoming, now):
    """She trains on in between, as always: nobody comes back from anywhere."""
    between = ScheduledSession.objects.filter(program=upcoming.program, state="planned", day__lt=upcoming.day)
    for _ in range(between.count()):
        do(upcoming.program, now)


def aimed(session):
    """The lines of the next time that have an aim, with what it says."""
    upcoming = again(session)
    found = ((each, last_time(upcoming, each)) for each in upcoming.plan.lines)
    return {each.slot: (each, before) for each, before in found if before.aim is not None}


@pytest.fixture
def done(ana, now):
    return do(planned(ana, now), now)


def test_after_a_good_session_the_next_page_names_a_step_for_two_exercises_at_most(done):
    found = aimed(done)
    assert done.action == "progress" and 1 <= len(found) <= 2
    for each, before in found.values():
        low, high = each.dose.hold_s or each.dose.reps
        assert low < before.aim <= high
        assert f"{before.aim}" in before.aim_words and "today: last time you" in before.aim_words
    assert Version.objects.count() == 1


def test_a_worse_morning_leaves_the_dose_as_it_stands(ana, now):
    assert aimed(do(planned(ana, now), now, morning=2)) != {}  # the first answer is its own baseline
    program = ScheduledSession.objects.first().program
    worse = do(program, now + timedelta(days=1), morning=4)
    assert worse.action != "progress" and not worse.decision.get("aims")


def test_an_aim_ends_with_the_dose_it_was_decided_for(done):
    program = done.program
    slot, (each, _) = next(iter(aimed(done).items()))
    program.refresh_from_db()
    publishing.publish(
        program=program, base=program.current, edits=[SetDose(line=each.id, sets=1)], reason="Lighter.",
        by=program.client.coach.user, now=done.decided_at,
    )  # fmt: skip
    assert slot not in aimed(done)


def test_the_session_page_shows_it_and_begins_there(done, ana, now, sign_in):
    upcoming = again(done)
    until(upcoming, now)
    each, before = next(pair for pair in aimed(done).values())
    position = [other.id for other in upcoming.plan.lines].index(each.id) + 1
    with time_machine.travel(done.decided_at + (upcoming.day - ana.local_date(done.decided_at)), tick=False):
        html = sign_in(ana).get(f"/me/sessions/{upcoming.pk}/?at={position}").content.decode()
    assert before.aim_words in html and "Last time " not in html
    assert f'value="{before.aim}"' in html


def test_the_coach_reads_on_the_line_what_the_runner_reads(done, ana, now, sign_in):
    upcoming = again(done)
    until(upcoming, now)
    each, before = next(pair for pair in aimed(done).values())
    with time_machine.travel(done.decided_at, tick=False):
        html = sign_in(ana.coach).get(f"/clients/{ana.pk}/plan/line/{each.id}/").content.decode()
    assert f"Ana reads: {before.aim_words} The range stays as published." in html
    assert each.id in {other.id for other in upcoming.plan.lines}
