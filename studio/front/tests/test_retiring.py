"""A coach leaves: everything she has is a colleague's first, then she is out. And she comes back."""

from datetime import timedelta

import pytest
from django.urls import reverse

from clients.alarms import raise_alarm
from clients.models import Alarm, Client
from clients.services import handing_over
from clients.tests.people import PASSWORD, make_client, make_lead
from consultations import services as consultations
from consultations.models import Booking
from consultations.tests import rooms
from programs.tests.people import planned
from studio.front import retiring
from studio.outbox.models import Message
from studio.outbox.services import deliver, plan_message

DAY = timedelta(days=1)


@pytest.fixture
def now():
    """The views ask the clock."""
    from django.utils import timezone

    return timezone.now()


@pytest.fixture
def kind(maya):
    return rooms.make_type(maya)


def address(coach):
    return reverse("front:coach_retire", kwargs={"pk": coach.pk})


def leave(coach, to, owner, now, choices=()):
    return retiring.retire(coach=coach, to=to, choices=dict(choices), by=owner.user, now=now)


def test_access_follows_the_record(owner, maya, omar, ana, now, sign_in):
    planned(ana, now)
    pages = [
        reverse(name, kwargs={"pk": ana.pk})
        for name in ("front:client_record", "clients:details", "programs:plan", "assessments:list")
    ]
    before, after = sign_in(maya), sign_in(omar)
    assert [before.get(page).status_code for page in pages] == [200] * 4
    assert [after.get(page).status_code for page in pages] == [404] * 4
    assert leave(maya, omar, owner, now)
    assert [before.get(page).status_code for page in pages] == [302] * 4  # to the sign-in
    assert [after.get(page).status_code for page in pages] == [200] * 4
    assert sign_in(ana).get("/me/").status_code == 200


def test_she_is_out_everywhere_and_her_old_sessions_never_come_back(owner, maya, omar, now, sign_in, client):
    browser = sign_in(maya)
    leave(maya, omar, owner, now)
    assert browser.get("/today/").url.startswith("/accounts/login/")
    signed = {"login": maya.user.email, "password": PASSWORD}
    assert client.post("/accounts/login/", signed).status_code == 200 and "_auth_user_id" not in client.session
    client.post("/accounts/login/code/", {"email": maya.user.email})
    assert not Message.objects.filter(to=maya.user.email, kind="login_code").exists()
    retiring.bring_back(coach=maya)
    assert browser.get("/today/").url.startswith("/accounts/login/")
    assert sign_in(maya.user.__class__.objects.get(pk=maya.user.pk)).get("/today/").status_code == 200


def test_every_record_goes_finished_ones_too_and_runners_hear_of_it(owner, maya, omar, ana, now):
    make_lead(maya)
    make_client(maya, "Old Friend", status=Client.Status.FINISHED)
    leave(maya, omar, owner, now)
    assert Client.objects.filter(coach=omar).count() == 3
    letter = Message.objects.get(kind="coach_changed")
    assert (letter.user, letter.coach) == (ana.user, omar)
    assert "Maya Castillo to Omar Haddad" in ana.notes.get().body


def test_an_open_alarm_reaches_the_new_coach_at_once(owner, maya, omar, ana, now):
    raise_alarm(client=ana, kind=Alarm.Kind.STOP, key="stop:1", because="Pain 8.", now=now)
    Message.objects.filter(kind="alarm").update(state="sent", sent_at=now)
    leave(maya, omar, owner, now)
    assert Message.objects.filter(kind="alarm", to=omar.user.email, state="planned").count() == 1


def test_what_waited_for_her_in_the_outbox_goes_to_her_colleague(owner, maya, omar, ana, now):
    waiting = plan_message(
        kind="birth_date_question", key="q", to=maya.user.email, user=maya.user, coach=maya, client_id=ana.pk,
        data={"client": ana.pk}, now=now,
    )  # fmt: skip
    leave(maya, omar, owner, now)
    waiting.refresh_from_db()
    assert (waiting.to, waiting.user, waiting.coach) == (omar.user.email, omar.user, omar)


def test_a_consultation_is_handed_over_with_a_letter_to_both(owner, maya, omar, kind, now, mailoutbox):
    booking = rooms.make_booking(kind, now + DAY, client=make_lead(maya))
    leave(maya, omar, owner, now, {booking.pk: "hand_over"})
    booking.refresh_from_db()
    assert (booking.coach, booking.state, booking.sequence, booking.seen_at) == (omar, "booked", 1, None)
    letter = Message.objects.get(kind="booking_handed_over")
    assert deliver(message_id=letter.pk, now=now + timedelta(minutes=1)) == "sent"
    mail = mailoutbox[0]
    assert "Omar Haddad takes your consultation" in mail.body and "SEQUENCE:1" in str(mail.attachments[0].content)
    assert Message.objects.filter(kind="booking_new", to=omar.user.email).count() == 1


def test_a_consultation_is_cancelled_with_a_letter_that_says_who(owner, maya, omar, kind, now, mailoutbox):
    booking = rooms.make_booking(kind, now + DAY)
    leave(maya, omar, owner, now, {booking.pk: "cancel"})
    booking.refresh_from_db()
    assert (booking.coach, booking.state, booking.cancelled_by) == (maya, "cancelled", owner.user)
    for name in ("booking_cancelled", "booking_cancelled_coach"):
        deliver(message_id=Message.objects.get(kind=name).pk, now=now + timedelta(minutes=1))
    assert "We have to cancel" in mailoutbox[0].alternatives[0].content
    assert "Bethany Brown cancelled" in mailoutbox[1].body


def test_her_booking_page_is_gone_and_comes_back_with_her(owner, maya, omar, kind, now, sign_in):
    visitor = sign_in()
    leave(maya, omar, owner, now)
    assert kind.name not in visitor.get("/book/").content.decode()
    assert visitor.get(f"/book/{kind.slug}/").status_code == 404
    assert sign_in(owner).post(reverse("front:coach_return", kwargs={"pk": maya.pk})).status_code == 302
    assert visitor.get(f"/book/{kind.slug}/").status_code == 200


def test_a_page_that_was_open_books_nothing_with_one_who_left(owner, maya, omar, kind, now):
    rooms.open_week(maya)
    leave(maya, omar, owner, now)
    with pytest.raises(consultations.NotFree):
        consultations.book(
            kind=kind, starts_at=now + DAY, name="Elena", email="e@example.com", about="", time_zone="UTC",
            client_uuid="6f1e0c0e-3f0e-4d7e-9d0e-2f6f5f0c1a11", now=now,
        )  # fmt: skip
    assert not Client.objects.filter(coach=maya).exists()


# --- what stops it, with nothing half-done -----------------------------------------------------------------------------


def nothing_happened(maya, *, runners):
    maya.user.refresh_from_db()
    return maya.user.is_active and Client.objects.filter(coach=maya).count() == runners and not Message.objects.exists()


def test_two_records_for_one_address_are_named_and_stop_it(owner, maya, omar, ana, now, sign_in):
    make_lead(omar, "Ana S.", email="ANA@example.com")
    page = sign_in(owner).get(address(maya) + f"?to={omar.pk}").content.decode()
    assert "has records for the same addresses" in page and "ana@example.com" in page
    assert 'type="submit">Maya Castillo leaves' not in page
    with pytest.raises(retiring.RetiringError):
        leave(maya, omar, owner, now)
    assert nothing_happened(maya, runners=1)


def test_a_clash_can_only_be_cancelled(owner, maya, omar, ana, kind, now, sign_in):
    booking = rooms.make_booking(kind, now + DAY, client=ana)
    rooms.make_booking(rooms.make_type(omar, "Of omar"), now + DAY)
    browser = sign_in(owner)
    assert (
        "Omar Haddad has another consultation then." in browser.get(address(maya) + f"?to={omar.pk}").content.decode()
    )
    said = {"to": omar.pk, f"booking-{booking.pk}": "hand_over"}
    assert browser.post(address(maya), said).status_code == 422
    with pytest.raises(retiring.RetiringError):
        leave(maya, omar, owner, now, {booking.pk: "hand_over"})
    assert nothing_happened(maya, runners=1)
    assert browser.post(address(maya), said | {f"booking-{booking.pk}": "cancel"}).status_code == 302


def test_a_booking_that_came_in_since_is_decided_about_first(owner, maya, omar, kind, now):
    rooms.make_booking(kind, now + DAY)
    with pytest.raises(retiring.RetiringError, match="booked since"):
        leave(maya, omar, owner, now)
    assert nothing_happened(maya, runners=0)


def test_what_has_begun_stays_hers(owner, maya, omar, kind, now):
    begun = rooms.make_booking(kind, now - timedelta(minutes=10))
    assert leave(maya, omar, owner, now)
    assert Booking.objects.get(pk=begun.pk).coach == maya


def test_the_owner_cannot_leave_and_nobody_takes_over_from_herself(owner, maya, omar, now, sign_in):
    for coach, to in ((owner, maya), (maya, maya)):
        with pytest.raises(retiring.RetiringError):
            leave(coach, to, owner, now)
    assert sign_in(owner).get(address(owner)).status_code == 404
    leave(omar, maya, owner, now)
    with pytest.raises(retiring.RetiringError):
        leave(maya, omar, owner, now)


def test_pressed_twice_it_happens_once(owner, maya, omar, ana, now, sign_in):
    browser = sign_in(owner)
    assert [browser.post(address(maya), {"to": omar.pk}).status_code for _ in range(2)] == [302, 302]
    assert Message.objects.filter(kind="coach_changed").count() == 1
    assert not leave(maya, omar, owner, now)


def test_what_will_happen_is_listed_before(owner, maya, ana, kind, now, sign_in):
    rooms.make_booking(kind, now + DAY, client=ana)
    make_client(maya, "Old Friend", status=Client.Status.FINISHED)
    page = sign_in(owner).get(address(maya)).content.decode()
    for words in ("1 current, 1 finished", "Ana Silva", "Elena Varga", "can no longer be booked", "data-confirm"):
        assert words in page
    assert "Bethany takes it" in page  # the owner is offered first


def test_who_has_left_is_offered_nowhere(owner, maya, omar, now, sign_in):
    leave(maya, omar, owner, now)
    browser = sign_in(owner)
    assert "Maya Castillo" not in browser.get(reverse("clients:new")).content.decode()
    assert [str(each) for each in retiring.colleagues(omar)] == ["Bethany Brown"]
    assert "Has left" in browser.get(reverse("front:studio_settings")).content.decode()


def test_a_record_that_came_to_both_while_one_was_looking_is_no_500(owner, maya, omar, ana, now):
    make_lead(omar, email=ana.email)
    with pytest.raises(handing_over.SameAddress) as problem:
        handing_over.hand_over(coach=maya, to=omar, by=owner.user, now=now)
    assert problem.value.clients == [ana]
