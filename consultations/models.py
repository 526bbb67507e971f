"""Consultations: what can be booked, when the coach is there, and who comes."""

from datetime import time, timedelta
from secrets import token_urlsafe
from uuid import uuid4

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.utils import timezone

from clients.models import Client
from consultations.domain.availability import Busy, TypeRules, Window
from studio.accounts.access import OwnedQuerySet
from studio.accounts.models import Coach, User, validate_zone

DAY_MIN = 24 * 60
A_MINUTE = timedelta(minutes=1)

WEEKDAYS = [(0, "Monday"), (1, "Tuesday"), (2, "Wednesday"), (3, "Thursday"), (4, "Friday"), (5, "Saturday"), (6, "Sunday")]  # fmt: skip


class OfCoach(models.Model):
    """What belongs to one coach: her colleagues do not see it, the owner does."""

    coach = models.ForeignKey(Coach, on_delete=models.CASCADE, related_name="%(class)ss")

    coach_path = "coach"
    client_user_path: str | None = None
    client_id_path: str | None = None

    objects = OwnedQuerySet.as_manager()

    class Meta:
        abstract = True


class ConsultationTypeQuerySet(OwnedQuerySet):
    """Types by who can book them."""

    def offered(self):
        """Those that can be booked: switched on, with a coach who still works here."""
        return self.filter(is_active=True, coach__user__is_active=True)

    def public(self):
        """What a visitor is offered: a first consultation, and what anybody may book."""
        return self.offered().filter(for_visitors=True)

    def for_runners_of(self, coach_id: int):
        """What a runner who is signed in is offered by her coach: no first consultation any more."""
        return self.offered().filter(for_runners=True, coach=coach_id)


class ConsultationType(OfCoach):
    """A kind of consultation that can be booked, with its rules for slots."""

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=80)
    description = models.CharField(max_length=300, blank=True)
    place = models.CharField(max_length=200, blank=True)  # "Video; the link comes by e-mail", an address
    bring = models.CharField(max_length=200, blank=True)  # what to have at hand
    minutes = models.PositiveSmallIntegerField(default=45)
    step = models.PositiveSmallIntegerField(default=15)  # minutes between possible starts
    buffer_before = models.PositiveSmallIntegerField(default=0)  # minutes
    buffer_after = models.PositiveSmallIntegerField(default=10)  # minutes
    notice_minutes = models.PositiveIntegerField(default=120)
    horizon_days = models.PositiveSmallIntegerField(default=60)
    per_day = models.PositiveSmallIntegerField(null=True, blank=True)
    is_active = models.BooleanField(default=True)
    for_visitors = models.BooleanField(default=True)  # offered on the public page
    for_runners = models.BooleanField(default=True)  # offered to the coach's runners who sign in
    position = models.PositiveSmallIntegerField(default=0)

    objects = ConsultationTypeQuerySet.as_manager()

    class Meta:
        ordering = ["position", "name", "pk"]
        constraints = [
            models.CheckConstraint(condition=models.Q(minutes__range=(5, 480)), name="type_minutes_5_to_480"),
            models.CheckConstraint(condition=models.Q(step__range=(5, 480)), name="type_step_5_to_480"),
            models.CheckConstraint(
                condition=models.Q(for_visitors=True) | models.Q(for_runners=True), name="type_is_for_somebody"
            ),
        ]

    def __str__(self):
        return self.name

    def to_rules(self) -> TypeRules:
        return TypeRules(
            minutes=self.minutes,
            step=self.step,
            buffer_before=self.buffer_before,
            buffer_after=self.buffer_after,
            notice_minutes=self.notice_minutes,
            horizon_days=self.horizon_days,
            per_day=self.per_day,
        )


class WeeklyHours(OfCoach):
    """Opening hours of one weekday, in the coach's zone."""

    weekday = models.PositiveSmallIntegerField(choices=WEEKDAYS)
    start = models.TimeField()
    end = models.TimeField(null=True, blank=True)  # None = midnight, the end of the day

    class Meta:
        ordering = ["weekday", "start"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(end__isnull=True) | models.Q(end__gt=models.F("start")), name="hours_end_after_start"
            ),
            models.CheckConstraint(condition=models.Q(weekday__lte=6), name="hours_weekday"),
        ]

    def __str__(self):
        return f"{self.get_weekday_display()} {self.start:%H:%M}"

    def to_window(self) -> Window:
        return Window(_minute(self.start), DAY_MIN if self.end is None else _minute(self.end))


def _minute(clock: time) -> int:
    return clock.hour * 60 + clock.minute


class HoursException(OfCoach):
    """One date whose hours replace the week's: a day off, or other hours."""

    date = models.DateField()
    open = models.JSONField(default=list)  # [["09:00", "12:00"], …]; [] = closed

    class Meta:
        ordering = ["date"]
        constraints = [models.UniqueConstraint(fields=["coach", "date"], name="exception_once_per_date")]

    def __str__(self):
        return f"{self.date}"

    def to_windows(self) -> tuple[Window, ...]:
        return tuple(Window(_minute_of(start), _minute_of(end)) for start, end in self.open)


def _minute_of(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


class BookingQuerySet(OwnedQuerySet):
    """Bookings by state and time; instants are aware."""

    def standing(self):
        return self.filter(state=Booking.State.BOOKED)

    def cancelled(self):
        return self.filter(state=Booking.State.CANCELLED)

    def upcoming(self, now):
        return self.standing().filter(ends_at__gt=now).order_by("starts_at")

    def past(self, now):
        return self.standing().filter(ends_at__lte=now).order_by("-starts_at")

    def between(self, start, end):
        """Starting from one instant until just before another, in order."""
        return self.standing().filter(starts_at__gte=start, starts_at__lt=end).order_by("starts_at")

    def unseen(self):
        """New to the coach: not opened on Today or in the list yet."""
        return self.standing().filter(seen_at=None)

    def blocking(self, start, end):
        """Those that take time, buffers included, between two instants."""
        return self.standing().filter(blocked__overlap=(start, end))


def new_token() -> str:
    """The unguessable part of a manage link: 24 random bytes as 32 signs that are fine in an address."""
    return token_urlsafe(24)


class Booking(OfCoach):
    """One consultation that somebody booked: whoever holds its token sees and cancels it."""

    class State(models.TextChoices):
        BOOKED = "booked", "Booked"
        CANCELLED = "cancelled", "Cancelled"

    type = models.ForeignKey(ConsultationType, on_delete=models.PROTECT, related_name="bookings")
    client = models.ForeignKey(Client, on_delete=models.SET_NULL, null=True, blank=True, related_name="bookings")
    client_uuid = models.UUIDField(unique=True, default=uuid4)  # made by the form: pressed twice is booked once
    token = models.CharField(max_length=40, unique=True, default=new_token)  # the permanent manage link
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    blocked = DateTimeRangeField()  # [start - buffer before, end + buffer after): what no other booking may touch
    name = models.CharField(max_length=120)
    email = models.EmailField(max_length=254)
    about = models.TextField(blank=True)  # what the knee is doing
    time_zone = models.CharField(max_length=64, validators=[validate_zone])  # the booker's
    state = models.CharField(max_length=10, choices=State, default=State.BOOKED)
    sequence = models.PositiveSmallIntegerField(default=0)  # iCalendar SEQUENCE; rises with every change
    created_at = models.DateTimeField(default=timezone.now)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    seen_at = models.DateTimeField(null=True, blank=True)  # the coach has seen it on Today

    client_user_path = "client__user"
    client_id_path = "client_id"

    objects = BookingQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["coach", "starts_at"], name="booking_by_start")]
        constraints = [
            ExclusionConstraint(
                name="booking_one_per_slot",
                expressions=[("coach", RangeOperators.EQUAL), ("blocked", RangeOperators.OVERLAPS)],
                condition=models.Q(state="booked"),
            ),
            models.CheckConstraint(condition=models.Q(ends_at__gt=models.F("starts_at")), name="booking_ends_later"),
            models.CheckConstraint(
                condition=models.Q(
                    blocked__startswith__lte=models.F("starts_at"), blocked__endswith__gte=models.F("ends_at")
                ),
                name="booking_blocks_its_time",
            ),
            models.CheckConstraint(
                condition=models.Q(state="booked") | models.Q(state="cancelled", cancelled_at__isnull=False),
                name="booking_state_is_known",
            ),
        ]

    def __str__(self):
        return f"{self.name}, {self.starts_at:%d %b %H:%M}"

    @property
    def is_standing(self) -> bool:
        return self.state == self.State.BOOKED

    @property
    def first_name(self) -> str:
        return self.name.split()[0] if self.name.split() else self.name

    def to_busy(self) -> Busy:
        return Busy(
            start=self.starts_at,
            end=self.ends_at,
            buffer_before_min=(self.starts_at - self.blocked.lower) // A_MINUTE,
            buffer_after_min=(self.blocked.upper - self.ends_at) // A_MINUTE,
        )
