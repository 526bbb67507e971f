"""Who looks at a record leaves a trace, and a record leaves none in the browser."""

import pytest

from studio.accounts.models import RecordView


@pytest.fixture
def details(ana):
    return f"/clients/{ana.pk}/details/"


def test_a_refused_form_that_brings_the_record_back_is_a_look(ana, maya, sign_in, details):
    browser = sign_in(maya)
    for address in (details, f"/clients/{ana.pk}/pauses/", f"/clients/{ana.pk}/notes/"):
        assert browser.post(address, {"name": ""}).status_code == 422
    assert list(RecordView.objects.values_list("viewer", "client_id")) == [(maya.user.pk, ana.pk)] * 3


def test_an_act_that_shows_nothing_is_none(ana, maya, sign_in):
    assert sign_in(maya).post(f"/clients/{ana.pk}/notes/", {"body": "Likes hills."}).status_code == 302
    assert not RecordView.objects.exists()


def test_nothing_is_noted_for_a_record_that_was_not_shown(ana, omar, sign_in, details):
    assert sign_in(omar).post(details, {"name": ""}).status_code == 404
    assert not RecordView.objects.exists()


def test_a_signed_in_page_is_not_kept_by_the_browser(ana, maya, sign_in, details):
    for person, address in ((maya, details), (maya, "/today/"), (ana, "/me/settings/"), (ana, "/accounts/email/")):
        assert "no-store" in sign_in(person).get(address)["Cache-Control"]
    assert "no-store" not in sign_in().get("/").get("Cache-Control", "")
