"""A change, or within measurement error."""

import pytest

from assessments.domain.retest import change, change_sentence
from assessments.domain.rules import rules

TESTS = rules().battery.test


@pytest.mark.parametrize(
    "test, old, new, verdict, trend",
    [
        ("wblt_distance", 6.5, 8.4, "real", "better"),  # exactly the 1.9 cm of powden2015
        ("wblt_distance", 3.2, 5.1, "real", "better"),  # the same, although 5.1 - 3.2 is 1.8999999999999995
        ("wblt_distance", 6.5, 8.3, "within_error", "better"),
        ("wblt_distance", 8.4, 6.5, "real", "worse"),
        ("modified_ober", -18, -24, "real", "better"),  # lower is better
        ("hip_abduction_torque", 1.0, 1.15, "real", "better"),  # 15 % of the old value
        ("hip_abduction_torque", 1.15, 1.0, "within_error", "worse"),  # 15 % of 1.15 is more than 0.15
        ("hip_abduction_hold", 0, 60, "no_error_known", "better"),  # a percentage of nothing says nothing
        ("single_leg_squat", 2, 2, "within_error", "same"),
        ("navicular_drop", 6, 14, "no_error_known", "worse"),  # no error is known: never called real
        ("foot_posture_index", 8, 5, "real", "better"),  # into the band
        ("foot_posture_index", 5, 1, "real", "same"),  # within the band nothing is better
        ("trendelenburg", "positive", "negative", "no_error_known", "better"),
        ("foot_strike", "rearfoot", "midfoot", "no_error_known", "different"),
    ],
)
def test_a_change_is_real_from_its_measurement_error_on(test, old, new, verdict, trend):
    result = change(TESTS[test], old, new)
    assert (result.verdict, result.trend) == (verdict, trend)


def test_the_sentence_names_the_error():
    lunge = TESTS["wblt_distance"]
    assert change_sentence(lunge, change(lunge, 6.5, 8.5)) == "Real change: at least the measurement error of 1.9 cm."
    assert change_sentence(lunge, change(lunge, 6.5, 7.0)) == "Within measurement error (1.9 cm)."
    assert "is not called a change" in change_sentence(TESTS["crossover"], change(TESTS["crossover"], 1, 3))
