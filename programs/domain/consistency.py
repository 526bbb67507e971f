"""Training regularly, counted without guilt: credits, weeks, the streak, the headline, coming back after a gap.

Everything here is a plain function of day records.  Their dates are the runner's own local dates; nobody reads a clock.
Rules R-C1 to R-C6 and R-C8; the numbers are in consistency.yaml.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from itertools import groupby, takewhile
from math import fsum
from pathlib import Path
from typing import Literal

import msgspec
import yaml

from programs.domain.library import PILLARS

DATA_FILE = Path(__file__).with_name("consistency.yaml")
NUMBER_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight")


class OutOfRange(ValueError):
    """A value that no screen can produce."""


class WeekStatus(StrEnum):
    SOLID = "solid"
    KEPT = "kept"
    PROTECTED = "protected"
    MISSED = "missed"  # a word of the rules and the coach's key; a runner never reads it


KEPT_OR_SOLID = frozenset({WeekStatus.SOLID, WeekStatus.KEPT})


# --- the numbers, as data ---------------------------------------------------------------------------------------------


class _Credit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    full: float
    full_from_share: float
    half: float
    half_from_share: float
    day_max: float


class _WeekStatus(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    protected_from_excused_days: int
    solid_from_share: float
    solid_from_pillars: int
    kept_from_share: float


class _Streak(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    weeks_per_spare: int
    spares_max: int


class _Pause(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    protected_weeks_max: int


class _Quiet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    days: int


class _Headline(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    weeks: int
    session_days: int


class _AfterFever(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    days: int
    pillars: tuple[str, ...]
    words: str


class _AfterPain(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    nrs_max: int
    days: int
    mornings_min: int
    sessions_min: int


class Return(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What changes when a runner comes back after some days without a session (R-C5)."""

    from_days: int  # the row holds from this many days on
    sets_less_pct: int = 0  # percent of the planned sets taken away
    chain_steps_back: int = 0  # for exercises with moderate or high kneecap load; waits for the coach
    run_stages_back: int = 0
    run_stage_max: int | None = None
    for_days: int | None = None  # how long the reduction holds; None = until the coach has seen the retest
    repeat_last_week: bool = False
    phase_max: int | None = None
    retest: bool = False
    words: str = ""  # to the runner, with {days}

    def told(self, gap_days: int) -> str:
        """What the runner reads when she comes back, with the days that it was."""
        return self.words.format(days=gap_days)

    def run_stage(self, stage: int | None) -> int | None:
        """The stage of the run ladder to come back to.  None = runs freely, which only a long gap ends."""
        if stage is None:
            return self.run_stage_max
        back = max(0, stage - self.run_stages_back)
        return back if self.run_stage_max is None else min(back, self.run_stage_max)


class _Data(msgspec.Struct, frozen=True):
    rules_version: str
    credit: _Credit
    week_status: _WeekStatus
    streak: _Streak
    pause: _Pause
    quiet: _Quiet
    headline: _Headline
    return_after_gap: tuple[Return, ...]
    after_fever: _AfterFever
    after_pain: _AfterPain
    after_pain_words: str


@cache
def _data() -> _Data:
    document = yaml.safe_load(DATA_FILE.read_text(encoding="utf-8"))
    values = {name: block["value"] if isinstance(block, Mapping) and "value" in block else block
              for name, block in document.items()}  # fmt: skip
    return msgspec.convert(values, _Data)


def rules_version() -> str:
    """The version that a stored week, score or sentence was made under."""
    return _data().rules_version


# --- credits (R-C1) ---------------------------------------------------------------------------------------------------


def session_credit(*, anchors_done: bool, sets_done: float, sets_planned: int, five_minutes: bool = False) -> float:
    """Credit one session: 1 for the anchors or most of the sets, a half for a real start.

    Args:
        anchors_done: every anchor line of the session is done.
        sets_done, sets_planned: working sets, 0 and up.  Nothing planned: the share is unknown and earns nothing.
        five_minutes: the five-minute minimum was done instead.

    Returns:
        1.0, 0.5 or 0.0.

    Source:
        R-C1: 1.0 if anchors done (or >= 60 % of sets), 0.5 for a five-minute minimum or >= 30 %.
    """
    rule = _data().credit
    if sets_done < 0 or sets_planned < 0:
        raise OutOfRange(f"{sets_done} of {sets_planned} sets: a number of sets is never below 0")
    # 0.6 and 0.3 are no binary fractions: compare in whole percent, so that exactly 3 of 5 sets counts
    percent = 100 * sets_done / sets_planned if sets_planned else 0.0
    if anchors_done or percent >= 100 * rule.full_from_share:
        return rule.full
    if five_minutes or percent >= 100 * rule.half_from_share:
        return rule.half
    return 0.0


def day_credit(credits: Iterable[float]) -> float:
    """Add up a day's sessions, one credit a day at most (R-C1)."""
    return min(_data().credit.day_max, fsum(credits))


# --- days and weeks (R-C2, R-C4) --------------------------------------------------------------------------------------

PauseKind = Literal["illness", "holiday", "injury", "life", "flare"]


class Pause(msgspec.Struct, frozen=True):
    """Days that count for nothing, from first to last."""

    kind: PauseKind
    first: date
    last: date | None = None  # included; None = still open


class Day(msgspec.Struct, frozen=True, kw_only=True):
    """One local day of a runner."""

    date: date
    planned: tuple[str, ...] = ()  # keys of the sessions planned on it
    credit: float = 0.0  # 0-1, see day_credit
    pillars: tuple[str, ...] = ()  # touched on it; consistency by a morning answer or the weekly plan
    excused: bool = False  # pause, flare or holiday


class Week(msgspec.Struct, frozen=True, kw_only=True):
    """One ISO week, Monday to Sunday, judged."""

    week: str  # such as 2026-W47
    first: date  # its Monday
    status: WeekStatus
    credits: float
    target: float  # T: sessions planned on days that were not excused
    pillars: tuple[str, ...]  # touched, in the order of the six
    excused_days: int  # 0-7


def week_name(day: date) -> str:
    """ISO week of a local date, such as 2026-W47."""
    iso = day.isocalendar()
    return f"{iso.year:04d}-W{iso.week:02d}"


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def excused_dates(pauses: Iterable[Pause], first: date, last: date) -> frozenset[date]:
    """Every date from `first` to `last` (both included) that a pause, holiday or flare excuses (R-C4)."""
    dates = set()
    for pause in pauses:
        day, end = max(pause.first, first), min(pause.last or last, last)
        while day <= end:
            dates.add(day)
            day += timedelta(days=1)
    return frozenset(dates)


def judge_week(days: Sequence[Day]) -> Week:
    """Judge one week from the days that are known of it; a day without a record had nothing planned.

    Work done on an excused day still counts as credit, so excusing a day never makes a week worse.

    Args:
        days: 1 to 7 records of one ISO week, any order, one per date.

    Returns:
        The week with the first status that holds: protected (at least 4 excused days, or nothing was left to do),
        solid (75 % of the target and 5 of the 6 pillars), kept (half of the target), else missed.

    Raises:
        OutOfRange: no day, two records of one date, or days of several weeks.

    Source: R-C2.
    """
    dates = {day.date for day in days}
    if not days or len(dates) != len(days) or len({week_name(day) for day in dates}) != 1:
        raise OutOfRange("a week is judged from one to seven days of that week, one record per date")
    rule = _data().week_status
    excused = sum(day.excused for day in days)
    target = float(sum(len(day.planned) for day in days if not day.excused))
    credits = fsum(day.credit for day in days)
    touched = {pillar for day in days for pillar in day.pillars}
    pillars = tuple(pillar for pillar in PILLARS if pillar in touched)
    if excused >= rule.protected_from_excused_days or target == 0:
        status = WeekStatus.PROTECTED
    elif credits >= rule.solid_from_share * target and len(pillars) >= rule.solid_from_pillars:
        status = WeekStatus.SOLID
    elif credits >= rule.kept_from_share * target:
        status = WeekStatus.KEPT
    else:
        status = WeekStatus.MISSED
    first = monday_of(days[0].date)
    return Week(
        week=week_name(first), first=first, status=status, credits=credits, target=target, pillars=pillars,
        excused_days=excused,
    )  # fmt: skip


def weeks_of(days: Iterable[Day]) -> tuple[Week, ...]:
    """Judge every ISO week that has a day record, oldest first.  The open week is judged as it stands."""
    ordered = sorted(days, key=lambda day: day.date)
    return tuple(judge_week(list(week)) for _, week in groupby(ordered, key=lambda day: monday_of(day.date)))


def coach_check_due(closed: Sequence[WeekStatus]) -> bool:
    """True when the newest closed weeks are protected ones, as many as a pause may have before the coach asks (R-C4)."""
    newest = takewhile(lambda status: status == WeekStatus.PROTECTED, reversed(closed))
    return sum(1 for _ in newest) >= _data().pause.protected_weeks_max


def quiet_days() -> int:
    """Days without any entry after which a runner is quiet and a kind word is due (R-C10)."""
    return _data().quiet.days


# --- the streak and the number that everybody sees (R-C3, R-C6) -------------------------------------------------------


class Streak(msgspec.Struct, frozen=True):
    shown: int  # with the open week, when it is kept or solid already
    streak: int  # closed weeks
    spares: int  # 0-2, each rescues one week


def streak(closed: Iterable[WeekStatus], open_week: WeekStatus | None = None) -> Streak:
    """Fold closed weeks, oldest first, into the streak; the open week can only add, never break (R-C3)."""
    rule = _data().streak
    weeks = spares = run = 0
    for status in closed:
        if status == WeekStatus.PROTECTED:
            continue  # frozen
        if status in KEPT_OR_SOLID:
            weeks += 1
            run += 1
            if run == rule.weeks_per_spare:
                spares, run = min(rule.spares_max, spares + 1), 0
        elif spares:
            spares -= 1  # rescued: the streak stands
        else:
            weeks = run = 0
    return Streak(shown=weeks + (open_week in KEPT_OR_SOLID), streak=weeks, spares=spares)


class Headline(msgspec.Struct, frozen=True):
    """The one adherence number, the same for runner and coach."""

    kept: int  # solid and kept weeks
    of: int  # counted weeks, 0-8
    paused: int  # protected weeks among them, which count for nothing
    share: float | None  # 0-1; None = no week has counted yet
    words: str  # 4 of the last 5 weeks kept (one paused)


def headline(closed: Sequence[WeekStatus]) -> Headline:
    """Share of solid and kept weeks over the last 8 closed weeks that were not protected (R-C6).

    Args:
        closed: statuses of closed weeks, oldest first.
    """
    kept = of = paused = skipped = 0
    for status in reversed(closed):
        if status == WeekStatus.PROTECTED:
            skipped += 1
            continue
        kept += status in KEPT_OR_SOLID
        of += 1
        paused += skipped
        skipped = 0
        if of == _data().headline.weeks:
            break
    if not of:
        words = "Paused, so no week counts yet" if skipped else "The first week is still open"
        return Headline(kept=0, of=0, paused=skipped, share=None, words=words)
    span = "1 week" if of == 1 else f"the last {of} weeks"
    words = f"{kept} of {span} kept" + (f" ({_number_word(paused)} paused)" if paused else "")
    return Headline(kept=kept, of=of, paused=paused, share=kept / of, words=words)


def _number_word(number: int) -> str:
    return NUMBER_WORDS[number] if number < len(NUMBER_WORDS) else str(number)


class SessionsDone(msgspec.Struct, frozen=True):
    done: int
    planned: int
    words: str  # 15 of 16 sessions, last 28 days


def sessions_done(days: Iterable[Day], through: date) -> SessionsDone:
    """Sessions done of planned in the 28 days that end with `through`; excused days leave both numbers (promise 5).

    A session is done when its day earned a full credit; done never exceeds planned, so a session moved across the edge
    of the window cannot make 13 of 12.
    """
    length = _data().headline.session_days
    first = through - timedelta(days=length - 1)
    counted = [day for day in days if first <= day.date <= through and not day.excused]
    planned = sum(len(day.planned) for day in counted)
    done = min(planned, sum(day.credit >= _data().credit.full for day in counted))
    noun = "session" if planned == 1 else "sessions"
    words = (
        f"{done} of {planned} {noun}, last {length} days"
        if planned
        else f"No session planned in the last {length} days"
    )
    return SessionsDone(done=done, planned=planned, words=words)


# --- coming back (R-C5) and going on (R-C8) ---------------------------------------------------------------------------


def returns() -> tuple[Return, ...]:
    """The steps of the rule, shortest gap first."""
    return _data().return_after_gap


def return_after(gap_days: int) -> Return:
    """What to change after days without a session: nothing up to 6, then less, from 28 days on a retest (R-C5).

    Args:
        gap_days: days from the last session done to the day of coming back, 0 and up.
    """
    if gap_days < 0:
        raise OutOfRange(f"a gap of {gap_days} days: the last session lies in the future")
    return [row for row in returns() if row.from_days <= gap_days][-1]


def after_fever(first_day_without_fever: date) -> tuple[date, tuple[str, ...]]:
    """Day of the first session after a fever, and the pillars it may hold (R-C5)."""
    rule = _data().after_fever
    return first_day_without_fever + timedelta(days=rule.days), rule.pillars


def after_fever_words() -> str:
    """What the runner reads before the first session after an illness."""
    return _data().after_fever.words


def is_after_pain(mornings: Mapping[date, int | None], sessions: Mapping[date, int | None], today: date) -> bool:
    """True when the tone may turn from "recover" to "keep": pain 0-1, mornings and sessions, for 14 days (R-C8).

    Answers that are missing prove nothing: there must be at least 3 mornings and one session answered in the window.

    Args:
        mornings: local date -> pain that morning, 0-10; None = not answered.
        sessions: local date -> highest pain in that day's session, 0-10; None = not answered.
        today: the last day of the window.
    """
    rule = _data().after_pain
    first = today - timedelta(days=rule.days - 1)

    def answered(pain: Mapping[date, int | None]) -> list[int]:
        return [nrs for day, nrs in pain.items() if nrs is not None and first <= day <= today]

    known_mornings, known_sessions = answered(mornings), answered(sessions)
    if len(known_mornings) < rule.mornings_min or len(known_sessions) < rule.sessions_min:
        return False
    return max(known_mornings + known_sessions) <= rule.nrs_max


def after_pain_words() -> str:
    """The facts that go with the change of tone, in kind words."""
    return _data().after_pain_words
