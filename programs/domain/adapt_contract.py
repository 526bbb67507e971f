"""The JSON around the adaptation rules: a request in, the answer out, or every problem in it at once (contracts.md, adapt).

Every part may be left out.  What is left out is the careful choice: no phase is phase 1, no kit is body weight, no completion
is not known, a dose is the library's.  A line's newest sessions and the days say how long the gap is; there is no other clock.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import date
from typing import Any, TypeVar, cast

import msgspec

from programs.domain import adapting, consistency, monitoring
from programs.domain.consistency import Day, WeekStatus
from programs.domain.dose import default_dose
from programs.domain.library import PILLARS, DoseKind, Exercise, Library, library
from programs.domain.monitoring import Action, AnswerRange, Response, adaptation_rules
from programs.domain.reading import Fields, InputProblems, show
from programs.domain.records import Dose
from programs.domain.rules import rules
from programs.domain.tracking import PastSession, TrackedLine

DOSE_KINDS = ("reps_load", "reps", "hold", "duration", "distance")
ACTIONS = tuple(str(action) for action in Action)
STATUSES = tuple(str(status) for status in WeekStatus)
FIRST_DATE, LAST_DATE = date(1900, 1, 1), date(2200, 12, 31)
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
TEMPO = re.compile(r"[0-9]{1,2}(-[0-9]{1,2}){3}")
ID_LENGTH = 200  # characters
CREDIT = AnswerRange(min=0, max=1)
AMOUNT = AnswerRange(min=0, max=10_000)  # repetitions, seconds or metres of one set
RIR = AnswerRange(min=0, max=10, whole=True)
STEP_MIN_KG = 0.05

Item = TypeVar("Item")


class AdaptRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A request, read."""

    phase: int
    kit: tuple[str, ...]
    tags: tuple[str, ...]
    responses: tuple[tuple[str, Response], ...]  # id -> how that line of a session went
    lines: tuple[TrackedLine, ...]
    days: tuple[Day, ...]
    weeks: tuple[WeekStatus, ...] | None  # closed weeks, oldest first; None = those of the days
    open_week: WeekStatus | None


# --- out --------------------------------------------------------------------------------------------------------------


def answer(text: str) -> str:
    """Answer a request: the same text gives the same text, on one line of ASCII.

    Raises:
        InputProblems: the text is no request; one line per problem.
    """
    return json.dumps(evaluate(parse_request(text)))


def evaluate(request: AdaptRequest) -> dict[str, Any]:
    """Run the rules over a request.

    Returns:
        `actions`, `proposals`, `weeks` and `streak`, always all four, in this order.
    """
    decisions = [(name, monitoring.decide(response, request.phase)) for name, response in request.responses]
    is_red = any(decision.is_red for _, decision in decisions)
    weeks = consistency.weeks_of(request.days)
    closed = [week.status for week in weeks] if request.weeks is None else request.weeks
    streak = consistency.streak(closed, request.open_week)
    return {
        "actions": [
            {"id": name, "action": str(decision.action), "rule": decision.rule, "because": decision.because}
            for name, decision in decisions
        ],
        "proposals": [
            {
                "slot": proposal.slot,
                "rule": proposal.rule,
                "change": proposal.change,
                "immediate": proposal.immediate,
                "because": proposal.because,
            }
            for proposal in adapting.propose(request.lines, _situation(request, is_red))
        ],
        "weeks": [
            {"week": week.week, "status": str(week.status), "credits": week.credits, "target": week.target}
            for week in weeks
        ],
        "streak": {"shown": streak.shown, "streak": streak.streak, "spares": streak.spares},
    }


def _situation(request: AdaptRequest, is_red: bool) -> adapting.Situation:
    trained = {past.on for line in request.lines for past in line.history}
    credited = {day.date for day in request.days if day.credit > 0}
    known = trained | {day.date for day in request.days}
    return adapting.Situation(
        phase=request.phase,
        kit=request.kit,
        tags=request.tags,
        today=max(known, default=None),
        last_session_on=max(trained | credited, default=None),
        is_red=is_red,
    )


# --- in ---------------------------------------------------------------------------------------------------------------


def parse_request(text: str, exercises: Library | None = None) -> AdaptRequest:
    """Read a request.

    Args:
        text: a JSON document.
        exercises: the library, for exercise, equipment and tag ids; the shipped one unless given.

    Raises:
        InputProblems: one line per unknown key, wrong type, value out of range or id given twice.
    """
    known = exercises or library()
    problems: list[str] = []
    top = Fields(_decode(text), "", problems)
    phase = top.whole("phase", 1, 4, default=1)
    request = AdaptRequest(
        phase=phase,
        kit=top.choices("kit", list(known.equipment), required=False),
        tags=top.choices("tags", list(known.tags), required=False),
        responses=tuple(_response(fields) for fields in _entries(top, "responses")),
        lines=tuple(_line(fields, phase, known) for fields in _entries(top, "lines")),
        days=tuple(_day(fields) for fields in _entries(top, "days")),
        weeks=_statuses(top, "weeks"),
        open_week=_optional(top, "open_week", WeekStatus, STATUSES),
    )
    _refuse_twice(top, "responses", "id", [name for name, _ in request.responses])
    _refuse_twice(top, "lines", "slot", [line.slot for line in request.lines])
    _refuse_twice(top, "days", "date", [day.date.isoformat() for day in request.days if day.date != date.min])
    top.done()
    if problems:
        raise InputProblems(problems)
    return request


def _decode(text: str) -> Any:
    """NaN and infinities get through, for the fields to refuse by name."""
    try:
        return json.loads(text, object_pairs_hook=_unique_keys)
    except RecursionError:
        raise InputProblems(["input: nested too deeply"]) from None
    except ValueError as problem:
        raise InputProblems([f"input: not valid JSON: {problem}"]) from None


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key {show(twice)} occurs twice")
    return found


def _response(fields: Fields) -> tuple[str, Response]:
    name = _text(fields, "id")
    ranges = adaptation_rules().answers
    answers = {key: _number(fields, key, getattr(ranges, key))
               for key in ("during", "after", "morning", "session_rpe", "completion")}  # fmt: skip
    streak = _number(fields, "amber_streak", ranges.amber_streak)
    flag = _yes_no(fields, "flag", null=True)
    fields.done()
    return name, Response(**cast(dict[str, Any], answers), amber_streak=int(streak or 0), flag=bool(flag))


def _line(fields: Fields, phase: int, known: Library) -> TrackedLine:
    slot = _text(fields, "slot")
    exercise = known.exercises[0]
    if fields.require("exercise", "an exercise id of the library"):
        given = fields.value["exercise"]
        if isinstance(given, str) and given in known:
            exercise = known[given]
        else:
            fields.problem("exercise", f"{show(given)} is not an exercise id of the library")
    sets, dose = _dose(fields.object("dose", required=False), exercise, phase)
    step = _number(fields, "load_step_kg", AnswerRange(min=STEP_MIN_KG, max=rules().dose_bounds.load_kg[1]))
    history = tuple(_past(entry) for entry in _entries(fields, "history"))
    fields.done()
    return TrackedLine(slot=slot, exercise=exercise.id, sets=sets, dose=dose, load_step_kg=step, history=history)


def _dose(fields: Fields | None, exercise: Exercise, phase: int) -> tuple[int, Dose]:
    """The library's dose of the exercise, with what the request says instead."""
    dose = default_dose(exercise, phase, rules())
    sets = exercise.prescription.sets
    if fields is None:
        return sets, dose
    bounds = rules().dose_bounds
    said: dict[str, Any] = {}
    if "kind" in fields.value:
        said["kind"] = cast(DoseKind, fields.choice("kind", DOSE_KINDS))
    fields.has("kind")
    sets = fields.whole("sets", *bounds.sets, default=sets)
    for key in ("reps", "hold_s", "rir"):
        if fields.has(key):
            said[key] = _pair(fields, key, getattr(bounds, key))
    for key in ("duration_s", "distance_m"):
        if fields.has(key):
            low, high = getattr(bounds, key)
            amount = _number(fields, key, AnswerRange(min=low, max=high, whole=True))
            said[key] = None if amount is None else int(amount)
    said["rest_s"] = fields.whole("rest_s", *bounds.rest_s, default=dose.rest_s)
    if fields.has("load_kg"):
        low, high = bounds.load_kg
        said["load_kg"] = _number(fields, "load_kg", AnswerRange(min=low, max=high))
    if fields.has("tempo") and (tempo := fields.value["tempo"]) is not None:
        if isinstance(tempo, str) and TEMPO.fullmatch(tempo):
            said["tempo"] = tempo
        else:
            fields.problem("tempo", f'{show(tempo)} is not four numbers of seconds such as "3-1-1-0" or null')
    fields.done()
    return sets, msgspec.structs.replace(dose, **said)


def _past(fields: Fields) -> PastSession:
    on = _date(fields, "on")
    sets = tuple(_set(entry, path, fields.problems) for path, entry in _list(fields, "sets"))
    action = _optional(fields, "action", Action, ACTIONS)
    form_solid = _yes_no(fields, "form_solid", null=True)
    fields.done()
    return PastSession(on=on, sets=sets, action=action, form_solid=form_solid)


def _set(entry: Any, path: str, problems: list[str]) -> tuple[float, int | None]:
    if not isinstance(entry, list) or len(entry) != 2:
        problems.append(f"{path}: {show(entry)} is not a pair of amount and RIR or null, such as [12, 3]")
        return 0, None
    amount, rir = entry
    if problem := _number_problem(amount, AMOUNT, null=False):
        problems.append(f"{path}[0]: {problem}")
        return 0, None
    if rir is not None and (problem := _number_problem(rir, RIR, null=True)):
        problems.append(f"{path}[1]: {problem}")
        return 0, None
    return amount, None if rir is None else int(rir)


def _day(fields: Fields) -> Day:
    on = _date(fields, "date")
    planned = tuple(_strings(fields, "planned"))
    credit = _number(fields, "credit", CREDIT, null=False)
    pillars = fields.choices("pillars", PILLARS, required=False)
    excused = _yes_no(fields, "excused", null=False)
    fields.done()
    return Day(date=on, planned=planned, credit=float(credit or 0), pillars=pillars, excused=bool(excused))


# --- one field at a time ----------------------------------------------------------------------------------------------


def _number_problem(value: Any, allowed: AnswerRange, *, null: bool) -> str | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        kind = "a whole number" if allowed.whole else "a number"
        return f"{show(value)} is not {kind} {allowed.words}{' or null' if null else ''}"
    problem = allowed.problem(value)
    return problem and f"{show(value)} {problem}"


def _number(fields: Fields, key: str, allowed: AnswerRange, *, null: bool = True) -> float | None:
    """A number in its range; None when it is left out, null where that is allowed, or wrong."""
    if not fields.has(key) or (null and fields.value[key] is None):
        return None
    value = fields.value[key]
    if problem := _number_problem(value, allowed, null=null):
        fields.problem(key, problem)
        return None
    return int(value) if allowed.whole else float(value)


def _pair(fields: Fields, key: str, bounds: tuple[int, int]) -> tuple[int, int] | None:
    value = fields.value[key]
    if value is None:
        return None
    low, high = bounds
    whole = isinstance(value, list) and all(isinstance(end, int) and not isinstance(end, bool) for end in value)
    if not whole or len(value) != 2 or not low <= value[0] <= value[1] <= high:
        fields.problem(key, f"{show(value)} is not [lowest, highest], whole numbers {low}-{high}, or null")
        return None
    return value[0], value[1]


def _yes_no(fields: Fields, key: str, *, null: bool) -> bool | None:
    if not fields.has(key) or (null and fields.value[key] is None):
        return None
    value = fields.value[key]
    if not isinstance(value, bool):
        fields.problem(key, f"{show(value)} is not true or false{' or null' if null else ''}")
        return None
    return value


def _text(fields: Fields, key: str) -> str:
    allowed = f"a text of 1-{ID_LENGTH} characters"
    if not fields.require(key, allowed):
        return ""
    value = fields.value[key]
    if not isinstance(value, str) or not 1 <= len(value) <= ID_LENGTH:
        fields.problem(key, f"{show(value)} is not {allowed}")
        return ""
    return value


def _date(fields: Fields, key: str) -> date:
    """A date from 1900 to 2200; date.min stands in when it is wrong."""
    allowed = "a date such as 2026-11-16"
    if not fields.require(key, allowed):
        return date.min
    value = fields.value[key]
    if isinstance(value, str) and DATE.fullmatch(value):
        with suppress(ValueError):
            found = date.fromisoformat(value)
            if FIRST_DATE <= found <= LAST_DATE:
                return found
            fields.problem(key, f"{show(value)} is outside {FIRST_DATE} to {LAST_DATE}")
            return date.min
    fields.problem(key, f"{show(value)} is not {allowed}")
    return date.min


def _optional(fields: Fields, key: str, make: Callable[[str], Item], allowed: tuple[str, ...]) -> Item | None:
    if not fields.has(key) or fields.value[key] is None:
        return None
    value = fields.value[key]
    if isinstance(value, str) and value in allowed:
        return make(value)
    fields.problem(key, f"{show(value)} is not one of {', '.join(allowed)} or null")
    return None


def _list(fields: Fields, key: str) -> list[tuple[str, Any]]:
    """Path and value of every entry; nothing when the list is left out."""
    if not fields.has(key):
        return []
    value = fields.value[key]
    if not isinstance(value, list):
        fields.problem(key, f"{show(value)} is not a list")
        return []
    return [(f"{fields.at(key)}[{n}]", entry) for n, entry in enumerate(value)]


def _entries(fields: Fields, key: str) -> Iterable[Fields]:
    return [Fields(entry, path, fields.problems) for path, entry in _list(fields, key)]


def _strings(fields: Fields, key: str) -> Iterable[str]:
    for path, entry in _list(fields, key):
        if isinstance(entry, str) and 1 <= len(entry) <= ID_LENGTH:
            yield entry
        else:
            fields.problems.append(f"{path}: {show(entry)} is not a text of 1-{ID_LENGTH} characters")


def _statuses(fields: Fields, key: str) -> tuple[WeekStatus, ...] | None:
    if not fields.has(key):
        return None
    found = []
    for path, entry in _list(fields, key):
        if isinstance(entry, str) and entry in STATUSES:
            found.append(WeekStatus(entry))
        else:
            fields.problems.append(f"{path}: {show(entry)} is not one of {', '.join(STATUSES)}")
    return tuple(found)


def _refuse_twice(fields: Fields, key: str, name: str, values: list[str]) -> None:
    seen: set[str] = set()
    for n, value in enumerate(values):
        if value and value in seen:
            fields.problem(f"{key}[{n}].{name}", f"{show(value)} is given twice; once is allowed")
        seen.add(value)
