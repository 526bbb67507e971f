"""The red-flag gate: one function that every road to testing, results and a plan passes.  Data: red_flags.yaml."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Literal

from assessments.domain.data_files import Record
from assessments.domain.records import Gate, GateAction

SEVERITY: tuple[GateAction, ...] = ("stop_urgent", "refer", "caution", "none")  # most severe first

Answer = bool | Sequence[str]


class SubItem(Record, frozen=True):
    id: str
    text: str
    age_min: int | None = None  # years: the item is true of every runner in the age range, asked or not
    age_max: int | None = None

    def is_known_from(self, age: int) -> bool:
        if self.age_min is None:
            return False
        return age >= self.age_min and (self.age_max is None or age <= self.age_max)


class RedFlag(Record, frozen=True):
    id: str
    action: Literal["stop_urgent", "refer", "caution"]
    timeframe: str  # within which the runner should be seen; "" for a caution
    question: str
    why: str
    sources: tuple[str, ...]
    verified: bool
    rule: str = ""
    sub_items: tuple[SubItem, ...] = ()  # asked one by one; the answer is the list of those answered yes
    all_of: tuple[str, ...] = ()
    any_of: tuple[str, ...] = ()
    pain_from: int | None = None  # 0-10 NRS: a worst pain from here on is a yes, asked or not

    def is_up(self, answer: Answer, age: int) -> bool:
        """Decide one flag from its answer.

        Args:
            answer: yes or no, or for a flag with sub-items the ids answered yes.  A plain yes to such a flag counts as
                the whole of it.
            age: years; sub-items that are about age count as answered yes when the age says so, so that nobody has to
                tick what is already known.
        """
        if isinstance(answer, bool) or not self.sub_items:
            return bool(answer)
        yes = set(answer)
        yes |= {item.id for item in self.sub_items if item.is_known_from(age)}
        return yes.issuperset(self.all_of) and not yes.isdisjoint(self.any_of)


class RedFlags(Record, frozen=True):
    meta: dict[str, str | None]
    plain_numbers: dict[str, dict[str, str]]
    red_flags: tuple[RedFlag, ...]

    @cached_property
    def flag(self) -> Mapping[str, RedFlag]:
        """Red flags by id, in the order of asking."""
        return {flag.id: flag for flag in self.red_flags}

    def gate(self, answers: Mapping[str, Answer], age: int) -> Gate:
        """Which flags are up and what the most severe of them asks for.

        Args:
            answers: flag id -> yes/no or the sub-items answered yes; a flag that was not asked is left out.
            age: years.

        Returns:
            The gate before clearance; Gate.is_open and Gate.stands take clearance into account.
        """
        up = [flag for flag in self.red_flags if flag.id in answers and flag.is_up(answers[flag.id], age)]
        actions: list[GateAction] = [flag.action for flag in up]
        action: GateAction = min(actions, key=SEVERITY.index, default="none")
        return Gate(action, tuple(flag.id for flag in up))

    def is_severe(self, worst_nrs: int | None) -> bool:
        """True when a worst pain, 0-10, answers one of the flags by itself; None = not answered, which answers none."""
        return worst_nrs is not None and any(
            flag.pain_from is not None and worst_nrs >= flag.pain_from for flag in self.red_flags
        )

    def unasked(self, answers: Mapping[str, Answer]) -> tuple[str, ...]:
        """Ids of the flags without an answer, in the order of asking.  Not asked is not no."""
        return tuple(flag.id for flag in self.red_flags if flag.id not in answers)
