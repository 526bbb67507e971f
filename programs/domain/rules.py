"""Program rules as data: program.yaml, read and checked once.  The numbers' meaning is in the file, beside their source."""

from __future__ import annotations

import functools
import pathlib
from typing import Any

import msgspec
import yaml

from programs.domain.library import MUSCLES, PILLARS, ROOT_CAUSES, PfClass
from programs.domain.records import Band, Weekday

RULES_FILE = pathlib.Path(__file__).with_name("program.yaml")
SESSION_PILLARS = tuple(pillar for pillar in PILLARS if pillar != "consistency")  # those that take session time
BANDS: tuple[Band, ...] = ("micro", "standard", "full")

Range = tuple[int, int]


class RulesError(ValueError):
    """The rules file is incomplete or contradicts itself."""


class _Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pass


class PhaseWeeks(_Rule, frozen=True):
    typical: Range
    min: int
    coach_review_after: int


class PhaseRule(_Rule, frozen=True):
    name: str
    weeks: PhaseWeeks
    max_level: int
    pf_allowed: tuple[PfClass, ...]
    pf_moderate_sets_week_max: int
    pf_high_sets_week_max: int
    squat_depth_deg_max: int
    rir: Range
    rpe: Range
    impact: bool
    shares: dict[str, float]


class BandRule(_Rule, frozen=True):
    minutes_up_to: int | None
    sessions: Range


class DominantRule(_Rule, frozen=True):
    min_severity: float
    min_gap: float


class OtherCauseRule(_Rule, frozen=True):
    severity_from: float
    from_: int = msgspec.field(name="from")
    below: int


class ScoreRule(_Rule, frozen=True):
    unmet_muscle: float
    familiar: float
    same_chain: float
    micro_per_minute_over: float
    micro_free_s: int
    per_level: float
    per_level_from_phase: int


class AllocationRule(_Rule, frozen=True):
    affinity: dict[str, dict[str, float]]
    gain: float
    clamp: tuple[float, float]
    dominant: DominantRule
    dominant_exercises_min: dict[str, int]
    dominant_weight: float
    other_cause_exercises_min: OtherCauseRule
    other_cause_weight: float
    rescore_step_max: float
    score: ScoreRule


class WarmupRule(_Rule, frozen=True):
    short_up_to_min: int
    short_s: int
    long_s: int


class ItemsRule(_Rule, frozen=True):
    minutes_up_to: int
    items: Range


class SessionRule(_Rule, frozen=True):
    warmup: WarmupRule
    spare_s: int
    items: tuple[ItemsRule, ...]
    anchors: int
    anchor_pillars_min: int
    chain_exercises_max: int
    share_warning_points: float
    idle_warning_share: float


class StrengthLevelRule(_Rule, frozen=True):
    from_phase: int
    level: int


class VarietyRule(_Rule, frozen=True):
    core_exercises: Range
    core_families: dict[str, tuple[str, ...]]
    strength_level: StrengthLevelRule
    run_drills_per_week: int
    run_drills_from_phase: int
    run_drills: tuple[str, ...]
    cadence_drills: tuple[str, ...]
    checks: tuple[str, ...]
    checks_every_weeks: int


class DailyRule(_Rule, frozen=True):
    exercise: str
    days: int


class MiniStretchRule(_Rule, frozen=True):
    days: int
    minutes: int
    tight_from: float
    causes: tuple[str, ...]


class RetestRule(_Rule, frozen=True):
    exercise: str
    every_weeks: int


class DailyRules(_Rule, frozen=True):
    check_in: DailyRule
    weekly_plan: DailyRule
    mini_stretch: MiniStretchRule
    retest: RetestRule


class HardRunRule(_Rule, frozen=True):
    lower_sets: int
    rir_max: int
    hours: int
    first_weeks: int
    first_weeks_hours: int
    same_day_hours: int


class SpacingRule(_Rule, frozen=True):
    heavy_pf: tuple[PfClass, ...]
    heavy_rir_max: int
    hard_run: HardRunRule
    lower_patterns: tuple[str, ...]
    default_weekdays: dict[int, tuple[Weekday, ...]]


class ContactsRule(_Rule, frozen=True):
    contacts_max: int
    sessions_max: int


class PlyometricsRule(_Rule, frozen=True):
    chain: str
    start: str
    first: ContactsRule
    later: ContactsRule
    later_from_phase: int
    days_apart: int

    def limits(self, phase: int) -> ContactsRule:
        """The limits of a phase."""
        return self.later if phase >= self.later_from_phase else self.first


class AsymmetryRule(_Rule, frozen=True):
    from_percent: float
    exercises: int
    above_percent: float
    exercises_above: int
    sets_week_max: int
    cause_weight: float


class DeloadRule(_Rule, frozen=True):
    weeks: dict[int, tuple[int, ...]]
    sets_share: tuple[float, float]
    load_share: float
    rir_add: int


class LadderStage(_Rule, frozen=True):
    stage: int
    reps: int
    run_min: int | float
    walk_min: int | float

    @property
    def total_run_min(self) -> int | float:
        """Run minutes of the whole session."""
        return self.reps * self.run_min


class CadenceRule(_Rule, frozen=True):
    candidate_spm_max: int
    stage_from: int
    first_weeks: int
    first_share: float
    later_share: tuple[float, float]


class RunningRule(_Rule, frozen=True):
    per_week: int
    spike_max: float
    spike_from_run_min: int
    cadence: CadenceRule


class FeedbackStep(_Rule, frozen=True):
    session: int
    minutes: int
    feedback: float


class DoseBounds(_Rule, frozen=True):
    sets: Range
    reps: Range
    hold_s: Range
    duration_s: Range
    distance_m: Range
    load_kg: Range
    rir: Range
    rest_s: Range


class Rules(_Rule, frozen=True):
    """All blocks of program.yaml, values only."""

    rules_version: str
    phases: dict[int, PhaseRule]
    bands: dict[Band, BandRule]
    weekly_sets: dict[Band, dict[str, Range]]
    muscle_minimums: dict[Band, dict[str, int]]
    allocation: AllocationRule
    session: SessionRule
    variety: VarietyRule
    daily: DailyRules
    spacing: SpacingRule
    plyometrics: PlyometricsRule
    asymmetry: AsymmetryRule
    deload: DeloadRule
    run_ladder: tuple[LadderStage, ...]
    running: RunningRule
    faded_feedback: tuple[FeedbackStep, ...]
    dose_bounds: DoseBounds

    def band(self, days: int, minutes: int) -> Band:
        """The volume band of a week of `days` sessions of `minutes` each (R-V, contract: by weekly minutes alone)."""
        for name, rule in self.bands.items():
            if rule.minutes_up_to is None or days * minutes <= rule.minutes_up_to:
                return name
        raise RulesError("the last band must have no upper end")

    def warmup_s(self, minutes: int) -> int:
        """Warm-up seconds of a session of that many minutes (R-S1)."""
        rule = self.session.warmup
        return rule.short_s if minutes <= rule.short_up_to_min else rule.long_s

    def items(self, minutes: int) -> Range:
        """How many different items a session of that many minutes should have (R-S3)."""
        return next(
            (row.items for row in self.session.items if minutes <= row.minutes_up_to), self.session.items[-1].items
        )

    def side_exercises(self, percent: float) -> int:
        """How many exercises get an extra set on the weak side at a side difference of that many percent (R-S6)."""
        rule = self.asymmetry
        if percent < rule.from_percent:
            return 0
        return rule.exercises_above if percent > rule.above_percent else rule.exercises

    def is_deload(self, phase: int, week: int) -> bool:
        """True when the week, counted from the phase's start, is planned lighter (R-G5)."""
        return week in self.deload.weeks[phase]


def parse_rules(document: dict[str, Any]) -> Rules:
    """Build the rules from the parsed YAML and check them.

    Raises:
        RulesError: a block lacks its rule id, unit or source, a value has the wrong shape, or tables do not fit together.
    """
    sources = document.get("sources", {})
    values = {"rules_version": document["rules_version"]}
    for name, block in document.items():
        if name in ("schema_version", "rules_version", "reviewed_by", "sources"):
            continue
        for field in ("rule", "unit", "source", "basis", "value"):
            if field not in block:
                raise RulesError(f"{name}: {field} is missing")
        named = block["source"] if isinstance(block["source"], list) else [block["source"]]
        for source in named:
            if source not in sources:
                raise RulesError(f"{name}: unknown source {source}")
        values[name] = block["value"]
    try:
        rules = msgspec.convert(values, Rules)
    except msgspec.ValidationError as problem:
        raise RulesError(str(problem)) from problem
    _check(rules)
    return rules


def _check(rules: Rules) -> None:
    for number, phase in rules.phases.items():
        if set(phase.shares) != set(SESSION_PILLARS) or abs(sum(phase.shares.values()) - 1) > 1e-9:
            raise RulesError(f"phases.{number}.shares: the five session pillars must sum to 1")
    for band in BANDS:
        if set(rules.weekly_sets[band]) != set(PILLARS):
            raise RulesError(f"weekly_sets.{band}: name all six pillars")
        if set(rules.muscle_minimums[band]) != set(MUSCLES):
            raise RulesError(f"muscle_minimums.{band}: name all muscle groups")
    for pillar, row in rules.allocation.affinity.items():
        if pillar not in SESSION_PILLARS or set(row) != set(ROOT_CAUSES):
            raise RulesError(f"allocation.affinity.{pillar}: name the four root causes")
    if [row.stage for row in rules.run_ladder] != list(range(len(rules.run_ladder))):
        raise RulesError("run_ladder: stages must count up from 0")
    totals = [row.total_run_min for row in rules.run_ladder]
    if totals != sorted(totals):
        raise RulesError("run_ladder: run minutes fall from one stage to the next")


@functools.cache
def rules() -> Rules:
    """The shipped rules, read and checked on first use."""
    return parse_rules(yaml.safe_load(RULES_FILE.read_text(encoding="utf-8")))
