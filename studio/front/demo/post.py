"""The letters of the past, in the state that a studio which was open then would have left them in.

Services plan their letters for the instant they are told, and a planned letter whose hour has come is sent by the next
sweep. So every letter planned for a past instant is settled here, in the transaction that planned it: nothing of the
history is mailed. Letters are read and written by the kinds themselves, so what the outbox shows is what they say.
"""

from datetime import datetime, timedelta

from studio.outbox import kinds, services
from studio.outbox.models import Message

TAKES = timedelta(seconds=2)


def settle(moment: datetime, *, refused: str = "") -> None:
    """Deliver what has just been planned at this instant, or let the mail server refuse what went to one address."""
    for message in Message.objects.filter(state=Message.State.PLANNED, created_at=moment, due_at__lte=moment):
        if message.to == refused:
            _refuse(message, moment)
        else:
            deliver(message, moment)


def deliver(message: Message, moment: datetime) -> None:
    """Write a letter as if it had been sent back then; nothing leaves."""
    kind = kinds.kind_of(message.kind)
    message.attempts, message.claimed_at = 1, moment
    message.save(update_fields=["attempts", "claimed_at"])
    services.settle_sent(message, kind, kind.render(message), moment + TAKES)


def _refuse(message: Message, moment: datetime) -> None:
    Message.objects.filter(pk=message.pk).update(
        state=Message.State.FAILED, attempts=1, claimed_at=moment, reason="the mail server refused the address"
    )
