"""The coach's own pages: Today, one runner's record, the studio's settings."""

from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from clients.models import Client
from studio.accounts.access import coach_required, owned_or_404, owner_required


@coach_required
@require_safe
def today(request):
    return render(request, "front/today.html")


@coach_required
@require_POST
def alarm_acknowledge(request, pk):
    return render(request, "front/today.html")


@coach_required
@require_POST
def booking_seen(request, pk):
    return render(request, "front/today.html")


@coach_required
@require_safe
def client_record(request, pk):
    client = owned_or_404(Client.objects, request, pk=pk)
    return render(request, "front/client_record.html", {"client": client})


@coach_required
@require_safe
def client_log(request, pk):
    client = owned_or_404(Client.objects, request, pk=pk)
    return render(request, "front/client_log.html", {"client": client})


@owner_required
def studio_settings(request):
    return render(request, "front/studio_settings.html")
