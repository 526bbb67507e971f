"""The sheet of an open assessment as its page shows it: areas, tests, sides, what the values say so far."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from assessments.domain.battery import SIDES, FieldTest
from assessments.domain.findings import is_unusual
from assessments.domain.next_test import next_test
from assessments.domain.records import AssessRequest, AssessResult, Value
from assessments.domain.rules import rules
from assessments.domain.wording import wording
from assessments.forms.measurements import Unreadable, pain_name, value_name
from assessments.models import Measurement
from assessments.reference import difference_text, reference_of, short_value, unit_text
from assessments.report import (
    STATES,
    Previous,
    body_map,
    painful_knees,
    planned_tests,
    retest_of,
    severity_step,
    test_label,
    unplanned_tests,
)
from studio.ui import marks
from studio.ui.parts import SEVERITIES


@dataclass
class SideCell:
    """One side of one test: its field, what the value says, and its pain."""

    side: str
    name: str
    pain_name: str
    kept: str  # the stored value as it stands in a field
    shown: str  # what stands in the field: the stored value, or what was typed when it could not be read
    pain: int | None
    state: str  # ok, borderline, short, none
    word: str
    error: str = ""
    instead: str = ""  # a value that may have been meant
    pain_error: str = ""
    ask: str = ""  # valid and unusual
    value: Value | None = None
    before: str = ""  # last time, and whether the difference can be called one


@dataclass
class TestRow:
    test: FieldTest
    unit: str
    reference: str
    basis: str
    basis_text: str
    cells: list[SideCell]
    difference: str = ""
    protocol: tuple[str, ...] = ()
    contraindications: tuple[str, ...] = ()
    choices: list[tuple[str, str]] = field(default_factory=list)

    @property
    def id(self) -> str:
        return self.test.id

    @property
    def is_started(self) -> bool:
        return any(cell.value is not None or cell.pain is not None for cell in self.cells)

    @property
    def is_done(self) -> bool:
        return all(cell.value is not None or cell.pain is not None for cell in self.cells)


@dataclass
class AreaGroup:
    id: str
    title: str
    rows: list[TestRow]
    chip: str = ""
    chip_kind: str = ""

    @property
    def done(self) -> int:
        return sum(row.is_done for row in self.rows)

    @property
    def state(self) -> str:
        return "done" if self.done == len(self.rows) else "started" if any(row.is_started for row in self.rows) else ""


@dataclass
class Finding:
    """One area in the rail."""

    title: str
    step: int | None
    confidence: str | None
    status: str  # "Likely contributor, right"; "" without enough data
    detail: str
    conflict: str = ""

    @property
    def severity(self) -> str:
        return "" if self.step is None else SEVERITIES[self.step]


@dataclass
class SheetView:
    groups: list[AreaGroup]
    findings: list[Finding]
    body: str
    in_order: list[FieldTest]
    notices: list[str]

    @property
    def rows(self) -> Iterable[TestRow]:
        return (row for group in self.groups for row in group.rows)

    @property
    def total(self) -> int:
        return sum(len(group.rows) for group in self.groups)

    @property
    def done(self) -> int:
        return sum(group.done for group in self.groups)

    def row(self, test: str) -> TestRow:
        return next(row for row in self.rows if row.id == test)

    def group_of(self, test: str) -> AreaGroup:
        return next(group for group in self.groups if any(row.id == test for row in group.rows))

    @property
    def summary(self) -> Finding | None:
        """The area that stands out most so far, for the bar on a phone."""
        return next((finding for finding in self.findings if finding.step is not None), None)


def draw(
    *,
    request: AssessRequest,
    result: AssessResult | None,
    rows: Iterable[Measurement],
    battery: str,
    previous: Previous | None,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, Unreadable] | None = None,
) -> SheetView:
    """Put an open sheet together.

    Args:
        request, result: the assessment so far; result None while the gate is closed, when nothing is found.
        rows: the stored measurements.
        battery: the planned selection; tests measured beside it are shown too.
        previous: what a retest is compared with.
        typed, errors: fields that could not be read, as they were typed, and why.
    """
    kept = {(row.test, row.side): row for row in rows}
    planned = planned_tests(battery)
    tests = rules().battery.in_session_order({*(test.id for test in planned), *(test for test, _ in kept)})
    groups: dict[str, AreaGroup] = {}
    for test in tests:
        group = groups.setdefault(test.area, AreaGroup(test.area, wording().words.areas[test.area].short, []))
        group.rows.append(_test_row(test, request, result, kept, previous, typed or {}, errors or {}))
    for group in groups.values():
        _chip(group)
    return SheetView(
        groups=list(groups.values()),
        findings=_findings(request, result, battery),
        body=_body(request, result),
        in_order=list(tests),
        notices=[notice.message for notice in result.warnings if notice.code != "check_value"] if result else [],
    )


def _test_row(
    test: FieldTest,
    request: AssessRequest,
    result: AssessResult | None,
    kept: Mapping[tuple[str, str], Measurement],
    previous: Previous | None,
    typed: Mapping[str, str],
    errors: Mapping[str, Unreadable],
) -> TestRow:
    reference = reference_of(test, request.runner.age, request.runner.sex)
    cells = [
        _cell(test, side, result, kept.get((test.id, side)), request, previous, typed, errors) for side in test.sides
    ]
    values = [cell.value for cell in cells if cell.value is not None]
    return TestRow(
        test=test,
        unit="" if test.input.kind == "choice" else unit_text(test),
        reference=reference.text,
        basis=reference.basis_name,
        basis_text=reference.basis_text,
        cells=cells,
        difference=difference_text(test, values[0], values[1]) if len(values) == len(SIDES) else "",
        protocol=test.protocol,
        contraindications=rules().battery.contraindications(test.id),
        choices=[(choice, wording().words.choices[choice]) for choice in test.input.choices],
    )


def _cell(
    test: FieldTest,
    side: str,
    result: AssessResult | None,
    row: Measurement | None,
    request: AssessRequest,
    previous: Previous | None,
    typed: Mapping[str, str],
    errors: Mapping[str, Unreadable],
) -> SideCell:
    name, of_pain = value_name(test.id, side), pain_name(test.id, side)
    score = result.tests.get(test.id, {}).get(side) if result else None
    value = row.value if row else None
    label = test_label(score) if score else "none"
    word = wording().words.labels[label].coach if score else "Not measured" if value is None else "Recorded"
    stored = "" if value is None else value if isinstance(value, str) else f"{value:g}"
    problem = errors.get(name)
    pain_problem = errors.get(of_pain)
    retest = retest_of(test, side, request.measurements.get(test.id, {}).get(side), previous)
    return SideCell(
        side=side,
        name=name,
        pain_name=of_pain,
        kept=stored,
        shown=typed.get(name, stored),
        pain=row.pain if row else None,
        state=STATES.get(label, "none"),
        word=word,
        error=str(problem) if problem else "",
        instead=problem.instead if problem else "",
        pain_error=str(pain_problem) if pain_problem else "",
        ask="" if problem or not is_unusual(test, value) else f"{short_value(test, value)} is unusual. Is it right?",
        value=value,
        before=f"{retest['value']} on {_day(previous)}: {retest['short']}" if retest else "",
    )


def _day(previous: Previous | None) -> str:
    return f"{previous.measured_on:%-d %b}" if previous else ""


def _chip(group: AreaGroup) -> None:
    states = [cell.state for row in group.rows for cell in row.cells]
    short, borderline = states.count("short"), states.count("borderline")
    if short:
        group.chip, group.chip_kind = f"{short} {'deficit' if short == 1 else 'deficits'}", "stop"
    elif borderline:
        group.chip, group.chip_kind = f"{borderline} borderline", "ease"
    elif "ok" in states:
        group.chip, group.chip_kind = "within reference", "go"
    else:
        group.chip, group.chip_kind = "not measured yet", ""


def _findings(request: AssessRequest, result: AssessResult | None, battery: str) -> list[Finding]:
    if result is None or not result.areas:
        return []
    skip = unplanned_tests(battery)
    order = [*result.ranking, *(area for area in result.areas if area not in result.ranking)]
    found = []
    for area_id in order:
        finding = result.areas[area_id]
        step = severity_step(finding.score, finding.confidence)
        area = rules().battery.area[area_id]
        proposal = next_test(request, area_id, skip)
        hint = f" Most would be gained by: {rules().battery.test[proposal.test].name}." if proposal else ""
        status = ""
        if step is None:
            detail = ("Not tested yet." if finding.score is None else "Too little so far.") + hint
        else:
            status = f"{rules().scheme.status_text(finding.status)}, {finding.side}"
            detail = f"{status}." + (hint if finding.confidence_band == "low" else "")
        title = wording().words.areas[area_id].short + ("" if area.is_ranked else " (context)")
        confidence = finding.confidence_band if step is not None else None
        conflict = wording().words.conflict if finding.conflict else ""
        found.append(Finding(title, step, confidence, status, detail, conflict))
    return found


def _body(request: AssessRequest, result: AssessResult | None) -> str:
    steps: dict[str, Any] = body_map(request) if result and result.areas else {}
    return draw_body(steps, painful_knees(request))


def draw_body(steps: Mapping[str, Any], painful: list[str]) -> str:
    """The body map from severity steps per area as (right, left); the trunk has no side and shows the higher step."""
    pairs = {
        area: tuple(steps.get(area, (None, None))) for area in ("hip_weakness", "quad_itb_tightness", "ankle_stiffness")
    }
    core = [step for step in steps.get("core_instability", ()) if step is not None]
    return marks.bodymap(**pairs, core_instability=max(core, default=None), painful=painful)
