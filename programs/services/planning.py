"""From the record to a plan: gather the brief, let the generator answer, keep the answer as a draft."""

from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction

from assessments import gate, queries
from clients.models import Client
from programs import checking
from programs.domain import entry, records
from programs.domain.brief import parse_brief
from programs.domain.generating import Refusal, generate
from programs.domain.library import library
from programs.domain.reading import InputProblems
from programs.domain.rules import rules
from programs.models import Draft, Program
from programs.services import drafting, publishing
from studio.accounts.models import User

DAYS_A_WEEK = 7


class NoPlan(ValueError):
    """The generator makes no plan from this; the message says what would have to change."""


@dataclass(frozen=True)
class Wishes:
    """What the coach chooses beside what the record says."""

    phase: int
    weeks: int
    weekdays: tuple[str, ...]
    minutes: int
    exclude: tuple[str, ...] = ()
    prefer: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()


@dataclass(frozen=True)
class Ground:
    """What a plan would be made from, with the reasons, before anybody asks for it."""

    phase: entry.Start
    stage: entry.Start
    severity: dict[str, float | None]
    asymmetry: dict | None
    warnings: tuple[str, ...]
    missing: tuple[str, ...] = field(default=())
    answered_on: date | None = None  # the day of the pain answers behind phase and stage; None = never answered
    answered_in: str = ""  # "intake" or "weekly check"

    @property
    def is_assessed(self) -> bool:
        return any(value is not None for value in self.severity.values())


def ground_of(client: Client) -> Ground:
    """Read what the newest answers (weekly check, else intake) and the findings say: entry phase, run stage, severities."""
    latest = checking.latest_answers(client)
    said = latest.answers
    findings = queries.latest_findings(client)
    nothing: dict[str, float | None] = dict.fromkeys(records.Severity.__struct_fields__)
    missing = [
        name
        for name, value in (("kit", client.kit), ("training days", client.weekdays), ("minutes", client.minutes))
        if not value
    ]
    return Ground(
        phase=entry.entry_phase(said),
        stage=entry.start_stage(said),
        severity=findings.severity if findings else nothing,
        asymmetry=findings.asymmetry if findings else None,
        warnings=findings.warnings if findings else ("Not assessed yet: the plan would rest on its base shares.",),
        missing=tuple(missing),
        answered_on=latest.on,
        answered_in=("intake" if latest.is_intake else "weekly check") if latest.on else "",
    )


def brief_of(*, client: Client, wishes: Wishes, ground: Ground, gate_action: str) -> records.Brief:
    """The generator's brief for one runner.

    Raises:
        NoPlan: the record lacks something or holds something the generator does not know; all of it is named.
    """
    answers = queries.intake_answers(client)
    findings = queries.latest_findings(client)
    program = running_program(client)
    previous = []
    if program and program.current:
        previous = sorted({line.exercise for *_, line in program.current.plan.places()})
    document = {
        "phase": wishes.phase,
        "weeks": wishes.weeks,
        "days": len(wishes.weekdays),
        "minutes": wishes.minutes,
        "weekdays": list(wishes.weekdays),
        "hard_run_days": list(client.hard_run_days),
        "kit": list(dict.fromkeys(["none", *client.kit])),
        "tags": list(dict.fromkeys([*client.tags, *computed_tags(ground)])),
        "exclude": list(wishes.exclude),
        "prefer": list(wishes.prefer),
        "keep": list(wishes.keep),
        "severity": ground.severity,
        "previous_severity": None,  # the findings are damped already (R-A5)
        "asymmetry": ground.asymmetry,
        "run": {
            "stage": ground.stage.value,
            "longest_30d_min": answers.get("longest_30d_min"),
            "cadence_spm": findings.cadence_spm if findings else None,
            # Who does not run yet begins with the ladder's own number of runs (R-X4).
            "per_week": min(DAYS_A_WEEK, answers.get("runs_per_week") or rules().running.per_week),
        },
        "previous": previous,
        "gate": gate_action,
    }
    try:
        return parse_brief(document, library(), rules())
    except InputProblems as problem:
        raise NoPlan("The record is not ready for a plan: " + "; ".join(problem.problems)) from problem


def computed_tags(ground: Ground) -> list[str]:
    """Tags that follow from where the runner stands now, whatever the record says."""
    return ["no_running_clearance"] if ground.stage.value == 0 else []


def running_program(client: Client) -> Program | None:
    return (
        Program.objects.filter(client=client)
        .exclude(state=Program.State.ENDED)
        .select_related("current", "client")
        .first()
    )


@transaction.atomic
def make_draft(*, client: Client, wishes: Wishes, by: User, now: datetime, starts_on: date | None = None) -> Draft:
    """Let the generator make a plan and put it on the coach's board. The runner sees nothing before it is published.

    Raises:
        gate.GateClosed: a red flag stands open.
        publishing.ConsentMissing: see there.
        NoPlan: the generator refuses; what stands on the board stays.
    """
    # The program before the runner, as every edit and publish does: nobody waits for somebody who waits for her.
    Program.objects.select_for_update().filter(client=client).exclude(state=Program.State.ENDED).first()
    stands = gate.require_plan_allowed(client, now)
    publishing.require_consent(client)
    ground = ground_of(client)
    answer = generate(
        brief_of(client=client, wishes=wishes, ground=ground, gate_action=stands.action), library(), rules()
    )
    if isinstance(answer, Refusal):
        raise NoPlan(answer.message)
    program = running_program(client)
    if program is None:
        first = starts_on or client.local_date(now)
        return publishing.start_program(client=client, plan=answer, starts_on=first, by=by, now=now)
    Draft.objects.filter(program=program).delete()
    return Draft.objects.create(
        program=program, base=program.current, document=records.to_document(answer), is_whole=True, edited_by=by,
        updated_at=now, revision=drafting.turn_page(program),
    )  # fmt: skip
