"""The coach's list of runners."""

import pytest
from django.utils import timezone

from clients import roster
from clients.models import Alarm, Client, Note
from clients.services import record
from clients.tests.people import make_client, make_lead


def names(response):
    return [client.name for client, _ in response.context["rows"]]


def test_a_coach_sees_her_own_runners_and_the_owner_all(ana, ben, maya, omar, owner, sign_in):
    assert names(sign_in(maya).get("/clients/")) == ["Ana Silva"]
    assert names(sign_in(omar).get("/clients/")) == ["Ben Okafor"]
    assert names(sign_in(owner).get("/clients/")) == ["Ana Silva", "Ben Okafor"]


@pytest.mark.parametrize(
    ("show", "expected"),
    [
        ("", ["Ana Silva", "Lead", "Invited", "Paused"]),
        ("leads", ["Lead", "Invited"]),
        ("active", ["Ana Silva"]),
        ("paused", ["Paused"]),
        ("finished", ["Finished"]),
        ("nonsense", ["Ana Silva", "Lead", "Invited", "Paused"]),
    ],
)
def test_filters(ana, maya, sign_in, show, expected):
    for status in ("lead", "invited", "paused", "finished"):
        make_lead(maya, status.capitalize(), status=status)
    response = sign_in(maya).get("/clients/", {"show": show})
    assert names(response) == expected
    assert b"1 active, 1 paused, 1 finished" in response.content


@pytest.mark.parametrize("text", ["ana", "SILVA ana", "ana@example", "stairs", "hates", "left", "  ana  stairs "])
def test_search_finds_name_address_story_side_and_notes(ana, maya, sign_in, text):
    make_client(maya, "Zoe Other")
    record.update_record(client=ana, story="Hurts on stairs", painful_side="left")
    Note.objects.create(client=ana, body="Hates planks")
    assert names(sign_in(maya).get("/clients/", {"q": text})) == ["Ana Silva"]


def test_search_stays_inside_the_filter_and_inside_what_is_mine(ana, ben, maya, sign_in):
    Note.objects.create(client=ben, body="secret")
    assert names(sign_in(maya).get("/clients/", {"q": "secret"})) == []
    assert names(sign_in(maya).get("/clients/", {"q": "ana", "show": "finished"})) == []


@pytest.mark.parametrize(
    "query",
    [
        "q=%00",
        "q=" + "x" * 10_000,
        "q=%F0%9F%8F%83",
        "page=nonsense",
        "page=-1",
        "page=9999999999",
        "q=%25_%5C",
        "show=%00",
    ],
)
def test_a_query_that_makes_no_sense_is_answered(ana, maya, sign_in, query):
    assert sign_in(maya).get(f"/clients/?{query}").status_code == 200


def test_a_percent_sign_is_searched_for_and_not_a_wildcard(ana, maya, sign_in):
    assert names(sign_in(maya).get("/clients/", {"q": "%"})) == []


def test_who_has_an_open_alarm_comes_first(ana, maya, now, sign_in):
    zoe = make_client(maya, "Zoe Last")
    Alarm.objects.create(client=zoe, kind="stop", key="1", because="Pain 7", raised_at=now)
    assert names(sign_in(maya).get("/clients/")) == ["Zoe Last", "Ana Silva"]
    Alarm.objects.update(acknowledged_at=now)
    assert names(sign_in(maya).get("/clients/")) == ["Ana Silva", "Zoe Last"]


def test_an_app_above_describes_the_rows_and_says_who_needs_the_coach(ana, maya, sign_in, monkeypatch):
    from django.db.models import Case, IntegerField, Value, When

    zoe = make_client(maya, "Zoe Last")
    monkeypatch.setattr(roster, "_providers", [])
    monkeypatch.setattr(roster, "_needs", [])
    roster.register(
        lambda clients, now: {zoe.pk: roster.Standing(phase="Build capacity", adherence="89%")},
        need=lambda now: Case(When(pk=zoe.pk, then=Value(5)), default=Value(0), output_field=IntegerField()),
    )
    response = sign_in(maya).get("/clients/")
    assert names(response) == ["Zoe Last", "Ana Silva"]
    assert b"Build capacity" in response.content
    assert b"89%" in response.content


def test_the_list_comes_in_pages(maya, sign_in):
    Client.objects.bulk_create(
        Client(coach=maya, name=f"Runner {n:03}", email=f"r{n}@example.com", status="active") for n in range(60)
    )
    browser = sign_in(maya)
    assert len(names(browser.get("/clients/"))) == 50
    assert names(browser.get("/clients/?page=2")) == [f"Runner {n:03}" for n in range(50, 60)]


def test_the_number_of_queries_does_not_grow(maya, sign_in, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    browser = sign_in(maya)
    counts = []
    for number in (5, 45):
        for _ in range(number):
            make_client(maya, with_user=False)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            browser.get("/clients/")
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert counts[0] <= 9


def test_htmx_gets_the_rows_alone(ana, maya, sign_in):
    response = sign_in(maya).get("/clients/?q=ana", headers={"HX-Request": "true"})
    assert response.content.decode().strip().startswith('<div id="rows">')


# --- a runner added by hand

NEW = {"name": "Lea Novak", "email": "Lea@example.com", "time_zone": "Europe/Paris", "story": "Stairs."}


def test_a_coach_adds_a_runner(maya, sign_in):
    response = sign_in(maya).post("/clients/new/", NEW)
    lea = Client.objects.get()
    assert response.url == f"/clients/{lea.pk}/details/"
    assert (lea.coach, lea.status, lea.email) == (maya, "lead", "lea@example.com")


def test_the_owner_says_whose_runner_it_is_and_a_coach_cannot(maya, omar, owner, sign_in):
    sign_in(owner).post("/clients/new/", NEW | {"coach": omar.pk})
    sign_in(maya).post("/clients/new/", NEW | {"coach": omar.pk})
    assert sorted(Client.objects.values_list("coach__user__name", flat=True)) == ["Maya Castillo", "Omar Haddad"]


def test_an_address_is_one_runner_per_coach(ana, maya, sign_in):
    response = sign_in(maya).post("/clients/new/", NEW | {"email": "ANA@example.com"})
    assert response.status_code == 422
    assert b"You have a runner with this address already" in response.content


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""}, {"name": "  "}, {"name": "x" * 10_000}, {"name": "a\x00b"}, {"email": "nobody"},
        {"email": "x" * 300 + "@example.com"}, {"time_zone": "../../etc/passwd"}, {"story": "x" * 10_000},
    ],
)  # fmt: skip
def test_what_cannot_be_a_runner_is_said_and_not_kept(maya, sign_in, wrong):
    response = sign_in(maya).post("/clients/new/", NEW | wrong)
    assert response.status_code == 422
    assert b"invalid-feedback" in response.content
    assert not Client.objects.exists()


def test_the_walk_from_lead_to_invitation(maya, sign_in):
    browser = sign_in(maya)
    browser.post("/clients/new/", NEW)
    lea = Client.objects.get()
    page = browser.post(f"/clients/{lea.pk}/invite/", follow=True)
    assert b"works until" in page.content
    page = browser.post(f"/clients/{lea.pk}/invitation/revoke/", follow=True)
    assert b"Invite Lea" in page.content
    assert lea.invitations.get().revoked_at <= timezone.now()
