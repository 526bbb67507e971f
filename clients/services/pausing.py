"""Pauses and flares: days that are excused, and the standing that goes with an open-ended one."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import transaction

from clients.models import Client, Pause
from clients.services.record import ClientError
from studio.accounts.models import User


class AlreadyPaused(ClientError):
    """An open-ended pause of the same sort runs."""


@transaction.atomic
def start_pause(
    *,
    client: Client,
    kind: str,
    starts_on: date,
    ends_on: date | None = None,
    note: str = "",
    by: User | None,
    now: datetime,
) -> Pause:
    """Excuse days: they count for nothing, and nobody is asked about them.

    Args:
        kind: a Pause.Kind. A flare excuses days and leaves the runner active: the plan for flares runs.
        starts_on, ends_on: days in the runner's zone, both excused; no end = until the runner is back.
        by: who says so.

    Returns:
        The pause; asked twice, the same one.

    Raises:
        AlreadyPaused: an open-ended pause of the same sort runs already.
        ValueError: it ends before it starts, or starts later and has no end.
    """
    client_row = Client.objects.select_for_update().get(pk=client.pk)
    if ends_on is not None and ends_on < starts_on:
        raise ValueError("a pause ends on the day it starts, or later")
    if ends_on is None and starts_on > client_row.local_date(now):
        raise ValueError("a pause that starts later needs an end")
    same = client_row.pauses.filter(kind=kind, starts_on=starts_on, ends_on=ends_on).first()
    if same:
        return same
    is_flare = kind == Pause.Kind.FLARE
    if ends_on is None and open_pause(client_row, flare=is_flare):
        raise AlreadyPaused("A pause runs already; end it first.")
    pause = Pause.objects.create(
        client=client_row, kind=kind, starts_on=starts_on, ends_on=ends_on, note=note, made_by=by, created_at=now
    )
    if ends_on is None and not is_flare and client_row.status == Client.Status.ACTIVE:
        _set_status(client, client_row, Client.Status.PAUSED)
    return pause


@transaction.atomic
def end_pause(*, pause: Pause, back_on: date) -> None:
    """The runner is back: the day before is the last excused one.

    Args:
        back_on: first day back, in the runner's zone. A pause that began that very day keeps the day; one that has not
            begun is taken away; an end that was earlier anyway stays.
    """
    client = Client.objects.select_for_update().get(pk=pause.client_id)
    row = Pause.objects.filter(pk=pause.pk).first()
    if row is None:  # a second tap: one that had not begun is gone already
        return
    if row.starts_on > back_on:
        row.delete()
    else:
        last = max(row.starts_on, back_on - timedelta(days=1))
        if row.ends_on is None or last < row.ends_on:
            row.ends_on = last
            row.save(update_fields=["ends_on"])
    if client.status == Client.Status.PAUSED and not open_pause(client):
        _set_status(client, client, Client.Status.ACTIVE)


def open_pause(client: Client, *, flare: bool = False) -> Pause | None:
    """The open-ended flare that runs, or the open-ended pause of any other kind."""
    rows = client.pauses.filter(ends_on=None)
    return (rows.filter(kind=Pause.Kind.FLARE) if flare else rows.exclude(kind=Pause.Kind.FLARE)).first()


def _set_status(given: Client, row: Client, status: str) -> None:
    row.status = status
    row.save(update_fields=["status"])
    given.status = status


def excused_days(client: Client, first: date, last: date) -> set[date]:
    """The runner's days from first to last, both included, that count for nothing: pauses and flares."""
    return excused_by(client.pauses.all().touching(first, last), first, last)


def excused_by(pauses: Iterable[Pause], first: date, last: date) -> set[date]:
    """The same for pauses that are at hand, so that a list of runners needs one query for all of them."""
    days = set()
    for pause in pauses:
        day = max(first, pause.starts_on)
        end = last if pause.ends_on is None else min(last, pause.ends_on)
        while day <= end:
            days.add(day)
            day += timedelta(days=1)
    return days
