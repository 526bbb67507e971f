"""The kept drawings, read once per process: a figure on a page costs no query and no rendering."""

from time import monotonic

from django.apps import apps

ASK_AGAIN_AFTER_S = 30.0  # while nothing is kept yet, the table is not asked for every figure of every page

_kept: dict[tuple[str, str], str] = {}
_asked_at = float("-inf")


def find(exercise: str, mode: str) -> str | None:
    """SVG of an exercise ("still" or "animated") or None; studio.ui.figures calls this."""
    global _asked_at
    if not _kept and monotonic() - _asked_at > ASK_AGAIN_AFTER_S:
        _asked_at = monotonic()
        rows = apps.get_model("programs", "Figure").objects.values_list("exercise", "mode", "svg")
        _kept.update({(exercise, mode): svg for exercise, mode, svg in rows})
    return _kept.get((exercise, mode))


def forget() -> None:
    """Read the table again at the next figure."""
    global _asked_at
    _kept.clear()
    _asked_at = float("-inf")
