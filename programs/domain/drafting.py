"""Choosing the exercises and sets of the A and B templates: greedy, deterministic, no backtracking tree.

The search works on weekmodel.py, where every rule has a price.  It goes in this order, which is also the repair order
when a week does not fit:

1. lines with extra side sets are placed first and stay (R-S6: their time is reserved);
2. the move with the largest saving per second is made again and again, from an empty week, until none saves anything:
   needs are so far dearer than taste that they are met first, short exercises before long ones when time is scarce;
3. single moves, swaps inside a pillar, exchanges across pillars that meet an open need, replacements in both templates,
   line by line, until none saves anything;
4. a pillar that stays in trouble is cleared together with one other and built anew, and kept when that is cheaper.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from programs.domain.dose import default_dose, side_set_seconds
from programs.domain.library import Exercise
from programs.domain.records import Brief, Severity
from programs.domain.rules import SESSION_PILLARS, Rules
from programs.domain.scheduling import Timetable
from programs.domain.solving import Solved
from programs.domain.weekmodel import NEVER, Option, WeekModel

SAVING_MIN = 1e-6
RAISE_BASE_S = 60  # added to a raise's seconds, so that a few seconds do not beat everything
ROUNDS_MAX = 30  # a guard; a week settles in far fewer


class Choice(msgspec.Struct, frozen=True):
    """An exercise in a template."""

    exercise: Exercise
    sets: int
    times: int  # how many of the template's sessions hold it, from the first on
    has_side_room: bool  # True = its sessions have time for one extra set on one side


class Draft(msgspec.Struct, frozen=True):
    """The chosen templates."""

    templates: dict[str, tuple[Choice, ...]]


class Drafter(WeekModel):
    """The search."""

    def __init__(
        self, brief: Brief, severity: Severity, exercises: Iterable[Exercise], table: Timetable, rules: Rules
    ) -> None:
        """Set up the model; see WeekModel."""
        super().__init__(brief, severity, exercises, table, rules)
        self.locked: set[tuple[str, Option]] = set()
        self.is_optimal = False  # proved, by objective

    def reserve_side(self, exercise: Exercise, key: str) -> bool:
        """Place an exercise for good, with time for one extra set on one side here and wherever else it comes to stand.

        Returns:
            False when there is no room.
        """
        option = next(option for option in self.options if option.exercise is exercise)
        if option in self.sets[key] or option.times[key] != self.table.occurrences(key):
            return False
        option.side_s = side_set_seconds(exercise, default_dose(exercise, self.brief.phase, self.rules))
        if self.saving(option, key, option.low) == -NEVER:
            option.side_s = 0
            return False
        self.set_sets(option, key, option.low)
        self.locked.add((key, option))
        return True

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
        """The raise that saves most per second; ties go to the lower kneecap load, then by id (R-A3)."""
        best: tuple[float, tuple[int, str], str] | None = None
        chosen = None
        for option, key, new in self._raises():
            saving = self.saving(option, key, new)
            if saving <= SAVING_MIN:
                continue
            longer = (option.seconds[new] - option.seconds[self.sets[key].get(option, 0)]) * option.times[key]
            rank = (-saving / (RAISE_BASE_S + longer), option.rank, key)
            if best is None or rank < best:
                best, chosen = rank, (option, key, new)
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
        troubled = self.short_pillars(self.rules.session.share_warning_points * 100)
        kinds = ("form", "knee", "hip", "core", "family", "items")
        needs = {id(goal) for goal in self.goals.values() if goal.kind in kinds and goal.value < goal.low}
        if needs:
            troubled |= {
                option.pillar
                for option in self.options
                for key, sets in self.sets.items()
                if option not in sets and not option.exercise.max_per_week and not needs.isdisjoint(option.touches[key])
            }
        return troubled

    def take_better(self, solved: Solved | None) -> None:
        """Take a solver's week unless this one is better: fewer points, then the lower price."""
        if solved is None:
            return
        before, kept = (self.objective(), self.price()), {key: dict(sets) for key, sets in self.sets.items()}
        self._restore(solved.templates)
        if (self.objective(), self.price()) > before:
            self._restore(kept)
        self.is_optimal = self.objective() == solved.bound

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
                short = self.short_pillars()
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
                meets = not needs.isdisjoint(entering.touches[where])
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

    def _make(self, option: Option, key: str, new: int) -> float:
        """Make a move and say what it saved."""
        saving = self.saving(option, key, new)
        self.set_sets(option, key, new)
        return saving

    def draft(self) -> Draft:
        """The chosen templates, exercises in library order."""
        order = {option: n for n, option in enumerate(self.options)}
        return Draft(
            {
                key: tuple(
                    Choice(option.exercise, sets[option], option.times[key], bool(option.side_s))
                    for option in sorted(sets, key=order.__getitem__)
                )
                for key, sets in self.sets.items()
            }
        )
