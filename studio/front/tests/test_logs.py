"""A link that lets its holder in is in no log, whatever the answer to it was."""

import logging
from datetime import date

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from clients.services import invitations
from clients.tests.people import make_lead
from programs import links
from studio.logs import NoKeys, masked


@pytest.fixture
def lines():
    """What the console of the studio says."""
    said = []

    class Console(logging.Handler):
        def emit(self, record):
            said.append(self.format(record))

    console = Console(logging.WARNING)
    console.addFilter(NoKeys())
    logger = logging.getLogger("django.request")
    logger.addHandler(console)
    yield said
    logger.removeHandler(console)


def test_an_invitation_that_still_works_is_not_in_the_log(maya, now, client, lines):
    token = invitations.invitation_token(invitations.invite(client=make_lead(maya), by=maya.user, now=now))
    for answer in (client.post(f"/invitation/{token}/", {"name": ""}), client.put(f"/invitation/{token}/")):
        assert answer.status_code in (405, 410, 422)
    assert lines and not [line for line in lines if token in line]


def test_neither_is_a_morning_or_a_note(ana, client, lines):
    morning, note = links.morning_token(ana, date(2026, 11, 18)), links.note_token(ana, "2026-W47")
    client.get(f"/morning/{morning}/")
    client.put(f"/note/{note}/off/")
    assert len(lines) == 2 and not [line for line in lines if morning in line or note in line]


def routes(resolver=None, prefix="/"):
    for item in (resolver or get_resolver()).url_patterns:
        if isinstance(item, URLResolver):
            yield from routes(item, prefix + str(item.pattern))
        elif isinstance(item, URLPattern):
            yield prefix + str(item.pattern)


def test_every_address_with_a_token_is_masked():
    secret = [route for route in routes() if "token>" in route]
    assert len(secret) >= 8
    for route in secret:
        path = route.replace("<str:token>", "k3y").replace("<slug:token>", "k3y")
        assert "k3y" not in masked(path), path


def test_the_studio_logs_through_it(settings):
    assert settings.LOGGING["handlers"]["console"]["filters"] == ["no_keys"]
    assert settings.LOGGING["filters"]["no_keys"]["()"] == "studio.logs.NoKeys"
