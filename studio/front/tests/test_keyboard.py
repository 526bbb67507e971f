"""The main job with a keyboard and no mouse: the coach makes and publishes a plan, the runner trains by it."""

import re
from datetime import UTC, datetime

import pytest
import time_machine
from django.test import Client as Browser
from playwright.sync_api import Page, expect

from clients.models import Alarm
from programs.models import Draft, MorningAnswer, Program, ScheduledSession, SetLog
from programs.tests import people as trained
from studio.accounts.models import Studio
from studio.front.tests.keys import Keys
from studio.outbox.models import Message

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MONDAY_9 = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _monday(transactional_db):
    Studio.objects.create(pk=1, emergency_number="999", urgent_advice_number="111")
    with time_machine.travel(MONDAY_9, tick=True):
        yield


@pytest.fixture
def keys_of(new_context, live_server):
    """keys_of(person, width): that person's keyboard, signed in; `.page` shows what she sees."""

    def open_for(person, width: int) -> Keys:
        signed = Browser()
        signed.force_login(person.user)
        context = new_context(
            viewport={"width": width, "height": 844}, base_url=live_server.url, reduced_motion="reduce"
        )
        context.add_cookies([{"name": "sessionid", "value": signed.cookies["sessionid"].value, "url": live_server.url}])
        page = context.new_page()
        page.set_default_timeout(10_000)
        return Keys(page)

    return open_for


def button(page: Page, name: str):
    return page.get_by_role("button", name=re.compile(name)).first


def link(page: Page, name: str):
    return page.get_by_role("link", name=re.compile(name)).first


def test_the_coach_makes_changes_and_publishes_a_plan(keys_of, ana, maya):
    trained.ready(ana, MONDAY_9)
    keys = keys_of(maya, 1440)
    page = keys.page
    page.goto(f"/clients/{ana.pk}/plan/")
    keys.follow(link(page, "Make the plan"))
    keys.follow(button(page, "Make a draft"))
    made = Draft.objects.get().plan
    lines = page.locator(".board .ex .row-link")

    keys.follow(lines.first)
    keys.type(page.locator("input[name=sets]"), "1")
    keys.follow(button(page, "Set the dose"))
    keys.follow(lines.nth(1))
    keys.follow(button(page, "^Use "))
    keys.follow(lines.nth(2))
    keys.follow(button(page, "Take it out"))
    keys.follow(link(page, "Add an exercise"))
    keys.follow(button(page, "^Add "))
    before = Draft.objects.get().plan
    keys.follow(lines.nth(3))
    keys.type(page.locator("textarea[name=note]"), "Slowly.")
    keys.follow(button(page, "Keep the words"))
    keys.follow(button(page, "Undo the last change"), back=True)  # from the end of the page
    assert Draft.objects.get().plan == before != made

    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    discard = button(page, "Discard")
    keys.to(discard, back=True)
    keys.press("Enter")
    expect(discard).to_be_focused()
    assert len(asked) == 1 and Draft.objects.exists()

    keys.follow(link(page, "^Publish"))
    keys.type(page.locator("textarea[name=reason]"), "We start with what the knee likes.")
    keys.follow(button(page, "^Publish to"))
    published = Program.objects.get().published
    assert published.reason == "We start with what the knee likes."
    assert published.plan.weeks == before.weeks


def test_the_runner_answers_trains_and_stops(keys_of, ana):
    program = trained.planned(ana, MONDAY_9)
    session = trained.next_session(program, MONDAY_9)
    keys = keys_of(ana, 390)
    page = keys.page
    page.goto("/me/")
    keys.choose("morning_nrs", "1")
    keys.follow(button(page, "Save this morning"))
    assert MorningAnswer.objects.get().morning_nrs == 1

    keys.follow(page.locator("a.hero-sess"))
    keys.choose("before_nrs", "0")
    keys.follow(button(page, "^Start$"))
    keys.open_and_escape(link(page, "^How"), page.locator("dialog#how"))
    keys.open_and_escape(link(page, "do this"), page.locator("dialog#skip"))

    position = next(n for n, line in enumerate(session.plan.lines, start=1) if line.dose.kind.startswith("reps"))
    asked = session.plan.lines[position - 1].dose.reps[0]
    page.goto(f"/me/sessions/{session.pk}/?at={position}")
    keys.to(page.get_by_role("button", name="One more").first)
    keys.press("Space")
    expect(page.locator("#reps")).to_have_value(str(asked + 1))
    keys.follow(button(page, "^Set 1.* done"))
    assert SetLog.objects.get().reps == asked + 1
    keys.follow(button(page, "Take it back"))
    assert not SetLog.objects.exists()
    keys.type(page.locator("#reps"), str(asked + 2))
    with page.expect_navigation():
        keys.press("Enter")  # in a field, as a phone's "go" does
    assert SetLog.objects.get().reps == asked + 2

    page.goto(f"/me/sessions/{session.pk}/?at=1")
    for number in range(1, len(session.plan.lines) + 1):
        page.wait_for_url(re.compile(rf"at={number}$"))
        if page.get_by_role("button", name="Done as planned").count():
            keys.follow(button(page, "Done as planned"))
        keys.choose("during_nrs", str(number % 3))
        keys.follow(page.locator(".pl-act button[type=submit]"))
    keys.choose("session_rpe", "6")
    keys.type(page.locator("textarea[name=note]"), "Felt good.")
    keys.follow(button(page, "^Save the session"))
    session.refresh_from_db()
    assert (session.before_nrs, session.session_rpe, session.note) == (0, 6, "Felt good.")
    assert session.sets_done == session.sets_planned
    assert list(session.linelogs.order_by("pk").values_list("during_nrs", flat=True)) == [
        number % 3 for number in range(1, len(session.plan.lines) + 1)
    ]


def test_the_runner_ends_for_the_knee(keys_of, ana, maya):
    session = trained.next_session(trained.planned(ana, MONDAY_9), MONDAY_9)
    keys = keys_of(ana, 390)
    page = keys.page
    page.goto(f"/me/sessions/{session.pk}/")
    keys.follow(button(page, "^Start$"))
    keys.follow(link(page, "Knee hurts"))
    keys.follow(link(page, "Back to the exercise"))  # a way out that answers nothing
    assert ScheduledSession.objects.get(pk=session.pk).state == "started"
    keys.follow(link(page, "Knee hurts"))
    keys.choose("during_nrs", "8")
    keys.follow(button(page, "End the session here"))
    expect(page.locator("body")).to_contain_text("999")

    keys = keys_of(maya, 1440)
    page = keys.page
    page.goto("/today/")
    keys.follow(page.locator(".triage-safety button").first)
    assert Alarm.objects.get().acknowledged_at is not None


def test_the_coach_sends_a_letter_again(keys_of, ana, maya):
    letter = Message.objects.create(
        kind="plan_published", key="m", to=ana.email, coach=maya, user=ana.user, client_id=ana.pk, due_at=MONDAY_9,
        state="failed", attempts=5, reason="the mail server did not answer",
    )  # fmt: skip
    keys = keys_of(maya, 1440)
    page = keys.page
    page.goto("/today/")
    keys.follow(page.get_by_role("navigation").get_by_role("link", name=re.compile("Outbox|Messages")).first)
    keys.follow(link(page, "Plan published"))
    keys.follow(button(page, "again"))
    letter.refresh_from_db()
    assert letter.attempts < 5 and letter.state != "failed"


def test_the_first_stop_skips_to_the_content(keys_of, maya):
    keys = keys_of(maya, 1440)
    page = keys.page
    page.goto("/clients/")
    keys.press("Tab")
    expect(link(page, "Skip to content")).to_be_focused()
    keys.look()
    keys.press("Enter")
    keys.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")
