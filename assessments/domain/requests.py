"""From a JSON document to an AssessRequest, or every problem in it at once."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from assessments.domain import rules as rules_module
from assessments.domain.battery import FieldTest
from assessments.domain.records import AssessRequest, Reading, Runner, Value
from assessments.domain.red_flags import Answer, RedFlag
from assessments.domain.rules import Rules

SEXES = ("female", "male", "undisclosed")
PAINFUL_SIDES = ("left", "right", "both", "none")
PAIN_MIN, PAIN_MAX = 0, 10  # numeric rating scale
LONGEST_NUMBER = 40  # digits; anything longer is far outside every range
LONGEST_QUOTE = 60  # characters of an input that are repeated in a message


class Problem(msgspec.Struct, frozen=True):
    path: str  # measurements.wblt_distance.left
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}"


class InvalidRequest(ValueError):
    """The document is not an assessment request; `problems` names every field that is wrong, in document order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


class JsonObject(dict[str, Any]):
    """A JSON object that remembers which of its keys were given twice."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        counts = Counter(key for key, _ in pairs)
        self.repeated = [key for key, count in counts.items() if count > 1]


def read_json(text: str | bytes) -> Any:
    """Decode one JSON document.  NaN, Infinity and numbers of any length get through, for the fields to refuse by name.

    Raises:
        InvalidRequest: not JSON, not text, or nested too deeply to be a request.
    """
    try:
        return json.loads(text, object_pairs_hook=JsonObject, parse_int=_parse_int)
    except json.JSONDecodeError as problem:
        place = f"line {problem.lineno} column {problem.colno}"
        raise InvalidRequest([Problem("input", f"not valid JSON: {problem.msg} at {place}")]) from None
    except UnicodeDecodeError:
        raise InvalidRequest([Problem("input", "not valid JSON: not text in UTF-8")]) from None
    except RecursionError:
        raise InvalidRequest([Problem("input", "not valid JSON: nested too deeply")]) from None


def _parse_int(digits: str) -> int | float:
    return int(digits) if len(digits) <= LONGEST_NUMBER else float(digits)


def parse_request(document: str | bytes | Mapping[str, Any], rules: Rules | None = None) -> AssessRequest:
    """Check an assessment request and put it into records.

    Args:
        document: JSON text, or the same as nested dicts.
        rules: the shipped ones unless given.

    Returns:
        A request whose tests, sides and flags are in the order of the data files, whatever the order of the keys.
        A test without a reading is not in it.

    Raises:
        InvalidRequest: with one problem per field that is unknown, missing, ill-typed or out of range.
    """
    rules = rules or rules_module.rules()
    data = read_json(document) if isinstance(document, str | bytes) else document
    reader = _Reader(rules)
    request = reader.request(data)
    if reader.problems or request is None:
        raise InvalidRequest(reader.problems)
    return request


def value_problem(test: FieldTest, value: object) -> str | None:
    """Say what is wrong with one value of one test, or None.  For a form that saves field by field."""
    if test.input.kind == "choice":
        if isinstance(value, str) and value in test.input.choices:
            return None
        return f"{_quote(value)} is not one of {', '.join(test.input.choices)}"
    low, high = test.input.valid or (-math.inf, math.inf)
    allowed = f"{_range(low, high)} {test.unit}"
    number = _number(value)
    if number is None:
        return f"{_quote(value)} is not a number ({allowed})"
    if not math.isfinite(number):
        return f"{_quote(value)} is not a finite number ({allowed})"
    if test.is_whole and not number.is_integer():
        return f"{_quote(value)} is not a whole number ({allowed})"
    if not low <= number <= high:
        return f"{_quote(value)} is outside {allowed}"
    return None


def pain_problem(pain: object) -> str | None:
    """Say what is wrong with a pain answer, or None."""
    return _whole_number_problem(pain, PAIN_MIN, PAIN_MAX)


class _Reader:
    """Walks a request once and gathers what is wrong with it."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.problems: list[Problem] = []

    def problem(self, path: str, message: str | None) -> bool:
        """Note a problem if there is one; True when there was none."""
        if message:
            self.problems.append(Problem(path, message))
        return not message

    def known_fields(self, data: object, path: str, allowed: Iterable[str], what: str = "key") -> Mapping[str, Any]:
        """A JSON object with known keys; unknown and repeated ones are problems and are left out."""
        if not isinstance(data, Mapping):
            self.problem(path or "input", f"{_quote(data)} is not an object")
            return {}
        prefix = f"{path}." if path else ""
        allowed = tuple(allowed)
        known = {}
        for key, value in data.items():
            if key in allowed:
                known[key] = value
            else:
                self.problem(prefix + _key(key), f"unknown {what}; allowed: {', '.join(allowed)}")
        for key in getattr(data, "repeated", []):
            self.problem(prefix + _key(key), "given twice")
        return known

    def request(self, data: object) -> AssessRequest | None:
        top = self.known_fields(data, "", ("runner", "red_flags", "cleared", "measurements"))
        runner = None
        if "runner" in top:
            runner = self.runner(top["runner"])
        elif isinstance(data, Mapping):
            self.problem("runner", "missing; an object with age, sex, painful_side")
        red_flags = self.red_flags(top.get("red_flags", {}))
        cleared = top.get("cleared", False)
        if not isinstance(cleared, bool):
            self.problem("cleared", f"{_quote(cleared)} is not true or false")
        measurements = self.measurements(top.get("measurements", {}))
        return AssessRequest(runner, red_flags, cleared, measurements) if runner else None

    def runner(self, data: object) -> Runner | None:
        fields = self.known_fields(data, "runner", ("age", "sex", "painful_side"))
        ages = self.rules.scheme.runner_age
        checks = {
            "age": (f"a whole number {ages.min}-{ages.max}", lambda v: _whole_number_problem(v, ages.min, ages.max)),
            "sex": (" | ".join(SEXES), lambda v: _choice_problem(v, SEXES)),
            "painful_side": (" | ".join(PAINFUL_SIDES), lambda v: _choice_problem(v, PAINFUL_SIDES)),
        }
        good = True
        for name, (allowed, check) in checks.items():
            if name in fields:
                good &= self.problem(f"runner.{name}", check(fields[name]))
            elif isinstance(data, Mapping):
                good &= self.problem(f"runner.{name}", f"missing; {allowed}")
        if not good or len(fields) < len(checks):
            return None
        return Runner(int(fields["age"]), fields["sex"], fields["painful_side"])

    def red_flags(self, data: object) -> dict[str, Answer]:
        flags = self.rules.red_flags.flag
        answers = self.known_fields(data, "red_flags", flags, "red flag")
        return {
            flag.id: self.red_flag(flag, answers[flag.id], f"red_flags.{flag.id}")
            for flag in flags.values()
            if flag.id in answers
        }

    def red_flag(self, flag: RedFlag, answer: object, path: str) -> Answer:
        if not flag.sub_items:
            if not isinstance(answer, bool):
                self.problem(path, f"{_quote(answer)} is not true or false")
            return answer is True
        items = [item.id for item in flag.sub_items]
        if not isinstance(answer, list | tuple):
            self.problem(path, f"{_quote(answer)} is not a list of those answered yes: {', '.join(items)}")
            return ()
        for index, item in enumerate(answer):
            if item not in items:
                self.problem(f"{path}[{index}]", f"{_quote(item)} is not one of {', '.join(items)}")
            elif item in answer[:index]:
                self.problem(f"{path}[{index}]", f"{item} is given twice")
        return tuple(item for item in items if item in answer)

    def measurements(self, data: object) -> dict[str, dict[str, Reading]]:
        tests = {test.id: test for test in self.rules.battery.tests}
        entered = [test.id for test in tests.values() if test.is_entered]
        known = self.known_fields(data, "measurements", tests, "test")
        read: dict[str, dict[str, Reading]] = {}
        for test in tests.values():
            path = f"measurements.{test.id}"
            if test.id not in known:
                continue
            if test.id not in entered:
                self.problem(path, "is derived from its two holds and never entered")
                continue
            readings = self.readings(test, known[test.id], path)
            if readings:
                read[test.id] = readings
        return read

    def readings(self, test: FieldTest, data: object, path: str) -> dict[str, Reading]:
        sides = {side: (side, f"pain_{side}") for side in test.sides} if test.per_side else {"both": ("value", "pain")}
        fields = self.known_fields(data, path, [key for keys in sides.values() for key in keys])
        readings = {}
        for side, (value_key, pain_key) in sides.items():
            value: Value | None = None
            pain: int | None = None
            if value_key in fields and self.problem(f"{path}.{value_key}", value_problem(test, fields[value_key])):
                value = fields[value_key] if isinstance(fields[value_key], str) else float(fields[value_key])
            if pain_key in fields and self.problem(f"{path}.{pain_key}", pain_problem(fields[pain_key])):
                pain = int(fields[pain_key])
            if value is not None or pain is not None:
                readings[side] = Reading(value, pain)
        return readings


def _number(value: object) -> float | None:
    """The value as a float; None for anything that is not a number (true and false are not)."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def _whole_number_problem(value: object, low: int, high: int) -> str | None:
    number = _number(value)
    if number is None or not number.is_integer():
        return f"{_quote(value)} is not a whole number {low}-{high}"
    return None if low <= number <= high else f"{_quote(value)} is outside {low}-{high}"


def _choice_problem(value: object, choices: tuple[str, ...]) -> str | None:
    return None if value in choices else f"{_quote(value)} is not one of {', '.join(choices)}"


def _range(low: float, high: float) -> str:
    return f"{low:g}{' to ' if low < 0 else '-'}{high:g}"


def _key(key: object) -> str:
    """A key as it stands when it is a plain word, else quoted, so that a message is always one short line."""
    plain = isinstance(key, str) and key.isascii() and key.replace("_", "a").replace("-", "a").isalnum()
    return str(key) if plain and len(str(key)) <= LONGEST_QUOTE else _quote(key)


def _quote(value: object) -> str:
    """The value as JSON on one line, cut when long."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and value.bit_length() > 4 * LONGEST_NUMBER:
        return "a number that long"
    if isinstance(value, Mapping):
        return "an object"
    if isinstance(value, list | tuple):
        return "a list"
    text = json.dumps(value) if isinstance(value, str | int | float | None) else repr(value)
    return text if len(text) <= LONGEST_QUOTE else text[: LONGEST_QUOTE - 3] + "..."
