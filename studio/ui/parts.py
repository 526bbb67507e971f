"""Small pieces of markup that appear many times on a page, as plain functions: strings in, HTML out, all text escaped.

Templates reach them through the tags of templatetags/ui.py. They are functions and not included templates because a
page is template-bound: thirty chips cost thirty includes otherwise.
"""

from dataclasses import dataclass
from html import escape

from studio.ui.icons import icon

PILLARS = {
    "strength": ("Strength", "dumbbell"),
    "mobility": ("Mobility", "spline"),
    "release": ("Myofascial release", "cylinder"),
    "form": ("Running form", "footprints"),
    "core": ("Core stability", "target"),
    "consistency": ("Consistency", "calendar-check"),
}
SEVERITIES = ("Clear", "Mild", "Moderate", "Marked")  # how far from the reference: 0 .. 3
CONFIDENCES = {"low": 1, "moderate": 2, "high": 3}  # bars drawn
FINDINGS = {"ok": "ok", "borderline": "mid", "short": "low", "none": "none"}  # state of a test -> CSS suffix
NOTES = {"stop": "octagon-alert", "ease": "triangle-alert", "go": "circle-check", "pine": "info", "": "info"}
EASE_FROM, STOP_FROM = 3, 6  # NRS 0-10; the zones that the pain scale shows (0-2 go, 3-5 ease, 6-10 stop)
ZONE_WORDS = {"go": "carry on", "ease": "ease off", "stop": "stop"}


def pain_zone(pain: int) -> str:
    """go, ease or stop: the colour of an answer on the 0-10 scale. What follows from it is the domain's business."""
    return "stop" if pain >= STOP_FROM else "ease" if pain >= EASE_FROM else "go"


def chip(text: object, kind: str = "", icon_name: str = "") -> str:
    """kind: go, ease, stop, pine, accent, line or nothing."""
    cls = f"chip chip-{kind}" if kind else "chip"
    return f'<span class="{cls}">{icon(icon_name) if icon_name else ""}{escape(str(text))}</span>'


def pillar_chip(pillar: str, text: object = "") -> str:
    """A pillar of the plan with its colour and icon; text replaces its name."""
    name, icon_name = PILLARS[pillar]
    return f'<span class="chip chip-pillar p-{pillar}">{icon(icon_name)}{escape(str(text or name))}</span>'


def pillar_badge(pillar: str) -> str:
    """A pillar's icon alone; put its name beside it."""
    return f'<span class="pill-badge p-{pillar}">{icon(PILLARS[pillar][1])}</span>'


def sure(confidence: str) -> str:
    """How sure the tests are, as three bars and a word."""
    bars = "".join(
        f'<rect class="{"on" if i < CONFIDENCES[confidence] else "off"}" x="{i * 5}" y="{8 - i * 3}" width="3.4" '
        f'height="{4 + i * 3}" rx="1"/>'
        for i in range(3)
    )
    return f'<span class="sure"><svg viewBox="0 0 14 12" aria-hidden="true">{bars}</svg>confidence {confidence}</span>'


def severity(step: int | None) -> str:
    """A severity alone, for a key or a cell whose column says the confidence."""
    if step is None:
        return '<span class="sev sev-na">Not enough data</span>'
    return f'<span class="sev sev-{step}">{SEVERITIES[step]}</span>'


def result(step: int | None, confidence: str | None) -> str:
    """A contributor's severity (0 .. 3) beside its confidence; without data neither is claimed."""
    if step is None or confidence is None:
        return f'<span class="result">{severity(None)}</span>'
    return f'<span class="result">{severity(step)}{sure(confidence)}</span>'


def finding(state: str, text: object) -> str:
    """state: ok, borderline, short or none; its shape differs as well as its colour."""
    return f'<span class="find find-{FINDINGS[state]}">{escape(str(text))}</span>'


def pain_pip(pain: int | None) -> str:
    """One pain answer in its zone's colour; a missing one says so instead of showing a number."""
    if pain is None:
        return '<span class="painpip none">–<span class="visually-hidden">not answered</span></span>'
    return f'<span class="painpip {pain_zone(pain)}">{pain}<span class="visually-hidden"> of 10</span></span>'


def initials(name: str) -> str:
    """First and last initial of a name, "?" without one."""
    words = name.split()
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper() if words else "?"


def avatar(name: str, size: str = "") -> str:
    """Initials on a tint that stays with the name; hidden from readers, so put the name beside it. size: sm, lg."""
    cls = f"avatar avatar-{size}" if size else "avatar"
    return f'<span class="{cls} av-{sum(map(ord, name)) % 5}" aria-hidden="true">{escape(initials(name))}</span>'


def stat(label: object, value: object, unit: object = "", note: object = "") -> str:
    """One number of a row of numbers, with its unit and a word below."""
    small = f"<small> {escape(str(unit))}</small>" if unit else ""
    under = f'<span class="note">{escape(str(note))}</span>' if note else ""
    return (
        f'<div class="stat"><span class="stat-l">{escape(str(label))}</span>'
        f'<span class="big">{escape(str(value))}{small}</span>{under}</div>'
    )


def note(kind: str, text: object, icon_name: str = "") -> str:
    """A line that must be seen. kind: stop, ease, go, pine or nothing. A stop is announced at once."""
    role = ' role="alert"' if kind == "stop" else ""
    cls = f"alert-note note-{kind}" if kind else "alert-note"
    return f'<div class="{cls}"{role}>{icon(icon_name or NOTES[kind])}<div>{escape(str(text))}</div></div>'


@dataclass(frozen=True)
class Answer:
    """One button of a scale."""

    value: int
    zone: str  # go, ease, stop; nothing on the effort scale
    word: str  # read aloud after the number, and shown when pressed
    is_chosen: bool


def pain_answers(chosen: object = None) -> list[Answer]:
    """Eleven, 0 to 10; one is chosen only if `chosen`, as a form or a model gives it, is one of them."""
    return [Answer(i, pain_zone(i), ZONE_WORDS[pain_zone(i)], str(chosen) == str(i)) for i in range(11)]


def effort_answers(chosen: object = None) -> list[Answer]:
    """Ten, 1 to 10."""
    return [Answer(i, "", "", str(chosen) == str(i)) for i in range(1, 11)]
