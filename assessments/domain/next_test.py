"""Which unmeasured test would raise the confidence most, in one area and over all?"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

import msgspec

from assessments.domain import rules as rules_module
from assessments.domain.battery import Area, FieldTest
from assessments.domain.findings import Scoresheet, area_on_side, reported_side, score_tests
from assessments.domain.records import AssessRequest
from assessments.domain.rules import Rules
from assessments.domain.scheme import BOUNDARY_SLACK
from assessments.domain.scoring import SideScore
from assessments.domain.thresholds import Deficit


class NextTest(msgspec.Struct, frozen=True):
    test: str  # test id
    side: str  # left or right: the side that is reported for the area
    minutes: int
    confidence: float  # the area's confidence with this test entered at the area's current score, pain 0


def next_test(
    request: AssessRequest, area_id: str, skip: Collection[str] = (), rules: Rules | None = None
) -> NextTest | None:
    """The unmeasured test whose entry, at the area's current score and pain 0, gives the largest confidence.

    Args:
        request: what has been measured so far.
        area_id: one of the five areas.
        skip: tests that must not or cannot be done (contra-indication, no kit).
        rules: the shipped ones unless given.

    Returns:
        Ties go to the shorter test, then to the earlier in the battery.  None when no test would raise the confidence,
        while the red-flag gate is open, and under the age from which results are scored.

    The plank ratio, which a second hold brings along, is left out: its value is not known in advance.
    """
    rules = rules or rules_module.rules()
    return next_tests(request, skip, rules, areas=[rules.battery.area[area_id]]).get(area_id)


def next_tests(
    request: AssessRequest,
    skip: Collection[str] = (),
    rules: Rules | None = None,
    *,
    areas: Iterable[Area] | None = None,
    sheet: Scoresheet | None = None,
) -> dict[str, NextTest]:
    """The proposal of every area that has one, as next_test makes it, from one scoring of the request.

    Args:
        request, skip, rules: as for next_test.
        areas: those to look at; all five unless given.
        sheet: score_tests of the same request, where it is there already.
    """
    rules = rules or rules_module.rules()
    gate = rules.red_flags.gate(request.red_flags, request.runner.age)
    if gate.is_open(cleared=request.cleared) or request.runner.age < rules.scheme.age_rule.score_from:
        return {}
    sheet = sheet or score_tests(request, rules)
    proposals = {}
    for area in rules.battery.areas if areas is None else areas:
        proposal = _of_area(request, area, skip, sheet, rules)
        if proposal:
            proposals[area.id] = proposal
    return proposals


def most_telling(proposals: Mapping[str, NextTest], rules: Rules | None = None) -> NextTest | None:
    """Of the proposals of the four ranked areas, the one that leaves its area with the largest confidence.

    "Largest" is read as the resulting confidence, as in each area.  Ties go to the shorter test, then to the earlier in
    the battery.  The context area has a proposal of its own and never competes with the four.
    """
    battery = (rules or rules_module.rules()).battery
    order = {test: index for index, test in enumerate(battery.test)}
    ranked = [proposal for area, proposal in proposals.items() if battery.area[area].is_ranked]
    return _best(sorted(ranked, key=lambda proposal: order[proposal.test]))


def _of_area(
    request: AssessRequest, area: Area, skip: Collection[str], sheet: Scoresheet, rules: Rules
) -> NextTest | None:
    side, now = reported_side(area, request.runner, sheet.scores, rules)
    level = now.score or 0.0

    def with_test(test: FieldTest) -> NextTest:
        supposed = SideScore(test, side, level, Deficit(level, level, level, ()), level, 1.0)
        scores = {**sheet.scores, test.id: {side: supposed}}
        return NextTest(test.id, side, test.minutes, area_on_side(area, scores, side, rules).confidence)

    candidates = [with_test(test) for test in rules.battery.tests if _is_open(test, area, side, sheet, skip)]
    return _best([each for each in candidates if each.confidence > now.confidence + BOUNDARY_SLACK])


def _is_open(test: FieldTest, area: Area, side: str, sheet: Scoresheet, skip: Collection[str]) -> bool:
    """It could be measured and would count: of this area, scored, without a result on this side, not to be skipped."""
    shown = sheet.tests.get(test.id, {})
    is_measured = side in shown or "both" in shown
    return test.area == area.id and not is_measured and test.is_scored and test.is_entered and test.id not in skip


def _best(candidates: list[NextTest]) -> NextTest | None:
    """The largest confidence; of equal ones the shortest, then the first."""
    if not candidates:
        return None
    most = max(candidate.confidence for candidate in candidates)
    best = [candidate for candidate in candidates if candidate.confidence >= most - BOUNDARY_SLACK]
    return min(best, key=lambda candidate: candidate.minutes)
