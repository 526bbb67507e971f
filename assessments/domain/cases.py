"""What the rules must make of single values, at least one for every test.  Data: cases.yaml."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from assessments.domain import rules as rules_module
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
from assessments.domain.records import Sex, Value
from assessments.domain.requests import value_problem
from assessments.domain.thresholds import absolute_deficit


class Case(Record, frozen=True):
    """One value of one runner, and the deficit that it is."""

    value: Value  # in the unit of the test, or one of its categories
    age: int  # years
    sex: Sex
    d: float | None  # 0 within the reference, 1 a full deficit; None: recorded, never scored
    published: bool = False  # a vector of the scoring proposal


class Cases(Record, frozen=True):
    meta: dict[str, str | None]
    plain_numbers: dict[str, dict[str, str]]
    tolerance: Quantity
    cases: dict[str, tuple[Case, ...]]  # test id -> its cases


@cache
def cases() -> Cases:
    """Read cases.yaml once per process and work out every case.

    Raises:
        DataProblem: a test has no case, or none that counts; or the rules answer otherwise than a case says.
    """
    document = read_yaml("cases.yaml")
    loaded = to_record(document, Cases, "cases.yaml")
    problems = number_problems(document, "cases.yaml", source_ids())
    problems += _problems(loaded)
    if problems:
        raise DataProblem(problems)
    return loaded


def deficit_of(test: FieldTest, case: Case) -> float | None:
    """What the rules make of a case: its deficit, 0 to 1; None for a test that is recorded only."""
    return absolute_deficit(test, case.value, case.age, case.sex).d if test.is_scored else None


def _problems(loaded: Cases) -> Iterator[str]:
    battery = rules_module.rules().battery
    for test_id in loaded.cases:
        if test_id not in battery.test:
            yield f"cases.yaml: unknown test {test_id}"
    for test in battery.tests:
        own = loaded.cases.get(test.id, ())
        if not own:
            yield f"cases.yaml: no case for {test.id}"
        elif test.is_scored and not any(case.d for case in own):
            yield f"cases.yaml: no case of {test.id} has a deficit"
        for case in own:
            yield from _case_problems(test, case, loaded.tolerance.value)


def _case_problems(test: FieldTest, case: Case, tolerance: float) -> Iterator[str]:
    if problem := value_problem(test, case.value):
        yield f"cases.yaml: {test.id}: {problem}"
        return
    d = deficit_of(test, case)
    if (d is None) != (case.d is None) or (d is not None and case.d is not None and abs(d - case.d) > tolerance):
        yield f"cases.yaml: {test.id} at {case.value}, {case.age} years, {case.sex}: {d}, not {case.d}"
