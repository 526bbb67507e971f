"""The action table R-M: what one line of a session allows next time."""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import product
from zoneinfo import ZoneInfo

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from programs.domain import consistency, monitoring
from programs.domain.monitoring import (
    Action,
    Decision,
    OutOfRange,
    Response,
    RulesError,
    adaptation_rules,
    after_difference,
    baseline,
    counts,
    decide,
    guidance,
    is_amber,
    is_decidable,
    late_until,
    morning_difference,
    morning_due,
    morning_trend,
    morning_word,
    most_severe,
    naming_blanks,
    parse_adaptation_rules,
    session_during,
)

CALM = {"during": 2, "after": 0, "morning": 0, "session_rpe": 6, "completion": 1.0}


def action(phase=2, **answers) -> str:
    return str(decide(Response(**(CALM | answers)), phase).action)


@pytest.mark.parametrize("said, expected", [
    ({}, "progress"),
    ({"during": 0, "morning": -1}, "progress"),
    ({"after": None}, "progress"),  # not answered: no row fires on it
    ({"session_rpe": None}, "progress"),
    ({"morning": 0.5}, "progress"),  # half a point above a median is the same morning
    ({"during": None}, "hold"),  # silence is no pain answer
    ({"morning": None}, "hold"),
    ({"completion": None}, "hold"),
    ({"during": 3}, "hold"),
    ({"during": 5}, "hold"),
    ({"morning": 1}, "hold"),
    ({"after": 1}, "hold"),
    ({"after": 2}, "hold"),
    ({"completion": 0.89}, "hold"),
    ({"completion": 0.9}, "progress"),
    ({"session_rpe": 8}, "hold"),  # phase 2 ends at 7
    ({"session_rpe": 7}, "progress"),
    ({"during": 3, "amber_streak": 1}, "hold"),
    ({"during": 3, "amber_streak": 2}, "regress"),  # the third amber session
    ({"during": 2, "amber_streak": 5}, "progress"),  # green again
    ({"after": 3}, "regress"),
    ({"morning": 2}, "regress"),
    ({"during": 6}, "regress"),
    ({"during": 7, "morning": 1}, "regress"),
    ({"during": 7, "morning": None}, "regress"),  # known pain outranks a missing morning
    ({"during": 6, "morning": 2}, "stop"),
    ({"during": 8}, "stop"),
    ({"during": None, "morning": 3}, "stop"),
    ({"morning": 3}, "stop"),
    ({"flag": True}, "stop"),  # whatever else was said
])  # fmt: skip
def test_the_first_row_that_holds_decides(said, expected):
    assert action(**said) == expected


@pytest.mark.parametrize("phase, highest", [(1, 6), (2, 7), (3, 8), (4, 9)])
def test_effort_is_measured_against_the_phase(phase, highest):
    assert action(phase, session_rpe=highest) == "progress"
    assert action(phase, session_rpe=highest + 1) == "hold"


# Every value at which a row changes, one on either side, and missing.
DURING = (None, 0, 2, 3, 5, 6, 7, 8, 10)
MORNING = (None, -3, 0, 0.5, 1, 2, 3)
AFTER = (None, -2, 0, 1, 2, 3)
EFFORT = (None, 7, 8)
COMPLETION = (None, 0.89, 0.9, 1.0)
STREAK = (0, 1, 2)


@cache
def every_decision() -> tuple[tuple[Response, Decision], ...]:
    names = ("during", "morning", "after", "session_rpe", "completion", "amber_streak")
    rows = product(DURING, MORNING, AFTER, EFFORT, COMPLETION, STREAK)
    responses = (Response(**dict(zip(names, row, strict=True))) for row in rows)
    return tuple((response, decide(response, 2)) for response in responses)


def table_of_the_rules(r: Response, effort_max: int) -> tuple[str, str]:
    """The block as the rules state it, in plain Python: the oracle."""
    d, m, a, e, c = r.during, r.morning, r.after, r.session_rpe, r.completion
    if r.flag or (d or 0) >= 8 or (m or 0) >= 3 or ((d or 0) >= 6 and (m or 0) >= 2):
        return "M-STOP", "stop"
    if (d or 0) >= 6 or (m or 0) >= 2 or (a or 0) >= 3 or ((d or 0) >= 3 and r.amber_streak >= 2):
        return "M-REGRESS", "regress"
    if d is None or m is None or c is None or d >= 3 or m >= 1 or (a or 0) >= 1 or c < 0.9 or (e or 0) > effort_max:
        return "M-HOLD", "hold"
    return "M-PROGRESS", "progress"


def test_every_input_has_exactly_the_action_of_the_rules():
    seen = set()
    for response, decision in every_decision():
        assert (decision.rule, str(decision.action)) == table_of_the_rules(response, 7), response
        seen.add(decision.action)
    assert seen == set(Action)


answers = st.fixed_dictionaries({
    "during": st.none() | st.integers(0, 10),
    "morning": st.none() | st.integers(-20, 20).map(lambda halves: halves / 2),
    "after": st.none() | st.integers(-10, 10),
    "session_rpe": st.none() | st.integers(1, 10),
    "completion": st.none() | st.floats(0, 1),
    "amber_streak": st.integers(0, 6),
    "flag": st.booleans(),
})  # fmt: skip
phases = st.integers(1, 4)


def severity(said: dict, phase: int) -> int:
    return decide(Response(**said), phase).action.severity


@given(answers, phases, st.sampled_from(["during", "morning", "after", "session_rpe", "amber_streak"]), st.data())
@settings(max_examples=200, deadline=None)
def test_worse_is_never_bolder(said, phase, name, data):
    if said[name] is None:
        return
    top = {"during": 10, "morning": 10, "after": 10, "session_rpe": 10, "amber_streak": 9}[name]
    worse = data.draw(st.integers(int(said[name] // 1) + 1, top) if said[name] < top else st.just(top))
    assert severity(said | {name: worse}, phase) >= severity(said, phase)


@given(answers, phases, st.floats(0, 1))
@settings(max_examples=100, deadline=None)
def test_less_done_and_a_lower_phase_are_never_bolder(said, phase, share):
    if said["completion"] is not None:
        less = said | {"completion": said["completion"] * share}
        assert severity(less, phase) >= severity(said, phase)
    assert severity(said, max(1, phase - 1)) >= severity(said, phase)


@given(answers, phases, st.sampled_from(["during", "morning"]))
@settings(max_examples=100, deadline=None)
def test_a_missing_pain_answer_never_progresses(said, phase, name):
    assert decide(Response(**(said | {name: None})), phase).action != Action.PROGRESS


@pytest.mark.parametrize("name", ["during", "morning"])
@pytest.mark.parametrize("phase", [1, 2, 3, 4])
def test_beside_calm_answers_a_missing_pain_answer_holds(name, phase):
    assert decide(Response(**CALM), phase).action == Action.PROGRESS
    assert decide(Response(**(CALM | {name: None})), phase).action == Action.HOLD


@given(answers, phases)
@settings(max_examples=200, deadline=None)
def test_a_missing_hour_after_or_effort_is_never_read_as_better_than_a_known_one(said, phase):
    """Missing lets no row fire, so it is exactly as bold as the calmest answer there is, and never bolder than that."""
    for name, best in (("after", -10), ("session_rpe", 1)):
        assert severity(said | {name: None}, phase) == severity(said | {name: best}, phase)


@given(answers, phases)
@settings(max_examples=100, deadline=None)
def test_a_flag_always_stops_and_sends_to_a_doctor(said, phase):
    decision = decide(Response(**(said | {"flag": True})), phase)
    assert decision.action == Action.STOP and decision.is_red
    assert decision.because.startswith("Stop and see a doctor first: a red flag was answered yes")


def test_the_sentence_says_the_numbers_that_decided_and_what_is_missing():
    def because(**said) -> str:
        return decide(Response(**(CALM | said)), 2).because

    assert because() == (
        "Ready for a small step: pain 2 of 10 during, settled an hour after, the next morning the same, effort 6 of 10."
    )
    assert because(after=None, session_rpe=None, during=0, morning=-1.5) == (
        "Ready for a small step: no pain during, the hour after was not answered, "
        "the next morning better (1.5 below usual)."
    )
    assert because(morning=None) == "Same again, this is normal: the next morning was not answered."
    assert because(session_rpe=9, completion=0.899) == (
        "Same again, this is normal: 89 % of the sets done, effort 9 of 10, above the 7 of this phase."
    )
    assert because(during=4, amber_streak=2) == (
        "One step back for a while: pain 4 of 10 during, pain 3 to 5 in the 2 sessions before."
    )
    assert because(during=6, morning=2) == (
        "Loaded work rests for now: pain 6 of 10 during, the next morning clearly worse (2 above usual)."
    )


def test_no_sentence_blames_or_claims_a_cause():
    texts = {decision.because for _, decision in every_decision()}
    texts |= {words for action in Action for words in (guidance(action).runner, guidance(action, flag=True).runner)}
    for text in texts:
        words = set(text.lower().replace(",", " ").replace(".", " ").replace(":", " ").split())
        assert not words & {"cause", "caused", "failed", "missed", "lost", "only", "injury", "none", "nan"}, text


def test_a_session_is_as_severe_as_its_most_severe_line():
    answers = [Response(**(CALM | said)) for said in ({}, {"during": 6}, {"during": None}, {"during": 3})]
    lines = [(response, decide(response, 2)) for response in answers]
    assert most_severe(lines) is lines[1][1]
    assert most_severe(lines[:1]).action == Action.PROGRESS


@pytest.mark.parametrize(
    ("during", "told"),
    [
        ((0, 2, 1), "pain 2 of 10 during"),
        ((0, None, 3), "pain 3 of 10 during"),
        ((6, 7), "pain 7 of 10 during"),
        ((0, None), "pain during was not answered"),
    ],
)
def test_the_highest_pain_of_a_session_speaks_for_it(during, told):
    answers = [Response(**(CALM | {"during": nrs})) for nrs in during]
    assert told in most_severe([(response, decide(response, 2)) for response in answers]).because


def test_a_blank_pain_is_counted_and_named():
    whole = decide(Response(**(CALM | {"during": None})), 2).because
    names = ["Wall sit", "Clamshell", "Side plank", "Step-up", "Dead bug"]
    one_blank = [(name, None if name == "Clamshell" else 1) for name in names]
    assert "pain was not answered on 1 of 5 exercises (Clamshell)." in naming_blanks(whole, one_blank)
    four_blank = [(name, 0 if name == "Dead bug" else None) for name in names]
    assert "on 4 of 5 exercises (Wall sit; Clamshell; Side plank and 1 more)" in naming_blanks(whole, four_blank)
    assert naming_blanks(whole, [(name, None) for name in names]) == whole
    hurt = decide(Response(**(CALM | {"during": 3})), 2).because
    assert naming_blanks(hurt, one_blank) == hurt


def test_amber_pain_is_what_lies_between_green_and_red():
    assert [nrs for nrs in range(11) if is_amber(nrs)] == [3, 4, 5]


def test_only_a_stop_reaches_the_coach_at_once():
    assert [guidance(action).tells_coach for action in Action] == ["never", "never", "dashboard", "now"]
    assert guidance(Action.STOP, flag=True).tells_coach == "now"


@pytest.mark.parametrize("field, value", [
    ("during", float("nan")), ("during", 11), ("during", -1), ("during", 2.5), ("morning", float("inf")),
    ("after", -11), ("session_rpe", 0), ("completion", 1.01), ("amber_streak", -1), ("during", 10**400),
])  # fmt: skip
def test_what_no_screen_can_ask_is_refused(field, value):
    with pytest.raises(OutOfRange, match=field):
        Response(**{field: value})


@pytest.mark.parametrize("phase", [0, 5])
def test_there_are_four_phases(phase):
    with pytest.raises(OutOfRange):
        decide(Response(), phase)


# --- D, A, M ----------------------------------------------------------------------------------------------------------


def test_differences_exist_only_between_answers():
    assert after_difference(2, 3) == 1
    assert after_difference(2, None) is None and after_difference(None, 0) is None
    assert session_during([None, 2, 4]) == 4
    assert session_during([None, None]) is None and session_during([]) is None


@pytest.mark.parametrize("earlier, usual", [
    ([], None),
    ([4], 4),
    ([4, 0], 4),  # two are too few for a median: the first stands
    ([4, 0, 1], 1),
    ([4, 0, 1, 2], 1.5),
    ([9, 9, 9, 1, 1, 1, 1, 2, 2, 2], 1),  # the last seven
])  # fmt: skip
def test_the_usual_morning_is_the_median_of_the_last_seven_answers(earlier, usual):
    assert baseline(earlier) == usual


def test_the_first_morning_is_its_own_baseline_and_a_missing_one_has_no_difference():
    assert morning_difference(5, []) == 0
    assert morning_difference(3, [1, 1, 2]) == 2
    assert morning_difference(None, [1, 1, 2]) is None


@pytest.mark.parametrize("difference, word", [
    (-3, "better"), (-1, "better"), (-0.5, "the same"), (0, "the same"), (0.5, "the same"), (1, "a bit worse"),
    (1.5, "a bit worse"), (2, "clearly worse"), (7, "clearly worse"),
])  # fmt: skip
def test_a_morning_in_words(difference, word):
    assert morning_word(difference) == word


# --- R-M2 -------------------------------------------------------------------------------------------------------------

MONDAY = date(2026, 11, 2)


def mornings(*weeks: tuple[int, ...]) -> dict[date, int]:
    return {MONDAY + timedelta(days=7 * w + d): nrs for w, week in enumerate(weeks) for d, nrs in enumerate(week)}


def test_two_rising_weeks_alert_the_coach():
    trend = morning_trend(mornings((1, 0, 1), (2, 2), (3, 4, 3)), through=date(2026, 11, 22))
    assert trend.medians == (1, 2, 3)
    assert trend.because == "The usual morning rose two weeks running: 1, then 2, then 3 of 10."


@pytest.mark.parametrize("weeks, through", [
    (((1,), (2,), (2,)), date(2026, 11, 22)),  # rose once
    (((1,), (1.5,), (3,)), date(2026, 11, 22)),  # by half a point
    (((1,), (), (3,)), date(2026, 11, 22)),  # a week of silence says nothing
    (((1,), (2,), (3,)), date(2026, 11, 21)),  # the third week is still open
    ((), date(2026, 11, 22)),
])  # fmt: skip
def test_less_than_that_is_no_trend(weeks, through):
    assert morning_trend(mornings(*weeks), through) is None


# --- R-M1: when ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("zone, day, due", [
    ("Europe/Berlin", date(2026, 11, 16), datetime(2026, 11, 17, 11, tzinfo=UTC)),
    ("Pacific/Auckland", date(2026, 9, 26), datetime(2026, 9, 26, 23, tzinfo=UTC)),  # clocks go forward that night
    ("America/New_York", date(2026, 10, 31), datetime(2026, 11, 1, 17, tzinfo=UTC)),  # and back that one
    ("Pacific/Apia", date(2011, 12, 29), datetime(2011, 12, 30, 22, tzinfo=UTC)),  # the next local day never was
])  # fmt: skip
def test_the_morning_is_due_at_noon_of_the_next_local_day(zone, day, due):
    assert morning_due(day, ZoneInfo(zone)) == due


def test_it_is_decided_when_the_answer_comes_or_at_noon_without_one():
    due = morning_due(date(2026, 11, 16), ZoneInfo("Europe/Berlin"))
    early = due - timedelta(hours=4)
    assert not is_decidable(due, early, None)
    assert is_decidable(due, early, early)
    assert is_decidable(due, due, None)
    assert is_decidable(due, due + timedelta(days=9), None)  # a worker that slept still decides


def test_a_late_answer_counts_for_eighteen_hours():
    due = morning_due(date(2026, 11, 16), ZoneInfo("Europe/Berlin"))
    assert late_until(due) == datetime(2026, 11, 18, 5, tzinfo=UTC)  # 6 in the morning
    assert counts(due, late_until(due)) and counts(due, due - timedelta(hours=5))
    assert not counts(due, late_until(due) + timedelta(seconds=1))


def test_moments_need_a_zone():
    with pytest.raises(ValueError, match="zone"):
        is_decidable(datetime(2026, 1, 1), datetime(2026, 1, 1, tzinfo=UTC), None)  # noqa: DTZ001


# --- the data -----------------------------------------------------------------------------------------------------------


def test_every_block_of_the_data_has_rule_unit_basis_and_a_known_source():
    for path in (monitoring.DATA_FILE, consistency.DATA_FILE):
        data = yaml.safe_load(path.read_text())
        assert data["reviewed_by"] is None
        for name in data.keys() - {"schema_version", "rules_version", "reviewed_by", "sources"}:
            block = data[name]
            assert block.keys() == {"rule", "unit", "source", "basis", "value"}, name
            named = block["source"] if isinstance(block["source"], list) else [block["source"]]
            assert block["rule"] and block["unit"] and named and set(named) <= data["sources"].keys(), name
            assert block["basis"] in ("E", "X", "D"), name


@pytest.mark.parametrize("change, problem", [
    (lambda rows: rows[:-1], "last row"),
    (lambda rows: [rows[-1], *rows[:-1]], "last row"),
    (lambda rows: [rows[1], rows[0], *rows[2:]], "most severe"),
    (lambda rows: [{"id": "M-X", "action": "stop", "any": [{"mood": {"from": 1}}]}, *rows], "mood"),
    (lambda rows: [{"id": "M-X", "action": "rest"}], "action"),
])  # fmt: skip
def test_a_table_that_cannot_decide_everything_is_refused(change, problem):
    data = yaml.safe_load(monitoring.DATA_FILE.read_text())
    data["table"] = data["table"] | {"value": change(data["table"]["value"])}
    with pytest.raises(RulesError, match=problem):
        parse_adaptation_rules(data)


def test_decisions_name_a_row_of_the_table():
    rows = {row.id: row.action for row in adaptation_rules().table}
    assert rows == {"M-STOP": "stop", "M-REGRESS": "regress", "M-HOLD": "hold", "M-PROGRESS": "progress"}
    assert Decision(Action.HOLD, "M-HOLD", "").is_red is False
