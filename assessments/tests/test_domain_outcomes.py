"""Outcome measures."""

import pytest

from assessments.domain.outcomes import (
    UnknownAnswer,
    akps_points,
    akps_total,
    answer_problem,
    outcome_change,
    outcomes,
    run_ok,
    slow_recovery,
    total_problem,
)

AKPS = outcomes().measure["akps"]
BEST = {item.field: max(option.points for option in item.options) for item in AKPS.items}


def test_the_best_answers_make_100_and_the_worst_make_0():
    assert akps_total(BEST) == 100
    assert akps_total({item.field: min(option.points for option in item.options) for item in AKPS.items}) == 0


def test_there_is_no_total_until_all_thirteen_are_answered():
    assert len(BEST) == 13
    for field in BEST:
        assert akps_total({name: points for name, points in BEST.items() if name != field}) is None


@pytest.mark.parametrize("field, points", [("akps_limp", 4), ("akps_limp", True), ("akps_hop", 5), ("akps_limp", None)])
def test_an_answer_the_scale_does_not_offer_is_refused(field, points):
    with pytest.raises(UnknownAnswer):
        akps_total(BEST | {field: points})


def test_points_follow_the_open_access_table():
    assert akps_points("akps_limp", "constant") == 0  # copies on the web say 2
    assert akps_points("akps_squatting", "only with part of body weight") == 2  # and 1
    with pytest.raises(UnknownAnswer):
        akps_points("akps_limp", "sometimes")


@pytest.mark.parametrize(
    "measure, old, new, trend, say",
    [
        ("akps", 60, 69, "better", ""),
        ("akps", 60, 70, "better", "important change"),
        ("akps", 60, 73, "better", "clearly beyond measurement error"),
        ("akps", 73, 60, "worse", ""),
        ("akps", 60, 60, "same", ""),
        ("pain_nrs", 6, 4, "better", "a meaningful change"),
        ("pain_nrs", 4, 6, "worse", ""),
        ("koos_pf", 50, 66.4, "better", "important change"),
        ("lefs", 50, 58, "better", ""),
    ],
)
def test_a_change_says_no_more_than_its_threshold_allows(measure, old, new, trend, say):
    result = outcome_change(outcomes().measure[measure], old, new)
    assert (result.amount, result.trend, result.say) == (pytest.approx(new - old), trend, say)


@pytest.mark.parametrize(
    "during, before, morning, settled, expected",
    [
        (2, 1, 1, 60, True),
        (3, 1, 1, 60, False),
        (2, 1, 2, 60, False),
        (2, 1, 1, 61, False),
        (2, 1, None, 60, None),  # missing is not zero
        (None, 1, 2, None, False),  # one known answer is enough to say no
    ],
)
def test_a_run_was_fine_only_when_every_answer_says_so(during, before, morning, settled, expected):
    assert run_ok(during=during, before=before, next_morning=morning, settled_min=settled) is expected


@pytest.mark.parametrize(
    "months, akps, expected",
    [
        (4, 90, True),
        (3, 90, False),
        (1, 69, True),
        (3, 70, False),
        (None, 90, None),
        (None, 60, True),
        (None, None, None),
    ],
)
def test_slow_recovery_is_unknown_until_an_answer_decides_it(months, akps, expected):
    assert slow_recovery(months, akps) is expected


def test_questionnaires_under_licence_take_a_total_only():
    assert not outcomes().measure["koos_pf"].items and not outcomes().measure["lefs"].items
    assert (outcomes().measure["koos_pf"].total.max, outcomes().measure["lefs"].total.max) == (100, 80)


def test_the_akps_is_due_at_0_4_8_12_weeks_and_6_months():
    assert AKPS.schedule.weeks == (0, 4, 8, 12, 26)


def test_the_worked_example_of_the_scale_makes_78():
    example = dict(zip(BEST, [3, 5, 5, 8, 4, 6, 7, 4, 8, 8, 10, 5, 5], strict=True))
    assert akps_total(example) == 78


@pytest.mark.parametrize("field, text, points", [
    (item.field, option.text, option.points) for item in AKPS.items for option in item.options
])  # fmt: skip
def test_every_option_of_the_scale_is_worth_its_points(field, text, points):
    assert akps_points(field, text) == points
    assert akps_total(BEST | {field: points}) == 100 - BEST[field] + points


def test_the_options_are_those_of_the_published_table():
    points = {item.field.removeprefix("akps_"): [option.points for option in item.options] for item in AKPS.items}
    assert points == {
        "limp": [5, 3, 0], "support": [5, 3, 0], "walking": [5, 3, 2, 0], "stairs": [10, 8, 5, 0],
        "squatting": [5, 4, 3, 2, 0], "running": [10, 8, 6, 3, 0], "jumping": [10, 7, 2, 0],
        "sitting": [10, 8, 6, 4, 0], "pain": [10, 8, 6, 3, 0], "swelling": [10, 8, 6, 4, 0],
        "patella_movement": [10, 6, 4, 2, 0], "thigh_atrophy": [5, 3, 0], "flexion_deficit": [5, 3, 0],
    }  # fmt: skip


def test_a_round_asks_for_four_pains_that_are_never_summed():
    pain = outcomes().measure["pain_nrs"]
    assert [item.field for item in pain.round_items] == [
        "pain_worst_7d", "pain_usual_7d", "pain_during_run", "pain_next_morning"
    ]  # fmt: skip
    assert not pain.has_total and AKPS.has_total
    assert pain.changes_of == ("pain_worst_7d", "pain_usual_7d")


@pytest.mark.parametrize(
    "measure, field, value, is_answer",
    [
        ("pain_nrs", "pain_worst_7d", 0, True),
        ("pain_nrs", "pain_worst_7d", 11, False),
        ("pain_nrs", "pain_worst_7d", True, False),
        ("akps", "akps_limp", 3, True),
        ("akps", "akps_limp", 4, False),
        ("akps", "pain_worst_7d", 3, False),
    ],
)
def test_only_what_is_offered_is_an_answer(measure, field, value, is_answer):
    assert (answer_problem(outcomes().measure[measure], field, value) == "") is is_answer


def test_a_total_stays_in_its_range():
    assert total_problem(outcomes().measure["lefs"], 80) == ""
    assert "0 to 80" in total_problem(outcomes().measure["lefs"], 81)
