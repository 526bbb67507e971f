"""What is typed into the sheet of an assessment: one field, or all of it at once. Errors belong to their field."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from assessments.domain.battery import FieldTest
from assessments.domain.records import Value
from assessments.domain.requests import pain_problem, value_problem
from assessments.reference import short_value

LONGEST = 40  # characters that a field takes; whatever is longer is no measurement


class Unreadable(ValueError):
    """str() is the sentence under the field; `instead` is a value that may have been meant."""

    def __init__(self, message: str, instead: str = "") -> None:
        self.instead = instead
        super().__init__(message)


def value_name(test: str, side: str) -> str:
    return f"{test}-{side}"


def pain_name(test: str, side: str) -> str:
    return f"{test}-{side}-pain"


def read_value(test: FieldTest, typed: str) -> Value | None:
    """The value of one field; empty is None, not measured.

    Raises:
        Unreadable: not a value of this test, with what is allowed, in the words of the sheet.
    """
    typed = typed.strip()
    if not typed:
        return None
    if test.input.kind == "choice":
        if value_problem(test, typed):
            raise Unreadable("Choose one of these.")
        return typed
    number = _number(typed)
    if number is None:
        raise Unreadable(f"“{typed[:LONGEST]}” is not a number. Write one such as {_example(test)}.")
    if value_problem(test, number):
        raise Unreadable(*_out_of_range(test, number))
    return number


def _number(typed: str) -> float | None:
    typed = typed.replace("−", "-").replace(",", ".")
    if len(typed) > LONGEST or not typed.isascii() or not set(typed) <= set("+-.0123456789"):
        return None
    try:
        return float(typed)
    except ValueError:
        return None


def _example(test: FieldTest) -> str:
    low, high = test.input.warn or test.input.valid or (0.0, 10.0)
    middle = (low + high) / 2
    return f"{middle:.0f}"


def _out_of_range(test: FieldTest, number: float) -> tuple[str, str]:
    low, high = test.input.valid or (number, number)
    if low <= number <= high:
        return "A whole number, please.", f"{number:.0f}"
    said = f"Over {short_value(test, high)}." if number > high else f"Under {short_value(test, low)}."
    warn_low, warn_high = test.input.warn or (low, high)
    tenth = number / 10  # the point that was not typed
    if warn_low <= tenth <= warn_high and value_problem(test, tenth) is None:
        return f"{said} Did you mean {tenth:g}?", f"{tenth:g}"
    return f"{said} Between {low:g} and {high:g} is possible.", ""


def read_pain(typed: str) -> int | None:
    """0-10 NRS; empty is None, not answered."""
    typed = typed.strip()
    if not typed:
        return None
    pain = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 4 else None
    if pain is None or pain_problem(pain):
        raise Unreadable("Choose a number from 0 to 10, or skip.")
    return pain


@dataclass
class Sheet:
    """A whole sheet as it was posted: what is right, what is wrong and why, and all of it as it was typed."""

    readings: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    errors: dict[str, Unreadable] = field(default_factory=dict)  # field name -> problem
    typed: dict[str, str] = field(default_factory=dict)  # field name -> text, of the fields with an error


def read_sheet(tests: Iterable[FieldTest], posted: Mapping[str, str]) -> Sheet:
    """Read the fields that were changed since the sheet was drawn.

    Each field comes with what stood in it (`…-was`), so that an old tab does not write old values over new ones, and a
    field that is not on the sheet is left as it is. An emptied field is taken back.
    """
    sheet = Sheet()
    for test in tests:
        for side in test.sides:
            parts: dict[str, Any] = {}
            for part, name, read in (
                ("value", value_name(test.id, side), lambda text, test=test: read_value(test, text)),
                ("pain", pain_name(test.id, side), read_pain),
            ):
                typed = posted.get(name, "")
                if posted.get(f"{name}-was", typed) == typed:
                    continue
                try:
                    parts[part] = read(typed)
                except Unreadable as problem:
                    sheet.errors[name], sheet.typed[name] = problem, typed
            if parts:
                sheet.readings[test.id, side] = parts
    return sheet
