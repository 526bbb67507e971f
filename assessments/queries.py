"""What the layers above read: answers, findings as the plan takes them, and what stands open. No writing here."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import msgspec

from assessments import overrules
from assessments.domain import planning
from assessments.domain.records import AreaFinding, AssessRequest
from assessments.domain.requests import InvalidRequest, parse_request
from assessments.domain.rules import rules
from assessments.domain.wording import two_decimals
from assessments.models import Assessment, Intake, RedFlagCheck
from assessments.overrules import WITH_OVERRULES, Overruled
from clients.models import Client

RESCORE_AFTER = timedelta(weeks=4)  # program rule R-A5: severities move by at most one step per four weeks


@dataclass(frozen=True)
class Findings:
    """The newest finished assessment as the plan's brief takes it."""

    assessment: Assessment
    severity: dict[str, float | None]  # root cause -> effective severity 0-1, damped or overruled; None = not assessed
    rescored: dict[str, float | None]  # the same before damping
    previous_severity: dict[str, float | None] | None  # in force before this assessment; None = it is the first
    asymmetry: dict[str, str | float] | None  # {"side", "test", "percent"} or None
    overruled: tuple[Overruled, ...]  # decisions of a coach that stand in place of a figure; each is named in warnings
    warnings: tuple[str, ...]  # cautions of the result, the areas that are not assessed, the overrules
    cadence_spm: float | None  # easy-run cadence when it was measured

    @property
    def measured_on(self) -> date:
        return self.assessment.measured_on


def latest_findings(client: Client) -> Findings | None:
    """The newest finished assessment of a runner for the plan, or None when there is none. Two queries.

    A coach's overrule replaces the figure of its area and is named in `warnings`. It is the coach's own decision and not
    a re-score, so it is not damped (R-A5); what the next assessment finds is held within one step of it.
    """
    rows = Assessment.objects.filter(client_id=client.pk, state=Assessment.State.DONE).order_by("measured_on", "pk")
    done = list(rows.prefetch_related(WITH_OVERRULES))
    if not done:
        return None
    for one in done:
        one.client = client
    newest = done[-1]
    rescored, computed = severities_of(newest), computed_severities(newest)
    in_force = damped_in_turn(
        [(one.measured_on, computed_severities(one)) for one in done], [overruled_severities(one) for one in done]
    )
    stands = overrules.standing(overrules.all_of(newest))
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
        overruled=tuple(stands.values()),
        warnings=(
            *(newest.sentences or {}).get("cautions", []),
            *not_assessed,
            *(_overrule_warning(each, computed[each.area]) for each in stands.values()),
        ),
        cadence_spm=_cadence(request),
    )


def _overrule_warning(decision: Overruled, computed: float | None) -> str:
    instead = "not assessed" if computed is None else two_decimals(computed)
    return (
        f"{rules().battery.area[decision.area].label}: {decision.words} by decision of {decision.by} on "
        f"{decision.on:%-d %B %Y}, {two_decimals(decision.severity)} in place of {instead}. \u201c{decision.reason}\u201d"
    )


def damped_in_turn(
    scored: list[tuple[date, dict[str, float | None]]], overruled: Sequence[Mapping[str, float]] = ()
) -> list[dict[str, float | None]]:
    """The severities in force after each assessment: none moves by more than one step within four weeks.

    Args:
        scored: day and effective severities of each finished assessment, oldest first.
        overruled: a coach's own figures at each of them, which stand as they are: a decision is not damped.

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
        in_force.append(held | dict(overruled[index] if overruled else {}))
    return in_force


def severities_of(assessment: Assessment) -> dict[str, float | None]:
    """Effective severity per root cause: what the stored result says, and the coach's own figure where one stands."""
    return computed_severities(assessment) | overruled_severities(assessment)


def computed_severities(assessment: Assessment) -> dict[str, float | None]:
    """Effective severity per root cause from the stored result, as it was told; nothing is computed anew."""
    areas = (assessment.result or {}).get("areas", {})
    ranked = [area.id for area in rules().battery.areas if area.is_ranked]
    findings = {area: msgspec.convert(areas[area], AreaFinding) for area in ranked if area in areas}
    return {area: planning.effective_severity(findings[area]) if area in findings else None for area in ranked}


def overruled_severities(assessment: Assessment) -> dict[str, float]:
    """The coach's figure of each area that is overruled: the middle of the band in which the named status begins."""
    stands = overrules.standing(overrules.all_of(assessment))
    return {area: decision.severity for area, decision in stands.items()}


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


def was_sent(client: Client, form_key: str) -> bool:
    """Whether a round of red flags of this runner came from the form with this number."""
    try:
        key = UUID(form_key)
    except ValueError:
        return False
    return RedFlagCheck.objects.filter(client_id=client.pk, form_key=key).exists()


def shared_findings(client: Client) -> Iterable[Assessment]:
    """Assessments that the runner may read, newest first."""
    return Assessment.objects.filter(client_id=client.pk, shared_at__isnull=False).order_by("-measured_on", "-pk")


def newest_shared(client: Client) -> Assessment | None:
    """The newest assessment that the runner may read, with its key and its day alone."""
    rows = Assessment.objects.filter(client_id=client.pk, shared_at__isnull=False)
    return rows.only("measured_on").order_by("-measured_on", "-pk").first()
