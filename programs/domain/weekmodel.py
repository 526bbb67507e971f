"""A week as counts with prices: what the rules want of the A and B templates, and what a change would cost.

Every rule of a week is a `Goal`: a count with a wanted range and a price per unit outside it; an infinite price is a
guarantee.  A move sets the number of sets of one exercise in one template, and its price change follows from the few
counts it touches.  drafting.py searches for a cheap week.

From heavy to light: week structure, pillar, lines to keep, muscle, dominant, other cause, hard-run spacing, variety, item
count, shares, unused time, taste.  That is also the order in which rules give way when they cannot all be met.

A week is judged twice.  `objective` counts whole points of what matters: two weeks that differ by less are equally good,
which is also what lets a solver prove that a week is best.  Among those, `price` decides.  drafting.py searches greedily
by price; solving.py finds the best objective and then the best price.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import msgspec

from programs.domain import allocation
from programs.domain.dose import contacts, default_dose, item_seconds, set_range
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
SHARE_TOLERANCE, IDLE_TOLERANCE = 3, 4  # points
# Taste: every further exercise to learn costs, a good score gives some of it back.
DISTINCT, LINE, RARE = 5.0, 3.0, 5.0
SCORE_POINT = 20.0
POINT = 2.0  # price of one point of the objective: what an exercise of the last plan is ahead of its equals (R-A3)


def points(price: float) -> int:
    """A price in whole points of the objective."""
    return round(price / POINT)


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

    def points(self) -> int:
        """What the count costs in the objective, as it stands."""
        if self.value < self.low:
            return points(self.price_low) * math.ceil(self.low - self.value)
        if self.value > self.high:
            return points(self.price_high) * math.ceil(self.value - self.high)
        return 0


class Option:
    """An exercise the templates may use, with everything a move needs worked out beforehand."""

    __slots__ = (
        "cost",
        "exercise",
        "heavy",
        "high",
        "jumps",
        "low",
        "per_session",
        "per_set",
        "per_week",
        "pf_high",
        "pillar",
        "rank",
        "seconds",
        "set_bonus",
        "side_s",
        "times",
        "touches",
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
        self.touches: dict[str, frozenset[int]] = {}  # template -> id() of every goal a move may change there
        self.cost = 0.0  # of being in the week at all
        self.set_bonus = 0.0
        self.side_s = 0  # seconds of the extra one-sided set that goes with the exercise wherever it stands (R-S6)
        self.heavy = False
        self.jumps = False
        self.pf_high = exercise.pf_load.klass == "high"
        self.rank = (PF_CLASSES.index(exercise.pf_load.klass), exercise.id)


class WeekModel:
    """The goals of a week, the exercises it may hold, and how many sets each has in each template."""

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
        self.time_price = self._time_price(0, 0)  # as the week stands
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

    def _contacts(self, key: str, high: int) -> Goal:
        """Foot contacts of a template's jumps, all of them together (R-G6)."""
        return self.goals.get(("contacts", key)) or self._goal("contacts", key, 0, high, 0, NEVER)

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
        option.jumps = plyometric
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
            if plyometric:
                limit = rules.plyometrics.limits(brief.phase).contacts_max
                per_set.append((self._contacts(key, limit), contacts(exercise, 1, dose)))
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
        for key in self.table.templates:
            moved = [goal for goal, _ in option.per_set[key] + option.per_session[key]] + option.per_week
            option.touches[key] = frozenset(map(id, moved))
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
        old = self.sets[key].get(option, 0)
        longer = option.seconds[new] - option.seconds[old]
        time, taken = self.goals["time", key], longer + option.side_s * (bool(new) - bool(old))
        if taken > 0 and time.value + taken > time.high:  # the most frequent obstacle, so asked first
            return -NEVER
        if new and not old and not self._may_neighbour(option, key):
            return -NEVER
        price = 0.0
        for goal, amount in option.per_set[key]:
            price += goal.price(goal.value + amount * (new - old)) - goal.price(goal.value)
        if not old or not new:
            step = 1 if new else -1
            price += step * LINE
            for goal, amount in option.per_session[key]:
                price += goal.price(goal.value + step * amount) - goal.price(goal.value)
            if not any(option in sets for other, sets in self.sets.items() if other != key):
                for goal in option.per_week:
                    price += goal.price(goal.value + step) - goal.price(goal.value)
                price += step * option.cost
        if price == NEVER:
            return -NEVER
        price -= option.set_bonus * (new - old) * option.times[key]
        return self.time_price - price - self._time_price(option.pillar, longer * option.times[key])

    def _may_neighbour(self, option: Option, key: str) -> bool:
        """False when a heavy pattern, a high kneecap load or jumps would come on consecutive days (G11, R-S5, R-G6)."""
        if not (option.heavy or option.pf_high or option.jumps):
            return True
        for other, sets in self.sets.items():
            if (key, other) not in self.neighbours:
                continue
            if other == key:
                return False
            for present in sets:
                if option.heavy and present.heavy and present.exercise.pattern == option.exercise.pattern:
                    return False
                if (option.pf_high and present.pf_high) or (option.jumps and present.jumps):
                    return False
        return True

    def _time_price(self, pillar: int, more_s: int) -> float:
        """The price of shares off their targets and of unused time, with `more_s` seconds a week more for a pillar."""
        whole = sum(self.pillar_s) + more_s
        price = 0.0
        for n, seconds in enumerate(self.pillar_s):
            here = seconds + more_s if n == pillar else seconds
            off = abs(here - self.shares[n] * whole) * 100 / self.week_s
            price += off if off <= SHARE_TOLERANCE else off + SHARE_POINT * (off - SHARE_TOLERANCE)
        idle = 100 - whole * 100 / self.week_s - IDLE_TOLERANCE
        return price + IDLE_POINT * idle if idle > 0 else price

    def set_sets(self, option: Option, key: str, new: int) -> None:
        """Make a move."""
        here = self.sets[key]
        old = here.get(option, 0)
        for goal, amount in option.per_set[key]:
            goal.value += amount * (new - old)
        longer = option.seconds[new] - option.seconds[old]
        self.goals["time", key].value += longer + option.side_s * (bool(new) - bool(old))
        self.pillar_s[option.pillar] += longer * option.times[key]
        self.time_price = self._time_price(0, 0)
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

    # --- the week as it stands ---------------------------------------------------------------------------------------

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

    def present(self) -> tuple[Option, ...]:
        """The exercises of the week, each once, in a settled order: sums of prices come out the same to the last bit."""
        return tuple(dict.fromkeys(option for sets in self.sets.values() for option in sets))

    def price(self) -> float:
        """The price of the week as it stands; comparable between drafts of one brief."""
        goals = sum(goal.price(goal.value) for goal in self.goals.values())
        taste = sum(option.cost for option in self.present())
        bonus = sum(
            option.set_bonus * n * option.times[key] for key, sets in self.sets.items() for option, n in sets.items()
        )
        lines = LINE * sum(len(sets) for sets in self.sets.values())
        return goals + taste + lines - bonus + self.time_price

    def objective(self) -> int:
        """The points of the week as it stands, fewer is better; comparable between drafts of one brief.

        Goals in whole units, each pillar's share in whole percent points beyond the tolerance, unused time in whole
        percent beyond its own, and a few points for every exercise to learn and every line, fewer for better scores.
        """
        total = sum(goal.points() for goal in self.goals.values())
        total += sum(points(option.cost) for option in self.present())
        total += points(LINE) * sum(len(sets) for sets in self.sets.values())
        whole = sum(self.pillar_s)
        for seconds, share in zip(self.pillar_s, self.whole_shares, strict=True):
            off = abs(100 * seconds - share * whole) - SHARE_TOLERANCE * self.week_s
            total += points(SHARE_POINT) * max(0, -(-off // self.week_s))
        idle = (100 - IDLE_TOLERANCE) * self.week_s - 100 * whole
        return total + points(IDLE_POINT) * max(0, -(-idle // self.week_s))

    @property
    def whole_shares(self) -> tuple[int, ...]:
        """The target shares in whole percent, sum 100, in the order of SESSION_PILLARS."""
        shares = [round(100 * share) for share in self.shares]
        shares[0] += 100 - sum(shares)
        return tuple(shares)

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

    def short_pillars(self, points: float = SHARE_TOLERANCE) -> set[int]:
        """Pillars whose time is more than some percent of the week's below target."""
        whole = sum(self.pillar_s)
        return {
            n
            for n, seconds in enumerate(self.pillar_s)
            if (self.shares[n] * whole - seconds) * 100 / self.week_s > points
        }
