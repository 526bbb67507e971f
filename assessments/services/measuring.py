"""An assessment: begun behind the gate, measured field by field, finished once; what was found is never rewritten."""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from assessments import gate as gates
from assessments import report, selection
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
    today: Mapping[str, Any] | None = None,
) -> tuple[safety.Answered, Assessment | None]:
    """Ask the red flags, and if the gate lets through and nothing speaks against testing today, open an assessment.

    Args:
        client: the runner.
        answers, form_key, stamp: as in safety.answer_red_flags.
        today: rest_pain_nrs (0-10), feels_ill, said (ids of the contra-indications' questions with a yes); kept with the
            round, and with the assessment when there is one.

    Returns:
        What became of the answers, and the open assessment: a new one, or the one that was open already. None when the
        gate is closed, the answers were stale, the runner is ill or in pain at rest (selection.nothing_today), or a
        form sent once more has nothing left to open.
    """
    answered = safety.answer_red_flags(
        client=client, answers=answers, source=RedFlagCheck.Source.ASSESSMENT, by=by, now=now, form_key=form_key,
        stamp=stamp, today=today,
    )  # fmt: skip
    if answered.outcome is safety.Outcome.STALE or not answered.gate.allows_testing:
        return answered, None
    open_one = Assessment.objects.filter(client=client, state=Assessment.State.OPEN).first()
    told = today or {}
    if open_one is None and answered.outcome is safety.Outcome.RECORDED and not selection.nothing_today(told):
        open_one = Assessment.objects.create(
            client=client,
            measured_on=client.local_date(now),
            made_by=by,
            created_at=now,
            today=dict(told),
            left_out=selection.barred_in_words(client, answered.gate, told),
        )
    return answered, open_one


class NothingToTest(Exception):
    """Every test of the choice must not be done with this runner today."""


@transaction.atomic
def choose_tests(*, assessment: Assessment, battery: str, tests: Collection[str], now: datetime) -> Assessment:
    """Plan the tests of an open assessment. What was measured already stays, also of tests that are planned no more.

    Args:
        assessment: open.
        battery: an Assessment.Battery.
        tests: ids, read for a choice of one's own and a re-test; the named batteries know their own.
        now: when; the reasons why tests are left out are those of now.

    Raises:
        NotOpen, NothingToTest: see there; nothing was changed.
        GateClosed: a red flag is up.
    """
    client = Client.objects.get(pk=assessment.client_id)
    gate = gates.require_testing_allowed(client, now)
    if not _is_held_open(assessment):
        raise NotOpen("This assessment was finished or discarded already.")
    assessment.refresh_from_db()
    out = selection.barred_in_words(client, gate, assessment.today)
    chosen = {Assessment.Battery.OWN, Assessment.Battery.RETEST}
    known = rules().battery
    planned = selection.entered(known.in_session_order(tests)) if battery in chosen else selection.named_tests(battery)
    if all(test.id in out for test in planned):
        raise NothingToTest("None of these tests can be done today. Choose others.")
    assessment.battery, assessment.tests = battery, [test.id for test in planned]
    assessment.left_out, assessment.today = out, {**assessment.today, "warmed_up": True}
    assessment.save(update_fields=["battery", "tests", "left_out", "today"])
    return assessment


def _is_held_open(assessment: Assessment) -> bool:
    """Hold an open sheet until the transaction ends: nothing is written beside its findings, or onto one thrown away."""
    return _held_note(assessment) is not None


def _held_note(assessment: Assessment) -> str | None:
    """Hold an open sheet as above: the note that stands on it now, or None when it is not open any more."""
    rows = Assessment.objects.select_for_update().filter(pk=assessment.pk, state=Assessment.State.OPEN)
    return rows.values_list("note", flat=True).first()


Readings = Mapping[tuple[str, str], Mapping[str, Any]]  # (test, side) -> {"value": ..., "pain": ...}, what is to change
Seen = Mapping[tuple[str, str], Mapping[str, Collection[str]]]  # the same -> what its writer saw there, as field texts
NOTE = ("", "", "note")


@dataclass(frozen=True)
class Change:
    """What stands where this writer saw something else: it was left alone, and so was what is typed now."""

    stored: Value | int | str | None
    typed: Value | int | str | None
    by: User | None = None  # who changed this test on this side last; None = not known
    at: datetime | None = None


@dataclass(frozen=True)
class Refusal:
    """A value of a test that must not be done with this runner: it was not kept."""

    reason: str
    typed: Value | int | None


@dataclass(frozen=True)
class Saved:
    rows: list[Measurement]  # all of the sheet, as they stand now
    conflicts: dict[tuple[str, str, str], Change]  # (test, side, "value" or "pain"), or NOTE -> what was not written
    refused: dict[tuple[str, str, str], Refusal]  # the same -> what was not written because the test must not be done
    gate: Gate  # as it stood then


def save_value(
    *,
    assessment: Assessment,
    test: str,
    side: str,
    value: Value | None,
    now: datetime,
    by: User | None = None,
    seen: Collection[str] | None = None,
) -> Saved:
    """Keep one value of one test on one side; None takes it back. Saved twice is saved once.

    What must not be done with this runner takes no value; the answer names the reason. It is looked up as it is saved:
    the record may have changed since the sheet was drawn.

    Args:
        by: who measured it.
        seen: field texts of what the writer knew to stand there; when something else does, and not this very value,
            nothing is written and the answer names the conflict. None: written whatever stands there.

    Raises:
        NotOpen: it was finished or discarded, perhaps a moment ago in another tab.
    """
    known = None if seen is None else {(test, side): {"value": seen}}
    return _save(assessment, {(test, side): {"value": value}}, now, by=by, seen=known)


def save_pain(
    *,
    assessment: Assessment,
    test: str,
    side: str,
    pain: int | None,
    now: datetime,
    by: User | None = None,
    seen: Collection[str] | None = None,
) -> Saved:
    """Keep the pain of one test on one side (0-10 NRS); None is not answered. Otherwise as save_value."""
    known = None if seen is None else {(test, side): {"pain": seen}}
    return _save(assessment, {(test, side): {"pain": pain}}, now, by=by, seen=known)


def save_readings(
    *,
    assessment: Assessment,
    readings: Readings,
    note: str | None,
    now: datetime,
    by: User | None = None,
    seen: Seen | None = None,
    note_seen: Collection[str] | None = None,
) -> Saved:
    """Keep a whole sheet at once (the plain "Save"), only what is right and changed; note None leaves the note alone.

    `seen` and `note_seen` (fingerprints) as in save_value: each field is compared on its own, and one conflict does not
    keep the others from being saved. Raises NotOpen, as save_value.
    """
    return _save(assessment, readings, now, by=by, seen=seen, note=note, note_seen=note_seen)


def _save(
    assessment: Assessment,
    readings: Readings,
    now: datetime,
    *,
    by: User | None = None,
    seen: Seen | None = None,
    note: str | None = None,
    note_seen: Collection[str] | None = None,
) -> Saved:
    """Compare and write while the sheet is held, so that between the two nobody else writes. Six statements at most."""
    with transaction.atomic(savepoint=False):
        held = _held_note(assessment)
        if held is not None:
            gate = gates.gate_for(assessment.client, now)
            rows = {(row.test, row.side): row for row in assessment.measurements.select_related("updated_by")}
            readings, refused = _sifted(readings, rows, selection.left_out_now(assessment, gate))
            conflicts = _write(assessment, rows, readings, seen or {}, by, now)
            if note is not None and note != held:
                if note_seen is not None and not _is_seen(held, note_seen):
                    conflicts[NOTE] = Change(held, note)
                else:
                    Assessment.objects.filter(pk=assessment.pk).update(note=note)
                    held = note
    if held is None:
        raise NotOpen("This assessment was finished or discarded meanwhile. The last change was not kept.")
    assessment.note = held
    return Saved(list(rows.values()), conflicts, refused, gate)


def _sifted(
    readings: Readings, rows: Mapping[tuple[str, str], Measurement], left_out: Mapping[str, str]
) -> tuple[Readings, dict[tuple[str, str, str], Refusal]]:
    """The readings without new ones of tests that must not be done; what is taken back, or stands there already, passes."""
    kept: dict[tuple[str, str], dict[str, Any]] = {}
    refused: dict[tuple[str, str, str], Refusal] = {}
    for (test, side), parts in readings.items():
        row = rows.get((test, side))
        for part, content in parts.items():
            is_new = content is not None and (row is None or getattr(row, part) != content)
            if is_new and test in left_out:
                refused[test, side, part] = Refusal(left_out[test], content)
            else:
                kept.setdefault((test, side), {})[part] = content
    return kept, refused


def _write(
    assessment: Assessment,
    rows: dict[tuple[str, str], Measurement],
    readings: Readings,
    seen: Seen,
    by: User | None,
    now: datetime,
) -> dict[tuple[str, str, str], Change]:
    """Put the readings into `rows` and into the table, but for those that would overwrite what nobody saw."""
    conflicts: dict[tuple[str, str, str], Change] = {}
    changed: list[Measurement] = []
    for (test, side), parts in readings.items():
        row = rows.get((test, side)) or Measurement(assessment=assessment, test=test, side=side)
        is_changed = False
        for part, content in parts.items():
            stored = getattr(row, part)
            known = seen.get((test, side), {}).get(part)
            if stored == content:
                continue  # it is there already: the same save once more, or two people of one mind
            if known is not None and field_text(stored) not in known:
                conflicts[test, side, part] = Change(stored, content, row.updated_by, row.updated_at)
                continue
            setattr(row, part, content)
            is_changed = True
        if is_changed:
            row.updated_at, row.updated_by = now, by
            rows[test, side] = row
            changed.append(row)
    if changed:
        Measurement.objects.bulk_create(
            [
                Measurement(
                    assessment=assessment, test=row.test, side=row.side, value=row.value, pain=row.pain,
                    updated_at=now, updated_by=by,
                )
                for row in changed
            ],
            update_conflicts=True,
            unique_fields=["assessment", "test", "side"],
            update_fields=["value", "pain", "updated_at", "updated_by"],
        )  # fmt: skip
    return conflicts


def _is_seen(note: str, seen: Collection[str]) -> bool:
    """Its fingerprint is among those, or the text itself: what was sent before, and perhaps arrived."""
    return fingerprint(note) in {*seen, *map(fingerprint, seen)}


def field_text(value: Value | int | None) -> str:
    """A stored value as it stands in its field; "" where there is none."""
    return "" if value is None else value if isinstance(value, str) else f"{value:.10g}"


def fingerprint(note: str) -> str:
    """Stands for a whole note in a form, so that the form need not carry it twice."""
    return hashlib.sha256("\n".join(note.splitlines()).encode()).hexdigest()[:16]


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


def read_request(request: Mapping[str, Any]) -> AssessRequest:
    """The request as the engine takes it.

    Raises:
        BasicsMissing: every reading was checked when it came in, so what is refused here is the runner's own data.
    """
    try:
        return parse_request(request)
    except InvalidRequest as problem:
        raise BasicsMissing(str(problem)) from problem


def find(request: Mapping[str, Any]) -> tuple[AssessRequest, AssessResult]:
    """What `manage.py assess` answers to this request: the same two functions. Raises BasicsMissing, as read_request."""
    parsed = read_request(request)
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
    assessment.left_out = selection.barred_in_words(client, gate, assessment.today)
    if not has_consent(client):
        raise ConsentMissing(f"{client.first_name} has not agreed, or no longer agrees, to the use of health data.")
    request = request_of(client, assessment, assessment.measurements.all(), gate)
    if not request["measurements"]:
        raise NothingMeasured("Nothing has been measured yet.")
    parsed, result = find(request)
    previous, planned = previous_of(assessment), selection.planned_tests(assessment)
    assessment.request = request
    assessment.result = json.loads(to_json(result))
    assessment.sentences = report.compose(
        parsed,
        result,
        first_name=client.first_name,
        previous=told_before(previous),
        planned=planned,
        left_out={test.id: assessment.left_out[test.id] for test in planned if test.id in assessment.left_out},
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
