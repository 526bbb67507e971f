"""The safety filter: which exercises this runner may do now, and why not the others (R-F1, R-F1b, R-F2)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import msgspec

from programs.domain.library import Exercise, Library
from programs.domain.records import Brief
from programs.domain.rules import Rules

BarrierKind = Literal["phase", "level", "kneecap", "impact", "tag", "kit", "run_stage", "excluded"]
SAFETY_KINDS = ("phase", "level", "kneecap", "impact", "tag", "run_stage")  # a coach needs a written reason to pass one


class Barrier(msgspec.Struct, frozen=True):
    """One reason why an exercise is not available."""

    kind: BarrierKind
    words: str  # ends a sentence: "Goblet squat needs ..."

    @property
    def is_safety(self) -> bool:
        """True for a phase, load or tag barrier; kit and taste are not safety."""
        return self.kind in SAFETY_KINDS


def has_kit(exercise: Exercise, kit: Iterable[str]) -> bool:
    """True when every id of `equipment`, or of one alternative, is owned; "none" is always owned."""
    owned = {*kit, "none"}
    return owned.issuperset(exercise.equipment) or any(
        owned.issuperset(choice) for choice in exercise.equipment_alternatives
    )


def barriers(
    exercise: Exercise,
    *,
    phase: int,
    kit: Iterable[str],
    tags: Iterable[str],
    run_stage: int | None,
    rules: Rules,
    exclude: Iterable[str] = (),
) -> tuple[Barrier, ...]:
    """Everything that keeps an exercise out of the plan.

    Args:
        exercise: a library exercise.
        phase: 1-4.
        kit: equipment ids owned.
        tags: contraindication tags that stand.
        run_stage: stage of the run ladder; None = runs freely.
        rules: the program rules.
        exclude: exercise ids ruled out by taste or by the coach.

    Returns:
        The barriers, safety first; empty = available.
    """
    rule = rules.phases[phase]
    found = []
    if exercise.min_phase > phase:
        found.append(Barrier("phase", f"waits for phase {exercise.min_phase}"))
    if exercise.level > rule.max_level and exercise.min_phase != 1:
        found.append(Barrier("level", f"is level {exercise.level}, above level {rule.max_level} of phase {phase}"))
    if exercise.pf_load.klass not in rule.pf_allowed:
        found.append(Barrier("kneecap", f"loads the kneecap more than phase {phase} allows"))
    if exercise.impact and not exercise.is_run_drill and not rule.impact:
        found.append(Barrier("impact", "is impact work, which waits for phase 3"))
    if exercise.is_run_drill and run_stage is not None and run_stage < (exercise.min_run_stage or 0):
        found.append(Barrier("run_stage", f"waits for run stage {exercise.min_run_stage}"))
    standing = set(tags)
    found += [
        Barrier("tag", f"is off while {tag.replace('_', ' ')} stands")
        for tag in exercise.contraindications
        if tag in standing
    ]
    if not has_kit(exercise, kit):
        found.append(Barrier("kit", f"needs {kit_words(exercise)}"))
    if exercise.id in set(exclude):
        found.append(Barrier("excluded", "is on the exclude list"))
    return tuple(found)


def kit_words(exercise: Exercise) -> str:
    """What has to be at hand, in words: "bench and dumbbell, or chair and dumbbell"."""
    choices = [exercise.equipment, *exercise.equipment_alternatives]
    return ", or ".join(" and ".join(item.replace("-", " ") for item in choice) for choice in choices)


def brief_barriers(exercise: Exercise, brief: Brief, rules: Rules) -> tuple[Barrier, ...]:
    """`barriers` under a brief."""
    return barriers(
        exercise,
        phase=brief.phase,
        kit=brief.kit,
        tags=brief.tags,
        run_stage=brief.run.stage,
        rules=rules,
        exclude=brief.exclude,
    )


def pool(library: Library, brief: Brief, rules: Rules) -> tuple[Exercise, ...]:
    """Every exercise the brief allows, in library order; run drills and consistency items included."""
    return tuple(exercise for exercise in library if not brief_barriers(exercise, brief, rules))
