"""What an edit reaches: the occurrences of a line, the sessions and weeks it changes, and the pairs that hold after it."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable

import msgspec

from programs.domain.edits import Scope
from programs.domain.library import Library
from programs.domain.records import Line, NotInPlan, Phase, Plan, Session, Week
from programs.domain.rules import Rules

replace = msgspec.structs.replace


def in_pairs(lines: Iterable[Line]) -> tuple[Line, ...]:
    """Lines with the pairs that still hold: both there, each naming the other, one right after the other."""
    stand = tuple(lines)
    holds = {
        slot
        for first, second in itertools.pairwise(stand)
        if (first.paired_with, second.paired_with) == (second.slot, first.slot)
        for slot in (first.slot, second.slot)
    }
    return tuple(
        line if line.paired_with is None or line.slot in holds else replace(line, paired_with=None) for line in stand
    )


class Place(msgspec.Struct, frozen=True):
    """One session of the plan, with where it stands."""

    phase: Phase
    week: Week
    session: Session


class Reach:
    """A plan, with the ways to change what an edit reaches and nothing else."""

    def __init__(self, plan: Plan, library: Library, rules: Rules) -> None:
        self.plan, self.library, self.rules = plan, library, rules

    def _find(self, wanted: str) -> tuple[Place, Line]:
        for phase, week, session, line in self.plan.places():
            if line.id == wanted:
                return Place(phase, week, session), line
        raise NotInPlan(f"no line {wanted} in this plan")

    def _place(self, week_number: int, session_id: str) -> Place:
        session = self.plan.session(week_number, session_id)
        for phase in self.plan.phases:
            for week in phase.weeks:
                if week.number == week_number:
                    return Place(phase, week, session)
        raise NotInPlan(f"no week {week_number} in this plan")

    @staticmethod
    def _reaches(scope: Scope, from_week: int, from_id: str, week: Week, session: Session) -> bool:
        """Whether an edit that starts at a session of a week reaches another session."""
        if scope == "this":
            return (week.number, session.id) == (from_week, from_id)
        if scope == "this_week":
            return week.number == from_week
        if week.number != from_week:
            return week.number > from_week
        ids = [one.id for one in week.sessions]
        return ids.index(session.id) >= ids.index(from_id)

    def _sessions(self, change: Callable[[Place], Session]) -> Plan:
        """The plan with every session passed through `change`."""

        def week_of(phase: Phase, week: Week) -> Week:
            sessions = tuple(change(Place(phase, week, session)) for session in week.sessions)
            return week if sessions == week.sessions else replace(week, sessions=sessions)

        phases = tuple(
            replace(phase, weeks=tuple(week_of(phase, week) for week in phase.weeks)) for phase in self.plan.phases
        )
        return replace(self.plan, phases=phases)

    def _on_lines(self, wanted: str, scope: Scope, change: Callable[[Place, Line], Line | None]) -> Plan:
        """The plan with the reached occurrences of a line's slot changed; None takes the line out."""
        start, chosen = self._find(wanted)

        def session_of(place: Place) -> Session:
            if not self._reaches(scope, start.week.number, start.session.id, place.week, place.session):
                return place.session
            lines: list[Line] = []
            for line in place.session.lines:
                changed = change(place, line) if line.slot == chosen.slot else line
                if changed is not None:
                    lines.append(changed)
            return replace(place.session, lines=in_pairs(lines))

        return self._sessions(session_of)

    def _weeks(self, change: Callable[[Week], Week]) -> Plan:
        phases = tuple(replace(phase, weeks=tuple(change(week) for week in phase.weeks)) for phase in self.plan.phases)
        return replace(self.plan, phases=phases)

    @staticmethod
    def _from_week(scope: Scope, start: int, week: Week) -> bool:
        return week.number == start or (scope == "this_and_later" and week.number > start)
