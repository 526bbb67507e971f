"""The kinds of message this app sends: to whoever booked, with a calendar file, and to the coach.

What the knee is doing stays out of mail; the coach reads it in the record.
"""

from collections.abc import Callable

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from consultations.calendar_file import CANCEL, REQUEST, calendar_file
from consultations.links import manage_url
from consultations.models import Booking
from consultations.when import When
from studio.accounts.models import Studio
from studio.outbox.kinds import Attachment, Kind, Letter, register
from studio.outbox.models import Message


def _booking(message: Message) -> Booking | None:
    rows = Booking.objects.select_related("type", "coach__user", "client__user", "cancelled_by")
    return rows.filter(pk=message.data.get("booking")).first()


def _is_standing(message: Message) -> str:
    booking = _booking(message)
    if booking is None:
        return "the booking was erased"
    if not booking.is_standing:
        return "it was cancelled before the letter left"
    return "the consultation is over" if booking.ends_at <= timezone.now() else ""


def _is_there(message: Message) -> str:
    return "" if _booking(message) else "the booking was erased"


def _to_booker(name: str, method: str, subject: str) -> Callable[[Message], Letter]:
    def render(message: Message) -> Letter:
        booking, studio = _booking(message), Studio.current()
        clock_24h = booking.client.user.clock_24h if booking.client and booking.client.user else True
        words = {
            "booking": booking,
            "kind": booking.type,
            "coach": booking.coach.user.name,
            "studio_name": studio.name,
            "when": When(booking.starts_at, booking.ends_at, booking.time_zone, clock_24h=clock_24h),
            "url": manage_url(booking),
            "book_url": settings.SITE_URL + reverse("consultations:book"),
            "by_coach": booking.cancelled_by_id is not None and booking.cancelled_by_id == booking.coach.user_id,
            "by_studio": booking.cancelled_by is not None and booking.cancelled_by.is_coach,
        }
        invitation = Attachment(
            "consultation.ics",
            calendar_file(booking, method=method, studio=studio),
            f"text/calendar; method={method}",
        )
        return Letter(
            subject.format(**words),
            render_to_string(f"email/consultations/{name}.txt", words),
            render_to_string(f"email/consultations/{name}.html", words),
            (invitation,),
        )

    return render


def _to_coach(name: str, subject: str) -> Callable[[Message], Letter]:
    def render(message: Message) -> Letter:
        booking = _booking(message)
        coach = booking.coach.user
        words = {
            "booking": booking,
            "kind": booking.type,
            "coach": coach.get_short_name(),
            "when": When(booking.starts_at, booking.ends_at, coach.time_zone, clock_24h=coach.clock_24h),
            "by_coach": booking.cancelled_by_id is not None and booking.cancelled_by_id == coach.pk,
            "by": booking.cancelled_by.name if booking.cancelled_by is not None else booking.name,
            "url": settings.SITE_URL + reverse("consultations:list"),
        }
        return Letter(subject.format(**words), render_to_string(f"email/consultations/{name}.txt", words))

    return render


CONFIRMED = Kind(
    "booking_confirmed",
    "Consultation booked",
    _to_booker("confirmed", REQUEST, "Booked: {kind.name}, {when.day}, {when.time}"),
    _is_standing,
)
HANDED_OVER = Kind(
    "booking_handed_over",
    "Consultation with another coach",
    _to_booker("handed_over", REQUEST, "With {coach} now: {kind.name}, {when.day}, {when.time}"),
    _is_standing,
)
CANCELLED = Kind(
    "booking_cancelled",
    "Consultation cancelled",
    _to_booker("cancelled", CANCEL, "Cancelled: {kind.name}, {when.day}, {when.time}"),
    _is_there,
)
NEW = Kind(
    "booking_new",
    "New booking, to the coach",
    _to_coach("new", "New booking: {booking.name}, {when.day}, {when.time}"),
    _is_standing,
)
CANCELLED_COACH = Kind(
    "booking_cancelled_coach",
    "Cancelled booking, to the coach",
    _to_coach("cancelled_coach", "Cancelled: {booking.name}, {when.day}, {when.time}"),
    _is_there,
)


def register_kinds() -> None:
    for kind in (CONFIRMED, HANDED_OVER, CANCELLED, NEW, CANCELLED_COACH):
        register(kind)
