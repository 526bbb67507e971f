"""Making edits: a plan and an edit in, the new plan out; and the edit that leads back.

`apply(plan, edit)` gives the new plan; `invert(plan, edit)` gives the edit that brings this plan back.  What an edit may do
against a rule shows up in auditing.audit.
"""

from __future__ import annotations

import msgspec

from programs.domain.edits import (
    AddLine,
    CopySessions,
    Edit,
    MoveLine,
    MoveSession,
    MoveToSession,
    NotFound,
    PairLines,
    RemoveLine,
    Restore,
    SetAnchor,
    SetDose,
    SetNote,
    SetRunStage,
    SetSessionNote,
    SetWeekNote,
    SwapExercise,
)
from programs.domain.library import Library, UnknownExercise
from programs.domain.records import NotInPlan, Plan
from programs.domain.rules import Rules
from programs.domain.session_editing import SessionEditor

replace = msgspec.structs.replace


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


class _Editor(SessionEditor):
    """Makes any edit."""

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
