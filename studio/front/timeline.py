"""Everything that happened with one runner, newest first: each app tells its own, and they are put in one order here."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from django.core.paginator import Page, Paginator
from django.urls import reverse

from assessments import gate
from assessments import timeline as assessments
from clients import timeline as clients
from clients.models import Client
from clients.timeline import Event
from consultations import timeline as consultations
from consultations.when import month_words
from programs import timeline as programs
from studio.accounts.models import User

ON_A_PAGE = 40
KINDS = {  # kind -> label of its filter, icon
    "safety": ("Safety", "shield-alert"),
    "intake": ("Intake", "clipboard-list"),
    "assessment": ("Assessments", "ruler"),
    "outcome": ("Outcome rounds", "trending-up"),
    "check": ("Checks", "list-checks"),
    "plan": ("Plan", "route"),
    "pause": ("Pauses", "pause"),
    "consultation": ("Consultations", "calendar"),
    "consent": ("Consent", "file-check"),
    "record": ("Record", "pencil"),
}


@dataclass(frozen=True)
class Filter:
    """One button over the timeline, with how many events it shows."""

    kind: str  # "" = all
    label: str
    count: int
    is_on: bool


@dataclass(frozen=True)
class Row:
    """One event, with the page it leads to."""

    event: Event
    url: str  # "" = it has no page of its own

    @property
    def label(self) -> str:
        return KINDS[self.event.kind][0]

    @property
    def icon(self) -> str:
        return KINDS[self.event.kind][1]


@dataclass(frozen=True)
class Timeline:
    """One page of what happened, newest first, told in the zone of the one who reads it."""

    filters: tuple[Filter, ...]
    page: Page
    client: Client
    zone: ZoneInfo

    @property
    def months(self) -> Iterator[tuple[str, list[Row]]]:
        """The page's events by month, as the reader's calendar has it."""
        for month, events in groupby(self.page, lambda event: month_words(event.at.astimezone(self.zone).date())):
            yield month, [Row(event, self._url(event)) for event in events]

    def _url(self, event: Event) -> str:
        return reverse(event.url, kwargs={"pk": self.client.pk, **event.keys}) if event.url else ""


def events_of(client: Client, reader: User, now: datetime) -> list[Event]:
    """All of it, newest first; what happened at one instant in the order it was told. Fifteen queries at most."""
    shows_results = gate.gate_for(client, now).allows_testing
    found = [
        *clients.events_of(client),
        *assessments.events_of(client, shows_results=shows_results),
        *programs.events_of(client),
        *consultations.events_of(client, now, zone=reader.time_zone, clock_24h=reader.clock_24h),
    ]
    return sorted(found, key=lambda event: event.at, reverse=True)


def timeline_of(client: Client, reader: User, now: datetime, *, kind: str = "", page: str | None = None) -> Timeline:
    """One page of it.

    Args:
        reader: the coach, whose clock and calendar it is told by.
        kind: a key of KINDS; anything else is all of them.
        page: as it stands in the address.
    """
    events = events_of(client, reader, now)
    chosen = kind if kind in KINDS else ""
    counts = {name: sum(event.kind == name for event in events) for name in KINDS}
    filters = [Filter("", "All", len(events), not chosen)]
    filters += [Filter(name, KINDS[name][0], counts[name], name == chosen) for name in KINDS if counts[name]]
    shown = [event for event in events if not chosen or event.kind == chosen]
    return Timeline(tuple(filters), Paginator(shown, ON_A_PAGE).get_page(page), client, reader.zone)
