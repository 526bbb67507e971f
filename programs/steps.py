"""A session as the runner goes through it: one step an exercise, with what is done, what was done last time, and the dose.

Everything is formatted here; the template only lays it out.
"""

import json
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from uuid import uuid4

from programs.domain import consistency, records, words
from programs.domain.library import Exercise, library
from programs.domain.monitoring import Action
from programs.models import LineLog, ScheduledSession, SetLog
from programs.services import training

LAST_TIME_WITHIN, A_DAY = timedelta(days=42), timedelta(days=1)
SETS_OF_A_LINE = 40  # in one session, both sides counted: SetLog allows 20 a side


@dataclass(frozen=True)
class SetRow:
    """One set of one side, as the page shows it."""

    number: int
    side: str
    label: str
    extra: bool
    done: SetLog | None
    done_words: str
    uuid: str

    @property
    def amount(self) -> str:
        """What was done, as one numeral."""
        log = self.done
        amount = _amount(log.reps, log.seconds, log.distance_m) if log else None
        return str(amount[0]) if amount else ""

    @property
    def load(self) -> str:
        return f"{_kg(self.done.load_kg)} kg" if self.done and self.done.load_kg else ""


@dataclass(frozen=True)
class Step:
    """One exercise of the session."""

    position: int
    line: records.Line
    exercise: Exercise
    dose_words: str
    sets: tuple[SetRow, ...]
    log: LineLog | None

    @property
    def is_done(self) -> bool:
        return bool(self.log and self.log.skipped) or all(row.done for row in self.sets)

    @property
    def has_any(self) -> bool:
        return any(row.done for row in self.sets)

    @property
    def open_set(self) -> SetRow | None:
        return next((row for row in self.sets if row.done is None), None)

    @property
    def set_after(self) -> SetRow | None:
        """The set that is on after the open one."""
        waiting = [row for row in self.sets if row.done is None]
        return waiting[1] if len(waiting) > 1 else None

    @property
    def rest_s(self) -> int:
        """Seconds to rest after the open set; 0 between two sides of one set and after the last set."""
        following = self.set_after
        return self.line.dose.rest_s if following and following.number != self.open_set.number else 0

    @property
    def has_rounds(self) -> bool:
        """Several sets on two sides: laid out as a row a side."""
        return self.line.unilateral and self.sets[-1].number > 1

    @property
    def asks_reps(self) -> bool:
        """A single hold has nothing to count."""
        dose = self.line.dose
        return bool(dose.reps) and not (dose.hold_s and dose.reps == (1, 1))

    @property
    def load_kg(self) -> str:
        """The load to begin with: the one of the set before, else what the plan asks for."""
        before = [row.done.load_kg for row in self.sets if row.done and row.done.load_kg]
        if before:
            return _kg(before[-1])
        return f"{self.line.dose.load_kg:g}" if self.line.dose.load_kg else ""

    @cached_property
    def numbers(self) -> tuple[tuple[str, str], ...]:
        return dose_numbers(self.line)

    @property
    def target(self) -> str:
        """What one set asks for, as one numeral."""
        return self.numbers[0][0]

    @property
    def effort(self) -> str:
        return words.effort_words(self.line.dose)


def dose_numbers(line: records.Line) -> tuple[tuple[str, str], ...]:
    """The dose as big numerals, each with its unit: ("8-12", "reps each side"), ("3", "sets"), ("75", "s rest")."""
    dose = line.dose
    side = " a side" if line.unilateral else ""
    found = []
    if dose.kind == "hold" and dose.hold_s and dose.reps:
        found.append((words.span(dose.hold_s, "-"), f"s hold{side}"))
        if dose.reps != (1, 1):
            found.append((words.span(dose.reps, "-"), "holds"))
    elif dose.kind == "duration" and dose.duration_s:
        found.append((str(dose.duration_s), f"seconds{side}"))
    elif dose.kind == "distance" and dose.distance_m:
        found.append((str(dose.distance_m), f"metres{side}"))
    else:
        found.append((words.span(dose.reps or (0, 0), "-"), f"reps{side}"))
    found.append((str(line.sets), "set" if line.sets == 1 else "sets"))
    if dose.load_kg is not None:
        found.append(tuple(words.load_words(dose.load_kg).split()))
    if dose.tempo and dose.kind in ("reps", "reps_load"):
        phases = [
            pair for pair in zip(dose.tempo.split("-"), ("down", "hold", "up", "hold"), strict=True) if pair[0] != "0"
        ]
        found.append(("-".join(seconds for seconds, _ in phases), ", ".join(name for _, name in phases)))
    if line.sets > 1 and dose.rest_s:
        found.append((str(dose.rest_s), "s rest"))
    return tuple(found)


def steps_of(session: ScheduledSession) -> list[Step]:
    """The session's exercises with what is logged: two queries. What was done last time comes with `last_time`."""
    sets = {(log.line_id, log.exercise, log.set_number, log.side): log for log in session.setlogs.all()}
    logs = {(log.line_id, log.exercise): log for log in session.linelogs.all()}
    steps = []
    for position, line in enumerate(session.plan.lines, start=1):
        rows = []
        for number in range(1, max(training.sets_on(line, side) for side in training.sides_of(line)) + 1):
            for side in training.sides_of(line):
                if number <= training.sets_on(line, side):
                    done = sets.get((line.id, line.exercise, number, side))
                    label = f"Set {number}" if side == SetLog.Side.BOTH else f"Set {number}, {side}"
                    rows.append(SetRow(number, side, label, number > line.sets, done, done_words(done), str(uuid4())))
        steps.append(
            Step(
                position=position,
                line=line,
                exercise=library()[line.exercise],
                dose_words=words.line_dose_words(line),
                sets=tuple(rows),
                log=logs.get((line.id, line.exercise)),
            )
        )
    return steps


@dataclass(frozen=True)
class LastTime:
    """What was done on a line the last time, and what that leaves to aim at today inside the published range (R-G1)."""

    words: str = ""  # "10 to 12 at 7.5 kg"; "" when the exercise is new
    aim: int | None = None  # repetitions or seconds of a hold; None = the dose as it stands
    aim_words: str = ""  # "3 × 9 today: last time you did 8 with 2 in reserve."


def last_time(session: ScheduledSession, line: records.Line) -> LastTime:
    """What was done on a line the last time, and the aim that was decided from it. One query.

    It looks back some weeks only, so that the page stays as quick after a year of logs. An aim holds while the line asks
    for what it asked then: not in a lighter week, not after a change of the dose, not when she comes back after some days.
    """
    since = session.day - LAST_TIME_WITHIN
    rows = list(
        SetLog.objects.filter(
            session__program_id=session.program_id,
            session__day__range=(since, session.day - A_DAY),
            slot=line.slot,
            exercise=line.exercise,
        )
        .order_by("-session__day", "-session_id")
        .values("session_id", "reps", "seconds", "distance_m", "load_kg", "rir", "dose", "session__decision__aims")[
            :SETS_OF_A_LINE
        ]
    )
    done = [row for row in rows if row["session_id"] == rows[0]["session_id"]]
    if not done:
        return LastTime()
    said = _sets_words(done)
    change = (done[0]["session__decision__aims"] or {}).get(line.slot, {})
    aim = next((int(change[key]) for key in ("aim_reps", "aim_hold_s") if key in change), None)
    amounts = [amount[0] for row in done if (amount := _amount(row["reps"], row["seconds"], row["distance_m"]))]
    if (
        aim is None
        or not amounts
        or is_gentle(session)
        or any(row["dose"] != _stored(training.dose_document(line)) for row in done)
    ):
        return LastTime(said)
    rir = min((row["rir"] for row in done if row["rir"] is not None), default=None)
    return LastTime(said, aim, words.aim_words(line, aim, min(amounts), rir))


def is_gentle(session: ScheduledSession) -> bool:
    """True when nobody is asked for more today: after days away (R-C5), or when the last session asked for a step back.

    Known of a session of `returning.with_days_away`.
    """
    last: date | None = getattr(session, "last_done_on", None)
    if last is None:
        return False
    is_back = bool(consistency.return_after(max(0, (session.day - last).days)).sets_less_pct)
    return is_back or getattr(session, "last_action", "") in (Action.STOP, Action.REGRESS)


def _stored(document: dict) -> dict:
    """A document as it comes back from its column."""
    return json.loads(json.dumps(document))


def _sets_words(rows: list[dict]) -> str:
    """Several sets in one breath: the range of what was done, and of the load."""
    amounts = [amount for row in rows if (amount := _amount(row["reps"], row["seconds"], row["distance_m"]))]
    if not amounts:
        return ""
    unit = amounts[0][1]
    numbers = [number for number, _ in amounts]
    text = words.span((min(numbers), max(numbers))) + (f" {unit}" if unit else "")
    loads = [row["load_kg"] for row in rows if row["load_kg"]]
    if not loads:
        return text
    least, most = _kg(min(loads)), _kg(max(loads))
    return f"{text} at {least if least == most else f'{least} to {most}'} kg"


def _kg(load: Decimal) -> str:
    """Kilograms without the zeros of the column: "7", "7.5"."""
    return f"{load.normalize():f}"


def _amount(reps: int | None, seconds: int | None, distance_m: int | None) -> tuple[int, str] | None:
    """What counts of a set, with its unit. The seconds of a hold say more than how often it was held."""
    found = ((seconds, "s"), (reps, ""), (distance_m, "m"))
    return next(((number, unit) for number, unit in found if number is not None), None)


def done_words(log: SetLog | None) -> str:
    if log is None:
        return ""
    amount = _amount(log.reps, log.seconds, log.distance_m)
    text = f"{amount[0]} {amount[1]}".strip() if amount else "done"
    return f"{text} at {_kg(log.load_kg)} kg" if log.load_kg else text
