"""Choosing the tests in a real browser: ticks and batteries follow each other, the warm-up outlives a reload."""

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from assessments.domain.rules import rules
from assessments.tests.people import begun

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sheet(ana):
    sheet = begun(ana, timezone.now())
    ana.tags = ["kneeling_intolerance"]  # no bird-dog
    ana.save()
    return sheet


@pytest.fixture
def desk(page, live_server, sheet):
    """The choice of tests of ana's open assessment, opened by her coach. What a script throws fails the test."""
    problems = []
    page.on("pageerror", lambda problem: problems.append(str(problem)))
    browser = Browser()
    browser.force_login(sheet.client.coach.user)
    page.context.add_cookies(
        [{"name": "sessionid", "value": browser.cookies["sessionid"].value, "url": live_server.url}]
    )
    page.goto(live_server.url + reverse("assessments:choose", kwargs={"pk": sheet.client_id, "assessment": sheet.pk}))
    yield page
    assert problems == []


def test_minutes_and_kit_follow_and_a_tick_makes_the_choice_ones_own(desk, sheet):
    total = desk.locator(".battery-total")
    assert total.inner_text() == "14 tests, 51 min"
    desk.locator("input[value=running]").check()
    running = rules().battery.running()
    assert total.inner_text() == f"{len(running.tests)} tests, {running.minutes} min"
    assert "mat" not in desk.locator("[data-kit-list]").inner_text().split(", ")
    desk.locator(".battery-list summary").click()
    assert desk.locator("input[value=bird_dog]").is_disabled()
    desk.locator("input[value=side_plank]").check()
    assert desk.locator("input[value=own]").is_checked()
    assert "mat" in desk.locator("[data-kit-list]").inner_text().split(", ")
    desk.locator("[name=warmed_up]").check()
    desk.get_by_role("button", name="Begin").click()
    desk.wait_for_url("**/measure/")
    sheet.refresh_from_db()
    assert sheet.battery == "own" and sheet.tests == ["side_plank", *(test.id for test in running.tests)]


def test_the_warm_up_goes_on_through_a_reload_and_says_when_it_is_over(desk):
    desk.clock.install()
    desk.reload()
    desk.get_by_role("button", name="Time it").click()
    desk.clock.run_for(60_000)
    desk.reload()
    left = desk.locator(".warm-up output")
    left.get_by_text("left").wait_for()
    minutes, seconds = map(int, left.inner_text().removesuffix(" left").split(":"))
    assert 200 < 60 * minutes + seconds <= 240
    desk.clock.run_for(241_000)
    left.get_by_text("Warm enough").wait_for()
