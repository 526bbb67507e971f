"""Before an assessment: what the record lacks, the red flags anew, what speaks against testing today, then the battery."""

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from assessments import gate as gates
from assessments import selection
from assessments.domain.eligibility import contraindications
from assessments.domain.rules import rules
from assessments.forms.coach import BasicsForm, ChoiceForm, StartForm, TodayForm
from assessments.models import Assessment
from assessments.offer import offer
from assessments.queries import open_assessment, was_sent
from assessments.services import measuring
from assessments.services.safety import Outcome
from assessments.views.intake import STALE
from assessments.views.people import assessment_of, record_of
from clients import consent
from clients.models import Client
from clients.views.consenting import writes_about_health
from studio.accounts.access import coach_required

RETEST = Assessment.Battery.RETEST


@coach_required
@require_http_methods(["GET", "HEAD", "POST"])
@writes_about_health
def start(request: HttpRequest, pk: int) -> HttpResponse:
    """Before every assessment: what the record lacks, then the red flags anew and what speaks against testing today."""
    client = record_of(request, pk)
    now = timezone.now()
    today = client.local_date(now)
    basics = BasicsForm(
        request.POST if request.POST.get("step") == "basics" else None,
        client=client,
        today=today,
        has_consent=consent.has_consent(client),
    )
    if basics.fields:
        return _basics(request, client, basics, now)
    gate = gates.gate_for(client, now)
    if gate.closing:
        return redirect("assessments:clearance", pk=client.pk)
    if unfinished := open_assessment(client):
        if was_sent(client, request.POST.get("form_key", "")):  # the same form once more: the same assessment
            return _to_choice(request, unfinished)
        context = {"client": client, "assessment": unfinished}
        return render(request, "assessments/start_unfinished.html", context)
    age, ages = client.age_on(today), rules().scheme.runner_age
    if age is None or not ages.min <= age <= ages.max:
        messages.error(request, f"The tests and their reference values are for {ages.min} to {ages.max} years.")
        return redirect("assessments:list", pk=client.pk)
    asked = request.POST if request.POST.get("step") == "red_flags" else None
    form, day = StartForm(asked, age=age, stamp=gate.stamp), TodayForm(asked, prefix="today")
    problem = ""
    if asked and form.is_valid() and day.is_valid():
        answered, assessment = measuring.begin_assessment(
            client=client, answers=form.answers, by=request.user, now=now, form_key=form.key,
            stamp=form.cleaned_data["stamp"], today=day.today,
        )  # fmt: skip
        if assessment is not None:
            return _to_choice(request, assessment)
        if answered.outcome is not Outcome.STALE or answered.gate.closing:
            if not answered.gate.allows_testing:
                return redirect("assessments:clearance", pk=client.pk)
            if reason := selection.nothing_today(day.today):
                return render(request, "assessments/start_not_today.html", {"client": client, "reason": reason})
            return redirect("assessments:list", pk=client.pk)  # sent once more, and what it opened is finished
        problem = STALE
        kept = {name: value for name, value in form.cleaned_data.items() if name not in ("form_key", "stamp")}
        form = StartForm(initial=kept, age=age, stamp=answered.gate.stamp)
    context = {"client": client, "form": form, "today": day, "gate": gate, "problem": problem}
    is_wrong = form.errors or day.errors or problem
    return render(request, "assessments/start.html", context, status=422 if is_wrong else 200)


def _basics(request: HttpRequest, client: Client, form: BasicsForm, now: datetime) -> HttpResponse:
    if form.is_bound and form.is_valid():
        fields = dict(form.cleaned_data)
        measuring.complete_basics(client=client, has_agreed=fields.pop("consent", False), fields=fields, now=now)
        return redirect(request.get_full_path())
    context = {"client": client, "form": form, "consent_text": consent.TEXT}
    return render(request, "assessments/start_basics.html", context, status=422 if form.errors else 200)


def _to_choice(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    to = redirect("assessments:choose", pk=assessment.client_id, assessment=assessment.pk)
    if request.GET.get("battery") == RETEST:
        to["Location"] += f"?battery={RETEST}"
    return to


@coach_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@writes_about_health
def choose(request: HttpRequest, pk: int, assessment: int) -> HttpResponse:
    """Which tests, with their minutes and kit; while the sheet is open the choice can be changed, and no value is lost."""
    row = assessment_of(request, pk, assessment)
    if row.state != Assessment.State.OPEN:
        return redirect("assessments:findings", pk=pk, assessment=assessment)
    now = timezone.now()
    gate = gates.gate_for(row.client, now)
    if not gate.allows_testing:
        return redirect("assessments:clearance", pk=pk)
    today_offer = offer(row, gate, wanted=request.GET.get("battery", ""))
    is_warm = bool(row.today.get("warmed_up"))
    form = ChoiceForm(request.POST or None, offer=today_offer, initial={"warmed_up": is_warm})
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data
        try:
            measuring.choose_tests(assessment=row, battery=chosen["battery"], tests=chosen["tests"], now=now)
        except (measuring.NotOpen, measuring.NothingToTest) as problem:
            form.add_error(None, str(problem))
        else:
            return redirect("assessments:screen", pk=pk, assessment=assessment)
    context = {
        "client": row.client,
        "assessment": row,
        "offer": today_offer.ticked(request.POST.getlist("tests"), request.POST.get("battery", ""))
        if request.method == "POST"
        else today_offer,
        "form": form,
        "warm_up_s": int(contraindications().warm_up.value * 60),
        "has_begun": bool(row.tests),
    }
    return render(request, "assessments/choose.html", context, status=422 if form.errors else 200)
