"""One week of a plan as the coach's page shows it: everything formatted, nothing decided."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from programs.domain import auditing, dose, rebasing, records, words
from programs.domain.edits import EditError, NotFound
from programs.domain.library import library
from programs.domain.records import Plan, Week
from programs.domain.rules import rules
from programs.models import Draft, Version
from programs.services import drafting
from studio.ui import marks
from studio.ui.parts import PILLARS

DAYS = {"mon": "Mon", "tue": "Tue", "wed": "Wed", "thu": "Thu", "fri": "Fri", "sat": "Sat", "sun": "Sun"}


@dataclass(frozen=True)
class LineCell:
    id: str
    name: str
    pillar: str
    pillar_name: str
    anchor: bool
    dose: str  # "3 × 8-12"
    dose_more: str  # "each side, reserve 2-4, rest 75 s"
    because: str  # the reason in one sentence; the whole of it is on the line's own page
    note: str
    url: str


@dataclass(frozen=True)
class SessionCard:
    id: str
    key: str
    day: str
    title: str
    minutes: int
    budget: int
    lines: tuple[LineCell, ...]
    is_frozen: bool
    add_url: str


@dataclass(frozen=True)
class Balance:
    pillar: str
    label: str
    sets: int
    words: str
    is_off: bool
    meter: SafeString


@dataclass(frozen=True)
class ConflictCard:
    """One thing that the draft and a newer version want differently, and what can be done about it."""

    number: int
    version: Version | None
    by: str  # who published; "" = a safety rule
    is_safety: bool
    theirs: tuple[str, ...]
    yours: tuple[str, ...]  # empty: the draft was made anew and has not got theirs
    why_not: str  # why the draft's edits cannot be made any more; "" = they can


@dataclass(frozen=True)
class Board:
    plan: Plan
    phase: records.Phase
    week: Week
    sessions: tuple[SessionCard, ...]
    balance: tuple[Balance, ...]
    minutes: int
    budget: int
    time_meter: SafeString
    notices: tuple[records.Notice, ...]
    week_links: tuple[dict, ...]
    phase_links: tuple[dict, ...]  # empty for a plan of one phase
    runs: tuple[dict, ...]
    daily: tuple[dict, ...]
    changes: tuple[str, ...]

    @property
    def weeks_words(self) -> str:
        return words.plural(len(self.plan.weeks), "week")


def board_of(
    plan: Plan,
    number: int,
    *,
    client_pk: int,
    changes: tuple[str, ...] = (),
    frozen=frozenset(),
    starts_on: date | None = None,
    today: date | None = None,
) -> Board:
    """Lay out one week.

    Args:
        plan: the published plan or the draft.
        number: the week to show; the nearest there is, when it is not in the plan.
        client_pk: whose, for the links.
        changes: what differs from the published plan, in words.
        frozen: (week, session id) of sessions that were begun.
        starts_on, today: the Monday of week 1 and the runner's date, to name the weeks by their dates.
    """
    week = min(plan.weeks, key=lambda each: (abs(each.number - number), each.number))
    phase = next(each for each in plan.phases if week in each.weeks)
    checked = auditing.audit(plan, library(), rules())
    row = next(each for each in checked.rows if each.week == week.number)
    seconds = [dose.planned_seconds(session, library()) for session in week.sessions]
    budget = sum(session.budget_s for session in week.sessions)
    return Board(
        plan=plan,
        phase=phase,
        week=week,
        sessions=tuple(
            _card(week, session, planned, client_pk, (week.number, session.id) in frozen)
            for session, planned in zip(week.sessions, seconds, strict=True)
        ),
        balance=tuple(_balance(pillar, each) for pillar, each in row.pillars.items()),
        minutes=round(sum(seconds) / 60),
        budget=round(budget / 60),
        time_meter=mark_safe(
            marks.meter(
                sum(seconds) / 60, 0, budget / 60, max(budget / 60 * 1.15, 1), "", "Minutes of the week", " min"
            )
        ),
        notices=tuple(each for each in checked.notices if each.week in (None, week.number)),
        week_links=tuple(_week_link(each, starts_on, today) for each in plan.weeks),
        phase_links=_phase_links(plan, phase),
        runs=tuple(
            {"day": DAYS[run.day], "words": words.run_words(run), "drill": _drill_words(run.drill)} for run in week.runs
        ),
        daily=tuple({"name": library()[item.exercise].name, "days": item.days} for item in week.daily),
        changes=changes,
    )


def conflicts_of(draft: Draft) -> tuple[ConflictCard, ...]:
    """What waits for the coach's word in a draft, in words."""
    conflicts = drafting.conflicts_of(draft)
    if not conflicts:
        return ()
    numbers = {conflict.version for conflict in conflicts}
    versions = {
        version.number: version
        for version in Version.objects.filter(program=draft.program_id, number__in=numbers)
        .defer("document", "edits")
        .select_related("published_by")
    }
    return tuple(
        _conflict_card(number, conflict, versions.get(conflict.version), draft.plan)
        for number, conflict in enumerate(conflicts)
    )


def _conflict_card(number: int, conflict: rebasing.Conflict, version: Version | None, plan: Plan) -> ConflictCard:
    why_not = ""
    try:
        rebasing.keep_yours(plan, conflict, library(), rules())
    except NotFound:
        why_not = "what it changes is out of the plan there."
    except EditError as problem:
        why_not = str(problem)
    by = version.published_by.name if version and version.published_by else ""
    return ConflictCard(
        number, version, by, conflict.is_safety, theirs=conflict.theirs, yours=conflict.yours, why_not=why_not
    )


def _card(week: Week, session: records.Session, seconds: int, client_pk: int, frozen: bool) -> SessionCard:
    return SessionCard(
        id=session.id,
        key=session.key,
        day=DAYS[session.day],
        title=session.title,
        minutes=round(seconds / 60),
        budget=round(session.budget_s / 60),
        lines=tuple(
            LineCell(
                id=line.id,
                name=library()[line.exercise].name,
                pillar=line.pillar,
                pillar_name=PILLARS[line.pillar][0],
                anchor=line.anchor,
                dose=_dose(line),
                dose_more=_dose_more(line),
                because=_first_sentence(line.because),
                note=line.note,
                url=reverse("programs:plan_line", kwargs={"pk": client_pk, "line_id": line.id}),
            )
            for line in session.lines
        ),
        is_frozen=frozen,
        add_url=reverse("programs:plan_add", kwargs={"pk": client_pk, "week": week.number, "session_id": session.id}),
    )


def _phase_links(plan: Plan, shown: records.Phase) -> tuple[dict, ...]:
    if len(plan.phases) == 1:
        return ()
    return tuple(
        {
            "number": each.number,
            "name": each.name,
            "week": each.weeks[0].number,
            "words": words.weeks_words([week.number for week in each.weeks]),
            "is_shown": each is shown,
        }
        for each in plan.phases
    )


def _week_link(week: Week, starts_on: date | None, today: date | None) -> dict:
    first = starts_on + timedelta(weeks=week.number - 1) if starts_on else None
    is_now = bool(first and today and first <= today < first + timedelta(weeks=1))
    return {"number": week.number, "deload": week.deload, "first": first, "is_now": is_now}


def _dose(line: records.Line) -> str:
    given = line.dose
    if given.kind == "hold" and given.hold_s and given.reps:
        holds = "" if given.reps == (1, 1) else f"{words.span(given.reps, '-')} × "
        work = f"{holds}{words.span(given.hold_s, '-')} s"
    elif given.kind == "duration" and given.duration_s:
        work = words.seconds_words(given.duration_s)
    elif given.kind == "distance" and given.distance_m:
        work = f"{given.distance_m} m"
    else:
        work = words.span(given.reps or (0, 0), "-")
    return f"{line.sets} × {work}"


def _dose_more(line: records.Line) -> str:
    """What else belongs to the dose, for the second line of a narrow card."""
    given, parts = line.dose, []
    if line.unilateral:
        parts.append("each side")
    for side in ("left", "right"):
        if extra := getattr(line.extra_side_sets, side):
            parts.append(f"{extra} more {side}")
    if given.load_kg is not None:
        parts.append(words.load_words(given.load_kg))
    if given.rir is not None:
        parts.append(f"reserve {words.span(given.rir, '-')}")
    if given.rest_s and line.sets > 1:
        parts.append(f"rest {given.rest_s} s")
    return ", ".join(parts)


def _first_sentence(text: str) -> str:
    head, stop, _ = text.partition(". ")
    return f"{head}." if stop else text


def _balance(pillar: str, row: auditing.PillarRow) -> Balance:
    off = row.sets - row.max if row.sets > row.max else row.sets - row.min if row.sets < row.min else 0
    text = f"{off} over" if off > 0 else f"{-off} under" if off < 0 else f"of {row.min} to {row.max}"
    name = PILLARS[pillar][0]
    meter = marks.meter(row.sets, row.min, row.max, max(row.max * 1.2, row.sets, 1), pillar, name, " sets")
    return Balance(
        pillar=pillar, label=pillar.capitalize(), sets=row.sets, words=text, is_off=bool(off), meter=mark_safe(meter)
    )


def _drill_words(drill: records.RunDrill | None) -> str:
    if drill is None:
        return ""
    cadence = f", {drill.cadence_spm[0]} to {drill.cadence_spm[1]} steps a minute" if drill.cadence_spm else ""
    return f"{library()[drill.exercise].name}, {words.plural(drill.sets, 'time')}{cadence}"
