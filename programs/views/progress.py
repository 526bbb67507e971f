"""What the runner sees of herself over time, and the answers she gives outside a session."""

from datetime import timedelta

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from assessments import queries
from clients.models import Client
from programs.adherence import adherence_of
from programs.forms import MorningForm
from programs.models import MorningAnswer, ScheduledSession
from programs.services import deciding
from studio.accounts.access import client_required

PAIN_DAYS = 28
WEEKS_SHOWN = 12


def own_record(request) -> Client:
    client = Client.objects.select_related("coach__user").filter(user=request.user).first()
    if client is None:
        raise Http404
    return client


@client_required
@require_GET
@never_cache
def progress(request):
    client = own_record(request)
    today = client.local_date(timezone.now())
    first = today - timedelta(days=PAIN_DAYS - 1)
    mornings = dict(MorningAnswer.objects.filter(client=client, day__gte=first).values_list("day", "morning_nrs"))
    days = [first + timedelta(days=n) for n in range(PAIN_DAYS)]
    sessions = (
        ScheduledSession.objects.filter(program__client=client, started_at__isnull=False)
        .select_related("version")
        .order_by("-day", "-id")[:8]
    )
    adherence = adherence_of(client, today)
    share = adherence.headline.share
    return render(
        request,
        "programs/progress.html",
        {
            "client": client,
            "adherence": adherence,
            "ring": None if share is None else round(100 * share),
            "strip": adherence.strip(WEEKS_SHOWN),
            "strip_today": 7 * (WEEKS_SHOWN - 1) + today.weekday(),
            "pain": [mornings.get(day) for day in days],
            "pain_labels": [(n, f"{day:%-d %b}") for n, day in enumerate(days) if n % 9 == 1],
            "pain_rows": [
                (f"{day:%-d %B}", "no answer" if mornings.get(day) is None else mornings[day]) for day in days
            ],
            "has_pain": any(nrs is not None for nrs in mornings.values()),
            "sessions": [(session, deciding.decided_words(session)) for session in sessions],
            "findings": list(queries.shared_findings(client))[:3],
        },
    )


@client_required
@require_POST
def morning_save(request):
    """Keep this morning's answer from the runner's own page."""
    client = own_record(request)
    form = MorningForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Choose a number from 0 to 10, or skip.")
        return redirect("front:me")
    now = timezone.now()
    if any(value is not None for value in form.cleaned_data.values()):
        deciding.answer_morning(client=client, day=client.local_date(now), now=now, **form.cleaned_data)
        messages.success(request, "Saved.")
    return redirect("front:me")
