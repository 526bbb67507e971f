"""Facts that reference values and gates rest on, corrected by the coach with a reason."""

from datetime import date, datetime
from typing import Any

from django.db import transaction

from clients import events
from clients.models import Client
from clients.services.birth_date import is_under_age, tell_the_way_is_open
from clients.services.record import ClientError, add_note, update_record
from studio.accounts.models import User

FACTS = {"born_on": "Date of birth", "sex_for_norms": "Sex for norms", "painful_side": "Painful side"}


class ChangedMeanwhile(ClientError):
    """Another page has written the same field since this one was opened."""


class NoReason(ClientError):
    """A fact is corrected with a reason, or not at all."""


@transaction.atomic
def correct_facts(
    *, client: Client, said: dict[str, Any], was: dict[str, Any], reason: str, by: User, now: datetime
) -> list[str]:
    """The coach corrects what reference values and gates rest on; old value, new value and reason stay in the notes.

    What was told on an earlier day stays as it was told; the next assessment, and the gate from now on, use the new values.

    Args:
        client: brought up to date.
        said: the fields of FACTS that were changed, with their new values.
        was: what the page showed for them.
        reason: why, in the coach's words.

    Returns:
        One "what: old -> new" for each change; [] when there was none.

    Raises:
        NoReason: something changes and nobody says why.
        ChangedMeanwhile: one of these fields has got another value since the page was drawn.
    """
    row = Client.objects.select_for_update().select_related("coach__user").get(pk=client.pk)
    said = {name: value for name, value in said.items() if getattr(row, name) != value}
    if any(getattr(row, name) != was[name] for name in said if name in was):
        raise ChangedMeanwhile("The record has changed since this page was opened. Please read it again.")
    if not said:
        return []
    if not reason.strip():
        raise NoReason("Say why, so that the record can be read later.")
    was_under_age = is_under_age(row, now)
    changes = [
        f"{FACTS[name]}: {fact_words(name, getattr(row, name))} -> {fact_words(name, value)}"
        for name, value in said.items()
    ]
    update_record(client=row, **said)
    add_note(client=row, body="\n".join([*changes, f"Why: {reason.strip()}"]), by=by, now=now)
    events.facts_corrected.send(sender=Client, client=row, facts=said)
    if was_under_age and not is_under_age(row, now):
        tell_the_way_is_open(row, now)
    client.refresh_from_db(fields=list(said))
    return changes


def fact_words(name: str, value: Any) -> str:
    """A value of one of FACTS as a note tells it."""
    if not value:
        return "not known"
    if isinstance(value, date):
        return f"{value:%-d %B %Y}"
    choices: type[Client.Sex] | type[Client.Side] = Client.Sex if name == "sex_for_norms" else Client.Side
    return str(choices(value).label)
