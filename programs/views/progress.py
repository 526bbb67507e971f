"""What the runner sees of herself over time, and the answers she gives outside a session."""

from collections.abc import Sequence
from datetime import date, timedelta
from statistics import median

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from assessments import outcomes, queries
from clients.models import Client
from clients.views.consenting import asks_about_health
from programs.adherence import Adherence, adherence_of
from programs.domain import words
from programs.forms import MorningForm
from programs.models import MorningAnswer, ScheduledSession
from programs.services import deciding
from studio.accounts.access import client_required
from studio.ui.marks import HEAT_DAYS

PAIN_DAYS = 28
WEEKS_SHOWN = 12
DAYS_COMPARED, ANSWERS_COMPARED = 7, 3  # a week of mornings with fewer answers is not put into one number


def own_record(request) -> Client:
    client = Client.objects.select_related("coach__user").filter(user=request.user).first()
    if client is None:
        raise Http404
    return client


def weeks_of(adherence: Adherence, today: date) -> list[dict]:
    """The weeks since the plan began, oldest first, each with its seven days for the heat mark."""
    strip = adherence.strip(WEEKS_SHOWN)
    monday = today - timedelta(days=today.weekday())
    weeks = [(monday - timedelta(weeks=WEEKS_SHOWN - 1 - n), strip[7 * n : 7 * n + 7]) for n in range(WEEKS_SHOWN)]
    return [
        {"first": first, "days": days, "is_now": first == monday, "label": f"Week of {first:%-d %B}: {_days_words(days)}"}
        for first, days in weeks
        if set(days) != {"n"}
    ]  # fmt: skip


def _days_words(days: str) -> str:
    found = ((days.count(code), HEAT_DAYS[code]) for code in "321mqp")
    return ", ".join(f"{count} {name}" for count, name in found if count) or "nothing planned"


def mornings_words(values: Sequence[int | None]) -> str:
    """The chart in one sentence: the middle of the first week's answers and of the last week's, or what there is.

    Args:
        values: a pain answer 0-10 a day, oldest first; None = not answered, and enters nothing.
    """
    first, last = (
        [nrs for nrs in week if nrs is not None] for week in (values[:DAYS_COMPARED], values[-DAYS_COMPARED:])
    )
    if min(len(first), len(last)) >= ANSWERS_COMPARED:
        before, now = median(first), median(last)
        return (
            f"Around {now:g} in both the first and the last of these weeks."
            if before == now
            else f"Around {before:g} four weeks ago, around {now:g} in the last week."
        )
    given = [nrs for nrs in values if nrs is not None]
    return f"{words.plural(len(given), 'answer')} so far: {words.span((min(given), max(given)))}." if given else ""


@client_required
@require_safe
@never_cache
def progress(request):
    client = own_record(request)
    now = timezone.now()
    today = client.local_date(now)
    first = today - timedelta(days=PAIN_DAYS - 1)
    mornings = dict(MorningAnswer.objects.filter(client=client, day__gte=first).values_list("day", "morning_nrs"))
    days = [first + timedelta(days=n) for n in range(PAIN_DAYS)]
    sessions = (
        ScheduledSession.objects.filter(program__client=client, started_at__isnull=False)
        .defer("content", "decision")
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
            "weeks": weeks_of(adherence, today),
            "strip_today": today.weekday(),
            "pain": [mornings.get(day) for day in days],
            "pain_words": mornings_words([mornings.get(day) for day in days]),
            "pain_labels": [(n, f"{day:%-d %b}") for n, day in enumerate(days) if n % 9 == 0],
            "pain_rows": [
                (f"{day:%-d %B}", "no answer" if mornings.get(day) is None else mornings[day]) for day in days
            ],
            "has_pain": any(nrs is not None for nrs in mornings.values()),
            "sessions": [(session, deciding.decided_words(session)) for session in sessions],
            "outcome": next((trend for trend in outcomes.trends_of(client, now) if trend.id == "akps"), None),
            "findings": list(queries.shared_findings(client))[:3],
        },
    )


@client_required
@require_POST
@asks_about_health
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
