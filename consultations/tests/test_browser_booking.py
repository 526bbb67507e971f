"""Booking in a real Chromium: with the keyboard alone, in the device's own zone, and readable for everybody."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client as Browser
from playwright.sync_api import Page, expect

from consultations.models import Booking
from consultations.tests.rooms import make_booking, make_type


@pytest.fixture
def open_page(transactional_db, live_server, kind, page: Page):
    """open_page(path) on a page whose console is checked for refused scripts and styles at the end."""
    refused = []
    page.on("console", lambda message: refused.append(message.text) if "Content Security" in message.text else None)

    def go(path: str) -> Page:
        page.goto(live_server.url + path)
        return page

    yield go
    assert not refused


@pytest.fixture
def sign_in_to(open_page, page: Page, live_server):
    def sign_in(person) -> None:
        browser = Browser()
        browser.force_login(person.user)
        cookie = browser.cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])

    return sign_in


def test_the_keyboard_alone_books_and_enter_presses_book(open_page):
    page = open_page("/book/first-consultation/")
    page.get_by_role("button", name="Thursday 19 November").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Thursday 19 November")).to_be_visible()
    page.get_by_role("button", name="09:45").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Name").fill("Elena Varga")
    page.get_by_label("E-mail").fill("elena@example.com")
    page.get_by_label("16 or older").press("Space")
    page.get_by_role("button", name="December 2026").press("Enter")  # a look elsewhere, and back
    page.get_by_role("button", name="November 2026").press("Enter")
    page.get_by_role("button", name="Thursday 19 November").press("Enter")
    page.get_by_role("button", name="09:45").press("Enter")
    expect(page.get_by_label("Name")).to_have_value("Elena Varga")
    page.get_by_label("Name").press("Enter")
    expect(page.get_by_role("heading", name="See you Thursday, Elena.")).to_be_visible()
    assert Booking.objects.get().email == "elena@example.com"


@pytest.mark.browser_context_args(timezone_id="Asia/Tokyo")
def test_a_device_in_another_zone_is_offered_its_own(open_page):
    page = open_page("/book/first-consultation/?show=2026-11-19T09:45:00Z")
    page.get_by_label("Name").fill("Kenji")
    page.get_by_role("button", name="Show in Tokyo time, as on this device").click()
    expect(page.get_by_text("Thursday 19 November, 18:45 to 19:30")).to_be_visible()
    expect(page.get_by_label("Name")).to_have_value("Kenji")
    expect(page.get_by_role("button", name="as on this device")).to_be_hidden()


@pytest.mark.browser_context_args(java_script_enabled=False)
def test_it_all_works_without_javascript(open_page):
    page = open_page("/book/")
    page.get_by_role("link", name="First consultation").click()
    page.get_by_label("Times shown in").select_option("Europe/Madrid")
    page.get_by_role("button", name="Show", exact=True).click()
    page.get_by_role("button", name="Friday 20 November").click()
    page.get_by_role("button", name="10:45").click()
    page.get_by_label("Name").fill("Elena Varga")
    page.get_by_label("E-mail").fill("elena@example.com")
    page.get_by_label("16 or older").check()
    page.get_by_role("button", name="Book Friday 10:45").click()
    page.get_by_role("link", name="Cancel").click()
    page.get_by_role("button", name="Cancel this consultation").click()
    expect(page.get_by_role("heading", name="This consultation is cancelled.")).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(open_page, sign_in_to, page, live_server, kind, maya, ana, now, theme):
    make_type(maya, "Follow up", for_visitors=False)
    booking = make_booking(kind, now.replace(day=19), client=ana)
    page.context.add_cookies([{"name": "theme", "value": theme, "url": live_server.url}])
    public = ["/book/", "/book/first-consultation/", "/book/first-consultation/?show=2026-11-20T09:45:00Z"]
    manage = [f"/booking/{booking.token}/", f"/booking/{booking.token}/cancel/"]
    coach = ["", f"{booking.pk}/cancel/", "hours/", "types/", "types/new/", f"types/{kind.pk}/"]
    found = {path: violations(open_page, path) for path in public + manage}
    sign_in_to(maya)
    found |= {path: violations(open_page, path) for path in [f"/consultations/{end}" for end in coach]}
    found |= {"record": violations(open_page, f"/clients/{ana.pk}/consultations/")}
    sign_in_to(ana)
    found |= {path: violations(open_page, path) for path in ("/me/book/", "/me/book/first-consultation/")}
    assert not {path: report for path, report in found.items() if report}


def violations(open_page, path: str) -> str:
    result = Axe().run(
        open_page(path), options={"preload": False}
    )  # preloading styles would break the policy by itself
    return result.generate_report() if result.violations_count else ""
