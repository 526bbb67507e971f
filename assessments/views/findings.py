"""Findings as they were told: the coach's list and report, and what the runner reads once they are shared."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from assessments import gate as gates
from assessments.domain.wording import CONTRIBUTORS
from assessments.models import Assessment
from assessments.services import intake as intakes
from assessments.services import measuring as services
from assessments.sheet import draw_body
from assessments.views.people import assessment_of, own_record, record_of
from studio.accounts.access import client_required, coach_required, owned_or_404


@coach_required
@require_safe
def assessment_list(request: HttpRequest, pk: int) -> HttpResponse:
    """All assessments of a runner, the intake, and what the gate says."""
    client = record_of(request, pk)
    rows = list(Assessment.objects.filter(client=client).select_related("made_by").order_by("-measured_on", "-pk"))
    context = {
        "client": client,
        "gate": gates.gate_for(client, timezone.now()),
        "intake": intakes.intake_of(client),
        "open_one": next((row for row in rows if row.state == Assessment.State.OPEN), None),
        "assessments": [(row, *_in_short(row)) for row in rows if row.state == Assessment.State.DONE],
    }
    return render(request, "assessments/list.html", context)


def _in_short(row: Assessment) -> tuple[list[dict], str]:
    """The areas that stand out, as they were told, and the words for none; an untested area is no clear one."""
    areas = (row.sentences or {}).get("areas", [])
    untested = [area["status"] == "not_enough_data" for area in areas]
    if all(untested):
        nothing = "Not enough data."
    else:
        nothing = "Nothing stands out in what was tested." if any(untested) else "Nothing stands out."
    return [area for area in areas if area["status"] in CONTRIBUTORS], nothing


@coach_required
@require_safe
def findings(request: HttpRequest, pk: int, assessment: int) -> HttpResponse:
    row = assessment_of(request, pk, assessment)
    if row.state != Assessment.State.DONE:
        return redirect("assessments:screen", pk=pk, assessment=assessment)
    gate = gates.gate_for(row.client, timezone.now())
    return render(request, "assessments/findings.html", _told(row) | {"gate": gate})


def _told(row: Assessment) -> dict:
    told = row.sentences or {}
    return {
        "client": row.client,
        "coach": row.client.coach.user,
        "assessment": row,
        "told": told,
        "body": draw_body(told.get("map", {}), told.get("painful", [])),
    }


@coach_required
@require_POST
def share(request: HttpRequest, pk: int, assessment: int) -> HttpResponse:
    row = assessment_of(request, pk, assessment)
    gate = gates.gate_for(row.client, timezone.now())
    if not gate.allows_testing:
        messages.error(request, f"{gate.words} Results wait until then.")
    elif services.share(assessment=row, now=timezone.now()):
        messages.success(request, f"{row.client.first_name} can read it now.")
    return redirect("assessments:findings", pk=pk, assessment=assessment)


@client_required
@require_safe
def client_findings(request: HttpRequest, assessment: int) -> HttpResponse:
    """The runner's own page. While a red flag waits for a clinician, results wait too."""
    client = own_record(request)
    rows = Assessment.objects.select_related("client__coach__user")
    row = owned_or_404(rows, request, pk=assessment, client=client)
    if row.shared_at is None or row.state != Assessment.State.DONE:
        raise Http404
    if not gates.gate_for(client, timezone.now()).allows_testing:
        return redirect("assessments:red_flags")
    return render(request, "assessments/client_findings.html", _told(row))
