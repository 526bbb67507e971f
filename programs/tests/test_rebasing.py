"""An open draft meets a newer version: what is replayed, what waits for the coach, and what is never touched."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from programs.domain import rebasing
from programs.domain.editing import apply, replace
from programs.domain.edits import (
    AddLine,
    EditError,
    MoveLine,
    MoveSession,
    RemoveLine,
    Restore,
    SetAnchor,
    SetDose,
    SetNote,
    SetRunStage,
    SwapExercise,
)
from programs.domain.library import library
from programs.domain.records import WEEKDAYS
from programs.domain.rules import rules
from programs.tests.plan_briefs import ATHLETES, plan

LIBRARY, RULES = library(), rules()
PLAN = plan(**ATHLETES["lena"])  # phase 3, four weeks, the fourth a deload, A B A B
FIRST = next(line for line in PLAN.session(1, "A-1").lines if line.sets == 3 and line.pillar == "strength")
OTHER = next(line for line in PLAN.session(1, "A-1").lines if line.pillar == "strength" and line != FIRST)
SCOPES = ("this", "this_week", "this_and_later")


def edited(edits, before=PLAN):
    for edit in edits:
        before = apply(before, edit, LIBRARY, RULES)
    return before


def rebased(draft, published, *, is_safety=False, conflicts=()):
    return rebasing.rebase(
        PLAN, edited(published), draft, LIBRARY, RULES, version=2, is_safety=is_safety, conflicts=conflicts
    )


def line_at(shown, line):
    return next((one for *_, one in shown.places() if one.id == line.id), None)


def later(line, week):
    """The same slot in the same session of another week."""
    return PLAN.line(line.id.replace("w1.", f"w{week}."))


def test_a_draft_goes_on_where_the_publication_did_not_touch_it():
    note = SetNote(line=FIRST.id, note="Slowly.")
    made = rebased([note], [SetDose(line=FIRST.id, sets=1)])
    assert made.conflicts == ()
    assert (line_at(made.plan, FIRST).note, line_at(made.plan, FIRST).sets) == ("Slowly.", 1)


def test_two_doses_for_one_line_are_a_conflict_and_the_published_one_stands():
    mine, theirs = SetDose(line=FIRST.id, sets=4), SetDose(line=FIRST.id, sets=2)
    made = rebased([mine], [theirs])
    assert (made.plan, made.edits) == (edited([theirs]), ())
    (conflict,) = made.conflicts
    name = LIBRARY[FIRST.exercise].name
    assert name in conflict.theirs[0] and "2 sets" in conflict.theirs[0]
    assert name in conflict.yours[0] and "4 sets" in conflict.yours[0]


def test_the_coach_keeps_hers_with_one_edit_that_can_be_undone():
    made = rebased([SetDose(line=FIRST.id, sets=4)], [SetDose(line=FIRST.id, sets=2)])
    kept = rebasing.keep_yours(made.plan, made.conflicts[0], LIBRARY, RULES)
    assert line_at(kept.plan, FIRST).sets == 4
    assert edited(kept.undos, kept.plan) == made.plan


def test_what_both_want_is_no_conflict():
    same = SetDose(line=FIRST.id, sets=2)
    assert rebased([same], [same]) == rebasing.Rebased(plan=edited([same]), edits=(), undos=(), conflicts=())
    gone = RemoveLine(line=FIRST.id)
    assert rebased([gone], [gone]) == rebasing.Rebased(plan=edited([gone]), edits=(), undos=(), conflicts=())


def test_a_line_that_a_rule_rests_is_not_loaded_by_the_draft_but_later_ones_are():
    rest = RemoveLine(line=FIRST.id, scope="this")
    made = rebased([SetDose(line=later(FIRST, 2).id, sets=4)], [rest], is_safety=True)
    assert made.conflicts == ()
    assert line_at(made.plan, FIRST) is None and line_at(made.plan, later(FIRST, 2)).sets == 4


@pytest.mark.parametrize(
    "draft",
    [
        [SetDose(line=FIRST.id, sets=5)],
        [SetDose(line=FIRST.id, sets=5, scope="this_week")],
        [RemoveLine(line=FIRST.id), SwapExercise(line=OTHER.id, exercise=FIRST.exercise, override="mine")],
        [RemoveLine(line=FIRST.id), AddLine(week=1, session="A-1", exercise=FIRST.exercise, override="mine")],
    ],
)
def test_a_reduction_by_rule_stands_until_the_coach_says_otherwise(draft):
    rests = [RemoveLine(line=line.id, scope="this") for *_, line in PLAN.places() if line.exercise == FIRST.exercise]
    made = rebased(draft, rests, is_safety=True)
    assert [conflict.is_safety for conflict in made.conflicts] == [True]
    assert made.plan == edited(rests)


def test_what_begins_at_a_line_that_is_gone_begins_at_the_next_one():
    made = rebased([SetDose(line=FIRST.id, sets=4)], [RemoveLine(line=FIRST.id, scope="this")], is_safety=True)
    kept = rebasing.keep_yours(made.plan, made.conflicts[0], LIBRARY, RULES)
    assert line_at(kept.plan, FIRST) is None, "keeping hers is no word on the session that rests"
    assert line_at(kept.plan, later(FIRST, 2)).sets == 4


def new_exercises():
    taken = {line.exercise for *_, line in PLAN.places()}
    may = [one.id for one in LIBRARY if one.id not in taken and not one.is_run_drill and one.pillar == "strength"]
    return may[0], may[1]


def test_lines_added_on_both_sides_keep_their_own_slots():
    theirs, mine = new_exercises()
    slot = f"A{PLAN.last_slot + 1}"  # both sides call their new line so
    draft = [
        AddLine(week=1, session="A-1", exercise=mine, override="mine"),
        SetNote(line=f"w1.A-1.{slot}", note="New for you."),
    ]
    made = rebased(draft, [AddLine(week=1, session="A-1", exercise=theirs, override="theirs")])
    assert made.conflicts == ()
    notes = {line.exercise: line.note for line in made.plan.session(1, "A-1").lines}
    assert (notes[mine], notes[theirs]) == ("New for you.", "")
    assert edited(made.edits, edited([AddLine(week=1, session="A-1", exercise=theirs, override="theirs")])) == made.plan


def test_an_added_line_that_waits_is_kept_with_what_was_done_to_it():
    mine, _ = new_exercises()
    draft = [
        AddLine(week=1, session="A-1", exercise=mine, override="mine"),
        SetNote(line=f"w1.A-1.A{PLAN.last_slot + 1}", note="New for you."),
    ]
    theirs = AddLine(week=1, session="A-1", exercise=mine, override="theirs", scope="this")
    made = rebased(draft, [theirs])
    (conflict,) = made.conflicts
    assert len(conflict.held) == 2
    without = edited([RemoveLine(line=f"w1.A-1.A{PLAN.last_slot + 1}", scope="this")], made.plan)
    kept = rebasing.keep_yours(without, conflict, LIBRARY, RULES)
    assert [line.note for line in kept.plan.session(1, "A-1").lines if line.exercise == mine] == ["New for you."]


def test_a_session_on_a_day_that_is_taken_now_waits():
    taken = next(day for day in WEEKDAYS if day not in {one.day for one in PLAN.week(1).sessions})
    made = rebased(
        [MoveSession(week=1, session="A-1", day=taken, scope="this")],
        [MoveSession(week=1, session="B-1", day=taken, scope="this")],
    )
    assert len(made.conflicts) == 1 and made.conflicts[0].theirs


def test_a_conflict_survives_the_next_publication_and_comes_back_from_storage():
    first = rebased([SetDose(line=FIRST.id, sets=4)], [SetDose(line=FIRST.id, sets=2)])
    stored = [rebasing.conflict_from_document(rebasing.conflict_to_document(one)) for one in first.conflicts]
    assert tuple(stored) == first.conflicts
    newer = edited([SetDose(line=FIRST.id, sets=1)], first.plan)
    again = rebasing.rebase(
        first.plan, newer, (), LIBRARY, RULES, version=3, is_safety=True, conflicts=tuple(stored)
    ).conflicts
    assert [(one.version, one.is_safety, one.held) for one in again] == [(3, True, first.conflicts[0].held)]
    assert "1 set" in again[0].theirs[0]


# --- a draft made anew -----------------------------------------------------------------------------------------------

ANEW = plan(**{**ATHLETES["lena"], "minutes": 45})


def carried(edits, *, is_safety=False, made=ANEW, old=PLAN):
    return rebasing.carry(made, old, edits, LIBRARY, RULES, version=2, is_safety=is_safety)


def test_a_published_edit_goes_into_a_plan_made_anew_where_it_means_the_same():
    made, conflicts = carried([SetNote(line=FIRST.id, note="Slowly.")], made=PLAN)
    assert (made, conflicts) == (edited([SetNote(line=FIRST.id, note="Slowly.")]), ())


def test_a_published_edit_that_does_not_fit_is_named_and_nothing_else_is_touched():
    without = edited([RemoveLine(line=FIRST.id)])
    made, conflicts = carried([SetDose(line=FIRST.id, sets=2)], made=without)
    assert made == without
    assert LIBRARY[FIRST.exercise].name in conflicts[0].theirs[0] and not conflicts[0].held


def test_a_reduction_by_rule_never_raises_a_plan_that_asks_less():
    less = edited([SetDose(line=FIRST.id, sets=1)])
    made, conflicts = carried([SetDose(line=FIRST.id, sets=2)], is_safety=True, made=less)
    assert (made, conflicts) == (less, ())


def test_whole_weeks_published_are_named():
    assert len(carried(())[1]) == 1
    assert len(carried([Restore(weeks=(PLAN.weeks[0],), last_slot=PLAN.last_slot)])[1]) == 1


# --- properties ------------------------------------------------------------------------------------------------------


LINES = tuple(line for *_, line in PLAN.places())


@st.composite
def edits(draw: st.DrawFn, lines=LINES, most=4):
    """A few edits that can be made one after another."""
    made, before = [], PLAN
    exercises = [one.id for one in LIBRARY]
    for _ in range(draw(st.integers(0, most))):
        line, scope = draw(st.sampled_from(lines)), draw(st.sampled_from(SCOPES))
        week, session = int(line.id[1]), line.id.split(".")[1]
        edit = draw(
            st.sampled_from(
                [
                    RemoveLine(line=line.id, scope=scope),
                    SwapExercise(line=line.id, exercise=draw(st.sampled_from(exercises)), scope=scope, override="so"),
                    SetDose(line=line.id, sets=draw(st.integers(1, 6)), scope=scope),
                    MoveLine(line=line.id, position=draw(st.integers(0, 3)), scope=scope),
                    SetAnchor(line=line.id, anchor=draw(st.booleans()), scope=scope),
                    SetNote(line=line.id, note=draw(st.sampled_from(["", "Slowly.", "Tall."])), scope=scope),
                    AddLine(week=week, session=session, exercise=draw(st.sampled_from(exercises)), override="so"),
                    MoveSession(week=week, session=session, day=draw(st.sampled_from(WEEKDAYS)), exchange=True),
                    SetRunStage(week=week, stage=draw(st.integers(0, 10)), scope=scope),
                ]
            )
        )
        try:
            before = apply(before, edit, LIBRARY, RULES)
        except EditError:
            continue
        made.append(edit)
    return made


@settings(max_examples=60, deadline=None)
@given(draft=edits())
def test_a_draft_on_the_base_it_has_stays_as_it_is(draft):
    made = rebased(draft, [])
    assert (made.plan, made.edits, made.conflicts) == (edited(draft), tuple(draft), ())


@settings(max_examples=120, deadline=None)
@given(draft=edits(), published=edits(most=3))
def test_a_rebase_loses_nothing_and_overwrites_nothing(draft, published):
    new = edited(published)
    made = rebased(draft, published)
    assert edited(made.edits, new) == made.plan
    assert edited(reversed(made.undos), made.plan) == new
    facts, before = rebasing.facts_of(made.plan), rebasing.facts_of(new)
    stands = rebasing.touched(PLAN, new)
    assert all(facts.get(fact) == before.get(fact) for fact in stands), "what was published stands"
    held = [one for conflict in made.conflicts for one in conflict.held]
    gone = len(draft) - len(made.edits) - len(held)
    assert gone >= 0
    if not made.conflicts and not gone and made.edits == tuple(draft):
        assert made.plan == edited(draft, new)
    for conflict in made.conflicts:
        assert conflict.theirs and conflict.yours and conflict.held


A_LINES = tuple(line for *_, session, line in PLAN.places() if session.key == "A")
B_LINES = tuple(line for *_, session, line in PLAN.places() if session.key == "B")


def of_lines_only(made):
    return [
        edit for edit in made if isinstance(edit, RemoveLine | SetDose | MoveLine | SetAnchor | SetNote | SwapExercise)
    ]


@settings(max_examples=60, deadline=None)
@given(draft=edits(lines=A_LINES), published=edits(lines=B_LINES))
def test_edits_of_different_sessions_never_conflict(draft, published):
    draft, published = of_lines_only(draft), of_lines_only(published)
    try:
        there, both = edited(published), edited([*published, *draft])
        edited(draft)
    except EditError:  # an edit that is left builds on one that was taken out here
        return
    made = rebasing.rebase(PLAN, there, draft, LIBRARY, RULES, version=2, is_safety=False)
    assert (made.conflicts, made.plan) == ((), both)


@settings(max_examples=60, deadline=None)
@given(draft=edits(lines=A_LINES, most=2), published=edits(lines=A_LINES, most=2))
def test_keeping_hers_in_every_conflict_brings_back_each_edit_that_can_still_be_made(draft, published):
    made = rebased(draft, published)
    plan_now = made.plan
    for conflict in made.conflicts:
        try:
            kept = rebasing.keep_yours(plan_now, conflict, LIBRARY, RULES)
        except EditError:
            continue
        assert edited(kept.edits, plan_now) == kept.plan
        assert edited(reversed(kept.undos), kept.plan) == plan_now
        plan_now = kept.plan


def test_the_facts_of_a_plan_see_every_edit():
    for edit in (
        SetDose(line=FIRST.id, dose=replace(FIRST.dose, rest_s=FIRST.dose.rest_s + 15)),
        SetRunStage(week=1, stage=0),
        MoveLine(line=PLAN.weeks[0].sessions[0].lines[0].id, position=2),
    ):
        assert rebasing.touched(PLAN, edited([edit]))
