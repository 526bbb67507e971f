"""How a session or a morning went: plain functions of a course, a day and a source of chance that is passed in.

Days are counted from the day of the first seeding: 0 is that day, -1 the day before. Chance is drawn anew for each event
from a fixed seed, so an event comes out the same whenever, and in whatever order, it is told.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import floor
from random import Random

from programs.domain.records import Line

SEED = "runner-studio-demo-1"
NRS_MAX = 10

Knots = tuple[tuple[int, float], ...]  # (day, value), days rising; straight lines between, level outside


@dataclass(frozen=True)
class Course:
    """How a runner's weeks went, and go on.

    session_pain, morning_pain: the usual worst pain of a session and the usual morning, 0-10.
    pains, mornings: days that were not as usual. effort: days with a session RPE of their own.
    rests: planned days without a session. shares: days on which only that share of the sets was done.
    stops: days on which the runner ended the session for the knee. notes: what was written at the end.
    answers: chance that a question is answered. silent_from: no morning is answered from this day on.
    tops_from: from this day on every set reaches the top of its range, and nothing is left unanswered.
    load_kg: what the dumbbell weighs at first and by now.
    starts_at: usual minute of the day. goes_on: chance that a session planned after the first seeding is done.
    """

    session_pain: Knots
    morning_pain: Knots
    pains: Mapping[int, int] = field(default_factory=dict)
    mornings: Mapping[int, int] = field(default_factory=dict)
    effort: Mapping[int, int] = field(default_factory=dict)
    rests: frozenset[int] = frozenset()
    shares: Mapping[int, float] = field(default_factory=dict)
    stops: frozenset[int] = frozenset()
    notes: Mapping[int, str] = field(default_factory=dict)
    answers: float = 0.85
    silent_from: int | None = None
    tops_from: int | None = None
    load_kg: tuple[float, float] = (6, 8)
    starts_at: int = 18 * 60 + 30
    goes_on: float = 0.9

    def is_spotless(self, day: int) -> bool:
        return self.tops_from is not None and day >= self.tops_from


@dataclass(frozen=True)
class Task:
    """One line of the session as planned, with what is asked of each side."""

    line: Line
    sets: Mapping[str, int]  # left and right, or both -> how many sets
    loads_knee: bool  # moderate or high kneecap load


@dataclass(frozen=True)
class SetTold:
    """One set as it was done; repetitions, seconds or metres as the line asks for them."""

    line: Line
    number: int
    side: str
    reps: int | None
    seconds: int | None
    distance_m: int | None
    load_kg: float | None
    rir: int | None
    as_planned: bool
    after_s: int  # seconds from the start of the session


@dataclass(frozen=True)
class LineTold:
    """What a runner said about one line: pain during it 0-10, None = not answered."""

    line: Line
    during_nrs: int | None
    form_solid: bool | None = None


@dataclass(frozen=True)
class SessionTold:
    """One session as it was done; pains 0-10 and effort 1-10, None = not answered."""

    minute: int  # of the local day
    length_s: int
    before_nrs: int | None
    after60_nrs: int | None  # answered with the next morning, if that is answered
    session_rpe: int | None
    note: str
    stopped: bool
    lines: tuple[LineTold, ...]
    sets: tuple[SetTold, ...]


@dataclass(frozen=True)
class MorningTold:
    """A morning's answer: the minute of the local day, and the knee 0-10."""

    minute: int
    nrs: int


def chance(*event: object) -> Random:
    """The source of chance of one event, such as ("maya", "morning", -12)."""
    return Random(":".join(map(str, (SEED, *event))))


def usual(knots: Knots, day: int) -> float:
    """The value of a course on a day."""
    if day <= knots[0][0]:
        return knots[0][1]
    for (first, low), (last, high) in pairwise(knots):
        if day <= last:
            return low + (high - low) * (day - first) / (last - first)
    return knots[-1][1]


def trains(course: Course, day: int, luck: Random) -> bool:
    """Whether a session planned on this day was done."""
    return day not in course.rests if day < 0 else luck.random() < course.goes_on


def morning_of(course: Course, day: int, luck: Random, *, hard_day_before: bool) -> MorningTold | None:
    """The morning's answer; None where nobody answered."""
    minute = 6 * 60 + 40 + luck.randrange(100)
    is_answered = luck.random() < course.answers or course.is_spotless(day) or day in course.mornings
    wobble = luck.random() < 0.12
    if not is_answered or (course.silent_from is not None and day >= course.silent_from):
        return None
    if day in course.mornings:
        return MorningTold(minute, course.mornings[day])
    nrs = _rounded(usual(course.morning_pain, day) + hard_day_before)
    if wobble and not course.is_spotless(day):
        nrs = max(0, nrs - 1)
    return MorningTold(minute, nrs)


def is_hard(course: Course, day: int) -> bool:
    """A session with more pain than usual in it."""
    return course.pains.get(day, 0) >= 3


def session_of(
    course: Course, day: int, tasks: Sequence[Task], *, efforts: tuple[int, int], progress: float, luck: Random
) -> SessionTold:
    """Tell one session.

    Args:
        course: whose.
        day: which.
        tasks: the lines in training order.
        efforts: the phase's usual session RPE, 1-10.
        progress: how far the runner has come through the plan, 0-1; repetitions rise with it.
        luck: the event's source of chance.

    Returns:
        The session with its lines and sets; what was not done or not answered is not in it.
    """
    spotless, stopped = course.is_spotless(day), day in course.stops
    worst = course.pains.get(day, _rounded(usual(course.session_pain, day)))
    sore = _sore_line(tasks)
    done = tuple(_sets(course, day, tasks, sore, progress, luck))
    begun = {told.line.id for told in done}
    asked = [task for task in tasks if task.line.id in begun]
    gaps = _gaps(asked, sore, luck) if not spotless and luck.random() > course.answers else set()
    moving_on = _moving_on(tasks) if spotless else []
    lines = tuple(
        LineTold(
            task.line,
            None if task.line.id in gaps else worst if task is sore else _milder(worst, task, luck),
            True if task in moving_on else None,
        )
        for task in asked
    )
    resting = _rounded(usual(course.morning_pain, day))
    settled = (1 if worst >= 3 else 0) + (2 if stopped else 0)
    answered = [spotless or luck.random() < 0.92 for _ in range(3)]
    effort = course.effort.get(day, efforts[1] if worst >= 3 else luck.randint(*efforts))
    return SessionTold(
        minute=course.starts_at + luck.randrange(-25, 26),
        length_s=(done[-1].after_s if done else 0) + 60,
        before_nrs=resting if answered[0] else None,
        after60_nrs=min(NRS_MAX, resting + settled) if answered[1] else None,
        session_rpe=effort if answered[2] and not stopped else None,
        note=course.notes.get(day, ""),
        stopped=stopped,
        lines=lines,
        sets=done,
    )


def _rounded(value: float) -> int:
    return min(NRS_MAX, max(0, floor(value + 0.5)))


def _sore_line(tasks: Sequence[Task]) -> Task:
    """Where the knee speaks up first: the first line that loads it, else the first strength line, else the first."""
    return next(
        (task for task in tasks if task.loads_knee),
        next((task for task in tasks if task.line.pillar == "strength"), tasks[0]),
    )


def _moving_on(tasks: Sequence[Task]) -> list[Task]:
    """The lines whose form is asked for: the first two that are counted in repetitions without a load."""
    return [task for task in tasks if task.line.pillar in ("strength", "core") and task.line.dose.kind == "reps"][:2]


def _milder(worst: int, task: Task, luck: Random) -> int:
    """Pain on the other lines: near the worst where the kneecap is loaded, hardly any elsewhere."""
    return max(0, worst - luck.choice((1, 1, 2)) if task.loads_knee else min(2, worst - luck.choice((2, 2, 3))))


def _gaps(asked: Sequence[Task], sore: Task, luck: Random) -> set[str]:
    """Lines on which the pain buttons stayed unpressed."""
    others = [task.line.id for task in asked if task is not sore]
    return set(luck.sample(others, min(len(others), luck.choice((1, 1, 2, 3)))))


def _sets(
    course: Course, day: int, tasks: Sequence[Task], sore: Task, progress: float, luck: Random
) -> Iterator[SetTold]:
    """The sets in the order they were done: a share of them all, or until the knee ended the session."""
    left = round(course.shares.get(day, 1.0) * sum(sum(task.sets.values()) for task in tasks))
    clock = 240 + luck.randrange(60)
    for task in tasks:
        is_end = task is sore and day in course.stops
        places = [
            (number, side)
            for number in range(1, max(task.sets.values()) + 1)
            for side, count in task.sets.items()
            if number <= count
        ]
        for place in places[: 1 if is_end else left]:
            clock += 25 + luck.randrange(15) + (task.line.dose.duration_s or 20)
            yield _set(course, day, task.line, place, place == places[-1], progress, clock, luck)
            clock += task.line.dose.rest_s
        left -= len(places)
        if left <= 0 or is_end:
            return


def _set(
    course: Course,
    day: int,
    line: Line,
    place: tuple[int, str],
    is_last: bool,
    progress: float,
    clock: int,
    luck: Random,
) -> SetTold:
    dose, tops = line.dose, course.is_spotless(day)
    number, side = place
    part = min(0.7, max(0.0, 0.1 + 0.6 * progress + luck.uniform(-0.15, 0.15)))
    hold = _amount(dose.hold_s, part, tops)
    reps = (
        _amount(dose.reps, part, tops) if hold is None else (dose.reps or (None,))[0]
    )  # holds per set are not counted up
    rir = None
    if dose.rir and is_last:
        low, high = dose.rir
        rir = low if tops else luck.choice((None, low, low, high, min(5, high)))
    first, now = course.load_kg
    as_asked = (reps, hold) == (_bottom(dose.reps), _bottom(dose.hold_s))
    return SetTold(
        line=line,
        number=number,
        side=side,
        reps=reps,
        seconds=hold if hold is not None else dose.duration_s,
        distance_m=dose.distance_m,
        load_kg=first + round(progress * (now - first)) if dose.kind == "reps_load" else None,
        rir=rir,
        as_planned=as_asked and not tops,
        after_s=clock,
    )


def _amount(bounds: tuple[int, int] | None, part: float, tops: bool) -> int | None:
    """Repetitions or seconds inside the range; the top only where it is meant."""
    if bounds is None:
        return None
    low, high = bounds
    return high if tops else min(low + round((high - low) * part), max(low, high - 1))


def _bottom(bounds: tuple[int, int] | None) -> int | None:
    return bounds[0] if bounds else None
