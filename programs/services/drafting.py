"""The coach's board: edits on a draft, undone one by one; the runner sees nothing of it."""

from datetime import datetime

from django.db import transaction

from assessments import gate
from programs.domain import editing, records
from programs.domain.editing import Edit
from programs.domain.library import library
from programs.domain.rules import rules
from programs.models import Draft, Program
from studio.accounts.models import User


class DraftChanged(ValueError):
    """Somebody else's change came in between; nothing was overwritten."""


class NothingToUndo(ValueError):
    """The board has no change to take back."""


@transaction.atomic
def edit(*, program: Program, revision: int, change: Edit, by: User, now: datetime) -> Draft:
    """Make one edit on the board.

    Args:
        program: whose.
        revision: of the draft the coach was looking at; 0 = the published version, no draft yet.
        change: the edit.
        by, now: who and when.

    Returns:
        The draft with the edit on top.

    Raises:
        gate.GateClosed: a red flag stands open.
        DraftChanged: the board is not what the coach saw.
        editing.EditError: the edit cannot be made; the message is for the coach.
    """
    program = Program.objects.select_for_update(of=["self"]).select_related("client", "current").get(pk=program.pk)
    gate.require_plan_allowed(program.client, now)
    draft = _draft_at(program, revision, by, now)
    plan = draft.plan
    after = editing.apply(plan, change, library(), rules())
    draft.undos = [*draft.undos, editing.edit_to_document(editing.invert(plan, change, library(), rules()))]
    draft.edits = [*draft.edits, editing.edit_to_document(change)]
    return _store(draft, after, by, now)


@transaction.atomic
def undo(*, program: Program, revision: int, by: User, now: datetime) -> Draft | None:
    """Take the newest edit back. A draft that is the published version again is no draft any more.

    Returns:
        The draft, or None when it has gone.

    Raises:
        DraftChanged, NothingToUndo: see there.
    """
    program = Program.objects.select_for_update(of=["self"]).select_related("client", "current").get(pk=program.pk)
    draft = _draft_at(program, revision, by, now)
    if not draft.undos:
        raise NothingToUndo("Nothing to undo.")
    plan = editing.apply(draft.plan, editing.edit_from_document(draft.undos[-1]), library(), rules())
    draft.undos, draft.edits = draft.undos[:-1], draft.edits[:-1]
    if not draft.edits and not draft.is_whole and draft.base_id:
        draft.delete()
        return None
    return _store(draft, plan, by, now)


def discard(*, program: Program) -> None:
    """Throw the draft away. A program that never had a version goes with it."""
    with transaction.atomic():
        held = Program.objects.select_for_update().filter(pk=program.pk).first()
        if held is None:  # a second tap
            return
        Draft.objects.filter(program=held).delete()
        if held.current_id is None:
            held.delete()


def _draft_at(program: Program, revision: int, by: User, now: datetime) -> Draft:
    draft = Draft.objects.filter(program=program).select_related("edited_by").first()
    if draft is None:
        if revision or program.current is None:
            raise DraftChanged("The draft you were looking at is gone: it was published or discarded in between.")
        return Draft(
            program=program, base=program.current, document=program.current.document, revision=0, updated_at=now
        )
    if draft.revision != revision:
        who = draft.edited_by.name if draft.edited_by and draft.edited_by != by else "Another tab"
        raise DraftChanged(f"{who} changed this draft in between. Nothing was overwritten; look at it, then try again.")
    return draft


def _store(draft: Draft, plan: records.Plan, by: User, now: datetime) -> Draft:
    draft.document = records.to_document(plan)
    draft.revision += 1
    draft.edited_by, draft.updated_at = by, now
    draft.save()
    return draft
