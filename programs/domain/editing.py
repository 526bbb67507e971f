"""Edits of a plan: small frozen values that are stored, replayed and undone.

`apply(plan, edit)` gives the new plan; `invert(plan, edit)` gives the edit that brings this plan back.  A scope says
which occurrences of a slot an edit reaches: this one, those of its week, or this and all later ones.  What an edit may
not do is an EditError, in words for the coach; what it may do against a rule shows up in auditing.audit.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal

import msgspec

from programs.domain import allocation, words
from programs.domain.composing import compose_line
from programs.domain.dose import default_dose, set_seconds
from programs.domain.filtering import Barrier, barriers
from programs.domain.library import Exercise, Library, UnknownExercise
from programs.domain.records import (
    WEEKDAYS,
    Dose,
    Line,
    NotInPlan,
    Phase,
    Plan,
    Run,
    Session,
    SideSets,
    Week,
    Weekday,
    line_id,
)
from programs.domain.rules import Rules

Scope = Literal["this", "this_week", "this_and_later"]
replace = msgspec.structs.replace


class EditError(ValueError):
    """The edit cannot be made; the message is for the coach."""


class NotFound(EditError):
    """The plan has no such week, session or line, or the library no such exercise."""


class RepeatedExercise(EditError):
    """The exercise is already in that session (G10)."""


class OutOfBounds(EditError):
    """A dose, position or stage that nobody can mean."""


class NeedsOverride(EditError):
    """The safety filter rules the exercise out; a written reason is needed to use it all the same."""


class WrongPlace(EditError):
    """Run drills belong inside runs and consistency items outside sessions."""


class DayTaken(EditError):
    """Another session is on that day (G11)."""


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


class _Edit(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="edit", tag=lambda name: _snake(name)):
    pass


class AddLine(_Edit, frozen=True):
    """Put an exercise into a session; later sessions of the same template get it too, under one new slot."""

    week: int
    session: str  # session id
    exercise: str
    scope: Scope = "this_and_later"
    sets: int | None = None  # None = the library's
    dose: Dose | None = None  # None = the library's, with the phase's effort target
    position: int | None = None  # place in the session, 0 = first; None = last
    override: str = ""  # why, when the safety filter says no


class RemoveLine(_Edit, frozen=True):
    """Take a line out."""

    line: str
    scope: Scope = "this_and_later"


class SwapExercise(_Edit, frozen=True):
    """Another exercise in the same slot."""

    line: str
    exercise: str
    scope: Scope = "this_and_later"
    sets: int | None = None  # None = as before, at most the library's for the new exercise
    dose: Dose | None = None
    override: str = ""


class SetDose(_Edit, frozen=True):
    """Another dose; None leaves a part as it is."""

    line: str
    scope: Scope = "this_and_later"
    sets: int | None = None
    dose: Dose | None = None
    extra_side_sets: SideSets | None = None


class MoveLine(_Edit, frozen=True):
    """Another place in the session, 0 = first."""

    line: str
    position: int
    scope: Scope = "this_and_later"


class SetAnchor(_Edit, frozen=True):
    """Make a line a must-do, or no longer."""

    line: str
    anchor: bool
    scope: Scope = "this_and_later"


class SetNote(_Edit, frozen=True):
    """The coach's words to the runner beside a line."""

    line: str
    note: str
    scope: Scope = "this_and_later"


class MoveToSession(_Edit, frozen=True):
    """The same line in another session of the week: its slot, dose and must-do go with it.

    Beyond one occurrence it leaves every session of its template and comes to every one of the other's.
    """

    line: str
    session: str  # id of the session it goes to, in the week of the line
    position: int | None = None  # None = last
    scope: Scope = "this_and_later"


class PairLines(_Edit, frozen=True):
    """Two lines done in turns, one resting while the other works; the second comes to stand right after the first."""

    line: str
    partner: str | None  # slot of the other line in the same session; None = no longer in turns
    scope: Scope = "this_and_later"


class SetSessionNote(_Edit, frozen=True):
    """The coach's words to the runner above a session."""

    week: int
    session: str
    note: str
    scope: Scope = "this"


class SetWeekNote(_Edit, frozen=True):
    """The coach's words to the runner above a week."""

    week: int
    note: str
    scope: Scope = "this"


class CopySessions(_Edit, frozen=True):
    """Sessions of one week, as they are, into the sessions of the same ids in other weeks."""

    week: int
    sessions: tuple[str, ...]  # session ids
    weeks: tuple[int, ...]  # where to
    mode: Literal["replace", "add"] = "replace"  # add = only exercises that are not there yet


class MoveSession(_Edit, frozen=True):
    """Another weekday for a session."""

    week: int
    session: str
    day: Weekday
    scope: Scope = "this_and_later"
    exchange: bool = False  # True = a session already on that day takes the old one


class SetRunStage(_Edit, frozen=True):
    """Another stage of the run ladder for the runs of a week."""

    week: int
    stage: int
    scope: Scope = "this_and_later"


class Restore(_Edit, frozen=True):
    """Weeks as they were: the inverse of any edit."""

    weeks: tuple[Week, ...]
    last_slot: int


Edit = (
    AddLine
    | RemoveLine
    | SwapExercise
    | SetDose
    | MoveLine
    | MoveToSession
    | PairLines
    | SetAnchor
    | SetNote
    | SetSessionNote
    | SetWeekNote
    | CopySessions
    | MoveSession
    | SetRunStage
    | Restore
)


def edit_to_document(edit: Edit) -> dict[str, Any]:
    """The edit as plain data, for a JSON column or a form."""
    return msgspec.to_builtins(edit)


def edit_from_document(document: Mapping[str, Any]) -> Edit:
    """Read a stored or posted edit.

    Raises:
        EditError: it is not one; the message names what is wrong.
    """
    try:
        return msgspec.convert(document, Edit)
    except msgspec.ValidationError as problem:
        raise EditError(str(problem)) from None


def apply(plan: Plan, edit: Edit, library: Library, rules: Rules) -> Plan:
    """Make an edit.

    Args:
        plan: the plan; it is not changed.
        edit: what to do.
        library: the exercise library.
        rules: the program rules.

    Returns:
        The new plan.  In deload weeks later than the edited one an added or changed dose is made lighter (half the
        sets, one more repetition in reserve).  `warnings` stay those of the day of generation.

    Raises:
        EditError: see its subclasses.
    """
    try:
        return _Editor(plan, library, rules).make(edit)
    except (NotInPlan, UnknownExercise) as problem:
        raise NotFound(str(problem)) from None


def invert(plan: Plan, edit: Edit, library: Library, rules: Rules) -> Restore:
    """The edit that undoes `edit` made on `plan`: apply(apply(plan, edit), invert(plan, edit)) == plan."""
    return way_back(plan, apply(plan, edit, library, rules))


def way_back(before: Plan, after: Plan) -> Restore:
    """The edit that makes `before` of `after`, which came from it by one edit."""
    made = {week.number: week for week in after.weeks}
    touched = tuple(week for week in before.weeks if made.get(week.number) != week)
    return Restore(weeks=touched, last_slot=before.last_slot)


def _in_pairs(lines: Iterable[Line]) -> tuple[Line, ...]:
    """Lines with the pairs that still hold: both there, each naming the other, one right after the other."""
    stand = tuple(lines)
    holds = {
        slot
        for first, second in itertools.pairwise(stand)
        if (first.paired_with, second.paired_with) == (second.slot, first.slot)
        for slot in (first.slot, second.slot)
    }
    return tuple(
        line if line.paired_with is None or line.slot in holds else replace(line, paired_with=None) for line in stand
    )


class _Place(msgspec.Struct, frozen=True):
    """One session of the plan, with where it stands."""

    phase: Phase
    week: Week
    session: Session


class _Editor:
    def __init__(self, plan: Plan, library: Library, rules: Rules) -> None:
        self.plan, self.library, self.rules = plan, library, rules

    def make(self, edit: Edit) -> Plan:
        match edit:
            case AddLine():
                return self._add(edit)
            case RemoveLine():
                return self._on_lines(edit.line, edit.scope, lambda _place, _line: None)
            case SwapExercise():
                return self._swap(edit)
            case SetDose():
                return self._set_dose(edit)
            case MoveLine():
                return self._move_line(edit)
            case SetAnchor():
                return self._on_lines(edit.line, edit.scope, lambda _, line: replace(line, anchor=edit.anchor))
            case SetNote():
                return self._on_lines(edit.line, edit.scope, lambda _, line: replace(line, note=edit.note))
            case MoveToSession():
                return self._move_to_session(edit)
            case PairLines():
                return self._pair(edit)
            case SetSessionNote():
                return self._set_session_note(edit)
            case SetWeekNote():
                return self._set_week_note(edit)
            case CopySessions():
                return self._copy_sessions(edit)
            case MoveSession():
                return self._move_session(edit)
            case SetRunStage():
                return self._set_run_stage(edit)
            case Restore():
                return self._restore(edit)

    # --- reach ------------------------------------------------------------------------------------------------------

    def _find(self, wanted: str) -> tuple[_Place, Line]:
        for phase, week, session, line in self.plan.places():
            if line.id == wanted:
                return _Place(phase, week, session), line
        raise NotInPlan(f"no line {wanted} in this plan")

    def _place(self, week_number: int, session_id: str) -> _Place:
        session = self.plan.session(week_number, session_id)
        for phase in self.plan.phases:
            for week in phase.weeks:
                if week.number == week_number:
                    return _Place(phase, week, session)
        raise NotInPlan(f"no week {week_number} in this plan")

    @staticmethod
    def _reaches(scope: Scope, from_week: int, from_id: str, week: Week, session: Session) -> bool:
        """Whether an edit that starts at a session of a week reaches another session."""
        if scope == "this":
            return (week.number, session.id) == (from_week, from_id)
        if scope == "this_week":
            return week.number == from_week
        if week.number != from_week:
            return week.number > from_week
        ids = [one.id for one in week.sessions]
        return ids.index(session.id) >= ids.index(from_id)

    def _sessions(self, change: Callable[[_Place], Session]) -> Plan:
        """The plan with every session passed through `change`."""

        def week_of(phase: Phase, week: Week) -> Week:
            sessions = tuple(change(_Place(phase, week, session)) for session in week.sessions)
            return week if sessions == week.sessions else replace(week, sessions=sessions)

        phases = tuple(
            replace(phase, weeks=tuple(week_of(phase, week) for week in phase.weeks)) for phase in self.plan.phases
        )
        return replace(self.plan, phases=phases)

    def _on_lines(self, wanted: str, scope: Scope, change: Callable[[_Place, Line], Line | None]) -> Plan:
        """The plan with the reached occurrences of a line's slot changed; None takes the line out."""
        start, chosen = self._find(wanted)

        def session_of(place: _Place) -> Session:
            if not self._reaches(scope, start.week.number, start.session.id, place.week, place.session):
                return place.session
            lines: list[Line] = []
            for line in place.session.lines:
                changed = change(place, line) if line.slot == chosen.slot else line
                if changed is not None:
                    lines.append(changed)
            return replace(place.session, lines=_in_pairs(lines))

        return self._sessions(session_of)

    # --- lines ------------------------------------------------------------------------------------------------------

    def _add(self, edit: AddLine) -> Plan:
        start = self._place(edit.week, edit.session)
        exercise = self.library[edit.exercise]
        number = self.plan.last_slot + 1
        slot = f"{start.session.key}{number}"
        at = len(start.session.lines) if edit.position is None else edit.position
        if not 0 <= at <= len(start.session.lines):
            raise OutOfBounds(f"Position {at} is outside 0-{len(start.session.lines)}.")

        def session_of(place: _Place) -> Session:
            same = place.session.key == start.session.key
            if not same or not self._reaches(edit.scope, edit.week, edit.session, place.week, place.session):
                return place.session
            line = self._fresh(exercise, place, start.week, slot, edit.sets, edit.dose, edit.override, but=None)
            lines = list(place.session.lines)
            lines.insert(len(lines) if edit.position is None else min(at, len(lines)), line)
            return replace(place.session, lines=_in_pairs(lines))

        return replace(self._sessions(session_of), last_slot=number)

    def _swap(self, edit: SwapExercise) -> Plan:
        exercise = self.library[edit.exercise]
        start, _ = self._find(edit.line)

        def change(place: _Place, line: Line) -> Line:
            fresh = self._fresh(exercise, place, start.week, line.slot, edit.sets, edit.dose, edit.override, but=line)
            extra = line.extra_side_sets if exercise.unilateral else SideSets()
            return replace(fresh, anchor=line.anchor, paired_with=line.paired_with, extra_side_sets=extra)

        return self._on_lines(edit.line, edit.scope, change)

    def _fresh(
        self,
        exercise: Exercise,
        place: _Place,
        start: Week,
        slot: str,
        sets: int | None,
        dose: Dose | None,
        override: str,
        *,
        but: Line | None,
    ) -> Line:
        """A new line in one session.  `start` is the week the edit begins in, `but` the line it replaces.

        Sets default to the replaced line's, at most the library's; the dose to the library's.
        """
        if any(line.exercise == exercise.id and line is not but for line in place.session.lines):
            raise RepeatedExercise(
                f"{exercise.name} is already in session {place.session.id} of week {place.week.number}."
            )
        reason = self._checked_override(exercise, place, override)
        given = exercise.prescription.sets
        asked_sets = sets if sets is not None else given if but is None else min(but.sets, given)
        asked_dose = dose or default_dose(exercise, place.phase.number, self.rules)
        self._check_dose(exercise, asked_sets, asked_dose)
        keeps_sets = sets is None and but is not None  # the replaced line's are those of its week already
        light_sets, light_dose = self._lighter(asked_sets, asked_dose)
        deload = place.week.deload
        others = {line.exercise for line in place.session.lines if line is not but}
        line = compose_line(
            exercise,
            place.week.number,
            place.session.id,
            slot,
            light_sets if deload and not keeps_sets and not (sets and start.deload) else asked_sets,
            light_dose if deload and not (dose and start.deload) else asked_dose,
            severity=allocation.severities(self.plan.severity),
            evidence=self.plan.evidence,
            taken=others | {exercise.id},
            available=lambda other: not self._barriers(other, place),
            library=self.library,
            rules=self.rules,
        )
        return replace(line, override=reason)

    def _lighter(self, sets: int, dose: Dose) -> tuple[int, Dose]:
        """Sets and dose as a deload week has them (R-G5)."""
        rule = self.rules.deload
        rir = None if dose.rir is None else (dose.rir[0] + rule.rir_add, dose.rir[1] + rule.rir_add)
        load_kg = None if dose.load_kg is None else dose.load_kg * rule.load_share
        return max(1, sets // 2), replace(dose, rir=rir, load_kg=load_kg)

    def _set_dose(self, edit: SetDose) -> Plan:
        start, _ = self._find(edit.line)

        def change(place: _Place, line: Line) -> Line:
            exercise = self.library[line.exercise]
            sets = line.sets if edit.sets is None else edit.sets
            dose = edit.dose or line.dose
            extra = line.extra_side_sets if edit.extra_side_sets is None else edit.extra_side_sets
            self._check_dose(exercise, sets, dose)
            if extra and not exercise.unilateral:
                raise OutOfBounds(f"{exercise.name} works both sides at once: it has no side for extra sets.")
            low, high = 0, self.rules.asymmetry.sets_week_max
            if not (low <= extra.left <= high and low <= extra.right <= high):
                raise OutOfBounds(f"Extra sets on one side are outside {low}-{high}.")
            if place.week.deload and not start.week.deload:
                light_sets, light_dose = self._lighter(sets, dose)
                sets = sets if edit.sets is None else light_sets
                dose = dose if edit.dose is None else light_dose
            return replace(line, sets=sets, dose=dose, extra_side_sets=extra)

        return self._on_lines(edit.line, edit.scope, change)

    def _move_line(self, edit: MoveLine) -> Plan:
        start, chosen = self._find(edit.line)
        last = len(start.session.lines) - 1
        if not 0 <= edit.position <= last:
            raise OutOfBounds(f"Position {edit.position} is outside 0-{last}.")

        def session_of(place: _Place) -> Session:
            if not self._reaches(edit.scope, start.week.number, start.session.id, place.week, place.session):
                return place.session
            moving = [line for line in place.session.lines if line.slot == chosen.slot]
            lines = [line for line in place.session.lines if line.slot != chosen.slot]
            lines[edit.position : edit.position] = moving
            return replace(place.session, lines=_in_pairs(lines))

        return self._sessions(session_of)

    def _move_to_session(self, edit: MoveToSession) -> Plan:
        start, chosen = self._find(edit.line)
        goal = self._place(start.week.number, edit.session)
        if goal.session.id == start.session.id:
            raise OutOfBounds("The line is in that session already.")
        last = len(goal.session.lines)
        at = last if edit.position is None else edit.position
        if not 0 <= at <= last:
            raise OutOfBounds(f"Position {at} is outside 0-{last}.")
        moved = replace(chosen, paired_with=None)

        def reaches(place: _Place, session: Session) -> bool:
            """Whole weeks, so that a line is never left in one of two equal sessions and taken from the other."""
            if edit.scope == "this":
                return place.week.number == start.week.number and place.session.id == session.id
            return self._from_week(edit.scope, start.week.number, place.week) and place.session.key == session.key

        def session_of(place: _Place) -> Session:
            lines = list(place.session.lines)
            if reaches(place, start.session):
                lines = [line for line in lines if line.slot != chosen.slot]
            if reaches(place, goal.session):
                if place.session.key == start.session.key and edit.scope != "this":
                    raise OutOfBounds(f"Sessions {start.session.id} and {goal.session.id} are the same; move this one.")
                if any(line.exercise == chosen.exercise for line in lines):
                    name = self.library[chosen.exercise].name
                    raise RepeatedExercise(
                        f"{name} is already in session {place.session.id} of week {place.week.number}."
                    )
                lines.insert(
                    len(lines) if edit.position is None else min(at, len(lines)), self._at(moved, place, start)
                )
            return replace(place.session, lines=_in_pairs(lines))

        return self._sessions(session_of)

    def _at(self, line: Line, place: _Place, start: _Place) -> Line:
        """A line as it stands in another session: its own id there, lighter when a deload week is not where it is from."""
        sets, dose = line.sets, line.dose
        if place.week.deload and not start.week.deload:
            sets, dose = self._lighter(sets, dose)
        return replace(line, id=line_id(place.week.number, place.session.id, line.slot), sets=sets, dose=dose)

    def _pair(self, edit: PairLines) -> Plan:
        start, chosen = self._find(edit.line)
        if edit.partner is not None and edit.partner not in {line.slot for line in start.session.lines} - {chosen.slot}:
            raise NotFound(f"No other line {edit.partner} in session {start.session.id}.")

        def session_of(place: _Place) -> Session:
            slots = {line.slot for line in place.session.lines}
            here = {chosen.slot, edit.partner or chosen.slot}
            if not here <= slots or not self._reaches(
                edit.scope, start.week.number, start.session.id, place.week, place.session
            ):
                return place.session
            if edit.partner is None:
                lines = [replace(line, paired_with=None) if line.slot in here else line for line in place.session.lines]
                return replace(place.session, lines=_in_pairs(lines))
            first, second = (line for line in place.session.lines if line.slot in here)  # in the order they stand
            lines = [line for line in place.session.lines if line is not second]
            lines[lines.index(first) : lines.index(first) + 1] = [
                replace(first, paired_with=second.slot),
                replace(second, paired_with=first.slot),
            ]
            return replace(place.session, lines=_in_pairs(lines))

        return self._sessions(session_of)

    # --- checks -----------------------------------------------------------------------------------------------------

    def _barriers(self, exercise: Exercise, place: _Place) -> tuple[Barrier, ...]:
        brief = self.plan.brief
        return barriers(
            exercise,
            phase=place.phase.number,
            kit=brief.kit,
            tags=brief.tags,
            run_stage=brief.run.stage,
            rules=self.rules,
            exclude=brief.exclude,
        )

    def _checked_override(self, exercise: Exercise, place: _Place, override: str) -> str:
        """The reason to store with the line: the coach's where the safety filter says no, otherwise none."""
        if exercise.is_run_drill:
            raise WrongPlace(f"{exercise.name} belongs inside a run.")
        if exercise.pillar == "consistency":
            raise WrongPlace(f"{exercise.name} takes no session time; it stands beside the sessions.")
        unsafe = [barrier.words for barrier in self._barriers(exercise, place) if barrier.is_safety]
        if unsafe and not override.strip():
            raise NeedsOverride(f"{exercise.name} {'; '.join(unsafe)}. Give a reason to use it all the same.")
        return override.strip() if unsafe else ""

    def _check_dose(self, exercise: Exercise, sets: int, dose: Dose) -> None:
        bounds = self.rules.dose_bounds
        problems = []
        values = {
            "sets": (sets,),
            "reps": dose.reps,
            "hold_s": dose.hold_s,
            "duration_s": dose.duration_s and (dose.duration_s,),
            "distance_m": dose.distance_m and (dose.distance_m,),
            "load_kg": None if dose.load_kg is None else (dose.load_kg,),
            "rir": dose.rir,
            "rest_s": (dose.rest_s,),
        }
        for name, given in values.items():
            low, high = getattr(bounds, name)
            for value in given or ():
                if not low <= value <= high:
                    problems.append(f"{name} {value} is outside {low}-{high}")
            if given and given[0] > given[-1]:
                problems.append(f"{name} {given[0]} to {given[-1]} runs backwards")
        if dose.tempo is not None and not re.fullmatch(r"\d(-\d){3}", dose.tempo):
            problems.append(f"tempo {dose.tempo!r} is not four seconds like 3-1-1-0")
        same_kind = {dose.kind, exercise.prescription.kind} <= {"reps", "reps_load"}
        if dose.kind != exercise.prescription.kind and not same_kind:
            problems.append(f"it is dosed by {exercise.prescription.kind.replace('_', ' ')}, not {dose.kind}")
        if not problems:
            try:
                set_seconds(exercise, dose)
            except ValueError as problem:
                problems.append(str(problem))
        if problems:
            raise OutOfBounds(f"{exercise.name}: {'; '.join(problems)}.")

    # --- sessions, runs, undo ---------------------------------------------------------------------------------------

    def _weeks(self, change: Callable[[Week], Week]) -> Plan:
        phases = tuple(replace(phase, weeks=tuple(change(week) for week in phase.weeks)) for phase in self.plan.phases)
        return replace(self.plan, phases=phases)

    @staticmethod
    def _from_week(scope: Scope, start: int, week: Week) -> bool:
        return week.number == start or (scope == "this_and_later" and week.number > start)

    def _set_session_note(self, edit: SetSessionNote) -> Plan:
        start = self._place(edit.week, edit.session)

        def session_of(place: _Place) -> Session:
            same = place.session.key == start.session.key
            reached = same and self._reaches(edit.scope, edit.week, edit.session, place.week, place.session)
            return replace(place.session, note=edit.note) if reached else place.session

        return self._sessions(session_of)

    def _set_week_note(self, edit: SetWeekNote) -> Plan:
        self.plan.week(edit.week)
        return self._weeks(
            lambda week: replace(week, note=edit.note) if self._from_week(edit.scope, edit.week, week) else week
        )

    def _copy_sessions(self, edit: CopySessions) -> Plan:
        """Copies carry slots and doses along; a deload week gets them lighter, another phase asks its own filter."""
        sources = {session_id: self._place(edit.week, session_id) for session_id in edit.sessions}
        numbers = {week.number for week in self.plan.weeks}
        if not sources or not edit.weeks:
            raise OutOfBounds("Choose at least one session and one week to copy to.")
        if absent := sorted(set(edit.weeks) - numbers):
            raise NotFound(f"No week {absent[0]} in this plan.")
        if edit.week in edit.weeks:
            raise OutOfBounds(f"Week {edit.week} is where the copy comes from.")

        def session_of(place: _Place) -> Session:
            source = sources.get(place.session.id)
            if source is None or place.week.number not in edit.weeks:
                return place.session
            kept = place.session.lines if edit.mode == "add" else ()
            taken = {line.exercise for line in kept} | {line.slot for line in kept}
            copied = []
            for line in source.session.lines:
                if not {line.exercise, line.slot} & taken:
                    self._checked_override(self.library[line.exercise], place, line.override)
                    copied.append(self._at(line, place, source))
            note = place.session.note if edit.mode == "add" else source.session.note
            title = place.session.title if edit.mode == "add" else source.session.title
            return replace(place.session, lines=_in_pairs((*kept, *copied)), note=note, title=title)

        ids = {session.id for week in self.plan.weeks if week.number in edit.weeks for session in week.sessions}
        if gone := sorted(sources.keys() - ids):
            raise NotFound(f"No session {gone[0]} in the weeks to copy to.")
        return self._sessions(session_of)

    def _move_session(self, edit: MoveSession) -> Plan:
        self.plan.session(edit.week, edit.session)
        if edit.day not in WEEKDAYS:
            raise OutOfBounds(f"{edit.day} is not one of {', '.join(WEEKDAYS)}.")

        def week_of(week: Week) -> Week:
            moving = next((session for session in week.sessions if session.id == edit.session), None)
            if moving is None or not self._from_week(edit.scope, edit.week, week):
                return week
            there = next((one for one in week.sessions if one.day == edit.day and one is not moving), None)
            if there is not None and not edit.exchange:
                raise DayTaken(f"Session {there.id} is on {words.DAY_WORDS[edit.day]} of week {week.number}.")
            days = {moving.id: edit.day}
            if there is not None:
                days[there.id] = moving.day
            sessions = [replace(session, day=days.get(session.id, session.day)) for session in week.sessions]
            return replace(week, sessions=tuple(sorted(sessions, key=lambda one: WEEKDAYS.index(one.day))))

        return self._weeks(week_of)

    def _set_run_stage(self, edit: SetRunStage) -> Plan:
        ladder = self.rules.run_ladder
        if not 0 <= edit.stage < len(ladder):
            raise OutOfBounds(f"Stage {edit.stage} is outside 0-{len(ladder) - 1}.")
        self.plan.week(edit.week)
        stage = ladder[edit.stage]

        def run_of(run: Run) -> Run:
            drill = run.drill
            if drill and stage.stage < (self.library[drill.exercise].min_run_stage or 0):
                drill = None  # the drill waits for its stage
            return replace(
                run,
                stage=stage.stage,
                reps=stage.reps,
                run_min=stage.run_min,
                walk_min=stage.walk_min,
                total_run_min=stage.total_run_min,
                drill=drill,
            )

        def week_of(week: Week) -> Week:
            if not self._from_week(edit.scope, edit.week, week):
                return week
            return replace(week, runs=tuple(run_of(run) for run in week.runs))

        return self._weeks(week_of)

    def _restore(self, edit: Restore) -> Plan:
        kept = {week.number: week for week in edit.weeks}
        absent = sorted(kept.keys() - {week.number for week in self.plan.weeks})
        if absent:
            raise NotFound(f"No week {absent[0]} in this plan.")
        return replace(self._weeks(lambda week: kept.get(week.number, week)), last_slot=edit.last_slot)
