"""Choosing the exercises and sets of the A and B templates: greedy, deterministic, no backtracking tree.

Every rule of a week is a `Goal`: a count with a wanted range and a price per unit outside it; an infinite price is a
guarantee.  A move sets the number of sets of one exercise in one template, and its price change follows from the few
counts it touches.  Building takes moves in this order, which is also the repair order when a week does not fit:

1. lines with extra side sets are placed first and stay (R-S6: their time is reserved);
2. the move with the largest saving per second is made again and again, from an empty week, until none saves anything:
   needs are so far dearer than taste that they are met first, short exercises before long ones when time is scarce;
3. single moves, swaps inside a pillar and exchanges across pillars that meet an open need, until none saves anything.

The prices are those of the exact formulation the studio tried (from heavy to light: week structure, pillar, lines to
keep, muscle, dominant, other cause, hard-run spacing, variety, item count), so an exact solver can take this file's place.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from programs.domain import allocation
from programs.domain.dose import contacts, default_dose, item_seconds, set_range, side_set_seconds
from programs.domain.library import PF_CLASSES, Exercise
from programs.domain.records import Brief, Severity
from programs.domain.rules import SESSION_PILLARS, Rules
from programs.domain.scheduling import Timetable

NEVER = math.inf
# Prices per unit short or over.  A point is a percent of the week's session time.
STRUCTURE, PILLAR, KEEP, MUSCLE, DOMINANT, CAUSE, HARD_RUN, VARIETY, ITEMS = (
    1000 * weight for weight in (256, 64, 48, 32, 16, 8, 6, 2, 1)
)
SHARE_POINT, IDLE_POINT, SECOND_OF_CHAIN = 20.0, 5.0, 10.0
SHARE_TOLERANCE_POINTS, IDLE_TOLERANCE_POINTS = 3.0, 4.0
# Taste: every further exercise to learn costs, a good score gives some of it back.
DISTINCT, LINE, RARE = 5.0, 3.0, 5.0
SCORE_POINT = 20.0
SAVING_MIN = 1e-6
ROUNDS_MAX = 30  # a guard; a week settles in far fewer


class Goal(msgspec.Struct):
    """A count of the week with a wanted range; outside it each unit has a price."""

    kind: str
    subject: str
    low: float = 0
    high: float = NEVER
    price_low: float = 0
    price_high: float = 0
    value: float = 0

    def price(self, value: float) -> float:
        """The price of the count standing at `value`."""
        if value < self.low:
            return (self.low - value) * self.price_low
        if value > self.high:
            return (value - self.high) * self.price_high
        return 0.0


class Option:
    """An exercise the templates may use, with everything a move needs worked out beforehand."""

    __slots__ = (
        "cost",
        "exercise",
        "heavy",
        "high",
        "low",
        "per_session",
        "per_set",
        "per_week",
        "pf_high",
        "pillar",
        "rank",
        "seconds",
        "set_bonus",
        "times",
    )

    def __init__(self, exercise: Exercise, low: int, high: int) -> None:
        self.exercise = exercise
        self.low, self.high = low, high
        self.pillar = SESSION_PILLARS.index(exercise.pillar)
        self.seconds: tuple[int, ...] = ()  # by number of sets, 0 to high
        self.times: dict[str, int] = {}  # template -> how often a week its sessions hold the exercise
        self.per_set: dict[str, list[tuple[Goal, int]]] = {}  # template -> counts moved by each set
        self.per_session: dict[str, list[tuple[Goal, int]]] = {}  # template -> counts moved by being in it
        self.per_week: list[Goal] = []  # counts moved by being in the week at all
        self.cost = 0.0  # of being in the week at all
        self.set_bonus = 0.0
        self.heavy = False
        self.pf_high = exercise.pf_load.klass == "high"
        self.rank = (PF_CLASSES.index(exercise.pf_load.klass), exercise.id)


class Choice(msgspec.Struct, frozen=True):
    """An exercise in a template."""

    exercise: Exercise
    sets: int
    times: int  # how many of the template's sessions hold it, from the first on
    has_side_room: bool  # True = its sessions have time for one extra set on one side


class Draft(msgspec.Struct, frozen=True):
    """The chosen templates."""

    templates: dict[str, tuple[Choice, ...]]


class Drafter:
    """The week under construction."""

    def __init__(
        self,
        brief: Brief,
        severity: Severity,
        exercises: Iterable[Exercise],
        table: Timetable,
        rules: Rules,
    ) -> None:
        """Set up goals and options.

        Args:
            brief: what to plan for.
            severity: the severities to plan with (after R-A5).
            exercises: the exercises available for sessions, in library order.
            table: the week's sessions.
            rules: the program rules.
        """
        self.brief, self.rules, self.table = brief, rules, table
        self.band = rules.band(brief.days, brief.minutes)
        self.severity = allocation.severities(severity)
        self.dominant = allocation.dominant_cause(severity, rules)
        self.shares = tuple(
            allocation.target_shares(brief.phase, severity, rules)[pillar] for pillar in SESSION_PILLARS
        )
        self.budget_s = brief.minutes * 60 - rules.warmup_s(brief.minutes) - rules.session.spare_s
        self.week_s = self.budget_s * brief.days
        self.neighbours = table.neighbours()
        self.sets: dict[str, dict[Option, int]] = {key: {} for key in table.templates}
        self.pillar_s = [0] * len(SESSION_PILLARS)
        self.locked: set[tuple[str, Option]] = set()
        self.side_lines: list[tuple[str, str]] = []
        self.goals: dict[tuple[str, str], Goal] = {}
        self._make_goals(severity)
        self.options = [self._option(exercise) for exercise in exercises]
        self._price_options()

    # --- set-up -----------------------------------------------------------------------------------------------------

    def _goal(self, kind: str, subject: str, low: float, high: float, price_low: float, price_high: float) -> Goal:
        goal = self.goals[kind, subject] = Goal(kind, subject, low, high, price_low, price_high)
        return goal

    def _make_goals(self, severity: Severity) -> None:
        rules, phase = self.rules, self.rules.phases[self.brief.phase]
        for pillar in SESSION_PILLARS:
            low, high = rules.weekly_sets[self.band][pillar]
            self._goal("pillar", pillar, low, high, PILLAR, NEVER)
            self._goal("present", pillar, 1, NEVER, STRUCTURE, 0)
        for muscle, low in rules.muscle_minimums[self.band].items():
            self._goal("muscle", muscle, low, NEVER, MUSCLE, 0)
        self.needs = allocation.cause_needs(self.band, severity, self.dominant, rules)
        for need in self.needs:
            price = DOMINANT if need.is_dominant else CAUSE
            self._goal("cause", need.root_cause, need.minimum, NEVER, price, 0)
        self._goal("pf", "moderate", 0, phase.pf_moderate_sets_week_max, 0, NEVER)
        self._goal("pf", "high", 0, phase.pf_high_sets_week_max, 0, NEVER)
        low, high = rules.variety.core_exercises
        self._goal("core", "", low, high, VARIETY, VARIETY)
        if self.band != "micro":
            for family in rules.variety.core_families:
                self._goal("family", family, 1, NEVER, VARIETY, 0)
        if self.brief.phase >= rules.variety.strength_level.from_phase:
            self._goal("demanding", "", 1, NEVER, VARIETY, 0)
        low, high = rules.items(self.brief.minutes)
        hard = rules.spacing.hard_run
        eased = self.table.before(self.brief.hard_run_days, hard.hours // 24)
        for key in self.table.templates:
            self._goal("time", key, 0, self.budget_s, 0, NEVER)
            self._goal("items", key, low, NEVER, ITEMS, 0)
            self._goal("items most", key, 0, high, 0, NEVER)
            self._goal("strength here", key, 1, NEVER, STRUCTURE, 0)
            self._goal("core or mobility here", key, 1, NEVER, STRUCTURE, 0)
            self._goal("anchors here", key, rules.session.anchors, NEVER, STRUCTURE, 0)
            for part in ("knee", "hip", "core"):
                self._goal(part, key, 1, NEVER, VARIETY, 0)
            self._goal(
                "form", key, 1 if self.brief.phase < rules.variety.run_drills_from_phase else 0, NEVER, VARIETY, 0
            )
            self._goal("lower", key, 0, hard.lower_sets - 1 if key in eased else NEVER, 0, HARD_RUN)

    def _chain(self, name: str) -> tuple[Goal, Goal]:
        if ("chain", name) not in self.goals:
            self._goal("chain", name, 0, 1, 0, SECOND_OF_CHAIN * -self.rules.allocation.score.same_chain)
            self._goal("chain most", name, 0, self.rules.session.chain_exercises_max, 0, NEVER)
        return self.goals["chain", name], self.goals["chain most", name]

    def _times(self, subject: str, high: int) -> Goal:
        """How often a week something may be done, over both templates."""
        return self.goals.get(("times", subject)) or self._goal("times", subject, 0, high, 0, NEVER)

    def week_goals(self, exercise: Exercise) -> list[Goal]:
        """The counts an exercise moves by being in the week at all, in a session or in a run."""
        goals = list(self._chain(exercise.chain))
        goals += [
            self.goals["cause", need.root_cause] for need in self.needs if allocation.exercises_for(need, [exercise])
        ]
        if exercise.pillar == "core":
            goals.append(self.goals["core", ""])
            for family, chains in self.rules.variety.core_families.items():
                if exercise.chain in chains and ("family", family) in self.goals:
                    goals.append(self.goals["family", family])
        demanding = self.goals.get(("demanding", ""))
        if demanding and exercise.pillar == "strength" and exercise.level >= self.rules.variety.strength_level.level:
            goals.append(demanding)
        return goals

    def _option(self, exercise: Exercise) -> Option:
        rules, brief = self.rules, self.brief
        low, high = set_range(exercise, brief.phase, self.band)
        dose = default_dose(exercise, brief.phase, rules)
        times_max = exercise.max_per_week
        plyometric = exercise.chain == rules.plyometrics.chain
        if plyometric:
            limits = rules.plyometrics.limits(brief.phase)
            high = min(high, limits.contacts_max // contacts(exercise, 1, dose))
            low, times_max = min(low, high), limits.sessions_max
        option = Option(exercise, low, high)
        option.seconds = (0, *(item_seconds(exercise, n, dose) for n in range(1, high + 1)))
        option.per_week = self.week_goals(exercise)
        strength = exercise.pillar == "strength"
        effort = dose.rir[0] if dose.rir and strength else math.inf  # the low end of the reserve
        option.heavy = exercise.pf_load.klass in rules.spacing.heavy_pf and effort <= rules.spacing.heavy_rir_max
        lower = exercise.pattern in rules.spacing.lower_patterns
        for key in self.table.templates:
            occurrences = self.table.occurrences(key)
            times = min(occurrences, times_max or occurrences)
            option.times[key] = times
            per_set = [(self.goals["pillar", exercise.pillar], times)]
            per_set += [(self.goals["muscle", muscle], times) for muscle in exercise.evidence_core]
            if exercise.pf_load.klass != "low":
                per_set.append((self.goals["pf", exercise.pf_load.klass], times))
            if lower and effort <= rules.spacing.hard_run.rir_max:
                per_set.append((self.goals["lower", key], 1))
            option.per_set[key] = per_set
            names = ["items most"]
            if times == occurrences:  # an exercise that is not in every session of the template carries none of them
                names.append("items")
                if exercise.pillar in ("strength", "core", "mobility"):
                    names.append("anchors here")
                names += ["strength here"] if strength else []
                names += ["core or mobility here"] if exercise.pillar in ("core", "mobility") else []
                names += [exercise.pattern] if exercise.pattern in ("knee", "hip") else []
                names += [exercise.pillar] if exercise.pillar in ("core", "form") else []
            option.per_session[key] = [(self.goals[name, key], 1) for name in names]
            if times_max:
                subject = exercise.chain if plyometric else exercise.id
                option.per_session[key].append((self._times(subject, times_max), times))
        option.per_week.append(self.goals["present", exercise.pillar])
        if exercise.id in brief.keep:
            option.per_week.append(self._goal("keep", exercise.id, 1, NEVER, KEEP, 0))
        return option

    def _price_options(self) -> None:
        rule, brief = self.rules.allocation.score, self.brief
        familiar = frozenset(brief.previous + brief.prefer)
        level_max = self.rules.phases[brief.phase].max_level
        scores = {}
        for option in self.options:
            exercise = option.exercise
            scores[option] = allocation.score(exercise, self.severity, familiar, self.rules)
            if brief.phase >= rule.per_level_from_phase:
                scores[option] += rule.per_level * min(exercise.level, level_max)
            if self.band == "micro":
                over = max(0, option.seconds[option.low] - rule.micro_free_s)
                scores[option] += rule.micro_per_minute_over * over / 60
        best: dict[int, float] = {}
        for option, score in scores.items():
            best[option.pillar] = max(best.get(option.pillar, -NEVER), score)
        for option, score in scores.items():
            rare = RARE * 10 if option.exercise.id in self.rules.variety.checks else RARE
            option.cost = (
                DISTINCT + SCORE_POINT * (best[option.pillar] - score) + (rare if option.exercise.max_per_week else 0)
            )
            option.set_bonus = 0.2 * score

    # --- moves ------------------------------------------------------------------------------------------------------

    def saving(self, option: Option, key: str, new: int) -> float:
        """How much cheaper the week gets when the exercise has `new` sets in the template; -inf = not allowed."""
        here = self.sets[key]
        old = here.get(option, 0)
        if new and not old and not self._may_neighbour(option, key):
            return -NEVER
        price = 0.0
        for goal, amount in option.per_set[key]:
            price += goal.price(goal.value + amount * (new - old)) - goal.price(goal.value)
        longer = option.seconds[new] - option.seconds[old]
        time = self.goals["time", key]
        price += time.price(time.value + longer) - time.price(time.value)
        if not old or not new:
            step = 1 if new else -1
            price += step * LINE
            for goal, amount in option.per_session[key]:
                price += goal.price(goal.value + step * amount) - goal.price(goal.value)
            if not any(option in sets for other, sets in self.sets.items() if other != key):
                for goal in option.per_week:
                    price += goal.price(goal.value + step) - goal.price(goal.value)
                price += step * option.cost
        if price >= NEVER or price != price:
            return -NEVER
        price -= option.set_bonus * (new - old) * option.times[key]
        price += self._time_price(option.pillar, longer * option.times[key]) - self._time_price(0, 0)
        return -price

    def _may_neighbour(self, option: Option, key: str) -> bool:
        """False when a heavy pattern or a high kneecap load would come on consecutive days (G11, R-S5)."""
        if not (option.heavy or option.pf_high):
            return True
        for other, sets in self.sets.items():
            if (key, other) not in self.neighbours:
                continue
            if other == key:
                return False
            for present in sets:
                if option.heavy and present.heavy and present.exercise.pattern == option.exercise.pattern:
                    return False
                if option.pf_high and present.pf_high:
                    return False
        return True

    def _time_price(self, pillar: int, more_s: int) -> float:
        """The price of shares off their targets and of unused time, with `more_s` seconds a week more for a pillar."""
        whole = sum(self.pillar_s) + more_s
        price = 0.0
        for n, seconds in enumerate(self.pillar_s):
            here = seconds + more_s if n == pillar else seconds
            off = abs(here - self.shares[n] * whole) * 100 / self.week_s
            price += off if off <= SHARE_TOLERANCE_POINTS else off + SHARE_POINT * (off - SHARE_TOLERANCE_POINTS)
        idle = 100 - whole * 100 / self.week_s - IDLE_TOLERANCE_POINTS
        return price + IDLE_POINT * idle if idle > 0 else price

    def set_sets(self, option: Option, key: str, new: int) -> None:
        """Make a move."""
        here = self.sets[key]
        old = here.get(option, 0)
        for goal, amount in option.per_set[key]:
            goal.value += amount * (new - old)
        longer = option.seconds[new] - option.seconds[old]
        self.goals["time", key].value += longer
        self.pillar_s[option.pillar] += longer * option.times[key]
        if bool(old) != bool(new):
            step = 1 if new else -1
            for goal, amount in option.per_session[key]:
                goal.value += step * amount
            if not any(option in sets for other, sets in self.sets.items() if other != key):
                for goal in option.per_week:
                    goal.value += step
        if new:
            here[option] = new
        else:
            here.pop(option, None)

    # --- building ---------------------------------------------------------------------------------------------------

    def count_drills(self, weeks: Sequence[Sequence[Exercise]], sets: int) -> None:
        """Count the drills that runs already hold toward form, causes and chains.

        Args:
            weeks: the drills of each kind of week of the block, one entry per run that holds one.
            sets: sets of each drill.
        """
        counts: list[dict[tuple[str, str], int]] = []
        for drills in weeks:
            count: dict[tuple[str, str], int] = {}
            for exercise in dict.fromkeys(drills):
                for goal in self.week_goals(exercise):
                    count[goal.kind, goal.subject] = count.get((goal.kind, goal.subject), 0) + 1
            counts.append(count)
            if drills:
                count["pillar", "form"] = sets * len(drills)
                count["present", "form"] = 1
        for key in dict.fromkeys(key for count in counts for key in count):
            goal = self.goals[key]
            values = [count.get(key, 0) for count in counts]
            goal.value += min(values) if goal.low else max(values)  # the week that has least counts toward a minimum

    def reserve_side(self, exercise: Exercise, key: str) -> bool:
        """Place an exercise for good, with time for one extra set on one side; False when there is no room."""
        option = next(option for option in self.options if option.exercise is exercise)
        extra = side_set_seconds(exercise, default_dose(exercise, self.brief.phase, self.rules))
        if option in self.sets[key] or option.times[key] != self.table.occurrences(key):
            return False
        self.goals["time", key].high -= extra
        if self.saving(option, key, option.low) == -NEVER:
            self.goals["time", key].high += extra
            return False
        self.set_sets(option, key, option.low)
        self.locked.add((key, option))
        self.side_lines.append((key, exercise.id))
        return True

    def structure_holds(self) -> bool:
        """True when every session can have its must-do lines and the week every pillar that the pool offers."""
        offered = {option.pillar for option in self.options}
        return not any(
            goal.value < goal.low
            for goal in self.goals.values()
            if goal.price_low == STRUCTURE
            and not (goal.kind == "present" and SESSION_PILLARS.index(goal.subject) not in offered)
        )

    def sessions_filled(self) -> bool:
        """True when no session of the week is empty."""
        return all(
            any(option.times[key] == self.table.occurrences(key) for option in sets) for key, sets in self.sets.items()
        )

    def fill(self) -> None:
        """Make the raise with the largest saving per second until no raise saves anything."""
        while (move := self._best_raise()) is not None:
            self.set_sets(*move)

    def _raises(self) -> Iterator[tuple[Option, str, int]]:
        for option in self.options:
            for key, sets in self.sets.items():
                have = sets.get(option, 0)
                if have < option.high:
                    yield option, key, have + 1 if have else option.low

    def _best_raise(self) -> tuple[Option, str, int] | None:
        best, chosen = (SAVING_MIN, (0, ""), ""), None
        best_ratio = 0.0
        for option, key, new in self._raises():
            saving = self.saving(option, key, new)
            if saving <= SAVING_MIN:
                continue
            longer = (option.seconds[new] - option.seconds[self.sets[key].get(option, 0)]) * option.times[key]
            ratio = saving / (60 + longer)
            if (
                chosen is None
                or ratio > best_ratio + 1e-12
                or (abs(ratio - best_ratio) <= 1e-12 and option.rank < best[1])
            ):
                best_ratio, best, chosen = ratio, (saving, option.rank, key), (option, key, new)
        return chosen

    def improve(self) -> None:
        """Repair and polish: steps, swaps and replacements, line by line, until a whole round saves nothing."""
        for _ in range(ROUNDS_MAX):
            if not any([self._steps(), self._swaps(), self._replacements()]):
                return

    def rebuild(self) -> None:
        """Where a pillar stays well short of its share or of a need it could meet: clear it and one other pillar, build
        both anew, and keep what is cheaper."""
        for n in sorted(self._troubled()):
            for other in range(len(SESSION_PILLARS)):
                if other == n or n not in self._troubled():
                    continue
                before, kept = self.price(), {key: dict(sets) for key, sets in self.sets.items()}
                for key, sets in kept.items():
                    for option in sets:
                        if option.pillar in (n, other) and (key, option) not in self.locked:
                            self.set_sets(option, key, 0)
                self.fill()
                self.improve()
                if self.price() > before - SAVING_MIN:
                    self._restore(kept)

    def _troubled(self) -> set[int]:
        """Pillars with too little time, or with an exercise that would meet an open need of a session or of variety."""
        troubled = self._short_pillars(self.rules.session.share_warning_points * 100)
        kinds = ("form", "knee", "hip", "core", "family", "items")
        needs = {id(goal) for goal in self.goals.values() if goal.kind in kinds and goal.value < goal.low}
        if needs:
            troubled |= {
                option.pillar
                for option in self.options
                for key, sets in self.sets.items()
                if option not in sets and not option.exercise.max_per_week and self._meets(option, key, needs)
            }
        return troubled

    def _restore(self, kept: Mapping[str, Mapping[Option, int]]) -> None:
        for key, sets in self.sets.items():
            for option in [option for option in sets if option not in kept[key]]:
                self.set_sets(option, key, 0)
            for option, have in kept[key].items():
                self.set_sets(option, key, have)

    def _steps(self) -> bool:
        """Give each exercise of each template one set more or fewer, or take it out or in, where that saves."""
        changed = False
        for option in self.options:
            for key, sets in self.sets.items():
                have = sets.get(option, 0)
                choices = [have + 1 if have else option.low] if have < option.high else []
                if have > option.low:
                    choices.append(have - 1)
                elif have and (key, option) not in self.locked:
                    choices.append(0)
                saving, new = max(((self.saving(option, key, new), new) for new in choices), default=(0.0, 0))
                if saving > SAVING_MIN:
                    self.set_sets(option, key, new)
                    changed = True
        return changed

    def _swaps(self) -> bool:
        """Take a line out, or shorten it, to let another in: inside its pillar, or any that meets an open need."""
        changed = False
        for key, sets in self.sets.items():
            for leaving in list(sets):
                needs = {id(goal) for goal in self.goals.values() if goal.value < goal.low and goal.price_low}
                short = self._short_pillars()
                have = sets[leaving]
                ways = [have - 1] if (needs or short) and have > leaving.low else []
                if (key, leaving) not in self.locked:
                    ways.append(0)
                best, chosen = SAVING_MIN, None
                for left in ways:
                    out = self._make(leaving, key, left)
                    for entering, where, new in self._entries(leaving, key, have, left, needs, short):
                        saving = out + self.saving(entering, where, new)
                        if saving > best:
                            best, chosen = saving, (left, entering, where, new)
                    self.set_sets(leaving, key, have)
                if chosen:
                    left, entering, where, new = chosen
                    self.set_sets(leaving, key, left)
                    self.set_sets(entering, where, new)
                    changed = True
        return changed

    def _entries(
        self, leaving: Option, key: str, have: int, left: int, needs: set[int], short: set[int]
    ) -> Iterator[tuple[Option, str, int]]:
        """What may come for a line that goes or gets shorter: exercise, template, sets.

        Anything of the pillar for a line that goes, anything that meets a need or a pillar short of its share, and for
        a need also the other template: a weekly maximum may stand in the way there.
        """
        for entering in self.options:
            same = entering.pillar == leaving.pillar
            for where, sets in self.sets.items():
                if entering is leaving and where == key:
                    continue
                meets = bool(needs) and self._meets(entering, where, needs)
                wanted = meets or (same and not left) or entering.pillar in short
                if not (wanted if where == key else meets and same):
                    continue
                now = sets.get(entering, 0)
                if now >= entering.high:
                    continue
                alike = max(entering.low, min(have, entering.high))
                yield entering, where, now + 1 if now else alike
                if not now and alike > entering.low:
                    yield entering, where, entering.low

    def _short_pillars(self, points: float = SHARE_TOLERANCE_POINTS) -> set[int]:
        """Pillars whose time is more than some percent of the week's below target."""
        whole = sum(self.pillar_s)
        return {
            n
            for n, seconds in enumerate(self.pillar_s)
            if (self.shares[n] * whole - seconds) * 100 / self.week_s > points
        }

    def _replacements(self) -> bool:
        """Let one exercise take another's place in every template that holds it."""
        changed = False
        for leaving in self.options:
            held = {key: sets[leaving] for key, sets in self.sets.items() if leaving in sets}
            if len(held) < 2 or any((key, leaving) in self.locked for key in held):
                continue
            out = sum(self._make(leaving, key, 0) for key in held)
            best, chosen = SAVING_MIN, None
            for entering in self.options:
                if (
                    entering.pillar != leaving.pillar
                    or entering is leaving
                    or any(entering in self.sets[k] for k in held)
                ):
                    continue
                alike = {key: max(entering.low, min(have, entering.high)) for key, have in held.items()}
                fewest = dict.fromkeys(held, entering.low)
                for asked in (alike, fewest) if alike != fewest else (alike,):
                    saving = out + self._try(entering, asked)
                    if saving > best:
                        best, chosen = saving, (entering, asked)
            entering, asked = chosen or (leaving, held)
            for key, new in asked.items():
                self.set_sets(entering, key, new)
            changed = changed or chosen is not None
        return changed

    def _try(self, option: Option, asked: Mapping[str, int]) -> float:
        """What a group of moves would save together; nothing is changed."""
        saving, made = 0.0, []
        for key, new in asked.items():
            gain = self.saving(option, key, new)
            saving += gain
            if gain == -NEVER:
                break
            self.set_sets(option, key, new)
            made.append(key)
        for key in made:
            self.set_sets(option, key, 0)
        return saving

    def price(self) -> float:
        """The price of the week as it stands; comparable between drafts of one brief."""
        goals = sum(goal.price(goal.value) for goal in self.goals.values())
        present = {option for sets in self.sets.values() for option in sets}
        taste = sum(option.cost for option in present)
        bonus = sum(
            option.set_bonus * n * option.times[key] for key, sets in self.sets.items() for option, n in sets.items()
        )
        lines = LINE * sum(len(sets) for sets in self.sets.values())
        return goals + taste + lines - bonus + self._time_price(0, 0)

    def _make(self, option: Option, key: str, new: int) -> float:
        """Make a move and say what it saved."""
        saving = self.saving(option, key, new)
        self.set_sets(option, key, new)
        return saving

    @staticmethod
    def _meets(option: Option, key: str, needs: set[int]) -> bool:
        return (
            any(id(goal) in needs for goal, _ in option.per_set[key])
            or any(id(goal) in needs for goal, _ in option.per_session[key])
            or any(id(goal) in needs for goal in option.per_week)
        )

    def draft(self) -> Draft:
        """The chosen templates, exercises in library order."""
        order = {option: n for n, option in enumerate(self.options)}
        return Draft(
            {
                key: tuple(
                    Choice(
                        option.exercise, sets[option], option.times[key], (key, option.exercise.id) in self.side_lines
                    )
                    for option in sorted(sets, key=order.__getitem__)
                )
                for key, sets in self.sets.items()
            }
        )
