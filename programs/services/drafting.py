"""The coach's board: edits on a draft, undone one by one, rebased when a version is published past them.

The runner sees nothing of it. `Program.draft_revision` counts every change of the board, a draft that goes included, and
never falls: a form that shows an older one is told so and not obeyed.
"""

import logging
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from assessments import gate
from programs.domain import editing, rebasing, records
from programs.domain.edits import (
    Edit,
    EditError,
    edit_from_document,
    edit_to_document,
)
from programs.domain.library import library
from programs.domain.rebasing import Conflict
from programs.domain.rules import rules
from programs.models import Draft, Program, Version
from studio.accounts.models import User

log = logging.getLogger(__name__)


class DraftChanged(ValueError):
    """Somebody else's change came in between; nothing was overwritten."""


class NothingToUndo(ValueError):
    """The board has no change to take back."""


@transaction.atomic
def edit(*, program: Program, revision: int, change: Edit, by: User, now: datetime) -> Draft:
    """Make one edit on the board.

    Args:
        program: whose.
        revision: of the board the coach was looking at; 0 = the published version, no draft yet.
        change: the edit.
        by, now: who and when.

    Returns:
        The draft with the edit on top.

    Raises:
        gate.GateClosed: a red flag stands open.
        DraftChanged: the board is not what the coach saw.
        EditError: the edit cannot be made; the message is for the coach.
    """
    program = _held(program)
    gate.require_plan_allowed(program.client, now)
    draft = _draft_at(program, revision, by, now)
    plan = draft.plan
    after = editing.apply(plan, change, library(), rules())
    draft.undos = [*draft.undos, edit_to_document(editing.way_back(plan, after))]
    draft.edits = [*draft.edits, edit_to_document(change)]
    return _store(draft, after, by, now)


@transaction.atomic
def undo(*, program: Program, revision: int, by: User, now: datetime) -> Draft | None:
    """Take the newest edit back. A draft that is the published version again is no draft any more.

    Returns:
        The draft, or None when it has gone.

    Raises:
        DraftChanged, NothingToUndo: see there.
    """
    program = _held(program)
    draft = _draft_at(program, revision, by, now)
    if not draft.undos:
        raise NothingToUndo("Nothing to undo.")
    plan = editing.apply(draft.plan, edit_from_document(draft.undos[-1]), library(), rules())
    draft.undos, draft.edits = draft.undos[:-1], draft.edits[:-1]
    return _store_or_drop(draft, plan, by, now)


@transaction.atomic
def settle(*, program: Program, revision: int, number: int, is_kept: bool, by: User, now: datetime) -> Draft | None:
    """The coach's word on one conflict: her draft's edits after all, or what was published.

    Args:
        program, revision, by, now: as in `edit`.
        number: which conflict of the draft, from 0.
        is_kept: True = make the held edits on the draft; they can be undone like any other.

    Returns:
        The draft, or None when nothing is left of it.

    Raises:
        DraftChanged: see there.
        gate.GateClosed, EditError: the draft's edits cannot be made; the conflict stays.
    """
    program = _held(program)
    draft = _draft_at(program, revision, by, now)
    conflicts = conflicts_of(draft)
    if not 0 <= number < len(conflicts):
        raise DraftChanged("That is decided already.")
    conflict, plan = conflicts.pop(number), draft.plan
    if is_kept and conflict.held:
        gate.require_plan_allowed(program.client, now)
        made = rebasing.keep_yours(plan, conflict, library(), rules())
        plan = made.plan
        draft.edits = [*draft.edits, *map(edit_to_document, made.edits)]
        draft.undos = [*draft.undos, *map(edit_to_document, made.undos)]
    draft.conflicts = [rebasing.conflict_to_document(each) for each in conflicts]
    return _store_or_drop(draft, plan, by, now)


@transaction.atomic
def discard(*, program: Program, revision: int | None = None) -> None:
    """Throw the draft away. A program that never had a version goes with it.

    Args:
        program: whose. No draft any more is no error: a second tap.
        revision: of the draft that the coach has seen; None = whatever stands there.

    Raises:
        DraftChanged: another draft stands there now.
    """
    held = Program.objects.select_for_update().filter(pk=program.pk).first()
    draft = Draft.objects.filter(program=held).first() if held else None
    if held is None or draft is None:
        return
    if revision is not None and revision != draft.revision:
        raise DraftChanged("The draft is another one by now. Nothing was thrown away; look at it, then try again.")
    drop(draft, held)
    if held.current_id is None:
        held.delete()


def drop(draft: Draft, program: Program) -> None:
    """Take a draft off the board of a program that is held; pages that show it are old from now on."""
    Draft.objects.filter(pk=draft.pk).delete()
    turn_page(program)


def turn_page(program: Program) -> int:
    """The board has changed: its next revision."""
    program.draft_revision += 1
    program.save(update_fields=["draft_revision"])
    return program.draft_revision


def conflicts_of(draft: Draft) -> list[Conflict]:
    """What a newer version contradicts, in the order in which it came up."""
    return [rebasing.conflict_from_document(each) for each in draft.conflicts]


def rebase(*, program: Program, version: Version, edits: Sequence[Edit], now: datetime) -> None:
    """Bring the open draft, if there is one, onto a version that was published past it.

    Args:
        program: held, with the new version as its current one.
        version: the new one; nobody's name on it = a safety rule.
        edits: how it came from its base; none = a whole plan.
        now: the clock, passed in.
    """
    draft = Draft.objects.filter(program=program).select_related("base").first()
    if draft is None or draft.base is None or version.base is None:
        return
    draft.program = program
    number, is_safety, published_on = version.number, version.published_by_id is None, version.base.plan
    before, after = draft.base.plan, version.plan
    carried: tuple[Conflict, ...] = ()
    if draft.is_whole:
        before = _as_generated(draft)
        after, carried = rebasing.carry(
            before, published_on, edits, library(), rules(), version=number, is_safety=is_safety
        )
    try:
        made = rebasing.rebase(
            before, after, [edit_from_document(each) for each in draft.edits], library(), rules(),
            version=number, is_safety=is_safety, conflicts=conflicts_of(draft),
        )  # fmt: skip
    except EditError:
        # The library or the rules have changed since, and a reduction does not wait for that. What is on the board
        # stays on it, as if it had been made anew; only the way back through its edits is lost.
        log.exception("draft %s: its edits cannot be replayed", draft.pk)
        draft.is_whole = True
        after, carried = rebasing.carry(
            draft.plan, published_on, edits, library(), rules(), version=number, is_safety=is_safety
        )
        made = rebasing.Rebased(plan=after, edits=(), undos=(), conflicts=tuple(conflicts_of(draft)))
    draft.base = version
    draft.edits = [edit_to_document(each) for each in made.edits]
    draft.undos = [edit_to_document(each) for each in made.undos]
    draft.conflicts = [rebasing.conflict_to_document(each) for each in (*made.conflicts, *carried)]
    _store_or_drop(draft, made.plan, version.published_by, now)


def _as_generated(draft: Draft) -> records.Plan:
    """A draft that was made anew as it was before anybody edited it."""
    plan = draft.plan
    for undo in reversed(draft.undos):
        plan = editing.apply(plan, edit_from_document(undo), library(), rules())
    return plan


def _held(program: Program) -> Program:
    return Program.objects.select_for_update(of=["self"]).select_related("client", "current").get(pk=program.pk)


def _draft_at(program: Program, revision: int, by: User, now: datetime) -> Draft:
    draft = Draft.objects.filter(program=program).select_related("program", "edited_by").first()
    if draft is None:
        if (
            program.current is None
            or program.state == Program.State.ENDED
            or revision not in (0, program.draft_revision)
        ):
            raise DraftChanged(
                "The plan you were looking at has changed: a draft was published or discarded in between. "
                "Look at it, then try again."
            )
        return Draft(
            program=program, base=program.current, document=program.current.document, revision=0, updated_at=now
        )
    draft.program = program  # the row that is held: its counter is the newest
    if draft.revision != revision:
        raise DraftChanged(
            f"{_who(draft, by)} changed this draft in between. Nothing was overwritten; look at it, then try again."
        )
    return draft


def _who(draft: Draft, by: User) -> str:
    if draft.edited_by is None:
        return "A newer version"
    return "Another tab" if draft.edited_by == by else draft.edited_by.name


def _store_or_drop(draft: Draft, plan: records.Plan, by: User | None, now: datetime) -> Draft | None:
    """Keep the draft, unless it is the published version again and nothing waits in it."""
    if not draft.edits and not draft.conflicts and not draft.is_whole and draft.base_id:
        drop(draft, draft.program)
        return None
    return _store(draft, plan, by, now)


def _store(draft: Draft, plan: records.Plan, by: User | None, now: datetime) -> Draft:
    draft.document = records.to_document(plan)
    draft.revision = turn_page(draft.program)
    draft.edited_by, draft.updated_at = by, now
    draft.save()
    return draft
