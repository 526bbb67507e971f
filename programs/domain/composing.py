"""From chosen exercises to a session a person does: order, must-do lines, the line itself (R-S2, R-S3, R-V9)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from programs.domain import words
from programs.domain.library import PF_CLASSES, ROOT_CAUSES, Exercise, Library
from programs.domain.records import Dose, Line, Serves, Side, SideSets, line_id
from programs.domain.rules import Rules
from programs.domain.swapping import prepared_alternatives

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


def served(exercise: Exercise, rules: Rules) -> tuple[Serves, ...]:
    """The contributors an exercise acts on directly enough to say so, in the order of ROOT_CAUSES."""
    return tuple(
        Serves(cause, exercise.root_causes[cause])
        for cause in ROOT_CAUSES
        if exercise.root_causes[cause] >= rules.allocation.other_cause_weight and not exercise.cause_agnostic
    )


def compose_line(
    exercise: Exercise,
    week: int,
    session_id: str,
    slot: str,
    sets: int,
    dose: Dose,
    *,
    severity: Mapping[str, float],
    evidence: Mapping[str, str],
    taken: Collection[str],
    available: Callable[[Exercise], bool],
    library: Library,
    rules: Rules,
    anchor: bool = False,
    weak_side: Side | None = None,
) -> Line:
    """A line of the plan with its reason and the alternatives prepared for it.

    Args:
        exercise: what to do.
        week: the week's number.
        session_id: the session's id in its week.
        slot: the line's slot.
        sets: working sets.
        dose: what one set is.
        severity: 0-1 per root cause, for the reason.
        evidence: the test behind each root cause in the runner's words, for the reason; {} = none is known.
        taken: exercise ids of the session, which are no alternatives.
        available: says whether the runner may do an exercise.
        library: the exercise library.
        rules: the program rules.
        anchor: True for a must-do line.
        weak_side: the side that gets one extra set; None = none.

    Returns:
        The line.
    """
    extra = SideSets(left=int(weak_side == "left"), right=int(weak_side == "right"))
    return Line(
        id=line_id(week, session_id, slot),
        slot=slot,
        exercise=exercise.id,
        pillar=exercise.pillar,
        sets=sets,
        dose=dose,
        anchor=anchor,
        unilateral=exercise.unilateral,
        extra_side_sets=extra,
        serves=served(exercise, rules),
        because=words.because(exercise, severity, weak_side=weak_side, evidence=evidence),
        alternatives=prepared_alternatives(exercise, library, available, taken),
    )
