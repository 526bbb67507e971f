"""What the booking page shows: a month in the reader's zone, the times of one day, and the chosen time.

Everything is words and values by the time a template sees it. A `value` says by its shape what it shows when it comes back:
a month 2026-11, a day 2026-11-26 or a start 2026-11-26T11:45:00Z.
"""

import re
from calendar import Calendar
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from msgspec.structs import replace

from consultations import queries
from consultations.domain.availability import Slot, SlotRequest, days_with_slots, first_slot
from consultations.models import ConsultationType
from consultations.when import When, clock_words, day_words, month_words, zone_words
from studio.accounts.zones import zone_choices

A_DAY = timedelta(days=1)
SHAPE = re.compile(r"([0-9]{4}-[0-9]{2})(-[0-9]{2})?(T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)?")
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
PARTS = (("Morning", 12), ("Afternoon", 17), ("Evening", 24))  # until before this hour


@dataclass(frozen=True)
class Reader:
    """Who looks at the page."""

    zone: str = "UTC"
    clock_24h: bool = True
    first_weekday: int = 0  # as date.weekday()


@dataclass(frozen=True)
class Wish:
    """What somebody asked to see."""

    month: date | None = None  # its first day
    day: date | None = None
    start: datetime | None = None


@dataclass(frozen=True)
class Step:
    """A button that shows another part of the calendar: the value it sends, and its words."""

    value: str
    label: str


@dataclass(frozen=True)
class Cell:
    """One day of the month's table."""

    number: int
    kind: str  # free, picked, today or ""
    value: str
    label: str


@dataclass(frozen=True)
class Time:
    """One start of the day that is shown: the value it sends, and the clock's words."""

    value: str
    text: str
    is_picked: bool


@dataclass(frozen=True)
class Chosen:
    """The start that was pressed, as the form sends it and as the booker reads it."""

    value: str
    when: When


@dataclass(frozen=True)
class Page:
    """The calendar as it is drawn: a month of days, the times of one day, and where to go from there."""

    look: str  # the name under which the page's buttons send their value
    value: str  # shows this very page again
    month: str
    previous: Step | None
    next: Step | None
    weekdays: list[tuple[str, str]]  # short, long
    weeks: list[list[Cell | None]]
    rows: SafeString  # the same as rows of a table
    day: str  # the day whose times are shown; "" = none
    parts: list[tuple[str, list[Time]]]
    buttons: list[tuple[str, SafeString]]  # the same as buttons
    chosen: Chosen | None
    next_free: Step | None  # where to look when nothing is free here
    zone: str
    zone_words: str
    zone_options: SafeString


def read_wish(text: str, zone: ZoneInfo) -> Wish:
    """Read a value of the page; what is none of its shapes is no wish."""
    match = SHAPE.fullmatch(text)
    if match is None or (match[3] and not match[2]):
        return Wish()
    try:
        if match[3]:
            start = datetime.fromisoformat(text)
            day = start.astimezone(zone).date()
            return Wish(day.replace(day=1), day, start)
        if match[2]:
            day = date.fromisoformat(text)
            return Wish(day.replace(day=1), day)
        return Wish(date.fromisoformat(f"{text}-01"))
    except (ValueError, OverflowError):  # the 30th of February, the year 0000, an instant before all calendars
        return Wish()


def build_page(kind: ConsultationType, wish: Wish, reader: Reader, now: datetime, *, is_typed: bool = False) -> Page:
    """Lay out the page.

    Args:
        kind: with its coach and the coach's user at hand.
        wish: what to show; without one the first free day.
        reader: zone, clock and first weekday of whoever looks.
        now: the clock, passed in.
        is_typed: somebody has typed into the form, so the buttons send it along.
    """
    zone = ZoneInfo(reader.zone)
    today = now.astimezone(zone).date()
    this_month = today.replace(day=1)
    # A slot's day may differ by one between the coach's zone and the reader's.
    last_month = (today + timedelta(days=kind.horizon_days + 1)).replace(day=1)
    month = min(max(wish.month or this_month, this_month), last_month)
    request = queries.slot_request(kind, month - A_DAY, _next_month(month), now)
    calendar = _of_month(request, month, zone)
    next_free = None
    if not calendar:
        request, next_free = _first_free(kind, zone, now)
        if next_free is not None and wish.month is None:
            month, next_free = next_free.replace(day=1), None
            calendar = _of_month(replace(request, first=month - A_DAY, last=_next_month(month)), month, zone)
    day = wish.day if wish.day is not None and wish.day.replace(day=1) == month else next(iter(calendar), None)
    slots = calendar.get(day, []) if day is not None else []
    if day is not None and not slots:
        next_free = next((other for other in calendar if other > day), next(iter(calendar), next_free))
    picked = next((slot for slot in slots if slot.start == wish.start), None)
    look = "look" if is_typed or picked else "show"
    weeks = _weeks(month, calendar, day, today, reader.first_weekday)
    parts = _parts(slots, picked, zone, reader.clock_24h)
    return Page(
        look=look,
        value=_value(picked.start) if picked else str(day or f"{month:%Y-%m}"),
        month=month_words(month),
        previous=_month_step(_previous_month(month)) if month > this_month else None,
        next=_month_step(_next_month(month)) if month < last_month else None,
        weekdays=[(name[:2], name) for name in WEEKDAYS[reader.first_weekday :] + WEEKDAYS[: reader.first_weekday]],
        weeks=weeks,
        rows=_rows(weeks, look),
        day=day_words(day) if day else "",
        parts=parts,
        buttons=[(name, _buttons(times, look)) for name, times in parts],
        chosen=Chosen(_value(picked.start), When(picked.start, picked.end, reader.zone, clock_24h=reader.clock_24h))
        if picked
        else None,
        next_free=Step(str(next_free), day_words(next_free)) if next_free else None,
        zone=reader.zone,
        zone_words=zone_words(reader.zone),
        zone_options=zone_options(reader.zone),
    )


def _of_month(request: SlotRequest, month: date, zone: ZoneInfo) -> dict[date, list[Slot]]:
    days = days_with_slots(request, zone)
    return {day: slots for day, slots in days.items() if day.replace(day=1) == month}


def _first_free(kind: ConsultationType, zone: ZoneInfo, now: datetime) -> tuple[SlotRequest, date | None]:
    """Look through all days that can be booked for the first with a slot."""
    today = now.astimezone(kind.coach.user.zone).date()
    request = queries.slot_request(kind, today, today + timedelta(days=kind.horizon_days), now)
    slot = first_slot(request)
    return request, slot.start.astimezone(zone).date() if slot else None


def _weeks(month: date, calendar: dict, picked: date | None, today: date, first_weekday: int) -> list[list[Cell | None]]:  # fmt: skip
    def cell(day: date) -> Cell | None:
        if day.month != month.month:
            return None
        slots = calendar.get(day)
        if slots:
            count = f"{len(slots)} time{'s' if len(slots) > 1 else ''} free"
            return Cell(day.day, "picked" if day == picked else "free", str(day), f"{day_words(day)}, {count}")
        return Cell(day.day, "today" if day == today else "", "", "")

    return [[cell(day) for day in week] for week in Calendar(first_weekday).monthdatescalendar(month.year, month.month)]


def _rows(weeks: list[list[Cell | None]], look: str) -> SafeString:
    """The weeks as table rows. Written here, as forty cells of branches are most of what the template would cost.

    Every word in it is ours: numbers, dates and names of days.
    """

    def cell(cell: Cell | None) -> str:
        if cell is None:
            return "<td></td>"
        if cell.value:
            pressed = "true" if cell.kind == "picked" else "false"
            mark = "<i></i>" if cell.kind == "free" else ""
            return (
                f'<td><button type="submit" formaction="#times" name="{look}" value="{cell.value}" aria-pressed="{pressed}" '
                f'aria-label="{cell.label}">{cell.number}{mark}</button></td>'
            )
        if cell.kind == "today":
            return f'<td><span class="today"><span class="visually-hidden">Today, </span>{cell.number}</span></td>'
        return f"<td><span>{cell.number}</span></td>"

    return mark_safe("".join(f"<tr>{''.join(map(cell, week))}</tr>" for week in weeks))


def _parts(slots: list[Slot], picked: Slot | None, zone: ZoneInfo, clock_24h: bool) -> list[tuple[str, list[Time]]]:
    locals_ = [slot.start.astimezone(zone) for slot in slots]
    words = [clock_words(local, clock_24h=clock_24h) for local in locals_]
    often = Counter(words)  # on the night the reader's clock falls back a time may be there twice
    parts: list[tuple[str, list[Time]]] = [(name, []) for name, _ in PARTS]
    for slot, local, text in zip(slots, locals_, words, strict=True):
        index = next(i for i, (_, until) in enumerate(PARTS) if local.hour < until)
        text = f"{text} {local:%Z}" if often[text] > 1 else text
        parts[index][1].append(Time(_value(slot.start), text, slot is picked))
    return [(name, times) for name, times in parts if times]


def _buttons(times: list[Time], look: str) -> SafeString:
    """The times as buttons, written here for the same reason as `_rows`: thirty of them, and every word is ours."""
    return mark_safe(
        "".join(
            f'<button class="slot" type="submit" formaction="#you" name="{look}" value="{each.value}" '
            f'aria-pressed="{"true" if each.is_picked else "false"}">{each.text}</button>'
            for each in times
        )
    )


def _value(start: datetime) -> str:
    return f"{start.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _next_month(month: date) -> date:
    return (month + timedelta(days=32)).replace(day=1)


def _previous_month(month: date) -> date:
    return (month - A_DAY).replace(day=1)


def _month_step(month: date) -> Step:
    return Step(f"{month:%Y-%m}", month_words(month))


@cache
def _zone_option_list() -> tuple[tuple[str, str], ...]:
    return tuple(
        (name, str(format_html('<option value="{}">{}</option>', name, words))) for name, words in zone_choices()
    )


def zone_options(chosen: str) -> SafeString:
    """The options of a select with all zones. Four hundred of them cost a form widget more than the rest of the page."""
    options = "".join(option for _, option in _zone_option_list())
    if chosen not in dict(zone_choices()):
        options = str(format_html_join("", '<option value="{}">{}</option>', [(chosen, zone_words(chosen))])) + options
    return mark_safe(options.replace(f'<option value="{chosen}">', f'<option value="{chosen}" selected>', 1))
