"""Programs: immutable versions of the plan, dated sessions, what was done, and what the rules proposed.

The plan itself is a value (programs.domain.records); the rows here keep versions of it, and what happened.
"""

from uuid import uuid4

import msgspec
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from clients.models import OfClient
from programs.domain import records
from studio.accounts.access import OwnedQuerySet
from studio.accounts.models import User

NRS = (0, 10)  # the pain scale, 0-10; None everywhere = not answered


def nrs_check(*fields: str) -> list[models.CheckConstraint]:
    return [
        models.CheckConstraint(
            condition=models.Q(**{f"{field}__isnull": True}) | models.Q(**{f"{field}__range": NRS}),
            name=f"%(class)s_{field}_is_nrs",
        )
        for field in fields
    ]


class Program(OfClient):
    """A runner's way through the phases. What the client sees is the newest published version."""

    class State(models.TextChoices):
        ACTIVE = "active", "Active"
        PAUSED = "paused", "Paused"
        ENDED = "ended", "Ended"

    state = models.CharField(max_length=8, choices=State, default=State.ACTIVE)
    phase = models.PositiveSmallIntegerField(default=1)
    starts_on = models.DateField()  # a Monday: the first day of week 1, in the runner's zone
    current = models.ForeignKey("Version", on_delete=models.RESTRICT, null=True, blank=True, related_name="+")
    draft_revision = models.PositiveIntegerField(default=0)  # of the coach's board, draft or none; rises, never falls
    created_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    end_reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["client"], condition=~models.Q(state="ended"), name="program_one_running_per_client"
            ),
            models.CheckConstraint(condition=models.Q(phase__range=(1, 4)), name="program_phase_1_to_4"),
            models.CheckConstraint(condition=models.Q(starts_on__iso_week_day=1), name="program_starts_on_a_monday"),
        ]

    def __str__(self):
        return f"program {self.pk} of client {self.client_id}"

    @property
    def published(self) -> "Version":
        """What the runner sees.

        Raises:
            Version.DoesNotExist: nothing was published yet.
        """
        if self.current is None:
            raise Version.DoesNotExist("nothing was published yet")
        return self.current


class OfProgram(models.Model):
    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="%(class)ss")

    coach_path = "program__client__coach"
    client_user_path: str | None = "program__client__user"
    client_id_path = "program__client_id"

    objects = OwnedQuerySet.as_manager()

    class Meta:
        abstract = True


class Version(OfProgram):
    """One published plan: never changed, rendered for ever."""

    number = models.PositiveIntegerField()
    document = models.JSONField()  # records.Plan with its schema_version
    base = models.ForeignKey("self", on_delete=models.RESTRICT, null=True, blank=True, related_name="+")
    edits = models.JSONField(default=list)  # how it came from its base; [] for a generated one
    reason = models.TextField(blank=True)
    published_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    published_at = models.DateTimeField()
    rules_version = models.CharField(max_length=40, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)  # when the runner first saw it

    class Meta:
        constraints = [models.UniqueConstraint(fields=["program", "number"], name="version_number_once_per_program")]

    def __str__(self):
        return f"version {self.number}"

    @property
    def plan(self) -> records.Plan:
        """The plan as a value, upgraded to today's schema."""
        return records.from_document(self.document)


class Draft(OfProgram):
    """What a coach is working on: the base version, the edits since, and the plan they make."""

    base = models.ForeignKey(Version, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    document = models.JSONField()
    is_whole = models.BooleanField(default=False)  # made anew by the generator, not by edits on the base
    edits = models.JSONField(default=list)
    undos = models.JSONField(default=list)  # the inverse of each edit, newest last
    conflicts = models.JSONField(default=list)  # rebasing.Conflict: edits that a newer version contradicts
    revision = models.PositiveIntegerField(default=1)  # the program's draft_revision; a stale form is told, not obeyed
    edited_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    updated_at = models.DateTimeField(default=timezone.now)

    client_user_path = None

    class Meta:
        constraints = [models.UniqueConstraint(fields=["program"], name="draft_once_per_program")]

    def __str__(self):
        return f"draft {self.revision}"

    @property
    def plan(self) -> records.Plan:
        return records.from_document(self.document)


class SessionQuerySet(OwnedQuerySet):
    def open(self):
        return self.filter(state__in=[ScheduledSession.State.PLANNED, ScheduledSession.State.STARTED])

    def on(self, day):
        return self.filter(day=day)

    def between(self, first, last):
        return self.filter(day__range=(first, last))

    def with_version_number(self):
        """Each with the number of the version it was laid from: what its pages are drawn under."""
        return self.annotate(version_number=models.F("version__number"))


class ScheduledSession(OfProgram):
    """One dated session. Its id stays while it is unstarted, whatever is published; once started it is frozen."""

    class State(models.TextChoices):
        PLANNED = "planned", "Planned"
        STARTED = "started", "Started"
        DONE = "done", "Done"
        WITHDRAWN = "withdrawn", "Taken out of the plan"

    version = models.ForeignKey(Version, on_delete=models.RESTRICT, related_name="sessions")
    week = models.PositiveSmallIntegerField()
    session_key = models.CharField(max_length=12)  # the session's id inside its week, such as A1
    title = models.CharField(max_length=80)
    content = models.JSONField()  # records.Session as the version has it; frozen with the row
    day = models.DateField()  # in the runner's zone
    time_zone = models.CharField(max_length=64)  # the zone the day was reckoned in
    state = models.CharField(max_length=10, choices=State, default=State.PLANNED)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    before_nrs = models.PositiveSmallIntegerField(null=True, blank=True)  # knee before the session
    after60_nrs = models.PositiveSmallIntegerField(null=True, blank=True)  # an hour after, asked the next morning
    session_rpe = models.PositiveSmallIntegerField(null=True, blank=True)  # CR-10 of the whole session, 1-10
    note = models.TextField(blank=True)
    stopped = models.BooleanField(default=False)  # the runner ended it for her knee
    flag = models.BooleanField(default=False)  # a red flag was reported during it
    action = models.CharField(max_length=10, blank=True)  # stop, regress, hold, progress; "" = not decided yet
    # What the logs add up to, kept here so that a list of many runners reads one row a session.
    sets_done = models.FloatField(default=0)  # working sets; one side of a two-sided set is a half
    sets_planned = models.PositiveSmallIntegerField(default=0)
    credit = models.FloatField(default=0)  # R-C1: 0, 0.5 or 1
    pillars = ArrayField(models.CharField(max_length=12), default=list)  # touched by at least one set
    decided_at = models.DateTimeField(null=True, blank=True)
    decision = models.JSONField(null=True, blank=True)  # the lines' decisions with their reasons, as shown that day

    objects = SessionQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["program", "day"], name="session_by_day")]
        constraints = [
            models.UniqueConstraint(fields=["program", "week", "session_key"], name="session_once_per_week_and_key"),
            *nrs_check("before_nrs", "after60_nrs"),
            models.CheckConstraint(
                condition=models.Q(session_rpe__isnull=True) | models.Q(session_rpe__range=(1, 10)),
                name="session_rpe_is_cr10",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["planned", "withdrawn"]) | models.Q(started_at__isnull=False),
                name="session_started_has_a_time",
            ),
        ]

    def __str__(self):
        return f"week {self.week}, session {self.session_key}, {self.day}"

    @property
    def plan(self) -> records.Session:
        """The session as a value."""
        return msgspec.convert(self.content, records.Session)


class OfSession(models.Model):
    session = models.ForeignKey(ScheduledSession, on_delete=models.CASCADE, related_name="%(class)ss")

    coach_path = "session__program__client__coach"
    client_user_path = "session__program__client__user"
    client_id_path = "session__program__client_id"

    objects = OwnedQuerySet.as_manager()

    class Meta:
        abstract = True


class LineLog(OfSession):
    """How one line of a session went as a whole: pain, form, or why it was left out.

    As with a set, the exercise is part of the place: after a swap the line has the same id, and two things were done.
    """

    class Skip(models.TextChoices):
        HURTS = "hurts", "It hurts"
        NO_KIT = "no_kit", "I don't have the kit"
        NO_TIME = "no_time", "No time"
        TOO_EASY = "too_easy", "Too easy"
        OTHER = "other", "Something else"

    line_id = models.CharField(max_length=40)
    slot = models.CharField(max_length=40)
    exercise = models.CharField(max_length=64)
    version = models.ForeignKey(Version, on_delete=models.RESTRICT, null=True, related_name="+")  # it was shown under
    during_nrs = models.PositiveSmallIntegerField(null=True, blank=True)  # D: highest knee pain during this exercise
    form_solid = models.BooleanField(null=True, blank=True)
    skipped = models.CharField(max_length=10, choices=Skip, blank=True)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "line_id", "exercise"], name="linelog_once_per_line"),
            *nrs_check("during_nrs"),
        ]

    def __str__(self):
        return f"{self.exercise}: {self.during_nrs}"


class SetLog(OfSession):
    """One set that was done. Made by the phone with its own UUID, so that saying it twice is saying it once."""

    class Side(models.TextChoices):
        LEFT = "left", "Left"
        RIGHT = "right", "Right"
        BOTH = "both", "Both"

    client_uuid = models.UUIDField(unique=True, default=uuid4)
    line_id = models.CharField(max_length=40)
    slot = models.CharField(max_length=40)
    exercise = models.CharField(max_length=64)
    version = models.ForeignKey(Version, on_delete=models.RESTRICT, related_name="+")
    dose = models.JSONField()  # the dose it was done under, as the plan said
    set_number = models.PositiveSmallIntegerField()  # 1, 2, …; extra sets of one side go on counting
    side = models.CharField(max_length=5, choices=Side, default=Side.BOTH)
    reps = models.PositiveSmallIntegerField(null=True, blank=True)
    seconds = models.PositiveSmallIntegerField(null=True, blank=True)
    distance_m = models.PositiveIntegerField(null=True, blank=True)
    load_kg = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    rir = models.PositiveSmallIntegerField(null=True, blank=True)  # repetitions in reserve, 0-5; asked on the last set
    as_planned = models.BooleanField(default=False)
    done_at = models.DateTimeField()  # on the phone's clock
    logged_at = models.DateTimeField(default=timezone.now)  # on ours

    class Meta:
        indexes = [models.Index(fields=["session", "line_id"], name="setlog_by_line")]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "line_id", "exercise", "set_number", "side"], name="setlog_once_per_set_and_side"
            ),
            models.CheckConstraint(condition=models.Q(set_number__range=(1, 20)), name="setlog_number_1_to_20"),
            models.CheckConstraint(
                condition=models.Q(rir__isnull=True) | models.Q(rir__lte=5), name="setlog_rir_0_to_5"
            ),
        ]

    def __str__(self):
        return f"{self.exercise}, set {self.set_number} {self.side}"


class MorningAnswer(OfClient):
    """How the knee was on one morning. No row, or no number, is no answer."""

    day = models.DateField()  # the runner's local date
    morning_nrs = models.PositiveSmallIntegerField(null=True, blank=True)
    session = models.ForeignKey(ScheduledSession, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    time_zone = models.CharField(max_length=64)
    answered_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["client", "day"], name="morning_once_per_day"),
            *nrs_check("morning_nrs"),
        ]

    def __str__(self):
        return f"{self.day}: {self.morning_nrs}"


class WeekAnswer(OfClient):
    """What got in the way in one week, answered with one tap from the weekly note (R-C12)."""

    class Barrier(models.TextChoices):
        NO_TIME = "no_time", "No time"
        PAIN = "pain", "Pain"
        FORGOT = "forgot", "I forgot"
        DULL = "dull", "It got dull"
        TRAVEL = "travel", "Travel"
        FINE = "fine", "Nothing, all fine"

    week = models.CharField(max_length=8)  # ISO week, 2026-W48
    barrier = models.CharField(max_length=8, choices=Barrier)
    answered_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["client", "week"], name="weekanswer_once_per_week")]

    def __str__(self):
        return f"{self.week}: {self.barrier}"


class WeeklyCheck(OfClient):
    """What the runner says once a week: how the knee was in daily life, what else was going on, how her goals stand."""

    week = models.CharField(max_length=8)  # ISO week, 2026-W48, in the runner's zone
    answers = models.JSONField(default=dict)  # name of inputs.md -> value; a missing key is a missing answer
    answered_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    answered_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["client", "week"], name="weeklycheck_once_per_week")]

    def __str__(self):
        return f"weekly check {self.week}"


class PhaseCheck(OfClient):
    """The tests that end a phase (R-P3, R-P4), saved test by test; closed once, then it is a fact of that day."""

    phase = models.PositiveSmallIntegerField()  # the phase it would end
    checked_on = models.DateField()  # in the runner's zone
    answers = models.JSONField(default=dict)  # test -> side -> {"value": reps, s or cm, "pain": 0-10}
    entered_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    started_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["client"], condition=models.Q(closed_at__isnull=True), name="phasecheck_one_open_per_client"
            ),
            models.CheckConstraint(condition=models.Q(phase__range=(1, 4)), name="phasecheck_phase_1_to_4"),
        ]

    def __str__(self):
        return f"phase check of {self.checked_on}"


class Proposal(OfProgram):
    """What a rule would change. Reductions are applied at once and await the coach; the rest only waits."""

    class State(models.TextChoices):
        OPEN = "open", "Waiting for the coach"
        APPROVED = "approved", "Approved"
        DECLINED = "declined", "Declined"
        RESTORED = "restored", "Taken back by the coach"

    rule = models.CharField(max_length=12)
    slot = models.CharField(max_length=40, blank=True)  # "" = the whole week
    change = models.JSONField()
    immediate = models.BooleanField(default=False)  # takes load away: in force before the coach has seen it
    because = models.TextField()
    sessions = ArrayField(models.BigIntegerField(), default=list)  # the scheduled sessions behind it
    rules_version = models.CharField(max_length=40)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    created_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    decided_because = models.TextField(blank=True)  # "" = the coach gave no reason
    applied_version = models.ForeignKey(Version, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    client_user_path = None

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["program", "rule", "slot"],
                condition=models.Q(state="open"),
                name="proposal_one_open_per_rule_and_slot",
            )
        ]

    def __str__(self):
        return f"{self.rule} {self.slot}"


class Figure(models.Model):
    """A drawn exercise, rendered once and kept by the hash of what it was drawn from."""

    exercise = models.CharField(max_length=64)
    mode = models.CharField(max_length=12)  # animated, still
    content_hash = models.CharField(max_length=64, unique=True)
    svg = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["exercise", "mode"], name="figure_once_per_mode")]

    def __str__(self):
        return f"{self.exercise} ({self.mode})"
