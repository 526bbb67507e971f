"""Is a retest a change, or within measurement error?"""

from __future__ import annotations

from typing import Literal

import msgspec

from assessments.domain.battery import Band, FieldTest, Mapped
from assessments.domain.records import Value
from assessments.domain.scheme import BOUNDARY_SLACK

Verdict = Literal["real", "within_error", "no_error_known"]
Trend = Literal["better", "worse", "same", "different"]


class Change(msgspec.Struct, frozen=True):
    amount: float | None  # new - old in the unit of the test; None for categories
    needed: float | None  # smallest amount that may be called a change; None = no error is known for this test
    verdict: Verdict
    trend: Trend  # of the raw values; only "real" changes may be told as better or worse

    @property
    def is_real(self) -> bool:
        return self.verdict == "real"


def change(test: FieldTest, old: Value, new: Value) -> Change:
    """Compare two results of one test on one side.

    Args:
        test: the test of the battery.
        old, new: earlier and later value, numbers in the unit of the test or its categories.

    Returns:
        `real` only when the difference reaches the test's real_change (a percentage is taken of the old value); without
        a known error, or from 0 where the error is a percentage, a change is never called real from this test alone.

    Source:
        Retest rule (scoring.yaml); the error's own source is in test.real_change.sources.
    """
    trend = _trend(test, old, new)
    if isinstance(old, str) or isinstance(new, str):
        return Change(None, None, "no_error_known", trend)
    amount = new - old
    needed = real_change_needed(test, old)
    if needed is None:
        return Change(amount, None, "no_error_known", trend)
    is_real = amount != 0 and abs(amount) >= needed - BOUNDARY_SLACK
    return Change(amount, needed, "real" if is_real else "within_error", trend)


def real_change_needed(test: FieldTest, old: float) -> float | None:
    """The smallest difference from `old`, in the unit of the test, that may be called a change; None = never."""
    if test.real_change is None:
        return None
    if test.real_change.kind == "absolute":
        return test.real_change.value
    return test.real_change.value / 100 * abs(old) if old else None


def change_sentence(test: FieldTest, result: Change) -> str:
    """What stands beside a previous value, in plain words and without praise or blame."""
    if result.needed is None:
        return "No measurement error is known for this test, so a difference is not called a change."
    error = f"{result.needed:.3g} {test.unit}"
    if result.is_real:
        return f"Real change: at least the measurement error of {error}."
    return f"Within measurement error ({error})."


def _trend(test: FieldTest, old: Value, new: Value) -> Trend:
    before, after = _badness(test, old), _badness(test, new)
    if before is None or after is None:
        return "same" if old == new else "different"
    if before == after:
        return "same"
    return "better" if after < before else "worse"


def _badness(test: FieldTest, value: Value) -> float | None:
    """A number that grows as the result gets worse; None for tests without a better direction."""
    if isinstance(value, str):
        return test.scoring.map.get(value) if isinstance(test.scoring, Mapped) else None
    if isinstance(test.scoring, Band):
        return max(0.0, test.scoring.normal_low - value, value - test.scoring.normal_high)
    return {"higher_better": -value, "lower_better": value}.get(test.direction)
