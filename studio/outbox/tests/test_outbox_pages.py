"""What the coach sees of the messages."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from studio.accounts.models import RecordView
from studio.outbox.models import Message


@pytest.fixture
def message(db, maya, hello, now):
    def made(key="m", **fields):
        given = {"kind": "hello", "to": "ana@example.com", "to_name": "Ana", "coach": maya, "due_at": now} | fields
        return Message.objects.create(key=key, **given)

    return made


def keys(response):
    return [row["message"].key for row in response.context["rows"]]


def test_a_coach_sees_her_own_messages_and_the_owner_all(message, maya, omar, owner, sign_in):
    message("mine")
    message("his", coach=omar)
    message("account", coach=None)
    assert keys(sign_in(maya).get("/outbox/")) == ["mine"]
    assert keys(sign_in(omar).get("/outbox/")) == ["his"]
    assert keys(sign_in(owner).get("/outbox/")) == ["account", "his", "mine"]


def test_each_state_has_its_filter_with_its_count_and_reason(message, maya, sign_in, now):
    message("p")
    message("f", state="failed", reason="the mail server refused the address")
    message("s", state="sent", sent_at=now, subject="Hello Ana")
    message("k", state="skipped", reason="the booking was cancelled")
    browser = sign_in(maya)
    page = browser.get("/outbox/").content.decode()
    for words in ("the mail server refused the address", "the booking was cancelled", "Hello Ana", "Hello"):
        assert words in page
    for state, key in (("planned", "p"), ("failed", "f"), ("sent", "s"), ("skipped", "k"), ("sending", None)):
        assert keys(browser.get(f"/outbox/?state={state}")) == ([key] if key else [])


@pytest.mark.parametrize("query", ["state=nonsense", "state=%00", "page=0", "page=x", "page=99999999999999999999"])
def test_a_query_that_makes_no_sense_is_answered(message, maya, sign_in, query):
    message()
    assert keys(sign_in(maya).get(f"/outbox/?{query}")) == ["m"]


def test_the_list_comes_in_pages_with_a_fixed_number_of_queries(message, maya, sign_in):
    browser, counts = sign_in(maya), []
    for first, number in ((0, 5), (5, 60)):
        for each in range(first, first + number):
            message(f"m{each}")
        with CaptureQueriesContext(connection) as queries:
            response = browser.get("/outbox/")
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 7
    assert len(keys(response)) == 50
    assert len(keys(browser.get("/outbox/?page=2"))) == 15


def test_a_sent_message_is_shown_as_it_was_and_as_text(message, maya, sign_in, now):
    row = message(state="sent", sent_at=now, subject="Hi", body="Dear Ana,\n<script>alert(1)</script>", html="<b>x</b>")
    page = sign_in(maya).get(f"/outbox/{row.pk}/").content.decode()
    assert "Dear Ana," in page
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page


def test_a_secret_is_never_shown(message, maya, sign_in, now, code):
    row = message(kind="code", state="sent", sent_at=now)
    assert b"Its text is never kept" in sign_in(maya).get(f"/outbox/{row.pk}/").content


def test_a_message_of_a_kind_that_no_app_knows_any_more_is_listed_and_counts_as_secret(message, maya, sign_in):
    row = message(kind="old_news")
    browser = sign_in(maya)
    assert b"old news" in browser.get("/outbox/").content
    assert b"Its text is never kept" in browser.get(f"/outbox/{row.pk}/").content


def test_reading_what_was_sent_to_a_runner_is_a_look_at_her_record(message, maya, sign_in):
    row = message(client_id=17)
    sign_in(maya).get(f"/outbox/{row.pk}/")
    assert RecordView.objects.get().client_id == 17


def test_a_failed_message_is_tried_again_and_no_other(message, maya, sign_in, now):
    browser = sign_in(maya)
    failed, sent = message("f", state="failed", attempts=5), message("s", state="sent", sent_at=now)
    assert b"Try again" in browser.get(f"/outbox/{failed.pk}/").content
    assert b"Try again" not in browser.get(f"/outbox/{sent.pk}/").content
    for row in (failed, sent):
        browser.post(f"/outbox/{row.pk}/retry/")
        row.refresh_from_db()
    assert (failed.state, failed.attempts) == ("planned", 0)
    assert sent.state == "sent"


def test_a_code_is_never_sent_late(message, owner, sign_in):
    row = message(kind="account", coach=None, state="failed")
    browser = sign_in(owner)
    assert b"Try again" not in browser.get(f"/outbox/{row.pk}/").content
    browser.post(f"/outbox/{row.pk}/retry/")
    row.refresh_from_db()
    assert row.state == "failed"
