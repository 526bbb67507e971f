"""The weekly check and the phase check, for the runner on her phone and for the coach beside her: one form for both."""

from datetime import date

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from assessments import gate as gates
from clients.models import Client
from clients.views.consenting import asks_about_health, writes_about_health
from programs import checking
from programs.check_forms import WeekForm, read_sheet, reading_name
from programs.domain import checks, consistency
from programs.domain.library import library
from programs.models import Program, WeekAnswer
from programs.services import checks as services
from programs.views.progress import own_record
from studio.accounts.access import client_required, coach_required, owned_or_404

NO_CONSENT = "Answers about health wait until the consent is given again."
NOT_WELL = "The tests wait until the knee is calm and any illness is over. What was entered is kept."
RESTS = "Training rests until a clinician has looked at it, and so do the tests."
OTHERWISE = "This was entered otherwise on another screen. What stands here now is that value."
WEEK_IS_OVER = (
    "That week is over. Here is the one that is on; what you chose is still here. Press Save if it holds now."
)
PILL = {"met": ("check", "Met"), "not_met": ("minus", "Not met"), "not_known": ("ellipsis", "Not known")}
PILL_RUNNER = {"met": "There", "not_met": "On the way", "not_known": "Not known yet"}


def _client(request, pk: int) -> Client:
    return owned_or_404(Client.objects.select_related("coach__user", "user"), request, pk=pk)


def _shell(is_runner: bool) -> str:
    return "shells/base_client.html" if is_runner else "shells/base_coach.html"


# --- the weekly check -------------------------------------------------------------------------------------------------


@client_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@asks_about_health
def my_week(request):
    return _week(request, own_record(request), is_runner=True)


@coach_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@writes_about_health
def client_week(request, pk):
    return _week(request, _client(request, pk), is_runner=False)


def _week_url(client: Client, is_runner: bool) -> str:
    return reverse("programs:my_week") if is_runner else reverse("programs:client_week", kwargs={"pk": client.pk})


def _week(request, client: Client, *, is_runner: bool) -> HttpResponse:
    now = timezone.now()
    today = client.local_date(now)
    if request.method != "POST":
        return _week_page(request, client, today, is_runner=is_runner)
    form = WeekForm(request.POST, client=client)
    if not form.is_valid():
        return _week_page(request, client, today, form=form, status=422, is_runner=is_runner)
    said = form.cleaned_data
    try:
        saved = services.save_week(
            client=client, week=said["week"], answers=form.answers(), barrier=said["barrier"], seen=said["seen"],
            by=request.user, now=now,
        )  # fmt: skip
    except services.ConsentMissing:
        messages.error(request, NO_CONSENT)
        return redirect("clients:consent") if is_runner else redirect(_week_url(client, is_runner))
    except services.WeekOver:
        form.data = form.data.copy()
        form.data["week"] = consistency.week_name(today)
        form.data["seen"] = ""  # nothing of the new week was seen
        form.add_error(None, WEEK_IS_OVER)
        return _week_page(request, client, today, form=form, status=409, is_runner=is_runner)
    except services.AnsweredOtherwise as problem:
        form.data = form.data.copy()
        form.data["seen"] = checking.stamp_of(problem.check)
        form.add_error(None, f"{problem} Yours is still here: press Save again to keep it instead.")
        return _week_page(request, client, today, form=form, status=409, is_runner=is_runner)
    messages.success(request, "Saved, thank you." if saved else "Nothing was answered, and that is fine.")
    return redirect("front:me") if is_runner else redirect(_week_url(client, is_runner))


def _week_page(request, client: Client, today, *, is_runner: bool, form=None, status: int = 200) -> HttpResponse:
    week = consistency.week_name(today)
    stands = checking.check_of_week(client, today)
    if form is None:
        barrier = WeekAnswer.objects.filter(client=client, week=week).values_list("barrier", flat=True).first() or ""
        initial = WeekForm.initial_of(stands.answers if stands else {}, barrier)
        form = WeekForm(initial=initial | {"week": week, "seen": checking.stamp_of(stands)}, client=client)
    context = {
        "client": client,
        "is_runner": is_runner,
        "shell": _shell(is_runner),
        "form": form,
        "pains": [form[name] for name in checking.PAINS],
        "goals": [form[name] for name in form.goals],
        "stands": stands,
        "first": consistency.monday_of(today),
        "last": services.week_ends_on(today),
        "earlier": []
        if is_runner
        else [
            (_monday(each.week), checking.told(each)) for each in checking.weekly_checks(client) if each.week != week
        ],
    }
    return render(request, "programs/checks/week.html", context, status=status)


def _monday(week: str) -> date:
    return date.fromisocalendar(int(week[:4]), int(week[6:]), 1)


# --- the phase check --------------------------------------------------------------------------------------------------


@client_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@asks_about_health
def my_phase_check(request):
    return _phase(request, own_record(request), is_runner=True)


@coach_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@writes_about_health
def client_phase_check(request, pk):
    return _phase(request, _client(request, pk), is_runner=False)


def _phase_url(client: Client, is_runner: bool) -> str:
    name, kwargs = ("my_phase_check", {}) if is_runner else ("client_phase_check", {"pk": client.pk})
    return reverse(f"programs:{name}", kwargs=kwargs)


def _phase(request, client: Client, *, is_runner: bool) -> HttpResponse:
    program = checking.running_program(client)
    if program is None:
        if is_runner or request.method == "POST":
            return redirect("front:me") if is_runner else redirect(_phase_url(client, is_runner))
        return render(request, "programs/checks/no_phase.html", {"client": client})
    if request.method != "POST":
        return _phase_page(request, program, is_runner=is_runner)
    sheet = read_sheet(program.phase, request.POST, request.POST.get("item", ""))
    if sheet.errors:
        if request.htmx:
            kept = checking.open_check(client)
            context = _count(program.phase, kept.answers if kept else {}) | {"problem": " ".join(sheet.errors.values())}
            return render(request, "programs/checks/_count.html", context, status=422)
        return _phase_page(request, program, is_runner=is_runner, errors=sheet.errors, typed=sheet.typed, status=422)
    now = timezone.now()
    try:
        saved = services.save_readings(program=program, changes=sheet.changes, by=request.user, now=now)
        if saved.conflicts:
            if request.htmx:
                messages.warning(request, OTHERWISE)
                return HttpResponse(headers={"HX-Refresh": "true"})
            errors = {reading_name(*key): OTHERWISE for key in saved.conflicts}
            return _phase_page(request, program, is_runner=is_runner, errors=errors, status=409)
        if request.htmx:
            return _saved(request, program, saved, now)
        if "close" not in request.POST:
            messages.success(request, "Saved. You can go on whenever you like.")
            return redirect(_phase_url(client, is_runner))
        services.close_check(program=program, by=request.user, now=now)
    except services.ConsentMissing:
        messages.error(request, NO_CONSENT)
        return _go(request, reverse("clients:consent") if is_runner else _phase_url(client, is_runner))
    except gates.GateClosed as problem:
        messages.error(request, RESTS if is_runner else str(problem))
        return _go(request, reverse("front:me") if is_runner else _phase_url(client, is_runner))
    except services.NotWell:
        messages.info(request, NOT_WELL)
        return _go(request, _phase_url(client, is_runner))
    except services.NothingTested:
        messages.info(request, "Nothing is entered yet. One test is enough to begin.")
        return redirect(_phase_url(client, is_runner))
    messages.success(
        request,
        "Kept. Your coach looks at it with you." if is_runner else "The check is closed. Nothing is signed by it.",
    )
    return redirect(_phase_url(client, is_runner))


def _go(request, address: str) -> HttpResponse:
    """To another page, also from a field that saves itself."""
    return HttpResponse(headers={"HX-Redirect": address}) if request.htmx else redirect(address)


def _saved(request, program: Program, saved: services.Saved, now) -> HttpResponse:
    """What a field that was saved by itself brings back: what stands in it, and how many tests have a value."""
    name = request.POST.get("item", "")
    answers = saved.check.answers if saved.check else {}
    stands = {
        reading_name(test, side, part): value
        for test, sides in answers.items() for side, cell in sides.items() for part, value in cell.items()
    }  # fmt: skip
    known = {
        reading_name(test.id, side, part)
        for test in checks.check_rules().tests_of(program.phase) for side in test.sides for part in ("value", "pain")
    }  # fmt: skip
    context = {"name": name if name in known else "", "value": stands.get(name, ""), **_count(program.phase, answers)}
    return render(request, "programs/checks/_saved.html", context)


def _count(phase: int, answers: dict) -> dict:
    cells = [
        answers.get(test.id, {}).get(side, {}) for test in checks.check_rules().tests_of(phase) for side in test.sides
    ]
    return {"entered": sum("value" in cell for cell in cells), "fields": len(cells)}


def _phase_page(
    request, program: Program, *, is_runner: bool, errors: dict[str, str] | None = None,
    typed: dict[str, str] | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    client, now = program.client, timezone.now()
    gate, stands = checking.phase_gate(program, now), gates.gate_for(client, now)
    is_unwell = checking.is_unwell(client, now)
    may_test = stands.allows_testing and not is_unwell
    open_check = gate.check if gate.check and gate.check.closed_at is None else None
    answers = open_check.answers if open_check else {}
    context = {
        "client": client,
        "program": program,
        "is_runner": is_runner,
        "shell": _shell(is_runner),
        "gate": gate,
        "rows": [
            (row, PILL[row.standing][0], PILL_RUNNER[row.standing] if is_runner else PILL[row.standing][1])
            for row in gate.rows
        ],
        "open_check": open_check,
        "closed": gate.check if gate.check and gate.check.closed_at else None,
        "gate_words": _why_not(stands, is_unwell=is_unwell, is_runner=is_runner),
        "tests": [
            _test(test, answers, errors or {}, typed or {})
            for test in (checks.check_rules().tests_of(program.phase) if may_test else ())
        ],
        "is_offered": may_test and checking.offers_phase_check(program, now),
        "address": _phase_url(client, is_runner),
        **_count(program.phase, answers),
    }
    return render(request, "programs/checks/phase.html", context, status=status)


def _why_not(stands: gates.Gate, *, is_unwell: bool, is_runner: bool) -> str:
    """Why nothing is tested now; "" = it may be."""
    if not stands.allows_testing:
        return RESTS if is_runner else stands.words
    return NOT_WELL if is_unwell else ""


def _test(test: checks.CheckTest, answers: dict, errors: dict[str, str], typed: dict[str, str]) -> dict:
    sides = []
    for side in test.sides:
        cell = answers.get(test.id, {}).get(side, {})
        value, pain = reading_name(test.id, side, "value"), reading_name(test.id, side, "pain")
        sides.append({
            "side": side,
            "label": "" if side == "both" else side.capitalize(),
            "value_name": value,
            "value": typed.get(value, cell.get("value", "")),
            "value_was": cell.get("value", ""),
            "value_error": errors.get(value, ""),
            "pain_name": pain,
            "pain": cell.get("pain"),
            "pain_was": cell.get("pain", ""),
            "pain_error": errors.get(pain, ""),
        })  # fmt: skip
    return {"test": test, "sides": sides, "exercise": library()[test.exercise] if test.exercise else None}
