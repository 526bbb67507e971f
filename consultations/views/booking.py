"""Choosing a type, a day and a time, and booking it: for visitors, and for runners who are signed in.

One page, plain forms. Before a time is chosen its buttons ask by GET (`show`), so that every step has an address. Once there
is something to type they send the whole form by POST (`look`), so that looking at another day loses nothing.
"""

from collections.abc import Callable
from functools import partial
from uuid import uuid4
from zoneinfo import ZoneInfo

from allauth.account.adapter import get_adapter
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from clients import consent
from clients.models import Client
from clients.views import consenting
from consultations import limits, services
from consultations.booking_page import Reader, build_page, read_wish
from consultations.forms import BookingForm, ClientBookingForm
from consultations.models import Booking, ConsultationType
from consultations.when import When
from studio.accounts.access import client_required, login_not_required, owned_or_404
from studio.accounts.zones import zone_choices

TOO_MANY = "Many bookings came from here in a short time. Please try again in an hour, or write to us."


@login_not_required
@require_safe
def book(request):
    kinds = ConsultationType.objects.public().select_related("coach__user")
    return render(request, "consultations/book.html", {"kinds": kinds.order_by("coach_id", "position", "name", "pk")})


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def book_type(request, slug):
    kinds = ConsultationType.objects.public().select_related("coach__user")
    kind = get_object_or_404(kinds, slug=slug)
    if request.method != "POST" and _is_runner_of(request.user, kind):
        return (
            redirect("consultations:me_book_type", slug=slug) if kind.for_runners else redirect("consultations:me_book")
        )
    return _booking(request, kind, kinds.filter(coach=kind.coach_id))


@client_required
@require_safe
def me_book(request):
    client = _own(request)
    bookings = Booking.objects.all().visible_to(request.user).upcoming(timezone.now()).select_related("type")
    context = {
        "client": client,
        "kinds": _kinds_for(client),
        "bookings": [(booking, _when(booking, request.user)) for booking in bookings],
    }
    return render(request, "consultations/me_book.html", context)


@client_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def me_book_type(request, slug):
    client = _own(request)
    kinds = _kinds_for(client)
    return _booking(request, get_object_or_404(kinds, slug=slug), kinds, client)


def _is_runner_of(user, kind: ConsultationType) -> bool:
    if not (user.is_authenticated and user.is_client):
        return False
    return Client.objects.filter(user=user, coach=kind.coach_id).exists()


def _own(request) -> Client:
    rows = Client.objects.select_related("user", "coach__user").annotate(taken_back=consent.withdrawal_of("pk"))
    return owned_or_404(rows, request, user=request.user)


def _kinds_for(client: Client):
    return ConsultationType.objects.all().for_runners_of(client.coach_id).select_related("coach__user")


def _when(booking: Booking, user) -> When:
    return When(booking.starts_at, booking.ends_at, user.time_zone, clock_24h=user.clock_24h)


def _booking(request, kind: ConsultationType, kinds, client: Client | None = None):
    form_class = _form_class(client)
    if request.method != "POST":
        return _page(request, kind, kinds, client, None, request.GET.get("show", ""))
    if client and client.taken_back and request.POST.get("about", "").strip():  # an old tab: it still asked
        return consenting.closed(request, client, client.taken_back)
    if "look" in request.POST:
        typed = form_class(initial={name: request.POST.get(name, "") for name in BookingForm.base_fields})
        return _page(request, kind, kinds, client, typed, request.POST["look"])
    form = form_class(request.POST)
    if form.is_under_age:
        return _under_age(request, kind, client)
    status = 422
    if form.is_valid():
        try:
            booking = _book(request, kind, form, client)
        except services.UnderAge:
            return _under_age(request, kind, client)
        except services.ConsultationError as problem:
            form.add_error(None, str(problem))
            status = 409
        else:
            if booking:
                return redirect("consultations:booking", token=booking.token)
            form.add_error(None, TOO_MANY)
            status = 429
    return _page(request, kind, kinds, client, form, request.POST.get("starts_at", ""), status=status)


def _form_class(client: Client | None) -> Callable[..., BookingForm]:
    return partial(ClientBookingForm, may_ask=client.taken_back is None) if client else BookingForm


def _book(request, kind: ConsultationType, form: BookingForm, client: Client | None) -> Booking | None:
    """Book what the form says; None when too many bookings came from there."""
    data = form.cleaned_data
    name, email = (client.name, client.email) if client else (data["name"], data["email"])
    source = {"network_address": get_adapter(request).get_client_ip(request), "email": email}
    if limits.used_up(**source) and not Booking.objects.filter(client_uuid=data["client_uuid"]).exists():
        return None
    now = timezone.now()
    booking = services.book(
        kind=kind,
        starts_at=data["starts_at"],
        name=name,
        email=email,
        about=data.get("about", ""),
        time_zone=data["zone"],
        client_uuid=data["client_uuid"],
        client=client,
        now=now,
    )
    if booking.created_at == now:  # and not by an earlier copy of the same form
        limits.count_booking(**source)
    return booking


def _page(request, kind, kinds, client, form, show: str, *, status: int = 200):
    reader = _reader(request, kind)
    wish = read_wish(show, ZoneInfo(reader.zone))
    page = build_page(kind, wish, reader, timezone.now(), is_typed=form is not None)
    if form is None and page.chosen:
        form = _form_class(client)()
    context = {
        "shell": "shells/base_client.html" if client else "shells/base_public.html",
        "is_client": client is not None,
        "kind": kind,
        "others": [(other, _address(other, client)) for other in kinds],
        "page": page,
        "form": form,
        "problems": _problems(form) if form else [],
        "method": "post" if form else "get",
        "is_gone": status == 200 and wish.start is not None and page.chosen is None,
        "form_key": uuid4() if status == 409 else _form_key(request),
        "step": 2 if page.chosen else 1,
    }
    return render(request, "consultations/book_type.html", context, status=status)


def _problems(form) -> list[str]:
    """What is wrong beside the fields that one sees."""
    return [*form.non_field_errors(), *form.errors.get("starts_at", []), *form.errors.get("website", [])]


def _form_key(request) -> str:
    """The key the form came with, so that a corrected form is still the same one; else a new one."""
    sent = request.POST.get("client_uuid", "")
    return sent if len(sent) == len(str(uuid4())) else str(uuid4())


def _address(kind: ConsultationType, client: Client | None) -> str:
    return reverse("consultations:me_book_type" if client else "consultations:book_type", kwargs={"slug": kind.slug})


def _reader(request, kind: ConsultationType) -> Reader:
    """In whose zone and clock the page speaks: as chosen on the page, else the person's own, else the coach's zone."""
    user = request.user
    own = Reader(user.time_zone, user.clock_24h, user.first_weekday) if user.is_authenticated else None
    asked = request.POST if request.method == "POST" else request.GET
    zone = asked.get("zone")
    if zone not in dict(zone_choices()):
        zone = own.zone if own else kind.coach.user.time_zone
    return Reader(zone, own.clock_24h, own.first_weekday) if own else Reader(zone)


def _under_age(request, kind: ConsultationType, client: Client | None):
    shell = "shells/base_client.html" if client else "shells/base_public.html"
    return render(request, "consultations/under_16.html", {"kind": kind, "shell": shell})
