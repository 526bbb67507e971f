"""A plan as a table for the terminal: what is in it, why each line is there, and how it stands against the rules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from programs.domain import words
from programs.domain.auditing import WeekAudit, audit
from programs.domain.dose import planned_seconds
from programs.domain.library import ROOT_CAUSES, Library
from programs.domain.records import Plan, Session, Week
from programs.domain.rules import Rules

SOLUTIONS = {
    "optimal": "proved best: no week has fewer points",
    "best_found": "the best that was found; not proved",
}


def explain(plan: Plan, library: Library, rules: Rules) -> str:
    """Lay out a plan as text.

    Args:
        plan: the plan.
        library: the exercise library.
        rules: the program rules.

    Returns:
        Lines of plain text, ending in a line break: the ground, each week (weeks alike only once), its audit, what the
        plan does not meet.
    """
    checked = audit(plan, library, rules)
    rows = {row.week: row for row in checked.rows}
    lines = [*_ground(plan)]
    for weeks in _alike(plan.weeks):
        lines += ["", f"{words.weeks_words([week.number for week in weeks]).upper()}{_lighter(weeks[0])}"]
        lines += [line for session in weeks[0].sessions for line in _session(session, library)]
        lines += _outside(weeks[0], library)
        lines += ["", *_audit(rows[weeks[0].number])]
    lines += ["", "NOT MET" if checked.notices else "Every rule is met."]
    lines += [f"  {sentence}" for sentence in words.notice_words(checked.notices)]
    return "\n".join(lines) + "\n"


def _ground(plan: Plan) -> Iterator[str]:
    brief = plan.brief
    yield (
        f"Phase {brief.phase}, {words.plural(brief.weeks, 'week')}, {brief.days} sessions a week of {brief.minutes} min, "
        f"{plan.band} volume. {SOLUTIONS[plan.solution].capitalize()}."
    )
    for cause in ROOT_CAUSES:
        value = getattr(plan.severity, cause)
        stands = "not assessed" if value is None else f"{value:.2f}"
        leads = ", leads the plan" if cause == plan.dominant else ""
        test = f": {plan.evidence[cause]}" if cause in plan.evidence else ""
        yield f"  {words.AREA_WORDS[cause]:24} {stands}{leads}{test}"


def _alike(weeks: Sequence[Week]) -> list[list[Week]]:
    """Weeks that differ in nothing but their number and ids, joined; in order of their first."""
    groups: dict[str, list[Week]] = {}
    for week in weeks:
        groups.setdefault(_likeness(week), []).append(week)
    return list(groups.values())


def _likeness(week: Week) -> str:
    sessions = [
        msgspec.structs.replace(
            session, lines=tuple(msgspec.structs.replace(line, id=line.slot) for line in session.lines)
        )
        for session in week.sessions
    ]
    return repr(msgspec.structs.replace(week, number=0, sessions=tuple(sessions)))


def _lighter(week: Week) -> str:
    return " (lighter)" if week.deload else ""


def _session(session: Session, library: Library) -> Iterator[str]:
    minutes = -(-planned_seconds(session, library) // 60)
    yield f"  {words.DAY_WORDS[session.day]}, {session.id} {session.title}: {minutes} of {session.budget_s // 60} min"
    for line in session.lines:
        must = "*" if line.anchor else " "
        turns = f" with {line.paired_with}" if line.paired_with else ""
        name = library[line.exercise].name
        yield f"   {must}{line.slot:4} {name:38.38} {words.line_compact_dose(line) + turns:28} {line.because}"


def _outside(week: Week, library: Library) -> Iterator[str]:
    for run in week.runs:
        drill = f", with {library[run.drill.exercise].name}" if run.drill else ""
        yield f"  {words.DAY_WORDS[run.day]}, run, stage {run.stage}: {words.run_words(run)}{drill}"
    for item in week.daily:
        yield f"  On {words.plural(item.days, 'day')}: {library[item.exercise].name}"


def _audit(row: WeekAudit) -> Iterator[str]:
    for pillar, stands in row.pillars.items():
        share = f"{stands.share:5.0%} of the time, {stands.target_share:.0%} asked" if stands.share is not None else ""
        yield f"  {words.PILLAR_WORDS[pillar]:18} {stands.sets:3} sets of {stands.min}-{stands.max:<4} {share}".rstrip()
    muscles = ", ".join(
        f"{words.MUSCLE_WORDS[muscle]} {stands.sets} of {stands.min}" for muscle, stands in row.muscle_sets.items()
    )
    yield f"  At least: {muscles}"
    causes = ", ".join(
        f"{words.AREA_WORDS[cause]} {stands.exercises} of {stands.min}" for cause, stands in row.cause_exercises.items()
    )
    yield f"  Exercises that act on: {causes}"
    yield f"  Kneecap load: {row.pf_moderate_sets} moderate and {row.pf_high_sets} high sets"
