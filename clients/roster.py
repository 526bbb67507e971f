"""What the runner list shows beside the record itself.

Phases, pain and consistency belong to apps above this one. They hand them down: an app registers one function in its
ready(), which gets the runners of one page and answers for all of them at once (so that the queries stay constant).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, Exists, F, IntegerField, OuterRef, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Lower

from clients.models import Alarm, Client, ClientQuerySet


@dataclass(frozen=True)
class Standing:
    """One runner's row. HTML must be safe (studio.ui marks and parts escape); "" leaves a cell empty."""

    phase: str = ""  # "Build capacity"
    phase_note: str = ""  # "week 5 of 12"
    pain_html: str = ""  # sparkline and the newest answer
    weeks_html: str = ""  # the strip of the last weeks
    adherence: str = ""  # "89%": the same number as on the runner's own screen
    next_up: str = ""  # "today, session A"
    status_html: str = ""  # a chip, when somebody must do something


Standings = Callable[[Sequence[Client], datetime], dict[int, Standing]]

_providers: list[Standings] = []
_needs: list[Callable[[datetime], Combinable]] = []

ORDER = [Client.Status.ACTIVE, Client.Status.LEAD, Client.Status.INVITED, Client.Status.PAUSED, Client.Status.FINISHED]


def register(provider: Standings, *, need: Callable[[datetime], Combinable] | None = None) -> None:
    """Let an app of a higher layer describe the runners of a page: {client id: Standing}.

    Args:
        provider: gets the runners of one page and the instant; answers for all of them in a fixed number of queries.
        need: makes an SQL expression of a whole number per runner, never null: the higher the sum, the further up. An
            open alarm alone is worth 1000.
    """
    if provider not in _providers:
        _providers.append(provider)
        if need:
            _needs.append(need)


def by_need(clients: ClientQuerySet, now: datetime) -> ClientQuerySet:
    """Who needs the coach first: open alarms, what the apps above know, then by standing and name."""
    alarm = Alarm.objects.filter(client=OuterRef("pk"), acknowledged_at=None)
    need: Combinable = Case(When(Exists(alarm), then=Value(1000)), default=Value(0), output_field=IntegerField())
    for of in _needs:
        need = need + of(now)
    places = [When(status=status, then=Value(place)) for place, status in enumerate(ORDER)]
    return clients.annotate(
        need=need, place=Case(*places, default=Value(len(ORDER)), output_field=IntegerField())
    ).order_by(F("need").desc(), "place", Lower("name"), "pk")


def standings(clients: Sequence[Client], now: datetime) -> dict[int, Standing]:
    """What is known above about these runners; an empty answer for those nobody knows more about."""
    known: dict[int, Standing] = {}
    for provider in _providers:
        known |= provider(clients, now)
    return {client.pk: known.get(client.pk, Standing()) for client in clients}
