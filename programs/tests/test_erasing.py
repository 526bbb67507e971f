"""A record can be erased whole: nothing of a plan holds on to it, and nothing else lets a version go."""

import pytest
from django.db.models import RestrictedError

from programs.models import Program, ScheduledSession, SetLog, Version
from programs.services import publishing
from programs.tests.people import next_session, planned, train


@pytest.fixture
def program(ana, now):
    program = planned(ana, now)
    train(next_session(program, now), now)
    publishing.restore(program=program, version=program.current, reason="Again.", by=ana.coach.user, now=now)
    return program


def test_a_record_with_a_plan_and_logs_can_be_erased(program, ana):
    ana.delete()
    for model in (Program, Version, ScheduledSession, SetLog):
        assert not model.objects.exists(), model


def test_a_version_is_not_deleted_under_its_sessions_and_logs(program):
    with pytest.raises(RestrictedError):
        Version.objects.filter(number=1).delete()
