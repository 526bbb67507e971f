"""Words for a plan: doses for the runner and for the coach, session titles, reasons.

Plain, second person, present tense; a result is short of target, never a fault or a proven cause.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from programs.domain.library import ROOT_CAUSES, Exercise
from programs.domain.records import Dose, Line, Notice, Run, SideSets

Units = Literal["metric", "imperial"]

LB_PER_KG = 2.2046226218
AREA_WORDS = {
    "hip_weakness": "hip strength",
    "quad_itb_tightness": "thigh and outer-hip flexibility",
    "ankle_stiffness": "ankle range",
    "core_instability": "trunk endurance",
}
CONTRIBUTOR_WORDS = {
    "hip_weakness": "hip weakness",
    "quad_itb_tightness": "tight quads or IT band",
    "ankle_stiffness": "ankle stiffness",
    "core_instability": "core instability",
}
MUSCLE_WORDS = {
    "quads": "front of the thigh",
    "hip": "hips",
    "calf": "calves",
    "posterior": "back of the thigh",
    "upper": "upper body",
}
PILLAR_WORDS = {
    "strength": "strength",
    "mobility": "mobility",
    "release": "release",
    "form": "running form",
    "core": "core",
    "consistency": "consistency",
}
# Which areas a reason may name for a pillar's exercise, and how directly the exercise must act on one.
ACTS_ON = {
    "strength": ROOT_CAUSES,
    "core": ("hip_weakness", "ankle_stiffness", "core_instability"),
    "mobility": ("quad_itb_tightness", "ankle_stiffness"),
    "release": ("quad_itb_tightness", "ankle_stiffness"),
}
NAMED_FROM, NAMED_SHARE = 0.4, 0.75  # weight 0-1; part of the exercise's highest weight
DAY_WORDS = {
    "mon": "Monday",
    "tue": "Tuesday",
    "wed": "Wednesday",
    "thu": "Thursday",
    "fri": "Friday",
    "sat": "Saturday",
    "sun": "Sunday",
}


def span(bounds: Sequence[int], joiner: str = " to ") -> str:
    """A range in words: "10 to 15", or "8" when both ends are the same."""
    low, high = bounds
    return f"{low}" if low == high else f"{low}{joiner}{high}"


def plural(count: int, one: str, many: str | None = None) -> str:
    """ "1 set", "2 sets"."""
    return f"{count} {one if count == 1 else many or one + 's'}"


def seconds_words(seconds: int) -> str:
    """ "45 s", "2 min", "2 min 30 s"."""
    minutes, rest = divmod(seconds, 60)
    if seconds < 120 and rest:
        return f"{seconds} s"
    return f"{minutes} min" + (f" {rest} s" if rest else "")


def load_words(load_kg: float, units: Units = "metric") -> str:
    """ "12.5 kg" or "27.5 lb"; shown to the half unit, stored unrounded."""
    value, unit = (load_kg, "kg") if units == "metric" else (load_kg * LB_PER_KG, "lb")
    return f"{round(value * 2) / 2:g} {unit}"


def aim_words(line: Line, aim: int, last: int, rir: int | None) -> str:
    """What to aim at today inside the published range: "3 × 9 today: last time you did 8 with 2 in reserve."

    Args:
        line: as published.
        aim: repetitions a set, or seconds of a hold.
        last: the smallest set of the last time, in the same measure.
        rir: repetitions in reserve, as answered the last time; None = not answered or not asked.
    """
    sets = "" if line.sets == 1 else f"{line.sets} × "
    side = " each side" if line.unilateral else ""
    if line.dose.kind == "hold":
        holds = "" if line.dose.reps in (None, (1, 1)) else f"{span(line.dose.reps or (1, 1))} holds of "
        return f"{sets}{holds}{aim} s{side} today: last time you held {last} s."
    reserve = "" if rir is None else f" with {rir} in reserve"
    return f"{sets}{aim}{side} today: last time you did {last}{reserve}."


def tempo_words(tempo: str) -> str:
    """A tempo of lower-pause-lift-pause seconds: "3-1-1-0" is "3 s down, 1 s pause, 1 s up"."""
    parts = zip((int(part) for part in tempo.split("-")), ("down", "pause", "up", "pause"), strict=True)
    return ", ".join(f"{seconds} s {what}" for seconds, what in parts if seconds)


def dose_words(
    sets: int, dose: Dose, *, unilateral: bool, extra: SideSets | None = None, units: Units = "metric"
) -> str:
    """The dose as the runner reads it: "2 sets of 10 to 15 each side, 2 s down, 1 s pause, 2 s up".

    Args:
        sets: working sets.
        dose: what one set is.
        unilateral: True when each set is done on both sides.
        extra: extra sets on one side.
        units: for the load.

    Returns:
        One sentence part without a full stop.
    """
    side = " each side" if unilateral else ""
    if dose.kind == "hold" and dose.hold_s and dose.reps:
        hold = f"{span(dose.hold_s)} s"
        text = (
            f"{plural(sets, 'hold')} of {hold}"
            if dose.reps == (1, 1)
            else f"{plural(sets, 'set')} of {span(dose.reps)} holds of {hold}"
        )
    elif dose.kind == "duration" and dose.duration_s:
        text = seconds_words(dose.duration_s) if sets == 1 else f"{sets} times {seconds_words(dose.duration_s)}"
    elif dose.kind == "distance" and dose.distance_m:
        text = f"{sets} times {dose.distance_m} m" if sets > 1 else f"{dose.distance_m} m"
    else:
        text = f"{plural(sets, 'set')} of {span(dose.reps or (0, 0))}"
    text += side
    if dose.load_kg is not None:
        text += f" with {load_words(dose.load_kg, units)}"
    if dose.tempo and dose.kind in ("reps", "reps_load"):
        text += f", {tempo_words(dose.tempo)}"
    for name in ("left", "right"):
        if extra and (count := getattr(extra, name)):
            text += f", plus {plural(count, 'set')} on the {name}"
    return text


def line_dose_words(line: Line, units: Units = "metric") -> str:
    """`dose_words` of a line."""
    return dose_words(line.sets, line.dose, unilateral=line.unilateral, extra=line.extra_side_sets, units=units)


def effort_words(dose: Dose) -> str:
    """The effort target: "Stop when 2 to 4 more good ones would still go."; empty when effort is not a target."""
    if dose.rir is None or dose.kind not in ("reps", "reps_load"):
        return ""
    return f"Stop when {span(dose.rir)} more good ones would still go."


def rest_words(dose: Dose, sets: int) -> str:
    """The rest between sets: "Rest 45 s between sets."; empty with one set or no rest."""
    return f"Rest {seconds_words(dose.rest_s)} between sets." if sets > 1 and dose.rest_s else ""


def compact_dose(
    sets: int, dose: Dose, *, unilateral: bool, extra: SideSets | None = None, units: Units = "metric"
) -> str:
    """The dose as the coach reads it: "3x8-12/side @RIR2-4 12.5 kg r60 +1L"."""
    if dose.kind == "hold" and dose.hold_s and dose.reps:
        holds = "" if dose.reps == (1, 1) else f"{span(dose.reps, '-')}x"
        work = f"{holds}{span(dose.hold_s, '-')}s"
    elif dose.kind == "duration" and dose.duration_s:
        work = f"{dose.duration_s}s" if dose.duration_s < 120 or dose.duration_s % 60 else f"{dose.duration_s // 60}min"
    elif dose.kind == "distance" and dose.distance_m:
        work = f"{dose.distance_m}m"
    else:
        work = span(dose.reps or (0, 0), "-")
    parts = [f"{sets}x{work}{'/side' if unilateral else ''}"]
    if dose.rir is not None:
        parts.append(f"@RIR{span(dose.rir, '-')}")
    if dose.load_kg is not None:
        parts.append(load_words(dose.load_kg, units))
    if dose.rest_s and sets > 1:
        parts.append(f"r{dose.rest_s}")
    if extra:
        parts += [f"+{getattr(extra, name)}{name[0].upper()}" for name in ("left", "right") if getattr(extra, name)]
    return " ".join(parts)


def line_compact_dose(line: Line, units: Units = "metric") -> str:
    """`compact_dose` of a line."""
    return compact_dose(line.sets, line.dose, unilateral=line.unilateral, extra=line.extra_side_sets, units=units)


def run_words(run: Run) -> str:
    """A ladder session: "Walk 30 min briskly", "8 times 1 min run, 2 min walk", "30 min easy run"."""
    if not run.run_min:
        return f"Walk {run.walk_min:g} min briskly"
    if run.reps == 1 and not run.walk_min:
        return f"{run.run_min:g} min easy run"
    return f"{run.reps} times {run.run_min:g} min run, {run.walk_min:g} min walk"


def session_title(exercises: Sequence[tuple[Exercise, int]]) -> str:
    """A short human name from what fills the session: "Hips and core".

    Args:
        exercises: each exercise with its seconds.

    Returns:
        The one or two largest kinds of work, largest first.
    """
    totals: dict[str, int] = {}
    for exercise, seconds in exercises:
        totals[_kind_of_work(exercise)] = totals.get(_kind_of_work(exercise), 0) + seconds
    ranked = sorted(totals, key=lambda kind: (-totals[kind], kind))[:2]
    return " and ".join(ranked).capitalize() if ranked else "Session"


def _kind_of_work(exercise: Exercise) -> str:
    if exercise.pattern is not None:
        return {"knee": "thighs", "hip": "hips", "calf": "calves", "upper": "upper body"}[exercise.pattern]
    return {"form": "running form"}.get(exercise.pillar, exercise.pillar)


def because(
    exercise: Exercise,
    severity: Mapping[str, float],
    *,
    weak_side: str | None = None,
    evidence: Mapping[str, str] | None = None,
    from_severity: float = 0.3,
) -> str:
    """Why a line is in the plan, for the runner: what it is for in this plan, then the library's own reason.

    Args:
        exercise: the line's exercise.
        severity: effective severity 0-1 per root cause; an area below `from_severity` is not named.
        weak_side: left or right when the line carries extra sets for a side that tested weaker.
        evidence: the test behind each root cause, such as "your right knee-to-wall reach was 6.5 cm, 9 cm is usual".
        from_severity: 0-1.

    Returns:
        Two sentences.  An area is named only when the exercise really acts on it: nothing stretches a hip strong.
    """
    best = max(exercise.root_causes.values())
    short = [
        cause
        for cause in ACTS_ON.get(exercise.pillar, ())
        if severity[cause] >= from_severity
        and exercise.root_causes[cause] >= NAMED_FROM
        and exercise.root_causes[cause] >= NAMED_SHARE * best
    ]
    if weak_side:
        first = f"Gives the {weak_side} side, which tested weaker, a little more."
    elif short:
        cause = max(short, key=lambda one: severity[one] * exercise.root_causes[one])
        test = (evidence or {}).get(cause)
        first = f"Works on {AREA_WORDS[cause]}{f': {test}' if test else ', which is short of target'}."
    elif exercise.evidence_core:
        first = f"Keeps the {MUSCLE_WORDS[exercise.evidence_core[0]]} working every week."
    else:
        first = f"Keeps {PILLAR_WORDS[exercise.pillar]} in your week."
    return f"{first} {exercise.why}"


def notice_words(notices: Sequence[Notice]) -> list[str]:
    """Notices for the coach, one sentence each, equal sentences of several weeks joined: "... (weeks 1-4)"."""
    weeks: dict[str, list[int]] = {}
    for notice in notices:
        found = weeks.setdefault(notice.message, [])
        if notice.week is not None:
            found.append(notice.week)
    return [f"{message} ({weeks_words(found)})" if found else message for message, found in weeks.items()]


def weeks_words(weeks: Sequence[int]) -> str:
    """ "week 3", "weeks 1-4, 6"."""
    ordered = sorted(set(weeks))
    runs: list[list[int]] = []
    for week in ordered:
        if runs and week == runs[-1][-1] + 1:
            runs[-1].append(week)
        else:
            runs.append([week])
    parts = [f"{run[0]}" if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs]
    return f"week{'' if len(ordered) == 1 else 's'} {', '.join(parts)}"
