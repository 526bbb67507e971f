from celery import shared_task
from django.utils import timezone

from clients import alarms


@shared_task
def remind_of_alarms() -> None:
    """Beat, every ten minutes: mail again about alarms that nobody has taken over."""
    alarms.remind(now=timezone.now())
