"""What happened with a runner stands in one list, in order, once each, and in as many queries for two years as for a week."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assessments.models import Intake
from assessments.services import measuring, overruling, safety
from assessments.tests.people import ask, finished
from clients import alarms, consent
from clients.models import Alarm
from clients.services import facts, pausing, record
from consultations import services as consultations
from consultations.tests import rooms
from programs.models import Version
from programs.services import checks
from programs.tests.people import planned
from studio.front.timeline import KINDS, events_of, timeline_of

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
MOST = 20  # queries of the page, who is signed in and what is looked at included


@pytest.fixture
def story(ana, maya):
    """A runner with one of everything, told day by day from sixty days ago."""
    start = timezone.now() - 60 * DAY
    by = maya.user
    Intake.objects.create(client=ana, answers={}, submitted_at=start)
    row = finished(ana, start + DAY)
    measuring.share(assessment=row, now=start + DAY + HOUR)
    overruling.overrule(
        assessment=row, area="hip_weakness", status="unlikely_contributor", reason="Steady on film.", seen=None, by=by,
        now=start + 2 * DAY,
    )  # fmt: skip
    program = planned(ana, start + 3 * DAY)
    ask(ana, start + 10 * DAY, "giving_way", source="flare", by=ana.user)
    alarms.acknowledge(alarm=Alarm.objects.get(), by=by, now=start + 10 * DAY + 3 * HOUR)
    waiting = [check.pk for check in ana.redflagchecks.filter(action="refer")]
    safety.record_clearance(
        client=ana, checks=waiting, clinician="Dr Lamb", seen_on=(start + 12 * DAY).date(), note="Go on gently.", by=by,
        now=start + 13 * DAY,
    )  # fmt: skip
    pausing.start_pause(
        client=ana, kind="holiday", starts_on=(start + 20 * DAY).date(), ends_on=(start + 25 * DAY).date(), by=ana.user,
        now=start + 19 * DAY,
    )  # fmt: skip
    week = f"{ana.local_date(start + 26 * DAY):%G-W%V}"
    checks.save_week(
        client=ana, week=week, answers={"daily_nrs": 2}, barrier="", seen="", by=ana.user, now=start + 26 * DAY
    )
    facts.correct_facts(
        client=ana, said={"born_on": date(1991, 4, 23)}, was={}, reason="A slip.", by=by, now=start + 27 * DAY
    )
    record.add_note(client=ana, body="Likes hills.", by=by, now=start + 27 * DAY)
    kind = rooms.make_type(maya)
    booking = rooms.make_booking(kind, start + 30 * DAY, client=ana)
    booking.created_at = start + 28 * DAY
    booking.save()
    other = rooms.make_booking(kind, timezone.now() + 5 * DAY, client=ana)
    consultations.cancel(booking=other, by=by, now=timezone.now())
    consent.withdraw_consent(client=ana, now=start + 50 * DAY)
    return ana, program


def test_each_thing_that_happened_is_told_once_in_order(story, maya):
    ana, program = story
    events = events_of(ana, maya.user, timezone.now())
    assert [event.at for event in events] == sorted((event.at for event in events), reverse=True)
    assert {event.kind for event in events} <= set(KINDS)
    titles = [event.title for event in events]
    for title in (
        "Intake sent", "Findings shared", "Plan, version 1", "Safety questions, flare check: to a clinician first",
        "Alarm: red flag", "Taken over", "Clearance recorded", "Pause: holiday", "Facts of the record corrected",
        "Consent given", "Consent taken back", "A view of the coach: Hip strength and control",
    ):  # fmt: skip
        assert titles.count(title) == 1, (title, titles)
    by_title = {event.title: event for event in events}
    assert by_title["Taken over"].who == "Maya Castillo" and by_title["Taken over"].text == "After 3 h."
    assert "Dr Lamb" in by_title["Clearance recorded"].text and "Go on gently." in by_title["Clearance recorded"].text
    assert by_title["Plan, version 1"].text == Version.objects.get(program=program, number=1).reason
    assert "A slip." in by_title["Facts of the record corrected"].text
    assert by_title["Pause: holiday"].who == ana.name
    assert not [event for event in events if "Likes hills" in event.text]
    starts = ("Booked: ", "Cancelled: ", "Consultation: ", "Weekly check, ")
    assert [sum(title.startswith(start) for title in titles) for start in starts] == [2, 1, 1, 1]


def test_the_page_groups_by_month_filters_and_leads_on(story, maya, sign_in):
    ana, _ = story
    desk = sign_in(maya)
    page = desk.get(f"/clients/{ana.pk}/timeline/").content.decode()
    assert f"{timezone.now() - 60 * DAY:%B %Y}" in page and "Clearance recorded" in page
    assert f'href="/clients/{ana.pk}/assessments/clearance/"' in page
    only = desk.get(f"/clients/{ana.pk}/timeline/?kind=plan").content.decode()
    assert "Plan, version 1" in only and "Clearance recorded" not in only
    assert desk.get(f"/clients/{ana.pk}/timeline/?kind=nonsense&page=99").status_code == 200


def test_a_decision_about_a_finding_waits_with_the_findings(story, maya):
    ana, _ = story
    ask(ana, timezone.now(), "locked_knee")
    [event] = [
        each for each in events_of(ana, maya.user, timezone.now()) if each.title.startswith("A view of the coach")
    ]
    assert "Steady on film" not in event.text


def test_what_was_typed_is_never_markup(story, maya, sign_in):
    ana, _ = story
    ana.redflagchecks.filter(cleared_at__isnull=False).update(clearance_note="<b id=x>bold</b>")
    page = sign_in(maya).get(f"/clients/{ana.pk}/timeline/").content.decode()
    assert "<b id=x>" not in page and "&lt;b id=x&gt;bold" in page


def test_two_years_cost_as_many_queries_as_a_week(story, maya, sign_in):
    ana, program = story
    desk, address = sign_in(maya), f"/clients/{ana.pk}/timeline/"
    desk.get(address)

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert desk.get(address).status_code == 200
        return len(asked)

    few = queries()
    now = timezone.now()
    for n in range(60):
        ask(ana, now - n * DAY)
        alarms.raise_alarm(client=ana, kind="stop", key=f"many:{n}", because="Pain 7.", now=now - n * DAY)
    Version.objects.bulk_create(
        Version(
            program=program, number=n, document={}, reason="Eased.", published_at=now - n * HOUR, published_by=maya.user
        )
        for n in range(2, 60)
    )
    assert queries() == few <= MOST
    assert timeline_of(ana, maya.user, now).page.has_next()
