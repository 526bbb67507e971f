"""Every text and background pair that the components use reaches WCAG AA in both themes: 4.5 text, 3 marks and edges."""

import re
from pathlib import Path

import pytest

CSS = (Path(__file__).resolve().parents[3] / "static/css/tokens.css").read_text()
PILLARS = ("strength", "mobility", "release", "form", "core", "consistency")
GROUNDS = ("paper", "surface", "raised", "sunken", "inset")
SIGNALS = ("accent", "pine", "go", "ease", "stop")


def colours(selector: str) -> dict[str, str]:
    found = {}
    for block in re.finditer(rf"^{re.escape(selector)} \{{(.*?)\n\}}", CSS, re.S | re.M):
        found |= dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})", block[1]))
    return found


SHARED = colours(":root")
LIGHT = SHARED | colours(':root, [data-bs-theme="light"]')
DARK = LIGHT | colours('[data-bs-theme="dark"]')


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


TEXT = [
    *[(ink, ground) for ink in ("ink", "ink-2", "muted", "accent-ink", "pine-ink", "go-ink", "ease-ink", "stop-ink") for ground in GROUNDS],
    *[(ink, f"{signal}-soft") for signal in SIGNALS for ink in (f"{signal}-ink", "ink", "ink-2", "muted")],
    *[("on-accent", ground) for ground in ("accent", "accent-hover")],
    *[(ink, ground) for ink in ("on-pine", "on-pine-2") for ground in ("pine", "pine-deep")],
    ("on-pine", "pine-hover"),
    ("on-clay", "clay-deep"),
    ("on-signal", "go"),
    ("on-signal", "stop"),
    ("on-cream", "cream"),
    *[("surface", f"{zone}-ink") for zone in ("go", "ease", "stop")],  # a pressed answer on the pain scale
    ("paper", "ink"),  # a toast
    *[(f"p-{pillar}-ink", ground) for pillar in PILLARS for ground in (f"p-{pillar}-soft", "surface")],
    *[(f"sev-{i}-ink", f"sev-{i}") for i in range(4)],
    ("muted", "sev-na"),
]  # fmt: skip
MARKS = [
    *[(f"p-{pillar}", ground) for pillar in PILLARS for ground in ("surface", "sunken")],
    *[(mark, "surface") for mark in ("clay-art", "control", "focus", "accent", "go", "ease-c", "stop", "heat-3")],
    *[(mark, "paper") for mark in ("control", "focus", "accent")],
    ("clay-art", "inset"),
    ("focus", "sunken"),
    ("clay-on-pine", "pine"),
    ("go-on-pine", "pine-deep"),
]


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("pairs", "least"), [(TEXT, 4.5), (MARKS, 3.0)], ids=["text", "marks"])
def test_pairs_reach_aa(pairs, least, theme):
    short = {pair: round(contrast(*(theme[name] for name in pair)), 2) for pair in pairs}
    assert {pair: ratio for pair, ratio in short.items() if ratio < least} == {}


@pytest.mark.parametrize("tone", [1, 2, 3, 4])
def test_a_figure_can_be_told_from_a_dark_page(tone):
    """In the light theme the outline does that; in the dark one skin and clothes must."""
    look = colours(".fig") | dict(
        re.findall(
            r"--([\w-]+):\s*(#[0-9a-f]{6})", re.search(rf"^\.fig-tone-{tone} .*", CSS, re.M)[0] if tone > 1 else ""
        )
    )
    look |= colours('[data-bs-theme="dark"] .fig')
    if own := re.search(rf'^\[data-bs-theme="dark"\] \.fig-tone-{tone} .*', CSS, re.M):
        look |= dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})", own[0]))
    parts = ("fig-skin", "fig-shirt", "fig-shorts", "fig-shoe", "fig-accent")
    assert {
        part: round(contrast(look[part], DARK["inset"]), 2) for part in parts if contrast(look[part], DARK["inset"]) < 3
    } == {}
