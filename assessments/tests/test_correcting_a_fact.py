"""The coach corrects a date of birth, the sex for norms or the painful side; the record says what it was and why."""

from datetime import date
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.urls import reverse

from assessments.models import Intake
from clients.models import Client, Note
from clients.services import birth_date, facts
from clients.tests.people import make_client, make_coach
from studio.outbox.models import Message
from studio.outbox.services import deliver

SLIP, RIGHT = date(2026, 5, 3), date(1996, 5, 3)


@pytest.fixture
def ana(ana):
    ana.born_on, ana.sex_for_norms, ana.painful_side = SLIP, "female", "left"
    ana.save()
    return ana


def typed(browser, client, **changes):
    """The form of the details page as it was drawn, with what the coach changes."""
    form = browser.get(reverse("clients:details", kwargs={"pk": client.pk})).context["facts_form"]
    drawn = {name: form[name].value() for name in ("born_on", "sex_for_norms", "painful_side", "was")}
    return drawn | {"reason": "Typed this year; asked on the phone."} | changes


def correct(browser, client, said):
    return browser.post(reverse("clients:facts_correct", kwargs={"pk": client.pk}), said)


def test_old_value_new_value_who_when_and_why_are_in_the_notes(ana, maya, sign_in):
    browser = sign_in(maya)
    assert correct(browser, ana, typed(browser, ana, born_on="1996-05-03", painful_side="both")).status_code == 302
    ana.refresh_from_db()
    assert (ana.born_on, ana.painful_side, ana.sex_for_norms) == (RIGHT, "both", "female")
    note = ana.notes.get()
    assert note.author == maya.user
    assert note.body.splitlines() == [
        "Date of birth: 3 May 2026 -> 3 May 1996",
        "Painful side: Left -> Both",
        "Why: Typed this year; asked on the phone.",
    ]


def test_without_a_reason_nothing_is_corrected(ana, maya, sign_in):
    browser = sign_in(maya)
    answer = correct(browser, ana, typed(browser, ana, born_on="1996-05-03", reason=" "))
    ana.refresh_from_db()
    assert (answer.status_code, ana.born_on, Note.objects.count()) == (422, SLIP, 0)
    assert "Say why" in answer.content.decode()


def test_sent_twice_it_is_corrected_once(ana, maya, sign_in):
    browser = sign_in(maya)
    said = typed(browser, ana, born_on="1996-05-03")
    assert [correct(browser, ana, said).status_code for _ in range(2)] == [302, 302]
    assert Note.objects.count() == 1


def test_an_older_tab_does_not_take_back_what_another_has_corrected(ana, maya, sign_in):
    browser = sign_in(maya)
    old_tab = typed(browser, ana, born_on="1990-01-01")
    correct(browser, ana, typed(browser, ana, born_on="1996-05-03"))
    answer = correct(browser, ana, old_tab)
    ana.refresh_from_db()
    assert (answer.status_code, ana.born_on) == (422, RIGHT)
    assert "has changed since this page was opened" in answer.content.decode()


@pytest.mark.parametrize(
    "wrong",
    [{"born_on": ""}, {"born_on": "2999-01-01"}, {"born_on": "1800-01-01"}, {"sex_for_norms": "other"},
     {"painful_side": "left-ish"}, {"reason": "x" * 501}, {"was": "[1]", "born_on": "no"}],
)  # fmt: skip
def test_what_cannot_be_right_is_refused(ana, maya, sign_in, wrong):
    browser = sign_in(maya)
    answer = correct(browser, ana, typed(browser, ana) | wrong)
    assert answer.status_code == 422 and not Note.objects.exists()


@pytest.mark.parametrize("was", ["", "{", "[]", '{"born_on": "soon"}', "null"])
def test_a_page_somebody_tampered_with_counts_as_todays(ana, maya, sign_in, was):
    browser = sign_in(maya)
    assert correct(browser, ana, typed(browser, ana, born_on="1996-05-03", was=was)).status_code == 302
    assert ana.notes.count() == 1


def test_the_gate_reads_the_corrected_date_at_once(ana, maya, now):
    from assessments.gate import Reason, gate_for
    from assessments.tests.people import ask

    ask(ana, now)
    assert gate_for(ana, now).reason is Reason.UNDER_AGE
    correct_to(ana, maya, RIGHT, now)
    assert gate_for(ana, now).reason is not Reason.UNDER_AGE
    correct_to(ana, maya, SLIP, now)  # and closes again when it turns out to be right
    assert gate_for(ana, now).reason is Reason.UNDER_AGE


def correct_to(client, coach, born_on, now):
    client.refresh_from_db()
    facts.correct_facts(
        client=client, said={"born_on": born_on}, was={"born_on": client.born_on}, reason="Asked.", by=coach.user,
        now=now,
    )  # fmt: skip


def test_an_intake_that_is_being_filled_in_follows(ana, maya, now):
    Intake.objects.create(
        client=ana, answers={"born_on": SLIP.isoformat(), "painful_side": "left"}, pages_done=["you", "knee", "health"],
        typed={"you": {"born_on": ["2026-05-03"], "sex_for_norms": ["female"]}},
    )  # fmt: skip
    correct_to(ana, maya, RIGHT, now)
    intake = Intake.objects.get()
    assert intake.answers["born_on"] == "1996-05-03"
    assert intake.typed["you"] == {"sex_for_norms": ["female"]}
    assert intake.pages_done == ["you", "knee"]  # the safety questions depend on the age: they are asked anew


def test_an_intake_that_was_sent_stays_as_it_was(ana, maya, now):
    Intake.objects.create(client=ana, answers={"born_on": SLIP.isoformat()}, submitted_at=now)
    correct_to(ana, maya, RIGHT, now)
    assert Intake.objects.get().answers["born_on"] == SLIP.isoformat()


def test_the_runner_asks_with_one_press_and_hears_of_it(ana, maya, sign_in, now, mailoutbox):
    browser = sign_in(ana)
    assert b"Typed the wrong year?" in browser.get(reverse("assessments:intake")).content
    for _ in range(2):
        answer = browser.post(reverse("clients:birth_date_ask"), follow=True)
    assert b"has a message about it" in answer.content
    question = Message.objects.get(kind="birth_date_question")
    deliver(message_id=question.pk, now=question.due_at)
    assert "#facts" in mailoutbox[0].body and "2026" not in mailoutbox[0].body
    correct_to(ana, maya, RIGHT, now)
    done = Message.objects.get(kind="birth_date_corrected")
    deliver(message_id=done.pk, now=done.due_at)
    assert reverse("assessments:intake") in mailoutbox[1].body
    assert browser.get(reverse("assessments:intake")).url == reverse("assessments:intake_page", args=["you"])


def test_who_is_old_enough_asks_nobody(ana, sign_in):
    Client.objects.filter(pk=ana.pk).update(born_on=RIGHT)
    sign_in(ana).post(reverse("clients:birth_date_ask"))
    assert not Message.objects.exists()


def test_a_question_about_a_date_that_is_corrected_by_then_is_not_sent(ana, maya, now):
    birth_date.ask_about_birth_date(client=ana, now=now)
    correct_to(ana, maya, RIGHT, now)
    question = Message.objects.get(kind="birth_date_question")
    assert deliver(message_id=question.pk, now=now) == "skipped"


@pytest.mark.django_db(transaction=True)
def test_two_corrections_at_once_leave_one_value_and_one_refusal(now):
    coach = make_coach()
    ana = make_client(coach, born_on=SLIP)
    ready, outcomes = Barrier(2), []

    def correct_in_a_thread(year):
        try:
            ready.wait()
            facts.correct_facts(
                client=ana, said={"born_on": date(year, 1, 1)}, was={"born_on": SLIP}, reason="Asked.", by=coach.user,
                now=now,
            )  # fmt: skip
            outcomes.append("done")
        except facts.ChangedMeanwhile:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [Thread(target=correct_in_a_thread, args=(year,)) for year in (1990, 1991)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["done", "refused"] and Note.objects.count() == 1
