"""Before an assessment: how it is today, and which tests are done."""

import pytest
from django.urls import reverse

from assessments.domain.rules import rules
from assessments.models import Assessment, RedFlagCheck
from assessments.selection import planned_tests
from assessments.services import measuring
from assessments.tests.people import ask, begun, finished, known, ticks
from assessments.timeline import events_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(sign_in, maya):
    return sign_in(maya.user)


def start(desk, runner, **today):
    url = reverse("assessments:start", kwargs={"pk": runner.pk})
    fields = {f"today-{name}": value for name, value in today.items()}
    return desk.post(url, ticks(browser=desk, url=url, step="red_flags", **fields))


def choose(desk, sheet, **posted):
    return desk.post(at(sheet), {"warmed_up": "on"} | posted)


def at(sheet) -> str:
    return reverse("assessments:choose", kwargs={"pk": sheet.client_id, "assessment": sheet.pk})


def test_the_three_batteries_are_offered_with_the_minutes_of_the_file(desk, ana, now):
    html = desk.get(at(begun(ana, now))).content.decode()
    assert "15 tests, 53 min" in html
    offered = {each.id: each for each in desk.get(at(Assessment.objects.get())).context["offer"].batteries}
    assert offered["dynamometer"].minutes == sum(test.minutes for test in rules().battery.dynamometer().tests)
    assert {"hip_abduction_hold", "single_leg_bridge_reps"}.isdisjoint(offered["dynamometer"].ids)
    assert {test.area for test in offered["running"].tests} == {"running_form_load"}
    assert [offered[each].figures for each in ("dynamometer", "running")] == ["17 tests, 64 min", "9 tests, 24 min"]
    assert "retest" not in offered, "there is nothing to repeat yet"


def test_a_bad_day_opens_no_sheet_and_keeps_the_safety_answers(desk, ana, now):
    known(ana, now)
    answer = start(desk, ana, rest_pain_nrs="6")
    assert "Knee pain at rest: 6 of 10, above 5." in answer.content.decode()
    assert not Assessment.objects.exists() and RedFlagCheck.objects.get().today["rest_pain_nrs"] == 6
    assert "Ill or feverish" in start(desk, ana, feels_ill="yes").content.decode()
    assert [event.text for event in events_of(ana, shows_results=True)] == [
        "No tests on this day. Knee pain at rest: 6 of 10, above 5.",
        "No tests on this day. Ill or feverish.",
    ]
    assert start(desk, ana, rest_pain_nrs="5").status_code == 302


def test_a_form_sent_twice_says_the_same_and_a_corrected_one_is_asked_once_more(desk, ana, now):
    known(ana, now)
    url = reverse("assessments:start", kwargs={"pk": ana.pk})
    posted = ticks(browser=desk, url=url, step="red_flags", **{"today-rest_pain_nrs": "6"})
    assert desk.post(url, posted).templates[0].name == desk.post(url, posted).templates[0].name
    assert RedFlagCheck.objects.count() == 1
    again = desk.post(url, posted | {"today-rest_pain_nrs": "4"})
    assert again.status_code == 422 and "read your answers once more" in again.content.decode()
    form = again.context["form"]
    fresh = {"form_key": str(form["form_key"].value()), "stamp": form["stamp"].value()}
    begun_at = desk.post(url, posted | fresh | {"today-rest_pain_nrs": "4"})
    assert (
        begun_at.status_code == 302 and desk.post(url, posted | fresh | {"today-rest_pain_nrs": "4"}).status_code == 302
    )
    assert Assessment.objects.get().today["rest_pain_nrs"] == 4


@pytest.mark.parametrize(
    "today, says",
    [
        ({"rest_pain_nrs": ""}, "from 0 to 10"),
        ({"rest_pain_nrs": "11"}, "from 0 to 10"),
        ({"feels_ill": ""}, "Ask, then choose one"),
        ({"said": []}, "None of these"),
        ({"said": ["none", "calf_tear"]}, "say two things"),
        ({"said": "made_up"}, "not one of the available choices"),
    ],
)
def test_nothing_about_today_is_taken_for_granted(desk, ana, now, today, says):
    known(ana, now)
    answer = start(desk, ana, **today)
    assert answer.status_code == 422 and says in answer.content.decode()
    assert not RedFlagCheck.objects.exists()


def test_what_must_not_be_done_is_greyed_with_the_reason_and_cannot_be_chosen(desk, ana, now):
    known(ana, now, tags=["kneeling_intolerance"])
    start(desk, ana, said="calf_tear")
    sheet = Assessment.objects.get()
    html = desk.get(at(sheet)).content.decode()
    assert "Not today: Recent Achilles/calf tear" in html and "Not today: Kneeling pain at the kneecap" in html
    answer = choose(desk, sheet, battery="own", tests=["wblt_distance", "bird_dog"])
    assert answer.status_code == 422 and "is not done today" in answer.content.decode()
    choose(desk, sheet, battery="quick")
    sheet.refresh_from_db()
    assert {"single_leg_heel_raise", "bird_dog"} <= set(sheet.left_out)
    assert len(sheet.tests) == 15, "what is left out of a battery stays in it, greyed"


def test_a_choice_of_ones_own_is_kept_in_session_order_and_can_be_changed(desk, ana, now):
    sheet = begun(ana, now)
    choose(desk, sheet, battery="own", tests=["cadence", "side_plank", "wblt_distance"])
    sheet.refresh_from_db()
    assert [test.id for test in planned_tests(sheet)] == ["wblt_distance", "side_plank", "cadence"]
    measuring.save_value(assessment=sheet, test="side_plank", side="left", value=40.0, now=now)
    choose(desk, sheet, battery="own", tests=["wblt_distance"])
    sheet.refresh_from_db()
    assert sheet.tests == ["wblt_distance"]
    assert sheet.measurements.get().value == 40.0, "nothing that was measured goes"


@pytest.mark.parametrize(
    "posted, says",
    [
        ({}, "Choose a battery"),
        ({"battery": "made_up"}, "made_up"),
        ({"battery": "retest", "tests": ["wblt_distance"]}, "retest is not one of the available choices"),
        ({"battery": "own"}, "Tick at least one test"),
        ({"battery": "own", "tests": ["made_up"]}, "not known"),
        ({"battery": "own", "tests": ["mcgill_side_extensor_ratio"]}, "not known"),
        ({"battery": "quick", "warmed_up": ""}, "First 5 easy minutes"),
    ],
)
def test_a_choice_that_cannot_be_made_says_why(desk, ana, now, posted, says):
    sheet = begun(ana, now)
    answer = choose(desk, sheet, **posted)
    assert answer.status_code == 422 and says in answer.content.decode()
    sheet.refresh_from_db()
    assert sheet.tests == []


def test_a_retest_is_prepared_with_the_tests_that_mattered(desk, ana, now):
    finished(ana, now, wblt_distance={"left": 10, "right": 5}, side_plank={"left": 90, "right": 90})
    url = reverse("assessments:start", kwargs={"pk": ana.pk}) + "?battery=retest"
    answer = desk.post(url, ticks(browser=desk, url=url, step="red_flags"))
    assert answer.url.endswith("/choose/?battery=retest")
    chosen = [test.id for test in desk.get(answer.url).context["offer"].chosen]
    assert "wblt_distance" in chosen
    assert len(chosen) < 15
    sheet = Assessment.objects.get(state="open")
    assert choose(desk, sheet, battery="retest", tests=["cadence"]).status_code == 302
    sheet.refresh_from_db()
    assert (sheet.battery, sheet.tests) == ("retest", chosen), "the ticks count for a choice of one's own"


def test_a_red_flag_that_comes_up_meanwhile_closes_the_choice(desk, ana, now):
    sheet = begun(ana, now)
    ask(ana, now, "locked_knee")
    assert "clearance" in desk.get(at(sheet)).url
    assert "clearance" in choose(desk, sheet, battery="quick").url


def test_a_finished_assessment_is_chosen_no_more(desk, ana, now):
    done = finished(ana, now)
    assert choose(desk, done, battery="running").url == reverse(
        "assessments:findings", kwargs={"pk": ana.pk, "assessment": done.pk}
    )
    done.refresh_from_db()
    assert done.battery == "quick"
