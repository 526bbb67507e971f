"""The runner's own settings: person, training, weekly note, pauses, consent; and a question about the date of birth."""

from datetime import timedelta

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clients import consent
from clients.forms import PauseForm, PersonForm, TrainingForm, WeeklyNoteForm
from clients.models import Client, Pause
from clients.services import birth_date, pausing, record
from clients.views import consenting
from clients.views.consenting import asks_about_health
from studio.accounts.access import client_required, owned_or_404

AHEAD = timedelta(days=800)  # a pause starts at most a year from today and lasts at most a year


@client_required
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request):
    client = _own(request)
    part = request.POST.get("part")
    save = PARTS.get(part) if request.method == "POST" else None
    if save is None:
        return _page(request, client)
    form = _forms(client, request.POST, part)[part]
    if form.is_valid():
        save(client, form)
        messages.success(request, "Saved.")
        return redirect(f"{reverse('clients:settings')}#{part}")
    return _page(request, _own(request), **{part: form})


def _own(request) -> Client:
    return owned_or_404(Client.objects.select_related("user", "coach__user"), request, user=request.user)


def _save_person(client, form):
    record.update_person(client=client, **form.cleaned_data)


def _save_training(client, form):
    record.update_record(client=client, **form.cleaned_data)


def _save_note(client, form):
    data = form.cleaned_data
    record.choose_weekly_note(
        client=client, wanted=data["wanted"], weekday=data["note_weekday"], hour=data["note_hour"], now=timezone.now()
    )


PARTS = {"person": _save_person, "training": _save_training, "note": _save_note}


def _forms(client: Client, data=None, part: str = "") -> dict:
    """The forms of the page, the one that was sent with what was typed. Prefixes keep their ids apart."""
    typed = {name: data if name == part else None for name in PARTS}
    return {
        "person": PersonForm(typed["person"], instance=client.user, prefix="person"),
        "training": TrainingForm(typed["training"], instance=client, prefix="training"),
        "note": WeeklyNoteForm(
            typed["note"],
            prefix="note",
            clock_24h=client.user.clock_24h,
            initial={
                "wanted": client.note_off_at is None,
                "note_weekday": client.note_weekday,
                "note_hour": client.note_hour,
            },
        ),
    }


def _page(request, client: Client, *, pause=None, **bound):
    today = client.local_date(timezone.now())
    running = client.pauses.exclude(kind=Pause.Kind.FLARE).touching(today, today + AHEAD)
    context = {
        "client": client,
        "forms": _forms(client) | bound,
        "pause_form": pause or PauseForm(today=today),
        "pauses": list(running.order_by("starts_on", "pk")),
        "has_consent": consent.has_consent(client),
        "is_withdrawn": consent.withdrawn_at(client) is not None,
    }
    is_wrong = pause is not None or any(form.errors for form in bound.values())
    return render(request, "clients/settings.html", context, status=422 if is_wrong else 200)


@client_required
@require_POST
@asks_about_health
def my_pause_start(request):
    client = _own(request)
    now = timezone.now()
    form = PauseForm(request.POST, today=client.local_date(now))
    if form.is_valid():
        try:
            pausing.start_pause(client=client, by=request.user, now=now, **form.cleaned_data)
        except pausing.AlreadyPaused as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, "Those days are excused. Your coach sees it; there is nothing else to do.")
            return redirect(f"{reverse('clients:settings')}#pause")
    return _page(request, client, pause=form)


@client_required
@require_POST
def my_pause_end(request, pk):
    client = _own(request)
    pause = owned_or_404(Pause.objects.exclude(kind=Pause.Kind.FLARE), request, pk=pk)
    pausing.end_pause(pause=pause, back_on=client.local_date(timezone.now()))
    messages.success(request, "Good to have you back. Everything you built up still counts.")
    return redirect(f"{reverse('clients:settings')}#pause")


@client_required
@require_POST
def my_birth_date_ask(request):
    """The under-age page's one press: the coach is asked to look at the date of birth. Pressed twice is asked once."""
    client, now = _own(request), timezone.now()
    if birth_date.is_under_age(client, now):
        birth_date.ask_about_birth_date(client=client, now=now)
        messages.success(request, f"{client.coach.user.get_short_name()} has been asked.")
    return redirect("assessments:intake")


@client_required
@require_safe
def my_consent(request):
    client = _own(request)
    taken_back = consent.withdrawn_at(client)
    context = {
        "client": client,
        "taken_back": consenting.words(client, taken_back) if taken_back else "",
        "text": consent.TEXT,
        "version": consent.VERSION,
        "has_consent": consent.has_consent(client),
        "consents": client.consents.order_by("-given_at"),
    }
    return render(request, "clients/consent.html", context)


@client_required
@require_POST
def my_consent_give(request):
    consent.give_consent(client=_own(request), now=timezone.now())
    messages.success(request, "Thank you. Your coach can work with your answers.")
    if there := consenting.way_on(request):  # with the form that waited for this: the browser sends it on as it was
        return redirect(there, preserve_request=True)
    return redirect("clients:consent")


@client_required
@require_POST
def my_consent_withdraw(request):
    if consent.withdraw_consent(client=_own(request), now=timezone.now()):
        messages.success(request, "Your consent is withdrawn. Your coach is told.")
    return redirect("clients:consent")
