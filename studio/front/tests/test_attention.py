"""Who needs the coach, and why: ranked, with a reason, a proof and one action."""

from datetime import timedelta

import pytest

from assessments.models import Intake
from assessments.tests.people import ask
from clients.alarms import raise_alarm
from clients.models import Alarm, Pause
from clients.tests.people import make_client, make_lead
from programs.models import MorningAnswer, ScheduledSession
from programs.services import deciding
from programs.tests.people import next_session, planned, train
from studio.front.attention import Rank, desk_of
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
