"""Who needs the coach, and why: one ranked list of people, each with the reasons, their proof and one action a reason."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import IntEnum
from statistics import median
from zoneinfo import ZoneInfo

from django.db.models import Max
from django.urls import reverse

from assessments import outcomes
from assessments.gate import CLOSING
from assessments.models import Assessment, Intake, RedFlagCheck
from assessments.retests import retests_due
from clients import consent
from clients.models import Alarm, Client
from clients.services.birth_date import is_under_age
from consultations.models import Booking
from programs.adherence import Adherence, adherence_of_all
from programs.domain import consistency, monitoring
from programs.models import MorningAnswer, Program, Proposal, ScheduledSession
from programs.services import noting
from studio.accounts.models import User
from studio.outbox.models import Message

MORNINGS_BACK = 28
SHOWN = 60  # people on the page; the rest is behind the roster
OTHERS = 4  # short lines under a person's most urgent reason; the rest is in the record


class Rank(IntEnum):
    """What comes first. Safety before everything."""

    SAFETY = 0
    CLEARANCE = 1
    WORSE = 2
    PROPOSAL = 3
    QUIET = 4
    BOOKING = 5
    LEAD = 6
    NEXT_STEP = 7
    RETEST = 8
    QUESTIONS = 9
    MESSAGE = 10


# The filters of the page: key -> (label, ranks).
FILTERS = {
    "safety": ("Safety", {Rank.SAFETY, Rank.CLEARANCE}),
    "pain": ("Pain", {Rank.WORSE, Rank.PROPOSAL}),
    "quiet": ("Quiet", {Rank.QUIET}),
    "new": ("New", {Rank.BOOKING, Rank.LEAD, Rank.NEXT_STEP}),
}


@dataclass(frozen=True)
class Row:
    """One reason to look at somebody, in the words and with the action of the page."""

    person: str  # whose it is, "client:17"; rows of one person are shown together
    rank: Rank
    since: datetime
    name: str
    about: str  # phase and week, or what kind of person this is
    url: str
    chip: str
    chip_kind: str
    chip_icon: str
    reason: str
    suggestion: str
    action: str
    action_url: str
    is_post: bool = False
    mornings: tuple[int | None, ...] = ()
    short: str = ""  # what stands on its line under a more urgent reason; "" = the reason

    @property
    def is_safety(self) -> bool:
        return self.rank == Rank.SAFETY

    @property
    def newest(self) -> int | None:
        return next((nrs for nrs in reversed(self.mornings) if nrs is not None), None)


@dataclass(frozen=True)
class Need:
    """One person on the page: the most urgent reason first, the others as short lines beneath it."""

    rows: tuple[Row, ...]  # at least one, most urgent first

    @property
    def first(self) -> Row:
        return self.rows[0]

    @property
    def others(self) -> tuple[Row, ...]:
        return self.rows[1 : 1 + OTHERS]

    @property
    def unsaid(self) -> int:
        return len(self.rows) - 1 - len(self.others)

    @property
    def trend(self) -> Row | None:
        """The row whose mornings are drawn: the first that has some."""
        return next((row for row in self.rows if row.newest is not None), None)

    @property
    def is_person(self) -> bool:
        return self.first.rank != Rank.MESSAGE

    def has(self, ranks: set[Rank]) -> bool:
        return any(row.rank in ranks for row in self.rows)


@dataclass(frozen=True)
class Desk:
    """Everything on the coach's page of today."""

    needs: tuple[Need, ...]
    adherences: tuple[tuple[Client, Adherence], ...]  # least regular first
    done_this_week: int
    planned_so_far: int
    planned_this_week: int
    consistency: float | None  # mean headline share of those who have one
    pain_median: float | None  # of the newest mornings, one per runner
    pains: tuple[tuple[Client, int | None, int | None, date], ...]  # worst in a session, next morning, day

    @property
    def rows(self) -> tuple[Row, ...]:
        """Every reason, the most urgent first."""
        return tuple(sorted((row for need in self.needs for row in need.rows), key=_urgency))

    @property
    def people(self) -> int:
        return sum(need.is_person for need in self.needs)

    @property
    def planned_so_far_text(self) -> str:
        return str(self.planned_so_far)

    @property
    def planned_week_text(self) -> str:
        return f"{self.planned_this_week} planned this week"

    @property
    def safety(self) -> int:
        """How many people cannot wait."""
        return sum(need.first.is_safety for need in self.needs)


def _urgency(row: Row) -> tuple[int, float]:
    return row.rank, -row.since.timestamp()


def by_person(rows: Iterable[Row]) -> tuple[Need, ...]:
    """Rows in any order -> people in the order of their most urgent row, each with all her rows in that order."""
    found: dict[str, list[Row]] = defaultdict(list)
    for row in sorted(rows, key=_urgency):
        found[row.person].append(row)
    return tuple(Need(tuple(of_one)) for of_one in found.values())


def desk_of(user: User, now: datetime) -> Desk:
    """Gather the desk of a coach, or of the owner, with a number of queries that does not grow with runners or logs."""
    clients = {
        client.pk: client
        for client in Client.objects.visible_to(user)
        .current()
        .select_related("coach")
        .prefetch_related("pauses")
        .annotate(consent_taken_back=consent.withdrawal_of("pk"))
    }
    today = {pk: now.astimezone(ZoneInfo(client.time_zone)).date() for pk, client in clients.items()}
    programs = {
        program.client_id: program
        for program in Program.objects.filter(client__in=clients, current__isnull=False)
        .exclude(state=Program.State.ENDED)
        .defer("current__document")
    }
    # Of those who took their consent back nothing is asked: nobody is quiet, nothing is due.
    asked = {pk: client for pk, client in clients.items() if client.consent_taken_back is None}
    asked_programs = {pk: program for pk, program in programs.items() if pk in asked}
    mornings = _mornings(clients, now)
    training = [clients[pk] for pk in programs]
    adherences = adherence_of_all(training, {client.pk: today[client.pk] for client in training})
    rows = [
        *_alarms(clients, programs, mornings, today),
        *_clearances(clients, now),
        *_worse(clients, programs, mornings, today, now),
        *_proposals(clients, programs, mornings, today),
        *_quiet(clients, asked_programs, mornings, today, now, adherences),
        *_bookings(user, now),
        *_leads(clients, now),
        *_under_age(clients, now),
        *_next_steps(asked, programs, now),
        *_retests(clients, asked_programs, mornings, today, now),
        *_questions(asked, programs, today, now),
        *_messages(user),
    ]
    weeks = [each.this_week for each in adherences.values() if each.this_week]
    shares = [each.headline.share for each in adherences.values() if each.headline.share is not None]
    newest = [nrs for pk in programs if (nrs := _newest(mornings[pk])) is not None]
    return Desk(
        needs=by_person(rows),
        adherences=tuple(
            sorted(
                ((clients[pk], each) for pk, each in adherences.items()),
                key=lambda pair: (pair[1].headline.share if pair[1].headline.share is not None else 2, pair[0].name),
            )
        ),
        done_this_week=int(sum(week.credits for week in weeks)),
        planned_so_far=sum(
            len(day.planned)
            for pk, each in adherences.items()
            for day in each.days
            if each.this_week and each.this_week.first <= day.date <= today[pk] and not day.excused
        ),
        planned_this_week=int(sum(week.target for week in weeks)),
        consistency=sum(shares) / len(shares) if shares else None,
        pain_median=median(newest) if newest else None,
        pains=_pains(clients, now),
    )


def _newest(mornings: dict[date, int]) -> int | None:
    return mornings[max(mornings)] if mornings else None


def _mornings(clients: Iterable[int], now: datetime) -> dict[int, dict[date, int]]:
    found: dict[int, dict[date, int]] = defaultdict(dict)
    answers = MorningAnswer.objects.filter(
        client__in=list(clients), day__gte=now.date() - timedelta(days=MORNINGS_BACK), morning_nrs__isnull=False
    ).order_by("day")
    for client_id, day, nrs in answers.values_list("client_id", "day", "morning_nrs"):
        found[client_id][day] = nrs
    return found


def _spark(mornings: dict[date, int], today: date, days: int = 14) -> tuple[int | None, ...]:
    return tuple(mornings.get(today - timedelta(days=n)) for n in range(days - 1, -1, -1))


def _about(program: Program | None, today: date) -> str:
    if program is None:
        return "No plan yet"
    week = 1 + (today - program.starts_on).days // 7
    return f"Phase {program.phase}, week {week}" if week > 0 else f"Phase {program.phase}, starts soon"


def _person(client_id: int) -> str:
    return f"client:{client_id}"


def _record(client: Client) -> str:
    return reverse("front:client_record", kwargs={"pk": client.pk})


def _alarms(clients, programs, mornings, today):
    for alarm in Alarm.objects.filter(client__in=clients, acknowledged_at__isnull=True):
        client = clients[alarm.client_id]
        yield Row(
            person=_person(client.pk), rank=Rank.SAFETY, since=alarm.raised_at, name=client.name, url=_record(client),
            about=_about(programs.get(client.pk), today[client.pk]),
            chip=f"Safety: {alarm.get_kind_display().lower()}", chip_kind="stop", chip_icon="circle-alert",
            reason=alarm.because,
            suggestion=f"{client.first_name} has been told that you know. Say that you take over, then call.",
            action=f"I take over for {client.first_name}", is_post=True,
            action_url=reverse("front:alarm_acknowledge", kwargs={"pk": alarm.pk}),
            mornings=_spark(mornings[client.pk], today[client.pk]),
        )  # fmt: skip


def _clearances(clients, now):
    """A closed gate whose alarm somebody has taken over: nothing goes on until a clearance is in the record."""
    open_alarms = set(
        Alarm.objects.filter(client__in=clients, acknowledged_at__isnull=True).values_list("client_id", flat=True)
    )
    closing = RedFlagCheck.objects.filter(client__in=clients, action__in=CLOSING, cleared_at__isnull=True).order_by(
        "client_id", "answered_at"
    )
    seen = set(open_alarms)
    for check in closing:
        if check.client_id in seen:
            continue
        seen.add(check.client_id)
        client = clients[check.client_id]
        yield Row(
            person=_person(client.pk), rank=Rank.CLEARANCE, since=check.answered_at, name=client.name, about="Waits for a clinician",
            url=_record(client), chip="Gate closed", chip_kind="stop", chip_icon="shield-alert",
            reason=f"A red flag of {check.answered_at:%-d %B} stands open. Testing and plan wait.",
            suggestion="When a clinician has seen it, record who and when.",
            action="Record clearance", action_url=reverse("assessments:list", kwargs={"pk": client.pk}),
        )  # fmt: skip


def _worse(clients, programs, mornings, today, now):
    for pk in programs:
        client, days = clients[pk], mornings[pk]
        if not days:
            continue
        newest = max(days)
        difference = monitoring.morning_difference(days[newest], [nrs for day, nrs in days.items() if day < newest])
        trend = monitoring.morning_trend(days, today[pk])
        clearly = difference is not None and monitoring.morning_word(difference) == "clearly worse"
        if clearly and (today[pk] - newest).days <= 2:
            usual = days[newest] - difference
            reason = f"{days[newest]} of 10 on {newest:%A} morning; the usual morning is {usual:g}."
            suggestion = "Loaded work was eased by itself. Ask what changed: shoes, hills, sitting, sleep."
        elif trend:
            reason, suggestion = trend.because, "Single sessions can be green while the weeks are not. Have a look."
        else:
            continue
        yield Row(
            person=_person(client.pk), rank=Rank.WORSE, since=now, name=client.name, about=_about(programs[pk], today[pk]), url=_record(client),
            chip="Worse mornings", chip_kind="stop", chip_icon="heart-pulse", reason=reason, suggestion=suggestion,
            action="Open the record", action_url=_record(client), mornings=_spark(days, today[pk]),
        )  # fmt: skip


def _proposals(clients, programs, mornings, today):
    waiting = defaultdict(list)
    for row in Proposal.objects.filter(
        program__in=[program.pk for program in programs.values()], state=Proposal.State.OPEN
    ).order_by("-created_at"):
        waiting[row.program_id].append(row)
    for pk, program in programs.items():
        rows = waiting.get(program.pk)
        if not rows:
            continue
        client = clients[pk]
        at_once = sum(row.immediate for row in rows)
        count = f"{len(rows)} proposal{'s' if len(rows) > 1 else ''}"
        yield Row(
            person=_person(client.pk), rank=Rank.PROPOSAL, since=rows[0].created_at, name=client.name, about=_about(program, today[pk]),
            url=_record(client), chip=count, chip_kind="ease" if at_once else "pine", chip_icon="git-pull-request",
            reason=rows[0].because,
            suggestion=f"{at_once} already in force: less load, waiting for your yes." if at_once else "Nothing changes before you say so.",
            action="Review", action_url=reverse("programs:plan", kwargs={"pk": pk}) + "#proposals",
            mornings=_spark(mornings[pk], today[pk]),
        )  # fmt: skip


def _quiet(clients, programs, mornings, today, now, adherences):
    for pk, program in programs.items():
        client = clients[pk]
        if client.status != Client.Status.ACTIVE or any(noting.is_on(p, today[pk]) for p in client.pauses.all()):
            continue
        active = [day.date for day in adherences[pk].days if day.credit and day.date <= today[pk]]
        newest = max([*active, *mornings[pk], max(program.starts_on, program.created_at.date())])
        days = (today[pk] - newest).days
        if days < consistency.quiet_days():
            continue
        yield Row(
            person=_person(client.pk), rank=Rank.QUIET, since=now - timedelta(days=days), name=client.name, about=_about(program, today[pk]),
            url=_record(client), chip=f"Quiet {days} days", chip_kind="ease", chip_icon="moon",
            reason=f"Nothing logged since {newest:%A %-d %B}. {adherences[pk].done_28.words}.",
            suggestion="A short, kind word and a smaller session usually do.",
            action="Open the record", action_url=_record(client), mornings=_spark(mornings[pk], today[pk]),
        )  # fmt: skip


def _bookings(user: User, now: datetime):
    rows = Booking.objects.visible_to(user).upcoming(now).filter(seen_at__isnull=True).select_related("type", "client")
    zone = user.zone
    for booking in rows[:20]:
        local = booking.starts_at.astimezone(zone)
        yield Row(
            person=_person(booking.client_id) if booking.client_id else f"booking:{booking.pk}", rank=Rank.BOOKING,
            since=booking.created_at, name=booking.client.name if booking.client else booking.name,
            about=booking.type.name,
            url=_record(booking.client) if booking.client else reverse("consultations:list"),
            chip="New booking", chip_kind="pine", chip_icon="calendar-plus",
            reason=f"{local:%A %-d %B, %H:%M}." + (f" “{booking.about[:160]}”" if booking.about else ""),
            suggestion="", action="Seen", is_post=True,
            action_url=reverse("front:booking_seen", kwargs={"pk": booking.pk}),
        )  # fmt: skip


def _leads(clients, now):
    for client in clients.values():
        if client.status != Client.Status.LEAD or is_under_age(client, now):
            continue
        yield Row(
            person=_person(client.pk), rank=Rank.LEAD, since=client.created_at, name=client.name, about="New runner", url=_record(client),
            chip="New", chip_kind="pine", chip_icon="user-plus",
            reason=f"“{client.story[:160]}”" if client.story else "Booked, nothing written yet.",
            suggestion=f"Invite {client.first_name}, so that the intake is there before you talk.",
            action="Invite", action_url=reverse("clients:details", kwargs={"pk": client.pk}) + "#signin",
            short="An invitation brings the intake before you talk.",
        )  # fmt: skip


def _under_age(clients, now):
    """Nothing goes on for them by itself: the date is a slip, or a parent and a clinician come first."""
    for client in clients.values():
        if not is_under_age(client, now):
            continue
        yield Row(
            person=_person(client.pk), rank=Rank.NEXT_STEP, since=client.created_at, name=client.name,
            about="Under 16 by the record", url=_record(client), chip="Under 16", chip_kind="ease",
            chip_icon="triangle-alert", reason=f"Born on {client.born_on:%-d %B %Y}: no intake and no plan.",
            suggestion="If the date is a slip, correct it. If it is right, a parent or guardian and a clinician come first.",
            action="Check the date", action_url=reverse("clients:details", kwargs={"pk": client.pk}) + "#facts",
        )  # fmt: skip


def _next_steps(clients, programs, now):
    """The walk from the intake to a plan, one step at a time, so that nobody waits between two of them."""
    closed = set(
        RedFlagCheck.objects.filter(client__in=clients, action__in=CLOSING, cleared_at__isnull=True).values_list(
            "client_id", flat=True
        )
    )  # they wait for a clinician, not for a test
    without = [
        pk
        for pk, client in clients.items()
        if pk not in programs
        and pk not in closed
        and client.status == Client.Status.ACTIVE
        and not is_under_age(client, now)
    ]
    assessed = set(
        Assessment.objects.filter(client__in=without, state=Assessment.State.DONE).values_list("client_id", flat=True)
    )
    intakes = Intake.objects.filter(client__in=without, submitted_at__isnull=False)
    for client_id, submitted_at in intakes.values_list("client_id", "submitted_at"):
        client, done = clients[client_id], client_id in assessed
        yield Row(
            person=_person(client.pk), rank=Rank.NEXT_STEP, since=submitted_at, name=client.name, about="No plan yet", url=_record(client),
            chip="Ready for a plan" if done else "Intake is in", chip_kind="go", chip_icon="clipboard-check",
            reason="Assessed; the plan can be made." if done else f"Filled in on {submitted_at:%-d %B}.",
            suggestion="",
            action="Make the plan" if done else "Assess",
            action_url=reverse("programs:plan" if done else "assessments:list", kwargs={"pk": client_id}),
        )  # fmt: skip


def _retests(clients, programs, mornings, today, now):
    """Four weeks after the last tests: those that mattered, prepared. Not for who is away or waits for a clinician."""
    closed = set(
        RedFlagCheck.objects.filter(client__in=clients, action__in=CLOSING, cleared_at__isnull=True).values_list(
            "client_id", flat=True
        )
    )
    testable = [
        clients[pk]
        for pk in programs
        if pk not in closed
        and clients[pk].status == Client.Status.ACTIVE
        and not any(noting.is_on(pause, today[pk]) for pause in clients[pk].pauses.all())
    ]
    for pk, ready in retests_due(testable, today).items():
        client = clients[pk]
        yield Row(
            person=_person(pk), rank=Rank.RETEST, since=now - (today[pk] - ready.due_on), name=client.name,
            about=_about(programs[pk], today[pk]), url=_record(client),
            chip="Re-test due", chip_kind="pine", chip_icon="clipboard-list",
            reason=f"{ready.words}. Last tested on {ready.assessment.measured_on:%-d %B}.",
            suggestion="The tests that mattered last time are prepared.",
            action="Start the re-test",
            action_url=reverse("assessments:start", kwargs={"pk": pk}) + "?battery=retest",
            mornings=_spark(mornings[pk], today[pk]),
        )  # fmt: skip


def _questions(clients, programs, today, now):
    """Outcome questions that have been open for a week; the runner is not chased for them."""
    for pk, round_ in outcomes.rounds_due(clients.values(), today).items():
        if round_.due.overdue_days < outcomes.OVERDUE_FROM:
            continue
        client = clients[pk]
        yield Row(
            person=_person(pk), rank=Rank.QUESTIONS, since=now - timedelta(days=round_.due.overdue_days),
            name=client.name, about=_about(programs.get(pk), today[pk]), url=_record(client),
            chip="Questions open", chip_kind="pine", chip_icon="message-circle-question-mark",
            reason=f"The {round_.name} questions are open since {round_.due.on:%-d %B}.",
            suggestion="Answer them together in the next session, or leave it: a gap stays a gap.",
            action="Outcome measures", action_url=reverse("assessments:client_outcomes", kwargs={"pk": pk}),
        )  # fmt: skip


def _messages(user: User):
    rows = Message.objects.visible_to(user).filter(state=Message.State.FAILED).order_by("-created_at")
    count = rows.count()
    if count:
        newest = rows[0]
        yield Row(
            person="outbox", rank=Rank.MESSAGE, since=newest.created_at, name="Outbox", about="Messages", url=reverse("outbox:list"),
            chip=f"{count} not delivered", chip_kind="ease", chip_icon="mail-warning",
            reason=f"To {newest.to}: {newest.reason or 'no reason given'}.", suggestion="",
            action="Look", action_url=reverse("outbox:list") + "?state=failed",
        )  # fmt: skip


def _pains(clients, now) -> tuple:
    """Sessions of the last seven days with pain 3 and more: how bad, and the next morning."""
    rows = (
        ScheduledSession.objects.filter(
            program__client__in=clients, day__gte=now.date() - timedelta(days=7), linelogs__during_nrs__gte=3
        )
        .values("id", "day", "program__client_id")
        .order_by("-day")
    )
    found = []
    answers = {
        (client_id, day): nrs
        for client_id, day, nrs in MorningAnswer.objects.filter(
            client__in=list(clients), day__gte=now.date() - timedelta(days=8)
        ).values_list("client_id", "day", "morning_nrs")
    }
    for row in rows.annotate(worst=Max("linelogs__during_nrs"))[:6]:
        client_id = row["program__client_id"]
        next_morning = answers.get((client_id, row["day"] + timedelta(days=1)))
        found.append((clients[client_id], row["worst"], next_morning, row["day"]))
    return tuple(found)
