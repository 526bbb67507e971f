"""A small studio for the tests that cut across apps, and ways to fill it. Build it once for a module with `kept`.

maya coaches ana (a plan, logs, findings, messages) and has a booking page; omar coaches ben and must see nothing of ana.
"""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from django.db import models, transaction
from django.test import Client as Browser
from django.urls import resolve, reverse
from django.utils import timezone

from assessments import gate
from assessments.domain.outcomes import outcomes as outcome_data
from assessments.forms.intake import PAGES as INTAKE_PAGES
from assessments.models import Assessment, Intake, OutcomeReport
from assessments.services import flares, measuring, outcomes, overruling
from assessments.tests import people as assessed
from clients.models import Alarm, Client, Note, Pause
from clients.services import invitations
from clients.tests.people import make_client, make_coach, make_lead, make_owner
from consultations.models import Booking, ConsultationType, HoursException
from consultations.tests import rooms
from programs import links
from programs.domain import editing
from programs.models import LineLog, MorningAnswer, Program, Proposal, ScheduledSession, SetLog
from programs.services import checks, deciding, drafting, training
from programs.tests import people as trained
from studio.accounts.models import Coach
from studio.front.tests.forms_of import Form, forms_of
from studio.front.tests.test_access import ROWS
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


def furnish(world) -> None:
    """A row for every word of the access table; eva in the middle of her intake, ida behind a red flag, flo in a flare."""
    today, now = world.ana.local_date(world.now), world.now
    lead = make_lead(world.maya)
    line = world.program.current.plan.weeks[-1].sessions[0].lines[0]
    note = editing.SetNote(line=line.id, note="Slowly.", scope="this")
    drafting.edit(program=world.program, revision=0, change=note, by=world.maya.user, now=now)
    invitation = invitations.invite(client=lead, by=world.maya.user, now=now)
    world.eva = assessed.known(
        make_client(world.maya, "Eva Lind"), now, kit=["mat"], weekdays=["mon", "wed"], minutes=30
    )
    Intake.objects.create(client=world.eva, pages_done=list(INTAKE_PAGES))
    overrule = overruling.overrule(
        assessment=world.findings, area="core_instability", status="possible_contributor", reason="Sways on film.",
        seen=None, by=world.maya.user, now=now,
    )  # fmt: skip
    begun = assessed.begun(world.ana, now)
    assessed.ask(assessed.known(world.ben, now), now)
    [bens] = copies(world.program, 1, client_id=world.ben.pk)
    more_sessions(world.done, 1, program=bens)
    world.ida = flagged = assessed.known(make_client(world.maya, "Ida Moen"), now)
    assessed.ask(flagged, now, "giving_way")
    world.flo = assessed.known(make_client(world.maya, "Flo Reyes"), now)
    assessed.ask(world.flo, now)
    flares.report_flare(
        client=world.flo, answers=assessed.answers(), pain_nrs=5, by=world.flo.user, now=now, form_key=uuid4(),
        stamp=gate.gate_for(world.flo, now).stamp,
    )  # fmt: skip
    answer_rounds(world)
    made = {
        "pause": Pause(client=world.ana, kind="holiday", starts_on=today),
        "note": Note(client=world.ana, body="Likes hills."),
        "alarm": Alarm(client=world.ana, kind="stop", key="a", because="Pain 7.", raised_at=now),
        "message": Message(
            kind="plan_published", key="m", to="ana@example.com", coach=world.maya, due_at=now, state="failed"
        ),
        "day off": HoursException(coach=world.maya, date=today + timedelta(days=30)),
        "proposal": Proposal(
            program=world.program, rule="R-G1", slot=line.slot, change={"sets": 4}, because="Top of the range, twice.",
            rules_version="1", created_at=now,
        ),
    }  # fmt: skip
    for row in made.values():
        row.save()
    world.keys = {word: row.pk for word, row in made.items()} | {
        "client": world.ana.pk,
        "client with a plan": world.ana.pk,
        "client with a draft": world.ana.pk,
        "colleague": world.omar.pk,
        "lead": lead.pk,
        "flagged": flagged.pk,
        "eva": world.eva.pk,
        "done": world.done.pk,
        "invitation token": invitations.invitation_token(invitation),
        "type": world.kind.pk,
        "type slug": world.kind.slug,
        "booking": world.booking.pk,
        "booking token": world.booking.token,
        "open assessment": begun.pk,
        "assessment": world.findings.pk,
        "overruled assessment": world.findings.pk,
        "overrule": overrule.pk,
        "shared assessment": world.findings.pk,
        "session": world.session.pk,
        "started session": world.begun.pk,
        "line": line.id,
        "session key": world.program.current.plan.weeks[0].sessions[0].id,
        "morning token": links.morning_token(world.ana, today),
        "note token": links.note_token(world.ana, f"{today:%G-W%V}"),
    }


def answer_rounds(world) -> None:
    """Two rounds of the AKPS and one of pain, another that is begun, a total from paper, a week, and a phase check that is begun."""
    ana, by, now = world.ana, world.ana.user, world.now
    best = {item.field: (None, item.options[0].points) for item in outcome_data().measure["akps"].items}
    for moment in (now - 13 * DAY, now):
        outcomes.save_answers(client=ana, measure="akps", changes=best, by=by, now=moment)
        outcomes.finish(client=ana, measure="akps", by=by, now=moment)
    outcomes.save_answers(client=ana, measure="pain_nrs", changes={"pain_worst_7d": (None, 4)}, by=by, now=now)
    OutcomeReport.objects.create(
        client=ana, measure="pain_nrs", measured_on=ana.local_date(now) - DAY, answers={"pain_worst_7d": 5}, entered_by=by,
        started_at=now - DAY, answered_at=now - DAY,
    )  # fmt: skip
    outcomes.enter_total(client=ana, measure="lefs", total=61, by=world.maya.user, now=now)
    week = f"{ana.local_date(now):%G-W%V}"
    said = {"daily_nrs": 2, "slept_badly": False, "goals": {"Run the river loop": 6}}
    checks.save_week(client=ana, week=week, answers=said, barrier="fine", seen="", by=by, now=now)
    tested = {("bridge_reps", "left", "value"): (None, 17), ("bridge_reps", "left", "pain"): (None, 1)}
    checks.save_readings(program=world.program, changes=tested, by=by, now=now)


class Signed(Browser):
    """A browser that stays signed in, whatever a request does to its session."""

    def __init__(self, face):
        super().__init__(raise_request_exception=False)
        if face:
            self.force_login(face.user)
        self.kept = {name: cookie.value for name, cookie in self.cookies.items()}

    def request(self, **request):
        self.cookies.clear()
        for name, value in self.kept.items():
            self.cookies[name] = value
        return super().request(**request)


RUNNERS_TOO = ("eva", "ida", "flo")  # beside ana, who is the client of the walk


def browsers(world) -> dict[str, Signed]:
    """A browser of everybody in the walk."""
    faces = {"client": world.ana, "coach": world.maya, "owner": world.owner, "visitor": None}
    faces |= {name: getattr(world, name) for name in RUNNERS_TOO}
    return {who: Signed(face) for who, face in faces.items()}


def who_of(may: set[str]) -> str:
    return next(who for who in ("visitor", "client", "coach", "owner") if who in may)


# Pages beside those of the access table whose forms only show in a state of their own: who looks, URL, arguments, query.
MORE_PAGES = [
    ("client", "programs:session", {"pk": "done"}, "?at=1"),  # the question after the last set, and taking one back
    ("client", "programs:session", {"pk": "started session"}, "?at=2"),
    ("visitor", "consultations:book_type", {"slug": "type slug"}, "?show={start}"),
    ("client", "consultations:me_book_type", {"slug": "type slug"}, "?show={start}"),
    ("coach", "clients:details", {"pk": "lead"}, ""),
    ("coach", "assessments:clearance", {"pk": "flagged"}, ""),
    ("coach", "assessments:referral", {"pk": "flagged"}, "?to=Dr%20Lamb"),
    ("coach", "assessments:start", {"pk": "eva"}, ""),
    ("coach", "assessments:start", {"pk": "lead"}, ""),
    ("client", "assessments:red_flags", {}, "?again"),
    ("eva", "assessments:intake", {}, ""),
    ("eva", "assessments:red_flags", {}, "?again"),
    ("ida", "assessments:red_flags", {}, ""),
    ("ida", "assessments:my_letter", {}, ""),
    ("ida", "front:me", {}, ""),
    ("flo", "assessments:flare", {}, ""),
    ("flo", "front:me", {}, ""),
    *(("eva", "assessments:intake_page", {"page": page}, "") for page in INTAKE_PAGES),
    ("client", "assessments:my_measure", {"measure": "pain_nrs"}, ""),
    ("client", "assessments:my_measure", {"measure": "akps"}, "?open"),
    ("visitor", "account_login", {}, ""),
    ("visitor", "account_request_login_code", {}, ""),
    ("visitor", "account_reset_password", {}, ""),
    ("client", "account_change_password", {}, ""),
    ("client", "account_email", {}, ""),
    ("client", "account_reauthenticate", {}, ""),
]


LOOKS = [
    *((who_of(may), name, arguments, "") for name, arguments, may, *more in ROWS if not more or "GET" in more[0]),
    *MORE_PAGES,
]  # every page that somebody can open: who looks, URL, arguments, query


def address_of(world, name: str, arguments: dict, query: str = "") -> str:
    """The address of a row of the tables above."""
    start = f"{world.booking.starts_at + 5 * DAY:%Y-%m-%dT%H:%M:%SZ}"
    keys = {key: world.keys.get(word, word) for key, word in arguments.items()}
    return reverse(name, kwargs=keys) + query.format(start=start)


# Views that take a POST and have their form on no page of the walk: who, and what a right form says.
BY_HAND = {
    "assessments:outcomes_put_off": ("client", {}),
    "assessments:field": ("coach", {"part": "value", "wblt_distance-left": "9.5", "wblt_distance-left-pain": "2"}),
    "assessments:note": ("coach", {"note": "Hips shift", "note-was": ""}),
    "assessments:share": ("coach", {}),
    "clients:birth_date_ask": ("client", {}),
    "front:coach_return": ("owner", {}),
    "clients:consent_give": ("client", {}),
    "clients:reopen": ("coach", {}),
    "programs:morning_save": ("client", {"morning_nrs": "3", "after60_nrs": "2"}),
    "programs:note_off_one_click": ("visitor", {"List-Unsubscribe": "One-Click"}),
    "programs:plan_conflict": ("coach", {"revision": "1", "choice": "theirs"}),
    "programs:plan_restore": ("coach", {"reason": "Back to the first."}),
}


def forms(world, browsers: dict[str, Signed]) -> dict[str, list[tuple[str, Form]]]:
    """Every POST form that somebody sees on a page, and those of BY_HAND: URL name -> [(who, form)], each shape once."""
    found, seen = defaultdict(list), set()
    rows = {name: arguments for name, arguments, *_ in ROWS}
    for name, (who, said) in BY_HAND.items():
        fields = {key: [value] for key, value in said.items()}
        found[name].append((who, Form(address_of(world, name, rows[name]), "post", fields)))
    for who, *look in LOOKS:
        address = address_of(world, *look)
        response = browsers[who].get(address)
        if response.status_code != 200 or "html" not in response["Content-Type"]:
            continue
        for form in forms_of(response.content.decode(), address):
            shape = (form.action, frozenset(form.fields), str(form.fields.get("act")))
            if form.method == "post" and shape not in seen:
                seen.add(shape)
                found[resolve(form.action.partition("?")[0]).view_name].append((who, form))
    return found
