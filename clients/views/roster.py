from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from clients import roster
from clients.forms import NewRunnerForm, RosterForm, Show
from clients.models import Client
from clients.services import record
from studio.accounts.access import coach_required

PAGE = 50

FILTERS = {
    Show.CURRENT: lambda rows: rows.current(),
    Show.LEADS: lambda rows: rows.leads(),
    Show.ACTIVE: lambda rows: rows.training(),
    Show.PAUSED: lambda rows: rows.resting(),
    Show.FINISHED: lambda rows: rows.finished(),
}


@coach_required
@require_safe
def client_list(request):
    now = timezone.now()
    text, show = RosterForm(request.GET).wanted()
    mine = Client.objects.all().visible_to(request.user)
    rows = roster.by_need(FILTERS[show](mine).matching(text).select_related("coach__user"), now)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    clients = list(page.object_list)
    standings = roster.standings(clients, now)
    counts = _counts(mine)
    context = {
        "page": page,
        "rows": [(client, standings[client.pk]) for client in clients],
        "text": text,
        "show": show,
        "filters": [(option.value, option.label, counts[option.name]) for option in Show],
        "counts": counts,
        "own_coach_id": request.user.coach.pk,  # the owner reads whose runner another one is
    }
    template = "clients/list.html#rows" if request.htmx and not request.htmx.boosted else "clients/list.html"
    return render(request, template, context)


def _counts(mine) -> dict[str, int]:
    status = Client.Status
    return mine.aggregate(
        **{
            Show.CURRENT.name: Count("pk", filter=~Q(status=status.FINISHED)),
            Show.LEADS.name: Count("pk", filter=Q(status__in=[status.LEAD, status.INVITED])),
            Show.ACTIVE.name: Count("pk", filter=Q(status=status.ACTIVE)),
            Show.PAUSED.name: Count("pk", filter=Q(status=status.PAUSED)),
            Show.FINISHED.name: Count("pk", filter=Q(status=status.FINISHED)),
        }
    )


@coach_required
@require_http_methods(["GET", "HEAD", "POST"])
def client_new(request):
    initial = {"time_zone": request.user.time_zone}
    form = NewRunnerForm(request.POST or None, user=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            client = record.add_runner(
                coach=data.get("coach") or request.user.coach,
                name=data["name"],
                email=data["email"],
                time_zone=data["time_zone"],
                story=data["story"],
                now=timezone.now(),
            )
        except record.EmailInUse as problem:
            form.add_error("email", str(problem))
        else:
            messages.success(request, f"{client.first_name} is on your list. The next step is the invitation.")
            return redirect("clients:details", pk=client.pk)
    return render(request, "clients/new.html", {"form": form}, status=422 if form.errors else 200)
