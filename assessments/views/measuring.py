"""The sheet of an open assessment: every field is saved on its own; without script one button saves them all."""

from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from assessments import gate as gates
from assessments import sheet as sheets
from assessments.domain.battery import FieldTest
from assessments.domain.rules import rules
from assessments.forms import measurements as forms
from assessments.gate import Gate, GateClosed
from assessments.models import Assessment
from assessments.services import measuring as services
from assessments.views.people import assessment_of
from clients.models import Client
from studio.accounts.access import coach_required

LONGEST_NOTE = 4000  # characters
CLOSED = "This assessment was finished or discarded already."


@coach_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def screen(request: HttpRequest, pk: int, assessment: int) -> HttpResponse:
    row = assessment_of(request, pk, assessment)
    if row.state != Assessment.State.OPEN:
        return redirect("assessments:findings", pk=pk, assessment=assessment)
    try:
        posted = _save_sheet(request, row) if request.method == "POST" else None
    except services.NotOpen as problem:
        return _closed(request, row, problem)
    if posted and not posted.errors:
        messages.success(request, "Saved.")
        return redirect("assessments:screen", pk=pk, assessment=assessment)
    return _screen(request, row, posted)


def _closed(request: HttpRequest, row: Assessment, problem: services.NotOpen | str) -> HttpResponse:
    """Another tab finished or discarded the sheet a moment ago."""
    messages.info(request, str(problem))
    if Assessment.objects.filter(pk=row.pk).exists():
        return redirect("assessments:findings", pk=row.client_id, assessment=row.pk)
    return redirect("assessments:list", pk=row.client_id)


def _save_sheet(request: HttpRequest, row: Assessment) -> forms.Sheet:
    """Save what can be read; what cannot stays on the page as it was typed."""
    posted = forms.read_sheet(rules().battery.tests, request.POST)
    note = request.POST.get("note")
    if note is not None:
        note = note.replace("\0", "")
        if len(note) > LONGEST_NOTE:
            posted.errors["note"] = forms.Unreadable(f"At most {LONGEST_NOTE} characters, please.")
            posted.typed["note"], note = note, None
    services.save_readings(assessment=row, readings=posted.readings, note=note, now=timezone.now())
    return posted


def _screen(
    request: HttpRequest, row: Assessment, posted: forms.Sheet | None = None, *, problem: str = ""
) -> HttpResponse:
    try:
        gate, view = _draw(row, posted, timezone.now())
    except services.BasicsMissing as missing:
        messages.error(request, str(missing))
        return redirect("assessments:start", pk=row.client_id)
    context = {
        "client": row.client,
        "assessment": row,
        "gate": gate,
        "sheet": view,
        "note": posted.typed.get("note", row.note) if posted else row.note,
        "note_error": str(posted.errors["note"]) if posted and "note" in posted.errors else "",
        "problem": problem,
        "is_wrong": bool(posted and posted.errors),
    }
    is_wrong = problem or (posted and posted.errors)
    return render(request, "assessments/screen.html", context, status=422 if is_wrong else 200)


def _draw(row: Assessment, posted: forms.Sheet | None, now: datetime) -> tuple[Gate, sheets.SheetView]:
    client: Client = row.client
    gate = gates.gate_for(client, now)
    kept = list(row.measurements.all())
    request, result = services.find(services.request_of(client, row, kept, gate))
    view = sheets.draw(
        request=request,
        result=result if gate.allows_testing else None,
        rows=kept,
        battery=row.battery,
        previous=services.told_before(services.previous_of(row)),
        typed=posted.typed if posted else None,
        errors=posted.errors if posted else None,
    )
    return gate, view


@coach_required
@never_cache
@require_POST
def field(request: HttpRequest, pk: int, assessment: int, test: str, side: str) -> HttpResponse:
    """One field, saved when it changes: its chip, the difference of the sides, and the rail come back.

    A value that cannot be read is answered by 422 and changes nothing that was stored.
    """
    row = assessment_of(request, pk, assessment)
    known = rules().battery.test.get(test)
    if known is None or side not in known.sides or not known.is_entered:
        raise Http404
    if row.state != Assessment.State.OPEN:
        return redirect("assessments:findings", pk=pk, assessment=assessment)
    try:
        posted = _save_field(request, row, known, side)
    except services.NotOpen as problem:
        return _closed(request, row, problem)
    if not request.htmx:
        return (
            _screen(request, row, posted)
            if posted.errors
            else redirect("assessments:screen", pk=pk, assessment=assessment)
        )
    try:
        gate, view = _draw(row, posted, timezone.now())
    except services.BasicsMissing as missing:
        return HttpResponse(str(missing), status=422, content_type="text/plain")
    test_row = view.row(known.id)
    context = {
        "client": row.client,
        "assessment": row,
        "gate": gate,
        "sheet": view,
        "row": test_row,
        "cell": next(cell for cell in test_row.cells if cell.side == side),
        "group": view.group_of(known.id),
    }
    return render(request, "assessments/_field.html", context, status=422 if posted.errors else 200)


def _save_field(request: HttpRequest, row: Assessment, test: FieldTest, side: str) -> forms.Sheet:
    """Value or pain, whichever the request says it is."""
    posted, now = forms.Sheet(), timezone.now()
    part = request.POST.get("part", "value")
    name = forms.pain_name(test.id, side) if part == "pain" else forms.value_name(test.id, side)
    typed = request.POST.get(name, "")
    try:
        if part == "pain":
            services.save_pain(assessment=row, test=test.id, side=side, pain=forms.read_pain(typed), now=now)
        else:
            services.save_value(assessment=row, test=test.id, side=side, value=forms.read_value(test, typed), now=now)
    except forms.Unreadable as problem:
        posted.errors[name], posted.typed[name] = problem, typed
    return posted


@coach_required
@require_POST
def finish(request: HttpRequest, pk: int, assessment: int) -> HttpResponse:
    """Save what stands on the sheet, then find. The button sits on the same form, so nothing typed is left behind."""
    row = assessment_of(request, pk, assessment)
    if row.state != Assessment.State.OPEN:  # a second tap
        return redirect("assessments:findings", pk=pk, assessment=assessment)
    try:
        posted = _save_sheet(request, row)
    except services.NotOpen:  # a second tap
        return _closed(request, row, CLOSED)
    if posted.errors:
        return _screen(request, row, posted, problem="Some fields cannot be read yet. Everything else is saved.")
    try:
        services.finish_assessment(assessment=row, now=timezone.now())
    except services.NotOpen:
        return _closed(request, row, CLOSED)
    except GateClosed as problem:
        messages.error(request, f"{problem} What was measured is kept.")
        return redirect("assessments:clearance", pk=pk)
    except (services.NothingMeasured, services.BasicsMissing, services.ConsentMissing) as problem:
        return _screen(request, row, posted, problem=str(problem))
    return redirect("assessments:findings", pk=pk, assessment=assessment)


@coach_required
@require_POST
def discard(request: HttpRequest, pk: int, assessment: int) -> HttpResponse:
    row = assessment_of(request, pk, assessment)
    if services.discard(assessment=row):
        messages.success(request, "The open assessment is gone.")
        return redirect("assessments:list", pk=pk)
    return _closed(request, row, CLOSED)
