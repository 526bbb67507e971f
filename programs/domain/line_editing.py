"""Edits of single lines: put in, swapped, dosed, moved, paired; and what the safety filter and the bounds say to them."""

from __future__ import annotations

import re

import msgspec

from programs.domain import allocation
from programs.domain.composing import compose_line
from programs.domain.dose import default_dose, set_seconds
from programs.domain.edits import (
    AddLine,
    MoveLine,
    MoveToSession,
    NeedsOverride,
    NotFound,
    OutOfBounds,
    PairLines,
    RepeatedExercise,
    SetDose,
    SwapExercise,
    WrongPlace,
)
from programs.domain.filtering import Barrier, barriers
from programs.domain.library import Exercise
from programs.domain.reach import Place, Reach, in_pairs
from programs.domain.records import Dose, Line, Plan, Session, SideSets, Week, line_id

replace = msgspec.structs.replace


class LineEditor(Reach):
    """Makes the edits of lines."""

    def _add(self, edit: AddLine) -> Plan:
        start = self._place(edit.week, edit.session)
        exercise = self.library[edit.exercise]
        number = self.plan.last_slot + 1
        slot = f"{start.session.key}{number}"
        at = len(start.session.lines) if edit.position is None else edit.position
        if not 0 <= at <= len(start.session.lines):
            raise OutOfBounds(f"Position {at} is outside 0-{len(start.session.lines)}.")

        def session_of(place: Place) -> Session:
            same = place.session.key == start.session.key
            if not same or not self._reaches(edit.scope, edit.week, edit.session, place.week, place.session):
                return place.session
            line = self._fresh(exercise, place, start.week, slot, edit.sets, edit.dose, edit.override, but=None)
            lines = list(place.session.lines)
            lines.insert(len(lines) if edit.position is None else min(at, len(lines)), line)
            return replace(place.session, lines=in_pairs(lines))

        return replace(self._sessions(session_of), last_slot=number)

    def _swap(self, edit: SwapExercise) -> Plan:
        exercise = self.library[edit.exercise]
        start, _ = self._find(edit.line)

        def change(place: Place, line: Line) -> Line:
            fresh = self._fresh(exercise, place, start.week, line.slot, edit.sets, edit.dose, edit.override, but=line)
            extra = line.extra_side_sets if exercise.unilateral else SideSets()
            return replace(fresh, anchor=line.anchor, paired_with=line.paired_with, extra_side_sets=extra)

        return self._on_lines(edit.line, edit.scope, change)

    def _fresh(
        self,
        exercise: Exercise,
        place: Place,
        start: Week,
        slot: str,
        sets: int | None,
        dose: Dose | None,
        override: str,
        *,
        but: Line | None,
    ) -> Line:
        """A new line in one session.  `start` is the week the edit begins in, `but` the line it replaces.

        Sets default to the replaced line's, at most the library's; the dose to the library's.
        """
        if any(line.exercise == exercise.id and line is not but for line in place.session.lines):
            raise RepeatedExercise(
                f"{exercise.name} is already in session {place.session.id} of week {place.week.number}."
            )
        reason = self._checked_override(exercise, place, override)
        given = exercise.prescription.sets
        asked_sets = sets if sets is not None else given if but is None else min(but.sets, given)
        asked_dose = dose or default_dose(exercise, place.phase.number, self.rules)
        self._check_dose(exercise, asked_sets, asked_dose)
        keeps_sets = sets is None and but is not None  # the replaced line's are those of its week already
        light_sets, light_dose = self._lighter(asked_sets, asked_dose)
        deload = place.week.deload
        others = {line.exercise for line in place.session.lines if line is not but}
        line = compose_line(
            exercise,
            place.week.number,
            place.session.id,
            slot,
            light_sets if deload and not keeps_sets and not (sets and start.deload) else asked_sets,
            light_dose if deload and not (dose and start.deload) else asked_dose,
            severity=allocation.severities(self.plan.severity),
            evidence=self.plan.evidence,
            taken=others | {exercise.id},
            available=lambda other: not self._barriers(other, place),
            library=self.library,
            rules=self.rules,
        )
        return replace(line, override=reason)

    def _lighter(self, sets: int, dose: Dose) -> tuple[int, Dose]:
        """Sets and dose as a deload week has them (R-G5)."""
        rule = self.rules.deload
        rir = None if dose.rir is None else (dose.rir[0] + rule.rir_add, dose.rir[1] + rule.rir_add)
        load_kg = None if dose.load_kg is None else dose.load_kg * rule.load_share
        return max(1, sets // 2), replace(dose, rir=rir, load_kg=load_kg)

    def _set_dose(self, edit: SetDose) -> Plan:
        start, _ = self._find(edit.line)

        def change(place: Place, line: Line) -> Line:
            exercise = self.library[line.exercise]
            sets = line.sets if edit.sets is None else edit.sets
            dose = edit.dose or line.dose
            extra = line.extra_side_sets if edit.extra_side_sets is None else edit.extra_side_sets
            self._check_dose(exercise, sets, dose)
            if extra and not exercise.unilateral:
                raise OutOfBounds(f"{exercise.name} works both sides at once: it has no side for extra sets.")
            low, high = 0, self.rules.asymmetry.sets_week_max
            if not (low <= extra.left <= high and low <= extra.right <= high):
                raise OutOfBounds(f"Extra sets on one side are outside {low}-{high}.")
            if place.week.deload and not start.week.deload:
                light_sets, light_dose = self._lighter(sets, dose)
                sets = sets if edit.sets is None else light_sets
                dose = dose if edit.dose is None else light_dose
            return replace(line, sets=sets, dose=dose, extra_side_sets=extra)

        return self._on_lines(edit.line, edit.scope, change)

    def _move_line(self, edit: MoveLine) -> Plan:
        start, chosen = self._find(edit.line)
        last = len(start.session.lines) - 1
        if not 0 <= edit.position <= last:
            raise OutOfBounds(f"Position {edit.position} is outside 0-{last}.")

        def session_of(place: Place) -> Session:
            if not self._reaches(edit.scope, start.week.number, start.session.id, place.week, place.session):
                return place.session
            moving = [line for line in place.session.lines if line.slot == chosen.slot]
            lines = [line for line in place.session.lines if line.slot != chosen.slot]
            lines[edit.position : edit.position] = moving
            return replace(place.session, lines=in_pairs(lines))

        return self._sessions(session_of)

    def _move_to_session(self, edit: MoveToSession) -> Plan:
        start, chosen = self._find(edit.line)
        goal = self._place(start.week.number, edit.session)
        if goal.session.id == start.session.id:
            raise OutOfBounds("The line is in that session already.")
        last = len(goal.session.lines)
        at = last if edit.position is None else edit.position
        if not 0 <= at <= last:
            raise OutOfBounds(f"Position {at} is outside 0-{last}.")
        moved = replace(chosen, paired_with=None)

        def reaches(place: Place, session: Session) -> bool:
            """Whole weeks, so that a line is never left in one of two equal sessions and taken from the other."""
            if edit.scope == "this":
                return place.week.number == start.week.number and place.session.id == session.id
            return self._from_week(edit.scope, start.week.number, place.week) and place.session.key == session.key

        def session_of(place: Place) -> Session:
            lines = list(place.session.lines)
            if reaches(place, start.session):
                lines = [line for line in lines if line.slot != chosen.slot]
            if reaches(place, goal.session):
                if place.session.key == start.session.key and edit.scope != "this":
                    raise OutOfBounds(f"Sessions {start.session.id} and {goal.session.id} are the same; move this one.")
                if any(line.exercise == chosen.exercise for line in lines):
                    name = self.library[chosen.exercise].name
                    raise RepeatedExercise(
                        f"{name} is already in session {place.session.id} of week {place.week.number}."
                    )
                lines.insert(
                    len(lines) if edit.position is None else min(at, len(lines)), self._at(moved, place, start)
                )
            return replace(place.session, lines=in_pairs(lines))

        return self._sessions(session_of)

    def _at(self, line: Line, place: Place, start: Place) -> Line:
        """A line as it stands in another session: its own id there, lighter when a deload week is not where it is from."""
        sets, dose = line.sets, line.dose
        if place.week.deload and not start.week.deload:
            sets, dose = self._lighter(sets, dose)
        return replace(line, id=line_id(place.week.number, place.session.id, line.slot), sets=sets, dose=dose)

    def _pair(self, edit: PairLines) -> Plan:
        start, chosen = self._find(edit.line)
        if edit.partner is not None and edit.partner not in {line.slot for line in start.session.lines} - {chosen.slot}:
            raise NotFound(f"No other line {edit.partner} in session {start.session.id}.")

        def session_of(place: Place) -> Session:
            slots = {line.slot for line in place.session.lines}
            here = {chosen.slot, edit.partner or chosen.slot}
            if not here <= slots or not self._reaches(
                edit.scope, start.week.number, start.session.id, place.week, place.session
            ):
                return place.session
            if edit.partner is None:
                lines = [replace(line, paired_with=None) if line.slot in here else line for line in place.session.lines]
                return replace(place.session, lines=in_pairs(lines))
            first, second = (line for line in place.session.lines if line.slot in here)  # in the order they stand
            lines = [line for line in place.session.lines if line is not second]
            lines[lines.index(first) : lines.index(first) + 1] = [
                replace(first, paired_with=second.slot),
                replace(second, paired_with=first.slot),
            ]
            return replace(place.session, lines=in_pairs(lines))

        return self._sessions(session_of)

    # --- checks -----------------------------------------------------------------------------------------------------

    def _barriers(self, exercise: Exercise, place: Place) -> tuple[Barrier, ...]:
        brief = self.plan.brief
        return barriers(
            exercise,
            phase=place.phase.number,
            kit=brief.kit,
            tags=brief.tags,
            run_stage=brief.run.stage,
            rules=self.rules,
            exclude=brief.exclude,
        )

    def _checked_override(self, exercise: Exercise, place: Place, override: str) -> str:
        """The reason to store with the line: the coach's where the safety filter says no, otherwise none."""
        if exercise.is_run_drill:
            raise WrongPlace(f"{exercise.name} belongs inside a run.")
        if exercise.pillar == "consistency":
            raise WrongPlace(f"{exercise.name} takes no session time; it stands beside the sessions.")
        unsafe = [barrier.words for barrier in self._barriers(exercise, place) if barrier.is_safety]
        if unsafe and not override.strip():
            raise NeedsOverride(f"{exercise.name} {'; '.join(unsafe)}. Give a reason to use it all the same.")
        return override.strip() if unsafe else ""

    def _check_dose(self, exercise: Exercise, sets: int, dose: Dose) -> None:
        bounds = self.rules.dose_bounds
        problems = []
        values = {
            "sets": (sets,),
            "reps": dose.reps,
            "hold_s": dose.hold_s,
            "duration_s": dose.duration_s and (dose.duration_s,),
            "distance_m": dose.distance_m and (dose.distance_m,),
            "load_kg": None if dose.load_kg is None else (dose.load_kg,),
            "rir": dose.rir,
            "rest_s": (dose.rest_s,),
        }
        for name, given in values.items():
            low, high = getattr(bounds, name)
            for value in given or ():
                if not low <= value <= high:
                    problems.append(f"{name} {value} is outside {low}-{high}")
            if given and given[0] > given[-1]:
                problems.append(f"{name} {given[0]} to {given[-1]} runs backwards")
        if dose.tempo is not None and not re.fullmatch(r"\d(-\d){3}", dose.tempo):
            problems.append(f"tempo {dose.tempo!r} is not four seconds like 3-1-1-0")
        same_kind = {dose.kind, exercise.prescription.kind} <= {"reps", "reps_load"}
        if dose.kind != exercise.prescription.kind and not same_kind:
            problems.append(f"it is dosed by {exercise.prescription.kind.replace('_', ' ')}, not {dose.kind}")
        if not problems:
            try:
                set_seconds(exercise, dose)
            except ValueError as problem:
                problems.append(str(problem))
        if problems:
            raise OutOfBounds(f"{exercise.name}: {'; '.join(problems)}.")
