"""Consent is versioned, kept in its words, and can be taken back."""

import pytest

from clients import consent, mail
from clients.models import Consent
from studio.outbox.models import Message
from studio.outbox.services import deliver


def test_a_yes_is_kept_with_its_words(ana, now):
    assert not consent.has_consent(ana)
    given = consent.give_consent(client=ana, now=now)
    assert consent.has_consent(ana)
    assert (given.version, given.text, given.given_at) == (consent.VERSION, consent.TEXT, now)


def test_a_second_yes_is_the_first(ana, now):
    assert consent.give_consent(client=ana, now=now) == consent.give_consent(client=ana, now=now)


def test_new_words_need_a_new_yes_and_the_old_one_stays_on_record(ana, now, monkeypatch):
    consent.give_consent(client=ana, now=now)
    monkeypatch.setattr(consent, "VERSION", "2027-01")
    assert not consent.has_consent(ana)
    consent.give_consent(client=ana, now=now)
    assert consent.has_consent(ana)
    assert Consent.objects.filter(client=ana).count() == 2


def test_withdrawing_ends_every_yes_keeps_the_rows_and_tells_the_coach(ana, now, monkeypatch, mailoutbox):
    consent.give_consent(client=ana, now=now)
    monkeypatch.setattr(consent, "VERSION", "2027-01")
    consent.give_consent(client=ana, now=now)
    assert consent.withdraw_consent(client=ana, now=now)
    assert not consent.has_consent(ana)
    assert list(Consent.objects.filter(client=ana).values_list("withdrawn_at", flat=True)) == [now, now]
    message = Message.objects.get()
    deliver(message_id=message.pk, now=now)
    assert mailoutbox[0].to == ["maya@example.com"]
    assert "Ana Silva withdrew the consent" in mailoutbox[0].body
    assert not consent.withdraw_consent(client=ana, now=now)
    assert Message.objects.count() == 1


def test_consent_can_be_given_again_after_it_was_withdrawn(ana, now):
    consent.give_consent(client=ana, now=now)
    consent.withdraw_consent(client=ana, now=now)
    consent.give_consent(client=ana, now=now)
    assert consent.has_consent(ana)


@pytest.mark.django_db
def test_a_letter_about_an_erased_record_is_not_sent(now):
    message = Message(kind="consent_withdrawn", data={"client": 2**40}, due_at=now)
    assert mail.CONSENT_WITHDRAWN.wanted(message)


def test_the_runner_reads_gives_and_withdraws_it_on_her_own_page(ana, sign_in):
    browser = sign_in(ana)
    assert consent.TEXT.split("\n")[0].encode() in browser.get("/me/settings/consent/").content
    browser.post("/me/settings/consent/give/")
    assert consent.has_consent(ana)
    assert b"Withdraw my consent" in browser.get("/me/settings/consent/").content
    browser.post("/me/settings/consent/withdraw/")
    browser.post("/me/settings/consent/withdraw/")  # a second tap changes nothing
    assert not consent.has_consent(ana)
    assert ana.consents.count() == 1
