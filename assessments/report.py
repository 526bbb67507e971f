"""The findings as they are told: composed once when an assessment is finished, stored, and only rendered afterwards.

Everything a page says is in this document, so that a better rule or a better sentence never rewrites what was told.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from assessments.domain import retest
from assessments.domain.battery import SIDES, Area, FieldTest
from assessments.domain.findings import area_on_side, score_tests
from assessments.domain.next_test import next_test
from assessments.domain.records import AreaFinding, AssessRequest, AssessResult, Because, Excluded, Reading, TestScore
from assessments.domain.rules import Source, rules
from assessments.domain.scoring import on_side, pain_quality
from assessments.domain.wording import CONTRIBUTORS, coach_reason, runner_sentences, two_decimals, wording
from assessments.reference import difference_text, reference_of, short_value

SCHEMA = 2  # 2: what stopped because it hurt, what was left out and why, which tests disagree
STATES = {"normal": "ok", "borderline": "borderline", "deficit": "short", "not_scored": "none", "pain": "none"}
COUNTED = (
    "no area stands out",
    "one area stands out",
    "two areas stand out",
    "three areas stand out",
    "four areas stand out",
)


@dataclass(frozen=True)
class Previous:
    """The finished assessment before this one."""

    measured_on: date
    measurements: Mapping[str, Mapping[str, Reading]]


def severity_step(score: float | None, confidence: float) -> int | None:
    """0 clear, 1 mild, 2 moderate, 3 marked; None where there is not enough data to show one."""
    scheme = rules().scheme
    if score is None or scheme.status(score, confidence).status == "not_enough_data":
        return None
    return [band.id for band in scheme.severity_bands.bands].index(scheme.severity_bands.of(score).id)


def compose(
    request: AssessRequest,
    result: AssessResult,
    *,
    first_name: str,
    planned: Sequence[FieldTest],
    left_out: Mapping[str, str] | None = None,
    previous: Previous | None = None,
) -> dict[str, Any]:
    """Put a result into the words of the report.

    Args:
        request, result: what was assessed and what came out; the gate lets through.
        first_name: of the runner.
        planned: the tests that were planned; those without a reading are listed as not tested.
        left_out: test id -> why it is not done with this runner; listed with the reason, and not as not tested.
        previous: what a retest is compared with.

    Returns:
        Plain JSON values. Coach and runner read the same document; the runner's page leaves out the coach's reasons.
    """
    ids = {test.id for test in planned}
    skip = (frozenset(rules().battery.test) - ids) | set(left_out or {})
    order = [*result.ranking, *(area for area in result.areas if area not in result.ranking)]
    areas = [_area(request, result.areas[area]) | {"id": area} for area in order]
    for area in areas:
        area |= _area_words(area["id"], result.areas[area["id"]], request, skip)
        area["conflict_tests"] = _conflict_tests(area["id"], result.areas[area["id"]], request)
    found = [area for area in areas if area["is_ranked"] and area["status"] in CONTRIBUTORS]
    return {
        "schema": SCHEMA,
        "headline": _headline(first_name, found, result),
        "lead": _lead(found, request),
        "areas": [area for area in areas if area["is_ranked"]],
        "context": next((area for area in areas if not area["is_ranked"]), None),
        "map": body_map(request),
        "painful": painful_knees(request),
        "rows": [_row(test, request, result, previous) for test in _measured(request)],
        "previous_on": previous.measured_on.isoformat() if previous else None,
        "previous_on_text": f"{previous.measured_on:%-d %B %Y}" if previous else "",
        "not_tested": _not_tested(request, ids - set(left_out or {})),
        "left_out": _left_out(request, left_out or {}),
        "pain_limited": _pain_limited(request),
        "cautions": [notice.message for notice in result.warnings if notice.code != "check_value"],
        "checks": [
            f"{rules().battery.test[notice.subject.split('.')[0]].name}: {notice.message}"
            for notice in result.warnings
            if notice.code == "check_value"
        ],
        "sources": _sources(result),
        "feature_name": wording().caveats.feature_name,
        "disclaimer": wording().disclaimer,
    }


def _area(request: AssessRequest, finding: AreaFinding) -> dict[str, Any]:
    step = severity_step(finding.score, finding.confidence)
    return {
        "side": finding.side,
        "step": step,
        "confidence": finding.confidence_band if step is not None else None,
        "confidence_words": wording().words.confidence[finding.confidence_band],
        "status": finding.status,
        "status_text": rules().scheme.status_text(finding.status),
        "score": two_decimals(finding.score),
        "certainty": two_decimals(finding.confidence),
        "sentences": list(runner_sentences(finding)),
        "because": [_because(row) for row in finding.because],
        "conflict": wording().words.conflict if finding.conflict else "",
        "conflict_told": wording().words.conflict_told if finding.conflict else "",
    }


def _area_words(area_id: str, finding: AreaFinding, request: AssessRequest, skip: Collection[str]) -> dict[str, Any]:
    area = rules().battery.area[area_id]
    words = wording().words.areas[area_id]
    proposal = next_test(request, area_id, skip=skip)
    return {
        "title": area.label,
        "short": words.short,
        "part": words.part,
        "is_ranked": area.is_ranked,
        "measured": _count_measured(area, request, finding.side),
        "next": rules().battery.test[proposal.test].name if proposal else "",
    }


def _conflict_tests(area_id: str, finding: AreaFinding, request: AssessRequest) -> list[dict[str, str]]:
    """The done tests of an area that disagree: the one furthest from the reference and the one closest to it."""
    if not finding.conflict:
        return []
    scores = score_tests(request, rules()).scores
    tests = [test for construct in rules().battery.area[area_id].constructs for test in construct.tests]
    done = [score for test in tests if (score := on_side(scores, test, finding.side))]
    ends = (max(done, key=lambda score: score.s), min(done, key=lambda score: score.s))
    return [
        {"test": end.test.name, "value": short_value(end.test, end.value), "s": two_decimals(end.s)} for end in ends
    ]


def _count_measured(area: Area, request: AssessRequest, side: str) -> int:
    tests = [test for construct in area.constructs for test in construct.tests]
    return sum({side, "both"} & set(request.measurements.get(test, {})) != set() for test in tests)


def _because(row: Because) -> dict[str, Any]:
    test = rules().battery.test[row.test]
    basis = wording().words.basis[row.basis]
    return {
        "test": test.name,
        "side": "" if row.side == "both" else row.side,
        "value": short_value(test, row.value),
        "normal": short_value(test, row.normal),
        "deficit": short_value(test, row.deficit),
        "d": two_decimals(row.d),
        "weight": f"{row.weight:g}",
        "basis": basis.name,
        "basis_text": basis.text,
        "sources": list(row.sources),
        "text": coach_reason(row),
    }


def _headline(first_name: str, found: list[dict[str, Any]], result: AssessResult) -> str:
    if not found:
        enough = any(area.status != "not_enough_data" for area in result.areas.values())
        return f"{first_name}, nothing stands out so far." if enough else f"{first_name}, this needs a few more tests."
    return f"{first_name}, {COUNTED[len(found)]}. We begin with the {found[0]['part']}."


def _lead(found: list[dict[str, Any]], request: AssessRequest) -> str:
    if not found:
        return f"{wording().words.abstained} {wording().caveat['load_first'].say}"
    where = {"left": " at your left knee", "right": " at your right knee", "both": " at your knees", "none": ""}
    kinds = dict.fromkeys("likely" if area["status"] == "likely_contributor" else "possible" for area in found)
    word = "contributor" if len(found) == 1 else "contributors"
    verb = "It is a" if len(found) == 1 else "They are"
    pain = where[request.runner.painful_side]
    to_what = f" to the pain{pain}" if pain else ""
    order = "" if len(found) == 1 else ", in the order we will work on them"
    return (
        f"{verb} {' or '.join(sorted(kinds))} {word}{to_what}{order}. {wording().caveat['load_first'].say} "
        "Beside each: how far from the reference, and how sure the tests are."
    )


def painful_knees(request: AssessRequest) -> list[str]:
    side = request.runner.painful_side
    return list(SIDES) if side == "both" else [] if side == "none" else [side]


def body_map(request: AssessRequest) -> dict[str, list[int | None]]:
    """Severity step per area as (right, left): each side on its own, whichever side the finding reports."""
    scores = score_tests(request, rules()).scores
    steps: dict[str, list[int | None]] = {}
    for area in rules().battery.areas:
        sides = [area_on_side(area, scores, side, rules()) for side in ("right", "left")]
        steps[area.id] = [severity_step(weighing.score, weighing.confidence) for weighing in sides]
    return steps


def _measured(request: AssessRequest) -> list[FieldTest]:
    return list(rules().battery.in_session_order(request.measurements))


def test_label(score: Any) -> str:
    return "pain" if isinstance(score, Excluded) else score.label


def _row(test: FieldTest, request: AssessRequest, result: AssessResult, previous: Previous | None) -> dict[str, Any]:
    reference = reference_of(test, request.runner.age, request.runner.sex)
    readings = request.measurements[test.id]
    cells = []
    for side in test.sides:
        reading = readings.get(side)
        score = result.tests.get(test.id, {}).get(side)
        label = test_label(score) if score else "none"
        words = wording().words.labels.get(label)
        cells.append(
            {
                "side": side,
                "value": short_value(test, reading.value) if reading and reading.value is not None else "",
                "pain": reading.pain if reading else None,
                "state": STATES.get(label, "none"),
                "score": two_decimals(score.s) if isinstance(score, TestScore) and score.s is not None else "",
                "coach": words.coach if words else "Not measured",
                "runner": words.runner if words else "Not measured",
                "retest": retest_of(test, side, reading, previous),
            }
        )
    both = [readings[side].value for side in SIDES if side in readings and readings[side].value is not None]
    return {
        "test": test.name,
        "area": wording().words.areas[test.area].short,
        "cells": cells,
        "reference": reference.text,
        "basis": reference.basis_name,
        "basis_text": reference.basis_text,
        "difference": difference_text(test, both[0], both[1]) if len(both) == len(SIDES) else "",
        "is_context": not rules().battery.area[test.area].is_ranked,
    }


def retest_of(test: FieldTest, side: str, reading: Reading | None, previous: Previous | None) -> dict[str, str] | None:
    """The value of last time and whether the difference is more than the test can err; None without an earlier value."""
    old = previous.measurements.get(test.id, {}).get(side) if previous else None
    if old is None or old.value is None or reading is None or reading.value is None:
        return None
    verdict = retest.change(test, old.value, reading.value)
    return {
        "value": short_value(test, old.value),
        "short": "a real change"
        if verdict.is_real
        else "within error"
        if verdict.needed is not None
        else "error not known",
        "text": retest.change_sentence(test, verdict),
    }


def _not_tested(request: AssessRequest, planned: Collection[str]) -> list[dict[str, Any]]:
    """What of the plan has no reading at all, by area."""
    missing = []
    for area in rules().battery.areas:
        names = [
            test.name
            for test in rules().battery.tests
            if test.area == area.id and test.id in planned and test.id not in request.measurements
        ]
        if names:
            missing.append({"area": wording().words.areas[area.id].short, "tests": names})
    return missing


def _left_out(request: AssessRequest, left_out: Mapping[str, str]) -> list[dict[str, str]]:
    """What is not done with this runner, in the order of a session, each with the reason of that day."""
    return [
        {"test": test.name, "reason": left_out[test.id]}
        for test in rules().battery.in_session_order(left_out)
        if test.id not in request.measurements
    ]


def _pain_limited(request: AssessRequest) -> list[dict[str, Any]]:
    """Sides on which a test hurt enough to count less or not at all, in the order of a session."""
    limited = []
    for test in _measured(request):
        for side, reading in request.measurements[test.id].items():
            quality = pain_quality(reading.pain, rules().scheme)
            if quality < 1 and (reading.value is not None or not quality):
                limited.append(
                    {
                        "test": test.name,
                        "side": "" if side == "both" else side,
                        "pain": reading.pain,
                        "counts": bool(quality),
                        "text": wording().words.pain["halved" if quality else "excluded"],
                    }
                )
    return limited


def _sources(result: AssessResult) -> dict[str, str]:
    cited = {source for finding in result.areas.values() for row in finding.because for source in row.sources}
    return {source: _citation(rules().source[source]) for source in sorted(cited)}


def _citation(source: Source) -> str:
    """The source as it is cited, with its number where it has one and not just a kind ("web")."""
    has_number = source.identifier.startswith(("doi:", "PMC", "PMID"))
    return f"{source.citation}. {source.identifier}" if has_number else source.citation
