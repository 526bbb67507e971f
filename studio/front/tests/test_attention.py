"""Who needs the coach, and why: ranked, with a reason, a proof and one action."""

from datetime import date, timedelta

import pytest

from assessments.models import Intake
from assessments.tests.people import ask
from clients.alarms import raise_alarm
from clients.models import Alarm, Pause
from clients.tests.people import make_client, make_lead
from consultations.tests import rooms
from programs.models import MorningAnswer, ScheduledSession
from programs.services import deciding
from programs.tests.people import next_session, planned, train
from studio.front.attention import OTHERS, SHOWN, Rank, desk_of
from studio.outbox.models import Message


def ranks(coach, now):
    return [row.rank for row in desk_of(coach.user, now).rows]


def row_of(coach, now, rank):
    return next(row for row in desk_of(coach.user, now).rows if row.rank == rank)


def mornings(client, now, values):
    for days_ago, nrs in enumerate(reversed(values)):
        MorningAnswer.objects.create(
            client=client, day=client.local_date(now) - timedelta(days=days_ago), morning_nrs=nrs,
            time_zone=client.time_zone, answered_at=now,
        )  # fmt: skip


def test_nobody_needs_her_is_an_empty_list(maya, now):
    assert desk_of(maya.user, now).rows == ()


def test_safety_stands_first_whatever_else_waits(maya, ana, now):
    make_lead(maya)
    Message.objects.create(kind="alarm", key="x", to="a@example.com", coach=maya, due_at=now, state="failed")
    raise_alarm(client=ana, kind=Alarm.Kind.STOP, key="stop:1", because="Pain 8 of 10.", now=now)
    assert ranks(maya, now)[0] == Rank.SAFETY
    row = row_of(maya, now, Rank.SAFETY)
    assert (row.is_post, row.reason) == (True, "Pain 8 of 10.")


def test_an_acknowledged_red_flag_still_waits_for_its_clearance(maya, ana, now):
    ana.born_on = now.date().replace(year=1990)
    ana.save()
    ask(ana, now, "giving_way")
    assert ranks(maya, now) == [Rank.SAFETY]
    Alarm.objects.update(acknowledged_at=now)
    assert ranks(maya, now) == [Rank.CLEARANCE]


def test_a_clearly_worse_morning_is_named_with_its_numbers(maya, ana, now):
    planned(ana, now)
    mornings(ana, now, [2, 2, 2, 2, 5])
    row = row_of(maya, now, Rank.WORSE)
    assert "5 of 10" in row.reason and "usual morning is 2" in row.reason
    assert row.newest == 5


def test_a_better_morning_is_no_reason(maya, ana, now):
    planned(ana, now)
    mornings(ana, now, [4, 4, 4, 4, 2])
    assert Rank.WORSE not in ranks(maya, now)


@pytest.mark.parametrize(("days", "is_quiet"), [(3, False), (4, True)])
def test_four_silent_days_are_quiet(maya, ana, now, days, is_quiet):
    program = planned(ana, now)
    train(next_session(program, now), now)
    later = now + timedelta(days=days)
    assert (Rank.QUIET in ranks(maya, later)) is is_quiet


def test_who_is_on_a_pause_is_not_quiet(maya, ana, now):
    planned(ana, now)
    Pause.objects.create(client=ana, kind="holiday", starts_on=ana.local_date(now))
    assert Rank.QUIET not in ranks(maya, now + timedelta(days=9))


def test_the_walk_to_a_plan_has_one_next_step(maya, now):
    nils = make_client(maya, "Nils Berg")
    assert ranks(maya, now) == []
    Intake.objects.create(client=nils, submitted_at=now)
    assert row_of(maya, now, Rank.NEXT_STEP).action == "Assess"


def test_a_proposal_waits_with_its_reason(maya, ana, now):
    program = planned(ana, now)
    session = train(next_session(program, now), now, pain=8)
    deciding.decide_early(session=session, now=now)
    Alarm.objects.update(acknowledged_at=now)
    row = row_of(maya, now, Rank.PROPOSAL)
    assert "in force" in row.suggestion
    assert ScheduledSession.objects.get(pk=session.pk).action == "stop"


def test_another_coach_sees_nothing_of_it_and_the_owner_all(maya, omar, owner, ana, now):
    raise_alarm(client=ana, kind=Alarm.Kind.STOP, key="stop:1", because="Pain 8 of 10.", now=now)
    assert ranks(omar, now) == []
    assert ranks(owner, now) == [Rank.SAFETY]


# --- one row a person ------------------------------------------------------------------------------------------------


def two_reasons(client, now):
    """An open STOP and worse mornings: two reasons, one runner."""
    planned(client, now)
    mornings(client, now, [2, 2, 2, 2, 5])
    raise_alarm(client=client, kind=Alarm.Kind.STOP, key=f"stop:{client.pk}", because="Pain 8 of 10.", now=now)


def test_one_person_is_one_row_with_the_most_urgent_reason_first(maya, ana, now):
    two_reasons(ana, now)
    make_lead(maya, "Lea Novak")
    anas, leas = desk_of(maya.user, now).needs
    assert [row.rank for row in anas.rows] == [Rank.SAFETY, Rank.WORSE]
    assert (anas.first.rank, [row.rank for row in anas.others], anas.trend.newest) == (Rank.SAFETY, [Rank.WORSE], 5)
    assert leas.first.name == "Lea Novak" and leas.others == ()


def test_a_booking_and_the_lead_it_made_are_one_row(maya, now):
    lead = make_lead(maya, "Lea Novak")
    rooms.make_booking(rooms.make_type(maya), now + timedelta(days=1), client=lead, name="L. Novak")
    (need,) = desk_of(maya.user, now).needs
    assert [row.rank for row in need.rows] == [Rank.BOOKING, Rank.LEAD]
    assert need.first.name == "Lea Novak"


def test_two_people_without_a_record_stay_two(maya, now):
    kind = rooms.make_type(maya)
    for day in (1, 2):
        rooms.make_booking(kind, now + timedelta(days=day), name="Erased")
    assert len(desk_of(maya.user, now).needs) == 2


def test_the_counts_are_of_people_and_every_filter_shows_its_people(maya, ana, now, time_machine, sign_in):
    time_machine.move_to(now)
    two_reasons(ana, now)
    make_lead(maya, "Lea Novak")
    Message.objects.create(kind="alarm", key="x", to="a@example.com", coach=maya, due_at=now, state="failed")
    browser = sign_in(maya)
    page = browser.get("/today/")
    assert {key: count for key, _, count in page.context["filters"]} == {"safety": 1, "pain": 1, "quiet": 0, "new": 1}
    text = page.content.decode()
    assert "Two runners need a decision; one of them cannot wait." in text and "All 3" in text
    for key, _, count in page.context["filters"]:
        assert len(browser.get(f"/today/?show={key}").context["needs"]) == count
    pain = browser.get("/today/?show=pain").content.decode()
    assert "Pain 8 of 10." in pain  # whoever is shown is shown with what cannot wait


def test_each_reason_keeps_its_own_action(maya, ana, now, time_machine, sign_in):
    time_machine.move_to(now)
    for number in range(7):
        raise_alarm(client=ana, kind=Alarm.Kind.STOP, key=f"stop:{number}", because=f"Pain {number}.", now=now)
    text = sign_in(maya).get("/today/").content.decode()
    assert text.count("/acknowledge/") == 1 + OTHERS
    assert "2 more in the record" in text


def test_more_people_than_a_page_holds_are_counted_and_said(maya, now, time_machine, sign_in):
    time_machine.move_to(now)
    for number in range(SHOWN + 3):
        make_lead(maya, f"Lead {number}")
    page = sign_in(maya).get("/today/")
    assert (len(page.context["needs"]), page.context["more_needs"]) == (SHOWN, 3)
    assert f"All {SHOWN + 3}" in page.content.decode()


def test_under_16_by_the_record_is_a_date_to_check_and_nobody_to_invite(maya, now):
    make_lead(maya, born_on=date(2026, 5, 3))
    young = make_client(maya, born_on=date(2013, 5, 3))
    Intake.objects.create(client=young, submitted_at=now)
    assert [[row.action for row in need.rows] for need in desk_of(maya.user, now).needs] == [["Check the date"]] * 2


@pytest.mark.parametrize(("with_user", "words"), [(False, "Invite Lea"), (True, "Waiting for the intake")])
def test_before_the_safety_questions_no_assessment_is_offered(maya, now, sign_in, with_user, words):
    lea = make_client(maya, "Lea Novak", with_user=with_user)
    text = sign_in(maya).get(f"/clients/{lea.pk}/assessments/").content.decode()
    assert words in text and "New assessment" not in text


# --- what comes round -------------------------------------------------------------------------------------------------


def test_four_weeks_after_the_tests_a_re_test_is_prepared(maya, ana, now):
    planned(ana, now)
    assert Rank.RETEST not in ranks(maya, now + timedelta(days=27))
    row = row_of(maya, now + timedelta(days=28), Rank.RETEST)
    assert row.chip == "Re-test due" and " min. Last tested on 18 November" in row.reason
    assert row.action_url == f"/clients/{ana.pk}/assessments/start/?battery=retest"
    Pause.objects.create(client=ana, kind="holiday", starts_on=ana.local_date(now))
    assert Rank.RETEST not in ranks(maya, now + timedelta(days=28))


def test_who_waits_for_a_clinician_is_not_re_tested(maya, ana, now):
    planned(ana, now)
    ask(ana, now + timedelta(days=20), "giving_way")
    assert Rank.RETEST not in ranks(maya, now + timedelta(days=28))


def test_questions_that_were_open_for_a_week_are_a_row(maya, ana, now):
    planned(ana, now)
    assert Rank.QUESTIONS not in ranks(maya, now + timedelta(days=6))
    row = row_of(maya, now + timedelta(days=7), Rank.QUESTIONS)
    assert "first questions are open since 18 November" in row.reason
