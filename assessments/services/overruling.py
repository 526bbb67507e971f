"""A coach sees an area otherwise than the rules: with a written reason, beside what the rules said, and never erased.

An overrule belongs to one assessment and one of the four areas. At most one stands per area; a new one takes the old one
back, and taking one back keeps its row, so that what was said can be read. It speaks for that assessment only: the next
one is scored anew.
"""

from datetime import datetime

from django.db import transaction

from assessments.domain.rules import rules
from assessments.models import Assessment, Overrule
from studio.accounts.models import User

REASON_LENGTH = 600  # characters: three or four sentences, which a runner may read


class CannotOverrule(ValueError):
    """There is nothing to see otherwise here; the message says why."""


class ChangedMeanwhile(Exception):
    """Somebody else decided on this area since the page was opened. `standing` is what stands now, or None."""

    def __init__(self, standing: Overrule | None) -> None:
        self.standing = standing
        super().__init__("Somebody else decided on this area since you opened the page.")


@transaction.atomic
def overrule(
    *, assessment: Assessment, area: str, status: str, reason: str, seen: int | None, by: User, now: datetime
) -> Overrule:
    """Put a coach's own status on an area.

    Args:
        assessment: a finished one.
        area: id of one of the four ranked areas; the context area is never ranked and so never overruled.
        status: likely_contributor, possible_contributor or unlikely_contributor, and not what the rules say already.
        reason: in the coach's words; the runner reads it with the findings.
        seen: key of the overrule that stood when the form was opened; None = there was none.
        by, now: who decides, and when.

    Returns:
        The overrule that stands now. The same decision by the same person, sent twice, is one.

    Raises:
        CannotOverrule, ChangedMeanwhile.
    """
    _hold(assessment)
    reason = reason.strip()
    _check(assessment, area, status, reason)
    standing = standing_on(assessment, area)
    if standing and (standing.status, standing.reason, standing.made_by_id) == (status, reason, by.pk):
        return standing
    if (standing.pk if standing else None) != seen:
        raise ChangedMeanwhile(standing)
    Overrule.objects.filter(assessment=assessment, area=area, withdrawn_at__isnull=True).update(withdrawn_at=now)
    return Overrule.objects.create(
        assessment=assessment, area=area, status=status, reason=reason, made_by=by, made_at=now
    )


@transaction.atomic
def withdraw(*, overrule: Overrule, now: datetime) -> bool:
    """Take an overrule back: from now on the area says what the rules said. False when it was taken back already."""
    _hold(overrule.assessment)
    return bool(Overrule.objects.filter(pk=overrule.pk, withdrawn_at__isnull=True).update(withdrawn_at=now))


def standing_on(assessment: Assessment, area: str) -> Overrule | None:
    rows = Overrule.objects.filter(assessment=assessment, area=area, withdrawn_at__isnull=True)
    return rows.select_related("made_by").first()


def _hold(assessment: Assessment) -> None:
    """Two coaches decide one after the other."""
    Assessment.objects.select_for_update().filter(pk=assessment.pk).values_list("pk").first()


def _check(assessment: Assessment, area: str, status: str, reason: str) -> None:
    battery, scheme = rules().battery, rules().scheme
    if assessment.state != Assessment.State.DONE:
        raise CannotOverrule("The assessment is still open.")
    if area not in battery.area or not battery.area[area].is_ranked:
        raise CannotOverrule("Only the four areas can be seen otherwise.")
    if status not in scheme.overrule_severity.values:
        raise CannotOverrule("Choose one of the three.")
    if not reason:
        raise CannotOverrule("Say why.")
    if len(reason) > REASON_LENGTH:
        raise CannotOverrule(f"Keep it under {REASON_LENGTH} characters.")
    if (assessment.request or {}).get("runner", {}).get("age", 0) < scheme.age_rule.score_from:
        raise CannotOverrule(f"Under {scheme.age_rule.score_from} the tests are recorded and not scored.")
    if (assessment.result or {}).get("areas", {}).get(area, {}).get("status") == status:
        raise CannotOverrule("That is what the tests say. Choose another, or leave it as it is.")
