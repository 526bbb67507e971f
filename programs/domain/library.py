"""The exercise library: 120 exercises in chains, read from library.yaml and checked once.

Everything a screen or a rule asks about an exercise is answered here: what it is, how long it takes, what comes before
and after it in its chain.  Which exercises a runner may do is filtering.py; which one replaces another is swapping.py.
"""

from __future__ import annotations

import functools
import pathlib
from collections.abc import Iterable, Iterator
from typing import Any, Literal

import msgspec
import yaml

ROOT_CAUSES = ("hip_weakness", "quad_itb_tightness", "ankle_stiffness", "core_instability")
PILLARS = ("strength", "mobility", "release", "form", "core", "consistency")
PF_CLASSES = ("low", "moderate", "high")
MUSCLES = ("quads", "hip", "calf", "posterior", "upper")

Pillar = Literal["strength", "mobility", "release", "form", "core", "consistency"]
PfClass = Literal["low", "moderate", "high"]
DoseKind = Literal["reps_load", "reps", "hold", "duration", "distance"]
Pattern = Literal["knee", "hip", "calf", "upper"]

LIBRARY_FILE = pathlib.Path(__file__).with_name("library.yaml")


class LibraryError(ValueError):
    """The library file breaks one of its own rules; the message lists every problem."""


class UnknownExercise(KeyError):
    """No exercise of that id in the library."""

    def __str__(self) -> str:
        return f"no exercise called {self.args[0]!r} in the library"


class Prescription(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The library's own dose of an exercise."""

    kind: DoseKind
    sets: int
    rest_s: int
    reps: tuple[int, int] | None = None  # repetitions per set, or holds per set
    hold_s: tuple[int, int] | None = None  # seconds of one hold
    duration_s: int | None = None  # seconds of continuous work, per side if unilateral
    distance_m: int | None = None  # metres per set
    tempo: str | None = None  # lower-pause-lift-pause in seconds, "3-1-1-0"
    load_from: str | None = None  # where the external load comes from
    est_speed_mps: float | None = None  # assumed speed of distance work, metres per second


class PfLoad(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How much the exercise loads the kneecap joint."""

    klass: PfClass = msgspec.field(name="class")
    knee_flexion_deg: tuple[int, int]
    basis: str  # "estimate", or "literature:<key>" of a retrieved range


class Exercise(msgspec.Struct, frozen=True, eq=False, forbid_unknown_fields=True):
    """One exercise of the library.  Compared and hashed by identity: there is one record per id."""

    id: str
    name: str
    aliases: tuple[str, ...]
    pillar: Pillar
    pattern: Pattern | None  # movement pattern for spacing heavy work, strength only
    max_per_week: int | None  # times per week it makes sense; None = as the plan needs
    secondary_pillars: tuple[Pillar, ...]
    from_source_article: bool
    regions: tuple[str, ...]
    muscles: tuple[str, ...]
    root_causes: dict[str, float]  # weight 0-1 per root cause
    cause_agnostic: bool  # True = helps every cause through habit; never counts as targeted work
    evidence_core: tuple[str, ...]  # muscle groups whose weekly minimum it counts toward
    level: int  # 1-5
    chain: str
    prev: str | None
    next: str | None
    equipment: tuple[str, ...]  # all needed
    equipment_alternatives: tuple[tuple[str, ...], ...]  # or all of one of these
    optional_equipment: tuple[str, ...]
    unilateral: bool  # True = a set is done on each side
    impact: bool
    prescription: Prescription
    seconds_per_set: int  # both sides and the changeover, at the library's dose
    setup_s: int
    pf_load: PfLoad
    min_phase: int  # 1-4
    min_run_stage: int | None  # done inside a run, from this stage of the ladder on
    frequency_hint: str | None
    contraindications: tuple[str, ...]  # tag ids that exclude it
    cues: tuple[str, ...]
    mistakes: tuple[str, ...]
    why: str

    @property
    def is_run_drill(self) -> bool:
        """True when the exercise lives inside a run and takes no session time (R-F1b)."""
        return self.min_run_stage is not None

    @property
    def main_cause(self) -> str:
        """The root cause it acts on most; the first of ROOT_CAUSES on a tie."""
        return max(ROOT_CAUSES, key=lambda cause: self.root_causes[cause])


class Library:
    """All exercises in file order, with the vocabulary they use."""

    def __init__(
        self, exercises: Iterable[Exercise], vocabulary: dict[str, Any], reviewed_by: str | None = None
    ) -> None:
        self.exercises = tuple(exercises)
        self.vocabulary = vocabulary
        self.reviewed_by = reviewed_by
        self._by_id = {exercise.id: exercise for exercise in self.exercises}
        self.position = {exercise.id: n for n, exercise in enumerate(self.exercises)}

    def __iter__(self) -> Iterator[Exercise]:
        return iter(self.exercises)

    def __len__(self) -> int:
        return len(self.exercises)

    def __contains__(self, exercise_id: object) -> bool:
        return exercise_id in self._by_id

    def __getitem__(self, exercise_id: str) -> Exercise:
        try:
            return self._by_id[exercise_id]
        except KeyError:
            raise UnknownExercise(exercise_id) from None

    @property
    def equipment(self) -> dict[str, str]:
        """Equipment ids and what each means, in file order; "none" first."""
        return self.vocabulary["equipment"]

    @property
    def tags(self) -> dict[str, str]:
        """Contraindication tag ids and what each excludes, in file order."""
        return self.vocabulary["contraindications"]

    def chain(self, name: str) -> tuple[Exercise, ...]:
        """The exercises of a chain from easiest to hardest; empty for an unknown chain."""
        members = [exercise for exercise in self.exercises if exercise.chain == name]
        here = next((exercise for exercise in members if exercise.prev is None), None)
        ordered: list[Exercise] = []
        while here is not None and here not in ordered:
            ordered.append(here)
            here = self._by_id.get(here.next) if here.next else None
        return tuple(ordered)

    def harder(self, exercise_id: str) -> Iterator[Exercise]:
        """Walk the chain upward from the exercise, nearest first, without the exercise itself."""
        step = self[exercise_id].next
        while step is not None:
            yield self._by_id[step]
            step = self._by_id[step].next

    def easier(self, exercise_id: str) -> Iterator[Exercise]:
        """Walk the chain downward from the exercise, nearest first, without the exercise itself."""
        step = self[exercise_id].prev
        while step is not None:
            yield self._by_id[step]
            step = self._by_id[step].prev


def seconds_per_set(prescription: Prescription, *, unilateral: bool) -> int:
    """Seconds of one set at a dose: both sides and the changeover, no rest (library.yaml `time_formula`).

    Args:
        prescription: a dose; a range counts with its middle, rounded half to even.
        unilateral: True when each set is done on both sides (twice the work, and the time to change over).

    Returns:
        Whole seconds, rounded half to even.

    Raises:
        ValueError: the dose lacks what its kind needs.
    """
    work = _work_seconds(prescription)
    return round(work * 2 + timing().changeover_s) if unilateral else round(work)


class Timing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Seconds that a set takes beside its work."""

    changeover_s: int  # to change sides
    between_holds_s: int  # to let go and set up again between two holds of one set


@functools.cache
def timing() -> Timing:
    """The shipped times of `time_formula`."""
    return msgspec.convert(_document()["timing"]["value"], Timing)


def middle(bounds: tuple[int, int]) -> int:
    """The middle of a range, rounded half to even."""
    return round((bounds[0] + bounds[1]) / 2)


def _work_seconds(dose: Prescription) -> float:
    if dose.kind in ("reps", "reps_load") and dose.reps and dose.tempo:
        return middle(dose.reps) * sum(int(part) for part in dose.tempo.split("-"))
    if dose.kind == "hold" and dose.reps and dose.hold_s:
        holds = middle(dose.reps)
        return holds * middle(dose.hold_s) + timing().between_holds_s * (holds - 1)
    if dose.kind == "duration" and dose.duration_s:
        return dose.duration_s
    if dose.kind == "distance" and dose.distance_m and dose.est_speed_mps:
        return dose.distance_m / dose.est_speed_mps
    raise ValueError(f"a dose of kind {dose.kind} is incomplete: {dose}")


def parse_library(document: dict[str, Any]) -> Library:
    """Build a library from the parsed YAML and check it.

    Args:
        document: the mapping of library.yaml (schema_version, reviewed_by, note, vocab, exercises).

    Returns:
        The library.

    Raises:
        LibraryError: naming every broken rule: unknown ids, broken or mixed chains, wrong times, missing weights.
    """
    try:
        exercises = msgspec.convert(document["exercises"], tuple[Exercise, ...])
    except msgspec.ValidationError as problem:
        raise LibraryError(str(problem)) from problem
    library = Library(exercises, document["vocab"], document.get("reviewed_by"))
    problems = list(_problems(library))
    if problems:
        raise LibraryError("\n".join(problems))
    return library


def _problems(library: Library) -> Iterator[str]:
    if len(library._by_id) != len(library.exercises):
        yield "an exercise id occurs twice"
    vocabulary = {
        "equipment": set(library.equipment),
        "contraindications": set(library.tags),
        "evidence_core": set(MUSCLES),
    }
    for exercise in library:
        here = exercise.id
        used = set(exercise.equipment).union(*exercise.equipment_alternatives, exercise.optional_equipment)
        for unknown in sorted(used - vocabulary["equipment"]):
            yield f"{here}: unknown equipment {unknown}"
        for unknown in sorted(set(exercise.contraindications) - vocabulary["contraindications"]):
            yield f"{here}: unknown tag {unknown}"
        for unknown in sorted(set(exercise.evidence_core) - vocabulary["evidence_core"]):
            yield f"{here}: unknown muscle group {unknown}"
        if set(exercise.root_causes) != set(ROOT_CAUSES):
            yield f"{here}: weights must name exactly {', '.join(ROOT_CAUSES)}"
        elif not all(0 <= weight <= 1 for weight in exercise.root_causes.values()):
            yield f"{here}: a weight is outside 0-1"
        if not 1 <= exercise.level <= 5 or not 1 <= exercise.min_phase <= 4:
            yield f"{here}: level is 1-5, min_phase 1-4"
        if (exercise.pattern is not None) != (exercise.pillar == "strength"):
            yield f"{here}: strength, and only strength, has a pattern"
        if not exercise.equipment or not exercise.cues or not exercise.why:
            yield f"{here}: equipment, cues and why are required"
        yield from _time_problems(exercise)
        yield from _link_problems(library, exercise)
    for name in dict.fromkeys(exercise.chain for exercise in library):
        members = [exercise for exercise in library if exercise.chain == name]
        if len(library.chain(name)) != len(members):
            yield f"chain {name}: its links do not visit all {len(members)} exercises once"
        if len({exercise.pillar for exercise in members}) != 1:
            yield f"chain {name}: more than one pillar"


def _time_problems(exercise: Exercise) -> Iterator[str]:
    try:
        computed = seconds_per_set(exercise.prescription, unilateral=exercise.unilateral)
    except ValueError as problem:
        yield f"{exercise.id}: {problem}"
        return
    if computed != exercise.seconds_per_set:
        yield f"{exercise.id}: seconds_per_set is {exercise.seconds_per_set}, the formula gives {computed}"


def _link_problems(library: Library, exercise: Exercise) -> Iterator[str]:
    for link, back in (("prev", "next"), ("next", "prev")):
        target = getattr(exercise, link)
        if target is None:
            continue
        if target not in library:
            yield f"{exercise.id}: {link} names the unknown exercise {target}"
            continue
        other = library[target]
        if getattr(other, back) != exercise.id:
            yield f"{exercise.id}: {link} is {target}, whose {back} is {getattr(other, back)}"
        if other.chain != exercise.chain:
            yield f"{exercise.id}: {link} leaves the chain {exercise.chain}"
    if exercise.next in library and exercise.next is not None and library[exercise.next].level < exercise.level:
        yield f"{exercise.id}: the level falls along the chain"


@functools.cache
def library() -> Library:
    """The shipped library, read and checked on first use and kept for the life of the process."""
    return parse_library(_document())


@functools.cache
def _document() -> dict[str, Any]:
    return yaml.load(LIBRARY_FILE.read_text(encoding="utf-8"), Loader=_Loader)


_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the C loader is ten times faster where it was built
