"""What a page reads once says the same as what is asked for each part alone, or for many runners at once."""

from datetime import timedelta

import pytest

from assessments import outcomes
from assessments.models import Intake
from assessments.tests.people import known
from clients import consent
from clients.models import Pause
from programs.adherence import adherence_from, adherence_of
from programs.models import MorningAnswer
from programs.rows import RunnerRows
from programs.services import publishing
from programs.tests.people import next_session, planned, train

DAY = timedelta(days=1)


@pytest.mark.parametrize("days", [0, 9, 30, 200])
@pytest.mark.parametrize("is_ended", [False, True])
def test_adherence_is_one_number(ana, now, django_assert_num_queries, days, is_ended):
    program = planned(ana, now)
    train(next_session(program, now), now, pain=1)
    Pause.objects.create(client=ana, kind="holiday", starts_on=ana.local_date(now) + 7 * DAY)
    for n in range(3):
        day = ana.local_date(now) - n * DAY
        MorningAnswer.objects.create(client=ana, day=day, morning_nrs=n or None, time_zone="UTC", answered_at=now)
    if is_ended:
        publishing.end_program(program=program, by=ana.coach.user, reason="Moves.", now=now + DAY)
    rows = RunnerRows(ana, now + days * DAY)
    with django_assert_num_queries(5 if is_ended else 4):
        found = adherence_from(rows)
    assert found == adherence_of(ana, ana.local_date(now + days * DAY))


def test_adherence_of_who_has_no_program(ana, now):
    assert adherence_from(RunnerRows(ana, now)) == adherence_of(ana, ana.local_date(now))


@pytest.mark.parametrize("days", [0, 20, 28, 60])
def test_a_round_is_due_for_one_as_for_many(ana, now, days):
    known(ana, now)
    Intake.objects.get_or_create(client=ana, defaults={"submitted_at": now})
    at = now + days * DAY
    for change in (
        lambda: None,
        lambda: Pause.objects.create(client=ana, kind="life", starts_on=ana.local_date(at)),
        lambda: Pause.objects.all().delete() and consent.withdraw_consent(client=ana, now=at),
    ):
        change()
        assert outcomes.round_due(ana, at) == outcomes.rounds_due([ana], {ana.pk: ana.local_date(at)}).get(ana.pk)


def test_consent_stands_the_same_however_it_is_read(ana, now, monkeypatch):
    def agrees() -> bool:
        rows = RunnerRows.of_user(ana.user, now)
        assert rows.standing == consent.standing_of(ana)
        assert rows.standing == consent.Standing(consent.has_consent(ana), consent.withdrawn_at(ana))
        return rows.standing.agrees

    assert not agrees()
    consent.give_consent(client=ana, now=now)
    assert agrees()
    consent.withdraw_consent(client=ana, now=now + DAY)
    assert not agrees()
    consent.give_consent(client=ana, now=now + 2 * DAY)
    assert agrees()
    monkeypatch.setattr(consent, "VERSION", "2027-01")
    assert not agrees()
    consent.withdraw_consent(client=ana, now=now + 3 * DAY)
    assert not agrees()
