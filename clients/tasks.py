from celery import shared_task
from django.utils import timezone

from clients import alarms


@shared_task
def remind_of_alarms() -> None:
    alarms.remind(now=timezone.now())
