"""docs/adding-a-test.md does what it says: its blocks, put into a copy of the files, make a test that can be used."""

import re
from pathlib import Path

import pytest
import yaml

from assessments.domain.eligibility import Barred, Facts, barred
from assessments.domain.findings import assess
from assessments.domain.records import AssessRequest, Reading, Runner
from assessments.domain.rules import rules

DOC = Path(__file__).parents[2] / "docs" / "adding-a-test.md"
TEST = "example_reach"


@pytest.fixture(scope="module")
def blocks() -> dict[str, object]:
    """The YAML blocks of the page by the file and place they name."""
    found = re.findall(r"```yaml\n# into (.+?)\n(.*?)```", DOC.read_text(encoding="utf-8"), re.S)
    return {place: yaml.safe_load(block) for place, block in found}


def add_test(document, block) -> None:
    document["tests"].append(block)


def add_to_construct(document, block) -> None:
    constructs = {one["id"]: one for area in document["areas"] for one in area["constructs"]}
    constructs["quadruped_control"].update(block)


STEPS = {
    "battery.yaml, tests": add_test,
    "battery.yaml, the construct quadruped_control": add_to_construct,
    "contraindications.yaml, lines": lambda document, block: document["lines"].append(block),
    "cases.yaml, cases": lambda document, block: document["cases"].update(block),
}


def follow(data_copy, blocks, *, without: str = "") -> None:
    """Every step of the page, but for one."""
    for place, step in STEPS.items():
        if place != without:
            data_copy.change(
                place.split(",")[0], lambda document, step=step, place=place: step(document, blocks[place])
            )


def test_the_page_adds_a_test_that_is_scored_barred_and_measured(blocks, data_copy):
    assert blocks.keys() == STEPS.keys()
    follow(data_copy, blocks)
    assert data_copy.complaints() == ""
    assert rules().battery.selection([TEST]).minutes == 2
    reading = {"left": Reading(3.0, 0), "right": Reading(0.0, 0)}
    runner = Runner(age=34, sex="female", painful_side="left")
    result = assess(AssessRequest(runner=runner, red_flags={}, cleared=False, measurements={TEST: reading}))
    assert result.areas["core_instability"].score == 1.0
    assert barred(Facts(tags=frozenset({"wrist_intolerance"})))[TEST] == Barred(
        "A sore example", "tag", "wrist_intolerance"
    )
    assert TEST in barred(Facts(tags=frozenset({"kneeling_intolerance"})))


@pytest.mark.parametrize("forgotten", list(STEPS)[1:])
def test_a_step_that_was_forgotten_stops_the_start(blocks, data_copy, forgotten):
    follow(data_copy, blocks, without=forgotten)
    assert TEST in data_copy.complaints()
