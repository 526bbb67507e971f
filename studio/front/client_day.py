"""The runner's day as one page needs it: what to do now, the question of the morning, the week."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from assessments import gate, outcomes
from assessments.models import Assessment
from clients.models import Alarm, Client, Pause
from clients.views import consenting
from programs import checking
from programs.adherence import Adherence, adherence_from
from programs.domain import monitoring, records, words
from programs.models import Program, ScheduledSession
from programs.rows import USUAL, Morning, RunnerRows
from programs.services import deciding, returning
from studio.ui import figures

OPEN = (ScheduledSession.State.PLANNED, ScheduledSession.State.STARTED)


@dataclass(frozen=True)
class WeekDay:
    """One day of the strip over the runner's page."""

    day: date
    letter: str
    is_today: bool
    is_done: bool
    is_rest: bool


@dataclass(frozen=True)
class Upcoming:
    """One thing of the days ahead: a session, or a run."""

    day: date
    when: str
    title: str
    meta: str
    pillar: str
    session: ScheduledSession | None


@dataclass(frozen=True)
class ClientDay:
    """Everything on the runner's own page of today; the days are hers, the pains 0-10."""

    today: date
    greeting: str
    gate: gate.Gate
    program: Program | None
    ended: Program | None  # the newest one that has ended, while none runs
    week_number: int
    weeks: int
    pause: Pause | None
    alarm: Alarm | None  # a stop or flare that no coach has taken over yet; a red flag speaks through the gate
    session: ScheduledSession | None  # the one to do now: today's, or one that was begun
    done_today: ScheduledSession | None
    morning: Morning | None
    asks_after: bool  # yesterday had a session, and the hour after it is not answered
    usual_morning: float | None
    told: str  # what the newest decided session means, in kind words
    coach_note: str  # the reason of the newest version
    coach_note_by: str  # who gave it; "" = a safety rule, which the coach has yet to look at
    days: tuple[WeekDay, ...]
    upcoming: tuple[Upcoming, ...]
    adherence: Adherence
    findings: Assessment | None  # the newest she may read; None while a red flag keeps results back
    needs_intake: bool  # no plan yet, and the intake is not sent
    consent_off: str  # why nothing is asked, in words; "" unless the consent was taken back
    round: outcomes.Round | None  # the outcome measures that are due
    asks_week: bool
    asks_phase: bool

    @property
    def hero(self) -> str:
        """The exercise that stands for the session: its first must-do that has a drawing."""
        lines = self.session.plan.lines if self.session else ()
        drawn = [line for line in lines if figures.drawing(line.exercise, "still")]
        return next((line.exercise for line in drawn if line.anchor), drawn[0].exercise if drawn else "")

    @property
    def alarm_on(self) -> date | None:
        return self.alarm and self.alarm.client.local_date(self.alarm.raised_at)

    @property
    def asks_morning(self) -> bool:
        return (
            not self.consent_off
            and self.program is not None
            and (self.morning is None or self.morning.morning_nrs is None)
        )


def greeting_for(hour: int) -> str:
    """The word for a local hour, 0 to 23."""
    return "Morning" if hour < 12 else "Afternoon" if hour < 18 else "Evening"


def client_day(client: Client, now: datetime, runner: RunnerRows | None = None) -> ClientDay:
    """Gather a runner's day with a number of queries that does not grow with her history.

    Args:
        client, now: whose, and when.
        runner: what was read of her already.
    """
    runner = runner or RunnerRows(client, now)
    today, program = runner.today, runner.program
    ended = None if program else runner.ended
    monday = today - timedelta(days=today.weekday())
    rows = list(
        ScheduledSession.objects.filter(program=program or ended, day__range=(monday - timedelta(days=7), monday + timedelta(days=13)))
        .exclude(state=ScheduledSession.State.WITHDRAWN)
        .order_by("day", "id")
    ) if program or ended else []  # fmt: skip
    answers = [each for each in runner.mornings if each.day <= today][:USUAL]
    this_morning = answers[0] if answers and answers[0].day == today else None
    earlier = [row.morning_nrs for row in reversed(answers) if row.day < today and row.morning_nrs is not None]
    yesterday = [row for row in rows if row.day == today - timedelta(days=1) and row.started_at]
    decided = max((row for row in rows if row.action and row.decided_at), key=lambda row: row.decided_at, default=None)
    started = [row for row in rows if row.state == ScheduledSession.State.STARTED and (today - row.day).days <= 1]
    todays = [row for row in rows if row.day == today]
    plan = program.current.plan if program else None
    week_number = 1 + (today - program.starts_on).days // 7 if program else 0
    stands, taken_back = runner.gate, runner.standing.taken_back
    return ClientDay(
        today=today,
        greeting=greeting_for(now.astimezone(client.zone).hour),
        gate=stands,
        program=program,
        ended=ended,
        week_number=week_number,
        weeks=len(plan.weeks) if plan else 0,
        pause=runner.pause,
        alarm=client.alarms.filter(acknowledged_at__isnull=True)
        .exclude(kind=Alarm.Kind.RED_FLAG)
        .order_by("-raised_at")
        .first(),
        session=next(iter(started), None) or next((row for row in todays if row.state in OPEN), None),
        done_today=next((row for row in todays if row.state == ScheduledSession.State.DONE), None),
        morning=this_morning,
        asks_after=bool(yesterday) and yesterday[-1].after60_nrs is None,
        usual_morning=monitoring.baseline(earlier),
        told=deciding.decided_words(decided) if decided and (today - decided.day).days <= 3 else "",
        coach_note=(returning.note_of(program, today) or program.current.reason) if program else "",
        coach_note_by=program.current.published_by.name if program and program.current.published_by else "",
        days=tuple(_week_day(monday + timedelta(days=n), today, rows) for n in range(7)),
        upcoming=tuple(_upcoming(program, plan, rows, today)) if plan and stands.allows_plan else (),
        adherence=adherence_from(runner),
        findings=runner.newest_shared if stands.allows_testing else None,
        needs_intake=not taken_back and program is None and runner.sent_intake is None,
        consent_off=consenting.words(client, taken_back) if taken_back else "",
        round=outcomes.round_due(client, now, runner),
        asks_week=checking.asks_week(client, now, runner),
        asks_phase=checking.offers_phase_check(program, now, runner),
    )


def _week_day(day: date, today: date, rows: list[ScheduledSession]) -> WeekDay:
    mine = [row for row in rows if row.day == day]
    return WeekDay(
        day=day,
        letter="MTWTFSS"[day.weekday()],
        is_today=day == today,
        is_done=any(row.credit for row in mine),
        is_rest=not mine,
    )


def _upcoming(
    program: Program, plan: records.Plan, rows: list[ScheduledSession], today: date, days: int = 7
) -> list[Upcoming]:
    found = [
        Upcoming(
            day=row.day,
            when=_when(row.day, today),
            title=row.title,
            meta=f"{-(-row.plan.budget_s // 60)} min at most",
            pillar=next((line.pillar for line in row.plan.lines if line.anchor), "strength"),
            session=row,
        )
        for row in rows
        if today < row.day <= today + timedelta(days=days) and row.state in OPEN
    ]
    for week in plan.weeks:
        monday = program.starts_on + timedelta(weeks=week.number - 1)
        for run in week.runs:
            day = monday + timedelta(days=records.WEEKDAYS.index(run.day))
            if today <= day <= today + timedelta(days=days):
                found.append(
                    Upcoming(
                        day=day, when=_when(day, today), title=run_title(run), meta=run_meta(run), pillar="form", session=None
                    )
                )  # fmt: skip
    return sorted(found, key=lambda each: (each.day, each.session is None))


def _when(day: date, today: date) -> str:
    """ "Today", "Thursday", and with its date as soon as the weekday alone could be misread."""
    days = (day - today).days
    return "Today" if not days else "Tomorrow" if days == 1 else f"{day:%A}" if days < 7 else f"{day:%A %-d %B}"


def run_title(run: records.Run) -> str:
    """What a planned run is called: walked, run, or both in turns."""
    return "Walk" if not run.total_run_min else "Run and walk" if run.walk_min else "Run"


def run_meta(run: records.Run) -> str:
    """What the title does not say: "30 min, briskly", "8 times 1 min run, 2 min walk", "30 min, easy"."""
    if not run.run_min:
        return f"{run.walk_min:g} min, briskly"
    return f"{run.run_min:g} min, easy" if run.reps == 1 and not run.walk_min else words.run_words(run)
