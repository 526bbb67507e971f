"""Overrules as pages and the plan read them: what the rules said, what the coach says, who, when and why."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Prefetch

from assessments.domain.rules import rules
from assessments.models import Assessment, Overrule

WITH_OVERRULES = Prefetch("overrules", Overrule.objects.select_related("made_by").order_by("made_at", "pk"))


@dataclass(frozen=True)
class Overruled:
    """One decision of a coach on one area."""

    pk: int
    area: str
    status: str
    text: str  # "Likely contributor"
    reason: str
    by: str
    on: date  # in the runner's zone
    withdrawn_on: date | None  # None = it stands

    @property
    def sentence(self) -> str:
        """Who, when and what, for a coach: "Maya Castillo, 18 November 2026: Likely contributor"."""
        return f"{self.by}, {self.on:%-d %B %Y}: {self.text}"

    @property
    def words(self) -> str:
        """The status inside a sentence: "a likely contributor", "an unlikely contributor"."""
        return f"{'an' if self.text[0] in 'AEIOU' else 'a'} {self.text.lower()}"

    @property
    def severity(self) -> float:
        """What it asks of the plan, 0-1."""
        return rules().scheme.overrule_severity.values[self.status]


def all_of(assessment: Assessment) -> list[Overruled]:
    """Every decision on an assessment, oldest first. One query, or none when they were fetched WITH_OVERRULES."""
    client = assessment.client
    return [
        Overruled(
            pk=row.pk,
            area=row.area,
            status=row.status,
            text=row.get_status_display(),
            reason=row.reason,
            by=row.made_by.name if row.made_by else "A coach who has left",
            on=client.local_date(row.made_at),
            withdrawn_on=client.local_date(row.withdrawn_at) if row.withdrawn_at else None,
        )
        for row in _rows(assessment)
    ]


def _rows(assessment: Assessment) -> Iterable[Overrule]:
    if "overrules" in getattr(assessment, "_prefetched_objects_cache", {}):
        return assessment.overrules.all()
    return assessment.overrules.select_related("made_by").order_by("made_at", "pk")


def standing(decisions: Iterable[Overruled]) -> dict[str, Overruled]:
    """The decision that stands on each area; areas without one are absent."""
    return {each.area: each for each in decisions if each.withdrawn_on is None}


def areas_with(told: dict[str, Any], decisions: list[Overruled]) -> list[dict[str, Any]]:
    """The four areas as they were told, each with the `overrule` that stands (or None) and those taken back."""
    stands = standing(decisions)
    return [
        area
        | {
            "overrule": stands.get(area["id"]),
            "taken_back": [each for each in decisions if each.area == area["id"] and each.withdrawn_on],
        }
        for area in told.get("areas", [])
    ]
