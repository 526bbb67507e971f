"""A line of the plan and what was done under it: what the sessions of one slot show, and what that leaves to change."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import pairwise, takewhile
from math import ceil

import msgspec

from programs.domain.monitoring import Action, adaptation_rules
from programs.domain.records import Dose

HAIR = 1e-9  # 2.5 % of 40 kg is one step of 1 kg, whatever binary fractions make of it

Change = dict[str, str | int | float]


class PastSession(msgspec.Struct, frozen=True, kw_only=True):
    """How a line went in one session."""

    on: date  # local date
    sets: tuple[
        tuple[float, int | None], ...
    ]  # (repetitions, seconds or metres; RIR or None = not answered) per set done
    action: Action | None = None  # the line's decision; None = not decided yet
    form_solid: bool | None = None  # None = not asked or not answered
    during: int | None = None  # D, 0-10; None = not known here
    morning: float | None = None  # M, above the baseline; None = not known here
    load_kg: float | None = None  # the load it was done with; None = the present one
    id: int | None = None  # the scheduled session, for the record

    @property
    def smallest(self) -> float:
        """The set with the fewest repetitions, seconds or metres; 0 without a set."""
        return min((amount for amount, _ in self.sets), default=0)


class TrackedLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the plan with what was done under it."""

    slot: str
    exercise: str  # id of the library
    sets: int
    dose: Dose
    load_step_kg: float | None = None  # smallest step the runner's kit allows; None = no load can be added
    history: tuple[PastSession, ...] = ()  # sessions of this exercise in this slot, any order

    @property
    def past(self) -> tuple[PastSession, ...]:
        """The history, oldest first."""
        return tuple(sorted(self.history, key=lambda session: session.on))

    @property
    def at_this_load(self) -> tuple[PastSession, ...]:
        """The newest sessions done with the present load, oldest first."""
        newest = takewhile(lambda session: session.load_kg in (None, self.dose.load_kg), reversed(self.past))
        return tuple(newest)[::-1]

    @property
    def bounds(self) -> tuple[float, float] | None:
        """What a set asks for, from the bottom to the top of its range; None for an incomplete dose."""
        dose = self.dose
        if dose.kind == "hold":
            return dose.hold_s
        if dose.kind in ("reps", "reps_load"):
            return dose.reps
        amount = dose.duration_s if dose.kind == "duration" else dose.distance_m
        return None if amount is None else (amount, amount)

    @property
    def has_range(self) -> bool:
        """True when there is something to climb inside the dose: repetitions or seconds of a hold."""
        return self.bounds is not None and self.dose.kind not in ("duration", "distance")


# --- what the sessions show -------------------------------------------------------------------------------------------


def succeeded(line: TrackedLine, session: PastSession, *, top: bool = False) -> bool:
    """True when all sets were done inside the range (or at its top), with a calm knee and enough in reserve.

    The reserve is asked after the last set; unanswered is not enough (inputs: no progress on that line).
    """
    if line.bounds is None or session.action != Action.PROGRESS or len(session.sets) < max(1, line.sets):
        return False
    if session.during is not None and session.during > adaptation_rules().calm.during_max:
        return False
    return session.smallest >= line.bounds[top] and _has_reserve(line, session)


def _has_reserve(line: TrackedLine, session: PastSession) -> bool:
    if line.dose.rir is None:
        return True
    answers = [rir for _, rir in session.sets]
    return answers[-1] is not None and all(rir is None or rir >= line.dose.rir[0] for rir in answers)


def top_sessions(line: TrackedLine) -> int:
    """How many of the newest sessions at this load, one after another, reached the top of the range in all sets."""
    newest = takewhile(lambda session: succeeded(line, session, top=True), reversed(line.at_this_load))
    return sum(1 for _ in newest)


def sessions_waited(line: TrackedLine) -> int:
    """How many of the newest sessions, one after another, succeeded without the amount having moved."""
    done = line.at_this_load
    newest = takewhile(
        lambda session: succeeded(line, session) and session.smallest == done[-1].smallest, reversed(done)
    )
    return sum(1 for _ in newest)


def load_steps(line: TrackedLine) -> int:
    """How many times the load has risen on the way to the present one."""
    loads = [session.load_kg for session in line.past if session.load_kg is not None]
    if line.dose.load_kg is not None:
        loads.append(line.dose.load_kg)
    return sum(later > earlier for earlier, later in pairwise(loads))


def hurt_last(line: TrackedLine) -> bool:
    """True when the newest session asked for a step back and the line's own pain, if known, was above green (R-G4)."""
    if not line.history or line.past[-1].action != Action.REGRESS:
        return False
    during = line.past[-1].during
    return during is None or during > adaptation_rules().calm.during_max


# --- what it leaves to change -----------------------------------------------------------------------------------------


def next_aim(line: TrackedLine) -> int | None:
    """What to aim at inside the range after the newest session, repetitions or seconds; None at its top (R-G1)."""
    if line.bounds is None or not line.has_range or not line.history:
        return None
    rule = adaptation_rules().progression
    top, done = line.bounds[1], line.past[-1].smallest
    step = rule.add_hold_s if line.dose.kind == "hold" else rule.add_reps
    return None if done >= top else int(min(top, done + step))


def aim(line: TrackedLine, amount: float) -> Change:
    """An aim as a change names it."""
    return {"aim_hold_s" if line.dose.kind == "hold" else "aim_reps": int(amount)}


def bottom(line: TrackedLine) -> Change:
    """The aim after a step up: the bottom of the range, where there is one."""
    return aim(line, line.bounds[0]) if line.bounds and line.has_range else {}


def next_load(line: TrackedLine) -> float | None:
    """The smallest load step of 2.5-10 % that the kit allows, as the new load in kg; None when there is none (R-G1)."""
    load, step = line.dose.load_kg, line.load_step_kg
    if not load or not step:
        return None
    low, high = adaptation_rules().progression.load_pct
    more = max(1, ceil(load * low / 100 / step - HAIR)) * step
    return load + more if more <= load * high / 100 + HAIR else None


def lighter_load(line: TrackedLine) -> float | None:
    """The load less 20 %, or less the fewest whole steps from 20 to 30 %, in kg; None when there is none (R-G4)."""
    load, step = line.dose.load_kg, line.load_step_kg
    if not load:
        return None
    low, high = adaptation_rules().regress.step_pct
    less = ceil(load * low / 100 / step - HAIR) * step if step else load * low / 100
    return load - less if less <= load * high / 100 + HAIR else None


def fewer_sets(lines: Sequence[TrackedLine], percent: int) -> list[tuple[TrackedLine, int]]:
    """Take a share of the lines' sets away: at least `percent`, as far as whole sets allow; every line keeps one.

    Sets go one at a time from the line that has most, the last of equals first.

    Returns:
        The lines that lose sets, each with the sets it keeps.
    """
    sets = [line.sets for line in lines]
    for _ in range(-(-sum(sets) * percent // 100)):
        n = max(range(len(sets)), key=lambda index: (sets[index], index))
        if sets[n] <= 1:
            break
        sets[n] -= 1
    return [(line, left) for line, left in zip(lines, sets, strict=True) if left < line.sets]
