"""Two finished assessments of one runner side by side, from what was stored of each; nothing is scored anew.

A difference is called a change only beyond the test's measurement error. Scores and confidences are those that were told
on their day; they are comparable only under the same rules, so different rules are said.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assessments import overrules
from assessments.domain import retest
from assessments.domain.battery import FieldTest
from assessments.domain.records import Value
from assessments.domain.rules import rules
from assessments.domain.wording import two_decimals, wording
from assessments.models import Assessment
from assessments.overrules import Overruled
from assessments.reference import short_amount, short_value


@dataclass(frozen=True)
class AreaThen:
    """One area in one of the two assessments, as it was told that day."""

    status: str  # "Likely contributor"
    step: int | None  # severity 0-3; None = not enough data
    confidence: str | None
    score: str  # two decimals; "–" without one
    certainty: str
    side: str
    overrule: Overruled | None


@dataclass(frozen=True)
class AreaPair:
    id: str
    title: str
    is_ranked: bool
    then: AreaThen | None
    now: AreaThen | None

    @property
    def sides_differ(self) -> bool:
        """The two speak of different sides: their scores are no before and after."""
        told = [each for each in (self.then, self.now) if each and each.step is not None]
        return len({each.side for each in told}) > 1


@dataclass(frozen=True)
class Pair:
    """One test on one side, measured both times."""

    side: str  # "" for a test without sides
    then: str
    now: str
    verdict: str
    pains: str  # of both days; "" where neither was asked
    amount: str = ""  # with its sign; "" where it is no number
    needed: str = ""  # what may be called a change; "" = not known
    is_real: bool = False
    trend: str = ""  # better, worse or "" (not real, or neither)


@dataclass(frozen=True)
class TestPair:
    name: str
    pairs: tuple[Pair, ...]
    __test__ = False  # not a pytest class


@dataclass(frozen=True)
class Comparison:
    then: Assessment
    now: Assessment
    areas: tuple[AreaPair, ...]
    tests: tuple[TestPair, ...]
    only_then: tuple[str, ...]  # tests, with the side where only that was measured
    only_now: tuple[str, ...]
    other_rules: bool  # the two were scored by different versions
    headline: str


Reading = tuple[Value | None, int | None]  # value, pain
Readings = Mapping[str, Mapping[str, Reading]]  # test -> side -> reading


def compare(then: Assessment, now: Assessment) -> Comparison:
    """Compare an earlier and a later finished assessment of the same runner."""
    earlier, later = readings_of(then), readings_of(now)
    known = rules().battery.test
    ids = [test.id for test in rules().battery.in_session_order({*earlier, *later} & set(known))]
    ids += sorted(({*earlier, *later}) - set(known))
    tests: list[TestPair] = []
    only_then: list[str] = []
    only_now: list[str] = []
    for test_id in ids:
        old, new = earlier.get(test_id, {}), later.get(test_id, {})
        name = known[test_id].name if test_id in known else test_id
        pairs = [_pair(known.get(test_id), side, old[side], new[side]) for side in old if side in new]
        if pairs:
            tests.append(TestPair(name, tuple(pairs)))
        for alone, other, found in ((old, new, only_then), (new, old, only_now)):
            sides = [side for side in alone if side not in other]
            if sides:
                found.append(name if sides == ["both"] or len(sides) == 2 else f"{name}, {sides[0]}")
    return Comparison(
        then=then,
        now=now,
        areas=_areas(then, now),
        tests=tuple(tests),
        only_then=tuple(only_then),
        only_now=tuple(only_now),
        other_rules=then.rules_version != now.rules_version,
        headline=_headline(tests),
    )


def readings_of(row: Assessment) -> Readings:
    """What was measured, from the stored request: side -> (value, pain). Tests of older rules are among them."""
    found: dict[str, dict[str, Reading]] = {}
    for test, fields in (row.request or {}).get("measurements", {}).items():
        for side, value_key, pain_key in (
            ("left", "left", "pain_left"), ("right", "right", "pain_right"), ("both", "value", "pain"),
        ):  # fmt: skip
            if value_key in fields or pain_key in fields:
                found.setdefault(test, {})[side] = (fields.get(value_key), fields.get(pain_key))
    return found


def _pair(test: FieldTest | None, side: str, old: Reading, new: Reading) -> Pair:
    words = wording().words.compared_two
    (before, pain_before), (after, pain_after) = old, new
    side = "" if side == "both" else side
    pains = "" if pain_before is None and pain_after is None else f"{_nrs(pain_before)} then, {_nrs(pain_after)} now"
    if test is None:
        return Pair(side, str(before), str(after), words["unknown"], pains)
    shown = side, _value(test, before), _value(test, after)
    stopped = any(pain is not None and _excludes(pain) for pain in (pain_before, pain_after))
    if stopped or before is None or after is None:
        return Pair(*shown, words["pain"], pains)
    change = retest.change(test, before, after)
    return Pair(
        *shown,
        verdict=words[change.trend if change.is_real else "same" if before == after else change.verdict],
        pains=pains,
        amount=""
        if change.amount is None
        else f"{'+' if change.amount > 0 else ''}{short_amount(test, change.amount)}",
        needed="" if change.needed is None else short_amount(test, change.needed),
        is_real=change.is_real,
        trend=change.trend if change.is_real and change.trend in ("better", "worse") else "",
    )


def _excludes(pain: int) -> bool:
    steps = rules().scheme.pain_quality.steps
    return next(step.q for step in steps if pain <= step.max) == 0


def _nrs(pain: int | None) -> str:
    return "not asked" if pain is None else str(pain)


def _value(test: FieldTest, value: Value | None) -> str:
    return "–" if value is None else short_value(test, value)


def _areas(then: Assessment, now: Assessment) -> tuple[AreaPair, ...]:
    """In the order in which the later one told them; the context area last."""
    before, after = _told_areas(then), _told_areas(now)
    order = [*after, *(area for area in before if area not in after)]
    return tuple(
        AreaPair(
            id=area,
            title=(after.get(area) or before[area])["title"],
            is_ranked=(after.get(area) or before[area])["is_ranked"],
            then=_area(before.get(area)),
            now=_area(after.get(area)),
        )
        for area in order
    )


def _told_areas(row: Assessment) -> dict[str, dict[str, Any]]:
    told = row.sentences or {}
    context = told.get("context")
    areas = [*overrules.areas_with(told, overrules.all_of(row)), *([context | {"overrule": None}] if context else [])]
    return {area["id"]: area for area in areas}


def _area(told: dict[str, Any] | None) -> AreaThen | None:
    if told is None:
        return None
    return AreaThen(
        status=told["status_text"],
        step=told["step"],
        confidence=told["confidence"],
        score=told["score"] if told["step"] is not None else two_decimals(None),
        certainty=told["certainty"],
        side=told["side"],
        overrule=told["overrule"],
    )


def _headline(tests: list[TestPair]) -> str:
    """How many sides of how many tests really changed, in a sentence."""
    pairs = [pair for test in tests for pair in test.pairs]
    if not pairs:
        return "No test was done both times."
    real = [pair for pair in pairs if pair.is_real]
    if not real:
        return f"No real change in {len(pairs)} {'result' if len(pairs) == 1 else 'results'} measured both times."
    ways = (("better", "for the better"), ("worse", "the other way"))
    counts = [(sum(pair.trend == trend for pair in real), words) for trend, words in ways]
    said = " and ".join(f"{count} {words}" for count, words in counts if count)
    changes = f"{len(real)} real {'change' if len(real) == 1 else 'changes'}"
    return f"{changes} in {len(pairs)} results measured both times{f': {said}' if said else ''}."
