"""What ends a phase: met, not met, not known."""

from datetime import date, timedelta

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from programs.domain import checks, entry
from programs.domain.checks import Facts, Latest, Reading, Round, Trained, check_rules, criteria, latest_answers

TODAY = date(2026, 11, 18)
GOOD = {
    test.id: dict.fromkeys(test.sides, Reading(test.least if test.least is not None else 8.0, 0))
    for test in check_rules().tests
}


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def row(rows, name: str):
    return next(each for each in rows if each.id == name)


def of(test: str, **sides) -> str:
    phase = check_rules().test(test).phase
    return row(criteria(phase, {test: sides}, Facts(today=TODAY)), test).standing


def trained(days_ago: int, action: str = "hold", done: float = 10, started: bool = True) -> Trained:
    return Trained(ago(days_ago), action, started, done, 10)


@pytest.mark.parametrize(
    "test, sides, standing",
    [
        ("step_down_reps", {"left": Reading(10, 2), "right": Reading(12, 0)}, "met"),
        ("step_down_reps", {"left": Reading(9, 0), "right": Reading(12, 0)}, "not_met"),
        ("step_down_reps", {"left": Reading(10, 3), "right": Reading(12, 0)}, "not_met"),
        ("step_down_reps", {"left": Reading(10, 0)}, "not_known"),  # one side only
        ("step_down_reps", {"left": Reading(10, None), "right": Reading(12, 0)}, "not_known"),  # pain not answered
        ("step_down_reps", {"left": Reading(None, 4)}, "not_met"),  # pain alone is enough to say no
        ("bridge_reps", {"left": Reading(15, 0), "right": Reading(15, 0)}, "met"),
        ("calf_raise_reps", {"left": Reading(19, 0), "right": Reading(25, 0)}, "not_met"),
        ("side_plank_s", {"left": Reading(30, 0), "right": Reading(29, 0)}, "not_met"),
        ("knee_to_wall_cm", {"left": Reading(8.0, 0), "right": Reading(6.0, 0)}, "met"),
        ("knee_to_wall_cm", {"left": Reading(8.5, 0), "right": Reading(6.0, 0)}, "not_met"),
        ("knee_to_wall_cm", {"left": Reading(8.0, 0)}, "not_known"),
        ("pogo_hop_sets", {"both": Reading(3, 2)}, "met"),
        ("level_5_sets", {"left": Reading(1, 2), "right": Reading(1, 3)}, "not_met"),
        ("level_5_sets", {}, "not_known"),
    ],
)
def test_a_test_is_met_only_on_every_side_and_only_with_its_pain(test, sides, standing):
    assert of(test, **sides) == standing


@pytest.mark.parametrize(
    "left_bridge, left_plank, standing",
    [(17, 26, "met"), (16, 26, "not_met"), (17, None, "not_known"), (None, None, "not_known")],
)
def test_the_weaker_side_must_reach_the_stronger_in_two_tests(left_bridge, left_plank, standing):
    readings = {
        "bridge_reps": {"left": Reading(left_bridge), "right": Reading(20)},
        "side_plank_s": {"left": Reading(left_plank), "right": Reading(30)},
        "step_down_reps": {"left": Reading(5), "right": Reading(10)},
        "calf_raise_reps": {"left": Reading(5), "right": Reading(10)},
        "knee_to_wall_cm": {"left": Reading(4), "right": Reading(8)},
    }
    assert row(criteria(2, readings, Facts(today=TODAY)), "symmetry").standing == standing


def test_phase_1_ends_by_answers_and_sessions_alone():
    weekly = Latest(ago(2), False, entry.Answers(daily_nrs=3, stairs_nrs=3, walk30_nrs=2))
    rows = criteria(1, {}, Facts(today=TODAY, weekly=weekly, sessions=[trained(3), trained(1, done=7)]))
    assert {each.id: each.standing for each in rows} == dict.fromkeys(
        ("no_red", "daily", "walk30", "stairs", "completion"), "met"
    )
    assert not any(each.is_test for each in rows)


@pytest.mark.parametrize(
    "sessions, standing",
    [
        ([trained(2), trained(4)], "met"),
        ([trained(2, "regress")], "not_met"),
        ([trained(2, "")], "not_known"),  # the morning has not come
        ([trained(2, ""), trained(3, "stop")], "not_met"),
        ([trained(8, "stop"), trained(1)], "met"),
        ([], "not_known"),
    ],
)
def test_a_week_without_a_red_session(sessions, standing):
    assert row(criteria(1, {}, Facts(today=TODAY, sessions=sessions)), "no_red").standing == standing


def test_an_answer_of_more_than_a_week_ago_is_not_known():
    answers = entry.Answers(daily_nrs=0, stairs_nrs=0, walk30_nrs=0)
    old = criteria(1, {}, Facts(today=TODAY, weekly=Latest(ago(7), False, answers)))
    new = criteria(1, {}, Facts(today=TODAY, weekly=Latest(ago(6), False, answers)))
    assert (row(old, "daily").standing, row(new, "daily").standing) == ("not_known", "met")


def test_days_of_a_pause_ask_for_nothing():
    rows = [trained(3, done=10), trained(1, "", done=0, started=False)]
    without = criteria(1, {}, Facts(today=TODAY, sessions=rows))
    paused = criteria(1, {}, Facts(today=TODAY, sessions=rows, excused=frozenset({ago(1)})))
    assert (row(without, "completion").standing, row(paused, "completion").standing) == ("not_met", "met")


def test_a_session_later_today_is_not_held_against_anybody():
    rows = [trained(3, done=10), trained(0, "", done=0, started=False)]
    assert row(criteria(1, {}, Facts(today=TODAY, sessions=rows)), "completion").standing == "met"


@pytest.mark.parametrize(
    "mornings, standing",
    [
        (dict.fromkeys(range(14), 1), "met"),
        (dict.fromkeys(range(14), 1) | {2: 2}, "not_met"),
        ({n: 1 for n in range(14) if n != 3}, "not_known"),  # one morning without an answer
        (dict.fromkeys(range(1, 14), 1), "met"),  # this morning's may still come
        (dict.fromkeys(range(1, 7), 1), "not_known"),
        ({}, "not_known"),
    ],
)
def test_seven_mornings_at_the_usual(mornings, standing):
    facts = Facts(today=TODAY, mornings={ago(n): nrs for n, nrs in mornings.items()})
    assert row(criteria(2, {}, facts), "calm_mornings").standing == standing


def test_the_check_is_offered_when_all_the_rest_is_met():
    calm = {ago(n): 1 for n in range(14)}
    assert checks.is_ready_for_tests(2, Facts(today=TODAY, mornings=calm, weeks_in_phase=3))
    assert not checks.is_ready_for_tests(2, Facts(today=TODAY, mornings=calm, weeks_in_phase=2))
    assert not checks.is_ready_for_tests(2, Facts(today=TODAY, mornings=calm))
    assert not checks.is_ready_for_tests(1, Facts(today=TODAY)), "phase 1 has no tests"
    assert not checks.is_ready_for_tests(3, Facts(today=TODAY, mornings=calm)), "runs are not known"
    assert criteria(4, {}, Facts(today=TODAY)) == ()


def test_the_newest_answers_speak_alone():
    intake = Round(
        ago(40), {"daily_nrs": 1, "stairs_nrs": 1, "walk30_nrs": 0, "worst_24h_nrs": 2, "run_minutes_ok": 20}, True
    )
    check = Round(ago(2), {"daily_nrs": 2, "worst_24h_nrs": 6, "walk30_nrs": "did_not_walk"})
    older = Round(ago(9), {"daily_nrs": 9, "stairs_nrs": 9})
    found = latest_answers(intake, [older, check])
    assert (found.on, found.is_intake) == (ago(2), False)
    assert found.answers == entry.Answers(worst_24h_nrs=6, daily_nrs=2, run_minutes_ok=20), "stairs and walk: not known"
    assert latest_answers(intake, []).answers.stairs_nrs == 1
    assert latest_answers(None, []).on is None


def test_a_check_without_a_pain_answer_changes_nothing():
    intake = Round(ago(40), {"daily_nrs": 1}, True)
    assert latest_answers(intake, [Round(ago(1), {"ill": True})]).on == ago(40)


def test_what_the_newest_check_leaves_out_is_the_lower_phase():
    calm = {"worst_24h_nrs": 2, "daily_nrs": 1, "stairs_nrs": 1, "walk30_nrs": 0}
    intake = Round(ago(40), calm, True)
    assert entry.entry_phase(latest_answers(intake, []).answers).value == 2
    half = Round(ago(1), {name: nrs for name, nrs in calm.items() if name != "stairs_nrs"})
    assert entry.entry_phase(latest_answers(intake, [half]).answers).value == 1


@pytest.mark.parametrize(
    "value, is_fine", [(None, True), (0, True), (60, True), (61, False), (-1, False), (10.5, False)]
)
def test_a_field_takes_what_its_test_can_give(value, is_fine):
    assert (checks.reading_problem(check_rules().test("step_down_reps"), value) == "") is is_fine


def test_centimetres_may_be_halves():
    assert not checks.reading_problem(check_rules().test("knee_to_wall_cm"), 7.5)


readings = st.builds(Reading, value=st.none() | st.integers(0, 60).map(float), pain=st.none() | st.integers(0, 10))
sheets = st.fixed_dictionaries({
    test.id: st.fixed_dictionaries({}, optional=dict.fromkeys(test.sides, readings)) for test in check_rules().tests
})  # fmt: skip
ORDER = {"not_met": 0, "not_known": 1, "met": 2}


@settings(max_examples=120, deadline=None)
@given(st.sampled_from([2, 3]), sheets, st.data())
def test_what_is_missing_is_never_met(phase, sheet, data):
    test = data.draw(st.sampled_from(check_rules().tests_of(phase)))
    side = data.draw(st.sampled_from(test.sides))
    part = data.draw(st.sampled_from(["value", "pain"]))
    old = sheet[test.id].get(side, Reading())
    gone = Reading(None, old.pain) if part == "value" else Reading(old.value, None)
    sheet = sheet | {test.id: sheet[test.id] | {side: gone}}
    assert row(criteria(phase, sheet, Facts(today=TODAY)), test.id).standing != "met"


@settings(max_examples=120, deadline=None)
@given(st.sampled_from([2, 3]), sheets, st.data())
def test_a_better_value_never_turns_met_into_not_met(phase, sheet, data):
    test = data.draw(st.sampled_from(check_rules().tests_of(phase)))
    side = data.draw(st.sampled_from(test.sides))
    old = sheet[test.id].get(side, Reading())
    others = [each.value for name, each in sheet[test.id].items() if name != side and each.value is not None]
    value, pain = old.value, old.pain
    if value is not None and test.least is not None:
        value += data.draw(st.integers(0, 20))
    elif value is not None and others and value < others[0]:
        value = data.draw(st.floats(value, others[0]))  # nearer to the other side
    if pain is not None:
        pain = data.draw(st.integers(0, pain))
    before = criteria(phase, sheet, Facts(today=TODAY))
    after = criteria(phase, sheet | {test.id: sheet[test.id] | {side: Reading(value, pain)}}, Facts(today=TODAY))
    assert ORDER[row(after, test.id).standing] >= ORDER[row(before, test.id).standing]
    if phase == 2 and value is not None and (not others or value <= others[0]):
        assert ORDER[row(after, "symmetry").standing] >= ORDER[row(before, "symmetry").standing]


def test_all_tests_met_is_a_row_each():
    rows = criteria(2, GOOD, Facts(today=TODAY, mornings={ago(n): 1 for n in range(14)}, weeks_in_phase=4))
    assert {each.standing for each in rows} == {"met"}
    assert all(each.said and each.source and each.rule == "R-P3" for each in rows)


def test_a_rule_file_that_contradicts_itself_is_refused():
    document = {"schema_version": 1, "rules_version": "x", "tests": {"value": []}, "limits": {"value": {}}}
    with pytest.raises(checks.ChecksError):
        checks.parse_check_rules(document)


def test_every_block_of_numbers_says_its_unit_and_its_source():
    document = yaml.safe_load(checks.DATA_FILE.read_text(encoding="utf-8"))
    for name, block in document.items():
        if name not in checks.HEAD:
            assert block["rule"] and block["unit"] and block["basis"] in "EXD", name
            assert block["source"] in document["sources"], name
    assert all(test.unit for test in check_rules().tests)
