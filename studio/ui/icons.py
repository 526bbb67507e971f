"""Lucide icons as inline SVG, each read once per process from the package's own archive."""

import re
from functools import cache
from importlib.resources import files
from zipfile import ZipFile


class UnknownIcon(Exception):
    """No icon of that name in lucide."""


@cache
def drawing(name: str) -> str:
    """The inside of the icon's <svg>: paths on a 24 x 24 grid."""
    with (files("lucide") / "lucide.zip").open("rb") as file, ZipFile(file) as archive:
        try:
            svg = archive.read(f"{name}.svg").decode()
        except KeyError:
            raise UnknownIcon(name) from None
    inside = re.search(r"<svg[^>]*>(.*)</svg>", svg, re.S)
    return re.sub(r"\s+", " ", inside[1]).strip().replace("> <", "><") if inside else ""


@cache
def icon(name: str, cls: str = "") -> str:
    """An icon one and a quarter lines high, in the colour of its text, silent for screen readers."""
    return (
        f'<svg class="{f"i {cls}".strip()}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-linecap="round" '
        f'stroke-linejoin="round" aria-hidden="true">{drawing(name)}</svg>'
    )
