"""From chosen exercises to a session a person does: order, must-do lines, what to do instead (R-S2, R-S3, R-V9)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from programs.domain.library import PF_CLASSES, ROOT_CAUSES, Exercise
from programs.domain.rules import Rules

PATTERN_ORDER = {"knee": 4, "hip": 5, "calf": 6, "upper": 7}
ANCHOR_PILLARS = ("strength", "core", "mobility")


def training_order(exercise: Exercise, rules: Rules) -> tuple[int, int]:
    """Where an exercise stands in a session (R-S2), as a sort key: place, then easy before hard.

    Release, rolling, moving stretches, form and jumps while fresh, knee, hip, calf and accessories, core, held stretches.
    """
    if exercise.pillar == "release":
        place = 0
    elif exercise.pillar == "mobility":
        held = exercise.prescription.kind == "hold"
        place = 1 if "release" in exercise.secondary_pillars else 9 if held else 2
    elif exercise.pillar == "form" or exercise.chain == rules.plyometrics.chain:
        place = 3
    elif exercise.pattern is not None:
        place = PATTERN_ORDER[exercise.pattern]
    else:
        place = 8 if exercise.pillar == "core" else 10
    return place, -exercise.level if exercise.pillar == "strength" else exercise.level


def choose_anchors(exercises: Sequence[Exercise], severity: Mapping[str, float], rules: Rules) -> tuple[Exercise, ...]:
    """The must-do exercises of a session: one for the knee, one for the hip, one for the core where there is one.

    Args:
        exercises: the session's exercises.
        severity: 0-1 per root cause.
        rules: the program rules.

    Returns:
        Up to three (R-S3), from at least two pillars whenever the session has them (G13).  One-legged work goes
        first, then what serves the runner's contributors most, then the lower kneecap load.  Jumps come last.
    """

    def rank(exercise: Exercise) -> tuple[bool, bool, float, int, str]:
        targeted = sum(severity[cause] * exercise.root_causes[cause] for cause in ROOT_CAUSES)
        return (
            exercise.chain == rules.plyometrics.chain,
            not exercise.unilateral,
            -targeted,
            PF_CLASSES.index(exercise.pf_load.klass),
            exercise.id,
        )

    chosen: list[Exercise] = []

    def take(suits: Callable[[Exercise], bool]) -> None:
        if len(chosen) == rules.session.anchors:
            return
        pillars = {exercise.pillar for exercise in chosen}
        last_chance = len(chosen) == rules.session.anchors - 1 and len(pillars) < rules.session.anchor_pillars_min
        fits = [exercise for exercise in exercises if exercise not in chosen and suits(exercise)]
        fits = [exercise for exercise in fits if exercise.pillar not in pillars] if last_chance else fits
        if fits:
            chosen.append(min(fits, key=rank))

    take(lambda exercise: exercise.pattern == "knee")
    take(lambda exercise: exercise.pattern == "hip")
    take(lambda exercise: exercise.pillar == "core")
    for pillar in ANCHOR_PILLARS * rules.session.anchors:
        take(lambda exercise, pillar=pillar: exercise.pillar == pillar)  # type: ignore[misc]
    for _ in range(rules.session.anchors):
        take(lambda exercise: True)
    return tuple(chosen)
