"""manage.py adapt: JSON in, JSON out, and nothing on standard output when the input is wrong."""

import io
import json
import sys
from copy import deepcopy
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from hypothesis import given, settings
from hypothesis import strategies as st

from programs.domain.adapt_contract import answer
from programs.domain.reading import InputProblems
from programs.management.commands.adapt import Command

EXAMPLE = """
{"phase": 2, "kit": ["none", "chair"], "tags": [],
 "responses": [{"id": "s1/line7", "during": 2, "after": 0, "morning": 0, "session_rpe": 6, "completion": 1.0,
                "amber_streak": 0, "flag": false}],
 "lines": [{"slot": "A1", "exercise": "mini-squat",
            "dose": {"kind": "reps", "sets": 3, "reps": [8, 12], "rir": [2, 4], "load_kg": null}, "load_step_kg": null,
            "history": [{"on": "2026-11-16", "sets": [[12, 3], [12, 3], [12, 2]], "action": "progress", "form_solid": true},
                        {"on": "2026-11-18", "sets": [[12, 3], [12, 3], [12, 2]], "action": "progress", "form_solid": true}]}],
 "days": [{"date": "2026-11-16", "planned": ["A"], "credit": 1.0, "pillars": ["strength", "core"], "excused": false},
          {"date": "2026-11-18", "planned": ["B"], "credit": 1.0, "pillars": ["strength", "mobility"], "excused": false},
          {"date": "2026-11-20", "planned": ["A"], "credit": 0.0, "pillars": [], "excused": false}],
 "weeks": ["missed", "kept", "solid", "protected"], "open_week": "kept"}
"""
ANSWER = (
    '{"actions": [{"id": "s1/line7", "action": "progress", "rule": "M-PROGRESS", "because": "Ready for a small step: '
    'pain 2 of 10 during, settled an hour after, the next morning the same, effort 6 of 10."}], '
    '"proposals": [{"slot": "A1", "rule": "R-G2", "change": {"exercise": "chair-squat"}, "immediate": false, '
    '"because": "Top of the range in all sets, twice, with a calm knee."}], '
    '"weeks": [{"week": "2026-W47", "status": "kept", "credits": 2.0, "target": 3.0}], '
    '"streak": {"shown": 3, "streak": 2, "spares": 0}}'
)
NOTHING = '{"actions": [], "proposals": [], "weeks": [], "streak": {"shown": 0, "streak": 0, "spares": 0}}'


def problems(document) -> list[str]:
    with pytest.raises(InputProblems) as refused:
        answer(document if isinstance(document, str) else json.dumps(document))
    return list(refused.value.problems)


def result(document: dict) -> dict:
    return json.loads(answer(json.dumps(document)))


# --- the contract -------------------------------------------------------------------------------------------------------


def test_the_example_of_the_contract_byte_for_byte():
    assert answer(EXAMPLE) == ANSWER


def test_every_part_may_be_left_out():
    assert answer("{}") == NOTHING
    whole = json.loads(EXAMPLE)
    for part in whole:
        fewer = result({key: value for key, value in whole.items() if key != part})
        assert list(fewer) == ["actions", "proposals", "weeks", "streak"]


def test_what_is_left_out_of_a_response_is_not_known():
    found = result({"responses": [{"id": "a"}, {"id": "b", "flag": True}, {"id": "c", "during": 0, "morning": 0}]})
    assert [action["action"] for action in found["actions"]] == ["hold", "stop", "hold"]


def test_null_in_a_response_is_missing_whatever_the_answer():
    answers = ("during", "after", "morning", "session_rpe", "completion", "amber_streak", "flag")
    assert result({"responses": [{"id": "a", **dict.fromkeys(answers)}]}) == result({"responses": [{"id": "a"}]})


def test_without_a_phase_effort_is_measured_against_the_first():
    said = {"id": "a", "during": 0, "after": 0, "morning": 0, "completion": 1, "session_rpe": 7}
    assert result({"responses": [said]})["actions"][0]["action"] == "hold"
    assert result({"responses": [said], "phase": 2})["actions"][0]["action"] == "progress"


def test_the_streak_folds_over_the_days_when_no_weeks_are_given():
    days = [{"date": f"2026-11-{day:02d}", "planned": ["A"], "credit": 1} for day in (2, 9, 16)]
    assert result({"days": days})["streak"] == {"shown": 3, "streak": 3, "spares": 0}
    assert result({"days": days, "open_week": "solid"})["streak"]["shown"] == 4
    assert result({"days": days, "weeks": []})["streak"] == {"shown": 0, "streak": 0, "spares": 0}


def test_a_line_without_a_dose_has_the_library_s():
    top = {"sets": [[15, 3]] * 3, "action": "progress", "form_solid": True}
    line = {"slot": "A1", "exercise": "mini-squat", "history": [top | {"on": "2026-11-16"}, top | {"on": "2026-11-18"}]}
    request = {"phase": 2, "kit": ["chair"], "lines": [line]}
    assert result(request)["proposals"][0]["change"] == {"exercise": "chair-squat"}
    line["dose"] = {"reps": [10, 16]}
    assert result(request)["proposals"][0]["change"] == {"aim_reps": 16}


def test_a_gap_is_counted_to_the_last_day_that_is_listed():
    request = json.loads(EXAMPLE)
    request["days"].append({"date": "2026-11-27", "planned": ["A"]})
    (proposal,) = result(request)["proposals"]
    assert proposal == {
        "slot": "A1", "rule": "R-C5", "change": {"sets": 2, "at_least_h": 168}, "immediate": True,
        "because": "9 days without a session: 20 % fewer sets for a week.",
    }  # fmt: skip


def shuffled(value, random):
    if isinstance(value, dict):
        keys = list(value)
        random.shuffle(keys)
        return {key: shuffled(value[key], random) for key in keys}
    return [shuffled(entry, random) for entry in value] if isinstance(value, list) else value


@given(st.randoms(use_true_random=False))
@settings(max_examples=20, deadline=None)
def test_the_order_of_keys_never_matters(random):
    assert answer(json.dumps(shuffled(json.loads(EXAMPLE), random))) == ANSWER


# --- what is refused ----------------------------------------------------------------------------------------------------


def at(path: str, value):
    """The example with one value put at a path such as responses.0.during."""
    document = deepcopy(json.loads(EXAMPLE))
    *way, last = path.split(".")
    here = document
    for step in way:
        here = here[int(step) if isinstance(here, list) else step]
    here[int(last) if isinstance(here, list) else last] = value
    return document


HISTORY = "lines.0.history.0"


@pytest.mark.parametrize("path, value, problem", [
    ("phase", 5, "phase: 5 is outside 1-4"),
    ("phase", True, "phase: true is not a whole number 1-4"),
    ("kit", ["sofa"], 'kit[0]: "sofa" is not one of none, mat, band'),
    ("tags", "none", 'tags: "none" is not a list'),
    ("colour", 1, "colour: unknown key; allowed are phase, kit, tags, responses, lines, days, weeks, open_week"),
    ("responses", {}, "responses: {} is not a list"),
    ("responses.0", 7, "responses[0]: 7 is not an object"),
    ("responses.0.id", "", 'responses[0].id: "" is not a text of 1-200 characters'),
    ("responses.0.mood", 1, "responses[0].mood: unknown key; allowed are id, during, after"),
    ("responses.0.during", 11, "responses[0].during: 11 is outside 0-10"),
    ("responses.0.during", 2.5, "responses[0].during: 2.5 is not a whole number 0-10"),
    ("responses.0.during", True, "responses[0].during: true is not a whole number 0-10 or null"),
    ("responses.0.during", "2", 'responses[0].during: "2" is not a whole number 0-10 or null'),
    ("responses.0.during", float("nan"), "responses[0].during: NaN is outside 0-10"),
    ("responses.0.during", 10**400, "responses[0].during: 1000"),
    ("responses.0.after", float("inf"), "responses[0].after: Infinity is outside -10 to 10"),
    ("responses.0.morning", -11, "responses[0].morning: -11 is outside -10 to 10"),
    ("responses.0.session_rpe", 0, "responses[0].session_rpe: 0 is outside 1-10"),
    ("responses.0.completion", 1.5, "responses[0].completion: 1.5 is outside 0-1"),
    ("responses.0.amber_streak", -1, "responses[0].amber_streak: -1 is outside 0 and up"),
    ("responses.0.amber_streak", "2", 'responses[0].amber_streak: "2" is not a whole number 0 and up or null'),
    ("responses.0.flag", 0, "responses[0].flag: 0 is not true or false or null"),
    ("lines.0.slot", None, "lines[0].slot: null is not a text"),
    ("lines.0.exercise", "moon-walk", 'lines[0].exercise: "moon-walk" is not an exercise id of the library'),
    ("lines.0.exercise", ["mini-squat"], 'lines[0].exercise: ["mini-squat"] is not an exercise id of the library'),
    ("lines.0.load_step_kg", 0, "lines[0].load_step_kg: 0 is outside 0.05-300"),
    ("lines.0.dose.kind", "sprint", 'lines[0].dose.kind: "sprint" is not one of reps_load, reps'),
    ("lines.0.dose.sets", 0, "lines[0].dose.sets: 0 is outside 1-10"),
    ("lines.0.dose.reps", [12, 8], "lines[0].dose.reps: [12, 8] is not [lowest, highest], whole numbers 1-60, or null"),
    ("lines.0.dose.rir", [2, True], "lines[0].dose.rir: [2, true] is not [lowest, highest]"),
    ("lines.0.dose.tempo", "slow", 'lines[0].dose.tempo: "slow" is not four numbers of seconds'),
    ("lines.0.dose.effort", 1, "lines[0].dose.effort: unknown key"),
    (f"{HISTORY}.on", "16.11.2026", 'lines[0].history[0].on: "16.11.2026" is not a date such as 2026-11-16'),
    (f"{HISTORY}.on", "2026-02-30", 'lines[0].history[0].on: "2026-02-30" is not a date'),
    (f"{HISTORY}.on", "0001-01-01", 'lines[0].history[0].on: "0001-01-01" is outside 1900-01-01 to 2200-12-31'),
    (f"{HISTORY}.sets", [[12]], "lines[0].history[0].sets[0]: [12] is not a pair of amount and RIR or null"),
    (f"{HISTORY}.sets", [[-1, 3]], "lines[0].history[0].sets[0][0]: -1 is outside 0-10000"),
    (f"{HISTORY}.sets", [[12, 3.5]], "lines[0].history[0].sets[0][1]: 3.5 is not a whole number 0-10"),
    (f"{HISTORY}.action", "rest", 'lines[0].history[0].action: "rest" is not one of progress, hold, regress, stop or null'),
    (f"{HISTORY}.form_solid", "yes", 'lines[0].history[0].form_solid: "yes" is not true or false or null'),
    ("days.0.date", 20261116, "days[0].date: 20261116 is not a date"),
    ("days.0.planned", [1], "days[0].planned[0]: 1 is not a text"),
    ("days.0.credit", 2, "days[0].credit: 2 is outside 0-1"),
    ("days.0.pillars", ["yoga"], 'days[0].pillars[0]: "yoga" is not one of strength, mobility'),
    ("days.0.excused", "no", 'days[0].excused: "no" is not true or false'),
    ("weeks", ["won"], 'weeks[0]: "won" is not one of solid, kept, protected, missed'),
    ("weeks", None, "weeks: null is not a list"),
    ("open_week", "won", 'open_week: "won" is not one of solid, kept, protected, missed or null'),
])  # fmt: skip
def test_a_wrong_value_is_named_with_what_is_allowed(path, value, problem):
    found = problems(at(path, value))
    assert len(found) == 1 and found[0].startswith(problem), found


@pytest.mark.parametrize("path, twice", [
    ("responses", 'responses[1].id: "s1/line7" is given twice; once is allowed'),
    ("lines", 'lines[1].slot: "A1" is given twice; once is allowed'),
    ("days", 'days[3].date: "2026-11-16" is given twice; once is allowed'),
])  # fmt: skip
def test_an_id_is_given_once(path, twice):
    document = json.loads(EXAMPLE)
    document[path].append(document[path][0])
    assert problems(document) == [twice]


@pytest.mark.parametrize("text, problem", [
    ("", "input: not valid JSON"), ("{", "input: not valid JSON"), ("[]", "input: [] is not an object"),
    ("null", "input: null is not an object"), ('{"phase": 1, "phase": 2}', 'input: not valid JSON: the key "phase" occurs twice'),
    ("[" * 100_000, "input: "), ('{"phase": ' + "9" * 5000 + "}", "input: not valid JSON"),
])  # fmt: skip
def test_what_is_no_document_is_one_problem(text, problem):
    found = problems(text)
    assert len(found) == 1 and found[0].startswith(problem)


def test_all_problems_are_named_at_once_in_the_order_of_the_contract():
    document = at("responses.0.during", 14) | {"phase": 0, "open_week": 3, "x": 1}
    assert [line.split(":")[0] for line in problems(document)] == ["phase", "responses[0].during", "open_week", "x"]


scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
junk = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
)
places = st.sampled_from([
    "phase", "kit", "tags", "responses", "responses.0", "lines", "lines.0", "lines.0.dose", "lines.0.dose.reps", "lines.0.history",
    HISTORY, f"{HISTORY}.sets", f"{HISTORY}.sets.0", f"{HISTORY}.on", "days", "days.0", "days.0.planned", "weeks", "open_week",
])  # fmt: skip


@given(places, junk)
@settings(max_examples=150, deadline=None)
def test_anything_else_is_answered_or_refused_in_words(path, value):
    try:
        assert json.loads(answer(json.dumps(at(path, value))))
    except InputProblems as refused:
        assert refused.problems and all(": " in line for line in refused.problems)


# --- the command --------------------------------------------------------------------------------------------------------


def run(*args: str) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("adapt", *args, stdout=out, stderr=err)
    except SystemExit as end:
        return end.code, out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


@pytest.fixture
def standard_input(monkeypatch):
    def give(text: bytes) -> None:
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(text)))

    return give


def test_a_file_and_standard_input_give_the_same_bytes(tmp_path, standard_input):
    (tmp_path / "request.json").write_text(EXAMPLE)
    standard_input(EXAMPLE.encode())
    assert run(str(tmp_path / "request.json")) == run("-") == (0, ANSWER + "\n", "")


def test_wrong_input_is_named_line_by_line_with_exit_status_2(standard_input):
    standard_input(json.dumps(at("responses.0.during", 14) | {"line\nbreak": 1, "\ud800": 1}).encode())
    code, out, err = run("-")
    assert (code, out) == (2, "")
    assert [line.split(":")[0] for line in err.splitlines()] == ["responses[0].during", '"line\\nbreak"', '"\\ud800"']


@pytest.mark.parametrize("text", [b"\xff\xfe\x00", b"\x80"])
def test_what_is_no_text_is_one_line(standard_input, text):
    standard_input(text)
    assert run("-") == (2, "", "input: not text in UTF-8\n")


def test_a_file_that_cannot_be_read_is_one_line(tmp_path):
    for name in (tmp_path / "nowhere.json", tmp_path, "null\0byte"):
        code, out, err = run(str(name))
        assert (code, out, err.count("\n")) == (2, "", 1) and err.startswith("input: ")


def test_it_asks_nothing_of_the_database():
    assert Command.requires_system_checks == [] and not Command.requires_migrations_checks


@pytest.mark.parametrize(("during", "steps_up"), [(2, True), (6, False), (8, False)])
def test_nothing_steps_up_beside_a_red_answer(during, steps_up):
    told = json.loads(answer(json.dumps(at("responses.0.during", during))))
    assert any(not proposal["immediate"] for proposal in told["proposals"]) is steps_up
