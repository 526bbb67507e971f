"""The coach's plan page: weeks, sessions, lines with their reasons; edit, undo, publish with a reason, versions."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments import gate
from clients import vocabulary
from clients.models import Client
from programs.board import board_of, conflicts_of
from programs.domain import diffing, filtering, records, swapping, words
from programs.domain.edits import (
    AddLine,
    EditError,
    MoveLine,
    NotFound,
    OutOfBounds,
    RemoveLine,
    SetAnchor,
    SetDose,
    SetNote,
    SwapExercise,
    edit_from_document,
    edit_to_document,
)
from programs.domain.library import library
from programs.domain.rules import rules
from programs.forms import DoseForm, EndForm, PublishForm, WishesForm, whole_number
from programs.models import Draft, Program, Proposal, ScheduledSession, Version
from programs.services import drafting, planning, publishing, reducing, returning
from programs.steps import last_time
from studio.accounts.access import coach_required, owned_or_404

MAX_WEEK = 60


def _client(request, pk: int) -> Client:
    return owned_or_404(Client.objects.select_related("coach__user", "user"), request, pk=pk)


def _program(client: Client) -> Program | None:
    return planning.running_program(client)


def _draft(program: Program | None) -> Draft | None:
    return Draft.objects.filter(program=program).select_related("base", "edited_by").first() if program else None


def _ended(client: Client) -> Program | None:
    """The newest program that has ended and was seen."""
    ended = Program.objects.filter(client=client, state=Program.State.ENDED, current__isnull=False)
    return ended.select_related("ended_by").order_by("-ended_at").first()


def _plan_url(pk: int, week: int | None = None) -> str:
    return reverse("programs:plan", kwargs={"pk": pk}) + (f"?week={week}" if week else "")


def _week_of(asked: str) -> int | None:
    """The week that an address or a form asks for; None when it asks for none that could be."""
    week = whole_number(asked)
    return week if week is not None and week <= MAX_WEEK else None


def _week_now(program: Program, client: Client, now) -> int:
    return max(1, 1 + (client.local_date(now) - program.starts_on).days // 7)


def _changes(program: Program, draft: Draft | None) -> tuple[str, ...]:
    """What the draft changes, in words."""
    if draft is None or program.current is None:
        return ()
    return tuple(change.sentence for change in diffing.diff(program.current.plan, draft.plan, library()))


@coach_required
@require_safe
def plan(request, pk):
    client = _client(request, pk)
    now = timezone.now()
    program = _program(client)
    draft = _draft(program)
    context = {"client": client, "gate": gate.gate_for(client, now), "program": program, "draft": draft, "board": None}
    if program and (draft or program.current):
        shown = draft.plan if draft else program.current.plan
        asked = request.GET.get("week", "")
        number = _week_of(asked) or _week_now(program, client, now)
        context |= {
            "board": board_of(
                shown, number, client_pk=client.pk, changes=_changes(program, draft),
                frozen=reducing.frozen_sessions(program), starts_on=program.starts_on, today=client.local_date(now),
            ),
            "current": program.current,
            "conflicts": conflicts_of(draft) if draft else (),
            "proposals": [
                {"row": row, "title": proposal_title(row, shown)}
                for row in Proposal.objects.filter(program=program, state=Proposal.State.OPEN).order_by(
                    "-immediate", "created_at"
                )
            ],
        }  # fmt: skip
    else:
        context["ended"] = _ended(client)
    return render(request, "programs/plan.html", context)


def proposal_title(row: Proposal, shown: records.Plan) -> str:
    """A proposal in a few words: which exercise, and what becomes of it."""
    line = next((line for *_, line in shown.places() if line.slot == row.slot), None)
    name = library()[line.exercise].name if line else "A line that has left the plan"
    change = row.change
    if "retest" in change:
        return "A re-test before anything is added"
    if "run_stage" in change:
        return f"Runs at stage {change['run_stage']} of the ladder"
    if "exercise" in change and change["exercise"] in library():
        return f"{name} becomes {library()[change['exercise']].name.lower()}"
    if change.get("sets") == 0:
        return f"{name} rests"
    parts = []
    if "sets" in change:
        parts.append(words.plural(int(change["sets"]), "set"))
    if "load_kg" in change:
        parts.append(words.load_words(float(change["load_kg"])))
    if "tempo" in change:
        parts.append(f"tempo {change['tempo']}")
    return f"{name}: {', '.join(parts)}" if parts else name


@coach_required
@require_http_methods(["GET", "HEAD", "POST"])
def generate(request, pk):
    """Make a plan from the record and the findings, with the coach's choices."""
    client = _client(request, pk)
    now = timezone.now()
    stands = gate.gate_for(client, now)
    if not stands.allows_plan:
        messages.error(request, stands.words)
        return redirect(_plan_url(client.pk))
    ground = planning.ground_of(client)
    program = _program(client)
    initial = {
        "phase": program.phase if program else ground.phase.value,
        "weeks": 8,
        "weekdays": client.weekdays,
        "minutes": client.minutes,
        "starts_on": publishing.next_monday(client.local_date(now)),
    }
    form = WishesForm(request.POST or None, initial=initial, today=client.local_date(now))
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        wishes = planning.Wishes(
            phase=said["phase"], weeks=said["weeks"], weekdays=tuple(said["weekdays"]), minutes=said["minutes"]
        )
        try:
            planning.make_draft(client=client, wishes=wishes, by=request.user, now=now, starts_on=said["starts_on"])
        except (planning.NoPlan, gate.GateClosed, publishing.PublishError) as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, "A draft is on your board. Nothing is seen before you publish.")
            return redirect(_plan_url(client.pk, 1))
    context = {
        "client": client, "form": form, "ground": ground, "program": program, "severities": _severities(ground),
        "tags": [vocabulary.TAGS.get(tag, tag) for tag in client.tags],
    }  # fmt: skip
    return render(request, "programs/plan_generate.html", context, status=422 if form.errors else 200)


def _severities(ground: planning.Ground) -> list[tuple[str, float | None]]:
    return [(words.AREA_WORDS.get(area, area), value) for area, value in ground.severity.items()]


def _line_place(shown: records.Plan, line_id: str):
    for _, week, session, line in shown.places():
        if line.id == line_id:
            return week, session, line
    raise Http404


def _shown(program: Program | None) -> tuple[records.Plan, int]:
    """The plan the coach looks at and the revision her edits are made on."""
    if program is None:
        raise Http404
    draft = _draft(program)
    if draft is not None:
        return draft.plan, draft.revision
    if program.current is None:
        raise Http404
    return program.current.plan, program.draft_revision


def _may(shown: records.Plan, phase: int):
    """Whether the safety filter lets an exercise into a session of this plan."""
    brief = shown.brief

    def available(exercise) -> bool:
        return not filtering.barriers(
            exercise, phase=phase, kit=brief.kit, tags=brief.tags, run_stage=brief.run.stage, rules=rules()
        )

    return available


@coach_required
@require_safe
def line(request, pk, line_id):
    """One line: its dose, what may take its place, where it stands."""
    client = _client(request, pk)
    program = _program(client)
    shown, revision = _shown(program)
    week, session, chosen = _line_place(shown, line_id)
    return render(
        request, "programs/plan_line.html", _line_context(client, program, shown, revision, week, session, chosen)
    )


def _line_context(client, program, shown, revision, week, session, chosen, form=None) -> dict:
    exercise = library()[chosen.exercise]
    taken = {each.exercise for each in session.lines}
    return {
        "client": client,
        "program": program,
        "revision": revision,
        "week": week,
        "session": session,
        "line": chosen,
        "exercise": exercise,
        "position": [each.id for each in session.lines].index(chosen.id),
        "last": len(session.lines) - 1,
        "dose_words": words.line_dose_words(chosen),
        "aim": _aim_words(program, week, session, chosen),
        "form": form or DoseForm(dose=chosen.dose, initial=DoseForm.initial_of(chosen)),
        "swaps": swapping.swaps(exercise, library(), _may(shown, program.phase), taken),
        "serves": [(words.AREA_WORDS.get(each.root_cause, each.root_cause), each.weight) for each in chosen.serves],
        "is_frozen": (week.number, session.id) in reducing.frozen_sessions(program),
    }


def _aim_words(program: Program, week: records.Week, session: records.Session, chosen: records.Line) -> str:
    """What the runner's page says to aim at on this line inside the published range (R-G1); "" when it says nothing."""
    rows = ScheduledSession.objects.filter(program=program, week=week.number, session_key=session.id)
    row = returning.with_days_away(rows.filter(state=ScheduledSession.State.PLANNED)).first()
    return last_time(row, chosen).aim_words if row else ""


@coach_required
@require_safe
def add(request, pk, week, session_id):
    """What can be added to a session: by search, what the safety filter allows first."""
    client = _client(request, pk)
    program = _program(client)
    shown, revision = _shown(program)
    try:
        session = shown.session(week, session_id)
    except records.NotInPlan:
        raise Http404 from None
    query = " ".join(request.GET.get("q", "").split())[:80].casefold()
    pillar = request.GET.get("pillar", "")
    taken = {each.exercise for each in session.lines}
    may = _may(shown, program.phase)
    found = [
        exercise
        for exercise in library()
        if exercise.id not in taken
        and not exercise.is_run_drill
        and exercise.pillar != "consistency"
        and (not pillar or exercise.pillar == pillar)
        and (not query or query in exercise.name.casefold() or any(query in muscle for muscle in exercise.muscles))
    ]
    context = {
        "client": client, "revision": revision, "week": week, "session": session, "query": query, "pillar": pillar,
        "allowed": [exercise for exercise in found if may(exercise)],
        "blocked": sum(not may(exercise) for exercise in found),
        "pillars": [each for each in words.PILLAR_WORDS if each != "consistency"],
    }  # fmt: skip
    return render(request, "programs/plan_add.html", context)


LONGEST_NOTE = 300  # characters


def _words(posted, name: str) -> str:
    """What the coach wrote on an edit; the database takes no NUL byte."""
    return posted.get(name, "").replace("\0", "").strip()[:LONGEST_NOTE]


def _edit_from(request, shown: records.Plan):
    """The edit that a form of the page asks for.

    Raises:
        EditError: it asks for nothing we know.
    """
    posted = request.POST
    line_id = posted.get("line", "")
    scope = posted.get("scope", "this_and_later")
    match posted.get("act"):
        case "remove":
            return RemoveLine(line=line_id, scope=scope)
        case "swap":
            return SwapExercise(
                line=line_id, exercise=posted.get("exercise", ""), scope=scope, override=_words(posted, "override")
            )
        case "move":
            position = whole_number(posted.get("position", ""))
            if position is None:
                raise OutOfBounds("That is no place in the session.")
            return MoveLine(line=line_id, position=position, scope=scope)
        case "anchor":
            return SetAnchor(line=line_id, anchor=posted.get("anchor") == "1", scope=scope)
        case "note":
            return SetNote(line=line_id, note=_words(posted, "note"), scope=scope)
        case "add":
            week = whole_number(posted.get("week", ""))
            if week is None:
                raise NotFound("There is no such week.")
            return AddLine(
                week=week, session=posted.get("session", ""), exercise=posted.get("exercise", ""), scope=scope
            )
    raise EditError("That is no edit we know.")


@coach_required
@require_POST
def edit(request, pk):
    """Make one edit on the board. A stale form is told so; nothing is overwritten."""
    client = _client(request, pk)
    program = _program(client)
    shown, _ = _shown(program)
    revision = whole_number(request.POST.get("revision", ""))
    if revision is None:
        raise Http404
    week = _week_of(request.POST.get("week", ""))
    try:
        if request.POST.get("act") == "dose":
            chosen_week, session, chosen = _line_place(shown, request.POST.get("line", ""))
            form = DoseForm(request.POST, dose=chosen.dose)
            if not form.is_valid():
                context = _line_context(client, program, shown, revision, chosen_week, session, chosen, form)
                return render(request, "programs/plan_line.html", context, status=422)
            change = SetDose(
                line=chosen.id, scope=form.cleaned_data["scope"], sets=form.cleaned_data["sets"], dose=form.new_dose()
            )
        else:
            change = _edit_from(request, shown)
        # What came from a form is checked as strictly as what comes from a file.
        change = edit_from_document(edit_to_document(change))
        drafting.edit(program=program, revision=revision, change=change, by=request.user, now=timezone.now())
    except (EditError, drafting.DraftChanged, gate.GateClosed) as problem:
        messages.error(request, str(problem))
    return redirect(_plan_url(client.pk, week))


@coach_required
@require_POST
def undo(request, pk):
    client = _client(request, pk)
    program = _program(client)
    revision = whole_number(request.POST.get("revision", ""))
    if program is None or revision is None:
        raise Http404
    try:
        drafting.undo(program=program, revision=revision, by=request.user, now=timezone.now())
    except (drafting.DraftChanged, drafting.NothingToUndo) as problem:
        messages.error(request, str(problem))
    return redirect(_plan_url(client.pk))


@coach_required
@require_POST
def discard(request, pk):
    client = _client(request, pk)
    program = _program(client)
    revision = whole_number(request.POST.get("revision", ""))
    if program is not None and revision is None:
        raise Http404
    if program is not None:
        try:
            drafting.discard(program=program, revision=revision)
        except drafting.DraftChanged as problem:
            messages.error(request, str(problem))
        else:
            messages.success(request, "Draft discarded.")
    return redirect(_plan_url(client.pk))


@coach_required
@require_POST
def conflict_settle(request, pk, number):
    """Yours or theirs, for one thing that the draft and a newer version want differently."""
    client = _client(request, pk)
    program = _program(client)
    revision = whole_number(request.POST.get("revision", ""))
    choice = request.POST.get("choice")
    if program is None or revision is None or choice not in ("yours", "theirs"):
        raise Http404
    try:
        drafting.settle(
            program=program, revision=revision, number=number, is_kept=choice == "yours", by=request.user,
            now=timezone.now(),
        )  # fmt: skip
    except (drafting.DraftChanged, EditError, gate.GateClosed) as problem:
        messages.error(request, str(problem))
    return redirect(_plan_url(client.pk))


@coach_required
@require_http_methods(["GET", "HEAD", "POST"])
def publish(request, pk):
    """What the runner will see changed, and why; then publish."""
    client = _client(request, pk)
    program = _program(client)
    draft = _draft(program)
    if program is None or draft is None:
        messages.error(request, "There is no draft to publish.")
        return redirect(_plan_url(client.pk))
    if draft.conflicts:
        messages.error(
            request, "A newer version wants something else than this draft. Decide that first, then publish."
        )
        return redirect(_plan_url(client.pk))
    form = PublishForm(request.POST or None, initial={"revision": draft.revision})
    if request.method == "POST" and form.is_valid():
        try:
            version = publishing.publish_draft(draft=draft, by=request.user, now=timezone.now(), **form.cleaned_data)
        except publishing.ReasonMissing as problem:
            form.add_error("reason", str(problem))
        except publishing.StaleDraft as problem:
            draft = _draft(program)
            if draft is None:
                messages.error(request, str(problem))
                return redirect(_plan_url(client.pk))
            form.add_error(None, str(problem))
            form.data = form.data.copy()  # the reason stays as it was typed
            form.data["revision"] = draft.revision  # what the page shows now
        except (publishing.PublishError, gate.GateClosed, EditError) as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, f"Version {version.number} is what {client.first_name} sees now.")
            return redirect(_plan_url(client.pk))
    changes = diffing.diff(program.current.plan, draft.plan, library()) if program.current else ()
    context = {
        "client": client,
        "form": form,
        "draft": draft,
        "current": program.current,
        "changes": [change.sentence for change in changes],
        "needs_reason": diffing.needs_reason(changes),
    }
    return render(request, "programs/plan_publish.html", context, status=422 if form.errors else 200)


@coach_required
@require_safe
def versions(request, pk):
    client = _client(request, pk)
    rows = (
        Version.objects.filter(program__client=client)
        .defer("document", "edits")
        .select_related("published_by", "program")
        .order_by("-published_at", "-number")
    )
    return render(
        request, "programs/plan_versions.html", {"client": client, "versions": rows, "program": _program(client)}
    )


def _version(request, client: Client, number: int) -> tuple[Program, Version]:
    program = _program(client)
    if program is None:
        raise Http404
    return program, owned_or_404(Version.objects.select_related("program"), request, program=program, number=number)


@coach_required
@require_safe
def version(request, pk, number):
    """An older version, as it was."""
    client = _client(request, pk)
    program, chosen = _version(request, client, number)
    asked = request.GET.get("week", "")
    week = _week_of(asked) or 1
    before = chosen.base.plan if chosen.base_id else None
    context = {
        "client": client,
        "program": program,
        "version": chosen,
        "board": board_of(chosen.plan, week, client_pk=client.pk, starts_on=program.starts_on),
        "changes": [change.sentence for change in diffing.diff(before, chosen.plan, library())] if before else [],
        "is_current": chosen.pk == program.current_id,
        "form": PublishForm(),
    }
    return render(request, "programs/plan_version.html", context)


@coach_required
@require_POST
def restore(request, pk, number):
    client = _client(request, pk)
    program, chosen = _version(request, client, number)
    form = PublishForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    try:
        made = publishing.restore(program=program, version=chosen, reason=reason, by=request.user, now=timezone.now())
    except (publishing.PublishError, gate.GateClosed) as problem:
        messages.error(request, str(problem))
        return redirect("programs:plan_version", pk=client.pk, number=number)
    messages.success(request, f"Version {chosen.number} is back, as version {made.number}.")
    return redirect(_plan_url(client.pk))


@coach_required
@require_http_methods(["GET", "HEAD", "POST"])
def end(request, pk):
    """End the program: what that means, why, and then it has ended. A new one can be made afterwards."""
    client = _client(request, pk)
    program = _program(client)
    if program is None or program.current is None:
        return redirect(_plan_url(client.pk))
    form = EndForm(request.POST or None)
    now = timezone.now()
    if request.method == "POST" and form.is_valid():
        publishing.end_program(program=program, by=request.user, reason=form.cleaned_data["reason"], now=now)
        messages.success(request, f"The program has ended. What {client.first_name} did stays.")
        return redirect(_plan_url(client.pk))
    ahead = program.scheduledsessions.filter(
        state=ScheduledSession.State.PLANNED, day__gte=client.local_date(now)
    ).count()
    context = {
        "client": client, "form": form, "program": program, "ahead": ahead, "has_draft": _draft(program) is not None,
        "begun": program.scheduledsessions.filter(state=ScheduledSession.State.STARTED).count(),
        "proposals": Proposal.objects.filter(program=program, state=Proposal.State.OPEN).count(),
    }  # fmt: skip
    return render(request, "programs/plan_end.html", context, status=422 if form.errors else 200)


@coach_required
@require_POST
def proposal_decide(request, pk, proposal):
    client = _client(request, pk)
    row = owned_or_404(Proposal.objects.select_related("program__client"), request, pk=proposal, program__client=client)
    decision = request.POST.get("decision", "")
    if decision not in ("approve", "decline", "confirm", "restore"):
        raise Http404
    try:
        reducing.decide_proposal(proposal=row, decision=decision, by=request.user, now=timezone.now())
    except (reducing.CannotApply, publishing.PublishError, gate.GateClosed, EditError) as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, "Noted.")
    return redirect(_plan_url(client.pk))
