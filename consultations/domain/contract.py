"""The words around the rules: a JSON document in, a JSON document out, and every problem named at once.

Every key is required except `kind` of a busy entry, which is "booking" when left out: a forgotten list of bookings must not
look like an empty one. Instants are ISO 8601 with `T` and an offset or `Z`. In the answer `start` and `end` are UTC with `Z`
and `local` carries its offset, with seconds where the zone's offset had seconds (`1971-06-01T09:00:00-00:44:30`).
"""

import json
import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import UTC, date, datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from consultations.domain.availability import Busy, Slot, SlotRequest, TypeRules, Window, merged

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
KINDS = ("booking", "external")
FIRST_DATE, LAST_DATE = date(1900, 1, 1), date(2200, 12, 31)
DAY_MIN = 24 * 60

Reader = Callable[[object, str], Any]  # a value and its path in; what it means out, or None and a problem noted

DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")
INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2}(:[0-9]{2})?)?"
)


class InvalidRequest(ValueError):
    """The document is not a request.

    Attributes:
        problems: one line each, naming the field and what is allowed.
    """

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def answer(slots: Iterable[Slot]) -> str:
    """Write slots as the contract's JSON document, on one line; the same slots give the same text."""
    return json.dumps(
        {
            "slots": [
                {"start": _zulu(slot.start), "end": _zulu(slot.end), "local": slot.local.isoformat()} for slot in slots
            ]
        }
    )


def parse_request(text: str | bytes) -> SlotRequest:
    """Read a request.

    Args:
        text: a JSON document; bytes in UTF-8, UTF-16 or UTF-32.

    Returns:
        The request; windows that overlap are merged.

    Raises:
        InvalidRequest: with all problems, in the order of the document's fields.
    """
    repeated: list[str] = []

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        fields = dict(pairs)
        if len(fields) < len(pairs):
            names = [name for name, _ in pairs]
            repeated.extend(f"{_name(n)}: given {names.count(n)} times in one object; once is allowed" for n in fields if names.count(n) > 1)  # fmt: skip
        return fields

    try:
        document = json.loads(text, object_pairs_hook=unique)
    except RecursionError:
        raise InvalidRequest(["document: nested too deeply; allowed is the shape of the contract"]) from None
    except ValueError as problem:  # JSONDecodeError and UnicodeDecodeError are ValueErrors
        raise InvalidRequest([f"document: not JSON ({problem}); allowed is one JSON object"]) from None
    reader = _Reader(repeated)
    request = reader.request(document)
    if reader.problems or request is None:
        raise InvalidRequest(reader.problems)
    return request


class _Reader:
    """Reads one document; notes a problem and goes on. A field that has a problem reads as None."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems

    # --- the parts of a request

    def request(self, document: object) -> SlotRequest | None:
        fields = self.an_object(document, "", ("zone", "weekly", "exceptions", "busy", "type", "from", "to", "now"))
        if fields is None:
            return None
        zone = self.field(fields, "zone", "", self.a_zone)
        weekly = self.field(fields, "weekly", "", self.weekly)
        exceptions = self.field(fields, "exceptions", "", self.exceptions)
        busy = self.field(fields, "busy", "", self.busy)
        rules = self.field(fields, "type", "", self.type_rules)
        first = self.field(fields, "from", "", self.a_date)
        last = self.field(fields, "to", "", self.a_date)
        now = self.field(fields, "now", "", self.an_instant)
        if first is not None and last is not None and last < first:
            self.problems.append(f"to: {last} is before from; allowed is {first} or later")
        parts = (zone, weekly, exceptions, busy, rules, first, last, now)
        return None if None in parts else SlotRequest(*parts)

    def weekly(self, value: object, path: str) -> tuple[tuple[Window, ...], ...]:
        week: list[list[Window]] = [[] for _ in WEEKDAYS]
        for entry, where in self.a_list(value, path):
            fields = self.an_object(entry, where, ("weekday", "start", "end"))
            if fields is None:
                continue
            weekday = self.field(fields, "weekday", where, self.one_of(*WEEKDAYS))
            start = self.field(fields, "start", where, self.a_time)
            end = self.field(fields, "end", where, self.an_end)
            window = self.window(start, end, f"{where}.end")
            if weekday is not None and window is not None:
                week[WEEKDAYS.index(weekday)].append(window)
        return tuple(merged(day) for day in week)

    def exceptions(self, value: object, path: str) -> dict[date, tuple[Window, ...]]:
        found: dict[date, tuple[Window, ...]] = {}
        for entry, where in self.a_list(value, path):
            fields = self.an_object(entry, where, ("date", "open"))
            if fields is None:
                continue
            day = self.field(fields, "date", where, self.a_date)
            windows = self.field(fields, "open", where, self.open_hours)
            if day in found:
                self.problems.append(f"{where}.date: {day} is given twice; allowed is one exception for a date")
            elif day is not None and windows is not None:
                found[day] = windows
        return found

    def open_hours(self, value: object, path: str) -> tuple[Window, ...]:
        windows = []
        for entry, where in self.a_list(value, path):
            if not isinstance(entry, list) or len(entry) != 2:
                self.wrong(where, entry, 'a pair of times such as ["09:00", "12:00"]')
                continue
            start = self.a_time(entry[0], f"{where}[0]")
            end = self.an_end(entry[1], f"{where}[1]")
            window = self.window(start, end, f"{where}[1]")
            if window is not None:
                windows.append(window)
        return merged(windows)

    def window(self, start: int | None, end: int | None, path: str) -> Window | None:
        if start is None or end is None:
            return None
        if end > start:
            return Window(start, end)
        self.problems.append(
            f"{path}: {_clock(end)} is not after the start {_clock(start)}; "
            "allowed is a later time up to 24:00, a window does not pass midnight"
        )
        return None

    def busy(self, value: object, path: str) -> tuple[Busy, ...]:
        found = []
        names = ("start", "end", "buffer_before", "buffer_after", "kind")
        for entry, where in self.a_list(value, path):
            fields = self.an_object(entry, where, names, optional=("kind",))
            if fields is None:
                continue
            fields = {"kind": "booking"} | fields
            start = self.field(fields, "start", where, self.an_instant)
            end = self.field(fields, "end", where, self.an_instant)
            before = self.field(fields, "buffer_before", where, self.an_integer(0, DAY_MIN, "min"))
            after = self.field(fields, "buffer_after", where, self.an_integer(0, DAY_MIN, "min"))
            kind = self.field(fields, "kind", where, self.one_of(*KINDS))
            if start is not None and end is not None and end <= start:
                self.problems.append(f"{where}.end: {fields['end']} is not after the start {fields['start']}")
            elif None not in (start, end, before, after, kind):
                found.append(Busy(start, end, before, after, kind))
        return tuple(found)

    def type_rules(self, value: object, path: str) -> TypeRules | None:
        readers = {
            "minutes": self.an_integer(1, DAY_MIN, "min"),
            "step": self.an_integer(1, DAY_MIN, "min"),
            "buffer_before": self.an_integer(0, DAY_MIN, "min"),
            "buffer_after": self.an_integer(0, DAY_MIN, "min"),
            "notice_minutes": self.an_integer(0, 366 * DAY_MIN, "min"),
            "horizon_days": self.an_integer(0, 36_525, "days"),
            "per_day": self.or_null(self.an_integer(0, DAY_MIN, "bookings or null")),
        }
        fields = self.an_object(value, path, tuple(readers))
        if fields is None:
            return None
        noted = len(self.problems)
        rules = {name: self.field(fields, name, path, reader) for name, reader in readers.items()}
        if len(self.problems) > noted or any(name not in fields for name in readers):
            return None
        return TypeRules(**rules)

    # --- one field, one object, one list

    def field(self, fields: dict[str, Any], name: str, path: str, reader: Reader) -> Any:
        """Read a field that is there; that one is missing was noted with its object."""
        if name not in fields:
            return None
        return reader(fields[name], f"{path}.{name}" if path else name)

    def an_object(self, value: object, path: str, names: tuple[str, ...], optional: tuple[str, ...] = ()) -> dict[str, Any] | None:  # fmt: skip
        if not isinstance(value, dict):
            self.wrong(path or "document", value, f"an object with {', '.join(names)}")
            return None
        prefix = f"{path}." if path else ""
        for name in value:
            if name not in names:
                self.problems.append(f"{prefix}{_name(name)}: unknown key; allowed are {', '.join(names)}")
        for name in names:
            if name not in value and name not in optional:
                self.problems.append(f"{prefix}{name}: missing; it is required")
        return value

    def a_list(self, value: object, path: str) -> list[tuple[object, str]]:
        """The entries, each with its path."""
        if not isinstance(value, list):
            self.wrong(path, value, "a list")
            return []
        return [(entry, f"{path}[{i}]") for i, entry in enumerate(value)]

    # --- single values

    def an_integer(self, low: int, high: int, unit: str) -> Reader:
        def read(value: object, path: str) -> int | None:
            if not isinstance(value, int) or isinstance(value, bool):
                self.wrong(path, value, f"an integer {low}-{high} {unit}")
                return None
            if not low <= value <= high:
                self.problems.append(f"{path}: {_shown(value)} is outside {low}-{high} {unit}")
                return None
            return value

        return read

    def or_null(self, reader: Reader) -> Reader:
        return lambda value, path: None if value is None else reader(value, path)

    def one_of(self, *choices: str) -> Reader:
        def read(value: object, path: str) -> str | None:
            if isinstance(value, str) and value in choices:
                return value
            self.wrong(path, value, f"one of {', '.join(choices)}")
            return None

        return read

    def a_zone(self, value: object, path: str) -> ZoneInfo | None:
        if isinstance(value, str) and value in _zone_names():
            return ZoneInfo(value)
        self.wrong(path, value, "an IANA time zone such as Europe/London")
        return None

    def a_date(self, value: object, path: str) -> date | None:
        day = None
        if isinstance(value, str) and DATE.fullmatch(value):
            with suppress(ValueError):  # the 30th of February
                day = date.fromisoformat(value)
        if day is None:
            self.wrong(path, value, "a date YYYY-MM-DD")
        elif not FIRST_DATE <= day <= LAST_DATE:
            self.problems.append(f"{path}: {day} is outside {FIRST_DATE} to {LAST_DATE}")
            day = None
        return day

    def an_instant(self, value: object, path: str) -> datetime | None:
        instant = None
        if isinstance(value, str) and INSTANT.fullmatch(value):
            with suppress(ValueError):  # 25 o'clock
                instant = datetime.fromisoformat(value)
        if instant is None:
            self.wrong(path, value, "an instant such as 2026-03-09T14:00:00Z")
        elif instant.tzinfo is None:
            self.problems.append(f"{path}: {value} has no offset; allowed is an instant such as {value}Z")
            instant = None
        elif not FIRST_DATE <= instant.date() <= LAST_DATE:
            self.problems.append(f"{path}: {value} is outside {FIRST_DATE} to {LAST_DATE}")
            instant = None
        return instant

    def a_time(self, value: object, path: str) -> int | None:
        """Minutes after 00:00."""
        if isinstance(value, str) and (match := CLOCK.fullmatch(value)):
            return int(match[1]) * 60 + int(match[2])
        self.wrong(path, value, "a time HH:MM 00:00-23:59")
        return None

    def an_end(self, value: object, path: str) -> int | None:
        """Minutes after 00:00, 24:00 included."""
        if isinstance(value, str) and not CLOCK.fullmatch(value) and value != "24:00":
            self.wrong(path, value, "a time HH:MM 00:01-24:00")
            return None
        return DAY_MIN if value == "24:00" else self.a_time(value, path)

    def wrong(self, path: str, value: object, allowed: str) -> None:
        self.problems.append(f"{path}: {_shown(value)} is not {allowed}")


@cache
def _zone_names() -> frozenset[str]:
    return frozenset(available_timezones())


def _zulu(instant: datetime) -> str:
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _shown(value: object) -> str:
    """A value as JSON on one line, cut to a readable length; of a list or an object only that it is one."""
    if isinstance(value, list | dict):
        return "a list" if isinstance(value, list) else "an object"
    text = json.dumps(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _name(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]{1,60}", key) else _shown(key)
