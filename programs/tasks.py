from celery import shared_task
from django.utils import timezone

from programs.services import deciding, noting, publishing, returning


@shared_task
def plan_weekly_notes() -> None:
    noting.plan_weekly_notes(now=timezone.now())


@shared_task
def decide_due_sessions() -> None:
    deciding.stop_left(now=timezone.now())
    deciding.decide_due(now=timezone.now())
    deciding.keep_stops(now=timezone.now())


@shared_task
def top_up_schedules() -> None:
    publishing.top_up(now=timezone.now())
    returning.ease_due(now=timezone.now())
