"""What may take an exercise's place, best first, with the reasons a coach reads."""

from __future__ import annotations

from collections.abc import Callable, Collection

import msgspec

from programs.domain.library import PF_CLASSES, ROOT_CAUSES, Exercise, Library
from programs.domain.records import Alternatives
from programs.domain.words import CONTRIBUTOR_WORDS, MUSCLE_WORDS

CHAIN_POINTS, PATTERN_POINTS, MUSCLE_POINTS, CAUSE_POINTS, LEVEL_POINTS, PF_POINTS, SIDE_POINTS = 3, 2, 1, 4, 1, 1, 0.5


class Swap(msgspec.Struct, frozen=True):
    """One candidate."""

    exercise: Exercise
    reasons: tuple[str, ...]  # sentence parts, strongest first
    points: float


def swaps(
    exercise: Exercise,
    library: Library,
    available: Callable[[Exercise], bool],
    taken: Collection[str] = (),
    limit: int = 6,
) -> tuple[Swap, ...]:
    """Rank what may replace an exercise.

    Args:
        exercise: the one to replace.
        library: the exercise library.
        available: says whether the runner may do an exercise (filtering.py).
        taken: exercise ids already in the session.
        limit: how many to return at most.

    Returns:
        Available exercises of the same pillar that are not in the session, best first: same chain, same movement, same
        muscle groups, alike in what they act on, near in level, not heavier on the kneecap.  Ties by id.
    """
    found = [
        _compare(exercise, other)
        for other in library
        if other is not exercise
        and other.pillar == exercise.pillar
        and other.is_run_drill == exercise.is_run_drill
        and other.id not in taken
        and available(other)
    ]
    return tuple(sorted(found, key=lambda swap: (-swap.points, swap.exercise.id))[:limit])


def _compare(exercise: Exercise, other: Exercise) -> Swap:
    reasons = []
    steps = other.level - exercise.level
    points = 0.0
    if other.chain == exercise.chain:
        points += CHAIN_POINTS
        reasons.append(
            "an easier step of the same chain"
            if steps < 0
            else "a harder step of the same chain"
            if steps > 0
            else "the same chain"
        )
    elif exercise.pattern is not None and other.pattern == exercise.pattern:
        points += PATTERN_POINTS
        reasons.append("the same movement")
    shared = [muscle for muscle in exercise.evidence_core if muscle in other.evidence_core]
    points += MUSCLE_POINTS * (len(shared) - len(exercise.evidence_core))
    reasons += [f"also counts for the {MUSCLE_WORDS[muscle]}" for muscle in shared]
    apart = sum(abs(exercise.root_causes[cause] - other.root_causes[cause]) for cause in ROOT_CAUSES)
    points -= CAUSE_POINTS * apart / len(ROOT_CAUSES)
    main = exercise.main_cause
    if other.root_causes[main] >= exercise.root_causes[main] >= 0.3:
        reasons.append(f"acts on {CONTRIBUTOR_WORDS[main]} at least as much")
    points -= LEVEL_POINTS * abs(steps)
    heavier = PF_CLASSES.index(other.pf_load.klass) - PF_CLASSES.index(exercise.pf_load.klass)
    points -= PF_POINTS * max(0, heavier)
    if heavier < 0:
        reasons.append("lighter on the kneecap")
    points -= SIDE_POINTS * (other.unilateral != exercise.unilateral)
    if "none" in other.equipment and "none" not in exercise.equipment:
        reasons.append("needs no kit")
    return Swap(other, tuple(reasons), points)


def prepared_alternatives(
    exercise: Exercise, library: Library, available: Callable[[Exercise], bool], taken: Collection[str] = ()
) -> Alternatives:
    """What the runner may do instead without asking: the nearest easier step of the chain, and one without kit."""
    easier = next(
        (other.id for other in library.easier(exercise.id) if available(other) and other.id not in taken), None
    )
    if "none" in exercise.equipment:
        return Alternatives(easier=easier)
    no_kit = swaps(exercise, library, lambda other: "none" in other.equipment and available(other), taken, limit=1)
    return Alternatives(easier=easier, no_kit=no_kit[0].exercise.id if no_kit else None)
