"""What a first visit costs over the wire: the files as collectstatic makes them, asked for as a browser asks."""

import re
from functools import cache
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from django.core.management import call_command
from django.test import Client as Browser
from django.test import override_settings
from django.urls import reverse

from programs.figures.figure import render
from programs.figures.poses import load
from studio.front.tests import worlds
from studio.ui import figures

KB = 1024
STYLES, SCRIPTS, FIRST_VISIT = 60 * KB, 60 * KB, 150 * KB  # the most bytes
HERE = "http://testserver"
LOADING = {  # what makes a browser fetch something by itself: tag -> attribute
    "link": "href", "script": "src", "img": "src", "source": "src", "iframe": "src", "use": "href", "image": "href",
    "video": "src", "audio": "src", "embed": "src", "object": "data", "track": "src", "input": "src",
}  # fmt: skip


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    with worlds.kept(django_db_blocker) as world:
        yield world


@pytest.fixture(scope="module")
def collected(tmp_path_factory):
    """The studio with its static files collected as run.py collects them, and its figures drawn."""
    before, poses = list(figures._sources), load(extra=False)
    figures.register(cache(lambda name, mode: render(**poses[name], mode=mode, uid="@uid@") if name in poses else None))
    storages = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "studio.ui.storage.StudioStaticFilesStorage"},
    }
    folder = str(tmp_path_factory.mktemp("static"))
    with override_settings(
        STATIC_ROOT=folder, STORAGES=storages, WHITENOISE_USE_FINDERS=False, WHITENOISE_AUTOREFRESH=False
    ):
        call_command("collectstatic", interactive=False, verbosity=0)
        yield
    figures._sources[:] = before


class Loaded(HTMLParser):
    """The addresses that a page fetches by itself."""

    def __init__(self, html: str):
        super().__init__()
        self.found: dict[str, str] = {}  # address -> tag
        self.feed(html)

    def handle_starttag(self, tag, pairs):
        given = dict(pairs)
        address = given.get(LOADING.get(tag, ""), "") or given.get("srcset", "")
        if address and not address.startswith(("#", "data:")) and given.get("rel") not in ("canonical", "next", "prev"):
            self.found[urldefrag(urljoin(HERE, address)).url] = tag


def fetched(browser: Browser, address: str) -> bytes:
    """A file's bytes as they go over the wire to a browser that takes gzip."""
    answer = browser.get(urlsplit(address).path, headers={"accept-encoding": "gzip"})
    assert answer.status_code == 200, address
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def weigh(world, who: str, address: str) -> dict[str, int]:
    """Bytes of a first visit by kind of file. Fails when anything would come from somebody else."""
    browser = Browser()
    if world.face(who):
        browser.force_login(world.face(who).user)
    page = browser.get(address)
    assert page.status_code == 200
    bytes_of = {"html": len(page.content), "css": 0, "js": 0, "else": 0}
    for asset in Loaded(page.content.decode()).found:
        assert asset.startswith(f"{HERE}/static/"), f"{address} asks {asset}"
        body = fetched(browser, asset)
        kind = asset.rpartition(".")[2]
        bytes_of[kind if kind in bytes_of else "else"] += len(body)
    return bytes_of


PAGES = [
    ("ana", "front:me", None),
    ("ana", "programs:session", "begun"),
    ("ana", "programs:progress", None),
    ("maya", "front:today", None),
    ("visitor", "front:home", None),
    ("visitor", "consultations:book", None),
]


@pytest.mark.parametrize(("who", "name", "row"), PAGES, ids=[name for _, name, _ in PAGES])
def test_a_first_visit_is_light_and_asks_nobody_else(db, world, collected, who, name, row):
    weight = weigh(world, who, reverse(name, kwargs={"pk": getattr(world, row).pk} if row else None))
    assert 0 < weight["css"] <= STYLES
    assert 0 < weight["js"] <= SCRIPTS
    if name == "programs:session":
        assert sum(weight.values()) <= FIRST_VISIT, weight


def test_no_stylesheet_and_no_script_names_another_house(db, world, collected):
    browser = Browser()
    browser.force_login(world.ana.user)
    assets = Loaded(browser.get(reverse("front:me")).content.decode()).found
    for asset in assets:
        text = b"".join(browser.get(urlsplit(asset).path).streaming_content).decode(errors="ignore")
        if asset.endswith(".css"):
            assert not re.search(r"url\([\"']?(?:https?:)?//|@import\s+[\"']?(?:https?:)?//", text), asset
    assert sum(asset.endswith(".css") for asset in assets) >= 2
