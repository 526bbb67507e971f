"""Rounds of outcome questions: answered item by item, finished once; what was answered is never computed anew."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from assessments import gate
from assessments import outcomes as reading
from assessments.domain.outcomes import Measure, akps_total, answer_problem, outcomes, total_problem
from assessments.domain.rounds import week_of
from assessments.models import OutcomeReport
from clients.consent import has_consent
from clients.models import Client
from studio.accounts.models import User


class ConsentMissing(Exception):
    """The runner has not agreed, or no longer agrees, that the studio keeps answers about health."""


class Incomplete(Exception):
    """Answers are missing; `fields` names them in order. There is no total before the last one."""

    def __init__(self, fields: tuple[str, ...]) -> None:
        self.fields = fields
        super().__init__(", ".join(fields))


@dataclass(frozen=True)
class Saved:
    report: OutcomeReport | None  # None: nothing is answered yet
    conflicts: tuple[str, ...] = ()  # items that somebody answered otherwise in between; they stand as they were


@transaction.atomic
def save_answers(
    *, client: Client, measure: str, changes: Mapping[str, tuple[int | None, int | None]], by: User, now: datetime
) -> Saved:
    """Keep the answers that were changed, on the open round; the first one opens it. Saying it twice is saying it once.

    Args:
        client: whose round.
        measure: id of a measure with items.
        changes: item -> (what the answering person saw there, the new answer); None = no answer.
        by: who answers: the runner, or the coach for her.
        now: the clock, passed in.

    Returns:
        The round, and the items on which another screen was quicker.

    Raises:
        ConsentMissing: see there.
        ValueError: not an answer of this measure.
    """
    asked = outcomes().measure[measure]
    for field, (_, value) in changes.items():
        if value is not None and (problem := answer_problem(asked, field, value)):
            raise ValueError(f"{field}: {problem}")
    _hold(client)
    report = reading.open_report(client, measure)
    if report is None:
        sent = _finished_on(client, measure, client.local_date(now))
        if sent is not None and sent.answers == {field: value for field, (_, value) in changes.items()}:
            return Saved(sent)  # the whole page once more
        if not any(value is not None for _, value in changes.values()):
            return Saved(None)
        report = OutcomeReport(client=client, measure=measure, measured_on=client.local_date(now), started_at=now)
    conflicts = []
    for field, (was, value) in changes.items():
        stands = report.answers.get(field)
        if stands not in (was, value):
            conflicts.append(field)
        elif value is None:
            report.answers.pop(field, None)
        else:
            report.answers[field] = value
    report.entered_by = by
    report.save()
    return Saved(report, tuple(conflicts))


@transaction.atomic
def finish(*, client: Client, measure: str, by: User, now: datetime) -> OutcomeReport:
    """Close the open round: it gets its total, and the scheduled week that is nearest. A second tap finds it closed.

    Raises:
        ConsentMissing: see there.
        Incomplete: answers of a scale with a total are missing, or nothing is answered at all.
    """
    asked = outcomes().measure[measure]
    _hold(client)
    today = client.local_date(now)
    report = reading.open_report(client, measure)
    if report is None:
        newest = _finished_on(client, measure, today)
        if newest is None:
            raise Incomplete(tuple(item.field for item in asked.round_items))
        return newest
    missing = reading.missing_of(asked, report.answers)
    if missing if asked.has_total else not report.answers:
        raise Incomplete(missing)
    report.total = float(akps_total(report.answers) or 0) if asked.has_total else None
    return _close(report, asked, by, now)


@transaction.atomic
def enter_total(*, client: Client, measure: str, total: float, by: User, now: datetime) -> OutcomeReport:
    """Keep a total that was added up on paper, for a measure whose questions we may not show. One a day: a second one
    of the same day corrects the first.

    Raises:
        ConsentMissing: see there.
        ValueError: outside the measure's range, or a measure whose answers are asked one by one.
    """
    asked = outcomes().measure[measure]
    if asked.items or total_problem(asked, total):
        raise ValueError(total_problem(asked, total) or f"{asked.name} is answered item by item")
    _hold(client)
    today = client.local_date(now)
    earlier = OutcomeReport.objects.filter(client=client, measure=measure, measured_on=today).first()
    if earlier is not None:
        earlier.total, earlier.entered_by, earlier.answered_at = total, by, now
        earlier.save()
        return earlier
    report = OutcomeReport(client=client, measure=measure, total=total, started_at=now, measured_on=today)
    return _close(report, asked, by, now)


def _finished_on(client: Client, measure: str, day: date) -> OutcomeReport | None:
    """The newest finished round of a day."""
    done = OutcomeReport.objects.filter(client=client, measure=measure, measured_on=day, answered_at__isnull=False)
    return done.order_by("-answered_at").first()


def _close(report: OutcomeReport, asked: Measure, by: User, now: datetime) -> OutcomeReport:
    client = report.client
    report.measured_on = client.local_date(now)
    start = reading.start_of(client)
    done = reading.weeks_done(client, asked.id)
    report.week = week_of(asked.schedule.weeks, start, report.measured_on, done) if start else None
    report.entered_by, report.answered_at = by, now
    report.save()
    return report


def _hold(client: Client) -> None:
    """One writer at a time for a runner's rounds, and only with her consent."""
    gate.lock(client)
    if not has_consent(client):
        raise ConsentMissing
