"""Whose physical tests are worth repeating now, and the battery that is prepared for it. No writing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import msgspec

from assessments.domain.outcomes import outcomes
from assessments.domain.records import AreaFinding, AssessResult, Excluded, Gate, TestScore
from assessments.domain.requests import InvalidRequest, parse_request
from assessments.domain.retesting import retest_due_on, tests_that_mattered
from assessments.domain.rules import rules
from assessments.models import Assessment
from clients.models import Client


@dataclass(frozen=True)
class Prepared:
    """The tests of the last assessment that mattered."""

    assessment: Assessment
    due_on: date
    tests: tuple[str, ...]  # ids, in session order

    @property
    def minutes(self) -> int:
        return rules().battery.selection(self.tests).minutes

    @property
    def words(self) -> str:
        """ "5 tests, 18 min"."""
        return f"{len(self.tests)} {'test' if len(self.tests) == 1 else 'tests'}, {self.minutes} min"


def retests_due(clients: Iterable[Client], today: Mapping[int, date]) -> dict[int, Prepared]:
    """Who of these runners was tested four weeks ago or longer, and is not being tested now. Two queries.

    Args:
        clients: those who train and may be tested; the caller leaves out who is away or waits for a clinician.
        today: the local date of each, by primary key.
    """
    ids = [client.pk for client in clients]
    if not ids:
        return {}
    testing = set(
        Assessment.objects.filter(client__in=ids, state=Assessment.State.OPEN).values_list("client_id", flat=True)
    )
    newest = (
        Assessment.objects.filter(client__in=ids, state=Assessment.State.DONE)
        .order_by("client_id", "-measured_on", "-pk")
        .distinct("client_id")
    )
    last = max(today[pk] for pk in ids) - timedelta(weeks=outcomes().retest_every.value)
    dates = {row.client_id: row for row in newest.only("client_id", "measured_on")}
    old = [row.pk for pk, row in dates.items() if row.measured_on <= last and pk not in testing]
    found = {}
    for row in Assessment.objects.filter(pk__in=old).defer("sentences"):
        if retest_due_on(row.measured_on) <= today[row.client_id] and (ready := prepared(row)):
            found[row.client_id] = ready
    return found


def prepared(assessment: Assessment) -> Prepared | None:
    """The tests of a finished assessment that mattered; None when its rules are no longer known or nothing is left."""
    result = _result(assessment.result or {})
    try:
        request = parse_request(assessment.request or {})
    except InvalidRequest:
        return None
    tests = tests_that_mattered(request, result) if result else ()
    return Prepared(assessment, retest_due_on(assessment.measured_on), tests) if tests else None


def _result(stored: Mapping[str, Any]) -> AssessResult | None:
    """The stored result as a record, with what the choice of tests needs."""
    try:
        return AssessResult(
            rules_version=str(stored.get("rules_version", "")),
            gate=Gate("none", ()),
            tests={
                test: {side: _score(cell) for side, cell in sides.items()} for test, sides in stored["tests"].items()
            },
            areas={area: msgspec.convert(finding, AreaFinding) for area, finding in stored["areas"].items()},
            ranking=(),
            abstained=False,
            warnings=(),
        )
    except (KeyError, AttributeError, msgspec.ValidationError):
        return None


def _score(cell: Mapping[str, Any]) -> TestScore | Excluded:
    return Excluded() if "excluded" in cell else msgspec.convert(cell, TestScore)
