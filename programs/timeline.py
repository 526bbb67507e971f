"""Versions of the plan, the end of a program, weekly and phase checks, for the runner's timeline. No writing."""

from clients.models import Client
from clients.timeline import Event, name_of
from programs.checking import check_events
from programs.models import Program, Version


def events_of(client: Client) -> list[Event]:
    """Four queries."""
    found = [
        Event(event.at, "check", event.title, event.text, "", "programs:client_week" if event.kind == "week" else "")
        for event in check_events(client)
    ]
    versions = Version.objects.filter(program__client=client).select_related("published_by")
    for version in versions.defer("document", "edits"):
        found.append(
            Event(
                version.published_at, "plan", f"Plan, version {version.number}", version.reason,
                name_of(version.published_by) or "a safety rule", "programs:plan_versions",
            )
        )  # fmt: skip
    for program in Program.objects.filter(client=client, ended_at__isnull=False).select_related("ended_by"):
        if program.ended_at is not None:
            ended = Event(program.ended_at, "plan", "Program ended", program.end_reason, name_of(program.ended_by))
            found.append(ended)
    return found
