"""The plan is a value: Plan > Phase > Week > Session > Line, immutable records stored as JSON.

A line's `id` is one occurrence ("w2.A-1.A3": week 2, first A session, slot A3); its `slot` ("A3") is the same line across
weeks, also after a swap.  Progression, "last time", diffs and edits work on slots.  Old documents are upgraded step by
step when read, so a version published years ago renders for ever.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal

import msgspec

from programs.domain.library import DoseKind, Pillar

SCHEMA_VERSION = 1

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Side = Literal["left", "right"]
Gate = Literal["none", "caution", "refer", "stop_urgent"]
Band = Literal["micro", "standard", "full"]
Solution = Literal["optimal", "best_found"]

WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Severity(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Effective severity of the four areas, 0-1; None = not assessed, which is not 0."""

    hip_weakness: float | None = None
    quad_itb_tightness: float | None = None
    ankle_stiffness: float | None = None
    core_instability: float | None = None


class Asymmetry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A side difference found in a one-sided test (R-S6)."""

    side: Side  # the weaker side
    test: str  # the exercise whose chain trains the deficit
    percent: float  # (strong - weak) / strong, 0-100


class RunBrief(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the plan needs to know about running."""

    stage: int | None  # 0-10 on the run ladder; None = runs freely
    longest_30d_min: float | None = None  # longest run of the last 30 days, minutes
    cadence_spm: float | None = None  # easy-pace steps per minute; None = not counted
    per_week: int = 3  # runs wanted per week


class Brief(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything a plan is made from.  Lists are in the library's or the week's order, so equal briefs are equal."""

    phase: int  # 1-4
    weeks: int  # 1-12
    days: int  # sessions per week, 2-5
    minutes: int  # per session, 15-90
    weekdays: tuple[Weekday, ...]  # the training days, `days` of them; empty = the generator picks
    hard_run_days: tuple[Weekday, ...]  # intervals, tempo, hills, race or longest run
    kit: tuple[str, ...]  # equipment ids owned; "none" is always owned
    tags: tuple[str, ...]  # contraindications that stand
    exclude: tuple[str, ...]  # exercise ids never to use
    prefer: tuple[str, ...]  # exercise ids to favour
    keep: tuple[str, ...]  # exercise ids whose lines stay
    severity: Severity
    previous_severity: Severity | None
    asymmetry: Asymmetry | None
    run: RunBrief
    previous: tuple[str, ...]  # exercise ids of last week
    gate: Gate


class Dose(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How one set is done, and the rest after it."""

    kind: DoseKind
    rest_s: int  # seconds between sets
    reps: tuple[int, int] | None = None  # repetitions per set, or holds per set
    hold_s: tuple[int, int] | None = None  # seconds of one hold
    duration_s: int | None = None  # seconds, per side if unilateral
    distance_m: int | None = None  # metres
    load_kg: float | None = None  # external load; None = body weight, or not chosen yet
    tempo: str | None = None  # lower-pause-lift-pause in seconds
    rir: tuple[int, int] | None = None  # repetitions in reserve after the last set; None = effort is not a target


class SideSets(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Extra sets on one side only (R-S6); they do not count toward the pillar's sets."""

    left: int = 0
    right: int = 0

    def __bool__(self) -> bool:
        return bool(self.left or self.right)


class Serves(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A contributor that the exercise acts on, with the library's weight 0-1."""

    root_cause: str
    weight: float


class Alternatives(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Exercise ids prepared for the runner's "can't do this"."""

    easier: str | None = None  # the nearest easier one in the chain
    no_kit: str | None = None  # the nearest one that needs no equipment


class Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One prescription: an exercise with its dose in one session of one week."""

    id: str  # this occurrence, unique in the plan
    slot: str  # the same line across weeks; kept through swaps
    exercise: str
    pillar: Pillar
    sets: int
    dose: Dose
    anchor: bool = False  # one of the session's must-do lines
    unilateral: bool = False  # a set is done on each side
    extra_side_sets: SideSets = SideSets()
    paired_with: str | None = None  # slot done alternately with this one
    serves: tuple[Serves, ...] = ()
    because: str = ""  # why it is here, in words for the runner
    alternatives: Alternatives = Alternatives()
    note: str = ""  # the coach's words to the runner
    override: str = ""  # the coach's reason for a line that the safety filter does not allow


class Session(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One training session.  (week, id) identifies it in the plan."""

    id: str  # template and occurrence, "A-1", "B-1", "A-2"; stable within its week
    key: str  # template letter; sessions of one key share their slots
    day: Weekday
    budget_s: int  # the time the runner has
    warmup_s: int
    title: str  # short human name, "Hips and core"
    lines: tuple[Line, ...]  # in training order
    note: str = ""


class DailyItem(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something outside the sessions: check-in, weekly plan, mini-stretch, a monthly check."""

    exercise: str
    days: int  # on how many days of the week
    because: str = ""


class RunDrill(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A form drill inside a run."""

    exercise: str
    sets: int
    feedback: float | None = None  # part of the drill with beat, mirror or voice on (R-X12); None = no feedback
    cadence_spm: tuple[int, int] | None = None  # steps per minute to aim at


class Run(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One run or walk of the ladder, after a 5-minute brisk walk."""

    day: Weekday
    stage: int
    reps: int
    run_min: int | float
    walk_min: int | float
    total_run_min: int | float
    drill: RunDrill | None = None


class Week(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One week, Monday to Sunday."""

    number: int  # 1, 2, ... through the whole plan
    deload: bool
    sessions: tuple[Session, ...]  # in weekday order
    daily: tuple[DailyItem, ...]
    runs: tuple[Run, ...]  # in weekday order
    note: str = ""


class Phase(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A block of weeks under one set of limits."""

    number: int  # 1-4, the rules' phase
    name: str
    weeks: tuple[Week, ...]


class Notice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A rule that the plan does not meet, named for the coach."""

    code: str
    subject: str  # the pillar, muscle, cause, session or exercise
    week: int | None  # None = the whole plan
    message: str


class Plan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A whole program as one immutable value."""

    schema_version: int
    rules_version: str
    brief: Brief
    severity: Severity  # the brief's, after R-A5 limited how far a re-score may move it
    band: Band
    dominant: str | None  # root cause; None = mixed
    solution: Solution
    phases: tuple[Phase, ...]
    warnings: tuple[Notice, ...] = ()  # as of the day it was generated; auditing.audit says what stands now
    last_slot: int = 0  # highest number given to a slot so far; numbers are never used twice
    evidence: dict[str, str] = {}  # root cause -> the test behind it, in the runner's words; for the lines' reasons

    @property
    def weeks(self) -> tuple[Week, ...]:
        """All weeks of all phases in order."""
        return tuple(week for phase in self.phases for week in phase.weeks)

    def week(self, number: int) -> Week:
        """The week of that number.

        Raises:
            NotInPlan: no such week.
        """
        for week in self.weeks:
            if week.number == number:
                return week
        raise NotInPlan(f"no week {number} in this plan")

    def session(self, week: int, session_id: str) -> Session:
        """The session of that id in that week.

        Raises:
            NotInPlan: no such week or session.
        """
        for session in self.week(week).sessions:
            if session.id == session_id:
                return session
        raise NotInPlan(f"no session {session_id} in week {week}")

    def places(self) -> Iterator[tuple[Phase, Week, Session, Line]]:
        """Every line with its session, week and phase, in training order."""
        for phase in self.phases:
            for week in phase.weeks:
                for session in week.sessions:
                    for line in session.lines:
                        yield phase, week, session, line

    def line(self, line_id: str) -> Line:
        """The line of that id.

        Raises:
            NotInPlan: no such line.
        """
        for _, _, _, line in self.places():
            if line.id == line_id:
                return line
        raise NotInPlan(f"no line {line_id} in this plan")


class NotInPlan(LookupError):
    """A week, session or line that the plan does not have."""


class UnknownSchema(ValueError):
    """A stored plan is of a schema version this program cannot read."""


def line_id(week: int, session_id: str, slot: str) -> str:
    """The id of a slot's occurrence in a session of a week."""
    return f"w{week}.{session_id}.{slot}"


# From version n to n + 1: a function of the whole document.  Never change one that has shipped; add the next.
UPGRADERS: Mapping[int, Callable[[dict[str, Any]], dict[str, Any]]] = {}


def upgrade(
    document: Mapping[str, Any],
    upgraders: Mapping[int, Callable[[dict[str, Any]], dict[str, Any]]] = UPGRADERS,
    to_version: int = SCHEMA_VERSION,
) -> dict[str, Any]:
    """Bring a stored document to the present schema, one version at a time.

    Args:
        document: a stored plan, any version so far; it is not changed.
        upgraders: version n -> function from a document of version n to one of n + 1.
        to_version: the version to reach.

    Returns:
        A document whose schema_version is `to_version`.

    Raises:
        UnknownSchema: no version, a version from the future, or a step is missing.
    """
    current = dict(document)
    version = current.get("schema_version")
    if not isinstance(version, int) or isinstance(version, bool) or not 1 <= version <= to_version:
        raise UnknownSchema(f"schema_version {version!r} is not 1-{to_version}")
    while version < to_version:
        if version not in upgraders:
            raise UnknownSchema(f"no upgrade from schema_version {version}")
        current = {**upgraders[version](current), "schema_version": version + 1}
        version += 1
    return current


def to_document(plan: Plan) -> dict[str, Any]:
    """The plan as plain dicts, lists, strings and numbers, for a JSON column."""
    return msgspec.to_builtins(plan)


def from_document(document: Mapping[str, Any]) -> Plan:
    """Read a stored document of any version so far.

    Raises:
        UnknownSchema: see `upgrade`.
        msgspec.ValidationError: the document is not a plan; the message names the path.
    """
    return msgspec.convert(upgrade(document), Plan)


def encode(plan: Plan) -> bytes:
    """The plan as JSON; the same plan gives the same bytes."""
    return msgspec.json.encode(plan)


def decode(raw: bytes | str) -> Plan:
    """Read JSON of any version so far; raises what `from_document` raises."""
    return from_document(msgspec.json.decode(raw, type=dict[str, Any]))
