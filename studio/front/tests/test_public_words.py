"""What the public pages promise is what the studio does."""

from pathlib import Path

import pytest
import yaml
from django.conf import settings

from studio.accounts.models import Studio
from studio.accounts.tests.people import PASSWORD
from studio.front import evidence


@pytest.fixture
def page(client, db):
    return lambda path: " ".join(client.get(path).content.decode().split())


def test_the_about_page_reads_the_reviewers_from_the_files(page, monkeypatch):
    assert "No physiotherapist has signed off the evidence yet." in page("/about/")
    monkeypatch.setattr("studio.front.views.public.reviewers", lambda: {"battery.yaml": "Dr Rao", "tools.yaml": ""})
    said = page("/about/")
    assert "1 of 2 files" in said and "Dr Rao" in said and "No physiotherapist" not in said


def test_the_reviewers_are_those_that_the_rules_read():
    for name, who in evidence.reviewers().items():
        [path] = list(Path(settings.BASE_DIR).glob(f"*/domain/{name}"))
        document = yaml.safe_load(path.read_text()) if path.stat().st_size < 60_000 else None
        if document is not None:
            assert (document.get("meta", document)["reviewed_by"] or "") == who
    assert len(evidence.reviewers()) > 10


@pytest.mark.parametrize(
    ("written", "who"),
    [("reviewed_by: null", ""), ("meta: {version: 1, reviewed_by: 'Dr Rao, 2027'}", "Dr Rao"), ("reviewed_by:", "")],
)
def test_a_name_in_a_file_counts(tmp_path, settings, written, who):
    folder = tmp_path / "assessments" / "domain"
    folder.mkdir(parents=True)
    (folder / "battery.yaml").write_text(written)
    settings.BASE_DIR = tmp_path
    evidence.reviewers.cache_clear()
    try:
        assert evidence.reviewers() == {"battery.yaml": who}
    finally:
        evidence.reviewers.cache_clear()


def test_the_privacy_page_names_whom_to_write_to_and_by_when(page, owner):
    assert "your coach, or Bethany Brown, who owns the studio" in page("/privacy/")
    Studio.objects.create(pk=1, contact_email="hello@example.com")
    said = page("/privacy/")
    assert 'href="mailto:hello@example.com"' in said and "within one month" in said
    assert "there is no button for it yet" in said and "one click" not in said


def test_the_privacy_page_names_every_cookie(page, maya, sign_in):
    said = page("/privacy/")
    browser = sign_in()
    browser.get("/accounts/login/")
    browser.post("/theme/", {"theme": "dark"})
    browser.post("/accounts/login/", {"login": maya.user.email, "password": PASSWORD})
    assert set(browser.cookies) == {"csrftoken", "messages", "sessionid", "theme"}
    assert all(f"<dt>{name}</dt>" in said for name in browser.cookies)
