"""A told session becomes rows: what a phone would have sent, written at once, then judged by the real services."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from programs.domain.library import library
from programs.domain.records import Line
from programs.domain.rules import rules
from programs.models import LineLog, ScheduledSession, SetLog
from programs.services import deciding, training
from studio.front.demo.histories import SessionTold, Task

OURS = UUID("6f1f6d0e-2f0b-4f57-9f0e-5b1d3a1c9a42")  # the name space of the demo's set numbers


def tasks_of(session: ScheduledSession) -> list[Task]:
    """What a session asks for, line by line, in the shape that the histories are told with."""
    return [
        Task(line, _sets(line), library()[line.exercise].pf_load.klass in rules().spacing.heavy_pf)
        for line in session.plan.lines
    ]


def _sets(line: Line) -> Mapping[str, int]:
    return {side: training.sets_on(line, side) for side in training.sides_of(line)}


def write_session(session: ScheduledSession, told: SessionTold, began: datetime) -> datetime:
    """Log a session the way its runner told it, and act at once where it asks for a stop. Returns when it ended."""
    ended = began + timedelta(seconds=told.length_s)
    training.start(session=session, now=began, before_nrs=told.before_nrs)
    LineLog.objects.bulk_create(
        LineLog(
            session=session, line_id=each.line.id, slot=each.line.slot, exercise=each.line.exercise,
            during_nrs=each.during_nrs, form_solid=each.form_solid, updated_at=ended,
        )
        for each in told.lines
    )  # fmt: skip
    SetLog.objects.bulk_create(
        SetLog(
            session=session, client_uuid=uuid5(OURS, f"{session.pk} {each.line.id} {each.number} {each.side}"),
            line_id=each.line.id, slot=each.line.slot, exercise=each.line.exercise, version_id=session.version_id,
            dose=training.dose_document(each.line), set_number=each.number, side=each.side, reps=each.reps,
            seconds=each.seconds, distance_m=each.distance_m, load_kg=each.load_kg, rir=each.rir,
            as_planned=each.as_planned, done_at=began + timedelta(seconds=each.after_s),
            logged_at=began + timedelta(seconds=each.after_s + 1),
        )
        for each in told.sets
    )  # fmt: skip
    training.record_progress(session, training.logged_sets(session))
    training.wrap_up(session=session, now=ended, session_rpe=told.session_rpe, note=told.note, stopped=told.stopped)
    deciding.decide_early(session=session, now=ended)
    return ended
