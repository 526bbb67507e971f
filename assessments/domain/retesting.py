"""Which tests of the last assessment are worth doing again, and when.  Data: retest rule in outcomes.yaml."""

from __future__ import annotations

from datetime import date, timedelta

from assessments.domain import rules as rules_module
from assessments.domain.battery import DERIVED_RATIO
from assessments.domain.outcomes import outcomes
from assessments.domain.records import AssessRequest, AssessResult, Excluded
from assessments.domain.rules import Rules

CONTRIBUTORS = ("likely_contributor", "possible_contributor")
UNCLEAR = ("unclear", "not_enough_data")
STOOD_OUT = ("borderline", "deficit")
RATIO_IS_MADE_OF = ("side_plank", "trunk_extensor_hold")


def retest_due_on(measured_on: date) -> date:
    """The first day on which the physical tests are worth repeating.

    Args:
        measured_on: day of the last finished assessment.

    Source:
        Program rule R-A5 (re-score every 4 weeks) and the physical-tests note of the outcome measures: sooner changes
        are mostly below the measurement error.
    """
    return measured_on + timedelta(weeks=outcomes().retest_every.value)


def tests_that_mattered(request: AssessRequest, result: AssessResult, rules: Rules | None = None) -> tuple[str, ...]:
    """The tests to repeat, out of what was done last time.

    Args:
        request: what was measured.
        result: what `assess` made of it.
        rules: the shipped ones unless given.

    Returns:
        Test ids in session order:
        - the tests behind every likely or possible contributor (its "because" rows; a ratio brings the holds it is made of);
        - every test that was borderline or in deficit on a side, or that pain stopped;
        - of each of the four areas that is unclear or has not enough data, the anchor: the test of its anchor construct
          that was done, else the first that the quick battery has.
        What was normal and led nowhere is left out.  () while results were withheld: then the whole battery is to be done.
    """
    rules = rules or rules_module.rules()
    if not result.areas:
        return ()
    chosen: set[str] = set()
    for finding in result.areas.values():
        if finding.status in CONTRIBUTORS:
            chosen |= {because.test for because in finding.because}
    for test, sides in result.tests.items():
        if any(isinstance(score, Excluded) or score.label in STOOD_OUT for score in sides.values()):
            chosen.add(test)
    if DERIVED_RATIO in chosen:
        chosen |= {test for test in RATIO_IS_MADE_OF if test in request.measurements}
    for area in rules.battery.areas:
        if area.is_ranked and result.areas[area.id].status in UNCLEAR:
            chosen |= _anchor(area.id, request, rules)
    known = rules.battery.test
    return tuple(test.id for test in rules.battery.in_session_order(chosen & set(known)) if test.is_entered)


def _anchor(area_id: str, request: AssessRequest, rules: Rules) -> set[str]:
    area = rules.battery.area[area_id]
    tests = next(construct.tests for construct in area.constructs if construct.id == area.anchor_construct)
    quick = rules.battery.batteries.quick
    found = [test for test in tests if test in request.measurements] or [test for test in tests if test in quick]
    return {*found[:1]} or {tests[0]}
