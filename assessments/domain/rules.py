"""The rules of an assessment, read and checked once per process."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, cached_property

from assessments.domain.battery import DERIVED_RATIO, Area, Battery, FieldTest, Linear, Mapped, Steps
from assessments.domain.data_files import DataProblem, Record, number_problems, read_yaml, source_ids, to_record
from assessments.domain.red_flags import RedFlags
from assessments.domain.scheme import Scheme

CONSTRUCT_WEIGHTS_ADD_TO = 10
AGES = range(121)  # the thresholds of every test cover ages 0 to 120


class Source(Record, frozen=True):
    id: str
    citation: str
    identifier: str
    seen_at: str
    seen_as: str
    note: str = ""


class Sources(Record, frozen=True):
    bibliography: tuple[Source, ...]


class Rules(Record, frozen=True):
    battery: Battery
    scheme: Scheme
    red_flags: RedFlags
    sources: tuple[Source, ...]

    @property
    def version(self) -> str:
        """Stored with every result, so that a later rule never rewrites what a person was told."""
        return f"assessment-{self.battery.meta['version']}"

    @cached_property
    def source(self) -> dict[str, Source]:
        return {source.id: source for source in self.sources}


@cache
def rules() -> Rules:
    """Load battery, scoring constants, red flags and sources.

    Raises:
        DataProblem: a file is ill-formed, contradicts itself, or has a number without unit or source.
    """
    ids = source_ids()
    files = {name: read_yaml(name) for name in ("battery.yaml", "scoring.yaml", "red_flags.yaml")}
    problems = [line for name, document in files.items() for line in number_problems(document, name, ids)]
    loaded = Rules(
        battery=to_record(files["battery.yaml"], Battery, "battery.yaml"),
        scheme=to_record(files["scoring.yaml"], Scheme, "scoring.yaml"),
        red_flags=to_record(files["red_flags.yaml"], RedFlags, "red_flags.yaml"),
        sources=to_record(read_yaml("sources.yaml"), Sources, "sources.yaml").bibliography,
    )
    problems += contradictions(loaded)
    if problems:
        raise DataProblem(problems)
    return loaded


def contradictions(rules: Rules) -> list[str]:
    """Everything in the files that cannot be meant, one line each."""
    return [
        *_battery_problems(rules), *_flag_problems(rules.red_flags), *_overrule_problems(rules.scheme),
        *_version_problems(rules),
    ]  # fmt: skip


def _battery_problems(rules: Rules) -> Iterator[str]:
    battery = rules.battery
    if len(battery.test) != len(battery.tests) or len(battery.area) != len(battery.areas):
        yield "battery: an id is used twice"
    for area in battery.areas:
        yield from _area_problems(area, battery)
    stages = {stage.id for stage in battery.stages}
    for test in battery.tests:
        yield from _test_problems(test)
        if test.stage not in stages:
            yield f"{test.id}: unknown stage {test.stage}"
        if test.area not in battery.area:
            yield f"{test.id}: unknown area {test.area}"
        listed = [c.id for area in battery.areas for c in area.constructs if test.id in c.tests]
        if len(listed) != (1 if test.is_scored else 0):
            yield f"{test.id}: listed in {len(listed)} constructs"
        for line in test.contraindications:
            if line.startswith("As ") and line.removeprefix("As ") not in battery.test:
                yield f"{test.id}: contraindication refers to an unknown test: {line}"
    minimum = [test for needed in battery.batteries.minimum_per_area.values() for one_of in needed for test in one_of]
    for test_id in (*battery.batteries.quick, *battery.batteries.replaced_by_dynamometer, *minimum, DERIVED_RATIO):
        if test_id not in battery.test:
            yield f"batteries: unknown test {test_id}"
    for area_id in battery.batteries.minimum_per_area:
        if area_id not in battery.area:
            yield f"batteries.minimum_per_area: unknown area {area_id}"


def _area_problems(area: Area, battery: Battery) -> Iterator[str]:
    ids = [construct.id for construct in area.constructs]
    if area.anchor_construct not in ids:
        yield f"{area.id}: anchor {area.anchor_construct} is not one of its constructs"
    if not 1 <= area.min_constructs <= len(ids):
        yield f"{area.id}: min_constructs {area.min_constructs} of {len(ids)}"
    total = sum(construct.weight for construct in area.constructs)
    if abs(total - CONSTRUCT_WEIGHTS_ADD_TO) > 1e-9:
        yield f"{area.id}: weights add to {total:g}, not {CONSTRUCT_WEIGHTS_ADD_TO}"
    for construct in area.constructs:
        if construct.weight <= 0:
            yield f"{area.id}.{construct.id}: weight {construct.weight:g}"
        for test_id in construct.tests:
            if test_id not in battery.test or battery.test[test_id].area != area.id:
                yield f"{area.id}.{construct.id}: {test_id} is not a test of this area"


def _test_problems(test: FieldTest) -> Iterator[str]:
    field = test.input
    if field.kind == "choice":
        if not field.choices or field.valid or field.warn:
            yield f"{test.id}: a choice has choices and no ranges"
    elif field.valid is None or field.valid[0] >= field.valid[1] or field.choices:
        yield f"{test.id}: a number has a valid range and no choices"
    elif field.warn and not field.valid[0] <= field.warn[0] < field.warn[1] <= field.valid[1]:
        yield f"{test.id}: warn range {field.warn} does not lie inside {field.valid}"
    if {test.unit, field.unit, test.scoring.unit} != {test.unit}:
        yield f"{test.id}: units differ"
    if test.asymmetry and not (test.per_side and test.asymmetry.a0 < test.asymmetry.a1):
        yield f"{test.id}: asymmetry needs two sides and a0 below a1"
    if isinstance(test.scoring, Linear):
        yield from _threshold_problems(test, test.scoring)
    elif isinstance(test.scoring, Mapped) and set(test.scoring.map) != set(field.choices):
        yield f"{test.id}: scores and choices differ"
    elif isinstance(test.scoring, Steps):
        limits = [step.max for step in test.scoring.steps]
        numbers = [limit for limit in limits if limit is not None]
        if limits[-1] is not None or len(numbers) != len(limits) - 1 or numbers != sorted(numbers):
            yield f"{test.id}: steps must rise and end without a limit"


def _threshold_problems(test: FieldTest, scoring: Linear) -> Iterator[str]:
    for threshold in scoring.thresholds:
        worse_is_lower = threshold.deficit < threshold.normal
        if threshold.deficit == threshold.normal or worse_is_lower != (test.direction == "higher_better"):
            yield f"{test.id}: deficit {threshold.deficit:g} is not worse than normal {threshold.normal:g}"
    for sex in ("male", "female"):
        for age in AGES:
            if not any(t.sex in ("any", sex) and t.age_min <= age <= t.age_max for t in scoring.thresholds):
                yield f"{test.id}: no threshold for {sex}, {age} years"


def _flag_problems(flags: RedFlags) -> Iterator[str]:
    if len(flags.flag) != len(flags.red_flags):
        yield "red_flags: an id is used twice"
    for flag in flags.red_flags:
        items = [item.id for item in flag.sub_items]
        if sorted(items) != sorted({*flag.all_of, *flag.any_of}) or bool(flag.all_of) != bool(flag.any_of):
            yield f"{flag.id}: sub-items and rule differ"
        if (flag.action == "caution") == bool(flag.timeframe):
            yield f"{flag.id}: a stop or a referral names a time, a caution does not"


def _overrule_problems(scheme: Scheme) -> Iterator[str]:
    known = {row.status for row in scheme.status_table.rows}
    for status, value in scheme.overrule_severity.values.items():
        if status not in known:
            yield f"overrule_severity: unknown status {status}"
        elif abs(value - scheme.middle_of_first_band(status)) > 1e-9:
            yield f"overrule_severity: {status} is {value:g}, not the middle of the band in which it begins"


def _version_problems(rules: Rules) -> Iterator[str]:
    versions = {rules.battery.meta["version"], rules.scheme.meta["version"], rules.red_flags.meta["version"]}
    if len(versions) > 1:
        yield f"files of different versions: {sorted(map(str, versions))}"
