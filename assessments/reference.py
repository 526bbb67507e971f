"""What a test is compared with, in words: the reference, the sheet's hint, the difference between the sides."""

from dataclasses import dataclass

from assessments.domain import scoring
from assessments.domain.battery import Band, FieldTest, Linear, Mapped, NotScored, Steps
from assessments.domain.records import Sex, Value
from assessments.domain.thresholds import absolute_deficit
from assessments.domain.wording import value_text, wording

SHORT_UNITS = {
    "degrees": "°",
    "degrees of knee flexion": "°",
    "seconds": "s",
    "repetitions": "reps",
    "steps/min": "a min",
    "%BW": "% BW",
}


@dataclass(frozen=True)
class Reference:
    text: str  # "9 cm or more"; "" for a test that is recorded only
    basis: str  # id
    basis_name: str
    basis_text: str


def unit_text(test: FieldTest) -> str:
    """The unit as it stands behind a field; a rating scale shows what it is out of."""
    if test.unit in ("faults", "points", "NRS 0-10") and test.input.valid and test.input.valid[0] == 0:
        return f"of {test.input.valid[1]:g}"
    return SHORT_UNITS.get(test.unit, test.unit)


def short_value(test: FieldTest, value: Value) -> str:
    """A value as it stands in a table: 120°, 6.5 cm, 3 of 6, a category in words."""
    if isinstance(value, str):
        return value_text(value, test.unit)
    return _with_unit(value, unit_text(test))


def _with_unit(value: float, unit: str) -> str:
    return f"{value:.4g}{'' if unit[0] in '°%' else ' '}{unit}"


def short_amount(test: FieldTest, amount: float) -> str:
    """A difference: as a value, but 2 points and not 2 of 6."""
    return short_value(test, amount) if not unit_text(test).startswith("of ") else f"{amount:.4g}"


def reference_of(test: FieldTest, age: int, sex: Sex) -> Reference:
    """The reference of one test for one runner.

    Args:
        test: of the battery.
        age: years.
        sex: female, male or undisclosed (the mean of both).
    """
    basis = wording().words.basis[test.scoring.basis]
    return Reference(_reference_text(test, age, sex), test.scoring.basis, basis.name, basis.text)


def _reference_text(test: FieldTest, age: int, sex: Sex) -> str:
    match test.scoring:
        case NotScored():
            return ""
        case Mapped(map=scores):
            best = min(scores, key=scores.__getitem__)
            return value_text(best, test.unit)
        case Steps(steps=steps):
            return f"{short_value(test, steps[0].max or 0.0)} or less"
        case Band(normal_low=low, normal_high=high):
            return f"{low:g} to {high:g} {unit_text(test)}"
        case Linear():
            low, _ = test.input.valid or (0.0, 0.0)
            normal = absolute_deficit(test, low, age, sex).normal
            if normal == low and test.direction == "lower_better":
                return short_value(test, normal)
            return f"{short_value(test, normal)} or {'more' if test.direction == 'higher_better' else 'less'}"
    raise TypeError(f"no words for the scoring of {test.id}")


def difference_text(test: FieldTest, left: Value, right: Value) -> str:
    """How the sides differ, and whether that is more than this test's own limit. "" when they do not or cannot."""
    if isinstance(left, str) or isinstance(right, str):
        return "" if left == right else "Left and right differ"
    if left == right:
        return "Both sides the same"
    side, other = ("right", "left") if right < left else ("left", "right")
    if test.direction == "lower_better":
        side = other  # name the side with the larger value: it is the one to look at
    word = "more" if test.direction == "lower_better" else "less"
    if test.asymmetry and test.asymmetry.kind == "percent":
        amount = f"{scoring.side_difference(test, left, right):.0f}%"
        limit = f"{test.asymmetry.a0:g}%"
    else:
        amount = short_amount(test, abs(left - right))
        limit = short_amount(test, test.asymmetry.a0) if test.asymmetry else ""
    text = f"{amount} {word} on the {side}"
    if not limit:
        return text
    counts = bool(scoring.asymmetry(test, left, right))
    return f"{text}; {'counts from' if counts else 'counts only from'} {limit}"
