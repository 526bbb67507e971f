"""The published vectors, worked examples and golden answers."""

import json
from pathlib import Path

import pytest
import yaml

from assessments.domain.cases import cases, deficit_of
from assessments.domain.findings import assess
from assessments.domain.outcomes import akps_points, akps_total
from assessments.domain.records import Excluded, to_json
from assessments.domain.requests import parse_request
from assessments.domain.rules import rules

DATA = Path(__file__).parent / "data"
CASES = yaml.safe_load((DATA / "assessment_cases.yaml").read_text())
TOLERANCE = 0.0005


def close(value):
    return pytest.approx(value, abs=TOLERANCE)


@pytest.mark.parametrize("test", rules().battery.tests, ids=lambda test: test.id)
def test_a_single_value_has_the_deficit_of_its_case(test):
    for case in cases().cases[test.id]:
        assert deficit_of(test, case) == (None if case.d is None else close(case.d)), case


def test_no_published_case_was_lost():
    assert sum(case.published for own in cases().cases.values() for case in own) == 33


@pytest.fixture(params=CASES["worked_examples"], ids=lambda example: example["id"])
def example(request):
    result = assess(parse_request({"runner": request.param["runner"], "measurements": request.param["inputs"]}))
    return request.param["expected"], result


def test_a_worked_example_has_the_published_areas(example):
    expected, result = example
    for area, values in expected["areas"].items():
        finding = result.areas[area]
        for name, value in values.items():
            measured = getattr(finding, name)
            assert measured == (close(value) if type(value) is float else value), f"{area}.{name}"


def test_a_worked_example_has_the_published_test_scores(example):
    expected, result = example
    for test, sides in expected["test_scores"].items():
        for side, values in sides.items():
            score = result.tests[test].get(side) or result.tests[test]["both"]
            assert (score.s, score.q, score.d) == (close(values["s"]), values["q"], close(values["d"])), (
                f"{test}.{side}"
            )
            assert score.label == values["label"]


def test_a_worked_example_has_the_published_ranking(example):
    expected, result = example
    assert list(result.ranking) == expected["ranking"]


def test_a_side_stopped_by_pain_is_listed_and_not_scored():
    example = next(e for e in CASES["worked_examples"] if e["id"] == "ex2_hip_pain_limited")
    result = assess(parse_request({"runner": example["runner"], "measurements": example["inputs"]}))
    assert result.tests["lateral_step_down"]["left"] == Excluded()
    assert "lateral_step_down" not in [row.test for row in result.areas["hip_weakness"].because]


def test_the_contract_example_is_answered_byte_for_byte():
    answer = to_json(assess(parse_request((DATA / "contract_request.json").read_text())))
    assert answer + "\n" == (DATA / "contract_answer.json").read_text()


def test_the_contract_example_has_the_numbers_of_the_contract():
    answer = json.loads((DATA / "contract_answer.json").read_text())
    assert list(answer) == ["rules_version", "gate", "tests", "areas", "ranking", "abstained", "warnings"]
    assert answer["gate"] == {"action": "none", "flags": []}
    assert answer["tests"]["prone_plank"]["both"] == {
        "d": 0.5714285714285714,
        "s": 0.5714285714285714,
        "q": 1.0,
        "label": "borderline",
    }
    ankle = answer["areas"]["ankle_stiffness"]
    assert (ankle["score"], ankle["confidence"], ankle["rank_value"]) == (0.625, 0.8571428571428572, 0.5803571428571429)
    assert ankle["because"] == [
        {"test": "wblt_distance", "side": "right", "value": 6.5, "unit": "cm", "normal": 9.0, "deficit": 5.0,
         "d": 0.625, "weight": 6.0, "basis": "derived", "sources": ["hall2017"]}
    ]  # fmt: skip
    core = answer["areas"]["core_instability"]
    assert (core["coverage"], core["confidence"]) == (0.2, 0.24285714285714288)
    assert (core["confidence_band"], core["status"]) == ("low", "possible_contributor")
    assert answer["ranking"] == ["ankle_stiffness", "core_instability"]


def test_the_akps_example_adds_up_to_78():
    golden = CASES["akps_example"]
    points = {field: akps_points(field, text) for field, text in golden["answers"].items()}
    assert list(points.values()) == golden["points"]
    assert akps_total(points) == golden["expected_total"] == 78


def test_reasons_stand_in_order_of_what_they_contribute():
    example = next(e for e in CASES["worked_examples"] if e["id"] == "ex1_ankle_and_hip_no_anchor")
    result = assess(parse_request({"runner": example["runner"], "measurements": example["inputs"]}))
    assert [row.test for row in result.areas["hip_weakness"].because] == [
        "lateral_step_down",  # 1.5 x 0.667
        "single_leg_squat",  # 1.5 x 0.5
        "trendelenburg",  # 1.0 x 0.5
        "single_leg_bridge_reps",  # 1.5 x 0.3
        "hip_external_rotation_force",  # 1.5 x 0.181
    ]


def test_a_score_of_0_40_is_moderate_whatever_floating_point_made_of_it():
    request = {
        "runner": {"age": 30, "sex": "female", "painful_side": "left"},
        "measurements": {
            "prone_knee_flexion": {"left": 120},
            "modified_thomas_hip": {"left": -3},
            "modified_ober": {"left": -30},
        },
    }
    finding = assess(parse_request(request)).areas["quad_itb_tightness"]
    assert finding.score == 0.39999999999999997  # (3.5 x 0.5 + 1.5 x 0.7 + 2 x 0) / 7
    assert finding.severity == "moderate"
