"""Safety reaches a human: raise an alarm, mail the coach at once, until somebody acknowledges it."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from clients.models import Alarm, Client
from studio.accounts.models import Coach, User
from studio.outbox import services as outbox
from studio.outbox.kinds import Kind, Letter, register
from studio.outbox.models import Message

NAME = "alarm"
REMIND_EVERY = timedelta(hours=2)  # studio policy: safety reaches a human, outside caps and quiet hours

WHAT_HAPPENED = {
    Alarm.Kind.RED_FLAG: "answered yes to a safety question",
    Alarm.Kind.STOP: "stopped a session for pain",
    Alarm.Kind.FLARE: "reports a flare of the knee",
}


@transaction.atomic
def raise_alarm(*, client: Client, kind: str, key: str, because: str, now: datetime) -> Alarm:
    """Put an alarm on the coach's Today and mail her at once; the same key again is the same alarm.

    Args:
        client: the runner it is about.
        kind: an Alarm.Kind.
        key: what makes it one event, such as "red_flag:check:17".
        because: one sentence for the coach; it is shown in the record and never mailed.
        now: the clock, passed in.

    Returns:
        The alarm, raised now or earlier.
    """
    alarm, created = Alarm.objects.get_or_create(
        key=key, defaults={"client": client, "kind": kind, "because": because, "raised_at": now}
    )
    if created:
        _mail(alarm, now)
    return alarm


def remind(*, now: datetime) -> int:
    """Mail the coach again about every alarm that nobody has acknowledged, until somebody does. Safe to run twice.

    Returns:
        How many alarms are still open long enough for a reminder.
    """
    waiting = Alarm.objects.filter(acknowledged_at__isnull=True, raised_at__lte=now - REMIND_EVERY)
    count = 0
    for alarm in waiting.select_related("client__coach__user"):
        _mail(alarm, now, which=str(int((now - alarm.raised_at) / REMIND_EVERY)))
        count += 1
    return count


def hand_over(*, coach: Coach, now: datetime) -> None:
    """Runners have come to this coach: what stands open for them reaches her at once, not with the next reminder."""
    for alarm in Alarm.objects.filter(client__coach=coach, acknowledged_at=None).select_related("client__coach__user"):
        _mail(alarm, now, which=f"to-{coach.pk}")


def _mail(alarm: Alarm, now: datetime, *, which: str = "") -> None:
    coach = alarm.client.coach
    outbox.plan_message(
        kind=NAME, key=f"alarm:{alarm.pk}" + (f":{which}" if which else ""), to=coach.user.email,
        to_name=coach.user.name, user=coach.user, coach=coach, client_id=alarm.client_id, data={"alarm": alarm.pk},
        now=now,
    )  # fmt: skip


def acknowledge(*, alarm: Alarm, by: User, now: datetime) -> bool:
    """A coach has seen it and takes over. False when somebody was there before; the first name stays."""
    return bool(
        Alarm.objects.filter(pk=alarm.pk, acknowledged_at__isnull=True).update(acknowledged_at=now, acknowledged_by=by)
    )


def _alarm_of(message: Message) -> Alarm | None:
    return Alarm.objects.select_related("client__coach__user").filter(pk=message.data.get("alarm")).first()


def _wanted(message: Message) -> str:
    alarm = _alarm_of(message)
    if alarm is None:
        return "the record was erased"
    return "acknowledged before it could be sent" if alarm.acknowledged_at else ""


def _render(message: Message) -> Letter:
    alarm = _alarm_of(message)
    if alarm is None:
        raise LookupError("the record was erased")
    coach = alarm.client.coach.user
    with timezone.override(coach.zone):
        words = {
            "alarm": alarm,
            "runner": alarm.client.name,
            "coach": coach.get_short_name(),
            "what_happened": WHAT_HAPPENED[Alarm.Kind(alarm.kind)],
            "url": settings.SITE_URL + reverse("front:client_record", kwargs={"pk": alarm.client_id}),
        }
        body = render_to_string("email/clients/alarm.txt", words)
    return Letter(f"Please look now: {alarm.client.name}", body)


KIND = Kind(NAME, "Safety alarm", render=_render, wanted=_wanted)


def register_kind() -> None:
    register(KIND)
