"""From one reading to its absolute deficit (steps 2 to 4 of the scoring proposal)."""

from __future__ import annotations

from typing import Literal

import msgspec

from assessments.domain.battery import Band, FieldTest, Linear, Mapped, NotScored, Steps, Threshold
from assessments.domain.records import Sex, Value

ROUNDING_ERROR = 1e-12  # a value at the mean of two thresholds is at the threshold, whatever its last bit says


class NotMeasurable(ValueError):
    """The value is not one this test can have, or the test is not scored."""


class Deficit(msgspec.Struct, frozen=True):
    d: float  # 0-1
    normal: Value  # value at which d is 0
    deficit: Value  # value at which d is 1
    sources: tuple[str, ...]  # of the two cut-offs


def clamp(value: float) -> float:
    """Limit to 0-1."""
    return min(1.0, max(0.0, value))


def deficit_label(d: float) -> Literal["normal", "borderline", "deficit"]:
    """Step 4: d = 0 normal, d = 1 deficit, between them borderline.  Asymmetry plays no part."""
    if d <= 0:
        return "normal"
    return "deficit" if d >= 1 else "borderline"


def absolute_deficit(test: FieldTest, value: Value, age: int, sex: Sex) -> Deficit:
    """How far a reading is from the reference group, 0 (within it) to 1 (full deficit), unrounded.

    Args:
        test: the test of the battery.
        value: a number in the test's unit, or one of its categories.
        age: years, 0 to 120.
        sex: female, male or undisclosed; undisclosed is compared with the mean of the two thresholds.

    Raises:
        NotMeasurable: the test is recorded only, or the value is not one of its categories.

    Source:
        The cut-offs' own sources (battery.yaml); the shape of the curve is a design proposal (scoring.yaml, step 3).
    """
    scoring = test.scoring
    if isinstance(scoring, NotScored):
        raise NotMeasurable(f"{test.id} is recorded, not scored")
    if isinstance(scoring, Mapped):
        if value not in scoring.map:
            raise NotMeasurable(f"{test.id}: {value!r} is not one of {', '.join(scoring.map)}")
        best, worst = min(scoring.map, key=scoring.map.__getitem__), max(scoring.map, key=scoring.map.__getitem__)
        return Deficit(scoring.map[str(value)], best, worst, scoring.sources)
    if isinstance(value, str):
        raise NotMeasurable(f"{test.id}: {value!r} is not a number")
    if isinstance(scoring, Steps):
        return _stepped(scoring, value)
    if isinstance(scoring, Band):
        return _banded(scoring, value)
    return _linear(scoring, value, age, sex)


def _stepped(scoring: Steps, value: float) -> Deficit:
    """Score of the first step that reaches the value; normal and deficit are the limits of the first and last finite step."""
    limits = [step.max for step in scoring.steps if step.max is not None]
    score = next(step.score for step in scoring.steps if step.max is None or value <= step.max)
    return Deficit(score, limits[0], limits[-1], scoring.sources)


def _banded(scoring: Band, value: float) -> Deficit:
    """0 inside the band, rising to 1 at the deficit limit on either side; reports the limits of the nearer side."""
    if value < scoring.normal_low:
        normal, deficit = scoring.normal_low, scoring.deficit_low
    else:
        normal, deficit = scoring.normal_high, scoring.deficit_high
    return Deficit(_between(value, normal, deficit), normal, deficit, scoring.sources)


def _linear(scoring: Linear, value: float, age: int, sex: Sex) -> Deficit:
    if sex == "undisclosed":
        pair = [_threshold(scoring, age, "male"), _threshold(scoring, age, "female")]
        normal = (pair[0].normal + pair[1].normal) / 2
        deficit = (pair[0].deficit + pair[1].deficit) / 2
    else:
        pair = [_threshold(scoring, age, sex)]
        normal, deficit = pair[0].normal, pair[0].deficit
    sources = dict.fromkeys(source for threshold in pair for source in threshold.sources or scoring.sources)
    return Deficit(_between(value, normal, deficit), normal, deficit, tuple(sources))


def _threshold(scoring: Linear, age: int, sex: Literal["male", "female"]) -> Threshold:
    """Step 2: the first entry for this sex and age; rules.contradictions makes sure that there is one."""
    return next(t for t in scoring.thresholds if t.sex in ("any", sex) and t.age_min <= age <= t.age_max)


def _between(value: float, normal: float, deficit: float) -> float:
    """Step 3: the way from normal to deficit as 0-1; one formula for both directions."""
    d = clamp((normal - value) / (normal - deficit))
    if d < ROUNDING_ERROR:
        return 0.0
    return 1.0 if d > 1 - ROUNDING_ERROR else d
