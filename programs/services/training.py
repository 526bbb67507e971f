"""What a runner does: starts a session, logs a set, says how the knee was, wraps up, answers in the morning."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID, uuid5

import msgspec
from django.db import IntegrityError, transaction
from django.db.models import F

from clients.models import Client
from programs.domain import consistency, records
from programs.domain.library import library
from programs.models import LineLog, MorningAnswer, ScheduledSession, SetLog, Version

SIDES = (SetLog.Side.LEFT, SetLog.Side.RIGHT)


class LogError(ValueError):
    """What was sent cannot be logged; the message is for the runner."""


class Moved(LogError):
    """The session left the plan before it was started."""


class UnknownVersion(LogError):
    """The page names a version of the plan that was never published, or in which the session is not."""


TAKEN_OUT = "Your coach took this session out of the plan. Your page shows what is on now."


def sides_of(line: records.Line) -> tuple[str, ...]:
    """The sides on which one set of the line is logged: left and right, or both at once."""
    return SIDES if line.unilateral else (SetLog.Side.BOTH,)


def sets_on(line: records.Line, side: str) -> int:
    """How many sets the plan asks of one side, extra side sets included."""
    return line.sets + {"left": line.extra_side_sets.left, "right": line.extra_side_sets.right}.get(side, 0)


def line_of(session: ScheduledSession, line_id: str) -> records.Line:
    for line in session.plan.lines:
        if line.id == line_id:
            return line
    raise LogError("This exercise is not in the session.")


@dataclass(frozen=True)
class Shown:
    """A line as the runner's page showed it: what she did is that, whatever was published since."""

    line: records.Line
    version_id: int


def shown(session: ScheduledSession, line_id: str, version: int | None) -> Shown:
    """The line that a page means.

    Args:
        session: the dated session, as it is now.
        line_id: of the line on the page.
        version: number of the version that the page was drawn under; None = the one of the session.

    Raises:
        UnknownVersion: see there.
        LogError: no such line in this session, in that version.
    """
    if version is None or version == getattr(session, "version_number", None):
        return Shown(line_of(session, line_id), session.version_id)
    published = Version.objects.filter(program_id=session.program_id, number=version).first()
    if published is None:
        raise UnknownVersion(
            f"Version {version} of your plan was never published. Open the session again from your page."
        )
    if published.pk == session.version_id:
        return Shown(line_of(session, line_id), session.version_id)
    for _, week, each, line in published.plan.places():
        if (week.number, each.id, line.id) == (session.week, session.session_key, line_id):
            return Shown(line, published.pk)
    raise UnknownVersion(f"This exercise is not in the session in version {version} of your plan.")


def is_of(log: SetLog | LineLog, line: records.Line) -> bool:
    """True when a log of the session is about this line: one that was made before a swap is not."""
    return (log.line_id, log.exercise) == (line.id, line.exercise)


def start(*, session: ScheduledSession, now: datetime, before_nrs: int | None = None, was_shown: bool = False) -> bool:
    """Open a session: from now on no publish changes it. Starting twice is starting once; an answer is kept.

    A session that is begun on another day than planned is that day's: the next morning's answer belongs to it.

    Args:
        session, now, before_nrs: which, when, and the knee before it (0-10; None = not answered).
        was_shown: something was done in it under a version that had it: it is begun, taken out since or not.

    Returns:
        Whether it was begun now.

    Raises:
        Moved: the session was taken out of the plan.
    """
    if session.state == ScheduledSession.State.WITHDRAWN and not was_shown:
        raise Moved(TAKEN_OUT)
    untouched = (ScheduledSession.State.PLANNED, ScheduledSession.State.WITHDRAWN)
    is_begun_now = session.state in untouched and _begin(session, now, was_shown)
    if before_nrs is not None:
        ScheduledSession.objects.filter(pk=session.pk).update(before_nrs=before_nrs)
        session.before_nrs = before_nrs
    return is_begun_now


def _begin(session: ScheduledSession, now: datetime, was_shown: bool) -> bool:
    fields = {"state": ScheduledSession.State.STARTED, "started_at": now, **_moved_to(session, now)}
    as_read = {"pk": session.pk, "state": session.state, "version_id": session.version_id}
    if ScheduledSession.objects.filter(**as_read).update(**fields):
        for name, value in fields.items():
            setattr(session, name, value)
        return True
    session.refresh_from_db()  # another tab began it, or a publish laid it anew or took it out, a moment ago
    return start(session=session, now=now, was_shown=was_shown)


def _moved_to(session: ScheduledSession, now: datetime) -> dict:
    """The day and zone of a session that is begun now, where they are not those it was planned for.

    Begun after midnight, yesterday's session stays yesterday's: the morning to come is its next morning. Once that
    morning is answered, the night is over and so is that day.
    """
    client = session.program.client
    today = client.local_date(now)
    if session.day == today:
        return {}
    is_last_nights = (today - session.day).days == 1
    if (
        is_last_nights
        and not MorningAnswer.objects.filter(client=client, day=today, morning_nrs__isnull=False).exists()
    ):
        return {}
    return {"day": today, "time_zone": client.time_zone}


@transaction.atomic
def save_set(
    *,
    session: ScheduledSession,
    client_uuid: UUID,
    line_id: str,
    set_number: int,
    side: str,
    done_at: datetime,
    now: datetime,
    reps: int | None = None,
    seconds: int | None = None,
    distance_m: int | None = None,
    load_kg: Decimal | None = None,
    rir: int | None = None,
    as_planned: bool = False,
    version: int | None = None,
) -> tuple[SetLog, bool]:
    """Log one set once, however often it is sent.

    Args:
        session: the dated session, locked to its version from the first set on.
        client_uuid: made by the phone for this set; the same one again is the same set, corrected if it says more.
        line_id, set_number, side: which set; a second set in the same place is the same set too (two tabs).
        done_at: when, on the phone's clock; now: on ours.
        reps, seconds, distance_m, load_kg, rir: what was done; None = not said.
        as_planned: the runner pressed "done as planned".
        version: number of the version that her page showed; None = the session's own. A late set is kept under it, with
            its slot, exercise and dose, and marks nothing done that a newer version put there.

    Returns:
        The set, and whether it is new.

    Raises:
        LogError: no such line, set or side in this session.
    """
    seen = shown(session, line_id, version)
    line = seen.line
    if side not in sides_of(line) or not 1 <= set_number <= max(sets_on(line, side), 1):
        raise LogError(f"Set {set_number} on this side is not in the session.")
    is_first = _hold(session, now, was_shown=version is not None)
    values = {
        "reps": reps, "seconds": seconds, "distance_m": distance_m, "load_kg": load_kg, "rir": rir,
        "as_planned": as_planned, "done_at": done_at,
    }  # fmt: skip
    place = {"session": session, "line_id": line_id, "exercise": line.exercise, "set_number": set_number, "side": side}
    done = [] if is_first else logged_sets(session)  # a session is begun by its first set at the latest
    here = LoggedSet(line_id, line.exercise, set_number, side, client_uuid)
    if any(here[:4] == each[:4] or client_uuid == each.client_uuid for each in done):
        return _known_set(client_uuid, place, values, now), False
    made = SetLog(
        client_uuid=client_uuid, slot=line.slot, version_id=seen.version_id, dose=dose_document(line), logged_at=now,
        **place, **values,
    )  # fmt: skip
    try:
        made.save(force_insert=True)  # the session's row is held, so only a number of another session can be in the way
    except IntegrityError:
        raise LogError("This set was logged for another exercise.") from None
    record_progress(session, [*done, here])
    return made, True


def _hold(session: ScheduledSession, now: datetime, *, was_shown: bool) -> bool:
    """Begin the session if need be and hold its row: of two sets that arrive together the second counts both.

    Returns:
        Whether it was begun now.
    """
    is_begun_now = start(session=session, now=now, was_shown=was_shown)  # the write of a beginning holds it
    if not is_begun_now:
        _lock(session)
    return is_begun_now


def _lock(session: ScheduledSession) -> None:
    held = ScheduledSession.objects.select_for_update().filter(pk=session.pk)
    if not list(held.values_list("pk")):  # quicker than `get`, and every set comes by here
        raise ScheduledSession.DoesNotExist


def _known_set(client_uuid: UUID, place: dict, values: dict, now: datetime) -> SetLog:
    """The set that is there already. A later word on it corrects it; a late retry of an older word does not."""
    known = SetLog.objects.filter(client_uuid=client_uuid).first()
    if known is not None and any(getattr(known, name) != value for name, value in place.items()):
        raise LogError("This set was logged for another exercise.")
    known = known or SetLog.objects.get(**place)
    if values["done_at"] > known.done_at:
        for name, value in values.items():
            setattr(known, name, value)
        known.logged_at = now
        known.save(update_fields=[*values, "logged_at"])
    return known


@transaction.atomic
def undo_set(
    *, session: ScheduledSession, line_id: str, set_number: int, side: str, version: int | None = None
) -> bool:
    """Take a set back that was pressed by mistake. True when there was one.

    Raises:
        LogError: no such line in this session, in the version that the page showed.
    """
    exercise = shown(session, line_id, version).line.exercise
    _lock(session)
    gone, _ = SetLog.objects.filter(
        session=session, line_id=line_id, exercise=exercise, set_number=set_number, side=side
    ).delete()
    if gone:
        record_progress(session, logged_sets(session))
    return bool(gone)


def save_rest_as_planned(
    *, session: ScheduledSession, client_uuid: UUID, line_id: str, now: datetime, load_kg: Decimal | None = None,
    version: int | None = None,
) -> int:  # fmt: skip
    """Log every set of a line that is still open as done the way the plan says. Returns how many were new."""
    line = shown(session, line_id, version).line
    new = 0
    mine = SetLog.objects.filter(session=session, line_id=line_id, exercise=line.exercise)
    done = set(mine.values_list("set_number", "side"))
    for side in sides_of(line):
        for number in range(1, sets_on(line, side) + 1):
            if (number, side) in done:
                continue
            _, made = save_set(
                session=session, client_uuid=uuid5(client_uuid, f"{number}{side}"), line_id=line_id, set_number=number,
                side=side, done_at=now, now=now, as_planned=True, load_kg=load_kg, version=version,
                **planned_work(line.dose),
            )  # fmt: skip
            new += made
    return new


def planned_work(dose: records.Dose) -> dict[str, int | None]:
    """What "as planned" means in numbers: the bottom of the range, so that nothing is claimed that was not asked."""
    return {
        "reps": dose.reps[0] if dose.reps else None,
        "seconds": dose.hold_s[0] if dose.hold_s else dose.duration_s,
        "distance_m": dose.distance_m,
    }


def dose_document(line: records.Line) -> dict:
    """The dose that a set was done under, kept with the set."""
    return msgspec.to_builtins(line.dose) | {"sets": line.sets}


class LoggedSet(NamedTuple):
    """Where a set stands that is logged."""

    line_id: str
    exercise: str
    set_number: int
    side: str
    client_uuid: UUID

    @property
    def share(self) -> float:
        """One side of a two-sided set is a half."""
        return 1.0 if self.side == SetLog.Side.BOTH else 0.5


def record_progress(session: ScheduledSession, sets: Iterable[LoggedSet]) -> None:
    """Bring the session's sums up to date: one write. The row is held.

    What was done under an older version, of an exercise that has been swapped since, is work like any other; it marks
    nothing of the present lines done.

    Args:
        session: whose.
        sets: every set that is logged, one entry a side.
    """
    done: dict[str, float] = {}
    of_before = 0.0
    touched = set()
    lines = {(each.id, each.exercise): each for each in session.plan.lines}
    for logged in sets:
        line = lines.get((logged.line_id, logged.exercise))
        if line is None:
            of_before += logged.share
            touched.add(library()[logged.exercise].pillar)
        elif logged.set_number <= line.sets:  # extra sets of one side are a gift, not a debt
            done[line.id] = done.get(line.id, 0) + logged.share
            touched.add(line.pillar)
    anchors = [each for each in lines.values() if each.anchor]
    session.sets_done = min(sum(done.values()) + of_before, max(session.sets_planned, sum(done.values())))
    session.credit = consistency.session_credit(
        anchors_done=bool(anchors) and all(done.get(each.id, 0) >= each.sets for each in anchors),
        sets_done=session.sets_done,
        sets_planned=session.sets_planned,
    )
    session.pillars = [pillar for pillar in consistency.PILLARS if pillar in touched]
    session.save(update_fields=["sets_done", "credit", "pillars"])


def logged_sets(session: ScheduledSession) -> list[LoggedSet]:
    """Every set of a session, as `record_progress` counts them."""
    rows = SetLog.objects.filter(session=session).values_list(*LoggedSet._fields)
    return [LoggedSet(*row) for row in rows]


def save_line(
    *, session: ScheduledSession, line_id: str, now: datetime, version: int | None = None,
    **answers: int | bool | str | None,
) -> LineLog:  # fmt: skip
    """Keep what the runner says of one exercise: pain (0-10 or None), form, or why it was left out.

    Only the answers that are passed are changed, so that a form that asks one thing erases nothing else. With a version,
    they are about the line as the page of that version showed it.

    Raises:
        LogError: no such line in this session.
    """
    seen = shown(session, line_id, version)
    start(session=session, now=now, was_shown=version is not None)
    log, _ = LineLog.objects.update_or_create(
        session=session,
        line_id=line_id,
        exercise=seen.line.exercise,
        defaults={**answers, "updated_at": now},
        create_defaults={"slot": seen.line.slot, "version_id": seen.version_id, "updated_at": now, **answers},
    )
    return log


def save_rir(*, session: ScheduledSession, line_id: str, rir: int, version: int | None = None) -> None:
    """Keep how many more repetitions were in reserve after the last set of a line (R-I2: asked after the last only)."""
    exercise = shown(session, line_id, version).line.exercise
    mine = SetLog.objects.filter(session=session, line_id=line_id, exercise=exercise)
    last = mine.order_by("-set_number", "-id").first()
    if last is not None:
        last.rir = rir
        last.save(update_fields=["rir"])


def wrap_up(
    *, session: ScheduledSession, now: datetime, session_rpe: int | None, note: str, stopped: bool = False
) -> None:
    """End a session. What is not answered stays not answered; ending twice keeps the first end and the newest words."""
    start(session=session, now=now)
    ScheduledSession.objects.filter(pk=session.pk).update(
        state=ScheduledSession.State.DONE,
        finished_at=session.finished_at or now,
        session_rpe=session_rpe if session_rpe is not None else F("session_rpe"),
        note=note or F("note"),
        stopped=session.stopped or stopped,
    )
    session.refresh_from_db()


def save_morning(
    *, client: Client, day: date, morning_nrs: int | None, now: datetime, after60_nrs: int | None = None
) -> MorningAnswer:
    """Keep how the knee was on a morning, and an hour after yesterday's session if that was asked.

    Answering again corrects the answer; an empty answer never erases one.
    """
    before = (
        ScheduledSession.objects.filter(
            program__client=client, day__lt=day, state__in=[ScheduledSession.State.STARTED, ScheduledSession.State.DONE]
        )
        .order_by("-day")
        .first()
    )
    yesterday = before if before and (day - before.day).days == 1 else None
    defaults: dict[str, object] = {"answered_at": now, "session": yesterday, "time_zone": client.time_zone}
    if morning_nrs is not None:
        defaults["morning_nrs"] = morning_nrs
    answer, _ = MorningAnswer.objects.update_or_create(client=client, day=day, defaults=defaults)
    if yesterday and after60_nrs is not None:
        ScheduledSession.objects.filter(pk=yesterday.pk).update(after60_nrs=after60_nrs)
    return answer
