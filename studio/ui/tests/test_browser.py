"""The look in a real Chromium under the strict policy: answers, dialogs, themes and axe. No server and no database:
the pages are rendered here and handed to the browser as answers to its requests."""

from functools import cache
from mimetypes import guess_type
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.test import RequestFactory
from playwright.sync_api import BrowserContext, Page, expect

from programs.figures.figure import render
from programs.figures.poses import load
from studio.ui import figures
from studio.ui.kit import sample

SITE = "http://studio.test"
POLICY = "; ".join(
    f"{name} {' '.join(sources)}" for name, sources in settings.CONTENT_SECURITY_POLICY["DIRECTIVES"].items()
)
PAGES = {
    "/kit/": "front/kit.html",
    "/": "front/landing.html",
    "/about/": "front/about.html",
    "/privacy/": "front/privacy.html",
    "/404/": "404.html",
    "/403/": "403_csrf.html",
    "/500/": "500.html",
}  # fmt: skip


class StudioStub:
    name = "The Ultimate Runner Studio"
    contact_email = "hello@example.com"
    emergency_number = "112"
    address = ""


@pytest.fixture(scope="module")
def drawn():
    """The pages' figures, drawn here instead of read from the table."""
    before = list(figures._sources)
    poses = load(extra=False)
    figures.register(cache(lambda name, mode: render(**poses[name], mode=mode, uid="@uid@") if name in poses else None))
    yield
    figures._sources[:] = before


@pytest.fixture
def site(context: BrowserContext, drawn):
    """The pages above, answered from templates and static files; console errors are collected."""

    def answer(route):
        path = urlsplit(route.request.url).path
        if path.startswith("/static/"):
            file = finders.find(path.removeprefix("/static/"))
            return (
                route.fulfill(body=Path(file).read_bytes(), content_type=guess_type(path)[0]) if file else route.abort()
            )
        if path not in PAGES:
            return route.abort()
        request = RequestFactory().get(path, headers={"cookie": route.request.all_headers().get("cookie", "")})
        request.user = AnonymousUser()
        html = render_to_string(
            PAGES[path], sample() | {"studio": StudioStub, "studio_demo": True, "user": request.user}, request
        )
        return route.fulfill(body=html, content_type="text/html", headers={"Content-Security-Policy": POLICY})

    context.route("**/*", answer)
    return context


@pytest.fixture
def open_page(site):
    complaints = []

    def open_(path: str, theme: str | None = None, width: int = 390) -> Page:
        if theme:
            site.add_cookies([{"name": "theme", "value": theme, "url": SITE}])
        page = site.new_page()
        page.set_viewport_size({"width": width, "height": 844})
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(SITE + path)
        return page

    yield open_
    assert complaints == []


@pytest.mark.parametrize(("theme", "width"), [("light", 390), ("dark", 1440)])
@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing(open_page, path, theme, width):
    page = open_page(path, theme, width)
    found = Axe().run(page, options={"preload": False}).response["violations"]
    assert [(v["id"], [node["target"] for node in v["nodes"]]) for v in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_second_press_takes_an_answer_back(open_page):
    page = open_page("/kit/")
    four = page.locator("input[name=pain][value='4']")
    words = page.locator(".pain-word").first
    expect(page.locator("input[name=pain]:checked")).to_have_count(0)
    four.click()
    expect(four).to_be_checked()
    expect(words).to_have_text("4, ease off")
    four.click()
    expect(four).not_to_be_checked()
    expect(words).to_have_text("")


def test_the_pain_scale_works_by_keyboard_alone(open_page):
    page = open_page("/kit/")
    page.locator("input[name=pain][value='7']").focus()
    page.keyboard.press("Space")
    expect(page.locator("input[name=pain]:checked")).to_have_value("7")
    page.keyboard.press("ArrowRight")
    expect(page.locator("input[name=pain]:checked")).to_have_value("8")
    page.keyboard.press("Space")
    expect(page.locator("input[name=pain]:checked")).to_have_count(0)


def test_a_dialog_opens_and_gives_the_focus_back(open_page):
    page = open_page("/kit/")
    opener = page.locator("[data-dialog-open=kit-dialog]")
    opener.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#kit-dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#kit-dialog")).to_be_hidden()
    expect(opener).to_be_focused()


def test_a_number_steps_within_its_bounds(open_page):
    page = open_page("/kit/")
    page.locator(".qty [data-step='1']").click()
    expect(page.locator("#k5")).to_have_value("4")
    for _ in range(9):
        page.locator(".qty [data-step='-1']").click()
    expect(page.locator("#k5")).to_have_value("1")


def test_the_theme_is_kept_for_the_next_page(open_page):
    page = open_page("/about/", width=1440)
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "light")
    page.locator("[data-theme-toggle] button").click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.goto(SITE + "/privacy/")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_without_a_choice_the_system_decides_before_the_first_paint(open_page, site):
    page = open_page("/about/")
    page.emulate_media(color_scheme="dark")
    page.goto(SITE + "/about/")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")


def test_paper_is_always_light(open_page):
    page = open_page("/about/", "dark")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "light")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")


def test_everything_one_taps_on_a_phone_is_44_pixels_high(open_page):
    page = open_page("/kit/")
    heights = page.evaluate(
        """() => [...document.querySelectorAll("button, .btn, .chip-filter, .tabs a, .rail-nav a, .seg > label, input:not([type=hidden]), select")]
        .filter(e => e.checkVisibility())
        .map(e => e.closest(".form-check") ?? e)
        .map(e => [e.getBoundingClientRect().height, e.outerHTML.slice(0, 90)])"""
    )
    assert len(heights) > 60
    assert [markup for height, markup in heights if height < 43.5] == []
