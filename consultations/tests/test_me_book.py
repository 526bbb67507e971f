"""A runner who is signed in books with her own coach."""

from datetime import UTC, date, datetime

import pytest

from clients import consent
from clients.models import Client
from consultations.models import Booking
from consultations.tests.rooms import make_booking, make_type, typed
from studio.outbox.models import Message

NINE_45 = datetime(2026, 11, 19, 9, 45, tzinfo=UTC)
PAGE = "/me/book/first-consultation/"


@pytest.fixture
def runner(sign_in, kind, ana):
    return sign_in(ana)


def page(answer) -> str:
    return answer.content.decode()


def form(**changes) -> dict:
    kept = ("about", "zone", "starts_at", "client_uuid")
    return {key: value for key, value in typed().items() if key in kept} | changes


def test_nothing_is_asked_that_the_record_knows(runner):
    text = page(runner.get(PAGE, {"show": "2026-11-19T09:45:00Z"}))
    assert "Book Thursday 09:45" in text
    assert not any(f'name="{field}"' in text for field in ("name", "email", "age"))


def test_the_booking_belongs_to_the_record(runner, ana):
    answer = runner.post(PAGE, form(name="Somebody Else", email="else@example.com"))
    booking = Booking.objects.get()
    assert answer.status_code == 302 and booking.client == ana
    assert (booking.name, booking.email) == ("Ana Silva", "ana@example.com")
    assert Client.objects.count() == 1
    assert Message.objects.get(kind="booking_confirmed").user == ana.user
    assert "Thursday 19 November, 09:45 to 10:30" in page(runner.get("/me/book/"))


def test_without_her_consent_nothing_is_asked_about_the_knee_and_she_can_book_all_the_same(runner, ana, now):
    consent.give_consent(client=ana, now=now)
    consent.withdraw_consent(client=ana, now=now)
    text = page(runner.get(PAGE, {"show": "2026-11-19T09:45:00Z"}))
    assert 'name="about"' not in text and "Book Thursday 09:45" in text
    assert runner.post(PAGE, form(about="")).status_code == 302
    assert Booking.objects.get().about == ""


@pytest.mark.parametrize("press", [{}, {"look": "2026-11-20"}])
def test_an_old_tab_that_still_tells_of_the_knee_keeps_the_words_on_the_screen(runner, ana, now, press):
    consent.give_consent(client=ana, now=now)
    consent.withdraw_consent(client=ana, now=now)
    answer = runner.post(PAGE, form(about="It aches on stairs.", **press))
    assert answer.status_code == 409 and "It aches on stairs." in page(answer)
    assert not Booking.objects.exists()


def test_types_for_runners_alone_are_offered_and_another_coachs_are_not(runner, maya, omar):
    make_type(maya, "Follow up", for_visitors=False)
    make_type(omar, "Of omar")
    text = page(runner.get("/me/book/"))
    assert "Follow up" in text and "First consultation" in text and "Of omar" not in text
    assert runner.get("/me/book/follow-up/").status_code == 200
    assert runner.get("/me/book/of-omar/").status_code == 404
    assert runner.post("/me/book/of-omar/", form()).status_code == 404


def test_the_public_page_of_her_coach_leads_her_to_her_own(runner):
    assert runner.get("/book/first-consultation/").url == PAGE


def test_under_16_is_told_what_to_do(runner, ana):
    ana.born_on = date(2012, 1, 1)
    ana.save()
    answer = runner.post(PAGE, form())
    assert "parent or guardian" in page(answer) and not Booking.objects.exists()


def test_somebody_elses_bookings_are_not_on_her_page(runner, kind):
    make_booking(kind, NINE_45, name="Not Ana")
    text = page(runner.get("/me/book/"))
    assert "See or cancel" not in text


def test_a_taken_time_keeps_what_she_wrote(runner, kind):
    make_booking(kind, NINE_45)
    answer = runner.post(PAGE, form(about="Can we look at the stairs?"))
    assert answer.status_code == 409 and "Can we look at the stairs?" in page(answer)


def test_a_first_consultation_is_for_those_who_are_new(runner, kind, maya):
    kind.for_runners = False
    kind.save()
    make_type(maya, "Follow up", for_visitors=False)
    text = page(runner.get("/me/book/"))
    assert "Follow up" in text and "First consultation" not in text
    assert runner.get(PAGE).status_code == 404
    assert runner.post(PAGE, form()).status_code == 404
    assert runner.get("/book/first-consultation/").url == "/me/book/"
    assert not Booking.objects.exists()


def test_what_is_for_both_is_offered_to_both(runner, maya, sign_in):
    make_type(maya, "Full assessment")
    assert "Full assessment" in page(runner.get("/me/book/"))
    assert "Full assessment" in page(sign_in().get("/book/"))


def test_a_type_for_nobody_is_refused(kind, maya, sign_in):
    address = f"/consultations/types/{kind.pk}/"
    said = {
        name: value for name, value in sign_in(maya).get(address).context["form"].initial.items() if value is not None
    }
    answer = sign_in(maya).post(address, {k: v for k, v in said.items() if not k.startswith("for_")})
    assert answer.status_code == 422 and "Offer it to somebody" in page(answer)
    answer = sign_in(maya).post(address, {k: v for k, v in said.items() if k != "for_runners"})
    assert answer.status_code == 302
    kind.refresh_from_db()
    assert (kind.for_visitors, kind.for_runners) == (True, False)
