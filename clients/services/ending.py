"""The end of a coaching, and the way back."""

from datetime import datetime

from django.db import transaction

from clients import events
from clients.models import Client
from clients.services.invitations import revoke_open
from clients.services.pausing import open_pause
from studio.accounts.models import User


@transaction.atomic
def finish(*, client: Client, by: User | None, now: datetime) -> None:
    """The coaching has ended: out of the daily lists; the record and the sign-in stay.

    An open invitation is revoked, and what the apps above run for the runner ends with it. Taking her back starts nothing
    of it again.
    """
    events.coaching_ending.send(sender=Client, client=client, by=by, now=now)
    client = Client.objects.select_for_update().get(pk=client.pk)
    revoke_open(client, now)
    client.status = Client.Status.FINISHED
    client.save(update_fields=["status"])


@transaction.atomic
def reopen(*, client: Client) -> None:
    """Take a finished runner back: active with a sign-in, new without one, paused if a pause still runs."""
    client = Client.objects.select_for_update().get(pk=client.pk)
    if client.status == Client.Status.FINISHED:
        client.status = _standing(client)
        client.save(update_fields=["status"])


def _standing(client: Client) -> str:
    if not client.user_id:
        return Client.Status.LEAD
    return Client.Status.PAUSED if open_pause(client) else Client.Status.ACTIVE
