"""The ladder runs of a week and the form drills inside them (R-X4, R-X6, R-X10 to R-X12, R-F1b, R-V7)."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from programs.domain import allocation
from programs.domain.library import Exercise
from programs.domain.records import Brief, Run, RunDrill, Severity
from programs.domain.rules import LadderStage, Rules
from programs.domain.scheduling import Timetable, run_days

NO_RUNNING_TAG = "no_running_clearance"


class DrillPlan(msgspec.Struct, frozen=True):
    """The drills of a block: which exercise each of the week's first runs holds."""

    early: tuple[Exercise, ...] = ()  # the first two weeks
    later: tuple[Exercise, ...] = ()  # from then on
    sets: int = 1

    def week(self, number: int, rules: Rules) -> tuple[Exercise, ...]:
        """The drills of a week of the block, counted from 1."""
        return self.early if number <= rules.running.cadence.first_weeks else self.later


def ladder_stage(brief: Brief, rules: Rules) -> LadderStage | None:
    """The ladder stage the plan may use; None = runs freely, nothing is planned.

    The brief's stage, except that without running clearance it is the walk of stage 0, and that no run may be longer
    than 110 % of the longest of the last 30 days once that is 20 minutes or more (R-X6).
    """
    if brief.run.stage is None:
        return None
    if NO_RUNNING_TAG in brief.tags:
        return rules.run_ladder[0]
    longest = brief.run.longest_30d_min
    limit = None
    if longest is not None and longest >= rules.running.spike_from_run_min:
        limit = longest * rules.running.spike_max
    allowed = [row for row in rules.run_ladder[: brief.run.stage + 1] if limit is None or row.total_run_min <= limit]
    return allowed[-1]


def is_cadence_candidate(brief: Brief, rules: Rules) -> bool:
    """True when a quicker step is worth offering: cadence at most 170, stage 3 or more, no calf flare (R-X10)."""
    rule = rules.running.cadence
    return (
        brief.run.cadence_spm is not None
        and brief.run.cadence_spm <= rule.candidate_spm_max
        and brief.run.stage is not None
        and brief.run.stage >= rule.stage_from
        and "calf_achilles_flare" not in brief.tags
    )


def choose_drills(
    brief: Brief, severity: Severity, exercises: Sequence[Exercise], runs: int, rules: Rules
) -> DrillPlan:
    """Choose the drills of the block.

    Args:
        brief: what to plan for.
        severity: the severities to plan with.
        exercises: every available exercise.
        runs: ladder runs per week.
        rules: the program rules.

    Returns:
        A cadence candidate gets cadence work in up to two runs: the +5 % drill for two weeks, then the +10 % one if it
        is available.  Others get up to two drills from phase 3 on, best score first, one per chain.  Form work in the
        sessions keeps at least half of the week's form sets.  Drills with a high kneecap load (downhills) are for the
        coach to place: never beside sessions that have one too (R-S5), and late in the return to running (R-X8).
    """
    variety = rules.variety
    wanted = min(runs, variety.run_drills_per_week)
    stage = ladder_stage(brief, rules)
    if stage is None or not wanted:
        return DrillPlan()
    open_now = {
        exercise.id: exercise
        for exercise in exercises
        if exercise.is_run_drill and (exercise.min_run_stage or 0) <= stage.stage and exercise.pf_load.klass != "high"
    }
    form_max = rules.weekly_sets[rules.band(brief.days, brief.minutes)]["form"][1]
    in_sessions = brief.days if brief.phase < variety.run_drills_from_phase else form_max // 2
    wanted = min(wanted, form_max - in_sessions)
    cadence = [open_now[drill] for drill in variety.cadence_drills if drill in open_now]
    if cadence and is_cadence_candidate(brief, rules):
        wanted = max(1, wanted)  # before other form work, even where that leaves a session without (R-F1b)
        return DrillPlan(early=(cadence[0],) * wanted, later=(cadence[-1],) * wanted)
    if wanted <= 0 or brief.phase < variety.run_drills_from_phase:
        return DrillPlan()
    weights = allocation.severities(severity)
    familiar = frozenset(brief.previous + brief.prefer)
    asked = {*variety.run_drills, *brief.prefer, *brief.keep}
    offered = [exercise for exercise in open_now.values() if exercise.id in asked]
    offered.sort(
        key=lambda exercise: (
            exercise.id not in brief.keep,
            -allocation.score(exercise, weights, familiar, rules),
            exercise.id,
        )
    )
    drills: list[Exercise] = []
    for exercise in offered:
        if len(drills) < wanted and exercise.chain not in {drill.chain for drill in drills}:
            drills.append(exercise)
    if not drills:
        return DrillPlan()
    sets = max(1, min(*(drill.prescription.sets for drill in drills), 99, (form_max - in_sessions) // len(drills)))
    return DrillPlan(early=tuple(drills), later=tuple(drills), sets=sets)


def week_runs(
    brief: Brief, table: Timetable, drills: DrillPlan, number: int, rules: Rules, *, deload: bool
) -> tuple[Run, ...]:
    """The ladder runs of a week of the block, counted from 1, in weekday order; () when the runner runs freely."""
    stage = ladder_stage(brief, rules)
    if stage is None:
        return ()
    days = run_days(brief.run.per_week, table.days, brief.hard_run_days)
    exercises = drills.week(number, rules)
    sets = max(1, drills.sets // 2) if deload else drills.sets
    runs = []
    for n, day in enumerate(days):
        drill = None
        if n < len(exercises):
            drill = _drill(
                exercises[n], sets, brief, number, sum(len(drills.week(w, rules)) for w in range(1, number)) + n, rules
            )
        runs.append(
            Run(
                day=day,
                stage=stage.stage,
                reps=stage.reps,
                run_min=stage.run_min,
                walk_min=stage.walk_min,
                total_run_min=stage.total_run_min,
                drill=drill,
            )
        )
    return tuple(runs)


def _drill(exercise: Exercise, sets: int, brief: Brief, number: int, done: int, rules: Rules) -> RunDrill:
    """One drill; cadence drills carry the target from the runner's own cadence and a feedback share that fades."""
    if exercise.id not in rules.variety.cadence_drills or brief.run.cadence_spm is None:
        return RunDrill(exercise=exercise.id, sets=sets)
    rule, own = rules.running.cadence, brief.run.cadence_spm
    shares = (rule.first_share,) * 2 if number <= rule.first_weeks else rule.later_share
    step = rules.faded_feedback[min(done, len(rules.faded_feedback) - 1)]
    target = (round(own * (1 + shares[0])), round(own * (1 + shares[1])))
    return RunDrill(exercise=exercise.id, sets=sets, feedback=step.feedback, cadence_spm=target)
