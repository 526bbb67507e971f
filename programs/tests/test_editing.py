"""Edits: what they change and where, undo, what they refuse; differences; stored versions."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from programs.domain import words
from programs.domain.auditing import audit
from programs.domain.diffing import diff, headline, needs_reason
from programs.domain.dose import default_dose
from programs.domain.editing import apply, invert
from programs.domain.edits import (
    AddLine,
    CopySessions,
    DayTaken,
    EditError,
    MoveLine,
    MoveSession,
    MoveToSession,
    NeedsOverride,
    NotFound,
    OutOfBounds,
    PairLines,
    RemoveLine,
    RepeatedExercise,
    Restore,
    SetAnchor,
    SetDose,
    SetNote,
    SetRunStage,
    SetSessionNote,
    SetWeekNote,
    SwapExercise,
    WrongPlace,
    edit_from_document,
    edit_to_document,
)
from programs.domain.library import library
from programs.domain.records import (
    SCHEMA_VERSION,
    WEEKDAYS,
    Plan,
    SideSets,
    UnknownSchema,
    decode,
    encode,
    from_document,
    line_id,
    to_document,
    upgrade,
)
from programs.domain.rules import rules
from programs.tests.plan_briefs import ATHLETES, plan

LIBRARY, RULES = library(), rules()
PLAN = plan(**ATHLETES["lena"])  # phase 3, four weeks, the fourth a deload, A B A B
FIRST = PLAN.weeks[0].sessions[0].lines[0]
SCOPES = ("this", "this_week", "this_and_later")


def edited(edit, before: Plan = PLAN) -> Plan:
    return apply(before, edit, LIBRARY, RULES)


def strength_line(week: int = 1, session: str = "A-1"):
    return next(line for line in PLAN.session(week, session).lines if line.pillar == "strength" and line.sets > 1)


def where(after: Plan, slot: str, want) -> set[tuple[int, str]]:
    return {(week.number, session.id) for _, week, session, line in after.places() if line.slot == slot and want(line)}


def test_a_scope_says_which_occurrences_an_edit_reaches():
    line = strength_line(2, "A-2")
    reached = {
        scope: where(edited(SetNote(line=line.id, note="Slowly.", scope=scope)), line.slot, lambda one: one.note)
        for scope in SCOPES
    }
    assert reached == {
        "this": {(2, "A-2")},
        "this_week": {(2, "A-1"), (2, "A-2")},
        "this_and_later": {(2, "A-2"), (3, "A-1"), (3, "A-2"), (4, "A-1"), (4, "A-2")},
    }


def test_a_swap_keeps_the_slot_and_the_must_do_and_renews_the_rest():
    line = next(one for one in PLAN.session(1, "A-1").lines if one.anchor and one.pillar == "strength")
    after = edited(SwapExercise(line=line.id, exercise="single-leg-hip-thrust")).line(line.id)
    assert (after.slot, after.id, after.anchor) == (line.slot, line.id, True)
    assert after.exercise == "single-leg-hip-thrust"
    assert LIBRARY["single-leg-hip-thrust"].why in after.because
    assert after.dose == default_dose(LIBRARY["single-leg-hip-thrust"], 3, RULES)


def test_an_added_line_gets_one_new_slot_in_every_later_session_of_its_template():
    after = edited(AddLine(week=3, session="B-1", exercise="clamshell", sets=2))
    slot = f"B{PLAN.last_slot + 1}"
    assert where(after, slot, lambda line: line.exercise == "clamshell") == {
        (3, "B-1"), (3, "B-2"), (4, "B-1"), (4, "B-2"),
    }  # fmt: skip
    assert after.last_slot == PLAN.last_slot + 1
    removed = edited(RemoveLine(line=f"w3.B-1.{slot}"), after)
    again = edited(AddLine(week=3, session="B-1", exercise="clamshell"), removed)
    assert again.session(3, "B-1").lines[-1].slot == f"B{PLAN.last_slot + 2}", "a slot number is never used twice"


def test_a_deload_week_makes_later_doses_lighter():
    line = strength_line()
    after = edited(SetDose(line=line.id, sets=4, dose=replace(line.dose, rir=(2, 3), load_kg=20.0)))
    normal, deload = after.line(line.id), after.line(f"w4.A-1.{line.slot}")
    assert (normal.sets, normal.dose.rir, normal.dose.load_kg) == (4, (2, 3), 20.0)
    assert (deload.sets, deload.dose.rir, deload.dose.load_kg) == (2, (3, 4), 18.0)
    added = edited(AddLine(week=1, session="A-1", exercise="clamshell", sets=2))
    assert [added.session(week, "A-1").lines[-1].sets for week in (1, 2, 3, 4)] == [2, 2, 2, 1]


def test_moving_a_line_changes_the_order_only():
    lines = PLAN.session(1, "A-1").lines
    after = edited(MoveLine(line=lines[0].id, position=2, scope="this")).session(1, "A-1").lines
    assert after == (lines[1], lines[2], lines[0], *lines[3:])


def test_a_line_moves_to_another_session_with_its_slot_and_dose():
    line = next(one for one in PLAN.session(2, "A-1").lines if one.exercise not in names(2, "B-1"))
    once = edited(MoveToSession(line=line.id, session="B-1", position=0, scope="this"))
    moved = once.session(2, "B-1").lines[0]
    assert (moved.slot, moved.exercise, moved.dose, moved.id) == (
        line.slot,
        line.exercise,
        line.dose,
        f"w2.B-1.{line.slot}",
    )
    assert where(once, line.slot, bool) == where(PLAN, line.slot, bool) - {(2, "A-1")} | {(2, "B-1")}
    later = edited(MoveToSession(line=line.id, session="B-1"))
    assert where(later, line.slot, bool) == {
        (week, session) for week, session in where(PLAN, line.slot, bool) if week < 2
    } | {(week, session) for week in (2, 3, 4) for session in ("B-1", "B-2")}
    there = edited(AddLine(week=2, session="B-1", exercise=line.exercise, override="asked for"))
    with pytest.raises(RepeatedExercise):
        edited(MoveToSession(line=line.id, session="B-1"), there)


def test_lines_are_done_in_turns_and_stand_together():
    first, second, third, fourth, *_ = PLAN.session(1, "A-1").lines
    pair = edited(PairLines(line=fourth.id, partner=second.slot)).session(1, "A-1").lines
    assert [line.slot for line in pair[:4]] == [first.slot, second.slot, fourth.slot, third.slot]
    assert (pair[1].paired_with, pair[2].paired_with) == (fourth.slot, second.slot)
    paired = edited(PairLines(line=fourth.id, partner=second.slot))
    assert not any(
        line.paired_with for line in edited(PairLines(line=second.id, partner=None), paired).session(1, "A-1").lines
    )
    assert not unpaired(edited(MoveLine(line=second.id, position=5), paired)), "a pair that is parted is no pair"
    with pytest.raises(NotFound):
        edited(PairLines(line=first.id, partner=first.slot))


def test_sessions_are_copied_into_other_weeks_and_lighter_into_a_deload_week():
    changed = edited(SetDose(line=strength_line(2).id, sets=5, scope="this"))
    slot = strength_line(2).slot
    copied = edited(CopySessions(week=2, sessions=("A-1",), weeks=(3, 4)), changed)
    assert copied.line(f"w3.A-1.{slot}").sets == 5
    assert copied.line(f"w4.A-1.{slot}").sets == 2
    assert copied.week(1) == PLAN.week(1)
    bare = edited(RemoveLine(line=f"w3.A-1.{slot}", scope="this"))
    added = edited(CopySessions(week=2, sessions=("A-1",), weeks=(3,), mode="add"), bare)
    assert sorted(names(3, "A-1", added)) == sorted(names(3, "A-1"))
    assert [line.id for line in added.session(3, "A-1").lines[:-1]] == [
        line.id for line in bare.session(3, "A-1").lines
    ], "what was there stays where it was"
    for nowhere in (CopySessions(week=2, sessions=(), weeks=(3,)), CopySessions(week=2, sessions=("A-1",), weeks=(2,))):
        with pytest.raises(OutOfBounds):
            edited(nowhere)
    with pytest.raises(NotFound):
        edited(CopySessions(week=2, sessions=("A-1",), weeks=(9,)))


def names(week: int, session: str, of: Plan = PLAN) -> list[str]:
    return [line.exercise for line in of.session(week, session).lines]


def test_a_session_moves_to_another_day_or_changes_places():
    session = PLAN.session(1, "B-1")
    free = next(day for day in WEEKDAYS if day not in {one.day for one in PLAN.weeks[0].sessions})
    taken = PLAN.session(1, "A-1").day
    moved = edited(MoveSession(week=1, session="B-1", day=free, scope="this"))
    assert moved.session(1, "B-1").day == free
    assert moved.session(2, "B-1").day == session.day
    with pytest.raises(DayTaken, match="Session A-1 is on"):
        edited(MoveSession(week=1, session="B-1", day=taken))
    exchanged = edited(MoveSession(week=1, session="B-1", day=taken, exchange=True))
    assert {exchanged.session(3, name).day for name in ("A-1", "B-1")} == {session.day, taken}
    days = [one.day for one in exchanged.weeks[2].sessions]
    assert days == sorted(days, key=WEEKDAYS.index)


def test_a_lower_run_stage_takes_drills_along_that_wait_for_theirs():
    after = edited(SetRunStage(week=2, stage=0))
    assert {run.stage for run in after.weeks[0].runs} == {6}
    for week in after.weeks[1:]:
        assert {(run.stage, run.total_run_min, run.drill) for run in week.runs} == {(0, 0, None)}


@pytest.mark.parametrize(
    "edit, problem, message",
    [
        (RemoveLine(line="w9.A-1.A1"), NotFound, "no line w9.A-1.A1"),
        (SwapExercise(line=FIRST.id, exercise="hula-hoop"), NotFound, "hula-hoop"),
        (AddLine(week=1, session="Z-1", exercise="clamshell"), NotFound, "no session Z-1"),
        (AddLine(week=1, session="A-1", exercise=FIRST.exercise), RepeatedExercise, "already in session A-1 of week 1"),
        (AddLine(week=1, session="A-1", exercise="cadence-run-5"), WrongPlace, "inside a run"),
        (AddLine(week=1, session="A-1", exercise="five-minute-minimum"), WrongPlace, "beside the sessions"),
        (AddLine(week=1, session="A-1", exercise="clamshell", position=99), OutOfBounds, "outside 0-"),
        (SetDose(line=FIRST.id, sets=0), OutOfBounds, "sets 0 is outside 1-10"),
        (SetDose(line=FIRST.id, sets=99), OutOfBounds, "sets 99 is outside 1-10"),
        (SetDose(line=FIRST.id, dose=replace(FIRST.dose, rest_s=-1)), OutOfBounds, "rest_s -1 is outside"),
        (SetDose(line=strength_line().id, dose=replace(strength_line().dose, reps=(12, 8))), OutOfBounds, "backwards"),
        (SetDose(line=strength_line().id, dose=replace(strength_line().dose, reps=None)), OutOfBounds, "incomplete"),
        (SetDose(line=strength_line().id, dose=replace(strength_line().dose, tempo="slow")), OutOfBounds, "tempo"),
        (SetDose(line=FIRST.id, extra_side_sets=SideSets(left=9)), OutOfBounds, "one side|side for extra sets"),
        (MoveLine(line=FIRST.id, position=-1), OutOfBounds, "outside 0-"),
        (SetRunStage(week=1, stage=11), OutOfBounds, "outside 0-10"),
    ],
)  # fmt: skip
def test_a_bad_edit_is_refused_in_words(edit, problem, message):
    with pytest.raises(problem, match=message) as refusal:
        edited(edit)
    assert isinstance(refusal.value, EditError)


def test_a_tag_or_phase_breach_needs_a_written_reason_that_stays_with_the_line():
    careful = plan(**ATHLETES["maya"])
    swap = SwapExercise(line=careful.weeks[0].sessions[0].lines[-1].id, exercise="wall-sit")
    with pytest.raises(NeedsOverride, match=r"waits for phase 2.*acute pain gt5"):
        edited(swap, careful)
    with pytest.raises(NeedsOverride):
        edited(replace(swap, override="   "), careful)
    after = edited(replace(swap, override="Tested today at 1/10."), careful)
    assert after.line(swap.line).override == "Tested today at 1/10."
    assert "filtered" not in {notice.code for notice in audit(after, LIBRARY, RULES).notices}


def test_missing_kit_is_allowed_and_shows_in_the_audit():
    here = plan(kit=["none"])
    after = edited(AddLine(week=1, session="A-1", exercise="band-row"), here)
    assert ("filtered", "band-row") in {(n.code, n.subject) for n in audit(after, LIBRARY, RULES).breaches}


def test_the_audit_sees_what_a_hand_made_plan_breaks():
    heavy = edited(AddLine(week=1, session="A-1", exercise="mini-squat", sets=10))
    codes = {notice.code for notice in audit(heavy, LIBRARY, RULES).notices if notice.week == 1}
    assert "over_time" in codes
    bare = replace(PLAN, phases=(replace(PLAN.phases[0], weeks=(replace(PLAN.weeks[0], daily=()),)),))
    assert {"daily", "pillar_absent"} <= {notice.code for notice in audit(bare, LIBRARY, RULES).notices}


# --- undo, storage ---------------------------------------------------------------------------------------------------


@st.composite
def edits(draw: st.DrawFn):
    _, week, session, line = draw(st.sampled_from(list(PLAN.places())))
    scope = draw(st.sampled_from(SCOPES))
    exercise = draw(st.sampled_from([one.id for one in LIBRARY]))
    return draw(
        st.sampled_from(
            [
                RemoveLine(line=line.id, scope=scope),
                SwapExercise(line=line.id, exercise=exercise, scope=scope, override="asked for"),
                SetDose(line=line.id, sets=draw(st.integers(1, 6)), scope=scope),
                MoveLine(line=line.id, position=draw(st.integers(0, 5)), scope=scope),
                SetAnchor(line=line.id, anchor=draw(st.booleans()), scope=scope),
                SetNote(line=line.id, note=draw(st.text(max_size=20)), scope=scope),
                AddLine(week=week.number, session=session.id, exercise=exercise, scope=scope, override="asked for"),
                MoveSession(
                    week=week.number,
                    session=session.id,
                    day=draw(st.sampled_from(WEEKDAYS)),
                    scope=scope,
                    exchange=True,
                ),
                SetRunStage(week=week.number, stage=draw(st.integers(0, 10)), scope=scope),
                MoveToSession(line=line.id, session=draw(st.sampled_from(["A-1", "B-1", "A-2", "B-2"])), scope=scope),
                PairLines(
                    line=line.id, partner=draw(st.sampled_from([one.slot for one in session.lines])), scope=scope
                ),
                SetSessionNote(week=week.number, session=session.id, note=draw(st.text(max_size=20)), scope=scope),
                SetWeekNote(week=week.number, note=draw(st.text(max_size=20)), scope=scope),
                CopySessions(
                    week=week.number,
                    sessions=(session.id,),
                    weeks=draw(st.sampled_from([(1,), (2, 3), (4,)])),
                    mode=draw(st.sampled_from(["replace", "add"])),
                ),
            ]
        )
    )


def unpaired(after: Plan) -> list[str]:
    """Lines that name a partner who does not stand beside them and name them back."""
    return [
        line.id
        for week in after.weeks
        for session in week.sessions
        for n, line in enumerate(session.lines)
        if line.paired_with
        and not any(
            (other.slot, other.paired_with) == (line.paired_with, line.slot)
            for other in session.lines[max(0, n - 1) : n + 2]
            if other is not line
        )
    ]


@settings(max_examples=120, deadline=None)
@given(edit=edits(), then=edits())
def test_undo_brings_the_plan_back_and_ids_stay_unique(edit, then):
    before = PLAN
    undo: list[tuple[Plan, Restore]] = []
    for step in (edit, then):
        try:
            after = edited(step, before)
        except EditError:
            continue
        undo.append((before, invert(before, step, LIBRARY, RULES)))
        ids = [line.id for _, _, _, line in after.places()]
        assert len(set(ids)) == len(ids)
        assert all(line.id == line_id(week.number, session.id, line.slot) for _, week, session, line in after.places())
        assert not unpaired(after)
        assert bool(diff(before, after, LIBRARY)) == (before != after)
        assert decode(encode(after)) == after
        before = after
    for earlier, restore in reversed(undo):
        before = edited(edit_from_document(edit_to_document(restore)), before)
        assert before == earlier


@pytest.mark.parametrize("edit", [AddLine(week=1, session="A-1", exercise="clamshell"), SetDose(line="x", sets=2)])
def test_an_edit_is_stored_as_json_and_read_back(edit):
    assert edit_from_document(edit_to_document(edit)) == edit
    assert edit_to_document(edit)["edit"] in ("add_line", "set_dose")


@pytest.mark.parametrize(
    "document", [{}, {"edit": "explode"}, {"edit": "set_dose", "line": 3}, {"edit": "set_dose", "x": 1}]
)
def test_what_is_no_edit_is_refused(document):
    with pytest.raises(EditError):
        edit_from_document(document)


def test_a_plan_survives_storage_and_the_same_plan_gives_the_same_bytes():
    assert from_document(to_document(PLAN)) == PLAN
    assert encode(decode(encode(PLAN))) == encode(PLAN)


def test_old_documents_are_upgraded_one_version_at_a_time():
    steps = {1: lambda d: {**d, "title": d["name"]}, 2: lambda d: {k: v for k, v in d.items() if k != "name"}}
    old = {"schema_version": 1, "name": "Spring"}
    assert upgrade(old, steps, to_version=3) == {"schema_version": 3, "title": "Spring"}
    assert old == {"schema_version": 1, "name": "Spring"}
    assert upgrade(to_document(PLAN))["schema_version"] == SCHEMA_VERSION


@pytest.mark.parametrize("version", [None, 0, True, "1", SCHEMA_VERSION + 1])
def test_a_document_of_no_known_version_is_refused(version):
    with pytest.raises(UnknownSchema):
        from_document({**to_document(PLAN), "schema_version": version})


# --- differences and words -------------------------------------------------------------------------------------------


def test_equal_plans_have_no_differences():
    assert diff(PLAN, plan(**ATHLETES["lena"]), LIBRARY) == ()
    assert headline(()) == "Your coach changed nothing you will notice."


def test_a_client_reads_what_changed_and_since_when():
    line = strength_line(2)
    name = LIBRARY[line.exercise].name
    removed = edited(RemoveLine(line=line.id))
    changes = diff(PLAN, removed, LIBRARY)
    assert [change.sentence for change in changes] == [f"{name} is out of session A (weeks 2-4)."]
    both = edited(AddLine(week=3, session="B-1", exercise="clamshell"), removed)
    changes = diff(PLAN, both, LIBRARY)
    assert headline(changes) == "Your coach changed 2 things."
    assert [(change.kind, change.weeks) for change in changes] == [("removed", (2, 3, 4)), ("added", (3, 4))]


def test_a_reason_is_needed_when_a_dose_rises_or_an_exercise_goes():
    line = strength_line()

    def reason_for(edit) -> bool:
        return needs_reason(diff(PLAN, edited(edit), LIBRARY))

    assert reason_for(SetDose(line=line.id, sets=line.sets + 1, scope="this"))
    assert reason_for(SetDose(line=line.id, dose=replace(line.dose, rir=(0, 1)), scope="this"))
    assert reason_for(SwapExercise(line=line.id, exercise="clamshell", scope="this"))
    assert reason_for(RemoveLine(line=line.id))
    assert reason_for(SetRunStage(week=1, stage=8))
    assert not reason_for(SetDose(line=line.id, sets=line.sets - 1, scope="this"))
    assert not reason_for(SetRunStage(week=1, stage=2))
    assert not reason_for(SetNote(line=line.id, note="Slowly."))
    assert not reason_for(MoveLine(line=line.id, position=0))


@pytest.mark.parametrize(
    "exercise, sets, runner, coach",
    [
        ("side-lying-hip-abduction", 2, "2 sets of 10 to 15 each side, 2 s down, 1 s pause, 2 s up", "2x10-15/side @RIR2-4 r45"),
        ("wall-sit", 3, "3 holds of 25 to 45 s", "3x25-45s @RIR2-4 r60"),
        ("quad-set", 1, "1 set of 8 holds of 5 to 6 s each side", "1x8x5-6s/side @RIR2-4"),
        ("hand-sweep-leg", 1, "1 min each side", "1x60s/side"),
        ("posture-reset-walk", 2, "2 times 90 s", "2x90s r20"),
        ("strides", 5, "5 times 80 m", "5x80m r60"),
    ],
)  # fmt: skip
def test_a_dose_reads_well_for_runner_and_coach(exercise, sets, runner, coach):
    one = LIBRARY[exercise]
    dose = default_dose(one, 2, RULES)
    assert words.dose_words(sets, dose, unilateral=one.unilateral) == runner
    assert words.compact_dose(sets, dose, unilateral=one.unilateral) == coach


def test_load_and_extra_sets_are_said_in_the_runners_units():
    dose = replace(default_dose(LIBRARY["goblet-squat"], 2, RULES), load_kg=12.0, tempo=None)
    extra = SideSets(left=1)
    assert (
        words.dose_words(3, dose, unilateral=False, extra=extra)
        == "3 sets of 6 to 10 with 12 kg, plus 1 set on the left"
    )
    assert "26.5 lb" in words.dose_words(3, dose, unilateral=False, units="imperial")
    assert words.effort_words(dose) == "Stop when 2 to 4 more good ones would still go."


def test_weeks_are_named_as_ranges():
    assert words.weeks_words([3]) == "week 3"
    assert words.weeks_words([6, 1, 2, 3]) == "weeks 1-3, 6"


NEVER_SAID = ("cause", "failed", "missed", "lost", "abnormal", "must not", "out of track", "bone on bone")


def test_no_reason_blames_or_promises():
    for name in ATHLETES:
        for _, _, _, line in plan(**ATHLETES[name]).places():
            assert not [word for word in NEVER_SAID if word in line.because.replace("because", "").lower()], (
                line.because
            )
