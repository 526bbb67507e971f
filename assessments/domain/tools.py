"""What the sheet itself can measure with: a watch for holds, a metronome, the tilt sensor of a phone.  Data: tools.yaml."""

from __future__ import annotations

from functools import cache
from typing import Literal

import msgspec

from assessments.domain import rules as rules_module
from assessments.domain.battery import FieldTest
from assessments.domain.data_files import DataProblem, Quantity, Record, read_yaml, to_record

SECONDS, REPETITIONS = "seconds", "repetitions"


class Metronome(Record, frozen=True):
    beats_per_min: Quantity
    beats_per_repetition: Quantity
    count_in: Quantity  # beats before the first repetition
    moves: tuple[str, ...]  # what is done on each beat of a repetition


class Inclinometer(Record, frozen=True):
    kind: Literal["turn", "tilt"]  # unsigned turn since zero | signed tilt of the long edge since zero
    zero: str  # where the phone is zeroed and then held


class Tools(Record, frozen=True):
    meta: dict[str, str | None]
    limits: dict[str, Quantity]
    metronomes: dict[str, Metronome]
    inclinometers: dict[str, Inclinometer]
    figures: dict[str, str]  # test -> id of a drawn exercise


class Tool(msgspec.Struct, frozen=True):
    """What is offered beside the fields of one test."""

    watch: bool = False
    limit_s: int | None = None  # the protocol's last second; None = it has none
    metronome: Metronome | None = None
    inclinometer: Inclinometer | None = None
    figure: str = ""  # id of a drawn exercise that shows the movement


def tool_of(test: FieldTest) -> Tool:
    """The tools of one test: a watch when its unit is seconds, the others where tools.yaml lists them."""
    limit = tools().limits.get(test.id)
    return Tool(
        watch=test.unit == SECONDS,
        limit_s=int(limit.value) if limit else None,
        metronome=tools().metronomes.get(test.id),
        inclinometer=tools().inclinometers.get(test.id),
        figure=tools().figures.get(test.id, ""),
    )


@cache
def tools() -> Tools:
    """Read tools.yaml once per process.

    Raises:
        DataProblem: the file is ill-formed, or offers a tool to a test that it does not fit.
    """
    loaded = to_record(read_yaml("tools.yaml"), Tools, "tools.yaml")
    problems = contradictions(loaded)
    if problems:
        raise DataProblem(problems)
    return loaded


def contradictions(loaded: Tools) -> list[str]:
    """Everything in the file that cannot be meant, one line each."""
    known = rules_module.rules().battery.test
    problems = []
    for kind, ids in (
        ("limits", loaded.limits),
        ("metronomes", loaded.metronomes),
        ("inclinometers", loaded.inclinometers),
        ("figures", loaded.figures),
    ):
        problems += [f"{kind}: unknown test {test}" for test in ids if test not in known]
    for test, limit in loaded.limits.items():
        if test in known and known[test].unit != SECONDS:
            problems.append(f"limits: {test} is not held for seconds")
        elif test in known and f"{limit.value:g} s" not in " ".join(known[test].protocol):
            problems.append(f"limits: the protocol of {test} does not name {limit.value:g} s")
    for test, metronome in loaded.metronomes.items():
        if test in known and known[test].unit != REPETITIONS:
            problems.append(f"metronomes: {test} does not count repetitions")
        if len(metronome.moves) != metronome.beats_per_repetition.value:
            problems.append(f"metronomes: {test} needs one move for each beat of a repetition")
        if test in known and f"{metronome.beats_per_min.value:g} beats/min" not in " ".join(known[test].protocol):
            problems.append(f"metronomes: the protocol of {test} does not name its beat")
    problems += [
        f"inclinometers: {test} is not read in degrees"
        for test in loaded.inclinometers
        if test in known and not known[test].unit.startswith("degrees")
    ]
    return problems
