"""Documents for paper: a Typst template and plain values in, a tagged PDF out. Nothing of a request is waited for.

A value is read by the template as data and is never markup, whatever a person typed. The fonts are Typst's own, so that
the same values give the same bytes on every machine; what they cannot draw is replaced and the document says so.
"""

import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal

import typst

CSS = Path(__file__).resolve().parents[2] / "static/css"
STANDARD: Literal["ua-1"] = (
    "ua-1"  # PDF/UA: tagged, with a title and alternative texts, and refusing text that no font can draw
)
LEFT_OUT = "[…]"  # stands for text in a script that the fonts do not have
ROUNDS = 5  # every refusal names what it refuses; more than a few rounds would be a refusal of something else

_REFUSED = re.compile(r'the text `"((?:[^"\\]|\\.)*)"` could not be displayed')
_ESCAPED = re.compile(r"\\(?:u\{([0-9a-f]+)\}|(.))")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_JOINERS = re.compile(
    r"[\u200d\ufe0e\ufe0f]"
)  # they make one drawing of several emoji, of which a part would go unsaid


class PdfProblem(RuntimeError):
    """The template cannot be set; the message is the compiler's."""


def render(template: Path, values: Mapping[str, Any], *, made_at: datetime) -> bytes:
    """Set a document.

    Args:
        template: a .typ file; it reads only files of its own folder, and its values by
            `json(bytes(sys.inputs.values))`. It sets the document's title and language.
        values: plain JSON values. A drawing is a string: `image(bytes(values.map), format: "svg", alt: ...)`.
        made_at: when the content was made; stands in the file as its date, so that the same content gives the same bytes.

    Returns:
        The PDF. The template finds `values.left_out`: true when some text could not be drawn and is shown as "[…]".

    Raises:
        PdfProblem: the template or a drawing in it is wrong.
    """
    clean = _mapped(dict(values), lambda text: _JOINERS.sub("", _CONTROL.sub(" ", text)))
    refused: set[str] = set()
    for _ in range(ROUNDS):
        shown = _mapped(clean, _without(refused)) if refused else clean
        try:
            return typst.compile(
                template,
                root=template.parent,
                ignore_system_fonts=True,
                pdf_standards=[STANDARD],
                sys_inputs={"values": json.dumps(shown | {"left_out": bool(refused)}, ensure_ascii=False)},
                timestamp=made_at.astimezone(UTC).replace(microsecond=0),
            )
        except typst.TypstError as problem:
            found = _refused(f"{problem.message}\n{problem.diagnostic}") - refused
            if not found:
                raise PdfProblem(problem.diagnostic or problem.message) from problem
            refused |= found
    raise PdfProblem(f"text that cannot be drawn: {sorted(refused)}")


def _refused(diagnostic: str) -> set[str]:
    """The pieces of text that the compiler says no font can draw."""
    return {_ESCAPED.sub(_character, piece) for piece in _REFUSED.findall(diagnostic)}


def _character(escape: re.Match[str]) -> str:
    return chr(int(escape[1], 16)) if escape[1] else escape[2]


def _without(pieces: set[str]) -> Callable[[str], str]:
    any_of = "|".join(re.escape(piece) for piece in sorted(pieces, key=len, reverse=True))
    run = re.compile(rf"(?:{any_of})(?:\s*(?:{any_of}))*")
    return lambda text: run.sub(LEFT_OUT, text)


def _mapped(value: Any, change: Callable[[str], str]) -> Any:
    """The same JSON value with every string changed; keys stay, and so do drawings, which hold no typed text."""
    match value:
        case str():
            return value if value.startswith("<svg") else change(value)
        case dict():
            return {key: _mapped(each, change) for key, each in value.items()}
        case list() | tuple():
            return [_mapped(each, change) for each in value]
    return value


def on_paper(svg: str) -> str:
    """A mark of studio.ui.marks with its colours inside, light and literal: a renderer of paper has no stylesheet."""
    opened = svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    return opened.replace(">", f"><style>{_style()}</style>", 1)


@cache
def _style() -> str:
    """The rules of marks.css and the severity ramp with the values of the light theme put in."""
    tokens = re.sub(r"/\*.*?\*/", "", (CSS / "tokens.css").read_text(encoding="utf-8"), flags=re.S)
    light = tokens.partition('[data-bs-theme="dark"]')[0]
    roles = dict(re.findall(r"(--[\w-]+):\s*([^;]+);", light)) | {"--surface": "#ffffff"}
    rules = []
    for name in ("marks.css", "chips.css"):
        css = re.sub(r"/\*.*?\*/", "", (CSS / name).read_text(encoding="utf-8"), flags=re.S)
        for selectors, body in re.findall(r"([^{}@;]+)\{([^{}]*)\}", css):
            if "fill:" in body or "stroke:" in body:
                filled = re.sub(r"var\((--[\w-]+)(?:,[^)]*)?\)", lambda role: roles.get(role[1], "none"), body)
                rules.append(f"{' '.join(selectors.split())}{{{' '.join(filled.split())}}}")
    return "".join(rules) + 'text{font-family:"Libertinus Serif"}'
