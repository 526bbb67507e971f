"""The session on a phone: one exercise at a time. Links and plain forms; script only makes them quicker."""

from collections.abc import Callable
from functools import wraps
from uuid import uuid4

from django.contrib import messages
from django.db.models import Max
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments import gate
from clients import consent
from clients.views import consenting
from programs.domain.library import library
from programs.forms import (
    BeforeForm,
    LineForm,
    PlaceForm,
    RestForm,
    SetForm,
    SkipForm,
    StopForm,
    WrapUpForm,
    whole_number,
)
from programs.models import LineLog, ScheduledSession
from programs.services import deciding, returning, training
from programs.steps import last_time, steps_of
from studio.accounts.access import client_required, owned_or_404

LONGEST_MIN = 150  # of a session that is shown as one
TO_LOG = (
    ScheduledSession.objects.select_related("program__client")
    .with_version_number()
    .annotate(consent_taken_back=consent.withdrawal_of("program__client"))
)
TO_RUN = TO_LOG.select_related("program__client__coach__user")
TO_SHOW = returning.with_days_away(TO_RUN)


def is_behind_the_gate(session: ScheduledSession) -> bool:
    """True when a red flag stands open: no loading, whatever the plan says (R-F4). What was done can still be logged."""
    client = session.program.client
    return not gate.gate_for(client, timezone.now()).allows_plan


def own_session(rows):
    """Pass the runner's own session of the address to a view that asks or keeps something of her: not without consent."""

    def decorator(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def wrapper(request: HttpRequest, pk: int) -> HttpResponse:
            session = owned_or_404(rows, request, pk=pk)
            if session.consent_taken_back is not None:
                return consenting.closed(request, session.program.client, session.consent_taken_back)
            is_begun_by_it = request.method == "POST" and session.state == ScheduledSession.State.PLANNED
            if is_begun_by_it and (why := returning.ease_before(session=session, now=timezone.now())):
                messages.info(request, why)
                session = owned_or_404(rows, request, pk=pk)
            return view(request, session)

        return wrapper

    return decorator


def _asked_position(at: str, last: int) -> int | None:
    """Which exercise an address asks for, from 1; None when there is no such one."""
    position = whole_number(at)
    return position if position and position <= last else None


def _at(session: ScheduledSession, position: int | str = "") -> str:
    url = reverse("programs:session", kwargs={"pk": session.pk})
    return f"{url}?at={position}" if position else url


@client_required
@require_safe
@never_cache
def session(request, pk):
    """The exercise that is on, the question before the first one, or the way to the wrap-up."""
    session = owned_or_404(TO_SHOW, request, pk=pk)
    if session.state == ScheduledSession.State.WITHDRAWN:
        return render(request, "programs/session_withdrawn.html", {"session": session}, status=404)
    if is_behind_the_gate(session):
        return redirect("assessments:red_flags")
    steps = steps_of(session)
    if session.consent_taken_back is not None:  # the plan may be read; nothing is asked
        said = consenting.words(session.program.client, session.consent_taken_back)
        return render(request, "programs/session_before.html", {"session": session, "steps": steps, "off": said})
    at = request.GET.get("at", "")
    if session.state == ScheduledSession.State.PLANNED and not at:
        return render(request, "programs/session_before.html", {"session": session, "steps": steps})
    position = _asked_position(at, len(steps))
    if position:
        step = steps[position - 1]
    else:
        step = next((each for each in steps if not each.is_done), None)
    if step is None:
        return redirect("programs:finish", pk=session.pk)
    return render(
        request,
        "programs/session.html",
        {
            "session": session,
            "steps": steps,
            "step": step,
            "done": sum(each.is_done for each in steps),
            "after": steps[step.position] if step.position < len(steps) else None,
            "rest_uuid": str(uuid4()),
            "rir_choices": range(6),
            "ask_rir": step.line.dose.rir is not None,
            # Asked once the sets are done; before that nobody sees it, and looking costs two queries.
            "ask_form": step.is_done and deciding.is_about_to_move_on(session, step.line),
            "last_time": last_time(session, step.line),
            "skips": LineLog.Skip.choices,
        },
    )


@client_required
@require_POST
@own_session(TO_RUN)
def start(request, session):
    if is_behind_the_gate(session):
        return redirect("assessments:red_flags")
    form = BeforeForm(request.POST)
    before = form.cleaned_data["before_nrs"] if form.is_valid() else None
    try:
        training.start(session=session, now=timezone.now(), before_nrs=before)
    except training.LogError as problem:
        messages.error(request, str(problem))
        return redirect("front:me")
    return redirect(_at(session, 1))


def _answer(request, session, status: int, payload: dict, url: str):
    """JSON for the phone's queue, a redirect for a plain form."""
    if request.accepts("text/html"):
        if status >= 400:
            messages.error(request, payload["error"])
        return redirect(url)
    return JsonResponse(payload, status=status)


def _position(session: ScheduledSession, line_id: str) -> int | str:
    ids = [line["id"] for line in session.content["lines"]]
    return ids.index(line_id) + 1 if line_id in ids else ""


def tell_if_swapped(request, session: ScheduledSession, line_id: str, exercise: str) -> None:
    """Say what was kept, when the page she had before her is older than the plan."""
    now_there = next((line["exercise"] for line in session.content["lines"] if line["id"] == line_id), None)
    if now_there == exercise or not request.accepts("text/html"):
        return
    kept = f"Kept for {library()[exercise].name}, as your page showed it."
    since = f" {library()[now_there].name} has taken its place since." if now_there else " It has left the plan since."
    messages.info(request, kept + since)


def _first_error(form) -> str:
    return next(f"{form.fields[name].label or name}: {errors[0]}" for name, errors in form.errors.items())


@client_required
@require_POST
@own_session(TO_LOG)
def set_save(request, session):
    """Keep one set. 201 when it is new, 200 when it was there already, 422 with the reason when it cannot be."""
    form = SetForm(request.POST)
    if not form.is_valid():
        return _answer(request, session, 422, {"ok": False, "error": _first_error(form)}, _at(session))
    asked = form.cleaned_data
    url = _at(session, _position(session, asked["line_id"]))
    try:
        if asked["as_planned"] and asked["reps"] is None and asked["seconds"] is None:
            asked |= training.planned_work(training.shown(session, asked["line_id"], asked["version"]).line.dose)
        saved, is_new = training.save_set(session=session, now=timezone.now(), **asked)
    except training.LogError as problem:
        return _answer(request, session, 422, {"ok": False, "error": str(problem)}, url)
    tell_if_swapped(request, session, saved.line_id, saved.exercise)
    payload = {"ok": True, "id": saved.pk, "client_uuid": str(saved.client_uuid), "new": is_new}
    return _answer(request, session, 201 if is_new else 200, payload, url)


@client_required
@require_POST
@own_session(TO_LOG)
def set_undo(request, session):
    form = PlaceForm(request.POST)
    if not form.is_valid():
        return _answer(request, session, 422, {"ok": False, "error": _first_error(form)}, _at(session))
    try:
        training.undo_set(session=session, **form.cleaned_data)
    except training.LogError as problem:
        return _answer(request, session, 422, {"ok": False, "error": str(problem)}, _at(session))
    return _answer(request, session, 200, {"ok": True}, _at(session, _position(session, form.cleaned_data["line_id"])))


@client_required
@require_POST
@own_session(TO_LOG)
def rest_save(request, session):
    """The rest of an exercise was done as planned."""
    form = RestForm(request.POST)
    if not form.is_valid():
        return _answer(request, session, 422, {"ok": False, "error": _first_error(form)}, _at(session))
    url = _at(session, _position(session, form.cleaned_data["line_id"]))
    try:
        new = training.save_rest_as_planned(session=session, now=timezone.now(), **form.cleaned_data)
    except training.LogError as problem:
        return _answer(request, session, 422, {"ok": False, "error": str(problem)}, url)
    return _answer(request, session, 200, {"ok": True, "new": new}, url)


@client_required
@require_POST
@own_session(TO_RUN)
def line_save(request, session):
    """Pain and form of an exercise, then on to the next; 6 and more leads to the stop sheet."""
    form = LineForm(request.POST)
    if not form.is_valid():
        return _answer(request, session, 422, {"ok": False, "error": _first_error(form)}, _at(session))
    answers = form.cleaned_data
    line_id, version = answers["line_id"], answers["version"]
    said = {name: answers[name] for name in ("during_nrs", "form_solid") if answers[name] is not None}
    try:
        if said:
            training.save_line(session=session, line_id=line_id, version=version, now=timezone.now(), **said)
        if answers["rir"] is not None:
            training.save_rir(session=session, line_id=line_id, version=version, rir=answers["rir"])
    except training.LogError as problem:
        return _answer(request, session, 422, {"ok": False, "error": str(problem)}, _at(session))
    position = _position(session, line_id)
    if deciding.asks_for_stop_sheet(session, answers["during_nrs"]):
        url = reverse("programs:stop", kwargs={"pk": session.pk}) + f"?at={position}"
    elif position and position < len(session.content["lines"]):
        url = _at(session, position + 1)
    else:
        url = reverse("programs:finish", kwargs={"pk": session.pk})
    return _answer(request, session, 200, {"ok": True, "next": url}, url)


@client_required
@require_POST
@own_session(TO_RUN)
def line_skip(request, session):
    """This exercise is not for today; if it hurts, the knee is asked about first."""
    form = SkipForm(request.POST)
    if not form.is_valid():
        return _answer(request, session, 422, {"ok": False, "error": _first_error(form)}, _at(session))
    line_id, reason, version = (form.cleaned_data[name] for name in ("line_id", "skipped", "version"))
    try:
        log = training.save_line(session=session, line_id=line_id, version=version, now=timezone.now(), skipped=reason)
    except training.LogError as problem:
        return _answer(request, session, 422, {"ok": False, "error": str(problem)}, _at(session))
    tell_if_swapped(request, session, line_id, log.exercise)
    position = _position(session, line_id)
    if reason == LineLog.Skip.HURTS:
        url = reverse("programs:stop", kwargs={"pk": session.pk}) + f"?at={position}"
    else:
        url = _at(session)
    return _answer(request, session, 200, {"ok": True, "next": url}, url)


@client_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@own_session(TO_RUN)
def stop(request, session):
    """The stop sheet: how bad is it, and three ways on."""
    position = _asked_position(request.GET.get("at", ""), len(session.content["lines"]))
    line = session.plan.lines[position - 1] if position else None
    form = StopForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        pain, line_id = form.cleaned_data["during_nrs"], form.cleaned_data["line_id"]
        now = timezone.now()
        try:
            said = {} if pain is None else {"during_nrs": pain}
            if "skip" in request.POST:
                said["skipped"] = LineLog.Skip.HURTS
            if said and line_id:
                version = form.cleaned_data["version"]
                training.save_line(session=session, line_id=line_id, version=version, now=now, **said)
        except training.LogError as problem:
            messages.error(request, str(problem))
            return redirect(_at(session))
        if "skip" in request.POST and line_id:
            return redirect(_at(session))
        if "on" in request.POST:
            return redirect(_at(session, _position(session, line_id) or ""))
        training.wrap_up(session=session, now=now, session_rpe=None, note="", stopped=True)
        deciding.decide_early(session=session, now=now)
        return redirect("programs:stopped", pk=session.pk)
    return render(
        request,
        "programs/session_stop.html",
        {"session": session, "line": line, "position": position, "form": form,
         "exercise": library()[line.exercise] if line else None},
        status=422 if form.errors else 200,
    )  # fmt: skip


@client_required
@require_safe
@never_cache
def stopped(request, pk):
    """After stopping: what happens now, and what to do if nobody answers."""
    session = owned_or_404(TO_RUN, request, pk=pk)
    alarm = session.program.client.alarms.filter(key=deciding.alarm_key(session)).first()
    return render(request, "programs/session_stopped.html", {"session": session, "alarm": alarm})


def _minutes(session: ScheduledSession) -> int | None:
    """How long it took; None when it was left open for a while, so that nobody is told of a nine-hour session."""
    if session.started_at is None:
        return None
    minutes = round(((session.finished_at or timezone.now()) - session.started_at).total_seconds() / 60)
    return minutes if 0 < minutes <= LONGEST_MIN else None


@client_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@own_session(TO_RUN)
def finish(request, session):
    """The wrap-up: effort and a note; both may stay blank."""
    form = WrapUpForm(request.POST or None, initial={"session_rpe": session.session_rpe, "note": session.note})
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        try:
            training.wrap_up(session=session, now=now, **form.cleaned_data)
        except training.LogError as problem:
            messages.error(request, str(problem))
            return redirect("front:me")
        deciding.decide_early(session=session, now=now)
        messages.success(request, "Session saved. Tomorrow morning we ask how the knee took it.")
        return redirect("front:me")
    steps = steps_of(session)
    context = {
        "session": session,
        "minutes": _minutes(session),
        "form": form,
        "steps": steps,
        "done": sum(step.is_done for step in steps),
        "open_steps": [step for step in steps if not step.is_done],
        # Of every log, so that what was done under an older version of the plan counts too.
        "highest": session.linelogs.aggregate(worst=Max("during_nrs"))["worst"],
    }  # fmt: skip
    return render(request, "programs/session_finish.html", context, status=422 if form.errors else 200)
