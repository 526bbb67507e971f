"""The evidence is data, and bad data stops the start: every file is read and checked before the first request."""

from django.core import checks

from assessments.checks import record_tags
from assessments.domain.cases import cases
from assessments.domain.eligibility import contraindications
from assessments.domain.outcomes import outcomes
from assessments.domain.planning import planning
from assessments.domain.rules import rules as assessment_rules
from assessments.domain.tools import tools
from assessments.domain.wording import wording
from programs.domain.library import library
from programs.domain.monitoring import adaptation_rules
from programs.domain.rules import rules as program_rules

READERS = (
    assessment_rules, cases, contraindications, record_tags, tools, outcomes, planning, wording, library, program_rules,
    adaptation_rules,
)  # fmt: skip


def evidence_check(app_configs, **kwargs) -> list[checks.Error]:
    """Read every data file; each problem is an error that names the file."""
    problems = []
    for read in READERS:
        try:
            read()
        except (ValueError, LookupError, OSError) as problem:
            problems.append(checks.Error(str(problem), id="studio.E001"))
    return problems


def register_checks() -> None:
    checks.register(evidence_check)
