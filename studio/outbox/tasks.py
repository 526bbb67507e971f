from celery import shared_task
from django.utils import timezone

from studio.outbox import services


@shared_task
def deliver(message_id: int) -> None:
    services.deliver(message_id=message_id, now=timezone.now())


@shared_task
def sweep() -> None:
    services.sweep(now=timezone.now())
    services.note_beat(now=timezone.now())
