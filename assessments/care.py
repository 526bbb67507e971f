"""What a person does now: the words for a raised red flag, and the numbers of the studio to call."""

from collections.abc import Iterable
from dataclasses import dataclass

from assessments.domain.red_flags import RedFlag
from assessments.domain.rules import rules

URGENCY = ("emergency", "same day", "within 48 h")  # as the time frames of the stop flags begin, most urgent first


@dataclass(frozen=True)
class Care:
    """Where to, how soon; for a runner, so without a word about what it may be."""

    level: str  # emergency, same_day, within_48_h, referral
    headline: str
    what: str
    limits: tuple[str, ...]
    said: tuple[tuple[RedFlag, str], ...]  # each question that got a yes, and by when somebody should look


WORDS = {
    "emergency": ("Stop here and get help now.", "This needs urgent medical care, not training."),
    "same_day": ("Stop here. Please be seen today.", "See a doctor or go to urgent care today, before any training."),
    "within_48_h": ("Stop here. Please be seen within two days.", "See a doctor within 48 hours, before any training."),
    "referral": (
        "One more pair of eyes first.",
        "A doctor or physiotherapist should look at this before you train with us.",
    ),
}
# What a time frame says beside the time.
LIMITS = {
    "no running": "Do not run until then.",
    "crutches": "Keep the weight off the leg: use crutches.",
    "no weight bearing": "Do not put weight on the leg.",
}


def care_for(flags: Iterable[str]) -> Care:
    """What the raised flags ask of the runner, led by the most urgent one."""
    known = rules().red_flags.flag
    raised = tuple(known[flag] for flag in flags if flag in known and known[flag].action != "caution")
    stops = [flag for flag in raised if flag.action == "stop_urgent"]
    level = "referral"
    if stops:
        first = next((sign for sign in URGENCY if any(flag.timeframe.startswith(sign) for flag in stops)), URGENCY[1])
        level = first.replace(" ", "_")
    headline, what = WORDS[level]
    when = tuple((flag, when_text(flag)) for flag in raised)
    said = {part.strip() for flag in raised for part in flag.timeframe.split(",")}
    return Care(level, headline, what, tuple(words for sign, words in LIMITS.items() if sign in said), when)


def when_text(flag: RedFlag) -> str:
    """By when somebody should look, without the rest of the time frame: now, today, within 48 h, within 1 week."""
    parts = [part.strip() for part in flag.timeframe.split(",")]
    if "emergency" in parts:
        return "now"
    if "same day" in parts:
        return "today"
    return next((part for part in parts if part.startswith(("within", "before"))), parts[0])
