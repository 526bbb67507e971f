"""A flare of the knee: the runner says it, the safety questions come first, the coach hears, the days are excused."""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from assessments.models import RedFlagCheck
from assessments.services import safety
from assessments.services.safety import Answered, Outcome
from clients import alarms
from clients.models import Alarm, Client, Pause
from clients.services import pausing
from studio.accounts.models import User


def open_flare(client: Client) -> Pause | None:
    """The flare that is on."""
    return client.pauses.filter(kind=Pause.Kind.FLARE, ends_on=None).first()


@transaction.atomic
def report_flare(
    *,
    client: Client,
    answers: Mapping[str, bool | Collection[str]],
    pain_nrs: int | None,
    by: User,
    now: datetime,
    form_key: UUID | None,
    stamp: str,
) -> Answered:
    """One round of the safety questions; when the gate stays open, the flare begins and the coach is told at once.

    A round that closes the gate tells the coach by itself and starts no flare: care comes first. The same form sent twice
    is one report; another report while a flare is on is told to the coach and goes on with the same flare.

    Args:
        pain_nrs: how the knee is now, 0-10 NRS; None = not answered, which is not 0.
        client, answers, by, now, form_key, stamp: as for safety.answer_red_flags, whose answer is returned.
    """
    answered = safety.answer_red_flags(
        client=client, answers=answers, source=RedFlagCheck.Source.FLARE, by=by, now=now, form_key=form_key, stamp=stamp
    )
    if answered.outcome is not Outcome.RECORDED or answered.check is None or not answered.gate.allows_plan:
        return answered
    if open_flare(client) is None:
        pausing.start_pause(client=client, kind=Pause.Kind.FLARE, starts_on=client.local_date(now), by=by, now=now)
    how = "No number was given." if pain_nrs is None else f"The knee is at {pain_nrs} of 10 now."
    alarms.raise_alarm(
        client=client, kind=Alarm.Kind.FLARE, key=f"flare:{answered.check.pk}",
        because=f"{how} No to every urgent safety question.", now=now,
    )  # fmt: skip
    return answered


@transaction.atomic
def end_flare(*, client: Client, now: datetime) -> bool:
    """The knee is calm again; False when no flare was on. The coach's alarm stays until somebody takes it over."""
    flare = open_flare(client)
    if flare is not None:
        pausing.end_pause(pause=flare, back_on=client.local_date(now))
    return flare is not None
