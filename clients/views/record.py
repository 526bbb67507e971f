"""What the coach keeps about one runner, and does with the record."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from clients import consent, vocabulary
from clients.forms import DetailsForm, FactsForm, NoteForm, PauseForm
from clients.models import Client, Pause
from clients.services import addresses, birth_date, ending, facts, invitations, pausing, record
from studio.accounts.access import coach_required, owned_or_404
from studio.accounts.models import RecordView

SHOWN = 20  # notes, views and pauses on the page; older ones stay in the database


@coach_required
@require_http_methods(["GET", "HEAD", "POST"])
def client_details(request, pk):
    client = _client(request, pk)
    form = DetailsForm(request.POST or None, instance=client)
    if request.method != "POST":
        return _page(request, client, form=form)
    if form.is_valid():
        fields = form.changed_fields()
        email = fields.pop("email", None)
        try:
            revoked = email is not None and addresses.change_email(client=client, email=email, now=timezone.now())
        except record.ClientError as problem:
            form.add_error("email" if "email" in form.fields else None, str(problem))
        else:
            record.update_record(client=client, **fields)
            messages.success(request, "Saved.")
            if revoked:
                messages.info(request, "The invitation went to the old address and no longer works. Send a new one.")
            return redirect("clients:details", pk=client.pk)
    # The form has written the unsaved values onto its instance; the page shows the record as it is.
    return _page(request, _client(request, pk), form=form)


def _client(request, pk) -> Client:
    return owned_or_404(Client.objects.select_related("coach__user", "user"), request, pk=pk)


def _page(request, client, *, form=None, facts_form=None, pause_form=None, note_form=None):
    now = timezone.now()
    today = client.local_date(now)
    forms = [form, facts_form, pause_form, note_form]
    invitation = client.invitations.filter(accepted_at=None, revoked_at=None).first()
    pauses = list(client.pauses.order_by("-starts_on", "-pk")[:SHOWN])
    context = {
        "client": client,
        "form": form or DetailsForm(instance=client),
        "facts_form": facts_form or FactsForm(instance=client, today=today),
        "age": client.age_on(today),
        "is_under_age": birth_date.is_under_age(client, now),
        "youngest": birth_date.YOUNGEST_ALONE,
        "pause_form": pause_form or PauseForm(today=today),
        "note_form": note_form or NoteForm(),
        "pauses": [(pause, _is_running(pause, today)) for pause in pauses],
        "notes": client.notes.select_related("author").order_by("-created_at", "-pk")[:SHOWN],
        "invitation": invitation,
        "invitation_is_open": invitation is not None and invitation.is_open(now),
        "may_invite": not client.user_id,
        "consents": client.consents.order_by("-given_at"),
        "consent_version": consent.VERSION,
        "views": RecordView.objects.filter(client_id=client.pk).select_related("viewer").order_by("-viewed_at")[:SHOWN],
        "computed_tags": [vocabulary.COMPUTED_TAGS[tag] for tag in client.tags if tag in vocabulary.COMPUTED_TAGS],
    }
    is_wrong = any(given is not None and given.is_bound and given.errors for given in forms)
    return render(request, "clients/details.html", context, status=422 if is_wrong else 200)


def _is_running(pause: Pause, today) -> bool:
    return pause.ends_on is None or pause.ends_on >= today


@coach_required
@require_POST
def facts_correct(request, pk):
    """Date of birth, sex for norms and painful side: corrected with a reason, which stays in the notes."""
    client = _client(request, pk)
    now = timezone.now()
    form = FactsForm(request.POST, instance=_client(request, pk), today=client.local_date(now))
    if form.is_valid():
        try:
            changes = facts.correct_facts(
                client=client, said=form.said(), was=form.was_then(), reason=form.cleaned_data["reason"],
                by=request.user, now=now,
            )  # fmt: skip
        except facts.NoReason as problem:
            form.add_error("reason", str(problem))
        except facts.ChangedMeanwhile as problem:
            form.add_error(None, str(problem))
        else:
            if changes:
                messages.success(request, "Corrected. Old and new value and your reason are in the notes.")
            else:
                messages.info(request, "Nothing was changed.")
            return redirect(f"{reverse('clients:details', kwargs={'pk': client.pk})}#facts")
    return _page(request, _client(request, pk), facts_form=form)


@coach_required
@require_POST
def client_invite(request, pk):
    client = _client(request, pk)
    try:
        invitation = invitations.invite(client=client, by=request.user, now=timezone.now())
    except record.ClientError as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, f"The invitation goes to {invitation.sent_to}. The link works once, for 14 days.")
    return redirect("clients:details", pk=client.pk)


@coach_required
@require_POST
def invitation_revoke(request, pk):
    client = _client(request, pk)
    invitation = client.invitations.filter(accepted_at=None, revoked_at=None).first()
    if invitation and invitations.revoke(invitation=invitation, now=timezone.now()):
        messages.success(request, "The invitation no longer works.")
    else:
        messages.info(request, "There was no open invitation.")
    return redirect("clients:details", pk=client.pk)


@coach_required
@require_POST
def client_finish(request, pk):
    client = _client(request, pk)
    ending.finish(client=client, by=request.user, now=timezone.now())
    messages.success(request, f"{client.first_name} is among the finished runners now. Nothing was deleted.")
    return redirect("clients:details", pk=client.pk)


@coach_required
@require_POST
def client_reopen(request, pk):
    client = _client(request, pk)
    ending.reopen(client=client)
    messages.success(request, f"{client.first_name} is back on your list.")
    return redirect("clients:details", pk=client.pk)


@coach_required
@require_POST
def pause_start(request, pk):
    client = _client(request, pk)
    now = timezone.now()
    form = PauseForm(request.POST, today=client.local_date(now))
    if form.is_valid():
        try:
            pausing.start_pause(client=client, by=request.user, now=now, **form.cleaned_data)
        except pausing.AlreadyPaused as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, f"Those days are excused for {client.first_name}.")
            return redirect("clients:details", pk=client.pk)
    return _page(request, client, pause_form=form)


@coach_required
@require_POST
def pause_end(request, pk, pause):
    client = _client(request, pk)
    row = owned_or_404(Pause.objects, request, pk=pause, client=client)
    pausing.end_pause(pause=row, back_on=client.local_date(timezone.now()))
    messages.success(request, f"{client.first_name} is back.")
    return redirect("clients:details", pk=client.pk)


@coach_required
@require_POST
def note_add(request, pk):
    client = _client(request, pk)
    form = NoteForm(request.POST)
    if form.is_valid():
        record.add_note(client=client, body=form.cleaned_data["body"], by=request.user, now=timezone.now())
        messages.success(request, "Noted.")
        return redirect("clients:details", pk=client.pk)
    return _page(request, client, note_form=form)
