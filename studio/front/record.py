"""One runner's record as the coach opens it: likely contributors, pain, sessions, what is next."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.core.paginator import Page, Paginator
from django.db.models import Max
from django.utils.safestring import mark_safe

from assessments import gate
from assessments.models import Assessment, Intake
from clients.models import Alarm, Client, Note, Pause
from consultations.models import Booking
from programs.adherence import Adherence, adherence_of
from programs.models import MorningAnswer, Program, Proposal, ScheduledSession
from programs.services import noting
from studio.ui import marks

PAIN_DAYS = 42


@dataclass(frozen=True)
class PainDay:
    day: date
    morning: int | None
    session: int | None

    @property
    def worst(self) -> int | None:
        return max((nrs for nrs in (self.morning, self.session) if nrs is not None), default=None)


@dataclass(frozen=True)
class Record:
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
    next_step: str
    next_url: str

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
    def findings(self) -> list[dict]:
        """The areas as they were told, with the newest reasons first; [] before the first assessment."""
        told = (self.assessment.sentences or {}) if self.assessment else {}
        return [
            {
                "label": area["short"],
                "severity": area["step"],
                "confidence": area["confidence"],
                "because": " ".join(row["text"] for row in area["because"][:2]) or area["status_text"],
            }
            for area in told.get("areas", [])
        ]

    @property
    def body_map(self) -> str:
        told = self.assessment.sentences if self.assessment else None
        if not told:
            return ""
        steps = {area: tuple(pair) for area, pair in told["map"].items()}
        trunk = [step for step in steps.pop("core_instability", ()) if step is not None]
        steps.pop("running_form_load", None)
        return mark_safe(
            marks.bodymap(**steps, core_instability=max(trunk, default=None), painful=told.get("painful", ()))
        )

    @property
    def strip(self) -> str:
        return self.adherence.strip(6)

    @property
    def strip_today(self) -> int:
        return 35 + self.today.weekday()

    @property
    def has_pain(self) -> bool:
        return any(each.worst is not None for each in self.pain)


def record_of(client: Client, now: datetime) -> Record:
    """Gather a record with a number of queries that does not grow with its history."""
    today = client.local_date(now)
    program = Program.objects.filter(client=client, current__isnull=False).exclude(state=Program.State.ENDED).first()
    assessment = (
        Assessment.objects.filter(client=client, state=Assessment.State.DONE).order_by("-measured_on", "-id").first()
    )
    intake = Intake.objects.filter(client=client).first()
    stands = gate.gate_for(client, now)
    step, url = _next_step(client, stands, intake, assessment, program)
    return Record(
        today=today,
        gate=stands,
        alarms=tuple(Alarm.objects.filter(client=client, acknowledged_at__isnull=True)),
        assessment=assessment,
        intake=intake,
        program=program,
        week_number=1 + (today - program.starts_on).days // 7 if program else 0,
        pause=next((pause for pause in client.pauses.all() if noting.is_on(pause, today)), None),
        adherence=adherence_of(client, today),
        pain=_pain(client, today),
        sessions=tuple(
            ScheduledSession.objects.filter(program__client=client, started_at__isnull=False)
            .annotate(worst=Max("linelogs__during_nrs"))
            .order_by("-day", "-id")[:5]
        ),
        proposals=Proposal.objects.filter(program=program, state=Proposal.State.OPEN).count() if program else 0,
        bookings=tuple(Booking.objects.filter(client=client).upcoming(now).select_related("type")[:3]),
        notes=tuple(Note.objects.filter(client=client).select_related("author").order_by("-created_at")[:3]),
        next_step=step,
        next_url=url,
    )


def _next_step(client, stands, intake, assessment, program) -> tuple[str, str]:
    """One thing to do next, as the name of a page and what to call it."""
    if program is not None:
        return "Open the plan", "programs:plan"
    if client.user_id is None:
        return "Invite", "clients:details"
    if not intake or not intake.submitted_at:
        return "Waiting for the intake", ""
    if not stands.allows_testing:
        return "Record clearance", "assessments:list"
    if assessment is None:
        return "Assess", "assessments:list"
    return "Make the plan", "programs:plan"


def _pain(client: Client, today: date) -> tuple[PainDay, ...]:
    first = today - timedelta(days=PAIN_DAYS - 1)
    mornings = dict(MorningAnswer.objects.filter(client=client, day__gte=first).values_list("day", "morning_nrs"))
    sessions = dict(
        ScheduledSession.objects.filter(program__client=client, day__gte=first, started_at__isnull=False)
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
        .prefetch_related("linelogs")
        .order_by("-day", "-id")
    )
    return Paginator(rows, 30).get_page(number)
