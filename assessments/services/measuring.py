"""An assessment: begun behind the gate, measured field by field, finished once; what was found is never rewritten."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from assessments import gate as gates
from assessments import report
from assessments.domain.findings import assess
from assessments.domain.records import AssessRequest, AssessResult, Value, to_json
from assessments.domain.requests import InvalidRequest, parse_request
from assessments.domain.rules import rules
from assessments.gate import Gate
from assessments.models import Assessment, Measurement, RedFlagCheck
from assessments.services import safety
from clients.consent import give_consent, has_consent
from clients.models import Client
from studio.accounts.models import User
from studio.outbox import services as outbox


class NotOpen(Exception):
    """The assessment is finished; its findings stand as they were told."""


class NothingMeasured(Exception):
    """There is nothing to find anything in."""


class ConsentMissing(Exception):
    """The runner has not agreed, or no longer agrees, that the studio uses what it measures."""


class BasicsMissing(Exception):
    """Date of birth, sex for norms or painful side is not known, or not one that tests are made for."""


@transaction.atomic
def complete_basics(*, client: Client, has_agreed: bool, fields: Mapping[str, Any], now: datetime) -> None:
    """Put in what the record lacks (date of birth, sex for norms, painful side), and the runner's spoken consent."""
    if has_agreed:
        give_consent(client=client, now=now)
    if fields:
        Client.objects.filter(pk=client.pk).update(**fields)
        for field, value in fields.items():
            setattr(client, field, value)


@transaction.atomic
def begin_assessment(
    *,
    client: Client,
    answers: Mapping[str, Any],
    by: User,
    now: datetime,
    form_key: UUID | None = None,
    stamp: str | None = None,
) -> tuple[safety.Answered, Assessment | None]:
    """Ask the red flags, and if the gate lets through, open an assessment.

    Args:
        client: the runner.
        answers, form_key, stamp: as in safety.answer_red_flags.

    Returns:
        What became of the answers, and the open assessment: a new one, or the one that was open already. None when the
        gate is closed, the answers were stale, or a form sent once more has nothing left to open.
    """
    answered = safety.answer_red_flags(
        client=client, answers=answers, source=RedFlagCheck.Source.ASSESSMENT, by=by, now=now, form_key=form_key,
        stamp=stamp,
    )  # fmt: skip
    if answered.outcome is safety.Outcome.STALE or not answered.gate.allows_testing:
        return answered, None
    open_one = Assessment.objects.filter(client=client, state=Assessment.State.OPEN).first()
    if open_one is None and answered.outcome is safety.Outcome.RECORDED:
        open_one = Assessment.objects.create(
            client=client, measured_on=client.local_date(now), made_by=by, created_at=now
        )
    return answered, open_one


def _is_held_open(assessment: Assessment) -> bool:
    """Hold an open sheet until the transaction ends: nothing is written beside its findings, or onto one thrown away."""
    rows = Assessment.objects.select_for_update().filter(pk=assessment.pk, state=Assessment.State.OPEN)
    return rows.values_list("pk").first() is not None


def save_value(*, assessment: Assessment, test: str, side: str, value: Value | None, now: datetime) -> None:
    """Keep one value of one test on one side; None takes it back. One statement, so two tabs cannot half-save.

    Raises:
        NotOpen: it was finished or discarded, perhaps a moment ago in another tab.
    """
    _save(assessment, {(test, side): {"value": value}}, now)


def save_pain(*, assessment: Assessment, test: str, side: str, pain: int | None, now: datetime) -> None:
    """Keep the pain of one test on one side (0-10 NRS); None is not answered. Raises NotOpen, as save_value."""
    _save(assessment, {(test, side): {"pain": pain}}, now)


def _save(
    assessment: Assessment,
    readings: Mapping[tuple[str, str], Mapping[str, Any]],
    now: datetime,
    *,
    note: str | None = None,
) -> None:
    with transaction.atomic(savepoint=False):
        is_open = _is_held_open(assessment)
        if is_open:
            for (test, side), parts in readings.items():
                for part, content in parts.items():
                    _upsert(assessment, test, side, part, content, now)
            if note is not None:
                Assessment.objects.filter(pk=assessment.pk).update(note=note)
    if not is_open:
        raise NotOpen("This assessment was finished or discarded meanwhile. The last change was not kept.")


def _upsert(
    assessment: Assessment, test: str, side: str, field: str, content: Value | int | None, now: datetime
) -> None:
    Measurement.objects.bulk_create(
        [Measurement(assessment=assessment, test=test, side=side, updated_at=now, **{field: content})],
        update_conflicts=True,
        unique_fields=["assessment", "test", "side"],
        update_fields=[field, "updated_at"],
    )


def save_readings(
    *, assessment: Assessment, readings: Mapping[tuple[str, str], Mapping[str, Any]], note: str | None, now: datetime
) -> None:
    """Keep a whole sheet at once (the plain "Save"): (test, side) -> {"value": ..., "pain": ...}, only what is right.

    Raises NotOpen, as save_value.
    """
    _save(assessment, readings, now, note=note)
    if note is not None:
        assessment.note = note


def request_of(client: Client, assessment: Assessment, rows: Iterable[Measurement], gate: Gate) -> dict[str, Any]:
    """The contract's request of this assessment, as plain JSON values.

    Raises:
        BasicsMissing: the record lacks what every request needs.
    """
    age = client.age_on(assessment.measured_on)
    if age is None or not client.sex_for_norms or not client.painful_side:
        raise BasicsMissing("Date of birth, reference values and painful side come first.")
    kept = {(row.test, row.side): row for row in rows}
    measurements: dict[str, dict[str, Any]] = {}
    for test in rules().battery.tests:
        for side in test.sides:
            row = kept.get((test.id, side))
            if row is None:
                continue
            value_key, pain_key = (side, f"pain_{side}") if test.per_side else ("value", "pain")
            fields = measurements.setdefault(test.id, {})
            if row.value is not None:
                fields[value_key] = row.value
            if row.pain is not None:
                fields[pain_key] = row.pain
    newest = gate.newest
    return {
        "runner": {"age": age, "sex": client.sex_for_norms, "painful_side": client.painful_side},
        "red_flags": newest.answers if newest else {},
        "cleared": bool(newest and newest.cleared_at),
        "measurements": {test: fields for test, fields in measurements.items() if fields},
    }


def find(request: Mapping[str, Any]) -> tuple[AssessRequest, AssessResult]:
    """What `manage.py assess` answers to this request: the same two functions.

    Raises:
        BasicsMissing: every reading was checked when it came in, so what is refused here is the runner's own data.
    """
    try:
        parsed = parse_request(request)
    except InvalidRequest as problem:
        raise BasicsMissing(str(problem)) from problem
    return parsed, assess(parsed)


def previous_of(assessment: Assessment) -> Assessment | None:
    """The finished assessment before this one, to compare with."""
    return (
        Assessment.objects.filter(client_id=assessment.client_id, state=Assessment.State.DONE)
        .exclude(pk=assessment.pk)
        .filter(measured_on__lte=assessment.measured_on)
        .order_by("-measured_on", "-pk")
        .first()
    )


@transaction.atomic
def finish_assessment(*, assessment: Assessment, now: datetime) -> Assessment:
    """Close the sheet and write down request, result and sentences, as they are told from now on.

    Raises:
        GateClosed: a red flag is up; the measurements stay on the open sheet.
        ConsentMissing, NothingMeasured, BasicsMissing, NotOpen.
    """
    client = Client.objects.select_related("coach__user").get(pk=assessment.client_id)
    gate = gates.require_testing_allowed(client, now)
    if not _is_held_open(assessment):
        raise NotOpen("This assessment is finished already.")
    assessment.refresh_from_db()
    if not has_consent(client):
        raise ConsentMissing(f"{client.first_name} has not agreed, or no longer agrees, to the use of health data.")
    request = request_of(client, assessment, assessment.measurements.all(), gate)
    if not request["measurements"]:
        raise NothingMeasured("Nothing has been measured yet.")
    parsed, result = find(request)
    previous = previous_of(assessment)
    assessment.request = request
    assessment.result = json.loads(to_json(result))
    assessment.sentences = report.compose(
        parsed,
        result,
        first_name=client.first_name,
        previous=told_before(previous),
        battery=assessment.battery,
        left_out=assessment.left_out,
    )
    assessment.rules_version = result.rules_version
    assessment.state, assessment.finished_at = Assessment.State.DONE, now
    assessment.save()
    return assessment


def told_before(previous: Assessment | None) -> report.Previous | None:
    """The earlier assessment as the report compares with it; None when newer rules can no longer read its request."""
    if previous is None or previous.request is None:
        return None
    try:
        return report.Previous(previous.measured_on, parse_request(previous.request).measurements)
    except InvalidRequest:
        return None


@transaction.atomic
def share(*, assessment: Assessment, now: datetime) -> bool:
    """Let the runner read the findings and tell her that they are there. A second time is the first one."""
    shared = Assessment.objects.filter(pk=assessment.pk, state=Assessment.State.DONE, shared_at__isnull=True).update(
        shared_at=now
    )
    if shared:
        client = Client.objects.select_related("user", "coach").get(pk=assessment.client_id)
        if client.user:
            outbox.plan_message(
                kind="findings_shared", key=f"findings:{assessment.pk}", to=client.user.email, to_name=client.name,
                user=client.user, coach=client.coach, client_id=client.pk, data={"assessment": assessment.pk}, now=now,
            )  # fmt: skip
    return bool(shared)


@transaction.atomic
def discard(*, assessment: Assessment) -> bool:
    """Throw away an open sheet. A finished one stays."""
    if not _is_held_open(assessment):
        return False
    Assessment.objects.filter(pk=assessment.pk).delete()
    return True
