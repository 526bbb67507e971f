"""The one public entry: from an assessment request to gate, tests, areas and ranking."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from assessments.domain import rules as rules_module
from assessments.domain import scoring
from assessments.domain.battery import DERIVED_RATIO, SIDES, Area, Battery, FieldTest
from assessments.domain.records import (
    AreaFinding,
    AssessRequest,
    AssessResult,
    Because,
    Excluded,
    Gate,
    Notice,
    Reading,
    Runner,
    TestScore,
)
from assessments.domain.rules import Rules
from assessments.domain.scoring import Part, SideScore, Weighing
from assessments.domain.thresholds import absolute_deficit, deficit_label

TIE_DECIMALS = 9
SIDE_PLANK, EXTENSOR_HOLD = "side_plank", "trunk_extensor_hold"

Readings = Mapping[str, Mapping[str, Reading]]
TestScores = dict[str, dict[str, TestScore | Excluded]]


class Scoresheet(msgspec.Struct, frozen=True):
    """All tests of one request, scored side by side."""

    tests: TestScores  # what the result shows, in battery order
    scores: scoring.Scores  # what the areas are weighed from
    notices: tuple[Notice, ...]


def assess(request: AssessRequest, rules: Rules | None = None, *, sheet: Scoresheet | None = None) -> AssessResult:
    """Assess one runner.

    Args:
        request: from requests.parse_request, which has checked every value.
        rules: battery, constants and red flags; the shipped ones unless given.
        sheet: score_tests of the same request, where it is there already.

    Returns:
        While the red-flag gate is open: no tests, no areas, an empty ranking, abstained.
        Under 16: tests recorded without a score, every area "not enough data", a warning that says why.
        Otherwise all five areas, each on the runner's painful side (for both or none: on the side with the larger score;
        tie: larger confidence; tie: left), and the ranking of the four root causes that have enough data.

        `because` of an area lists each test that raised its score on that side (weight x quality x s above 0), largest
        contribution first, equal ones in battery order.  A test that only counts by its asymmetry is listed with d 0.
        The derived plank ratio inherits the worse pain of the two holds it is made of.

    Source:
        Scoring proposal, steps 2 to 16 (scoring.yaml): a design proposal, not a validated instrument.
    """
    rules = rules or rules_module.rules()
    gate = rules.red_flags.gate(request.red_flags, request.runner.age)
    if gate.is_open(cleared=request.cleared):
        return AssessResult(rules.version, gate, {}, {}, (), abstained=True, warnings=())
    sheet = sheet or score_tests(request, rules)
    areas = {area.id: _finding(area, request.runner, sheet.scores, rules) for area in rules.battery.areas}
    ranked = [(area_id, finding) for area_id, finding in areas.items() if finding.rank_value is not None]
    ranked.sort(key=lambda item: (item[1].rank_value, item[1].score), reverse=True)
    contributors = {"likely_contributor", "possible_contributor"}
    return AssessResult(
        rules_version=rules.version,
        gate=gate,
        tests=sheet.tests,
        areas=areas,
        ranking=tuple(area_id for area_id, _ in ranked),
        abstained=not any(finding.status in contributors for _, finding in ranked),
        warnings=(*_age_notices(request.runner.age, rules), *_flag_notices(gate, rules), *sheet.notices),
    )


def score_tests(request: AssessRequest, rules: Rules) -> Scoresheet:
    """Score every test of a request (steps 1 to 7), in battery order.  The red-flag gate is the caller's business."""
    readings, notices = _with_ratio(request.measurements, rules.battery)
    tests: TestScores = {}
    scores: dict[str, dict[str, SideScore]] = {}
    for test in rules.battery.tests:
        shown, scored = _score_test(test, readings.get(test.id, {}), request.runner, rules)
        if shown:
            tests[test.id] = shown
        if scored:
            scores[test.id] = scored
        notices += [
            Notice("check_value", f"{test.id}.{side}", _check_message(test, reading.value))
            for side, reading in readings.get(test.id, {}).items()
            if is_unusual(test, reading.value)
        ]
    return Scoresheet(tests, scores, tuple(notices))


def is_unusual(test: FieldTest, value: float | str | None) -> bool:
    """True when a valid value lies outside the warn range: keep it, and ask "are you sure?"."""
    warn = test.input.warn
    return warn is not None and isinstance(value, int | float) and not warn[0] <= value <= warn[1]


def _check_message(test: FieldTest, value: object) -> str:
    low, high = test.input.warn or (0.0, 0.0)
    return f"{value:g} {test.unit} is unusual (most values are {low:g} to {high:g}): is it right?"


def _score_test(
    test: FieldTest, readings: Mapping[str, Reading], runner: Runner, rules: Rules
) -> tuple[dict[str, TestScore | Excluded], dict[str, SideScore]]:
    """One test: what the result shows per side, and the sides that take part in the areas."""
    is_scored = test.is_scored and runner.age >= rules.scheme.age_rule.score_from
    shown: dict[str, TestScore | Excluded] = {}
    scored: dict[str, SideScore] = {}
    for side in (side for side in test.sides if side in readings):
        reading = readings[side]
        q = scoring.pain_quality(reading.pain, rules.scheme)
        if q == 0:
            shown[side] = Excluded()
        elif reading.value is None:
            continue
        elif is_scored:
            deficit = absolute_deficit(test, reading.value, runner.age, runner.sex)
            scored[side] = SideScore(test, side, reading.value, deficit, deficit.d, q)
        else:
            shown[side] = TestScore(None, None, q, "not_scored")
    if len(scored) == len(SIDES):
        scored["left"], scored["right"] = scoring.side_scores(test, scored["left"], scored["right"], rules.scheme)
    for side, score in scored.items():
        shown[side] = TestScore(score.deficit.d, score.s, score.q, deficit_label(score.deficit.d))
    return {side: shown[side] for side in test.sides if side in shown}, scored


def _with_ratio(measurements: Readings, battery: Battery) -> tuple[Readings, list[Notice]]:
    """Add the plank ratio per side where both holds are there: side plank / trunk extensor hold."""
    ratios: dict[str, Reading] = {}
    notices: list[Notice] = []
    extensor = measurements.get(EXTENSOR_HOLD, {}).get("both", Reading())
    low, high = battery.test[DERIVED_RATIO].input.valid or (0.0, 0.0)
    for side in SIDES:
        plank = measurements.get(SIDE_PLANK, {}).get(side, Reading())
        if not extensor.value or plank.value is None:  # a hold of 0 s has no ratio
            continue
        ratio = float(plank.value) / float(extensor.value)
        if low <= ratio <= high:
            pains = [pain for pain in (plank.pain, extensor.pain) if pain is not None]
            ratios[side] = Reading(ratio, max(pains, default=None))
        else:
            message = f"side plank / extensor hold is {ratio:g}, outside {low:g} to {high:g}: left out"
            notices.append(Notice("ratio_out_of_range", f"{DERIVED_RATIO}.{side}", message))
    return {**measurements, DERIVED_RATIO: ratios}, notices


def area_on_side(area: Area, scores: scoring.Scores, side: str, rules: Rules) -> Weighing:
    """One area on one side, with both halves of the conflict flag."""
    weighing = scoring.weigh(area, scoring.measured_parts(area, scores, side), rules.scheme)
    if scoring.constructs_disagree(area, scores, side, rules.scheme):
        return msgspec.structs.replace(weighing, conflict=True)
    return weighing


def reported_side(area: Area, runner: Runner, scores: scoring.Scores, rules: Rules) -> tuple[str, Weighing]:
    """Step 13: the painful side; for both or none the larger score, then the larger confidence, then left."""
    candidates = SIDES if runner.painful_side in ("both", "none") else (runner.painful_side,)
    weighings = [(side, area_on_side(area, scores, side, rules)) for side in candidates]
    return max(weighings, key=lambda item: _precedence(item[1]))  # max keeps the first, so a full tie is left


def _precedence(weighing: Weighing) -> tuple[float, float]:
    """Equal scores are equal whatever their last bits say, so that the confidence decides between them."""
    score = -1.0 if weighing.score is None else weighing.score
    return round(score, TIE_DECIMALS), round(weighing.confidence, TIE_DECIMALS)


def _finding(area: Area, runner: Runner, scores: scoring.Scores, rules: Rules) -> AreaFinding:
    side, weighing = reported_side(area, runner, scores, rules)
    scheme, score = rules.scheme, weighing.score
    status = scheme.status(score, weighing.confidence).status
    rank_value = None
    if area.is_ranked and score is not None and status != "not_enough_data":
        rank_value = scoring.rank_value(score, weighing.confidence, scheme)
    return AreaFinding(
        side=side,
        score=score,
        coverage=weighing.coverage,
        spread=weighing.spread,
        confidence=weighing.confidence,
        severity=None if score is None else scheme.severity_bands.of(score).id,
        confidence_band=scheme.confidence_bands.of(weighing.confidence).id,
        status=status,
        conflict=weighing.conflict,
        rank_value=rank_value,
        because=_because(weighing.parts, rules.battery),
    )


def _because(parts: tuple[Part, ...], battery: Battery) -> tuple[Because, ...]:
    order = list(battery.test)
    raising = [part for part in parts if part.contribution > 0]
    raising.sort(key=lambda part: (-part.contribution, order.index(part.score.test.id)))
    return tuple(
        Because(
            test=score.test.id,
            side=score.side,
            value=score.value,
            unit=score.test.unit,
            normal=score.deficit.normal,
            deficit=score.deficit.deficit,
            d=score.deficit.d,
            weight=part.weight,
            basis=score.test.scoring.basis,
            sources=score.deficit.sources,
        )
        for part in raising
        for score in (part.score,)
    )


def _age_notices(age: int, rules: Rules) -> list[Notice]:
    rule = rules.scheme.age_rule
    if age < rule.score_from:
        message = f"Under {rule.score_from}: recorded, not scored. The reference values are those of adults."
        return [Notice("under_16", "age", message)]
    if age <= rule.caution_until:
        message = f"{rule.score_from}-{rule.caution_until} years: compared with adult reference values, so take care."
        return [Notice("age_16_17", "age", message)]
    return []


def _flag_notices(gate: Gate, rules: Rules) -> list[Notice]:
    up = [rules.red_flags.flag[flag_id] for flag_id in gate.flags]
    return [
        Notice("caution", flag.id, flag.why[0].upper() + flag.why[1:] + ".") for flag in up if flag.action == "caution"
    ]
