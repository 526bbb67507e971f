"""The coach's own pages: Today, one runner's record, the studio's settings."""

from datetime import timedelta

from django.conf import settings
from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clients import alarms
from clients.models import Alarm, Client
from consultations import services as consultations
from consultations.models import Booking
from consultations.when import When
from studio.accounts import services as accounts
from studio.accounts.access import coach_required, owned_or_404, owner_required
from studio.accounts.models import Coach, Studio, User
from studio.front import retiring
from studio.front.attention import FILTERS, SHOWN, desk_of
from studio.front.forms import ADDRESS_TAKEN, CoachForm, RetireForm, StudioForm
from studio.front.record import left_out, log_of, record_of
from studio.front.timeline import timeline_of
from studio.ui.kit import sample

STRIP_WEEKS, STRIPS = 4, 24


@coach_required
@require_safe
def today(request):
    now = timezone.now()
    desk = desk_of(request.user, now)
    chosen = request.GET.get("show", "")
    needs = [need for need in desk.needs if chosen not in FILTERS or need.has(FILTERS[chosen][1])]
    local = timezone.localtime(now)
    monday = local.date() - timedelta(days=local.weekday())
    strips = [
        (
            client,
            each,
            each.strip(STRIP_WEEKS),
            None if each.headline.share is None else round(100 * each.headline.share),
        )
        for client, each in desk.adherences[:STRIPS]
    ]
    half = -(-len(strips) // 2)
    bookings = list(
        Booking.objects.visible_to(request.user)
        .standing()
        .filter(ends_at__gte=local.replace(hour=0, minute=0, second=0), starts_at__date__lte=local.date())
        .select_related("type", "client")
        .order_by("starts_at")
    )
    next_booking = (
        next((each for each in bookings if each.ends_at > now), None)
        or Booking.objects.visible_to(request.user).upcoming(now).select_related("type", "client").first()
    )
    return render(
        request,
        "front/today.html",
        {
            "desk": desk,
            "needs": needs[:SHOWN],
            "more_needs": len(needs) - len(needs[:SHOWN]),
            "filters": [
                (key, label, sum(need.has(ranks) for need in desk.needs)) for key, (label, ranks) in FILTERS.items()
            ],
            "chosen": chosen if chosen in FILTERS else "",
            "now": local,
            "greeting": "Good morning" if local.hour < 12 else "Good afternoon" if local.hour < 18 else "Good evening",
            "next_booking": next_booking,
            "other_bookings": [each for each in bookings if each != next_booking],
            "consistency_pct": None if desk.consistency is None else round(100 * desk.consistency),
            "strips": [column for column in (strips[:half], strips[half:]) if column],
            "strip_weeks": [monday - timedelta(weeks=n) for n in range(STRIP_WEEKS - 1, 0, -1)],
            "today_index": 7 * (STRIP_WEEKS - 1) + local.weekday(),
        },
    )


@coach_required
@require_POST
def alarm_acknowledge(request, pk):
    """A human takes over; the mails stop."""
    alarm = owned_or_404(Alarm.objects.select_related("client"), request, pk=pk)
    alarms.acknowledge(alarm=alarm, by=request.user, now=timezone.now())
    messages.success(request, f"You take over for {alarm.client.first_name}.")
    return redirect("front:client_record", pk=alarm.client_id)


@coach_required
@require_POST
def booking_seen(request, pk):
    booking = owned_or_404(Booking.objects, request, pk=pk)
    consultations.mark_seen(booking=booking, now=timezone.now())
    return redirect("front:today")


@coach_required
@require_safe
def client_record(request, pk):
    client = owned_or_404(Client.objects.select_related("coach__user"), request, pk=pk)
    return render(request, "front/client_record.html", {"client": client, "record": record_of(client, timezone.now())})


@coach_required
@require_safe
def client_log(request, pk):
    client = owned_or_404(Client.objects.select_related("coach__user"), request, pk=pk)
    page = log_of(client, request.GET.get("page"))
    rows = [(session, left_out(session)) for session in page]
    return render(request, "front/client_log.html", {"client": client, "page": page, "rows": rows})


@coach_required
@require_safe
def client_timeline(request, pk):
    """Everything that happened, newest first; ?kind= shows one kind of it."""
    client = owned_or_404(Client.objects.select_related("coach__user"), request, pk=pk)
    told = timeline_of(
        client, request.user, timezone.now(), kind=request.GET.get("kind", ""), page=request.GET.get("page")
    )
    return render(request, "front/client_timeline.html", {"client": client, "told": told})


@coach_required
@require_safe
def kit(request):
    """Every component once, with made-up values: what somebody who builds a page looks at, in a demo studio."""
    if not settings.SHOWS_KIT:
        raise Http404
    return render(request, "front/kit.html", sample())


@owner_required
@require_http_methods(["GET", "POST"])
def studio_settings(request):
    """The studio itself: name, zone, address, emergency numbers, and who coaches in it."""
    studio = Studio.current()
    adds = "add_coach" in request.POST
    form = StudioForm(request.POST if request.method == "POST" and not adds else None, instance=studio)
    coach_form = CoachForm(request.POST if adds else None)
    if adds and coach_form.is_valid():
        try:
            coach = accounts.add_coach(time_zone=studio.time_zone, **coach_form.cleaned_data)
        except accounts.EmailTaken:  # a second tap, or an address that somebody confirmed a moment ago
            coach_form.add_error("email", ADDRESS_TAKEN)
        else:
            messages.success(request, f"{coach} can sign in with a code sent to {coach.user.email}.")
            return redirect("front:studio_settings")
    if request.method == "POST" and not adds and form.is_valid():
        form.save()
        messages.success(request, "Studio saved.")
        return redirect("front:studio_settings")
    runners = Count("clients", filter=~Q(clients__status=Client.Status.FINISHED))
    coaches = Coach.objects.select_related("user").annotate(runners=runners).order_by("-user__is_active", "user__name")
    status = 422 if form.errors or coach_form.errors else 200
    context = {"form": form, "coach_form": coach_form, "coaches": coaches}
    return render(request, "front/studio_settings.html", context, status=status)


@owner_required
@require_http_methods(["GET", "HEAD", "POST"])
def coach_retire(request, pk):
    """What happens when a coach leaves, before it happens; then it happens, all of it."""
    coach = get_object_or_404(Coach.objects.select_related("user"), pk=pk, user__role=User.Role.COACH)
    if not coach.user.is_active:
        messages.info(request, f"{coach} has left already.")
        return redirect("front:studio_settings")
    now = timezone.now()
    colleagues = retiring.colleagues(coach)
    asked = request.POST.get("to") or request.GET.get("to", "")
    to = next((each for each in colleagues if str(each.pk) == asked), colleagues[0])
    leaving = retiring.leaving(coach, to, now)
    form = RetireForm(request.POST if request.method == "POST" else None, leaving=leaving, colleagues=colleagues)
    if form.is_valid():
        try:
            retiring.retire(coach=coach, to=form.cleaned_data["to"], choices=form.choices, by=request.user, now=now)
        except retiring.RetiringError as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, f"{coach} has left. {to} has the runners now.")
            return redirect("front:studio_settings")
    zone = request.user.time_zone
    rows = [
        (each, field, When(each.booking.starts_at, each.booking.ends_at, zone, clock_24h=request.user.clock_24h))
        for each, field in form.rows()
    ]
    context = {"coach": coach, "colleagues": colleagues, "leaving": leaving, "form": form, "rows": rows}
    return render(request, "front/coach_retire.html", context, status=422 if form.errors else 200)


@owner_required
@require_POST
def coach_return(request, pk):
    """A coach who left works here again."""
    coach = get_object_or_404(Coach.objects.select_related("user"), pk=pk)
    if retiring.bring_back(coach=coach):
        messages.success(request, f"{coach} is back and signs in with a code sent to {coach.user.email}.")
    else:
        messages.info(request, f"{coach} works here already.")
    return redirect("front:studio_settings")
