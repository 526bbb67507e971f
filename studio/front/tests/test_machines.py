"""What machines ask for: which pages they may read, and the mark."""

from urllib.robotparser import RobotFileParser

import pytest
from django.urls import reverse

PUBLIC = ["/about/", "/privacy/", "/book/", "/book/first-consultation/", "/favicon.ico", "/static/css/studio.css"]
PRIVATE = ["/today/", "/clients/3/", "/me/", "/booking/abc/", "/invitation/abc/", "/morning/abc/", "/accounts/login/"]


@pytest.fixture
def robots(client, db):
    answer = client.get("/robots.txt")
    assert answer["Content-Type"].startswith("text/plain")
    return answer.content.decode()


def test_public_pages_may_be_read_and_nothing_else(robots):
    rules = RobotFileParser()
    rules.parse(robots.splitlines())
    assert all(rules.can_fetch("*", f"https://studio.test{path}") for path in PUBLIC)
    assert not any(rules.can_fetch("*", f"https://studio.test{path}") for path in PRIVATE)
    assert "Allow: /$" in robots.splitlines()  # the start page itself, which Python's parser does not know how to read


def test_the_mark_is_there_and_kept_for_a_day(client, db):
    answer = client.get("/favicon.ico")
    assert answer.content[:4] == b"\0\0\1\0"
    assert (answer["Content-Type"], answer["Cache-Control"]) == ("image/x-icon", "public, max-age=86400")


def test_the_kit_is_for_coaches_of_a_demo_studio(maya, ana, sign_in, settings):
    assert sign_in(maya).get(reverse("front:kit")).status_code == 200
    assert sign_in(ana).get(reverse("front:kit")).status_code == 404
    settings.SHOWS_KIT = False
    assert sign_in(maya).get(reverse("front:kit")).status_code == 404
