"""A small studio for the tests that cut across apps, and ways to fill it. Build it once for a module with `kept`.

maya coaches ana (a plan, logs, findings, messages) and has a booking page; omar coaches ben and must see nothing of ana.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from django.db import models, transaction
from django.utils import timezone

from assessments.models import Assessment
from assessments.services import measuring
from clients.models import Client, Note, Pause
from clients.tests.people import make_client, make_coach, make_owner
from consultations.models import Booking, ConsultationType
from consultations.tests import rooms
from programs.models import LineLog, MorningAnswer, Program, ScheduledSession, SetLog
from programs.services import deciding, training
from programs.tests import people as trained
from studio.accounts.models import Coach
from studio.outbox.models import Message

DAY = timedelta(days=1)


@dataclass
class World:
    now: datetime
    owner: Coach
    maya: Coach
    omar: Coach
    ana: Client
    ben: Client
    program: Program
    session: ScheduledSession  # ana's next, not begun
    begun: ScheduledSession  # ana's of today, its first line done
    done: ScheduledSession  # ana's last, done yesterday
    findings: Assessment  # shared with ana
    kind: ConsultationType
    booking: Booking  # tomorrow, ana's

    def face(self, who: str):
        """A person of the walk by name; None for the visitor."""
        return getattr(self, who, None)


@contextmanager
def kept(blocker) -> Iterator[World]:
    """A world for a whole module: each test's own changes are rolled back to it, and at the end it goes too."""
    with blocker.unblock(), transaction.atomic():
        yield make_world(timezone.now())
        transaction.set_rollback(True)


def make_world(now: datetime) -> World:
    owner = make_owner(email="bethany@example.com")
    maya = make_coach("Maya Castillo", email="maya@example.com")
    omar = make_coach("Omar Haddad", email="omar@example.com")
    ana = make_client(maya, "Ana Silva", email="ana@example.com")
    ben = make_client(omar, "Ben Okafor", email="ben@example.com")
    started = now - timedelta(days=14)
    program = trained.planned(ana, started)
    findings = Assessment.objects.get(client=ana)
    measuring.share(assessment=findings, now=started)
    done = train_on(program, now - DAY)
    begun = next_moved_to(program, now)
    training.start(session=begun, now=now, before_nrs=1)
    training.save_rest_as_planned(session=begun, client_uuid=uuid4(), line_id=begun.plan.lines[0].id, now=now)
    rooms.open_week(maya)
    kind = rooms.make_type(maya, step=15, for_visitors=True)
    tomorrow = (now + DAY).replace(hour=9, minute=0, second=0, microsecond=0)
    return World(
        now=now, owner=owner, maya=maya, omar=omar, ana=ana, ben=ben, program=program, done=done, begun=begun,
        session=trained.next_session(program, now), findings=findings, kind=kind,
        booking=rooms.make_booking(kind, tomorrow, client=ana),
    )  # fmt: skip


def train_on(program: Program, moment: datetime, *, morning: int | None = 1) -> ScheduledSession:
    """The next session that is left, done as planned on the day of a moment, with the next morning's answer."""
    session = trained.train(next_moved_to(program, moment), moment)
    day = session.day
    deciding.answer_morning(client=program.client, day=day + DAY, morning_nrs=morning, after60_nrs=1, now=moment + DAY)
    session.refresh_from_db()
    return session


def next_moved_to(program: Program, moment: datetime) -> ScheduledSession:
    """The first session that is still planned, moved to the day of a moment."""
    rows = ScheduledSession.objects.filter(program=program, state=ScheduledSession.State.PLANNED)
    session = rows.select_related("program__client").order_by("day", "id").first()
    session.day = program.client.local_date(moment)
    session.save(update_fields=["day"])
    return session


def copies(row: models.Model, count: int, **changes) -> list[models.Model]:
    """Rows like this one, in one insert. A change may be a function of the copy's number, counted from 1."""
    model = type(row)
    names = [field.attname for field in model._meta.concrete_fields if not field.primary_key]
    values = {name: getattr(row, name) for name in names}
    made = [
        model(**values | {name: change(n) if callable(change) else change for name, change in changes.items()})
        for n in range(1, count + 1)
    ]
    return model.objects.bulk_create(made)


def more_sessions(session: ScheduledSession, count: int, *, program: Program | None = None) -> None:
    """Done sessions like this one on the days before it, with all their logs."""
    start = ScheduledSession.objects.filter(program=program or session.program).count()
    made = copies(
        session,
        count,
        program_id=(program or session.program).pk,
        session_key=lambda n: f"X{start + n}",
        day=lambda n: session.day - n * DAY,
    )
    sets, lines = list(session.setlogs.all()), list(session.linelogs.all())
    for row in made:
        for log in sets:
            log.pk, log.session, log.client_uuid = None, row, uuid4()
        SetLog.objects.bulk_create(sets)
        for log in lines:
            log.pk, log.session = None, row
        LineLog.objects.bulk_create(lines)


def more_runners(world: World, count: int) -> list[Client]:
    """Runners of maya's, each with the same plan as ana, two done sessions, a morning, a pause and a note."""
    start = Client.objects.count()
    users = copies(
        world.ana.user, count, email=lambda n: f"runner{start + n}@example.com", name=lambda n: f"Runner {n}"
    )
    runners = copies(
        world.ana,
        count,
        name=lambda n: f"Runner {start + n}",
        email=lambda n: users[n - 1].email,
        user_id=lambda n: users[n - 1].pk,
    )
    programs = copies(world.program, count, client_id=lambda n: runners[n - 1].pk)
    for program in programs:
        more_sessions(world.done, 2, program=program)
        copies(world.session, 1, program_id=program.pk)
    today = world.ana.local_date(world.now)
    MorningAnswer.objects.bulk_create(
        MorningAnswer(client=runner, day=today, morning_nrs=3, time_zone="Europe/London", answered_at=world.now)
        for runner in runners
    )
    Pause.objects.bulk_create(Pause(client=each, kind="holiday", starts_on=today + 9 * DAY) for each in runners)
    Note.objects.bulk_create(Note(client=each, author=world.maya.user, body="Likes hills.") for each in runners)
    return runners


def more_messages(world: World, count: int) -> None:
    start = Message.objects.count()
    states = [Message.State.SENT, Message.State.FAILED, Message.State.PLANNED]
    Message.objects.bulk_create(
        Message(
            kind="plan_published",
            key=f"copy:{start + n}",
            to="ana@example.com",
            coach=world.maya,
            user=world.ana.user,
            client_id=world.ana.pk,
            due_at=world.now,
            sent_at=world.now,
            state=states[n % 3],
        )
        for n in range(count)
    )
