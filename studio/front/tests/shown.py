"""Chromium with a person signed in, whose every request the views answer through Django's test browser, policy and all."""

from mimetypes import guess_type
from pathlib import Path
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from django.contrib.staticfiles import finders
from django.db import connections
from django.http import HttpResponse

from studio.front.tests import worlds

SITE = "https://studio.test"
NO_PAGES = {
    "front:robots",
    "front:favicon",
    "front:start",
    "front:healthz",
    "front:readyz",
    "consultations:booking_calendar",
    "assessments:findings_pdf",
    "assessments:client_findings_pdf",
    "assessments:my_letter_pdf",
    "assessments:referral_pdf",
}  # they redirect, or are no HTML
SHORTER = {"programs:library": "?pillar=core", "programs:plan_add": "?pillar=core"}  # one pillar is like the next
LOOKS = [
    (who, name, arguments, query or SHORTER.get(name, ""))
    for who, name, arguments, query in worlds.LOOKS
    if name not in NO_PAGES and (who, name) != ("client", "assessments:my_letter")  # hers holds none
]  # every page that somebody can open
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


def name_of(look) -> str:
    who, name, arguments, query = look
    return " ".join(filter(None, [who, name, *map(str, arguments.values()), query]))


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
