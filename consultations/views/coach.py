"""The coach's list of consultations."""

from itertools import groupby

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clients.models import Client
from consultations import services
from consultations.models import Booking
from consultations.when import When, day_words
from studio.accounts.access import coach_required, owned_or_404

PAGE = 50

SHOW = {
    "": ("Coming", lambda rows, now: rows.upcoming(now)),
    "past": ("Past", lambda rows, now: rows.past(now)),
    "cancelled": ("Cancelled", lambda rows, now: rows.cancelled().order_by("-starts_at")),
}


@coach_required
@require_safe
def consultation_list(request):
    now = timezone.now()
    show = request.GET.get("show", "")
    show = show if show in SHOW else ""
    rows = SHOW[show][1](Booking.objects.all().visible_to(request.user), now)
    page = Paginator(rows.select_related("type", "client", "coach__user"), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "days": _by_day(page.object_list, request.user),
        "show": show,
        "tabs": [(value, label) for value, (label, _) in SHOW.items()],
        "names_coach": request.user.is_owner,
    }
    return render(request, "consultations/list.html", context)


@coach_required
@require_http_methods(["GET", "HEAD", "POST"])
def consultation_cancel(request, pk):
    rows = Booking.objects.select_related("type", "client__user", "coach__user")
    booking = owned_or_404(rows, request, pk=pk)
    if request.method != "POST":
        return render(request, "consultations/cancel.html", {"booking": booking, "when": _when(booking, request.user)})
    try:
        if services.cancel(booking=booking, by=request.user, now=timezone.now()):
            messages.success(request, f"Cancelled. {booking.first_name} gets a letter.")
        else:
            messages.info(request, "It was cancelled before.")
    except services.TooLate as problem:
        messages.error(request, str(problem))
    return redirect("consultations:list")


@coach_required
@require_POST
def consultation_seen(request, pk):
    services.mark_seen(booking=owned_or_404(Booking.objects, request, pk=pk), now=timezone.now())
    return redirect("consultations:list")


@coach_required
@require_safe
def client_consultations(request, pk):
    client = owned_or_404(Client.objects.select_related("coach__user"), request, pk=pk)
    rows = client.bookings.select_related("type", "coach__user").order_by("-starts_at")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "client": client,
        "page": page,
        "rows": [(booking, _when(booking, request.user)) for booking in page.object_list],
        "now": timezone.now(),
    }
    return render(request, "consultations/client_consultations.html", context)


def _when(booking: Booking, user) -> When:
    return When(booking.starts_at, booking.ends_at, user.time_zone, clock_24h=user.clock_24h)


def _by_day(bookings, user) -> list:
    """[(day in words, [(booking, when for the coach, when for the booker or None), …]), …] in the order of the rows."""
    rows = [(booking, _when(booking, user), _elsewhere(booking, user)) for booking in bookings]
    return [
        (day_words(day, year=True), list(of_day)) for day, of_day in groupby(rows, key=lambda row: row[1].start.date())
    ]


def _elsewhere(booking: Booking, user) -> When | None:
    """The booker's own time, when her clock shows another."""
    when = When(booking.starts_at, booking.ends_at, booking.time_zone, clock_24h=user.clock_24h)
    return None if when.start.utcoffset() == booking.starts_at.astimezone(user.zone).utcoffset() else when
