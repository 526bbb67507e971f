"""One runner's record as the coach opens it: likely contributors, pain, sessions, what is next."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.core.paginator import Page, Paginator
from django.db.models import Max
from django.utils.safestring import mark_safe

from assessments import gate, outcomes, overrules
from assessments.models import Assessment, Intake
from clients.models import Alarm, Client, Note, Pause
from clients.services.birth_date import is_under_age
from clients.views import consenting
from consultations.models import Booking
from programs import checking
from programs.adherence import Adherence, adherence_from
from programs.domain import consistency
from programs.domain.library import library
from programs.models import Program, Proposal, ScheduledSession, WeeklyCheck
from programs.rows import RunnerRows
from studio.ui import marks

PAIN_DAYS = 42
WEEKS_SHOWN = 6
REASONS_SHOWN = 2


@dataclass(frozen=True)
class PainDay:
    """One day of the record's pain chart: answers 0-10 of the morning and of sessions, None = not answered."""

    day: date
    morning: int | None
    session: int | None

    @property
    def worst(self) -> int | None:
        return max((nrs for nrs in (self.morning, self.session) if nrs is not None), default=None)


@dataclass(frozen=True)
class OutcomesInShort:
    """What the runner's answers say over the rounds: the newest AKPS and its change, what is due, a word of patience."""

    akps: outcomes.Trend | None
    round: outcomes.Round | None
    slow: outcomes.SlowRecovery | None


@dataclass(frozen=True)
class Record:
    """Everything on the overview of one runner's record; days are in the runner's zone."""

    today: date
    gate: gate.Gate
    alarms: tuple[Alarm, ...]
    assessment: Assessment | None
    intake: Intake | None
    program: Program | None
    week_number: int
    pause: Pause | None
    adherence: Adherence
    pain: tuple[PainDay, ...]
    sessions: tuple[ScheduledSession, ...]
    proposals: int
    bookings: tuple[Booking, ...]
    notes: tuple[Note, ...]
    outcomes: OutcomesInShort
    phase: checking.PhaseGate | None
    week_check: WeeklyCheck | None  # the newest one
    consent_off: str  # what a withdrawn consent means, with its day; "" otherwise
    next_step: str
    next_url: str
    next_why: str

    @property
    def pain_values(self) -> list[int | None]:
        return [each.worst for each in self.pain]

    @property
    def pain_labels(self) -> list[tuple[int, str]]:
        """A date under every tenth day."""
        return [(n, f"{each.day:%-d %b}") for n, each in enumerate(self.pain) if n % 10 == 1]

    @property
    def pause_words(self) -> str:
        if self.pause is None:
            return ""
        until = f" until {self.pause.ends_on:%-d %B}" if self.pause.ends_on else ""
        return (
            f"{self.pause.get_kind_display()} since {self.pause.starts_on:%-d %B}{until}. These days count for nothing."
        )

    @property
    def results_wait(self) -> bool:
        """There are findings, and a red flag keeps them back until a clinician has looked."""
        return self.assessment is not None and not self.gate.allows_testing

    @property
    def findings(self) -> list[dict]:
        """The areas as they were told, each with its newest reasons and what the coach decided; [] before the first."""
        if self.assessment is None or self.results_wait:
            return []
        decisions = overrules.all_of(self.assessment)
        return [
            {
                "label": area["short"],
                "overrule": area["overrule"],
                "severity": area["step"],
                "confidence": area["confidence"],
                "status": area["status_text"],
                "rows": area["because"][:REASONS_SHOWN],
                "next": area["next"],
            }
            for area in overrules.areas_with(self.assessment.sentences or {}, decisions)
        ]

    @property
    def body_map(self) -> str:
        told = self.assessment.sentences if self.assessment and not self.results_wait else None
        if not told:
            return ""
        steps = {area: tuple(pair) for area, pair in told["map"].items()}
        trunk = [step for step in steps.pop("core_instability", ()) if step is not None]
        steps.pop("running_form_load", None)
        return mark_safe(
            marks.bodymap(**steps, core_instability=max(trunk, default=None), painful=told.get("painful", ()))
        )

    @property
    def weeks(self) -> list[dict]:
        """The last weeks since the plan began, oldest first: seven days for the heat mark and what was done of what."""
        strip = self.adherence.strip(WEEKS_SHOWN)
        monday = self.today - timedelta(days=self.today.weekday())
        judged = {week.first: week for week in self.adherence.weeks}
        found = []
        for n in range(WEEKS_SHOWN):
            first = monday - timedelta(weeks=WEEKS_SHOWN - 1 - n)
            if week := judged.get(first):
                is_paused = week.status == consistency.WeekStatus.PROTECTED and not week.credits
                done = "paused" if is_paused else f"{week.credits:g} of {week.target:g}"
                found.append({
                    "first": first, "days": strip[7 * n : 7 * n + 7], "is_now": first == monday, "done": done,
                    "label": f"Week of {first:%-d %B}: {done}",
                })  # fmt: skip
        return found

    @property
    def weekday(self) -> int:
        return self.today.weekday()

    @property
    def week_told(self) -> list[tuple[str, str]]:
        """The newest weekly check in words."""
        return checking.told(self.week_check) if self.week_check else []

    @property
    def has_pain(self) -> bool:
        return any(each.worst is not None for each in self.pain)


def record_of(client: Client, now: datetime) -> Record:
    """Gather a record with a number of queries that does not grow with its history."""
    today = client.local_date(now)
    runner = RunnerRows(client, now)
    program = runner.program
    finished = Assessment.objects.filter(client=client, state=Assessment.State.DONE).order_by("-measured_on", "-id")
    assessment = finished.select_related("client").prefetch_related(overrules.WITH_OVERRULES).first()
    intake, stands = runner.intake, runner.gate
    week_number = 1 + (today - program.starts_on).days // 7 if program else 0
    step, url, why = _next_step(
        client, stands, intake, assessment, program, week_number, is_young=is_under_age(client, now)
    )
    taken_back = runner.standing.taken_back
    return Record(
        today=today,
        gate=stands,
        alarms=tuple(Alarm.objects.filter(client=client, acknowledged_at__isnull=True)),
        assessment=assessment,
        intake=intake,
        program=program,
        week_number=week_number,
        pause=runner.pause,
        adherence=adherence_from(runner),
        pain=_pain(runner),
        sessions=tuple(
            ScheduledSession.objects.filter(program__client=client, started_at__isnull=False)
            .annotate(worst=Max("linelogs__during_nrs"))
            .defer("content", "decision")
            .order_by("-day", "-id")[:5]
        ),
        proposals=Proposal.objects.filter(program=program, state=Proposal.State.OPEN).count() if program else 0,
        bookings=tuple(Booking.objects.filter(client=client).upcoming(now).select_related("type")[:3]),
        notes=tuple(Note.objects.filter(client=client).select_related("author").order_by("-created_at")[:3]),
        outcomes=OutcomesInShort(
            akps=next((trend for trend in outcomes.trends_of(client, now, runner) if trend.id == "akps"), None),
            round=outcomes.round_due(client, now, runner),
            slow=outcomes.slow_recovery_of(client, now, runner),
        ),
        phase=checking.phase_gate(program, now, runner) if program else None,
        week_check=next(iter(runner.weekly_checks), None),
        consent_off=consenting.words_for_coach(client, taken_back) if taken_back else "",
        next_step=step,
        next_url=url,
        next_why=why,
    )


def _next_step(
    client, stands, intake, assessment, program, week_number: int, *, is_young: bool
) -> tuple[str, str, str]:
    """One thing to do next: what to call it, the name of its page, and why it is the next."""
    if program is not None:
        why = f"Week {week_number} is on." if week_number > 0 else f"It starts on {program.starts_on:%-d %B}."
        return "Open the plan", "programs:plan", why
    if is_young:
        return (
            "Check the date",
            "clients:details",
            "Under 16 by the record: no intake and no plan until it is corrected.",
        )
    if client.user_id is None:
        return "Invite", "clients:details", f"{client.first_name} fills in the intake first."
    if not intake or not intake.submitted_at:
        return "Waiting for the intake", "", f"{client.first_name} fills it in on the phone; you see it here."
    if not stands.allows_testing:
        return "Record clearance", "assessments:list", "A red flag stands open; testing and plan wait."
    if assessment is None:
        return "Assess", "assessments:list", f"The intake came in on {intake.submitted_at:%-d %B}."
    return "Make the plan", "programs:plan", "Assessed, and no plan yet."


def _pain(runner: RunnerRows) -> tuple[PainDay, ...]:
    first = runner.today - timedelta(days=PAIN_DAYS - 1)
    mornings = dict(runner.mornings)
    sessions = dict(
        ScheduledSession.objects.filter(program__client=runner.client, day__gte=first, started_at__isnull=False)
        .values_list("day")
        .annotate(worst=Max("linelogs__during_nrs"))
        .values_list("day", "worst")
    )
    days = (first + timedelta(days=n) for n in range(PAIN_DAYS))
    return tuple(PainDay(day, mornings.get(day), sessions.get(day)) for day in days)


def log_of(client: Client, number: str | None) -> Page:
    """What the runner did, newest first, thirty sessions a page."""
    rows = (
        ScheduledSession.objects.filter(program__client=client, started_at__isnull=False)
        .annotate(worst=Max("linelogs__during_nrs"))
        .defer("content")
        .prefetch_related("linelogs")
        .order_by("-day", "-id")
    )
    return Paginator(rows, 30).get_page(number)


def left_out(session: ScheduledSession) -> list[str]:
    """What the runner left out of a session, and why, in words."""
    known = library()
    return [
        f"{known[log.exercise].name if log.exercise in known else log.exercise}: {log.get_skipped_display().lower()}"
        for log in session.linelogs.all()
        if log.skipped
    ]
