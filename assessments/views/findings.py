"""Findings as they were told: the coach's list and report, and what the runner reads once they are shared."""

from collections.abc import Mapping

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from assessments import gate as gates
from assessments.domain.rules import rules
from assessments.domain.wording import CONTRIBUTORS
from assessments.forms.coach import OverruleForm
from assessments.gate import Gate
from assessments.models import Assessment, Overrule
from assessments.overrules import WITH_OVERRULES, Overruled, all_of, standing
from assessments.services import intake as intakes
from assessments.services import measuring as services
from assessments.services import overruling
from assessments.told import as_pdf, pdf_name, shown
from assessments.views.people import assessment_of, own_record, record_of
from clients.models import Client
from studio.accounts.access import client_required, coach_required, owned_or_404

RESULTS_WAIT = "Results wait until the clearance is in the record."


@coach_required
@require_safe
def assessment_list(request: HttpRequest, pk: int) -> HttpResponse:
    """All assessments of a runner, the intake, and what the gate says."""
    client = record_of(request, pk)
    gate = gates.gate_for(client, timezone.now())
    rows = list(
        Assessment.objects.filter(client=client)
        .select_related("made_by", "client")
        .prefetch_related(WITH_OVERRULES)
        .order_by("-measured_on", "-pk")
    )
    context = {
        "client": client,
        "gate": gate,
        "intake": intakes.intake_of(client),
        "open_one": next((row for row in rows if row.state == Assessment.State.OPEN), None),
        "assessments": [
            (row, *_in_short(row, standing(all_of(row)))) if gate.allows_testing else (row, [], RESULTS_WAIT)
            for row in rows
            if row.state == Assessment.State.DONE
        ],
    }
    return render(request, "assessments/list.html", context)


def _in_short(row: Assessment, decisions: Mapping[str, Overruled]) -> tuple[list[dict], str]:
    """The areas that stand out, as they were told or as the coach sees them, and the words for none.

    An untested area is no clear one.
    """
    areas = [area | {"overrule": decisions.get(area["id"])} for area in (row.sentences or {}).get("areas", [])]
    untested = [area["status"] == "not_enough_data" for area in areas]
    if all(untested):
        nothing = "Not enough data."
    else:
        nothing = "Nothing stands out in what was tested." if any(untested) else "Nothing stands out."
    return [area for area in areas if area["status"] in CONTRIBUTORS or area["overrule"]], nothing


@coach_required
@require_safe
def findings(request: HttpRequest, pk: int, assessment: int) -> HttpResponse:
    row = assessment_of(request, pk, assessment)
    if row.state != Assessment.State.DONE:
        return redirect("assessments:screen", pk=pk, assessment=assessment)
    return _page(request, row)


def waiting(request: HttpRequest, client: Client, gate: Gate) -> HttpResponse:
    """What stands in the place of results while the gate is closed: why, and what opens it."""
    return render(request, "assessments/findings_waiting.html", {"client": client, "gate": gate})


def _are_hidden(client: Client) -> bool:
    return not gates.gate_for(client, timezone.now()).allows_testing


def _page(
    request: HttpRequest,
    row: Assessment,
    *,
    form: OverruleForm | None = None,
    area: str = "",
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    """The report; with a form that was refused, opened at its area with what was typed.

    While a red flag waits for a clinician there is no report, for nobody.
    """
    gate = gates.gate_for(row.client, timezone.now())
    if not gate.allows_testing:
        return waiting(request, row.client, gate)
    context = shown(row) | {
        "statuses": [(value, label) for value, label in Overrule.Status.choices],
        "reason_length": overruling.REASON_LENGTH,
        "refused": {"area": area, "form": form, "problem": problem} if form else None,
    }  # fmt: skip
    return render(request, "assessments/findings.html", context, status=status)


@coach_required
@require_safe
def findings_pdf(request: HttpRequest, pk: int, assessment: int) -> HttpResponse:
    """The report as a PDF with the numbers of the page; a look at the record like the page."""
    row = assessment_of(request, pk, assessment)
    if row.state != Assessment.State.DONE:
        raise Http404
    if _are_hidden(row.client):
        return redirect("assessments:findings", pk=pk, assessment=assessment)
    return _pdf(row, for_coach=True)


def _pdf(row: Assessment, *, for_coach: bool) -> HttpResponse:
    named = content_disposition_header(True, pdf_name(row)) or "attachment"
    return HttpResponse(
        as_pdf(row, for_coach=for_coach), content_type="application/pdf", headers={"Content-Disposition": named}
    )


@coach_required
@require_POST
def overrule(request: HttpRequest, pk: int, assessment: int, area: str) -> HttpResponse:
    """The coach sees an area otherwise. Sent twice it is one; a second coach is told what stands."""
    row = assessment_of(request, pk, assessment)
    known = rules().battery.area.get(area)
    if known is None or not known.is_ranked or row.state != Assessment.State.DONE:
        raise Http404
    if _are_hidden(row.client):
        messages.error(request, RESULTS_WAIT)
        return redirect("assessments:findings", pk=pk, assessment=assessment)
    form = OverruleForm(request.POST)
    if not form.is_valid():
        return _page(request, row, form=form, area=area, status=422)
    try:
        overruling.overrule(assessment=row, area=area, by=request.user, now=timezone.now(), **form.cleaned_data)
    except overruling.CannotOverrule as problem:
        return _page(request, row, form=form, area=area, problem=str(problem), status=422)
    except overruling.ChangedMeanwhile as problem:
        return _page(request, row, form=form, area=area, problem=str(problem), status=409)
    messages.success(request, "Your view stands beside the tests, and the next plan takes it.")
    return redirect(f"{reverse('assessments:findings', kwargs={'pk': pk, 'assessment': assessment})}#{area}")


@coach_required
@require_POST
def overrule_withdraw(request: HttpRequest, pk: int, assessment: int, overrule: int) -> HttpResponse:
    row = assessment_of(request, pk, assessment)
    decision = get_object_or_404(Overrule.objects.select_related("assessment"), pk=overrule, assessment=row)
    if _are_hidden(row.client):
        messages.error(request, RESULTS_WAIT)
        return redirect("assessments:findings", pk=pk, assessment=assessment)
    if overruling.withdraw(overrule=decision, now=timezone.now()):
        messages.success(request, "Taken back. The area says what the tests say.")
    return redirect(f"{reverse('assessments:findings', kwargs={'pk': pk, 'assessment': assessment})}#{decision.area}")


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


def _shared_row(request: HttpRequest, assessment: int) -> Assessment:
    rows = Assessment.objects.select_related("client__coach__user")
    row = owned_or_404(rows, request, pk=assessment, client=own_record(request))
    if row.shared_at is None or row.state != Assessment.State.DONE:
        raise Http404
    return row


@client_required
@require_safe
def client_findings(request: HttpRequest, assessment: int) -> HttpResponse:
    """The runner's own page. While a red flag waits for a clinician, results wait too."""
    row = _shared_row(request, assessment)
    if _are_hidden(row.client):
        return redirect("assessments:red_flags")
    return render(request, "assessments/client_findings.html", shown(row))


@client_required
@require_safe
def client_findings_pdf(request: HttpRequest, assessment: int) -> HttpResponse:
    """The runner's own PDF, behind the same door as the page."""
    row = _shared_row(request, assessment)
    if _are_hidden(row.client):
        return redirect("assessments:red_flags")
    return _pdf(row, for_coach=False)
