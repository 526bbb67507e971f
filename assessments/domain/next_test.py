"""Which unmeasured test would raise an area's confidence most?"""

from __future__ import annotations

from collections.abc import Collection

import msgspec

from assessments.domain import rules as rules_module
from assessments.domain.findings import area_on_side, reported_side, score_tests
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
    gate = rules.red_flags.gate(request.red_flags, request.runner.age)
    if gate.is_open(cleared=request.cleared) or request.runner.age < rules.scheme.age_rule.score_from:
        return None
    sheet = score_tests(request, rules)
    area = rules.battery.area[area_id]
    side, now = reported_side(area, request.runner, sheet.scores, rules)
    level = now.score or 0.0

    candidates: list[NextTest] = []
    for test in rules.battery.tests:
        shown = sheet.tests.get(test.id, {})
        is_measured = side in shown or "both" in shown
        if test.area != area_id or is_measured or not test.is_scored or not test.is_entered or test.id in skip:
            continue
        supposed = SideScore(test, side, level, Deficit(level, level, level, ()), level, 1.0)
        scores = {**sheet.scores, test.id: {side: supposed}}
        confidence = area_on_side(area, scores, side, rules).confidence
        if confidence > now.confidence + BOUNDARY_SLACK:
            candidates.append(NextTest(test.id, side, test.minutes, confidence))
    if not candidates:
        return None
    most = max(candidate.confidence for candidate in candidates)
    best = [candidate for candidate in candidates if candidate.confidence >= most - BOUNDARY_SLACK]
    return min(best, key=lambda candidate: candidate.minutes)
