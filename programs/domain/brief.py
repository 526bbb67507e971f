"""Reading a plan request: JSON in, a Brief out, or every problem at once (contracts.md, plan)."""

from __future__ import annotations

from typing import Any, cast

import msgspec

from programs.domain.library import ROOT_CAUSES, Library
from programs.domain.reading import Fields, InputProblems, show
from programs.domain.records import WEEKDAYS, Asymmetry, Brief, Gate, RunBrief, Severity, Side, Weekday
from programs.domain.rules import Rules

GATES = ("none", "caution", "refer", "stop_urgent")
AN_EXERCISE = "an exercise id of the library"


def parse_brief(document: Any, library: Library, rules: Rules) -> Brief:
    """Read a plan request.

    Args:
        document: the parsed JSON.
        library: the exercise library, for equipment, tag and exercise ids.
        rules: the program rules, for the ladder's stages and defaults.

    Returns:
        The brief, lists in the library's or the week's order, each entry once.

    Raises:
        InputProblems: one line per unknown key, wrong type, value out of range or missing field.
    """
    problems: list[str] = []
    top = Fields(document, "", problems)
    ids = [exercise.id for exercise in library]
    phase = top.whole("phase", 1, 4)
    weeks = top.whole("weeks", 1, 12)
    days = top.whole("days", 2, 5)
    minutes = top.whole("minutes", 15, 90, "min")
    weekdays = top.choices("weekdays", WEEKDAYS, required=False)
    given = top.value.get("weekdays", [])
    if top.has("weekdays") and isinstance(given, list) and (len(weekdays) != days or len(given) != days):
        top.problem("weekdays", f"{len(weekdays)} different days given, exactly {days} (days) expected")
    brief = Brief(
        phase=phase,
        weeks=weeks,
        days=days,
        minutes=minutes,
        weekdays=cast(tuple[Weekday, ...], weekdays),
        hard_run_days=cast(tuple[Weekday, ...], top.choices("hard_run_days", WEEKDAYS, required=False)),
        kit=top.choices("kit", list(library.equipment), required=True),
        tags=top.choices("tags", list(library.tags), required=True),
        exclude=top.choices("exclude", ids, required=False, naming=AN_EXERCISE),
        prefer=top.choices("prefer", ids, required=False, naming=AN_EXERCISE),
        keep=top.choices("keep", ids, required=False, naming=AN_EXERCISE),
        severity=_severity(top.object("severity", required=True)) or Severity(),
        previous_severity=_severity(top.object("previous_severity", required=False)),
        asymmetry=_asymmetry(top.object("asymmetry", required=False), ids),
        run=_run(top.object("run", required=True), rules),
        previous=top.choices("previous", ids, required=False, naming=AN_EXERCISE),
        gate=cast(Gate, top.choice("gate", GATES)),
    )
    top.done()
    if problems:
        raise InputProblems(problems)
    return brief


def brief_document(brief: Brief) -> dict[str, Any]:
    """The brief as the request that gives it back, for a script or a test."""
    document = msgspec.to_builtins(brief)
    if not brief.weekdays:
        del document["weekdays"]
    return document


def _severity(fields: Fields | None) -> Severity | None:
    if fields is None:
        return None
    found = {}
    for cause in ROOT_CAUSES:
        if fields.require(cause, "a number 0-1 or null"):
            found[cause] = fields.number(cause, 0, 1, null=True)
    fields.done()
    return Severity(**found)


def _asymmetry(fields: Fields | None, ids: list[str]) -> Asymmetry | None:
    if fields is None:
        return None
    side = fields.choice("side", ("left", "right"))
    test = ""
    if fields.require("test", AN_EXERCISE):
        test = fields.value["test"]
        if not isinstance(test, str) or test not in ids:
            fields.problem("test", f"{show(test)} is not {AN_EXERCISE}")
    percent = fields.number("percent", 0, 100, "%", null=False)
    fields.done()
    return Asymmetry(side=cast(Side, side), test=test, percent=percent or 0.0)


def _run(fields: Fields | None, rules: Rules) -> RunBrief:
    if fields is None:
        return RunBrief(stage=None)
    last = len(rules.run_ladder) - 1
    stage = None
    if fields.require("stage", f"a whole number 0-{last} or null") and fields.value["stage"] is not None:
        stage = fields.whole("stage", 0, last)
    brief = RunBrief(
        stage=stage,
        longest_30d_min=fields.number("longest_30d_min", 0, 1440, "min", null=True),
        cadence_spm=fields.number("cadence_spm", 100, 250, "steps/min", null=True),
        per_week=fields.whole("per_week", 0, 7, "runs", default=rules.running.per_week),
    )
    fields.done()
    return brief
