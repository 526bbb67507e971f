"""The letter to a clinician: for the coach, and for the runner, who takes it along."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from assessments import gate as gates
from assessments import referral
from assessments.referral import TO_LENGTH, Letter
from assessments.views.people import own_record, record_of
from clients.models import Client
from studio.accounts.access import client_required, coach_required

NOTHING_WAITS = "No answer waits for a clinician, so there is no letter to write."


class ToForm(forms.Form):
    """For whom the letter is. It travels in the address and is kept nowhere."""

    to = forms.CharField(
        label="To",
        required=False,
        max_length=TO_LENGTH,
        help_text="A name or a practice. Left empty, the letter has a line to write on.",
        error_messages={"max_length": f"Please keep it under {TO_LENGTH} characters."},
    )


def _letter(client: Client, request: HttpRequest) -> tuple[Letter | None, ToForm]:
    form = ToForm(request.GET if "to" in request.GET else {})
    to = form.cleaned_data["to"] if form.is_valid() else ""
    now = timezone.now()
    return referral.letter_of(client, gates.gate_for(client, now), now, to=to), form


def _as_pdf(letter: Letter, client: Client) -> HttpResponse:
    now = timezone.now()
    named = content_disposition_header(True, referral.pdf_name(client, now)) or "attachment"
    headers = {"Content-Disposition": named}
    return HttpResponse(referral.as_pdf(letter, now=now), content_type="application/pdf", headers=headers)


@coach_required
@never_cache
@require_safe
def letter(request: HttpRequest, pk: int) -> HttpResponse:
    client = record_of(request, pk)
    found, form = _letter(client, request)
    if found is None:
        messages.info(request, NOTHING_WAITS)
        return redirect("assessments:clearance", pk=client.pk)
    context = {"client": client, "letter": found, "form": form}
    return render(request, "assessments/referral.html", context, status=422 if form.errors else 200)


@coach_required
@never_cache
@require_safe
def letter_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    client = record_of(request, pk)
    found, form = _letter(client, request)
    if found is None or form.errors:
        return redirect("assessments:referral", pk=client.pk)
    return _as_pdf(found, client)


@client_required
@never_cache
@require_safe
def my_letter(request: HttpRequest) -> HttpResponse:
    """At once, without waiting for the coach: it holds the runner's own answers and nothing else."""
    client = own_record(request)
    found, _ = _letter(client, request)
    if found is None:
        return redirect("assessments:red_flags")
    context = {"client": client, "coach": client.coach.user, "letter": found}
    return render(request, "assessments/my_letter.html", context)


@client_required
@never_cache
@require_safe
def my_letter_pdf(request: HttpRequest) -> HttpResponse:
    client = own_record(request)
    found, _ = _letter(client, request)
    return redirect("assessments:red_flags") if found is None else _as_pdf(found, client)
