"""The one door that changes what a runner sees: publish a version, and lay its sessions on dates."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import msgspec
from django.db import transaction

from assessments import gate
from clients.consent import has_consent
from clients.models import Client
from programs.domain import diffing, editing, records
from programs.domain.edits import Edit, edit_from_document, edit_to_document
from programs.domain.library import library
from programs.domain.rules import rules
from programs.models import Draft, Program, Proposal, ScheduledSession, Version
from programs.services import drafting
from studio.accounts.models import User
from studio.outbox import services as outbox

WEEKS_AHEAD = 8  # sessions are laid on dates so far ahead and topped up nightly (product.md)


class PublishError(ValueError):
    """The plan was not published; the message is for the coach."""


class StaleBase(PublishError):
    """Somebody published in between."""


class StaleDraft(PublishError):
    """Somebody changed the draft after the coach had read it."""


class ConflictsOpen(PublishError):
    """The draft and a newer version want different things, and nobody has decided yet."""


class ReasonMissing(PublishError):
    """The runner is owed a reason for this change."""


class ConsentMissing(PublishError):
    """The runner has not agreed, or no longer agrees, that the studio works with what it knows."""


def next_monday(day: date) -> date:
    """The Monday on or after a day: when a new program can start."""
    return day + timedelta(days=-day.weekday() % 7)


@transaction.atomic
def start_program(*, client: Client, plan: records.Plan, starts_on: date, by: User, now: datetime) -> Draft:
    """Open a program with a first plan as its draft; the runner sees nothing yet.

    Raises:
        gate.GateClosed: a red flag stands open.
        ConsentMissing: see there.
        PublishError: the runner has a running program already, or the coaching has ended.
    """
    gate.require_plan_allowed(client, now)
    require_consent(client)
    if Client.objects.filter(pk=client.pk, status=Client.Status.FINISHED).exists():
        raise PublishError(f"The coaching of {client.first_name} has ended. Take {client.first_name} back first.")
    if Program.objects.filter(client=client).exclude(state=Program.State.ENDED).exists():
        raise PublishError(f"{client.first_name} has a program already. Change that one, or end it first.")
    program = Program.objects.create(
        client=client, phase=plan.phases[0].number, starts_on=next_monday(starts_on), created_at=now
    )
    return Draft.objects.create(
        program=program, document=records.to_document(plan), edited_by=by, updated_at=now, base=None,
        revision=drafting.turn_page(program),
    )  # fmt: skip


@transaction.atomic
def publish(
    *,
    program: Program,
    base: Version | None,
    edits: Sequence[Edit],
    reason: str,
    by: User | None,
    now: datetime,
    plan: records.Plan | None = None,
    tell: bool = True,
) -> Version:
    """Make a new version the plan that the runner sees. A draft that stands open goes on, on top of it.

    Args:
        program: whose.
        base: the version the edits were made on; None for the first one.
        edits: pure edits, applied in order to the base's plan.
        reason: one sentence for the runner; needed when a dose rises or an exercise goes.
        by: who decided. None = a safety rule, which may only take load away.
        now: the clock, passed in.
        plan: the whole plan instead of edits: generated, restored or the first.
        tell: mail the runner; a stop that goes on has been told already.

    Returns:
        The version, with its sessions laid on dates.

    Raises:
        gate.GateClosed, ConsentMissing, StaleBase, ReasonMissing, PublishError: see there; nothing was changed.
    """
    program = (
        Program.objects.select_for_update(of=["self"])
        .select_related("client__user", "client__coach", "current")
        .get(pk=program.pk)
    )
    if by is not None:  # a reduction by a safety rule is right even behind a closed gate
        gate.require_plan_allowed(program.client, now)
        require_consent(program.client)
    if program.state == Program.State.ENDED:
        raise PublishError("This program has ended.")
    if (base.pk if base else None) != program.current_id:
        raise StaleBase("Somebody published a newer version in between. Look at it, then publish yours again.")
    before = base.plan if base else None
    after = plan if plan is not None else _edited(before, edits)
    if before is not None and not reason.strip() and diffing.needs_reason(diffing.diff(before, after, library())):
        raise ReasonMissing("Say why: a dose rises or an exercise goes, and your runner reads the reason.")
    version = Version.objects.create(
        program=program,
        number=(program.versions.order_by("-number").values_list("number", flat=True).first() or 0) + 1,
        document=records.to_document(after),
        base=base,
        edits=[edit_to_document(edit) for edit in edits],
        reason=reason.strip(),
        published_by=by,
        published_at=now,
        rules_version=after.rules_version,
    )
    program.current = version
    program.phase = after.phases[-1].number
    program.save(update_fields=["current", "phase"])
    drafting.turn_page(program)
    drafting.rebase(program=program, version=version, edits=edits, now=now)
    materialise(program=program, version=version, now=now)
    if tell:
        tell_runner(version, now)
    return version


def require_consent(client: Client) -> None:
    """Pass inside the transaction that makes or changes a plan, after the gate, which locks the runner's row."""
    if not has_consent(client):
        raise ConsentMissing(
            f"{client.first_name} has not agreed, or no longer agrees, to the use of health data. The plan stays as it is."
        )


def tell_runner(version: Version, now: datetime) -> None:
    """Mail the runner that her plan is there or has changed."""
    client = version.program.client
    if client.user is None:
        return
    outbox.plan_message(
        kind="plan_published", key=f"plan:{version.pk}", to=client.user.email, to_name=client.name, user=client.user,
        coach=client.coach, client_id=client.pk, data={"version": version.pk}, now=now,
    )  # fmt: skip


def _edited(plan: records.Plan | None, edits: Sequence[Edit]) -> records.Plan:
    if plan is None:
        raise PublishError("There is no plan to edit yet: make one first.")
    for edit in edits:
        plan = editing.apply(plan, edit, library(), rules())
    return plan


def materialise(*, program: Program, version: Version, now: datetime) -> None:
    """Lay a version's sessions on dates, eight weeks ahead.

    Rows that are not started and not past are updated in place, so that ids in phones, mails and links stay valid;
    started and past rows are frozen; a session that the plan no longer has is withdrawn, not deleted.
    """
    today = program.client.local_date(now)
    horizon = today + timedelta(weeks=WEEKS_AHEAD)
    rows = {(row.week, row.session_key): row for row in program.scheduledsessions.select_for_update()}
    new, changed, wanted = [], [], set()
    for week in version.plan.weeks:
        monday = program.starts_on + timedelta(weeks=week.number - 1)
        for session in week.sessions:
            day = monday + timedelta(days=records.WEEKDAYS.index(session.day))
            wanted.add((week.number, session.id))
            row = rows.get((week.number, session.id))
            if row is None:
                if today <= day <= horizon:
                    new.append(_lay(ScheduledSession(program=program), version, week.number, session, day))
            elif is_free(row, today) and day >= today:
                changed.append(_lay(row, version, week.number, session, day))
    for key, row in rows.items():
        if key not in wanted and is_free(row, today):
            row.state = ScheduledSession.State.WITHDRAWN
            changed.append(row)
    ScheduledSession.objects.bulk_create(new)
    ScheduledSession.objects.bulk_update(changed, LAID_FIELDS)


LAID_FIELDS = ["version", "title", "content", "day", "time_zone", "sets_planned", "state"]


def is_free(row: ScheduledSession, today: date) -> bool:
    """True while a publish may still change the row: not started, not past."""
    untouched = (ScheduledSession.State.PLANNED, ScheduledSession.State.WITHDRAWN)
    return row.state in untouched and row.day >= today


def _lay(row: ScheduledSession, version: Version, week: int, session: records.Session, day: date) -> ScheduledSession:
    row.version, row.week, row.session_key, row.day = version, week, session.id, day
    row.title, row.content = session.title, msgspec.to_builtins(session)
    row.time_zone = version.program.client.time_zone
    row.sets_planned = sum(line.sets for line in session.lines)
    row.state = ScheduledSession.State.PLANNED
    return row


def top_up(*, now: datetime) -> int:
    """Lay the sessions that came inside the eight weeks since yesterday. Safe to run twice.

    Returns:
        How many programs were looked at.
    """
    running = Program.objects.filter(state=Program.State.ACTIVE, current__isnull=False)
    ids = list(running.values_list("pk", flat=True))
    for pk in ids:
        with transaction.atomic():
            # Held and read again: one that was ended or published a moment ago is not laid out as it was before.
            held = running.select_for_update(of=["self"]).select_related("client", "current").filter(pk=pk).first()
            if held is not None:
                materialise(program=held, version=held.published, now=now)
    return len(ids)


def publish_draft(*, draft: Draft, reason: str, by: User, now: datetime, revision: int | None = None) -> Version:
    """Publish what the coach has on her board and clear the board.

    Args:
        draft, reason, by, now: as in `publish`.
        revision: of the draft that the coach has read; None = this one.

    Raises:
        StaleDraft: the board is not what the coach has read.
        ConflictsOpen: something in it waits for the coach's word.
        PublishError: see `publish`.
    """
    edits = [edit_from_document(each) for each in draft.edits]
    with transaction.atomic():
        Program.objects.select_for_update().filter(pk=draft.program_id).first()
        read = draft.revision if revision is None else revision
        if read != draft.revision or not Draft.objects.filter(pk=draft.pk, revision=read).exists():
            raise StaleDraft("The draft was changed, published or discarded in between. Read it again, then publish.")
        if draft.conflicts:
            raise ConflictsOpen(
                "A newer version wants something else than this draft. Decide that first, then publish."
            )
        Draft.objects.filter(pk=draft.pk).delete()  # first, or it would be rebased onto itself
        return publish(
            program=draft.program, base=draft.base, edits=edits, reason=reason, by=by, now=now, plan=draft.plan
        )


def restore(*, program: Program, version: Version, reason: str, by: User, now: datetime) -> Version:
    """Publish an older version again, as a new one."""
    return publish(program=program, base=program.current, edits=(), reason=reason, by=by, now=now, plan=version.plan)


@transaction.atomic
def end_program(*, program: Program, by: User | None, reason: str, now: datetime) -> None:
    """End a program: what was done stays, what was not begun leaves the phone. Ended twice, it is ended once.

    A session that was begun stays as it is and can be finished. An open draft goes, open proposals are declined; with the
    state go the weekly note, the nightly top-up and every further reduction. A program that was never published goes too.

    Args:
        program: whose.
        by, now: who and when.
        reason: one sentence for the coach's own record; the runner does not read it.

    Raises:
        ReasonMissing: nobody says why.
    """
    held = Program.objects.select_for_update(of=["self"]).select_related("client").filter(pk=program.pk).first()
    if held is None or held.state == Program.State.ENDED:
        return
    if not reason.strip():
        raise ReasonMissing("Say in a few words why it ends. It stays with the program.")
    if held.current_id is None:
        held.delete()
        return
    Draft.objects.filter(program=held).delete()
    drafting.turn_page(held)
    held.scheduledsessions.filter(state=ScheduledSession.State.PLANNED, day__gte=held.client.local_date(now)).update(
        state=ScheduledSession.State.WITHDRAWN
    )
    held.proposals.filter(state=Proposal.State.OPEN).update(
        state=Proposal.State.DECLINED,
        decided_at=now,
        decided_by=by,
        decided_because=f"The program ended: {reason.strip()}",
    )
    held.state, held.ended_at, held.ended_by, held.end_reason = Program.State.ENDED, now, by, reason.strip()
    held.save(update_fields=["state", "ended_at", "ended_by", "end_reason"])
