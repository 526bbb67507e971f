"""The same picture without a stylesheet, for renderers that know little CSS: Typst, resvg, e-mail images.

Every colour becomes a literal of the light theme, `paint-order: stroke` becomes a stroke followed by a fill,
outlines by <use> become one dark silhouette under the limb, numerals become lines, so that no font is needed.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from xml.etree import ElementTree as ET

SVG = "{http://www.w3.org/2000/svg}"
ET.register_namespace("", SVG[1:-1])
NUMERALS = [
    "M5 6L13 0V32",
    "M1 8C1-3 20-3 20 8C20 14 12 20 1 32H20",
    "M2 4C6-2 19-1 19 8C19 13 14 15 9 15C15 15 21 18 21 24C21 34 6 35 1 27",
    "M15 32V0L1 22H21",
    "M18 0H4L3 14C8 10 20 11 20 21.5C20 33 5 35 1 27",
    "M17 2C9-4 1 6 1 20C1 36 20 35 20 22C20 9 4 9 1 20",
    "M1 0H20L8 32",
    "M10.5 15C0 15 0 0 10.5 0S21 15 10.5 15C-2 15-2 32 10.5 32S23 15 10.5 15",
    "M4 30C12 36 20 26 20 12C20-4 1-3 1 10C1 23 17 23 20 12",
]


CSS = Path(__file__).resolve().parents[2] / "static/css"


@cache
def stylesheet():
    """{class: {property: value}} of the single-class rules of the light theme: shapes in figure.css, colours in tokens.css."""
    shapes = re.sub(r"/\*.*?\*/|@media.*", "", (CSS / "figure.css").read_text(), flags=re.S)
    colours = re.sub(r"/\*.*?\*/", "", (CSS / "tokens.css").read_text(), flags=re.S)
    rules = {}
    for selectors, body in re.findall(r"^(\.fig[\w-]*) \{([^{}]*)\}", colours, re.M) + re.findall(
        r"([^{}]+)\{([^{}]*)\}", shapes
    ):
        declared = dict(re.findall(r"([\w-]+)\s*:\s*([^;]+?)\s*(?:;|$)", body.strip()))
        for cls in re.findall(r"(?:^|,)\s*\.([\w-]+)\s*(?=,|$)", selectors):
            rules[cls] = rules.get(cls, {}) | declared
    return rules


def plain(svg, tone=1, colours=None):
    """Rewrite a "still" or "steps" picture.  colours replaces some, e.g. {"accent": "#a33", "shorts": "#234"}."""
    rules = stylesheet()
    theme = rules["fig"] | rules.get(f"fig-tone-{tone}", {}) | {f"--fig-{k}": v for k, v in (colours or {}).items()}

    def style(cls):
        of = {k: re.sub(r"var\((.*?)\)", lambda m: theme[m[1]], v) for k, v in rules.get(cls, {}).items()}
        return {"stroke-width": theme["stroke-width"]} | {
            k: v for k, v in of.items() if k.startswith(("fill", "stroke"))
        }

    def paths(node):
        """A path as stroke, then fill."""
        look, d = style(node.get("class")), node.get("d")
        dash = {k: v for k, v in node.items() if k == "stroke-dasharray"}
        if look.get("stroke", "none") != "none":
            yield ET.Element(
                SVG + "path",
                {"fill": "none"} | {k: v for k, v in look.items() if k.startswith("stroke")} | dash | {"d": d},
            )
        if look.get("fill") != "none":
            yield ET.Element(SVG + "path", {k: v for k, v in look.items() if k.startswith("fill")} | {"d": d})

    root = ET.fromstring(svg)
    byid = {n.get("id"): n for n in root.iter() if n.get("id")}

    def ink(node):
        """One silhouette of all parts that have no outline of their own."""
        parts = [
            p.get("d")
            for p in byid[node.get("href")[1:]].iter(SVG + "path")
            if "stroke" not in rules.get(p.get("class"), {})
        ]
        line = theme["--fig-line"]
        return ET.Element(
            SVG + "path", {"fill": line, "stroke": line, "stroke-width": theme["stroke-width"], "d": "".join(parts)}
        )

    def numeral(node):
        place = {
            "transform": f"translate({node.get('x')} {int(node.get('y')) - 33})",
            "d": NUMERALS[int(node.text) - 1],
        }
        return ET.Element(
            SVG + "path",
            {"fill": "none", "stroke": theme["--fig-line"], "stroke-width": "5", "stroke-opacity": ".55"} | place,
        )

    def rewrite(node):
        for kind, made in (("path", paths), ("use", lambda n: [ink(n)]), ("text", lambda n: [numeral(n)])):
            if node.tag == SVG + kind:
                return list(made(node))
        keep = {
            k: v
            for k, v in node.items()
            if k in ("transform", "viewBox", "role", "aria-labelledby") or (k == "id" and node.tag != SVG + "g")
        }
        out = ET.Element(node.tag, keep)
        out.text = node.text
        for child in node:
            out.extend(rewrite(child))
        return [out] if keep or node.tag != SVG + "g" else list(out)

    (out,) = rewrite(root)
    _, _, width, height = out.get("viewBox").split()
    for k, v in {"width": width, "height": height, "stroke-linejoin": "round", "stroke-linecap": "round"}.items():
        out.set(k, v)
    return ET.tostring(out, encoding="unicode", short_empty_elements=True)
