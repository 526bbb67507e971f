"""Free slots: the contract's example, the days when clocks change, a brute-force oracle, and input that is not a request."""

import json
import subprocess
import sys
from bisect import bisect_left
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from consultations.domain.availability import (
    Refusal,
    Slot,
    SlotRequest,
    TypeRules,
    Window,
    days_with_slots,
    first_instant,
    fits,
    free_slots,
)
from consultations.domain.contract import InvalidRequest, answer, parse_request

EXAMPLE = """
{"zone": "America/New_York", "weekly": [{"weekday": "sun", "start": "13:00", "end": "18:00"}],
 "exceptions": [{"date": "2026-03-10", "open": [["09:00", "12:00"]]}, {"date": "2026-03-11", "open": []}],
 "busy": [{"start": "2026-03-09T14:00:00Z", "end": "2026-03-09T15:00:00Z", "buffer_before": 0, "buffer_after": 10, "kind": "booking"}],
 "type": {"minutes": 60, "step": 30, "buffer_before": 0, "buffer_after": 10, "notice_minutes": 120, "horizon_days": 60, "per_day": null},
 "from": "2026-03-06", "to": "2026-03-11", "now": "2026-03-01T00:00:00Z"}
"""
WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


def document(**changes):
    """A request open on no day, with an hour's consultation every half hour; `day` asks for one day with these hours."""
    day, hours = changes.pop("day", None), changes.pop("hours", [])
    if day is not None:
        changes = {"exceptions": [{"date": day, "open": hours}], "from": day, "to": day, "now": f"{day[:4]}-01-01T00:00:00Z"} | changes  # fmt: skip
    rules = {"minutes": 60, "step": 30, "buffer_before": 0, "buffer_after": 0, "notice_minutes": 0, "horizon_days": 400, "per_day": None}  # fmt: skip
    return {"zone": "America/New_York", "weekly": [], "exceptions": [], "busy": [], "from": "2026-03-02", "to": "2026-03-02", "now": "2026-03-01T00:00:00Z"} | changes | {"type": rules | changes.get("type", {})}  # fmt: skip


def slots_of(**changes) -> list[Slot]:
    return free_slots(parse_request(json.dumps(document(**changes))))


def local_times(slots) -> list[str]:
    return [f"{slot.local:%H:%M}" for slot in slots]


# --- the contract's example


def test_the_contracts_example_has_its_14_slots():
    slots = json.loads(answer(free_slots(parse_request(EXAMPLE))))["slots"]
    assert slots[0] == {"start": "2026-03-08T17:00:00Z", "end": "2026-03-08T18:00:00Z", "local": "2026-03-08T13:00:00-04:00"}  # fmt: skip
    assert [slot["local"] for slot in slots] == [
        *(f"2026-03-08T{time}:00-04:00" for time in ("13:00", "13:30", "14:00", "14:30", "15:00", "15:30", "16:00", "16:30", "17:00")),
        *(f"2026-03-10T{time}:00-04:00" for time in ("09:00", "09:30", "10:00", "10:30", "11:00")),
    ]  # fmt: skip


def test_the_answer_is_the_same_text_whatever_the_order_of_keys():
    turned = json.dumps(dict(reversed(json.loads(EXAMPLE).items())))
    assert answer(free_slots(parse_request(turned))) == answer(free_slots(parse_request(EXAMPLE)))


def test_an_old_offset_is_written_with_its_seconds():
    slots = slots_of(zone="Africa/Monrovia", day="1971-06-01", hours=[["09:00", "10:00"]])
    assert json.loads(answer(slots))["slots"] == [
        {"start": "1971-06-01T09:44:30Z", "end": "1971-06-01T10:44:30Z", "local": "1971-06-01T09:00:00-00:44:30"}
    ]


# --- the days when clocks change, in words a coach could check


@pytest.mark.parametrize(
    "zone, day, hours, starts, why",
    [
        ("America/New_York", "2026-03-08", ["00:00", "05:00"], "00:00 00:30 01:00 01:30 03:00 03:30 04:00",
         "spring: 02:00 to 03:00 is not there, and half past one lasts until half past three"),
        ("America/New_York", "2026-03-08", ["02:15", "04:30"], "03:00 03:30",
         "a start inside the missing hour is the first instant after it"),
        ("America/New_York", "2026-03-08", ["01:00", "02:30"], "01:00",
         "an end inside the missing hour is the first instant after it"),
        ("America/New_York", "2026-03-08", ["02:00", "03:00"], "", "the missing hour itself is nothing"),
        ("America/New_York", "2026-11-01", ["00:00", "04:00"], "00:00 00:30 01:00 01:30 02:00 02:30 03:00",
         "autumn: one o'clock is there twice and offered once"),
        ("America/New_York", "2026-11-01", ["00:00", "01:30"], "00:00 00:30", "an end that is there twice is the first"),
        ("America/New_York", "2026-11-01", ["01:30", "03:00"], "01:30 02:00",
         "a start that is there twice is the first; its second hour is real time too"),
        ("Australia/Lord_Howe", "2026-10-04", ["01:00", "04:00"], "01:00 01:30 02:30 03:00",
         "spring by half an hour: 02:00 to 02:30 is not there"),
        ("Australia/Lord_Howe", "2026-04-05", ["01:00", "03:00"], "01:00 01:30 02:00",
         "autumn by half an hour: 01:30 to 02:00 is there twice"),
        ("Pacific/Apia", "2011-12-29", ["22:00", "24:00"], "22:00 22:30 23:00", "the last evening before the date line moved"),
        ("Pacific/Apia", "2011-12-30", ["09:00", "17:00"], "", "Samoa had no 30 December 2011"),
        ("Pacific/Apia", "2011-12-31", ["00:00", "01:30"], "00:00 00:30", "and went on with the 31st"),
        ("America/Sao_Paulo", "2018-02-17", ["22:30", "24:00"], "22:30 23:00 23:30",
         "the hour before midnight is there twice: 24:00 is after the second"),
        ("America/Sao_Paulo", "2018-11-04", ["00:00", "02:00"], "01:00", "the day begins at one o'clock"),
        ("America/St_Johns", "2009-10-31", ["23:00", "24:00"], "23:00",
         "the clock shows midnight, then 23:01 again: 24:00 is the first midnight"),
        ("America/St_Johns", "2009-11-01", ["00:00", "02:00"], "00:00 00:30 01:00",
         "the new day begins, falls back for an hour and begins again"),
        ("Africa/Monrovia", "1972-01-07", ["00:15", "02:45"], "00:44 01:14 01:44",
         "Liberia skipped 44 minutes and 30 seconds: the steps count from the first second there is"),
    ],
)  # fmt: skip
def test_hours_follow_the_clock_on_the_wall(zone, day, hours, starts, why):
    assert local_times(slots_of(zone=zone, day=day, hours=[hours])) == starts.split(), why


def test_a_slot_over_the_repeated_hour_is_as_long_in_real_time_as_any_other():
    [slot] = [s for s in slots_of(day="2026-11-01", hours=[["01:30", "03:00"]]) if s.local.hour == 1]
    assert slot.end - slot.start == timedelta(hours=1)
    assert f"{slot.end.astimezone(slot.local.tzinfo):%H:%M %z}" == "01:30 -0500"


# --- what can speak against a slot


@pytest.mark.parametrize(
    "changes, starts, why",
    [
        ({"hours": [["09:00", "10:30"], ["10:00", "12:00"]]}, "09:00 09:30 10:00 10:30 11:00", "windows that overlap are one"),
        ({"hours": [["09:00", "10:15"], ["10:15", "12:00"]]}, "09:00 10:15 10:45", "windows that touch stay two"),
        ({"hours": [["09:00", "10:00"]], "type": {"buffer_before": 60, "buffer_after": 60}}, "09:00", "buffers reach outside"),
        ({"hours": [["23:00", "24:00"]]}, "23:00", "24:00 is an end"),
        ({"hours": [["09:00", "12:00"]], "type": {"minutes": 181}}, "", "too long for the window"),
        ({"hours": [["09:00", "12:00"]], "now": "2026-03-02T15:00:00Z"}, "10:00 10:30 11:00", "now itself is notice of nothing"),
        ({"hours": [["09:00", "12:00"]], "now": "2026-03-02T13:30:00Z", "type": {"notice_minutes": 60}}, "09:30 10:00 10:30 11:00",
         "notice is inclusive"),
        ({"hours": [["09:00", "12:00"]], "now": "2026-03-02T13:30:01Z", "type": {"notice_minutes": 60}}, "10:00 10:30 11:00",
         "by the second"),
        ({"hours": [["09:00", "10:00"]], "now": "2026-02-20T04:59:59Z", "type": {"horizon_days": 11}}, "09:00",
         "the horizon is inclusive: it is still the 19th in New York"),
        ({"hours": [["09:00", "10:00"]], "now": "2026-02-19T04:59:59Z", "type": {"horizon_days": 11}}, "", "and the day before it is not"),
    ],
)  # fmt: skip
def test_hours_notice_and_horizon(changes, starts, why):
    assert local_times(slots_of(**{"day": "2026-03-02"} | changes)) == starts.split(), why


def booking(start, end, before=0, after=0, **kind):
    """A busy entry on 2 March 2026, at UTC times; New York is five hours behind."""
    return {"start": f"2026-03-02T{start}:00Z", "end": f"2026-03-02T{end}:00Z", "buffer_before": before, "buffer_after": after} | kind  # fmt: skip


@pytest.mark.parametrize(
    "busy, rules, starts, why",
    [
        ([booking("15:00", "16:00")], {}, "09:00 11:00", "10:00 to 11:00 is taken; touching is not overlapping"),
        ([booking("15:00", "16:00", after=1)], {}, "09:00", "the booking's own buffer counts"),
        ([booking("15:00", "16:00")], {"buffer_after": 1}, "11:00", "and so does the new one's"),
        ([booking("15:00", "16:00", before=10)], {"buffer_after": 10}, "11:00", "both count, one after the other"),
        ([booking("13:00", "14:00")], {"per_day": 1}, "", "the day has its one booking"),
        ([booking("13:00", "14:00")], {"per_day": 2}, "09:00 09:30 10:00 10:30 11:00", "room for one more"),
        ([booking("13:00", "14:00", kind="external")], {"per_day": 1}, "09:00 09:30 10:00 10:30 11:00", "a dentist is no booking"),
        ([booking("04:30", "06:00")], {"per_day": 1}, "09:00 09:30 10:00 10:30 11:00", "it started at 23:30 on the day before"),
        ([booking("13:00", "23:00"), booking("14:30", "14:45")], {}, "", "the longer one wins over a shorter inside it"),
        ([], {"per_day": 0}, "", "no booking at all is allowed"),
    ],
)  # fmt: skip
def test_what_is_taken_and_the_daily_limit(busy, rules, starts, why):
    slots = slots_of(day="2026-03-02", hours=[["09:00", "12:00"]], busy=busy, type=rules)
    assert local_times(slots) == starts.split(), why


def test_an_exception_replaces_the_weekly_hours_of_its_day_only():
    weekly = [{"weekday": "mon", "start": "09:00", "end": "10:00"}]
    days = {"from": "2026-03-02", "to": "2026-03-16", "weekly": weekly}
    closed = slots_of(**days, exceptions=[{"date": "2026-03-09", "open": []}])
    assert [slot.local.date().day for slot in closed] == [2, 16]


@pytest.mark.parametrize(
    "start, reason",
    [
        ("2026-03-02T14:15:00Z", Refusal.NOT_OFFERED),  # between two steps
        ("2026-03-02T16:30:00Z", Refusal.NOT_OFFERED),  # would end after the window
        ("2026-03-03T14:00:00Z", Refusal.NOT_OFFERED),  # another day than was asked for
        ("2026-03-02T14:00:00Z", Refusal.TOO_SOON),
        ("2026-03-02T15:30:00Z", Refusal.TAKEN),
    ],
)
def test_a_chosen_start_is_refused_with_its_reason(start, reason):
    request = document(
        day="2026-03-02", hours=[["09:00", "12:00"]], busy=[booking("16:00", "16:30")], now="2026-03-02T14:10:00Z"
    )
    assert fits(parse_request(json.dumps(request)), datetime.fromisoformat(start)) is reason


def test_a_calendar_shows_days_as_the_reader_lives_them():
    request = parse_request(json.dumps(document(day="2026-03-02", hours=[["17:00", "21:00"]], type={"step": 60})))
    calendar = days_with_slots(request, ZoneInfo("Asia/Tokyo"))
    assert list(calendar) == [date(2026, 3, 3)]  # the evening in New York is the next morning in Tokyo
    assert list(days_with_slots(request)) == [date(2026, 3, 2)]


# --- a brute-force oracle: it only ever asks a zone what the clock shows at an instant, and goes through the days minute by minute


@cache
def clock_readings(zone: ZoneInfo, first: date, last: date) -> list[tuple[datetime, datetime]]:
    """What a clock shows: (instant, wall-clock time) at every full minute on the clock and at every jump, to the second."""
    minute, second = timedelta(minutes=1), timedelta(seconds=1)
    instant = datetime.combine(first, time(), UTC) - timedelta(days=1)
    end = datetime.combine(last, time(), UTC) + timedelta(days=2)

    def shown(at: datetime) -> datetime:
        return at.astimezone(zone).replace(tzinfo=None)

    readings = []
    wall = shown(instant)
    while instant < end:
        readings.append((instant, wall))
        ahead = minute - timedelta(seconds=wall.second)
        later = shown(instant + ahead)
        if later - wall != ahead:  # the clock jumped meanwhile: look second by second
            ahead = next(n * second for n in range(1, 61) if shown(instant + n * second) - wall != n * second)
            later = shown(instant + ahead)
        instant, wall = instant + ahead, later
    return readings


def oracle(request: dict) -> list[datetime]:
    """The starts of all slots, found the long way from the document of a request."""
    zone, rules = ZoneInfo(request["zone"]), request["type"]
    first, last = date.fromisoformat(request["from"]), date.fromisoformat(request["to"])
    now = datetime.fromisoformat(request["now"])
    readings = clock_readings(zone, first, last)
    offsets = {wall - instant.replace(tzinfo=None) for instant, wall in readings}

    def shown(at: datetime) -> datetime:
        return at.astimezone(zone).replace(tzinfo=None)

    def first_time(day: date, clock: str) -> datetime:
        if clock == "24:00":
            return next(instant for instant, wall in readings if wall.date() > day)
        asked = datetime.combine(day, time.fromisoformat(clock))
        exact = next((instant for instant, wall in readings if wall == asked), None)
        return exact or next(instant for instant, wall in readings if wall > asked)

    def shown_before(start: datetime) -> bool:
        wall = shown(start)
        candidates = [(wall - offset).replace(tzinfo=UTC) for offset in offsets]
        return any(candidate < start and shown(candidate) == wall for candidate in candidates)

    def overlaps(start: datetime) -> bool:
        begin = start - timedelta(minutes=rules["buffer_before"])
        end = start + timedelta(minutes=rules["minutes"] + rules["buffer_after"])
        for entry in request["busy"]:
            other_begin = datetime.fromisoformat(entry["start"]) - timedelta(minutes=entry["buffer_before"])
            other_end = datetime.fromisoformat(entry["end"]) + timedelta(minutes=entry["buffer_after"])
            if begin < other_end and other_begin < end:
                return True
        return False

    def bookings_on(day: date) -> int:
        return sum(
            entry.get("kind", "booking") == "booking" and shown(datetime.fromisoformat(entry["start"])).date() == day
            for entry in request["busy"]
        )

    def hours(day: date) -> list[list[str]]:
        for exception in request["exceptions"]:
            if exception["date"] == day.isoformat():
                return exception["open"]
        return [[w["start"], w["end"]] for w in request["weekly"] if w["weekday"] == WEEKDAYS[day.weekday()]]

    def without_overlaps(windows: list[list[str]]) -> list[list[str]]:
        windows = [list(window) for window in windows]
        for a in windows:
            for b in windows:
                if a is not b and a[0] < b[1] and b[0] < a[1]:  # as text: HH:MM sorts like the time
                    rest = [w for w in windows if w is not a and w is not b]
                    return without_overlaps([*rest, [min(a[0], b[0]), max(a[1], b[1])]])
        return sorted(windows)

    found = []
    for day in (first + timedelta(days=n) for n in range((last - first).days + 1)):
        if day > shown(now).date() + timedelta(days=rules["horizon_days"]):
            continue
        if rules["per_day"] is not None and bookings_on(day) >= rules["per_day"]:
            continue
        for opens, closes in without_overlaps(hours(day)):
            start, end = first_time(day, opens), first_time(day, closes)
            while start + timedelta(minutes=rules["minutes"]) <= end:
                enough_notice = start - now >= timedelta(minutes=rules["notice_minutes"])
                if enough_notice and not shown_before(start) and not overlaps(start):
                    found.append(start)
                start += timedelta(minutes=rules["step"])
    return found


def agrees_with_the_oracle(request: dict) -> list[Slot]:
    parsed = parse_request(json.dumps(request))
    slots = free_slots(parsed)
    assert [slot.start for slot in slots] == oracle(request)
    for slot in slots:
        assert slot.end - slot.start == timedelta(minutes=request["type"]["minutes"])
        assert slot.local.astimezone(UTC) == slot.start and slot.local.tzinfo is parsed.zone
    return slots


ZONES = sorted(available_timezones())
PROBE_S = 5 * 86_400  # two changes of the clock are never closer than a week since 1975
SINCE, UNTIL = (int(datetime(year, 1, 1, tzinfo=UTC).timestamp()) for year in (1975, 2038))


@cache
def changes_of(name: str) -> list[tuple[datetime, timedelta, timedelta]]:
    """When a zone's clock changes from 1975 to 2037: (instant, offset before, offset after)."""
    zone = ZoneInfo(name)

    def offset(seconds: int) -> timedelta:
        return datetime.fromtimestamp(seconds, zone).utcoffset()

    found = []
    before = offset(SINCE)
    for begin in range(SINCE, UNTIL, PROBE_S):
        after = offset(begin + PROBE_S)
        if after != before:
            old = before
            at = begin + bisect_left(
                range(PROBE_S + 1), True, key=lambda s, begin=begin, old=old: offset(begin + s) != old
            )
            found.append((datetime.fromtimestamp(at, UTC), before, after))
            before = after
    return found


def around(change, zone: str, **fields) -> dict:
    """A request for the three days around a change of the clock."""
    instant, before, after = change
    day = (instant + before).date()
    last = max(day, (instant + after).date())
    span = {"from": str(day - timedelta(days=1)), "to": str(last + timedelta(days=1))}
    return document(zone=zone, now=f"{instant - timedelta(days=3):%Y-%m-%dT%H:%M:%SZ}", **span | fields)


def clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


@cache
def changing_zones() -> list[str]:
    return [zone for zone in ZONES if changes_of(zone)]


NEAR_CHANGES_M = st.integers(-1500, 1500).map(lambda n: timedelta(minutes=n))
NEAR_CHANGES_S = st.integers(-90_000, 90_000).map(lambda n: timedelta(seconds=n))


@st.composite
def windows(draw, edges: list[int]) -> list[list[str]]:
    """Up to three windows of one day that begin and end near the change of the clock, on it, around it, or anywhere."""
    edge = st.sampled_from(edges)
    before = st.builds(lambda at, by: max(at - by, 0), edge, st.integers(0, 150))
    after = st.builds(lambda at, by: min(at + by, 1440), edge, st.integers(0, 150))
    anywhere = st.integers(0, 1440)
    pairs = st.tuples(before, after) | st.tuples(before | after | anywhere, before | after | anywhere)
    found = draw(st.lists(pairs.map(sorted).filter(lambda pair: pair[0] < pair[1]), max_size=3))
    return [[clock(start), clock(end)] for start, end in found]


@st.composite
def requests(draw) -> dict:
    zone = draw(st.sampled_from(changing_zones()))
    instant, before, after = change = draw(st.sampled_from(changes_of(zone)))
    walls = [instant + before, instant + after]
    edges = [wall.hour * 60 + wall.minute for wall in walls]
    days = sorted({(wall + timedelta(days=n)).date() for wall in walls for n in (-1, 0, 1)})
    weekly = [
        {"weekday": WEEKDAYS[day.weekday()], "start": start, "end": end}
        for day in days
        for start, end in draw(windows(edges))
    ]
    exceptions = [{"date": str(day), "open": draw(windows(edges))} for day in days if draw(st.booleans())]
    busy = [
        {
            "start": (instant + start).isoformat(),
            "end": (instant + start + timedelta(seconds=draw(st.sampled_from([60, 1800, 3600, 3601])))).isoformat(),
            "buffer_before": draw(st.integers(0, 45)),
            "buffer_after": draw(st.integers(0, 45)),
            "kind": draw(st.sampled_from(["booking", "external"])),
        }
        for start in draw(st.lists(NEAR_CHANGES_M | NEAR_CHANGES_S, max_size=5))
    ]
    rules = {
        "minutes": draw(st.sampled_from([1, 15, 45, 60, 90])),
        "step": draw(st.sampled_from([1, 7, 15, 30, 45, 60])),
        "buffer_before": draw(st.sampled_from([0, 10])),
        "buffer_after": draw(st.sampled_from([0, 10])),
        "notice_minutes": draw(st.sampled_from([0, 0, 120, 4000])),
        "horizon_days": draw(st.sampled_from([60, 60, 3, 2])),
        "per_day": draw(st.sampled_from([None, None, 1, 2])),
    }
    now = instant - draw(st.sampled_from([timedelta(days=3), timedelta(days=2), timedelta(0)]) | NEAR_CHANGES_S)
    return around(change, zone, weekly=weekly, exceptions=exceptions, busy=busy, type=rules) | {"now": now.isoformat()}


@given(request=requests())
@example(request=around(changes_of("Pacific/Apia")[0], "Pacific/Apia"))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_slots_are_those_of_the_oracle_around_any_change_of_any_clock(request):
    agrees_with_the_oracle(request)


def test_slots_are_those_of_the_oracle_on_every_kind_of_change_in_the_database():
    """Every hour of day x size of jump that any clock has made since 1975, with hours open all day and hours cut by the jump."""
    kinds = {}
    for zone in ZONES:
        for instant, before, after in changes_of(zone):
            wall = instant + before
            kinds.setdefault((wall.time(), after - before), ((instant, before, after), zone))
    assert len(kinds) > 40
    for (at, jump), (change, zone) in kinds.items():
        minute, size = at.hour * 60 + at.minute, abs(int(jump.total_seconds()) // 60)
        cuts = {minute + by for by in (-size // 2, size // 2, -size, size, 0)}
        inside = sorted({0, 1440} | {cut for cut in cuts if 0 < cut < 1440})
        windows = [[clock(a), clock(b)] for a, b in pairwise(inside)]
        whole = [["00:00", "24:00"]]
        for hours in (whole, windows):
            weekly = [{"weekday": w, "start": a, "end": b} for w in WEEKDAYS for a, b in hours]
            agrees_with_the_oracle(around(change, zone, weekly=weekly, type={"minutes": 45, "step": 20}))


@given(request=requests(), step_s=st.sampled_from([60 * 15, 60 * 7, 61]))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_start_fits_exactly_when_it_is_listed(request, step_s):
    parsed = parse_request(json.dumps(request))
    listed = {slot.start: slot for slot in free_slots(parsed)}
    begin = datetime.combine(parsed.first, time(), UTC) - timedelta(days=1)
    others = (begin + timedelta(seconds=n * step_s) for n in range(5 * 86_400 // step_s))
    for start in [*listed, *(start for start in others if start.minute % 15 == 0)]:
        verdict = fits(parsed, start)
        assert verdict == listed[start] if start in listed else isinstance(verdict, Refusal)


@given(request=requests())
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_calendar_holds_every_slot_once(request):
    parsed = parse_request(json.dumps(request))
    calendar = days_with_slots(parsed, ZoneInfo("Pacific/Auckland"))
    assert [slot for slots in calendar.values() for slot in slots] == free_slots(parsed)


def test_first_instant_of_every_minute_of_a_changing_day():
    zone = ZoneInfo("America/St_Johns")  # midnight is there twice
    readings = clock_readings(zone, date(2009, 11, 1), date(2009, 11, 1))
    for minute in range(1440):
        wall = datetime.combine(date(2009, 11, 1), time()) + timedelta(minutes=minute)
        assert first_instant(wall.date(), minute, zone) == next(at for at, shown in readings if shown == wall)


# --- input that is not a request


def problems_of(document) -> list[str]:
    text = document if isinstance(document, str | bytes) else json.dumps(document)
    with pytest.raises(InvalidRequest) as caught:
        parse_request(text)
    return caught.value.problems


ONE_WINDOW = {"weekday": "mon", "start": "09:00", "end": "10:00"}
ONE_BUSY = {"start": "2026-03-02T09:00:00Z", "end": "2026-03-02T10:00:00Z", "buffer_before": 0, "buffer_after": 0}


@pytest.mark.parametrize(
    "changes, problem",
    [
        ({"zone": "Mars/Olympus"}, 'zone: "Mars/Olympus" is not an IANA time zone such as Europe/London'),
        ({"zone": "../etc/passwd"}, 'zone: "../etc/passwd" is not an IANA time zone such as Europe/London'),
        ({"zone": None}, "zone: null is not an IANA time zone such as Europe/London"),
        ({"colour": "red"}, "colour: unknown key; allowed are zone, weekly, exceptions, busy, type, from, to, now"),
        ({"a\nb": 1}, '"a\\nb": unknown key; allowed are zone, weekly, exceptions, busy, type, from, to, now'),
        ({"weekly": {}}, "weekly: an object is not a list"),
        ({"weekly": ["mon"]}, 'weekly[0]: "mon" is not an object with weekday, start, end'),
        ({"weekly": [ONE_WINDOW | {"weekday": "funday"}]}, 'weekly[0].weekday: "funday" is not one of mon, tue, wed, thu, fri, sat, sun'),
        ({"weekly": [ONE_WINDOW | {"weekday": 0}]}, "weekly[0].weekday: 0 is not one of mon, tue, wed, thu, fri, sat, sun"),
        ({"weekly": [ONE_WINDOW | {"start": "24:00"}]}, 'weekly[0].start: "24:00" is not a time HH:MM 00:00-23:59'),
        ({"weekly": [ONE_WINDOW | {"start": "9:00"}]}, 'weekly[0].start: "9:00" is not a time HH:MM 00:00-23:59'),
        ({"weekly": [ONE_WINDOW | {"start": "０9:00"}]}, 'weekly[0].start: "\\uff109:00" is not a time HH:MM 00:00-23:59'),
        ({"weekly": [ONE_WINDOW | {"start": "09:00\n"}]}, 'weekly[0].start: "09:00\\n" is not a time HH:MM 00:00-23:59'),
        ({"weekly": [ONE_WINDOW | {"end": "24:01"}]}, 'weekly[0].end: "24:01" is not a time HH:MM 00:01-24:00'),
        ({"weekly": [ONE_WINDOW | {"end": None}]}, "weekly[0].end: null is not a time HH:MM 00:00-23:59"),
        ({"weekly": [ONE_WINDOW | {"end": "08:00"}]}, "weekly[0].end: 08:00 is not after the start 09:00; allowed is a later time up to 24:00, a window does not pass midnight"),
        ({"weekly": [ONE_WINDOW | {"end": "09:00"}]}, "weekly[0].end: 09:00 is not after the start 09:00; allowed is a later time up to 24:00, a window does not pass midnight"),
        ({"exceptions": [{"date": "2026-02-30", "open": []}]}, 'exceptions[0].date: "2026-02-30" is not a date YYYY-MM-DD'),
        ({"exceptions": [{"date": "2026-02-01", "open": [["09:00"]]}]}, 'exceptions[0].open[0]: a list is not a pair of times such as ["09:00", "12:00"]'),
        ({"exceptions": [{"date": "2026-02-01", "open": [["09:00", True]]}]}, "exceptions[0].open[0][1]: true is not a time HH:MM 00:00-23:59"),
        ({"exceptions": [{"date": "2026-02-01", "open": []}] * 2}, "exceptions[1].date: 2026-02-01 is given twice; allowed is one exception for a date"),
        ({"exceptions": [{"date": "2026-02-01"}]}, "exceptions[0].open: missing; it is required"),
        ({"busy": [ONE_BUSY | {"start": "2026-03-02T09:00:00"}]}, "busy[0].start: 2026-03-02T09:00:00 has no offset; allowed is an instant such as 2026-03-02T09:00:00Z"),
        ({"busy": [ONE_BUSY | {"start": "2026-03-02"}]}, 'busy[0].start: "2026-03-02" is not an instant such as 2026-03-09T14:00:00Z'),
        ({"busy": [ONE_BUSY | {"end": "2026-03-02T25:00:00Z"}]}, 'busy[0].end: "2026-03-02T25:00:00Z" is not an instant such as 2026-03-09T14:00:00Z'),
        ({"busy": [ONE_BUSY | {"end": "2026-03-02T09:00:00Z"}]}, "busy[0].end: 2026-03-02T09:00:00Z is not after the start 2026-03-02T09:00:00Z"),
        ({"busy": [ONE_BUSY | {"kind": "holiday"}]}, 'busy[0].kind: "holiday" is not one of booking, external'),
        ({"busy": [ONE_BUSY | {"buffer_after": -1}]}, "busy[0].buffer_after: -1 is outside 0-1440 min"),
        ({"type": {"minutes": 0}}, "type.minutes: 0 is outside 1-1440 min"),
        ({"type": {"minutes": True}}, "type.minutes: true is not an integer 1-1440 min"),
        ({"type": {"minutes": "60"}}, 'type.minutes: "60" is not an integer 1-1440 min'),
        ({"type": {"step": 30.5}}, "type.step: 30.5 is not an integer 1-1440 min"),
        ({"type": {"step": float("nan")}}, "type.step: NaN is not an integer 1-1440 min"),
        ({"type": {"notice_minutes": float("inf")}}, "type.notice_minutes: Infinity is not an integer 0-527040 min"),
        ({"type": {"horizon_days": 10**80}}, f"type.horizon_days: 1{'0' * 56}... is outside 0-36525 days"),
        ({"type": {"per_day": False}}, "type.per_day: false is not an integer 0-1440 bookings or null"),
        ({"type": {"price": 95}}, "type.price: unknown key; allowed are minutes, step, buffer_before, buffer_after, notice_minutes, horizon_days, per_day"),
        ({"from": "2026-03-03"}, "to: 2026-03-02 is before from; allowed is 2026-03-03 or later"),
        ({"from": "0001-01-01"}, "from: 0001-01-01 is outside 1900-01-01 to 2200-12-31"),
        ({"to": "20260302"}, 'to: "20260302" is not a date YYYY-MM-DD'),
        ({"now": "2026-03-01T00:00:00"}, "now: 2026-03-01T00:00:00 has no offset; allowed is an instant such as 2026-03-01T00:00:00Z"),
        ({"now": 1772323200}, "now: 1772323200 is not an instant such as 2026-03-09T14:00:00Z"),
    ],
)  # fmt: skip
def test_a_wrong_field_is_named_with_what_is_allowed(changes, problem):
    assert problems_of(document(**changes)) == [problem]


@pytest.mark.parametrize("key", ["zone", "weekly", "exceptions", "busy", "type", "from", "to", "now"])
def test_a_missing_field_is_not_taken_for_an_empty_one(key):
    request = document()
    del request[key]
    assert problems_of(request) == [f"{key}: missing; it is required"]


def test_all_problems_are_reported_at_once():
    request = document(zone="Nowhere", now="soon", type={"minutes": -5, "step": None}, busy=[{}], weekly=[{"end": "x"}])
    named = [problem.split(":")[0] for problem in problems_of(request)]
    assert named == [
        "zone", "weekly[0].weekday", "weekly[0].start", "weekly[0].end", "busy[0].start", "busy[0].end",
        "busy[0].buffer_before", "busy[0].buffer_after", "type.minutes", "type.step", "now",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    ["", "nonsense", "[]", "null", "7", '"text"', b"\xff\xfe\x00", "[" * 100_000, '{"zone": ' * 5_000, '{"a": 1} {"b": 2}'],
)  # fmt: skip
def test_what_is_not_one_json_object_is_refused_in_one_line(text):
    [problem] = problems_of(text)
    assert problem.startswith("document: ") and "\n" not in problem


def test_a_key_given_twice_is_a_problem():
    assert problems_of(EXAMPLE.replace('"from"', '"zone": "UTC", "from"')) == [
        "zone: given 2 times in one object; once is allowed"
    ]


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(), lambda v: st.lists(v) | st.dictionaries(st.text(), v)
    ),
    st.sampled_from(["zone", "weekly", "exceptions", "busy", "type", "from", "to", "now"]),
)  # fmt: skip
@settings(max_examples=100, deadline=None)
def test_no_value_anywhere_is_more_than_a_problem(value, key):
    try:
        request = parse_request(json.dumps(document() | {key: value}))
    except InvalidRequest as invalid:
        assert invalid.problems and all("\n" not in line and line.isascii() for line in invalid.problems)
    else:
        assert isinstance(request, SlotRequest)


def test_optional_kind_and_offsets_are_read():
    entry = {"start": "2026-03-02T09:00:00.5-05:00", "end": "2026-03-02T10:00+05:30:15", "buffer_before": 1, "buffer_after": 2}  # fmt: skip
    [busy] = parse_request(json.dumps(document(busy=[entry | {"end": "2026-03-02T20:00-05:00"}]))).busy
    assert (busy.kind, busy.start) == ("booking", datetime(2026, 3, 2, 14, 0, 0, 500_000, tzinfo=UTC))
    assert problems_of(document(busy=[entry])) == [
        f"busy[0].end: {entry['end']} is not after the start {entry['start']}"
    ]


def test_a_request_with_records_needs_no_json():
    request = SlotRequest(
        zone=ZoneInfo("Europe/London"), weekly=((Window(540, 600),),) * 7, exceptions={}, busy=(),
        type=TypeRules(60, 60, 0, 0, 0, 7, None), first=date(2026, 3, 2), last=date(2026, 3, 31),
        now=datetime(2026, 3, 2, tzinfo=UTC),
    )  # fmt: skip
    assert len(free_slots(request)) == 8  # today and seven days on


def test_the_domain_knows_no_django():
    program = (
        "import sys; from consultations.domain import availability, contract; "
        "sys.exit(any(name.split('.')[0] in ('django', 'celery', 'studio', 'clients') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
