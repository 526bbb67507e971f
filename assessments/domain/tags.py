"""From which answer of the intake on a tag of the exercise library stands.  Data: intake.yaml, tag_limits."""

from __future__ import annotations

from functools import cache

from assessments.domain.data_files import (
    DataProblem,
    Quantity,
    Record,
    number_problems,
    read_yaml,
    source_ids,
    to_record,
)


class TagLimits(Record, frozen=True):
    acute_pain_above: Quantity  # worst knee pain of the last 24 h
    late_pregnancy_from: Quantity


@cache
def tag_limits() -> TagLimits:
    """The shipped limits, read and checked on first use.

    Raises:
        DataProblem: ill-formed, or a number without unit or source.
    """
    document = read_yaml("intake.yaml")["tag_limits"]
    if problems := number_problems(document, "intake.yaml", source_ids()):
        raise DataProblem(problems)
    return to_record(document, TagLimits, "intake.yaml")
