"""Consultations of a runner, for the timeline. No writing."""

from datetime import datetime

from clients.models import Client
from clients.timeline import Event, name_of
from consultations.models import Booking
from consultations.when import When

PAGE = "consultations:client_consultations"


def events_of(client: Client, now: datetime, *, zone: str, clock_24h: bool) -> list[Event]:
    """When they were booked, took place or were cancelled. One query.

    Args:
        zone, clock_24h: how the reader tells the time.
    """
    found = []
    for booking in Booking.objects.filter(client=client).select_related("type", "cancelled_by"):
        when = When(booking.starts_at, booking.ends_at, zone, clock_24h=clock_24h)
        text = f"{when.day}, {when.time}"
        found.append(Event(booking.created_at, "consultation", f"Booked: {booking.type.name}", text, "", PAGE))
        if booking.cancelled_at:
            who = name_of(booking.cancelled_by)
            found.append(
                Event(booking.cancelled_at, "consultation", f"Cancelled: {booking.type.name}", text, who, PAGE)
            )
        elif booking.is_standing and booking.ends_at <= now:
            found.append(Event(booking.ends_at, "consultation", f"Consultation: {booking.type.name}", text, "", PAGE))
    return found
