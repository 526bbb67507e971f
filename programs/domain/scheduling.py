"""Which weekday holds which session, and on which days the runs go (G11, R-V1, R-S4, R-X4)."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from programs.domain.records import WEEKDAYS, Brief, Weekday
from programs.domain.rules import Rules

POSITION = {day: n for n, day in enumerate(WEEKDAYS)}


class Timetable(msgspec.Struct, frozen=True):
    """The sessions of a week: one day and one template letter each, in weekday order."""

    days: tuple[Weekday, ...]
    keys: tuple[str, ...]

    @property
    def templates(self) -> tuple[str, ...]:
        """The template letters used, in alphabetical order."""
        return tuple(sorted(set(self.keys)))

    def occurrences(self, key: str) -> int:
        """How often a template is done in a week."""
        return self.keys.count(key)

    def neighbours(self) -> frozenset[tuple[str, str]]:
        """Pairs of templates that fall on consecutive days somewhere in the repeating week, both ways round."""
        pairs = set()
        for (day, key), (other_day, other_key) in itertools.permutations(zip(self.days, self.keys, strict=True), 2):
            if days_until(day, other_day) == 1:
                pairs |= {(key, other_key), (other_key, key)}
        return frozenset(pairs)

    def before(self, days: Iterable[Weekday], within: int) -> frozenset[str]:
        """Templates with a session at most `within` days (at least 1) before one of the given days."""
        return frozenset(
            key
            for day, key in zip(self.days, self.keys, strict=True)
            if any(1 <= days_until(day, other) <= within for other in days)
        )


def days_until(day: Weekday, other: Weekday) -> int:
    """Days from one weekday to the next occurrence of another, 0-6, in a repeating week."""
    return (POSITION[other] - POSITION[day]) % 7


def adjacent(day: Weekday, other: Weekday) -> bool:
    """True when two weekdays follow each other, Sunday and Monday included."""
    return days_until(day, other) in (1, 6)


def timetable(brief: Brief, rules: Rules) -> Timetable:
    """Choose the training days (the brief's own, when it names them) and alternate the templates A and B.

    Days: as few sessions as possible on the day before a hard run, then on the day of one, then within 48 hours of
    one, then next to each other; the rules' usual days when nothing speaks against them.
    """
    days = brief.weekdays or _choose_days(brief, rules)
    return Timetable(days, _alternate(days))


def _choose_days(brief: Brief, rules: Rules) -> tuple[Weekday, ...]:
    usual = rules.spacing.default_weekdays[brief.days]
    hard = brief.hard_run_days

    def cost(days: tuple[Weekday, ...]) -> tuple[int, ...]:
        gaps = [days_until(day, run) for day in days for run in hard]
        together = sum(adjacent(a, b) for a, b in itertools.combinations(days, 2))
        return gaps.count(1), gaps.count(0), gaps.count(2), together, days != usual

    return min(itertools.combinations(WEEKDAYS, brief.days), key=cost)


def _alternate(days: Sequence[Weekday]) -> tuple[str, ...]:
    """Letters A and B, A as often or once more; neighbours differ where that is possible, else strictly in turn."""
    count = len(days)

    def candidates() -> Iterator[tuple[str, ...]]:
        for places in itertools.combinations(range(count), (count + 1) // 2):
            yield tuple("A" if n in places else "B" for n in range(count))

    def cost(keys: tuple[str, ...]) -> tuple[int, int, tuple[str, ...]]:
        pairs = list(itertools.combinations(range(count), 2))
        same = sum(keys[a] == keys[b] and adjacent(days[a], days[b]) for a, b in pairs)
        turns = sum(a == b for a, b in itertools.pairwise(keys))
        return same, turns, keys

    return min(candidates(), key=cost)


def run_days(wanted: int, sessions: Sequence[Weekday], hard_runs: Sequence[Weekday]) -> tuple[Weekday, ...]:
    """Choose the days of the ladder runs.

    Args:
        wanted: runs per week, 0-7.
        sessions: the training days.
        hard_runs: days of runs outside the ladder.

    Returns:
        As many days as fit without two in a row (Sunday and Monday included), at most `wanted`; days without a
        session first, then away from hard runs, then spread evenly, then early in the week.
    """

    def allowed(days: Sequence[Weekday]) -> bool:
        return not any(adjacent(a, b) for a, b in itertools.combinations(days, 2))

    def cost(days: tuple[Weekday, ...]) -> tuple[int, int, int]:
        gaps = [days_until(a, b) for a, b in zip(days, days[1:] + days[:1], strict=True)]
        return (
            sum(day in sessions for day in days),
            sum(day == hard or adjacent(day, hard) for day in days for hard in hard_runs),
            sum(gap * gap for gap in gaps),
        )

    for count in range(min(wanted, len(WEEKDAYS)), 0, -1):
        choices = [days for days in itertools.combinations(WEEKDAYS, count) if allowed(days)]
        if choices:
            return min(choices, key=cost)
    return ()
