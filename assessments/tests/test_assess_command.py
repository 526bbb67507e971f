"""`manage.py assess`: JSON in, JSON out, and nothing on standard output when the input is bad."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from assessments.management.commands.assess import Command

DATA = Path(__file__).parent / "data"
ROOT = Path(__file__).parents[2]


@pytest.fixture
def run(monkeypatch):
    """run(file, stdin) -> exit status, standard output, standard error."""

    def run_command(file, stdin=b""):
        out, err = io.StringIO(), io.StringIO()
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(stdin)))
        command = Command(stdout=out, stderr=err, no_color=True)
        try:
            command.handle(file=str(file))
        except SystemExit as ended:
            return ended.code, out.getvalue(), err.getvalue()
        return 0, out.getvalue(), err.getvalue()

    return run_command


def test_it_answers_the_contract_example_byte_for_byte(run):
    status, out, err = run(DATA / "contract_request.json")
    assert (status, err) == (0, "")
    assert out == (DATA / "contract_answer.json").read_text()


def test_a_dash_reads_standard_input(run):
    request = (DATA / "contract_request.json").read_bytes()
    assert run("-", stdin=request) == run(DATA / "contract_request.json")


def test_every_problem_is_one_line_on_standard_error(run, tmp_path):
    request = tmp_path / "bad.json"
    request.write_text(
        '{"runner": {"age": 34, "sex": "female", "painful_side": "right"},'
        ' "measurements": {"wblt_distance": {"left": 41, "right": NaN}, "hop\\n": {}}}'
    )
    status, out, err = run(request)
    assert (status, out) == (2, "")
    assert len(err.splitlines()) == 3
    assert "measurements.wblt_distance.left: 41 is outside 0-25 cm" in err.splitlines()


@pytest.mark.parametrize(
    "stdin",
    [
        b"",
        b"{",
        b"\xff",
        b"[]",
        b"null",
        b"1e999",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"9" * 10_000,
        b'{"runner": {}, "runner": {}}',
    ],
)
def test_what_is_no_request_ends_with_status_2_and_nothing_on_standard_output(run, stdin):
    status, out, err = run("-", stdin=stdin)
    assert (status, out) == (2, "")
    assert err and "Traceback" not in err


@pytest.mark.parametrize("name", ["nothing.json", ".", "a" * 5000])
def test_a_file_that_cannot_be_read_is_named(run, tmp_path, name):
    status, out, err = run(tmp_path / name)
    assert (status, out) == (2, "")
    assert len(err.splitlines()) == 1


def test_an_open_gate_is_an_answer_and_not_an_error(run):
    request = {"runner": {"age": 34, "sex": "female", "painful_side": "none"}, "red_flags": {"locked_knee": True}}
    status, out, _ = run("-", stdin=json.dumps(request).encode())
    answer = json.loads(out)
    assert status == 0
    assert answer["gate"] == {"action": "stop_urgent", "flags": ["locked_knee"]}
    assert (answer["tests"], answer["areas"], answer["ranking"]) == ({}, {}, [])


def test_it_runs_from_the_shell_without_a_database():
    nowhere = os.environ | {"DATABASE_URL": "postgres://nobody@127.0.0.1:1/none", "REDIS_URL": "redis://127.0.0.1:1/0"}
    done = subprocess.run(
        [sys.executable, "manage.py", "assess", str(DATA / "contract_request.json")],
        cwd=ROOT,
        env=nowhere,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (DATA / "contract_answer.json").read_text()
