"""A visitor books a consultation."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from clients.models import Client
from consultations import limits, services
from consultations.domain.availability import Refusal, Slot
from consultations.models import Booking
from consultations.tests.rooms import make_booking, make_type, typed
from studio.outbox.models import Message

NINE_45 = datetime(2026, 11, 19, 9, 45, tzinfo=UTC)
PAGE = "/book/first-consultation/"


@pytest.fixture
def visitor(sign_in, kind):
    return sign_in()


def text(response) -> str:
    return response.content.decode()


def test_a_visitor_goes_from_the_type_to_the_confirmation(visitor):
    assert PAGE in text(visitor.get("/book/"))
    calendar = text(visitor.get(PAGE))
    assert 'value="2026-11-19"' in calendar and "London time" in calendar
    chosen = text(visitor.get(PAGE, {"show": "2026-11-19T09:45:00Z"}))
    assert "Book Thursday 09:45" in chosen and 'name="starts_at" value="2026-11-19T09:45:00Z"' in chosen
    answer = visitor.post(PAGE, typed(), follow=True)
    booking = Booking.objects.get()
    assert answer.redirect_chain == [(f"/booking/{booking.token}/", 302)]
    assert "See you Thursday, Elena." in text(answer)
    assert (booking.starts_at, booking.ends_at, booking.state) == (NINE_45, NINE_45 + timedelta(minutes=45), "booked")


def test_a_booking_makes_a_lead_and_writes_to_both(visitor, maya):
    visitor.post(PAGE, typed())
    lead = Client.objects.get()
    assert (lead.coach, lead.email, lead.status) == (maya, "elena@example.com", "lead")
    assert lead.story == "Left knee, sore on stairs." and Booking.objects.get().client == lead
    assert set(Message.objects.values_list("kind", "to", "client_id")) == {
        ("booking_confirmed", "elena@example.com", lead.pk),
        ("booking_new", "maya@example.com", lead.pk),
    }


def test_a_form_sent_twice_is_one_booking_with_the_same_confirmation(visitor):
    form = typed()
    first, second = visitor.post(PAGE, form), visitor.post(PAGE, form)
    assert first.url == second.url
    assert (Booking.objects.count(), Message.objects.count(), Client.objects.count()) == (1, 2, 1)


def test_a_form_that_made_a_booking_asks_before_it_makes_another(visitor):
    form = typed()
    visitor.post(PAGE, form)
    answer = visitor.post(PAGE, form | {"starts_at": "2026-11-19T11:15:00Z"})
    assert answer.status_code == 409 and "You have booked another time" in text(answer)
    assert Booking.objects.count() == 1
    again = form | {"starts_at": "2026-11-19T11:15:00Z", "client_uuid": str(answer.context["form_key"])}
    assert visitor.post(PAGE, again).status_code == 302


def test_whoever_comes_second_keeps_what_was_typed_and_sees_other_times(visitor, kind):
    make_booking(kind, NINE_45)
    answer = visitor.post(PAGE, typed(name="Omar Second", about="Hurts downhill."))
    page = text(answer)
    assert answer.status_code == 409
    assert "that time has just been taken" in page
    assert "Omar Second" in page and "Hurts downhill." in page
    assert 'name="look" value="2026-11-19T10:30:00Z"' in page
    assert 'value="2026-11-19T09:45:00Z"' not in page
    assert Booking.objects.count() == 1 and not Message.objects.exists()


def test_looking_at_another_day_loses_nothing_that_was_typed(visitor):
    answer = visitor.post(PAGE, typed(look="2026-11-21", name="Half typed", email="not yet", about="Since May 🏃"))
    page = text(answer)
    assert answer.status_code == 200 and not Booking.objects.exists()
    assert all(word in page for word in ("Half typed", "not yet", "Since May 🏃", "Saturday 21 November"))
    assert "invalid-feedback" not in page  # nobody complains about a form that was not sent yet


def test_a_wrong_field_is_named_and_the_rest_stays(visitor):
    answer = visitor.post(PAGE, typed(email="elena@runmail", age=""))
    page = text(answer)
    assert answer.status_code == 422 and not Booking.objects.exists()
    assert (
        "This address looks unfinished." in page
        and "Please say which." in page
        and "Left knee, sore on stairs." in page
    )
    assert "Book Thursday 09:45" in page


def test_under_16_is_told_what_to_do_and_nothing_is_kept(visitor):
    answer = visitor.post(PAGE, typed(age="under"))
    assert "parent or guardian" in text(answer) and "clinician" in text(answer)
    assert not Booking.objects.exists() and not Client.objects.exists() and not Message.objects.exists()


def test_a_machine_that_fills_in_everything_books_nothing(visitor):
    answer = visitor.post(PAGE, typed(website="https://spam.example"))
    assert answer.status_code == 422 and not Booking.objects.exists()


def test_one_network_address_cannot_fill_the_calendar(visitor, monkeypatch):
    monkeypatch.setattr(limits, "PER_NETWORK_ADDRESS", (2, 3600))
    days = [f"2026-11-{day}T09:45:00Z" for day in (19, 20, 21)]
    answers = [visitor.post(PAGE, typed(starts_at=day, email=f"{i}@example.com")) for i, day in enumerate(days)]
    assert [answer.status_code for answer in answers] == [302, 302, 429]
    assert "try again in an hour" in text(answers[2]) and "Left knee" in text(answers[2])


def test_a_form_sent_again_gets_its_confirmation_even_at_the_limit(visitor, monkeypatch):
    monkeypatch.setattr(limits, "PER_EMAIL", (1, 3600))
    form = typed()
    assert [visitor.post(PAGE, form).status_code for _ in range(3)] == [302, 302, 302]
    assert visitor.post(PAGE, typed(starts_at="2026-11-20T09:45:00Z")).status_code == 429


def test_times_are_shown_in_the_zone_that_was_chosen(visitor):
    page = text(visitor.get(PAGE, {"show": "2026-11-19T09:45:00Z", "zone": "Asia/Tokyo"}))
    assert "Thursday 19 November, 18:45 to 19:30" in page and "Tokyo time" in page
    visitor.post(PAGE, typed(zone="Asia/Tokyo"))
    assert Booking.objects.get().time_zone == "Asia/Tokyo"


@pytest.mark.parametrize(
    "changes, status",
    [
        ({"starts_at": "2026-11-18T09:45:00Z"}, 409),  # a quarter of an hour ago
        ({"starts_at": "2026-11-19T09:50:00Z"}, 409),  # between two starts
        ({"starts_at": "2026-11-19T20:00:00Z"}, 409),  # closed
        ({"starts_at": "2027-11-19T09:45:00Z"}, 409),  # beyond the horizon
        ({"starts_at": "2026-11-19T09:45:00"}, 422),
        ({"starts_at": "2026-11-19"}, 422),
        ({"starts_at": "0001-01-01T00:00:00Z"}, 422),
        ({"starts_at": "9999-12-31T23:59:59-12:00"}, 422),
        ({"starts_at": "soon"}, 422),
        ({"starts_at": "2026-11-19T09:45:00Z\x00"}, 422),
        ({"starts_at": ""}, 422),
        ({"name": "x" * 10_000}, 422),
        ({"name": "Ele\x00na"}, 422),
        ({"name": "   "}, 422),
        ({"email": "x" * 10_000 + "@example.com"}, 422),
        ({"email": "a@b\nBcc: all@example.com"}, 422),
        ({"about": "x" * 10_000}, 422),
        ({"about": "\x00"}, 422),
        ({"zone": "Mars/Olympus"}, 422),
        ({"zone": "../../etc/passwd"}, 422),
        ({"age": "99"}, 422),
        ({"client_uuid": "not a uuid"}, 302),
        ({"client_uuid": "\x00"}, 302),
        ({"client_uuid": ""}, 302),
        ({"name": "🏃‍♀️ Élena عربى \u202egniht"}, 302),
        ({"about": "السلام عليكم 🦵 <script>alert(1)</script>"}, 302),
    ],
)
def test_bad_input_gets_a_clear_answer(visitor, changes, status):
    answer = visitor.post(PAGE, typed(**changes))
    assert answer.status_code == status
    assert Booking.objects.count() == Client.objects.count() == (1 if status == 302 else 0)
    if status != 302:
        assert answer.context["problems"] or answer.context["form"].errors


@pytest.mark.parametrize("show", ["", "x", "2026-13", "2026-02-30", "0000-00", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "1999-01", "2999-01", "2026-11T10:00:00Z", "\x00", "2026-11-19T09:45:00Z" * 500])  # fmt: skip
@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago", "nowhere", "\x00"])
def test_any_address_of_the_calendar_shows_a_calendar(visitor, show, zone):
    answer = visitor.get(PAGE, {"show": show, "zone": zone})
    assert answer.status_code == 200 and "2026" in text(answer)


def test_what_is_not_offered_to_visitors_is_404(visitor, maya):
    make_type(maya, "Follow up", for_visitors=False)
    make_type(maya, "Old", is_active=False)
    for slug in ("follow-up", "old", "nothing", "x" * 5_000):
        assert visitor.get(f"/book/{slug}/").status_code == 404
        assert visitor.post(f"/book/{slug}/", typed()).status_code == 404
    assert visitor.get("/book/a%00b/").status_code == 404


def test_a_coach_who_left_is_not_booked(visitor, maya):
    maya.user.is_active = False
    maya.user.save()
    assert PAGE not in text(visitor.get("/book/"))
    assert visitor.post(PAGE, typed()).status_code == 404


def test_another_types_start_is_not_this_types(visitor, maya):
    make_type(maya, "Long one", minutes=60, step=60)
    assert visitor.post("/book/long-one/", typed(starts_at="2026-11-19T09:45:00Z")).status_code == 409
    assert visitor.post("/book/long-one/", typed(starts_at="2026-11-19T10:00:00Z")).status_code == 302


# --- the promise under it all


def book(kind, start=NINE_45, now=None, **changes):
    fields = {"name": "Elena", "email": "e@example.com", "about": "", "time_zone": "UTC", "client_uuid": uuid4()}
    return services.book(kind=kind, starts_at=start, now=now, **fields | changes)


def test_the_database_itself_refuses_a_second_booking(kind):
    make_booking(kind, NINE_45)
    with pytest.raises(IntegrityError, match="booking_one_per_slot"), transaction.atomic():
        make_booking(kind, NINE_45 + timedelta(minutes=44))
    make_booking(kind, NINE_45 + timedelta(minutes=45))  # touching is not overlapping


def test_a_booking_that_the_rules_missed_is_caught_by_the_constraint(kind, now, monkeypatch):
    """As when two processes judge before either has written."""
    make_booking(kind, NINE_45)
    free = Slot(NINE_45, NINE_45 + timedelta(minutes=45), NINE_45)
    monkeypatch.setattr(services, "fits", lambda request, start: free)
    with pytest.raises(services.NotFree) as refused:
        book(kind, now=now)
    assert refused.value.reason is Refusal.TAKEN
    assert Booking.objects.count() == 1  # and the connection is still good


def test_a_cancelled_booking_gives_its_time_back(kind, now):
    services.cancel(booking=book(kind, now=now), by=None, now=now)
    assert book(kind, now=now).is_standing


def test_the_daily_limit_counts_all_types_of_the_coach(kind, maya, omar, now):
    limited = make_type(maya, "Limited", per_day=1)
    assert book(limited, now=now)
    with pytest.raises(services.NotFree) as refused:
        book(limited, NINE_45 + timedelta(minutes=45), now=now)
    assert refused.value.reason is Refusal.DAY_FULL
    assert book(kind, NINE_45 + timedelta(minutes=45), now=now)  # this type has no limit


def test_buffers_keep_their_distance_from_what_was_booked_before(maya, kind, now):
    buffered = make_type(maya, "Buffered", buffer_after=10)
    book(buffered, now=now)
    with pytest.raises(services.NotFree):
        book(kind, NINE_45 + timedelta(minutes=45), now=now)
    buffered.buffer_after = 0
    buffered.save()
    with pytest.raises(services.NotFree):  # a booking keeps the buffers it was made with
        book(kind, NINE_45 + timedelta(minutes=45), now=now)


def test_booking_again_adds_to_the_record_that_is_there(kind, ana, now):
    booking = book(kind, now=now, email="ANA@example.com", about="Downhill too.")
    assert booking.client == ana
    ana.refresh_from_db()
    assert "Downhill too." in ana.story and ana.status == "active"


def test_a_booking_costs_few_queries(visitor):
    with CaptureQueriesContext(connection) as captured:
        assert visitor.post(PAGE, typed()).status_code == 302
    asked = [query["sql"] for query in captured if "SAVEPOINT" not in query["sql"]]
    assert len(asked) <= 20, "\n".join(asked)
