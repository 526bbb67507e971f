"""Read the YAML files of this folder into frozen records, and refuse a number without unit or source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import yaml

FOLDER = Path(__file__).parent
Document = TypeVar("Document")


class DataProblem(ValueError):
    """A data file contradicts itself; `problems` has one line per contradiction."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(problems))


class Record(msgspec.Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """A frozen record read from a data file; unknown keys are refused, so a typing error in the YAML is found."""


class Quantity(Record, frozen=True):
    """One number of the rules, with what it is measured in and where it comes from."""

    value: float
    unit: str
    sources: tuple[str, ...]
    note: str = ""


class Meta(msgspec.Struct, frozen=True):
    """The head of a data file.  reviewed_by stays empty until a physiotherapist has signed the file off."""

    version: str
    reviewed_by: str | None


def read_yaml(name: str) -> dict[str, Any]:
    """Return one data file as plain dicts and lists.  The C loader reads the battery in about a tenth of the time."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load((FOLDER / name).read_text(encoding="utf-8"), Loader=loader)


def to_record(document: object, record: type[Document], name: str) -> Document:
    """Turn a data file into its record; a missing, unknown or ill-typed field is a DataProblem that names the place."""
    try:
        return msgspec.convert(document, record)
    except msgspec.ValidationError as problem:
        raise DataProblem([f"{name}: {problem}"]) from problem


def source_ids() -> frozenset[str]:
    """Ids of the bibliography in sources.yaml."""
    return frozenset(source["id"] for source in read_yaml("sources.yaml")["bibliography"])


def number_problems(document: Mapping[str, Any], name: str, sources: frozenset[str]) -> list[str]:
    """List every number of a data file that lacks a unit or a source, and every source id that does not resolve.

    A number takes its unit and source from the nearest block around it that states them.  Keys whose unit is the same
    everywhere (`age_min`: years) are listed once, under `plain_numbers` at the top of the file.
    """
    plain = document.get("plain_numbers", {})
    return list(_walk(document, name, "", False, "", plain, sources))


def _walk(
    node: object, path: str, key: str, has_source: bool, unit: str, plain: Mapping[str, Any], sources: frozenset[str]
) -> Iterator[str]:
    if isinstance(node, dict):
        named = node.get("sources") or node.get("source") or []
        named = [named] if isinstance(named, str) else named
        for source in named:
            if source not in sources:
                yield f"{path}: unknown source {source}"
        own_unit = node.get("unit", unit)
        for child, value in node.items():
            yield from _walk(value, f"{path}.{child}", child, has_source or bool(named), own_unit, plain, sources)
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from _walk(value, f"{path}[{index}]", key, has_source, unit, plain, sources)
    elif isinstance(node, int | float) and not isinstance(node, bool):
        listed = plain.get(key, {})
        if not (unit or listed.get("unit")):
            yield f"{path}: {node} has no unit"
        if not (has_source or listed.get("source")):
            yield f"{path}: {node} has no source"
