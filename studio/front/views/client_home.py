"""The runner's own page: the knee this morning, today's session, the week."""

from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from assessments import outcomes
from assessments.views.outcomes import is_put_off
from clients.models import Client
from programs import checking
from programs.models import Version
from studio.accounts.access import client_required
from studio.front.client_day import client_day


@client_required
@require_safe
@never_cache
def me(request):
    client = Client.objects.select_related("coach__user").filter(user=request.user).first()
    if client is None:
        raise Http404
    now = timezone.now()
    day = client_day(client, now)
    if day.program and day.program.current.read_at is None:
        Version.objects.filter(pk=day.program.current_id, read_at__isnull=True).update(read_at=now)
    asks = {
        "round": None if is_put_off(request, day.today) else outcomes.round_due(client, now),
        "asks_week": checking.asks_week(client, now),
        "asks_phase": checking.offers_phase_check(checking.running_program(client), now),
    }
    return render(request, "front/me.html", {"client": client, "day": day, "coach": client.coach.user, "asks": asks})
