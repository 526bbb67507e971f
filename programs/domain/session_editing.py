"""Edits of whole sessions, weeks and runs: notes, copies, another day, another stage, and the way back."""

from __future__ import annotations

import msgspec

from programs.domain import words
from programs.domain.edits import (
    CopySessions,
    DayTaken,
    MoveSession,
    NotFound,
    OutOfBounds,
    Restore,
    SetRunStage,
    SetSessionNote,
    SetWeekNote,
)
from programs.domain.line_editing import LineEditor
from programs.domain.reach import Place, in_pairs
from programs.domain.records import WEEKDAYS, Plan, Run, Session, Week

replace = msgspec.structs.replace


class SessionEditor(LineEditor):
    """Makes the edits of sessions, with those of lines."""

    def _set_session_note(self, edit: SetSessionNote) -> Plan:
        start = self._place(edit.week, edit.session)

        def session_of(place: Place) -> Session:
            same = place.session.key == start.session.key
            reached = same and self._reaches(edit.scope, edit.week, edit.session, place.week, place.session)
            return replace(place.session, note=edit.note) if reached else place.session

        return self._sessions(session_of)

    def _set_week_note(self, edit: SetWeekNote) -> Plan:
        self.plan.week(edit.week)
        return self._weeks(
            lambda week: replace(week, note=edit.note) if self._from_week(edit.scope, edit.week, week) else week
        )

    def _copy_sessions(self, edit: CopySessions) -> Plan:
        """Copies carry slots and doses along; a deload week gets them lighter, another phase asks its own filter."""
        sources = {session_id: self._place(edit.week, session_id) for session_id in edit.sessions}
        numbers = {week.number for week in self.plan.weeks}
        if not sources or not edit.weeks:
            raise OutOfBounds("Choose at least one session and one week to copy to.")
        if absent := sorted(set(edit.weeks) - numbers):
            raise NotFound(f"No week {absent[0]} in this plan.")
        if edit.week in edit.weeks:
            raise OutOfBounds(f"Week {edit.week} is where the copy comes from.")

        def session_of(place: Place) -> Session:
            source = sources.get(place.session.id)
            if source is None or place.week.number not in edit.weeks:
                return place.session
            kept = place.session.lines if edit.mode == "add" else ()
            taken = {line.exercise for line in kept} | {line.slot for line in kept}
            copied = []
            for line in source.session.lines:
                if not {line.exercise, line.slot} & taken:
                    self._checked_override(self.library[line.exercise], place, line.override)
                    copied.append(self._at(line, place, source))
            note = place.session.note if edit.mode == "add" else source.session.note
            title = place.session.title if edit.mode == "add" else source.session.title
            return replace(place.session, lines=in_pairs((*kept, *copied)), note=note, title=title)

        ids = {session.id for week in self.plan.weeks if week.number in edit.weeks for session in week.sessions}
        if gone := sorted(sources.keys() - ids):
            raise NotFound(f"No session {gone[0]} in the weeks to copy to.")
        return self._sessions(session_of)

    def _move_session(self, edit: MoveSession) -> Plan:
        self.plan.session(edit.week, edit.session)
        if edit.day not in WEEKDAYS:
            raise OutOfBounds(f"{edit.day} is not one of {', '.join(WEEKDAYS)}.")

        def week_of(week: Week) -> Week:
            moving = next((session for session in week.sessions if session.id == edit.session), None)
            if moving is None or not self._from_week(edit.scope, edit.week, week):
                return week
            there = next((one for one in week.sessions if one.day == edit.day and one is not moving), None)
            if there is not None and not edit.exchange:
                raise DayTaken(f"Session {there.id} is on {words.DAY_WORDS[edit.day]} of week {week.number}.")
            days = {moving.id: edit.day}
            if there is not None:
                days[there.id] = moving.day
            sessions = [replace(session, day=days.get(session.id, session.day)) for session in week.sessions]
            return replace(week, sessions=tuple(sorted(sessions, key=lambda one: WEEKDAYS.index(one.day))))

        return self._weeks(week_of)

    def _set_run_stage(self, edit: SetRunStage) -> Plan:
        ladder = self.rules.run_ladder
        if not 0 <= edit.stage < len(ladder):
            raise OutOfBounds(f"Stage {edit.stage} is outside 0-{len(ladder) - 1}.")
        self.plan.week(edit.week)
        stage = ladder[edit.stage]

        def run_of(run: Run) -> Run:
            drill = run.drill
            if drill and stage.stage < (self.library[drill.exercise].min_run_stage or 0):
                drill = None  # the drill waits for its stage
            return replace(
                run,
                stage=stage.stage,
                reps=stage.reps,
                run_min=stage.run_min,
                walk_min=stage.walk_min,
                total_run_min=stage.total_run_min,
                drill=drill,
            )

        def week_of(week: Week) -> Week:
            if not self._from_week(edit.scope, edit.week, week):
                return week
            return replace(week, runs=tuple(run_of(run) for run in week.runs))

        return self._weeks(week_of)

    def _restore(self, edit: Restore) -> Plan:
        kept = {week.number: week for week in edit.weeks}
        absent = sorted(kept.keys() - {week.number for week in self.plan.weeks})
        if absent:
            raise NotFound(f"No week {absent[0]} in this plan.")
        return replace(self._weeks(lambda week: kept.get(week.number, week)), last_slot=edit.last_slot)
