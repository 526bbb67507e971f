"""The sheet of an open assessment: every field is saved on its own; without script one button saves what was changed."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from assessments import gate as gates
from assessments import selection
from assessments import sheet as sheets
from assessments.domain.rules import rules
from assessments.forms import measurements as forms
from assessments.gate import Gate, GateClosed
from assessments.models import Assessment, Measurement
from assessments.services import measuring as services
from assessments.views.people import assessment_of
from clients.views.consenting import closed_to_coach, writes_about_health
from studio.accounts.access import coach_required

CLOSED = "This assessment was finished or discarded already."
WRONG, CHANGED, GONE = 422, 409, 410
LOAD_ANEW = 205  # saved, and the page has other rows now


@coach_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@writes_about_health
def screen(request: HttpRequest, pk: int, assessment: int) -> HttpResponse:
    row = assessment_of(request, pk, assessment)
    if row.state != Assessment.State.OPEN:
        return redirect("assessments:findings", pk=pk, assessment=assessment)
    if request.method != "POST":
        return _screen(request, row)
    try:
        posted, saved = _save_sheet(request, row)
    except services.NotOpen as problem:
        return _closed(request, row, problem)
    if posted.is_clean:
        messages.success(request, "Saved.")
        return redirect("assessments:screen", pk=pk, assessment=assessment)
    return _screen(request, row, posted, saved)


def _closed(request: HttpRequest, row: Assessment, problem: services.NotOpen | str) -> HttpResponse:
    """Another tab finished or discarded the sheet a moment ago. A single field is told so where it was typed."""
    if request.htmx:
        return HttpResponse(str(problem), status=GONE, content_type="text/plain")
    messages.info(request, str(problem))
    if Assessment.objects.filter(pk=row.pk).exists():
        return redirect("assessments:findings", pk=row.client_id, assessment=row.pk)
    return redirect("assessments:list", pk=row.client_id)


def _save_sheet(request: HttpRequest, row: Assessment) -> tuple[forms.Sheet, services.Saved]:
    """Save what can be read and nobody changed meanwhile; the rest stays on the page as it was typed."""
    posted = forms.read_sheet(rules().battery.tests, request.POST)
    saved = services.save_readings(
        assessment=row, readings=posted.readings, note=posted.note, now=timezone.now(), by=request.user,
        seen=posted.seen, note_seen=posted.note_seen,
    )  # fmt: skip
    sheets.told_conflicts(saved, posted, request.user)
    return posted, saved


def _screen(
    request: HttpRequest,
    row: Assessment,
    posted: forms.Sheet | None = None,
    saved: services.Saved | None = None,
    *,
    problem: str = "",
) -> HttpResponse:
    gate = saved.gate if saved else gates.gate_for(row.client, timezone.now())
    try:
        view = _draw(row, saved.rows if saved else list(row.measurements.all()), posted, gate)
    except services.BasicsMissing as missing:
        messages.error(request, str(missing))
        return redirect("assessments:start", pk=row.client_id)
    context = {
        "client": row.client,
        "assessment": row,
        "gate": gate,
        "sheet": view,
        "problem": problem,
        "is_wrong": bool(posted and posted.errors),
        "is_changed": bool(posted and posted.conflicts),
    }
    return render(request, "assessments/screen.html", context, status=_status(posted, problem))


def _status(posted: forms.Sheet | None, problem: str = "") -> int:
    if problem or (posted and posted.errors):
        return WRONG
    return CHANGED if posted and posted.conflicts else 200


def _draw(row: Assessment, rows: list[Measurement], posted: forms.Sheet | None, gate: Gate) -> sheets.SheetView:
    return sheets.draw(
        assessment=row,
        request=services.read_request(services.request_of(row.client, row, rows, gate)),
        rows=rows,
        finds=gate.allows_testing,
        previous=services.told_before(services.previous_of(row)),
        posted=posted,
        left_out=selection.left_out_now(row, gate),
    )


@coach_required
@never_cache
@require_POST
def field(request: HttpRequest, pk: int, assessment: int, test: str, side: str) -> HttpResponse:
    """One field, saved when it changes: its chip, the difference of the sides, and the rail come back."""
    row = assessment_of(request, pk, assessment)
    if row.consent_taken_back is not None:  # read with the row: a field is saved at every change
        return closed_to_coach(request, row.client, row.consent_taken_back)
    known = rules().battery.test.get(test)
    if known is None or side not in known.sides or not known.is_entered:
        raise Http404("no such field")
    part = "pain" if request.POST.get("part") == "pain" else "value"
    name, now, posted = forms.part_name(test, side, part), timezone.now(), forms.Sheet()
    typed, seen = request.POST.get(name, "").replace("\0", ""), request.POST.getlist(forms.was_name(name))
    forms.read_into(posted, known, side, part, typed, seen)
    try:
        if row.state != Assessment.State.OPEN:
            raise services.NotOpen(CLOSED)
        saved = services.save_readings(
            assessment=row, readings=posted.readings, note=None, now=now, by=request.user, seen=posted.seen
        )
    except services.NotOpen as problem:
        return _closed(request, row, problem)
    sheets.told_conflicts(saved, posted, request.user)
    view = _draw(row, saved.rows, posted, saved.gate)
    test_row = view.row(known.id) if known.id in view.states else None
    if test_row is None:  # the last value of a test that is planned no more was taken back
        if request.htmx:
            return HttpResponse(status=LOAD_ANEW)
        return redirect("assessments:screen", pk=pk, assessment=assessment)
    context = {
        "client": row.client,
        "assessment": row,
        "gate": saved.gate,
        "sheet": view,
        "row": test_row,
        "cell": next(cell for cell in test_row.cells if cell.side == side),
        "group": view.group_of(known.id),
    }
    return render(request, "assessments/_field.html", context, status=_status(posted))


@coach_required
@never_cache
@require_POST
@writes_about_health
def note(request: HttpRequest, pk: int, assessment: int) -> HttpResponse:
    """The coach's note, saved as it is left."""
    row = assessment_of(request, pk, assessment)
    posted, now = forms.Sheet(), timezone.now()
    forms.read_note_into(posted, request.POST)
    try:
        if row.state != Assessment.State.OPEN:
            raise services.NotOpen(CLOSED)
        saved = services.save_readings(
            assessment=row, readings={}, note=posted.note, now=now, by=request.user,
            note_seen=posted.note_seen,
        )  # fmt: skip
    except services.NotOpen as problem:
        return _closed(request, row, problem)
    sheets.told_conflicts(saved, posted, request.user)
    told = sheets.told_note(row, posted, now)
    return render(request, "assessments/_note.html", {"told": told}, status=_status(posted))


@coach_required
@require_POST
@writes_about_health
def finish(request: HttpRequest, pk: int, assessment: int) -> HttpResponse:
    """Save what stands on the sheet, then find. The button sits on the same form, so nothing typed is left behind."""
    row = assessment_of(request, pk, assessment)
    if row.state != Assessment.State.OPEN:  # a second tap
        return redirect("assessments:findings", pk=pk, assessment=assessment)
    try:
        posted, saved = _save_sheet(request, row)
    except services.NotOpen:  # a second tap
        return _closed(request, row, CLOSED)
    if posted.errors:
        return _screen(request, row, posted, saved, problem="Some fields cannot be read yet. Everything else is saved.")
    if posted.conflicts:
        return _screen(request, row, posted, saved)
    try:
        services.finish_assessment(assessment=row, now=timezone.now())
    except services.NotOpen:
        return _closed(request, row, CLOSED)
    except GateClosed as problem:
        messages.error(request, f"{problem} What was measured is kept.")
        return redirect("assessments:clearance", pk=pk)
    except (services.NothingMeasured, services.BasicsMissing, services.ConsentMissing) as problem:
        return _screen(request, row, posted, saved, problem=str(problem))
    return redirect("assessments:findings", pk=pk, assessment=assessment)


@coach_required
@require_POST
def discard(request: HttpRequest, pk: int, assessment: int) -> HttpResponse:
    row = assessment_of(request, pk, assessment)
    if services.discard(assessment=row):
        messages.success(request, "The open assessment is gone.")
        return redirect("assessments:list", pk=pk)
    return _closed(request, row, CLOSED)
