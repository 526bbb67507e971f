"""Coming back after days without a session: less at once, and the coach's word on it (R-C5).

Looked at every night, and again when a session is begun, whichever comes first. One gap is eased once a step of the rule:
the newest session done is what tells one gap from another.
"""

import logging
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from clients import consent
from clients.models import Pause
from programs.domain import adapting, consistency, records
from programs.domain.edits import EditError
from programs.models import Program, Proposal, ScheduledSession
from programs.services import deciding, publishing, reducing

log = logging.getLogger(__name__)

RULE, RULE_ILL, RULE_RETEST = "R-C5", "R-C5-FEVER", "R-C5-RETEST"
FOLLOWED = "A longer time away followed; its own reduction took the place of this one."
USUAL_WITHIN = timedelta(days=14)  # where to look for a line's usual sets: the next two weeks hold each session


def last_done(program: Program, today: date) -> ScheduledSession | None:
    """The newest session in which something was done, up to today."""
    done = ScheduledSession.objects.filter(program=program, sets_done__gt=0, day__lte=today)
    return done.only("day").order_by("-day", "-id").first()


def illness_over(program: Program, last: date | None, today: date) -> Pause | None:
    """The newest illness of this program's time, if nothing was done since: her first session after it is to come.

    An illness that still runs counts: who trains on such a day does so for the first time.
    """
    ill = program.client.pauses.filter(kind=Pause.Kind.ILLNESS, starts_on__lte=today).order_by("-starts_on").first()
    if ill is None or (ill.ends_on is not None and ill.ends_on < program.starts_on):
        return None
    return None if last is not None and last > (ill.ends_on or ill.starts_on) else ill


def ease_due(*, now: datetime) -> int:
    """Ease what lies ahead of everybody who has been away for a while. Safe to run twice.

    Returns:
        How many plans were made lighter.
    """
    least = min(row.from_days for row in consistency.returns() if row.sets_less_pct)
    long_ago = now.date() - timedelta(days=least - 1)  # a day of grace: her date may be a day ahead of ours
    ill = Q(client__pauses__kind=Pause.Kind.ILLNESS, client__pauses__ends_on__gte=now.date() - USUAL_WITHIN)
    away = (
        Program.objects.filter(state=Program.State.ACTIVE, current__isnull=False)
        .annotate(last=Max("scheduledsessions__day", filter=Q(scheduledsessions__sets_done__gt=0)))
        .filter(Q(last__lte=long_ago) | ill)
        .distinct()
    )
    eased = 0
    for pk in list(away.values_list("pk", flat=True)):
        try:
            eased += bool(ease(program_id=pk, now=now))
        except (publishing.PublishError, EditError):
            log.exception("program %s: the return after a gap could not be eased", pk)
    return eased


def with_days_away(rows: QuerySet[ScheduledSession]) -> QuerySet[ScheduledSession]:
    """Sessions with what tells at a glance whether their runner comes back from somewhere: no query more.

    The newest session done before each one's day, what it was decided, and the last day of the newest illness.
    """
    done = ScheduledSession.objects.filter(program=OuterRef("program"), sets_done__gt=0, day__lt=OuterRef("day"))
    done = done.order_by("-day", "-id")
    ill = Pause.objects.filter(client=OuterRef("program__client"), kind=Pause.Kind.ILLNESS).order_by("-starts_on")
    return rows.annotate(
        last_done_on=Subquery(done.values("day")[:1]),
        last_action=Subquery(done.values("action")[:1]),
        ill_until=Subquery(ill.annotate(until=Coalesce("ends_on", "starts_on")).values("until")[:1]),
    )


def ease_before(*, session: ScheduledSession, now: datetime) -> str:
    """The runner is about to begin a session: she is back. What she reads when that made it lighter, else "".

    One query when there is nothing to ease.
    """
    if not _may_be_back(session, session.program.client.local_date(now)):
        return ""
    try:
        return ease(program_id=session.program_id, now=now, begins=session)
    except (publishing.PublishError, EditError):
        log.exception("program %s: the return after a gap could not be eased", session.program_id)
        return ""


def _may_be_back(session: ScheduledSession, today: date) -> bool:
    rows: Any = with_days_away(ScheduledSession.objects.filter(pk=session.pk))  # with columns that no model has
    last, ill_until = rows.values_list("last_done_on", "ill_until").get()
    if ill_until is not None and ill_until >= session.program.starts_on and (last is None or last <= ill_until):
        return True
    return last is not None and bool(consistency.return_after(max(0, (today - last).days)).sets_less_pct)


@transaction.atomic
def ease(*, program_id: int, now: datetime, begins: ScheduledSession | None = None) -> str:
    """Take load away from what lies ahead, as the rule says for the days since the last session.

    Args:
        program_id: whose.
        now: the clock, passed in; days are the runner's own.
        begins: the session she is about to begin; None = she is still away, and it is the nightly look.

    Returns:
        What the runner reads; "" when nothing was taken.
    """
    held = Program.objects.select_for_update(of=["self"]).select_related("client", "current")
    program = held.filter(pk=program_id, state=Program.State.ACTIVE, current__isnull=False).first()
    if program is None or consent.withdrawn_at(program.client) is not None:
        return ""
    client = program.client
    today = client.local_date(now)
    is_away = client.pauses.covering(today).exclude(kind=Pause.Kind.FLARE).exists()
    if program.starts_on > today or (begins is None and is_away):
        return ""
    last = last_done(program, today)
    told = [_ease_first_after_illness(program, last, today, now, begins), _ease_gap(program, last, today, now, begins)]
    return " ".join(each for each in told if each)


# --- after a gap -----------------------------------------------------------------------------------------------------


def _ease_gap(
    program: Program, last: ScheduledSession | None, today: date, now: datetime, begins: ScheduledSession | None
) -> str:
    gap_days = (today - last.day).days if last else 0
    back = consistency.return_after(gap_days)
    if last is None or not back.sets_less_pct:
        return ""
    mine = Proposal.objects.filter(program=program, rule=RULE, immediate=True, sessions=[last.pk])
    in_force = [row for row in mine if row.change.get("from_days") == back.from_days]
    words = back.told(gap_days)
    if in_force:
        return words if begins is not None and _go_on(program, in_force, words, now) else ""
    program.proposals.filter(rule__in=[RULE, RULE_RETEST], state=Proposal.State.OPEN).update(
        state=Proposal.State.DECLINED, decided_at=now, decided_because=FOLLOWED
    )
    found = adapting.propose(
        deciding.tracked_lines(program, usual_lines(program, today)),
        adapting.Situation(
            phase=program.phase,
            kit=tuple(program.client.kit),
            tags=tuple(program.client.tags),
            today=today,
            last_session_on=last.day,
        ),
    )
    rows = [
        _keep(program, each.rule, each.slot, dict(each.change), each.because, last, back, now, immediate=each.immediate)
        for each in found
        if each.rule == RULE or (back.chain_steps_back and each.rule == "R-G4")
    ]
    rows += _runs_back(program, last, back, gap_days, today, now)
    at_once = [row for row in rows if row is not None and row.immediate]
    applied = reducing.apply_at_once(program=program, proposals=at_once, now=now, reason=words, tell=False)
    for row in at_once:
        if row not in applied:
            row.delete()  # nothing of it lies ahead; should it come, the next night sees it
    if back.retest:
        because = f"{gap_days} days without a session: test again before anything is added."
        if back.phase_max is not None and program.phase > back.phase_max:
            because += f" Phase {back.phase_max} at most until then."
        _keep(program, RULE_RETEST, "", {"retest": True}, because, last, back, now, immediate=False)
    return words if applied else ""


def _keep(
    program: Program, rule: str, slot: str, change: dict, because: str, last: ScheduledSession,
    back: consistency.Return, now: datetime, *, immediate: bool,
) -> Proposal | None:  # fmt: skip
    """Keep a proposal once for one gap and step of the rule; None when the same waits already."""
    row, made = Proposal.objects.get_or_create(
        program=program, rule=rule, slot=slot, state=Proposal.State.OPEN,
        defaults={
            "change": change | {"from_days": back.from_days},
            "immediate": immediate,
            "because": because,
            "sessions": [last.pk],
            "rules_version": consistency.rules_version(),
            "created_at": now,
        },
    )  # fmt: skip
    return row if made else None


def _go_on(program: Program, in_force: list[Proposal], words: str, now: datetime) -> bool:
    """She is back some days after the plan was eased: the lighter week counts from today. True when that took more."""
    again = [row for row in in_force if row.state != Proposal.State.RESTORED and "at_least_h" in row.change]
    kept = {row.pk: row.applied_version_id for row in again}
    applied = reducing.apply_at_once(program=program, proposals=again, now=now, reason=words, tell=False)
    for row in applied:  # taking it back gives all of it back: to what the plan was before the first of the two
        Proposal.objects.filter(pk=row.pk).update(applied_version_id=kept[row.pk])
    return bool(applied)


def usual_lines(program: Program, today: date) -> list[records.Line]:
    """Each slot's line with its usual sets: of the next two weeks the occurrence that has most of them."""
    frozen = reducing.frozen_sessions(program)
    found: dict[str, records.Line] = {}
    for _, week, session, line in program.published.plan.places():
        day = reducing.day_of(program, week, session)
        if not today <= day <= today + USUAL_WITHIN or (week.number, session.id) in frozen:
            continue
        if line.slot not in found or line.sets > found[line.slot].sets:
            found[line.slot] = line
    return list(found.values())


def _runs_back(
    program: Program, last: ScheduledSession, back: consistency.Return, gap_days: int, today: date, now: datetime
) -> list[Proposal | None]:
    week_now = 1 + (today - program.starts_on).days // 7
    stages = [run.stage for week in program.published.plan.weeks if week.number >= week_now for run in week.runs]
    if not stages or (stage := back.run_stage(stages[0])) is None or stage >= stages[0]:
        return []
    because = f"{gap_days} days without a session: runs from stage {stages[0]} to stage {stage}."
    return [_keep(program, RULE, "", {"run_stage": stage}, because, last, back, now, immediate=True)]


# --- after an illness ------------------------------------------------------------------------------------------------


def _ease_first_after_illness(
    program: Program, last: ScheduledSession | None, today: date, now: datetime, begins: ScheduledSession | None
) -> str:
    ill = illness_over(program, last.day if last else None, today)
    if ill is None:
        return ""
    row = begins or (
        ScheduledSession.objects.filter(program=program, state=ScheduledSession.State.PLANNED, day__gte=today)
        .order_by("day", "id")
        .first()
    )
    if row is None or row.day < today or Proposal.objects.filter(rule=RULE_ILL, sessions=[row.pk]).exists():
        return ""
    well_on = (ill.ends_on or today) + timedelta(days=1)
    first_on, pillars = consistency.after_fever(well_on)
    because = (
        f"The first session after an illness: {' and '.join(pillars)} only, not before {first_on:%-d %B}. "
        "It comes back by itself with the next session."
    )
    lines = row.plan.lines
    rests = [line for line in lines if line.pillar not in pillars]
    if len(rests) == len(lines):
        log.warning("session %s holds nothing that may be done after an illness", row.pk)
        return ""
    Proposal.objects.filter(program=program, rule=RULE_ILL, state=Proposal.State.OPEN).update(
        state=Proposal.State.DECLINED, decided_at=now, decided_because="Another session is the first one now."
    )
    hours = (row.day - today).days * reducing.DAY_H or 1  # up to the day of the session, that day included
    rows = [
        Proposal.objects.create(
            program=program, rule=RULE_ILL, slot=line.slot, change={"sets": 0, "at_least_h": hours}, immediate=True,
            because=because, sessions=[row.pk], rules_version=consistency.rules_version(), created_at=now,
        )
        for line in rests
    ]  # fmt: skip
    words = consistency.after_fever_words()
    applied = reducing.apply_at_once(program=program, proposals=rows, now=now, reason=words, tell=False)
    for each in rows:
        if each not in applied:
            each.delete()
    if applied:
        program.refresh_from_db()
    return words if applied else ""


# --- what the runner reads -------------------------------------------------------------------------------------------


def note_of(program: Program, today: date) -> str:
    """Why the plan is lighter now, with the days it is today; "" unless the rule made the version she sees."""
    version = program.published
    if version.published_by_id is not None or not Proposal.objects.filter(applied_version=version, rule=RULE).exists():
        return ""
    last = last_done(program, today)
    gap_days = (today - last.day).days if last else 0
    return consistency.return_after(gap_days).told(gap_days)
