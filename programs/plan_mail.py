"""The runner is told that her plan is there, or that it changed and why."""

from django.template.loader import render_to_string

from clients import consent
from programs import links
from programs.models import Version
from studio.accounts.models import Studio
from studio.outbox.kinds import Kind, Letter, register
from studio.outbox.models import Message

NAME = "plan_published"


def _version(message: Message) -> Version | None:
    return (
        Version.objects.select_related("program__client__coach__user", "published_by")
        .filter(pk=message.data.get("version"))
        .first()
    )


def wanted(message: Message) -> str:
    version = _version(message)
    if version is None:
        return "the record is gone"
    if consent.withdrawn_at(version.program.client) is not None:
        return consent.WITHDRAWN
    if version.program.current_id != version.pk:
        return "a newer version was published before this was sent"
    return "the runner has seen it already" if version.read_at else ""


def render(message: Message) -> Letter:
    version = _version(message)
    client = version.program.client
    context = {
        "studio_name": Studio.current().name,
        "client": client,
        "coach": client.coach.user.get_short_name(),
        "by": version.published_by.get_short_name() if version.published_by else "",  # "" = a safety rule
        "is_first": version.number == 1,
        "reason": version.reason,
        "url": links.absolute("front:me"),
        "sessions": version.program.scheduledsessions.filter(
            state="planned", day__gte=client.local_date(message.due_at)
        ).order_by("day", "pk")[:3],
    }
    subject = "Your plan is here" if context["is_first"] else "Your plan has changed"
    return Letter(
        subject,
        render_to_string("email/programs/plan_published.txt", context),
        render_to_string("email/programs/plan_published.html", context),
    )


def register_kinds() -> None:
    register(Kind(NAME, "Plan published", render=render, wanted=wanted))
