"""What is answered on a round of questions: one item, or the page at once. An empty answer is no answer, never 0."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from assessments.domain.outcomes import Measure, answer_problem, total_problem

MOST_DIGITS = 3


@dataclass
class Posted:
    """The answers that were changed since the page was drawn, and what cannot be read."""

    changes: dict[str, tuple[int | None, int | None]] = field(default_factory=dict)  # item -> (what stood there, now)
    errors: dict[str, str] = field(default_factory=dict)


def was_name(item: str) -> str:
    """The hidden field that says what stood on the page, so that an old tab writes nothing over newer answers."""
    return f"was-{item}"


def read_answers(measure: Measure, posted: Mapping[str, str], only: str = "") -> Posted:
    """Read a page of answers, or one item of it.

    Args:
        measure: whose items are asked.
        posted: item -> points or 0-10 as typed; "was-" + item -> what stood there. An item with neither is not asked.
        only: the one item that was pressed; "" = all of them.
    """
    found = Posted()
    for item in measure.round_items:
        if only not in ("", item.field) or (item.field not in posted and was_name(item.field) not in posted):
            continue
        typed, was = posted.get(item.field, "").strip(), _number(posted.get(was_name(item.field), "").strip())
        now = _number(typed)
        if typed and (now is None or answer_problem(measure, item.field, now)):
            found.errors[item.field] = "Please choose one of these."
        elif now != was:
            found.changes[item.field] = (was, now)
    return found


def _number(typed: str) -> int | None:
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) <= MOST_DIGITS else None


class Unreadable(ValueError):
    """str() is the sentence under the field."""


def read_total(measure: Measure, typed: str) -> float:
    """A total as the coach reads it off a sheet of paper.

    Raises:
        Unreadable: not a number of this measure, with its range.
    """
    typed = typed.strip().replace(",", ".")
    try:
        if len(typed) > 8 or not typed.isascii() or not set(typed) <= set(".0123456789"):
            raise ValueError
        total = float(typed)
    except ValueError:
        raise Unreadable(f"Write a number from {measure.total.min:g} to {measure.total.max:g}.") from None
    if problem := total_problem(measure, total):
        raise Unreadable(f"{problem}.")
    return total
