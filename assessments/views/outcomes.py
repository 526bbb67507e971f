"""Outcome measures on the runner's phone and on the coach's desk: one form for both, saved answer by answer."""

from datetime import date, timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments import outcomes as reading
from assessments.domain import rounds
from assessments.domain.outcomes import Measure, outcomes
from assessments.forms import outcomes as forms
from assessments.rows import RunnerRows
from assessments.services import outcomes as services
from assessments.views.people import own_record, record_of
from clients.models import Client
from clients.views.consenting import asks_about_health, writes_about_health
from studio.accounts.access import client_required, coach_required

PUT_OFF = "outcomes_put_off_until"  # in the runner's session
NO_CONSENT = "Answers about health wait until the consent is given again."
OTHERWISE = "{} was answered otherwise on another screen. What stands here now is that answer."


def is_put_off(request: HttpRequest, today: date) -> bool:
    """Whether this runner said "not now" a short while ago on this device."""
    return str(request.session.get(PUT_OFF, "")) > today.isoformat()


@client_required
@require_safe
@never_cache
def my_outcomes(request: HttpRequest) -> HttpResponse:
    client = own_record(request)
    now = timezone.now()
    rows = RunnerRows(client, now)
    is_asked = rows.standing.taken_back is None
    context = {
        "client": client,
        "is_asked": is_asked,
        "trends": reading.trends_of(client, now, rows),
        "round": reading.round_due(client, now, rows) if is_asked else None,
        "next_on": _next_on(rows),
        "slow": reading.slow_recovery_of(client, now, rows),
    }
    return render(request, "assessments/outcomes/mine.html", context)


@client_required
@require_POST
@asks_about_health
def put_off(request: HttpRequest) -> HttpResponse:
    """Not now: the questions leave her page for a few days. Nobody is told. Pressing twice is pressing once."""
    client = own_record(request)
    until = client.local_date(timezone.now()) + timedelta(days=reading.PUT_OFF_DAYS)
    request.session[PUT_OFF] = until.isoformat()
    return redirect("front:me")


@client_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@asks_about_health
def my_measure(request: HttpRequest, measure: str) -> HttpResponse:
    return _measure(request, own_record(request), measure, is_runner=True)


@coach_required
@require_safe
@never_cache
def client_outcomes(request: HttpRequest, pk: int) -> HttpResponse:
    return _overview(request, record_of(request, pk))


def _overview(request: HttpRequest, client: Client, total: dict | None = None) -> HttpResponse:
    now = timezone.now()
    rows = RunnerRows(client, now)
    context = {
        "client": client,
        "trends": reading.trends_of(client, now, rows),
        "round": reading.round_due(client, now, rows),
        "next_on": _next_on(rows),
        "slow": reading.slow_recovery_of(client, now, rows),
        "asked": [outcomes().measure[measure] for measure in reading.ROUND],
        "totals": [
            {"measure": measure, "error": "", "typed": ""} | (total if total and total["id"] == measure.id else {})
            for measure in outcomes().measures
            if not measure.items
        ],
        "measures": outcomes().measures,
    }
    return render(request, "assessments/outcomes/client.html", context, status=422 if total else 200)


def _next_on(rows: RunnerRows) -> date | None:
    return rounds.next_on(outcomes().measure["akps"].schedule.weeks, reading.start_from(rows), rows.today)


@coach_required
@require_POST
@writes_about_health
def enter_total(request: HttpRequest, pk: int, measure: str) -> HttpResponse:
    """A total from paper. A second one of the same day corrects the first."""
    client = record_of(request, pk)
    asked = _known(measure)
    if asked.items:
        raise Http404
    typed = request.POST.get("total", "")
    try:
        report = services.enter_total(
            client=client, measure=measure, total=forms.read_total(asked, typed), by=request.user, now=timezone.now()
        )
    except forms.Unreadable as problem:
        return _overview(request, client, {"id": measure, "error": str(problem), "typed": typed[:40]})
    except services.ConsentMissing:
        messages.error(request, NO_CONSENT)
    else:
        messages.success(request, f"{asked.name}: {report.total:g} kept for {report.measured_on:%-d %B}.")
    return redirect("assessments:client_outcomes", pk=pk)


@coach_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@writes_about_health
def client_measure(request: HttpRequest, pk: int, measure: str) -> HttpResponse:
    return _measure(request, record_of(request, pk), measure, is_runner=False)


def _known(measure: str) -> Measure:
    try:
        return outcomes().measure[measure]
    except KeyError:
        raise Http404 from None


def _measure(request: HttpRequest, client: Client, measure: str, *, is_runner: bool) -> HttpResponse:
    """The form of one measure. Script saves each answer by itself; the buttons save all of them."""
    asked = _known(measure)
    if not asked.items:
        raise Http404
    if request.method != "POST":
        return _form(request, client, asked, is_runner=is_runner)
    posted = forms.read_answers(asked, request.POST, request.POST.get("item", ""))
    if posted.errors and request.htmx:
        report = reading.open_report(client, measure)
        context = _state(client, asked, report.answers if report else {}) | {
            "problem": " ".join(posted.errors.values())
        }
        return render(request, "assessments/outcomes/_state.html", context, status=422)
    if posted.errors:
        return _form(request, client, asked, is_runner=is_runner, errors=posted.errors)
    now = timezone.now()
    try:
        saved = services.save_answers(client=client, measure=measure, changes=posted.changes, by=request.user, now=now)
    except services.ConsentMissing:
        messages.error(request, NO_CONSENT)
        there = (
            reverse("clients:consent")
            if is_runner
            else reverse("assessments:client_outcomes", kwargs={"pk": client.pk})
        )
        return HttpResponse(headers={"HX-Redirect": there}) if request.htmx else redirect(there)
    if saved.conflicts:
        conflicts = {field: OTHERWISE.format(asked.item[field].label) for field in saved.conflicts}
        if request.htmx:  # the page comes again with what stands, and says so
            messages.warning(request, " ".join(conflicts.values()))
            return HttpResponse(headers={"HX-Refresh": "true"})
        return _form(request, client, asked, is_runner=is_runner, conflicts=conflicts)
    if request.htmx:
        item = asked.item.get(request.POST.get("item", ""))
        context = _state(client, asked, saved.report.answers if saved.report else {}) | {"item": item}
        return render(request, "assessments/outcomes/_saved.html", context)
    return _finished(request, client, asked, is_runner=is_runner)


def _finished(request: HttpRequest, client: Client, asked: Measure, *, is_runner: bool) -> HttpResponseRedirect:
    back = _address(client, asked, is_runner=is_runner)
    if "finish" not in request.POST:
        messages.success(request, "Saved. You can go on whenever you like.")
        return redirect(back)
    now = timezone.now()
    try:
        report = services.finish(client=client, measure=asked.id, by=request.user, now=now)
    except services.Incomplete as problem:
        left = len(problem.fields)
        messages.info(
            request, f"{left} {'question is' if left == 1 else 'questions are'} still open. Everything else is kept."
        )
        return redirect(f"{back}?open#{problem.fields[0]}" if asked.has_total else back)
    said = f"{asked.name}: {report.total:g}." if report.total is not None else "Thank you, kept."
    messages.success(request, said)
    due = reading.round_due(client, now)
    if due is not None:
        return redirect(_address(client, outcomes().measure[due.next_measure], is_runner=is_runner))
    return redirect("assessments:my_outcomes") if is_runner else redirect("assessments:client_outcomes", pk=client.pk)


def _address(client: Client, asked: Measure, *, is_runner: bool) -> str:
    if is_runner:
        return reverse("assessments:my_measure", kwargs={"measure": asked.id})
    return reverse("assessments:client_measure", kwargs={"pk": client.pk, "measure": asked.id})


def _state(client: Client, asked: Measure, answers: dict) -> dict:
    missing = reading.missing_of(asked, answers)
    return {
        "client": client,
        "measure": asked,
        "answers": answers,
        "answered": len(asked.round_items) - len(missing),
        "count": len(asked.round_items),
        "missing": missing,
    }


def _form(
    request: HttpRequest, client: Client, asked: Measure, *, is_runner: bool,
    errors: dict[str, str] | None = None, conflicts: dict[str, str] | None = None,
) -> HttpResponse:  # fmt: skip
    report = reading.open_report(client, asked.id)
    answers = report.answers if report else {}
    state = _state(client, asked, answers)
    told = (errors or {}) | (conflicts or {})
    context = state | {
        "is_runner": is_runner,
        "shell": "shells/base_client.html" if is_runner else "shells/base_coach.html",
        "report": report,
        "items": [
            {
                "item": item,
                "options": [
                    {
                        "points": option.points,
                        "text": option.text,
                        "is_chosen": answers.get(item.field) == option.points,
                    }
                    for option in item.options
                ],
                "chosen": answers.get(item.field),
                "error": told.get(item.field, ""),
                "is_open": "open" in request.GET and item.field in state["missing"],
            }
            for item in asked.round_items
        ],
        "address": _address(client, asked, is_runner=is_runner),
        "back": reverse("assessments:my_outcomes")
        if is_runner
        else reverse("assessments:client_outcomes", kwargs={"pk": client.pk}),
    }
    return render(
        request, "assessments/outcomes/measure.html", context, status=409 if conflicts else 422 if errors else 200
    )
