"""The weekly check and the phase check as the pages and the planning read them. No writing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from assessments.models import Intake
from clients.models import Client, Pause
from programs.domain import checks, consistency
from programs.models import PhaseCheck, Program, Version, WeeklyCheck
from programs.rows import CHECKS as WEEKS_SHOWN
from programs.rows import RunnerRows

PAINS = {
    "worst_24h_nrs": "The knee at its worst in the last 24 hours",
    "daily_nrs": "In daily life, on most days",
    "stairs_nrs": "On stairs",
    "walk30_nrs": "After 30 minutes of brisk walking",
}
DID_NOT_WALK = "did_not_walk"


@dataclass(frozen=True)
class Event:
    """A weekly or a phase check, for the runner's timeline."""

    at: datetime
    kind: str  # week or phase
    title: str
    text: str
    row_id: int


@dataclass(frozen=True)
class PhaseGate:
    """What ends the phase that a runner is in."""

    program: Program
    check: PhaseCheck | None  # whose tests are shown: the open one, else the newest closed one of this phase
    rows: tuple[checks.Criterion, ...]

    @property
    def met(self) -> int:
        return sum(row.standing == "met" for row in self.rows)

    @property
    def not_known(self) -> int:
        return sum(row.standing == "not_known" for row in self.rows)

    @property
    def has_tests(self) -> bool:
        return any(row.is_test for row in self.rows)

    @property
    def words(self) -> str:
        """ "5 of 8 met, 2 not known": never that a phase is over; that is signed by a person."""
        unknown = f", {self.not_known} not known" if self.not_known else ""
        return f"{self.met} of {len(self.rows)} met{unknown}"


# --- the weekly check -------------------------------------------------------------------------------------------------


def stamp_of(check: WeeklyCheck | None) -> str:
    """Which answers a form was drawn with."""
    return check.answered_at.isoformat() if check and check.pk else ""


def check_of_week(client: Client, today: date) -> WeeklyCheck | None:
    return WeeklyCheck.objects.filter(client=client, week=consistency.week_name(today)).first()


def weekly_checks(client: Client, count: int = WEEKS_SHOWN) -> list[WeeklyCheck]:
    """The newest weekly checks, newest first. Sleep and illness (R-G5) are answers["slept_badly"] and answers["ill"]."""
    return list(WeeklyCheck.objects.filter(client=client).select_related("answered_by").order_by("-week")[:count])


def asks_week(client: Client, now: datetime, rows: RunnerRows | None = None) -> bool:
    """Whether the runner's page offers the weekly check: from the day of her weekly note until the week ends.

    Args:
        client, now: whose, and when.
        rows: what the page has read of her already; the same below.
    """
    rows = rows or RunnerRows(client, now)
    if client.status != Client.Status.ACTIVE or rows.today.weekday() < client.note_weekday:
        return False
    program = rows.program
    if program is None or program.state != Program.State.ACTIVE or program.starts_on > rows.today:
        return False
    is_answered = any(check.week == consistency.week_name(rows.today) for check in rows.weekly_checks)
    return rows.pause is None and not is_answered and rows.standing.agrees


def latest_answers(client: Client) -> checks.Latest:
    """The pain answers that count now, and the day they were given. Two queries."""
    return checks.latest_answers(*_rounds_of(client))


def _rounds_of(client: Client) -> tuple[checks.Round | None, list[checks.Round]]:
    return _rounds(client, Intake.objects.filter(client=client).first(), weekly_checks(client))


def _rounds(
    client: Client, intake: Intake | None, weeks: list[WeeklyCheck]
) -> tuple[checks.Round | None, list[checks.Round]]:
    sent = intake.submitted_at if intake else None
    first = checks.Round(client.local_date(sent), intake.answers, True) if intake and sent else None
    return first, [checks.Round(client.local_date(each.answered_at), each.answers) for each in weeks]


def newest_worst(client: Client) -> int | None:
    """The newest worst pain of 24 hours that anybody said, 0-10; None = never said."""
    intake, rounds = _rounds_of(client)
    said = [
        (each.on, not each.is_intake, each.answers["worst_24h_nrs"])
        for each in (*([intake] if intake else []), *rounds)
        if isinstance(each.answers.get("worst_24h_nrs"), int)
    ]
    return max(said)[2] if said else None


def told(check: WeeklyCheck) -> list[tuple[str, str]]:
    """A weekly check in words, what was answered only."""
    answers = check.answers
    rows = [
        (label, "did not walk" if answers[name] == DID_NOT_WALK else f"{answers[name]} of 10")
        for name, label in PAINS.items()
        if name in answers
    ]
    rows += [
        (label, "yes" if answers[name] else "no")
        for name, label in (("slept_badly", "Slept badly for three nights"), ("ill", "Ill"))
        if name in answers
    ]
    return rows + [(goal, f"{rating} of 10") for goal, rating in answers.get("goals", {}).items()]


# --- the phase --------------------------------------------------------------------------------------------------------


def running_program(client: Client) -> Program | None:
    """The program that is on, with its client."""
    return (
        Program.objects.filter(client=client, current__isnull=False)
        .exclude(state=Program.State.ENDED)
        .select_related("client__coach__user", "client__user")
        .defer("current__document")
        .first()
    )


def open_check(client: Client) -> PhaseCheck | None:
    return PhaseCheck.objects.filter(client=client, closed_at__isnull=True).first()


def newest_closed(client: Client, phase: int) -> PhaseCheck | None:
    rows = PhaseCheck.objects.filter(client=client, phase=phase, closed_at__isnull=False)
    return rows.select_related("entered_by").order_by("-closed_at").first()


def readings_of(answers: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> dict[str, dict[str, checks.Reading]]:
    """The stored answers as the domain reads them."""
    return {
        test: {side: checks.Reading(cell.get("value"), cell.get("pain")) for side, cell in sides.items()}
        for test, sides in answers.items()
    }


def phase_gate(program: Program, now: datetime, rows: RunnerRows | None = None) -> PhaseGate:
    """Every criterion of the phase that is on, with what is known. Nothing is signed by looking."""
    rows = rows or RunnerRows(program.client, now)
    check = next((row for row in rows.phase_checks if row.phase == program.phase), None)
    readings = readings_of(check.answers) if check else {}
    return PhaseGate(program, check, checks.criteria(program.phase, readings, facts_of(program, now, rows)))


def facts_of(program: Program, now: datetime, rows: RunnerRows | None = None) -> checks.Facts:
    """What the record knows beside the tests. Six queries, however long the program runs."""
    rows = rows or RunnerRows(program.client, now)
    today = rows.today
    first = today - timedelta(days=checks.check_rules().limits.fact_days)
    since = phase_since(program)
    pauses = [consistency.Pause(pause.kind, pause.starts_on, pause.ends_on) for pause in rows.pauses]
    return checks.Facts(
        today=today,
        sessions=[
            checks.Trained(
                row["day"], row["action"], row["started_at"] is not None, row["sets_done"], row["sets_planned"]
            )
            for row in rows.sessions
            if row["program_id"] == program.pk and first <= row["day"] <= today
        ],
        mornings={
            each.day: each.morning_nrs
            for each in rows.mornings
            if each.morning_nrs is not None and first <= each.day <= today
        },
        weekly=checks.latest_answers(*_rounds(rows.client, rows.intake, rows.weekly_checks)),
        weeks_in_phase=max(0, (today - since).days // 7) if since else None,
        excused=consistency.excused_dates(pauses, first, today),
    )


def phase_since(program: Program) -> date | None:
    """The day on which the phase that is on began: the plan's start, or the version that moved on to it."""
    client = program.client
    rows = Version.objects.filter(program=program).order_by("-number")
    found: date | None = None
    for number, published_at, phases in rows.values_list("number", "published_at", "document__phases"):
        if not phases or phases[-1].get("number") != program.phase:
            break
        found = program.starts_on if number == 1 else client.local_date(published_at)
    return max(found, program.starts_on) if found else None


def is_unwell(client: Client, now: datetime) -> bool:
    """Ill, or with a flare of the knee, today where the runner is."""
    kinds = (Pause.Kind.ILLNESS, Pause.Kind.FLARE)
    return client.pauses.covering(client.local_date(now)).filter(kind__in=kinds).exists()


def offers_phase_check(program: Program | None, now: datetime, rows: RunnerRows | None = None) -> bool:
    """Whether the tests are offered: every other row is met, none was closed lately, and training is allowed."""
    if program is None or not checks.check_rules().tests_of(program.phase):
        return False
    rows = rows or RunnerRows(program.client, now)
    if any(check.closed_at is None for check in rows.phase_checks):
        return True
    newest = next((check for check in rows.phase_checks if check.phase == program.phase), None)
    again_after = timedelta(days=checks.check_rules().limits.offered_again_days)
    if newest is not None and newest.closed_at is not None and now - newest.closed_at < again_after:
        return False
    return checks.is_ready_for_tests(program.phase, facts_of(program, now, rows)) and rows.gate.allows_plan


# --- the timeline -----------------------------------------------------------------------------------------------------


def check_events(client: Client) -> list[Event]:
    """Every weekly check and every closed phase check, newest first."""
    found = []
    for week in WeeklyCheck.objects.filter(client=client):
        text = "; ".join(f"{label}: {answer}" for label, answer in told(week))
        found.append(Event(week.answered_at, "week", f"Weekly check, {week.week}", text, week.pk))
    for check in PhaseCheck.objects.filter(client=client):
        if check.closed_at is None:
            continue
        facts = checks.Facts(today=check.checked_on)
        rows = [row for row in checks.criteria(check.phase, readings_of(check.answers), facts) if row.is_test]
        text = f"{sum(row.standing == 'met' for row in rows)} of {len(rows)} tests met"
        found.append(Event(check.closed_at, "phase", f"Phase check, phase {check.phase}", text, check.pk))
    return sorted(found, key=lambda event: event.at, reverse=True)


def goals_of(client: Client) -> list[str]:
    """The runner's goals in her own words, each once."""
    return list(dict.fromkeys(goal for goal in client.goals if goal))
