"""The letter to a clinician: what the runner answered, as it is stored, and what is asked of whoever examines her.

Facts only: no finding, no score, no guess. The page, its print and the PDF are made from this one document. Without a round
that waits for a clinician there is no letter.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.utils.text import slugify

from assessments.answers import Told, rows_of
from assessments.domain.rules import rules
from assessments.gate import CLOSING, Gate
from assessments.models import Intake, RedFlagCheck
from clients.models import Client
from studio.accounts.models import Studio
from studio.ui import pdf

TEMPLATE = Path(__file__).parent / "pdf" / "referral.typ"
TO_LENGTH = 120
NOT_A_DIAGNOSIS = (
    "This letter is not a diagnosis. It says what the runner answered to a running coach's questions; nobody at the studio "
    "has examined the knee, and coaches do not rule anything out."
)
ASKS = (
    "Please look at the knee, and say whether training of the legs and running may go on.",
    "If so: with which limits, and until when.",
    "If something else is needed first, please say what.",
)
CORE = (
    "onset", "symptom_months", "pain_map", "worst_24h_nrs", "daily_nrs", "stairs_nrs", "squat_nrs", "sitting_nrs",
    "walk30_nrs",
)  # fmt: skip
HEALTH = (
    "medicines", "medicines_note", "knee_surgery", "surgery", "previous_bone_stress_injury", "bone_stress",
    "previous_injury", "injuries", "pregnancy", "pregnancy_weeks",
)  # fmt: skip
ONLY_IF_SAID = {"medicines_note", "surgery", "bone_stress", "injuries", "pregnancy_weeks", "walk30_nrs"}


@dataclass(frozen=True)
class Yes:
    """One question of the safety round that got a yes."""

    question: str
    items: tuple[str, ...]  # the parts of it that were ticked
    to_be_seen: str  # within which time, in the rules' words; "" where none is set


@dataclass(frozen=True)
class Round:
    on: str
    asked: str
    said: tuple[Yes, ...]


@dataclass(frozen=True)
class Letter:
    to: str
    written_on: str
    name: str
    born_on: str
    side: str
    rounds: tuple[Round, ...]
    knee: tuple[Told, ...]
    health: tuple[Told, ...]
    answered_on: str  # when the two lists were answered; "" = not sent yet
    on_hold_since: str
    coach: str
    coach_email: str
    studio: str
    address: tuple[str, ...]
    contact: str
    asks: tuple[str, ...] = ASKS
    fixed: str = NOT_A_DIAGNOSIS


def letter_of(client: Client, gate: Gate, now: datetime, *, to: str = "") -> Letter | None:
    """The letter as of now; None while no answer waits for a clinician.

    Args:
        client: with its coach and the coach's user.
        gate: what stands for this runner.
        to: for whom; "" leaves a line to write on.
    """
    if not gate.closing:
        return None
    intake = Intake.objects.filter(client=client).first()
    answers = intake.answers if intake else {}
    studio = Studio.current()
    coach = client.coach.user
    sent = intake.submitted_at if intake else None
    return Letter(
        to=to,
        written_on=_day(client, now),
        name=client.name,
        born_on=f"{client.born_on:%-d %B %Y}" if client.born_on else "not known",
        side=client.get_painful_side_display() if client.painful_side else _side(answers),
        rounds=tuple(_round(client, check) for check in gate.closing),
        knee=_facts(answers, CORE),
        health=_facts(answers, HEALTH),
        answered_on=_day(client, sent) if sent else "",
        on_hold_since=_day(client, gate.closing[0].answered_at),
        coach=coach.name,
        coach_email=coach.email,
        studio=studio.name,
        address=tuple(line.strip() for line in studio.address.splitlines() if line.strip()),
        contact=studio.contact_email,
    )


def _day(client: Client, moment: datetime) -> str:
    return f"{client.local_date(moment):%-d %B %Y}"


def _side(answers: Mapping[str, Any]) -> str:
    return rows_of(answers, ("painful_side",))[0].answer


def _facts(answers: Mapping[str, Any], names: tuple[str, ...]) -> tuple[Told, ...]:
    rows = zip(names, rows_of(answers, names), strict=True)
    return tuple(row for name, row in rows if not (row.is_blank and name in ONLY_IF_SAID))


def _round(client: Client, check: RedFlagCheck) -> Round:
    """Every yes of a round as it is stored; what follows from the date of birth alone was not said."""
    said = []
    for flag in rules().red_flags.red_flags:
        answer = check.answers.get(flag.id)
        items = [item.text for item in flag.sub_items if item.age_min is None and item.id in _ticked(answer)]
        if answer is True or items:
            is_up = flag.id in check.flags and flag.action in CLOSING
            said.append(Yes(flag.question, tuple(items), flag.timeframe if is_up else ""))
    return Round(_day(client, check.answered_at), check.get_source_display(), tuple(said))


def _ticked(answer: Any) -> list[str]:
    return answer if isinstance(answer, list) else []


def as_pdf(letter: Letter, *, now: datetime) -> bytes:
    return pdf.render(TEMPLATE, asdict(letter), made_at=now)


def pdf_name(client: Client, now: datetime) -> str:
    """A file name that says whose and when: letter-ana-silva-2026-11-18.pdf."""
    who = slugify(client.name) or f"runner-{client.pk}"
    return f"letter-{who[:60].rstrip('-')}-{client.local_date(now):%Y-%m-%d}.pdf"
