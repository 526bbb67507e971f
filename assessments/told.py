"""A finished assessment as it is shown: what was stored that day, and beside it what the coach decided since.

The page, its print and the PDF are made from this one document, so that they cannot say different numbers.
"""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.utils import timezone
from django.utils.text import slugify

from assessments import overrules
from assessments.models import Assessment
from assessments.sheet import draw_body
from studio.ui import pdf
from studio.ui.parts import SEVERITIES

TEMPLATE = Path(__file__).parent / "pdf" / "findings.typ"


def shown(row: Assessment) -> dict[str, Any]:
    """The context of a findings page. The stored sentences are handed on as they are.

    Args:
        row: a finished assessment with its client, the client's coach and the coach's user.
    """
    told = row.sentences or {}
    decisions = overrules.all_of(row)
    return {
        "client": row.client,
        "coach": row.client.coach.user,
        "assessment": row,
        "told": told,
        "areas": overrules.areas_with(told, decisions),
        "sources": sorted(told.get("sources", {}).items()),
        "body": draw_body(told.get("map", {}), told.get("painful", [])),
    }


def as_pdf(row: Assessment, *, for_coach: bool) -> bytes:
    """The findings page as a PDF: the coach's, or the runner's, who does not read the scores behind the reasons."""
    document = shown(row)
    told, client, coach = document["told"], document["client"], document["coach"]
    areas = [
        area
        | {
            "severity": "" if area["step"] is None else SEVERITIES[area["step"]],
            "overrule": _on_paper(area["overrule"]) if area["overrule"] else None,
            "taken_back": [_on_paper(each) for each in area["taken_back"]] if for_coach else [],
        }
        for area in document["areas"]
    ]
    context = told.get("context")
    values = {
        "for_coach": for_coach,
        "title": f"{told.get('feature_name', '')}, {client.name}, {row.measured_on:%-d %B %Y}",
        "name": client.name,
        "measured_on": f"{row.measured_on:%-d %B %Y}",
        "told": told | {"cautions": told.get("cautions", []), "checks": told.get("checks", [])},
        "areas": areas,
        "context": context and context | {"severity": "" if context["step"] is None else SEVERITIES[context["step"]]},
        "sources": document["sources"],
        "map": pdf.on_paper(document["body"]),
        "coach": coach.name,
        "rules": row.rules_version,
        "finished": f"{timezone.localtime(row.finished_at, client.zone):%-d %B %Y, %H:%M}" if row.finished_at else "",
    }
    return pdf.render(TEMPLATE, values, made_at=row.finished_at or row.created_at)


def pdf_name(row: Assessment) -> str:
    """A file name that says whose and when: findings-ana-silva-2026-11-18.pdf."""
    who = slugify(row.client.name) or f"runner-{row.client_id}"
    return f"findings-{who[:60].rstrip('-')}-{row.measured_on:%Y-%m-%d}.pdf"


def _on_paper(decision: overrules.Overruled) -> dict[str, str]:
    fields = asdict(decision) | {"sentence": decision.sentence, "words": decision.words}
    fields["on"] = f"{decision.on:%-d %B %Y}"
    fields["withdrawn_on"] = f"{decision.withdrawn_on:%-d %B %Y}" if decision.withdrawn_on else ""
    return fields
