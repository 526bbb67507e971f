"""Refusing bad requests, all problems at once."""

import json

import pytest

from assessments.domain.requests import InvalidRequest, parse_request, read_json

RUNNER = {"age": 34, "sex": "female", "painful_side": "right"}


def problems(document):
    with pytest.raises(InvalidRequest) as caught:
        parse_request(document)
    return [str(problem) for problem in caught.value.problems]


def with_test(test, **readings):
    return {"runner": RUNNER, "measurements": {test: readings}}


@pytest.mark.parametrize(
    "document, line",
    [
        (with_test("wblt_distance", left=41), "measurements.wblt_distance.left: 41 is outside 0-25 cm"),
        (with_test("wblt_distance", left=-0.5), "measurements.wblt_distance.left: -0.5 is outside 0-25 cm"),
        (with_test("modified_ober", left=-61), "measurements.modified_ober.left: -61 is outside -60 to 45 degrees"),
        (with_test("wblt_distance", left=True), "measurements.wblt_distance.left: true is not a number (0-25 cm)"),
        (with_test("wblt_distance", left="9"), 'measurements.wblt_distance.left: "9" is not a number (0-25 cm)'),
        (with_test("wblt_distance", left=None), "measurements.wblt_distance.left: null is not a number (0-25 cm)"),
        (with_test("wblt_distance", left=float("nan")), "measurements.wblt_distance.left: NaN is not a finite number (0-25 cm)"),
        (with_test("wblt_distance", left=10**400), "measurements.wblt_distance.left: a number that long is not a finite number (0-25 cm)"),
        (with_test("single_leg_squat", left=1.5), "measurements.single_leg_squat.left: 1.5 is not a whole number (0-4 faults)"),
        (with_test("wblt_distance", value=9), "measurements.wblt_distance.value: unknown key; allowed: left, pain_left, right, pain_right"),
        (with_test("prone_plank", left=9), "measurements.prone_plank.left: unknown key; allowed: value, pain"),
        (with_test("prone_plank", value=50, pain=11), "measurements.prone_plank.pain: 11 is outside 0-10"),
        (with_test("prone_plank", value=50, pain=2.5), "measurements.prone_plank.pain: 2.5 is not a whole number 0-10"),
        (with_test("prone_plank", value=50, pain=True), "measurements.prone_plank.pain: true is not a whole number 0-10"),
        (with_test("trendelenburg", left="bad"), 'measurements.trendelenburg.left: "bad" is not one of negative, delayed_positive, positive'),
        (with_test("mcgill_side_extensor_ratio", left=0.8), "measurements.mcgill_side_extensor_ratio: is derived from its two holds and never entered"),
        ({"runner": RUNNER, "cleared": 1}, "cleared: 1 is not true or false"),
        ({"runner": RUNNER, "now": 1}, "now: unknown key; allowed: runner, red_flags, cleared, measurements"),
        ({"runner": RUNNER | {"age": 9}}, "runner.age: 9 is outside 10-90"),
        ({"runner": RUNNER | {"age": True}}, "runner.age: true is not a whole number 10-90"),
        ({"runner": RUNNER | {"sex": "any"}}, 'runner.sex: "any" is not one of female, male, undisclosed'),
        ({"runner": RUNNER | {"painful_side": []}}, "runner.painful_side: a list is not one of left, right, both, none"),
        ({"runner": RUNNER, "red_flags": {"locked_knee": 1}}, "red_flags.locked_knee: 1 is not true or false"),
        ({"runner": RUNNER, "red_flags": {"locked_knee": []}}, "red_flags.locked_knee: a list is not true or false"),
        ({"runner": RUNNER, "measurements": []}, "measurements: a list is not an object"),
        ([], "input: a list is not an object"),
    ],
)  # fmt: skip
def test_a_problem_names_the_field_and_what_is_allowed(document, line):
    assert problems(document) == [line]


def test_all_problems_are_reported_at_once():
    document = {
        "runner": {"age": "old", "sex": "female", "weight_kg": 70},
        "red_flags": {"sore_toe": True, "trauma_ottawa": ["fell", "injury_last_7_days", "injury_last_7_days"]},
        "measurements": {"wblt_distance": {"left": 41, "pain_left": -1}, "hop": {}},
    }
    lines = problems(document)
    assert [line.split(":")[0] for line in lines] == [
        "runner.weight_kg",
        "runner.age",
        "runner.painful_side",
        "red_flags.sore_toe",
        "red_flags.trauma_ottawa[0]",
        "red_flags.trauma_ottawa[2]",
        "measurements.hop",
        "measurements.wblt_distance.left",
        "measurements.wblt_distance.pain_left",
    ]


@pytest.mark.parametrize(
    "answer",
    [True, False, "injury_last_7_days", {"injury_last_7_days": True}, None],
)
def test_a_flag_with_sub_items_takes_the_list_of_those_answered_yes(answer):
    (line,) = problems({"runner": RUNNER, "red_flags": {"trauma_ottawa": answer}})
    assert (
        line.startswith("red_flags.trauma_ottawa:")
        and "is not a list of those answered yes: injury_last_7_days" in line
    )


@pytest.mark.parametrize("token", ["NaN", "Infinity", "-Infinity", "1e999", "9" * 5000])
def test_numbers_that_json_cannot_hold_are_refused_by_field(token):
    (line,) = problems(f'{{"runner": {json.dumps(RUNNER)}, "measurements": {{"wblt_distance": {{"left": {token}}}}}}}')
    assert line.startswith("measurements.wblt_distance.left: ") and "is not a finite number" in line


@pytest.mark.parametrize(
    "text, words",
    [
        ("", "not valid JSON"),
        ("{", "not valid JSON"),
        (b"\xff\xfe\xff", "not valid JSON"),
        ("[" * 200_000, "nested too deeply"),
        ('{"a":' * 200_000, "nested too deeply"),
        ("null", "input: null is not an object"),
    ],
)
def test_text_that_is_no_request_is_refused_in_one_line(text, words):
    (line,) = problems(text)
    assert words in line and "\n" not in line


def test_a_key_given_twice_is_refused():
    text = f'{{"runner": {json.dumps(RUNNER)}, "measurements": {{"wblt_distance": {{"left": 9, "left": 4}}}}}}'
    assert problems(text) == ["measurements.wblt_distance.left: given twice"]


def test_a_problem_is_one_short_line_whatever_the_key():
    for key in ("a\nb", "é" * 9999, "\ud800", "\u202e", ""):
        (line,) = problems({"runner": RUNNER, "measurements": {key: 1}})
        assert "\n" not in line and line.isascii() and len(line.split(": unknown test")[0]) < 100


def test_whole_numbers_may_be_written_as_decimals_and_angles_may_be_averages():
    request = parse_request(
        {
            "runner": RUNNER | {"age": 34.0},
            "measurements": {"single_leg_squat": {"left": 2.0, "pain_left": 1.0}, "wblt_angle": {"left": 38.5}},
        }
    )
    assert request.runner.age == 34
    assert request.measurements["wblt_angle"]["left"].value == 38.5
    assert repr(request.measurements["single_leg_squat"]["left"].pain) == "1"


def test_what_is_left_out_is_not_measured_and_not_asked():
    request = parse_request({"runner": RUNNER, "measurements": {"wblt_distance": {"left": 9}, "prone_plank": {}}})
    assert list(request.measurements) == ["wblt_distance"]
    assert request.measurements["wblt_distance"]["left"].pain is None
    assert (request.red_flags, request.cleared) == ({}, False)


def test_read_json_keeps_ordinary_documents_as_they_are():
    assert read_json('{"a": [1, 2.5, "x", null, true]}') == {"a": [1, 2.5, "x", None, True]}
