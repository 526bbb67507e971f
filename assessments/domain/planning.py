"""What the plan takes from the findings: severities per root cause, and one side difference.  Data: planning.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import msgspec

from assessments.domain import rules as rules_module
from assessments.domain import scoring
from assessments.domain.battery import FieldTest
from assessments.domain.data_files import (
    DataProblem,
    Quantity,
    Record,
    number_problems,
    read_yaml,
    source_ids,
    to_record,
)
from assessments.domain.records import AreaFinding, AssessRequest, AssessResult
from assessments.domain.rules import Rules


class AsymmetryRule(Record, frozen=True):
    worth_telling: Quantity
    exercises: dict[str, str]  # battery test -> exercise of the library, in order of precedence


class Planning(Record, frozen=True):
    meta: dict[str, str | None]
    max_move: Quantity
    asymmetry: AsymmetryRule


class SideDifference(msgspec.Struct, frozen=True):
    """The largest side difference of the battery, as the plan brief's `asymmetry`."""

    side: str  # the weaker side
    test: str  # the exercise whose chain trains it
    percent: float  # (strong - weak) / strong, unrounded
    measured_by: str  # the battery test behind it

    def as_brief(self) -> dict[str, str | float]:
        return {"side": self.side, "test": self.test, "percent": self.percent}


@cache
def planning() -> Planning:
    """Load the hand-over rules; DataProblem when a number lacks unit or source or a test is unknown."""
    document = read_yaml("planning.yaml")
    loaded = to_record(document, Planning, "planning.yaml")
    problems = number_problems(document, "planning.yaml", source_ids())
    known = rules_module.rules().battery.test
    problems += [
        f"planning.yaml: {test} is not a two-sided test" for test in loaded.asymmetry.exercises
        if test not in known or not known[test].per_side
    ]  # fmt: skip
    if problems:
        raise DataProblem(problems)
    return loaded


def effective_severity(finding: AreaFinding) -> float | None:
    """How much an area asks of the plan: score x (0.5 + 0.5 x confidence), 0-1, on the side the finding reports.

    None when there is not enough data (it then takes part with its base share and a warning) and for the context area.
    """
    return finding.rank_value


def severities(result: AssessResult, overruled: Mapping[str, float] | None = None) -> dict[str, float | None]:
    """Effective severity per root cause, in the order of the battery.

    Args:
        result: of findings.assess.
        overruled: a coach's own figures, 0-1; they replace the computed ones and must be named where they are shown.

    Returns:
        One entry per root cause; None = not assessed.  While the gate is open all are None.
    """
    overruled = overruled or {}
    areas = [area.id for area in rules_module.rules().battery.areas if area.is_ranked]
    computed = {area: effective_severity(result.areas[area]) if area in result.areas else None for area in areas}
    return {area: overruled.get(area, computed[area]) for area in areas}


def damped(previous: float | None, rescored: float | None) -> float | None:
    """Move a severity towards its re-scored value by at most 0.25, so that the plan does not swing.

    Args:
        previous: severity in force since the last re-score at least four weeks ago; None = not assessed then.
        rescored: severity of the new assessment; None = not enough data now.

    Returns:
        The severity to plan with.  The first figure of an area is taken as it is; without a new figure there is none.
    """
    if previous is None or rescored is None:
        return rescored
    step = planning().max_move.value
    return min(previous + step, max(previous - step, rescored))


def largest_side_difference(request: AssessRequest, rules: Rules | None = None) -> SideDifference | None:
    """The largest side difference among the tests that a one-sided exercise can train.

    Args:
        request: with values of both sides; a side stopped by pain does not count.
        rules: the shipped ones unless given.

    Returns:
        The difference of at least 10 %, (strong - weak) / strong; ties go to the test listed first.  None below that.
        For fault ratings, where 0 is best, strength is the part of the scale without faults (1 of 6 faults against 3
        is (5 - 3) / 5 = 40 %), and the two ratings must differ by their own measurement error or more.

    Source:
        Program rule R-S6; the reading for fault ratings is the studio's own.
    """
    rules = rules or rules_module.rules()
    rule = planning().asymmetry
    found = []
    for test_id, exercise in rule.exercises.items():
        strength = _strengths(rules.battery.test[test_id], request, rules)
        if strength is None or max(strength) <= 0:
            continue
        left, right = strength
        percent = 100 * abs(left - right) / max(strength)
        if percent >= rule.worth_telling.value:
            found.append(SideDifference("left" if left < right else "right", exercise, percent, test_id))
    return max(found, key=lambda difference: difference.percent, default=None)


def _strengths(test: FieldTest, request: AssessRequest, rules: Rules) -> tuple[float, float] | None:
    values = []
    for side in test.sides:
        reading = request.measurements.get(test.id, {}).get(side)
        if reading is None or not isinstance(reading.value, int | float):
            return None
        if scoring.pain_quality(reading.pain, rules.scheme) == 0:
            return None
        top = test.input.valid[1] if test.input.valid else 0.0
        values.append(top - reading.value if test.direction == "lower_better" else reading.value)
    error = test.real_change.value if test.real_change and test.direction == "lower_better" else 0.0
    return (values[0], values[1]) if abs(values[0] - values[1]) >= error else None
