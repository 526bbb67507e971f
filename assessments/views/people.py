"""Whose record a page is about."""

from django.http import HttpRequest

from assessments.models import Assessment
from clients import consent
from clients.models import Client
from studio.accounts.access import owned_or_404

WITH_PEOPLE = Client.objects.select_related("coach__user", "user")
WITH_CONSENT = Assessment.objects.select_related("client__coach__user", "client__user").annotate(
    consent_taken_back=consent.withdrawal_of("client")
)


def record_of(request: HttpRequest, pk: int) -> Client:
    """A runner of the signed-in coach, or 404."""
    return owned_or_404(WITH_PEOPLE, request, pk=pk)


def own_record(request: HttpRequest) -> Client:
    """The signed-in runner's own record, or 404."""
    return owned_or_404(WITH_PEOPLE, request, user=request.user)


def assessment_of(request: HttpRequest, pk: int, assessment: int) -> Assessment:
    """An assessment of this runner of the signed-in coach, or 404; beside it when she took her consent back, if she did."""
    return owned_or_404(WITH_CONSENT, request, pk=assessment, client_id=pk)
