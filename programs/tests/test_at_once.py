"""Two people at one plan in the same moment: one after the other, never a deadlock, nothing overwritten."""

import time
from threading import Event, Thread

import pytest
from django.db import connection
from django.urls import reverse

from clients.services import ending
from clients.tests.people import make_client, make_coach
from programs.domain import adapting, editing
from programs.models import Draft, Program, Proposal, Version
from programs.services import deciding, drafting, planning, publishing, reducing, training
from programs.tests.people import WISHES, drafted, next_session, planned, train

pytestmark = pytest.mark.django_db(transaction=True)

A_MOMENT_S = 0.5  # long enough for the second one to be in the middle of it too


@pytest.fixture
def ana(db):
    return make_client(make_coach())


@pytest.fixture
def in_the_middle(monkeypatch):
    """Let a function of a module tell that it is reached, and take its time."""

    def slow(module, name) -> Event:
        reached, original = Event(), getattr(module, name)

        def slowly(*args, **kwargs):
            reached.set()
            time.sleep(A_MOMENT_S)
            return original(*args, **kwargs)

        monkeypatch.setattr(module, name, slowly)
        return reached

    return slow


def together(first, reached: Event, second) -> list:
    """Run the second as soon as the first is in the middle: what each returned or raised."""
    results: list = [None, None]

    def run(index, act):
        try:
            results[index] = act()
        except Exception as problem:  # noqa: BLE001 - whatever it is, the test looks at it
            results[index] = problem
        finally:
            connection.close()

    def when_reached():
        reached.wait(timeout=10)
        return second()

    threads = [Thread(target=run, args=(0, first)), Thread(target=run, args=(1, when_reached))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def a_note(plan):
    line = plan.weeks[-1].sessions[0].lines[0]
    return editing.SetNote(line=line.id, note="Slowly.", scope="this")


def test_a_runner_stops_while_the_coach_publishes(ana, now, in_the_middle):
    program = planned(ana, now)
    session = train(next_session(program, now), now)
    training.save_line(session=session, line_id=session.plan.lines[0].id, now=now, during_nrs=8)
    by = ana.coach.user
    stopped, published = together(
        lambda: deciding.decide_early(session=session, now=now),
        in_the_middle(adapting, "propose"),
        lambda: publishing.publish(
            program=program, base=program.current, edits=[a_note(program.current.plan)], reason="", by=by, now=now
        ),
    )
    assert stopped == "stop"
    assert isinstance(published, publishing.StaleBase)
    assert [version.published_by for version in Version.objects.order_by("number")] == [by, None]


def test_one_coach_generates_while_another_edits(ana, now, in_the_middle):
    program = planned(ana, now)
    by, edit = ana.coach.user, a_note(program.current.plan)
    made, edited = together(
        lambda: planning.make_draft(client=ana, wishes=WISHES, by=by, now=now),
        in_the_middle(planning, "generate"),
        lambda: drafting.edit(program=program, revision=0, change=edit, by=by, now=now),
    )
    assert isinstance(edited, drafting.DraftChanged)
    assert Draft.objects.get() == made


def a_proposal(program, now):
    """A rule would take a set away on the line that `a_note` is about."""
    line = program.current.plan.weeks[-1].sessions[0].lines[0]
    return Proposal.objects.create(
        program=program, rule="R-G1", slot=line.slot, change={"sets": 1 if line.sets > 1 else 2}, because="Enough.",
        rules_version="1", created_at=now,
    )  # fmt: skip


def test_a_coach_approves_while_another_edits(ana, now, in_the_middle):
    program = planned(ana, now)
    by, edit, proposal = ana.coach.user, a_note(program.current.plan), a_proposal(program, now)
    _, edited = together(
        lambda: reducing.decide_proposal(proposal=proposal, decision="approve", by=by, now=now),
        in_the_middle(reducing, "edits_of"),
        lambda: drafting.edit(program=program, revision=program.draft_revision, change=edit, by=by, now=now),
    )
    assert isinstance(edited, drafting.DraftChanged), "she looked at the version before"
    assert (Version.objects.count(), Draft.objects.count()) == (2, 0)


def test_a_coach_edits_while_another_approves(ana, now, in_the_middle):
    program = planned(ana, now)
    by, edit, proposal = ana.coach.user, a_note(program.current.plan), a_proposal(program, now)
    edited, approved = together(
        lambda: drafting.edit(program=program, revision=program.draft_revision, change=edit, by=by, now=now),
        in_the_middle(editing, "apply"),
        lambda: reducing.decide_proposal(proposal=proposal, decision="approve", by=by, now=now),
    )
    assert approved is None and edited.pk
    draft = Draft.objects.select_related("base").get()
    assert (draft.base.number, draft.revision > edited.revision, len(draft.edits)) == (2, True, 1)


def test_a_coach_ends_the_coaching_while_another_edits(ana, now, in_the_middle):
    program = planned(ana, now)
    by, edit = ana.coach.user, a_note(program.current.plan)
    edited, finished = together(
        lambda: drafting.edit(program=program, revision=0, change=edit, by=by, now=now),
        in_the_middle(editing, "apply"),
        lambda: ending.finish(client=ana, by=by, now=now),
    )
    assert edited.pk and finished is None
    assert (Program.objects.get().state, Draft.objects.count()) == (Program.State.ENDED, 0)


def test_a_program_that_ends_during_the_nightly_top_up_stays_empty(ana, now, in_the_middle):
    program, by = planned(ana, now), ana.coach.user
    topped_up, done = together(
        lambda: publishing.end_program(program=program, by=by, reason="Moves away.", now=now),
        in_the_middle(drafting, "turn_page"),
        lambda: publishing.top_up(now=now),
    )
    assert (topped_up, done) == (None, 1)
    assert set(program.scheduledsessions.values_list("state", flat=True)) == {"withdrawn"}


def test_what_changed_after_the_coach_read_it_is_not_published(ana, now):
    program = planned(ana, now)
    by, edit = ana.coach.user, a_note(program.current.plan)
    read = drafting.edit(program=program, revision=0, change=edit, by=by, now=now)
    after = drafting.edit(program=program, revision=read.revision, change=edit, by=by, now=now)
    with pytest.raises(publishing.StaleDraft):
        publishing.publish_draft(draft=read, reason="", by=by, now=now)
    assert (Draft.objects.get().revision, Version.objects.count()) == (after.revision, 1)


def test_the_coach_reads_what_changed_before_she_publishes_it(ana, now, sign_in):
    program = planned(ana, now)
    by, edit = ana.coach.user, a_note(program.current.plan)
    draft = drafting.edit(program=program, revision=0, change=edit, by=by, now=now)
    browser, address = sign_in(ana.coach), reverse("programs:plan_publish", kwargs={"pk": ana.pk})
    read = browser.get(address).context["form"]["revision"].value()
    drafting.edit(program=program, revision=draft.revision, change=edit, by=by, now=now)
    answer = browser.post(address, {"reason": "Slower now.", "revision": read})
    assert (answer.status_code, Version.objects.count()) == (422, 1)
    again = answer.context["form"]
    assert again["reason"].value() == "Slower now."
    assert browser.post(address, {"reason": "Slower now.", "revision": again["revision"].value()}).status_code == 302
    assert Version.objects.count() == 2


def test_a_form_of_a_draft_that_was_made_anew_is_stale(ana, now):
    draft = drafted(ana, now)
    planning.make_draft(client=ana, wishes=WISHES, by=ana.coach.user, now=now)
    with pytest.raises(drafting.DraftChanged):
        drafting.edit(
            program=draft.program, revision=draft.revision, change=a_note(draft.plan), by=ana.coach.user, now=now
        )


def test_a_draft_discarded_from_two_tabs_is_no_error(ana, now):
    draft = drafted(ana, now)
    other_tab = Program.objects.get(pk=draft.program_id)
    drafting.discard(program=draft.program)
    drafting.discard(program=other_tab)
    assert not Program.objects.exists()
