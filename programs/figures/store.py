"""Which drawings there should be, and under which hash: rendering costs 60 ms, so each is drawn once and kept.

The hash covers the poses of the exercise and the source of the renderer, so a changed pose redraws one figure and a
changed renderer redraws all. Nothing here touches a database; `manage.py load_library` does.
"""

import json
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from programs.figures import figure, rig, shapes
from programs.figures.poses import load

MODES = ("still", "animated")
UID = "@uid@"  # stands where the page puts an id of its own, so that one figure may appear twice


class Drawing(NamedTuple):
    exercise: str
    mode: str
    content_hash: str


@cache
def renderer() -> str:
    """Changes when any line that draws changes."""
    return sha256(b"".join(Path(module.__file__).read_bytes() for module in (figure, rig, shapes))).hexdigest()


def wanted() -> list[Drawing]:
    """Every drawing of every exercise that has poses."""
    return [
        Drawing(exercise, mode, sha256(f"{renderer()} {mode} {entry}".encode()).hexdigest())
        for exercise, entry in ((name, json.dumps(entry)) for name, entry in load(extra=False).items())
        for mode in MODES
    ]


@cache
def _entries() -> dict:
    return load(extra=False)


def draw(drawing: Drawing) -> str:
    return figure.render(**_entries()[drawing.exercise], mode=drawing.mode, uid=UID)
