"""Coming back after some days: the next week is lighter at once, once, and the coach has the last word (R-C5)."""

from datetime import UTC, datetime, timedelta
from math import ceil

import pytest
import time_machine
from django.urls import reverse

from clients import consent
from clients.models import Pause
from clients.services import pausing
from programs.domain import editing, records
from programs.models import Program, Proposal, ScheduledSession, Version
from programs.services import publishing, reducing, returning
from programs.steps import is_gentle
from programs.tests.people import next_session, planned, train
from studio.front.client_day import client_day
from studio.outbox.models import Message

DAY = timedelta(days=1)


@pytest.fixture
def program(ana, now):
    """Wednesday's session is done; nothing after it."""
    program = planned(ana, now)
    train(next_session(program, now), now)
    return Program.objects.select_related("client", "current").get(pk=program.pk)


def sets_between(program: Program, first, last) -> int:
    program.refresh_from_db()
    return sum(
        line.sets
        for _, week, session, line in program.published.plan.places()
        if first <= reducing.day_of(program, week, session) <= last
    )


def ahead(program, slot, moment, plan=None) -> list[int]:
    """The sets of a slot from a day on, session by session."""
    return [
        line.sets
        for _, week, session, line in (plan or program.published.plan).places()
        if line.slot == slot and reducing.day_of(program, week, session) >= moment.date()
    ]


def at_once(program) -> list[Proposal]:
    return list(Proposal.objects.filter(program=program, rule="R-C5", immediate=True).exclude(slot=""))


@pytest.mark.parametrize(("days", "less"), [(0, 0), (6, 0), (7, 20), (13, 20), (14, 40), (27, 40), (28, 40), (40, 40)])
def test_each_step_of_the_rule_holds_from_its_day_on(program, now, days, less):
    today = now.date() + days * DAY
    usual = {line.slot: line.sets for line in returning.usual_lines(program, today)}
    assert returning.ease_due(now=now + days * DAY) == bool(less)
    rows = at_once(program)
    assert sum(usual[row.slot] - row.change["sets"] for row in rows) <= ceil(sum(usual.values()) * less / 100)
    assert bool(rows) == bool(less)
    program.refresh_from_db()
    for row in rows:
        assert (row.state, row.applied_version) == ("open", program.current)
        assert f"{days} days without a session: {less} % fewer sets" in row.because
        assert 1 <= row.change["sets"] < usual[row.slot]
    target = {row.slot: row.change["sets"] for row in rows}
    for _, week, session, line in program.published.plan.places():
        if today <= reducing.day_of(program, week, session) <= today + 7 * DAY:
            assert line.sets <= target.get(line.slot, usual.get(line.slot, line.sets))


def test_up_to_four_weeks_the_plan_comes_back_by_itself_and_then_it_waits_for_the_retest(program, now):
    far = (now.date() + 16 * DAY, now.date() + 40 * DAY)
    before = sets_between(program, *far)
    returning.ease_due(now=now + 7 * DAY)
    assert sets_between(program, *far) == before
    returning.ease_due(now=now + 28 * DAY)
    assert sets_between(program, now.date() + 37 * DAY, far[1]) < before
    retest = Proposal.objects.get(rule="R-C5-RETEST")
    assert not retest.immediate and "test again before anything is added" in retest.because


def test_the_coach_says_yes_to_the_retest_and_the_plan_stays(program, ana, now):
    returning.ease_due(now=now + 28 * DAY)
    versions = Version.objects.count()
    row = Proposal.objects.get(rule="R-C5-RETEST")
    reducing.decide_proposal(proposal=row, decision="approve", by=ana.coach.user, now=now + 28 * DAY)
    row.refresh_from_db()
    assert (row.state, Version.objects.count()) == ("approved", versions)


def test_twice_is_once_by_night_and_at_the_start(program, now):
    for hours in (0, 1, 24, 48):
        returning.ease_due(now=now + 8 * DAY + timedelta(hours=hours))
    assert Version.objects.filter(program=program).count() == 2
    session = next_session(program, now + 8 * DAY)
    for _ in range(2):
        returning.ease_before(session=session, now=now + 8 * DAY)
    assert Version.objects.filter(program=program).count() == 2
    assert len({(row.rule, row.slot) for row in Proposal.objects.all()}) == Proposal.objects.count()


def test_at_the_start_of_a_session_it_is_lighter_before_it_begins_and_she_reads_why(program, ana, now, sign_in):
    later = now + 9 * DAY
    with time_machine.travel(later, tick=False):
        session = next_session(program, later)
        before = sum(line.sets for line in session.plan.lines)
        answer = sign_in(ana).post(reverse("programs:session_start", kwargs={"pk": session.pk}), {}, follow=True)
    assert "You are coming back after 9 days: this week is a little lighter." in answer.content.decode()
    session = ScheduledSession.objects.get(pk=session.pk)
    assert session.state == "started"
    week = sets_between(program, later.date(), later.date() + 7 * DAY)
    assert sum(line.sets for line in session.plan.lines) <= before
    assert week < sum(
        line.sets
        for _, each, day, line in program.current.base.plan.places()
        if later.date() <= reducing.day_of(program, each, day) <= later.date() + 7 * DAY
    )


def test_the_lighter_week_counts_from_the_day_she_is_back(program, ana, now):
    returning.ease_due(now=now + 7 * DAY)
    back = now + 12 * DAY
    tail = (now.date() + 15 * DAY, now.date() + 19 * DAY)
    before = sets_between(program, *tail)
    session = next_session(program, back)
    session.program.client = ana
    assert returning.ease_before(session=session, now=back)
    assert sets_between(program, *tail) < before
    versions = Version.objects.filter(program=program).order_by("number")
    row = next(each for each in at_once(program) if each.applied_version == versions[1])
    reducing.decide_proposal(proposal=row, decision="restore", by=ana.coach.user, now=back)
    program.refresh_from_db()
    assert ahead(program, row.slot, back) == ahead(program, row.slot, back, versions[0].plan)


def test_what_the_coach_gave_back_is_not_taken_again(program, ana, now):
    returning.ease_due(now=now + 7 * DAY)
    for row in at_once(program):
        reducing.decide_proposal(proposal=row, decision="restore", by=ana.coach.user, now=now + 7 * DAY)
    versions = Version.objects.count()
    returning.ease_due(now=now + 8 * DAY)
    returning.ease_before(session=next_session(program, now + 9 * DAY), now=now + 9 * DAY)
    assert Version.objects.count() == versions


def test_a_longer_time_away_takes_the_place_of_a_shorter_one(program, now):
    returning.ease_due(now=now + 7 * DAY)
    returning.ease_due(now=now + 14 * DAY)
    states = {(row.change["from_days"], row.state) for row in at_once(program)}
    assert states == {(7, "declined"), (14, "open")}


def test_it_only_ever_takes_away(program, now):
    """Also where a lighter week lies ahead: nothing of it rises."""
    deload = next(week for week in program.published.plan.weeks if week.deload)
    first = program.starts_on + timedelta(weeks=deload.number - 1)
    for late in (first + DAY, first - 3 * DAY):
        before = {line.id: line.sets for *_, line in program.published.plan.places()}
        returning.ease_due(now=datetime(late.year, late.month, late.day, 10, tzinfo=UTC))
        program.refresh_from_db()
        assert all(line.sets <= before[line.id] for *_, line in program.published.plan.places())


def test_a_pause_is_left_alone_until_she_is_back_and_then_counts_as_days_away(program, ana, now):
    today = now.date()
    pausing.start_pause(
        client=ana, kind="holiday", starts_on=today + DAY, ends_on=today + 10 * DAY, by=ana.user, now=now
    )
    assert returning.ease_due(now=now + 8 * DAY) == 0
    assert returning.ease_due(now=now + 11 * DAY) == 1
    assert "11 days" in at_once(program)[0].because


def test_nobody_is_mailed_for_having_been_away(program, now):
    mails = Message.objects.count()
    returning.ease_due(now=now + 10 * DAY)
    assert Message.objects.count() == mails


@pytest.mark.parametrize("state", ["paused", "ended"])
def test_a_program_that_does_not_run_is_left_alone(program, now, state):
    Program.objects.filter(pk=program.pk).update(state=state)
    assert returning.ease_due(now=now + 20 * DAY) == 0


def test_without_consent_or_without_a_session_yet_nothing_is_judged(program, ana, ben, now):
    planned(ben, now)
    consent.withdraw_consent(client=ana, now=now)
    assert returning.ease_due(now=now + 20 * DAY) == 0


@pytest.mark.parametrize(
    ("zone", "at", "eased"),
    [
        ("Pacific/Auckland", datetime(2026, 11, 24, 10, 59, tzinfo=UTC), False),  # Tuesday, 23:59 there
        ("Pacific/Auckland", datetime(2026, 11, 24, 11, 1, tzinfo=UTC), True),  # Wednesday has begun
        ("America/Los_Angeles", datetime(2026, 11, 25, 7, 59, tzinfo=UTC), False),
        ("America/Los_Angeles", datetime(2026, 11, 25, 8, 1, tzinfo=UTC), True),
        ("Europe/London", datetime(2026, 11, 25, 0, 1, tzinfo=UTC), True),
    ],
)
def test_days_are_the_runners_own(ana, now, zone, at, eased):
    ana.time_zone = zone
    ana.save()
    program = planned(ana, now)
    session = next_session(program, now)
    train(session, now)
    ScheduledSession.objects.filter(pk=session.pk).update(day=now.date())  # Wednesday the 18th
    assert returning.ease_due(now=at) == eased


def test_her_own_page_says_the_days_of_today(program, ana, now):
    returning.ease_due(now=now + 7 * DAY)
    ana.refresh_from_db()
    assert client_day(ana, now + 9 * DAY).coach_note == (
        "You are coming back after 9 days: this week is a little lighter."
    )


def test_runs_come_back_a_stage_lower(program, now):
    plan = program.published.plan
    week = plan.weeks[1]
    runs = tuple(editing.replace(run, stage=4) for each in plan.weeks for run in each.runs)
    if not runs:
        run = records.Run(day="tue", stage=4, reps=1, run_min=5, walk_min=1, total_run_min=5)
        runs = (run,)
    weeks = [editing.replace(each, runs=(editing.replace(runs[0], stage=4),)) for each in plan.weeks]
    publishing.publish(
        program=program, base=program.current, edits=[editing.Restore(weeks=tuple(weeks), last_slot=plan.last_slot)],
        reason="Runs.", by=program.client.coach.user, now=now,
    )  # fmt: skip
    returning.ease_due(now=now + 7 * DAY)
    row = Proposal.objects.get(rule="R-C5", slot="")
    assert (row.change["run_stage"], row.immediate) == (3, True)
    program.refresh_from_db()
    assert {run.stage for each in program.published.plan.weeks if each.number > week.number for run in each.runs} == {3}


def test_who_comes_back_is_asked_for_no_more_than_the_dose(program, now):
    """Nor is who was asked to step back: an aim of before waits."""
    session = ScheduledSession.objects.filter(program=program, state="planned").order_by("day").last()
    session.day = now.date() + 9 * DAY
    for last, action, gentle in [
        (1, "progress", False),
        (2, "regress", True),
        (3, "stop", True),
        (8, "progress", True),
    ]:
        session.last_done_on, session.last_action = session.day - last * DAY, action
        assert is_gentle(session) == gentle


# --- after an illness ------------------------------------------------------------------------------------------------


@pytest.fixture
def ill(program, ana, now):
    """Ill from Thursday to Sunday; Monday's session is the first one after it."""
    today = now.date()
    pausing.start_pause(
        client=ana, kind="illness", starts_on=today + DAY, ends_on=today + 4 * DAY, by=ana.user, now=now
    )
    return program


def test_the_first_session_after_an_illness_is_mobility_and_core_and_the_next_is_as_planned(ill, ana, now):
    later = now + 5 * DAY
    assert returning.ease_due(now=later) == 1
    rows = ScheduledSession.objects.filter(program=ill, day__gte=later.date(), state="planned").order_by("day")
    assert {line.pillar for line in rows[0].plan.lines} <= {"mobility", "core"}
    assert {line.pillar for line in rows[1].plan.lines} - {"mobility", "core"}
    assert "You have been ill" in client_day(ana, later).coach_note
    assert returning.ease_due(now=later) == 0


def test_begun_at_once_it_is_gentle_too_and_done_it_is_over(ill, ana, now, sign_in):
    later = now + 5 * DAY
    with time_machine.travel(later, tick=False):
        session = next_session(ill, later)
        sign_in(ana).post(reverse("programs:session_start", kwargs={"pk": session.pk}))
        session = ScheduledSession.objects.select_related("program__client").get(pk=session.pk)
        assert {line.pillar for line in session.plan.lines} <= {"mobility", "core"}
        train(session, later)
    following = next_session(ill, later + DAY)
    assert returning.ease_before(session=following, now=later + 2 * DAY) == ""


def test_an_illness_before_the_program_is_not_the_programs(ana, now):
    Pause.objects.create(client=ana, kind="illness", starts_on=now.date() - 30 * DAY, ends_on=now.date() - 20 * DAY)
    session = next_session(planned(ana, now), now)
    assert returning.ease_before(session=session, now=now) == ""
