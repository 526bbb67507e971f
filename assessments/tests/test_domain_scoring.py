"""Single steps of the scoring proposal that the worked examples do not reach."""

import pytest

from assessments.domain.findings import assess
from assessments.domain.records import AssessRequest, Excluded, Reading, Runner, TestScore
from assessments.domain.requests import parse_request
from assessments.domain.rules import rules
from assessments.domain.scoring import asymmetry, pain_quality
from assessments.domain.thresholds import NotMeasurable, absolute_deficit

TESTS = rules().battery.test


def result(painful="left", **measurements):
    return assess(
        parse_request({"runner": {"age": 30, "sex": "female", "painful_side": painful}, "measurements": measurements})
    )


@pytest.mark.parametrize("pain, q", [(None, 1.0), (0, 1.0), (2, 1.0), (3, 0.5), (5, 0.5), (6, 0.0), (10, 0.0)])
def test_pain_takes_weight_from_a_test(pain, q):
    assert pain_quality(pain, rules().scheme) == q


@pytest.mark.parametrize(
    "test, left, right, a",
    [
        ("wblt_distance", 10.0, 8.5, 0.0),
        ("wblt_distance", 8.0, 10.25, 0.5),
        ("wblt_distance", 4.0, 10.0, 1.0),
        ("side_plank", 0, 0, 0.0),  # nothing on either side is no difference
        ("side_plank", 45, 60, 0.5),
        ("single_leg_squat", 0, 4, None),
    ],
)
def test_asymmetry_rises_between_its_two_limits(test, left, right, a):
    assert asymmetry(TESTS[test], left, right) == (a if a is None else pytest.approx(a))


def test_asymmetry_alone_never_exceeds_one_half_and_only_the_worse_side_carries_it():
    sides = result(wblt_distance={"left": 25, "right": 9}).tests["wblt_distance"]
    assert (sides["left"].s, sides["right"].s) == (0.0, 0.5)
    assert sides["right"].label == "normal"  # the label looks at the deficit only


def test_without_the_other_side_there_is_no_asymmetry():
    assert result(wblt_distance={"left": 9}).tests["wblt_distance"]["left"].s == 0.0
    stopped = result(wblt_distance={"left": 9, "right": 25, "pain_right": 6}).tests["wblt_distance"]
    assert (stopped["left"].s, stopped["right"]) == (0.0, Excluded())


def test_a_side_stopped_by_pain_needs_no_value():
    sides = result(wblt_distance={"left": 9, "pain_right": 8}).tests["wblt_distance"]
    assert sides["right"] == Excluded()


def test_the_next_test_of_a_construct_speaks_when_the_first_was_stopped_by_pain():
    area = result(hip_abduction_torque={"left": 1.3, "pain_left": 9}, hip_abduction_hold={"left": 20}).areas[
        "hip_weakness"
    ]
    assert [row.test for row in area.because] == ["hip_abduction_hold"]


def test_two_tests_of_one_construct_that_disagree_raise_the_conflict_flag():
    assert result(hip_abduction_force={"left": 20}, hip_abduction_hold={"left": 20}).areas["hip_weakness"].conflict
    assert not result(hip_abduction_force={"left": 20}, hip_abduction_hold={"left": 50}).areas["hip_weakness"].conflict


def test_the_plank_ratio_is_derived_per_side_and_inherits_the_worse_pain():
    ratio = result(side_plank={"left": 80, "right": 50, "pain_right": 4}, trunk_extensor_hold={"value": 100, "pain": 1})
    sides = ratio.tests["mcgill_side_extensor_ratio"]
    assert sides["left"] == TestScore(pytest.approx(0.2), pytest.approx(0.2), 1.0, "borderline")
    assert sides["right"].q == 0.5


@pytest.mark.parametrize("extensor", [None, 0])
def test_without_an_extensor_hold_there_is_no_ratio(extensor):
    holds = {} if extensor is None else {"trunk_extensor_hold": {"value": extensor}}
    assert "mcgill_side_extensor_ratio" not in result(side_plank={"left": 80}, **holds).tests


def test_a_ratio_outside_its_range_is_left_out_and_said():
    answer = result(side_plank={"left": 300}, trunk_extensor_hold={"value": 1})
    assert "mcgill_side_extensor_ratio" not in answer.tests
    assert ("ratio_out_of_range", "mcgill_side_extensor_ratio.left") in [(w.code, w.subject) for w in answer.warnings]


def test_recorded_tests_are_shown_without_a_score():
    answer = result(foot_strike={"left": "rearfoot"}, trunk_lean={"value": 7})
    assert answer.tests["foot_strike"]["left"] == TestScore(None, None, 1.0, "not_scored")
    assert answer.areas["running_form_load"].score is None


def test_an_unusual_value_is_kept_and_asked_about():
    answer = result(wblt_distance={"left": 20})
    assert answer.tests["wblt_distance"]["left"].d == 0
    (warning,) = answer.warnings
    assert (warning.code, warning.subject) == ("check_value", "wblt_distance.left")
    assert warning.message == "20 cm is unusual (most values are 1 to 18): is it right?"


@pytest.mark.parametrize(
    "test, value, normal, deficit",
    [
        ("foot_posture_index", -4, -1.0, -6.0),
        ("foot_posture_index", 8, 6.0, 10.0),
        ("trendelenburg", "positive", "negative", "positive"),
        ("longest_run_spike", 40, 10.0, 100.0),
    ],
)
def test_a_reason_names_the_nearer_limits(test, value, normal, deficit):
    found = absolute_deficit(TESTS[test], value, 30, "male")
    assert (found.normal, found.deficit) == (normal, deficit)


def test_undisclosed_sex_is_compared_with_the_mean_and_names_both_sources():
    found = absolute_deficit(TESTS["side_plank"], 47.5, 30, "undisclosed")
    assert (found.normal, found.deficit) == (65.0, 35.0)
    assert found.sources == ("trunk_women2003", "mcgill1999")


def test_what_cannot_be_scored_is_an_error_and_not_a_zero():
    for test, value in (("foot_strike", "rearfoot"), ("trendelenburg", "maybe"), ("cadence", "fast")):
        with pytest.raises(NotMeasurable):
            absolute_deficit(TESTS[test], value, 30, "male")


def test_the_engine_takes_whole_numbers_from_records_too():
    reading = {"wblt_distance": {"left": Reading(7)}}
    row = assess(AssessRequest(Runner(30, "male", "left"), measurements=reading)).areas["ankle_stiffness"].because[0]
    assert (row.value, row.d) == (7, 0.5)
