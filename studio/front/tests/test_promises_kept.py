"""Promises that belong to no single app: who may change a plan, why an exercise is there, six pillars, no sign-off yet."""

import html
from datetime import timedelta
from itertools import pairwise

import pytest
import time_machine

from programs.domain.library import library
from programs.models import Proposal, Version
from programs.services import deciding, publishing
from programs.tests import people as trained
from studio.ui.parts import PILLARS

DAY = timedelta(days=1)


@pytest.fixture
def program(ana, now):
    return trained.planned(ana, now)


def train_easily(session, moment) -> None:
    """A session at the top of every dose, easily, with a calm morning after it."""
    session = trained.train(session, moment, pain=0)
    for line in session.plan.lines:
        logs = session.setlogs.filter(line_id=line.id)
        if line.dose.reps:
            logs.update(reps=line.dose.reps[1])
        if line.dose.hold_s:
            logs.update(seconds=line.dose.hold_s[1])
        if line.dose.rir:
            logs.update(rir=line.dose.rir[0])
    session.linelogs.update(form_solid=True)
    deciding.answer_morning(
        client=session.program.client,
        day=session.day + DAY,
        morning_nrs=0,
        after60_nrs=0,
        now=moment + timedelta(hours=20),
    )


def test_every_version_bears_a_name_or_only_takes_away(program, now):
    """Two weeks with nobody at the desk: easy ones, so that the rules want more, and then a sore knee."""
    *easy, sore = (
        program.scheduledsessions.filter(state="planned").select_related("program__client").order_by("day")[:7]
    )
    for session in easy:
        moment = now + (session.day - now.date())
        train_easily(session, moment)
        deciding.decide_due(now=moment + DAY)
        publishing.top_up(now=moment + DAY)
    assert Proposal.objects.filter(state=Proposal.State.OPEN, immediate=False).exists(), "the rules want more"
    assert Version.objects.count() == 1, "and wait"
    moment = now + (sore.day - now.date())
    assert deciding.decide_early(session=trained.train(sore, moment, pain=8), now=moment) == "stop"

    versions = list(Version.objects.order_by("number"))
    assert versions[0].published_by == program.client.coach.user
    assert any(version.published_by is None for version in versions), "a rule took load away"
    for before, after in pairwise(versions):
        was = {line.id: line for *_, line in before.plan.places()}
        for *_, line in after.plan.places():
            assert line.id in was, f"{after.reason} adds an exercise"
            assert line.exercise == was[line.id].exercise, f"{after.reason} swaps an exercise"
            assert line.sets <= was[line.id].sets, f"{after.reason} adds sets"
            assert (line.dose.load_kg or 0) <= (was[line.id].dose.load_kg or 0), f"{after.reason} adds load"


def test_every_exercise_says_why_it_is_there(program, ana, now, sign_in):
    assert all(line.because for *_, line in program.published.plan.places())
    session = trained.next_session(program, now)
    with time_machine.travel(now, tick=False):
        hers, coachs = sign_in(ana), sign_in(ana.coach)
        for position, line in enumerate(session.plan.lines, start=1):
            because = html.escape(line.because)
            assert because in hers.get(f"/me/sessions/{session.pk}/?at={position}").content.decode()
            page = coachs.get(f"/clients/{ana.pk}/plan/line/{line.id}/").content.decode()
            assert (because in page and "Acts on" in page) or not library()[line.exercise].acts_on


def test_the_board_counts_all_six_pillars(program, ana, now, sign_in):
    with time_machine.travel(now, tick=False):
        board = sign_in(ana.coach).get(f"/clients/{ana.pk}/plan/").context["board"]
    assert [each.pillar for each in board.balance] == list(PILLARS)
    assert all(each.sets for each in board.balance)


def test_the_about_page_says_that_nobody_has_signed_it_off(db, sign_in):
    assert "No physiotherapist has signed off the evidence yet." in sign_in().get("/about/").content.decode()
