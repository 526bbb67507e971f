"""A red flag in the middle of a session: it ends there."""

from datetime import datetime, timedelta

from clients.models import Client
from programs.models import ScheduledSession
from programs.services import training

STILL_ON = timedelta(days=1)  # a session that was begun longer ago was left, not stopped


def end_for_red_flag(*, client: Client, now: datetime) -> int:
    """A red flag was answered yes: the session that is on ends here. Returns how many were on."""
    on = ScheduledSession.objects.filter(
        program__client=client, state=ScheduledSession.State.STARTED, started_at__gte=now - STILL_ON
    )
    ended = list(on.select_related("program__client"))
    for session in ended:
        training.wrap_up(session=session, now=now, session_rpe=None, note="", stopped=True)
    ScheduledSession.objects.filter(pk__in=[session.pk for session in ended]).update(flag=True)
    return len(ended)
