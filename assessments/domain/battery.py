"""The battery: what each field test is, how it is done, and which area it informs.  Data: battery.yaml."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Literal

from assessments.domain.data_files import Record

Side = Literal["left", "right"]
SIDES: tuple[Side, Side] = ("left", "right")
COUNTED_UNITS = frozenset(
    {"repetitions", "faults", "points", "NRS 0-10"}
)  # half a repetition does not exist; half a degree does


class Input(Record, frozen=True):
    """What may be typed into the field of one test."""

    kind: Literal["integer", "decimal", "choice", "computed"]
    unit: str
    sources: tuple[str, ...]
    step: float | None = None  # of the form field, in the unit
    valid: tuple[float, float] | None = None  # inclusive; outside is refused.  None for choices
    warn: tuple[float, float] | None = None  # inclusive; outside is kept and asked about.  None = never asked
    choices: tuple[str, ...] = ()  # of kind choice, in published order


class Threshold(Record, frozen=True):
    """Where a test starts to count (`normal`, d = 0) and where it counts fully (`deficit`, d = 1)."""

    sex: Literal["any", "male", "female"]
    age_min: int  # years, inclusive
    age_max: int  # years, inclusive
    normal: float  # in the unit of the test
    deficit: float  # in the unit of the test
    sources: tuple[str, ...] = ()  # () = those of the scoring block
    published_median: float | None = None  # the figure from which normal and deficit were derived


class Step(Record, frozen=True):
    """Values up to and including `max` score `score`; max None = no limit."""

    max: float | None
    score: float


class Scored(Record, frozen=True, tag_field="kind"):
    """What all scoring kinds state: what the cut-offs rest on."""

    unit: str
    basis: Literal["published", "derived", "expert_estimate", "not_scored"]
    verified: bool  # the figure itself was seen in the named source
    sources: tuple[str, ...]
    rationale: str


class Linear(Scored, frozen=True, tag="linear"):
    thresholds: tuple[Threshold, ...]
    labels: dict[str, tuple[int, int]] = {}  # quality words of a rating scale, each with its first and last score


class Band(Scored, frozen=True, tag="band"):
    normal_low: float
    normal_high: float
    deficit_low: float
    deficit_high: float


class Mapped(Scored, frozen=True, tag="map"):
    map: dict[str, float]  # category -> d


class Steps(Scored, frozen=True, tag="steps"):
    steps: tuple[Step, ...]


class NotScored(Scored, frozen=True, tag="none"):
    """Recorded for context only."""


Scoring = Linear | Band | Mapped | Steps | NotScored


class Asymmetry(Record, frozen=True):
    """Side difference at which asymmetry starts to count (`a0`) and counts fully (`a1`)."""

    kind: Literal["absolute", "percent"]
    unit: str
    a0: float
    a1: float
    verified: bool
    sources: tuple[str, ...]
    rationale: str


class RealChange(Record, frozen=True):
    """The change a retest needs before it may be called a change."""

    kind: Literal["absolute", "percent"]
    value: float
    unit: str
    basis: Literal["published", "derived", "expert_estimate"]
    sources: tuple[str, ...]


class Figure(Record, frozen=True):
    """A published figure as it was seen, for the reader; nothing is computed from it."""

    label: str
    value: str
    unit: str
    source: str
    verified: bool
    note: str = ""


class FieldTest(Record, frozen=True):
    """One test of the battery, with everything a form, a protocol sheet or a report shows."""

    id: str
    field_name: str
    name: str
    synonyms: tuple[str, ...]
    area: str
    measures: str
    unit: str
    laterality: Literal["per_side", "bilateral"]
    direction: Literal["higher_better", "lower_better", "target_band", "ordinal", "none"]
    stage: str  # id of the stage of the session in which it is done
    battery: Literal["core", "extended", "dynamometer", "optional"]
    minutes: int
    equipment: tuple[str, ...]
    protocol: tuple[str, ...]  # lines in the order of doing
    input: Input
    scoring: Scoring
    grade: Literal["A", "B", "C", "D"]  # quality of the measurement
    norms: tuple[Figure, ...]
    measurement_error: tuple[Figure, ...]
    contraindications: tuple[str, ...]  # free text; "As <test>" and "general: ..." are resolved by Battery
    caution: str
    sources: tuple[str, ...]
    formula: str = ""
    asymmetry: Asymmetry | None = None
    real_change: RealChange | None = None  # None: no error is known, so no change is ever called real from this test

    @property
    def per_side(self) -> bool:
        return self.laterality == "per_side"

    @property
    def sides(self) -> tuple[str, ...]:
        """Keys under which readings of this test are stored."""
        return SIDES if self.per_side else ("both",)

    @property
    def is_scored(self) -> bool:
        return not isinstance(self.scoring, NotScored)

    @property
    def is_entered(self) -> bool:
        """False for the one value that is derived from two other tests and has no field of its own."""
        return self.id != DERIVED_RATIO

    @property
    def is_whole(self) -> bool:
        """Counts are whole numbers; angles, times and lengths are read to the nearest step but may be averages."""
        return self.input.kind == "integer" and self.unit in COUNTED_UNITS


DERIVED_RATIO = "mcgill_side_extensor_ratio"


class Construct(Record, frozen=True):
    """One quality of an area; the first of its tests that was done speaks for it."""

    id: str
    weight: float
    tests: tuple[str, ...]  # in order of preference


class Area(Record, frozen=True):
    id: str
    label: str
    role: Literal["root_cause_candidate", "context_only"]
    min_constructs: int
    anchor_construct: str
    sources: tuple[str, ...]
    constructs: tuple[Construct, ...]

    @property
    def is_ranked(self) -> bool:
        return self.role == "root_cause_candidate"


class Stage(Record, frozen=True):
    id: str
    text: str


class Batteries(Record, frozen=True):
    quick: tuple[str, ...]
    replaced_by_dynamometer: tuple[str, ...]  # tests of the quick battery that measured strength makes needless
    minimum_per_area: dict[str, tuple[tuple[str, ...], ...]]  # area -> tests needed, each a list of alternatives


class Selection(Record, frozen=True):
    """Tests as they are done: in session order, with its minutes and kit."""

    tests: tuple[FieldTest, ...]

    @property
    def minutes(self) -> int:
        return sum(test.minutes for test in self.tests)

    @property
    def equipment(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(item for test in self.tests for item in test.equipment if item != "none"))


class Battery(Record, frozen=True):
    meta: dict[str, str | None]
    plain_numbers: dict[str, dict[str, str]]
    general_contraindications: tuple[str, ...]
    test_order: tuple[str, ...]
    stages: tuple[Stage, ...]
    batteries: Batteries
    areas: tuple[Area, ...]
    tests: tuple[FieldTest, ...]

    @cached_property
    def test(self) -> Mapping[str, FieldTest]:
        """Tests by id, in file order."""
        return {test.id: test for test in self.tests}

    @cached_property
    def area(self) -> Mapping[str, Area]:
        """Areas by id, in file order."""
        return {area.id: area for area in self.areas}

    @cached_property
    def construct_of(self) -> Mapping[str, Construct]:
        """The construct that each scored test informs."""
        return {test: construct for area in self.areas for construct in area.constructs for test in construct.tests}

    def in_session_order(self, test_ids: Iterable[str]) -> tuple[FieldTest, ...]:
        """Sort by the published order of stages, then by file order: lunge first, running last."""
        stage_order = [stage.id for stage in self.stages]
        chosen = set(test_ids)
        return tuple(
            sorted((test for test in self.tests if test.id in chosen), key=lambda test: stage_order.index(test.stage))
        )

    def selection(self, test_ids: Iterable[str]) -> Selection:
        """A selection of the coach's own; unknown ids raise KeyError."""
        return Selection(self.in_session_order([self.test[test_id].id for test_id in test_ids]))

    def quick(self) -> Selection:
        """The battery that needs tape, phone, watch and a step: 15 tests."""
        return self.selection(self.batteries.quick)

    def dynamometer(self) -> Selection:
        """The quick battery with measured hip strength in place of the hold and the bridge repetitions."""
        kept = [test for test in self.batteries.quick if test not in self.batteries.replaced_by_dynamometer]
        return self.selection([*kept, *(test.id for test in self.tests if test.battery == "dynamometer")])

    def running(self) -> Selection:
        """The running-form and load tests."""
        return self.selection([test.id for test in self.tests if test.area == "running_form_load"])

    def contraindications(self, test_id: str) -> tuple[str, ...]:
        """Reasons not to do a test, with "As <other test>" and the general list written out, each once."""
        return tuple(dict.fromkeys(self._contraindications(test_id)))

    def _contraindications(self, test_id: str) -> list[str]:
        lines: list[str] = []
        for line in self.test[test_id].contraindications:
            if line.startswith("general: "):
                lines += self.general_contraindications
            elif line.removeprefix("As ") in self.test:
                lines += self._contraindications(line.removeprefix("As "))
            else:
                lines.append(line)
        return lines
