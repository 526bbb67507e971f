"""A program ends: by the coach's word, or because the coaching does. What was done stays."""

from datetime import timedelta

import pytest
from django.urls import reverse

from clients.services import ending
from programs.adherence import adherence_of
from programs.domain import editing
from programs.models import Draft, Program, Proposal, ScheduledSession
from programs.services import deciding, drafting, noting, planning, publishing, reducing, training
from programs.tests.people import WISHES, drafted, next_session, planned, train


@pytest.fixture
def program(ana, now):
    return planned(ana, now)


def ended(program, now, reason="Moves away."):
    publishing.end_program(program=program, by=program.client.coach.user, reason=reason, now=now)
    return Program.objects.select_related("client", "current").get(pk=program.pk)


def states(program):
    return set(program.scheduledsessions.values_list("state", flat=True))


def test_what_was_not_begun_leaves_the_phone_and_what_was_done_stays(program, now):
    session = train(next_session(program, now), now)
    ended(program, now)
    assert ScheduledSession.objects.get(pk=session.pk).state == "done"
    assert states(program) == {"done", "withdrawn"}


def test_a_session_that_was_begun_is_finished_and_decided_after_the_end(ana, program, now):
    session = next_session(program, now)
    training.start(session=session, now=now, before_nrs=1)
    program = ended(program, now)
    session = train(ScheduledSession.objects.select_related("program__client").get(pk=session.pk), now, pain=8)
    assert session.state == "done"
    assert deciding.decide_early(session=session, now=now) == "stop"
    assert ana.alarms.count() == 1, "safety reaches a human whatever has ended"
    assert not Proposal.objects.exists() and program.versions.count() == 1


def test_nothing_is_topped_up_noted_or_published_any_more(ana, program, now):
    program = ended(program, now)
    before = states(program)
    publishing.top_up(now=now + timedelta(days=10))
    assert states(program) == before
    assert noting.why_not(ana, now)
    change = editing.SetNote(line=next(program.current.plan.places())[3].id, note="x")
    with pytest.raises(publishing.PublishError):
        publishing.publish(program=program, base=program.current, edits=[change], reason="", by=ana.coach.user, now=now)
    for revision in (0, program.draft_revision):
        with pytest.raises(drafting.DraftChanged):
            drafting.edit(program=program, revision=revision, change=change, by=ana.coach.user, now=now)
    assert not reducing.rest_on(program=program, slots=["A1"], now=now)


def test_the_draft_goes_and_open_proposals_are_declined_with_the_reason(ana, program, now):
    change = editing.SetNote(line=next(program.current.plan.places())[3].id, note="x")
    drafting.edit(program=program, revision=0, change=change, by=ana.coach.user, now=now)
    waiting = Proposal.objects.create(
        program=program, rule="R-G1", change={"sets": 1}, because="So.", rules_version="1", created_at=now
    )
    program = ended(program, now, "Moves away.")
    waiting.refresh_from_db()
    assert not Draft.objects.exists()
    assert (waiting.state, waiting.decided_by) == ("declined", ana.coach.user)
    assert "Moves away." in waiting.decided_because and waiting.because == "So."
    assert (program.ended_at, program.end_reason) == (now, "Moves away.")


def test_ended_twice_is_ended_once_and_never_without_a_reason(program, now):
    with pytest.raises(publishing.ReasonMissing):
        ended(program, now, "  ")
    first = ended(program, now)
    again = ended(program, now + timedelta(days=1), "Another one.")
    assert (again.ended_at, again.end_reason) == (first.ended_at, first.end_reason)


def test_a_new_program_can_be_made_after_it(ana, program, now):
    ended(program, now)
    draft = planning.make_draft(client=ana, wishes=WISHES, by=ana.coach.user, now=now)
    assert draft.program_id != program.pk


# --- the coaching ends -----------------------------------------------------------------------------------------------


def test_finishing_a_runner_ends_the_program_and_taking_back_starts_nothing(ana, program, now):
    ending.finish(client=ana, by=ana.coach.user, now=now)
    program.refresh_from_db()
    assert (program.state, program.ended_by) == ("ended", ana.coach.user)
    ending.reopen(client=ana)
    program.refresh_from_db()
    assert program.state == "ended" and states(program) == {"withdrawn"}


def test_a_plan_that_nobody_has_seen_goes_with_the_coaching(ana, now):
    drafted(ana, now)
    ending.finish(client=ana, by=ana.coach.user, now=now)
    assert not Program.objects.exists()


def test_a_finished_runner_gets_no_plan_before_being_taken_back(ana, program, now):
    ending.finish(client=ana, by=ana.coach.user, now=now)
    with pytest.raises(publishing.PublishError, match="ended"):
        planning.make_draft(client=ana, wishes=WISHES, by=ana.coach.user, now=now)
    ending.reopen(client=ana)
    assert planning.make_draft(client=ana, wishes=WISHES, by=ana.coach.user, now=now).pk


# --- the pages -------------------------------------------------------------------------------------------------------


def test_the_coach_ends_it_on_a_page_that_says_what_goes(ana, program, now, sign_in):
    change = editing.SetNote(line=next(program.current.plan.places())[3].id, note="x")
    drafting.edit(program=program, revision=0, change=change, by=ana.coach.user, now=now)
    browser, address = sign_in(ana.coach), reverse("programs:plan_end", kwargs={"pk": ana.pk})
    assert "The draft on your board goes" in browser.get(address).content.decode()
    assert browser.post(address, {"reason": ""}).status_code == 422
    assert Program.objects.get().state == "active"
    page = browser.post(address, {"reason": "Moves away."}, follow=True).content.decode()
    assert "Moves away." in page and "Make the plan" in page
    assert browser.get(address).status_code == 302


def test_the_runner_reads_kindly_that_it_is_over(ana, program, now, sign_in, time_machine):
    time_machine.move_to(now)
    session = next_session(program, now)
    training.start(session=session, now=now, before_nrs=1)
    ended(program, now)
    page = sign_in(ana).get(reverse("front:me")).content.decode()
    assert "Your program is finished." in page and "What you did stays here." in page
    assert reverse("programs:session", kwargs={"pk": session.pk}) in page, "what was begun can be finished"
    assert "Moves away." not in page


# --- done before the start -------------------------------------------------------------------------------------------


def started_early(ana, now):
    """A program of next Monday, and its first session begun today, a Wednesday."""
    program = drafted(ana, now).program
    monday = ana.local_date(now) + timedelta(days=5)
    Program.objects.update(starts_on=monday)
    draft = Draft.objects.select_related("program__client").get()
    publishing.publish_draft(draft=draft, reason="", by=ana.coach.user, now=now)
    return next_session(program, now), monday


def test_a_session_done_before_the_program_starts_counts_on_its_day(ana, now):
    session, monday = started_early(ana, now)
    train(session, now)
    adherence = adherence_of(ana, ana.local_date(now))
    assert adherence.days[0].date == ana.local_date(now) < monday
    assert (adherence.days[0].credit, adherence.this_week.credits, adherence.this_week.target) == (1, 1, 1)
    later = adherence_of(ana, monday + timedelta(days=6))
    assert later.this_week.target == 2, "it is not asked for a second time"


def test_a_session_only_looked_into_before_the_start_is_held_against_nobody(ana, now):
    session, monday = started_early(ana, now)
    training.start(session=session, now=now, before_nrs=1)
    adherence = adherence_of(ana, monday)
    assert adherence.days[0].date == monday
    assert all(week.status != "missed" for week in adherence.closed)
