"""One door changes what a runner sees."""

from datetime import timedelta

import pytest

from assessments.gate import GateClosed
from assessments.tests.people import ask
from programs.domain.edits import RemoveLine, SetNote
from programs.models import Program, ScheduledSession, Version
from programs.services import drafting, publishing
from programs.tests.people import drafted, next_session, planned, train


def first_line(program, *, week=2):
    return program.current.plan.week(week).sessions[0].lines[0]


def test_a_draft_is_seen_by_nobody_until_it_is_published(ana, now):
    draft = drafted(ana, now)
    assert draft.program.current is None
    assert not ScheduledSession.objects.exists()
    version = publishing.publish_draft(draft=draft, reason="", by=ana.coach.user, now=now)
    assert version.number == 1
    assert ScheduledSession.objects.filter(program=draft.program).exists()


def test_sessions_lie_on_the_training_days_from_today_on_eight_weeks_ahead(ana, now):
    program = planned(ana, now)
    days = set(program.scheduledsessions.values_list("day", flat=True))
    assert min(days) >= ana.local_date(now)
    assert max(days) <= ana.local_date(now) + timedelta(weeks=8)
    assert {day.weekday() for day in days} == {0, 2, 4}


def test_an_edit_keeps_the_ids_of_sessions_that_were_not_begun(ana, now):
    program = planned(ana, now)
    before = set(program.scheduledsessions.values_list("pk", "week", "session_key"))
    change = RemoveLine(line=first_line(program).id)
    draft = drafting.edit(program=program, revision=0, change=change, by=ana.coach.user, now=now)
    publishing.publish_draft(draft=draft, reason="Less is enough for now.", by=ana.coach.user, now=now)
    after = set(program.scheduledsessions.values_list("pk", "week", "session_key"))
    assert after == before
    row = program.scheduledsessions.get(week=2, session_key=program.current.plan.week(2).sessions[0].id)
    assert first_line(program).id not in [line.id for line in row.plan.lines]


def test_a_session_that_was_begun_is_frozen_whatever_is_published(ana, now):
    program = planned(ana, now)
    session = next_session(program, now)
    train(session, now)
    was = ScheduledSession.objects.get(pk=session.pk).content
    line = session.plan.lines[0]
    change = RemoveLine(line=line.id)
    draft = drafting.edit(program=program, revision=0, change=change, by=ana.coach.user, now=now)
    publishing.publish_draft(draft=draft, reason="Another one from now on.", by=ana.coach.user, now=now)
    assert ScheduledSession.objects.get(pk=session.pk).content == was


def test_taking_an_exercise_out_asks_for_a_reason(ana, now):
    program = planned(ana, now)
    change = RemoveLine(line=first_line(program).id)
    draft = drafting.edit(program=program, revision=0, change=change, by=ana.coach.user, now=now)
    with pytest.raises(publishing.ReasonMissing):
        publishing.publish_draft(draft=draft, reason="  ", by=ana.coach.user, now=now)
    assert Version.objects.filter(program=program).count() == 1


def test_two_coaches_on_one_draft_the_second_is_told(ana, owner, now):
    program = planned(ana, now)
    line = first_line(program)
    drafting.edit(program=program, revision=0, change=SetNote(line=line.id, note="slowly"), by=ana.coach.user, now=now)
    with pytest.raises(drafting.DraftChanged):
        drafting.edit(program=program, revision=0, change=SetNote(line=line.id, note="fast"), by=owner.user, now=now)
    assert program.drafts.get().plan.line(line.id).note == "slowly"


def test_publishing_on_an_older_base_is_refused(ana, now):
    program = planned(ana, now)
    first = program.current
    change = SetNote(line=first_line(program).id, note="slowly")
    publishing.publish(program=program, base=first, edits=[change], reason="", by=ana.coach.user, now=now)
    with pytest.raises(publishing.StaleBase):
        publishing.publish(program=program, base=first, edits=[change], reason="", by=ana.coach.user, now=now)


def test_undo_brings_the_published_version_back(ana, now):
    program = planned(ana, now)
    change = RemoveLine(line=first_line(program).id)
    draft = drafting.edit(program=program, revision=0, change=change, by=ana.coach.user, now=now)
    assert drafting.undo(program=program, revision=draft.revision, by=ana.coach.user, now=now) is None
    assert not program.drafts.exists()


def test_a_restored_version_is_a_new_one_with_the_old_plan(ana, now):
    program = planned(ana, now)
    first = program.current
    change = RemoveLine(line=first_line(program).id)
    publishing.publish(program=program, base=first, edits=[change], reason="Out.", by=ana.coach.user, now=now)
    program = Program.objects.select_related("current").get(pk=program.pk)
    made = publishing.restore(program=program, version=first, reason="Back.", by=ana.coach.user, now=now)
    assert (made.number, made.plan) == (3, first.plan)


def test_no_road_leads_past_an_open_red_flag(ana, now):
    draft = drafted(ana, now)
    ask(ana, now + timedelta(minutes=1), "locked_knee")
    later = now + timedelta(minutes=2)
    with pytest.raises(GateClosed):
        publishing.publish_draft(draft=draft, reason="", by=ana.coach.user, now=later)
    with pytest.raises(GateClosed):
        drafting.edit(
            program=draft.program, revision=draft.revision, by=ana.coach.user, now=later,
            change=SetNote(line=next(draft.plan.places())[3].id, note="x"),
        )  # fmt: skip
    assert not ScheduledSession.objects.exists()
    assert Program.objects.get(pk=draft.program_id).current is None


def test_topping_up_twice_makes_each_session_once(ana, now):
    program = planned(ana, now)
    later = now + timedelta(days=10)
    publishing.top_up(now=later)
    count = program.scheduledsessions.count()
    publishing.top_up(now=later)
    assert program.scheduledsessions.count() == count
