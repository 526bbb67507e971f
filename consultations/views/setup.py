"""What a coach sets: the hours of the week, days with hours of their own, and the types of consultation."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consultations import queries, services
from consultations.forms import ExceptionForm, TypeForm, WeekForm
from consultations.models import ConsultationType, HoursException
from consultations.when import day_words, zone_words
from studio.accounts.access import coach_required, owned_or_404
from studio.accounts.models import Coach


@coach_required
@require_http_methods(["GET", "HEAD", "POST"])
def hours(request):
    coach = _coach(request)
    if request.method != "POST":
        return _hours_page(request, coach)
    form = WeekForm(request.POST, week=queries.week_of(coach))
    if not form.is_valid():
        return _hours_page(request, coach, week_form=form)
    services.set_week(coach=coach, week=form.cleaned_data["week"])
    messages.success(request, "Your hours are saved. What is booked already stays as it is.")
    return redirect("consultations:hours")


@coach_required
@require_POST
def exception_set(request):
    coach = _coach(request)
    form = ExceptionForm(request.POST, today=_today(coach))
    if not form.is_valid():
        return _hours_page(request, coach, exception_form=form)
    day = form.cleaned_data["date"]
    services.set_exception(coach=coach, day=day, windows=form.cleaned_data["windows"])
    messages.success(request, f"{day_words(day)} has hours of its own now.")
    if booked := queries.bookings_on(coach, day).count():
        messages.info(request, f"Booked on that day: {booked}. They stay until you cancel them.")
    return redirect("consultations:hours")


@coach_required
@require_POST
def exception_remove(request, pk):
    exception = owned_or_404(HoursException.objects, request, pk=pk)
    exception.delete()
    messages.success(request, f"{day_words(exception.date)} follows the week again.")
    return redirect("consultations:hours")


@coach_required
@require_safe
def types(request):
    kinds = ConsultationType.objects.all().visible_to(request.user).select_related("coach__user")
    return render(request, "consultations/types.html", {"kinds": kinds, "names_coach": request.user.is_owner})


@coach_required
@require_http_methods(["GET", "HEAD", "POST"])
def type_new(request):
    form = TypeForm(request.POST or None, instance=ConsultationType())  # the model knows the usual rules
    if request.method == "POST" and form.is_valid():
        kind = services.add_type(coach=_coach(request), **form.cleaned_data)
        messages.success(request, f"{kind.name} is on your list.")
        return redirect("consultations:types")
    return render(request, "consultations/type.html", {"form": form}, status=422 if form.errors else 200)


@coach_required
@require_http_methods(["GET", "HEAD", "POST"])
def type_edit(request, pk):
    kind = owned_or_404(ConsultationType.objects, request, pk=pk)
    name = kind.name
    form = TypeForm(request.POST or None, instance=kind)
    if request.method == "POST" and form.is_valid():
        services.update_type(kind=kind, **form.cleaned_data)
        messages.success(request, f"{kind.name} is saved.")
        return redirect("consultations:types")
    context = {"form": form, "kind": kind, "name": name}
    return render(request, "consultations/type.html", context, status=422 if form.errors else 200)


def _coach(request) -> Coach:
    return request.user.coach


def _today(coach: Coach):
    return timezone.now().astimezone(coach.user.zone).date()


def _hours_page(request, coach: Coach, *, week_form=None, exception_form=None):
    today = _today(coach)
    exceptions = HoursException.objects.for_coach(coach).filter(date__gte=today)
    context = {
        "week_form": week_form or WeekForm(week=queries.week_of(coach)),
        "exception_form": exception_form or ExceptionForm(today=today),
        "exceptions": [(row, day_words(row.date, year=True), _open_words(row)) for row in exceptions],
        "zone": zone_words(coach.user.time_zone),
    }
    is_wrong = week_form is not None or exception_form is not None
    return render(request, "consultations/hours.html", context, status=422 if is_wrong else 200)


def _open_words(exception: HoursException) -> str:
    return ", ".join(f"{start} to {end}" for start, end in exception.open) or "Closed"
