"""What a runner logs is kept under the version that her page showed, whatever was published in the meantime."""

import json
import re
from types import SimpleNamespace
from uuid import uuid4

import pytest
import time_machine

from programs.domain.edits import SwapExercise
from programs.domain.library import library
from programs.models import LineLog, ScheduledSession, SetLog, Version
from programs.services import deciding, publishing, training
from programs.steps import steps_of
from programs.tests.people import next_session, planned


def publish(program, now, *edits):
    program.refresh_from_db()
    return publishing.publish(
        program=program,
        base=program.current,
        edits=edits,
        reason="Better for you.",
        by=program.client.coach.user,
        now=now,
    )


@pytest.fixture
def late(ana, now, sign_in):
    """A page of version 1 is open on the phone; version 2 swaps its exercise and asks for other sets."""
    with time_machine.travel(now, tick=False):
        program = planned(ana, now)
        session = next_session(program, now)
        old = next(line for line in session.plan.lines if line.sets > 1 and line.dose.reps and not line.unilateral)
        position = [line.id for line in session.plan.lines].index(old.id) + 1
        browser = sign_in(ana)
        page = browser.get(f"/me/sessions/{session.pk}/?at={position}").content.decode()
        used = {line.exercise for line in session.plan.lines}
        swap = next(
            each.id
            for each in library().exercises
            if (each.pillar, each.unilateral) == (old.pillar, False) and each.id not in used
        )
        publish(program, now, SwapExercise(line=old.id, exercise=swap, scope="this", override="She likes it."))
        session = ScheduledSession.objects.get(pk=session.pk)
        new = next(line for line in session.plan.lines if line.id == old.id)
        yield SimpleNamespace(
            program=program, session=session, old=old, new=new, browser=browser, page=page, now=now,
            url=f"/me/sessions/{session.pk}/",
        )  # fmt: skip


def fields_of(page: str, action: str) -> dict[str, str]:
    """What the form of a page would send, as it stands."""
    form = re.search(rf'<form[^>]*action="[^"]*{action}"[^>]*>(.*?)</form>', page, flags=re.S)[1]
    inputs = re.findall(r"<input[^>]*>", form)
    named = {m[1]: each for each in inputs if (m := re.search(r'name="([^"]+)"', each))}
    return {
        name: (re.search(r'value="([^"]*)"', each) or ["", ""])[1]
        for name, each in named.items()
        if name != "csrfmiddlewaretoken"
    }


def test_a_set_from_the_old_page_is_of_the_old_exercise_dose_and_version(late):
    assert late.new.exercise != late.old.exercise
    sent = fields_of(late.page, "/sets/")
    assert sent["version"] == "1"
    answer = late.browser.post(late.url + "sets/", sent, follow=True)
    log = SetLog.objects.get()
    assert (log.exercise, log.slot, log.version.number) == (late.old.exercise, late.old.slot, 1)
    assert log.dose == json.loads(json.dumps(training.dose_document(late.old)))
    html = answer.content.decode()
    assert f"Kept for {library()[late.old.exercise].name}, as your page showed it." in html


def test_nothing_of_the_new_line_is_marked_done(late):
    late.browser.post(late.url + "rest/", fields_of(late.page, "/rest/"))
    late.browser.post(late.url + "line/", {"line_id": late.old.id, "version": "1", "during_nrs": "2"})
    session = ScheduledSession.objects.get(pk=late.session.pk)
    step = next(each for each in steps_of(session) if each.line.id == late.new.id)
    assert step.exercise.id == late.new.exercise
    assert not step.has_any and step.log is None
    assert session.version.number == 2  # what is left to do is today's plan
    assert session.sets_done == late.old.sets  # and what was done is work


def test_pain_and_skips_from_the_old_page_are_of_the_old_exercise(late):
    late.browser.post(late.url + "skip/", {"line_id": late.old.id, "version": "1", "skipped": "no_kit"})
    late.browser.post(late.url + "line/", {"line_id": late.old.id, "version": "2", "during_nrs": "1"})
    rows = LineLog.objects.order_by("pk").values_list("exercise", "version__number", "skipped", "during_nrs")
    assert list(rows) == [(late.old.exercise, 1, "no_kit", None), (late.new.exercise, 2, "", 1)]


def test_pain_that_stops_stops_also_from_the_old_page(late):
    late.browser.post(late.url + "line/", {"line_id": late.old.id, "version": "1", "during_nrs": "8"})
    session = ScheduledSession.objects.select_related("program__client").get(pk=late.session.pk)
    assert deciding.decide_early(session=session, now=late.now) == "stop"
    assert late.old.exercise in {each["exercise"] for each in session.decision["lines"] if each["action"] == "stop"}


def test_both_exercises_of_the_place_can_be_done_and_taken_back_alone(late):
    for version in ("1", "2"):
        sent = {"client_uuid": str(uuid4()), "line_id": late.old.id, "set_number": "1", "side": "both", "reps": "9"}
        assert late.browser.post(late.url + "sets/", sent | {"version": version}).status_code == 302
    assert SetLog.objects.count() == 2
    place = {"line_id": late.old.id, "set_number": "1", "side": "both", "version": "1"}
    late.browser.post(late.url + "sets/undo/", place)
    assert SetLog.objects.get().exercise == late.new.exercise


def test_a_set_sent_twice_from_the_old_page_is_one_set(late):
    sent = fields_of(late.page, "/sets/")
    for _ in range(2):
        late.browser.post(late.url + "sets/", sent)
    late.browser.post(late.url + "sets/", sent | {"client_uuid": str(uuid4())})
    assert SetLog.objects.count() == 1


@pytest.mark.parametrize("version", ["3", "99", "2147483647"])
def test_a_version_that_was_never_published_is_refused_with_the_reason(late, version):
    sent = fields_of(late.page, "/sets/") | {"version": version}
    answer = late.browser.post(late.url + "sets/", sent, headers={"accept": "application/json"})
    assert answer.status_code == 422 and f"Version {version} of your plan was never published" in answer.json()["error"]
    sent = {"line_id": late.old.id, "version": version, "skipped": "no_time"}
    assert late.browser.post(late.url + "skip/", sent, headers={"accept": "application/json"}).status_code == 422
    assert not SetLog.objects.exists() and not LineLog.objects.exists()


@pytest.mark.parametrize("version", ["0", "-1", "two", "1.5", "99999999999999"])
def test_what_is_no_number_of_a_version_is_refused(late, version):
    sent = fields_of(late.page, "/sets/") | {"version": version}
    assert late.browser.post(late.url + "sets/", sent, headers={"accept": "application/json"}).status_code == 422


def test_a_version_of_somebody_else_says_nothing(late, ben, now):
    other = planned(ben, now)
    publish(other, now)
    publish(other, now)
    assert Version.objects.filter(number=3).exists()
    with pytest.raises(training.UnknownVersion):
        training.shown(late.session, late.old.id, 3)


def test_work_in_a_session_that_was_taken_out_since_is_kept(late):
    ScheduledSession.objects.filter(pk=late.session.pk).update(state="withdrawn")
    late.browser.post(late.url + "sets/", fields_of(late.page, "/sets/"))
    session = ScheduledSession.objects.get(pk=late.session.pk)
    assert (session.state, SetLog.objects.get().version.number) == ("started", 1)


def test_a_swap_between_reading_and_saving_keeps_the_exercise_that_was_read(late):
    """The publish comes between the look at the row and the write that begins it."""
    row = ScheduledSession.objects.select_related("program__client").get(pk=late.session.pk)
    again = next(
        each.id for each in library().exercises
        if each.pillar == late.new.pillar and each.id not in {line.exercise for line in row.plan.lines}
    )  # fmt: skip
    publish(late.program, late.now, SwapExercise(line=late.new.id, exercise=again, scope="this", override="Yes."))
    training.save_set(
        session=row, client_uuid=uuid4(), line_id=late.new.id, set_number=1, side=training.sides_of(late.new)[0],
        done_at=late.now, now=late.now, reps=8,
    )  # fmt: skip
    log = SetLog.objects.get()
    assert (log.exercise, log.version.number) == (late.new.exercise, 2)
    assert not next(each for each in steps_of(row) if each.line.id == late.new.id).has_any
