"""How findings shift the weekly mix: damping, dominant contributor, target shares, minimums, scores (R-A1 to R-A5)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

import msgspec

from programs.domain.library import ROOT_CAUSES, Exercise
from programs.domain.records import Band, Severity
from programs.domain.rules import SESSION_PILLARS, Rules

TINY = 1e-9  # 0.6 - 0.5 is a hair below 0.1 in floating point


class CauseNeed(msgspec.Struct, frozen=True):
    """How many distinct exercises of a week must act on a root cause, and how directly."""

    root_cause: str
    weight: float  # an exercise counts from this weight on
    minimum: int
    is_dominant: bool


def severities(severity: Severity) -> dict[str, float]:
    """The four severities with 0 for an area that was not assessed, which adds nothing to the mix (R-A1)."""
    return {cause: getattr(severity, cause) or 0.0 for cause in ROOT_CAUSES}


def not_assessed(severity: Severity) -> tuple[str, ...]:
    """The areas without a severity."""
    return tuple(cause for cause in ROOT_CAUSES if getattr(severity, cause) is None)


def damped(severity: Severity, previous: Severity | None, rules: Rules) -> Severity:
    """Limit how far a re-score may move each severity (R-A5).

    Args:
        severity: 0-1 per area or None.
        previous: the severities the running plan was made from; None = first plan.
        rules: the program rules.

    Returns:
        Each area known on both occasions moves at most 0.25; the others are as given.
    """
    if previous is None:
        return severity
    step = rules.allocation.rescore_step_max

    def limited(cause: str) -> float | None:
        new, old = getattr(severity, cause), getattr(previous, cause)
        return new if new is None or old is None else min(max(new, old - step), old + step)

    return Severity(**{cause: limited(cause) for cause in ROOT_CAUSES})


def dominant_cause(severity: Severity, rules: Rules) -> str | None:
    """The contributor that leads the plan: highest severity, at least 0.5 and 0.10 above the second; None = mixed (R-A2)."""
    ranked = sorted(severities(severity).items(), key=lambda pair: -pair[1])
    (first, highest), (_, second) = ranked[0], ranked[1]
    rule = rules.allocation.dominant
    leads = highest >= rule.min_severity and highest - second >= rule.min_gap - TINY
    return first if leads else None


def target_shares(phase: int, severity: Severity, rules: Rules) -> dict[str, float]:
    """Each session pillar's part of the planned seconds (R-A1).

    Args:
        phase: 1-4, whose base shares are shifted.
        severity: 0-1 per area or None.
        rules: the program rules.

    Returns:
        Shares of the five session pillars, sum 1, unrounded.  Raising one severity never lowers the share of the
        pillar with the highest affinity for it (G14).
    """
    base = rules.phases[phase].shares
    allocation = rules.allocation
    weights = severities(severity)
    raw = {
        pillar: base[pillar]
        * math.exp(allocation.gain * sum(weights[cause] * allocation.affinity[pillar][cause] for cause in ROOT_CAUSES))
        for pillar in SESSION_PILLARS
    }
    low, high = allocation.clamp
    shares = _normalised(raw)
    clamped = {pillar: min(max(share, low * base[pillar]), high * base[pillar]) for pillar, share in shares.items()}
    return shares if clamped == shares else _normalised(clamped)  # dividing by a sum of 1 would still move the last bit


def _normalised(parts: Mapping[str, float]) -> dict[str, float]:
    whole = sum(parts.values())
    return {name: part / whole for name, part in parts.items()}


def cause_needs(band: Band, severity: Severity, dominant: str | None, rules: Rules) -> tuple[CauseNeed, ...]:
    """Distinct exercises a week needs per root cause (R-A2, G7), in the order of ROOT_CAUSES."""
    allocation = rules.allocation
    other = allocation.other_cause_exercises_min
    weights = severities(severity)

    def need(cause: str) -> CauseNeed:
        if cause == dominant:
            return CauseNeed(cause, allocation.dominant_weight, allocation.dominant_exercises_min[band], True)
        minimum = other.from_ if weights[cause] >= other.severity_from else other.below
        return CauseNeed(cause, allocation.other_cause_weight, minimum, False)

    return tuple(need(cause) for cause in ROOT_CAUSES)


def exercises_for(need: CauseNeed, exercises: Iterable[Exercise]) -> int:
    """How many of the exercises count toward a need: weight high enough, not merely habit."""
    return sum(
        1
        for exercise in exercises
        if exercise.root_causes[need.root_cause] >= need.weight and not exercise.cause_agnostic
    )


def score(exercise: Exercise, severity: Mapping[str, float], familiar: frozenset[str], rules: Rules) -> float:
    """How much an exercise deserves its place inside its pillar (R-A3), before what the week already holds.

    Args:
        exercise: a library exercise.
        severity: 0-1 per root cause.
        familiar: ids of last week's or preferred exercises.
        rules: the program rules.

    Returns:
        Score points; the rule's bonus for an unmet muscle minimum, its chain malus and its time malus depend on the
        week and are added where the week is built (drafting.py).
    """
    targeted = sum(severity[cause] * exercise.root_causes[cause] for cause in ROOT_CAUSES)
    return targeted + (rules.allocation.score.familiar if exercise.id in familiar else 0.0)
