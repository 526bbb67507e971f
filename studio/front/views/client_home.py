"""The runner's own page: the knee this morning, today's session, the week."""

from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from assessments.views.outcomes import is_put_off
from programs.models import Version
from programs.rows import RunnerRows
from studio.accounts.access import client_required
from studio.front.client_day import client_day


@client_required
@require_safe
@never_cache
def me(request):
    now = timezone.now()
    runner = RunnerRows.of_user(request.user, now)
    if runner is None:
        raise Http404
    client = runner.client
    day = client_day(client, now, runner)
    if day.program and day.program.current.read_at is None:
        Version.objects.filter(pk=day.program.current_id, read_at__isnull=True).update(read_at=now)
    due = None if is_put_off(request, day.today) else day.round
    return render(request, "front/me.html", {"client": client, "day": day, "coach": client.coach.user, "round": due})
