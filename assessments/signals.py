"""What follows here when a coach corrects a runner's record."""

from assessments.services import intake
from clients import events


def _follow_correction(sender, client, facts, **kwargs):
    intake.follow_correction(client=client, facts=facts)


def connect() -> None:
    events.facts_corrected.connect(_follow_correction, dispatch_uid="assessments.follow_correction")
