"""Outcome measures as the pages read them: the round that is due, the trends, the note on a slow recovery. No writing."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Min
from django.utils.safestring import SafeString, mark_safe

from assessments.domain import rounds
from assessments.domain.outcomes import Measure, outcome_change, outcomes, slow_recovery
from assessments.models import Assessment, Intake, OutcomeReport
from assessments.rows import RunnerRows
from clients.consent import VERSION
from clients.models import Client, Consent, Pause
from studio.ui import marks

ROUND = ("pain_nrs", "akps")  # what a runner is asked at each scheduled week, in this order
MINUTES = 10  # that a round takes, said honestly on the button
OVERDUE_FROM = 7  # days after which the coach is told
PUT_OFF_DAYS = 3  # for which "not now" keeps it off the runner's page


@dataclass(frozen=True)
class Part:
    measure: Measure
    is_done: bool
    answered: int
    count: int


@dataclass(frozen=True)
class Round:
    """The questions that are due now, all of one scheduled week."""

    due: rounds.Due
    parts: tuple[Part, ...]

    @property
    def name(self) -> str:
        return rounds.round_name(self.due.week)

    @property
    def next_measure(self) -> str:
        return next(part.measure.id for part in self.parts if not part.is_done)

    @property
    def is_begun(self) -> bool:
        return any(part.is_done or part.answered for part in self.parts)

    @property
    def minutes(self) -> int:
        return MINUTES


@dataclass(frozen=True)
class Trend:
    """One line of a chart: a total, or one 0-10 item, over the rounds."""

    id: str
    name: str
    runner_name: str
    unit: str
    points: tuple[rounds.Point, ...]
    chart: str  # SVG
    key: str  # what the dotted lines mean; "" when there are none
    rows: tuple[tuple[str, str, str, str], ...]  # round, day, value, who answered
    words: str  # the change since the first round

    @property
    def svg(self) -> SafeString:
        return mark_safe(self.chart)

    @property
    def latest(self) -> float | None:
        return next((point.value for point in reversed(self.points) if point.value is not None), None)


@dataclass(frozen=True)
class SlowRecovery:
    """Why a talk about expectations is due, with the words of the file."""

    because: tuple[str, ...]
    course: str
    source: str
    say_runner: str


@dataclass(frozen=True)
class Event:
    """One finished round, for the runner's timeline."""

    at: datetime
    title: str
    text: str
    report_id: int


# --- when -------------------------------------------------------------------------------------------------------------


def start_of(client: Client) -> date | None:
    """Day 0 of the schedule: the first finished assessment; before there is one, the day the intake was sent."""
    return starts_of([client]).get(client.pk)


def starts_of(clients: Iterable[Client]) -> dict[int, date]:
    """The same for many runners, two queries."""
    by_id = {client.pk: client for client in clients}
    intakes = Intake.objects.filter(client__in=by_id, submitted_at__isnull=False)
    found = {
        pk: by_id[pk].local_date(sent)
        for pk, sent in intakes.values_list("client_id", "submitted_at")
        if sent is not None
    }
    tested = Assessment.objects.filter(client__in=by_id, state=Assessment.State.DONE)
    return found | dict(tested.values("client_id").annotate(first=Min("measured_on")).values_list("client_id", "first"))


def start_from(rows: RunnerRows) -> date | None:
    """`start_of`, from rows that are read anyway."""
    tested = [row.measured_on for row in rows.assessments if row.state == Assessment.State.DONE]
    sent = rows.sent_intake and rows.sent_intake.submitted_at
    return min(tested) if tested else rows.client.local_date(sent) if sent else None


def open_report(client: Client, measure: str) -> OutcomeReport | None:
    return OutcomeReport.objects.filter(client=client, measure=measure, answered_at__isnull=True).first()


def weeks_done(client: Client, measure: str) -> set[int]:
    done = OutcomeReport.objects.filter(client=client, measure=measure, answered_at__isnull=False, week__isnull=False)
    return {week for week in done.values_list("week", flat=True) if week is not None}


def missing_of(measure: Measure, answers: Mapping[str, int]) -> tuple[str, ...]:
    """The items of a round that nobody answered yet, in order."""
    return tuple(item.field for item in measure.round_items if item.field not in answers)


def rounds_due(clients: Iterable[Client], today: Mapping[int, date]) -> dict[int, Round]:
    """The round that is due for each of these runners, with a number of queries that does not grow with them.

    Who is paused, away, without a sign-in or without consent is not asked; nor is anybody after the days of a round.
    """
    asked = {client.pk: client for client in clients if _may_be_asked(client)}
    if not asked:
        return {}
    agreed = set(
        Consent.objects.filter(client__in=asked, version=VERSION, withdrawn_at__isnull=True).values_list(
            "client_id", flat=True
        )
    )
    first, last = min(today[pk] for pk in asked), max(today[pk] for pk in asked)
    away = {
        pause.client_id
        for pause in Pause.objects.touching(first, last).filter(client__in=asked)
        if pause.starts_on <= today[pause.client_id]
        and (pause.ends_on is None or today[pause.client_id] <= pause.ends_on)
    }
    starts = starts_of(asked.values())
    reports = defaultdict(list)
    for report in OutcomeReport.objects.filter(client__in=asked, measure__in=ROUND):
        reports[report.client_id].append(report)
    found = {}
    for pk in asked:
        if pk in agreed and pk not in away and (due := _round(starts.get(pk), reports[pk], today[pk])):
            found[pk] = due
    return found


def _may_be_asked(client: Client) -> bool:
    return client.user_id is not None and client.status == Client.Status.ACTIVE


def _round(start: date | None, reports: list[OutcomeReport], today: date) -> Round | None:
    done = {
        measure: {r.week for r in reports if r.measure == measure and r.answered_at and r.week is not None}
        for measure in ROUND
    }
    dues = {
        measure: rounds.due(outcomes().measure[measure].schedule.weeks, start, done[measure], today)
        for measure in ROUND
    }
    due = next((each for each in dues.values() if each), None)
    if due is None:
        return None
    answers = {report.measure: report.answers for report in reports if report.answered_at is None}
    parts = tuple(
        Part(
            measure=outcomes().measure[measure],
            is_done=dues[measure] is None,
            answered=len(answers.get(measure, {})),
            count=len(outcomes().measure[measure].round_items),
        )
        for measure in ROUND
    )
    return Round(due, parts)


def round_due(client: Client, now: datetime, rows: RunnerRows | None = None) -> Round | None:
    """The round that may be asked of one runner now; `rows`: what the page has read of her."""
    rows = rows or RunnerRows(client, now)
    if not _may_be_asked(client) or not rows.standing.agrees or rows.pause is not None:
        return None
    return _round(start_from(rows), [report for report in rows.reports if report.measure in ROUND], rows.today)


# --- what came out ----------------------------------------------------------------------------------------------------


def trends_of(client: Client, now: datetime, rows: RunnerRows | None = None) -> list[Trend]:
    """Every measure that has an answer, with its chart. Three queries, however many rounds there were.

    Args:
        client, now: whose, and when.
        rows: what the page has read of her already.
    """
    rows = rows or RunnerRows(client, now)
    start, today = start_from(rows), rows.today
    answered: dict[str, list[OutcomeReport]] = defaultdict(list)
    for report in rows.reports:
        if report.answered_at is not None:
            answered[report.measure].append(report)
    found = []
    for measure in sorted(outcomes().measures, key=lambda measure: measure.id == "pain_nrs"):
        reports = answered[measure.id]
        if measure.has_total:
            found.append(_trend(measure, "", measure.name, start, [(r, r.total) for r in reports], client, today))
        else:
            for item in measure.round_items:
                values = [(r, r.answers.get(item.field)) for r in reports]
                found.append(_trend(measure, item.field, item.label, start, values, client, today))
    return [trend for trend in found if trend is not None]


def _trend(
    measure: Measure, field: str, name: str, start: date | None,
    values: list[tuple[OutcomeReport, float | None]], client: Client, today: date,
) -> Trend | None:  # fmt: skip
    given = [(report, value) for report, value in values if value is not None]
    if not given:
        return None
    points = rounds.series(
        measure.schedule.weeks, start, [(report.measured_on, report.week, value) for report, value in given], today
    )
    is_told = not field or field in measure.changes_of
    first = given[0][1]
    zero = points[0].on
    sign = 1 if measure.total.better == "higher" else -1
    lines = [
        (first + sign * change.value, f"{'+' if sign > 0 else '−'}{change.value:g}", change.say)
        for change in (measure.changes if is_told else ())
        if measure.total.min <= first + sign * change.value <= measure.total.max
    ]
    who = {(report.measured_on, report.week): _who(report, client) for report, _ in given}
    return Trend(
        id=field or measure.id,
        name=name,
        runner_name=name if field else measure.runner_name or name,
        unit="" if field else measure.total.unit,
        points=points,
        chart=marks.trend_chart(
            [((point.on - zero).days, point.value) for point in points],
            low=measure.total.min,
            high=measure.total.max,
            lines=lines,
            x_labels=[((point.on - zero).days, _short(point)) for point in points if point.week is not None],
            what=name,
        ),
        key="; ".join(f"{short}: {text}" for _, short, text in lines),
        rows=tuple(
            (
                round_words(point.week),
                f"{point.on:%-d %B %Y}",
                "no answer" if point.value is None else f"{point.value:g}",
                "" if point.value is None else who[point.on, point.week],
            )
            for point in points
        ),
        words=_change_words(measure, given[0][1], given[-1][1], is_told=is_told) if len(given) > 1 else "",
    )


def _who(report: OutcomeReport, client: Client) -> str:
    if report.entered_by is None:
        return ""
    return client.first_name if report.entered_by_id == client.user_id else report.entered_by.get_short_name()


def _short(point: rounds.Point) -> str:
    if not point.week:
        return "start"
    return rounds.round_name(point.week).replace("-week", " wk").replace("-month", " mo")


def round_words(week: int | None) -> str:
    if week is None:
        return "In between"
    return (
        "Start"
        if not week
        else rounds.round_name(week).replace("-", " ").replace("week", "weeks").replace("month", "months")
    )


def _change_words(measure: Measure, first: float, latest: float, *, is_told: bool) -> str:
    """The change since the first round, and no more than its thresholds allow."""
    change = outcome_change(measure, first, latest)
    numbers = f"{first:g} at first, {latest:g} now"
    if change.trend == "same":
        return f"{numbers}: the same."
    amount = f"{abs(change.amount):g} {'point' if abs(change.amount) == 1 else 'points'} {'up' if change.amount > 0 else 'down'}"
    say = change.say if is_told else ""
    return f"{numbers}: {amount}{f', {say}' if say else ''}."


def slow_recovery_of(client: Client, now: datetime, rows: RunnerRows | None = None) -> SlowRecovery | None:
    """The talk about expectations that the file asks for; None when nothing points to a longer way, or nobody knows.

    The first AKPS total counts: the lower it began, the longer it tends to take.
    """
    rows = rows or RunnerRows(client, now)
    months = rows.sent_intake.answers.get("symptom_months") if rows.sent_intake else None
    akps = next((row.total for row in rows.reports if row.measure == "akps" and row.total is not None), None)
    months = months if isinstance(months, int | float) and not isinstance(months, bool) else None
    if not slow_recovery(months, akps):
        return None
    rule = outcomes().slow_recovery
    because = []
    if months is not None and months > rule.symptom_months_above.value:
        because.append(f"symptoms for {months:g} months, more than {rule.symptom_months_above.value:g}")
    if akps is not None and akps < rule.akps_below.value:
        because.append(f"a first AKPS of {akps:g}, under {rule.akps_below.value:g}")
    return SlowRecovery(tuple(because), rule.expected_course, ", ".join(rule.sources), rule.say_runner)


def outcome_events(client: Client) -> list[Event]:
    """Every finished round, newest first, for the runner's timeline."""
    found = []
    for report in OutcomeReport.objects.filter(client=client).order_by("-answered_at"):
        if report.answered_at is None:
            continue
        measure = outcomes().measure.get(report.measure)
        name = measure.name if measure else report.measure
        if report.total is not None and measure:
            text = f"{report.total:g} of {measure.total.max:g}"
        else:
            text = f"{len(report.answers)} answers"
        found.append(Event(report.answered_at, name, f"{text} ({round_words(report.week).lower()})", report.pk))
    return found
