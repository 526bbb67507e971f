"""What changed between two plans, as structure and in the words a client reads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

import msgspec

from programs.domain import words
from programs.domain.library import Library
from programs.domain.records import DailyItem, Dose, Line, Plan, Run, Session, Week

ChangeKind = Literal[
    "added", "removed", "swapped", "dose", "order", "day", "anchor", "note",
    "session_added", "session_removed", "runs", "daily", "weeks", "details",
]  # fmt: skip
Direction = Literal["up", "down", "same"]


class Change(msgspec.Struct, frozen=True):
    """One thing that changed, over all the weeks in which it did."""

    kind: ChangeKind
    subject: str  # slot, session key, or "runs", "daily", "weeks", "plan"
    weeks: tuple[int, ...]
    was: str  # exercise id, dose in words, day, ... ; "" = nothing
    now: str
    direction: Direction  # whether the runner has more or less to do
    words: str  # a sentence without the weeks

    @property
    def sentence(self) -> str:
        """The words with the weeks: "Wall sit is new in session A (weeks 2-4)."."""
        return f"{self.words} ({words.weeks_words(self.weeks)})." if self.weeks else f"{self.words}."

    @property
    def needs_reason(self) -> bool:
        """True when publishing it needs a reason: something gets harder, or an exercise goes."""
        return self.kind in ("removed", "swapped", "session_removed") or (
            self.direction == "up" and self.kind in ("dose", "runs", "session_added")
        )


def diff(before: Plan, after: Plan, library: Library) -> tuple[Change, ...]:
    """What changed from one plan to another.

    Args:
        before: the plan as it was.
        after: the plan as it is.
        library: for the names.

    Returns:
        Changes in training order, the same change of several weeks as one; empty exactly when the plans are equal.
    """
    found: dict[tuple[str, str, str], Change] = {}
    for change in _changes(before, after, library):
        key = (change.kind, change.subject, _likeness(change))
        known = found.get(key)
        found[key] = (
            change if known is None else msgspec.structs.replace(known, weeks=_joined(known.weeks, change.weeks))
        )
    if not found and before != after:
        return (Change("details", "plan", (), "", "", "same", "The basis of the plan was brought up to date"),)
    return tuple(found.values())


def _likeness(change: Change) -> str:
    """What makes changes of several weeks one: a lighter week's other dose does not make two of them."""
    if change.kind == "dose":
        return change.direction
    return f"{change.was} {change.now}" if change.kind in ("added", "removed", "swapped") else change.words


def needs_reason(changes: Sequence[Change]) -> bool:
    """True when publishing the changes needs a reason: a dose rises or an exercise goes."""
    return any(change.needs_reason for change in changes)


def headline(changes: Sequence[Change], who: str = "Your coach") -> str:
    """The changes in one line: "Your coach changed 2 things."; what a client cannot notice is not counted."""
    count = sum(change.kind != "details" for change in changes)
    if not count:
        return f"{who} changed nothing you will notice."
    return f"{who} changed {words.plural(count, 'thing')}."


def _joined(weeks: tuple[int, ...], more: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(sorted({*weeks, *more}))


def _changes(before: Plan, after: Plan, library: Library) -> Iterator[Change]:
    old = {week.number: week for week in before.weeks}
    new = {week.number: week for week in after.weeks}
    if gone := tuple(sorted(old.keys() - new.keys())):
        yield Change("weeks", "removed", gone, "", "", "down", f"{words.plural(len(gone), 'week')} shorter")
    if extra := tuple(sorted(new.keys() - old.keys())):
        yield Change("weeks", "added", extra, "", "", "same", f"{words.plural(len(extra), 'week')} longer")
    for number in sorted(old.keys() & new.keys()):
        yield from _week_changes(old[number], new[number], library)


def _week_changes(before: Week, after: Week, library: Library) -> Iterator[Change]:
    if before == after:
        return
    at = (before.number,)
    old = {session.id: session for session in before.sessions}
    new = {session.id: session for session in after.sessions}
    count = 0
    for session_id in [*old, *(one for one in new if one not in old)]:
        for change in _session_changes(old.get(session_id), new.get(session_id), at, library):
            count += 1
            yield change
    if before.runs != after.runs:
        count += 1
        yield _run_change(before.runs, after.runs, at)
    if before.daily != after.daily:
        count += 1
        yield _daily_change(before.daily, after.daily, at, library)
    if (before.deload, before.note) != (after.deload, after.note) or not count:
        now = "A lighter week" if after.deload and not before.deload else "Words about the week"
        yield Change("note", "week", at, before.note, after.note, "same", f"{now} changed" if now[0] == "W" else now)


def _session_changes(
    before: Session | None, after: Session | None, at: tuple[int, ...], library: Library
) -> Iterator[Change]:
    if before == after:
        return
    if before is None or after is None:
        here = before or after
        assert here is not None
        day = words.DAY_WORDS[here.day]
        if before is None:
            yield Change("session_added", here.key, at, "", here.day, "up", f"{_name(here)} is new on {day}")
        else:
            yield Change("session_removed", here.key, at, here.day, "", "down", f"{_name(here)} on {day} is gone")
        return
    if before.day != after.day:
        moved = f"{_name(after)} moves from {words.DAY_WORDS[before.day]} to {words.DAY_WORDS[after.day]}"
        yield Change("day", after.id, at, before.day, after.day, "same", moved)
    old = {line.slot: line for line in before.lines}
    new = {line.slot: line for line in after.lines}
    for slot, line in old.items():
        if slot in new:
            yield from _line_changes(line, new[slot], after, at, library)
        else:
            text = f"{library[line.exercise].name} is out of {_name(after)}"
            yield Change("removed", slot, at, line.exercise, "", "down", text)
    for slot, line in new.items():
        if slot not in old:
            text = f"{library[line.exercise].name} is new in {_name(after)}: {words.line_dose_words(line)}"
            yield Change("added", slot, at, "", line.exercise, "up", text)
    if [slot for slot in old if slot in new] != [slot for slot in new if slot in old]:
        yield Change("order", after.key, at, "", "", "same", f"The order of {_name(after)} changed")
    rest_before = msgspec.structs.replace(before, lines=(), day=after.day)
    rest_after = msgspec.structs.replace(after, lines=())
    if rest_before != rest_after:
        yield Change(
            "note", after.key, at, before.note, after.note, "same", f"Words or times of {_name(after)} changed"
        )


def _name(session: Session) -> str:
    return f"session {session.key}"


def _line_changes(
    before: Line, after: Line, session: Session, at: tuple[int, ...], library: Library
) -> Iterator[Change]:
    if before == after:
        return
    name, where = library[after.exercise].name, _name(session)
    if before.exercise != after.exercise:
        text = f"{name} takes the place of {library[before.exercise].name} in {where}"
        yield Change("swapped", after.slot, at, before.exercise, after.exercise, "same", text)
        return
    was, now = words.line_dose_words(before), words.line_dose_words(after)
    if (before.sets, before.dose, before.extra_side_sets) != (after.sets, after.dose, after.extra_side_sets):
        text = (
            f"{name} in {where}: {now} instead of {was}"
            if was != now
            else f"{name} in {where}: {_effort(before, after)}"
        )
        yield Change("dose", after.slot, at, was, now, direction(before, after), text)
    if before.anchor != after.anchor:
        text = f"{name} in {where} is {'now' if after.anchor else 'no longer'} a must-do"
        yield Change("anchor", after.slot, at, str(before.anchor), str(after.anchor), "same", text)
    told = ("sets", "dose", "extra_side_sets", "anchor")
    if msgspec.structs.replace(before, **{field: getattr(after, field) for field in told}) != after:
        yield Change("note", after.slot, at, before.note, after.note, "same", f"Words about {name} in {where} changed")


def _effort(before: Line, after: Line) -> str:
    if before.dose.rir != after.dose.rir:
        return words.effort_words(after.dose).rstrip(".").lower() or "effort changed"
    return f"rest {after.dose.rest_s} s instead of {before.dose.rest_s} s"


def direction(before: Line, after: Line) -> Direction:
    """Whether a changed line asks more of the runner.

    "up" as soon as anything rises (sets, repetitions, time, distance, load, extra side sets, or a smaller reserve);
    "down" when something falls and nothing rises.
    """
    old, new = _demands(before.sets, before.dose, before), _demands(after.sets, after.dose, after)
    if any(now > was for was, now in zip(old, new, strict=True)):
        return "up"
    return "down" if any(now < was for was, now in zip(old, new, strict=True)) else "same"


def _demands(sets: int, dose: Dose, line: Line) -> tuple[float, ...]:
    low, high = dose.reps or (0, 0)
    hold_low, hold_high = dose.hold_s or (0, 0)
    reserve_low, reserve_high = dose.rir or (0, 0)
    return (
        sets,
        low,
        high,
        hold_low,
        hold_high,
        dose.duration_s or 0,
        dose.distance_m or 0,
        dose.load_kg or 0,
        line.extra_side_sets.left,
        line.extra_side_sets.right,
        -reserve_low,
        -reserve_high,
    )


def _run_change(before: tuple[Run, ...], after: tuple[Run, ...], at: tuple[int, ...]) -> Change:
    old, new = _run_totals(before), _run_totals(after)
    was, now = "; ".join(map(words.run_words, before)), "; ".join(map(words.run_words, after))
    course: Direction = "up" if new > old else "down" if new < old else "same"
    kinds = list(dict.fromkeys(words.run_words(run) for run in after))
    text = (
        f"Runs: {'; '.join(kinds)}"
        if [r.stage for r in before] != [r.stage for r in after]
        else "Days or drills of the runs changed"
    )
    return Change("runs", "runs", at, was, now, course, text)


def _run_totals(runs: tuple[Run, ...]) -> tuple[float, int]:
    return sum(run.total_run_min for run in runs), len(runs)


def _daily_change(
    before: tuple[DailyItem, ...], after: tuple[DailyItem, ...], at: tuple[int, ...], library: Library
) -> Change:
    was = ", ".join(library[item.exercise].name for item in before)
    now = ", ".join(library[item.exercise].name for item in after)
    return Change("daily", "daily", at, was, now, "same", f"Beside the sessions: {now}")
