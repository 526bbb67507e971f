"""Reading JSON documents from outside: every problem named at once, with the field and what is allowed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any


class InputProblems(ValueError):
    """The document cannot be used; `problems` holds one line per problem."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


def read_json(text: str) -> Any:
    """Parse JSON, no key twice.  NaN and infinities get through, for the fields to refuse by name.

    Raises:
        InputProblems: the text is not such a document.
    """
    try:
        return json.loads(text, object_pairs_hook=_unique_keys)
    except RecursionError:
        raise InputProblems(["input: nested too deeply"]) from None
    except ValueError as problem:
        raise InputProblems([f"input: not valid JSON: {problem}"]) from None


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the key {key!r} occurs twice")
        found[key] = value
    return found


def show(value: object) -> str:
    """A value as it stands in JSON, shortened."""
    text = json.dumps(value, ensure_ascii=True, default=repr)
    return text if len(text) <= 60 else text[:57] + "..."


class Fields:
    """One JSON object being read.  Each method takes a key off it and notes what is wrong; `done` refuses the rest."""

    def __init__(self, value: Any, path: str, problems: list[str]) -> None:
        self.path = path
        self.problems = problems
        self.seen: list[str] = []
        self.broken = not isinstance(value, dict)
        self.value: dict[str, Any] = value if isinstance(value, dict) else {}
        if self.broken:
            self.problem("", f"{show(value)} is not an object")

    def at(self, key: str) -> str:
        """The full path of a key; one that is not plain text is shown as JSON, so that a path is always one line."""
        plain = key if key.isascii() and key.isprintable() else show(key)
        return f"{self.path}.{plain}" if self.path and plain else self.path or plain or "input"

    def problem(self, key: str, text: str) -> None:
        """Note a problem with a key."""
        self.problems.append(f"{self.at(key)}: {text}")

    def has(self, key: str) -> bool:
        """True when the key is present; marks it as known."""
        self.seen.append(key)
        return key in self.value

    def require(self, key: str, allowed: str) -> bool:
        """True when the key is present; otherwise notes that it is missing."""
        if self.has(key):
            return True
        if not self.broken:
            self.problem(key, f"missing; {allowed}")
        return False

    def whole(self, key: str, low: int, high: int, unit: str = "", *, default: int | None = None) -> int:
        """A whole number low-high; `low` stands in when it is wrong.  Required unless a default is given."""
        allowed = f"a whole number {low}-{high}{unit and ' ' + unit}"
        if default is not None and not self.has(key):
            return default
        if not self.require(key, allowed):
            return low
        value = self.value[key]
        if isinstance(value, bool) or not isinstance(value, int):
            self.problem(key, f"{show(value)} is not {allowed}")
        elif not low <= value <= high:
            self.problem(key, f"{show(value)} is outside {low}-{high}{unit and ' ' + unit}")
        else:
            return value
        return low

    def number(self, key: str, low: float, high: float, unit: str = "", *, null: bool) -> float | None:
        """A finite number low-high, or null when allowed.  A key left out is null when allowed, otherwise missing."""
        allowed = f"a number {low:g}-{high:g}{unit and ' ' + unit}{' or null' if null else ''}"
        if null and not self.has(key):
            return None
        if not self.require(key, allowed):
            return None
        value = self.value[key]
        if value is None and null:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.problem(key, f"{show(value)} is not {allowed}")
        elif not low <= value <= high:  # NaN and infinities are in no range
            self.problem(key, f"{show(value)} is outside {low:g}-{high:g}{unit and ' ' + unit}")
        else:
            return float(value)
        return None

    def choice(self, key: str, allowed: Sequence[str]) -> str:
        """One of the allowed strings; the first stands in when it is wrong."""
        if self.require(key, f"one of {', '.join(allowed)}"):
            value = self.value[key]
            if isinstance(value, str) and value in allowed:
                return value
            self.problem(key, f"{show(value)} is not one of {', '.join(allowed)}")
        return allowed[0]

    def choices(
        self, key: str, allowed: Sequence[str], *, required: bool, naming: str | None = None
    ) -> tuple[str, ...]:
        """A list of allowed strings, returned in the order of `allowed`, each once.

        `naming` describes the allowed values when they are too many to list.
        """
        words = naming or f"one of {', '.join(allowed)}"
        present = self.require(key, f"a list, each {words}") if required else self.has(key)
        if not present:
            return ()
        value = self.value[key]
        if not isinstance(value, list):
            self.problem(key, f"{show(value)} is not a list, each {words}")
            return ()
        known = set(allowed)
        for n, entry in enumerate(value):
            if not isinstance(entry, str) or entry not in known:
                self.problem(f"{key}[{n}]", f"{show(entry)} is not {words}")
        chosen = {entry for entry in value if isinstance(entry, str)}
        return tuple(entry for entry in allowed if entry in chosen)

    def object(self, key: str, *, required: bool, allowed: str = "an object") -> Fields | None:
        """A nested object; None when it is absent or null and not required."""
        present = self.require(key, allowed) if required else self.has(key)
        if not present or (not required and self.value[key] is None):
            return None
        return Fields(self.value[key], self.at(key), self.problems)

    def done(self) -> None:
        """Refuse every key nobody asked for."""
        for key in self.value:
            if key not in self.seen:
                self.problem(key, f"unknown key; allowed are {', '.join(dict.fromkeys(self.seen))}")
