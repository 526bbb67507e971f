"""The plan in the shape of contracts.md: keys in a fixed order, the same plan gives the same bytes."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from programs.domain.auditing import audit
from programs.domain.dose import line_seconds, planned_seconds
from programs.domain.generating import Refusal
from programs.domain.library import Library
from programs.domain.records import Line, Notice, Plan, Run, Session, Week
from programs.domain.rules import Rules


def plan_json(plan: Plan, library: Library, rules: Rules) -> dict[str, Any]:
    """The answer of `manage.py plan` for a plan, as plain data."""
    return {
        "rules_version": plan.rules_version,
        "band": plan.band,
        "dominant": plan.dominant,
        "weeks": [_week(week, library) for week in plan.weeks],
        "audit": msgspec.to_builtins(audit(plan, library, rules).rows),
        "solution": plan.solution,
        "warnings": [_warning(notice, plan) for notice in plan.warnings],
    }


def refusal_json(refusal: Refusal) -> dict[str, Any]:
    """The answer of `manage.py plan` when there is no plan."""
    if refusal.gate is not None:
        return {"refused": {"gate": refusal.gate, "message": refusal.message}}
    return {"refused": {"relax": list(refusal.relax), "message": refusal.message}}


def dumps(document: dict[str, Any]) -> str:
    """JSON text with a closing newline; no NaN, no ASCII escapes."""
    return json.dumps(document, ensure_ascii=False, allow_nan=False, indent=1) + "\n"


def _warning(notice: Notice, plan: Plan) -> dict[str, Any]:
    """A notice about a session carries the session's key, the only name the document gives it."""
    keys = {} if notice.week is None else {session.id: session.key for session in plan.week(notice.week).sessions}
    return msgspec.to_builtins(msgspec.structs.replace(notice, subject=keys.get(notice.subject, notice.subject)))


def _week(week: Week, library: Library) -> dict[str, Any]:
    return {
        "week": week.number,
        "deload": week.deload,
        "sessions": [_session(session, library) for session in week.sessions],
        "daily": [{"exercise": item.exercise, "days": item.days} for item in week.daily],
        "runs": [_run(run) for run in week.runs],
    }


def _session(session: Session, library: Library) -> dict[str, Any]:
    return {
        "key": session.key,
        "day": session.day,
        "budget_s": session.budget_s,
        "warmup_s": session.warmup_s,
        "planned_s": planned_seconds(session, library),
        "items": [_item(line, library) for line in session.lines],
    }


def _item(line: Line, library: Library) -> dict[str, Any]:
    dose = line.dose
    sides = line.extra_side_sets
    return {
        "exercise": line.exercise,
        "pillar": line.pillar,
        "anchor": line.anchor,
        "sets": line.sets,
        "dose": {
            "kind": dose.kind,
            "reps": dose.reps and list(dose.reps),
            "hold_s": dose.hold_s and list(dose.hold_s),
            "duration_s": dose.duration_s,
            "distance_m": dose.distance_m,
            "tempo": dose.tempo,
            "rir": dose.rir and list(dose.rir),
            "rest_s": dose.rest_s,
        },
        "unilateral": line.unilateral,
        "extra_side_sets": {side: count for side in ("left", "right") if (count := getattr(sides, side))},
        "slot": line.slot,
        "seconds": line_seconds(line, library),
        "paired_with": line.paired_with,
        "serves": [{"root_cause": served.root_cause, "weight": served.weight} for served in line.serves],
        "because": line.because,
    }


def _run(run: Run) -> dict[str, Any]:
    return {
        "day": run.day,
        "stage": run.stage,
        "reps": run.reps,
        "run_min": run.run_min,
        "walk_min": run.walk_min,
        "total_run_min": run.total_run_min,
        "drill": None if run.drill is None else {"exercise": run.drill.exercise, "sets": run.drill.sets},
    }
