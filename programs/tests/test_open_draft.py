"""A draft that stands open while something else is published, and pages that show an older board."""

from datetime import timedelta

import pytest
from django.urls import reverse

from programs.domain.edits import RemoveLine, SetDose, SetNote
from programs.models import Draft, Program, Proposal, ScheduledSession, Version
from programs.services import deciding, drafting, planning, publishing, reducing, training
from programs.tests.people import WISHES, drafted, next_session, planned, train


@pytest.fixture
def program(ana, now):
    return planned(ana, now)


@pytest.fixture
def by(ana):
    return ana.coach.user


def reload(program):
    return Program.objects.select_related("client", "current").get(pk=program.pk)


def a_line(program, week=2):
    return next(line for line in program.current.plan.week(week).sessions[0].lines if line.sets > 1)


def drafted_dose(program, by, now, sets):
    change = SetDose(line=a_line(program).id, sets=sets)
    return drafting.edit(program=program, revision=program.draft_revision, change=change, by=by, now=now)


def approved(program, by, now, change):
    proposal = Proposal.objects.create(
        program=program, rule="R-G1", slot=a_line(program).slot, change=change, because="Two calm weeks.",
        rules_version="1", created_at=now,
    )  # fmt: skip
    reducing.decide_proposal(proposal=proposal, decision="approve", by=by, now=now)


def note(program, words="Slowly."):
    return SetNote(line=a_line(program).id, note=words)


def test_a_draft_goes_on_on_top_of_what_was_approved(program, by, now):
    drafting.edit(program=program, revision=0, change=note(program), by=by, now=now)
    approved(program, by, now, {"sets": 1})
    draft = Draft.objects.select_related("base").get()
    line = draft.plan.line(a_line(program).id)
    assert (draft.base.number, draft.conflicts, line.sets, line.note) == (2, [], 1, "Slowly.")
    version = publishing.publish_draft(draft=draft, reason="", by=by, now=now)
    assert version.plan == draft.plan


def test_undo_after_a_rebase_gives_what_is_published(program, by, now):
    drafting.edit(program=program, revision=0, change=note(program), by=by, now=now)
    approved(program, by, now, {"sets": 1})
    draft = Draft.objects.get()
    assert drafting.undo(program=program, revision=draft.revision, by=by, now=now) is None
    assert not Draft.objects.exists()
    assert reload(program).current.plan.line(a_line(program).id).sets == 1


def test_a_form_from_before_the_rebase_is_told(program, by, owner, now):
    draft = drafting.edit(program=program, revision=0, change=note(program), by=by, now=now)
    approved(program, owner.user, now, {"sets": 1})
    with pytest.raises(drafting.DraftChanged, match=owner.user.name):
        drafting.edit(program=program, revision=draft.revision, change=note(program, "Fast."), by=by, now=now)


def test_a_conflict_waits_and_nothing_is_published_before_it_is_decided(program, by, now):
    drafted_dose(program, by, now, 5)
    approved(program, by, now, {"sets": 1})
    draft = Draft.objects.get()
    assert draft.plan == reload(program).current.plan, "until she decides, the published stands"
    assert len(draft.conflicts) == 1
    with pytest.raises(publishing.ConflictsOpen):
        publishing.publish_draft(draft=draft, reason="More.", by=by, now=now)
    assert Draft.objects.get().conflicts == draft.conflicts


def test_hers_is_kept_and_can_be_undone(program, by, now):
    drafted_dose(program, by, now, 5)
    approved(program, by, now, {"sets": 1})
    draft = Draft.objects.get()
    kept = drafting.settle(program=program, revision=draft.revision, number=0, is_kept=True, by=by, now=now)
    assert (kept.plan.line(a_line(program).id).sets, kept.conflicts) == (5, [])
    assert drafting.undo(program=program, revision=kept.revision, by=by, now=now) is None


def test_theirs_is_taken_and_an_empty_draft_is_none(program, by, now):
    drafted_dose(program, by, now, 5)
    approved(program, by, now, {"sets": 1})
    revision = Draft.objects.get().revision
    assert drafting.settle(program=program, revision=revision, number=0, is_kept=False, by=by, now=now) is None
    with pytest.raises(drafting.DraftChanged):  # a second tap
        drafting.settle(program=program, revision=revision, number=0, is_kept=False, by=by, now=now)


def stopped(program, now):
    """The runner's knee stops her session; a rule takes load away at once."""
    session = train(next_session(program, now), now)
    for line in session.plan.lines:
        training.save_line(session=session, line_id=line.id, now=now, during_nrs=8)
    assert deciding.decide_early(session=session, now=now) == "stop"
    return reload(program).current


def test_no_rebase_brings_back_what_a_safety_rule_took_away(program, by, now):
    after = {(week, session) for week, session in program.scheduledsessions.values_list("week", "session_key")}
    edits = [
        SetDose(line=line.id, sets=5, scope="this")
        for _, week, session, line in program.current.plan.places()
        if (week.number, session.id) in after and week.number <= 2 and line.sets < 5
    ]
    revision = 0
    for edit in edits:
        revision = drafting.edit(program=program, revision=revision, change=edit, by=by, now=now).revision
    before, version = program.current.plan, stopped(program, now)
    assert version.published_by is None
    draft = Draft.objects.get()
    kept = {line.id for *_, line in version.plan.places()}
    gone = [line.id for *_, line in before.places() if line.id not in kept]
    assert gone and not any(line.id in gone for *_, line in draft.plan.places())
    assert draft.conflicts and all(conflict["is_safety"] for conflict in draft.conflicts)


def test_a_restore_brings_the_draft_along(program, by, now):
    first = program.current
    publishing.publish(program=program, base=first, edits=[note(program, "Tall.")], reason="", by=by, now=now)
    program = reload(program)
    last = program.current.plan.weeks[-1].sessions[0].lines[0]
    drafting.edit(program=program, revision=0, change=SetNote(line=last.id, note="Easy."), by=by, now=now)
    publishing.restore(program=program, version=first, reason="Back.", by=by, now=now)
    draft = Draft.objects.get()
    assert (draft.plan.line(last.id).note, draft.plan.line(a_line(program).id).note) == ("Easy.", "")


def test_a_draft_made_anew_takes_in_what_is_approved_where_it_has_the_line(ana, program, by, now):
    draft = planning.make_draft(client=ana, wishes=WISHES, by=by, now=now)
    had = [
        line
        for _, week, _, line in draft.plan.places()
        if week.number >= 2 and line.slot == a_line(program).slot and line.exercise == a_line(program).exercise
    ]
    approved(program, by, now, {"sets": 1})
    after = Draft.objects.get()
    assert (after.is_whole, after.base_id, after.revision) == (True, reload(program).current_id, draft.revision + 2)
    assert had and not after.conflicts and all(after.plan.line(line.id).sets == 1 for line in had)


def test_a_draft_made_anew_names_a_plan_that_was_restored_meanwhile(ana, program, by, now, sign_in):
    draft = planning.make_draft(client=ana, wishes=WISHES, by=by, now=now)
    publishing.restore(program=program, version=program.current, reason="Again.", by=by, now=now)
    after = Draft.objects.get()
    assert after.plan == draft.plan and len(after.conflicts) == 1
    page = sign_in(ana.coach).get(reverse("programs:plan", kwargs={"pk": ana.pk})).content.decode()
    assert "Seen, leave the draft" in page
    drafting.settle(program=program, revision=after.revision, number=0, is_kept=True, by=by, now=now)
    assert Draft.objects.get().conflicts == []


def test_edits_that_cannot_be_replayed_any_more_stay_on_the_board(program, by, now):
    draft = drafting.edit(program=program, revision=0, change=note(program), by=by, now=now)
    Draft.objects.update(edits=[*draft.edits, {"edit": "set_note", "line": "w1.Z-1.Z9", "note": "", "scope": "this"}])
    approved(program, by, now, {"sets": 1})
    after = Draft.objects.get()
    line = after.plan.line(a_line(program).id)
    assert (after.is_whole, after.edits, line.note, line.sets) == (True, [], "Slowly.", 1)


# --- the board's revision --------------------------------------------------------------------------------------------


def test_a_new_draft_goes_on_counting_where_a_discarded_one_stopped(program, by, now):
    old = drafting.edit(program=program, revision=0, change=note(program), by=by, now=now)
    drafting.discard(program=program, revision=old.revision)
    new = drafting.edit(program=program, revision=0, change=note(program, "Tall."), by=by, now=now)
    assert new.revision > old.revision
    for act in (
        lambda: drafting.edit(program=program, revision=old.revision, change=note(program, "No."), by=by, now=now),
        lambda: drafting.undo(program=program, revision=old.revision, by=by, now=now),
        lambda: drafting.discard(program=program, revision=old.revision),
    ):
        with pytest.raises(drafting.DraftChanged):
            act()
    assert Draft.objects.get().plan.line(a_line(program).id).note == "Tall."


def test_an_old_tab_of_a_discarded_draft_starts_no_new_one(program, by, now):
    old = drafting.edit(program=program, revision=0, change=note(program), by=by, now=now)
    drafting.discard(program=program, revision=old.revision)
    with pytest.raises(drafting.DraftChanged):
        drafting.edit(program=program, revision=old.revision, change=note(program), by=by, now=now)
    assert not Draft.objects.exists()


def test_a_page_of_an_older_version_is_told(ana, program, by, now, sign_in):
    browser, line = sign_in(ana.coach), a_line(program)
    page = browser.get(reverse("programs:plan_line", kwargs={"pk": ana.pk, "line_id": line.id}))
    publishing.publish(program=program, base=program.current, edits=[note(program)], reason="", by=by, now=now)
    said = {"act": "remove", "line": line.id, "revision": page.context["revision"], "scope": "this"}
    answer = browser.post(reverse("programs:plan_edit", kwargs={"pk": ana.pk}), said, follow=True)
    assert "has changed" in answer.content.decode()
    assert not Draft.objects.exists()


# --- the page --------------------------------------------------------------------------------------------------------


def test_the_page_says_who_changed_what_and_one_press_decides(ana, program, owner, now, sign_in, by):
    drafted_dose(program, by, now, 5)
    approved(program, owner.user, now, {"sets": 1})
    browser, address = sign_in(ana.coach), reverse("programs:plan", kwargs={"pk": ana.pk})
    page = browser.get(address).content.decode()
    assert owner.user.name in page and "Keep yours" in page and "Take theirs" in page
    assert "Decide 1 first" in page
    assert browser.get(reverse("programs:plan_publish", kwargs={"pk": ana.pk})).status_code == 302
    said = {"revision": Draft.objects.get().revision, "choice": "yours"}
    browser.post(reverse("programs:plan_conflict", kwargs={"pk": ana.pk, "number": 0}), said)
    assert Draft.objects.get().plan.line(a_line(program).id).sets == 5
    assert "Take theirs" not in browser.get(address).content.decode()


def test_what_cannot_be_kept_says_why(ana, program, by, now, sign_in):
    change = SetDose(line=a_line(program).id, sets=5, scope="this")
    drafting.edit(program=program, revision=0, change=change, by=by, now=now)
    publishing.publish(
        program=program, base=program.current, edits=[RemoveLine(line=a_line(program).id)], reason="Out.",
        by=by, now=now,
    )  # fmt: skip
    page = sign_in(ana.coach).get(reverse("programs:plan", kwargs={"pk": ana.pk})).content.decode()
    assert "cannot be made any more" in page and "Keep yours" not in page and "Take theirs" in page


def test_the_pages_answer_a_head_request(ana, program, sign_in):
    browser = sign_in(ana.coach)
    for name in ("plan", "plan_versions", "plan_end", "plan_generate"):
        assert browser.head(reverse(f"programs:{name}", kwargs={"pk": ana.pk})).status_code == 200, name


def test_the_first_draft_of_all_is_nobodys_rebase(ana, now, by):
    draft = drafted(ana, now)
    publishing.publish_draft(draft=draft, reason="", by=by, now=now)
    assert not Draft.objects.exists() and Version.objects.count() == 1
    assert ScheduledSession.objects.filter(day__lte=ana.local_date(now) + timedelta(weeks=8)).exists()
