"""The data files: every number has a unit and a source, and nothing contradicts itself."""

import re
import subprocess
import sys
from copy import deepcopy
from itertools import product
from pathlib import Path

import msgspec
import pytest

import assessments.domain
from assessments.domain import battery as battery_module
from assessments.domain.data_files import DataProblem, number_problems, read_yaml, source_ids, to_record
from assessments.domain.outcomes import outcomes
from assessments.domain.planning import planning
from assessments.domain.rules import contradictions, rules
from assessments.domain.wording import wording

FOLDER = Path(assessments.domain.__file__).parent
FILES = sorted(path.name for path in FOLDER.glob("*.yaml") if path.name != "sources.yaml")


@pytest.mark.parametrize("name", FILES)
def test_every_number_has_a_unit_and_a_source(name):
    assert number_problems(read_yaml(name), name, source_ids()) == []


def numbers(node):
    """Count the numbers of a document, so that the check above is known to have read them."""
    children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else []
    return (isinstance(node, int | float) and not isinstance(node, bool)) or sum(numbers(child) for child in children)


def test_the_check_sees_every_number_of_the_battery():
    bare = strip(read_yaml("battery.yaml"), {"unit", "source", "sources", "plain_numbers"})
    found = [line for line in number_problems(bare, "battery", frozenset()) if line.endswith("has no unit")]
    assert len(found) == numbers(bare) > 500


def strip(node, keys):
    if isinstance(node, dict):
        return {key: strip(value, keys) for key, value in node.items() if key not in keys}
    return [strip(child, keys) for child in node] if isinstance(node, list) else node


@pytest.mark.parametrize("lost", ["unit", "sources"])
def test_a_threshold_without_unit_or_source_is_found(lost):
    document = read_yaml("battery.yaml")
    del document["tests"][0]["scoring"][lost]
    document["tests"][0].pop("sources", None)
    document["tests"][0].pop("unit", None)
    assert any("thresholds" in line for line in number_problems(document, "battery.yaml", source_ids()))


def test_an_unknown_source_is_found():
    document = read_yaml("battery.yaml")
    document["tests"][0]["scoring"]["sources"] = ["hall_2071"]
    assert any("unknown source hall_2071" in line for line in number_problems(document, "b", source_ids()))


def test_the_files_load_and_agree():
    assert contradictions(rules()) == []
    assert len(rules().battery.tests) == 40
    assert len(outcomes().measures) == 4
    assert planning().max_move.value == 0.25
    assert wording().disclaimer.startswith("These results come from simple field tests.")


def test_every_file_says_that_nobody_has_signed_it_off():
    assert all(read_yaml(name)["meta"]["reviewed_by"] is None for name in FILES)


def changed(edit):
    """The rules with one edit of battery.yaml, unchecked."""
    document = deepcopy(read_yaml("battery.yaml"))
    edit({test["id"]: test for test in document["tests"]}, document)
    battery = to_record(document, battery_module.Battery, "battery.yaml")
    return msgspec.structs.replace(rules(), battery=battery)


@pytest.mark.parametrize(
    "edit, complaint",
    [
        (lambda t, d: d["areas"][0]["constructs"][0].update(weight=4.0), "hip_weakness: weights add to 11, not 10"),
        (lambda t, d: d["areas"][0].update(anchor_construct="glutes"), "anchor glutes is not one of its constructs"),
        (
            lambda t, d: d["areas"][2]["constructs"][0].update(tests=["side_plank"]),
            "side_plank is not a test of this area",
        ),
        (lambda t, d: d["batteries"]["quick"].append("hop_test"), "unknown test hop_test"),
        (
            lambda t, d: t["cadence"]["scoring"]["thresholds"][0].update(deficit=180.0),
            "180 is not worse than normal 170",
        ),
        (lambda t, d: t["side_plank"]["scoring"]["thresholds"].pop(), "no threshold for female, 60 years"),
        (lambda t, d: t["cadence"]["input"].update(warn=[100.0, 210.0]), "does not lie inside"),
        (lambda t, d: t["knee_window"]["scoring"]["map"].pop("open"), "scores and choices differ"),
        (lambda t, d: t["wblt_angle"].update(contraindications=["As wblt"]), "wblt_angle: contraindication refers"),
        (lambda t, d: t["bird_dog"]["scoring"].update(unit="cm"), "bird_dog: units differ"),
    ],
)
def test_a_contradiction_in_the_battery_is_named(edit, complaint):
    assert any(complaint in line for line in contradictions(changed(edit)))


def test_a_typing_error_in_a_key_is_refused():
    document = read_yaml("battery.yaml")
    document["tests"][0]["minuts"] = 3
    with pytest.raises(DataProblem, match="minuts"):
        to_record(document, battery_module.Battery, "battery.yaml")


GRID = [i / 100 for i in range(0, 101, 5)] + [0.1999, 0.4001]


def test_the_status_table_says_in_numbers_what_it_says_in_words():
    for row in rules().scheme.status_table.rows[1:]:
        for score, conf in product(GRID, GRID):
            clauses = re.split(r" and ", row.when)
            said = all(eval(clause, {"__builtins__": {}}, {"score": score, "conf": conf}) for clause in clauses)
            assert row.holds(score, conf) == said, f"{row.when}: {score}, {conf}"


def test_every_score_and_confidence_has_a_status():
    scheme = rules().scheme
    assert {scheme.status(score, conf).status for score, conf in product(GRID, GRID)} == {
        row.status for row in scheme.status_table.rows
    }
    assert scheme.status(None, 0.0).status == "not_enough_data"


def test_the_quick_battery_is_fifteen_tests_in_53_minutes_with_the_lunge_first_and_running_last():
    quick = rules().battery.quick()
    assert (len(quick.tests), quick.minutes) == (15, 53)
    assert (quick.tests[0].id, quick.tests[-1].id) == ("wblt_distance", "cadence")
    assert {"tape_measure", "step_20cm", "stopwatch"} <= set(quick.equipment)
    assert "none" not in quick.equipment


def test_the_dynamometer_battery_measures_hip_strength_instead_of_estimating_it():
    ids = {test.id for test in rules().battery.dynamometer().tests}
    assert {"hip_abduction_torque", "hip_extension_force"} <= ids
    assert not ids & {"hip_abduction_hold", "single_leg_bridge_reps"}


def test_contraindications_are_written_out():
    reasons = rules().battery.contraindications("hip_abduction_force")
    assert "Groin/deep hip pain or suspected bone stress injury" in reasons
    assert "fever or feeling ill" in reasons
    assert not any(reason.startswith(("As ", "general")) for reason in reasons)


def test_the_domain_loads_without_django():
    modules = [f"assessments.domain.{path.stem}" for path in FOLDER.glob("*.py") if path.stem != "__init__"]
    code = (
        "import importlib, sys\n"
        f"[importlib.import_module(name) for name in {modules!r}]\n"
        "sys.exit(any(name.split('.')[0] in ('django', 'celery', 'studio', 'clients') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=FOLDER.parents[1]).returncode == 0
