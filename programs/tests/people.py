"""Runners with a plan, for the tests of this app and of those above."""

from datetime import datetime, timedelta
from uuid import uuid4

from assessments.tests.people import ask, finished
from clients.models import Client
from programs.models import Draft, Program, ScheduledSession
from programs.services import planning, publishing, training

WISHES = planning.Wishes(phase=2, weeks=8, weekdays=("mon", "wed", "fri"), minutes=40)
KIT = ["mat", "chair", "wall", "step", "mini-band", "dumbbell", "foam-roller"]


def ready(client: Client, now: datetime, **fields) -> Client:
    """A runner whom a plan can be made for: record, safety questions and an assessment."""
    facts = {"kit": KIT, "weekdays": ["mon", "wed", "fri"], "minutes": 40, "hard_run_days": ["sun"]} | fields
    for name, value in facts.items():
        setattr(client, name, value)
    client.save()
    finished(client, now)
    ask(client, now)
    return client


def drafted(client: Client, now: datetime, wishes: planning.Wishes = WISHES) -> Draft:
    """A first draft that nobody has published."""
    ready(client, now)
    monday = client.local_date(now) - timedelta(days=client.local_date(now).weekday())
    return planning.make_draft(client=client, wishes=wishes, by=client.coach.user, now=now, starts_on=monday)


def planned(client: Client, now: datetime, wishes: planning.Wishes = WISHES) -> Program:
    """A runner with a published plan that began on this week's Monday."""
    draft = drafted(client, now, wishes)
    publishing.publish_draft(draft=draft, reason="", by=client.coach.user, now=now)
    return Program.objects.select_related("client", "current").get(pk=draft.program_id)


def next_session(program: Program, now: datetime) -> ScheduledSession:
    rows = ScheduledSession.objects.filter(program=program, state=ScheduledSession.State.PLANNED)
    today = program.client.local_date(now)
    return rows.filter(day__gte=today).select_related("program__client").order_by("day", "id").first()


def train(session: ScheduledSession, now: datetime, *, pain: int | None = 1, rpe: int | None = 6) -> ScheduledSession:
    """Do a whole session as planned."""
    training.start(session=session, now=now, before_nrs=1)
    for line in session.plan.lines:
        training.save_rest_as_planned(session=session, client_uuid=uuid4(), line_id=line.id, now=now)
        if pain is not None:
            training.save_line(session=session, line_id=line.id, now=now, during_nrs=pain)
    training.wrap_up(session=session, now=now, session_rpe=rpe, note="")
    return ScheduledSession.objects.select_related("program__client").get(pk=session.pk)
