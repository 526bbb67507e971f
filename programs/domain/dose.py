"""What a dose costs in time, and the library's dose as a plan line carries it."""

from __future__ import annotations

import math

from programs.domain.library import Exercise, Library, Prescription, seconds_per_set
from programs.domain.records import Dose, Line, Session
from programs.domain.rules import Rules


def default_dose(exercise: Exercise, phase: int, rules: Rules) -> Dose:
    """The library's dose with the phase's effort target (R-I1).

    Args:
        exercise: a library exercise.
        phase: 1-4.
        rules: the program rules.

    Returns:
        The dose; RIR is set for strength and for core work counted in repetitions, elsewhere effort is not a target.
    """
    given = exercise.prescription
    effort = exercise.pillar == "strength" or (exercise.pillar == "core" and given.kind in ("reps", "reps_load"))
    return Dose(
        kind=given.kind,
        rest_s=given.rest_s,
        reps=given.reps,
        hold_s=given.hold_s,
        duration_s=given.duration_s,
        distance_m=given.distance_m,
        tempo=given.tempo,
        rir=rules.phases[phase].rir if effort else None,
    )


def set_range(exercise: Exercise, phase: int, band: str) -> tuple[int, int]:
    """How many sets the generator may give one line of the exercise (R-A1b).

    Args:
        exercise: a library exercise.
        phase: 1-4.
        band: micro, standard or full.

    Returns:
        Fewest and most sets.
    """
    default = exercise.prescription.sets
    if band == "micro" or phase == 1:
        return 1, min(default, 2)
    if exercise.pillar in ("strength", "core"):
        return max(1, default - 1), default
    return 1, default


def set_seconds(exercise: Exercise, dose: Dose) -> int:
    """Seconds of one set at a dose, both sides and changeover: the library's figure for its own dose, else its formula.

    Raises:
        ValueError: the dose lacks what its kind needs.
    """
    given = exercise.prescription
    asked = Prescription(
        kind=dose.kind,
        sets=given.sets,
        rest_s=given.rest_s,
        reps=dose.reps,
        hold_s=dose.hold_s,
        duration_s=dose.duration_s,
        distance_m=dose.distance_m,
        tempo=dose.tempo or given.tempo,
        load_from=given.load_from,
        est_speed_mps=given.est_speed_mps,
    )
    return exercise.seconds_per_set if asked == given else seconds_per_set(asked, unilateral=exercise.unilateral)


def item_seconds(exercise: Exercise, sets: int, dose: Dose) -> int:
    """Seconds of a line without extra side sets: setup + sets x work + rests between."""
    return exercise.setup_s + sets * set_seconds(exercise, dose) + (sets - 1) * dose.rest_s


def side_set_seconds(exercise: Exercise, dose: Dose) -> int:
    """Seconds of one extra set on one side: half the work, rounded up, plus a rest (R-S6)."""
    return math.ceil(set_seconds(exercise, dose) / 2) + dose.rest_s


def line_seconds(line: Line, library: Library) -> int:
    """Seconds of a line without its extra side sets."""
    return item_seconds(library[line.exercise], line.sets, line.dose)


def line_side_seconds(line: Line, library: Library) -> int:
    """Seconds of a line's extra side sets; 0 when it has none."""
    extra = line.extra_side_sets.left + line.extra_side_sets.right
    return extra * side_set_seconds(library[line.exercise], line.dose) if extra else 0


def planned_seconds(session: Session, library: Library) -> int:
    """Seconds the session takes: warm-up, every line as a plain sum, extra side sets (R-S1)."""
    lines = sum(line_seconds(line, library) + line_side_seconds(line, library) for line in session.lines)
    return session.warmup_s + lines


def contacts(exercise: Exercise, sets: int, dose: Dose) -> int:
    """Foot contacts of a jumping line at the upper end of its range, both feet of a one-legged jump counted (R-G6)."""
    return sets * (dose.reps[1] if dose.reps else 0) * (2 if exercise.unilateral else 1)
