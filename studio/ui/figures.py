"""Drawn exercises for templates. Whoever owns the drawings registers where they are found; this leaf only frames them."""

from collections.abc import Callable
from itertools import count

from studio.ui.icons import icon
from studio.ui.marks import lanes

FRAMES = {"still": "figure", "animated": "figure figure-moving", "thumb": "thumb"}
CLOSED_FRAMES = {"still": "figure figure-none", "animated": "figure figure-none", "thumb": "thumb figure-none"}
_serial = count(1)
_sources: list[Callable[[str, str], str | None]] = []


def register(find: Callable[[str, str], str | None]) -> None:
    """find(exercise, "still" or "animated") gives the SVG or None. It is called for every figure shown, so it caches."""
    _sources[:] = [find]


def drawing(exercise: str, mode: str) -> str | None:
    """The SVG of an exercise, still or animated; None when it is not drawn yet."""
    return next((svg for find in _sources if (svg := find(exercise, mode))), None)


def framed(exercise: str, mode: str) -> str:
    """The figure in its frame; without a drawing the frame holds the studio's lanes and nothing pretends to be a pose."""
    svg = drawing(exercise, "animated" if mode == "animated" else "still")
    if svg is None:
        return f'<span class="{CLOSED_FRAMES[mode]}">{lanes()}</span>'
    svg = svg.replace("@uid@", f"f{next(_serial)}")  # ids must differ when a figure is on the page twice
    pause = (
        f'<button type="button" class="btn btn-quiet btn-icon figure-pause js-only" data-figure-pause aria-pressed="false" '
        f'aria-label="Pause the movement">{icon("pause")}</button>'
        if mode == "animated"
        else ""
    )
    return f'<span class="{FRAMES[mode]}">{svg}{pause}</span>'
