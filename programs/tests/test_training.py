"""Nothing that a runner typed is lost; nothing is stored twice."""

from contextlib import suppress
from datetime import timedelta
from threading import Barrier, BrokenBarrierError, Thread
from uuid import uuid4

import pytest
from django.db import connection

from clients.tests.people import make_client, make_coach
from programs.adherence import adherence_of
from programs.models import LineLog, MorningAnswer, ScheduledSession, SetLog
from programs.services import deciding, training
from programs.tests.people import next_session, planned, train


@pytest.fixture
def session(ana, now):
    return next_session(planned(ana, now), now)


def one_set(session, now, **fields):
    line = session.plan.lines[0]
    asked = {
        "session": session, "client_uuid": uuid4(), "line_id": line.id, "set_number": 1,
        "side": training.sides_of(line)[0], "done_at": now, "now": now, "reps": 10,
    }  # fmt: skip
    return training.save_set(**asked | fields)


def test_a_set_saved_twice_is_one_set(session, now):
    uuid = uuid4()
    first, is_new = one_set(session, now, client_uuid=uuid)
    again, is_new_again = one_set(session, now, client_uuid=uuid)
    assert (is_new, is_new_again, again.pk) == (True, False, first.pk)
    assert SetLog.objects.count() == 1


def test_a_set_from_two_tabs_is_one_set_and_the_later_word_stands(session, now):
    one_set(session, now, reps=10)
    second, is_new = one_set(session, now, reps=12, done_at=now + timedelta(seconds=5))
    assert not is_new
    assert SetLog.objects.get().reps == second.reps == 12


def test_a_late_retry_of_an_older_word_changes_nothing(session, now):
    uuid = uuid4()
    one_set(session, now, client_uuid=uuid, reps=12, done_at=now)
    one_set(session, now, client_uuid=uuid, reps=8, done_at=now - timedelta(seconds=5))
    assert SetLog.objects.get().reps == 12


def test_a_uuid_cannot_be_reused_for_another_set(session, now):
    uuid = uuid4()
    one_set(session, now, client_uuid=uuid)
    with pytest.raises(training.LogError):
        one_set(session, now, client_uuid=uuid, set_number=2)


@pytest.mark.parametrize("fields", [{"set_number": 19}, {"line_id": "w9.Z-1.Z9"}, {"side": "up"}])
def test_a_set_that_the_session_does_not_have_is_refused(session, now, fields):
    with pytest.raises(training.LogError):
        one_set(session, now, **fields)
    assert not SetLog.objects.exists()


def test_a_session_half_done_is_there_tomorrow(session, now):
    one_set(session, now)
    row = ScheduledSession.objects.get(pk=session.pk)
    assert row.state == ScheduledSession.State.STARTED
    assert 0 < row.sets_done < row.sets_planned


def test_a_whole_session_earns_its_credit_and_touches_its_pillars(session, now):
    done = train(session, now)
    assert (done.sets_done, done.credit) == (done.sets_planned, 1.0)
    assert set(done.pillars) == {line.pillar for line in done.plan.lines}


def test_the_anchors_alone_make_a_session_count(session, now):
    for line in session.plan.lines:
        if line.anchor:
            training.save_rest_as_planned(session=session, client_uuid=uuid4(), line_id=line.id, now=now)
    assert ScheduledSession.objects.get(pk=session.pk).credit == 1.0


def test_taking_a_set_back_takes_its_credit_back(session, now):
    one_set(session, now)
    line = session.plan.lines[0]
    training.undo_set(session=session, line_id=line.id, set_number=1, side=training.sides_of(line)[0])
    row = ScheduledSession.objects.get(pk=session.pk)
    assert (row.sets_done, row.credit, row.pillars) == (0, 0, [])


def test_an_unanswered_pain_is_no_zero(session, now):
    line = session.plan.lines[0]
    training.save_line(session=session, line_id=line.id, now=now, form_solid=True)
    assert LineLog.objects.get().during_nrs is None
    training.save_line(session=session, line_id=line.id, now=now, during_nrs=0)
    training.save_line(session=session, line_id=line.id, now=now, skipped="")
    log = LineLog.objects.get()
    assert (log.during_nrs, log.form_solid) == (0, True)


def test_an_empty_morning_erases_no_answer(ana, session, now):
    day = ana.local_date(now)
    training.save_morning(client=ana, day=day, morning_nrs=3, now=now)
    training.save_morning(client=ana, day=day, morning_nrs=None, now=now)
    assert MorningAnswer.objects.get().morning_nrs == 3


def test_coach_and_runner_see_the_same_number(ana, session, now):
    train(session, now)
    adherence = adherence_of(ana, ana.local_date(now))
    assert adherence.done_28.done == 1
    assert adherence.strip(1)[session.day.weekday()] == "3"


@pytest.mark.django_db(transaction=True)
def test_sets_that_arrive_together_all_count(now, monkeypatch):
    """A queue that is sent when the network is back: none adds up before the others had their chance to store a set."""
    session = next_session(planned(make_client(make_coach()), now), now)
    training.start(session=session, now=now)
    line = next(each for each in session.plan.lines if each.sets >= 2 and not each.unilateral)
    stored, add_up = Barrier(2), training.record_progress

    def after_both(row, sets):
        with suppress(BrokenBarrierError):  # the other one waits for the row
            stored.wait(timeout=0.5)
        add_up(row, sets)

    monkeypatch.setattr(training, "record_progress", after_both)

    def send(number):
        try:
            row = ScheduledSession.objects.select_related("program__client").get(pk=session.pk)
            one_set(row, now, line_id=line.id, set_number=number, side="both")
        finally:
            connection.close()

    threads = [Thread(target=send, args=(number,)) for number in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    session.refresh_from_db()
    assert session.sets_done == SetLog.objects.count() == 2


# --- a session on another day than planned


@pytest.fixture
def fridays(ana, now):
    """Friday's session, on a Wednesday."""
    sessions = planned(ana, now).scheduledsessions.filter(day=(now + timedelta(days=2)).date())
    return sessions.select_related("program__client").get()


def test_a_session_done_early_is_that_days_and_the_next_morning_is_its_own(fridays, ana, now):
    done = train(fridays, now)
    assert done.day == now.date()
    deciding.answer_morning(
        client=ana, day=now.date() + timedelta(days=1), morning_nrs=9, after60_nrs=5, now=now + timedelta(days=1)
    )
    done.refresh_from_db()
    assert (done.action, done.after60_nrs) == ("regress", 5)


def test_after_midnight_yesterdays_session_is_still_yesterdays(fridays, ana, now):
    friday = fridays.day
    training.start(session=fridays, now=now + timedelta(days=2, hours=14, minutes=30))  # Saturday, half past midnight
    fridays.refresh_from_db()
    assert fridays.day == friday


def test_once_the_morning_is_answered_it_is_another_day(fridays, ana, now):
    saturday, morning = fridays.day + timedelta(days=1), now + timedelta(days=3)
    training.save_morning(client=ana, day=saturday, morning_nrs=2, now=morning)
    training.start(session=fridays, now=morning + timedelta(hours=1))
    fridays.refresh_from_db()
    assert fridays.day == saturday


def test_a_session_that_was_withdrawn_meanwhile_is_not_begun(fridays, now):
    ScheduledSession.objects.filter(pk=fridays.pk).update(state="withdrawn")
    with pytest.raises(training.Moved):
        training.start(session=fridays, now=now)
    fridays.refresh_from_db()
    assert fridays.state == "withdrawn"
