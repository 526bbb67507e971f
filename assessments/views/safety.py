"""Red flags: the runner's answers and what they ask of her, the coach's round before an assessment, the clearance."""

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from assessments import gate as gates
from assessments.care import care_for
from assessments.domain.rules import rules
from assessments.forms.coach import ClearanceForm
from assessments.forms.red_flags import FlareForm, RedFlagFields
from assessments.gate import Gate, Reason
from assessments.models import RedFlagCheck
from assessments.services import flares, safety
from assessments.services import intake as intakes
from assessments.services.safety import Outcome
from assessments.views.intake import STALE, is_under_age
from assessments.views.people import own_record, record_of
from clients import consent
from clients.models import Client
from clients.views.consenting import asks_about_health, closed
from studio.accounts.access import client_required, coach_required

FROM_SESSION = "session"  # ?session: the questions are answered in the middle of a session


@client_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def red_flags(request: HttpRequest) -> HttpResponse:
    """What stands for this runner; the questions once more when they are due, or when something has changed."""
    client = own_record(request)
    now = timezone.now()
    if (taken_back := consent.withdrawn_at(client)) is not None:
        gate = gates.gate_for(client, now)
        if request.method != "POST" and gate.closing:  # what stands can be read: it is what to do now
            return _outcome(request, client, gate)
        return closed(request, client, taken_back)
    if client.born_on is None or is_under_age(client, now) or not consent.has_consent(client):
        return redirect("assessments:intake")
    gate = gates.gate_for(client, now)
    if gate.reason is Reason.NOT_ASKED and intakes.intake_of(client).submitted_at is None:
        return redirect("assessments:intake")
    form = RedFlagFields(request.POST or None, age=client.age_on(client.local_date(now)) or 0, stamp=gate.stamp)
    if request.method == "POST":
        return _answer(request, client, gate, form, now)
    if gate.reason in (Reason.ANSWER_AGAIN, Reason.NOT_ASKED) or "again" in request.GET:
        return _questions(request, client, gate, form)
    return _outcome(request, client, gate)


def _answer(request: HttpRequest, client: Client, gate: Gate, form: RedFlagFields, now: datetime) -> HttpResponse:
    if not form.is_valid():
        return _questions(request, client, gate, form, status=422)
    source = RedFlagCheck.Source.FLARE if gate.allows_plan else RedFlagCheck.Source.INTAKE
    if FROM_SESSION in request.GET:
        source = RedFlagCheck.Source.SESSION
    answered = safety.answer_red_flags(
        client=client, answers=form.answers, source=source, by=request.user, now=now, form_key=form.key,
        stamp=form.cleaned_data["stamp"],
    )  # fmt: skip
    if answered.outcome is Outcome.STALE:
        if answered.gate.closing:
            return redirect("assessments:red_flags")
        again = RedFlagFields(initial=form.cleaned_data, age=form.age, stamp=answered.gate.stamp)
        again.initial.pop("form_key"), again.initial.pop("stamp")
        return _questions(request, client, answered.gate, again, status=422, problem=STALE)
    return redirect("assessments:red_flags")


def _questions(
    request: HttpRequest, client: Client, gate: Gate, form: RedFlagFields, *, status: int = 200, problem: str = ""
) -> HttpResponse:
    context = {
        "client": client,
        "coach": client.coach.user,
        "gate": gate,
        "form": form,
        "problem": problem,
        "from_session": FROM_SESSION in request.GET,
    }
    return render(request, "assessments/red_flags.html", context, status=status)


def _outcome(request: HttpRequest, client: Client, gate: Gate) -> HttpResponse:
    context = {
        "client": client,
        "coach": client.coach.user,
        "gate": gate,
        "care": care_for(gate.flags),
        "cautions": [flag for flag in rules().red_flags.red_flags if flag.id in gate.flags],
        "intake_goes_on": not gate.is_urgent and intakes.intake_of(client).submitted_at is None,
    }
    return render(request, "assessments/red_flags_outcome.html", context)


@client_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@asks_about_health
def flare(request: HttpRequest) -> HttpResponse:
    """ "My knee is angry today": the safety questions, then care or the kind next step; while it is on, what to do."""
    client = own_record(request)
    now = timezone.now()
    gate = gates.gate_for(client, now)
    if not gate.allows_plan:
        return redirect("assessments:red_flags")  # what stands comes first; it also knows who was never asked
    on = flares.open_flare(client)
    if on is not None and request.method != "POST" and "again" not in request.GET:
        return render(
            request, "assessments/flare_told.html", {"client": client, "coach": client.coach.user, "flare": on}
        )
    age = client.age_on(client.local_date(now)) or 0
    form = FlareForm(request.POST or None, age=age, stamp=gate.stamp)
    status, problem = 200, ""
    if request.method == "POST":
        status = 422
        if form.is_valid():
            answered = flares.report_flare(
                client=client, answers=form.answers, pain_nrs=form.cleaned_data["pain_nrs"], by=request.user, now=now,
                form_key=form.key, stamp=form.cleaned_data["stamp"],
            )  # fmt: skip
            if answered.outcome is not Outcome.STALE or answered.gate.closing:
                return redirect("assessments:flare")
            problem = STALE
            kept = {name: value for name, value in form.cleaned_data.items() if name not in ("form_key", "stamp")}
            form = FlareForm(initial=kept, age=age, stamp=answered.gate.stamp)
    context = {"client": client, "coach": client.coach.user, "form": form, "problem": problem}
    return render(request, "assessments/flare.html", context, status=status)


@client_required
@require_POST
@asks_about_health
def flare_over(request: HttpRequest) -> HttpResponse:
    """The knee is calm again. Pressed twice it is over once."""
    if flares.end_flare(client=own_record(request), now=timezone.now()):
        messages.success(request, "Good to hear. Begin gently; the days of the flare count for nothing, good or bad.")
    return redirect("front:me")


@coach_required
@require_http_methods(["GET", "HEAD", "POST"])
def clearance(request: HttpRequest, pk: int) -> HttpResponse:
    """What keeps the gate closed, and the form for what a clinician said."""
    client = record_of(request, pk)
    now = timezone.now()
    gate = gates.gate_for(client, now)
    form = ClearanceForm(request.POST or None, waiting=gate.closing)
    if request.method == "POST" and form.is_valid():
        try:
            safety.record_clearance(client=client, by=request.user, now=now, **form.cleaned_data)
        except safety.SeenTooEarly as problem:
            form.add_error("seen_on", str(problem))
        except safety.NothingToClear as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, "Clearance recorded.")
            return redirect("assessments:clearance", pk=client.pk)
    context = {
        "client": client,
        "gate": gate,
        "form": form,
        "rounds": [_told(check) for check in gate.closing],
        "history": RedFlagCheck.objects.filter(client=client)
        .select_related("answered_by", "cleared_by")
        .order_by("-answered_at", "-pk")[:20],
    }
    return render(request, "assessments/clearance.html", context, status=422 if form.errors else 200)


def _told(check: RedFlagCheck) -> dict:
    known = rules().red_flags.flag
    return {"check": check, "flags": [known[flag] for flag in check.flags if flag in known]}
