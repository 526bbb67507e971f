"""The weekly consistency note: one per runner and ISO week, at her own hour, because people stop when the pain fades."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from assessments import gate
from clients import consent
from clients.models import Client, Pause
from programs.domain import consistency
from programs.models import Program, WeekAnswer
from studio.outbox import services as outbox
from studio.outbox.models import Message

KIND = "weekly_note"
SATURDAY = 5  # as date.weekday()
GRACE = timedelta(hours=24)  # after a standstill a late note is sent within a day; then that week goes without


def plan_weekly_notes(*, now: datetime) -> int:
    """Plan the notes whose local hour has come. Two beats, or one task run twice, make no second note.

    Args:
        now: the clock, passed in.

    Returns:
        How many notes are planned for the weeks that are on, new or not.
    """
    planned = 0
    for client in _candidates().iterator(chunk_size=200):
        due = note_due(client, now)
        if due <= now < due + GRACE and not why_not(client, now):
            told = consistency.week_name(told_day(client, due))
            outbox.plan_message(
                kind=KIND, key=note_key(client.pk, week_of(client, due)), to=client.email, to_name=client.name,
                user=client.user, coach=client.coach, client_id=client.pk, data={"client": client.pk, "week": told},
                due_at=due, now=now, hurried=False,
            )  # fmt: skip
            planned += 1
    return planned


def _candidates() -> QuerySet[Client]:
    return (
        Client.objects.filter(
            user__isnull=False,
            status=Client.Status.ACTIVE,
            note_off_at__isnull=True,
            programs__state=Program.State.ACTIVE,
            programs__current__isnull=False,
        )
        .select_related("user", "coach")
        .prefetch_related("pauses")
    )


def note_key(client_id: int, week: str) -> str:
    return f"weekly-note:{client_id}:{week}"


def note_due(client: Client, now: datetime) -> datetime:
    """The newest moment, at or before now, at which the runner's chosen weekday and hour came round, in her zone."""
    local = now.astimezone(ZoneInfo(client.time_zone))
    day = local.date() - timedelta(days=(local.weekday() - client.note_weekday) % 7)
    due = datetime.combine(day, time(client.note_hour), tzinfo=local.tzinfo)
    return due if due <= now else datetime.combine(day - timedelta(days=7), time(client.note_hour), tzinfo=local.tzinfo)


def week_of(client: Client, moment: datetime) -> str:
    return consistency.week_name(moment.astimezone(ZoneInfo(client.time_zone)).date())


def told_day(client: Client, moment: datetime) -> date:
    """A day of the ISO week that a note of this moment tells: at the weekend the one that ends, else the one before.

    So that nobody who trained all last week reads on a Monday that nothing is done yet.
    """
    day = client.local_date(moment)
    return day if day.weekday() >= SATURDAY else day - timedelta(days=7)


def week_words(client: Client, week: str, moment: datetime) -> str:
    """An ISO week in the runner's words, as of a moment: "this week", "in the week of 16 November"."""
    if week == week_of(client, moment):
        return "this week"
    return f"in the week of {date.fromisocalendar(int(week[:4]), int(week[6:]), 1):%-d %B}"


def why_not(client: Client, now: datetime) -> str:
    """ "" when a note should go out, else the reason in words for the coach."""
    if client.note_off_at is not None:
        return "the runner has switched the weekly note off"
    if consent.withdrawn_at(client) is not None:
        return consent.WITHDRAWN
    today = client.local_date(now)
    if any(is_on(pause, today) for pause in client.pauses.all()) or client.status == Client.Status.PAUSED:
        return "the runner has paused"
    if client.status != Client.Status.ACTIVE:
        return "the runner is not training with a plan now"
    program = client.programs.filter(state=Program.State.ACTIVE, current__isnull=False).first()
    if program is None:
        return "there is no plan"
    if program.starts_on > today:
        return "the plan has not begun"
    if program.starts_on > consistency.monday_of(told_day(client, now)) + timedelta(days=6):
        return "no week of the plan is over yet"
    if not gate.gate_for(client, now).allows_plan:
        return "training rests until the safety gate is open again"
    return ""


def is_on(pause: Pause, day: date) -> bool:
    return pause.starts_on <= day and (pause.ends_on is None or day <= pause.ends_on)


def unsubscribe(*, client: Client, now: datetime) -> None:
    """No more weekly notes; what is planned is skipped with this reason. Twice is once."""
    Client.objects.filter(pk=client.pk, note_off_at__isnull=True).update(note_off_at=now)
    Message.objects.filter(kind=KIND, data__client=client.pk, state=Message.State.PLANNED).update(
        state=Message.State.SKIPPED, reason="the runner has switched the weekly note off"
    )


def subscribe(*, client: Client) -> None:
    Client.objects.filter(pk=client.pk).update(note_off_at=None)


def answer(*, client: Client, week: str, barrier: str, now: datetime) -> WeekAnswer:
    """Keep what got in the way in a week; a second tap corrects the first."""
    row, _ = WeekAnswer.objects.update_or_create(
        client=client, week=week, defaults={"barrier": barrier, "answered_at": now}
    )
    return row
