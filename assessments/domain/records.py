"""What goes into an assessment and what comes out, as frozen records.

The records of the result are encoded as they stand: their field order is the key order of the JSON.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec

Sex = Literal["female", "male", "undisclosed"]
PainfulSide = Literal["left", "right", "both", "none"]
Value = float | str  # a number in the unit of the test, or one of its categories
GateAction = Literal["stop_urgent", "refer", "caution", "none"]


class Runner(msgspec.Struct, frozen=True):
    age: int  # years
    sex: Sex  # the norms to compare with
    painful_side: PainfulSide


class Reading(msgspec.Struct, frozen=True):
    """One test on one side (or `both`)."""

    value: Value | None = None  # None: stopped before there was a result
    pain: int | None = None  # 0-10 during the test; None = not answered, never read as 0


class AssessRequest(msgspec.Struct, frozen=True):
    runner: Runner
    red_flags: Mapping[str, bool | Sequence[str]] = {}  # yes/no, or the sub-items answered yes; absent = not asked
    cleared: bool = False  # a clinician's clearance is recorded
    measurements: Mapping[str, Mapping[str, Reading]] = {}  # test id -> left/right or both -> reading, in battery order


class Gate(msgspec.Struct, frozen=True):
    """The red-flag gate: the most severe action, and the flags that are up, in the order of asking."""

    action: GateAction
    flags: tuple[str, ...]

    def is_open(self, *, cleared: bool) -> bool:
        """True while results are withheld: any urgent stop, or a referral without recorded clearance."""
        return self.action == "stop_urgent" or (self.action == "refer" and not cleared)

    def stands(self, *, cleared: bool) -> GateAction:
        """What is left for the plan: a cleared referral counts as caution; an urgent stop always stands."""
        return "caution" if self.action == "refer" and cleared else self.action


class Notice(msgspec.Struct, frozen=True):
    """Something the reader must know beside the numbers."""

    code: Literal["check_value", "ratio_out_of_range", "under_16", "age_16_17", "caution"]
    subject: str  # a field such as wblt_distance.left, a red flag id, or `age`
    message: str


class TestScore(msgspec.Struct, frozen=True):
    """One test on one side."""

    __test__ = False  # not a pytest class

    d: float | None  # absolute deficit 0-1; None = recorded, not scored
    s: float | None  # side score 0-1: d, or half the asymmetry on the worse side when that is more
    q: float  # pain quality 0-1
    label: Literal["normal", "borderline", "deficit", "not_scored"]


class Excluded(msgspec.Struct, frozen=True):
    """A side that was stopped by pain: listed, not scored."""

    excluded: Literal["pain"] = "pain"
    q: float = 0.0


class Because(msgspec.Struct, frozen=True):
    """One test that raised an area's score, with what it was compared with.

    normal and deficit are the values at which d is 0 and 1 for this runner (mean of the male and female ones when sex is
    undisclosed; the nearer edge for a target band; categories for a rating).
    """

    test: str
    side: str  # left, right or both
    value: Value
    unit: str
    normal: Value
    deficit: Value
    d: float
    weight: float  # of the test's construct, of 10 in the area
    basis: str  # published, derived or expert_estimate
    sources: tuple[str, ...]


class AreaFinding(msgspec.Struct, frozen=True):
    """One area on the side that is reported for the runner."""

    side: str  # left or right
    score: float | None  # 0-1; None = nothing scored on that side
    coverage: float  # 0-1, share of the area's weight that was measured
    spread: float  # weighted standard deviation of the side scores
    confidence: float  # 0-1
    severity: str | None  # id of the severity band; None without a score
    confidence_band: str
    status: str
    conflict: bool  # the tests disagree: repeat or add tests
    rank_value: float | None  # None = not ranked
    because: tuple[Because, ...]


class AssessResult(msgspec.Struct, frozen=True):
    rules_version: str
    gate: Gate
    tests: dict[str, dict[str, TestScore | Excluded]]  # {} while the gate is open
    areas: dict[str, AreaFinding]  # {} while the gate is open, else all five
    ranking: tuple[str, ...]
    abstained: bool  # no ranked area is a likely or possible contributor
    warnings: tuple[Notice, ...]


def to_json(result: AssessResult) -> str:
    """The result as the JSON document of the `assess` command: fixed key order, full precision, two-space indent."""
    return msgspec.json.format(msgspec.json.encode(result), indent=2).decode()
