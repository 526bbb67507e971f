"""No road - service, URL, command - leads past an open red-flag gate to a plan."""

import json
import re
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from assessments.gate import GateClosed
from assessments.models import RedFlagCheck
from assessments.tests.people import ask, known, ticks
from programs.models import Draft, Version
from programs.services import planning, publishing, training
from programs.tests.people import next_session, planned

HOUR = timedelta(hours=1)
WISHES = planning.Wishes(phase=1, weeks=4, weekdays=("mon", "wed", "sat"), minutes=30)


@pytest.fixture
def runner(ana, now):
    fields = {"kit": ["none", "wall", "chair"], "weekdays": ["mon", "wed", "sat"], "minutes": 30}
    return known(ana, now, **fields)


def draft_of(runner, now) -> Draft:
    return planning.make_draft(client=runner, wishes=WISHES, by=runner.coach.user, now=now)


def test_no_draft_before_the_questions_were_asked(runner, now):
    with pytest.raises(GateClosed):
        draft_of(runner, now)
    assert not Draft.objects.exists()


@pytest.mark.parametrize("flag", ["locked_knee", "giving_way"])
def test_a_flag_between_draft_and_publishing_stops_both(runner, now, flag):
    ask(runner, now)
    draft = draft_of(runner, now)
    ask(runner, now + HOUR, flag)
    with pytest.raises(GateClosed):
        draft_of(runner, now + 2 * HOUR)
    with pytest.raises(GateClosed):
        publishing.publish_draft(draft=draft, reason="Ready.", by=runner.coach.user, now=now + 2 * HOUR)
    assert not Version.objects.exists()


@pytest.mark.parametrize("action", ["stop_urgent", "refer"])
def test_the_plan_command_refuses_a_closed_gate(action, tmp_path):
    brief = {
        "phase": 1, "weeks": 1, "days": 3, "minutes": 30, "weekdays": ["mon", "wed", "sat"], "kit": ["none", "wall"],
        "tags": [], "exclude": [], "prefer": [], "keep": [], "previous_severity": None, "asymmetry": None,
        "severity": {"hip_weakness": 0.8, "quad_itb_tightness": 0.5, "ankle_stiffness": 0.2, "core_instability": None},
        "run": {"stage": 0, "longest_30d_min": None, "cadence_spm": None, "per_week": 3}, "gate": action,
    }  # fmt: skip
    file, out = tmp_path / "brief.json", StringIO()
    file.write_text(json.dumps(brief))
    call_command("plan", str(file), stdout=out)
    assert json.loads(out.getvalue())["refused"]["gate"] == action


def test_the_assess_command_finds_nothing_behind_an_urgent_stop(tmp_path):
    file, out = tmp_path / "request.json", StringIO()
    request = {
        "runner": {"age": 34, "sex": "female", "painful_side": "right"},
        "red_flags": {"locked_knee": True},
        "cleared": True,
        "measurements": {"wblt_distance": {"left": 10.0, "right": 6.5}},
    }
    file.write_text(json.dumps(request))
    call_command("assess", str(file), stdout=out)
    told = json.loads(out.getvalue())
    assert (told["gate"]["action"], told["tests"], told["areas"], told["ranking"]) == ("stop_urgent", {}, {}, [])


def test_the_runners_page_names_nothing_to_train_while_a_red_flag_stands(ana, sign_in):
    now = timezone.now()
    program = planned(ana, now)
    titles = {session.title for session in program.scheduledsessions.all()}
    before = sign_in(ana).get("/me/").content.decode()
    assert any(title in before for title in titles)
    ask(ana, now, "giving_way")
    after = sign_in(ana).get("/me/").content.decode()
    assert not [title for title in titles if title in after]
    assert "Training rests" in after and not re.search(r"/me/sessions/\d+/", after)


def test_a_red_flag_in_the_middle_of_a_session_ends_it_and_leads_to_care(
    ana, sign_in, django_capture_on_commit_callbacks
):
    now = timezone.now()
    session = next_session(planned(ana, now), now)
    training.start(session=session, now=now, before_nrs=1)
    phone = sign_in(ana)
    sheet = phone.get(f"/me/sessions/{session.pk}/stop/").content.decode()
    [way] = re.findall(r'href="(/me/red-flags/[^"]*)">One of these is true', sheet)
    way = way.replace("&amp;", "&")
    with django_capture_on_commit_callbacks(execute=True):
        posted = ticks("locked_knee", browser=phone, url=way)
        assert phone.post("/me/red-flags/?session", posted).url == "/me/red-flags/"
    session.refresh_from_db()
    assert (session.state, session.stopped, session.flag) == ("done", True, True)
    assert RedFlagCheck.objects.order_by("-pk").first().source == "session"
    assert "Stop here" in phone.get(f"/me/sessions/{session.pk}/", follow=True).content.decode()
