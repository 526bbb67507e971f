"""What follows here when the coaching of a runner ends, and when a red flag closes the gate."""

from assessments.events import gate_closed
from clients import events
from programs.models import Program
from programs.services import publishing, stopping


def _end_program(sender, client, by, now, **kwargs):
    for program in Program.objects.filter(client=client).exclude(state=Program.State.ENDED):
        publishing.end_program(program=program, by=by, reason="The coaching ended.", now=now)


def _end_session(sender, client, now, **kwargs):
    stopping.end_for_red_flag(client=client, now=now)


def connect() -> None:
    gate_closed.connect(_end_session, dispatch_uid="programs.end_session")
    events.coaching_ending.connect(_end_program, dispatch_uid="programs.end_program")
