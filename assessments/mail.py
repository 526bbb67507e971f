"""The kinds of message this app sends. None of them says anything about health: that stays behind the sign-in."""

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from assessments.models import Assessment
from clients import consent
from clients.models import Client
from studio.outbox.kinds import Kind, Letter, register
from studio.outbox.models import Message

ERASED = "the record was erased"


def _client(message: Message) -> Client | None:
    return Client.objects.select_related("coach__user").filter(pk=message.data.get("client")).first()


def _intake_wanted(message: Message) -> str:
    client = _client(message)
    if client is None:
        return ERASED
    return "" if consent.withdrawn_at(client) is None else consent.WITHDRAWN


def _render_intake(message: Message) -> Letter:
    client = _client(message)
    if client is None:
        raise LookupError(ERASED)
    words = {
        "coach": client.coach.user.get_short_name(),
        "runner": client.name,
        "first_name": client.first_name,
        "url": settings.SITE_URL + reverse("assessments:list", kwargs={"pk": client.pk}),
    }
    return Letter(
        f"{client.name} has filled in the intake", render_to_string("email/assessments/intake_done.txt", words)
    )


def _assessment(message: Message) -> Assessment | None:
    rows = Assessment.objects.select_related("client__coach__user", "client__user")
    return rows.filter(pk=message.data.get("assessment")).first()


def _findings_wanted(message: Message) -> str:
    assessment = _assessment(message)
    if assessment is None:
        return ERASED
    if consent.withdrawn_at(assessment.client) is not None:
        return consent.WITHDRAWN
    return "" if assessment.shared_at else "the findings are not shared"


def _render_findings(message: Message) -> Letter:
    assessment = _assessment(message)
    if assessment is None:
        raise LookupError(ERASED)
    words = {
        "first_name": assessment.client.first_name,
        "coach": assessment.client.coach.user.name,
        "measured_on": assessment.measured_on,
        "url": settings.SITE_URL + reverse("assessments:client_findings", kwargs={"assessment": assessment.pk}),
    }
    return Letter("Your assessment is ready to read", render_to_string("email/assessments/findings_shared.txt", words))


INTAKE_DONE = Kind("intake_done", "Intake filled in", _render_intake, _intake_wanted)
FINDINGS_SHARED = Kind("findings_shared", "Findings shared", _render_findings, _findings_wanted)


def register_kinds() -> None:
    register(INTAKE_DONE)
    register(FINDINGS_SHARED)
