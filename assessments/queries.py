"""What the layers above read: answers, findings as the plan takes them, and what stands open. No writing here."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import msgspec

from assessments.domain import planning
from assessments.domain.records import AreaFinding, AssessRequest
from assessments.domain.requests import InvalidRequest, parse_request
from assessments.domain.rules import rules
from assessments.models import Assessment, Intake
from clients.models import Client

RESCORE_AFTER = timedelta(weeks=4)  # program rule R-A5: severities move by at most one step per four weeks


@dataclass(frozen=True)
class Findings:
    """The newest finished assessment as the plan's brief takes it."""

    assessment: Assessment
    severity: dict[str, float | None]  # root cause -> effective severity 0-1, damped; None = not assessed
    rescored: dict[str, float | None]  # the same before damping: what the findings page shows
    previous_severity: dict[str, float | None] | None  # in force before this assessment; None = it is the first
    asymmetry: dict[str, str | float] | None  # {"side", "test", "percent"} or None
    warnings: tuple[str, ...]  # cautions of the result, and the areas that are not assessed
    cadence_spm: float | None  # easy-run cadence when it was measured

    @property
    def measured_on(self) -> date:
        return self.assessment.measured_on


def latest_findings(client: Client) -> Findings | None:
    """The newest finished assessment of a runner for the plan, or None when there is none. One query."""
    done = list(
        Assessment.objects.filter(client_id=client.pk, state=Assessment.State.DONE).order_by("measured_on", "pk")
    )
    if not done:
        return None
    newest = done[-1]
    rescored = severities_of(newest)
    in_force = damped_in_turn([(one.measured_on, severities_of(one)) for one in done])
    severity, before = in_force[-1], in_force[-2] if len(in_force) > 1 else None
    request = _request(newest)
    difference = planning.largest_side_difference(request) if request else None
    not_assessed = [
        f"{rules().battery.area[area].label}: not assessed" for area, value in severity.items() if value is None
    ]
    return Findings(
        assessment=newest,
        severity=severity,
        rescored=rescored,
        previous_severity=before,
        asymmetry=difference.as_brief() if difference else None,
        warnings=(*(newest.sentences or {}).get("cautions", []), *not_assessed),
        cadence_spm=_cadence(request),
    )


def damped_in_turn(scored: list[tuple[date, dict[str, float | None]]]) -> list[dict[str, float | None]]:
    """The severities in force after each assessment: none moves by more than one step within four weeks.

    Args:
        scored: day and effective severities of each finished assessment, oldest first.

    Returns:
        One set per assessment. A figure is held within one step of everything that was in force during the four weeks
        before it; the first figure of an area is taken as it is.
    """
    in_force: list[dict[str, float | None]] = []
    for index, (day, figures) in enumerate(scored):
        older = [i for i in range(index) if scored[i][0] <= day - RESCORE_AFTER]
        window = range(older[-1] if older else 0, index)
        held = dict(figures)
        for i in window:
            held = {area: planning.damped(in_force[i].get(area), value) for area, value in held.items()}
        in_force.append(held)
    return in_force


def severities_of(assessment: Assessment) -> dict[str, float | None]:
    """Effective severity per root cause from the stored result, as it was told; nothing is computed anew."""
    areas = (assessment.result or {}).get("areas", {})
    ranked = [area.id for area in rules().battery.areas if area.is_ranked]
    findings = {area: msgspec.convert(areas[area], AreaFinding) for area in ranked if area in areas}
    return {area: planning.effective_severity(findings[area]) if area in findings else None for area in ranked}


def _request(assessment: Assessment) -> AssessRequest | None:
    """The stored request; None when the rules of today no longer know one of its tests."""
    try:
        return parse_request(assessment.request or {})
    except InvalidRequest:
        return None


def _cadence(request: AssessRequest | None) -> float | None:
    reading = request.measurements.get("cadence", {}).get("both") if request else None
    return float(reading.value) if reading and isinstance(reading.value, int | float) else None


def intake_answers(client: Client) -> dict[str, Any]:
    """What the runner answered, by the names of the studio's list of inputs; {} before the intake was sent.

    Numbers are in the unit of their row (0-10, min, months), days are ISO dates, a missing answer is None or absent.
    """
    intake = Intake.objects.filter(client_id=client.pk, submitted_at__isnull=False).first()
    return dict(intake.answers) if intake else {}


def open_assessment(client: Client) -> Assessment | None:
    return Assessment.objects.filter(client_id=client.pk, state=Assessment.State.OPEN).order_by("-pk").first()


def shared_findings(client: Client) -> Iterable[Assessment]:
    """Assessments that the runner may read, newest first."""
    return Assessment.objects.filter(client_id=client.pk, shared_at__isnull=False).order_by("-measured_on", "-pk")
