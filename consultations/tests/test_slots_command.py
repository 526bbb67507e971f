"""manage.py slots: JSON in, JSON out, and nothing on standard output when the input is wrong."""

import io
import json
import sys
from types import SimpleNamespace

import pytest
from django.core.management import call_command

from consultations.management.commands.slots import Command
from consultations.tests.test_domain_slots import EXAMPLE


def run(*args) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("slots", *args, stdout=out, stderr=err)
    except SystemExit as end:
        return end.code, out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


@pytest.fixture
def standard_input(monkeypatch):
    def give(text: str) -> None:
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(text.encode())))

    return give


def test_a_file_and_standard_input_give_the_same_bytes(tmp_path, standard_input):
    (tmp_path / "request.json").write_text(EXAMPLE)
    standard_input(EXAMPLE)
    from_file, from_input = run(str(tmp_path / "request.json")), run("-")
    assert from_file == from_input
    code, out, err = from_file
    assert (code, err, len(json.loads(out)["slots"])) == (0, "", 14)


def test_wrong_input_is_named_line_by_line_with_exit_status_2(standard_input):
    standard_input(EXAMPLE.replace("America/New_York", "Atlantis").replace('"step": 30', '"step": true'))
    assert run("-") == (
        2,
        "",
        'zone: "Atlantis" is not an IANA time zone such as Europe/London\ntype.step: true is not an integer 1-1440 min\n',
    )


def test_a_file_that_is_not_there_is_one_line(tmp_path):
    code, out, err = run(str(tmp_path / "nowhere.json"))
    assert (code, out) == (2, "")
    assert err.startswith("file: ") and err.count("\n") == 1


def test_it_asks_nothing_of_the_database():
    assert Command.requires_system_checks == [] and not Command.requires_migrations_checks
