"""The permanent page of one booking. Whoever holds the link may see and cancel it; the address is the key."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from consultations import services
from consultations.calendar_file import CANCEL, PUBLISH, calendar_file
from consultations.models import Booking
from consultations.when import When
from studio.accounts.access import login_not_required
from studio.accounts.models import Studio


@login_not_required
@never_cache
@require_safe
def booking(request, token):
    return _page(request, _booking(token), "consultations/booking.html")


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def booking_cancel(request, token):
    row = _booking(token)
    if request.method != "POST":
        return _page(request, row, "consultations/booking_cancel.html")
    try:
        services.cancel(booking=row, by=None, now=timezone.now())
    except services.TooLate as problem:
        return _page(request, row, "consultations/booking.html", status=409, problem=str(problem))
    return redirect("consultations:booking", token=token)


@login_not_required
@never_cache
@require_safe
def booking_calendar(request, token):
    row = _booking(token)
    method = PUBLISH if row.is_standing else CANCEL
    content = calendar_file(row, method=method, studio=Studio.current())
    return HttpResponse(
        content,
        content_type=f"text/calendar; charset=utf-8; method={method}",
        headers={"Content-Disposition": 'attachment; filename="consultation.ics"'},
    )


def _booking(token: str) -> Booking:
    rows = Booking.objects.select_related("type", "coach__user", "client__user")
    return get_object_or_404(rows, token=token)


def _page(request, row: Booking, template: str, *, status: int = 200, problem: str = ""):
    user = row.client.user if row.client else None
    context = {
        "booking": row,
        "kind": row.type,
        "coach": row.coach,
        "when": When(row.starts_at, row.ends_at, row.time_zone, clock_24h=user.clock_24h if user else True),
        "is_over": row.ends_at <= timezone.now(),
        "may_cancel": row.is_standing and row.starts_at > timezone.now(),
        "problem": problem,
    }
    response = render(request, template, context, status=status)
    response["X-Robots-Tag"] = "noindex"
    return response
