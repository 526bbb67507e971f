"""The session on a phone: one exercise at a time. Links and plain forms; script only makes them quicker."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import cached_property
from uuid import uuid4

from django.contrib import messages
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from assessments import gate
from programs.domain import records, words
from programs.domain.library import Exercise, library
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
from programs.models import LineLog, ScheduledSession, SetLog
from programs.services import deciding, training
from studio.accounts.access import client_required, owned_or_404

LAST_TIME_WITHIN, A_DAY = timedelta(days=42), timedelta(days=1)
LONGEST_MIN = 150  # of a session that is shown as one
TO_RUN = ScheduledSession.objects.select_related("program__client__coach__user")


@dataclass(frozen=True)
class SetRow:
    """One set of one side, as the page shows it."""

    number: int
    side: str
    label: str
    extra: bool
    done: SetLog | None
    done_words: str
    uuid: str

    @property
    def amount(self) -> str:
        """What was done, as one numeral."""
        log = self.done
        amount = _amount(log.reps, log.seconds, log.distance_m) if log else None
        return str(amount[0]) if amount else ""

    @property
    def load(self) -> str:
        return f"{_kg(self.done.load_kg)} kg" if self.done and self.done.load_kg else ""


@dataclass(frozen=True)
class Step:
    """One exercise of the session."""

    position: int
    line: records.Line
    exercise: Exercise
    dose_words: str
    sets: tuple[SetRow, ...]
    log: LineLog | None
    last_time: str

    @property
    def is_done(self) -> bool:
        return bool(self.log and self.log.skipped) or all(row.done for row in self.sets)

    @property
    def has_any(self) -> bool:
        return any(row.done for row in self.sets)

    @property
    def open_set(self) -> SetRow | None:
        return next((row for row in self.sets if row.done is None), None)

    @property
    def set_after(self) -> SetRow | None:
        """The set that is on after the open one."""
        waiting = [row for row in self.sets if row.done is None]
        return waiting[1] if len(waiting) > 1 else None

    @property
    def rest_s(self) -> int:
        """Seconds to rest after the open set; 0 between two sides of one set and after the last set."""
        following = self.set_after
        return self.line.dose.rest_s if following and following.number != self.open_set.number else 0

    @property
    def has_rounds(self) -> bool:
        """Several sets on two sides: laid out as a row a side."""
        return self.line.unilateral and self.sets[-1].number > 1

    @property
    def asks_reps(self) -> bool:
        """A single hold has nothing to count."""
        dose = self.line.dose
        return bool(dose.reps) and not (dose.hold_s and dose.reps == (1, 1))

    @property
    def load_kg(self) -> str:
        """The load to begin with: the one of the set before, else what the plan asks for."""
        before = [row.done.load_kg for row in self.sets if row.done and row.done.load_kg]
        if before:
            return _kg(before[-1])
        return f"{self.line.dose.load_kg:g}" if self.line.dose.load_kg else ""

    @cached_property
    def numbers(self) -> tuple[tuple[str, str], ...]:
        return dose_numbers(self.line)

    @property
    def target(self) -> str:
        """What one set asks for, as one numeral."""
        return self.numbers[0][0]

    @property
    def effort(self) -> str:
        return words.effort_words(self.line.dose)


def dose_numbers(line: records.Line) -> tuple[tuple[str, str], ...]:
    """The dose as big numerals, each with its unit: ("8-12", "reps each side"), ("3", "sets"), ("75", "s rest")."""
    dose = line.dose
    side = " a side" if line.unilateral else ""
    found = []
    if dose.kind == "hold" and dose.hold_s and dose.reps:
        found.append((words.span(dose.hold_s, "-"), f"s hold{side}"))
        if dose.reps != (1, 1):
            found.append((words.span(dose.reps, "-"), "holds"))
    elif dose.kind == "duration" and dose.duration_s:
        found.append((str(dose.duration_s), f"seconds{side}"))
    elif dose.kind == "distance" and dose.distance_m:
        found.append((str(dose.distance_m), f"metres{side}"))
    else:
        found.append((words.span(dose.reps or (0, 0), "-"), f"reps{side}"))
    found.append((str(line.sets), "set" if line.sets == 1 else "sets"))
    if dose.load_kg is not None:
        found.append(tuple(words.load_words(dose.load_kg).split()))
    if dose.tempo and dose.kind in ("reps", "reps_load"):
        phases = [
            pair for pair in zip(dose.tempo.split("-"), ("down", "hold", "up", "hold"), strict=True) if pair[0] != "0"
        ]
        found.append(("-".join(seconds for seconds, _ in phases), ", ".join(name for _, name in phases)))
    if line.sets > 1 and dose.rest_s:
        found.append((str(dose.rest_s), "s rest"))
    return tuple(found)


def steps_of(session: ScheduledSession) -> list[Step]:
    """The session's exercises with what is logged and what was done last time: three queries."""
    sets = {(log.line_id, log.set_number, log.side): log for log in session.setlogs.all()}
    logs = {log.line_id: log for log in session.linelogs.all()}
    last = last_times(session)
    steps = []
    for position, line in enumerate(session.plan.lines, start=1):
        rows = []
        for number in range(1, max(training.sets_on(line, side) for side in training.sides_of(line)) + 1):
            for side in training.sides_of(line):
                if number <= training.sets_on(line, side):
                    done = sets.get((line.id, number, side))
                    label = f"Set {number}" if side == SetLog.Side.BOTH else f"Set {number}, {side}"
                    rows.append(SetRow(number, side, label, number > line.sets, done, done_words(done), str(uuid4())))
        steps.append(
            Step(
                position=position,
                line=line,
                exercise=library()[line.exercise],
                dose_words=words.line_dose_words(line),
                sets=tuple(rows),
                log=logs.get(line.id),
                last_time=last.get(line.slot, ""),
            )
        )
    return steps


def last_times(session: ScheduledSession) -> dict[str, str]:
    """What was done on each slot the last time, in words: "10 to 12 at 7.5 kg"."""
    since = session.day - LAST_TIME_WITHIN  # a bound, so that the page stays as quick after a year of logs
    rows = (
        SetLog.objects.filter(session__program_id=session.program_id, session__day__range=(since, session.day - A_DAY))
        .order_by("slot", "-session__day", "-session_id")
        .values("slot", "session_id", "reps", "seconds", "distance_m", "load_kg", "exercise")
    )
    latest: dict[str, int] = {}
    found: dict[str, list[dict]] = {}
    exercises = {line.slot: line.exercise for line in session.plan.lines}
    for row in rows.iterator():
        slot = row["slot"]
        if exercises.get(slot) == row["exercise"] and latest.setdefault(slot, row["session_id"]) == row["session_id"]:
            found.setdefault(slot, []).append(row)
    return {slot: _sets_words(rows) for slot, rows in found.items()}


def _sets_words(rows: list[dict]) -> str:
    """Several sets in one breath: the range of what was done, and of the load."""
    amounts = [amount for row in rows if (amount := _amount(row["reps"], row["seconds"], row["distance_m"]))]
    if not amounts:
        return ""
    unit = amounts[0][1]
    numbers = [number for number, _ in amounts]
    text = words.span((min(numbers), max(numbers))) + (f" {unit}" if unit else "")
    loads = [row["load_kg"] for row in rows if row["load_kg"]]
    if not loads:
        return text
    least, most = _kg(min(loads)), _kg(max(loads))
    return f"{text} at {least if least == most else f'{least} to {most}'} kg"


def _kg(load: Decimal) -> str:
    """Kilograms without the zeros of the column: "7", "7.5"."""
    return f"{load.normalize():f}"


def _amount(reps: int | None, seconds: int | None, distance_m: int | None) -> tuple[int, str] | None:
    """What counts of a set, with its unit. The seconds of a hold say more than how often it was held."""
    found = ((seconds, "s"), (reps, ""), (distance_m, "m"))
    return next(((number, unit) for number, unit in found if number is not None), None)


def done_words(log: SetLog | None) -> str:
    if log is None:
        return ""
    amount = _amount(log.reps, log.seconds, log.distance_m)
    text = f"{amount[0]} {amount[1]}".strip() if amount else "done"
    return f"{text} at {_kg(log.load_kg)} kg" if log.load_kg else text


def is_behind_the_gate(session: ScheduledSession) -> bool:
    """True when a red flag stands open: no loading, whatever the plan says (R-F4). What was done can still be logged."""
    client = session.program.client
    return not gate.gate_for(client, timezone.now()).allows_plan


def _asked_position(at: str, last: int) -> int | None:
    """Which exercise an address asks for, from 1; None when there is no such one."""
    position = whole_number(at)
    return position if position and position <= last else None


def _at(session: ScheduledSession, position: int | str = "") -> str:
    url = reverse("programs:session", kwargs={"pk": session.pk})
    return f"{url}?at={position}" if position else url


@client_required
@require_GET
@never_cache
def session(request, pk):
    """The exercise that is on, the question before the first one, or the way to the wrap-up."""
    session = owned_or_404(TO_RUN, request, pk=pk)
    if session.state == ScheduledSession.State.WITHDRAWN:
        return render(request, "programs/session_withdrawn.html", {"session": session}, status=404)
    if is_behind_the_gate(session):
        return redirect("assessments:red_flags")
    steps = steps_of(session)
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
            "ask_form": deciding.is_about_to_move_on(session, step.line),
            "skips": LineLog.Skip.choices,
        },
    )


@client_required
@require_POST
def start(request, pk):
    session = owned_or_404(TO_RUN, request, pk=pk)
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


def _first_error(form) -> str:
    return next(f"{form.fields[name].label or name}: {errors[0]}" for name, errors in form.errors.items())


@client_required
@require_POST
def set_save(request, pk):
    """Keep one set. 201 when it is new, 200 when it was there already, 422 with the reason when it cannot be."""
    session = owned_or_404(TO_RUN, request, pk=pk)
    form = SetForm(request.POST)
    if not form.is_valid():
        return _answer(request, session, 422, {"ok": False, "error": _first_error(form)}, _at(session))
    asked = form.cleaned_data
    url = _at(session, _position(session, asked["line_id"]))
    try:
        if asked["as_planned"] and asked["reps"] is None and asked["seconds"] is None:
            asked |= training.planned_work(training.line_of(session, asked["line_id"]).dose)
        saved, is_new = training.save_set(session=session, now=timezone.now(), **asked)
    except training.LogError as problem:
        return _answer(request, session, 422, {"ok": False, "error": str(problem)}, url)
    payload = {"ok": True, "id": saved.pk, "client_uuid": str(saved.client_uuid), "new": is_new}
    return _answer(request, session, 201 if is_new else 200, payload, url)


@client_required
@require_POST
def set_undo(request, pk):
    session = owned_or_404(TO_RUN, request, pk=pk)
    form = PlaceForm(request.POST)
    if not form.is_valid():
        return _answer(request, session, 422, {"ok": False, "error": _first_error(form)}, _at(session))
    training.undo_set(session=session, **form.cleaned_data)
    return _answer(request, session, 200, {"ok": True}, _at(session, _position(session, form.cleaned_data["line_id"])))


@client_required
@require_POST
def rest_save(request, pk):
    """The rest of an exercise was done as planned."""
    session = owned_or_404(TO_RUN, request, pk=pk)
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
def line_save(request, pk):
    """Pain and form of an exercise, then on to the next; 6 and more leads to the stop sheet."""
    session = owned_or_404(TO_RUN, request, pk=pk)
    form = LineForm(request.POST)
    if not form.is_valid():
        return _answer(request, session, 422, {"ok": False, "error": _first_error(form)}, _at(session))
    answers = form.cleaned_data
    line_id = answers["line_id"]
    said = {name: answers[name] for name in ("during_nrs", "form_solid") if answers[name] is not None}
    try:
        if said:
            training.save_line(session=session, line_id=line_id, now=timezone.now(), **said)
        if answers["rir"] is not None:
            training.save_rir(session=session, line_id=line_id, rir=answers["rir"])
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
def line_skip(request, pk):
    """This exercise is not for today; if it hurts, the knee is asked about first."""
    session = owned_or_404(TO_RUN, request, pk=pk)
    form = SkipForm(request.POST)
    if not form.is_valid():
        return _answer(request, session, 422, {"ok": False, "error": _first_error(form)}, _at(session))
    line_id, reason = form.cleaned_data["line_id"], form.cleaned_data["skipped"]
    try:
        training.save_line(session=session, line_id=line_id, now=timezone.now(), skipped=reason)
    except training.LogError as problem:
        return _answer(request, session, 422, {"ok": False, "error": str(problem)}, _at(session))
    position = _position(session, line_id)
    if reason == LineLog.Skip.HURTS:
        url = reverse("programs:stop", kwargs={"pk": session.pk}) + f"?at={position}"
    else:
        url = _at(session)
    return _answer(request, session, 200, {"ok": True, "next": url}, url)


@client_required
@require_http_methods(["GET", "POST"])
@never_cache
def stop(request, pk):
    """The stop sheet: how bad is it, and three ways on."""
    session = owned_or_404(TO_RUN, request, pk=pk)
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
                training.save_line(session=session, line_id=line_id, now=now, **said)
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
@require_GET
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
@require_http_methods(["GET", "POST"])
@never_cache
def finish(request, pk):
    """The wrap-up: effort and a note; both may stay blank."""
    session = owned_or_404(TO_RUN, request, pk=pk)
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
        "highest": max((step.log.during_nrs for step in steps if step.log and step.log.during_nrs is not None), default=None),
    }  # fmt: skip
    return render(request, "programs/session_finish.html", context, status=422 if form.errors else 200)
