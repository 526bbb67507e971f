"""The best week there is: weekmodel.py as an integer program for CP-SAT, first for the objective, then for the price.

Two stages on one model.  The first finds the fewest points of `WeekModel.objective` and, as a rule, proves that fewer are
impossible.  The second keeps exercises and points and chooses sets for the best `WeekModel.price`: shares closer to their
targets, more sets where they act on what tested low.

One worker, a fixed seed and a limit in the solver's own deterministic time: the same brief gives the same week, however
busy the machine is.  The library is imported where it is used, so that web pages do not pay for it (0.3 s, 80 MB).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from programs.domain.rules import SESSION_PILLARS
from programs.domain.weekmodel import (
    IDLE_POINT,
    IDLE_TOLERANCE,
    LINE,
    NEVER,
    SHARE_POINT,
    SHARE_TOLERANCE,
    Goal,
    Option,
    WeekModel,
    points,
)

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

# Limits in CP-SAT's deterministic time, which is about a second of one core each.
SEARCH_LIMIT, POLISH_LIMIT = 3.0, 0.3
CLOCK_LIMIT_S = 60.0  # a far backstop; a week that meets it may differ from run to run
FINE = 100  # steps of the second stage per unit of price

Templates = dict[str, dict[Option, int]]  # template -> exercise -> sets
Term = tuple[Any, int]  # a variable and its whole factor


class Solved(msgspec.Struct, frozen=True):
    """A solver's week."""

    templates: Templates
    objective: int  # points, as WeekModel.objective counts them
    bound: int  # no week has fewer points
    columns: int  # size of the model
    rows: int

    @property
    def is_optimal(self) -> bool:
        """True when the solver has proved that no week has fewer points."""
        return self.objective == self.bound


class Cancelled(Exception):
    """Somebody no longer wants the plan."""


def solve(
    model: WeekModel,
    locked: frozenset[tuple[str, Option]] = frozenset(),
    *,
    limit: float = SEARCH_LIMIT,
    on_progress: Callable[[int, int], bool] | None = None,
) -> Solved | None:
    """Find the best week.

    Args:
        model: a week as some search left it: its goals and options are the problem, its sets are where to start from.
            It is not changed.
        locked: template and option of the lines that stay, whatever they cost.
        limit: deterministic time of the first stage.
        on_progress: called with points and bound of every better week; False stops the search with Cancelled.

    Returns:
        The week, or None when none keeps the guarantees or none was found in time.
    """
    from ortools.sat.python import cp_model

    program = _Program(model, locked, cp_model.CpModel())
    found = program.search(limit, on_progress)
    if found is None:
        return None
    values, objective, bound = found
    return Solved(program.polish(values, objective), objective, bound, program.columns, program.rows)


class _Program:
    """The integer program of one week."""

    def __init__(self, model: WeekModel, locked: frozenset[tuple[str, Option]], cp: cp_model.CpModel) -> None:
        self.model, self.cp = model, cp
        self.keys = tuple(model.sets)
        # A jump that no session has room for has no sets to give.
        self.options = [option for option in model.options if option.high >= option.low >= 1]
        self.here = {(key, option): cp.new_bool_var("") for option in self.options for key in self.keys}
        self.more = {
            (key, option): cp.new_int_var(0, option.high - option.low, "")  # sets above the fewest
            for option in self.options
            for key in self.keys
            if option.high > option.low
        }
        self.any = {option: cp.new_bool_var("") for option in self.options}
        self.cost: list[Term] = []
        self.given = 0  # points that no choice changes
        self.pillar_s: list[cp_model.IntVar] = []
        self._link(locked)
        self._goals()
        self._neighbours()
        self._shares()
        cp.minimize(_sum(self.cost))

    @property
    def columns(self) -> int:
        """How many variables the program has."""
        return len(self.cp.proto.variables)

    @property
    def rows(self) -> int:
        """How many constraints the program has."""
        return len(self.cp.proto.constraints)

    # --- the program ------------------------------------------------------------------------------------------------

    def _link(self, locked: frozenset[tuple[str, Option]]) -> None:
        """Sets only where the exercise is, the week's exercise where some template holds it; what each costs in taste."""
        cp = self.cp
        for (key, option), here in self.here.items():
            cp.add_implication(here, self.any[option])
            self.cost.append((here, points(LINE)))
            if (key, option) in self.more:
                cp.add(self.more[key, option] <= (option.high - option.low) * here)
            if (key, option) in locked:
                cp.add(here == 1)
        for option, used in self.any.items():
            cp.add(_sum([(self.here[key, option], 1) for key in self.keys]) >= used)
            self.cost.append((used, points(option.cost)))

    def _seconds(self, key: str, option: Option) -> list[Term]:
        """Seconds of an exercise in one session of a template, without an extra side set."""
        terms: list[Term] = [(self.here[key, option], option.seconds[option.low])]
        if (key, option) in self.more:
            terms.append((self.more[key, option], option.seconds[option.low + 1] - option.seconds[option.low]))
        return terms

    def _goals(self) -> None:
        """Every count of the week with its range: guaranteed, or paid for by the unit."""
        terms: dict[int, list[Term]] = {id(goal): [] for goal in self.model.goals.values()}
        for option in self.options:
            for key in self.keys:
                here, more = self.here[key, option], self.more.get((key, option))
                for goal, amount in option.per_set[key]:
                    terms[id(goal)].append((here, amount * option.low))
                    if more is not None:
                        terms[id(goal)].append((more, amount))
                for goal, amount in option.per_session[key]:
                    terms[id(goal)].append((here, amount))
                terms[id(self.model.goals["time", key])] += [*self._seconds(key, option), (here, option.side_s)]
            for goal in option.per_week:
                terms[id(goal)].append((self.any[option], 1))
        standing = self._standing()
        for goal in self.model.goals.values():
            if terms[id(goal)]:
                self._range(goal, terms[id(goal)], goal.value - standing.get(id(goal), 0))
            else:  # nothing on offer moves it
                self.given += goal.points()

    def _standing(self) -> dict[int, float]:
        """What the sets of the model, as they stand, add to each count."""
        added: dict[int, float] = {}

        def add(goal: Goal, amount: float) -> None:
            added[id(goal)] = added.get(id(goal), 0) + amount

        for key, sets in self.model.sets.items():
            for option, count in sets.items():
                for goal, amount in option.per_set[key]:
                    add(goal, amount * count)
                for goal, amount in option.per_session[key]:
                    add(goal, amount)
                add(self.model.goals["time", key], option.seconds[count] + option.side_s)
        for option in self.model.present():
            for goal in option.per_week:
                add(goal, 1)
        return added

    def _range(self, goal: Goal, terms: list[Term], base: float) -> None:
        cp, count = self.cp, _sum(terms)
        low, high = math.ceil(goal.low - base), math.floor(goal.high - base) if goal.high < NEVER else None
        if goal.price_low and low > 0:
            short = cp.new_int_var(0, low, "") if goal.price_low < NEVER else 0
            cp.add(count + short >= low)
            self._pay(short, goal.price_low)
        if goal.price_high and high is not None:
            most = sum(factor * self._most(variable) for variable, factor in terms)
            if most > high:
                over = cp.new_int_var(0, most - high, "") if goal.price_high < NEVER else 0
                cp.add(count - over <= high)
                self._pay(over, goal.price_high)

    def _pay(self, slack: Any, price: float) -> None:
        if price < NEVER:
            self.cost.append((slack, points(price)))

    def _most(self, variable: cp_model.IntVar) -> int:
        return int(list(variable.proto.domain)[-1])  # its own indexing knows no end

    def _neighbours(self) -> None:
        """Heavy work of one pattern, high kneecap loads and jumps never on consecutive days (G11, R-S5, R-G6)."""
        kinds: dict[str, list[Option]] = {}
        for option in self.options:
            if option.heavy:
                kinds.setdefault(f"heavy {option.exercise.pattern}", []).append(option)
            if option.pf_high:
                kinds.setdefault("high", []).append(option)
            if option.jumps:
                kinds.setdefault("jumps", []).append(option)
        for first, second in sorted(self.model.neighbours):
            if first > second:  # each pair stands there both ways round
                continue
            for options in kinds.values():
                if first == second:
                    for option in options:
                        self.cp.add(self.here[first, option] == 0)
                    continue
                is_first = self.cp.new_bool_var("")
                for option in options:
                    self.cp.add_implication(self.here[first, option], is_first)
                    self.cp.add_implication(self.here[second, option], is_first.Not())

    def _shares(self) -> None:
        """Whole percent points of the week that a pillar is off its share, and that are not used, beyond what is let go."""
        cp, week_s = self.cp, self.model.week_s
        for n in range(len(SESSION_PILLARS)):
            seconds = cp.new_int_var(0, week_s, "")
            terms = [
                (variable, factor * option.times[key])
                for option in self.options
                if option.pillar == n
                for key in self.keys
                for variable, factor in self._seconds(key, option)
            ]
            cp.add(_sum(terms) == seconds)
            self.pillar_s.append(seconds)
        whole = _sum([(seconds, 1) for seconds in self.pillar_s])
        for seconds, share in zip(self.pillar_s, self.model.whole_shares, strict=True):
            off = cp.new_int_var(0, 100, "")
            cp.add(100 * seconds - share * whole <= (SHARE_TOLERANCE + off) * week_s)
            cp.add(share * whole - 100 * seconds <= (SHARE_TOLERANCE + off) * week_s)
            self.cost.append((off, points(SHARE_POINT)))
        idle = cp.new_int_var(0, 100, "")
        cp.add(100 * whole + idle * week_s >= (100 - IDLE_TOLERANCE) * week_s)
        self.cost.append((idle, points(IDLE_POINT)))

    # --- solving ----------------------------------------------------------------------------------------------------

    def search(
        self, limit: float, on_progress: Callable[[int, int], bool] | None
    ) -> tuple[Mapping[tuple[str, Option], int], int, int] | None:
        """The first stage: sets per template and option, points, and the bound on them."""
        for option in self.options:
            for key in self.keys:
                count = self.model.sets[key].get(option, 0)
                self.cp.add_hint(self.here[key, option], bool(count))
                if (key, option) in self.more:
                    self.cp.add_hint(self.more[key, option], max(0, count - option.low))
            self.cp.add_hint(self.any[option], any(option in sets for sets in self.model.sets.values()))
        solver = self._run(limit, on_progress)
        if solver is None:
            return None
        return (
            self._values(solver),
            self.given + round(solver.objective_value),
            self.given + math.ceil(solver.best_objective_bound - 1e-6),
        )

    def polish(self, values: Mapping[tuple[str, Option], int], objective: int) -> Templates:
        """The second stage: the same exercises and no more points, sets chosen for the best price."""
        cp, model = self.cp, self.model
        cp.clear_hints()
        for at, here in self.here.items():
            cp.add(here == (at in values))
        cp.add(_sum(self.cost) <= objective - self.given)
        fine: list[Term] = [
            (more, -round(FINE * option.set_bonus * option.times[key])) for (key, option), more in self.more.items()
        ]
        whole = _sum([(seconds, 1) for seconds in self.pillar_s])
        for seconds, share in zip(self.pillar_s, model.shares, strict=True):
            off = cp.new_int_var(0, 1000, "")  # tenths of a percent point
            target = round(1000 * share)
            cp.add(1000 * seconds - target * whole <= off * model.week_s)
            cp.add(target * whole - 1000 * seconds <= off * model.week_s)
            fine.append((off, FINE // 10))
        cp.minimize(_sum(fine))
        solver = self._run(POLISH_LIMIT, None)
        templates: Templates = {key: {} for key in self.keys}
        for (key, option), sets in (self._values(solver) if solver else values).items():
            templates[key][option] = sets
        return templates

    def _run(self, limit: float, on_progress: Callable[[int, int], bool] | None) -> cp_model.CpSolver | None:
        from ortools.sat.python import cp_model

        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = 1
        solver.parameters.linearization_level = 2  # the relaxation is what proves; half the time of the default
        solver.parameters.use_objective_lb_search = True
        solver.parameters.max_deterministic_time = limit
        solver.parameters.max_time_in_seconds = CLOCK_LIMIT_S
        watch = _watch(on_progress) if on_progress else None
        status = solver.solve(self.cp, watch)
        if watch is not None and watch.cancelled:
            raise Cancelled
        return solver if status in (cp_model.OPTIMAL, cp_model.FEASIBLE) else None

    def _values(self, solver: cp_model.CpSolver) -> dict[tuple[str, Option], int]:
        return {
            (key, option): option.low + (solver.value(self.more[key, option]) if (key, option) in self.more else 0)
            for (key, option), here in self.here.items()
            if solver.value(here)
        }


def _sum(terms: list[Term]) -> Any:
    from ortools.sat.python import cp_model

    return cp_model.LinearExpr.weighted_sum([variable for variable, _ in terms], [factor for _, factor in terms])


def _watch(on_progress: Callable[[int, int], bool]) -> Any:
    from ortools.sat.python import cp_model

    class Watch(cp_model.CpSolverSolutionCallback):
        """Tells of every better week."""

        cancelled = False

        def on_solution_callback(self) -> None:
            if not on_progress(round(self.objective_value), math.ceil(self.best_objective_bound - 1e-6)):
                self.cancelled = True
                self.stop_search()

    return Watch()
