"""Red-flag answers come in, the coach is told, a clinician's clearance is written down. What stands is gate.decide's."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import transaction

from assessments import events
from assessments import gate as gates
from assessments.domain.records import Gate as Engine
from assessments.domain.red_flags import Answer
from assessments.domain.rules import rules
from assessments.gate import CLOSING, Gate
from assessments.models import RedFlagCheck
from clients import alarms
from clients.models import Alarm, Client
from studio.accounts.models import User


class AgeUnknown(Exception):
    """Some red flags depend on the age; without a date of birth there is no round."""


class NothingToClear(Exception):
    """No round of this runner waits for this clearance."""


class SeenTooEarly(Exception):
    """The clinician's day lies before the answer it should clear, or in the future."""


class Outcome(StrEnum):
    RECORDED = "recorded"
    REPLAYED = "replayed"  # the same form once more: nothing new was said
    STALE = "stale"  # something happened since the form was drawn: ask again


@dataclass(frozen=True)
class Answered:
    outcome: Outcome
    gate: Gate
    check: RedFlagCheck | None = None


@transaction.atomic
def answer_red_flags(
    *,
    client: Client,
    answers: Mapping[str, bool | Collection[str]],
    source: str,
    by: User | None,
    now: datetime,
    form_key: UUID | None = None,
    stamp: str | None = None,
    today: Mapping[str, Any] | None = None,
) -> Answered:
    """Write down one round of answers; a round that closes the gate tells the coach at once.

    Args:
        client: the runner.
        answers: flag id -> yes/no, or the sub-items answered yes. Leave out what was not asked: such a round can close
            the gate and never opens it.
        source: a RedFlagCheck.Source.
        by: who answered, or the coach who asked aloud.
        now: the clock, passed in.
        form_key: the form's own number; the same form sent twice is one round.
        stamp: the gate's stamp when the form was drawn. Under an old stamp only answers that close the gate are taken;
            None for callers without a form.
        today: what was asked beside them before an assessment, kept with the round.

    Raises:
        AgeUnknown: no date of birth.
    """
    gates.lock(client)
    age = client.age_on(client.local_date(now))
    if age is None:
        raise AgeUnknown("Some of these questions depend on the age. Add the date of birth first.")
    engine = _engine(answers, age)
    before = gates.gate_for(client, now)
    if form_key and (known := RedFlagCheck.objects.filter(form_key=form_key).first()):
        if known.client_id == client.pk and known.answers == _stored(answers) and known.today == dict(today or {}):
            return Answered(Outcome.REPLAYED, before, known)
        form_key = None  # the form was changed and sent again: a new thing said, or a number that is not ours
        stamp = "changed"
    if engine.action not in CLOSING and stamp is not None and stamp != before.stamp:
        return Answered(Outcome.STALE, before)
    check = RedFlagCheck.objects.create(
        client=client, source=source, form_key=form_key, answers=_stored(answers), action=engine.action,
        flags=list(engine.flags), today=dict(today or {}), rules_version=rules().version, answered_by=by,
        answered_at=now,
    )  # fmt: skip
    if engine.action in CLOSING:
        alarms.raise_alarm(
            client=client, kind=Alarm.Kind.RED_FLAG, key=f"red_flag:{check.pk}", because=because(engine), now=now
        )
        transaction.on_commit(lambda: events.gate_closed.send(sender=Client, client=client, now=now))
    return Answered(Outcome.RECORDED, gates.gate_for(client, now), check)


def because(engine: Engine) -> str:
    """The alarm's sentence: the question that got a yes, and within which time the runner should be seen."""
    flags = [rules().red_flags.flag[flag] for flag in engine.flags]
    return " ".join(
        f"Yes to: “{flag.question}” To be seen: {flag.timeframe}." for flag in flags if flag.action in CLOSING
    )


@transaction.atomic
def record_clearance(
    *,
    client: Client,
    checks: Collection[int],
    clinician: str,
    seen_on: date,
    note: str,
    by: User,
    now: datetime,
) -> int:
    """A coach writes down that a clinician has seen the runner: for these rounds, and for no round she has not read.

    Args:
        client: the runner.
        checks: ids of the rounds on the coach's page; a round that came in since stays closed.
        clinician: who saw the runner.
        seen_on: the day, in the runner's zone. For an urgent stop never before the day of its answer: nobody has looked
            at what came up since. For `refer` only with a note that says why, such as an earlier letter about the same
            thing.
        note: what was said.

    Returns:
        How many rounds were cleared.

    Raises:
        NothingToClear: none of these rounds is the runner's and waits.
        SeenTooEarly: the day cannot be right.
    """
    gates.lock(client)
    today = client.local_date(now)
    waiting = list(
        RedFlagCheck.objects.filter(client=client, pk__in=checks, action__in=CLOSING, cleared_at__isnull=True)
    )
    if not waiting:
        raise NothingToClear("Nothing on this page waits for a clearance any more.")
    if seen_on > today:
        raise SeenTooEarly("That day is still to come.")
    urgent = [client.local_date(check.answered_at) for check in waiting if check.action == "stop_urgent"]
    if urgent and seen_on < max(urgent):
        raise SeenTooEarly(f"The urgent answer is from {max(urgent):%-d %B %Y}. Who has seen the runner since then?")
    newest = max(client.local_date(check.answered_at) for check in waiting)
    if seen_on < newest and not note.strip():
        raise SeenTooEarly(
            f"The answer is from {newest:%-d %B %Y}. For an earlier day say below what was known then, such as a letter "
            "about the same thing."
        )
    return RedFlagCheck.objects.filter(pk__in=[check.pk for check in waiting]).update(
        cleared_at=now, cleared_by=by, clinician=clinician, seen_on=seen_on, clearance_note=note
    )


def _engine(answers: Mapping[str, bool | Collection[str]], age: int) -> Engine:
    return rules().red_flags.gate(typed(answers), age)


def typed(answers: Mapping[str, bool | Collection[str]]) -> dict[str, Answer]:
    """Stored answers (lists) as the engine takes them (tuples)."""
    return {flag: answer if isinstance(answer, bool) else tuple(answer) for flag, answer in answers.items()}


def _stored(answers: Mapping[str, bool | Collection[str]]) -> dict[str, bool | list[str]]:
    return {flag: answer if isinstance(answer, bool) else list(answer) for flag, answer in answers.items()}
