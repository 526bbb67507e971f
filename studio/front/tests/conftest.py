"""A Chromium for the tests that look at every page of a module's own `world` (worlds.kept)."""

from functools import cache

import pytest
from django.db import connections

from programs.figures.figure import render
from programs.figures.poses import load
from studio.front.tests import worlds
from studio.front.tests.shown import Shown
from studio.ui import figures


@pytest.fixture(scope="module")
def drawn():
    """Figures drawn here instead of read from the table."""
    before, poses = list(figures._sources), load(extra=False)
    figures.register(cache(lambda name, mode: render(**poses[name], mode=mode, uid="@uid@") if name in poses else None))
    yield
    figures._sources[:] = before


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
