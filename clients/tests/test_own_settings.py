"""The runner's own settings."""

import pytest

from clients.forms import hour_words
from clients.services import addresses, record
from clients.tests.people import make_client
from studio.accounts.tests.people import PASSWORD, make_user

PERSON = {
    "part": "person",
    "person-name": "Ana Maria",
    "person-time_zone": "America/New_York",
    "person-units": "imperial",
    "person-first_weekday": "6",
    "person-clock_24h": "0",
}
TRAINING = {
    "part": "training",
    "training-weekdays": ["tue", "mon"],
    "training-minutes": "25",
    "training-if_then_cue": "after coffee",
    "training-if_then_place": "on the mat",
    "training-kit": ["mat"],
}
NOTE = {"part": "note", "note-wanted": "on", "note-note_weekday": "0", "note-note_hour": "7"}


@pytest.fixture
def me(ana, sign_in):
    return sign_in(ana)


def test_the_runner_says_who_and_where_she_is(ana, me):
    assert me.post("/me/settings/", PERSON).status_code == 302
    ana.refresh_from_db()
    user = ana.user
    assert (user.name, user.time_zone, user.units, user.first_weekday, user.clock_24h) == (
        "Ana Maria", "America/New_York", "imperial", 6, False,
    )  # fmt: skip
    assert (ana.name, ana.time_zone) == ("Ana Maria", "America/New_York")


def test_the_runner_says_when_and_with_what_she_trains(ana, me):
    assert me.post("/me/settings/", TRAINING).status_code == 302
    ana.refresh_from_db()
    assert (ana.weekdays, ana.minutes, ana.if_then_cue, ana.if_then_place, ana.kit) == (
        ["mon", "tue"], 25, "after coffee", "on the mat", ["mat"],
    )  # fmt: skip


def test_the_weekly_note_is_switched_off_and_on(ana, me):
    me.post("/me/settings/", {key: value for key, value in NOTE.items() if key != "note-wanted"})
    ana.refresh_from_db()
    assert (ana.note_weekday, ana.note_hour) == (0, 7)
    off_since = ana.note_off_at
    assert off_since is not None
    record.choose_weekly_note(client=ana, wanted=False, weekday=0, hour=8, now=off_since.replace(year=2030))
    assert ana.note_off_at == off_since  # off since the first time
    me.post("/me/settings/", NOTE)
    ana.refresh_from_db()
    assert ana.note_off_at is None


@pytest.mark.parametrize(("hour", "words"), [(0, "12:00 am"), (9, "9:00 am"), (12, "12:00 pm"), (18, "6:00 pm")])
def test_hours_in_twelve_hour_words(hour, words):
    assert hour_words(hour, clock_24h=False) == words
    assert hour_words(hour, clock_24h=True) == f"{hour:02}:00"


@pytest.mark.parametrize(
    "wrong",
    [
        PERSON | {"person-name": "x" * 10_000},
        PERSON | {"person-name": "a\x00"},
        PERSON | {"person-time_zone": "Atlantis"},
        PERSON | {"person-units": "parsecs"},
        PERSON | {"person-first_weekday": "3"},
        PERSON | {"person-clock_24h": "maybe"},
        TRAINING | {"training-minutes": "1000"},
        TRAINING | {"training-weekdays": ["someday"]},
        TRAINING | {"training-kit": ["\x00"]},
        NOTE | {"note-note_hour": "24"},
        NOTE | {"note-note_weekday": "7"},
        NOTE | {"note-note_hour": "soon"},
    ],
)
def test_what_cannot_be_kept_is_said_and_nothing_changes(ana, me, wrong):
    response = me.post("/me/settings/", wrong)
    assert response.status_code == 422
    assert b"invalid-feedback" in response.content
    before = (ana.name, ana.time_zone, ana.weekdays, ana.note_hour)
    ana.refresh_from_db()
    assert (ana.name, ana.time_zone, ana.weekdays, ana.note_hour) == before
    assert ana.user.name == "Ana Silva"


@pytest.mark.parametrize("part", ["", "nonsense", "\x00", "__class__"])
def test_a_form_of_no_known_part_changes_nothing(me, part):
    assert me.post("/me/settings/", {"part": part}).status_code == 200


def test_one_part_leaves_the_others_alone(ana, me):
    me.post("/me/settings/", TRAINING)
    me.post("/me/settings/", PERSON)
    ana.refresh_from_db()
    assert ana.minutes == 25


def test_a_user_without_a_record_has_no_settings(db, sign_in):
    assert sign_in(make_user()).get("/me/settings/").status_code == 404


def test_letters_follow_the_sign_in_address(ana, sign_in, mailoutbox):
    me = sign_in()
    me.post("/accounts/login/", {"login": "ana@example.com", "password": PASSWORD})
    me.post("/accounts/email/", {"action_add": "", "email": "new@example.com"})
    code = next(line for line in mailoutbox[-1].body.splitlines() if line and line == line.upper())
    me.post("/accounts/confirm-email/", {"code": code})
    ana.refresh_from_db()
    assert ana.email == "new@example.com"


def test_an_address_that_the_coach_has_twice_is_left_for_her_to_sort_out(ana, maya):
    make_client(maya, "Twin", email="new@example.com", with_user=False)
    ana.user.email = "new@example.com"
    ana.user.save()
    addresses.follow_sign_in(user=ana.user)
    ana.refresh_from_db()
    assert ana.email == "ana@example.com"
