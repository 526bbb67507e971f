"""The red-flag gate: one function that every road to testing, to results and to a plan passes.

What opens it again, precisely. A *round* is one set of red-flag answers (RedFlagCheck); it is *complete* when every flag
was asked. A round *closes* the gate when the engine answered `refer` or `stop_urgent`.

1. Every closing round keeps the gate closed until a clearance is recorded on that round: who saw the runner, when. A
   newer round, however good, clears nothing: a runner who answers "no" tomorrow has not been seen by a clinician. Nor
   does a look from before the answer, unless it is a `refer` and the note says why an earlier letter covers it.
2. A cleared `refer` passes as `caution`, until the next complete round says what stands then.
3. A cleared `stop_urgent` does not pass. It needs a complete round answered after the clearance, and that round decides.
4. Not asked is not no: without a complete round the gate is closed.
5. Under 16, or without a date of birth, there is no plan; a coach may record tests, which are not scored.

Rules 1 and 3 read only rows of this runner and the order in which they were written, so replayed forms, older tabs and
other runners' numbers have nothing to hold on to. Forms carry the `stamp` they were drawn under; services.safety refuses
harmless answers under an old stamp, so an old tab cannot be the "round after the clearance". A yes always counts.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from django.db import transaction

from assessments.domain.records import GateAction
from assessments.domain.rules import rules
from assessments.models import RedFlagCheck
from clients.models import Client

CLOSING = ("stop_urgent", "refer")


class Reason(StrEnum):
    CLEAR = "clear"
    CAUTION = "caution"
    NOT_ASKED = "not_asked"
    AGE_UNKNOWN = "age_unknown"
    UNDER_AGE = "under_age"
    REFER = "refer"  # waits for a clinician's clearance
    STOP = "stop_urgent"
    ANSWER_AGAIN = "answer_again"  # an urgent stop was cleared; a new round is due


WORDS = {
    Reason.CLEAR: "No red flag is up.",
    Reason.CAUTION: "Go on, with the limits noted in the record.",
    Reason.NOT_ASKED: "The safety questions have not been asked yet.",
    Reason.AGE_UNKNOWN: "The date of birth is not known yet.",
    Reason.UNDER_AGE: "Under 16: no plan from this studio. A clinician looks first.",
    Reason.REFER: "A red flag is up. It waits for a clinician and for the clearance in the record.",
    Reason.STOP: "An urgent red flag is up: a clinician first. No testing and no plan.",
    Reason.ANSWER_AGAIN: "The urgent red flag was cleared. The safety questions need a new answer first.",
}


@dataclass(frozen=True)
class Gate:
    """What stands for one runner now."""

    reason: Reason
    action: GateAction  # for the plan's brief: what still stands; everything but none and caution is refused there
    flags: tuple[str, ...] = ()  # ids behind it, in the order of asking
    closing: tuple[RedFlagCheck, ...] = ()  # rounds that wait for a clearance, oldest first
    newest: RedFlagCheck | None = None  # the newest complete round
    stamp: str = ""  # changes with every round and every clearance

    @property
    def allows_plan(self) -> bool:
        return self.action in ("none", "caution")

    @property
    def allows_testing(self) -> bool:
        """Tests may be done; of an under-age runner they are recorded and not scored."""
        return self.allows_plan or self.reason is Reason.UNDER_AGE

    @property
    def is_urgent(self) -> bool:
        return self.reason is Reason.STOP

    @property
    def words(self) -> str:
        return WORDS[self.reason]


class GateClosed(Exception):
    """The road ends at the gate; `gate` says why, str() says it to a coach."""

    def __init__(self, gate: Gate) -> None:
        self.gate = gate
        super().__init__(gate.words)


def decide(rounds: Iterable[RedFlagCheck], *, age: int | None) -> Gate:
    """Fold a runner's rounds into what stands now. Plain rows in, no clock, no database.

    Args:
        rounds: all red-flag rounds of one runner, in any order.
        age: full years today; None when the date of birth is not known.

    Returns:
        The gate, by the five rules above.
    """
    ordered = sorted(rounds, key=lambda check: (check.answered_at, check.pk or 0))
    complete = [check for check in ordered if is_complete(check)]
    newest = complete[-1] if complete else None
    closing = tuple(check for check in ordered if check.action in CLOSING and check.cleared_at is None)
    stamp = stamp_of(ordered)

    def gate(reason: Reason, action: GateAction, flags: Iterable[str] = ()) -> Gate:
        return Gate(reason, action, _in_order(flags), closing, newest, stamp)

    if closing:
        flags = [flag for check in closing for flag in check.flags]
        if any(check.action == "stop_urgent" for check in closing):
            return gate(Reason.STOP, "stop_urgent", flags)
        return gate(Reason.REFER, "refer", flags)
    stops = [check for check in ordered if check.action == "stop_urgent"]
    if stops and not _answered_after(newest, [check.cleared_at for check in stops if check.cleared_at]):
        return gate(Reason.ANSWER_AGAIN, "stop_urgent", [flag for check in stops for flag in check.flags])
    if newest is None:
        return gate(Reason.NOT_ASKED, "refer")
    if age is None:
        return gate(Reason.AGE_UNKNOWN, "refer")
    if age < rules().scheme.age_rule.score_from:
        return gate(Reason.UNDER_AGE, "refer", newest.flags)
    if newest.flags:
        return gate(Reason.CAUTION, "caution", newest.flags)
    return gate(Reason.CLEAR, "none")


def gate_for(client: Client, now: datetime) -> Gate:
    """What stands for this runner at `now`. One query."""
    return decide(RedFlagCheck.objects.filter(client_id=client.pk), age=client.age_on(local_day(client, now)))


def plan_gate(client: Client, now: datetime) -> GateAction:
    """The `gate` of a plan's brief. Anything but none and caution is refused by the generator."""
    return gate_for(client, now).action


def require_plan_allowed(client: Client, now: datetime) -> Gate:
    """Pass the gate inside the transaction that makes or publishes a plan, or raise GateClosed.

    The runner's row is locked until that transaction ends, and red-flag answers lock it too: an answer comes before
    the plan and refuses it, or after it and raises its alarm on a plan that is there.
    """
    return _required(client, now, lambda gate: gate.allows_plan)


def require_testing_allowed(client: Client, now: datetime) -> Gate:
    """The same for testing and for results."""
    return _required(client, now, lambda gate: gate.allows_testing)


def _required(client: Client, now: datetime, may: Callable[[Gate], bool]) -> Gate:
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("the gate is passed inside the transaction that acts on it")
    lock(client)
    gate = gate_for(client, now)
    if not may(gate):
        raise GateClosed(gate)
    return gate


def lock(client: Client) -> None:
    """Hold the runner's row until the transaction ends."""
    Client.objects.select_for_update().values_list("pk").get(pk=client.pk)


def local_day(client: Client, now: datetime) -> date:
    """The date at the runner's own place, by which age and days are counted."""
    return client.local_date(now)


def is_complete(check: RedFlagCheck) -> bool:
    """Every flag was asked. A question of a newer rule that was never asked makes an old round incomplete."""
    return not rules().red_flags.unasked(check.answers)


def stamp_of(rounds: Sequence[RedFlagCheck]) -> str:
    """Which rounds and clearances a form was drawn under."""
    clearances = [check.cleared_at for check in rounds if check.cleared_at]
    newest = max((check.pk or 0 for check in rounds), default=0)
    return f"{newest}.{max(clearances).timestamp():.6f}" if clearances else f"{newest}.-"


def _answered_after(check: RedFlagCheck | None, clearances: Iterable[datetime]) -> bool:
    return check is not None and all(check.answered_at > cleared_at for cleared_at in clearances)


def _in_order(flags: Iterable[str]) -> tuple[str, ...]:
    up = set(flags)
    return tuple(flag for flag in rules().red_flags.flag if flag in up)
