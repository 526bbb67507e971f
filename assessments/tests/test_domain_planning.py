"""What the plan takes from the findings, and which test to do next."""

import pytest

from assessments.domain.findings import assess
from assessments.domain.next_test import next_test
from assessments.domain.planning import damped, effective_severity, largest_side_difference, severities
from assessments.domain.requests import parse_request
from assessments.domain.rules import rules


def request(painful="right", **measurements):
    return parse_request(
        {"runner": {"age": 30, "sex": "female", "painful_side": painful}, "measurements": measurements}
    )


def test_effective_severity_is_the_score_drawn_back_by_doubt():
    result = assess(request(wblt_distance={"left": 10, "right": 6.5}))
    assert effective_severity(result.areas["ankle_stiffness"]) == pytest.approx(0.625 * (0.5 + 0.5 * 6 / 7))


def test_an_area_with_too_little_data_is_not_assessed_rather_than_fine():
    result = assess(request(single_leg_squat={"left": 0, "right": 4}))
    assert result.areas["hip_weakness"].score == 1.0
    assert severities(result) == {
        "hip_weakness": None,
        "quad_itb_tightness": None,
        "ankle_stiffness": None,
        "core_instability": None,
    }


def test_with_both_knees_painful_the_worse_side_counts():
    both = assess(request("both", wblt_distance={"left": 10, "right": 6.5}))
    right = assess(request("right", wblt_distance={"left": 10, "right": 6.5}))
    assert severities(both)["ankle_stiffness"] == severities(right)["ankle_stiffness"] > 0


def test_a_coachs_overrule_replaces_the_figure():
    result = assess(request(wblt_distance={"left": 10, "right": 6.5}))
    overruled = severities(result, {"ankle_stiffness": 0.1, "core_instability": 0.6})
    assert (overruled["ankle_stiffness"], overruled["core_instability"]) == (0.1, 0.6)
    assert overruled["hip_weakness"] is None


@pytest.mark.parametrize(
    "previous, rescored, planned",
    [(0.8, 0.2, 0.55), (0.2, 0.8, 0.45), (0.5, 0.6, 0.6), (None, 0.9, 0.9), (0.9, None, None), (0.5, 0.75, 0.75)],
)
def test_a_rescore_moves_the_plan_by_at_most_a_quarter(previous, rescored, planned):
    assert damped(previous, rescored) == pytest.approx(planned)


@pytest.mark.parametrize(
    "measurements, expected",
    [
        ({"hip_abduction_hold": {"left": 41, "right": 50}}, ("left", "side-lying-hip-abduction", 18.0)),
        ({"hip_abduction_hold": {"left": 46, "right": 50}}, None),  # 8 %
        ({"single_leg_heel_raise": {"left": 20, "right": 18}}, ("right", "single-leg-calf-raise", 10.0)),
        ({"wblt_distance": {"left": 10, "right": 5}}, None),  # no one-sided exercise is tied to it
        ({"side_plank": {"left": 30}}, None),
        ({"side_plank": {"left": 30, "right": 60, "pain_left": 6}}, None),  # stopped by pain: not a strength
        ({"side_plank": {"left": 0, "right": 0}}, None),
        ({"lateral_step_down": {"left": 1, "right": 3}}, ("right", "lateral-step-down", 40.0)),
        ({"lateral_step_down": {"left": 1, "right": 2}}, None),  # one point is within the rating's own error
        (
            {"hip_abduction_hold": {"left": 40, "right": 50}, "side_plank": {"left": 60, "right": 30}},
            ("right", "side-plank", 50.0),
        ),
    ],
)
def test_the_largest_side_difference_goes_to_the_plan(measurements, expected):
    found = largest_side_difference(request(**measurements))
    brief = found and found.as_brief()
    assert brief == (expected and {"side": expected[0], "test": expected[1], "percent": pytest.approx(expected[2])})


def test_the_anchor_test_is_suggested_first():
    assert next_test(request(), "ankle_stiffness").test == "wblt_distance"
    assert next_test(request(prone_plank={"value": 60}), "core_instability").test == "side_plank"


def test_equal_gains_go_to_the_shorter_test():
    # torque (6 min) and force (5 min) have the same grade and weight
    assert next_test(request(), "hip_weakness").test == "hip_abduction_force"


def test_a_test_that_cannot_be_done_is_not_suggested():
    dynamometer = [test.id for test in rules().battery.tests if test.battery == "dynamometer"]
    assert next_test(request(), "hip_weakness", skip=dynamometer).test == "hip_abduction_hold"


def test_a_test_stopped_by_pain_is_not_suggested_again():
    stopped = request(wblt_distance={"right": 6, "pain_right": 7}, wblt_angle={"right": 30, "pain_right": 7})
    assert next_test(stopped, "ankle_stiffness").test not in ("wblt_distance", "wblt_angle")


def test_nothing_is_suggested_when_nothing_would_help_or_the_runner_is_not_scored():
    complete = request(
        prone_knee_flexion={"right": 120},
        modified_thomas_knee={"right": 45},
        modified_thomas_hip={"right": -8},
        modified_ober={"right": -20},
        foam_roll_tenderness_quad={"right": 4},
        foam_roll_tenderness_itb={"right": 4},
    )
    assert next_test(complete, "quad_itb_tightness") is None
    young = parse_request({"runner": {"age": 15, "sex": "female", "painful_side": "left"}})
    assert next_test(young, "hip_weakness") is None
