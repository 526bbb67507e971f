"""Less load at once: the reductions that a safety rule puts in force before the coach has seen them."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from msgspec.structs import replace

from programs.domain import editing, records
from programs.domain.edits import (
    Edit,
    RemoveLine,
    Restore,
    Scope,
    SetDose,
    SetRunStage,
    SwapExercise,
)
from programs.domain.library import library
from programs.domain.rules import rules
from programs.models import Program, Proposal, ScheduledSession, Version
from programs.services import publishing
from studio.accounts.models import User

DAY_H = 24
Change = dict[str, str | int | float]


class CannotApply(ValueError):
    """The plan has moved on; the message is for the coach."""


def day_of(program: Program, week: records.Week, session: records.Session) -> date:
    """The date a session of the plan falls on."""
    return program.starts_on + timedelta(weeks=week.number - 1, days=records.WEEKDAYS.index(session.day))


def lines_ahead(program: Program, today: date) -> list[records.Line]:
    """Each slot's next line from today on, in training order; begun sessions are not touched any more."""
    frozen = frozen_sessions(program)
    found: dict[str, records.Line] = {}
    for _, week, session, line in program.published.plan.places():
        if day_of(program, week, session) >= today and (week.number, session.id) not in frozen:
            found.setdefault(line.slot, line)
    return list(found.values())


def frozen_sessions(program: Program) -> set[tuple[int, str]]:
    """(week, session id) of what was begun."""
    rows = ScheduledSession.objects.filter(program=program, started_at__isnull=False)
    return set(rows.values_list("week", "session_key"))


def apply_at_once(
    *, program: Program, proposals: Sequence[Proposal], now: datetime, reason: str = "", tell: bool = True
) -> list[Proposal]:
    """Put reductions in force: one version with nobody's name, and the rules in its reason.

    Args:
        program: whose; held by the caller.
        proposals: what takes load away.
        now: the clock, passed in.
        reason: for the runner; "" = the proposals' own.
        tell: mail the runner.

    Returns:
        The proposals that took something away. One whose lines are in no session that it reaches takes nothing.
    """
    today = program.client.local_date(now)
    plan = program.published.plan
    edits: list[Edit] = []
    applied: list[Proposal] = []
    for proposal in proposals:
        mine = list(edits_of(program, plan, proposal.slot, proposal.change, today, only_less=True))
        for edit in mine:
            plan = editing.apply(plan, edit, library(), rules())
        if mine:
            edits += mine
            applied.append(proposal)
    if edits:
        version = publishing.publish(
            program=program,
            base=program.current,
            edits=edits,
            reason=reason or " ".join(dict.fromkeys(proposal.because for proposal in applied)),
            by=None,
            now=now,
            tell=tell,
        )
        Proposal.objects.filter(pk__in=[proposal.pk for proposal in applied]).update(applied_version=version)
    return applied


@transaction.atomic
def rest_on(*, program: Program, slots: Sequence[str], now: datetime) -> bool:
    """Take resting lines out of today's and tomorrow's sessions too. True when there was something to take."""
    program = Program.objects.select_for_update(of=["self"]).select_related("client", "current").get(pk=program.pk)
    if program.state == Program.State.ENDED:
        return False
    today = program.client.local_date(now)
    plan = program.published.plan
    edits: list[Edit] = []
    for slot in slots:
        for edit in edits_of(program, plan, slot, {"sets": 0, "at_least_h": DAY_H}, today):
            plan = editing.apply(plan, edit, library(), rules())
            edits.append(edit)
    if edits:
        reason = "The loaded exercises rest on: two calm mornings have not come yet."
        publishing.publish(
            program=program, base=program.current, edits=edits, reason=reason, by=None, now=now, tell=False
        )
    return bool(edits)


def edits_of(
    program: Program, plan: records.Plan, slot: str, change: Change, today: date, *, only_less: bool = False
) -> Iterator[Edit]:
    """The edits that a proposed change means on a plan, from today on.

    A change with `at_least_h` reaches the sessions of those hours only, so that the plan comes back by itself; one
    without it reaches every later occurrence of the slot. 0 sets means the line rests: it leaves those sessions. With
    `only_less` a week that has fewer sets already, such as a deload, keeps them.
    """
    if "run_stage" in change:
        week = 1 + max(0, (today - program.starts_on).days // 7)
        if any(run.stage > int(change["run_stage"]) for each in plan.weeks if each.number >= week for run in each.runs):
            yield SetRunStage(week=week, stage=int(change["run_stage"]))
        return
    hours = change.get("at_least_h")
    until = today + timedelta(days=-(-int(hours) // DAY_H)) if hours else None
    frozen = frozen_sessions(program)
    ahead = [
        line
        for _, week, session, line in plan.places()
        if line.slot == slot
        and today <= day_of(program, week, session)
        and (until is None or day_of(program, week, session) <= until)
        and (week.number, session.id) not in frozen
    ]
    sets = change.get("sets")
    one_by_one = until is not None
    if only_less and sets:
        one_by_one = one_by_one or any(line.sets < int(sets) for line in ahead)
        ahead = [line for line in ahead if line.sets > int(sets)]
    for line in ahead if one_by_one else ahead[:1]:
        yield from _edits_of_line(line, change, "this" if one_by_one else "this_and_later")


def _edits_of_line(line: records.Line, change: Change, scope: Scope) -> Iterator[Edit]:
    if "exercise" in change:
        yield SwapExercise(line=line.id, exercise=str(change["exercise"]), scope=scope)
        return
    sets = change.get("sets")
    if sets == 0:
        yield RemoveLine(line=line.id, scope=scope)
        return
    dose = line.dose
    if "load_kg" in change:
        dose = replace(dose, load_kg=float(change["load_kg"]))
    if "tempo" in change:
        dose = replace(dose, tempo=str(change["tempo"]))
    fewer = None if sets is None else int(sets)
    if fewer is not None or dose != line.dose:
        yield SetDose(line=line.id, scope=scope, sets=fewer, dose=None if dose == line.dose else dose)


@transaction.atomic
def decide_proposal(*, proposal: Proposal, decision: str, by: User, now: datetime) -> None:
    """The coach's word on a proposal.

    Args:
        proposal: an open one.
        decision: approve or decline one that waits; confirm or restore a reduction that is in force.
        by, now: who and when.

    Raises:
        CannotApply: the plan has moved on, or somebody has decided already.
        gate.GateClosed, publishing.PublishError: see there.
    """
    # The program first, as every publish and every rule does: nobody waits for somebody who waits for her.
    programs = Program.objects.select_for_update(of=["self"]).select_related("client", "current")
    program = programs.get(pk=proposal.program_id)
    proposal = Proposal.objects.select_for_update(of=["self"]).select_related("program__client").get(pk=proposal.pk)
    if proposal.state != Proposal.State.OPEN:
        raise CannotApply("This proposal is decided already.")
    if (decision in ("confirm", "restore")) != proposal.immediate:
        raise CannotApply("A reduction in force is kept or taken back; anything else is approved or declined.")
    if decision == "approve":
        proposal.applied_version = _approve(program, proposal, by, now)
        proposal.state = Proposal.State.APPROVED
    elif decision == "restore":
        proposal.applied_version = _restore(program, proposal, by, now)
        proposal.state = Proposal.State.RESTORED
    else:
        proposal.state = Proposal.State.APPROVED if decision == "confirm" else Proposal.State.DECLINED
    proposal.decided_at, proposal.decided_by = now, by
    proposal.save(update_fields=["state", "decided_at", "decided_by", "applied_version"])


def _approve(program: Program, proposal: Proposal, by: User, now: datetime) -> Version | None:
    if "retest" in proposal.change:
        return None  # the coach will test; what follows for the plan is hers to decide then
    today = program.client.local_date(now)
    edits = list(edits_of(program, program.published.plan, proposal.slot, proposal.change, today))
    if not edits:
        raise CannotApply("The plan has no such line ahead any more. Decline it, or edit the plan yourself.")
    return publishing.publish(
        program=program, base=program.current, edits=edits, reason=proposal.because, by=by, now=now
    )


def _restore(program: Program, proposal: Proposal, by: User, now: datetime) -> Version | None:
    """Give back what this reduction took, slot by slot, from the version before it."""
    applied = proposal.applied_version
    base = applied.base if applied else None
    if base is None:
        return None  # it rested a line that lies in no session yet: from now on it may come as planned
    today = program.client.local_date(now)
    frozen = frozen_sessions(program)
    taken = {
        line.id: line
        for _, week, session, line in base.plan.places()
        if line.slot == proposal.slot
        and day_of(program, week, session) >= today
        and (week.number, session.id) not in frozen
    }
    before = {(week.number, session.id): session for _, week, session, line in base.plan.places() if line.id in taken}
    plan = program.published.plan
    weeks = [_given_back(week, before, taken) for week in plan.weeks]
    if "run_stage" in proposal.change:
        this_week = 1 + (today - program.starts_on).days // 7
        runs = {week.number: week.runs for week in base.plan.weeks if week.number >= this_week}
        weeks = [replace(week, runs=runs.get(week.number, week.runs)) for week in weeks]
    touched = tuple(new for new, old in zip(weeks, plan.weeks, strict=True) if new != old)
    if not touched:
        raise CannotApply("There is nothing left to take back: those sessions are over.")
    edits = [Restore(weeks=touched, last_slot=plan.last_slot)]
    return publishing.publish(
        program=program, base=program.current, edits=edits, by=by, now=now,
        reason=f"{by.get_short_name()} looked at it: back to what it was.",
    )  # fmt: skip


def _given_back(
    week: records.Week, before: dict[tuple[int, str], records.Session], taken: dict[str, records.Line]
) -> records.Week:
    """The week with the taken lines as they were, each where it stood among those that are still there."""
    sessions = []
    for session in week.sessions:
        was = before.get((week.number, session.id))
        lines = {line.id: taken.get(line.id, line) for line in session.lines}
        if was is not None:
            lines |= {line.id: line for line in was.lines if line.id in taken}
            order = {line.id: place for place, line in enumerate(was.lines)}
            ranked = sorted(lines.values(), key=lambda line: order.get(line.id, len(order)))
            lines = {line.id: line for line in ranked}
        sessions.append(replace(session, lines=tuple(lines.values())))
    return replace(week, sessions=tuple(sessions))
