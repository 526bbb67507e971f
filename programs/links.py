"""Signed links that work without a sign-in: this morning's question, the weekly note's question and its unsubscribe."""

from datetime import date

from django.conf import settings
from django.core import signing
from django.urls import reverse

from clients import consent
from clients.models import Client

MORNING, NOTE = "programs.morning", "programs.note"


class BadLink(ValueError):
    """Tampered with, or cut in two by a mail program."""


def _token(salt: str, client_id: int, about: str) -> str:
    return signing.dumps([client_id, about], salt=salt)


def _read(salt: str, token: str) -> tuple[Client, str]:
    try:
        client_id, about = signing.loads(token, salt=salt)
    except signing.BadSignature:
        raise BadLink("the signature does not fit") from None
    rows = Client.objects.select_related("coach__user").annotate(taken_back=consent.withdrawal_of("pk"))
    client = rows.filter(pk=client_id).first()
    if client is None:
        raise BadLink("the record is gone")
    return client, about


def morning_token(client: Client, day: date) -> str:
    return _token(MORNING, client.pk, day.isoformat())


def read_morning(token: str) -> tuple[Client, date]:
    """Whose morning, and which.

    Raises:
        BadLink: not a link of ours.
    """
    client, day = _read(MORNING, token)
    return client, date.fromisoformat(day)


def note_token(client: Client, week: str) -> str:
    return _token(NOTE, client.pk, week)


def read_note(token: str) -> tuple[Client, str]:
    """Whose weekly note, and of which ISO week.

    Raises:
        BadLink: not a link of ours.
    """
    return _read(NOTE, token)


def absolute(name: str, **kwargs) -> str:
    """The whole address of a page, for a mail."""
    return settings.SITE_URL + reverse(name, kwargs=kwargs or None)
