"""The page printed by a real browser: what is folded away is unfolded, the forms stay away, the numbers are the same."""

import pytest
from django.test import Client as Browser
from django.utils import timezone

from assessments.tests.test_findings_shown import (
    EXAMPLES,
    address,
    answered,
    assessed,
    digits,
    expected,
    numbers_in,
    report_in,
    text_in,
)
from studio.ui.tests.pdf_text import text_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_the_printed_report_shows_the_numbers_of_the_command(browser, live_server, ana, tmp_path, scripts):
    _, runner, inputs = EXAMPLES[3]
    row = assessed(ana, timezone.now(), runner, inputs)
    desk = Browser()
    desk.force_login(ana.coach.user)
    context = browser.new_context(java_script_enabled=scripts, base_url=live_server.url)
    context.add_cookies([{"name": "sessionid", "value": desk.cookies["sessionid"].value, "url": live_server.url}])
    page = context.new_page()
    page.goto(address(row))
    printed = text_of(page.pdf(format="A4"))
    context.close()
    wanted = expected(answered(row, tmp_path))
    shown = numbers_in(printed)
    assert shown == {key: wanted[key] for key in shown}
    assert digits(text_in(report_in(desk.get(address(row)).content.decode()))) - digits(printed) == set()
    for not_printed in ("See it otherwise", "Share with", "New assessment", "Skip to content"):
        assert not_printed not in printed
