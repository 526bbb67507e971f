"""The sheet and the intake in a real browser: fields save themselves, focus stays, nothing typed goes away."""

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from assessments.models import Assessment
from assessments.tests.people import begun

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def signed_in(page, live_server):
    """signed_in(person, path) opens the page as that person; what the console complains about fails the test."""
    complaints = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda problem: complaints.append(str(problem)))

    def open_as(person, path):
        browser = Browser()
        browser.force_login(person.user)
        page.context.add_cookies(
            [{"name": "sessionid", "value": browser.cookies["sessionid"].value, "url": live_server.url}]
        )
        page.goto(live_server.url + path)
        return page

    yield open_as
    assert [text for text in complaints if "422" not in text] == []


def test_a_coach_measures_with_the_keyboard_alone(signed_in, ana):
    sheet = begun(ana, timezone.now())
    keys = {"pk": ana.pk, "assessment": sheet.pk}
    page = signed_in(ana.coach, reverse("assessments:screen", kwargs=keys))
    left, right = page.locator("#f-wblt_distance-left"), page.locator("#f-wblt_distance-right")
    left.focus()
    page.keyboard.type("10")
    page.keyboard.press("Tab")
    page.keyboard.type("65")  # at once: the answer to the first field must not take this away
    page.locator("#out-wblt_distance-left", has_text="Normal").wait_for()
    assert page.evaluate("document.activeElement.id") == "f-wblt_distance-right"
    assert right.input_value() == "65"
    page.keyboard.press("Tab")
    page.locator("#out-wblt_distance-right", has_text="Did you mean 6.5?").wait_for()
    assert right.get_attribute("aria-invalid") == "true"
    page.get_by_role("button", name="Use 6.5").press("Enter")
    page.locator("#out-wblt_distance-right", has_text="Borderline").wait_for()
    assert right.get_attribute("aria-invalid") is None
    assert "3.5 cm less on the right" in page.locator("#diff-wblt_distance").inner_text()
    page.locator("#rail-body", has_text="confidence high").wait_for()

    pains = page.locator("#row-wblt_distance .measure-pains")
    assert pains.get_attribute("open") is not None  # offered once there is a value
    pains.get_by_role("group", name="Right").get_by_role("radio", name="7", exact=False).press("Space")
    page.locator("#out-wblt_distance-right", has_text="Pain-limited").wait_for()

    page.get_by_role("button", name="Finish").first.press("Enter")
    page.wait_for_url(f"**{reverse('assessments:findings', kwargs=keys)}")
    done = Assessment.objects.get(pk=sheet.pk)
    assert done.request["measurements"] == {"wblt_distance": {"left": 10.0, "right": 6.5, "pain_right": 7}}


def test_a_runner_types_loses_the_page_and_finds_it_again(signed_in, ana):
    page = signed_in(ana, reverse("assessments:intake"))
    page.get_by_label("Date of birth").fill("1990-04-23")
    page.get_by_label("Women").check()
    page.get_by_label("I have read this and I agree").check()
    page.get_by_role("button", name="Next").click()
    page.wait_for_url("**/me/intake/knee/")
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.get_by_label("What is it doing?").fill("It aches on stairs")
        page.get_by_role("group", name="On stairs").get_by_role("radio", name="3", exact=False).check(force=True)
    page.reload()
    assert page.get_by_label("What is it doing?").input_value() == "It aches on stairs"
    assert page.get_by_role("group", name="On stairs").get_by_role("radio", name="3", exact=False).is_checked()

    page.get_by_role("group", name="Which knee hurts?").get_by_label("Right").check(force=True)
    page.get_by_role("button", name="Next").click()
    page.wait_for_url("**/me/intake/health/")
    group = page.locator("#group-now")
    none, locked = group.get_by_label("None of these"), group.get_by_label("Is the knee stuck")
    none.check()
    locked.check()
    assert not none.is_checked()
    none.check()
    assert not locked.is_checked()
