"""From the log to what it means, with the coach in the middle."""

from datetime import timedelta
from uuid import uuid4

import pytest

from assessments.tests.people import ask
from clients.models import Alarm
from programs.domain.edits import SetRunStage
from programs.domain.library import library
from programs.models import LineLog, Program, Proposal, ScheduledSession, Version
from programs.services import deciding, publishing, reducing, training
from programs.tests.people import next_session, planned, train
from studio.outbox.models import Message


def reload(session):
    return ScheduledSession.objects.select_related("program__client", "program__current").get(pk=session.pk)


def loaded_line(session):
    """A line that loads the kneecap, or any."""
    for line in session.plan.lines:
        if library()[line.exercise].pf_load.klass != "low":
            return line
    return session.plan.lines[0]


def hurt(session, now, nrs):
    train(session, now)
    training.save_line(session=session, line_id=loaded_line(session).id, now=now, during_nrs=nrs)
    return reload(session)


@pytest.fixture
def session(ana, now):
    return next_session(planned(ana, now), now)


def test_a_calm_session_and_a_calm_morning_progress(ana, session, now):
    train(session, now, pain=1)
    morning = now + timedelta(hours=20)
    deciding.answer_morning(client=ana, day=ana.local_date(morning), morning_nrs=1, after60_nrs=1, now=morning)
    assert reload(session).action == "progress"


def test_nobody_progresses_on_silence(session, now):
    train(session, now, pain=0)
    noon = now + timedelta(days=1, hours=6)
    assert deciding.decide_due(now=noon) == 1
    assert reload(session).action == "hold"
    assert deciding.decide_due(now=noon) == 0


def test_one_blank_answer_of_many_is_counted_and_named(ana, session, now):
    train(session, now, pain=1)
    blank, left_out = session.plan.lines[1], session.plan.lines[2]
    LineLog.objects.filter(line_id=blank.id).update(during_nrs=None)
    LineLog.objects.filter(line_id=left_out.id).update(during_nrs=None, skipped=LineLog.Skip.NO_KIT)
    morning = now + timedelta(hours=20)
    deciding.answer_morning(client=ana, day=ana.local_date(morning), morning_nrs=1, after60_nrs=1, now=morning)
    names = [library()[line.exercise].name for line in (blank, left_out)]
    of = f"2 of {len(session.plan.lines)} exercises ({names[0]}; {names[1]}, left out)"
    assert f"pain was not answered on {of}." in reload(session).decision["because"]


def test_a_late_answer_decides_again_until_six_the_next_morning(ana, session, now):
    train(session, now, pain=1)
    day = ana.local_date(now) + timedelta(days=1)
    deciding.decide_due(now=now + timedelta(days=1, hours=6))
    deciding.answer_morning(client=ana, day=day, morning_nrs=1, after60_nrs=1, now=now + timedelta(days=1, hours=10))
    assert reload(session).action == "progress"
    deciding.answer_morning(client=ana, day=day, morning_nrs=9, after60_nrs=1, now=now + timedelta(days=2, hours=6))
    assert reload(session).action == "progress"


def test_pain_of_eight_stops_at_once_and_mails_the_coach(ana, session, now):
    session = hurt(session, now, 8)
    assert deciding.decide_early(session=session, now=now) == "stop"
    alarm = Alarm.objects.get(client=ana)
    assert alarm.kind == Alarm.Kind.STOP
    assert Message.objects.get(kind="alarm").to == ana.coach.user.email
    deciding.decide_early(session=reload(session), now=now)
    assert (Alarm.objects.count(), Message.objects.filter(kind="alarm").count()) == (1, 1)


def test_a_red_flag_in_a_session_stops_it_whatever_the_pain(session, now):
    train(session, now, pain=0)
    ScheduledSession.objects.filter(pk=session.pk).update(flag=True)
    assert deciding.decide_early(session=reload(session), now=now) == "stop"


def plan_of(session):
    return Program.objects.select_related("current").get(pk=session.program_id).current.plan


def ahead(plan, slot):
    return [line for *_, line in plan.places() if line.slot == slot]


def test_a_stop_takes_load_away_at_once_and_adds_nothing(session, now):
    before = plan_of(session)
    session = hurt(session, now, 8)
    deciding.decide_early(session=session, now=now)
    after = plan_of(session)
    version = Version.objects.order_by("-number").first()
    assert version.published_by is None and version.reason
    was = {line.id: line for *_, line in before.places()}
    for *_, line in after.places():
        assert line.id in was, "a safety rule added a line"
        assert line.sets <= was[line.id].sets
    assert after != before


def test_the_coach_takes_a_reduction_back_and_the_plan_is_as_it_was(ana, session, now):
    before = plan_of(session)
    session = hurt(session, now, 8)
    deciding.decide_early(session=session, now=now)
    for proposal in Proposal.objects.filter(immediate=True, applied_version__isnull=False):
        reducing.decide_proposal(proposal=proposal, decision="restore", by=ana.coach.user, now=now)
    assert plan_of(session) == before
    assert not Proposal.objects.filter(
        state=Proposal.State.OPEN, immediate=True, applied_version__isnull=False
    ).exists()


def test_a_proposal_is_decided_once(ana, session, now):
    deciding.decide_early(session=hurt(session, now, 8), now=now)
    proposal = Proposal.objects.first()
    reducing.decide_proposal(proposal=proposal, decision="confirm", by=ana.coach.user, now=now)
    with pytest.raises(reducing.CannotApply):
        reducing.decide_proposal(proposal=proposal, decision="restore", by=ana.coach.user, now=now)


def test_what_was_said_once_is_not_proposed_again_the_next_night(session, now):
    session = hurt(session, now, 8)
    deciding.decide_early(session=session, now=now)
    count = Proposal.objects.count()
    Proposal.objects.update(state=Proposal.State.APPROVED)
    deciding.propose(session=reload(session), now=now + timedelta(hours=2))
    assert Proposal.objects.count() == count


def test_a_step_up_waits_for_the_coach(ana, session, now):
    program = session.program
    version = Program.objects.get(pk=program.pk).current_id
    moment = now
    for _ in range(4):
        session = next_session(program, moment)
        moment = (
            moment.replace(day=session.day.day) if session.day.month == moment.month else moment + timedelta(days=2)
        )
        training.start(session=session, now=moment, before_nrs=1)
        for line in session.plan.lines:
            top = line.dose.reps[1] if line.dose.reps else None
            seconds = line.dose.hold_s[1] if line.dose.hold_s else line.dose.duration_s
            for side in training.sides_of(line):
                for number in range(1, training.sets_on(line, side) + 1):
                    training.save_set(
                        session=session, client_uuid=uuid4(), line_id=line.id, set_number=number,
                        side=side, done_at=moment, now=moment, reps=top, seconds=seconds, rir=line.dose.rir[0] if line.dose.rir else None,
                    )  # fmt: skip
            training.save_line(session=session, line_id=line.id, now=moment, during_nrs=0, form_solid=True)
        training.wrap_up(session=session, now=moment, session_rpe=6, note="")
        morning = moment + timedelta(hours=20)
        deciding.answer_morning(client=ana, day=ana.local_date(morning), morning_nrs=0, after60_nrs=0, now=morning)
        moment = morning
    waiting = Proposal.objects.filter(immediate=False, state=Proposal.State.OPEN)
    assert waiting.exists()
    assert Program.objects.get(pk=program.pk).current_id == version
    proposal = waiting.first()
    assert proposal.because and proposal.sessions
    reducing.decide_proposal(proposal=proposal, decision="approve", by=ana.coach.user, now=moment)
    made = Version.objects.order_by("-number").first()
    assert made.published_by == ana.coach.user
    assert made.reason == proposal.because


def test_a_reduction_is_right_even_behind_a_closed_gate(ana, session, now):
    session = hurt(session, now, 8)
    ask(ana, now, "locked_knee")
    assert deciding.decide_early(session=session, now=now) == "stop"
    program = Program.objects.select_related("current").get(pk=session.program_id)
    with pytest.raises(publishing.gate.GateClosed):
        publishing.publish(program=program, base=program.current, edits=[], reason="x", by=ana.coach.user, now=now)


def test_a_stop_lasts_until_two_calm_mornings_have_come(ana, session, now):
    deciding.answer_morning(client=ana, day=ana.local_date(now), morning_nrs=2, after60_nrs=None, now=now)
    session = hurt(session, now, 8)
    deciding.decide_early(session=session, now=now)
    later = now + timedelta(days=9)
    rested = set(Proposal.objects.filter(rule="M-STOP").exclude(slot="").values_list("slot", flat=True))
    assert rested
    assert deciding.keep_stops(now=later) == 1
    assert deciding.keep_stops(now=later) == 0
    program = Program.objects.select_related("client", "current").get(pk=session.program_id)
    soon = [line.slot for line in reducing.lines_ahead(program, ana.local_date(later)) if line.slot in rested]
    assert soon, "the lines come back later; they are not gone for good"
    for days in (9, 10):
        moment = now + timedelta(days=days)
        deciding.answer_morning(client=ana, day=ana.local_date(moment), morning_nrs=2, after60_nrs=None, now=moment)
    assert deciding.keep_stops(now=now + timedelta(days=12)) == 0


def test_a_stop_brings_the_run_track_down_to_walking_and_the_coach_brings_it_back(ana, session, now):
    program = Program.objects.select_related("client", "current").get(pk=session.program_id)
    edit = SetRunStage(week=1, stage=3)
    publishing.publish(program=program, base=program.current, edits=[edit], reason="Ready.", by=ana.coach.user, now=now)
    session = hurt(reload(session), now, 8)
    deciding.decide_early(session=session, now=now)
    assert {run.stage for week in plan_of(session).weeks for run in week.runs} == {0}
    proposal = Proposal.objects.get(rule="M-STOP", slot="")
    reducing.decide_proposal(proposal=proposal, decision="restore", by=ana.coach.user, now=now)
    assert {run.stage for week in plan_of(session).weeks for run in week.runs} == {3}


def test_a_line_that_lies_beyond_the_hours_rests_too_until_two_calm_mornings(ana, session, now):
    """The stop is decided on a day after which the sore line has no session within 72 hours."""
    session = hurt(session, now, 8)
    deciding.decide_early(session=session, now=now)
    resting = set(Proposal.objects.filter(rule="M-STOP").exclude(slot="").values_list("slot", flat=True))
    loaded = {
        line.slot
        for *_, line in plan_of(session).places()
        if library()[line.exercise].pf_load.klass != "low" or library()[line.exercise].impact
    }
    assert loaded <= resting


def test_a_session_left_after_a_bad_pain_reaches_the_coach_without_the_runner(ana, session, now):
    training.save_line(session=session, line_id=loaded_line(session).id, now=now, during_nrs=8)
    assert deciding.stop_left(now=now + timedelta(minutes=10)) == 0  # perhaps she is on the stop sheet
    assert not Alarm.objects.exists()
    assert deciding.stop_left(now=now + deciding.LEFT_AFTER) == 1
    assert Alarm.objects.get(client=ana).kind == Alarm.Kind.STOP
    assert deciding.stop_left(now=now + 2 * deciding.LEFT_AFTER) == 0


def test_a_session_left_in_peace_waits_for_the_morning(session, now):
    training.save_line(session=session, line_id=loaded_line(session).id, now=now, during_nrs=3)
    assert deciding.stop_left(now=now + timedelta(hours=5)) == 0
    assert reload(session).decided_at is None


def test_an_alarm_stands_when_the_plan_cannot_be_eased(ana, session, now, monkeypatch):
    def broken(**given):
        raise publishing.PublishError("This program has ended.")

    session = hurt(session, now, 8)
    monkeypatch.setattr(reducing, "apply_at_once", broken)
    assert deciding.decide_early(session=session, now=now) == "stop"
    assert (reload(session).action, Alarm.objects.count(), Proposal.objects.count()) == ("stop", 1, 0)


def test_noon_does_not_take_back_what_an_answer_has_decided(ana, session, now, monkeypatch):
    """Beat has read the session as undecided when the answer comes in."""
    train(session, now, pain=1)
    morning, due = now + timedelta(hours=20), deciding.monitoring.morning_due
    answers = iter([True])

    def answered_meanwhile(day, zone):
        if next(answers, False):
            deciding.answer_morning(client=ana, day=ana.local_date(morning), morning_nrs=1, after60_nrs=1, now=morning)
        return due(day, zone)

    monkeypatch.setattr(deciding.monitoring, "morning_due", answered_meanwhile)
    assert deciding.decide_due(now=now + timedelta(days=1, hours=6)) == 0
    assert reload(session).decision["morning"] is not None
