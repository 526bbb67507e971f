"""Every address of ours x {visitor, client, other client, coach, other coach, owner}, against the table below.

maya coaches ana; omar coaches ben; bethany owns the studio. The rows of the walk belong to ana and maya.

A new URL needs one row in ROWS:

    ("clients:details", {"pk": "client"}, RECORD, "GET POST"),

- the URL's name;
- its arguments: a word is looked up in MAKE (add a line there for a new kind of row), anything else is passed as it is;
- who may: one of the sets below, or a set of your own from the six names;
- the methods that the page answers; "GET" if left out;
- what to POST, where a page answers 404 to a form without it; nothing if left out.

The walk then asks, for each of the six people and for GET as well as POST:

- who may, by a method that the page answers: 200, 204, 302 (not to the sign-in), 409, 410 or 422; never 404 or 500;
- who may, by another method: 405;
- a visitor who may not: sent to the sign-in page;
- anybody else who may not: 404 (or 405 by a method that the page never answers).

What a request changes is rolled back after it. A page that shows a row by a signed address is PUBLIC: the address is the
key. URLs under PREFIXES are another package's.
"""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from assessments.models import Overrule
from assessments.services import measuring, overruling
from assessments.tests import people as assessed
from clients.models import Alarm, Consent, Note, Pause
from clients.services import invitations
from clients.tests.people import make_lead
from consultations.models import HoursException
from consultations.tests import rooms
from programs import links
from programs.models import Proposal
from programs.services import training
from programs.tests import people as trained
from studio.outbox.models import Message

EVERYBODY = ("visitor", "client", "other client", "coach", "other coach", "owner")

PUBLIC = set(EVERYBODY)
SIGNED_IN = PUBLIC - {"visitor"}
COACHES = {"coach", "other coach", "owner"}  # a page of the coach's own, without another's row in its address
RECORD = {"coach", "owner"}  # a row of ana's that her coach works with
RUNNERS = {"client", "other client"}  # a page of the runner's own, without another's row in its address
OWN = {"client"}  # a row that ana alone works with
SHARED = {"client", "coach", "owner"}  # a row that ana and her coach work with
OWNER = {"owner"}

# How the rows come to be that an address names. Each gets the world (w.maya, w.ana, w.now, ...) and returns the argument.
MAKE = {
    "client": lambda w: w.ana.pk,
    "colleague": lambda w: w.omar.pk,
    "lead": lambda w: make_lead(w.maya).pk,
    "pause": lambda w: Pause.objects.create(client=w.ana, kind="holiday", starts_on=w.ana.local_date(w.now)).pk,
    "note": lambda w: Note.objects.create(client=w.ana, body="Likes hills.").pk,
    "consent": lambda w: Consent.objects.create(client=w.ana, version="1", text="I agree.", given_at=w.now).pk,
    "alarm": lambda w: Alarm.objects.create(client=w.ana, kind="stop", key="a", because="Pain 7.", raised_at=w.now).pk,
    "invitation token": lambda w: invitations.invitation_token(
        invitations.invite(client=make_lead(w.maya), by=w.maya.user, now=w.now)
    ),
    "message": lambda w: (
        Message.objects.create(
            kind="invitation", key="m", to="ana@example.com", coach=w.maya, due_at=w.now, state="failed"
        ).pk
    ),
    # consultations
    "type": lambda w: rooms.make_type(w.maya).pk,
    "type slug": lambda w: rooms.make_type(w.maya).slug,
    "day off": lambda w: HoursException.objects.create(coach=w.maya, date=w.now.date()).pk,
    "booking": lambda w: booked(w).pk,
    "booking token": lambda w: booked(w).token,
    # assessments
    "open assessment": lambda w: assessed.begun(w.ana, w.now).pk,
    "assessment": lambda w: assessed.finished(w.ana, w.now).pk,
    "shared assessment": lambda w: shared(w).pk,
    "overruled assessment": lambda w: overruled(w).assessment_id,
    "overrule": lambda w: Overrule.objects.get(assessment__client=w.ana).pk,
    # programs
    "client with a plan": lambda w: trained.planned(w.ana, w.now).client_id,
    "client with a draft": lambda w: trained.drafted(w.ana, w.now).program.client_id,
    "proposal": lambda w: proposed(w).pk,
    "session": lambda w: trained.next_session(trained.planned(w.ana, w.now), w.now).pk,
    "started session": lambda w: started(w).pk,
    "line": lambda w: w.ana.programs.get().drafts.get().plan.weeks[0].sessions[0].lines[0].id,
    "session key": lambda w: w.ana.programs.get().drafts.get().plan.weeks[0].sessions[0].id,
    "morning token": lambda w: links.morning_token(w.ana, w.ana.local_date(w.now)),
    "note token": lambda w: links.note_token(w.ana, f"{w.ana.local_date(w.now):%G-W%V}"),
}


def booked(w):
    return rooms.make_booking(rooms.make_type(w.maya), w.now + timedelta(days=1), client=w.ana)


def shared(w):
    assessment = assessed.finished(w.ana, w.now)
    measuring.share(assessment=assessment, now=w.now)
    return assessment


def overruled(w):
    return overruling.overrule(
        assessment=assessed.finished(w.ana, w.now), area="hip_weakness", status="unlikely_contributor",
        reason="Steady on film.", seen=None, by=w.maya.user, now=w.now,
    )  # fmt: skip


def proposed(w):
    program = w.ana.programs.first() or trained.planned(w.ana, w.now)
    return Proposal.objects.create(
        program=program, rule="R-G1", change={}, because="Top of the range, twice.", rules_version="1", created_at=w.now
    )


def started(w):
    session = trained.next_session(trained.planned(w.ana, w.now), w.now)
    training.start(session=session, now=w.now, before_nrs=1)
    return session


ROWS = [
    # the roof
    ("front:home", {}, PUBLIC),
    ("front:about", {}, PUBLIC),
    ("front:privacy", {}, PUBLIC),
    ("front:theme", {}, PUBLIC, "POST"),
    ("front:healthz", {}, PUBLIC),
    ("front:readyz", {}, PUBLIC),
    ("front:robots", {}, PUBLIC),
    ("front:favicon", {}, PUBLIC),
    ("front:start", {}, SIGNED_IN),
    ("front:kit", {}, COACHES),
    ("front:today", {}, COACHES),
    ("front:alarm_acknowledge", {"pk": "alarm"}, RECORD, "POST"),
    ("front:booking_seen", {"pk": "booking"}, RECORD, "POST"),
    ("front:client_record", {"pk": "client"}, RECORD),
    ("front:client_log", {"pk": "client"}, RECORD),
    ("front:client_timeline", {"pk": "client"}, RECORD),
    ("front:studio_settings", {}, OWNER, "GET POST"),
    ("front:coach_retire", {"pk": "colleague"}, OWNER, "GET POST"),
    ("front:coach_return", {"pk": "colleague"}, OWNER, "POST"),
    ("front:me", {}, RUNNERS),
    # clients
    ("clients:list", {}, COACHES),
    ("clients:new", {}, COACHES, "GET POST"),
    ("clients:details", {"pk": "client"}, RECORD, "GET POST"),
    ("clients:facts_correct", {"pk": "client"}, RECORD, "POST"),
    ("clients:invite", {"pk": "lead"}, RECORD, "POST"),
    ("clients:invitation_revoke", {"pk": "lead"}, RECORD, "POST"),
    ("clients:finish", {"pk": "client"}, RECORD, "POST"),
    ("clients:reopen", {"pk": "client"}, RECORD, "POST"),
    ("clients:pause_start", {"pk": "client"}, RECORD, "POST"),
    ("clients:pause_end", {"pk": "client", "pause": "pause"}, RECORD, "POST"),
    ("clients:note_add", {"pk": "client"}, RECORD, "POST"),
    ("clients:invitation", {"token": "invitation token"}, PUBLIC, "GET POST"),
    ("clients:settings", {}, RUNNERS, "GET POST"),
    ("clients:birth_date_ask", {}, RUNNERS, "POST"),
    ("clients:my_pause_start", {}, RUNNERS, "POST"),
    ("clients:my_pause_end", {"pk": "pause"}, OWN, "POST"),
    ("clients:consent", {}, RUNNERS),
    ("clients:consent_give", {}, RUNNERS, "POST"),
    ("clients:consent_withdraw", {}, RUNNERS, "POST"),
    # the outbox
    ("outbox:list", {}, COACHES),
    ("outbox:detail", {"pk": "message"}, RECORD),
    ("outbox:retry", {"pk": "message"}, RECORD, "POST"),
    # consultations
    ("consultations:book", {}, PUBLIC),
    ("consultations:book_type", {"slug": "type slug"}, PUBLIC, "GET POST"),
    ("consultations:booking", {"token": "booking token"}, PUBLIC),
    ("consultations:booking_cancel", {"token": "booking token"}, PUBLIC, "GET POST"),
    ("consultations:booking_calendar", {"token": "booking token"}, PUBLIC),
    ("consultations:me_book", {}, RUNNERS),
    ("consultations:me_book_type", {"slug": "type slug"}, OWN, "GET POST"),
    ("consultations:list", {}, COACHES),
    ("consultations:cancel", {"pk": "booking"}, RECORD, "GET POST"),
    ("consultations:seen", {"pk": "booking"}, RECORD, "POST"),
    ("consultations:hours", {}, COACHES, "GET POST"),
    ("consultations:exception_set", {}, COACHES, "POST"),
    ("consultations:exception_remove", {"pk": "day off"}, RECORD, "POST"),
    ("consultations:types", {}, COACHES),
    ("consultations:type_new", {}, COACHES, "GET POST"),
    ("consultations:type_edit", {"pk": "type"}, RECORD, "GET POST"),
    ("consultations:client_consultations", {"pk": "client"}, RECORD),
    # programs
    ("programs:library", {}, COACHES),
    ("programs:exercise", {"exercise_id": "mini-squat"}, COACHES),
    ("programs:plan", {"pk": "client with a plan"}, RECORD),
    ("programs:plan_generate", {"pk": "client"}, RECORD, "GET POST"),
    ("programs:plan_edit", {"pk": "client with a draft"}, RECORD, "POST", {"revision": "1", "act": "nonsense"}),
    ("programs:plan_line", {"pk": "client with a draft", "line_id": "line"}, RECORD),
    ("programs:plan_add", {"pk": "client with a draft", "week": 1, "session_id": "session key"}, RECORD),
    ("programs:plan_undo", {"pk": "client with a draft"}, RECORD, "POST", {"revision": "1"}),
    ("programs:plan_discard", {"pk": "client with a draft"}, RECORD, "POST", {"revision": "1"}),
    (
        "programs:plan_conflict",
        {"pk": "client with a draft", "number": 0},
        RECORD,
        "POST",
        {"revision": "1", "choice": "theirs"},
    ),
    ("programs:plan_end", {"pk": "client with a plan"}, RECORD, "GET POST"),
    ("programs:plan_publish", {"pk": "client with a draft"}, RECORD, "GET POST"),
    ("programs:plan_versions", {"pk": "client with a plan"}, RECORD),
    ("programs:plan_version", {"pk": "client with a plan", "number": 1}, RECORD),
    ("programs:plan_restore", {"pk": "client with a plan", "number": 1}, RECORD, "POST"),
    (
        "programs:proposal_decide",
        {"pk": "client with a plan", "proposal": "proposal"},
        RECORD,
        "POST",
        {"decision": "decline"},
    ),
    ("programs:client_week", {"pk": "client"}, RECORD, "GET POST"),
    ("programs:client_phase_check", {"pk": "client with a plan"}, RECORD, "GET POST"),
    ("programs:my_week", {}, RUNNERS, "GET POST"),
    ("programs:my_phase_check", {}, RUNNERS, "GET POST"),
    ("programs:session", {"pk": "session"}, OWN),
    ("programs:session_start", {"pk": "session"}, OWN, "POST"),
    ("programs:set_save", {"pk": "started session"}, OWN, "POST"),
    ("programs:set_undo", {"pk": "started session"}, OWN, "POST"),
    ("programs:rest_save", {"pk": "started session"}, OWN, "POST"),
    ("programs:line_save", {"pk": "started session"}, OWN, "POST"),
    ("programs:line_skip", {"pk": "started session"}, OWN, "POST"),
    ("programs:stop", {"pk": "started session"}, OWN, "GET POST"),
    ("programs:stopped", {"pk": "started session"}, OWN),
    ("programs:finish", {"pk": "started session"}, OWN, "GET POST"),
    ("programs:morning_save", {}, RUNNERS, "POST"),
    ("programs:progress", {}, RUNNERS),
    ("programs:morning", {"token": "morning token"}, PUBLIC, "GET POST"),
    ("programs:note_answer", {"token": "note token"}, PUBLIC, "GET POST"),
    ("programs:note_off", {"token": "note token"}, PUBLIC, "GET POST"),
    ("programs:note_off_one_click", {"token": "note token"}, PUBLIC, "GET POST"),
    # assessments
    ("assessments:intake", {}, RUNNERS, "GET POST"),
    ("assessments:intake_page", {"page": "you"}, RUNNERS, "GET POST"),
    ("assessments:red_flags", {}, RUNNERS, "GET POST"),
    ("assessments:flare", {}, RUNNERS, "GET POST"),
    ("assessments:flare_over", {}, RUNNERS, "POST"),
    ("assessments:my_letter", {}, RUNNERS),
    ("assessments:my_letter_pdf", {}, RUNNERS),
    ("assessments:referral", {"pk": "client"}, RECORD),
    ("assessments:referral_pdf", {"pk": "client"}, RECORD),
    ("assessments:client_findings", {"assessment": "shared assessment"}, OWN),
    ("assessments:my_outcomes", {}, RUNNERS),
    ("assessments:outcomes_put_off", {}, RUNNERS, "POST"),
    ("assessments:my_measure", {"measure": "akps"}, RUNNERS, "GET POST"),
    ("assessments:client_outcomes", {"pk": "client"}, RECORD),
    ("assessments:client_measure", {"pk": "client", "measure": "akps"}, RECORD, "GET POST"),
    ("assessments:outcome_total", {"pk": "client", "measure": "lefs"}, RECORD, "POST"),
    ("assessments:list", {"pk": "client"}, RECORD),
    ("assessments:intake_answers", {"pk": "client"}, RECORD),
    ("assessments:clearance", {"pk": "client"}, RECORD, "GET POST"),
    ("assessments:start", {"pk": "client"}, RECORD, "GET POST"),
    ("assessments:findings", {"pk": "client", "assessment": "assessment"}, RECORD),
    ("assessments:screen", {"pk": "client", "assessment": "open assessment"}, RECORD, "GET POST"),
    (
        "assessments:field",
        {"pk": "client", "assessment": "open assessment", "test": "wblt_distance", "side": "left"},
        RECORD,
        "POST",
    ),
    ("assessments:choose", {"pk": "client", "assessment": "open assessment"}, RECORD, "GET POST"),
    ("assessments:note", {"pk": "client", "assessment": "open assessment"}, RECORD, "POST"),
    ("assessments:finish", {"pk": "client", "assessment": "open assessment"}, RECORD, "POST"),
    ("assessments:discard", {"pk": "client", "assessment": "open assessment"}, RECORD, "POST"),
    ("assessments:share", {"pk": "client", "assessment": "assessment"}, RECORD, "POST"),
    ("assessments:findings_pdf", {"pk": "client", "assessment": "assessment"}, RECORD),
    ("assessments:client_findings_pdf", {"assessment": "shared assessment"}, OWN),
    ("assessments:compare", {"pk": "client"}, RECORD),
    (
        "assessments:overrule",
        {"pk": "client", "assessment": "assessment", "area": "hip_weakness"},
        RECORD,
        "POST",
        {"status": "unlikely_contributor", "reason": "Steady on film."},
    ),
    (
        "assessments:overrule_withdraw",
        {"pk": "client", "assessment": "overruled assessment", "overrule": "overrule"},
        RECORD,
        "POST",
    ),
]

# Another package's pages: whoever asks, they answer, send to the sign-in, or say no. Never an error.
PREFIXES = {"accounts/": {200, 302, 404, 405}}

ANSWERS = {200, 204, 302, 303, 409, 410, 422}
SIGN_IN = "/accounts/login/"


@pytest.fixture
def world(owner, maya, omar, ana, ben):
    return SimpleNamespace(owner=owner, maya=maya, omar=omar, ana=ana, ben=ben, now=timezone.now())


@pytest.fixture
def people(world, sign_in):
    faces = (None, world.ana, world.ben, world.maya, world.omar, world.owner)
    return {who: sign_in(face) for who, face in zip(EVERYBODY, faces, strict=True)}


def asked(browser, method: str, address: str, data: dict | None = None) -> tuple[int, str]:
    """One request whose changes are rolled back: its status and where it sends."""
    with transaction.atomic():
        response = browser.post(address, data) if method == "POST" else browser.get(address)
        transaction.set_rollback(True)
    return response.status_code, response.headers.get("Location", "")


def verdict(status: int, location: str) -> str:
    if status == 302 and location.startswith(SIGN_IN):
        return "sign in"
    return "answers" if status in ANSWERS else str(status)


def allowed(who: str, may: set[str], method: str, methods: str) -> set[str]:
    answers = method in methods.split()
    if who in may:
        return {"answers"} if answers else {"405"}
    if who == "visitor":
        return {"sign in"} if answers else {"sign in", "405"}
    return {"404"} if answers else {"404", "405"}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_each_person_sees_what_the_table_says(row, world, people):
    name, arguments, may, methods, data = (*row, *("GET", {})[len(row) - 3 :])
    filled = {key: MAKE[word](world) if word in MAKE else word for key, word in arguments.items()}
    address = reverse(name, kwargs=filled)
    wrong = []
    for who in sorted(EVERYBODY, key=lambda who: who in may):  # those who may not come first
        for method in ("GET", "POST"):
            got = verdict(*asked(people[who], method, address, data))
            expected = allowed(who, may, method, methods)
            if got not in expected:
                wrong.append(f"{method} {address} by {who}: {got}, expected {' or '.join(sorted(expected))}")
    assert not wrong, "\n".join(wrong)


def patterns(resolver=None, prefix="", namespace=""):
    """(name with namespace, route) of every URL pattern there is."""
    for item in (resolver or get_resolver()).url_patterns:
        route = prefix + str(item.pattern)
        if isinstance(item, URLResolver):
            inner = f"{namespace}{item.namespace}:" if item.namespace else namespace
            yield from patterns(item, route, inner)
        elif isinstance(item, URLPattern):
            yield (f"{namespace}{item.name}" if item.name else None), route


def is_foreign(route: str) -> bool:
    return any(route.startswith(prefix) for prefix in PREFIXES)


def test_every_url_of_ours_has_a_row():
    ours = {(name, route) for name, route in patterns() if not is_foreign(route)}
    assert not [route for name, route in ours if name is None], "a URL without a name cannot be in the table"
    in_table = {row[0] for row in ROWS}
    in_code = {name for name, _ in ours}
    assert in_code - in_table == set(), "add a row to ROWS (see the top of this file)"
    assert in_table - in_code == set(), "these rows name no URL any more"


def test_pages_of_other_packages_never_break(people):
    foreign = [(name, route) for name, route in patterns() if is_foreign(route)]
    assert foreign
    for name, route in foreign:
        fine = next(statuses for prefix, statuses in PREFIXES.items() if route.startswith(prefix))
        for who in ("visitor", "client", "coach"):  # allauth knows no roles
            for method in ("GET", "POST"):
                status, _ = asked(people[who], method, reverse(name))
                assert status in fine, f"{method} {name} by {who}: {status}"


def test_a_row_that_does_not_exist_is_404(people):
    for name, arguments, may, *_ in ROWS:
        numbers = {key: 2**62 for key, word in arguments.items() if word in MAKE and "token" not in word}
        if numbers and len(numbers) == len(arguments):
            who = "owner" if "owner" in may else "client"  # the owner sees everything that there is
            for method in ("GET", "POST"):
                status, _ = asked(people[who], method, reverse(name, kwargs=numbers))
                assert status in {404, 405}, f"{method} {name} by {who}: {status}"
