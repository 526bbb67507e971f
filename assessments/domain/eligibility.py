"""Which tests must not be done with a runner today, and why.  Data: contraindications.yaml."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache, cached_property
from typing import Literal

import msgspec

from assessments.domain import rules as rules_module
from assessments.domain.battery import Battery
from assessments.domain.data_files import (
    DataProblem,
    Quantity,
    Record,
    number_problems,
    read_yaml,
    source_ids,
    to_record,
)
from assessments.domain.rules import Rules

GENERAL_PREFIX = "general: "
Known = Literal["tag", "flag", "question", "today"]


class Question(Record, frozen=True):
    """What nobody knows beforehand and the coach asks before the first test."""

    id: str
    ask: str


class GeneralLine(Record, frozen=True):
    text: str
    kind: Literal["gate", "rest_pain", "during", "ill", "warm_up"]


class BarLine(Record, frozen=True):
    """One free-text contra-indication of the battery and what makes it true."""

    text: str
    tags: tuple[str, ...] = ()  # of the runner's record
    flags: tuple[str, ...] = ()  # red flags with a yes
    questions: tuple[str, ...] = ()
    during: bool = False  # it (also) shows while the test is done


class Limit(Record, frozen=True):
    """What a caution takes out."""

    flag: str
    reason: str  # a whole sentence without its point: nothing is said beside it
    sources: tuple[str, ...]
    tests: tuple[str, ...]


class Contraindications(Record, frozen=True):
    meta: dict[str, str | None]
    rest_pain_above: Quantity
    warm_up: Quantity
    questions: tuple[Question, ...]
    general: tuple[GeneralLine, ...]
    lines: tuple[BarLine, ...]
    limits: tuple[Limit, ...]

    @cached_property
    def question(self) -> Mapping[str, Question]:
        """Questions by id, in the order of asking."""
        return {question.id: question for question in self.questions}

    @cached_property
    def line(self) -> Mapping[str, BarLine]:
        """Lines by their text in the battery."""
        return {line.text: line for line in self.lines}


class Facts(msgspec.Struct, frozen=True):
    """What is known of a runner on the day."""

    tags: frozenset[str] = frozenset()
    flags: frozenset[str] = frozenset()  # red flags with a yes that did not close the gate
    said: frozenset[str] = frozenset()  # questions with a yes
    rest_pain_nrs: int | None = None  # 0-10; None = not answered
    feels_ill: bool = False


class Barred(msgspec.Struct, frozen=True):
    """Why a test must not be done: the line of the battery that holds, and which fact makes it hold."""

    reason: str  # a sentence without its point
    known_by: Known  # where the fact comes from; today = pain at rest, feeling ill
    fact: str = ""  # id of the tag, red flag or question; "" for today and where the reason says it all


@cache
def contraindications() -> Contraindications:
    """Load the file; DataProblem when it does not fit the battery or the red flags."""
    document = read_yaml("contraindications.yaml")
    loaded = to_record(document, Contraindications, "contraindications.yaml")
    problems = number_problems(document, "contraindications.yaml", source_ids())
    problems += list(_problems(loaded, rules_module.rules()))
    if problems:
        raise DataProblem(problems)
    return loaded


def _problems(loaded: Contraindications, rules: Rules) -> Iterator[str]:
    battery, name = rules.battery, "contraindications.yaml"
    questions = {question.id for question in loaded.questions}
    for test in battery.tests:
        for text in test.contraindications:
            own = not text.startswith(GENERAL_PREFIX) and text.removeprefix("As ") not in battery.test
            if own and text not in loaded.line:
                yield f"{name}: no line for {text!r} of {test.id}"
    used = {text for test in battery.tests for text in test.contraindications}
    for line in loaded.lines:
        if line.text not in used:
            yield f"{name}: {line.text!r} is no line of the battery"
        if not (line.tags or line.flags or line.questions or line.during):
            yield f"{name}: nothing makes {line.text!r} true"
        for flag in line.flags:
            if flag not in rules.red_flags.flag:
                yield f"{name}: unknown red flag {flag}"
        for question in line.questions:
            if question not in questions:
                yield f"{name}: unknown question {question}"
    if tuple(line.text for line in loaded.general) != battery.general_contraindications:
        yield f"{name}: the general lines are not those of the battery"
    asked = {question for line in loaded.lines for question in line.questions}
    for question in sorted(questions - asked):
        yield f"{name}: nothing asks for {question}"
    for limit in loaded.limits:
        if limit.flag not in rules.red_flags.flag:
            yield f"{name}: unknown red flag {limit.flag}"
        for test_id in limit.tests:
            if test_id not in battery.test:
                yield f"{name}: unknown test {test_id}"


def barred_today(facts: Facts) -> str:
    """Why nothing at all is tested today, in words for the coach; "" = nothing speaks against it."""
    limit = contraindications().rest_pain_above
    if facts.feels_ill:
        return "Ill or feverish."
    if facts.rest_pain_nrs is not None and facts.rest_pain_nrs > limit.value:
        return f"Knee pain at rest: {facts.rest_pain_nrs} of 10, above {limit.value:g}."
    return ""


def barred(facts: Facts, battery: Battery | None = None) -> dict[str, Barred]:
    """The tests that must not be done, each with its reason.

    Args:
        facts: what is known of the runner today.  The red-flag gate is looked at before; a test that hurts above 5 is
            stopped while it is done, and not scored.
        battery: the shipped one unless given.

    Returns:
        Test id -> why, in battery order: the first line of the battery that holds, or the caution's limit.  Knowing
        more never allows more.  A test without an entry may be done.
    """
    battery = battery or rules_module.rules().battery
    known = contraindications()
    everything = barred_today(facts)
    if everything:
        return {test.id: Barred(everything.removesuffix("."), "today") for test in battery.tests}
    found = ((test.id, _why(battery, known, test.id, facts)) for test in battery.tests)
    return {test: why for test, why in found if why}


def _why(battery: Battery, known: Contraindications, test_id: str, facts: Facts) -> Barred | None:
    for text in battery.contraindications(test_id):
        line = known.line.get(text)
        if line and (fact := _fact(line, facts)):
            return Barred(text, *fact)
    for limit in known.limits:
        if limit.flag in facts.flags and test_id in limit.tests:
            return Barred(limit.reason, "flag")
    return None


def _fact(line: BarLine, facts: Facts) -> tuple[Known, str] | None:
    """The first fact that makes a line hold: what was said today, then the record, then the red flags."""
    ways: tuple[tuple[Known, tuple[str, ...], frozenset[str]], ...] = (
        ("question", line.questions, facts.said),
        ("tag", line.tags, facts.tags),
        ("flag", line.flags, facts.flags),
    )
    for kind, ids, known in ways:
        for one in ids:
            if one in known:
                return kind, one
    return None
