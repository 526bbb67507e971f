"""What the coach keeps in order about one runner."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clients.forms import DetailsForm
from clients.models import Note, Pause
from clients.services import ending, invitations, pausing, record
from clients.tests.people import make_lead
from studio.accounts.models import RecordView

FULL = {
    "name": "Ana Maria Silva",
    "time_zone": "America/New_York",
    "story": "Front of the knee, on stairs.",
    "goals": "Run 10 km\nHike in June",
    "weekdays": ["sat", "mon", "wed"],
    "hard_run_days": ["sun"],
    "minutes": "30",
    "if_then_cue": "after work",
    "if_then_place": "in the living room",
    "kit": ["chair", "band"],
    "tools": ["tape"],
    "tags": ["kneeling_intolerance"],
}


def test_the_coach_saves_the_record(ana, maya, sign_in):
    response = sign_in(maya).post(f"/clients/{ana.pk}/details/", FULL)
    assert response.status_code == 302
    ana.refresh_from_db()
    assert (ana.name, ana.time_zone, ana.minutes) == ("Ana Maria Silva", "America/New_York", 30)
    assert (ana.weekdays, ana.goals) == (["mon", "wed", "sat"], ["Run 10 km", "Hike in June"])
    assert (ana.kit, ana.tags, ana.tools) == (["chair", "band"], ["kneeling_intolerance"], ["tape"])
    assert (ana.email, ana.status) == ("ana@example.com", "active")


def test_what_the_rules_have_tagged_stays(ana, maya, sign_in):
    record.update_record(client=ana, tags=["impact", "wrist_intolerance"])
    browser = sign_in(maya)
    assert b"No impact yet" in browser.get(f"/clients/{ana.pk}/details/").content
    browser.post(f"/clients/{ana.pk}/details/", FULL)
    ana.refresh_from_db()
    assert ana.tags == ["kneeling_intolerance", "impact"]


@pytest.mark.parametrize(
    ("ticked", "kept"),
    [(["none"], ["none"]), (["none", "band"], ["band"]), ([], []), (["band", "mat"], ["mat", "band"])],
)
def test_nothing_at_home_is_an_answer_of_its_own(ana, maya, sign_in, ticked, kept):
    sign_in(maya).post(f"/clients/{ana.pk}/details/", FULL | {"kit": ticked})
    ana.refresh_from_db()
    assert ana.kit == kept


def test_a_runners_own_address_is_not_the_coachs_to_change(ana, maya, sign_in):
    sign_in(maya).post(f"/clients/{ana.pk}/details/", FULL | {"email": "thief@example.com"})
    ana.refresh_from_db()
    assert ana.email == ana.user.email == "ana@example.com"


def test_a_leads_address_can_be_corrected_but_not_to_another_runners(ana, maya, sign_in):
    lea, browser = make_lead(maya), sign_in(maya)
    browser.post(f"/clients/{lea.pk}/details/", FULL | {"email": "Right@example.com"})
    lea.refresh_from_db()
    assert lea.email == "right@example.com"
    response = browser.post(f"/clients/{lea.pk}/details/", FULL | {"email": "ANA@example.com", "name": "Changed"})
    assert response.status_code == 422
    assert b"another runner with this address" in response.content
    lea.refresh_from_db()
    assert lea.name == "Ana Maria Silva"


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""}, {"name": "x" * 10_000}, {"name": "a\x00b"}, {"time_zone": "Nowhere"}, {"minutes": "14"},
        {"minutes": "91"}, {"minutes": "-1"}, {"minutes": "9" * 30}, {"minutes": "half an hour"}, {"weekdays": ["funday"]}, {"weekdays": ["mon"]},
        {"weekdays": ["mon", "tue", "wed", "thu", "fri", "sat"]},
        {"kit": ["spaceship"]}, {"tags": ["impact"]}, {"tools": ["\x00"]}, {"goals": "x" * 500}, {"goals": "a\n" * 11},
        {"if_then_cue": "x" * 10_000}, {"story": "a\x00b"},
    ],
)  # fmt: skip
def test_what_cannot_be_kept_is_said_and_nothing_is_half_saved(ana, maya, sign_in, wrong):
    response = sign_in(maya).post(f"/clients/{ana.pk}/details/", FULL | wrong)
    assert response.status_code == 422
    assert b"invalid-feedback" in response.content
    ana.refresh_from_db()
    assert (ana.name, ana.minutes, ana.kit) == ("Ana Silva", None, [])


@pytest.mark.parametrize("name", ["Ženíšek 🏃‍♀️", "محمد علي", "<script>alert(1)</script>"])
def test_any_name_is_kept_and_shown_as_text(ana, maya, sign_in, name):
    browser = sign_in(maya)
    browser.post(f"/clients/{ana.pk}/details/", FULL | {"name": name})
    ana.refresh_from_db()
    assert ana.name == name
    page = browser.get(f"/clients/{ana.pk}/details/").content.decode()
    assert "<script>alert" not in page


def test_what_the_form_did_not_ask_is_not_written(ana, maya):
    form = DetailsForm(FULL, instance=ana)
    assert form.is_valid()
    record.update_record(client=type(ana).objects.get(pk=ana.pk), status="finished", minutes=45)
    record.update_record(client=ana, **form.changed_fields())
    ana.refresh_from_db()
    assert ana.status == "finished"


def test_a_page_left_open_does_not_undo_what_the_runner_changed_since(ana, maya, sign_in):
    ana.kit, ana.story, ana.minutes = ["chair"], "Two lines.\n\nOf hers.", 30
    ana.save()
    browser, address = sign_in(maya), f"/clients/{ana.pk}/details/"
    drawn = browser.get(address).context["form"]
    posted = {name: drawn[name].value() for name in drawn.fields if drawn[name].value() is not None}
    posted["story"] = posted["story"].replace("\n", "\r\n")  # as a browser sends it
    ana.kit, ana.story, ana.minutes = ["chair", "band"], "Three lines.", 20  # meanwhile, on her phone
    ana.save()
    assert browser.post(address, posted | {"minutes": "45"}).status_code == 302
    ana.refresh_from_db()
    assert (ana.kit, ana.story, ana.minutes) == (["chair", "band"], "Three lines.", 45)


@pytest.mark.parametrize("was", ["", "[]", "{", "[" * 9000, "\u202e", '{"story": {"a": 1}}'])
def test_what_a_page_says_it_drew_is_only_a_hint(ana, maya, sign_in, was):
    assert sign_in(maya).post(f"/clients/{ana.pk}/details/", FULL | {"was": was}).status_code == 302
    ana.refresh_from_db()
    assert ana.story == FULL["story"]


def test_every_look_is_noted_and_shown(ana, maya, owner, sign_in):
    sign_in(owner).get(f"/clients/{ana.pk}/details/")
    sign_in(maya).get(f"/clients/{ana.pk}/details/")
    assert list(RecordView.objects.values_list("viewer__name", "client_id")) == [
        ("Bethany Brown", ana.pk), ("Maya Castillo", ana.pk),
    ]  # fmt: skip
    assert b"Bethany Brown" in sign_in(maya).get(f"/clients/{ana.pk}/details/").content


def test_a_note_is_kept_and_an_empty_or_endless_one_is_not(ana, maya, sign_in):
    browser = sign_in(maya)
    browser.post(f"/clients/{ana.pk}/notes/", {"body": "Prefers mornings."})
    note = ana.notes.get()
    assert (note.body, note.author) == ("Prefers mornings.", maya.user)
    for body in ("", "   ", "x" * 10_001, "a\x00b"):
        assert browser.post(f"/clients/{ana.pk}/notes/", {"body": body}).status_code == 422
    assert ana.notes.count() == 1


def test_a_coaching_ends_and_begins_again(ana, maya, sign_in, now):
    browser = sign_in(maya)
    browser.post(f"/clients/{ana.pk}/finish/")
    ana.refresh_from_db()
    assert ana.status == "finished"
    browser.post(f"/clients/{ana.pk}/reopen/")
    ana.refresh_from_db()
    assert ana.status == "active"


@pytest.mark.parametrize(("has_pause", "status"), [(True, "paused"), (False, "active")])
def test_taken_back_during_a_pause_is_paused(ana, now, has_pause, status):
    if has_pause:
        pausing.start_pause(client=ana, kind="life", starts_on=ana.local_date(now), by=None, now=now)
    ending.finish(client=ana, by=ana.coach.user, now=now)
    ending.reopen(client=ana)
    ana.refresh_from_db()
    assert ana.status == status


def test_ending_a_leads_coaching_closes_the_invitation(maya, now):
    lea = make_lead(maya)
    invitation = invitations.invite(client=lea, by=maya.user, now=now)
    ending.finish(client=lea, by=maya.user, now=now)
    invitation.refresh_from_db()
    assert invitation.revoked_at == now
    ending.reopen(client=lea)
    lea.refresh_from_db()
    assert lea.status == "lead"


def test_the_number_of_queries_does_not_grow(ana, maya, sign_in, now):
    browser = sign_in(maya)
    counts = []
    for number in (1, 20):
        for _ in range(number):
            Note.objects.create(client=ana, body="x", author=maya.user)
            Pause.objects.create(client=ana, kind="life", starts_on="2026-01-01", ends_on="2026-01-02")
        with CaptureQueriesContext(connection) as queries:
            browser.get(f"/clients/{ana.pk}/details/")
        counts.append(len(queries))
    assert counts[0] == counts[1]
