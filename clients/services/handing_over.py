"""One coach's runners become another's."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models.functions import Lower

from clients import alarms
from clients.models import Client, Note
from clients.services.record import ClientError
from studio.accounts.models import Coach, User
from studio.outbox import services as outbox


class SameAddress(ClientError):
    """The coach who takes over has records of her own for these runners' addresses."""

    def __init__(self, clients: list[Client]) -> None:
        self.clients = clients
        super().__init__(f"Both coaches have a record for {', '.join(client.email for client in clients)}.")


def known_to_both(coach: Coach, to: Coach) -> list[Client]:
    """Records of the first coach that the second cannot take: she has one for the same address."""
    theirs = Client.objects.filter(coach=to).annotate(address=Lower("email")).values("address")
    return list(Client.objects.filter(coach=coach).annotate(address=Lower("email")).filter(address__in=theirs))


@transaction.atomic
def hand_over(*, coach: Coach, to: Coach, by: User, now: datetime) -> list[Client]:
    """Every record of one coach becomes another's, the finished ones too; access follows the record.

    The record notes it, runners who sign in and are coached get a letter, and an open alarm reaches the new coach at once.

    Returns:
        The records that were handed over.

    Raises:
        SameAddress: the other coach has records for some of the addresses; nothing is handed over.
    """
    rows = list(
        Client.objects.select_for_update(of=("self",)).filter(coach=coach).select_related("user").order_by("pk")
    )
    try:
        with transaction.atomic():
            Client.objects.filter(pk__in=[row.pk for row in rows]).update(coach=to)
    except IntegrityError:  # client_email_once_per_coach
        raise SameAddress(known_to_both(coach, to)) from None
    body = f"Handed over from {coach.user.name} to {to.user.name}."
    Note.objects.bulk_create(Note(client=row, author=by, body=body, created_at=now) for row in rows)
    outbox.hand_over(coach=coach, to=to, client_ids=[row.pk for row in rows])
    for row in rows:
        if row.user_id and row.status != Client.Status.FINISHED:
            outbox.plan_message(
                kind="coach_changed", key=f"coach-changed:{row.pk}:{now.isoformat()}", to=row.email, to_name=row.name,
                user=row.user, coach=to, client_id=row.pk, data={"client": row.pk, "from": coach.pk}, now=now,
            )  # fmt: skip
    alarms.hand_over(coach=to, now=now)
    return rows
