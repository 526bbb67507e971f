"""One audit for every plan, generated or made by hand: what each week holds against what the rules ask for.

It recomputes everything from the plan value and knows nothing of how the plan was made.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Iterator

import msgspec

from programs.domain import allocation
from programs.domain.dose import contacts, line_seconds, planned_seconds
from programs.domain.filtering import barriers
from programs.domain.library import PILLARS, Exercise, Library
from programs.domain.records import WEEKDAYS, Band, Brief, Notice, Phase, Plan, Session, Week
from programs.domain.rules import SESSION_PILLARS, Rules
from programs.domain.words import AREA_WORDS, CONTRIBUTOR_WORDS, DAY_WORDS, MUSCLE_WORDS, PILLAR_WORDS, plural

# What a plan may miss when it says so, in the order of the warnings (contracts.md).
WARNING_CODES = (
    "not_assessed",
    "empty_pillar",
    "pillar_minimum",
    "pillar_maximum",
    "muscle_minimum",
    "dominant_minimum",
    "cause_minimum",
    "chain",
    "share",
    "idle_time",
    "session_items",
    "anchors",
    "side_sets",
    "variety",
    "hard_run",
    "spacing",
)
# What the generator never does; a plan made by hand may, and the coach sees it.
BREACH_CODES = (
    "filtered",
    "over_time",
    "repeated",
    "pillar_absent",
    "kneecap_cap",
    "same_day",
    "heavy_days",
    "plyometrics",
    "daily",
    "deload",
)


class PillarRow(msgspec.Struct, frozen=True):
    """A pillar's week."""

    sets: int
    min: int
    max: int
    seconds: int
    share: float | None  # part of the planned seconds of items; None for consistency
    target_share: float | None


class MuscleRow(msgspec.Struct, frozen=True):
    """A muscle group's week."""

    sets: int
    min: int


class CauseRow(msgspec.Struct, frozen=True):
    """A root cause's week: distinct exercises that act on it."""

    exercises: int
    min: int


class WeekAudit(msgspec.Struct, frozen=True):
    """One week against the rules."""

    week: int
    pillars: dict[str, PillarRow]
    muscle_sets: dict[str, MuscleRow]
    cause_exercises: dict[str, CauseRow]
    pf_moderate_sets: int
    pf_high_sets: int


class Audit(msgspec.Struct, frozen=True):
    """All weeks, and every rule that is not met."""

    rows: tuple[WeekAudit, ...]
    notices: tuple[Notice, ...]

    @property
    def breaches(self) -> tuple[Notice, ...]:
        """The notices of guarantees a generated plan always keeps."""
        return tuple(notice for notice in self.notices if notice.code in BREACH_CODES)


def audit(plan: Plan, library: Library, rules: Rules) -> Audit:
    """Check a plan.

    Args:
        plan: any plan.
        library: the exercise library.
        rules: the program rules.

    Returns:
        One row per week, and a notice for every rule that is not met: plan-wide ones first, then week by week.
    """
    checks = []
    for phase in plan.phases:
        allowed = _Filter(plan.brief, phase.number, library, rules)
        checks += [_WeekCheck(plan, phase, n, allowed, library, rules) for n in range(len(phase.weeks))]
    notices = list(_plan_notices(plan))
    for check in checks:
        notices += check.notices()
    return Audit(tuple(check.row for check in checks), tuple(notices))


def audit_week(plan: Plan, number: int, library: Library, rules: Rules) -> tuple[Notice, ...]:
    """The notices of one week of a plan."""
    for phase in plan.phases:
        for n, week in enumerate(phase.weeks):
            if week.number == number:
                allowed = _Filter(plan.brief, phase.number, library, rules)
                return tuple(_WeekCheck(plan, phase, n, allowed, library, rules).notices())
    return ()


def fitting_band(brief: Brief, rules: Rules) -> Band:
    """The volume band of a brief."""
    return rules.band(brief.days, brief.minutes)


def _plan_notices(plan: Plan) -> Iterator[Notice]:
    for cause in allocation.not_assessed(plan.severity):
        yield Notice(
            "not_assessed",
            cause,
            None,
            f"{AREA_WORDS[cause].capitalize()} is not assessed: it takes part with its base share.",
        )


class _Filter:
    """The safety filter under a brief and a phase, asked about each exercise once."""

    def __init__(self, brief: Brief, phase: int, library: Library, rules: Rules) -> None:
        self._barriers = {
            exercise: barriers(
                exercise,
                phase=phase,
                kit=brief.kit,
                tags=brief.tags,
                run_stage=brief.run.stage,
                rules=rules,
                exclude=brief.exclude,
            )
            for exercise in library
        }
        offered = [
            exercise
            for exercise, found in self._barriers.items()
            if not found and not exercise.is_run_drill and exercise.pillar in SESSION_PILLARS
        ]
        self.pillars = {exercise.pillar for exercise in offered}
        self.chains = {exercise.chain for exercise in offered}
        self.muscles = {muscle for exercise in offered for muscle in exercise.evidence_core}

    def reasons(self, exercise: Exercise) -> tuple[str, ...]:
        """Why the exercise is not available, in words; empty = it is."""
        return tuple(barrier.words for barrier in self._barriers[exercise])


class _WeekCheck:
    """One week being checked."""

    def __init__(self, plan: Plan, phase: Phase, n: int, allowed: _Filter, library: Library, rules: Rules) -> None:
        self.plan, self.phase, self.library, self.rules = plan, phase, library, rules
        self.allowed = allowed
        self.week: Week = phase.weeks[n]
        self.before = next((week for week in reversed(phase.weeks[:n]) if not week.deload), None)
        self.in_phase = n + 1  # weeks counted from the phase's start
        self.brief = plan.brief
        self.band = fitting_band(plan.brief, rules)
        self.lines = [
            (session, line, library[line.exercise]) for session in self.week.sessions for line in session.lines
        ]
        self.drills = [(run.drill, library[run.drill.exercise]) for run in self.week.runs if run.drill]
        self.exercises = list(dict.fromkeys([e for _, _, e in self.lines] + [e for _, e in self.drills]))
        self.needs = allocation.cause_needs(self.band, plan.severity, plan.dominant, rules)
        self.row = self._row()

    # --- the row ----------------------------------------------------------------------------------------------------

    def _row(self) -> WeekAudit:
        rules, week = self.rules, self.week
        sets: Counter[str] = Counter()
        seconds: Counter[str] = Counter()
        muscles: Counter[str] = Counter()
        kneecap: Counter[str] = Counter()
        for _, line, exercise in self.lines:
            sets[line.pillar] += line.sets
            seconds[line.pillar] += line_seconds(line, self.library)
            kneecap[exercise.pf_load.klass] += line.sets
            for muscle in exercise.evidence_core:
                muscles[muscle] += line.sets
        for drill, exercise in self.drills:
            sets[exercise.pillar] += drill.sets
        sets["consistency"] = len(week.daily)
        whole = sum(seconds.values())
        targets = allocation.target_shares(self.phase.number, self.plan.severity, rules)
        pillars = {}
        for pillar in PILLARS:
            low, high = rules.weekly_sets[self.band][pillar]
            timed = pillar in SESSION_PILLARS
            pillars[pillar] = PillarRow(
                sets=sets[pillar],
                min=self._minimum(low),
                max=high,
                seconds=seconds[pillar],
                share=(seconds[pillar] / whole if whole else 0.0) if timed else None,
                target_share=targets[pillar] if timed else None,
            )
        return WeekAudit(
            week=week.number,
            pillars=pillars,
            muscle_sets={
                muscle: MuscleRow(muscles[muscle], self._minimum(low))
                for muscle, low in rules.muscle_minimums[self.band].items()
            },
            cause_exercises={
                need.root_cause: CauseRow(allocation.exercises_for(need, self.exercises), need.minimum)
                for need in self.needs
            },
            pf_moderate_sets=kneecap["moderate"],
            pf_high_sets=kneecap["high"],
        )

    def _minimum(self, low: int) -> int:
        return math.ceil(low / 2) if self.week.deload else low

    # --- notices ----------------------------------------------------------------------------------------------------

    def notices(self) -> list[Notice]:
        """Every rule this week does not meet, guarantees first, then in the order of WARNING_CODES."""
        found = [
            *self._filter_notices(),
            *self._session_notices(),
            *self._spacing_notices(),
            *self._volume_notices(),
            *self._balance_notices(),
            *self._side_notices(),
            *self._variety_notices(),
            *self._run_notices(),
        ]
        order = {code: n for n, code in enumerate((*BREACH_CODES, *WARNING_CODES))}
        return sorted(found, key=lambda notice: order[notice.code])

    def _note(self, code: str, subject: str, message: str) -> Notice:
        return Notice(code, subject, self.week.number, message)

    def _filter_notices(self) -> Iterator[Notice]:
        always = {self.rules.daily.check_in.exercise, self.rules.daily.weekly_plan.exercise}
        for session, line, exercise in self.lines:
            reasons = self.allowed.reasons(exercise)
            if exercise.is_run_drill:
                reasons = ("belongs inside a run", *reasons)
            if reasons and not line.override:
                yield self._note("filtered", exercise.id, f"{exercise.name} in session {session.id} {reasons[0]}.")
        others = [exercise for _, exercise in self.drills]
        others += [self.library[item.exercise] for item in self.week.daily if item.exercise not in always]
        for exercise in dict.fromkeys(others):
            if reasons := self.allowed.reasons(exercise):
                yield self._note("filtered", exercise.id, f"{exercise.name} {reasons[0]}.")
        planned = {item.exercise: item.days for item in self.week.daily}
        for rule in (self.rules.daily.check_in, self.rules.daily.weekly_plan):
            if planned.get(rule.exercise, 0) < rule.days:
                name = self.library[rule.exercise].name
                yield self._note("daily", rule.exercise, f"{name} is planned on fewer than {plural(rule.days, 'day')}.")
        if refused := sorted(always & set(self.brief.exclude)):
            yield self._note(
                "empty_pillar",
                "consistency",
                f"{', '.join(refused)} cannot be excluded: every plan holds the check-in and the weekly plan.",
            )

    def _session_notices(self) -> Iterator[Notice]:
        rules = self.rules
        for session in self.week.sessions:
            planned = planned_seconds(session, self.library)
            if planned > session.budget_s:
                yield self._note(
                    "over_time",
                    session.id,
                    f"Session {session.id} takes {math.ceil(planned / 60)} min, {session.budget_s // 60} are planned.",
                )
            for exercise_id, count in Counter(line.exercise for line in session.lines).items():
                if count > 1:
                    name = self.library[exercise_id].name
                    yield self._note("repeated", exercise_id, f"{name} is in session {session.id} more than once.")
            low, high = rules.items(session.budget_s // 60)
            items = len({line.exercise for line in session.lines})
            if not low <= items <= high:
                yield self._note(
                    "session_items",
                    session.id,
                    f"Session {session.id} has {plural(items, 'item')}; {low}-{high} suit its length.",
                )
            anchors = [line for line in session.lines if line.anchor]
            pillars = {line.pillar for line in anchors}
            if len(anchors) != rules.session.anchors or len(pillars) < rules.session.anchor_pillars_min:
                yield self._note(
                    "anchors",
                    session.id,
                    f"Session {session.id} has {plural(len(anchors), 'must-do line')} from "
                    f"{plural(len(pillars), 'pillar')}; three from at least two are wanted.",
                )

    def _spacing_notices(self) -> Iterator[Notice]:
        days = Counter(session.day for session in self.week.sessions)
        for day, count in days.items():
            if count > 1:
                yield self._note("same_day", day, f"{count} sessions are on {DAY_WORDS[day]}.")
        for first, second in itertools.permutations(self.week.sessions, 2):
            if (WEEKDAYS.index(second.day) - WEEKDAYS.index(first.day)) % 7 != 1:
                continue
            where = f"{DAY_WORDS[first.day]} and {DAY_WORDS[second.day]}"
            for pattern in sorted(self._heavy_patterns(first) & self._heavy_patterns(second)):
                yield self._note("heavy_days", pattern, f"Heavy {pattern} work is on {where}, one day after the other.")
            if self._loads(first, "high") and self._loads(second, "high"):
                yield self._note("heavy_days", "kneecap", f"High kneecap load is on {where}, one day after the other.")
            if self._jumps(first) and self._jumps(second):
                yield self._note("plyometrics", "plyo", f"Jumps are on {where}, one day after the other.")
        limits = self.rules.plyometrics.limits(self.phase.number)
        jumping = [session for session in self.week.sessions if self._jumps(session)]
        if len(jumping) > limits.sessions_max:
            yield self._note(
                "plyometrics",
                "plyo",
                f"Jumps are in {len(jumping)} sessions, at most {limits.sessions_max} are wanted.",
            )
        for session in jumping:
            if (count := self._jumps(session)) > limits.contacts_max:
                yield self._note(
                    "plyometrics",
                    session.id,
                    f"Session {session.id} has up to {count} foot contacts, at most {limits.contacts_max} are wanted.",
                )
        yield from self._hard_run_notices()

    def _heavy_patterns(self, session: Session) -> set[str]:
        rule = self.rules.spacing
        found: set[str] = set()
        for line in session.lines:
            exercise = self.library[line.exercise]
            effort = line.dose.rir is not None and line.dose.rir[0] <= rule.heavy_rir_max
            if exercise.pattern and effort and exercise.pf_load.klass in rule.heavy_pf:
                found.add(exercise.pattern)
        return found

    def _loads(self, session: Session, klass: str) -> bool:
        return any(self.library[line.exercise].pf_load.klass == klass for line in session.lines)

    def _jumps(self, session: Session) -> int:
        return sum(
            contacts(self.library[line.exercise], line.sets, line.dose)
            for line in session.lines
            if self.library[line.exercise].chain == self.rules.plyometrics.chain
        )

    def _hard_run_notices(self) -> Iterator[Notice]:
        rule, spacing = self.rules.spacing.hard_run, self.rules.spacing
        early = self.in_phase <= rule.first_weeks
        within = (rule.first_weeks_hours if early else rule.hours) // 24
        for session in self.week.sessions:
            ahead = [(WEEKDAYS.index(day) - WEEKDAYS.index(session.day)) % 7 for day in self.brief.hard_run_days]
            if not any(1 <= days <= within for days in ahead):
                continue
            sets = sum(
                line.sets
                for line in session.lines
                if self.library[line.exercise].pattern in spacing.lower_patterns
                and line.dose.rir is not None
                and line.dose.rir[0] <= rule.rir_max
            )
            if sets >= rule.lower_sets:
                hours = min(days for days in ahead if days) * 24
                yield self._note(
                    "hard_run",
                    session.id,
                    f"Session {session.id} on {DAY_WORDS[session.day]} has {sets} hard lower-body sets within "
                    f"{hours} hours of a hard run; fewer than {rule.lower_sets} are wanted.",
                )

    def _volume_notices(self) -> Iterator[Notice]:
        for pillar, row in self.row.pillars.items():
            name = PILLAR_WORDS[pillar].capitalize()
            empty = pillar in SESSION_PILLARS and pillar not in self.allowed.pillars
            if empty:
                yield self._note(
                    "empty_pillar", pillar, f"{name}: the tags, kit and exclusions leave no exercise for the sessions."
                )
            elif not row.sets:
                yield self._note("pillar_absent", pillar, f"{name} is not in the week.")
            if row.sets < row.min:
                yield self._note("pillar_minimum", pillar, f"{name}: {row.sets} of at least {plural(row.min, 'set')}.")
            if row.sets > row.max:
                yield self._note("pillar_maximum", pillar, f"{name}: {row.sets} sets, at most {row.max} are wanted.")
        for muscle, muscle_row in self.row.muscle_sets.items():
            if muscle_row.sets < muscle_row.min:
                reason = (
                    "" if muscle in self.allowed.muscles else "; the tags, kit and exclusions leave no exercise for it"
                )
                yield self._note(
                    "muscle_minimum",
                    muscle,
                    f"{MUSCLE_WORDS[muscle].capitalize()}: {muscle_row.sets} of at least "
                    f"{plural(muscle_row.min, 'set')}{reason}.",
                )
        phase = self.rules.phases[self.phase.number]
        for klass, sets, most in (
            ("moderate", self.row.pf_moderate_sets, phase.pf_moderate_sets_week_max),
            ("high", self.row.pf_high_sets, phase.pf_high_sets_week_max),
        ):
            if sets > most:
                yield self._note(
                    "kneecap_cap", klass, f"{sets} sets of {klass} kneecap load, at most {most} are allowed."
                )
        yield from self._deload_notices()

    def _deload_notices(self) -> Iterator[Notice]:
        planned = self.rules.is_deload(self.phase.number, self.in_phase)
        if planned and not self.week.deload:
            yield self._note("deload", "week", "A lighter week is due.")
        if not self.week.deload or self.before is None:
            return
        normal = sum(line.sets for session in self.before.sessions for line in session.lines)
        now = sum(line.sets for _, line, _ in self.lines)
        least = sum(max(1, line.sets // 2) for session in self.before.sessions for line in session.lines)
        if now > max(self.rules.deload.sets_share[1] * normal, least):
            yield self._note("deload", "week", f"The lighter week has {now} of {normal} sets; about half is wanted.")

    def _balance_notices(self) -> Iterator[Notice]:
        rules = self.rules
        for need in self.needs:
            row = self.row.cause_exercises[need.root_cause]
            if row.exercises < row.min:
                yield self._note(
                    "dominant_minimum" if need.is_dominant else "cause_minimum",
                    need.root_cause,
                    f"{CONTRIBUTOR_WORDS[need.root_cause].capitalize()}: {row.exercises} of at least "
                    f"{plural(row.min, 'exercise')} that act on it directly.",
                )
        chains = Counter(exercise.chain for exercise in self.exercises)
        for chain, count in chains.items():
            if count > rules.session.chain_exercises_max:
                yield self._note("chain", chain, f"{count} exercises of the chain {chain} are in one week.")
        if not self.lines:
            return
        for pillar in SESSION_PILLARS:
            pillar_row = self.row.pillars[pillar]
            share, target = pillar_row.share or 0.0, pillar_row.target_share or 0.0
            if abs(share - target) > rules.session.share_warning_points:
                yield self._note(
                    "share",
                    pillar,
                    f"{PILLAR_WORDS[pillar].capitalize()} takes {share:.0%} of the time; the findings ask for {target:.0%}.",
                )
        budget = sum(session.budget_s - session.warmup_s - rules.session.spare_s for session in self.week.sessions)
        planned = sum(planned_seconds(session, self.library) - session.warmup_s for session in self.week.sessions)
        retest = self.library[rules.daily.retest.exercise]  # takes the accessory work of one session (R-V8)
        if any(item.exercise == retest.id for item in self.week.daily):
            planned += retest.seconds_per_set
        idle = budget - planned
        if not self.week.deload and idle > rules.session.idle_warning_share * budget:
            yield self._note("idle_time", "week", f"{round(idle / 60)} min of the week's session time are not used.")

    def _side_notices(self) -> Iterator[Notice]:
        rule, asymmetry = self.rules.asymmetry, self.brief.asymmetry
        extra = [line for _, line, _ in self.lines if line.extra_side_sets]
        sets = sum(line.extra_side_sets.left + line.extra_side_sets.right for line in extra)
        if sets > rule.sets_week_max:
            yield self._note(
                "side_sets", "week", f"{sets} extra one-sided sets, at most {rule.sets_week_max} are wanted."
            )
        if asymmetry is None or self.week.deload:
            return
        wanted = self.rules.side_exercises(asymmetry.percent)
        helped = {line.exercise for line in extra if getattr(line.extra_side_sets, asymmetry.side)}
        if len(helped) < wanted:
            yield self._note(
                "side_sets",
                asymmetry.side,
                f"{len(helped)} of {plural(wanted, 'exercise')} with an extra set on the weaker {asymmetry.side} side.",
            )

    def _variety_notices(self) -> Iterator[Notice]:
        variety = self.rules.variety
        core = [exercise for exercise in self.exercises if exercise.pillar == "core"]
        low, high = variety.core_exercises
        if not low <= len(core) <= high:
            yield self._note(
                "variety", "core", f"{plural(len(core), 'core exercise')} a week; {low}-{high} are wanted."
            )
        if self.band != "micro":
            chains = {exercise.chain for exercise in core}
            absent = [
                family
                for family, members in variety.core_families.items()
                if not chains & set(members) and self.allowed.chains & set(members)
            ]
            if absent and core:
                yield self._note("variety", "core", f"Core work without {' and without '.join(absent)}.")
        if self.phase.number < variety.run_drills_from_phase:
            without = [s.id for s in self.week.sessions if not any(line.pillar == "form" for line in s.lines)]
            if without:
                yield self._note("variety", "form", f"No form drill in session {', '.join(without)}.")
        level = variety.strength_level
        strength = [exercise.level for exercise in self.exercises if exercise.pillar == "strength"]
        if self.phase.number >= level.from_phase and strength and max(strength) < level.level:
            yield self._note("variety", "strength", f"No strength exercise of level {level.level} or above.")
        held = {exercise.id for exercise in self.exercises} | {item.exercise for item in self.week.daily}
        for kept in self.brief.keep:
            if kept not in held:
                exercise = self.library[kept]
                reasons = self.allowed.reasons(exercise)
                why = f"{exercise.name} {reasons[0]}" if reasons else "the week has no room for it"
                yield self._note("variety", kept, f"{exercise.name} was to stay and is not in the week: {why}.")

    def _run_notices(self) -> Iterator[Notice]:
        run = self.brief.run
        if run.stage is None:
            return
        if len(self.week.runs) < run.per_week:
            yield self._note(
                "spacing",
                "runs",
                f"{plural(len(self.week.runs), 'run')} a week instead of {run.per_week}: never two days in a row on the ladder.",
            )
        for first, second in itertools.permutations(self.week.runs, 2):
            if (WEEKDAYS.index(second.day) - WEEKDAYS.index(first.day)) % 7 == 1:
                yield self._note(
                    "spacing", "runs", f"Runs on {DAY_WORDS[first.day]} and {DAY_WORDS[second.day]}, two days in a row."
                )
        lower = {one.stage for one in self.week.runs if one.stage < run.stage}
        if lower:
            yield self._note(
                "spacing",
                "stage",
                f"Runs are at stage {min(lower)} instead of {run.stage}: without running clearance, or to stay within "
                "110 % of the longest run of the last 30 days.",
            )
