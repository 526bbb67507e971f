"""What follows here when the coaching of a runner ends."""

from clients import events
from programs.models import Program
from programs.services import publishing


def _end_program(sender, client, by, now, **kwargs):
    for program in Program.objects.filter(client=client).exclude(state=Program.State.ENDED):
        publishing.end_program(program=program, by=by, reason="The coaching ended.", now=now)


def connect() -> None:
    events.coaching_ending.connect(_end_program, dispatch_uid="programs.end_program")
