"""Outcome measures: what an answer is worth, and how much of a change means something.  Data: outcomes.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, cached_property
from typing import Literal

import msgspec

from assessments.domain.battery import Figure
from assessments.domain.data_files import (
    DataProblem,
    Quantity,
    Record,
    number_problems,
    read_yaml,
    source_ids,
    to_record,
)


class UnknownAnswer(ValueError):
    """An answer that the questionnaire does not offer."""


class Option(Record, frozen=True):
    text: str
    points: int


class Item(Record, frozen=True):
    field: str
    label: str
    options: tuple[Option, ...] = ()  # () = a number 0-10


class Total(Record, frozen=True):
    unit: str
    min: float
    max: float
    better: Literal["higher", "lower"]
    sources: tuple[str, ...]


class Meaning(Record, frozen=True):
    """From this much improvement on, this may be said."""

    value: float
    unit: str
    sources: tuple[str, ...]
    say: str


class Schedule(Record, frozen=True):
    unit: str
    sources: tuple[str, ...]
    weeks: tuple[int, ...]
    text: str


class Measure(Record, frozen=True):
    id: str
    name: str
    total: Total
    items: tuple[Item, ...]  # () = only the total may be entered (licence)
    item_note: str
    scoring: str
    changes: tuple[Meaning, ...]  # ascending
    app_rule: str
    schedule: Schedule
    figures: tuple[Figure, ...]
    embed: str
    licence_verified: bool
    sources: tuple[str, ...]
    warning: str = ""
    runner_name: str = ""  # what a runner reads instead of the name
    asked: tuple[str, ...] = ()  # fields of a round; () = all items
    changes_of: tuple[str, ...] = ()  # fields that `changes` are known for; () = the total

    @cached_property
    def item(self) -> Mapping[str, Item]:
        return {item.field: item for item in self.items}

    @cached_property
    def round_items(self) -> tuple[Item, ...]:
        """What one round asks, in order; () when only the total may be entered."""
        return tuple(self.item[field] for field in self.asked) if self.asked else self.items

    @property
    def has_total(self) -> bool:
        """Whether answers add up: everything but single 0-10 items."""
        return not self.items or all(item.options for item in self.items)


class RunRule(Record, frozen=True):
    during_max: Quantity
    settled_within: Quantity


class SlowRecovery(Record, frozen=True):
    symptom_months_above: Quantity
    akps_below: Quantity
    expected_course: str
    say_runner: str  # what a runner reads of it
    sources: tuple[str, ...]


class Outcomes(Record, frozen=True):
    meta: dict[str, str | None]
    plain_numbers: dict[str, dict[str, str]]
    measures: tuple[Measure, ...]
    run_ok: RunRule
    retest_every: Quantity
    slow_recovery: SlowRecovery
    notes: tuple[str, ...]

    @cached_property
    def measure(self) -> Mapping[str, Measure]:
        """Measures by id: pain_nrs, akps, koos_pf, lefs."""
        return {measure.id: measure for measure in self.measures}


class OutcomeChange(msgspec.Struct, frozen=True):
    amount: float  # new - old, points
    trend: Literal["better", "worse", "same"]
    say: str  # the strongest thing that may be said of it; "" = nothing beyond the numbers


@cache
def outcomes() -> Outcomes:
    """Load the outcome measures; DataProblem when the file is ill-formed or a number lacks unit or source."""
    document = read_yaml("outcomes.yaml")
    problems = number_problems(document, "outcomes.yaml", source_ids())
    loaded = to_record(document, Outcomes, "outcomes.yaml")
    for measure in loaded.measures:
        for item in measure.items:
            points = [option.points for option in item.options]
            if len(set(points)) != len(points):
                problems.append(f"{item.field}: two options are worth the same, so an answer cannot be read back")
        for field in {*measure.asked, *measure.changes_of} - set(measure.item):
            problems.append(f"{measure.id}: {field} is no item of it")
    if problems:
        raise DataProblem(problems)
    return loaded


def akps_total(answers: Mapping[str, int]) -> int | None:
    """Sum of the Anterior Knee Pain Scale.

    Args:
        answers: item field -> points of the chosen option (unique within an item, so they also identify it).

    Returns:
        0 to 100, higher is better; None until all 13 items are answered (no published rule for missing items was seen).

    Raises:
        UnknownAnswer: a field or points that the scale does not have.

    Source:
        akps_table; the points follow the open-access table, copies on the web differ.
    """
    items = outcomes().measure["akps"].item
    for field, points in answers.items():
        if field not in items:
            raise UnknownAnswer(f"{field} is not an item of the AKPS")
        if isinstance(points, bool) or points not in {option.points for option in items[field].options}:
            raise UnknownAnswer(f"{field}: no option is worth {points!r} points")
    if len(answers) < len(items):
        return None
    return sum(answers.values())


def answer_problem(measure: Measure, field: str, value: object) -> str:
    """Why a value is no answer to one item, in words; "" when it is one."""
    item = measure.item.get(field)
    if item is None:
        return f"{field} is not asked here"
    if isinstance(value, bool) or not isinstance(value, int):
        return "choose one of these"
    if item.options:
        return "" if value in {option.points for option in item.options} else "choose one of these"
    return (
        ""
        if measure.total.min <= value <= measure.total.max
        else f"choose {measure.total.min:g} to {measure.total.max:g}"
    )


def total_problem(measure: Measure, value: float) -> str:
    """Why a number is no total of this measure, in words; "" when it is one."""
    if measure.total.min <= value <= measure.total.max:
        return ""
    return f"{measure.name} goes from {measure.total.min:g} to {measure.total.max:g}"


def akps_points(field: str, text: str) -> int:
    """Points of one AKPS option by its text.

    Raises:
        UnknownAnswer: the scale has no such item or option.
    """
    item = outcomes().measure["akps"].item.get(field)
    for option in item.options if item else ():
        if option.text == text:
            return option.points
    raise UnknownAnswer(f"{field} has no option {text!r}")


def outcome_change(measure: Measure, old: float, new: float) -> OutcomeChange:
    """Compare two totals (or two answers of one 0-10 pain item).

    The thresholds are for improvement; a change for the worse is told in plain numbers.  For pain they hold for the two
    seven-day items only (worst and usual).
    """
    amount = new - old
    gain = amount if measure.total.better == "higher" else -amount
    reached = [meaning.say for meaning in measure.changes if gain >= meaning.value]
    trend: Literal["better", "worse", "same"] = "same" if gain == 0 else "better" if gain > 0 else "worse"
    return OutcomeChange(amount, trend, reached[-1] if reached else "")


def run_ok(during: int | None, before: int | None, next_morning: int | None, settled_min: int | None) -> bool | None:
    """Did the knee take the run well?

    Args:
        during, before, next_morning: pain 0-10; None = not answered.
        settled_min: minutes until pain was back to its level before the run; None = not answered.

    Returns:
        False as soon as one answer says so, True when all four are known and fine, else None (missing is not zero).

    Source:
        trek_runners: at most 2/10 in the run, back to the level before it within 60 min, no rise next morning.
    """
    rule = outcomes().run_ok
    rose = None if next_morning is None or before is None else next_morning > before
    over = None if during is None else during > rule.during_max.value
    lingered = None if settled_min is None else settled_min > rule.settled_within.value
    answers = (over, rose, lingered)
    if any(answers):
        return False
    return None if None in answers else True


def slow_recovery(symptom_months: float | None, akps: float | None) -> bool | None:
    """Is it time to talk about expectations?  True when symptoms are long or the AKPS is low; None while unknown.

    Source:
        collins2013; the exact cut-points were not visible in it, so they are marked unverified (outcomes.yaml).
    """
    rule = outcomes().slow_recovery
    long_standing = None if symptom_months is None else symptom_months > rule.symptom_months_above.value
    low = None if akps is None else akps < rule.akps_below.value
    if long_standing or low:
        return True
    return None if long_standing is None or low is None else False
