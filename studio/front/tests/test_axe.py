"""Every page in a real Chromium: no axe violation in either theme, nothing against the policy, nothing wider than the phone.

The pages come from the views through Django's test browser and are handed to Chromium as answers to its requests, policy
and all: one database transaction holds the whole world, and each person is signed in once.
"""

import pytest
from django.db import connections, transaction

from assessments.models import Assessment
from clients.models import Alarm, Client, Note
from consultations.models import Booking, ConsultationType
from programs.models import Version
from studio.accounts.models import User
from studio.front.tests import worlds
from studio.front.tests.shown import LOOKS, name_of
from studio.outbox.models import Message

PHONE, DESKTOP = 390, 1280
AS_SEEN = {True: (("light", PHONE), ("dark", DESKTOP)), False: (("light", DESKTOP), ("dark", PHONE))}  # by: is a runner
RUNNERS = ("client", *worlds.RUNNERS_TOO)
SHELLS = {"front:today", "front:me", "front:home", "programs:plan", "programs:session", "consultations:book_type"}
CONTRAST = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}


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


SAME_PAGE = {"assessments:finish", "assessments:field", "assessments:note"}  # come back as the sheet does


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
