"""Consultations: what can be booked, when the coach is there, and who comes."""

from secrets import token_urlsafe
from uuid import uuid4

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.utils import timezone

from clients.models import Client
from studio.accounts.access import OwnedQuerySet
from studio.accounts.models import Coach, User, validate_zone

WEEKDAYS = [(0, "Monday"), (1, "Tuesday"), (2, "Wednesday"), (3, "Thursday"), (4, "Friday"), (5, "Saturday"), (6, "Sunday")]  # fmt: skip


class OfCoach(models.Model):
    coach = models.ForeignKey(Coach, on_delete=models.CASCADE, related_name="%(class)ss")

    coach_path = "coach"
    client_user_path: str | None = None
    client_id_path: str | None = None

    objects = OwnedQuerySet.as_manager()

    class Meta:
        abstract = True


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
    for_visitors = models.BooleanField(default=True)  # offered on the public page, not only to runners
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "name"]
        constraints = [
            models.CheckConstraint(condition=models.Q(minutes__range=(5, 480)), name="type_minutes_5_to_480"),
            models.CheckConstraint(condition=models.Q(step__range=(5, 480)), name="type_step_5_to_480"),
        ]

    def __str__(self):
        return self.name


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


class HoursException(OfCoach):
    """One date whose hours replace the week's: a day off, or other hours."""

    date = models.DateField()
    open = models.JSONField(default=list)  # [["09:00", "12:00"], …]; [] = closed

    class Meta:
        ordering = ["date"]
        constraints = [models.UniqueConstraint(fields=["coach", "date"], name="exception_once_per_date")]

    def __str__(self):
        return f"{self.date}"


class BookingQuerySet(OwnedQuerySet):
    def standing(self):
        return self.filter(state=Booking.State.BOOKED)

    def upcoming(self, now):
        return self.standing().filter(ends_at__gt=now).order_by("starts_at")


def new_token() -> str:
    return token_urlsafe(24)


class Booking(OfCoach):
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
        ]

    def __str__(self):
        return f"{self.name}, {self.starts_at:%d %b %H:%M}"
