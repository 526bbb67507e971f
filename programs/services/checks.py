"""The weekly check and the phase check: what was answered, kept once; what it says is decided by programs.domain.checks."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from assessments import gate
from assessments.domain.tags import tag_limits
from clients.consent import has_consent
from clients.models import Client
from programs import checking
from programs.domain import checks, consistency
from programs.models import PhaseCheck, Program, WeeklyCheck
from programs.services import noting
from studio.accounts.models import User

ACUTE_TAG = "acute_pain_gt5"


class ConsentMissing(Exception):
    """The runner has not agreed, or no longer agrees, that the studio keeps answers about health."""


class WeekOver(Exception):
    """The form is of a week that has ended (or not begun) where the runner is; that week stands as it was answered."""


class AnsweredOtherwise(Exception):
    """Another screen answered in between; nothing was changed. `check` is what stands."""

    def __init__(self, check: WeeklyCheck) -> None:
        self.check = check
        super().__init__("This week was answered on another screen in between.")


class NotWell(Exception):
    """The runner is ill or the knee has a flare: nobody is tested then."""


class NothingTested(Exception):
    """A phase check without one value has nothing to say."""


@dataclass(frozen=True)
class Saved:
    check: PhaseCheck | None  # None: nothing is entered yet
    conflicts: tuple[tuple[str, str, str], ...] = ()  # (test, side, part) that another screen entered otherwise


# --- once a week ------------------------------------------------------------------------------------------------------


@transaction.atomic
def save_week(
    *, client: Client, week: str, answers: Mapping[str, Any], barrier: str, seen: str, by: User, now: datetime
) -> WeeklyCheck | None:
    """Keep the answers of the week that is on. Until it ends they may be changed; saying them twice is saying them once.

    Args:
        client: whose week.
        week: ISO week of the form, in the runner's zone.
        answers: names of the list of inputs -> value; a missing key is a missing answer.
        barrier: what got in the way, kept with the weekly note's answer; "" = not said.
        seen: stamp of the answers that the form was drawn with (`stamp_of`); "" = there were none.
        by: who answers: the runner, or the coach for her.
        now: the clock, passed in.

    Returns:
        The check, or None when nothing was said and nothing stood.

    Raises:
        ConsentMissing, WeekOver, AnsweredOtherwise: see there; nothing was changed.
    """
    _hold(client)
    if week != consistency.week_name(client.local_date(now)):
        raise WeekOver
    answers = dict(answers)
    stands = WeeklyCheck.objects.filter(client=client, week=week).first()
    if stands is not None and stands.answers != answers and checking.stamp_of(stands) != seen:
        raise AnsweredOtherwise(stands)
    if stands is None and not answers and not barrier:
        return None
    if stands is None:
        stands = WeeklyCheck(client=client, week=week)
    if stands.pk is None or stands.answers != answers:
        stands.answers, stands.answered_by, stands.answered_at = answers, by, now
        stands.save()
    if barrier:
        noting.answer(client=client, week=week, barrier=barrier, now=now)
    _follow_worst_pain(client)
    return stands


def _follow_worst_pain(client: Client) -> None:
    """The tag for a very sore knee stands while the newest worst pain that anybody said is above its limit."""
    worst = checking.newest_worst(client)
    if worst is None:
        return
    tags = list(Client.objects.values_list("tags", flat=True).get(pk=client.pk))
    is_acute = worst > tag_limits().acute_pain_above.value
    wanted = [tag for tag in tags if tag != ACUTE_TAG] + ([ACUTE_TAG] if is_acute else [])
    if set(wanted) != set(tags):
        Client.objects.filter(pk=client.pk).update(tags=wanted)
    client.tags = wanted


# --- the tests of a phase ---------------------------------------------------------------------------------------------


@transaction.atomic
def save_readings(
    *,
    program: Program,
    changes: Mapping[tuple[str, str, str], tuple[float | None, float | None]],
    by: User,
    now: datetime,
) -> Saved:
    """Keep what was entered, on the open check; the first value opens it. Saying it twice is saying it once.

    Args:
        program: whose phase would end.
        changes: (test, side, "value" or "pain") -> (what the person saw there, what it is now); None = empty.
        by: the runner or the coach.
        now: the clock, passed in.

    Returns:
        The check, and the fields on which another screen was quicker; those stand as they were.

    Raises:
        ConsentMissing, NotWell: see there.
        gate.GateClosed: a red flag stands open; nobody is tested then.
        ValueError: no such test or side, or a number that it cannot give.
    """
    client = program.client
    known = {test.id: test for test in checks.check_rules().tests_of(program.phase)}
    for (test_id, side, part), (_, value) in changes.items():
        if test_id not in known or side not in known[test_id].sides:
            raise ValueError(f"{test_id} {side} is not asked in phase {program.phase}")
        if part == "value" and (problem := checks.reading_problem(known[test_id], value)):
            raise ValueError(problem)
        if part == "pain" and value is not None and value not in range(11):
            raise ValueError("pain is 0 to 10")
    _hold(client)
    gate.require_testing_allowed(client, now)
    if any(value is not None for _, value in changes.values()) and checking.is_unwell(client, now):
        raise NotWell
    check = _open_for(program, now)
    if check is None:
        if not any(value is not None for _, value in changes.values()):
            return Saved(None)
        check = PhaseCheck(client=client, phase=program.phase, checked_on=client.local_date(now), started_at=now)
    conflicts = []
    for key, (was, value) in changes.items():
        test_id, side, part = key
        stands = check.answers.get(test_id, {}).get(side, {}).get(part)
        if stands not in (was, value):
            conflicts.append(key)
            continue
        cell = check.answers.setdefault(test_id, {}).setdefault(side, {})
        if value is None:
            cell.pop(part, None)
        else:
            cell[part] = value
    check.answers = _without_empty(check.answers)
    check.entered_by = by
    check.save()
    return Saved(check, tuple(conflicts))


def _without_empty(answers: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> dict[str, Any]:
    sides = {test: {side: dict(cell) for side, cell in cells.items() if cell} for test, cells in answers.items()}
    return {test: cells for test, cells in sides.items() if cells}


def _open_for(program: Program, now: datetime) -> PhaseCheck | None:
    """The open check of the program's phase. One that was begun in another phase is closed as a fact of its own day."""
    check = PhaseCheck.objects.filter(client=program.client, closed_at__isnull=True).first()
    if check is not None and check.phase != program.phase:
        check.closed_at = now
        check.save(update_fields=["closed_at"])
        return None
    return check


@transaction.atomic
def close_check(*, program: Program, by: User, now: datetime) -> PhaseCheck:
    """End the open check: from now on it is a fact of this day. Nothing is signed. A second tap finds it closed.

    Raises:
        ConsentMissing: see there.
        NothingTested: no value was entered.
    """
    client = program.client
    _hold(client)
    check = _open_for(program, now)
    if check is None or not check.answers:
        newest = checking.newest_closed(client, program.phase)
        if check is None and newest is not None and newest.checked_on == client.local_date(now):
            return newest
        raise NothingTested
    check.checked_on, check.closed_at, check.entered_by = client.local_date(now), now, by
    check.save()
    return check


def _hold(client: Client) -> None:
    """One writer at a time, and only with the runner's consent."""
    gate.lock(client)
    if not has_consent(client):
        raise ConsentMissing


def week_ends_on(day: date) -> date:
    """The Sunday of a day's ISO week: until then its check may be changed."""
    return consistency.monday_of(day) + timedelta(days=6)
