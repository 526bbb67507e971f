"""What ends a phase: each criterion met, not met or not known, with its number and its source.  Data: checks.yaml.

Nothing is signed here.  The answers of a phase check, the sessions, mornings and weekly answers go in; a row per criterion
comes out.  Missing is never met: a criterion with one unanswered part is not known, unless another part already says no.
Nobody reads a clock: days are the runner's own dates and `today` is passed in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Literal

import msgspec
import yaml

from programs.domain import entry, monitoring, words
from programs.domain.library import library

DATA_FILE = Path(__file__).with_name("checks.yaml")
HEAD = ("schema_version", "rules_version", "reviewed_by", "sources")
SIDES = ("left", "right")
BOTH = ("both",)
RED = ("regress", "stop")

Standing = Literal["met", "not_met", "not_known"]


class ChecksError(ValueError):
    """checks.yaml contradicts itself or the library."""


class OutOfRange(ValueError):
    """A number that no test can give; str() says what is possible."""


class CheckTest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One test of the phase check."""

    id: str
    phase: int  # the phase it would end
    name: str
    ask: str
    criterion: str
    unit: str
    per_side: bool
    most: float  # what a field takes, in the unit of the test
    exercise: str  # how it is done: an exercise of the library; "" = whichever the plan has
    counts_for_symmetry: bool
    least: float | None = None  # met from this value on
    apart_max: float | None = None  # instead: met while the sides are at most this far apart

    @property
    def sides(self) -> tuple[str, ...]:
        return SIDES if self.per_side else BOTH

    @property
    def whole(self) -> bool:
        return self.unit != "cm"


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    test_pain_max: int
    symmetry_share: float
    symmetry_tests: int
    weekly_answer_days: int
    daily_max: int
    walk30_max: int
    stairs_max: int
    completion_min: float
    completion_days: int
    red_free_days: dict[int, int]  # phase -> days
    calm_mornings_days: int
    weeks_min: dict[int, int]  # phase -> weeks
    offered_again_days: int

    @property
    def fact_days(self) -> int:
        """How far back the sessions and mornings lie that a criterion may ask for."""
        return max(self.completion_days, self.calm_mornings_days, self.weekly_answer_days, *self.red_free_days.values())


class CheckRules(msgspec.Struct, frozen=True):
    rules_version: str
    tests: tuple[CheckTest, ...]
    limits: Limits

    def tests_of(self, phase: int) -> tuple[CheckTest, ...]:
        return tuple(test for test in self.tests if test.phase == phase)

    def test(self, test_id: str) -> CheckTest | None:
        return next((test for test in self.tests if test.id == test_id), None)


def parse_check_rules(document: Mapping[str, Any]) -> CheckRules:
    """Build the rules from the parsed YAML and check them.

    Raises:
        ChecksError: a wrong shape; a test without exactly one criterion, or shown by an exercise that is not there.
    """
    values = {name: block if name in HEAD else block["value"] for name, block in document.items()}
    try:
        data = msgspec.convert(values, CheckRules)
    except msgspec.ValidationError as problem:
        raise ChecksError(f"checks.yaml: {problem}") from problem
    for test in data.tests:
        if (test.least is None) == (test.apart_max is None):
            raise ChecksError(f"checks.yaml: {test.id} needs either `least` or `apart_max`")
        if test.exercise and test.exercise not in library():
            raise ChecksError(f"checks.yaml: {test.id} is shown by {test.exercise}, which is not in the library")
    return data


@cache
def check_rules() -> CheckRules:
    """The shipped rules, read and checked on first use."""
    return parse_check_rules(yaml.safe_load(DATA_FILE.read_text(encoding="utf-8")))


# --- what goes in -----------------------------------------------------------------------------------------------------


class Reading(msgspec.Struct, frozen=True):
    """One test on one side."""

    value: float | None = None  # in the unit of the test; None = not done
    pain: int | None = None  # 0-10 during it; None = not answered, never read as 0


Readings = Mapping[str, Mapping[str, Reading]]  # test id -> left, right or both -> reading


class Trained(msgspec.Struct, frozen=True):
    """One session of the plan, on its day."""

    day: date
    action: str  # progress, hold, regress, stop; "" = not decided
    started: bool
    sets_done: float
    sets_planned: float


class Round(msgspec.Struct, frozen=True):
    """The pain questions of the intake or of one weekly check, by their names in the list of inputs."""

    on: date
    answers: Mapping[str, Any]
    is_intake: bool = False


class Latest(msgspec.Struct, frozen=True):
    """What counts now about pain in daily life, and when it was said."""

    on: date | None  # None = never
    is_intake: bool
    answers: entry.Answers


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What is known beside the tests; an empty one says that nothing is."""

    today: date
    sessions: Sequence[Trained] = ()  # of the last four weeks
    mornings: Mapping[date, int] = {}  # answered mornings, 0-10
    weekly: Latest | None = None  # the newest answers about daily life, walking and stairs
    weeks_in_phase: int | None = None
    excused: frozenset[date] = frozenset()  # days of a pause: what was planned on them was not expected


PAIN_FIELDS = ("worst_24h_nrs", "daily_nrs", "stairs_nrs", "walk30_nrs")


def latest_answers(intake: Round | None, checks: Iterable[Round]) -> Latest:
    """The newest round of pain answers, for R-P1 and R-P2.

    Args:
        intake: the intake's, if it was sent.
        checks: weekly checks in any order.

    Returns:
        The newest round with at least one pain answer speaks alone: what it leaves out is not known, and an older answer
        does not stand in for it (when unsure, the lower phase).  A check of the intake's own day is newer.  How long
        the runner can run (`run_minutes_ok`) is asked in the intake alone, and stays the intake's.
    """
    run_minutes = intake.answers.get("run_minutes_ok") if intake else None
    rounds = [
        each
        for each in (*([intake] if intake else []), *checks)
        if any(_nrs(each, name) is not None for name in PAIN_FIELDS)
    ]
    if not rounds:
        return Latest(None, False, entry.Answers(run_minutes_ok=run_minutes))
    newest = max(rounds, key=lambda each: (each.on, not each.is_intake))
    said = {name: _nrs(newest, name) for name in PAIN_FIELDS}
    return Latest(newest.on, newest.is_intake, entry.Answers(**said, run_minutes_ok=run_minutes))


def _nrs(round_: Round, name: str) -> int | None:
    value = round_.answers.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


# --- what comes out ---------------------------------------------------------------------------------------------------


class Criterion(msgspec.Struct, frozen=True):
    """One row of the gate."""

    id: str
    label: str
    standing: Standing
    said: str  # the number behind it, or what is missing
    source: str  # where the number comes from: "phase check", "weekly check", "sessions", "mornings", "plan", "run log"
    rule: str
    is_test: bool = False


def criteria(phase: int, readings: Readings, facts: Facts) -> tuple[Criterion, ...]:
    """Every criterion that ends a phase, in the order of its rule.

    Args:
        phase: the phase that would end, 1-4.
        readings: the phase check's; {} when nothing was tested.
        facts: what else is known.

    Returns:
        One row a criterion: met, not met, or not known.  () for phase 4, which no test ends.

    Properties:
        A missing value or pain is never met.  A higher value, a lower pain or a smaller difference never turns a met row
        into another; for the two rows that compare sides, better means that the weaker side comes nearer to the stronger.

    Source:
        R-P2, R-P3, R-P4; the capacity numbers are unverified and a coach may change them.
    """
    rule = check_rules()
    tests = tuple(_of_test(test, readings.get(test.id, {})) for test in rule.tests_of(phase))
    if phase == 1:
        return (_no_red(facts, 1, "R-P2"), *_weekly(facts), _completion(facts))
    if phase == 2:
        return (*tests, _symmetry(readings), _calm_mornings(facts), _weeks(facts, phase))
    if phase == 3:
        return (
            _unlogged("runs_30", "Three runs of 30 min within 14 days at pain 2 or less, settled in an hour"),
            *tests,
            _unlogged("run_time", "Weekly running at 80 % of the goal for two weeks"),
            _no_red(facts, 3, "R-P4"),
        )
    return ()


def is_ready_for_tests(phase: int, facts: Facts) -> bool:
    """Whether the phase check is offered: the phase has tests, and every other row that is known without them is met."""
    rows = [row for row in criteria(phase, {}, facts) if not row.is_test]
    return bool(check_rules().tests_of(phase)) and all(row.standing == "met" for row in rows)


def _of_test(test: CheckTest, sides: Mapping[str, Reading]) -> Criterion:
    most_pain = check_rules().limits.test_pain_max
    readings = [(side, sides.get(side, Reading())) for side in test.sides]
    standings = [_pain_standing(reading, most_pain) for _, reading in readings]
    if test.least is not None:
        standings += [
            "not_known" if reading.value is None else "met" if reading.value >= test.least else "not_met"
            for _, reading in readings
        ]
    else:
        values = [reading.value for _, reading in readings if reading.value is not None]
        if len(values) < len(readings):
            standings.append("not_known")
        else:
            standings.append("met" if max(values) - min(values) <= (test.apart_max or 0) else "not_met")
    rule = "R-P3" if test.phase == 2 else "R-P4"
    return Criterion(
        test.id,
        f"{test.criterion}, pain {most_pain} or less",
        _all(standings),
        _said(test, readings),
        "phase check",
        rule,
        True,
    )


def _pain_standing(reading: Reading, most: int) -> Standing:
    return "not_known" if reading.pain is None else "met" if reading.pain <= most else "not_met"


def _said(test: CheckTest, readings: Sequence[tuple[str, Reading]]) -> str:
    if all(reading == Reading() for _, reading in readings):
        return "not done yet"
    parts = []
    for side, reading in readings:
        if reading.value is None and reading.pain is None:
            told = "not done"
        else:
            value = "not counted" if reading.value is None else f"{reading.value:g}"
            told = f"{value}, pain {'not answered' if reading.pain is None else reading.pain}"
        parts.append(told if side == "both" else f"{side} {told}")
    unit = "" if all(reading.value is None for _, reading in readings) else f" ({test.unit})"
    return "; ".join(parts) + unit


def _symmetry(readings: Readings) -> Criterion:
    """The weaker side at 85 % of the stronger in two of the tests.  A side without a value leaves its test out."""
    limits = check_rules().limits
    tests = [test for test in check_rules().tests_of(2) if test.counts_for_symmetry]
    shares: dict[str, float | None] = {}
    for test in tests:
        values = [readings.get(test.id, {}).get(side, Reading()).value for side in SIDES]
        known = [value for value in values if value is not None]
        shares[test.id] = min(known) / max(known) if len(known) == len(SIDES) and max(known) > 0 else None
    reached = [test for test in tests if (share := shares[test.id]) is not None and share >= limits.symmetry_share]
    open_ = [test for test in tests if shares[test.id] is None]
    if len(reached) >= limits.symmetry_tests:
        standing: Standing = "met"
    elif len(reached) + len(open_) >= limits.symmetry_tests:
        standing = "not_known"
    else:
        standing = "not_met"
    told = [f"{test.name.lower()} {100 * share:.0f} %" for test in tests if (share := shares[test.id]) is not None]
    return Criterion(
        "symmetry",
        f"The weaker side at {100 * limits.symmetry_share:.0f} % of the stronger in two of these tests",
        standing,
        ", ".join(told) or "no test has both sides yet",
        "phase check",
        "R-P3",
        True,
    )


def _no_red(facts: Facts, phase: int, rule: str) -> Criterion:
    days = check_rules().limits.red_free_days[phase]
    first = facts.today - timedelta(days=days - 1)
    trained = [each for each in facts.sessions if first <= each.day <= facts.today and each.started]
    red = [each for each in trained if each.action in RED]
    waiting = [each for each in trained if not each.action]
    standing: Standing = "not_met" if red else "not_known" if waiting or not trained else "met"
    if red:
        said = f"{words.plural(len(red), 'session')} eased or stopped, the last on {red[-1].day:%-d %B}"
    elif not trained:
        said = "no session in that time"
    elif waiting:
        said = f"{words.plural(len(waiting), 'session')} waiting for the next morning"
    else:
        said = f"{words.plural(len(trained), 'session')}, none eased or stopped"
    return Criterion("no_red", f"No red session for {_span(days)}", standing, said, "sessions", rule)


def _span(days: int) -> str:
    return f"{days // 7} weeks" if days > 7 else f"{days} days"


def _weekly(facts: Facts) -> tuple[Criterion, ...]:
    limits = check_rules().limits
    latest = facts.weekly
    recent = latest is not None and latest.on is not None and (facts.today - latest.on).days < limits.weekly_answer_days
    asked = (
        ("daily", "Pain in daily life", "daily_nrs", limits.daily_max),
        ("walk30", "Pain after 30 min of brisk walking", "walk30_nrs", limits.walk30_max),
        ("stairs", "Pain on stairs", "stairs_nrs", limits.stairs_max),
    )
    found = []
    for name, label, field, most in asked:
        nrs = getattr(latest.answers, field) if latest is not None else None
        standing: Standing
        if latest is None or latest.on is None:
            standing, said = "not_known", "not answered yet"
        elif nrs is None:
            standing, said = "not_known", f"no number on {latest.on:%-d %B}"
        elif not recent:
            standing, said = "not_known", f"{nrs} of 10 on {latest.on:%-d %B}, more than a week ago"
        else:
            standing, said = "met" if nrs <= most else "not_met", f"{nrs} of 10 on {latest.on:%-d %B}"
        found.append(Criterion(name, f"{label}, {most} or less", standing, said, "weekly check", "R-P2"))
    return tuple(found)


def _completion(facts: Facts) -> Criterion:
    limits = check_rules().limits
    first = facts.today - timedelta(days=limits.completion_days)
    rows = [
        each for each in facts.sessions
        if first <= each.day <= facts.today and each.day not in facts.excused and (each.started or each.day < facts.today)
    ]  # fmt: skip
    planned, done = (
        sum(each.sets_planned for each in rows),
        sum(min(each.sets_done, each.sets_planned) for each in rows),
    )
    label = f"{100 * limits.completion_min:.0f} % of what was planned done in {limits.completion_days} days"
    if not planned:
        return Criterion("completion", label, "not_known", "nothing was planned", "sessions", "R-P2")
    share = done / planned
    standing: Standing = "met" if share >= limits.completion_min else "not_met"
    return Criterion(
        "completion", label, standing, f"{done:g} of {planned:g} sets, {100 * share:.0f} %", "sessions", "R-P2"
    )


def _calm_mornings(facts: Facts) -> Criterion:
    """Every one of the last seven mornings answered, and none worse than the usual one before it.

    This morning's answer may still come: without it the seven end with yesterday.
    """
    days = check_rules().limits.calm_mornings_days
    last = facts.today if facts.today in facts.mornings else facts.today - timedelta(days=1)
    window = [last - timedelta(days=n) for n in range(days - 1, -1, -1)]
    differences = {
        day: monitoring.morning_difference(
            facts.mornings.get(day), [facts.mornings[one] for one in sorted(facts.mornings) if one < day]
        )
        for day in window
    }
    known = [difference for difference in differences.values() if difference is not None]
    worse = [one for one in known if monitoring.morning_word(one) not in ("better", "the same")]
    standing: Standing = "not_met" if worse else "met" if len(known) == days else "not_known"
    if worse:
        said = f"{words.plural(len(worse), 'morning')} worse than usual"
    elif len(known) == days:
        said = f"all {days} as usual or better"
    else:
        said = f"{len(known)} of {days} mornings answered" + (", all as usual or better" if known else "")
    return Criterion("calm_mornings", f"Morning at its usual for {days} days", standing, said, "mornings", "R-P3")


def _weeks(facts: Facts, phase: int) -> Criterion:
    least = check_rules().limits.weeks_min[phase]
    known = facts.weeks_in_phase
    standing: Standing = "not_known" if known is None else "met" if known >= least else "not_met"
    said = "not known" if known is None else words.plural(known, "week") + " so far"
    return Criterion("weeks", f"At least {least} weeks in phase {phase}", standing, said, "plan", "R-P3")


def _unlogged(name: str, label: str) -> Criterion:
    return Criterion(name, label, "not_known", "runs are not logged in the studio yet", "run log", "R-P4")


def _all(standings: Sequence[Standing]) -> Standing:
    if "not_met" in standings:
        return "not_met"
    return "not_known" if "not_known" in standings else "met"


def reading_problem(test: CheckTest, value: float | None) -> str:
    """Why a number cannot come from this test, in words; "" when it can."""
    if value is None:
        return ""
    if not 0 <= value <= test.most:
        return f"Between 0 and {test.most:g} {test.unit}, please."
    return "A whole number, please." if test.whole and value != int(value) else ""
