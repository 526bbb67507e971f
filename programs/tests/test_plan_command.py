"""manage.py plan: JSON in, JSON out, and every problem of a bad request at once."""

import io
import json

import pytest
from django.core.management import call_command

from programs.tests.plan_briefs import ATHLETES, document


@pytest.fixture
def run(tmp_path, capsys):
    def command(request) -> tuple[int, str, str]:
        path = tmp_path / "brief.json"
        path.write_text(request if isinstance(request, str) else json.dumps(request), encoding="utf-8")
        try:
            call_command("plan", str(path))
            status = 0
        except SystemExit as leaving:
            status = leaving.code
        out, err = capsys.readouterr()
        return status, out, err

    return command


def test_a_plan_is_printed_and_twice_the_same(run):
    first, second = run(ATHLETES["maya"]), run(ATHLETES["maya"])
    assert first == second
    status, out, err = first
    assert (status, err) == (0, "")
    answer = json.loads(out)
    assert (answer["band"], answer["dominant"], len(answer["weeks"])) == ("standard", "hip_weakness", 4)


def test_a_plan_is_explained_as_a_table(tmp_path, capsys):
    path = tmp_path / "brief.json"
    path.write_text(json.dumps(ATHLETES["raj"]), encoding="utf-8")
    call_command("plan", str(path), "--explain")
    text = capsys.readouterr().out
    call_command("plan", str(path))
    answer = json.loads(capsys.readouterr().out)
    assert "proved best" in text.lower() and answer["solution"] == "optimal"
    assert "WEEK 12 (LIGHTER)" in text.upper() and "WEEKS 1" in text
    for session in answer["weeks"][0]["sessions"]:
        for item in session["items"]:
            assert f"{item['slot']} " in text and item["because"] in text
    strength = answer["audit"][0]["pillars"]["strength"]
    assert f"{strength['sets']} sets of {strength['min']}-{strength['max']}" in " ".join(text.split())


def test_a_greedy_plan_claims_no_proof(run, tmp_path, capsys):
    path = tmp_path / "brief.json"
    path.write_text(json.dumps(document()), encoding="utf-8")
    call_command("plan", str(path), "--greedy")
    assert json.loads(capsys.readouterr().out)["solution"] == "best_found"


def test_standard_input_is_read_from_a_dash(monkeypatch, capsys):
    request = json.dumps(document()).encode()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(request)))
    call_command("plan", "-")
    assert json.loads(capsys.readouterr().out)["weeks"]


def test_a_closed_gate_is_an_answer_not_an_error(run):
    status, out, err = run(document(gate="refer"))
    assert (status, err) == (0, "")
    answer = json.loads(out)
    assert list(answer) == ["refused"]
    assert answer["refused"]["gate"] == "refer"


def test_all_problems_are_named_at_once_and_nothing_is_printed(run):
    request = document(
        phase=7,
        days=True,
        minutes="30",
        kit=["none", "trampoline"],
        severity={"hip_weakness": 1.5, "quad_itb_tightness": None, "ankle_stiffness": "low"},
        run={"stage": 11, "per_week": 3, "shoes": 2},
        weekdays=["mon", "mon"],
        colour="red",
    )
    del request["gate"]
    status, out, err = run(request)
    assert (status, out) == (2, "")
    lines = err.splitlines()
    for expected in (
        "phase: 7 is outside 1-4",
        "days: true is not a whole number 2-5",
        'minutes: "30" is not a whole number 15-90 min',
        'kit[1]: "trampoline" is not one of none, mat,',
        "severity.hip_weakness: 1.5 is outside 0-1",
        'severity.ankle_stiffness: "low" is not a number 0-1 or null',
        "severity.core_instability: missing; a number 0-1 or null",
        "run.stage: 11 is outside 0-10",
        "run.shoes: unknown key; allowed are stage,",
        "gate: missing; one of none, caution, refer, stop_urgent",
        "colour: unknown key",
    ):
        assert any(line.startswith(expected) for line in lines), expected
    assert any(line.startswith("weekdays: 1 different days given") for line in lines)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "null",
        "{",
        '{"phase": NaN}',
        '{"phase": Infinity}',
        '{"phase": 1, "phase": 2}',
        "[" * 100_000,
        '{"phase": ' + "9" * 5000 + "}",
        '{"a\\nb": 1}',
        '{"phase": 1e999}',
    ],
)
def test_what_is_no_request_is_refused_in_lines_that_name_a_field(run, text):
    status, out, err = run(text)
    assert (status, out) == (2, "")
    assert err
    assert all(": " in line for line in err.splitlines())


@pytest.mark.parametrize(
    "change",
    [
        {"severity": {**document()["severity"], "hip_weakness": 10**400}},
        {"severity": {**document()["severity"], "hip_weakness": True}},
        {"asymmetry": {"side": "both", "test": "side-plank", "percent": 12}},
        {"asymmetry": {"side": "left", "test": ["side-plank"], "percent": 12}},
        {"asymmetry": {"side": "left", "test": "side-plank", "percent": None}},
        {"keep": ["hula-hoop"]},
        {"kit": "none"},
        {"tags": [None]},
        {"run": None},
        {"weekdays": ["mon", "tue"]},
        {"weekdays": ["mon", "tue", "someday"]},
        {"weeks": 0},
        {"weeks": 4.0},
        {"gate": "open"},
    ],
)
def test_values_outside_the_contract_are_refused(run, change):
    status, out, err = run(document(**change))
    assert (status, out) == (2, "")
    assert err


def test_numbers_that_are_none_are_named_with_their_fields_and_beside_other_problems(run):
    request = document(weeks=99, severity={**document()["severity"], "hip_weakness": float("nan")})
    request["run"]["longest_30d_min"] = float("-inf")
    status, out, err = run(request)
    assert (status, out) == (2, "")
    assert err.splitlines() == [
        "weeks: 99 is outside 1-12",
        "severity.hip_weakness: NaN is outside 0-1",
        "run.longest_30d_min: -Infinity is outside 0-1440 min",
    ]


def test_a_missing_file_is_said_plainly(capsys):
    with pytest.raises(SystemExit) as leaving:
        call_command("plan", "/nowhere/brief.json")
    assert leaving.value.code == 2
    assert "input: /nowhere/brief.json cannot be read" in capsys.readouterr().err
