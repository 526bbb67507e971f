from celery import shared_task
from django.utils import timezone

from studio.outbox import services


@shared_task
def deliver(message_id: int) -> None:
    """Send one message if it is due; nothing happens when somebody else has it."""
    services.deliver(message_id=message_id, now=timezone.now())


@shared_task
def sweep() -> None:
    """Beat, once a minute: send what is due, and note that beat lives."""
    services.sweep(now=timezone.now())
    services.note_beat(now=timezone.now())
