"""The answers of an intake as people read them: question, answer, unit. A blank says that it is one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from assessments.domain.rules import rules
from assessments.forms.fields import DayField, LinesField, NumberField, PaceField, PainField, ScaleField
from assessments.forms.intake import KEPT_ELSEWHERE, PAGES, HealthPage, PainMapField

BLANK = "Not answered"


@dataclass(frozen=True)
class Told:
    question: str
    answer: str
    is_blank: bool = False
    pain: int | None = None
    is_pain: bool = False


@dataclass(frozen=True)
class Section:
    slug: str
    title: str
    rows: list[Told]


def told(answers: Mapping[str, Any]) -> list[Section]:
    """Every question of the five pages with its answer, in the order of asking."""
    sections = []
    for slug, page in PAGES.items():
        rows = [
            _told(field, answers.get(name)) for name, field in page.base_fields.items() if name not in KEPT_ELSEWHERE
        ]
        if slug == HealthPage.slug:
            rows = _red_flags(answers.get("red_flags")) + rows
        sections.append(Section(slug, page.title, rows))
    return sections


def rows_of(answers: Mapping[str, Any], names: Sequence[str]) -> list[Told]:
    """Some of the questions, in this order."""
    fields = {name: field for page in PAGES.values() for name, field in page.base_fields.items()}
    return [_told(fields[name], answers.get(name)) for name in names]


def _told(field: Any, value: Any) -> Told:
    question = str(field.label)
    if isinstance(field, PainField):
        return Told(question, BLANK if value is None else f"{value} of 10", value is None, value, is_pain=True)
    if value is None or value == "" or value == []:
        return Told(question, BLANK, True)
    if isinstance(field, ScaleField):
        return Told(question, f"{value} of 10 ({field.low}, {field.high})")
    if isinstance(field, PaceField):
        return Told(question, f"{field.words(value)} min a kilometre")
    if isinstance(field, LinesField):
        return Told(question, "; ".join(value))
    if isinstance(field, PainMapField):
        return Told(question, field.words(value))
    if isinstance(value, bool):
        return Told(question, "Yes" if value else "No")
    if isinstance(field, NumberField):
        return Told(question, f"{value:g} {field.unit}")
    if isinstance(value, list):
        words = dict(field.choices)
        return Told(question, ", ".join(str(words.get(item, item)) for item in value))
    if choices := dict(getattr(field, "choices", [])):
        return Told(question, str(choices.get(value, value)))
    if isinstance(field, DayField):
        return Told(question, f"{date.fromisoformat(value):%-d %B %Y}")
    return Told(question, str(value))


def _red_flags(answers: Mapping[str, Any] | None) -> list[Told]:
    """The red flags that got a yes; the others are one line."""
    if answers is None:
        return [Told("Safety questions", BLANK, True)]
    rows = []
    for flag in rules().red_flags.red_flags:
        answer = answers.get(flag.id)
        if answer is True:
            rows.append(Told(flag.question, "Yes"))
        elif answer and isinstance(answer, list):
            items = [item.text for item in flag.sub_items if item.id in answer and item.age_min is None]
            if items:
                rows.append(Told(flag.question, "; ".join(items)))
    return rows or [Told("Safety questions", "No to all of them")]
