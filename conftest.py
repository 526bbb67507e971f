"""Fixtures that every app's tests share. maya coaches ana; omar coaches ben and must see nothing of ana."""

from datetime import UTC, datetime

import pytest


@pytest.fixture(autouse=True)
def _as_in_the_studio(request):
    """An empty cache, because rate limits live there, and our own e-mail backend instead of Django's for tests."""
    if {"db", "transactional_db", "live_server"} & set(request.fixturenames):
        from django.core.cache import cache

        cache.clear()
        request.getfixturevalue("settings").EMAIL_BACKEND = "studio.outbox.backend.OutboxEmailBackend"


@pytest.fixture
def now() -> datetime:
    """A Wednesday morning, for services that are told the time. It freezes nothing (time_machine does)."""
    return datetime(2026, 11, 18, 10, 0, tzinfo=UTC)


@pytest.fixture
def owner(db):
    """accounts.Coach of the studio's owner, who sees every runner."""
    from studio.accounts.tests.people import make_owner

    return make_owner(email="bethany@example.com")


@pytest.fixture
def maya(db):
    """accounts.Coach: coaches ana."""
    from studio.accounts.tests.people import make_coach

    return make_coach("Maya Castillo", email="maya@example.com")


@pytest.fixture
def omar(db):
    """accounts.Coach: coaches ben, must see nothing of ana."""
    from studio.accounts.tests.people import make_coach

    return make_coach("Omar Haddad", email="omar@example.com")


@pytest.fixture
def ana(maya):
    """clients.Client of maya: active, signs in."""
    from clients.tests.people import make_client

    return make_client(maya, "Ana Silva", email="ana@example.com")


@pytest.fixture
def ben(omar):
    """clients.Client of omar: active, signs in."""
    from clients.tests.people import make_client

    return make_client(omar, "Ben Okafor", email="ben@example.com")


@pytest.fixture
def sign_in():
    """sign_in(person) is a browser (django.test.Client) of a User, a Coach or a clients.Client; of nobody: a visitor."""
    from django.test import Client as Browser

    def browser_of(person=None, **kwargs) -> Browser:
        browser = Browser(**kwargs)
        if person is not None:
            browser.force_login(getattr(person, "user", person))
        return browser

    return browser_of


@pytest.fixture
def smtp(settings):
    """A real mail server that the outbox sends through; `.mails` holds (recipients, message) of what it took."""
    from studio.outbox.tests.postbox import Postbox, free_port, running, smtp_at

    with running(Postbox(), free_port()) as box:
        settings.OUTBOX_TRANSPORT = smtp_at(box.port)
        yield box
