"""A lead comes from a booking; the coach invites; the runner accepts, once."""

from datetime import date, timedelta
from threading import Barrier, Thread

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from clients import mail
from clients.models import Client, Invitation
from clients.services import addresses, facts, invitations, record
from clients.tests.people import PASSWORD, make_client, make_coach, make_lead
from studio.accounts.models import User
from studio.outbox.models import Message
from studio.outbox.services import deliver

BOOKED = {"name": "Lea Novak", "email": "Lea@Example.com", "story": "Hurts on stairs.", "time_zone": "Europe/Paris"}
ANSWERS = {
    "name": "Lea Novak",
    "born_on": "1992-05-01",
    "time_zone": "Europe/Paris",
    "password": "three-quiet-words",
    "again": "three-quiet-words",
}


@pytest.fixture
def lea(maya):
    return make_lead(maya, "Lea Novak", email="lea@example.com")


@pytest.fixture
def invitation(lea, maya):
    return invitations.invite(client=lea, by=maya.user, now=timezone.now())


@pytest.fixture
def link(invitation):
    return reverse("clients:invitation", kwargs={"token": invitations.invitation_token(invitation)})


# --- leads


def test_a_booking_makes_a_lead(maya, now):
    lead = record.lead_from_booking(coach=maya, now=now, **BOOKED)
    assert (lead.status, lead.email, lead.story, lead.time_zone) == (
        "lead", "lea@example.com", "Hurts on stairs.", "Europe/Paris",
    )  # fmt: skip


def test_a_second_booking_adds_its_story_to_the_same_record(maya, now):
    first = record.lead_from_booking(coach=maya, now=now, **BOOKED)
    again = record.lead_from_booking(
        coach=maya, now=now, **BOOKED | {"story": "Now downhill too.", "email": "lea@EXAMPLE.com"}
    )
    record.lead_from_booking(coach=maya, now=now, **BOOKED | {"story": "Now downhill too."})
    assert again == first
    assert Client.objects.get().story == "Hurts on stairs.\n\nNow downhill too."


@pytest.mark.parametrize("status", ["invited", "active", "paused", "finished"])
def test_a_booking_never_lowers_or_renames_a_record(maya, now, status):
    lea = make_client(maya, "Lea Novak", email="lea@example.com", status=status, time_zone="Europe/Rome")
    record.lead_from_booking(coach=maya, now=now, **BOOKED | {"name": "Somebody Else"})
    lea.refresh_from_db()
    assert (lea.status, lea.name, lea.time_zone) == (status, "Lea Novak", "Europe/Rome")


def test_two_coaches_may_know_the_same_person(maya, omar, now):
    assert record.lead_from_booking(coach=maya, now=now, **BOOKED) != record.lead_from_booking(
        coach=omar, now=now, **BOOKED
    )


@pytest.mark.django_db(transaction=True)
def test_two_bookings_at_once_make_one_lead(now):
    coach, ready, made = make_coach(), Barrier(2), []

    def book(story):
        try:
            ready.wait()
            made.append(record.lead_from_booking(coach=coach, now=now, **BOOKED | {"story": story}).pk)
        finally:
            connection.close()

    threads = [Thread(target=book, args=(story,)) for story in ("One.", "Two.")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 1
    assert sorted(Client.objects.get().story.split("\n\n")) == ["One.", "Two."]


# --- the invitation


def test_the_invitation_is_mailed_with_a_link_that_is_stored_nowhere(lea, maya, now, mailoutbox):
    invitation = invitations.invite(client=lea, by=maya.user, now=now)
    message = Message.objects.get()
    token = invitations.invitation_token(invitation)
    deliver_at(message, invitation)
    assert token in mailoutbox[0].body
    assert token in mailoutbox[0].alternatives[0].content
    assert "Maya Castillo invites you" in mailoutbox[0].subject
    message.refresh_from_db()
    assert (message.state, message.body, message.html, message.subject) == ("sent", "", "", "")
    assert token not in str(message.data)
    lea.refresh_from_db()
    assert lea.status == "invited"


def deliver_at(message, invitation):
    """Send it a minute after it was planned, whatever the real clock says."""
    import time_machine

    with time_machine.travel(invitation.created_at + timedelta(minutes=1)):
        deliver(message_id=message.pk, now=invitation.created_at + timedelta(minutes=1))


def test_a_new_invitation_replaces_the_old_one(lea, maya, now):
    first = invitations.invite(client=lea, by=maya.user, now=now)
    second = invitations.invite(client=lea, by=maya.user, now=now)
    first.refresh_from_db()
    assert not first.is_open(now)
    assert second.is_open(now)


@pytest.mark.parametrize("what", ["revoked", "expired", "accepted", "erased"])
def test_an_invitation_that_no_longer_works_is_not_sent(lea, maya, now, what):
    invitation = invitations.invite(client=lea, by=maya.user, now=now)
    message = Message.objects.get()
    if what == "erased":
        invitation.delete()
    else:
        change = {
            "revoked": {"revoked_at": now},
            "expired": {"expires_at": now - timedelta(days=1)},
            "accepted": {"accepted_at": now},
        }
        Invitation.objects.update(**change[what])
    assert mail.INVITATION.wanted(message)


def test_who_signs_in_already_is_not_invited(ana, maya, now):
    with pytest.raises(invitations.AlreadySignsIn):
        invitations.invite(client=ana, by=maya.user, now=now)


def test_a_runner_known_to_be_under_16_is_not_invited(maya, now):
    child = make_lead(maya, born_on=date(2012, 1, 1))
    with pytest.raises(invitations.UnderAge):
        invitations.invite(client=child, by=maya.user, now=now)
    assert not Message.objects.exists()


def test_a_revoked_invitation_makes_a_lead_again(invitation, lea, now):
    assert invitations.revoke(invitation=invitation, now=now)
    lea.refresh_from_db()
    assert lea.status == "lead"
    assert not invitations.revoke(invitation=invitation, now=now)


def test_a_corrected_address_closes_the_link_that_went_to_the_wrong_one(invitation, lea, now, link, sign_in):
    assert addresses.change_email(client=lea, email="Lea.Novak@example.com", now=now)
    lea.refresh_from_db()
    assert (lea.email, lea.status) == ("lea.novak@example.com", "lead")
    assert sign_in().get(link).status_code == 410


# --- accepting it


def test_the_runner_accepts_and_is_signed_in(link, lea, sign_in):
    browser = sign_in()
    assert browser.get(link).status_code == 200
    response = browser.post(link, ANSWERS)
    assert response.status_code == 302
    assert response.url == reverse("assessments:intake")
    user = User.objects.get(email="lea@example.com")
    assert (user.role, user.time_zone, user.name) == ("client", "Europe/Paris", "Lea Novak")
    assert browser.session["_auth_user_id"] == str(user.pk)
    assert EmailAddress.objects.get(user=user, verified=True, primary=True).email == "lea@example.com"
    lea.refresh_from_db()
    assert (lea.user, lea.status, lea.born_on, lea.time_zone) == (user, "active", date(1992, 5, 1), "Europe/Paris")


def test_the_link_works_once(link, sign_in):
    sign_in().post(link, ANSWERS)
    again = sign_in().post(link, ANSWERS | {"password": "another-three-words", "again": "another-three-words"})
    assert again.status_code == 410
    assert b"has been used" in again.content
    assert User.objects.filter(role="client").count() == 1
    assert User.objects.get(role="client").check_password("three-quiet-words")


@pytest.mark.django_db(transaction=True)
def test_two_tabs_at_once_make_one_account(now):
    coach = make_coach()
    invitation = invitations.invite(client=make_lead(coach), by=coach.user, now=now)
    ready, outcomes = Barrier(2), []

    def accept():
        try:
            ready.wait()
            invitations.accept(
                invitation=invitation, name="Lea", password=PASSWORD, time_zone="UTC", born_on=date(1990, 1, 1), now=now
            )
            outcomes.append("yes")
        except invitations.InvitationClosed:
            outcomes.append("closed")
        finally:
            connection.close()

    threads = [Thread(target=accept) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["closed", "yes"]
    assert User.objects.filter(role="client").count() == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [({"expires_at": "past"}, b"run out"), ({"revoked_at": "past"}, b"does not work any more")],
)
def test_a_link_that_ran_out_or_was_taken_back_is_gone_and_says_so(link, sign_in, change, words):
    past = Invitation.objects.get().created_at - timedelta(days=1)
    Invitation.objects.update(**dict.fromkeys(change, past))
    for response in (sign_in().get(link), sign_in().post(link, ANSWERS)):
        assert response.status_code == 410
        assert words in response.content
        assert b"Lea" not in response.content
    assert not User.objects.filter(role="client").exists()


@pytest.mark.parametrize("token", ["1.forged", "nonsense", "1", ".", "9" * 400, "1.%00", "🏃", "1:2:3"])
def test_a_link_that_we_never_made_is_404_and_tells_nothing(db, sign_in, token):
    response = sign_in().get(f"/invitation/{token}/")
    assert response.status_code == 404
    assert b"@" not in response.content


def test_one_characters_difference_is_another_link(link, sign_in):
    swapped = link[:-2] + ("A" if link[-2] != "A" else "B") + "/"
    assert sign_in().get(swapped).status_code == 404


def of_age(years):
    return f"{timezone.now().year - years}-01-01"


def test_under_16_no_sign_in_is_made_and_the_page_says_what_to_do(link, lea, sign_in):
    response = sign_in().post(link, ANSWERS | {"born_on": of_age(14)}, follow=True)
    assert b"parent or guardian" in response.content
    assert b"clinician" in response.content
    lea.refresh_from_db()
    assert (lea.user, lea.status, lea.born_on.year) == (None, "invited", timezone.now().year - 14)
    assert not User.objects.filter(role="client").exists()


def test_nobody_passes_by_typing_another_year(link, lea, sign_in):
    """A real under-16 who goes back and types an older date is the case the hold is for."""
    sign_in().post(link, ANSWERS | {"born_on": of_age(14)})
    again = sign_in().post(link, ANSWERS)
    assert b"Typed the wrong year?" in again.content and b'name="born_on"' not in again.content
    with pytest.raises(invitations.UnderAge):
        invitations.accept(
            invitation=Invitation.objects.get(), name="Lea", password=PASSWORD, time_zone="UTC",
            born_on=date(1990, 1, 1), now=timezone.now(),
        )  # fmt: skip
    assert not User.objects.filter(role="client").exists()


def test_one_press_asks_the_coach_once_and_her_correction_opens_the_link(link, lea, maya, sign_in):
    browser = sign_in()
    browser.post(link, ANSWERS | {"born_on": of_age(0)[:4] + "-01-01"})
    for _ in range(2):
        assert b"has a message about it" in browser.post(link, {"ask": "1"}, follow=True).content
    assert Message.objects.filter(kind="birth_date_question", to=maya.user.email).count() == 1
    lea.refresh_from_db()
    facts.correct_facts(
        client=lea, said={"born_on": date(1992, 5, 1)}, was={"born_on": lea.born_on}, reason="Typed this year.",
        by=maya.user, now=timezone.now(),
    )  # fmt: skip
    assert Message.objects.filter(kind="birth_date_corrected", to="lea@example.com").count() == 1
    assert sign_in().post(link, ANSWERS).url == reverse("assessments:intake")
    assert User.objects.filter(role="client").count() == 1


def test_a_younger_date_than_the_coach_noted_closes_the_link_and_stays_readable(link, lea, sign_in):
    Client.objects.filter(pk=lea.pk).update(born_on=date(1992, 5, 1))
    sign_in().post(link, ANSWERS | {"born_on": of_age(14)})
    assert "1 May 1992 -> 1 January" in lea.notes.get().body
    assert b"Typed the wrong year?" in sign_in().get(link).content


@pytest.mark.parametrize(("days", "is_old_enough"), [(0, True), (1, False)])
def test_sixteen_today_is_old_enough_and_sixteen_tomorrow_is_not(lea, maya, now, days, is_old_enough):
    invitation = invitations.invite(client=lea, by=maya.user, now=now)
    birthday = now.date().replace(year=now.year - 16) + timedelta(days=days)
    fields = {"invitation": invitation, "name": "Lea", "password": PASSWORD, "time_zone": "UTC", "now": now}
    if is_old_enough:
        assert invitations.accept(born_on=birthday, **fields)
    else:
        with pytest.raises(invitations.UnderAge):
            invitations.accept(born_on=birthday, **fields)


def test_an_address_that_signs_in_already_is_told_so(link, sign_in, lea, omar):
    from studio.accounts.tests.people import make_user

    make_user("Lea Coach", email="lea@example.com", role="coach")
    for response in (sign_in().get(link), sign_in().post(link, ANSWERS)):
        assert response.status_code == 410
        assert b"You have a sign-in already" in response.content
    lea.refresh_from_db()
    assert lea.user is None


def test_somebody_who_is_signed_in_is_asked_to_sign_out_first(link, sign_in, maya):
    browser = sign_in(maya)
    response = browser.post(link, ANSWERS)
    assert b"sign out first" in response.content
    assert browser.session["_auth_user_id"] == str(maya.user.pk)
    assert not User.objects.filter(role="client").exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "x" * 10_000},
        {"name": "Lea\x00"},
        {"born_on": "yesterday"},
        {"born_on": "0001-01-01"},
        {"born_on": "2999-01-01"},
        {"born_on": "1992-13-41"},
        {"time_zone": "Mars/Olympus"},
        {"password": "short", "again": "short"},
        {"password": "1234567890123", "again": "1234567890123"},
        {"password": "lea@example.com", "again": "lea@example.com"},
        {"again": "something-else-here"},
        {"password": "p" * 10_000, "again": "p" * 10_000},
    ],
)
def test_answers_that_cannot_be_taken_are_shown_and_nothing_is_made(link, sign_in, wrong):
    response = sign_in().post(link, ANSWERS | wrong)
    assert response.status_code == 422
    assert b"invalid-feedback" in response.content
    assert not User.objects.filter(role="client").exists()
    assert Invitation.objects.get().accepted_at is None


@pytest.mark.parametrize("name", ["Ženíšek 🏃‍♀️", "محمد علي", "Robert'); DROP TABLE clients_client;--", "<b>Lea</b>"])
def test_any_name_is_kept_as_it_was_written(link, sign_in, name, lea):
    sign_in().post(link, ANSWERS | {"name": name})
    lea.refresh_from_db()
    assert lea.name == name
