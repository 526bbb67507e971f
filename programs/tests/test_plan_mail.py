"""The letter that says that a plan is there, or that it changed: by whom, why, and what is next."""

from datetime import timedelta

import pytest

from programs.models import Version
from programs.services import deciding, publishing, training
from programs.tests.people import next_session, planned, train
from studio.outbox.kinds import kind_of
from studio.outbox.models import Message


@pytest.fixture
def program(ana, now):
    return planned(ana, now)


def newest_letter():
    message = Message.objects.get(kind="plan_published", data={"version": Version.objects.latest("number").pk})
    return kind_of("plan_published").render(message)


def test_the_first_plan_tells_the_next_three_sessions(program, now):
    letter = newest_letter()
    assert letter.subject == "Your plan is here"
    assert next(line for line in letter.body.splitlines() if line.startswith("- ")).startswith(
        "- Wednesday 18 November"
    )


def test_days_that_are_over_are_not_next(ana, program, now):
    later = now + timedelta(days=7)  # nothing was done in the first week
    publishing.restore(program=program, version=program.current, reason="Again.", by=ana.coach.user, now=later)
    told = [line for line in newest_letter().body.splitlines() if line.startswith("- ")]
    assert len(told) == 3 and told[0].startswith("- Wednesday 25 November")


def test_it_names_whoever_changed_the_plan(owner, ana, program, now):
    publishing.restore(program=program, version=program.current, reason="Less for now.", by=owner.user, now=now)
    letter, name = newest_letter(), owner.user.get_short_name()
    for text in (letter.body, letter.html):
        assert f"{name} changed" in text and f"{ana.coach.user.get_short_name()} changed" not in text


def test_nobody_is_said_to_have_done_what_a_rule_did(ana, program, now):
    session = train(next_session(program, now), now)
    training.save_line(session=session, line_id=session.plan.lines[0].id, now=now, during_nrs=8)
    deciding.decide_early(session=session, now=now)
    version = Version.objects.latest("number")
    assert version.published_by is None
    letter, coach = newest_letter(), ana.coach.user.get_short_name()
    for text in (letter.body, letter.html):
        assert "safety rule took load out" in text and f"{coach} looks at it" in text
        assert f"{coach} changed" not in text
    assert f'"{version.reason}"' not in letter.body and not letter.body.rstrip().endswith(coach)
