"""One note per runner and week, at her own hour; none when paused, unsubscribed or without a plan."""

from datetime import UTC, datetime, timedelta

import pytest

from assessments.tests.people import ask
from clients.models import Client, Pause
from clients.tests.people import make_client
from programs import links
from programs.models import WeekAnswer
from programs.services import noting
from programs.tests.people import next_session, planned, train
from studio.outbox import services as outbox
from studio.outbox.models import Message

SUNDAY_18_LONDON = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)
FORBIDDEN = ("missed", "failed", "lost", "only", "streak", "unfortunately")


@pytest.fixture
def program(ana, now):
    return planned(ana, now)


def notes():
    return Message.objects.filter(kind=noting.KIND)


def test_the_note_comes_at_the_runners_hour_and_not_before(program):
    noting.plan_weekly_notes(now=SUNDAY_18_LONDON - timedelta(minutes=1))
    assert not notes().exists()
    noting.plan_weekly_notes(now=SUNDAY_18_LONDON)
    note = notes().get()
    assert (note.due_at, note.to) == (SUNDAY_18_LONDON, program.client.user.email)


def test_two_beats_make_one_note(program):
    for minutes in (0, 10, 20):
        noting.plan_weekly_notes(now=SUNDAY_18_LONDON + timedelta(minutes=minutes))
    assert notes().count() == 1


def test_the_hour_is_that_of_the_runners_zone(program):
    Client.objects.filter(pk=program.client_id).update(time_zone="America/New_York")
    noting.plan_weekly_notes(now=SUNDAY_18_LONDON + timedelta(hours=4, minutes=59))
    assert not notes().exists()
    noting.plan_weekly_notes(now=SUNDAY_18_LONDON + timedelta(hours=5))
    assert notes().count() == 1


def test_the_next_week_has_a_note_of_its_own(program):
    noting.plan_weekly_notes(now=SUNDAY_18_LONDON)
    noting.plan_weekly_notes(now=SUNDAY_18_LONDON + timedelta(days=7))
    assert sorted(note.data["week"] for note in notes()) == ["2026-W47", "2026-W48"]


def test_after_a_long_standstill_that_week_goes_without(program):
    noting.plan_weekly_notes(now=SUNDAY_18_LONDON + timedelta(hours=25))
    assert not notes().exists()


def test_none_when_paused_unsubscribed_or_without_a_plan(program, ana, maya):
    make_client(maya, "Nils Berg")
    Pause.objects.create(client=ana, kind="holiday", starts_on=ana.local_date(SUNDAY_18_LONDON))
    noting.plan_weekly_notes(now=SUNDAY_18_LONDON)
    assert not notes().exists()
    Pause.objects.all().delete()
    noting.unsubscribe(client=ana, now=SUNDAY_18_LONDON)
    noting.plan_weekly_notes(now=SUNDAY_18_LONDON)
    assert not notes().exists()


def test_a_pause_after_planning_keeps_it_back_with_the_reason(program, ana):
    noting.plan_weekly_notes(now=SUNDAY_18_LONDON)
    Pause.objects.create(client=ana, kind="illness", starts_on=ana.local_date(SUNDAY_18_LONDON))
    note = notes().get()
    outbox.deliver(message_id=note.pk, now=SUNDAY_18_LONDON + timedelta(minutes=1))
    note.refresh_from_db()
    assert (note.state, note.reason) == ("skipped", "the runner has paused")


def sent(mailoutbox):
    note = notes().get()
    assert outbox.deliver(message_id=note.pk, now=SUNDAY_18_LONDON + timedelta(minutes=1)) == "sent"
    return mailoutbox[-1]


def test_the_note_tells_the_week_the_next_session_and_one_question(program, now, mailoutbox):
    train(next_session(program, now), now)
    noting.plan_weekly_notes(now=SUNDAY_18_LONDON)
    mail = sent(mailoutbox)
    html = mail.alternatives[0][0]
    assert mail.subject == "1 of 2 done, Ana."
    for text in (mail.body, html):
        assert "What is next" in text
        assert "what got in the way" in text
        assert not [word for word in FORBIDDEN if word in text.lower()]
    assert "/note/" in mail.extra_headers["List-Unsubscribe"]


def test_the_unsubscribe_link_works_without_a_sign_in_and_back(program, ana, client):
    token = links.note_token(ana, "2026-W47")
    page = client.get(f"/note/{token}/off/")
    assert page.status_code == 200
    ana.refresh_from_db()
    assert ana.note_off_at is None, "opening the page changes nothing"
    client.post(f"/note/{token}/off/")
    ana.refresh_from_db()
    assert ana.note_off_at is not None
    client.post(f"/note/{token}/off/", {"on": "1"})
    ana.refresh_from_db()
    assert ana.note_off_at is None


def test_one_click_of_the_mail_program_switches_it_off(program, ana, client):
    token = links.note_token(ana, "2026-W47")
    assert client.post(f"/note/{token}/off/now/", {"List-Unsubscribe": "One-Click"}).status_code == 200
    ana.refresh_from_db()
    assert ana.note_off_at is not None


def test_a_person_who_opens_the_address_of_the_one_click_is_asked_first(program, ana, client):
    token = links.note_token(ana, "2026-W47")
    for answer in (client.get(f"/note/{token}/off/now/"), client.head(f"/note/{token}/off/now/")):
        assert (answer.status_code, answer.url) == (302, f"/note/{token}/off/")
    ana.refresh_from_db()
    assert ana.note_off_at is None


def test_a_note_on_a_monday_tells_the_week_that_is_over(program, ana, now, mailoutbox):
    train(next_session(program, now), now)
    Client.objects.filter(pk=ana.pk).update(note_weekday=0, note_hour=8)
    monday = SUNDAY_18_LONDON + timedelta(hours=14)
    noting.plan_weekly_notes(now=monday)
    note = notes().get()
    assert (note.key, note.data["week"]) == (noting.note_key(ana.pk, "2026-W48"), "2026-W47")
    outbox.deliver(message_id=note.pk, now=monday)
    assert mailoutbox[-1].subject == "1 of 2 done, Ana."
    assert "in the week of 16 November?" in mailoutbox[-1].body


def test_no_note_before_a_week_of_the_plan_is_over(program, ana, now):
    Client.objects.filter(pk=ana.pk).update(note_weekday=now.weekday(), note_hour=8)  # in the first week
    noting.plan_weekly_notes(now=now)
    assert not notes().exists()


def test_nobody_is_told_what_to_train_next_while_a_red_flag_waits(program, ana, now):
    noting.plan_weekly_notes(now=SUNDAY_18_LONDON)
    ask(ana, now, "giving_way")
    note = notes().get()
    outbox.deliver(message_id=note.pk, now=SUNDAY_18_LONDON + timedelta(minutes=1))
    note.refresh_from_db()
    assert (note.state, "safety gate" in note.reason) == ("skipped", True)


def test_a_tampered_link_is_a_kind_404(client, program, ana):
    token = links.note_token(ana, "2026-W47")
    for bad in (token[:-2] + "xx", "nonsense", links.morning_token(ana, ana.local_date(SUNDAY_18_LONDON))):
        assert client.get(f"/note/{bad}/off/").status_code == 404
        assert client.post(f"/note/{bad}/").status_code == 404


def test_the_question_is_answered_with_one_tap_and_corrected_with_another(program, ana, client):
    token = links.note_token(ana, "2026-W47")
    assert client.get(f"/note/{token}/?barrier=pain").status_code == 200
    assert not WeekAnswer.objects.exists(), "opening a link answers nothing: mail scanners open links"
    client.post(f"/note/{token}/", {"barrier": "pain"})
    client.post(f"/note/{token}/", {"barrier": "fine"})
    assert WeekAnswer.objects.get().barrier == "fine"
