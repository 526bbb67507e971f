"""People who sign in, the studio they belong to, and the record of who looked at whom."""

from zoneinfo import ZoneInfo, available_timezones

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models.functions import Lower
from django.utils import timezone


def validate_zone(name: str) -> None:
    """Refuse what is no IANA zone of this machine."""
    if name not in available_timezones():
        raise ValidationError("Choose a time zone from the list, such as Europe/London.")


class UserManager(BaseUserManager["User"]):
    """Makes people; addresses are kept in small letters and found whatever their case."""

    def create_user(self, email: str, password: str | None = None, **fields) -> "User":
        if not email:
            raise ValueError("a user needs an e-mail address")
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields) -> "User":
        """The studio's owner, whom Django's own command makes too; there is no Django admin in this product."""
        with transaction.atomic():
            user = self.create_user(email, password, role=User.Role.OWNER, is_superuser=True, **fields)
            Coach.objects.create(user=user)
            user.emailaddress_set.create(email=user.email, verified=True, primary=True)
        return user

    def get_by_natural_key(self, email: str) -> "User":
        return self.get(email__iexact=email)


class User(AbstractBaseUser, PermissionsMixin):
    """Somebody who signs in: the owner, a coach or a runner, with the zone, units and clock that pages speak in."""

    class Role(models.TextChoices):
        OWNER = "owner", "Owner"
        COACH = "coach", "Coach"
        CLIENT = "client", "Runner"

    class Units(models.TextChoices):
        METRIC = "metric", "Kilometres and kilograms"
        IMPERIAL = "imperial", "Miles and pounds"

    email = models.EmailField(max_length=254)
    name = models.CharField(max_length=120)
    role = models.CharField(max_length=10, choices=Role, default=Role.CLIENT)
    time_zone = models.CharField(max_length=64, default="Europe/London", validators=[validate_zone])
    units = models.CharField(max_length=10, choices=Units, default=Units.METRIC)
    first_weekday = models.PositiveSmallIntegerField(
        default=0, choices=[(0, "Monday"), (5, "Saturday"), (6, "Sunday")]
    )  # as date.weekday(): 0 = Monday
    clock_24h = models.BooleanField("24-hour clock", default=True)
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False)  # made by seed_demo: signs in on loopback addresses only
    date_joined = models.DateTimeField(default=timezone.now)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    objects = UserManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_is_unique"),
            models.CheckConstraint(
                condition=models.Q(role__in=["owner", "coach", "client"]), name="user_role_is_known"
            ),
        ]

    def __str__(self):
        return self.name or self.email

    def get_full_name(self):
        return self.name

    def get_short_name(self):
        return self.name.split()[0] if self.name.split() else self.email

    @property
    def is_owner(self) -> bool:
        return self.role == self.Role.OWNER

    @property
    def is_coach(self) -> bool:
        """Coaches and the owner: those who work in the studio."""
        return self.role in (self.Role.OWNER, self.Role.COACH)

    @property
    def is_client(self) -> bool:
        return self.role == self.Role.CLIENT

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


class CoachQuerySet(models.QuerySet):
    def working(self):
        """Those who work in the studio; one who has left keeps the row, for what she did and for coming back."""
        return self.filter(user__is_active=True)


class Coach(models.Model):
    """One who has runners. The owner is a coach too."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="coach")
    headline = models.CharField(max_length=160, blank=True)  # one line under the name on the booking page

    objects = CoachQuerySet.as_manager()

    def __str__(self):
        return self.user.name


class Studio(models.Model):
    """The studio itself: one row."""

    name = models.CharField(max_length=120, default="The Ultimate Runner Studio")
    time_zone = models.CharField(max_length=64, default="Europe/London", validators=[validate_zone])
    address = models.TextField(blank=True)
    contact_email = models.EmailField(blank=True)
    emergency_number = models.CharField(max_length=20, default="112")
    urgent_advice_number = models.CharField(max_length=20, blank=True)  # e.g. 111 in the UK; shown beside emergency

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="studio_is_one_row")]

    def __str__(self):
        return self.name

    @classmethod
    def current(cls) -> "Studio":
        return cls.objects.filter(pk=1).first() or cls(pk=1)


class RecordView(models.Model):
    """Somebody of the studio looked at a runner's record. Kept when either goes: the log outlives the rows."""

    viewer = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    client_id = models.PositiveBigIntegerField(db_index=True)  # no foreign key: clients is a layer above
    path = models.CharField(max_length=200)
    viewed_at = models.DateTimeField(default=timezone.now)

    def __str__(self):
        return f"{self.viewer} saw record {self.client_id}"
