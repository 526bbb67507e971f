"""The intake: five pages that can be left at any moment, and the coach's view of the answers."""

from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from assessments import gate as gates
from assessments.answers import told
from assessments.domain.rules import rules
from assessments.forms.intake import KEPT_ELSEWHERE, PAGES, HealthPage, Page, YouPage, minutes_left, questions_on
from assessments.forms.red_flags import initial_of
from assessments.gate import Gate, Reason
from assessments.models import Intake
from assessments.outcomes import slow_recovery_of
from assessments.services import intake as services
from assessments.services.safety import Outcome
from assessments.views.people import own_record, record_of
from clients import consent
from clients.models import Client
from clients.services import birth_date
from clients.views.consenting import asks_about_health
from studio.accounts.access import client_required, coach_required

STALE = "Something has changed since this page was opened. Please read your answers once more and send them again."


@client_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@asks_about_health
def intake(request: HttpRequest) -> HttpResponse:
    """Go on where it was left; when all is there, read it once more and send it."""
    client = own_record(request)
    now = timezone.now()
    answers = services.intake_of(client)
    if is_under_age(client, now):
        return render(request, "assessments/intake/under_age.html", _urgent_for_children(client))
    gate = gates.gate_for(client, now)
    if answers.submitted_at is None:
        if gate.reason in (Reason.STOP, Reason.ANSWER_AGAIN):
            return redirect("assessments:red_flags")
        if (page := next_page(client, answers)) is not None:
            return redirect("assessments:intake_page", page=page)
    context = {
        "client": client,
        "coach": client.coach.user,
        "intake": answers,
        "gate": gate,
        "sections": told(answers.answers),
    }
    if request.method != "POST":
        return render(request, "assessments/intake/summary.html", context)
    try:
        services.submit_intake(client=client, now=now)
    except services.Unfinished as problem:
        return redirect("assessments:intake_page", page=problem.pages[0])
    except services.Submitted:
        pass  # a second tap: it was sent
    return redirect("assessments:intake")


def is_under_age(client: Client, now: datetime) -> bool:
    age = client.age_on(client.local_date(now))
    return age is not None and age < rules().scheme.age_rule.score_from


def _urgent_for_children(client: Client) -> dict:
    return {
        "client": client,
        "coach": client.coach.user,
        "has_asked": birth_date.has_asked_about_birth_date(client),
        "flag": rules().red_flags.flag["adolescent_hip"],
        "youngest": rules().scheme.age_rule.score_from,
    }


def next_page(client: Client, answers: Intake) -> str | None:
    """The first page that is not done; the first one of all while consent or date of birth is missing."""
    if client.born_on is None or not consent.has_consent(client):
        return YouPage.slug
    return next((slug for slug in PAGES if slug not in answers.pages_done), None)


def may_open(page: str, client: Client, answers: Intake) -> bool:
    """Pages are opened in order: those that are done, and the next one."""
    upcoming = next_page(client, answers)
    slugs = list(PAGES)
    return upcoming is None or slugs.index(page) <= slugs.index(upcoming)


@client_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@asks_about_health
def intake_page(request: HttpRequest, page: str) -> HttpResponse:
    """One page. Next saves it; leaving it any other way keeps what stands on it."""
    if page not in PAGES:
        raise Http404
    client = own_record(request)
    now = timezone.now()
    answers = services.intake_of(client)
    gate = gates.gate_for(client, now)
    is_over = answers.submitted_at is not None or is_under_age(client, now)
    if is_over or not may_open(page, client, answers) or (page != YouPage.slug and gate.is_urgent):
        return redirect("assessments:intake")
    if request.method != "POST":
        return _page(request, client, answers, _form(page, client, answers, gate, now))
    form = _form(page, client, answers, gate, now, data=request.POST)
    try:
        return _take(request, client, answers, form, now)
    except services.Submitted:  # sent from another tab in the meantime
        return redirect("assessments:intake")


def _take(request: HttpRequest, client: Client, answers: Intake, form: Page, now: datetime) -> HttpResponse:
    act = request.POST.get("act", "next")
    if act != "next" or request.htmx:
        return _leave(request, client, form, act, now)
    if not form.is_valid():
        services.keep_typed(client=client, page=form.slug, typed=_typed(request, form), now=now)
        return _page(request, client, answers, form, status=422)
    return _next(request, client, answers, form, now)


def _next(request: HttpRequest, client: Client, answers: Intake, form: Page, now: datetime) -> HttpResponse:
    """Save a page without an error and go on; each special page has its own service."""
    if isinstance(form, YouPage):
        if form.is_under_age:
            services.note_under_age(client=client, born_on=form.cleaned_data["born_on"])
            return redirect("assessments:intake")
        has_agreed = form.cleaned_data.get("consent", False)
        services.save_you(client=client, cleaned=form.saved, has_agreed=has_agreed, now=now)
    elif isinstance(form, HealthPage):
        answered = services.save_health(
            client=client, cleaned=form.saved, answers=form.answers, by=request.user, now=now, form_key=form.key,
            stamp=form.cleaned_data["stamp"],
        )  # fmt: skip
        if answered.outcome is Outcome.STALE:
            services.keep_typed(client=client, page=form.slug, typed=_typed(request, form), now=now)
            again = _form(form.slug, client, services.intake_of(client), answered.gate, now)
            return _page(request, client, answers, again, status=422, problem=STALE)
        if answered.gate.closing:
            return redirect("assessments:red_flags")
    else:
        saved = services.save_page(client=client, page=form.slug, cleaned=form.saved, now=now)
        if form.slug == list(PAGES)[-1] and next_page(client, saved) is None:
            services.submit_intake(client=client, now=now)
    return redirect("assessments:intake")


def _leave(request: HttpRequest, client: Client, form: Page, act: str, now: datetime) -> HttpResponse:
    """Keep what stands on the page without judging it, and go where the button said."""
    services.keep_typed(client=client, page=form.slug, typed=_typed(request, form), now=now)
    if request.htmx:
        return HttpResponse(status=204)
    slugs = list(PAGES)
    if act == "back" and (index := slugs.index(form.slug)):
        return redirect("assessments:intake_page", page=slugs[index - 1])
    return redirect("front:me")


def _typed(request: HttpRequest, form: Page) -> dict[str, list[str]]:
    names = [name for name in form.fields if name in request.POST and name not in KEPT_ELSEWHERE]
    return {name: request.POST.getlist(name) for name in names}


def _form(page: str, client: Client, answers: Intake, gate: Gate, now: datetime, data=None) -> Page:
    """The form of a page: posted, or as it was left: typed and not saved, else saved, else what the record says."""
    today = client.local_date(now)
    kwargs: dict = {"client": client, "today": today, "answers": answers.answers}
    if page == YouPage.slug:
        kwargs["has_consent"] = consent.has_consent(client)
    if page == HealthPage.slug:
        kwargs |= {"age": client.age_on(today), "stamp": gate.stamp}
    if data is not None:
        return PAGES[page](data, **kwargs)
    form = PAGES[page](**kwargs)
    form.initial = _from_record(client) | answers.answers | initial_of(answers.answers.get("red_flags", {}))
    for name, values in answers.typed.get(page, {}).items():
        if name in form.fields:
            form.initial[name] = values if _is_many(form.fields[name]) else values[-1] if values else ""
    if page in answers.typed:  # an unticked box posts nothing
        form.initial |= {
            name: None for name in form.fields if name not in answers.typed[page] and name not in KEPT_ELSEWHERE
        }
    return form


def _is_many(field) -> bool:
    return getattr(field.widget, "allow_multiple_selected", False)


def _from_record(client: Client) -> dict:
    names = ("born_on", "sex_for_norms", "story", "kit", "tools", "weekdays", "goals")
    known = {name: getattr(client, name) for name in names}
    return {name: value for name, value in known.items() if value}


def _page(
    request: HttpRequest, client: Client, answers: Intake, form: Page, *, status: int = 200, problem: str = ""
) -> HttpResponse:
    slugs = list(PAGES)
    index = slugs.index(form.slug)
    context = {
        "client": client,
        "coach": client.coach.user,
        "form": form,
        "steps": [PAGES[slug].title for slug in slugs],
        "now": index,
        "is_last": index == len(slugs) - 1,
        "questions": questions_on(form.slug),
        "minutes_left": minutes_left(form.slug),
        "consent_text": consent.TEXT,
        "problem": problem,
    }
    return render(request, f"assessments/intake/{form.slug}.html", context, status=status)


@coach_required
@require_safe
def intake_answers(request: HttpRequest, pk: int) -> HttpResponse:
    client = record_of(request, pk)
    answers = services.intake_of(client)
    context = {
        "client": client,
        "intake": answers,
        "sections": told(answers.answers),
        "pages": list(PAGES.values()),
        "slow": slow_recovery_of(client, timezone.now()),
    }
    return render(request, "assessments/intake_answers.html", context)
