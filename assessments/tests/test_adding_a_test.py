"""docs/adding-a-test.md does what it says: its blocks, put into a copy of the files, make a test that can be used."""

import re
import shutil
from pathlib import Path

import pytest
import yaml

from assessments.domain import battery as battery_module
from assessments.domain import data_files, eligibility, thresholds
from assessments.domain import rules as rules_module
from assessments.domain.findings import assess
from assessments.domain.records import AssessRequest, Reading, Runner

DOC = Path(__file__).parents[2] / "docs" / "adding-a-test.md"


@pytest.fixture
def blocks() -> dict[str, object]:
    """The YAML blocks of the page by the file and place they name."""
    found = re.findall(r"```yaml\n# into (.+?)\n(.*?)```", DOC.read_text(encoding="utf-8"), re.S)
    return {place: yaml.safe_load(block) for place, block in found}


@pytest.fixture
def copy(tmp_path, monkeypatch):
    """A copy of the data files that is read in place of the shipped ones; nothing read from it is kept."""
    for path in data_files.FOLDER.glob("*.yaml"):
        shutil.copy(path, tmp_path)
    monkeypatch.setattr(data_files, "FOLDER", tmp_path)
    readers = (rules_module.rules, eligibility.contraindications)
    for read in readers:
        read.cache_clear()

    def edit(name: str, change) -> None:
        document = data_files.read_yaml(name)
        change(document)
        (tmp_path / name).write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")

    yield edit
    for read in readers:
        read.cache_clear()


def test_the_page_adds_a_test_that_is_scored_barred_and_measured(blocks, copy):
    test = blocks["battery.yaml, tests"]

    def add(document) -> None:
        document["tests"].append(test)
        constructs = {one["id"]: one for area in document["areas"] for one in area["constructs"]}
        constructs["quadruped_control"].update(blocks["battery.yaml, the construct quadruped_control"])

    copy("battery.yaml", add)
    copy("contraindications.yaml", lambda document: document["lines"].append(blocks["contraindications.yaml, lines"]))
    rules = rules_module.rules()
    added = rules.battery.test[test["id"]]
    cases = blocks["assessment_cases.yaml, test_vectors"]
    assert cases
    for case in cases:
        d = thresholds.absolute_deficit(added, case["x"], case["age"], "female").d
        assert d == pytest.approx(case["expected_d"], abs=0.0005)
    reading = {"left": Reading(3.0, 0), "right": Reading(0.0, 0)}
    runner = Runner(age=34, sex="female", painful_side="left")
    result = assess(AssessRequest(runner=runner, red_flags={}, cleared=False, measurements={added.id: reading}))
    assert result.areas["core_instability"].score == 1.0
    assert eligibility.barred(eligibility.Facts(tags=frozenset({"wrist_intolerance"})))[added.id] == "A sore example."
    assert eligibility.barred(eligibility.Facts(tags=frozenset({"kneeling_intolerance"})))[added.id]
    assert isinstance(added, battery_module.FieldTest)


@pytest.mark.parametrize(
    "forgotten", ["battery.yaml, the construct quadruped_control", "contraindications.yaml, lines"]
)
def test_a_step_that_was_forgotten_stops_the_start(blocks, copy, forgotten):
    def add(document) -> None:
        document["tests"].append(blocks["battery.yaml, tests"])
        if forgotten != "battery.yaml, the construct quadruped_control":
            constructs = {one["id"]: one for area in document["areas"] for one in area["constructs"]}
            constructs["quadruped_control"].update(blocks["battery.yaml, the construct quadruped_control"])

    copy("battery.yaml", add)
    if forgotten != "contraindications.yaml, lines":
        copy(
            "contraindications.yaml", lambda document: document["lines"].append(blocks["contraindications.yaml, lines"])
        )
    with pytest.raises(data_files.DataProblem, match="example_reach"):
        rules_module.rules()
        eligibility.contraindications()
