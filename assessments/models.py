"""What the runner told us and what the coach measured, as it was on that day."""

from django.db import models
from django.utils import timezone

from clients.models import OfClient
from studio.accounts.access import OwnedQuerySet
from studio.accounts.models import User


class Intake(OfClient):
    """The intake, five pages, saved page by page. One per runner; submitted once."""

    answers = models.JSONField(default=dict)  # field name -> value, as the forms of each page clean it
    pages_done = models.JSONField(default=list)  # page slugs that were saved without an error
    typed = models.JSONField(default=dict)  # page slug -> what stands on a page that is not saved yet, as it was typed
    submitted_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["client"], name="intake_once_per_client")]

    def __str__(self):
        return f"intake of client {self.client_id}"


class RedFlagCheck(OfClient):
    """One round of red-flag answers. The newest answered round and what was never cleared decide the gate."""

    class Source(models.TextChoices):
        INTAKE = "intake", "Intake"
        ASSESSMENT = "assessment", "Assessment"
        FLARE = "flare", "Flare check"
        SESSION = "session", "During a session"

    source = models.CharField(max_length=12, choices=Source)
    form_key = models.UUIDField(null=True, blank=True, unique=True)  # of the form it came from: sent twice is one round
    answers = models.JSONField(default=dict)  # flag id -> true | false | list of sub-items; missing = not asked
    action = models.CharField(max_length=12)  # the engine's answer that day: none, caution, refer, stop_urgent
    flags = models.JSONField(default=list)  # the flags behind it
    rules_version = models.CharField(max_length=40)
    answered_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    answered_at = models.DateTimeField()

    # A coach records that a clinician has seen it: who, when, what was said. Only then is the gate open again.
    cleared_at = models.DateTimeField(null=True, blank=True)
    cleared_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    clinician = models.CharField(max_length=160, blank=True)
    seen_on = models.DateField(null=True, blank=True)
    clearance_note = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["client", "-answered_at"], name="redflags_newest")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(action__in=["none", "caution", "refer", "stop_urgent"]),
                name="redflags_action_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(cleared_at__isnull=True)
                | (~models.Q(clinician="") & models.Q(seen_on__isnull=False)),
                name="clearance_says_who_and_when",
            ),
        ]

    def __str__(self):
        return f"{self.source}: {self.action}"


class Assessment(OfClient):
    """One assessment: a battery of tests on one day and, once finished, the findings as they were shown."""

    class State(models.TextChoices):
        OPEN = "open", "Open"
        DONE = "done", "Finished"

    state = models.CharField(max_length=6, choices=State, default=State.OPEN)
    battery = models.CharField(max_length=20, default="quick")
    measured_on = models.DateField()
    made_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)
    shared_at = models.DateTimeField(null=True, blank=True)  # the runner may read it from then on
    note = models.TextField(blank=True)  # what the coach saw; the runner does not read it
    rules_version = models.CharField(max_length=40, blank=True)
    request = models.JSONField(null=True, blank=True)  # what `assess` was asked
    result = models.JSONField(null=True, blank=True)  # what it answered
    sentences = models.JSONField(null=True, blank=True)  # what the page said; never rewritten by a newer rule

    class Meta:
        indexes = [models.Index(fields=["client", "-measured_on", "-id"], name="assessment_newest")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="open") | models.Q(finished_at__isnull=False, result__isnull=False),
                name="assessment_done_has_findings",
            )
        ]

    def __str__(self):
        return f"assessment of {self.measured_on}"


class Measurement(models.Model):
    """One value of one test on one side; a missing row means not measured."""

    class Side(models.TextChoices):
        LEFT = "left", "Left"
        RIGHT = "right", "Right"
        BOTH = "both", "Both"

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="measurements")
    test = models.CharField(max_length=48)
    side = models.CharField(max_length=5, choices=Side)
    value = models.JSONField(null=True)  # a number in the test's unit, or a category; None = pain only
    pain = models.PositiveSmallIntegerField(null=True, blank=True)  # 0-10 NRS during the test; None = not asked
    updated_at = models.DateTimeField(default=timezone.now)

    coach_path = "assessment__client__coach"
    client_user_path = None
    client_id_path = "assessment__client_id"

    objects = OwnedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["assessment", "test", "side"], name="measurement_once_per_side"),
            models.CheckConstraint(
                condition=models.Q(pain__isnull=True) | models.Q(pain__lte=10), name="measurement_pain_is_nrs"
            ),
        ]

    def __str__(self):
        return f"{self.test} {self.side}"
