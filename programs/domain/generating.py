"""Brief in, plan out: the generator.  Pure and deterministic; the same brief gives the same plan.

The exercises and sets of the templates come from drafting.py and, when asked, from solving.py; this file makes weeks of them: dated by weekday, ordered,
with must-do lines, reasons and prepared alternatives, lighter deload weeks, daily items and runs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from programs.domain import allocation, words
from programs.domain.auditing import audit
from programs.domain.composing import choose_anchors, compose_line, training_order
from programs.domain.dose import default_dose, item_seconds
from programs.domain.drafting import Draft, Drafter
from programs.domain.easing import calm_before_hard_runs, deload, make_room
from programs.domain.filtering import brief_barriers, pool
from programs.domain.library import PF_CLASSES, Exercise, Library
from programs.domain.records import (
    SCHEMA_VERSION,
    Brief,
    DailyItem,
    Phase,
    Plan,
    Session,
    Severity,
    Side,
    Week,
)
from programs.domain.rules import SESSION_PILLARS, Rules
from programs.domain.running import DrillPlan, choose_drills, week_runs
from programs.domain.scheduling import Timetable, run_days, timetable
from programs.domain.solving import Solved
from programs.domain.weekmodel import Option, WeekModel

OPEN_GATES = ("none", "caution")
DELOAD_NOTE = "A lighter week: about half the sets, the same exercises, and one more repetition left in reserve."
RETEST_NOTE = "The monthly self-retest (about 10 minutes) takes the place of extra work in this session."


class Refusal(msgspec.Struct, frozen=True):
    """No plan, and what would have to change."""

    message: str
    gate: str | None = None  # the gate that stands
    relax: tuple[str, ...] = ()  # fields of the brief that leave no room


Solve = Callable[[WeekModel, frozenset[tuple[str, Option]]], Solved | None]


def generate(
    brief: Brief,
    library: Library,
    rules: Rules,
    solve: Solve | None = None,
    evidence: Mapping[str, str] | None = None,
) -> Plan | Refusal:
    """Make a plan.

    Args:
        brief: what to plan for (brief.parse_brief).
        library: the exercise library.
        rules: the program rules.
        solve: solving.solve, or what stands in for it, to look for a better week than the greedy one and to prove that
            it is best; None = the greedy week.
        evidence: the test behind each root cause, in words that follow a colon, for the reasons of the lines.

    Returns:
        A plan that keeps the guarantees (the pillars the filter leaves, session time, safety filter, kneecap caps, no
        exercise twice in a session, heavy work never on consecutive days, daily items, must-do lines, deload weeks)
        and names every other rule it does not meet in `warnings`; or a refusal when the red-flag gate is closed or a
        session would stay empty.
    """
    if brief.gate not in OPEN_GATES:
        return Refusal("A red flag stands: no plan and no loading until a clinician has cleared it.", gate=brief.gate)
    severity = allocation.damped(brief.severity, brief.previous_severity, rules)
    table = timetable(brief, rules)
    available = pool(library, brief, rules)
    runs = len(run_days(brief.run.per_week, table.days, brief.hard_run_days)) if brief.run.stage is not None else 0
    drills = choose_drills(brief, severity, available, runs, rules)
    drafter = _search(brief, severity, available, drills, table, library, rules, solve)
    if not drafter.sessions_filled():
        return _nothing_left(brief, library, rules)
    draft = drafter.draft()
    builder = WeekBuilder(brief, severity, table, draft, drills, available, library, rules, evidence or {})
    phase = Phase(
        number=brief.phase,
        name=rules.phases[brief.phase].name,
        weeks=tuple(builder.week(number) for number in range(1, brief.weeks + 1)),
    )
    plan = Plan(
        schema_version=SCHEMA_VERSION,
        rules_version=rules.rules_version,
        brief=brief,
        severity=severity,
        band=rules.band(brief.days, brief.minutes),
        dominant=allocation.dominant_cause(severity, rules),
        solution="optimal" if drafter.is_optimal else "best_found",
        phases=(phase,),
        last_slot=max(len(lines) for lines in builder.templates.values()),
        evidence=dict(evidence or {}),
    )
    if brief.hard_run_days:
        plan = calm_before_hard_runs(plan, library, rules)
    plan = _with_retest_room(plan, library, rules)
    return msgspec.structs.replace(plan, warnings=audit(plan, library, rules).notices)


def _nothing_left(brief: Brief, library: Library, rules: Rules) -> Refusal:
    """Say which fields of the brief leave a session without a single exercise."""
    fields = {"excluded": "exclude", "tag": "tags", "kit": "kit"}
    blocked = dict.fromkeys(fields, 0)
    for exercise in library:
        if exercise.pillar in SESSION_PILLARS and not exercise.is_run_drill:
            for kind in {barrier.kind for barrier in brief_barriers(exercise, brief, rules)} & blocked.keys():
                blocked[kind] += 1
    relax = tuple(fields[kind] for kind, count in blocked.items() if count)
    counts = ", ".join(f"{fields[kind]} {count}" for kind, count in blocked.items() if count)
    return Refusal(
        f"Too few exercises are left to fill every session. Relax {' or '.join(relax)} (exercises ruled out: {counts}).",
        relax=relax,
    )


# --- choosing -------------------------------------------------------------------------------------------------------


def _search(
    brief: Brief,
    severity: Severity,
    available: Sequence[Exercise],
    drills: DrillPlan,
    table: Timetable,
    library: Library,
    rules: Rules,
    solve: Solve | None = None,
) -> Drafter:
    """Fill the templates; without room for side sets when a session's must-do lines would not fit otherwise."""
    exercises = _session_pool(available, brief, rules)
    for with_sides in (True, False):
        drafter = Drafter(brief, severity, exercises, table, rules)
        drafter.count_drills((drills.early, drills.later), drills.sets)
        if with_sides:
            _reserve_sides(drafter, brief, exercises, table, library, rules)
        drafter.fill()
        drafter.improve()
        drafter.rebuild()
        if solve is not None:
            drafter.take_better(solve(drafter, frozenset(drafter.locked)))
        if not drafter.locked or drafter.structure_holds():
            break
    return drafter


def _session_pool(available: Sequence[Exercise], brief: Brief, rules: Rules) -> tuple[Exercise, ...]:
    """What the sessions may hold: no run drills, no consistency items, of the jumps only the first unless asked for."""
    asked = {*brief.prefer, *brief.keep, *brief.previous, rules.plyometrics.start}
    return tuple(
        exercise
        for exercise in available
        if exercise.pillar in SESSION_PILLARS
        and not exercise.is_run_drill
        and (exercise.chain != rules.plyometrics.chain or exercise.id in asked)
    )


def _reserve_sides(
    drafter: Drafter, brief: Brief, exercises: Sequence[Exercise], table: Timetable, library: Library, rules: Rules
) -> None:
    """Place the exercises that train a side difference, with room for their extra set (R-S6).

    The first goes to template A, the second to B, a third to the one done less often.
    """
    wanted = rules.side_exercises(brief.asymmetry.percent) if brief.asymmetry else 0
    if brief.asymmetry is None or not wanted:
        return
    candidates = side_candidates(library[brief.asymmetry.test], exercises, rules)
    used: list[Exercise] = []
    for fresh_chain in (True, False):  # one exercise per chain as far as possible
        for exercise in candidates:
            if len(used) == wanted:
                return
            if exercise in used or (fresh_chain and exercise.chain in {one.chain for one in used}):
                continue
            first = table.templates[min(len(used), len(table.templates) - 1)]
            keys = (first, *(key for key in table.templates if key != first))
            if any(drafter.reserve_side(exercise, key) for key in keys):
                used.append(exercise)


def side_candidates(tested: Exercise, exercises: Iterable[Exercise], rules: Rules) -> list[Exercise]:
    """One-sided strength and core exercises that train the deficit a test found, best first.

    The tested exercise, then its chain, then what acts on the same root cause; low kneecap load before high.
    """
    cause = tested.main_cause
    fits = [
        exercise
        for exercise in exercises
        if exercise.unilateral
        and exercise.pillar in ("strength", "core")
        and (exercise.chain == tested.chain or exercise.root_causes[cause] >= rules.asymmetry.cause_weight)
    ]
    return sorted(
        fits,
        key=lambda exercise: (
            exercise is not tested,
            exercise.chain != tested.chain,
            PF_CLASSES.index(exercise.pf_load.klass),
            -exercise.root_causes[cause],
            exercise.id,
        ),
    )


# --- weeks ----------------------------------------------------------------------------------------------------------


class WeekBuilder:
    """Makes weeks out of the chosen templates."""

    def __init__(
        self,
        brief: Brief,
        severity: Severity,
        table: Timetable,
        draft: Draft,
        drills: DrillPlan,
        available: Sequence[Exercise],
        library: Library,
        rules: Rules,
        evidence: Mapping[str, str],
    ) -> None:
        self.brief, self.table, self.drills = brief, table, drills
        self.library, self.rules, self.evidence = library, rules, evidence
        self.severity = allocation.severities(severity)
        self.allowed = frozenset(available)
        self.templates = {
            key: tuple(sorted(choices, key=lambda choice: (training_order(choice.exercise, rules), choice.exercise.id)))
            for key, choices in draft.templates.items()
        }
        self.side_sets = self._allot_side_sets()
        self.stretch = self._mini_stretch()

    def week(self, number: int) -> Week:
        """The week of that number, counted from the phase's start."""
        lighter = self.rules.is_deload(self.brief.phase, number)
        week = Week(
            number=number,
            deload=lighter,
            sessions=self._sessions(number),
            daily=self._daily(number),
            runs=week_runs(self.brief, self.table, self.drills, number, self.rules, deload=lighter),
            note=DELOAD_NOTE if lighter else "",
        )
        return deload(week, self.brief, self.library, self.rules) if lighter else week

    def _sessions(self, number: int) -> tuple[Session, ...]:
        sessions = []
        for n, (day, key) in enumerate(zip(self.table.days, self.table.keys, strict=True)):
            occurrence = self.table.keys[: n + 1].count(key)
            held = [(slot, choice) for slot, choice in enumerate(self.templates[key], 1) if occurrence <= choice.times]
            exercises = [choice.exercise for _, choice in held]
            anchors = choose_anchors(exercises, self.severity, self.rules)
            session_id = f"{key}-{occurrence}"
            lines = tuple(
                compose_line(
                    choice.exercise,
                    number,
                    session_id,
                    f"{key}{slot}",
                    choice.sets,
                    default_dose(choice.exercise, self.brief.phase, self.rules),
                    severity=self.severity,
                    evidence=self.evidence,
                    taken={exercise.id for exercise in exercises},
                    available=self.allowed.__contains__,
                    library=self.library,
                    rules=self.rules,
                    anchor=choice.exercise in anchors,
                    weak_side=self.side_sets.get((session_id, choice.exercise.id)),
                )
                for slot, choice in held
            )
            timed = [
                (choice.exercise, item_seconds(choice.exercise, choice.sets, line.dose))
                for (_, choice), line in zip(held, lines, strict=True)
            ]
            sessions.append(
                Session(
                    id=session_id,
                    key=key,
                    day=day,
                    budget_s=self.brief.minutes * 60,
                    warmup_s=self.rules.warmup_s(self.brief.minutes),
                    title=words.session_title(timed),
                    lines=lines,
                    note=self._session_note(day),
                )
            )
        return tuple(sessions)

    def _session_note(self, day: str) -> str:
        if day not in self.brief.hard_run_days:
            return ""
        hours = self.rules.spacing.hard_run.same_day_hours
        return f"Hard run today as well: run first, and leave at least {hours} hours before this session."

    def _allot_side_sets(self) -> dict[tuple[str, str], Side]:
        """Give the weak side its extra sets: one each in turn, at most one per occurrence and four a week (R-S6)."""
        if self.brief.asymmetry is None:
            return {}
        lines = [(key, choice) for key, choices in self.templates.items() for choice in choices if choice.has_side_room]
        places = [
            (f"{key}-{occurrence}", choice.exercise.id)
            for occurrence in range(1, max(map(self.table.occurrences, self.table.templates)) + 1)
            for key, choice in lines
            if occurrence <= choice.times
        ]
        return dict.fromkeys(places[: self.rules.asymmetry.sets_week_max], self.brief.asymmetry.side)

    def _daily(self, number: int) -> tuple[DailyItem, ...]:
        """Check-in, weekly plan, a mini-stretch for the top tight area, and every four weeks the checks (R-V3, R-V7, R-V8)."""
        daily, variety = self.rules.daily, self.rules.variety
        items = [
            DailyItem(rule.exercise, rule.days, self.library[rule.exercise].why)
            for rule in (daily.check_in, daily.weekly_plan)
        ]
        if self.stretch is not None:
            minutes = f"{daily.mini_stretch.minutes} minutes on most days, with the morning check-in."
            items.append(DailyItem(self.stretch.id, daily.mini_stretch.days, f"{minutes} {self.stretch.why}"))
        in_sessions = {choice.exercise.id for choices in self.templates.values() for choice in choices}
        for check in variety.checks if (number - 1) % variety.checks_every_weeks == 0 else ():
            if self.library[check] in self.allowed and check not in in_sessions:
                items.append(DailyItem(check, 1, self.library[check].why))
        if number % daily.retest.every_weeks == 0 and self.library[daily.retest.exercise] in self.allowed:
            items.append(DailyItem(daily.retest.exercise, 1, self.library[daily.retest.exercise].why))
        return tuple(items)

    def _mini_stretch(self) -> Exercise | None:
        """The daily stretch: for the tighter of the flagged areas, one the sessions already hold when there is one (R-V3)."""
        rule = self.rules.daily.mini_stretch
        tight = [cause for cause in rule.causes if self.severity[cause] >= rule.tight_from]
        if not tight:
            return None
        cause = max(tight, key=lambda one: self.severity[one])
        in_sessions = {choice.exercise for choices in self.templates.values() for choice in choices}
        held = [
            exercise
            for exercise in self.library
            if exercise in self.allowed
            and exercise.pillar == "mobility"
            and exercise.prescription.kind == "hold"
            and exercise.pf_load.klass == "low"
            and exercise.root_causes[cause] >= self.rules.allocation.dominant_weight
        ]
        return min(
            held,
            key=lambda exercise: (exercise not in in_sessions, -exercise.root_causes[cause], exercise.id),
            default=None,
        )


def _with_retest_room(plan: Plan, library: Library, rules: Rules) -> Plan:
    """Let the monthly self-retest take the accessory work of the last session of its week (R-V8).

    A deload week has the room already.
    """
    retest = library[rules.daily.retest.exercise]
    for week in plan.weeks:
        if not week.deload and any(item.exercise == retest.id for item in week.daily):
            seconds = item_seconds(retest, retest.prescription.sets, default_dose(retest, plan.brief.phase, rules))
            plan = make_room(plan, week.number, seconds, RETEST_NOTE, library, rules)
    return plan
