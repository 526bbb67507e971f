"""Where a runner starts: the phase of the plan and the stage of the run ladder, from what the intake says.

When unsure, the lower one: a question that nobody answered never makes a start bolder.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import msgspec
import yaml

from programs.domain.rules import Rules, rules


class _PhaseLimits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    worst_24h_max: int
    daily_max: int
    stairs_max: int
    walk30_max: int


class _LadderLimits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    walk30_max: int
    stairs_max: int
    share: float


@cache
def _limits() -> tuple[_PhaseLimits, _LadderLimits]:
    document = yaml.safe_load(Path(__file__).with_name("entry.yaml").read_text(encoding="utf-8"))
    return (
        msgspec.convert(document["phase"]["value"], _PhaseLimits),
        msgspec.convert(document["ladder"]["value"], _LadderLimits),
    )


class Answers(msgspec.Struct, frozen=True, kw_only=True):
    """What the intake says about pain and running; None = not answered."""

    worst_24h_nrs: int | None = None  # 0-10
    daily_nrs: int | None = None  # daily life, on most days, 0-10
    stairs_nrs: int | None = None  # 0-10
    walk30_nrs: int | None = None  # after 30 min of brisk walking, 0-10
    run_minutes_ok: float | None = None  # continuous running at pain 2 or less, minutes; 0 = not running


class Start(msgspec.Struct, frozen=True):
    """A start and the reason that goes with it."""

    value: int | None
    because: str


def entry_phase(answers: Answers) -> Start:
    """Phase 1 or 2; phases 3 and 4 need a phase check, which only a coach can record.

    Source:
        R-P1: worst pain of the last 24 h above 5, or daily-life pain above 3, or stairs above 4: phase 1. Daily-life pain
        up to 3 and 30 minutes of brisk walking at up to 2: phase 2. When unsure, the lower one.
    """
    most_calm, _ = _limits()
    limits = (
        ("worst pain of the last 24 hours", answers.worst_24h_nrs, most_calm.worst_24h_max),
        ("pain in daily life", answers.daily_nrs, most_calm.daily_max),
        ("pain on stairs", answers.stairs_nrs, most_calm.stairs_max),
    )
    for what, nrs, most in limits:
        if nrs is not None and nrs > most:
            return Start(1, f"{what} {nrs} of 10, above {most}")
    for what, nrs in (*((what, nrs) for what, nrs, _ in limits), ("walking for 30 minutes", answers.walk30_nrs)):
        if nrs is None:
            return Start(1, f"{what} is not known; when unsure, the lower phase")
    if answers.walk30_nrs is not None and answers.walk30_nrs > most_calm.walk30_max:
        return Start(1, f"30 minutes of brisk walking at {answers.walk30_nrs} of 10, above {most_calm.walk30_max}")
    return Start(2, "daily life and 30 minutes of brisk walking are calm")


def start_stage(answers: Answers, program_rules: Rules | None = None) -> Start:
    """The stage of the run ladder to start at; None = runs freely.

    Source:
        R-X3: not running: stage 1, once R-X2 is met. Running X continuous minutes at pain 2 or less: the highest stage
        whose run minutes are at most 0.8 X. 30 minutes already green: no ladder. What R-X2 asks and nobody answered
        keeps it at stage 0, walking.
    """
    ladder = (program_rules or rules()).run_ladder
    _, limits = _limits()
    minutes = answers.run_minutes_ok
    if minutes is not None and minutes >= ladder[-1].total_run_min:
        return Start(None, f"{minutes:g} minutes of running are calm already: no ladder needed")
    if minutes:
        allowed = [row.stage for row in ladder if row.stage and row.total_run_min <= limits.share * minutes]
        return Start(max(allowed, default=1), f"{minutes:g} minutes of running are calm")
    if answers.walk30_nrs is None or answers.stairs_nrs is None:
        return Start(0, "walking and stairs are not known yet: walk first")
    if answers.walk30_nrs > limits.walk30_max or answers.stairs_nrs > limits.stairs_max:
        return Start(0, "walking and stairs come first")
    return Start(1, "not running now, walking and stairs are calm")
