"""The runner's own page: the knee this morning, today's session, the week."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from studio.accounts.access import client_required


@client_required
@require_safe
def me(request):
    return render(request, "front/me.html")
