"""Which tests are done again, and when."""

from datetime import date

from assessments.domain import retesting
from assessments.domain.findings import assess
from assessments.domain.requests import parse_request
from assessments.domain.rules import rules
from assessments.tests.people import answers


def mattered(measurements: dict, **flags) -> tuple[str, ...]:
    request = parse_request({
        "runner": {"age": 34, "sex": "female", "painful_side": "right"},
        "red_flags": answers(*flags), "cleared": False, "measurements": measurements,
    })  # fmt: skip
    return retesting.tests_that_mattered(request, assess(request))


def test_what_stood_out_comes_again_and_what_was_normal_does_not():
    found = mattered({
        "wblt_distance": {"left": 10.0, "right": 5.0, "pain_left": 0, "pain_right": 1},
        "single_leg_heel_raise": {"left": 30, "right": 30, "pain_left": 0, "pain_right": 0},
        "prone_plank": {"value": 45, "pain": 0},
    })  # fmt: skip
    assert "wblt_distance" in found and "prone_plank" in found
    assert "single_leg_heel_raise" not in found


def test_a_test_that_pain_stopped_comes_again():
    found = mattered({"lateral_step_down": {"left": 0, "right": 0, "pain_left": 0, "pain_right": 7}})
    assert "lateral_step_down" in found


def test_an_area_without_enough_data_brings_its_anchor():
    found = mattered({"prone_plank": {"value": 45, "pain": 0}})
    anchors = {"hip_abduction_hold", "prone_knee_flexion", "wblt_distance"}
    assert anchors <= set(found)


def test_the_anchor_that_was_done_is_the_one_that_comes_again():
    found = mattered({"hip_abduction_force": {"left": 17.0, "right": 16.9, "pain_left": 0, "pain_right": 0}})
    assert "hip_abduction_force" in found and "hip_abduction_hold" not in found


def test_they_come_in_the_order_of_a_session():
    found = mattered({
        "prone_plank": {"value": 30, "pain": 0},
        "wblt_distance": {"left": 5.0, "right": 5.0, "pain_left": 0, "pain_right": 0},
    })  # fmt: skip
    assert found == tuple(test.id for test in rules().battery.in_session_order(found))


def test_withheld_results_prepare_nothing():
    assert mattered({"prone_plank": {"value": 30, "pain": 0}}, giving_way=True) == ()


def test_the_physical_tests_are_due_after_four_weeks():
    assert retesting.retest_due_on(date(2026, 3, 2)) == date(2026, 3, 30)
