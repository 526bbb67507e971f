"""What happened in a runner's record, for the timeline: one shape for every app, and the events of this one. No writing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import Q

from clients.models import Alarm, Client, Consent, Note, Pause
from clients.services.facts import FACTS
from studio.accounts.models import User


@dataclass(frozen=True)
class Event:
    """One thing that happened."""

    at: datetime
    kind: str  # a key of studio.front.timeline.KINDS
    title: str
    text: str = ""
    who: str = ""  # who did it; "" = nobody, or not known any more
    url: str = ""  # the name of its page, which takes the runner's number as pk
    keys: Mapping[str, object] = field(default_factory=dict)  # what else that address needs
    is_alert: bool = False  # it asked for a human


def name_of(user: User | None) -> str:
    return user.name if user else ""


def events_of(client: Client) -> list[Event]:
    """Alarms and who took over, pauses, consents, corrected facts. Four queries."""
    found: list[Event] = []
    for alarm in Alarm.objects.filter(client=client).select_related("acknowledged_by"):
        title = f"Alarm: {alarm.get_kind_display().lower()}"
        found.append(Event(alarm.raised_at, "safety", title, alarm.because, is_alert=True))
        if alarm.acknowledged_at:
            after = f"After {_span(alarm.acknowledged_at - alarm.raised_at)}."
            found.append(Event(alarm.acknowledged_at, "safety", "Taken over", after, name_of(alarm.acknowledged_by)))
    for pause in Pause.objects.filter(client=client).select_related("made_by"):
        until = f" to {_day(pause.ends_on)}" if pause.ends_on else ", no end yet"
        text = " ".join(filter(None, [f"{_day(pause.starts_on)}{until}.", pause.note]))
        found.append(
            Event(pause.created_at, "pause", f"Pause: {pause.get_kind_display().lower()}", text, name_of(pause.made_by))
        )
    for consent in Consent.objects.filter(client=client).defer("text"):
        found.append(Event(consent.given_at, "consent", "Consent given", f"Version {consent.version}.", client.name))
        if consent.withdrawn_at:
            text = f"Version {consent.version}."
            found.append(Event(consent.withdrawn_at, "consent", "Consent taken back", text, client.name))
    told = Q()
    for label in FACTS.values():
        told |= Q(body__startswith=f"{label}: ", body__contains=" -> ")
    for note in Note.objects.filter(told, client=client).select_related("author"):
        title = "Facts of the record corrected"
        found.append(Event(note.created_at, "record", title, note.body, name_of(note.author), "clients:details"))
    return found


def _day(day: date) -> str:
    return f"{day:%-d %B %Y}"


def _span(time: timedelta) -> str:
    minutes = int(time.total_seconds() // 60)
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // 1440} days"
