"""The runner's own page: the knee this morning, today's session, the week."""

from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from clients.models import Client
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
    return render(request, "front/me.html", {"client": client, "day": day, "coach": client.coach.user})
