"""Lighter weeks and sessions: the planned deload, calm before hard runs, room for the monthly self-retest.

Rules R-G5, R-S4 and R-V8.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import msgspec

from programs.domain.auditing import audit_week, fitting_band
from programs.domain.composing import training_order
from programs.domain.dose import line_seconds, set_range
from programs.domain.library import Library
from programs.domain.records import Brief, Line, Plan, Session, SideSets, Week
from programs.domain.rules import Rules

replace = msgspec.structs.replace


def deload(week: Week, brief: Brief, library: Library, rules: Rules) -> Week:
    """Make the lighter form of a normal week (R-G5).

    Args:
        week: a normal week.
        brief: for the band, whose minimums still count by half.
        library: the exercise library.
        rules: the program rules.

    Returns:
        The same exercises on the same days.  Every line has half its sets, rounded down, at least one; lines in
        training order are rounded up instead until the week has at least half of its sets, first those without which a
        pillar or muscle group would have less than half of its weekly minimum.  Load 10 % lower where there is one,
        one more repetition in reserve, half the extra side sets.
    """
    lines = [line for session in week.sessions for line in session.lines]
    lines.sort(key=lambda line: training_order(library[line.exercise], rules))  # stable: sessions stay in day order
    sets = _halved(lines, list(_half_minimums(week, brief, library, rules)), rules)
    extras = [line.id for session in week.sessions for line in session.lines if line.extra_side_sets]
    kept = set(extras[: math.ceil(len(extras) / 2)])

    def lighter(line: Line) -> Line:
        rir, load_kg = line.dose.rir, line.dose.load_kg
        dose = replace(
            line.dose,
            rir=None if rir is None else (rir[0] + rules.deload.rir_add, rir[1] + rules.deload.rir_add),
            load_kg=None if load_kg is None else load_kg * rules.deload.load_share,
        )
        extra = line.extra_side_sets if line.id in kept else SideSets()
        return replace(line, sets=sets[line.id], dose=dose, extra_side_sets=extra)

    sessions = tuple(
        replace(session, lines=tuple(lighter(line) for line in session.lines)) for session in week.sessions
    )
    return replace(week, deload=True, sessions=sessions)


def _halved(lines: list[Line], needs: list[tuple[int, Callable[[Line], bool]]], rules: Rules) -> dict[str, int]:
    """Sets per line id; `lines` in training order, `needs` pairs of (sets still needed, which lines count)."""
    low, high = rules.deload.sets_share
    normal = sum(line.sets for line in lines)
    sets = {line.id: max(1, line.sets // 2) for line in lines}
    uneven = [line for line in lines if line.sets > 1 and line.sets % 2]
    for needed, counts in needs:
        for line in uneven:
            have = sum(sets[other.id] for other in lines if counts(other))
            fits = sum(sets.values()) + 1 <= high * normal
            if have < needed and fits and counts(line) and sets[line.id] == line.sets // 2:
                sets[line.id] += 1
    for line in uneven:
        if sum(sets.values()) < low * normal and sets[line.id] == line.sets // 2:
            sets[line.id] += 1
    return sets


def _half_minimums(
    week: Week, brief: Brief, library: Library, rules: Rules
) -> Iterator[tuple[int, Callable[[Line], bool]]]:
    band = fitting_band(brief, rules)
    in_runs = sum(run.drill.sets for run in week.runs if run.drill)
    for pillar, (low, _) in rules.weekly_sets[band].items():
        needed = math.ceil(low / 2) - (in_runs if pillar == "form" else 0)
        yield needed, lambda line, pillar=pillar: line.pillar == pillar  # type: ignore[misc]
    for muscle, low in rules.muscle_minimums[band].items():
        yield math.ceil(low / 2), lambda line, muscle=muscle: muscle in library[line.exercise].evidence_core  # type: ignore[misc]


def make_room(plan: Plan, number: int, seconds: int, note: str, library: Library, rules: Rules) -> Plan:
    """Take accessory lines out of a week's last session until some seconds are free.

    Args:
        plan: the plan.
        number: the week.
        seconds: how much time is needed.
        note: what the session says about it.
        library: the exercise library.
        rules: the program rules.

    Returns:
        The plan; must-do lines and lines with side sets stay, and no line goes whose loss would break a rule that the
        week keeps.
    """
    session = plan.week(number).sessions[-1]
    known = _complaints(plan, number, library, rules)
    free_s = 0
    for line in reversed(session.lines):
        if free_s >= seconds:
            break
        if line.anchor or line.extra_side_sets:
            continue
        shorter = replace(session, lines=tuple(other for other in session.lines if other is not line), note=note)
        candidate = _with_session(plan, number, shorter)
        if _complaints(candidate, number, library, rules) <= known:
            plan, session = candidate, shorter
            free_s += line_seconds(line, library)
    return plan


def calm_before_hard_runs(plan: Plan, library: Library, rules: Rules) -> Plan:
    """Take single sets off lower-body lines of sessions that stand too close before a hard run (R-S4).

    A line keeps at least the fewest sets the generator may give it, and no set goes whose loss would break a rule that
    the week keeps.  What stays too much is named by the audit.
    """
    for week in plan.weeks:
        flagged = [
            notice.subject for notice in audit_week(plan, week.number, library, rules) if notice.code == "hard_run"
        ]
        for session_id in flagged:
            plan = _calmer_session(plan, week.number, session_id, library, rules)
    return plan


def _calmer_session(plan: Plan, number: int, session_id: str, library: Library, rules: Rules) -> Plan:
    known = _complaints(plan, number, library, rules)
    candidate = plan
    session = plan.session(number, session_id)
    for line in sorted(session.lines, key=lambda one: (one.anchor, -one.sets, one.id)):
        exercise = library[line.exercise]
        least, _ = set_range(exercise, plan.brief.phase, plan.band)
        if exercise.pattern not in rules.spacing.lower_patterns or line.sets <= least:
            continue
        lighter = tuple(replace(one, sets=one.sets - 1) if one.id == line.id else one for one in session.lines)
        tried = _with_session(candidate, number, replace(session, lines=lighter))
        complaints = _complaints(tried, number, library, rules)
        if ("hard_run", session_id) not in complaints and complaints <= known:
            return tried
        if complaints <= known:
            candidate, session = tried, tried.session(number, session_id)
    return plan  # fewer sets without getting below the limit would take volume for nothing


def _complaints(plan: Plan, number: int, library: Library, rules: Rules) -> set[tuple[str, str]]:
    notices = audit_week(plan, number, library, rules)
    return {(notice.code, notice.subject) for notice in notices if notice.code != "idle_time"}


def _with_session(plan: Plan, number: int, session: Session) -> Plan:
    def changed(week: Week) -> Week:
        return replace(week, sessions=tuple(session if one.id == session.id else one for one in week.sessions))

    phases = tuple(
        replace(phase, weeks=tuple(changed(week) if week.number == number else week for week in phase.weeks))
        for phase in plan.phases
    )
    return replace(plan, phases=phases)
