"""Every page in a real Chromium: no axe violation in either theme, nothing against the policy, nothing wider than the phone.

The pages come from the views through Django's test browser and are handed to Chromium as answers to its requests, policy
and all: one database transaction holds the whole world, and each person is signed in once.
"""

from functools import cache
from mimetypes import guess_type
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.staticfiles import finders
from django.db import connections, transaction
from django.http import HttpResponse

from assessments.models import Assessment
from clients.models import Alarm, Client, Note
from consultations.models import Booking, ConsultationType
from programs.figures.figure import render
from programs.figures.poses import load
from programs.models import Version
from studio.accounts.models import User
from studio.front.tests import worlds
from studio.outbox.models import Message
from studio.ui import figures

SITE = "https://studio.test"
PHONE, DESKTOP = 390, 1280
AS_SEEN = {True: (("light", PHONE), ("dark", DESKTOP)), False: (("light", DESKTOP), ("dark", PHONE))}  # by: is a runner
RUNNERS = ("client", "eva")
SHELLS = {"front:today", "front:me", "front:home", "programs:plan", "programs:session", "consultations:book_type"}
CONTRAST = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
WEAR = """theme => {
    const still = new CSSStyleSheet();
    still.replaceSync("*, *::before, *::after { transition: none !important; animation: none !important }");
    document.adoptedStyleSheets = [still];
    Object.assign(document.documentElement.dataset, {theme: theme, bsTheme: theme});
}"""  # half-way through a transition a colour is neither the old nor the new one
TOO_WIDE = """() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    const out = [...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > width + 1);
    return out.reverse().map(e => e.outerHTML.slice(0, 110));
}"""
NO_PAGES = {
    "front:start",
    "front:healthz",
    "front:readyz",
    "consultations:booking_calendar",
}  # they redirect, or are no HTML


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    with worlds.kept(django_db_blocker) as world:
        worlds.furnish(world)
        use_long_words()
        yield world
    connections[
        "default"
    ].close()  # while Playwright's loop runs, Django keeps this one apart from the tests' other one


def use_long_words() -> None:
    """Names, notes and addresses that people type have no spaces where a page would like one."""
    name = "Wolfeschlegelsteinhausenbergerdorff"
    word = name * 3
    Client.objects.update(name=name, story=word * 4, if_then_cue=word, if_then_place=word, goals=[word])
    User.objects.update(name=name)
    Note.objects.update(body=word * 9)
    ConsultationType.objects.update(name=word[:80], description=word, place=word, bring=word)
    Booking.objects.update(name=name, about=word * 4, email=f"{word}@example.com")
    Message.objects.update(to=f"{word}@example.com", subject=word, reason=word)
    Assessment.objects.update(note=word * 4)
    Version.objects.update(reason=word * 2)
    Alarm.objects.update(because=word)


@pytest.fixture(scope="module")
def drawn():
    """Figures drawn here instead of read from the table."""
    before, poses = list(figures._sources), load(extra=False)
    figures.register(cache(lambda name, mode: render(**poses[name], mode=mode, uid="@uid@") if name in poses else None))
    yield
    figures._sources[:] = before


class Shown:
    """A page of Chromium whose every request is answered by the views, or by a static file."""

    def __init__(self, page, answers: worlds.Signed, connection):
        self.page, self.answers, self.connection = page, answers, connection
        self.posted: HttpResponse | None = None  # the answer to a form, shown instead of a page
        self.complaints: list[str] = []
        page.context.route("**/*", self.answer)
        page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def answer(self, route):
        address = urlsplit(route.request.url)
        if address.path.startswith("/static/"):
            file = finders.find(address.path.removeprefix("/static/"))
            return (
                route.fulfill(body=Path(file).read_bytes(), content_type=guess_type(file)[0]) if file else route.abort()
            )
        if self.posted:
            return route.fulfill(body=self.posted.content, headers=dict(self.posted.headers))
        connections["default"] = self.connection  # Playwright answers in a greenlet, which has none of its own
        response = self.answers.get(f"{address.path}?{address.query}", follow=True)
        return route.fulfill(body=response.content, status=response.status_code, headers=dict(response.headers))

    def open(self, address: str, theme: str, width: int) -> int:
        self.complaints.clear()
        self.page.set_viewport_size({"width": width, "height": 900})
        status = self.page.goto(SITE + address).status
        self.wear(theme, width)
        return status

    def wear(self, theme: str, width: int) -> None:
        self.page.set_viewport_size({"width": width, "height": 900})
        self.page.evaluate(WEAR, theme)

    def problems(self, **options) -> list[str]:
        """What axe finds, what Chromium complains about, and whether one must scroll sideways."""
        found = Axe().run(self.page, options={"preload": False} | options).response["violations"]
        wrong = [f"{each['id']}: {[node['target'] for node in each['nodes']][:5]}" for each in found]
        return wrong + self.too_wide() + self.complaints

    def too_wide(self) -> list[str]:
        """What makes the page wider than the window, innermost first; [] when one need not scroll sideways."""
        found = self.page.evaluate(TOO_WIDE)
        return [f"wider than the window: {' | '.join(found[:2])}"] if found else []


@pytest.fixture(scope="module")
def chromium(world, drawn, browser):
    """who -> Shown, each with a context of its own; the connection is the one that made the world."""
    shown = {
        who: Shown(browser.new_context(reduced_motion="reduce").new_page(), signed, connections["default"])
        for who, signed in worlds.browsers(world).items()
    }
    yield shown
    for each in shown.values():
        each.page.context.close()


def name_of(look) -> str:
    who, name, arguments, query = look
    return " ".join(filter(None, [who, name, *map(str, arguments.values()), query]))


SHORTER = {"programs:library": "?pillar=core", "programs:plan_add": "?pillar=core"}  # one pillar is like the next
LOOKS = [
    (who, name, arguments, query or SHORTER.get(name, ""))
    for who, name, arguments, query in worlds.LOOKS
    if name not in NO_PAGES
]
SAME_PAGE = {"assessments:finish", "assessments:field"}  # come back as the sheet does


@pytest.mark.parametrize("look", LOOKS, ids=name_of)
def test_a_page_has_no_violation_in_either_theme(db, world, chromium, look):
    shown, address = chromium[look[0]], worlds.address_of(world, *look[1:])
    (theme, width), (other_theme, other_width) = AS_SEEN[look[0] in RUNNERS]
    assert shown.open(address, theme, width) == 200
    assert shown.problems() == []
    shown.wear(other_theme, other_width)
    assert shown.problems() == [], (other_theme, other_width)
    if look[1] in SHELLS:  # what only shows on one of the widths is the shell, and the same on every page
        for seen in ((other_theme, width), (theme, other_width)):
            shown.wear(*seen)
            assert shown.problems(**CONTRAST) == [], seen


def test_a_form_with_its_errors_has_no_violation(db, world, chromium):
    """Every form, sent with nonsense, as it comes back with the words of what is wrong."""
    browsers = worlds.browsers(world)
    wrong, seen = [], 0
    forms = {name: found[0] for name, found in worlds.forms(world, browsers).items() if name not in SAME_PAGE}
    for name, (who, form) in forms.items():
        with transaction.atomic():
            answer = browsers[who].post(form.action, dict.fromkeys(form.fields, "x" * 400))
            transaction.set_rollback(True)
        if answer.status_code in (409, 422, 429):
            seen += 1
            shown = chromium[who]
            shown.posted = answer
            shown.open("/posted/", "light", PHONE)
            shown.posted = None
            wrong += [f"{name}: {each}" for each in shown.problems()]
    assert not wrong, "\n".join(wrong)
    assert seen >= 20  # or the nonsense was no nonsense any more


def test_a_page_that_is_not_there_has_no_violation(db, world, chromium):
    for who in ("visitor", "client", "coach"):
        assert chromium[who].open("/nowhere/", "dark", PHONE) == 404
        assert [each for each in chromium[who].problems() if "404 (Not Found)" not in each] == []


def test_this_file_would_see_a_violation(db, world, chromium):
    shown = chromium["visitor"]
    shown.open("/about/", "light", PHONE)
    shown.page.evaluate(
        """() => {
            document.body.append(Object.assign(document.createElement("style"), {textContent: "p { margin: 0 }"}));
            document.querySelector("main").append(document.createElement("img"));
            document.querySelector("main p").style.color = "#ccc";
            document.querySelector("main").style.width = "900px";
        }"""
    )
    said = " ".join(shown.problems())
    assert all(word in said for word in ("image-alt", "color-contrast", "wider", "Content Security Policy"))
