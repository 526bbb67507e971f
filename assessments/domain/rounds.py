"""When an outcome measure is asked: scheduled weeks from the start, what is due, and which week an answer belongs to.

Weeks are counted in days of the runner's own calendar; nobody reads a clock here.  A scheduled week owns the days that
are nearer to it than to any other, so a late answer belongs to the nearest one, and a week whose days are over without an
answer stays a gap for ever.  Data: the `schedule` of each measure in outcomes.yaml.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta
from itertools import pairwise

import msgspec

DAYS_A_WEEK = 7
MONTHS_FROM = 26  # weeks from which a round is called by its months
WEEKS_A_MONTH = 52 / 12


class Due(msgspec.Struct, frozen=True):
    """One round that may be asked now."""

    week: int  # scheduled, from the start
    on: date  # the day it fell due
    overdue_days: int  # 0 on that day


class Window(msgspec.Struct, frozen=True):
    """The days that belong to one scheduled week, both ends included."""

    week: int
    first: date
    on: date
    last: date


class Point(msgspec.Struct, frozen=True):
    """One place on a trend: a round with its value, or a scheduled round that nobody answered."""

    on: date
    week: int | None  # None = an extra round
    value: float | None  # None = a gap


def windows(weeks: Sequence[int], start: date) -> tuple[Window, ...]:
    """The days of each scheduled week.

    Args:
        weeks: ascending, from the start (week 0 = the start itself).
        start: day 0, in the runner's zone.

    Returns:
        One window a week; they touch and never overlap.  A day as near to two weeks belongs to the earlier one.  Before
        the first week and after the last one, a window reaches as far as on its other side.
    """
    days = [week * DAYS_A_WEEK for week in weeks]
    ends = [(first + second) // 2 for first, second in pairwise(days)]
    if not days:
        return ()
    if not ends:  # a single week: its own seven days
        ends_of, starts_of = [days[0] + DAYS_A_WEEK - 1], [days[0]]
    else:
        ends_of = [*ends, 2 * days[-1] - ends[-1]]
        starts_of = [2 * days[0] - ends[0], *(end + 1 for end in ends)]
    return tuple(
        Window(week, start + timedelta(first), start + timedelta(day), start + timedelta(last))
        for week, first, day, last in zip(weeks, starts_of, days, ends_of, strict=True)
    )


def week_of(weeks: Sequence[int], start: date, day: date, done: Collection[int] = ()) -> int | None:
    """The scheduled week that an answer of this day belongs to; None = an extra round, or that week has its answer."""
    found = next((window.week for window in windows(weeks, start) if window.first <= day <= window.last), None)
    return None if found in done else found


def due(weeks: Sequence[int], start: date | None, done: Collection[int], today: date) -> Due | None:
    """The round that may be asked today.

    Args:
        weeks: the schedule of the measure.
        start: day 0; None = not known, and then nothing is due.
        done: scheduled weeks that were answered.
        today: in the runner's zone.

    Returns:
        The scheduled week whose day has come and whose days are not over, unless it was answered.  What is over is not
        asked any more: nobody is chased for a past round.
    """
    if start is None:
        return None
    for window in windows(weeks, start):
        if window.on <= today <= window.last and window.week not in done:
            return Due(window.week, window.on, (today - window.on).days)
    return None


def next_on(weeks: Sequence[int], start: date | None, today: date) -> date | None:
    """The day of the next scheduled week after today; None when the schedule is over or has not begun."""
    if start is None:
        return None
    return next((window.on for window in windows(weeks, start) if window.on > today), None)


def series(
    weeks: Sequence[int], start: date | None, rounds: Iterable[tuple[date, int | None, float]], today: date
) -> tuple[Point, ...]:
    """The rounds of one measure in the order of their days, with the gaps between them.

    Args:
        weeks: the schedule of the measure.
        start: day 0; None = no schedule, and so no gaps.
        rounds: day, scheduled week (None = an extra one) and value of every answered round.
        today: in the runner's zone.

    Returns:
        A point for every answered round, and an empty one for every scheduled week whose days are over without an answer.
    """
    points = [Point(day, week, value) for day, week, value in rounds]
    answered = {point.week for point in points}
    if start is not None:
        points += [
            Point(window.on, window.week, None)
            for window in windows(weeks, start)
            if window.last < today and window.week not in answered
        ]
    return tuple(sorted(points, key=lambda point: (point.on, point.week is None)))


def round_name(week: int) -> str:
    """What a scheduled week is called: "first", "4-week", "6-month"."""
    if not week:
        return "first"
    return f"{round(week / WEEKS_A_MONTH)}-month" if week >= MONTHS_FROM else f"{week}-week"
