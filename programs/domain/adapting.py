"""What may change next in the plan, line by line, with the reason a coach reads.

Rules propose, people decide: a proposal only waits, unless it takes load away (`immediate`).  Step back beats step up: while
a stop, a step back, a return after a gap or a shrink is due, nothing progresses.

A change names the new values of a slot:

    exercise               the exercise to use instead; always waits
    load_kg                the load
    sets                   working sets; 0 = off
    tempo                  lower-pause-lift-pause in seconds
    at_least_h             the reduction stands at least this long; taking it back is the coach's
    aim_reps, aim_hold_s   what to aim at inside the published range; alone, it leaves the plan as it is

The same sessions give the same proposals every night, and a reduction that is already in force is no reason for another:
whoever stores them keys them by slot, rule and evidence.

Rules R-G1 to R-G4, R-M3, R-C5 and the reductions of R-M; the numbers are in adaptation.yaml and consistency.yaml.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

import msgspec

from programs.domain.consistency import Return, return_after
from programs.domain.filtering import Barrier, barriers, kit_words
from programs.domain.library import Exercise, Library, library
from programs.domain.monitoring import Action, adaptation_rules
from programs.domain.rules import rules
from programs.domain.tracking import (
    Change,
    PastSession,
    TrackedLine,
    aim,
    bottom,
    fewer_sets,
    hurt_last,
    lighter_load,
    load_steps,
    next_aim,
    next_load,
    sessions_waited,
    succeeded,
    top_sessions,
)

TOP_TWICE = "Top of the range in all sets, twice, with a calm knee"
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


class SessionSummary(msgspec.Struct, frozen=True):
    """A session as a whole, for R-M3."""

    on: date  # local date
    completion: float | None  # done of planned sets, 0-1; None = not known
    during: int | None  # highest answered pain, 0-10; None = not answered
    id: int | None = None  # the scheduled session, for the record


class Situation(msgspec.Struct, frozen=True, kw_only=True):
    """What stands around the lines this week."""

    phase: int  # 1-4
    kit: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    today: date | None = None  # the runner's local date; None = the newest date in the histories
    last_session_on: date | None = None  # the last session done, any; None = no gap is known
    sessions: tuple[SessionSummary, ...] = ()  # recent ones, any order
    is_deload: bool = False
    is_red: bool = False  # a session that is not in the histories yet asks for a stop or a step back (R-M4)
    is_new_run_stage: bool = False
    is_new_hill_or_speed: bool = False
    new_loaded_this_week: int = 0  # exercises with moderate or high kneecap load that are new this week


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """One change of one slot.  An immediate one takes load away and is in force before the coach has seen it."""

    slot: str
    rule: str
    change: Change
    immediate: bool = False
    because: str
    evidence: tuple[PastSession | SessionSummary, ...] = ()  # the sessions behind it, oldest first

    @property
    def is_aim(self) -> bool:
        """True when the plan stays as it is and only the aim inside the published range moves."""
        return all(key.startswith("aim_") for key in self.change)


def propose(
    lines: Sequence[TrackedLine], situation: Situation, exercises: Library | None = None
) -> tuple[Proposal, ...]:
    """Propose what the rules would change.

    Args:
        lines: lines of one runner as published, one per slot, in training order.
        situation: phase, kit, tags and what else happens this week.
        exercises: the library; the shipped one unless given.

    Returns:
        Proposals in the order of the lines, at most one per slot and rule.  Reductions exclude steps up.
    """
    case = _Case(lines, situation, exercises or library())
    found = [*case.stops(), *case.steps_back(), *case.returns(), *case.shrinks()]
    if not case.is_progress_off:
        found = case.steps_up()
    order = {line.slot: n for n, line in enumerate(lines)}
    return tuple(sorted(found, key=lambda proposal: order[proposal.slot]))


def asks_form(line: TrackedLine) -> bool:
    """True when "did the form feel solid?" is due: one more top session and the line moves on in its chain (R-G2)."""
    rule = adaptation_rules().progression
    has_load = next_load(line) is not None and load_steps(line) < rule.load_steps_max
    return top_sessions(line) >= rule.top_sessions - 1 and not has_load


class _Case:
    """One call of `propose`: the lines, and which rules hold sway."""

    def __init__(self, lines: Sequence[TrackedLine], situation: Situation, exercises: Library) -> None:
        self.lines = lines
        self.situation = situation
        self.library = exercises
        self.rules = adaptation_rules()
        newest = max((session.on for line in lines for session in line.history), default=None)
        self.today = situation.today or newest
        self.stopped = self._recent(Action.STOP, self.rules.stop.off_h)
        self.regressed = self._recent(Action.REGRESS, self.rules.regress.loaded_sets_h)
        self.gap_days = self._gap_days()
        self.gap: Return = return_after(self.gap_days)
        self.shrunk = shrink_due(situation.sessions)
        self.reduced: set[str] = set()  # slots that a more severe rule has dealt with

    @property
    def is_progress_off(self) -> bool:
        """Step back beats step up, and R-G3: never in a deload week, never beside a new run stage and a new hill."""
        around = self.situation
        return bool(
            self.stopped
            or self.regressed
            or self.gap.sets_less_pct
            or self.shrunk
            or around.is_deload
            or around.is_red
            or (around.is_new_run_stage and around.is_new_hill_or_speed)
        )

    def _recent(self, action: Action, hours: int) -> tuple[PastSession, ...]:
        """Sessions that ended in the action and are still in force, oldest first, one per date."""
        if self.today is None:
            return ()
        first = self.today - timedelta(hours=hours)
        found = {
            session.on: session
            for line in self.lines
            for session in line.history
            if session.action == action and first <= session.on <= self.today
        }
        return tuple(found[on] for on in sorted(found))

    def _gap_days(self) -> int:
        last = self.situation.last_session_on
        return max(0, (self.today - last).days) if self.today and last else 0

    def _loads_kneecap(self, line: TrackedLine) -> bool:
        return self.library[line.exercise].pf_load.klass in rules().spacing.heavy_pf

    def _open_lines(self) -> list[TrackedLine]:
        """Lines that no more severe rule has dealt with, and that are not off already."""
        return [line for line in self.lines if line.slot not in self.reduced and line.sets]

    def _barriers(self, exercise: Exercise) -> tuple[Barrier, ...]:
        around = self.situation
        return barriers(exercise, phase=around.phase, kit=around.kit, tags=around.tags, run_stage=None, rules=rules())

    # --- taking load away ---------------------------------------------------------------------------------------------

    def _reduction(
        self,
        line: TrackedLine,
        rule: str,
        change: Change,
        because: str,
        evidence: Sequence[PastSession | SessionSummary],
    ) -> Proposal:
        self.reduced.add(line.slot)
        return Proposal(
            slot=line.slot, rule=rule, change=change, immediate=True, because=because, evidence=tuple(evidence)
        )

    def stops(self) -> list[Proposal]:
        """STOP: kneecap-loading and impact work is off."""
        if not self.stopped:
            return []
        hours = self.rules.stop.off_h
        because = f"Rests for at least {hours} hours: the session of {_day(self.stopped[-1].on)} asked for a stop."
        return [
            self._reduction(line, "M-STOP", {"sets": 0, "at_least_h": hours}, because, self.stopped[-1:])
            for line in self._open_lines()
            if self._loads_kneecap(line) or self.library[line.exercise].impact
        ]

    def steps_back(self) -> list[Proposal]:
        """REGRESS: a lighter dose where it hurt (R-G4), fewer sets of whatever else loads the kneecap."""
        if not self.regressed:
            return []
        found = []
        dates = {session.on for session in self.regressed}
        hurting = [line for line in self._open_lines() if hurt_last(line) and line.past[-1].on in dates]
        for line in hurting:
            *before, session = line.past
            reason = "it asked for a step back" if session.during is None else f"pain {session.during} of 10 during"
            change = self._lighter(line)
            if change:
                because = f"A lighter dose after {_day(session.on)}: {reason}."
                found.append(self._reduction(line, "M-REGRESS", change, because, [session]))
            if not change or (before and before[-1].action in (Action.REGRESS, Action.STOP)):
                found += self._easier(
                    line, f"One step back in the chain after {_day(session.on)}: {reason}.", [session]
                )
        rule = self.rules.regress
        last = self.regressed[-1]
        because = (
            f"Fewer sets for {rule.loaded_sets_h // 24} days: it loads the kneecap, "
            f"and {_day(last.on)} asked for a step back."
        )
        others = [line for line in self._open_lines() if line not in hurting and self._loads_kneecap(line)]
        found += [
            self._reduction(line, "M-REGRESS", {"sets": sets, "at_least_h": rule.loaded_sets_h}, because, [last])
            for line, sets in fewer_sets(others, rule.loaded_sets_less_pct)
        ]
        return found

    def _lighter(self, line: TrackedLine) -> Change:
        """The smallest step back of a dose: 20-30 % of the load or of the sets.  Empty when there is nothing to take."""
        rule = self.rules.regress
        load_kg = lighter_load(line)
        lighter: Change = {} if load_kg is None else {"load_kg": load_kg}
        if self._loads_kneecap(line):
            fewer = fewer_sets([line], rule.loaded_sets_less_pct)
            return {"sets": fewer[0][1], "at_least_h": rule.loaded_sets_h} if fewer else lighter
        fewer = fewer_sets([line], rule.step_pct[0])
        return lighter or ({"sets": fewer[0][1]} if fewer else {})

    def _easier(self, line: TrackedLine, because: str, evidence: Sequence[PastSession]) -> list[Proposal]:
        """The nearest easier exercise of the chain that the runner may do; a swap, so it waits."""
        for exercise in self.library.easier(line.exercise):
            if not self._barriers(exercise):
                change: Change = {"exercise": exercise.id}
                return [Proposal(slot=line.slot, rule="R-G4", change=change, because=because, evidence=tuple(evidence))]
        return []

    def returns(self) -> list[Proposal]:
        """R-C5: fewer sets after a gap; after two weeks also a step back for what loads the kneecap."""
        gap, lines = self.gap, self._open_lines()
        until = "until the retest" if gap.retest else "for a week"
        because = f"{self.gap_days} days without a session: {gap.sets_less_pct} % fewer sets {until}."
        hours: Change = {"at_least_h": gap.for_days * 24} if gap.for_days else {}
        found = [
            self._reduction(line, "R-C5", {"sets": sets, **hours}, because, line.past[-1:])
            for line, sets in fewer_sets(lines, gap.sets_less_pct)
        ]
        if gap.chain_steps_back:
            swap = f"{self.gap_days} days without a session: one step back in the chain to start again."
            loaded = [line for line in lines if self._loads_kneecap(line)]
            found += [proposal for line in loaded for proposal in self._easier(line, swap, line.past[-1:])]
        return found

    def shrinks(self) -> list[Proposal]:
        """R-M3: the time is too short, not the knee too weak: fewer sets of the same exercises."""
        if not self.shrunk:
            return []
        done = " and ".join(f"{int(100 * (summary.completion or 0))} %" for summary in self.shrunk)
        because = f"The last two sessions were done to {done} with a calm knee: shorter ones, the same exercises."
        return [
            self._reduction(line, "R-M3", {"sets": sets}, because, self.shrunk)
            for line, sets in fewer_sets(self._open_lines(), self.rules.shrink.sets_less_pct)
        ]

    # --- adding -------------------------------------------------------------------------------------------------------

    def steps_up(self) -> list[Proposal]:
        """R-G1 and R-G2 under the speed limit R-G3: those that have waited longest first."""
        limit = self.rules.speed_limit
        new_loaded = self.situation.new_loaded_this_week
        steps: dict[date, int] = defaultdict(int)  # per session
        found = []
        for line in sorted(self.lines, key=sessions_waited, reverse=True):  # stable: equals in training order
            proposal = self._step_up(line)
            if proposal is None or steps[line.past[-1].on] == limit.exercises_per_session:
                continue
            swap = proposal.change.get("exercise")
            if isinstance(swap, str) and self.library[swap].pf_load.klass in rules().spacing.heavy_pf:
                if new_loaded >= limit.new_loaded_per_week:
                    continue
                new_loaded += 1
            steps[line.past[-1].on] += 1
            found.append(proposal)
        return found

    def _step_up(self, line: TrackedLine) -> Proposal | None:
        if not line.history or self.library[line.exercise].pillar == "consistency":
            return None
        needed = self.rules.progression.top_sessions
        if top_sessions(line) >= needed:
            return self._beyond_the_range(line, line.past[-needed:])
        amount = next_aim(line)
        if amount is None or not succeeded(line, line.past[-1]):
            return None
        unit = "seconds" if line.dose.kind == "hold" else "repetitions"
        because = f"All sets done with a calm knee: aim for {amount} {unit}."
        return Proposal(slot=line.slot, rule="R-G1", change=aim(line, amount), because=because, evidence=line.past[-1:])

    def _beyond_the_range(self, line: TrackedLine, evidence: tuple[PastSession, ...]) -> Proposal | None:
        """More load; when there is none, or two steps were taken, the next exercise; failing that, more of this one."""
        load_kg = next_load(line)
        following, without_kit, waits = self._next_in_chain(line)
        if load_kg is not None and (following is None or load_steps(line) < self.rules.progression.load_steps_max):
            because = f"{TOP_TWICE}: from {line.dose.load_kg:g} to {load_kg:g} kg, from the bottom of the range."
            change: Change = {"load_kg": load_kg, **bottom(line)}
            return Proposal(slot=line.slot, rule="R-G1", change=change, because=because, evidence=evidence)
        mornings_calm = all(session.morning is None or session.morning <= 0 for session in evidence)
        if evidence[-1].form_solid is not True or not mornings_calm or waits:
            return None
        if following is None:
            return self._stay(line, evidence)
        because = f"{TOP_TWICE}."
        if without_kit:
            because += f" {without_kit.name} needs {kit_words(without_kit)}; this is the next one that fits."
        change = {"exercise": following.id}
        return Proposal(slot=line.slot, rule="R-G2", change=change, because=because, evidence=evidence)

    def _next_in_chain(self, line: TrackedLine) -> tuple[Exercise | None, Exercise | None, bool]:
        """R-G2: the next exercise, or the first one past those without kit that is at most one level up.

        Returns:
            The exercise; the one that was passed for lack of kit; and whether the next one waits for its phase, its tag
            or the run track, and this line with it.
        """
        level = self.library[line.exercise].level
        without_kit: Exercise | None = None
        for exercise in self.library.harder(line.exercise):
            kinds = {barrier.kind for barrier in self._barriers(exercise)}
            if not kinds and not exercise.is_run_drill and (without_kit is None or exercise.level <= level + 1):
                return exercise, without_kit, False
            if "kit" not in kinds:
                return None, without_kit, without_kit is None
            without_kit = without_kit or exercise
        return None, without_kit, False

    def _stay(self, line: TrackedLine, evidence: tuple[PastSession, ...]) -> Proposal | None:
        """The chain has nothing that fits: a slower way down, then a set more."""
        rule, here = self.rules.stay, self.library[line.exercise]
        lowering, _, rest = (line.dose.tempo or "").partition("-")
        change: Change
        if lowering.isdecimal() and int(lowering) < rule.lowering_s_max and rest:
            slower = int(lowering) + rule.add_lowering_s
            change, words = {"tempo": f"{slower}-{rest}"}, f"{slower} seconds on the way down"
        elif line.sets < here.prescription.sets + rule.sets_over_library_max:
            change, words = {"sets": line.sets + rule.add_sets}, "one more set"
        else:
            return None
        because = f"{TOP_TWICE}. The chain has nothing further that fits, so {words}."
        return Proposal(
            slot=line.slot, rule="R-G2", change={**change, **bottom(line)}, because=because, evidence=evidence
        )


# --- R-M3 over whole sessions -----------------------------------------------------------------------------------------


def shrink_due(sessions: Iterable[SessionSummary]) -> tuple[SessionSummary, ...]:
    """The two newest sessions, when both were done to less than 60 % with pain known to be 0-2; else nothing (R-M3)."""
    rule, calm = adaptation_rules().shrink, adaptation_rules().calm
    newest = tuple(sorted(sessions, key=lambda summary: summary.on)[-rule.sessions :])
    short = [
        summary
        for summary in newest
        if summary.completion is not None
        and summary.completion < rule.completion_below
        and summary.during is not None
        and summary.during <= calm.during_max
    ]
    return newest if len(short) == rule.sessions else ()


def restore_due(sessions: Iterable[SessionSummary], today: date) -> bool:
    """True when both of the last two weeks had sessions and every one was done to 90 % or more (R-M3).

    Giving the sets back adds load, so it waits for the coach.
    """
    rule = adaptation_rules().shrink
    first = today - timedelta(days=rule.restore_days - 1)
    middle = first + timedelta(days=rule.restore_days // 2)
    recent = [summary for summary in sessions if first <= summary.on <= today]
    if not any(summary.on < middle for summary in recent) or not any(summary.on >= middle for summary in recent):
        return False
    return all(summary.completion is not None and summary.completion >= rule.restore_from for summary in recent)


def _day(day: date) -> str:
    """16 November: the same words on every machine, whatever its locale."""
    return f"{day.day} {MONTHS[day.month - 1]}"
