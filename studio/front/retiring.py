"""A coach leaves: runners and consultations are handed to a colleague first, then the sign-in ends. And she may come back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from clients.models import Client
from clients.services import handing_over
from consultations import services as consultations
from consultations.models import Booking, ConsultationType
from studio.accounts import services as accounts
from studio.accounts.models import Coach, User

HAND_OVER, CANCEL = "hand_over", "cancel"


class RetiringError(Exception):
    """Why it cannot be done; the message is the sentence for the owner. Nothing has changed."""


@dataclass(frozen=True)
class Coming:
    """One consultation to come, and whether the colleague is free then."""

    booking: Booking
    clashes: bool


@dataclass(frozen=True)
class Leaving:
    """What a coach leaves behind, and what becomes of it with this colleague."""

    coach: Coach
    to: Coach | None  # None while there is nobody to choose
    runners: tuple[Client, ...]  # current, by name
    finished: int
    known_to_both: tuple[Client, ...]  # the colleague has records for their addresses; they block
    coming: tuple[Coming, ...]
    types: tuple[ConsultationType, ...]  # bookable until now

    @property
    def is_possible(self) -> bool:
        return self.to is not None and not self.known_to_both


def colleagues(coach: Coach) -> list[Coach]:
    """Those who can take over: they work here, the owner first."""
    rows = Coach.objects.working().exclude(pk=coach.pk).select_related("user").order_by("user__name")
    return sorted(rows, key=lambda each: not each.user.is_owner)


def leaving(coach: Coach, to: Coach | None, now: datetime) -> Leaving:
    """Look before anything is done."""
    records = Client.objects.filter(coach=coach)
    return Leaving(
        coach=coach,
        to=to,
        runners=tuple(records.current().order_by("name", "pk")),
        finished=records.finished().count(),
        known_to_both=tuple(handing_over.known_to_both(coach, to)) if to else (),
        coming=tuple(
            Coming(row, to is not None and consultations.clash(booking=row, to=to)) for row in _coming(coach, now)
        ),
        types=tuple(ConsultationType.objects.for_coach(coach).filter(is_active=True)),
    )


def _coming(coach: Coach, now: datetime) -> list[Booking]:
    rows = Booking.objects.for_coach(coach).standing().filter(starts_at__gt=now).order_by("starts_at")
    return list(rows.select_related("type", "client__user", "coach__user"))


@transaction.atomic
def retire(*, coach: Coach, to: Coach, choices: Mapping[int, str], by: User, now: datetime) -> bool:
    """Hand everything to the colleague, then end the sign-in. All of it happens, or nothing.

    Args:
        coach, to: with their users at hand.
        choices: for each consultation to come, by its id: HAND_OVER or CANCEL. One that nobody decided about stops it.
        by: the owner.

    Returns:
        False when she has left already; nothing is done twice.

    Raises:
        RetiringError: with the sentence for the page.
    """
    rows = {
        row.pk: row
        for row in Coach.objects.select_for_update(of=("self",))  # bookings wait here, see consultations.services.book
        .filter(pk__in=[coach.pk, to.pk])
        .select_related("user")
        .order_by("pk")
    }
    coach, to = rows[coach.pk], rows[to.pk]
    if coach.user.is_owner:
        raise RetiringError("The owner runs the studio and cannot leave it.")
    if not coach.user.is_active:
        return False
    if coach == to or not to.user.is_active:
        raise RetiringError("Choose a colleague who works here.")
    coming = _coming(coach, now)
    if any(booking.pk not in choices for booking in coming):
        raise RetiringError("A consultation has been booked since this page was opened. Please decide about it too.")
    try:
        handing_over.hand_over(coach=coach, to=to, by=by, now=now)
    except handing_over.SameAddress as problem:
        raise RetiringError(f"{problem} Correct one of the two first.") from None
    for booking in coming:
        if choices[booking.pk] == CANCEL:
            consultations.cancel(booking=booking, by=by, now=now)
            continue
        try:
            consultations.hand_over(booking=booking, to=to, now=now)
        except consultations.NotFree:
            raise RetiringError(
                f"{to} has another consultation at the time of {booking.name}\u2019s. Cancel one of the two."
            ) from None
    accounts.retire(coach=coach)
    return True


@transaction.atomic
def bring_back(*, coach: Coach) -> bool:
    """She works here again, with her types and hours and without runners. False when she never left."""
    row = Coach.objects.select_for_update(of=("self",)).select_related("user").get(pk=coach.pk)
    if row.user.is_active:
        return False
    accounts.bring_back(coach=row)
    return True
