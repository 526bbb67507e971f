"""Two assessments side by side: a change is one only beyond the measurement error."""

from datetime import timedelta

import pytest

from assessments.comparing import compare
from assessments.domain.battery import SIDES
from assessments.models import Assessment
from assessments.services import measuring, overruling
from assessments.tests.people import begun, finished
from assessments.tests.test_findings_shown import text_in


def sides(left, right) -> dict:
    return dict(zip(SIDES, (left, right), strict=True))


@pytest.fixture
def two(ana, now):
    """Seven weeks apart: the right ankle moved by more than 1.9 cm, the left by less; one test each was done once."""
    then = finished(
        ana, now - timedelta(weeks=7),
        wblt_distance=sides(10, 5), prone_plank={"both": 45}, side_plank=sides(60, 40), trendelenburg=sides("negative", "positive"),
        modified_thomas_hip=sides(-5, -5), hip_abduction_hold=sides(40, 40),
    )  # fmt: skip
    now_ = finished(
        ana, now,
        wblt_distance=sides(11, 7), prone_plank={"both": 45}, side_plank=sides(60, 9), trendelenburg=sides("negative", "negative"),
        modified_thomas_hip=sides(-12, -12), single_leg_squat={"right": 2}, hip_abduction_hold={"left": 50},
    )  # fmt: skip
    return then, now_


def pairs_of(comparison) -> dict:
    return {(test.name, pair.side): pair for test in comparison.tests for pair in test.pairs}


def test_a_change_is_real_only_beyond_the_error_of_its_test(two):
    found = pairs_of(compare(*two))
    ankle = "Weight-bearing lunge test: toe-to-wall distance"
    left, right = found[ankle, "left"], found[ankle, "right"]
    assert (left.then, left.now, left.amount, left.is_real) == ("10 cm", "11 cm", "+1 cm", False)
    assert (left.verdict, left.needed) == ("Within measurement error", "1.9 cm")
    assert (right.then, right.now, right.amount, right.is_real) == ("5 cm", "7 cm", "+2 cm", True)
    assert right.verdict == "Real change, for the better"
    side = found["Side plank hold", "right"]
    assert (side.amount, side.needed, side.verdict) == ("-31 s", "30 s", "Real change, the other way")
    assert found["Prone forearm plank hold", ""].verdict == "No difference"
    hold = next(pair for (name, _), pair in found.items() if "abduction hold" in name)
    assert (hold.needed, hold.is_real) == ("10 s", True), "25 % of the old value"


def test_without_a_known_error_nothing_is_called_a_change(two):
    found = pairs_of(compare(*two))
    thigh = next(pair for (name, side), pair in found.items() if name.startswith("Modified Thomas test: thigh"))
    assert thigh.then != thigh.now and not thigh.is_real and thigh.verdict.startswith("No measurement error is known")
    lift = next(pair for (name, side), pair in found.items() if name.startswith("Trendelenburg") and side == "right")
    assert not lift.is_real and (lift.amount, lift.needed) == ("", "")


def test_what_was_done_once_is_listed_with_its_side(two):
    comparison = compare(*two)
    assert comparison.only_now == ("Single-leg squat, segment rating (0-4 faults), right",)
    assert len(comparison.only_then) == 1 and comparison.only_then[0].endswith(", right")
    assert (
        comparison.headline == "3 real changes in 10 results measured both times: 2 for the better and 1 the other way."
    )


def test_a_side_that_hurt_too_much_is_not_compared(ana, now):
    then = finished(ana, now - timedelta(weeks=7), wblt_distance=sides(10, 5))
    sheet = begun(ana, now)
    for side, value, pain in (("left", 10, 2), ("right", 9, 6)):
        measuring.save_value(assessment=sheet, test="wblt_distance", side=side, value=value, now=now)
        measuring.save_pain(assessment=sheet, test="wblt_distance", side=side, pain=pain, now=now)
    found = pairs_of(compare(then, measuring.finish_assessment(assessment=sheet, now=now)))
    [left, right] = found.values()
    assert (right.verdict, right.is_real, right.amount) == (
        "Stopped because it hurt, so the two are not compared",
        False,
        "",
    )
    assert left.verdict == "No difference" and left.pains == "not asked then, 2 now"


def test_scores_and_confidences_are_those_of_their_day(two):
    then, later = two
    ankle = next(area for area in compare(then, later).areas if area.id == "ankle_stiffness")
    for told, row in ((ankle.then, then), (ankle.now, later)):
        stored = next(area for area in row.sentences["areas"] if area["id"] == "ankle_stiffness")
        assert (told.score, told.certainty, told.step) == (stored["score"], stored["certainty"], stored["step"])


def test_different_rules_are_said_and_an_unknown_test_is_shown_and_not_judged(two, ana, sign_in):
    then, later = two
    then.rules_version = "assessment-0.9"
    then.request["measurements"]["hop_test"] = later.request["measurements"]["hop_test"] = {"left": 3, "right": 4}
    then.save(), later.save()
    hop = pairs_of(compare(then, later))["hop_test", "left"]
    assert (hop.then, hop.now, hop.is_real) == ("3", "3", False) and "do not know this test" in hop.verdict
    text = text_in(sign_in(ana.coach).get(f"/clients/{ana.pk}/assessments/compare/").content.decode())
    assert "scored by different rules" in text and "assessment-0.9" in text


def test_scores_of_different_sides_are_no_before_and_after(ana, now):
    ana.painful_side = "right"
    then = finished(ana, now - timedelta(weeks=7), wblt_distance=sides(10, 5))
    sheet = begun(ana, now)
    sheet.client.painful_side = "left"
    sheet.client.save()
    for side in SIDES:
        measuring.save_value(assessment=sheet, test="wblt_distance", side=side, value=5, now=now)
    ankle = compare(then, measuring.finish_assessment(assessment=sheet, now=now)).areas[0]
    assert ankle.id == "ankle_stiffness" and ankle.sides_differ


# --- the page --------------------------------------------------------------------------------------------------------


@pytest.fixture
def desk(maya, sign_in):
    return sign_in(maya)


def ask_for(desk, ana, **query):
    return desk.get(f"/clients/{ana.pk}/assessments/compare/", query)


def test_any_two_in_either_order(desk, ana, two, now):
    then, later = two
    third = finished(ana, now + timedelta(days=1), wblt_distance=sides(12, 12))
    one = ask_for(desk, ana, a=then.pk, b=third.pk).context["comparison"]
    other = ask_for(desk, ana, a=third.pk, b=then.pk).context["comparison"]
    assert (one.then, one.now) == (other.then, other.now) == (then, third)
    newest = ask_for(desk, ana).context["comparison"]
    assert (newest.then, newest.now) == (later, third)
    assert ask_for(desk, ana, b=later.pk).context["comparison"].then == then
    assert ask_for(desk, ana, b=then.pk).context["comparison"].now == later


def test_one_with_itself_asks_for_another(desk, ana, two):
    answer = ask_for(desk, ana, a=two[0].pk, b=two[0].pk)
    assert answer.context["comparison"] is None and "Choose two different assessments." in answer.content.decode()


def test_one_alone_has_nothing_to_compare_with(desk, ana, now):
    row = finished(ana, now)
    assert "Nothing to compare yet" in ask_for(desk, ana).content.decode()
    assert ask_for(desk, ana, b=row.pk).context["comparison"] is None


def test_only_her_own_finished_assessments(desk, ana, ben, two, now):
    for key in (finished(ben, now).pk, begun(ana, now).pk, "x", "-1", 2**70):
        assert ask_for(desk, ana, a=two[0].pk, b=key).status_code == 404
    assert Assessment.objects.filter(client=ana).count() == 3


def test_an_overrule_of_either_day_stands_beside_its_score(desk, ana, two, now):
    then, later = two
    for row, reason in ((then, "Swayed."), (later, "Held.")):
        overruling.overrule(
            assessment=row, area="hip_weakness", status="likely_contributor", reason=reason, seen=None,
            by=ana.coach.user, now=now,
        )  # fmt: skip
    text = text_in(ask_for(desk, ana).content.decode())
    assert "“Swayed.”" in text and "“Held.”" in text
