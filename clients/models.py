"""The runner as a person: record, availability, kit, pauses, consent, invitations and notes."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from studio.accounts.access import OwnedQuerySet
from studio.accounts.models import Coach, User, validate_zone


class ClientQuerySet(OwnedQuerySet):
    """Runners by how they stand; `visible_to` and `for_coach` come from OwnedQuerySet."""

    def leads(self):
        return self.filter(status__in=[Client.Status.LEAD, Client.Status.INVITED])

    def training(self):
        return self.filter(status=Client.Status.ACTIVE)

    def current(self):
        return self.exclude(status=Client.Status.FINISHED)

    def resting(self):
        """Paused: an open-ended pause runs (clients.services.pausing keeps the status and the pause together)."""
        return self.filter(status=Client.Status.PAUSED)

    def finished(self):
        return self.filter(status=Client.Status.FINISHED)

    def matching(self, text: str):
        """Those whose name, address, side, story or notes hold every word of the text."""
        rows = self
        for word in text.split():
            noted = Note.objects.filter(client=models.OuterRef("pk"), body__icontains=word)
            rows = rows.filter(
                models.Q(name__icontains=word)
                | models.Q(email__icontains=word)
                | models.Q(painful_side__iexact=word)
                | models.Q(story__icontains=word)
                | models.Exists(noted)
            )
        return rows


class Client(models.Model):
    """One runner as a person, of one coach: a lead without a sign-in first, then who trains, rests or has finished."""

    class Status(models.TextChoices):
        LEAD = "lead", "New"
        INVITED = "invited", "Invited"
        ACTIVE = "active", "Active"
        PAUSED = "paused", "Paused"
        FINISHED = "finished", "Finished"

    class Side(models.TextChoices):
        LEFT = "left", "Left"
        RIGHT = "right", "Right"
        BOTH = "both", "Both"
        NONE = "none", "No pain now"

    class Sex(models.TextChoices):
        FEMALE = "female", "Female"
        MALE = "male", "Male"
        UNDISCLOSED = "undisclosed", "I would rather not say"

    coach = models.ForeignKey(Coach, on_delete=models.PROTECT, related_name="clients")
    user = models.OneToOneField(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="client")
    name = models.CharField(max_length=120)
    email = models.EmailField(max_length=254)
    status = models.CharField(max_length=10, choices=Status, default=Status.LEAD)
    time_zone = models.CharField(max_length=64, default="Europe/London", validators=[validate_zone])
    story = models.TextField(blank=True)  # what the knee is doing, in the runner's words (booking, intake)
    created_at = models.DateTimeField(default=timezone.now)

    # From the intake; "" and None mean not asked yet.
    born_on = models.DateField(null=True, blank=True)
    sex_for_norms = models.CharField(max_length=12, choices=Sex, blank=True)
    painful_side = models.CharField(max_length=6, choices=Side, blank=True)
    kit = ArrayField(models.CharField(max_length=40), default=list, blank=True)  # equipment ids of the library
    tools = ArrayField(models.CharField(max_length=40), default=list, blank=True)  # the battery's tools
    tags = ArrayField(models.CharField(max_length=40), default=list, blank=True)  # contraindication ids
    weekdays = ArrayField(models.CharField(max_length=3), default=list, blank=True)  # mon..sun, training days
    hard_run_days = ArrayField(models.CharField(max_length=3), default=list, blank=True)
    minutes = models.PositiveSmallIntegerField(null=True, blank=True)  # per session, 15-90
    if_then_cue = models.CharField(max_length=200, blank=True)  # "after work"
    if_then_place = models.CharField(max_length=200, blank=True)  # "in the living room"
    goals = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    weekly_goal_min = models.PositiveSmallIntegerField(null=True, blank=True)  # running goal, minutes a week
    pain_free_since = models.DateField(null=True, blank=True)

    # The weekly consistency note: local weekday and hour; off since, if unsubscribed.
    note_weekday = models.PositiveSmallIntegerField(default=6)  # as date.weekday(): 6 = Sunday
    note_hour = models.PositiveSmallIntegerField(default=18)
    note_off_at = models.DateTimeField(null=True, blank=True)

    coach_path = "coach"
    client_user_path = "user"
    client_id_path = "pk"

    objects = ClientQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), "coach", name="client_email_once_per_coach"),
            models.CheckConstraint(
                condition=models.Q(minutes__isnull=True) | models.Q(minutes__range=(15, 90)),
                name="client_minutes_15_to_90",
            ),
            models.CheckConstraint(condition=models.Q(note_hour__lt=24), name="client_note_hour_of_day"),
            models.CheckConstraint(condition=models.Q(note_weekday__lt=7), name="client_note_weekday"),
        ]

    def __str__(self):
        return self.name

    @property
    def first_name(self) -> str:
        return self.name.split()[0] if self.name.split() else self.name

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def local_date(self, now: datetime) -> date:
        """The day it is for the runner at an instant."""
        return now.astimezone(self.zone).date()

    def age_on(self, day: date) -> int | None:
        """Full years on a day; None when the birthday is not known."""
        if self.born_on is None:
            return None
        return day.year - self.born_on.year - ((day.month, day.day) < (self.born_on.month, self.born_on.day))


class OfClient(models.Model):
    """What belongs to one runner: seen by her coach and, where `client_user_path` says so, by herself."""

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="%(class)ss")

    coach_path = "client__coach"
    client_user_path: str | None = "client__user"
    client_id_path = "client_id"

    objects = OwnedQuerySet.as_manager()

    class Meta:
        abstract = True


class PauseQuerySet(OwnedQuerySet):
    """Pauses by the days they take; every day is one of the runner's own zone."""

    def touching(self, first: date, last: date):
        """Pauses with at least one day from first to last, both included."""
        return self.filter(models.Q(ends_on__isnull=True) | models.Q(ends_on__gte=first), starts_on__lte=last)

    def covering(self, day: date):
        return self.touching(day, day)


class Pause(OfClient):
    """Days that count for nothing: illness, holiday, an injury elsewhere, life, or a flare of the knee."""

    class Kind(models.TextChoices):
        ILLNESS = "illness", "Illness"
        HOLIDAY = "holiday", "Holiday"
        INJURY = "injury", "An injury elsewhere"
        LIFE = "life", "Life"
        FLARE = "flare", "A flare of the knee"

    kind = models.CharField(max_length=10, choices=Kind)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)  # last excused day; open while None
    note = models.CharField(max_length=300, blank=True)
    made_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    objects = PauseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__isnull=True) | models.Q(ends_on__gte=models.F("starts_on")),
                name="pause_ends_after_it_starts",
            )
        ]

    def __str__(self):
        return f"{self.get_kind_display()} from {self.starts_on}"


class Consent(OfClient):
    """A versioned yes, with its words as they were shown; withdrawing it keeps the row."""

    version = models.CharField(max_length=20)
    text = models.TextField()
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["client", "version"],
                condition=models.Q(withdrawn_at__isnull=True),
                name="consent_once_per_version",
            )
        ]

    def __str__(self):
        return f"consent {self.version}"


class Invitation(OfClient):
    """A link that works once, until it expires or is revoked. The link itself is signed, never stored."""

    sent_to = models.EmailField(max_length=254)
    made_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    client_user_path = None

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["client"],
                condition=models.Q(accepted_at__isnull=True, revoked_at__isnull=True),
                name="invitation_one_open_per_client",
            )
        ]

    def __str__(self):
        return f"invitation to {self.sent_to}"

    def is_open(self, now: datetime) -> bool:
        return self.accepted_at is None and self.revoked_at is None and now < self.expires_at

    @property
    def is_used(self) -> bool:
        return self.accepted_at is not None


class Note(OfClient):
    """A coach's note; the runner does not see it."""

    author = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    body = models.TextField()
    created_at = models.DateTimeField(default=timezone.now)

    client_user_path = None

    def __str__(self):
        return self.body[:60]


class Alarm(OfClient):
    """Safety that must reach a human: a red flag, a STOP or a flare. Open until a coach acknowledges it."""

    class Kind(models.TextChoices):
        RED_FLAG = "red_flag", "Red flag"
        STOP = "stop", "Stopped for pain"
        FLARE = "flare", "Flare"

    kind = models.CharField(max_length=10, choices=Kind)
    key = models.CharField(max_length=120, unique=True)  # one event, one alarm: "stop:session:17"
    because = models.TextField()
    raised_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    client_user_path = None

    class Meta:
        indexes = [models.Index(fields=["client"], condition=models.Q(acknowledged_at__isnull=True), name="alarm_open")]

    def __str__(self):
        return f"{self.kind}: {self.because[:40]}"
