"""Tab through every page: each control is reached, shows that it is, stands where it can be seen, and lets one go on."""

import pytest
from django.db import connections

from studio.front.tests import worlds
from studio.front.tests.keys import walk
from studio.front.tests.shown import LOOKS, name_of

WIDTHS = dict.fromkeys(("client", *worlds.RUNNERS_TOO), 390)  # everybody else sits at a desk


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    with worlds.kept(django_db_blocker) as world:
        worlds.furnish(world)
        yield world
    connections["default"].close()  # Playwright's loop keeps it apart from the tests' other one


@pytest.mark.parametrize("look", LOOKS, ids=name_of)
def test_tab_goes_through_the_page(db, world, chromium, look):
    shown = chromium[look[0]]
    assert shown.open(worlds.address_of(world, *look[1:]), "light", WIDTHS.get(look[0], 1280)) == 200
    assert "\n".join(walk(shown.page)) == ""
