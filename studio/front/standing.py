"""How each runner of the roster stands: phase, knee, weeks and what is next, with a fixed number of queries a page."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db.models import Case, Exists, IntegerField, OuterRef, Value, When
from django.db.models.expressions import Combinable

from assessments.gate import CLOSING
from assessments.models import RedFlagCheck
from clients.models import Alarm, Client
from clients.roster import Standing
from programs.adherence import Adherence, adherence_of_all
from programs.domain.rules import rules
from programs.models import MorningAnswer, Program, Proposal, ScheduledSession
from studio.ui import marks, parts

PAIN_DAYS, WEEKS = 14, 3
PROPOSAL_NEED = 100  # below an open alarm's thousand, above everybody who only waits for a next session


def standings(clients: Sequence[Client], now: datetime) -> dict[int, Standing]:
    """The rows of one page of the roster."""
    today = {client.pk: client.local_date(now) for client in clients}
    programs = {
        program.client_id: program
        for program in Program.objects.filter(client__in=clients, current__isnull=False).exclude(
            state=Program.State.ENDED
        )
    }
    adherences = adherence_of_all([client for client in clients if client.pk in programs], today)
    mornings: dict[int, dict[date, int]] = defaultdict(dict)
    answers = MorningAnswer.objects.filter(
        client__in=programs, day__gte=now.date() - timedelta(days=PAIN_DAYS), morning_nrs__isnull=False
    )
    for client_id, day, nrs in answers.values_list("client_id", "day", "morning_nrs"):
        mornings[client_id][day] = nrs
    upcoming = {
        row["program_id"]: row
        for row in ScheduledSession.objects.filter(
            program__in=programs.values(), state=ScheduledSession.State.PLANNED, day__gte=now.date()
        )
        .order_by("program_id", "day", "id")
        .distinct("program_id")
        .values("program_id", "day", "title")
    }
    alarms = set(
        Alarm.objects.filter(client__in=clients, acknowledged_at__isnull=True).values_list("client_id", flat=True)
    )
    waiting = set(
        Proposal.objects.filter(program__in=programs.values(), state=Proposal.State.OPEN).values_list(
            "program__client_id", flat=True
        )
    )
    closed = set(
        RedFlagCheck.objects.filter(client__in=clients, action__in=CLOSING, cleared_at__isnull=True).values_list(
            "client_id", flat=True
        )
    )
    found = {}
    for client in clients:
        program = programs.get(client.pk)
        found[client.pk] = _standing(
            program,
            adherences.get(client.pk),
            mornings[client.pk],
            upcoming.get(program.pk) if program else None,
            today[client.pk],
            status=_status(
                client, program, alarm=client.pk in alarms, closed=client.pk in closed, waits=client.pk in waiting
            ),
        )
    return found


def _standing(
    program: Program | None,
    adherence: Adherence | None,
    mornings: dict[date, int],
    session: dict | None,
    today: date,
    *,
    status: str,
) -> Standing:
    if program is None or adherence is None:
        return Standing(status_html=status)
    week = 1 + (today - program.starts_on).days // 7
    values = [mornings.get(today - timedelta(days=n)) for n in range(PAIN_DAYS - 1, -1, -1)]
    newest = next((nrs for nrs in reversed(values) if nrs is not None), None)
    share = adherence.headline.share
    return Standing(
        phase=rules().phases[program.phase].name.capitalize(),
        phase_note=f"week {week}" if week > 0 else f"starts {program.starts_on:%-d %b}",
        pain_html=marks.spark(values, "Mornings of two weeks") + parts.pain_pip(newest) if newest is not None else "",
        weeks_html=marks.heat(
            adherence.strip(WEEKS), adherence.headline.words, today=7 * (WEEKS - 1) + today.weekday()
        ),
        adherence="" if share is None else f"{round(100 * share)}%",
        next_up=_next(session, today),
        status_html=status,
    )


def _next(session: dict | None, today: date) -> str:
    if session is None:
        return ""
    when = "today" if session["day"] == today else f"{session['day']:%a %-d %b}"
    return f"{when}, {session['title'].lower()}"


def _status(client: Client, program: Program | None, *, alarm: bool, closed: bool, waits: bool) -> str:
    """A chip where somebody has to do something; "" leaves the list's own words."""
    if alarm:
        return parts.chip("Needs you now", "stop", "circle-alert")
    if closed:
        return parts.chip("Waits for a clinician", "stop", "shield-alert")
    if waits:
        return parts.chip("Proposals wait", "pine", "git-pull-request")
    if program is None and client.status == Client.Status.ACTIVE:
        return parts.chip("No plan yet", "ease", "clipboard-list")
    return ""


def need(now: datetime) -> Combinable:
    """Runners with an open proposal stand above those without."""
    waiting = Proposal.objects.filter(program__client=OuterRef("pk"), state=Proposal.State.OPEN)
    return Case(When(Exists(waiting), then=Value(PROPOSAL_NEED)), default=Value(0), output_field=IntegerField())
