"""What is typed into the sheet of an assessment: one field, or all of it at once. Errors belong to their field."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from assessments.domain.battery import FieldTest
from assessments.domain.records import Value
from assessments.domain.requests import pain_problem, value_problem
from assessments.reference import short_value

LONGEST = 40  # characters that a field takes; whatever is longer is no measurement
LONGEST_NOTE = 4000  # characters
NOTE = "note"


class Unreadable(ValueError):
    """str() is the sentence under the field; `instead` is a value that may have been meant."""

    def __init__(self, message: str, instead: str = "") -> None:
        self.instead = instead
        super().__init__(message)


def value_name(test: str, side: str) -> str:
    return f"{test}-{side}"


def pain_name(test: str, side: str) -> str:
    return f"{test}-{side}-pain"


def part_name(test: str, side: str, part: str) -> str:
    """Name of the field of "value" or "pain"."""
    return pain_name(test, side) if part == "pain" else value_name(test, side)


def was_name(name: str) -> str:
    """Name of the hidden field with what stood there when the page was drawn, or was saved last from this page."""
    return f"{name}-was"


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
        shown = typed if len(typed) <= LONGEST else f"{typed[:LONGEST]}…"
        raise Unreadable(f"“{shown}” is not a number. Write one such as {_example(test)}.")
    if value_problem(test, number):
        raise Unreadable(*_out_of_range(test, number))
    return number


def _number(typed: str) -> float | None:
    typed = typed.replace("−", "-").replace(",", ".")
    if len(typed) > LONGEST or not typed.isascii() or not set(typed) <= set("+-.0123456789"):
        return None
    try:
        return float(typed) + 0.0  # -0 is 0
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


def read_note(typed: str) -> str:
    """The coach's note. Raises Unreadable when it is longer than the studio keeps."""
    note = typed.replace("\0", "")
    if len(note) > LONGEST_NOTE:
        raise Unreadable(f"At most {LONGEST_NOTE} characters, please.")
    return note


@dataclass(frozen=True)
class Conflict:
    """A field that somebody else changed meanwhile: what stands there now, what was typed, and how that is told."""

    sentence: str
    stored: str  # field text
    typed: str
    keep: str  # words of the button that leaves what is stored
    use: str  # words of the button that puts in what was typed


@dataclass
class Sheet:
    """What was posted of a sheet: what is right, what is not and why, and those fields as they were typed."""

    readings: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    seen: dict[tuple[str, str], dict[str, frozenset[str]]] = field(default_factory=dict)
    note: str | None = None  # None: not posted, or not changed
    note_seen: frozenset[str] | None = None  # fingerprints
    errors: dict[str, Unreadable] = field(default_factory=dict)  # field name -> problem
    conflicts: dict[str, Conflict] = field(default_factory=dict)  # field name -> what stands there instead
    typed: dict[str, str] = field(default_factory=dict)  # field name -> text, of the fields with either
    was: dict[str, str] = field(default_factory=dict)  # field name -> what its writer saw, of the fields with an error

    @property
    def is_clean(self) -> bool:
        return not self.errors and not self.conflicts


def read_sheet(tests: Iterable[FieldTest], posted: QueryDict) -> Sheet:
    """Read the fields that were changed since the sheet was drawn.

    Each field comes with what stood in it (`…-was`), so that an old tab does not write old values over new ones, and a
    field that is not on the sheet is left as it is. An emptied field is taken back. `keep` names fields of which the
    stored value stays.
    """
    sheet, keep = Sheet(), set(posted.getlist("keep"))
    for test in tests:
        for side in test.sides:
            for part in ("value", "pain"):
                name = part_name(test.id, side, part)
                typed = posted.get(name, "").replace("\0", "")
                if was_name(name) not in posted or posted[was_name(name)] == typed or name in keep:
                    continue
                read_into(sheet, test, side, part, typed, posted.getlist(was_name(name)))
    if NOTE in posted and NOTE not in keep:
        read_note_into(sheet, posted)
    return sheet


def read_into(
    sheet: Sheet,
    test: FieldTest,
    side: str,
    part: str,
    typed: str,
    seen: list[str],
) -> None:
    """Put one field into the sheet, as what it says or as its error."""
    name = part_name(test.id, side, part)
    try:
        content = read_pain(typed) if part == "pain" else read_value(test, typed)
    except Unreadable as problem:
        _keep_typed(sheet, name, typed, seen, problem)
        return
    sheet.readings.setdefault((test.id, side), {})[part] = content
    if seen:
        sheet.seen.setdefault((test.id, side), {})[part] = frozenset(seen)


def read_note_into(sheet: Sheet, posted: QueryDict) -> None:
    """Put the note into the sheet, as what it says or as its error."""
    seen = posted.getlist(was_name(NOTE))
    try:
        sheet.note = read_note(posted.get(NOTE, ""))
    except Unreadable as problem:
        _keep_typed(sheet, NOTE, posted[NOTE], seen, problem)
        return
    sheet.note_seen = frozenset(seen) if seen else None


def _keep_typed(sheet: Sheet, name: str, typed: str, seen: list[str], problem: Unreadable) -> None:
    """What cannot be read stays in its field as it was typed; what its writer saw there stays with it."""
    sheet.errors[name], sheet.typed[name] = problem, typed
    if seen:
        sheet.was[name] = seen[-1]
