"""What is said, and what is never said."""

import re

import pytest
from hypothesis import given, settings

from assessments.domain.findings import assess
from assessments.domain.requests import parse_request
from assessments.domain.retest import change, change_sentence
from assessments.domain.rules import rules
from assessments.domain.wording import coach_reason, runner_sentences, two_decimals, value_text, wording
from assessments.tests.test_domain_properties import documents

NEVER = re.compile(
    r"\b(caus\w+|root cause|fail\w*|miss\w*|lost|losing|abnormal|pathologic\w*|unstable|adhesions?|knots?|syndrome|diagnos\w*|wrong|must)\b",
    re.IGNORECASE,
)


def runner_reads(document):
    result = assess(parse_request(document))
    return [sentence for finding in result.areas.values() for sentence in runner_sentences(finding)]


@given(documents())
@settings(max_examples=60, deadline=None)
def test_a_runner_never_reads_that_something_is_the_reason_or_was_not_passed(document):
    for sentence in runner_reads(document):
        assert not NEVER.search(sentence)
        assert sentence not in {caveat.never for caveat in wording().caveat.values()}


@given(documents())
@settings(max_examples=60, deadline=None)
def test_every_sentence_and_reason_can_be_said(document):
    result = assess(parse_request(document))
    for finding in result.areas.values():
        assert runner_sentences(finding)[0] == wording().words.statuses[finding.status]
        assert all(coach_reason(row).endswith(").") for row in finding.because)


def test_no_word_we_wrote_ourselves_is_on_the_list():
    words = wording().words
    own = [*words.statuses.values(), *words.confidence.values(), words.abstained, words.compared, words.side_only]
    own += [label.runner for label in words.labels.values()]
    own += [change_sentence(test, change(test, 1, 2)) for test in rules().battery.tests if test.input.kind != "choice"]
    assert not [text for text in own if NEVER.search(text)]


def sentences(**measurements):
    runner = {"age": 30, "sex": "female", "painful_side": "right"}
    return " ".join(runner_reads({"runner": runner, "measurements": measurements}))


def test_a_value_outside_the_reference_is_never_called_inside_or_near_it():
    labels = wording().words.labels
    assert "outside" in labels["borderline"].runner and "outside" in labels["deficit"].runner
    assert labels["borderline"].runner != labels["deficit"].runner


def test_low_calf_endurance_is_not_called_a_stiff_ankle():
    said = sentences(wblt_distance={"right": 12}, single_leg_heel_raise={"right": 0}, foot_posture_index={"right": 10})
    assert "stiffer ankle" not in said
    assert "this differs on the right: Single-leg heel raise to fatigue." in said


def test_a_side_difference_within_the_reference_range_is_called_that():
    said = sentences(wblt_distance={"left": 16, "right": 9.5})
    assert "Left and right differ clearly; the right side is the one to look at" in said
    assert "stiffer ankle" not in said


def test_poor_movement_with_good_strength_is_not_called_low_strength():
    said = sentences(hip_abduction_force={"right": 20}, single_leg_squat={"right": 4}, lateral_step_down={"right": 6})
    assert "Form and strength are trained separately." in said
    assert "Your hip strength is low" not in said


def test_the_coach_reads_value_limits_basis_and_source():
    document = {
        "runner": {"age": 34, "sex": "female", "painful_side": "right"},
        "measurements": {"wblt_distance": {"right": 6.5}},
    }
    row = assess(parse_request(document)).areas["ankle_stiffness"].because[0]
    assert coach_reason(row) == (
        "Weight-bearing lunge test: toe-to-wall distance, right: 6.5 cm. Reference 9 cm, full deficit 5 cm. Derived (hall2017)."
    )


@pytest.mark.parametrize(
    "value, unit, text",
    [
        (6.5, "cm", "6.5 cm"),
        (1.0, "points", "1 point"),
        (40.0, "%", "40%"),
        (14.8, "%BW", "14.8 %BW"),
        (9.0, "NRS 0-10", "9/10"),
        ("delayed_positive", "category", "Drops before 30 s"),
    ],
)
def test_a_value_is_shown_with_its_unit(value, unit, text):
    assert value_text(value, unit) == text


@pytest.mark.parametrize(
    "value, text", [(0.625, "0.63"), (0.005, "0.01"), (0.4249, "0.42"), (1.0, "1.00"), (None, "–")]
)
def test_a_score_is_shown_with_two_decimals_half_up(value, text):
    assert two_decimals(value) == text
