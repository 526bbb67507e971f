"""The coach's side: who comes, when she is there, and what can be booked."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from consultations.models import Booking, ConsultationType, HoursException, WeeklyHours
from consultations.tests.rooms import make_booking, make_type, open_week
from studio.outbox.models import Message

NINE_45 = datetime(2026, 11, 19, 9, 45, tzinfo=UTC)


@pytest.fixture
def coach(sign_in, maya):
    return sign_in(maya)


def page(answer) -> str:
    return answer.content.decode()


# --- the list


def test_the_list_shows_who_comes_and_in_whose_time(coach, kind, ana):
    make_booking(kind, NINE_45, name="Ana Silva", client=ana, time_zone="Asia/Tokyo")
    text = page(coach.get("/consultations/"))
    assert "Thursday 19 November 2026" in text and "09:45 to 10:30" in text
    assert "18:45 for Ana (Tokyo time)" in text and f"/clients/{ana.pk}/consultations/" in text and "New" in text


def test_past_and_cancelled_have_lists_of_their_own(coach, kind, now):
    make_booking(kind, NINE_45, name="Coming Person")
    make_booking(kind, now - timedelta(days=3), name="Past Person")
    make_booking(kind, now + timedelta(days=3), name="Gone Person", state="cancelled", cancelled_at=now)
    for show, name in (("", "Coming"), ("past", "Past"), ("cancelled", "Gone"), ("nonsense", "Coming")):
        text = page(coach.get("/consultations/", {"show": show}))
        assert [n for n in ("Coming", "Past", "Gone") if f"{n} Person" in text] == [name]


def test_another_coach_sees_none_of_it_and_the_owner_all(sign_in, kind, omar, owner):
    booking = make_booking(kind, NINE_45)
    exception = HoursException.objects.create(coach=kind.coach, date="2026-12-24")
    stranger = sign_in(omar)
    assert "Elena" not in page(stranger.get("/consultations/"))
    assert "First consultation" not in page(stranger.get("/consultations/types/"))
    for method, address in [
        ("get", f"/consultations/{booking.pk}/cancel/"),
        ("post", f"/consultations/{booking.pk}/cancel/"),
        ("post", f"/consultations/{booking.pk}/seen/"),
        ("post", f"/consultations/types/{kind.pk}/"),
        ("post", f"/consultations/hours/days/{exception.pk}/remove/"),
    ]:
        assert getattr(stranger, method)(address).status_code == 404
    booking.refresh_from_db()
    assert booking.is_standing and booking.seen_at is None and HoursException.objects.exists()
    text = page(sign_in(owner).get("/consultations/"))
    assert "Elena" in text and "with Maya Castillo" in text


def test_the_coach_cancels_and_the_runner_gets_a_letter(coach, kind, maya):
    booking = make_booking(kind, NINE_45)
    address = f"/consultations/{booking.pk}/cancel/"
    assert "Cancel Thursday, 09:45 with Elena Varga?" in page(coach.get(address))
    answers = [coach.post(address), coach.post(address)]
    assert [answer.status_code for answer in answers] == [302, 302]
    booking.refresh_from_db()
    assert (booking.state, booking.cancelled_by, booking.sequence) == ("cancelled", maya.user, 1)
    assert Message.objects.filter(kind="booking_cancelled", to="elena@example.com").count() == 1


def test_a_booking_is_new_until_it_was_seen(coach, kind, now):
    booking = make_booking(kind, NINE_45)
    assert list(Booking.objects.unseen()) == [booking]
    coach.post(f"/consultations/{booking.pk}/seen/")
    booking.refresh_from_db()
    assert booking.seen_at == now and not Booking.objects.unseen().exists()


def test_queries_of_the_lists_do_not_grow(coach, maya, ana, now):
    kind = make_type(maya)
    addresses = ["/consultations/", "/consultations/types/", f"/clients/{ana.pk}/consultations/"]

    def count(address) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert coach.get(address).status_code == 200
        return len(captured)

    for number in range(5):
        make_booking(kind, now + timedelta(hours=1 + number), client=ana)
    few = [count(address) for address in addresses]
    for number in range(5, 45):
        make_booking(kind, now + timedelta(hours=1 + number), client=ana)
        make_type(maya, f"Type {number}")
    assert [count(address) for address in addresses] == few


def test_the_runners_record_keeps_what_was_written_when_booking(coach, kind, ana, omar, sign_in):
    make_booking(kind, NINE_45, client=ana, about="Since the hill race\n<b>left</b>")
    address = f"/clients/{ana.pk}/consultations/"
    text = page(coach.get(address))
    assert "Since the hill race<br>&lt;b&gt;left" in text
    assert sign_in(omar).get(address).status_code == 404


# --- hours


def week(**times) -> dict:
    return {f"{day}-{pair}-{end}": "" for day in range(7) for pair in range(2) for end in ("start", "end")} | times


def test_hours_of_the_week_are_set_and_offered(coach, maya, sign_in):
    kind = make_type(maya)
    monday = {"0-0-start": "09:00", "0-0-end": "10:00", "0-1-start": "22:00", "0-1-end": "00:00"}
    assert coach.post("/consultations/hours/", week(**monday)).status_code == 302
    assert list(WeeklyHours.objects.values_list("weekday", "start", "end")) == [
        (0, time(9), time(10)),
        (0, time(22), None),  # midnight
    ]
    calendar = sign_in().get(f"/book/{kind.slug}/", {"show": "2026-11-23"}).context["page"]
    assert [[t.text for t in times] for _, times in calendar.parts] == [["09:00"], ["22:00", "22:45"]]
    text = page(coach.get("/consultations/hours/"))
    assert 'name="0-2-start"' in text and 'value="00:00"' in text  # one empty pair more; midnight reads as 00:00


def test_overlapping_hours_become_one(coach):
    coach.post("/consultations/hours/", week(**{"1-0-start": "09:00", "1-0-end": "11:00", "1-1-start": "10:00", "1-1-end": "12:00"}))  # fmt: skip
    assert list(WeeklyHours.objects.values_list("weekday", "start", "end")) == [(1, time(9), time(12))]


@pytest.mark.parametrize(
    "times",
    [
        {"0-0-start": "09:00"},
        {"0-0-end": "09:00"},
        {"0-0-start": "10:00", "0-0-end": "09:00"},
        {"0-0-start": "10:00", "0-0-end": "10:00"},
        {"0-0-start": "soon", "0-0-end": "later"},
        {"0-0-start": "25:00", "0-0-end": "26:00"},
        {"0-0-start": "\x00", "0-0-end": "x" * 10_000},
    ],
)
def test_hours_that_make_no_sense_change_nothing_and_stay_to_be_corrected(coach, maya, times):
    open_week(maya)
    answer = coach.post("/consultations/hours/", week(**times))
    assert answer.status_code == 422 and "hours-error" in page(answer)
    assert WeeklyHours.objects.count() == 7


def test_one_day_gets_hours_of_its_own_once(coach, maya, kind):
    make_booking(kind, NINE_45)
    form = {"date": "2026-11-19", "open-0-start": "", "open-0-end": "", "open-1-start": "", "open-1-end": ""}
    answer = coach.post("/consultations/hours/days/", form, follow=True)
    assert "They stay until you cancel them." in page(answer)
    assert "Closed" in page(answer)
    coach.post("/consultations/hours/days/", form | {"open-0-start": "14:00", "open-0-end": "00:00"})
    exception = HoursException.objects.get()
    assert exception.open == [["14:00", "24:00"]]
    coach.post(f"/consultations/hours/days/{exception.pk}/remove/")
    assert not HoursException.objects.exists()


@pytest.mark.parametrize("day", ["", "2026-11-17", "2199-01-01", "2026-02-30", "x", "\x00"])
def test_a_day_that_is_none_or_over_is_refused(coach, day):
    answer = coach.post("/consultations/hours/days/", {"date": day})
    assert answer.status_code == 422 and not HoursException.objects.exists()


# --- types


def type_form(**changes) -> dict:
    return {
        "name": "Form session", "description": "On the treadmill.", "place": "Studio", "bring": "", "minutes": "60", "step": "30",
        "buffer_before": "0", "buffer_after": "10", "notice_minutes": "120", "horizon_days": "60", "per_day": "",
        "is_active": "on", "for_visitors": "on",
    } | changes  # fmt: skip


def test_a_type_is_added_changed_and_taken_from_the_calendar(coach, maya, sign_in):
    assert coach.post("/consultations/types/new/", type_form()).status_code == 302
    kind = ConsultationType.objects.get()
    assert (kind.coach, kind.slug, kind.per_day) == (maya, "form-session", None)
    address = f"/consultations/types/{kind.pk}/"
    coach.post(address, type_form(name="Running form", per_day="3"))
    kind.refresh_from_db()
    assert (kind.name, kind.slug, kind.per_day) == ("Running form", "form-session", 3)  # links to it stay good
    coach.post(address, {key: value for key, value in type_form().items() if key != "is_active"})
    assert sign_in().get("/book/form-session/").status_code == 404


def test_names_alike_get_addresses_apart(coach):
    for name in ("Talk", "Talk", "talk!", "合宿", "🏃"):
        coach.post("/consultations/types/new/", type_form(name=name))
    slugs = ConsultationType.objects.values_list("slug", flat=True)
    assert set(slugs) == {"talk", "talk-2", "talk-3", "consultation", "consultation-2"}


@pytest.mark.parametrize(
    "changes",
    [
        {"name": ""}, {"name": "x" * 10_000}, {"name": "a\x00"}, {"minutes": "0"}, {"minutes": "481"}, {"minutes": "1e3"},
        {"minutes": "NaN"}, {"step": "-5"}, {"buffer_after": "99999999999999999999"}, {"notice_minutes": "-1"},
        {"horizon_days": "0"}, {"horizon_days": "366"}, {"per_day": "0"}, {"place": "x" * 201},
    ],
)  # fmt: skip
def test_a_type_out_of_range_is_refused(coach, changes):
    answer = coach.post("/consultations/types/new/", type_form(**changes))
    assert answer.status_code == 422 and not ConsultationType.objects.exists()
