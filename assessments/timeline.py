"""Safety rounds, clearances, intake, assessments, overrules and outcome rounds, for the runner's timeline. No writing."""

from assessments.domain.rules import rules
from assessments.gate import CLOSING
from assessments.models import Assessment, Intake, Overrule, RedFlagCheck
from assessments.outcomes import outcome_events
from assessments.selection import nothing_today
from clients.models import Client
from clients.timeline import Event, name_of

ACTIONS = {
    "stop_urgent": "urgent stop",
    "refer": "to a clinician first",
    "caution": "go on with care",
    "none": "nothing up",
}
CLEARANCE = "assessments:clearance"


def events_of(client: Client, *, shows_results: bool) -> list[Event]:
    """Five queries.

    Args:
        client: the runner.
        shows_results: False while a red flag keeps results back: what a coach decided about a finding waits like the
            finding itself.
    """
    found = _safety(client)
    intake = Intake.objects.filter(client=client).only("submitted_at").first()
    if intake and intake.submitted_at:
        found.append(Event(intake.submitted_at, "intake", "Intake sent", "", client.name, "assessments:intake_answers"))
    found += _assessments(client)
    for overrule in Overrule.objects.filter(assessment__client=client).select_related("made_by"):
        area = rules().battery.area.get(overrule.area)
        label = area.label if area else overrule.area
        title = f"A view of the coach: {label}"
        text = f"{overrule.get_status_display()}: {overrule.reason}" if shows_results else "Waits with the results."
        page = ("assessments:findings", {"assessment": overrule.assessment_id})
        found.append(Event(overrule.made_at, "assessment", title, text, name_of(overrule.made_by), *page))
        if overrule.withdrawn_at:
            found.append(Event(overrule.withdrawn_at, "assessment", f"Taken back: {label}", "", "", *page))
    for event in outcome_events(client):
        found.append(Event(event.at, "outcome", event.title, event.text, "", "assessments:client_outcomes"))
    return found


def _safety(client: Client) -> list[Event]:
    known = rules().red_flags.flag
    found = []
    for check in RedFlagCheck.objects.filter(client=client).select_related("answered_by", "cleared_by"):
        title = f"Safety questions, {check.get_source_display().lower()}: {ACTIONS[check.action]}"
        said = [
            f"{known[flag].question} To be seen: {known[flag].timeframe}."
            if known[flag].timeframe
            else known[flag].question
            for flag in check.flags
            if flag in known
        ]
        if reason := nothing_today(check.today):
            said.append(f"No tests on this day. {reason}")
        who, is_alert = name_of(check.answered_by), check.action in CLOSING
        found.append(Event(check.answered_at, "safety", title, "\n".join(said), who, CLEARANCE, is_alert=is_alert))
        if check.cleared_at:
            seen = f"Seen by {check.clinician} on {check.seen_on:%-d %B %Y}."
            text = " ".join(filter(None, [seen, check.clearance_note]))
            found.append(
                Event(check.cleared_at, "safety", "Clearance recorded", text, name_of(check.cleared_by), CLEARANCE)
            )
    return found


def _assessments(client: Client) -> list[Event]:
    """When they were finished and shared; what was found stands on their own page."""
    rows = Assessment.objects.filter(client=client, finished_at__isnull=False).select_related("made_by")
    found = []
    for row in rows.defer("request", "result", "sentences", "tests", "left_out"):
        if row.finished_at is None:
            continue
        page = ("assessments:findings", {"assessment": row.pk})
        text = f"{row.get_battery_display()}, measured on {row.measured_on:%-d %B %Y}."
        found.append(Event(row.finished_at, "assessment", "Assessment finished", text, name_of(row.made_by), *page))
        if row.shared_at:
            found.append(Event(row.shared_at, "assessment", "Findings shared", f"With {client.first_name}.", "", *page))
    return found
