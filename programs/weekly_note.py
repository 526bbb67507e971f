"""What the weekly note says: last week, what is next, one question; and the facts for when the pain has gone."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db.models import Max
from django.template.loader import render_to_string
from django.urls import reverse

from clients.models import Client
from programs import links
from programs.adherence import Adherence, adherence_of
from programs.domain import consistency
from programs.models import MorningAnswer, ScheduledSession, WeekAnswer
from programs.services import noting
from studio.accounts.models import Studio
from studio.outbox.kinds import Kind, Letter, register
from studio.outbox.models import Message

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True)
class DayMark:
    letter: str
    kind: str  # done, stopped, paused or rest


@dataclass(frozen=True)
class NextRow:
    title: str
    note: str
    when: str


def client_of(message: Message) -> Client:
    return (
        Client.objects.select_related("coach__user", "user").prefetch_related("pauses").get(pk=message.data["client"])
    )


def wanted(message: Message) -> str:
    """Still true at send time? A pause, an unsubscribe or an ended program since the planning keeps it back."""
    client = Client.objects.prefetch_related("pauses").filter(pk=message.data.get("client")).first()
    return noting.why_not(client, message.due_at) if client else "the record is gone"


def render(message: Message) -> Letter:
    client = client_of(message)
    facts = facts_of(client, message.data["week"], message.due_at)
    token = links.note_token(client, message.data["week"])
    off = links.absolute("programs:note_off", token=token)
    context = facts | {
        "studio_name": Studio.current().name,
        "client": client,
        "coach": client.coach.user.get_short_name(),
        "url": links.absolute("front:me"),
        "when": noting.week_words(client, message.data["week"], message.due_at),
        "question_url": links.absolute("programs:note_answer", token=token),
        "barriers": [
            (label, links.absolute("programs:note_answer", token=token) + f"?barrier={value}")
            for value, label in WeekAnswer.Barrier.choices
        ],
        "week_url": links.absolute("programs:my_week"),
        "settings_url": settings.SITE_URL + reverse("clients:settings"),
        "off_url": off,
        "sent_on": f"{WEEKDAYS[client.note_weekday]}s at {client.note_hour}:00",
    }
    return Letter(
        subject=facts["heading"],
        body=render_to_string("email/programs/weekly_note.txt", context),
        html=render_to_string("email/programs/weekly_note.html", context),
        headers={
            "List-Unsubscribe": f"<{links.absolute('programs:note_off_one_click', token=token)}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )


def facts_of(client: Client, week_name: str, moment: datetime) -> dict:
    """Everything the note states about one ISO week of one runner, as of a moment."""
    today = client.local_date(moment)
    adherence = adherence_of(client, today)
    week = next((each for each in adherence.weeks if each.week == week_name), None)
    first = date.fromisocalendar(int(week_name[:4]), int(week_name[6:]), 1)
    days = {day.date: day for day in adherence.days}
    planned = int(week.target) if week else 0
    done = min(planned, int(week.credits)) if week else 0
    return {
        "week": week_name,
        "done": done,
        "planned": planned,
        "heading": heading(client.first_name, done, planned),
        "text": sentence(adherence, week, done, planned),
        "headline": adherence.headline.words,
        "marks": [
            DayMark("MTWTFSS"[n], _kind(days.get(first + timedelta(days=n)), first + timedelta(days=n), adherence))
            for n in range(7)
        ],
        "rows": next_rows(client, today),
        "after_pain": consistency.after_pain_words() if _is_after_pain(client, today) else "",
    }


def heading(first_name: str, done: int, planned: int) -> str:
    if not planned:
        return f"A week off the plan, {first_name}."
    if done >= planned:
        return f"All {planned} done, {first_name}." if planned > 1 else f"Done, {first_name}."
    if not done:
        return f"A new week, {first_name}."
    return f"{done} of {planned} done, {first_name}."


def sentence(adherence: Adherence, week: consistency.Week | None, done: int, planned: int) -> str:
    """One sentence on the week that says what happened and never what did not."""
    if week is None or not planned:
        return "Nothing was planned, and that is how it counts: not at all."
    if week.status == consistency.WeekStatus.PROTECTED:
        return "A paused week leaves the count. Coming back is the same plan, a step gentler."
    if week.status == consistency.WeekStatus.SOLID:
        return "A whole week: the sessions, and nearly all of the six pillars."
    if week.status == consistency.WeekStatus.KEPT:
        return "The week is kept: half and more of what was planned."
    if done:
        return "A start is a start. The three must-do exercises make a session count, in about ten minutes."
    return "The next session is a good place to begin again. The three must-do exercises are enough."


def _kind(day: consistency.Day | None, on: date, adherence: Adherence) -> str:
    if on in adherence.stopped:
        return "stopped"
    if day is None:
        return "rest"
    return "done" if day.credit else "paused" if day.excused else "rest"


def next_rows(client: Client, today: date, count: int = 4) -> list[NextRow]:
    rows = ScheduledSession.objects.filter(
        program__client=client, day__gte=today, state=ScheduledSession.State.PLANNED
    ).order_by("day", "id")[:count]
    return [
        NextRow(
            title=row.title,
            note=f"{-(-row.plan.budget_s // 60)} min at most, {len(row.plan.lines)} exercises",
            when="Today" if row.day == today else f"{row.day:%A}",
        )
        for row in rows
    ]


def _is_after_pain(client: Client, today: date) -> bool:
    mornings = dict(
        MorningAnswer.objects.filter(client=client, day__gte=today - timedelta(days=28)).values_list(
            "day", "morning_nrs"
        )
    )
    sessions = dict(
        ScheduledSession.objects.filter(
            program__client=client, day__gte=today - timedelta(days=28), started_at__isnull=False
        )
        .values_list("day")
        .annotate(worst=Max("linelogs__during_nrs"))
        .values_list("day", "worst")
    )
    return consistency.is_after_pain(mornings, sessions, today)


def register_kinds() -> None:
    register(Kind(noting.KIND, "Weekly note", render=render, wanted=wanted))
