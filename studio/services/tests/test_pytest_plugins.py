"""The two pytest plugins: servers for every run, and the rule about browser tests."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from studio.services import chromium

BASE = Path(__file__).resolve().parents[3]


def test_the_run_has_a_folder_of_its_own():
    assert Path(os.environ["STUDIO_VAR"]).name.startswith("runner-studio-tests-")
    assert Path(os.environ["STUDIO_VAR"]) != BASE / "var"


@pytest.fixture
def browser_run(tmp_path):
    """Run one test that wants a page on a machine without Chromium."""
    (tmp_path / "test_page.py").write_text("def test_it(page): pass\ndef test_other(): pass\n")
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers =\n    browser: drives a real Chromium\n")

    def run(**environment):
        quiet = {name: text for name, text in os.environ.items() if name not in {"CI", "STUDIO_REQUIRE_BROWSER"}}
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-p",
            "no:django",
            "-p",
            "studio.services.pytest_browser",
            str(tmp_path),
        ]
        return subprocess.run(
            command, cwd=BASE, capture_output=True, text=True, check=False,
            env=quiet | {"CHROMIUM": "/nowhere/chromium", **environment},
        )  # fmt: skip

    return run


def test_without_chromium_browser_tests_are_skipped_aloud(browser_run):
    done = browser_run()
    assert done.returncode == 0 and "1 passed, 1 skipped" in done.stdout
    assert "1 BROWSER TESTS WERE SKIPPED" in done.stdout and chromium.HOW_TO_GET_IT in done.stdout


@pytest.mark.parametrize("setting", ["CI", "STUDIO_REQUIRE_BROWSER"])
def test_where_a_browser_is_required_they_fail_instead(browser_run, setting):
    done = browser_run(**{setting: "true"})
    assert done.returncode == 1 and "Browser tests may not be skipped here" in done.stdout


def test_the_sandbox_is_given_up_only_by_root(monkeypatch):
    monkeypatch.setattr(chromium.os, "geteuid", lambda: 1000)
    assert "--no-sandbox" not in chromium.arguments()
    monkeypatch.setattr(chromium.os, "geteuid", lambda: 0)
    assert "--no-sandbox" in chromium.arguments()
