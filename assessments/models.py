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
    today = models.JSONField(default=dict)  # asked beside them before an assessment: rest_pain_nrs, feels_ill, said
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

    class Battery(models.TextChoices):
        QUICK = "quick", "Quick"
        DYNAMOMETER = "dynamometer", "Dynamometer"
        RUNNING = "running", "Running"
        OWN = "own", "Own selection"
        RETEST = "retest", "Re-test"

    state = models.CharField(max_length=6, choices=State, default=State.OPEN)
    battery = models.CharField(max_length=20, choices=Battery, default=Battery.QUICK)
    tests = models.JSONField(default=list)  # ids of the planned tests in session order; [] = all of the named battery
    left_out = models.JSONField(default=dict)  # test id -> why it is not done with this runner, as it was said that day
    today = models.JSONField(default=dict)  # asked before the first test: rest_pain_nrs (0-10), feels_ill, warmed_up
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
    updated_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

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


class Overrule(models.Model):
    """A coach sees an area otherwise than the rules: with a written reason, shown beside what the rules say."""

    class Status(models.TextChoices):
        LIKELY = "likely_contributor", "Likely contributor"
        POSSIBLE = "possible_contributor", "Possible contributor"
        UNLIKELY = "unlikely_contributor", "Unlikely contributor"

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="overrules")
    area = models.CharField(max_length=24)
    status = models.CharField(max_length=24, choices=Status)
    reason = models.TextField()
    made_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)  # taken back; the row stays, so that it can be read

    coach_path = "assessment__client__coach"
    client_user_path = "assessment__client__user"
    client_id_path = "assessment__client_id"

    objects = OwnedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["assessment", "area"],
                condition=models.Q(withdrawn_at__isnull=True),
                name="overrule_one_standing_per_area",
            ),
            models.CheckConstraint(condition=~models.Q(reason=""), name="overrule_has_a_reason"),
        ]

    def __str__(self):
        return f"{self.area}: {self.status}"


class OutcomeReport(OfClient):
    """One round of an outcome measure. Answered item by item; it has a total only when every answer is there."""

    measure = models.CharField(max_length=16)  # pain_nrs, akps, koos_pf, lefs
    week = models.PositiveSmallIntegerField(
        null=True, blank=True
    )  # the scheduled week it belongs to; None = an extra one
    measured_on = models.DateField()  # in the runner's zone
    answers = models.JSONField(default=dict)  # item -> points, or 0-10; a missing key is a missing answer
    total = models.FloatField(null=True, blank=True)  # in the measure's points; None for pain_nrs, which has no sum
    entered_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    started_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)  # None: not finished, resumes where it was left

    class Meta:
        indexes = [models.Index(fields=["client", "measure", "-measured_on"], name="outcome_newest")]
        constraints = [
            models.UniqueConstraint(
                fields=["client", "measure"],
                condition=models.Q(answered_at__isnull=True),
                name="outcome_one_open_per_measure",
            )
        ]

    def __str__(self):
        return f"{self.measure} of {self.measured_on}"
