"""Addresses that leave the studio in mail and calendars."""

from django.conf import settings
from django.urls import reverse

from consultations.models import Booking


def manage_url(booking: Booking) -> str:
    """The permanent link with which whoever booked sees and cancels the booking."""
    return settings.SITE_URL + reverse("consultations:booking", kwargs={"token": booking.token})
