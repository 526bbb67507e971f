"""The coach's shorthand for a dose, "3x8-12/side @RIR2-4 12.5kg r60 3-1-1-0 +1L", read back into a dose.

words.compact_dose writes what this reads.  What is left out stays as it was; only the work itself ("3x8") must be there.
"""

from __future__ import annotations

import re

import msgspec

from programs.domain.records import Dose, SideSets
from programs.domain.words import LB_PER_KG

EXAMPLE = "3x8-12/side @RIR2-4 12.5kg r60"
SPAN = r"(\d{1,4})(?:-(\d{1,4}))?"
HOLDS = re.compile(rf"(?:{SPAN}x)?{SPAN}s")
METRES, REPS = re.compile(r"(\d{1,5})m"), re.compile(SPAN)
DURATION = re.compile(r"(\d{1,4})(s|min)")
RIR = re.compile(rf"@?rir{SPAN}", re.IGNORECASE)
LOAD = re.compile(r"(\d{1,3}(?:[.,]\d{1,2})?)(kg|lb)", re.IGNORECASE)
REST = re.compile(r"r(\d{1,4})(?:s)?", re.IGNORECASE)
TEMPO = re.compile(r"\d-\d-\d-\d")
EXTRA = re.compile(r"\+(\d)([lr])", re.IGNORECASE)


class Unreadable(ValueError):
    """Not a dose; the message says which part and what would do."""


class Typed(msgspec.Struct, frozen=True):
    """A dose as it was typed."""

    sets: int
    dose: Dose
    extra_side_sets: SideSets


def read_dose(text: str, before: Dose, extra: SideSets, *, unilateral: bool) -> Typed:
    """Read a dose.

    Args:
        text: the shorthand; capitals, "×" for "x" and spaces inside "12.5 kg" do not matter.
        before: the dose so far, whose kind says what the work is counted in and whose other parts stay if not typed.
        extra: extra sets on one side so far; typing none of them keeps them, "+0L" takes them away.
        unilateral: whether each set is done on both sides; "/side" is only allowed then, and never needed.

    Returns:
        Sets, dose and extra sets.  Bounds are not looked at: the edit does that.

    Raises:
        Unreadable: see there.
    """
    tidy = re.sub(r"(\d)\s+(kg|lb|s|min|m)\b", r"\1\2", text.replace("×", "x").replace("–", "-").strip(), flags=re.I)
    tidy = re.sub(r"\s*([x/-])\s*", r"\1", tidy)
    work, *parts = tidy.split() or [""]
    sets, amount = _split(work)
    if amount.lower().endswith("/side"):
        if not unilateral:
            raise Unreadable("This exercise works both sides at once: leave out /side.")
        amount = amount[: -len("/side")]
    dose = _with_work(before, amount.lower())
    left, right = extra.left, extra.right
    for part in parts:
        if found := RIR.fullmatch(part):
            dose = msgspec.structs.replace(dose, rir=_span(*found.groups()))
        elif found := LOAD.fullmatch(part):
            dose = msgspec.structs.replace(dose, load_kg=_kilograms(*found.groups()))
        elif found := REST.fullmatch(part):
            dose = msgspec.structs.replace(dose, rest_s=int(found[1]))
        elif TEMPO.fullmatch(part):
            dose = msgspec.structs.replace(dose, tempo=part)
        elif found := EXTRA.fullmatch(part):
            left, right = (int(found[1]), right) if found[2].lower() == "l" else (left, int(found[1]))
        else:
            raise Unreadable(f"“{part}” is not understood. A dose looks like {EXAMPLE}.")
    return Typed(sets, dose, SideSets(left=left, right=right))


def _split(work: str) -> tuple[int, str]:
    sets, times, amount = work.partition("x")
    if not times or not sets.isdecimal() or not sets.isascii() or not amount:
        raise Unreadable(f"Begin with sets x work, as in {EXAMPLE}.")
    return int(sets), amount


def _with_work(before: Dose, amount: str) -> Dose:
    replace = msgspec.structs.replace
    if before.kind == "hold" and (found := HOLDS.fullmatch(amount)):
        reps = (1, 1) if found[1] is None else _span(found[1], found[2])
        return replace(before, reps=reps, hold_s=_span(found[3], found[4]))
    if before.kind == "duration" and (found := DURATION.fullmatch(amount)):
        return replace(before, duration_s=int(found[1]) * (60 if found[2] == "min" else 1))
    if before.kind == "distance" and (found := METRES.fullmatch(amount)):
        return replace(before, distance_m=int(found[1]))
    if before.kind in ("reps", "reps_load") and (found := REPS.fullmatch(amount)):
        return replace(before, reps=_span(*found.groups()))
    looks = {"hold": "3x30s or 2x5x10s", "duration": "2x60s or 2x2min", "distance": "4x80m"}.get(before.kind, "3x8-12")
    raise Unreadable(f"“{amount}” does not fit this exercise: its work is written like {looks}.")


def _span(low: str, high: str | None) -> tuple[int, int]:
    first, last = int(low), int(high or low)
    if last < first:
        raise Unreadable(f"{first}-{last} runs backwards.")
    return first, last


def _kilograms(number: str, unit: str) -> float:
    value = float(number.replace(",", "."))
    return value if unit.lower() == "kg" else value / LB_PER_KG
