"""The library and the rules as data: complete, linked, timed, with unit and source; swaps and the safety filter."""

import copy
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from programs.domain.filtering import barriers, has_kit
from programs.domain.library import (
    LIBRARY_FILE,
    PILLARS,
    ROOT_CAUSES,
    LibraryError,
    UnknownExercise,
    library,
    parse_library,
    seconds_per_set,
)
from programs.domain.rules import RULES_FILE, RulesError, parse_rules, rules
from programs.domain.swapping import prepared_alternatives, swaps

LIBRARY, RULES = library(), rules()


@pytest.fixture(scope="module")
def raw_library():
    return yaml.safe_load(LIBRARY_FILE.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def raw_rules():
    return yaml.safe_load(RULES_FILE.read_text(encoding="utf-8"))


def test_all_120_exercises_are_there_in_six_pillars_and_37_chains():
    assert len(LIBRARY) == 120
    counts = [sum(exercise.pillar == pillar for exercise in LIBRARY) for pillar in PILLARS]
    assert counts == [48, 20, 15, 14, 17, 6]
    assert len({exercise.chain for exercise in LIBRARY}) == 37


def test_a_chain_is_walked_both_ways():
    assert [exercise.id for exercise in LIBRARY.chain("calf")] == [
        "double-leg-calf-raise",
        "bent-knee-calf-raise",
        "single-leg-calf-raise",
        "single-leg-calf-raise-step",
    ]
    assert [exercise.id for exercise in LIBRARY.easier("single-leg-calf-raise")] == [
        "bent-knee-calf-raise",
        "double-leg-calf-raise",
    ]
    assert [exercise.id for exercise in LIBRARY.harder("single-leg-calf-raise")] == ["single-leg-calf-raise-step"]


def test_the_time_of_every_default_dose_is_the_formulas():
    for exercise in LIBRARY:
        assert seconds_per_set(exercise.prescription, unilateral=exercise.unilateral) == exercise.seconds_per_set


def test_an_unknown_exercise_is_named():
    with pytest.raises(UnknownExercise, match="hula-hoop"):
        LIBRARY["hula-hoop"]


@pytest.mark.parametrize(
    "break_it, complaint",
    [
        (lambda e: e["mini-squat"].update(next="wall-sit"), "mini-squat: next is wall-sit, whose prev is chair-squat"),
        (lambda e: e["mini-squat"].update(equipment=["trampoline"]), "unknown equipment trampoline"),
        (lambda e: e["mini-squat"].update(contraindications=["mondays"]), "unknown tag mondays"),
        (lambda e: e["mini-squat"].update(seconds_per_set=61), "the formula gives 60"),
        (lambda e: e["mini-squat"].update(pillar="core", pattern=None), "chain squat: more than one pillar"),
        (lambda e: e["mini-squat"].update(level=9), "level is 1-5"),
        (lambda e: e["mini-squat"]["root_causes"].pop("hip_weakness"), "weights must name exactly"),
        (lambda e: e["mini-squat"].update(id="chair-squat"), "an exercise id occurs twice"),
        (lambda e: e["mini-squat"].update(surprise=1), "unknown field"),
    ],
)
def test_a_broken_library_is_refused_with_the_reason(raw_library, break_it, complaint):
    document = copy.deepcopy(raw_library)
    break_it({entry["id"]: entry for entry in document["exercises"]})
    with pytest.raises(LibraryError, match=complaint):
        parse_library(document)


def test_every_block_of_the_rules_says_its_rule_unit_source_and_basis(raw_rules):
    blocks = {name: block for name, block in raw_rules.items() if isinstance(block, dict) and "value" in block}
    assert len(blocks) >= 14
    for name, block in blocks.items():
        assert all(block.get(field) for field in ("rule", "unit", "source", "basis")), name


@pytest.mark.parametrize(
    "break_it, complaint",
    [
        (lambda r: r["deload"].pop("source"), "deload: source is missing"),
        (lambda r: r["deload"].update(source="hearsay"), "unknown source hearsay"),
        (lambda r: r["phases"]["value"][1]["shares"].update(core=0.5), "must sum to 1"),
        (lambda r: r["run_ladder"]["value"].pop(3), "stages must count up"),
        (lambda r: r["weekly_sets"]["value"]["micro"].pop("release"), "name all six pillars"),
        (lambda r: r["asymmetry"]["value"].update(guess=1), "guess"),
    ],
)
def test_broken_rules_are_refused_with_the_reason(raw_rules, break_it, complaint):
    document = copy.deepcopy(raw_rules)
    break_it(document)
    with pytest.raises(RulesError, match=complaint):
        parse_rules(document)


@pytest.mark.parametrize(
    "minutes_a_week, band", [((2, 30), "micro"), ((3, 21), "standard"), ((3, 45), "standard"), ((4, 34), "full")]
)
def test_the_band_follows_the_weekly_minutes(minutes_a_week, band):
    assert RULES.band(*minutes_a_week) == band


def test_no_domain_module_needs_django():
    code = (
        "import pkgutil, importlib, sys, programs.domain as d;"
        "[importlib.import_module(f'programs.domain.{m.name}') for m in pkgutil.iter_modules(d.__path__)];"
        "sys.exit('django' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[2], check=True)


# --- filter and swaps ------------------------------------------------------------------------------------------------


def why_not(exercise: str, *, phase=2, kit=(), tags=(), run_stage=0, exclude=()) -> list[str]:
    found = barriers(
        LIBRARY[exercise], phase=phase, kit=kit, tags=tags, run_stage=run_stage, rules=RULES, exclude=exclude
    )
    return [barrier.kind for barrier in found]


@pytest.mark.parametrize(
    "exercise, given, kinds",
    [
        ("mini-squat", {}, []),
        ("tempo-squat", {"phase": 1}, ["phase", "level"]),
        ("banded-lateral-walk", {"phase": 1, "kit": ["mini-band"]}, []),  # level 3, but made for phase 1
        ("single-leg-squat", {"phase": 2}, ["phase", "level", "kneecap"]),
        ("pogo-hops", {"phase": 2}, ["phase", "impact"]),
        ("pogo-hops", {"phase": 3}, []),
        ("quiet-landing-run", {"phase": 2, "run_stage": 1}, ["run_stage"]),
        ("quiet-landing-run", {"phase": 2, "run_stage": 2}, []),  # a run drill follows the ladder, not the phase
        ("quiet-landing-run", {"phase": 2, "run_stage": None}, []),
        ("chair-squat", {"kit": ["bench"]}, []),
        ("chair-squat", {}, ["kit"]),
        ("wall-sit", {"kit": ["wall"], "tags": ["acute_pain_gt5"]}, ["tag"]),
        ("mini-squat", {"exclude": ["mini-squat"]}, ["excluded"]),
    ],
)
def test_the_safety_filter_says_why_not(exercise, given, kinds):
    assert why_not(exercise, **given) == kinds


def test_one_alternative_set_of_equipment_is_enough_but_it_must_be_whole():
    loaded = LIBRARY["bulgarian-split-squat-loaded"]
    assert has_kit(loaded, ["step", "dumbbell"])
    assert not has_kit(loaded, ["step", "kettlebell"])


def phase_two_without_kit(exercise) -> bool:
    return not barriers(exercise, phase=2, kit=(), tags=(), run_stage=0, rules=RULES)


def test_swaps_are_of_the_same_pillar_available_and_ranked_with_reasons():
    found = swaps(LIBRARY["goblet-squat"], LIBRARY, phase_two_without_kit, taken={"tempo-squat"})
    assert all(swap.exercise.pillar == "strength" and phase_two_without_kit(swap.exercise) for swap in found)
    assert "tempo-squat" not in {swap.exercise.id for swap in found}
    assert found[0].exercise.pattern == "knee"
    assert all("needs no kit" in swap.reasons for swap in found)
    assert [swap.points for swap in found] == sorted((swap.points for swap in found), reverse=True)


def test_an_easier_and_a_no_kit_alternative_are_prepared():
    prepared = prepared_alternatives(LIBRARY["goblet-squat"], LIBRARY, phase_two_without_kit)
    assert prepared.easier == "tempo-squat"
    assert LIBRARY[prepared.no_kit].equipment == ("none",)
    assert prepared_alternatives(LIBRARY["mini-squat"], LIBRARY, phase_two_without_kit).no_kit is None


def test_a_root_cause_has_work_in_every_pillar_without_kit():
    for cause in ROOT_CAUSES:
        for pillar in PILLARS:
            assert any(e.pillar == pillar and e.root_causes[cause] >= 0.2 and has_kit(e, ()) for e in LIBRARY)
