"""A runner who took her consent back is asked nothing about her health; nothing of it is kept, and nothing is mailed.

Every address of the runner's own stands in one of the two lists below; a new one that stands in neither fails.
"""

from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse

from assessments.models import Assessment, Intake, OutcomeReport, RedFlagCheck
from clients import consent
from clients.alarms import raise_alarm
from clients.models import Alarm, Pause
from programs import links
from programs.models import (
    LineLog,
    MorningAnswer,
    PhaseCheck,
    ScheduledSession,
    SetLog,
    Version,
    WeekAnswer,
    WeeklyCheck,
)
from programs.services import noting, training
from programs.tests.people import next_session, planned, train
from studio.front.attention import Rank, desk_of
from studio.front.tests.test_access import OWN, ROWS, RUNNERS, SHARED
from studio.outbox.models import Message
from studio.outbox.services import deliver, plan_message

KEPT = (
    SetLog, LineLog, MorningAnswer, WeekAnswer, WeeklyCheck, PhaseCheck, OutcomeReport, RedFlagCheck, Pause, Assessment,
)  # fmt: skip
SAID = "You took back your consent on 18 November"

# Name -> what an old tab would send there. Whatever can be opened as a page is opened as well.
CLOSED = {
    "assessments:intake": {},
    "assessments:intake_page": {"born_on": "1990-04-23", "act": "next"},
    "assessments:red_flags": {"flags_today": "locked_knee"},
    "assessments:flare": {"pain_nrs": "7"},
    "assessments:flare_over": {},
    "assessments:outcomes_put_off": {},
    "assessments:my_measure": {"worst_24h": "4"},
    "clients:my_pause_start": {"kind": "illness", "starts_on": "2026-11-20"},
    "programs:session_start": {"before_nrs": "3"},
    "programs:set_save": {"line_id": "LINE", "set_number": "1", "side": "SIDE", "reps": "12", "client_uuid": "UUID"},
    "programs:set_undo": {"line_id": "LINE", "set_number": "1", "side": "SIDE"},
    "programs:rest_save": {"line_id": "LINE", "client_uuid": "UUID"},
    "programs:line_save": {"line_id": "LINE", "during_nrs": "4"},
    "programs:line_skip": {"line_id": "LINE", "skipped": "hurts"},
    "programs:stop": {"line_id": "LINE", "during_nrs": "7", "end": "1"},
    "programs:finish": {"session_rpe": "6", "note": "The stairs were fine."},
    "programs:morning_save": {"morning_nrs": "3"},
    "programs:my_week": {"worst_24h_nrs": "5"},
    "programs:my_phase_check": {"item": ""},
    "programs:morning": {"morning_nrs": "3"},
    "programs:note_answer": {"barrier": "pain"},
}
OPEN = {  # to read, to decide about herself, to be talked with
    "front:me", "programs:session", "programs:stopped", "programs:progress", "assessments:my_outcomes",
    "assessments:client_findings", "assessments:client_findings_pdf", "assessments:my_letter", "assessments:my_letter_pdf", "clients:settings", "clients:consent",
    "clients:consent_give", "clients:consent_withdraw", "clients:my_pause_end", "clients:birth_date_ask",
    "programs:note_off", "programs:note_off_one_click",
}  # fmt: skip
ONLY_SENT = {name for name, _, _, *rest in ROWS if rest and rest[0] == "POST"}


@pytest.fixture
def off(ana, now):
    """Ana, in the middle of a session, has just taken her consent back."""
    with time_machine.travel(now, tick=False):
        session = next_session(planned(ana, now), now)
        training.start(session=session, now=now, before_nrs=1)
        later = ScheduledSession.objects.filter(program=session.program, state="planned").order_by("day").first()
        consent.withdraw_consent(client=ana, now=now)
        line = session.plan.lines[0]
        yield SimpleNamespace(
            ana=ana, now=now, session=session, later=later,
            words={"LINE": line.id, "SIDE": training.sides_of(line)[0], "UUID": str(uuid4())},
        )  # fmt: skip


def address(off, name: str) -> str:
    today = off.ana.local_date(off.now)
    session = off.later if name == "programs:session_start" else off.session
    given = {
        "assessments:intake_page": {"page": "you"},
        "assessments:my_measure": {"measure": "pain_nrs"},
        "programs:morning": {"token": links.morning_token(off.ana, today)},
        "programs:note_answer": {"token": links.note_token(off.ana, "2026-W46")},
    }
    row = next(each for each in ROWS if each[0] == name)
    return reverse(name, kwargs=given.get(name) or ({"pk": session.pk} if "pk" in row[1] else {}))


def stored(off) -> list:
    """Everything about her health, as it stands in the database."""
    rows = [list(model.objects.order_by("pk").values()) for model in KEPT]
    return [
        *rows,
        list(ScheduledSession.objects.order_by("pk").values()),
        list(Intake.objects.values("answers", "typed")),
    ]


def test_every_address_of_the_runner_is_closed_or_open_on_purpose():
    hers = {name for name, _, who, *_ in ROWS if set(who) in (RUNNERS, OWN, SHARED)}
    hers = {name for name in hers if name.split(":")[0] in ("assessments", "programs", "clients") or name == "front:me"}
    assert hers - set(CLOSED) - OPEN == set()


@pytest.mark.parametrize("name", CLOSED)
def test_an_old_tab_is_refused_with_the_reason_and_nothing_is_kept(off, sign_in, name):
    before = stored(off)
    fields = {key: off.words.get(value, value) for key, value in CLOSED[name].items()}
    answer = sign_in(off.ana).post(address(off, name), fields)
    html = answer.content.decode()
    assert (answer.status_code, SAID in html, "I agree again" in html) == (409, True, True)
    for key, value in fields.items():
        assert f'name="{key}" value="{value}"' in html  # and goes on with the press that agrees
    assert stored(off) == before


@pytest.mark.parametrize("name", sorted(set(CLOSED) - ONLY_SENT))
def test_a_page_that_would_ask_says_what_is_off_instead(off, sign_in, name):
    answer = sign_in(off.ana).get(address(off, name))
    html = answer.content.decode()
    assert (answer.status_code, SAID in html, "I agree again" in html) == (200, True, True)
    assert 'type="radio"' not in html and "<textarea" not in html


@pytest.mark.parametrize("name", ["programs:morning", "programs:note_answer"])
def test_a_signed_link_alone_is_no_consent(off, sign_in, name):
    before = stored(off)
    html = sign_in().get(address(off, name)).content.decode()
    assert SAID in html and reverse("clients:consent_give") not in html and reverse("clients:consent") in html
    assert sign_in().post(address(off, name), CLOSED[name]).status_code == 409
    assert stored(off) == before


def test_the_phones_queue_and_a_field_that_saves_itself_are_told_too(off, sign_in):
    browser = sign_in(off.ana)
    queue = browser.post(address(off, "programs:set_save"), {}, headers={"accept": "application/json"})
    assert (queue.status_code, queue.json()["code"]) == (409, "consent_withdrawn")
    field = browser.post(address(off, "assessments:my_measure"), {}, headers={"hx-request": "true"})
    assert (field.status_code, field["HX-Retarget"]) == (422, "#main") and SAID in field.content.decode()


def test_agreeing_again_sends_on_what_was_typed(off, sign_in):
    browser, there = sign_in(off.ana), address(off, "programs:finish")
    typed = {"session_rpe": "6", "note": "The stairs were fine."}
    browser.post(there, typed)
    browser.post(reverse("clients:consent_give"), typed | {"agree_then": there}, follow=True)
    assert consent.has_consent(off.ana)
    assert ScheduledSession.objects.get(pk=off.session.pk).note == "The stairs were fine."


@pytest.mark.parametrize("there", ["https://elsewhere.example/", "//elsewhere.example/", "me/", "javascript:alert(1)"])
def test_agreeing_again_leads_nowhere_else(off, sign_in, there):
    answer = sign_in(off.ana).post(reverse("clients:consent_give"), {"agree_then": there})
    assert (answer.status_code, answer.url) == (302, reverse("clients:consent"))


def test_her_own_page_asks_nothing_and_the_plan_can_be_read(off, sign_in):
    browser = sign_in(off.ana)
    html = browser.get("/me/").content.decode()
    assert SAID in html and "This week" in html
    assert 'name="morning_nrs"' not in html and "Start</span>" not in html
    for session in (off.session, off.later):
        html = browser.get(reverse("programs:session", kwargs={"pk": session.pk})).content.decode()
        assert SAID in html and "What is in it" in html and "before_nrs" not in html and "set_number" not in html


def test_what_had_been_agreed_to_once_is_not_enough_and_a_new_yes_opens_everything(off, sign_in):
    browser = sign_in(off.ana)
    browser.post(reverse("clients:consent_give"))
    browser.post("/me/morning/", {"morning_nrs": "2"})
    assert MorningAnswer.objects.get().morning_nrs == 2


def test_who_never_agreed_is_not_told_that_she_took_it_back(ben, sign_in):
    answer = sign_in(ben).get("/me/intake/", follow=True)
    assert "took back" not in answer.content.decode()


def test_the_weekly_note_and_mail_about_the_plan_stay_home_with_the_reason(off):
    assert noting.why_not(off.ana, off.now + timedelta(days=9)) == "consent withdrawn"
    note = plan_message(
        kind="weekly_note", key="n", to=off.ana.email, client_id=off.ana.pk, now=off.now,
        data={"client": off.ana.pk, "week": "2026-W47"},
    )  # fmt: skip
    published = Message.objects.get(kind="plan_published")
    for message in (Message.objects.get(key="n") if note is None else note, published):
        deliver(message_id=message.pk, now=off.now)
        message.refresh_from_db()
        assert (message.state, message.reason) == (Message.State.SKIPPED, "consent withdrawn")


def test_an_alarm_that_is_open_stays_open_and_the_coach_reads_what_it_means(off, sign_in):
    raise_alarm(client=off.ana, kind=Alarm.Kind.STOP, key="x", because="Pain 8 of 10.", now=off.now)
    html = sign_in(off.ana.coach).get(reverse("front:client_record", kwargs={"pk": off.ana.pk})).content.decode()
    assert "Ana took back the consent on 18 November" in html and "Pain 8 of 10." in html
    assert Version.objects.filter(program__client=off.ana).count() == 1


def test_nobody_is_quiet_who_is_asked_nothing(ana, now):
    train(next_session(planned(ana, now), now), now)
    late = now + timedelta(days=6)
    assert Rank.QUIET in {row.rank for need in desk_of(ana.coach.user, late).needs for row in need.rows}
    consent.withdraw_consent(client=ana, now=now)
    ranks = {row.rank for need in desk_of(ana.coach.user, late).needs for row in need.rows}
    assert not ranks & {Rank.QUIET, Rank.RETEST, Rank.QUESTIONS}
