"""How the knee took a session, and what that says about the next one.

The action table R-M is data (adaptation.yaml) and is evaluated here, row by row: the first row that holds wins, the last
one always holds, so there is exactly one action for every answer.  Two promises shape it:

- A missing pain answer (D or M) holds: nobody progresses on silence.
- A missing hour-after (A) or effort (R) lets no row fire on it.  It therefore counts like the best answer that could have
  been given (A = 0, R within the phase) and never like a better one; and the reason says that it was not answered.

Nobody reads a clock here: moments are passed in as aware datetimes, days as the runner's own local dates.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from itertools import pairwise
from math import inf
from pathlib import Path
from statistics import median
from typing import Any, Literal
from zoneinfo import ZoneInfo

import msgspec
import yaml

from programs.domain.rules import Rules, rules

DATA_FILE = Path(__file__).with_name("adaptation.yaml")
HEAD = ("schema_version", "rules_version", "reviewed_by", "sources")


BLANK = "pain during was not answered"
BLANKS_NAMED = 3  # exercises that a sentence names; of more it says how many


class OutOfRange(ValueError):
    """An answer that no screen can produce, such as a pain of 11."""


class Action(StrEnum):
    """What a session allows, boldest first."""

    PROGRESS = "progress"
    HOLD = "hold"
    REGRESS = "regress"
    STOP = "stop"

    @property
    def severity(self) -> int:
        """0 for progress to 3 for stop."""
        return list(Action).index(self)


# --- the numbers, as data ---------------------------------------------------------------------------------------------


class _Block(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pass


class AnswerRange(_Block, frozen=True):
    """What may be answered to one question; both ends included."""

    min: float
    max: float | None = None  # None = no upper end
    whole: bool = False

    @property
    def words(self) -> str:
        """The range as a message names it: 0-10, -10 to 10, or 0 and up."""
        if self.max is None:
            return f"{self.min:g} and up"
        return f"{self.min:g}{' to ' if self.min < 0 else '-'}{self.max:g}"

    def problem(self, value: float) -> str | None:
        """Why the number is no answer, in words that follow it: `is outside 0-10`; None when it is one."""
        if not self.min <= value <= (inf if self.max is None else self.max) or value == inf:  # NaN passes no comparison
            return f"is outside {self.words}"
        if self.whole and value != int(value):
            return f"is not a whole number {self.words}"
        return None


class Answers(_Block, frozen=True):
    during: AnswerRange
    after: AnswerRange
    morning: AnswerRange
    session_rpe: AnswerRange
    completion: AnswerRange
    amber_streak: AnswerRange


class Test(_Block, frozen=True):
    """One comparison.  A missing answer passes only `missing`."""

    __test__ = False  # not a pytest class

    from_: float | None = msgspec.field(name="from", default=None)
    below: float | None = None
    above_phase: bool = False  # above the phase's upper limit of effort
    missing: bool = False
    raised: bool = False  # a flag is up

    def passes(self, value: float | bool | None, effort_max: float) -> bool:
        if value is None:
            return self.missing
        return (
            (self.from_ is not None and value >= self.from_)
            or (self.below is not None and value < self.below)
            or (self.above_phase and value > effort_max)
            or (self.raised and value is True)
        )


class Row(_Block, frozen=True):
    id: str
    action: Action
    any: tuple[dict[str, Test], ...] | None = None  # None = always holds


class _Baseline(_Block, frozen=True):
    mornings: int
    mornings_min: int


class _MorningWords(_Block, frozen=True):
    better_up_to: float
    a_bit_worse_from: float
    clearly_worse_from: float


class _Trend(_Block, frozen=True):
    rise: float
    weeks: int


class _Deadlines(_Block, frozen=True):
    due_hour: int
    late_h: int
    left_after_min: int


class _Calm(_Block, frozen=True):
    during_max: int


class _Amber(_Block, frozen=True):
    from_: int = msgspec.field(name="from")
    to: int


class _Progression(_Block, frozen=True):
    add_reps: int
    add_hold_s: int
    top_sessions: int
    load_pct: tuple[float, float]
    load_steps_max: int


class _Stay(_Block, frozen=True):
    add_lowering_s: int
    lowering_s_max: int
    add_sets: int
    sets_over_library_max: int


class _SpeedLimit(_Block, frozen=True):
    exercises_per_session: int
    new_loaded_per_week: int


class _Regress(_Block, frozen=True):
    step_pct: tuple[int, int]
    loaded_sets_less_pct: int
    loaded_sets_h: int


class _Stop(_Block, frozen=True):
    off_h: int
    calm_mornings: int
    watched_days: int


class _Shrink(_Block, frozen=True):
    completion_below: float
    sessions: int
    sets_less_pct: int
    restore_from: float
    restore_days: int


class Guidance(_Block, frozen=True):
    """What is said and to whom when an action is decided."""

    lead: str  # opens the stored reason
    runner: str
    coach: str
    tells_coach: Literal["never", "dashboard", "now"]


class AdaptationRules(msgspec.Struct, frozen=True):
    """All blocks of adaptation.yaml, values only."""

    rules_version: str
    answers: Answers
    table: tuple[Row, ...]
    baseline: _Baseline
    morning_words: _MorningWords
    trend: _Trend
    deadlines: _Deadlines
    calm: _Calm
    amber: _Amber
    progression: _Progression
    stay: _Stay
    speed_limit: _SpeedLimit
    regress: _Regress
    stop: _Stop
    shrink: _Shrink
    actions: dict[str, Guidance]


class RulesError(ValueError):
    """adaptation.yaml is incomplete or contradicts itself."""


def parse_adaptation_rules(document: Mapping[str, Any]) -> AdaptationRules:
    """Build the rules from the parsed YAML and check them.

    Raises:
        RulesError: a wrong shape; a table that has no last word or tests what nobody answers; an action without words.
    """
    values = {name: block if name in HEAD else block["value"] for name, block in document.items()}
    try:
        data = msgspec.convert(values, AdaptationRules)
    except msgspec.ValidationError as problem:
        raise RulesError(f"adaptation.yaml: {problem}") from problem
    answers = set(Response.__struct_fields__)
    tested = {name for row in data.table for line in row.any or () for name in line}
    if unknown := tested - answers:
        raise RulesError(f"adaptation.yaml: the table tests {', '.join(sorted(unknown))}, which is no answer")
    if data.table[-1].any is not None or any(row.any is None for row in data.table[:-1]):
        raise RulesError("adaptation.yaml: the last row, and only the last, must always hold")
    severities = [row.action.severity for row in data.table]
    if severities != sorted(severities, reverse=True):
        raise RulesError("adaptation.yaml: the rows must go from the most severe action to the boldest")
    if set(data.actions) != {*Action, "flag"}:
        raise RulesError("adaptation.yaml: every action, and the flag, needs its words")
    return data


@cache
def adaptation_rules() -> AdaptationRules:
    """The shipped rules, read and checked on first use."""
    return parse_adaptation_rules(yaml.safe_load(DATA_FILE.read_text(encoding="utf-8")))


# --- one decision per line of a session (R-M) -------------------------------------------------------------------------


class Response(msgspec.Struct, frozen=True, kw_only=True):
    """How one line of a session went.  after, morning, session_rpe and flag are the session's and repeat on its lines."""

    during: int | None = None  # D: highest knee pain during the line, 0-10; None = not answered
    after: float | None = None  # A: pain 60 min after minus before; None = either was not answered
    morning: float | None = None  # M: next morning minus the baseline; None = not answered
    session_rpe: float | None = None  # R: CR-10 of the whole session, 1-10; None = not answered
    completion: float | None = None  # C: done of planned sets, 0-1; None = not known
    amber_streak: int = 0  # sessions of this item just before, one after another, with D 3-5
    flag: bool = False  # a red flag was answered yes

    def __post_init__(self) -> None:
        """Refuse a value that the table cannot judge; NaN would otherwise pass every comparison unseen."""
        for name in Answers.__struct_fields__:
            value = getattr(self, name)
            if value is not None and (problem := getattr(adaptation_rules().answers, name).problem(value)):
                raise OutOfRange(f"{name}: {value} {problem}")


class Decision(msgspec.Struct, frozen=True):
    """What one line, or a whole session, allows - with the row that said so."""

    action: Action
    rule: str  # id of the row: M-STOP, M-REGRESS, M-HOLD, M-PROGRESS
    because: str  # one sentence for runner and coach; stored and never rewritten

    @property
    def is_red(self) -> bool:
        """True for a red session: regress or stop (R-M4)."""
        return self.action in (Action.REGRESS, Action.STOP)


def decide(response: Response, phase: int, program_rules: Rules | None = None) -> Decision:
    """Decide what a line of a session allows next time: the first row of the table that holds.

    Args:
        response: the answers; a missing one is None.
        phase: 1-4; its upper limit of effort is T.
        program_rules: the program rules; the shipped ones unless given.

    Returns:
        Exactly one action, its row, and the sentence with the numbers that decided it.

    Raises:
        OutOfRange: no such phase.

    Source:
        R-M and R-M1 (traffic light 0-2, 3-5, 6-10; S01, S07, S52).
    """
    phases = (program_rules or rules()).phases
    if phase not in phases:
        raise OutOfRange(f"phase {phase} is outside 1-{max(phases)}")
    effort_max = phases[phase].rpe[1]
    for row in adaptation_rules().table:
        if row.any is None:
            told = ["during", "after", "morning"] + ["session_rpe"] * (response.session_rpe is not None)
            return _decision(row, told, response, effort_max)
        fired = [line for line in row.any if all(t.passes(getattr(response, n), effort_max) for n, t in line.items())]
        if fired:
            return _decision(row, list(dict.fromkeys(name for line in fired for name in line)), response, effort_max)
    raise RulesError("the table has no last word")  # unreachable: parse_adaptation_rules asks for one


def _decision(row: Row, told: Sequence[str], response: Response, effort_max: float) -> Decision:
    lead = guidance(row.action, flag=response.flag).lead
    reasons = ", ".join(_reason(name, response, effort_max) for name in told)
    return Decision(row.action, row.id, f"{lead}: {reasons}.")


def _reason(name: str, response: Response, effort_max: float) -> str:
    """One clause of the sentence: what was answered, with its number, or that it was not answered."""
    value = getattr(response, name)
    match name:
        case "flag":
            return "a red flag was answered yes"
        case "during" if value is None:
            return BLANK
        case "during":
            return f"pain {_number(value)} of 10 during" if value else "no pain during"
        case "amber_streak":
            amber = adaptation_rules().amber
            return f"pain {amber.from_} to {amber.to} in the {_number(value)} sessions before"
        case "after" if value is None:
            return "the hour after was not answered"
        case "after" if value > 0:
            return f"pain {_number(value)} higher an hour after than before"
        case "after":
            return f"pain {_number(-value)} lower an hour after than before" if value else "settled an hour after"
        case "morning" if value is None:
            return "the next morning was not answered"
        case "morning":
            return f"the next morning {_morning_clause(value)}"
        case "completion" if value is None:
            return "how much was done is not known"
        case "completion":
            return f"{int(100 * value)} % of the sets done"
        case _ if value > effort_max:
            return f"effort {_number(value)} of 10, above the {_number(effort_max)} of this phase"
        case _:
            return f"effort {_number(value)} of 10"


def _morning_clause(difference: float) -> str:
    distance = f" ({_number(abs(difference))} {'above' if difference > 0 else 'below'} usual)" if difference else ""
    return f"{morning_word(difference)}{distance}"


def _number(value: float) -> str:
    return f"{value:g}"


def most_severe(lines: Sequence[tuple[Response, Decision]]) -> Decision:
    """The decision of a whole session: the most severe of its lines' (R-M1).

    Of equals, the line with the highest pain speaks, so that a session with pain 2 never reads "no pain during".

    Args:
        lines: what was answered on each line and what that decided, in the order of the session.

    Raises:
        ValueError: a session without lines.
    """

    def weight(line: tuple[Response, Decision]) -> tuple[int, int]:
        response, decision = line
        return decision.action.severity, -1 if response.during is None else response.during

    return max(lines, key=weight)[1]


def naming_blanks(because: str, during: Sequence[tuple[str, int | None]]) -> str:
    """The sentence of a whole session that a blank pain answer holds: on how many exercises it is blank, and on which.

    Args:
        because: the sentence of the line that speaks for the session.
        during: name and answered pain of every exercise, in the order of the session; None = not answered.

    Returns:
        "...: pain was not answered on 1 of 10 exercises (Wall sit)."; unchanged when pain was blank on all of them, or
        when the sentence is about something else.
    """
    blank = [name for name, nrs in during if nrs is None]
    if not blank or len(blank) == len(during):
        return because
    named = "; ".join(blank[:BLANKS_NAMED])
    more = f" and {len(blank) - BLANKS_NAMED} more" if len(blank) > BLANKS_NAMED else ""
    return because.replace(BLANK, f"pain was not answered on {len(blank)} of {len(during)} exercises ({named}{more})")


def is_amber(during: int) -> bool:
    """True for pain that is neither green nor red (R-M); two sessions of it before make an amber streak."""
    amber = adaptation_rules().amber
    return amber.from_ <= during <= amber.to


def guidance(action: Action, *, flag: bool = False) -> Guidance:
    """What runner and coach are told, and how soon the coach hears.  With a flag a doctor comes first."""
    return adaptation_rules().actions["flag" if flag else str(action)]


# --- the numbers that go into it: D, A and M --------------------------------------------------------------------------


def session_during(answers: Sequence[int | None]) -> int | None:
    """D of a session: the highest answered pain of its lines; None when none was answered."""
    return max((answer for answer in answers if answer is not None), default=None)


def after_difference(before_nrs: int | None, after60_nrs: int | None) -> int | None:
    """A: pain an hour after minus pain before, -10 to 10; None when either was not answered, never 0."""
    return None if before_nrs is None or after60_nrs is None else after60_nrs - before_nrs


def baseline(earlier: Sequence[int]) -> float | None:
    """The usual morning to compare with.

    Args:
        earlier: answered mornings before the one in question, 0-10, oldest first; unanswered ones are left out.

    Returns:
        The median of the last 7; the first answer while there are fewer than 3; None before the first answer.
    """
    rule = adaptation_rules().baseline
    if not earlier:
        return None
    if len(earlier) < rule.mornings_min:
        return float(earlier[0])
    return float(median(earlier[-rule.mornings :]))


def morning_difference(morning_nrs: int | None, earlier: Sequence[int]) -> float | None:
    """M: this morning minus the usual one; the first answer is its own baseline.

    Args:
        morning_nrs: this morning's answer, 0-10; None = not answered.
        earlier: answered mornings before it, oldest first.

    Returns:
        -10 to 10, halves possible; None when not answered.
    """
    if morning_nrs is None:
        return None
    usual = baseline(earlier)
    return 0.0 if usual is None else morning_nrs - usual


def morning_word(difference: float) -> str:
    """M in words: better (-1 and below), the same, a bit worse (from 1), clearly worse (from 2)."""
    words = adaptation_rules().morning_words
    if difference >= words.clearly_worse_from:
        return "clearly worse"
    if difference >= words.a_bit_worse_from:
        return "a bit worse"
    return "better" if difference <= words.better_up_to else "the same"


# --- weekly trend (R-M2) ----------------------------------------------------------------------------------------------


class Trend(msgspec.Struct, frozen=True):
    """The weekly median morning has risen two weeks running: the coach should look, however green the sessions were."""

    medians: tuple[float, ...]  # of the weeks compared, oldest first
    because: str
    rule: str = "R-M2"


def morning_trend(mornings: Mapping[date, int], through: date) -> Trend | None:
    """Alert when the median morning rose by 1 or more in each of the last two closed weeks.

    Args:
        mornings: local date -> answer, 0-10; days without an answer are left out.
        through: the last local date that counts; weeks run Monday to Sunday and end on or before it.

    Returns:
        The trend, or None.  A week without any answer says nothing, so it never makes a trend.
    """
    rule = adaptation_rules().trend
    next_monday = through + timedelta(days=1)
    end = next_monday - timedelta(days=next_monday.weekday())  # the Monday after the last closed week
    medians = []
    for weeks_back in range(rule.weeks + 1, 0, -1):
        first = end - timedelta(weeks=weeks_back)
        answers = [nrs for day, nrs in mornings.items() if first <= day < first + timedelta(weeks=1)]
        if not answers:
            return None
        medians.append(float(median(answers)))
    if any(later - earlier < rule.rise for earlier, later in pairwise(medians)):
        return None
    path = ", then ".join(_number(value) for value in medians)
    return Trend(tuple(medians), f"The usual morning rose two weeks running: {path} of 10.")


# --- when it is decided (R-M1) ----------------------------------------------------------------------------------------


def morning_due(session_on: date, zone: ZoneInfo) -> datetime:
    """The moment a morning answer is due: noon of the next day on the runner's clock, as a UTC instant.

    Args:
        session_on: the session's local date.
        zone: the runner's zone on that day.
    """
    due = datetime.combine(session_on + timedelta(days=1), time(adaptation_rules().deadlines.due_hour), tzinfo=zone)
    return due.astimezone(UTC)


def late_until(due: datetime) -> datetime:
    """Until when a late answer re-evaluates: 18 hours after it was due, as a UTC instant."""
    _aware(due)
    return due.astimezone(UTC) + timedelta(hours=adaptation_rules().deadlines.late_h)


def is_decidable(due: datetime, now: datetime, answered_at: datetime | None) -> bool:
    """True when a session can be decided: the morning is answered, or noon has come without an answer, which holds.

    Args:
        due: aware, from morning_due.
        now: aware.
        answered_at: aware; None = no answer yet.
    """
    _aware(due, now, answered_at)
    return now >= due or (answered_at is not None and answered_at <= now)


def counts(due: datetime, answered_at: datetime) -> bool:
    """True when an answer given then decides, or decides again; a later one only enters the record."""
    _aware(answered_at)
    return answered_at <= late_until(due)


def _aware(*moments: datetime | None) -> None:
    if any(moment is not None and moment.utcoffset() is None for moment in moments):
        raise ValueError("a moment without a zone: pass aware datetimes")
