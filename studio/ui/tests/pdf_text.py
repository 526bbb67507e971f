"""The text of a PDF as it is drawn: streams inflated, glyphs turned into text by each font's own table.

Enough of the format for what Typst and Chromium write; a test that reads numbers here reads what a person would.
"""

import re
import zlib
from itertools import pairwise

_OBJECT = re.compile(rb"(\d+) 0 obj\b(.*?)\bendobj", re.S)
_STREAM = re.compile(rb"(.*?)stream\r?\n(.*)", re.S)


def text_of(pdf: bytes) -> str:
    """All text, page after page, in the order of drawing; a new line for every text object."""
    objects = _objects(pdf)
    out = []
    for page in _pages(objects):
        fonts = _fonts(page, objects)
        for number in _refs(_entry(page, b"Contents")):
            out.append(_drawn(_stream(objects[number]), fonts))
    return "\n".join(out)


def _objects(pdf: bytes) -> dict[int, bytes]:
    found = {}
    for number, body in _OBJECT.findall(pdf):
        found[int(number)] = body
    for body in list(found.values()):
        if b"/ObjStm" in body.partition(b"stream")[0]:
            inner = _stream(body)
            count = int(re.search(rb"/N (\d+)", body)[1])
            first = int(re.search(rb"/First (\d+)", body)[1])
            heads = [int(number) for number in inner[:first].split()[: 2 * count]]
            places = [*zip(heads[::2], heads[1::2], strict=True), (0, len(inner) - first)]
            for (number, start), (_, end) in pairwise(places):
                found[number] = inner[first + start : first + end]
    return found


def _stream(body: bytes) -> bytes:
    head, data = _STREAM.match(body).groups()
    return zlib.decompressobj().decompress(data) if b"FlateDecode" in head else data


def _entry(body: bytes, key: bytes) -> bytes:
    """What stands behind a name in a dictionary: up to the next name on the same level."""
    start = re.search(rb"/" + key + rb"(?![A-Za-z])\s*", body)
    if not start:
        return b""
    rest, depth, at = body[start.end() :], 0, 0
    while at < len(rest):
        two = rest[at : at + 2]
        if two in (b"<<", b">>"):
            depth += 1 if two == b"<<" else -1
            at += 2
            if depth <= 0:
                break
            continue
        if depth == 0 and rest[at : at + 1] == b"/" and at:
            break
        at += 1
    return rest[:at]


def _refs(value: bytes) -> list[int]:
    return [int(number) for number in re.findall(rb"(\d+) 0 R", value)]


def _pages(objects):
    root = next(body for body in objects.values() if re.search(rb"/Type\s*/Catalog", body))
    waiting = _refs(_entry(root, b"Pages"))
    while waiting:
        body = objects[waiting.pop(0)]
        if re.search(rb"/Type\s*/Pages\b", body):
            waiting = _refs(_entry(body, b"Kids")) + waiting
        else:
            yield body


def _fonts(page: bytes, objects) -> dict[bytes, tuple[int, dict[int, str]]]:
    """Per font of a page: bytes a glyph number takes, and the text of each."""
    resources = _entry(page, b"Resources")
    if not resources.lstrip().startswith(b"<<"):
        resources = objects[_refs(resources)[0]]
    fonts = _entry(resources, b"Font")
    if fonts and not fonts.lstrip().startswith(b"<<"):
        fonts = objects[_refs(fonts)[0]]
    tables = {}
    for name, number in re.findall(rb"/([\w.+-]+)\s+(\d+) 0 R", fonts):
        [table] = _refs(_entry(objects[int(number)], b"ToUnicode"))
        two = b"/Type0" in objects[int(number)]
        tables[name] = (2 if two else 1, _table(_stream(objects[table])))
    return tables


def _table(cmap: bytes) -> dict[int, str]:
    """Glyph number -> text, from a font's ToUnicode table."""
    found = {}
    for block in re.findall(rb"beginbfchar(.*?)endbfchar", cmap, re.S):
        for glyph, text in re.findall(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", block):
            found[int(glyph, 16)] = bytes.fromhex(text.decode()).decode("utf-16-be")
    for block in re.findall(rb"beginbfrange(.*?)endbfrange", cmap, re.S):
        for low, high, text in re.findall(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*(<[0-9A-Fa-f]+>|\[[^\]]*\])", block):
            each = re.findall(rb"[0-9A-Fa-f]+", text)
            for step in range(int(high, 16) - int(low, 16) + 1):
                if text.startswith(b"["):
                    found[int(low, 16) + step] = bytes.fromhex(each[step].decode()).decode("utf-16-be")
                else:
                    first = bytes.fromhex(each[0].decode()).decode("utf-16-be")
                    found[int(low, 16) + step] = first[:-1] + chr(ord(first[-1]) + step)
    return found


_TOKEN = re.compile(rb"\bBT\b|\bET\b|/([\w.+-]+)\s+[\d.]+\s+Tf|<([0-9A-Fa-f\s]*)>(?!>)|<<|\(")


def _drawn(content: bytes, fonts) -> str:
    """The strings between BT and ET, each in the font that was chosen last."""
    out, size, table, is_text, at = [], 2, {}, False, 0
    while token := _TOKEN.search(content, at):
        at = token.end()
        if token[0] in (b"BT", b"ET"):
            is_text = token[0] == b"BT"
            out.append("" if is_text else "\n")
        elif token[1] is not None:
            size, table = fonts.get(token[1], (2, {}))
        elif token[0] != b"<<":
            codes = bytes.fromhex(token[2].decode()) if token[2] is not None else None
            if codes is None:
                end = _end_of_string(content, at)
                codes, at = _unescaped(content[at:end]), end + 1
            if is_text:
                glyphs = (int.from_bytes(codes[n : n + size], "big") for n in range(0, len(codes), size))
                out += [table.get(glyph, "\ufffd") for glyph in glyphs]
    return "".join(out)


def _end_of_string(content: bytes, at: int) -> int:
    """Where the string that begins at `at` is closed: brackets inside it stand in pairs or behind a backslash."""
    depth = 1
    while True:
        if content[at] == 0x5C:
            at += 1
        elif content[at] == 0x28:
            depth += 1
        elif content[at] == 0x29:
            depth -= 1
            if not depth:
                return at
        at += 1


def _unescaped(raw: bytes) -> bytes:
    named = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f", b"\n": b"", b"\r\n": b""}
    return re.sub(
        rb"\\([0-7]{1,3}|\r\n|.)",
        lambda found: bytes([int(found[1], 8) & 255]) if found[1].isdigit() else named.get(found[1], found[1]),
        raw,
        flags=re.S,
    )
