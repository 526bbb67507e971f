"""The session on a phone: plain forms, each set once, no road past a red flag."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine

from assessments.tests.people import ask
from programs.models import LineLog, MorningAnswer, ScheduledSession, SetLog
from programs.services import training
from programs.tests.people import next_session, planned


@pytest.fixture
def session(ana, now):
    with time_machine.travel(now, tick=False):
        yield next_session(planned(ana, now), now)


@pytest.fixture
def phone(session, ana, sign_in):
    return sign_in(ana)


def url(session, tail=""):
    return f"/me/sessions/{session.pk}/{tail}"


def a_set(session, **fields):
    line = session.plan.lines[0]
    side = training.sides_of(line)[0]
    return {"client_uuid": str(uuid4()), "line_id": line.id, "set_number": 1, "side": side, "reps": 10} | fields


def test_the_first_page_asks_for_the_knee_and_nothing_is_pressed(phone, session):
    html = phone.get(url(session)).content.decode()
    assert "before_nrs" in html
    assert "checked" not in html
    phone.post(url(session, "start/"), {})
    assert ScheduledSession.objects.get(pk=session.pk).before_nrs is None


def test_a_plain_form_saves_a_set_and_comes_back_to_the_exercise(phone, session):
    answer = phone.post(url(session, "sets/"), a_set(session))
    assert (answer.status_code, answer.url) == (302, url(session) + "?at=1")
    assert SetLog.objects.count() == 1


def test_the_phones_queue_is_told_what_is_new(phone, session):
    fields = a_set(session)
    first = phone.post(url(session, "sets/"), fields, headers={"accept": "application/json"})
    again = phone.post(url(session, "sets/"), fields, headers={"accept": "application/json"})
    assert (first.status_code, first.json()["new"]) == (201, True)
    assert (again.status_code, again.json()["new"], again.json()["id"]) == (200, False, first.json()["id"])


def test_what_cannot_be_a_set_is_refused_with_a_reason(phone, session):
    for wrong in ({"client_uuid": "x"}, {"set_number": "99"}, {"side": "up"}, {"reps": "-1"}, {"line_id": "w1.Z-1.Q9"}):
        answer = phone.post(url(session, "sets/"), a_set(session, **wrong), headers={"accept": "application/json"})
        assert answer.status_code == 422 and answer.json()["error"]
    assert not SetLog.objects.exists()


def test_pain_of_six_leads_to_the_stop_sheet(phone, session):
    line = session.plan.lines[0]
    answer = phone.post(url(session, "line/"), {"line_id": line.id, "during_nrs": "6"})
    assert "/stop/" in answer.url
    answer = phone.post(url(session, "line/"), {"line_id": line.id, "during_nrs": "5"})
    assert "/stop/" not in answer.url


def test_a_skipped_pain_question_stays_unanswered(phone, session):
    line = session.plan.lines[0]
    phone.post(url(session, "line/"), {"line_id": line.id, "during_nrs": ""})
    assert not LineLog.objects.exclude(during_nrs=None).exists()


def test_an_exercise_that_hurts_is_left_out_with_its_reason(phone, session):
    line = session.plan.lines[0]
    phone.post(url(session, "skip/"), {"line_id": line.id, "skipped": "no_kit"})
    assert LineLog.objects.get().skipped == "no_kit"


def test_ending_for_the_knee_at_eight_tells_the_coach_and_says_what_to_do(phone, session):
    line = session.plan.lines[0]
    answer = phone.post(url(session, "stop/"), {"line_id": line.id, "during_nrs": "8", "end": "1"}, follow=True)
    html = answer.content.decode()
    assert "has been told" in html
    assert "112" in html
    assert ScheduledSession.objects.get(pk=session.pk).stopped


def test_a_red_flag_closes_every_session_page(phone, session, ana, now):
    ask(ana, now, "locked_knee")
    for method, tail in (("get", ""), ("post", "start/")):
        answer = getattr(phone, method)(url(session, tail))
        assert answer.url == "/me/red-flags/"
    assert ScheduledSession.objects.get(pk=session.pk).started_at is None
    assert "Start" not in phone.get("/me/").content.decode()


def test_another_runners_session_is_not_there(session, ben, sign_in):
    other = sign_in(ben)
    for tail in ("", "finish/", "stop/"):
        assert other.get(url(session, tail)).status_code == 404
    for tail in ("sets/", "sets/undo/", "rest/", "line/", "skip/", "start/", "finish/", "stop/"):
        assert other.post(url(session, tail), a_set(session)).status_code == 404
    assert not SetLog.objects.exists()


def test_the_morning_is_asked_until_it_is_answered_and_an_empty_form_answers_nothing(phone, session, ana, now):
    assert "this morning?" in phone.get("/me/").content.decode()
    phone.post("/me/morning/", {"morning_nrs": ""})
    assert not MorningAnswer.objects.exists()
    phone.post("/me/morning/", {"morning_nrs": "2"})
    assert MorningAnswer.objects.get().morning_nrs == 2
    assert 'name="morning_nrs"' not in phone.get("/me/").content.decode()


def test_yesterdays_hour_after_is_asked_with_todays_morning(phone, session, ana, now):
    phone.post(url(session, "start/"), {"before_nrs": "1"})
    with time_machine.travel(now + timedelta(days=1), tick=False):
        assert 'name="after60_nrs"' in phone.get("/me/").content.decode()
        phone.post("/me/morning/", {"morning_nrs": "2", "after60_nrs": "3"})
    assert ScheduledSession.objects.get(pk=session.pk).after60_nrs == 3
