"""What a person of the demo studio is made of.

Days are counted from the day of the first seeding (0); negative ones are past.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from studio.front.demo.histories import Course

DOMAIN = "demo.studio"
HOME = ("mat", "wall", "chair")  # kit that nobody has to buy

Answers = Mapping[str, Any]
Reading = tuple[Any, Any]  # left, right; None = not measured


@dataclass(frozen=True)
class CoachPart:
    """A coach of the demo studio; the key is the part of the address before the @."""

    key: str
    name: str
    headline: str
    is_owner: bool = False

    @property
    def email(self) -> str:
        return f"{self.key}@{DOMAIN}"


@dataclass(frozen=True)
class Testing:
    """An assessment: test id -> (left, right), or one value of a test for both sides."""

    day: int
    readings: Mapping[str, Reading | int | float]
    pains: Mapping[tuple[str, str], int] = field(default_factory=dict)  # (test, side) -> pain during it, 0-10
    note: str = ""


@dataclass(frozen=True)
class Asked:
    """A round of the outcome questions: pain worst, usual, in the last run and the morning after it (None = left out), and
    the points of the thirteen AKPS answers in the order of asking."""

    day: int
    pain: tuple[int | None, int | None, int | None, int | None]
    akps: tuple[int, ...]


@dataclass(frozen=True)
class Planned:
    """The first plan. `trains` are days: the weekdays on which they fall are the training days.

    on_weekday: other training days when the first seeding falls on that weekday (0 = Monday), for who has just begun.
    """

    published: int
    begins: int | None  # week 1 is the week of this day; None = of the first training day
    phase: int
    weeks: int
    minutes: int
    trains: tuple[int, ...]
    reason: str
    on_weekday: Mapping[int, tuple[int, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Visit:
    """A consultation: the type's place in the coach's list, the wished day and hour, and how it was booked."""

    kind: Literal["first", "full", "follow_up"]
    day: int
    hour: int
    booked: int
    about: str = ""
    is_seen: bool = True
    cancelled: int | None = None


@dataclass(frozen=True)
class Turn:
    """The coach changes the plan: sets of the line that the knee noticed most in one session."""

    day: int
    session: int  # the day of that session
    sets: int  # how many more or fewer
    reason: str  # for the runner; {weekday} and {exercise} are those of that session
    note: str = ""  # words beside the line


@dataclass(frozen=True)
class Runner:
    """A runner of the demo studio: who she is and what happens on which day. Days count from the seeding, 0 = today."""

    key: str
    name: str
    story: str
    came: int  # the first sign of life
    coach: str = "bethany"
    time_zone: str = "Europe/London"
    born_on: date = date(1990, 1, 1)
    sex: str = "undisclosed"
    visits: tuple[Visit, ...] = ()
    invited: int | None = None  # accepted the next day, unless `is_in` says otherwise
    is_in: bool = True
    intake: int | None = None
    answers: Answers = field(default_factory=dict)
    red_flags: tuple[str, ...] = ()
    tests: tuple[Testing, ...] = ()
    planned: Planned | None = None
    course: Course | None = None
    rounds: tuple[Asked, ...] = ()
    weeks: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)  # day -> answers of that week's check
    notes: Mapping[int, str] = field(default_factory=dict)  # of the coach
    barriers: Mapping[int, str] = field(default_factory=dict)  # day -> what got in the way of that week
    away_from: int | None = None  # an open-ended holiday
    away_note: str = ""
    flare_from: int | None = None
    pain_free_from: int | None = None
    turns: tuple[Turn, ...] = ()
    ended: int | None = None
    refuses_mail_from: int | None = None  # the mailbox is gone

    @property
    def email(self) -> str:
        return f"{self.key}@{DOMAIN}"
