"""From deficits to a score and a confidence per area and side (steps 5 to 12 and 14 of the scoring proposal)."""

from __future__ import annotations

from collections.abc import Mapping
from math import sqrt

import msgspec

from assessments.domain.battery import Area, FieldTest
from assessments.domain.records import Value
from assessments.domain.scheme import BOUNDARY_SLACK, Scheme
from assessments.domain.thresholds import Deficit, clamp


class SideScore(msgspec.Struct, frozen=True):
    """One scored test on one side, with all that its row in the report needs."""

    test: FieldTest
    side: str  # left, right or both
    value: Value
    deficit: Deficit
    s: float  # 0-1
    q: float  # 0-1; 0 = excluded by pain


Scores = Mapping[str, Mapping[str, SideScore]]  # test id -> side (or both) -> score; excluded sides are not in it


class Part(msgspec.Struct, frozen=True):
    """One construct that was measured, with the test that speaks for it."""

    construct: str
    weight: float
    score: SideScore

    @property
    def wq(self) -> float:
        return self.weight * self.score.q

    @property
    def contribution(self) -> float:
        return self.wq * self.score.s


class Weighing(msgspec.Struct, frozen=True):
    """An area on one side before it is put into words."""

    score: float | None
    coverage: float
    spread: float
    confidence: float
    conflict: bool
    parts: tuple[Part, ...]


def pain_quality(pain: int | None, scheme: Scheme) -> float:
    """Step 7: how much a reading counts, from the pain during the test (0-10).  Not answered counts fully."""
    if pain is None:
        return 1.0
    return next(step.q for step in scheme.pain_quality.steps if pain <= step.max)


def side_difference(test: FieldTest, left: float, right: float) -> float:
    """Difference between the sides as the test's asymmetry block measures it: in its unit, or % of the larger value."""
    difference = abs(left - right)
    if test.asymmetry is None or test.asymmetry.kind == "absolute":
        return difference
    larger = max(left, right)
    return 100 * difference / larger if larger else 0.0


def asymmetry(test: FieldTest, left: float, right: float) -> float | None:
    """Step 5: asymmetry a, 0-1; None for tests that have none.  Both sides must be valid and not stopped by pain."""
    if test.asymmetry is None:
        return None
    a0, a1 = test.asymmetry.a0, test.asymmetry.a1
    return clamp((side_difference(test, left, right) - a0) / (a1 - a0))


def side_scores(test: FieldTest, left: SideScore, right: SideScore, scheme: Scheme) -> tuple[SideScore, SideScore]:
    """Step 6: raise the worse side to half the asymmetry, so that asymmetry alone never exceeds 0.50.

    The worse side has the larger deficit; of two equal deficits, the worse raw value.
    """
    if isinstance(left.value, str) or isinstance(right.value, str):
        return left, right
    a = asymmetry(test, left.value, right.value)
    if not a:
        return left, right
    raised = scheme.asymmetry_weight.value * a
    lower_is_worse = test.direction == "higher_better"
    worse = (
        (lambda score: (score.deficit.d, -score.value))
        if lower_is_worse
        else (lambda score: (score.deficit.d, score.value))
    )
    if worse(left) > worse(right):
        return msgspec.structs.replace(left, s=max(left.s, raised)), right
    return left, msgspec.structs.replace(right, s=max(right.s, raised))


def on_side(scores: Scores, test_id: str, side: str) -> SideScore | None:
    """The score of a test on a side; a bilateral test gives both sides the same one."""
    sides = scores.get(test_id, {})
    return sides.get(side) or sides.get("both")


def measured_parts(area: Area, scores: Scores, side: str) -> tuple[Part, ...]:
    """Step 8: the first listed test of each construct that was done on that side and not stopped by pain."""
    parts = []
    for construct in area.constructs:
        done = (on_side(scores, test_id, side) for test_id in construct.tests)
        first = next((score for score in done if score is not None), None)
        if first is not None:
            parts.append(Part(construct.id, construct.weight, first))
    return tuple(parts)


def weigh(area: Area, parts: tuple[Part, ...], scheme: Scheme) -> Weighing:
    """Steps 9 to 12: score, coverage, spread and confidence of one area on one side, unrounded.

    Args:
        area: with its constructs, their weights, its anchor and how many constructs it needs.
        parts: the constructs that were measured, from measured_parts.
        scheme: the constants.

    Returns:
        score None and confidence 0 when nothing was measured.  `conflict` looks at the spread only.
    """
    if not parts:
        return Weighing(None, 0.0, 0.0, 0.0, False, ())
    total = sum(part.wq for part in parts)
    score = sum(part.contribution for part in parts) / total
    coverage = total / sum(construct.weight for construct in area.constructs)
    spread = sqrt(sum(part.wq * (part.score.s - score) ** 2 for part in parts) / total)

    complete = min(1.0, coverage / scheme.coverage_target.value)
    grades = scheme.grades.values
    reliable = sum(part.wq * grades[part.score.test.grade] for part in parts) / total
    disagreement = clamp((spread - scheme.spread_start.value) / scheme.spread_width.value)
    confidence = complete * reliable * (1 - scheme.max_conflict_penalty.value * disagreement)
    if len(parts) < area.min_constructs:
        confidence = min(confidence, scheme.cap_few_constructs.value)
    if area.anchor_construct not in {part.construct for part in parts}:
        confidence = min(confidence, scheme.cap_no_anchor.value)
    conflict = spread >= scheme.conflict_flag_spread.value - BOUNDARY_SLACK
    return Weighing(score, coverage, spread, confidence, conflict, parts)


def constructs_disagree(area: Area, scores: Scores, side: str, scheme: Scheme) -> bool:
    """Step 14, second half: two done tests of one construct differ by more than 0.50 in s on that side."""
    for construct in area.constructs:
        done = [score.s for test_id in construct.tests if (score := on_side(scores, test_id, side))]
        if done and max(done) - min(done) > scheme.conflict_flag_difference.value + BOUNDARY_SLACK:
            return True
    return False


def rank_value(score: float, confidence: float, scheme: Scheme) -> float:
    """Step 15: score x (0.5 + 0.5 x confidence).  The plan uses the same number as effective severity."""
    return score * (scheme.rank_base.value + (1 - scheme.rank_base.value) * confidence)
