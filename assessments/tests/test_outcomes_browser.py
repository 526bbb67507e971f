"""The outcome questions in a real browser: each answer saves itself, is taken back by a second press, and is never lost."""

import pytest
from django.test import Client as Browser
from django.utils import timezone

from assessments.models import OutcomeReport
from assessments.tests.people import known

pytestmark = pytest.mark.django_db(transaction=True)


def test_each_answer_saves_itself_and_a_second_press_takes_it_back(page, live_server, ana):
    known(ana, timezone.now())
    browser = Browser()
    browser.force_login(ana.user)
    page.context.add_cookies(
        [{"name": "sessionid", "value": browser.cookies["sessionid"].value, "url": live_server.url}]
    )
    complaints = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.goto(live_server.url + "/me/outcomes/akps/")
    assert page.locator("input:checked").count() == 0

    page.locator("#akps_limp").get_by_role("radio", name="Slight or now and then").click()
    page.locator("#oc-state", has_text="1 of 13 answered").wait_for()
    page.locator("#akps_stairs").get_by_role("radio", name="Pain up and down").click()
    page.locator("#oc-state", has_text="2 of 13 answered").wait_for()
    assert OutcomeReport.objects.get().answers == {"akps_limp": 3, "akps_stairs": 5}

    page.locator("#akps_limp").get_by_role("radio", name="Slight or now and then").click()
    page.locator("#oc-state", has_text="1 of 13 answered").wait_for()
    assert OutcomeReport.objects.get().answers == {"akps_stairs": 5}
    page.locator("#akps_limp").get_by_role(
        "radio", name="None"
    ).click()  # and changed again: its own past is no conflict
    page.locator("#oc-state", has_text="2 of 13 answered").wait_for()

    page.reload()
    assert page.locator("input:checked").count() == 2
    page.get_by_role("button", name="Done").click()
    page.get_by_text("11 questions are still open").wait_for()
    assert page.locator(".oc-item.is-open").count() == 11
    assert complaints == []
