"""The date of birth as a gate: who is too young to be here alone, and how a slip of the pen is cleared up."""

from datetime import datetime

from clients.models import Client
from studio.outbox import services as outbox

YOUNGEST_ALONE = 16  # years; source: product rule "under-16s: no self-service" (assessment.md, flag under_16)


def is_under_age(client: Client, now: datetime) -> bool:
    """Whether the record says that the runner is younger than 16 today, in her own zone. Unknown is not under age."""
    age = client.age_on(client.local_date(now))
    return age is not None and age < YOUNGEST_ALONE


def ask_about_birth_date(*, client: Client, now: datetime) -> None:
    """The runner says that the date of birth is a slip: the coach gets one letter for each date, however often asked."""
    coach = client.coach
    outbox.plan_message(
        kind="birth_date_question",
        key=_birth_date_key(client),
        to=coach.user.email,
        to_name=coach.user.name,
        user=coach.user,
        coach=coach,
        client_id=client.pk,
        data={"client": client.pk},
        now=now,
    )


def has_asked_about_birth_date(client: Client) -> bool:
    """Whether the coach has been asked about the date that stands in the record."""
    return outbox.is_planned(_birth_date_key(client))


def _birth_date_key(client: Client) -> str:
    return f"birth-date:{client.pk}:{client.born_on}"


def tell_the_way_is_open(client: Client, now: datetime) -> None:
    """The under-age page is gone: say so to whoever stood before it."""
    is_invited = client.invitations.filter(accepted_at=None, revoked_at=None, expires_at__gt=now).exists()
    if client.user_id or is_invited:
        outbox.plan_message(
            kind="birth_date_corrected",
            key=f"birth-date-corrected:{client.pk}:{now.isoformat()}",
            to=client.email,
            to_name=client.name,
            user=client.user,
            coach=client.coach,
            client_id=client.pk,
            data={"client": client.pk},
            now=now,
        )
