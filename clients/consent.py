"""Consent to keep and use health data: versioned, shown in full, withdrawable.

The words a runner agreed to are stored with the yes. When the words change, VERSION changes, and everybody is asked anew.

Withdrawn is not the same as never given: who has taken the last open yes back is asked nothing more about health, and
nothing more is kept or mailed. That is decided here; `clients.views.consenting` closes the runner's pages by it.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Subquery
from django.db.models.expressions import Combinable

from clients.models import Client, Consent
from studio.outbox import services as outbox

VERSION = "2026-11"
TEXT = "\n\n".join(
    [
        "I agree that the studio keeps and uses what I tell it about my health.",
        "What: the answers of my intake, what hurts and how much, test results, what I train and how my knee takes it.",
        "Why: to see whether training is safe for me, to find what may contribute to my knee pain, and to write and adjust "
        "my plan.",
        "Who sees it: my coach and the studio's owner. Every look at my record is noted, and I can ask for the list. It is "
        "never sold and never used for advertising.",
        "How long: until I ask for it to be erased.",
        "I can withdraw this consent at any time in my settings. What was done before stays lawful. Without it the studio "
        "cannot assess me or change my plan. This is coaching and not medical care.",
    ]
)


def has_consent(client: Client) -> bool:
    """Whether the runner agrees, today, to the words of the current version."""
    return Consent.objects.filter(client=client, version=VERSION, withdrawn_at__isnull=True).exists()


WITHDRAWN = "consent withdrawn"  # why a message about a runner was skipped

_NEWEST_WITHDRAWAL = F("withdrawn_at").desc(nulls_first=True)  # an open yes before all


def withdrawn_at(client: Client) -> datetime | None:
    """When the runner took back the last open yes; None while one stands, and before the first."""
    return withdrawn_at_of(client.pk)


def withdrawn_at_of(client_id: int) -> datetime | None:
    """The same for a runner of whom only the number is known."""
    rows = Consent.objects.filter(client=client_id).order_by(_NEWEST_WITHDRAWAL)
    return rows.values_list("withdrawn_at", flat=True).first()


def withdrawal_of(client: str) -> Subquery:
    """`withdrawn_at` as a column, for rows that lead to a client by this path: no query more than the rows cost."""
    newest = Consent.objects.filter(client=OuterRef(client)).order_by(_NEWEST_WITHDRAWAL)
    return Subquery(newest.values("withdrawn_at")[:1])


@dataclass(frozen=True)
class Standing:
    """How one runner's consent stands: `has_consent` and `withdrawn_at` in one reading."""

    agrees: bool
    taken_back: datetime | None


def standing_of(client: Client) -> Standing:
    """One query."""
    rows = Consent.objects.filter(client=client).order_by(_NEWEST_WITHDRAWAL).values_list("version", "withdrawn_at")
    agrees, taken_back = False, None
    for number, (version, withdrawn) in enumerate(rows):
        agrees = agrees or (version == VERSION and withdrawn is None)
        taken_back = taken_back if number else withdrawn
    return Standing(agrees, taken_back)


def standing_columns(client: str) -> dict[str, Combinable]:
    """The fields of `Standing` as columns, for rows that lead to a client by this path."""
    agreed = Consent.objects.filter(client=OuterRef(client), version=VERSION, withdrawn_at__isnull=True)
    return {"agrees": Exists(agreed), "taken_back": withdrawal_of(client)}


@transaction.atomic
def give_consent(*, client: Client, now: datetime) -> Consent:
    """The runner's yes to the current words; a second yes is the first one."""
    Client.objects.select_for_update().get(pk=client.pk)
    given = client.consents.filter(version=VERSION, withdrawn_at__isnull=True).first()
    return given or Consent.objects.create(client=client, version=VERSION, text=TEXT, given_at=now)


@transaction.atomic
def withdraw_consent(*, client: Client, now: datetime) -> bool:
    """Take back every open yes and tell the coach, who must stop planning. False when there was none.

    The rows stay: they say what was agreed to, from when to when.
    """
    Client.objects.select_for_update().get(pk=client.pk)  # before a plan that is being published, or after it
    withdrawn = Consent.objects.filter(client=client, withdrawn_at__isnull=True).update(withdrawn_at=now)
    if withdrawn:
        coach = client.coach
        outbox.plan_message(
            kind="consent_withdrawn",
            key=f"consent-withdrawn:{client.pk}:{now.isoformat()}",
            to=coach.user.email,
            to_name=coach.user.name,
            user=coach.user,
            coach=coach,
            client_id=client.pk,
            data={"client": client.pk},
            now=now,
        )
    return bool(withdrawn)
