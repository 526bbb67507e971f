"""The whole main job, end to end, in a real Chromium: visitor, coach and runner. Nothing is mocked but the clock.

Once as most people do it, and once with JavaScript switched off.
"""

import re
from contextlib import nullcontext
from datetime import UTC, datetime, time, timedelta

import pytest
import time_machine
from django.core import mail
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from clients.models import Alarm, Client
from consultations.models import Booking, ConsultationType, WeeklyHours
from programs.domain.library import library
from programs.models import Program, ScheduledSession, SetLog
from programs.services import deciding, noting
from studio.accounts.models import Studio
from studio.accounts.tests.people import PASSWORD, make_owner
from studio.outbox import services as outbox

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MONDAY_9 = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}


@pytest.fixture
def studio(transactional_db):
    """A studio with one coach, one kind of consultation and hours on every day."""
    Studio.objects.create(pk=1, emergency_number="999", urgent_advice_number="111")
    coach = make_owner("Bethany Cole", email="bethany@example.com")
    ConsultationType.objects.create(coach=coach, slug="first", name="First consultation", minutes=45, step=30)
    for weekday in range(7):
        WeeklyHours.objects.create(coach=coach, weekday=weekday, start=time(9), end=time(17))
    return coach


@pytest.fixture(params=[True, False], ids=["script", "no script"])
def has_script(request) -> bool:
    return request.param


@pytest.fixture
def people(browser, live_server, browser_context_args, has_script):
    """Opens a browser of its own for each person; none may report a broken content policy or a script error."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_for(viewport: dict) -> Page:
        context = browser.new_context(
            viewport=viewport, base_url=live_server.url, reduced_motion="reduce", java_script_enabled=has_script
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda message: complaints.append(message.text) if "Content Security Policy" in message.text else None,
        )
        return page

    yield open_for
    for context in contexts:
        context.close()
    assert not complaints


def post(now: datetime) -> list:
    """Let the outbox send what is due; the letters that went out."""
    before = len(mail.outbox)
    outbox.sweep(now=now)
    return mail.outbox[before:]


def link_in(letter, part: str) -> str:
    """The path of the first link of a letter that contains `part`."""
    found = re.search(rf"https?://[^/\s]+(/[^\s]*{part}[^\s]*)", letter.body)
    assert found, letter.body
    return found[1]


def sign_in(page: Page, email: str, password: str = PASSWORD) -> None:
    page.goto("/accounts/login/")
    page.fill("input[name=login]", email)
    page.fill("input[name=password]", password)
    page.locator("form:has(input[name=password]) button[type=submit]").click()
    page.wait_for_url(re.compile(r"/(today|me)/"))


def choose(page: Page, name: str, value: str) -> None:
    """Press one of a group of radio buttons, as a finger does: on its label."""
    button = page.locator(f"input[name='{name}'][value='{value}']").first
    expect(button).to_be_attached()
    around = page.locator("label").filter(has=button)
    (around if around.count() else page.locator(f"label[for='{button.get_attribute('id')}']")).first.click()


def test_from_a_sore_knee_to_a_weekly_note(studio, people, has_script):
    with time_machine.travel(MONDAY_9, tick=True) as clock:
        visitor = people(DESK)
        book(visitor)
        coach = people(DESK)
        invite(coach)
        runner = people(PHONE)
        accept(runner)
        fill_in(runner)
        assess(coach, has_script)
        make_plan(coach)
        change_and_publish(coach)
        train(runner)
        clock.shift(timedelta(hours=22))
        answer_the_morning(runner)
        stop_for_pain(coach, runner, clock)
        weekly_note(runner, clock)


def book(visitor: Page) -> None:
    visitor.goto("/")
    expect(visitor.get_by_role("heading", level=1)).to_contain_text("knee")
    visitor.get_by_role("link", name="Book a consultation").first.click()
    visitor.wait_for_url("**/book/")
    visitor.locator("a[href*='/book/first']").first.click()
    visitor.locator("table.cal button").nth(1).click()
    visitor.locator("button.slot").first.click()
    visitor.fill("input[name=name]", "Elena Varga")
    visitor.fill("input[name=email]", "elena@example.com")
    visitor.fill("textarea[name=about]", "Left knee, sore on stairs for seven months.")
    choose(visitor, "age", "16")
    visitor.get_by_role("button", name=re.compile("^Book ")).last.click()
    expect(visitor.get_by_role("heading", level=1)).to_contain_text("Elena")
    letters = post(timezone.now())
    to_elena = next(letter for letter in letters if letter.to == ["elena@example.com"])
    assert any(part[2].startswith("text/calendar") for part in to_elena.attachments)
    assert any(letter.to == ["bethany@example.com"] for letter in letters)
    visitor.goto(link_in(to_elena, "booking/"))
    expect(visitor.get_by_role("heading", level=1)).to_be_visible()
    assert Booking.objects.get().client.status == Client.Status.LEAD


def invite(coach: Page) -> None:
    sign_in(coach, "bethany@example.com")
    expect(coach.locator(".triage-list")).to_contain_text("Elena Varga")
    expect(coach.locator(".triage-list")).to_contain_text("New booking")
    coach.goto("/clients/")
    coach.get_by_role("link", name="Elena Varga").first.click()
    coach.get_by_role("link", name="Details").click()
    coach.get_by_role("button", name=re.compile("^Invite")).click()
    expect(coach.locator("body")).to_contain_text("nvit")


def accept(runner: Page) -> None:
    letter = next(letter for letter in post(timezone.now()) if letter.to == ["elena@example.com"])
    runner.goto(link_in(letter, "invitation/"))
    runner.fill("input[name=born_on]", "1992-03-14")
    runner.fill("input[name=password]", PASSWORD)
    runner.fill("input[name=again]", PASSWORD)
    runner.get_by_role("button", name="Open my studio").click()
    runner.wait_for_url(re.compile("/me/"))


def fill_in(runner: Page) -> None:
    runner.goto("/me/intake/")
    runner.wait_for_url("**/me/intake/you/")
    runner.fill("input[name=born_on]", "1992-03-14")
    choose(runner, "sex_for_norms", "female")
    runner.locator("label:has(input[name=consent])").click()
    go_on(runner, "knee")
    choose(runner, "painful_side", "left")
    for name, nrs in {"worst_24h_nrs": 3, "daily_nrs": 2, "stairs_nrs": 3, "walk30_nrs": 2}.items():
        choose(runner, name, str(nrs))
    go_on(runner, "health")
    tick_none(runner)
    go_on(runner, "running")
    runner.fill("input[name=run_minutes_ok]", "10")
    runner.locator("[name=goals]").first.fill("10 km without thinking of the knee")
    go_on(runner, "week")
    for day in ("mon", "wed", "sat"):
        choose(runner, "weekdays", day)
    runner.fill("input[name=minutes]", "40")
    runner.fill("input[name=if_then_cue]", "after work")
    for kit in ("mat", "chair", "wall", "step"):
        choose(runner, "kit", kit)
    runner.locator("button[name=act][value=next]").click()
    expect(runner.locator("body")).to_contain_text("Thank you, Elena")


def go_on(runner: Page, to: str) -> None:
    runner.locator("button[name=act][value=next]").click()
    runner.wait_for_url(f"**/me/intake/{to}/")


def tick_none(page: Page, boxes: int = 4) -> None:
    """ "None of these" in each of the four boxes of red flags, and in what is asked beside them."""
    expect(page.locator("label.choice-none")).to_have_count(boxes)
    for box in page.locator("label.choice-none").all():
        box.click()


def assess(coach: Page, has_script: bool) -> None:
    elena = Client.objects.get(email="elena@example.com")
    coach.goto(f"/clients/{elena.pk}/assessments/")
    coach.get_by_role("link", name="New assessment").click()
    tick_none(coach, boxes=5)
    choose(coach, "today-rest_pain_nrs", "1")
    choose(coach, "today-feels_ill", "no")
    coach.get_by_role("button", name="Go on to the tests").click()
    coach.wait_for_url(re.compile("/choose/"))
    expect(coach.locator("body")).to_contain_text("15 tests, 53 min")
    coach.locator("label", has_text="Warmed up").click()
    coach.get_by_role("button", name="Begin").click()
    coach.wait_for_url(re.compile("/measure/"))
    readings = {
        "wblt_distance": ("6.5", "10"), "hip_abduction_hold": ("25", "50"), "lateral_step_down": ("3", "1"),
        "prone_knee_flexion": ("118", "128"), "side_plank": ("30", "45"),
    }  # fmt: skip
    for test, sides in readings.items():
        for side, value in zip(("left", "right"), sides, strict=True):
            field = coach.locator(f"#f-{test}-{side}, [name='{test}-{side}'], [name='{test}_{side}']").first
            saving = coach.expect_response(re.compile(rf"/measure/{test}/{side}/")) if has_script else nullcontext()
            with saving as answer:
                if field.get_attribute("type") == "radio":
                    choose(coach, field.get_attribute("name"), value)
                else:
                    field.fill(value)
                    field.blur()
            assert not has_script or answer.value.status == 200
    if not has_script:
        coach.get_by_role("button", name="Save").first.click()  # nothing is saved by itself
        expect(coach.locator("#f-wblt_distance-left")).to_have_value("6.5")
    coach.get_by_role("button", name=re.compile("[Ff]inish")).first.click()
    coach.wait_for_load_state()
    expect(coach.locator("body")).to_contain_text("do not diagnose")
    expect(coach.locator("body")).to_contain_text("confidence")


def make_plan(coach: Page) -> None:
    elena = Client.objects.get(email="elena@example.com")
    coach.goto(f"/clients/{elena.pk}/plan/")
    coach.get_by_role("link", name="Make the plan").click()
    coach.fill("input[name=starts_on]", "2026-11-16")
    coach.get_by_role("button", name="Make a draft").click()
    coach.wait_for_url(re.compile(r"/plan/\?week=1"))
    expect(coach.locator(".board .sess").first).to_be_visible()
    assert not ScheduledSession.objects.exists()


def change_and_publish(coach: Page) -> None:
    coach.locator(".board .ex .row-link").first.click()
    coach.fill("input[name=sets]", "1")
    coach.get_by_role("button", name="Set the dose").click()
    coach.locator(".board .ex .row-link").nth(1).click()
    coach.get_by_role("button", name=re.compile("^Use ")).first.click()
    coach.get_by_role("link", name=re.compile("^Publish")).click()
    coach.fill("textarea[name=reason]", "We start with what the knee likes.")
    coach.get_by_role("button", name=re.compile("^Publish to")).click()
    expect(coach.locator("body")).to_contain_text("Version 1")
    coach.get_by_role("link", name="Versions").click()
    expect(coach.locator("body")).to_contain_text("We start with what the knee likes.")
    program = Program.objects.get()
    assert program.current.number == 1
    assert ScheduledSession.objects.filter(program=program).exists()


def train(runner: Page) -> None:
    runner.goto("/me/")
    expect(runner.locator("body")).to_contain_text("We start with what the knee likes.")
    runner.locator("a.hero-sess").click()
    choose(runner, "before_nrs", "1")
    runner.get_by_role("button", name="Start", exact=True).click()
    runner.wait_for_url(re.compile("at=1"))
    runner.get_by_role("button", name=re.compile("^Set 1.* done")).last.click()
    expect(runner.locator(".set.done")).to_have_count(1)
    session = ScheduledSession.objects.get(started_at__isnull=False)
    assert SetLog.objects.filter(session=session).count() == 1
    for position, line in enumerate(session.plan.lines, start=1):
        runner.wait_for_url(re.compile(rf"at={position}$"))
        expect(runner.get_by_role("heading", level=1)).to_have_text(library()[line.exercise].name)
        if line.sets > 1 or line.unilateral or position > 1:
            runner.get_by_role("button", name="Done as planned").click()
        expect(runner.locator("input[name=during_nrs]").first).to_be_attached()
        choose(runner, "during_nrs", "1")
        if line.dose.rir:
            choose(runner, "rir", "3")
        runner.locator(".pl-act button[type=submit]").click()
    expect(runner).to_have_url(re.compile("/finish/"))
    choose(runner, "session_rpe", "6")
    runner.fill("textarea[name=note]", "Felt good.")
    runner.get_by_role("button", name=re.compile("^Save the session")).click()
    runner.wait_for_url(re.compile("/me/$"))
    expect(runner.locator("body")).to_contain_text("Done for today")
    session.refresh_from_db()
    assert (session.state, session.credit, session.sets_done) == ("done", 1.0, session.sets_planned)


def answer_the_morning(runner: Page) -> None:
    runner.goto("/me/")
    choose(runner, "after60_nrs", "1")
    choose(runner, "morning_nrs", "1")
    runner.get_by_role("button", name="Save this morning").click()
    expect(runner.locator("body")).to_contain_text("Saved.")
    assert ScheduledSession.objects.get(started_at__isnull=False).action == "progress"
    runner.goto("/me/progress/")
    expect(runner.locator("body")).to_contain_text("1 of 1 session")


def stop_for_pain(coach: Page, runner: Page, clock) -> None:
    following = ScheduledSession.objects.filter(state="planned").order_by("day").first()
    clock.move_to(datetime.combine(following.day, time(9), tzinfo=UTC))
    runner.goto(f"/me/sessions/{following.pk}/")
    runner.get_by_role("button", name="Start", exact=True).click()
    runner.get_by_role("link", name="Knee hurts").click()
    choose(runner, "during_nrs", "8")
    runner.get_by_role("button", name="End the session here").click()
    expect(runner.locator("body")).to_contain_text("999")
    assert any("Elena" in letter.subject for letter in post(timezone.now()) if letter.to == ["bethany@example.com"])
    coach.goto("/today/")
    expect(coach.locator(".triage").first).to_contain_text("Safety")
    coach.locator(".triage-safety button").first.click()
    coach.wait_for_url(re.compile(r"/clients/\d+/$"))
    assert Alarm.objects.get().acknowledged_at is not None
    elena = Client.objects.get(email="elena@example.com")
    coach.goto(f"/clients/{elena.pk}/plan/")
    expect(coach.locator("#proposals")).to_contain_text("in force")
    deciding.decide_due(now=timezone.now())
    numbers = coach.goto(f"/clients/{elena.pk}/") and coach.locator("body").inner_text()
    runner.goto("/me/progress/")
    headline = runner.locator(".prog-hero").inner_text()
    words = re.search(r"\d+ of \d+ sessions?, last 28 days", headline)[0]
    assert words in numbers, "coach and runner see the same number"


def weekly_note(runner: Page, clock) -> None:
    clock.move_to(datetime(2026, 11, 22, 18, 5, tzinfo=UTC))
    for _ in range(2):
        noting.plan_weekly_notes(now=timezone.now())
    notes = [letter for letter in post(timezone.now()) if "List-Unsubscribe" in letter.extra_headers]
    assert len(notes) == 1
    runner.goto(link_in(notes[0], "/off/"))
    runner.get_by_role("button", name="Stop the weekly note").click()
    expect(runner.locator("body")).to_contain_text("No more weekly notes")
    assert Client.objects.get(email="elena@example.com").note_off_at is not None
