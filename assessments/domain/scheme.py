"""The constants of the scoring proposal.  Data: scoring.yaml."""

from __future__ import annotations

from assessments.domain.data_files import Quantity, Record

BOUNDARY_SLACK = 1e-9  # so that a score of 0.40 is 0.40 when floating point made it 0.39999999999999997


class Grades(Record, frozen=True):
    unit: str
    sources: tuple[str, ...]
    values: dict[str, float]


class QualityStep(Record, frozen=True):
    max: int  # NRS 0-10, inclusive
    q: float


class PainQuality(Record, frozen=True):
    unit: str
    sources: tuple[str, ...]
    steps: tuple[QualityStep, ...]


class BandStep(Record, frozen=True):
    min: float
    id: str
    label: str


class Bands(Record, frozen=True):
    unit: str
    sources: tuple[str, ...]
    bands: tuple[BandStep, ...]  # ascending

    def of(self, value: float) -> BandStep:
        """The highest band that starts at or below the value."""
        return max((band for band in self.bands if value >= band.min - BOUNDARY_SLACK), key=lambda band: band.min)


class StatusRow(Record, frozen=True):
    when: str  # the published condition, which the numbers repeat
    status: str
    text: str
    score_min: float | None = None
    score_below: float | None = None
    confidence_min: float | None = None
    confidence_below: float | None = None

    def holds(self, score: float, confidence: float) -> bool:
        return _within(score, self.score_min, self.score_below) and _within(
            confidence, self.confidence_min, self.confidence_below
        )


class StatusTable(Record, frozen=True):
    unit: str
    sources: tuple[str, ...]
    rows: tuple[StatusRow, ...]  # in the order of checking


class OverruleSeverity(Record, frozen=True):
    unit: str
    basis: str
    sources: tuple[str, ...]
    derivation: str
    values: dict[str, float]  # status a coach may name -> effective severity 0-1


class AgeRule(Record, frozen=True):
    unit: str
    sources: tuple[str, ...]
    score_from: int  # years: adult norms are used from this age
    caution_until: int  # years, inclusive: scored, with a caution
    text: str


class AgeRange(Record, frozen=True):
    unit: str
    sources: tuple[str, ...]
    min: int
    max: int


class Scheme(Record, frozen=True):
    meta: dict[str, str | None]
    plain_numbers: dict[str, dict[str, str]]
    steps: tuple[dict[str, int | str], ...]
    grades: Grades
    asymmetry_weight: Quantity
    coverage_target: Quantity
    spread_start: Quantity
    spread_width: Quantity
    max_conflict_penalty: Quantity
    conflict_flag_spread: Quantity
    conflict_flag_difference: Quantity
    cap_few_constructs: Quantity
    cap_no_anchor: Quantity
    rank_base: Quantity
    pain_quality: PainQuality
    severity_bands: Bands
    confidence_bands: Bands
    status_table: StatusTable
    overrule_severity: OverruleSeverity
    age_rule: AgeRule
    runner_age: AgeRange
    retest_rule: str

    def status(self, score: float | None, confidence: float) -> StatusRow:
        """The first row of the published table that holds; no score is the first row, "not enough data"."""
        if score is None:
            return self.status_table.rows[0]
        return next(row for row in self.status_table.rows if row.holds(score, confidence))

    def middle_of_first_band(self, status: str) -> float:
        """The middle of the severity band in which a status begins: what `overrule_severity` is derived from."""
        begins = min(row.score_min or 0.0 for row in self.status_table.rows if row.status == status)
        bands = self.severity_bands.bands
        band = self.severity_bands.of(begins)
        end = next((later.min for later in bands if later.min > band.min), 1.0)
        return (band.min + end) / 2

    def status_text(self, status: str) -> str:
        return next(row.text for row in self.status_table.rows if row.status == status)


def _within(value: float, minimum: float | None, below: float | None) -> bool:
    above = minimum is None or value >= minimum - BOUNDARY_SLACK
    return above and (below is None or value < below - BOUNDARY_SLACK)
