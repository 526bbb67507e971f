"""The page behind an invitation: public, and silent about everything to those who hold no valid link."""

from datetime import datetime

from django.contrib.auth import login
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from clients.forms import AcceptForm
from clients.models import Client
from clients.services import birth_date, invitations, record
from studio.accounts.access import login_not_required


@login_not_required
@never_cache
@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "HEAD", "POST"])
def invitation_accept(request, token):
    now = timezone.now()
    invitation = invitations.invitation_of(token)
    if invitation is None:
        return _closed(request, "unknown", status=404)
    client = invitation.client
    if request.user.is_authenticated:
        if client.user_id == request.user.pk:
            return redirect("front:start")
        return _closed(request, "signed_in", status=200)
    if invitation.is_used or client.user_id:
        return _closed(request, "used")
    if not invitation.is_open(now):
        return _closed(request, "revoked" if invitation.revoked_at else "expired")
    if invitations.is_taken(invitation):
        return _closed(request, "taken")

    if birth_date.is_under_age(client, now):
        return _under_age(request, client, now, token)
    form = AcceptForm(
        request.POST or None,
        email=invitation.sent_to,
        today=client.local_date(now),
        initial={"name": client.name, "time_zone": client.time_zone, "born_on": client.born_on},
    )
    if request.method == "POST" and form.is_valid():
        fields = {name: form.cleaned_data[name] for name in ("name", "born_on", "time_zone", "password")}
        try:
            user = invitations.accept(invitation=invitation, now=now, **fields)
        except invitations.UnderAge:
            return redirect("clients:invitation", token=token)  # the date is kept: the page behind the link says so
        except invitations.InvitationClosed:
            return _closed(request, "used")
        except record.EmailInUse:
            return _closed(request, "taken")
        login(request, user)
        return redirect("assessments:intake")
    context = {"form": form, "invitation": invitation, "coach": client.coach.user, "client": client}
    return render(request, "clients/invitation.html", context, status=422 if form.errors else 200)


def _under_age(request, client: Client, now: datetime, token: str):
    """Under 16 by the record: no form. One press asks the coach, who alone can correct a date that was said."""
    if request.method == "POST" and "ask" in request.POST:
        birth_date.ask_about_birth_date(client=client, now=now)
        return redirect("clients:invitation", token=token)
    context = {
        "coach": client.coach.user,
        "born_on": client.born_on,
        "has_asked": birth_date.has_asked_about_birth_date(client),
        "youngest": birth_date.YOUNGEST_ALONE,
    }
    return render(request, "clients/invitation_under_16.html", context)


def _closed(request, reason: str, *, status: int = 410):
    return render(request, "clients/invitation_closed.html", {"reason": reason}, status=status)
