"""From what was logged to what it means: decide a session, raise the alarm, keep what the rules propose."""

import logging
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Exists, Max, OuterRef

from assessments import gate
from assessments.models import RedFlagCheck
from clients.alarms import raise_alarm
from clients.models import Alarm, Client
from programs.domain import adapting, monitoring, records
from programs.domain.edits import EditError
from programs.domain.library import library
from programs.domain.monitoring import Action, Response
from programs.models import LineLog, MorningAnswer, Program, Proposal, ScheduledSession, SetLog
from programs.services import publishing, reducing, training

log = logging.getLogger(__name__)

MORNINGS_BACK = monitoring.adaptation_rules().baseline.mornings
SESSIONS_BACK = 12  # how many sessions before this one the rules may look at

STOP_RULE = "M-STOP"
STOP = monitoring.adaptation_rules().stop
STOP_WATCHED = timedelta(days=STOP.watched_days)
LEFT_AFTER = timedelta(minutes=monitoring.adaptation_rules().deadlines.left_after_min)  # nothing logged for so long

STARTED = (ScheduledSession.State.STARTED, ScheduledSession.State.DONE)


def alarm_key(session: ScheduledSession) -> str:
    return f"stop:session:{session.pk}"


def asks_for_stop_sheet(session: ScheduledSession, during_nrs: int | None) -> bool:
    """True when this pain alone makes a session red (R-M4), so that the runner is offered to end it."""
    calm = Response(during=during_nrs, morning=0, completion=1.0)
    return during_nrs is not None and monitoring.decide(calm, session.program.phase).is_red


class Place(NamedTuple):
    """What a decision is about: a line of the session, or of an older version of it that the runner had before her."""

    line_id: str
    slot: str
    exercise: str


# --- reading the logs -----------------------------------------------------------------------------------------------


def earlier_sessions(session: ScheduledSession) -> list[ScheduledSession]:
    """The runner's sessions before this one, newest first."""
    return list(
        ScheduledSession.objects.filter(program_id=session.program_id, state__in=STARTED, day__lt=session.day)
        .order_by("-day", "-id")
        .defer("content")
        .prefetch_related("linelogs")[:SESSIONS_BACK]
    )


def responses_of(session: ScheduledSession) -> dict[Place, Response]:
    """One response per line of a session, as the action table wants it: place -> answers, None where nobody answered.

    A line that was shown and answered under an older version, and swapped since, is judged like any other.
    """
    client = session.program.client
    next_day = session.day + timedelta(days=1)
    answers = MorningAnswer.objects.filter(client=client, day__lte=next_day, morning_nrs__isnull=False)
    newest = list(answers.order_by("-day").values_list("day", "morning_nrs")[: MORNINGS_BACK + 1])
    morning = next((nrs for day, nrs in newest if day == next_day), None)
    earlier = [nrs for day, nrs in reversed(newest) if day < next_day and nrs is not None]
    difference = monitoring.morning_difference(morning, earlier)
    logs = {Place(log.line_id, log.slot, log.exercise): log for log in session.linelogs.all()}
    completion = session.sets_done / session.sets_planned if session.sets_planned else None
    before = earlier_sessions(session)
    flag = session.flag or _red_flag_around(session)
    places = dict.fromkeys([*(Place(line.id, line.slot, line.exercise) for line in session.plan.lines), *logs])
    return {
        place: Response(
            during=logs[place].during_nrs if place in logs else None,
            after=monitoring.after_difference(session.before_nrs, session.after60_nrs),
            morning=difference,
            session_rpe=session.session_rpe,
            completion=None if completion is None else min(1.0, completion),
            amber_streak=_amber_streak(place.slot, before),
            flag=flag,
        )
        for place in places
    }


def _red_flag_around(session: ScheduledSession) -> bool:
    """True when a red flag was answered yes between the start of the session and the end of the next day."""
    if session.started_at is None:
        return False
    return RedFlagCheck.objects.filter(
        client_id=session.program.client_id,
        action__in=gate.CLOSING,
        answered_at__range=(session.started_at, session.started_at + timedelta(days=1)),
    ).exists()


def _amber_streak(slot: str, before: list[ScheduledSession]) -> int:
    """How many sessions just before this one, one after another, had amber pain on this slot."""
    streak = 0
    for session in before:
        pain = [log.during_nrs for log in session.linelogs.all() if log.slot == slot and log.during_nrs is not None]
        if not pain:
            continue
        if not monitoring.is_amber(max(pain)):
            break
        streak += 1
    return streak


def is_about_to_move_on(session: ScheduledSession, line: records.Line) -> bool:
    """True when "did the form feel solid?" is worth asking on this line today (R-G2)."""
    tracked = tracked_lines(session.program, [line], before=session.day)
    return any(adapting.asks_form(each) for each in tracked)


def tracked_lines(
    program: Program, lines: list[records.Line], *, before: date | None = None
) -> list[adapting.TrackedLine]:
    """Lines with what was done under them, from the logs: three queries, however many lines."""
    slots = {line.slot: line for line in lines}
    sets = (
        SetLog.objects.filter(session__program=program, slot__in=slots)
        .select_related("session")
        .defer("dose", "session__content")  # long documents that nobody reads here, once per set
    )
    if before:
        sets = sets.filter(session__day__lt=before)
    done: dict[tuple[str, int], list[SetLog]] = defaultdict(list)
    sessions: dict[int, ScheduledSession] = {}
    for log in sets.order_by("set_number"):
        if log.exercise == slots[log.slot].exercise:
            done[log.slot, log.session_id].append(log)
            sessions[log.session_id] = log.session
    said = {
        (log.slot, log.session_id): log
        for log in LineLog.objects.filter(session__in=sessions, slot__in=slots)
        if log.exercise == slots[log.slot].exercise
    }
    return [
        adapting.TrackedLine(
            slot=slot,
            exercise=line.exercise,
            sets=line.sets,
            dose=line.dose,
            history=tuple(
                _past(sessions[session_id], logs, said.get((slot, session_id)), line)
                for (each, session_id), logs in done.items()
                if each == slot
            ),
        )
        for slot, line in slots.items()
    ]


def _past(
    session: ScheduledSession, logs: list[SetLog], said: LineLog | None, line: records.Line
) -> adapting.PastSession:
    by_set: dict[int, list[SetLog]] = defaultdict(list)
    for log in logs:
        by_set[log.set_number].append(log)
    whole = [each for each in by_set.values() if len(each) >= len(training.sides_of(line))]
    judged = (session.decision or {}).get("lines", [])
    decided = next((each for each in judged if (each["slot"], each["exercise"]) == (line.slot, line.exercise)), None)
    return adapting.PastSession(
        on=session.day,
        sets=tuple((min(_amount(log) for log in each), _rir(each)) for each in whole),
        action=Action(decided["action"]) if decided else None,
        form_solid=said.form_solid if said else None,
        during=said.during_nrs if said else None,
        morning=(session.decision or {}).get("morning"),
        load_kg=min((float(log.load_kg) for log in logs if log.load_kg), default=None),
        id=session.pk,
    )


def _amount(log: SetLog) -> float:
    """What a set came to in its own measure; a hold counts by its seconds."""
    return float(next((n for n in (log.seconds, log.reps, log.distance_m) if n is not None), 0))


def _rir(logs: list[SetLog]) -> int | None:
    return min((log.rir for log in logs if log.rir is not None), default=None)


# --- deciding --------------------------------------------------------------------------------------------------------


@transaction.atomic
def decide_early(*, session: ScheduledSession, now: datetime) -> str:
    """At the end of a session: act at once if it asks for a stop, whatever the morning will say.

    Returns:
        "stop", or "" when the morning decides.
    """
    _hold(session)
    lines = _judged(session)
    if monitoring.most_severe(list(lines.values())).action != Action.STOP:
        return ""
    return _settle(session, lines, now)


@transaction.atomic
def decide(*, session: ScheduledSession, now: datetime) -> str:
    """Decide a session from everything that was answered; what was not answered holds.

    Returns:
        stop, regress, hold or progress.
    """
    _hold(session)
    return _settle(session, _judged(session), now)


def _hold(session: ScheduledSession) -> None:
    """Hold the program, then the session, and read what stands there now.

    In the order of every publish, so that a coach who publishes and a runner who answers wait for each other, never both.
    Whoever decides second has read what the first one knew.
    """
    Program.objects.select_for_update().values_list("pk").get(pk=session.program_id)
    ScheduledSession.objects.select_for_update().values_list("pk").get(pk=session.pk)
    session.refresh_from_db()


Judged = dict[Place, tuple[Response, monitoring.Decision]]  # what was answered, and what that decided


def _judged(session: ScheduledSession) -> Judged:
    phase = session.program.phase
    return {place: (response, monitoring.decide(response, phase)) for place, response in responses_of(session).items()}


def _settle(session: ScheduledSession, lines: Judged, now: datetime) -> str:
    whole = monitoring.most_severe(list(lines.values()))
    because = monitoring.naming_blanks(whole.because, _pains_by_name(session, lines))
    session.action, session.decided_at = str(whole.action), now
    session.decision = {
        "rules_version": monitoring.adaptation_rules().rules_version,
        "rule": whole.rule,
        "because": because,
        "morning": next(response.morning for response, _ in lines.values()),
        "lines": [
            {"line": place.line_id, "slot": place.slot, "exercise": place.exercise, "action": str(decision.action),
             "rule": decision.rule, "because": decision.because}
            for place, (_, decision) in lines.items()
        ],
    }  # fmt: skip
    session.save(update_fields=["action", "decided_at", "decision"])
    if whole.action == Action.STOP:
        raise_alarm(
            client=session.program.client,
            kind=Alarm.Kind.RED_FLAG if session.flag else Alarm.Kind.STOP,
            key=alarm_key(session),
            because=because,
            now=now,
        )
    try:
        with transaction.atomic():
            propose(session=session, now=now)
    except (publishing.PublishError, EditError):
        # What a session was decided, and the alarm, do not wait for a plan that cannot be changed by rule.
        log.exception("session %s: nothing could be proposed", session.pk)
    return str(whole.action)


def _pains_by_name(session: ScheduledSession, lines: Judged) -> list[tuple[str, int | None]]:
    """Each exercise of a session with its answered pain; one that was left out says so, for it could not be asked."""
    skipped = {(log.line_id, log.exercise) for log in session.linelogs.all() if log.skipped}
    known = library()
    found = []
    for place, (response, _) in lines.items():
        name = known[place.exercise].name if place.exercise in known else place.exercise
        is_left_out = (place.line_id, place.exercise) in skipped
        found.append((f"{name}, left out" if is_left_out else name, response.during))
    return found


@transaction.atomic
def propose(*, session: ScheduledSession, now: datetime) -> list[Proposal]:
    """Ask the rules what may change after a session. Reductions are in force at once; the rest waits for the coach."""
    program = (
        Program.objects.select_for_update(of=("self",)).select_related("client", "current").get(pk=session.program_id)
    )
    if program.current is None or program.state == Program.State.ENDED:
        return []  # a session that was begun before the end is decided like any other; there is nothing left to change
    client = program.client
    today = client.local_date(now)
    lines = {line.slot: line for line in reducing.lines_ahead(program, today)}
    week_now = 1 + (today - program.starts_on).days // 7
    weeks = {week.number: week for week in program.published.plan.weeks}
    summaries = [session, *earlier_sessions(session)]
    found = adapting.propose(
        tracked_lines(program, list(lines.values())),
        adapting.Situation(
            phase=program.phase,
            kit=tuple(client.kit),
            tags=tuple(client.tags),
            today=today,
            sessions=tuple(_summary(each) for each in summaries),
            is_deload=week_now in weeks and weeks[week_now].deload,
        ),
    )
    found = (*found, *_run_track(session, program, week_now))
    _keep_aims(session, found)
    known = {
        (rule, slot, tuple(sessions))
        for rule, slot, sessions in Proposal.objects.filter(program=program).values_list("rule", "slot", "sessions")
    }
    kept = []
    for proposal in found:
        evidence = tuple(each.id for each in proposal.evidence if each.id)
        if proposal.is_aim or (proposal.rule, proposal.slot, evidence) in known:
            continue  # said once, whatever became of it: a reduction in force is not asked for again every night
        row, made = Proposal.objects.get_or_create(
            program=program, rule=proposal.rule, slot=proposal.slot, state=Proposal.State.OPEN,
            defaults={
                "change": dict(proposal.change),
                "immediate": proposal.immediate,
                "because": proposal.because,
                "sessions": list(evidence),
                "rules_version": monitoring.adaptation_rules().rules_version,
                "created_at": now,
            },
        )  # fmt: skip
        if made:
            kept.append(row)
    at_once = [row for row in kept if row.immediate]
    applied = reducing.apply_at_once(program=program, proposals=at_once, now=now)
    for row in at_once:
        # A stop rests a line also where no session lies within its hours: keep_stops reads it until two calm mornings.
        # Any other reduction that takes nothing away leaves nothing to confirm or restore.
        if row not in applied and row.rule != STOP_RULE:
            row.delete()
    return [row for row in kept if row.pk]


def _keep_aims(session: ScheduledSession, found: Sequence[adapting.Proposal]) -> None:
    """Keep with a decided session what to aim at next inside the published range (R-G1). The plan stays as it is."""
    aims = {each.slot: each.change for each in found if each.is_aim and each.evidence[-1].id == session.pk}
    if session.decision is not None and aims != session.decision.get("aims", {}):
        session.decision["aims"] = aims
        session.save(update_fields=["decision"])


def _run_track(session: ScheduledSession, program: Program, week_now: int) -> list[adapting.Proposal]:
    """The run track's part of the action table: a stop walks, a step back is one stage (R-M)."""
    if session.action not in (Action.STOP, Action.REGRESS):
        return []
    stages = [run.stage for week in program.published.plan.weeks if week.number >= week_now for run in week.runs]
    if not stages or not max(stages):
        return []
    is_stop = session.action == Action.STOP
    stage = 0 if is_stop else max(0, stages[0] - 1)
    words = "Running rests, walking stays" if is_stop else "Runs go one stage back"
    return [
        adapting.Proposal(
            slot="",
            rule=STOP_RULE if is_stop else "M-REGRESS",
            change={"run_stage": stage},
            immediate=True,
            because=f"{words}: the session of {session.day:%-d %B} asked for it.",
            evidence=(_summary(session),),
        )
    ]


def is_calm_again(program: Program, since: date, today: date) -> bool:
    """True after two answered mornings, one after the other, at the usual or better since a stop (R-M)."""
    answers = MorningAnswer.objects.filter(client=program.client, day__lte=today, morning_nrs__isnull=False)
    days = [(day, nrs) for day, nrs in answers.order_by("day").values_list("day", "morning_nrs") if nrs is not None]
    usual = monitoring.baseline([nrs for day, nrs in days if day <= since])
    newest = [nrs for day, nrs in days if day > since][-STOP.calm_mornings :]
    return usual is not None and len(newest) == STOP.calm_mornings and max(newest) <= usual


def keep_stops(*, now: datetime) -> int:
    """A stop lasts at least its hours and until two calm mornings: see `keep_stop`. Safe to run twice.

    Returns:
        How many programs were eased further.
    """
    programs = Program.objects.filter(
        proposals__rule=STOP_RULE, proposals__created_at__gte=now - STOP_WATCHED, current__isnull=False
    ).exclude(state=Program.State.ENDED)
    return sum(
        keep_stop(program=program, now=now) for program in programs.select_related("client", "current").distinct()
    )


def keep_stop(*, program: Program, now: datetime) -> bool:
    """Take a stop's resting lines out of the next days again while two calm mornings have not come.

    The coach ends it at any time by taking the reduction back.

    Returns:
        True when something was taken out.
    """
    rests = list(
        Proposal.objects.filter(program=program, rule=STOP_RULE, immediate=True, created_at__gte=now - STOP_WATCHED)
        .exclude(state=Proposal.State.RESTORED)
        .exclude(slot="")
    )
    if not rests:
        return False
    stopped_on = max(program.client.local_date(row.created_at) for row in rests)
    if is_calm_again(program, stopped_on, program.client.local_date(now)):
        return False
    return reducing.rest_on(program=program, slots=[row.slot for row in rests], now=now)


def _summary(session: ScheduledSession) -> adapting.SessionSummary:
    during = monitoring.session_during([log.during_nrs for log in session.linelogs.all()])
    completion = session.sets_done / session.sets_planned if session.sets_planned else None
    return adapting.SessionSummary(on=session.day, completion=completion, during=during, id=session.pk)


# --- when ------------------------------------------------------------------------------------------------------------


def answer_morning(
    *, client: Client, day: date, morning_nrs: int | None, after60_nrs: int | None, now: datetime
) -> MorningAnswer:
    """Keep a morning's answer and decide yesterday's session with it, again if it comes late but in time."""
    answer = training.save_morning(client=client, day=day, morning_nrs=morning_nrs, after60_nrs=after60_nrs, now=now)
    session = answer.session
    if session is not None and answer.morning_nrs is not None:
        due = monitoring.morning_due(session.day, ZoneInfo(session.time_zone))
        if monitoring.counts(due, now):
            decide(session=ScheduledSession.objects.select_related("program__client").get(pk=session.pk), now=now)
    return answer


def decide_due(*, now: datetime) -> int:
    """Decide the sessions whose noon has come without an answer. Safe to run twice.

    Returns:
        How many were decided.
    """
    waiting = ScheduledSession.objects.filter(state__in=STARTED, decided_at__isnull=True, day__lte=now.date())
    decided = 0
    for session in waiting.select_related("program__client").iterator(chunk_size=200):
        if now >= monitoring.morning_due(session.day, ZoneInfo(session.time_zone)):
            decided += _decide_undecided(session, now)
    return decided


@transaction.atomic
def _decide_undecided(session: ScheduledSession, now: datetime) -> bool:
    """Decide a session unless an answer has decided it a moment ago. True when it was decided now."""
    _hold(session)
    if session.decided_at is not None:
        return False
    decide(session=session, now=now)
    return True


def stop_left(*, now: datetime) -> int:
    """Decide the sessions that were left after a pain that stops: the phone is put away, and the coach must hear of it.

    Safe to run twice.

    Returns:
        How many were stopped.
    """
    since, of_it = now - LEFT_AFTER, {"session": OuterRef("pk")}
    left = (
        ScheduledSession.objects.filter(
            ~Exists(LineLog.objects.filter(**of_it, updated_at__gt=since)),
            ~Exists(SetLog.objects.filter(**of_it, logged_at__gt=since)),
            state__in=STARTED,
            decided_at__isnull=True,
        )
        .annotate(worst=Max("linelogs__during_nrs"))
        .select_related("program__client")
    )
    red = [session for session in left if asks_for_stop_sheet(session, session.worst)]
    return sum(decide_early(session=session, now=now) == Action.STOP for session in red)


def decided_words(session: ScheduledSession) -> str:
    """What the runner is told about a decided session; "" before that."""
    if not session.action:
        return ""
    return monitoring.guidance(Action(session.action), flag=session.flag).runner
