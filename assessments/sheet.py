"""The sheet of an open assessment as its page shows it: areas, tests, sides, what the values say so far.

One scoring of the request serves the chips, the map, the findings and the proposals for what to measure next. A row is
put together only when it is shown: the whole page shows all of them, a saved field one.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from django.utils import timezone

from assessments.domain import retest
from assessments.domain.battery import SIDES, FieldTest
from assessments.domain.findings import Scoresheet, area_on_side, assess, is_unusual, score_tests
from assessments.domain.next_test import NextTest, most_telling, next_tests
from assessments.domain.records import AreaFinding, AssessRequest, AssessResult, Value
from assessments.domain.rules import rules
from assessments.domain.tools import Tool, tool_of
from assessments.domain.wording import two_decimals, wording
from assessments.forms import measurements as forms
from assessments.forms.measurements import Conflict
from assessments.models import Assessment, Measurement
from assessments.reference import difference_text, reference_of, short_value, unit_text
from assessments.report import STATES, Previous, painful_knees, severity_step, test_label
from assessments.selection import planned_tests
from assessments.services.measuring import NOTE, Change, Saved, field_text, fingerprint
from studio.accounts.models import User
from studio.ui import marks
from studio.ui.parts import SEVERITIES

CHANGE_ICONS = {"real": "diff", "within_error": "equal-approximately", "no_error_known": "circle-help"}


@dataclass
class SideCell:
    """One side of one test: its field, what the value says, and its pain."""

    side: str
    name: str
    pain_name: str
    shown: str  # what stands in the field: the stored value, or what was typed when it is not stored
    was: str  # what the page knows to be stored
    pain: str  # which pain is pressed, as a field text
    pain_was: str
    state: str  # ok, borderline, short, none
    word: str
    value: Value | None = None
    is_stopped: bool = False  # by pain: recorded, not scored
    error: str = ""
    instead: str = ""  # a value that may have been meant
    pain_error: str = ""
    conflict: Conflict | None = None
    pain_conflict: Conflict | None = None
    ask: str = ""  # valid and unusual
    saved: str = ""  # "10:42", when the side was saved last
    last: str = ""  # the value of last time and its day
    start: str = ""  # where the steps begin in an empty field
    change: str = ""  # whether the difference can be called one
    change_icon: str = ""

    @property
    def pain_number(self) -> int | None:
        """For the pip beside the summary: what is pressed, if it is a pain at all."""
        return int(self.pain) if self.pain.isdecimal() and self.pain.isascii() and len(self.pain) < 3 else None


@dataclass(frozen=True)
class TestState:
    """How far one test is, without its row."""

    test: FieldTest
    states: tuple[str, ...]  # per side: ok, borderline, short, none
    is_started: bool
    is_done: bool
    reason: str  # why it is not done with this runner; "" when it is

    @property
    def counts(self) -> bool:
        """It is still to be done, or done; a test left out is neither."""
        return not self.reason or self.is_started


@dataclass
class TestRow:
    state: TestState
    unit: str
    reference: str
    basis: str
    basis_text: str
    cells: list[SideCell]
    tool: Tool
    kit: tuple[str, ...]
    contraindications: tuple[str, ...]
    choices: list[tuple[str, str]]
    difference: str = ""

    @property
    def test(self) -> FieldTest:
        return self.state.test

    @property
    def id(self) -> str:
        return self.test.id

    @property
    def has_pain_problem(self) -> bool:
        """A pain that was not saved must not hide behind a closed summary."""
        return any(cell.pain_error or cell.pain_conflict for cell in self.cells)

    @property
    def takes_values(self) -> bool:
        """A test left out has no fields, but what was measured before can be taken back, and what was refused is shown."""
        return self.state.counts or any(cell.error or cell.pain_error for cell in self.cells)


@dataclass
class AreaGroup:
    id: str
    title: str
    tests: list[TestState]
    view: "SheetView" = field(repr=False)

    @property
    def rows(self) -> Iterator[TestRow]:
        return (self.view.row(state.test.id) for state in self.tests)

    @property
    def total(self) -> int:
        return sum(state.counts for state in self.tests)

    @property
    def done(self) -> int:
        return sum(state.is_done for state in self.tests)

    @property
    def state(self) -> str:
        return "done" if self.done == self.total else "started" if any(s.is_started for s in self.tests) else ""

    @cached_property
    def chip(self) -> tuple[str, str]:
        """Words and kind."""
        states = [state for test in self.tests for state in test.states]
        short, borderline = states.count("short"), states.count("borderline")
        if short:
            return f"{short} {'deficit' if short == 1 else 'deficits'}", "stop"
        if borderline:
            return f"{borderline} borderline", "ease"
        return ("within reference", "go") if "ok" in states else ("not measured yet", "")


@dataclass
class Proposal:
    """A test that would raise the confidence, in words."""

    test: str
    words: str  # "Side plank, right"
    minutes: int
    confidence: str  # two decimals
    area: str


@dataclass
class Finding:
    """One area in the rail."""

    title: str
    is_ranked: bool
    step: int | None
    confidence: str | None
    score: str  # two decimals, "" without a score
    certainty: str
    status: str  # "Likely contributor, right"; "" without enough data
    detail: str
    conflict: str = ""
    proposal: Proposal | None = None

    @property
    def severity(self) -> str:
        return "" if self.step is None else SEVERITIES[self.step]


@dataclass
class SheetView:
    """What the page and its fragments ask for."""

    assessment: Assessment
    request: AssessRequest
    scores: Scoresheet
    result: AssessResult | None  # None while the gate is closed, when nothing is found
    kept: Mapping[tuple[str, str], Measurement]
    in_order: tuple[FieldTest, ...]
    planned: frozenset[str]
    previous: Previous | None
    posted: forms.Sheet
    left_out: Mapping[str, str]  # test id -> why it is not done with this runner

    def row(self, test_id: str) -> TestRow:
        test = rules().battery.test[test_id]
        reference = reference_of(test, self.request.runner.age, self.request.runner.sex)
        cells = [self._cell(test, side) for side in test.sides]
        values = [cell.value for cell in cells if cell.value is not None]
        return TestRow(
            state=self.states[test_id],
            unit="" if test.input.kind == "choice" else unit_text(test),
            reference=reference.text,
            basis=reference.basis_name,
            basis_text=reference.basis_text,
            cells=cells,
            tool=tool_of(test),
            kit=tuple(wording().words.equipment[item] for item in test.equipment if item != "none"),
            contraindications=rules().battery.contraindications(test_id),
            choices=[(choice, wording().words.choices[choice]) for choice in test.input.choices],
            difference=difference_text(test, values[0], values[1]) if len(values) == len(SIDES) else "",
        )

    # --- how far it is ----------------------------------------------------------------------------------------------

    @cached_property
    def states(self) -> dict[str, TestState]:
        return {test.id: self._state(test) for test in self.in_order}

    def _state(self, test: FieldTest) -> TestState:
        answered = [self._is_answered(test, side) for side in test.sides]
        states = tuple(STATES.get(self._label(test, side), "none") for side in test.sides)
        reason = self.left_out.get(test.id, "")
        return TestState(test, states, is_started=any(answered), is_done=all(answered), reason=reason)

    def _is_answered(self, test: FieldTest, side: str) -> bool:
        row = self.kept.get((test.id, side))
        return row is not None and (row.value is not None or row.pain is not None)

    def _label(self, test: FieldTest, side: str) -> str:
        score = self.result.tests.get(test.id, {}).get(side) if self.result else None
        return test_label(score) if score else "none"

    @cached_property
    def groups(self) -> list[AreaGroup]:
        """By area, in the order in which a session comes to them."""
        groups: dict[str, AreaGroup] = {}
        for test in self.in_order:
            title = wording().words.areas[test.area].short
            groups.setdefault(test.area, AreaGroup(test.area, title, [], self)).tests.append(self.states[test.id])
        return list(groups.values())

    def group_of(self, test: str) -> AreaGroup:
        return next(group for group in self.groups if any(state.test.id == test for state in group.tests))

    @property
    def rows(self) -> Iterator[TestRow]:
        return (row for group in self.groups for row in group.rows)

    @property
    def total(self) -> int:
        return sum(state.counts for state in self.states.values())

    @property
    def done(self) -> int:
        return sum(state.is_done for state in self.states.values())

    @property
    def minutes_left(self) -> int:
        """Of the tests that are still to be done, by the file's own minutes."""
        return sum(state.test.minutes for state in self.states.values() if state.counts and not state.is_done)

    @cached_property
    def next_up(self) -> FieldTest | None:
        """The next test in session order that is not done yet, from the one that was touched last; then from the start.

        None also while the gate is closed: nothing is proposed then.
        """
        if self.result is None:
            return None
        touched = [row for row in self.kept.values() if row.test in self.states]
        last = max(touched, key=lambda row: row.updated_at).test if touched else None
        order = [test.id for test in self.in_order]
        start = order.index(last) + 1 if last else 0
        for test_id in order[start:] + order[:start]:
            if self.states[test_id].counts and not self.states[test_id].is_done:
                return rules().battery.test[test_id]
        return None

    # --- one side ---------------------------------------------------------------------------------------------------

    def _cell(self, test: FieldTest, side: str) -> SideCell:
        name, of_pain = forms.value_name(test.id, side), forms.pain_name(test.id, side)
        row, posted = self.kept.get((test.id, side)), self.posted
        value = row.value if row else None
        stored, pain = field_text(value), field_text(row.pain if row else None)
        label, problem = self._label(test, side), posted.errors.get(name)
        words = wording().words.labels.get(label)
        has_answer = bool(stored or pain)
        cell = SideCell(
            side=side,
            name=name,
            pain_name=of_pain,
            shown=posted.typed.get(name, stored),
            was=posted.was.get(name, stored),
            pain=posted.typed.get(of_pain, pain),
            pain_was=posted.was.get(of_pain, pain),
            state=STATES.get(label, "none"),
            word=words.coach if words else "Not measured" if value is None else "Recorded",
            value=value,
            is_stopped=label == "pain",
            error=str(problem) if problem else "",
            instead=problem.instead if problem else "",
            pain_error=str(posted.errors.get(of_pain, "")),
            conflict=posted.conflicts.get(name),
            pain_conflict=posted.conflicts.get(of_pain),
            ask=""
            if value is None or not is_unusual(test, value)
            else f"{short_value(test, value)} is unusual. Is it right?",
            saved=clock(row.updated_at) if row and has_answer else "",
        )
        self._compare(cell, test)
        return cell

    def _compare(self, cell: SideCell, test: FieldTest) -> None:
        """What it was last time, and once there is a value, whether the difference can be called a change."""
        low = (test.input.warn or test.input.valid or (0.0, 0.0))[0]
        cell.start = field_text(low)
        old = self.previous.measurements.get(test.id, {}).get(cell.side) if self.previous else None
        if old is None or old.value is None or self.previous is None:
            return
        cell.last = f"Last time {short_value(test, old.value)}, {self.previous.measured_on:%-d %b}"
        if not isinstance(old.value, str):
            cell.start = field_text(old.value)
        if cell.value is None or cell.is_stopped:
            return
        change = retest.change(test, old.value, cell.value)
        words = wording().words.compared_two
        cell.change = words[change.trend] if change.is_real else words[change.verdict]
        cell.change_icon = CHANGE_ICONS[change.verdict]

    # --- what it says so far ----------------------------------------------------------------------------------------

    @cached_property
    def proposals(self) -> dict[str, NextTest]:
        """Per area, of the tests on this sheet that may be done."""
        if self.result is None:
            return {}
        skip = (frozenset(rules().battery.test) - self.planned) | set(self.left_out)
        return next_tests(self.request, skip, sheet=self.scores)

    @cached_property
    def most_telling(self) -> Proposal | None:
        best = most_telling(self.proposals)
        return _proposal(best) if best else None

    @cached_property
    def findings(self) -> list[Finding]:
        """The ranked areas in their order, then those without enough data, then the context, which is never ranked."""
        if self.result is None or not self.result.areas:
            return []
        ranking = self.result.ranking
        order = [*ranking, *(area for area in self.result.areas if area not in ranking)]
        order.sort(key=lambda area: not rules().battery.area[area].is_ranked)
        return [self._finding(area, self.result.areas[area]) for area in order]

    def _finding(self, area_id: str, finding: AreaFinding) -> Finding:
        step = severity_step(finding.score, finding.confidence)
        best = self.proposals.get(area_id)
        status = f"{rules().scheme.status_text(finding.status)}, {finding.side}" if step is not None else ""
        nothing = "Not tested yet." if finding.score is None else "Not enough data: too little was measured so far."
        return Finding(
            title=wording().words.areas[area_id].short,
            is_ranked=rules().battery.area[area_id].is_ranked,
            step=step,
            confidence=finding.confidence_band if step is not None else None,
            score="" if step is None else two_decimals(finding.score),
            certainty=two_decimals(finding.confidence),
            status=status,
            detail=f"{status}." if status else nothing,
            conflict=wording().words.conflict if finding.conflict else "",
            proposal=_proposal(best) if best else None,
        )

    @property
    def abstention(self) -> str:
        """Why no area is named, in words; "" when one is."""
        if self.result is None or not self.result.abstained or not self.result.areas:
            return ""
        return wording().words.abstained if self.result.ranking else "Not enough data yet to name an area."

    @property
    def summary(self) -> Finding | None:
        """The area that stands out most so far, for the bar on a phone."""
        return next((finding for finding in self.findings if finding.step is not None and finding.is_ranked), None)

    @cached_property
    def body(self) -> str:
        steps: dict[str, tuple[int | None, ...]] = {}
        for area in rules().battery.areas if self.result and self.result.areas else ():
            sides = [area_on_side(area, self.scores.scores, side, rules()) for side in ("right", "left")]
            steps[area.id] = tuple(severity_step(weighing.score, weighing.confidence) for weighing in sides)
        return draw_body(steps, painful_knees(self.request))

    @property
    def notices(self) -> list[str]:
        warnings = self.result.warnings if self.result else ()
        return [notice.message for notice in warnings if notice.code != "check_value"]

    @property
    def note(self) -> "NoteView":
        return told_note(self.assessment, self.posted)


@dataclass(frozen=True)
class NoteView:
    """The coach's note in its field."""

    text: str
    was: str  # fingerprint of what the page knows to be stored
    stored_was: str  # fingerprint of what stands there, for whoever decides a conflict
    error: str
    conflict: Conflict | None
    saved: str = ""  # "10:42"


def told_note(assessment: Assessment, posted: forms.Sheet, saved_at: datetime | None = None) -> NoteView:
    """The note as it stands, or as it was typed when it is not stored."""
    return NoteView(
        text=posted.typed.get(forms.NOTE, assessment.note),
        was=posted.was.get(forms.NOTE) or fingerprint(assessment.note),
        stored_was=fingerprint(assessment.note),
        error=str(posted.errors.get(forms.NOTE, "")),
        conflict=posted.conflicts.get(forms.NOTE),
        saved=clock(saved_at) if saved_at and not posted.typed else "",
    )


def draw(
    *,
    assessment: Assessment,
    request: AssessRequest,
    rows: Iterable[Measurement],
    finds: bool,
    previous: Previous | None,
    left_out: Mapping[str, str],
    posted: forms.Sheet | None = None,
) -> SheetView:
    """Score an open sheet once and put it together.

    Args:
        assessment: which tests are planned.
        request: what was measured so far, as the engine reads it.
        rows: the stored measurements; tests measured beside the plan are shown too.
        finds: False while the gate is closed, when nothing is found.
        previous: what a retest is compared with.
        left_out: test id -> why it is not done with this runner, as things stand now.
        posted: fields that were not saved, as they were typed, and why.
    """
    kept = {(row.test, row.side): row for row in rows}
    planned = {test.id for test in planned_tests(assessment)}
    measured = {row.test for row in kept.values() if row.value is not None or row.pain is not None}
    scores = score_tests(request, rules())
    return SheetView(
        assessment=assessment,
        request=request,
        scores=scores,
        result=assess(request, sheet=scores) if finds else None,
        kept=kept,
        in_order=rules().battery.in_session_order(planned | measured),
        planned=frozenset(planned),
        previous=previous,
        posted=posted or forms.Sheet(),
        left_out=left_out,
    )


def told_conflicts(saved: Saved, posted: forms.Sheet, reader: User) -> None:
    """Put into `posted` what was not written, because something else stands there or the test must not be done."""
    for (test_id, side, part), change in saved.conflicts.items():
        if (test_id, side, part) == NOTE:
            name, conflict = forms.NOTE, _note_conflict(change)
        else:
            name = forms.part_name(test_id, side, part)
            conflict = _conflict(rules().battery.test[test_id], part, change, reader)
        posted.conflicts[name], posted.typed[name] = conflict, conflict.typed
    for (test_id, side, part), refusal in saved.refused.items():
        name = forms.part_name(test_id, side, part)
        posted.errors[name] = forms.Unreadable(f"Not with this runner: {refusal.reason}")
        posted.typed[name] = field_text(refusal.typed)


def _conflict(test: FieldTest, part: str, change: Change, reader: User) -> Conflict:
    stored, typed = _content_text(test, part, change.stored), _content_text(test, part, change.typed)
    if change.by is None:
        who = "This was changed"
    elif change.by == reader:
        who = "You changed this in another tab or on another device"
    else:
        who = f"{change.by.get_short_name()} changed this"
    when = f" at {clock(change.at)}" if change.at else ""
    now = f"it is {stored} now" if stored else "it is empty now"
    you = f"you typed {typed}" if typed else "you emptied it"
    if part == "pain":
        now = f"pain is {stored} now" if stored else "pain is not answered now"
        you = f"you chose {typed}" if typed else "you took the answer back"
    return Conflict(
        sentence=f"{who}{when}: {now}; {you}.",
        stored=field_text(change.stored),
        typed=field_text(change.typed),
        keep=f"Keep {stored}" if stored else "Leave it empty",
        use=f"Use {typed}" if typed else "Empty it",
    )


def _content_text(test: FieldTest, part: str, content: Value | None) -> str:
    if content is None:
        return ""
    if part == "pain":
        return f"{content} of 10"
    return wording().words.choices[content] if isinstance(content, str) else short_value(test, content)


def _note_conflict(change: Change) -> Conflict:
    return Conflict(
        sentence="Somebody changed this note meanwhile. Yours is kept in the field; theirs is below it.",
        stored=str(change.stored),
        typed=str(change.typed),
        keep="Keep theirs",
        use="Use mine",
    )


def _proposal(best: NextTest) -> Proposal:
    test = rules().battery.test[best.test]
    words = f"{test.name}, {best.side}" if test.per_side else test.name
    area = wording().words.areas[test.area].short
    return Proposal(test.id, words, test.minutes, two_decimals(best.confidence), area)


def clock(moment: datetime) -> str:
    """The time of day at the reader's place."""
    return f"{timezone.localtime(moment):%H:%M}"


def draw_body(steps: Mapping[str, tuple[int | None, ...]], painful: list[str]) -> str:
    """The body map from severity steps per area as (right, left); the trunk has no side and shows the higher step."""

    def pair(area: str) -> tuple[int | None, int | None]:
        right, left = steps.get(area) or (None, None)
        return right, left

    core = [step for step in pair("core_instability") if step is not None]
    return marks.bodymap(
        pair("hip_weakness"), pair("quad_itb_tightness"), pair("ankle_stiffness"), max(core, default=None), painful
    )
