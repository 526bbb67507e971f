"""Edits of a plan as values: small, frozen, stored, replayed and undone.  editing.py makes them.

A scope says which occurrences of a slot an edit reaches: this one, those of its week, or this and all later ones.  What an
edit may not do is an EditError, in words for the coach.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from programs.domain.records import Dose, SideSets, Week, Weekday

Scope = Literal["this", "this_week", "this_and_later"]


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
