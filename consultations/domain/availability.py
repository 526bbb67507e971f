"""Free slots: opening hours on the wall clock, minus what is taken, within notice, horizon and the daily limit.

Hours are what a clock on the coach's wall shows; everything else is real time. The two part company on the days when clocks
change, so a wall-clock time becomes an instant once, in first_instant, and all arithmetic after that is on instants in UTC:

- a window starts and ends when the clock first shows its times; a time the clock jumps over is the first instant after the jump;
- 24:00 is the first instant of the next day;
- slots start at the window's start and every step of real time after it, and end by the window's end;
- a start that the clock shows for the second time is not offered: it was offered the first time.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Literal
from zoneinfo import ZoneInfo

from msgspec import Struct

ONE_DAY = timedelta(days=1)
NO_TIME = timedelta(0)


class Window(Struct, frozen=True, order=True):
    """Opening hours on one day, on the wall clock. It does not pass midnight."""

    start_min: int  # minutes after 00:00 as the clock shows them, 0-1439
    end_min: int  # 1-1440, later than the start; 1440 = 24:00


class Busy(Struct, frozen=True):
    """Time that is taken: one of our bookings, or an entry of another calendar."""

    start: datetime  # aware
    end: datetime  # aware, later than the start
    buffer_before_min: int = 0
    buffer_after_min: int = 0
    kind: Literal["booking", "external"] = "booking"  # only bookings count for the daily limit


class TypeRules(Struct, frozen=True):
    """What one type of consultation asks of a slot. All times in minutes of real time."""

    minutes: int
    step: int  # between one possible start and the next
    buffer_before: int
    buffer_after: int
    notice_minutes: int  # from now to the start, at least
    horizon_days: int  # from today to the start's day, at most
    per_day: int | None  # bookings on one local day, at most; None = no limit


class SlotRequest(Struct, frozen=True):
    """Everything that decides which slots of one type are free, on the days from first to last."""

    zone: ZoneInfo  # the coach's; days and hours are read in it
    weekly: tuple[tuple[Window, ...], ...]  # seven days, Monday first
    exceptions: dict[date, tuple[Window, ...]]  # replace that day's weekly hours; () = closed
    busy: tuple[Busy, ...]
    type: TypeRules
    first: date  # both included
    last: date
    now: datetime  # aware


class Slot(Struct, frozen=True):
    """One start that can be booked, with its end: instants, not wall-clock times."""

    start: datetime  # UTC
    end: datetime  # UTC
    local: datetime  # the start in the coach's zone


class Refusal(StrEnum):
    """Why a start cannot be booked."""

    NOT_OFFERED = "not_offered"  # outside the hours or the dates asked for, or between two steps
    TOO_SOON = "too_soon"
    TOO_FAR = "too_far"
    DAY_FULL = "day_full"
    TAKEN = "taken"


def free_slots(request: SlotRequest) -> list[Slot]:
    """Find every slot that can be booked.

    Args:
        request: hours, what is taken, the type's rules, the dates asked for and the clock.

    Returns:
        Slots in order of their start. They may overlap one another: each one is free by itself.
    """
    return list(_walk(request))


def first_slot(request: SlotRequest) -> Slot | None:
    """Find the earliest slot of free_slots without looking for the others; None when there is none."""
    return next(_walk(request), None)


def _walk(request: SlotRequest) -> Iterator[Slot]:
    diary = _Diary(request)
    for day in diary.days():
        yield from diary.slots(day)


def days_with_slots(request: SlotRequest, zone: ZoneInfo | None = None) -> dict[date, list[Slot]]:
    """Lay the free slots out as a calendar.

    Args:
        request: as for free_slots. Its dates are in the coach's zone; for a whole day elsewhere ask one day more at each end.
        zone: the zone whose days the reader sees; the coach's if left out.

    Returns:
        The days that have a slot, in order, each with its slots in order. A day without one is not in it.
    """
    calendar: dict[date, list[Slot]] = {}
    for slot in free_slots(request):
        local = slot.local if zone is None or zone is request.zone else slot.start.astimezone(zone)
        calendar.setdefault(local.date(), []).append(slot)
    return calendar


def fits(request: SlotRequest, start: datetime) -> Slot | Refusal:
    """Judge one chosen start by the rules of free_slots: a slot exactly when free_slots would list it.

    Args:
        request: as for free_slots; its dates must include the start's day.
        start: an aware instant.

    Returns:
        The slot, or the first reason against it.
    """
    diary = _Diary(request)
    local = start.astimezone(request.zone)
    start = start.astimezone(UTC)
    if not diary.offers(start, local):
        return Refusal.NOT_OFFERED
    return diary.refusal(start, local) or diary.slot(start, local)


def first_instant(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """Find the instant (UTC) at which a clock in the zone first shows a time.

    Args:
        day: the date on the clock.
        minute: minutes after 00:00 on the clock, 0-1440; 1440 is the next day's first instant.
        zone: where the clock hangs.

    Returns:
        The earlier of the two instants when the clock shows the time twice; when the clock jumps over it, the first instant
        after the jump.
    """
    wall = datetime.combine(day, time()) + timedelta(minutes=minute)
    # fold=0 reads a time shown twice as the earlier one, and a skipped one with the offset from before the jump: that
    # instant lies at or after the jump by exactly as much as the wall-clock time lies inside it.
    instant = wall.replace(tzinfo=zone).astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == wall:
        return instant
    return change_of_clock(wall.replace(tzinfo=zone, fold=1).astimezone(UTC), instant, zone)


def change_of_clock(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """Find the instant (UTC, to the second) between two at which the zone's offset changes; they must differ in it."""
    old_offset = before.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
        if middle.astimezone(zone).utcoffset() == old_offset:
            before = middle
        else:
            after = middle
    return after


def merged(windows: Iterable[Window]) -> tuple[Window, ...]:
    """Join windows that overlap on the wall clock. Two that only touch stay two: no slot crosses from one into the other."""
    result: list[Window] = []
    for window in sorted(windows):
        if result and window.start_min < result[-1].end_min:
            result[-1] = Window(result[-1].start_min, max(result[-1].end_min, window.end_min))
        else:
            result.append(window)
    return tuple(result)


class _Diary:
    """A request made ready for many questions: what is taken is sorted and merged once, bookings are counted once."""

    def __init__(self, request: SlotRequest) -> None:
        rules = request.type
        self.request = request
        self.length = timedelta(minutes=rules.minutes)
        self.step = timedelta(minutes=rules.step)
        self.before = timedelta(minutes=rules.buffer_before)
        self.after = timedelta(minutes=rules.buffer_after)
        self.daily_limit = rules.per_day
        self.earliest = request.now.astimezone(UTC) + timedelta(minutes=rules.notice_minutes)
        self.last_day = request.now.astimezone(request.zone).date() + timedelta(days=rules.horizon_days)
        self.taken_from, self.taken_until = _taken(request.busy)
        # A booking counts for the local day on which it starts.
        self.bookings_on = Counter(e.start.astimezone(request.zone).date() for e in request.busy if e.kind == "booking")

    def days(self) -> Iterator[date]:
        """The days asked for that notice and horizon leave over."""
        day = max(self.request.first, self.earliest.astimezone(self.request.zone).date())
        last = min(self.request.last, self.last_day)
        while day <= last:
            yield day
            day += ONE_DAY

    def windows(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        """A day's opening hours as instants. Hours that the clock jumps over are gone."""
        hours = self.request.exceptions.get(day, self.request.weekly[day.weekday()])
        for window in merged(hours):
            yield (
                first_instant(day, window.start_min, self.request.zone),
                first_instant(day, window.end_min, self.request.zone),
            )

    def slots(self, day: date) -> Iterator[Slot]:
        zone = self.request.zone
        for opens, closes in self.windows(day):
            start = opens
            if start < self.earliest:  # go to the first step that gives enough notice
                start += self.step * -((opens - self.earliest) // self.step)
            latest = closes - self.length
            while start <= latest:
                local = start.astimezone(zone)
                # fold: the clock shows this time for the second time today; it was offered the first time.
                if not local.fold and self.refusal(start, local) is None:
                    yield self.slot(start, local)
                start += self.step

    def offers(self, start: datetime, local: datetime) -> bool:
        """Is this one of the starts that the hours and the type's steps give, whatever speaks against it today?"""
        day = local.date()
        if local.fold or not self.request.first <= day <= self.request.last:
            return False
        return any(
            opens <= start <= closes - self.length and (start - opens) % self.step == NO_TIME
            for opens, closes in self.windows(day)
        )

    def refusal(self, start: datetime, local: datetime) -> Refusal | None:
        if start < self.earliest:
            return Refusal.TOO_SOON
        day = local.date()
        if day > self.last_day:
            return Refusal.TOO_FAR
        if self.daily_limit is not None and self.bookings_on[day] >= self.daily_limit:
            return Refusal.DAY_FULL
        # Of the merged intervals that begin before this one ends, the last one ends last.
        begun = bisect_left(self.taken_from, start + self.length + self.after)
        if begun and self.taken_until[begun - 1] > start - self.before:
            return Refusal.TAKEN
        return None

    def slot(self, start: datetime, local: datetime) -> Slot:
        return Slot(start, start + self.length, local)


def _taken(busy: Iterable[Busy]) -> tuple[list[datetime], list[datetime]]:
    """Join buffered busy times into intervals that lie apart, in order: where they begin, and where they end."""
    begins: list[datetime] = []
    ends: list[datetime] = []
    buffered = [
        (
            entry.start.astimezone(UTC) - timedelta(minutes=entry.buffer_before_min),
            entry.end.astimezone(UTC) + timedelta(minutes=entry.buffer_after_min),
        )
        for entry in busy
    ]
    for begin, end in sorted(buffered):
        if ends and begin <= ends[-1]:
            ends[-1] = max(ends[-1], end)
        else:
            begins.append(begin)
            ends.append(end)
    return begins, ends
