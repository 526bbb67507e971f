"""When a round of questions is due, and which scheduled week a late answer belongs to."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.domain.rounds import due, next_on, round_name, series, week_of, windows

WEEKS = (0, 4, 8, 12, 26)
START = date(2026, 3, 2)


def day(weeks: float) -> date:
    return START + timedelta(days=round(7 * weeks))


@pytest.mark.parametrize(
    "today, done, expected",
    [
        (day(0), (), (0, 0)),
        (day(1), (), (0, 7)),
        (day(1), (0,), None),
        (day(3.9), (0,), None),  # the 4-week questions are not asked before their day
        (day(4), (0,), (4, 0)),
        (day(5), (0,), (4, 7)),
        (day(6), (0,), (4, 14)),  # as near to week 4 as to week 8: still week 4's
        (day(6) + timedelta(days=1), (0,), None),  # over: nobody is chased for it
        (day(8), (0,), (8, 0)),
        (day(26), (0, 4, 8, 12), (26, 0)),
        (day(33), (0, 4, 8, 12), (26, 49)),
        (day(34), (), None),
        (START - timedelta(days=1), (), None),
    ],
)
def test_a_round_is_due_from_its_day_until_the_next_one_is_nearer(today, done, expected):
    found = due(WEEKS, START, done, today)
    assert (found and (found.week, found.overdue_days)) == expected


def test_without_a_start_nothing_is_due():
    assert due(WEEKS, None, (), START) is None and next_on(WEEKS, None, START) is None


@pytest.mark.parametrize(
    "answered, done, week",
    [
        (day(0) - timedelta(days=10), (), 0),  # asked before the first test
        (day(0) - timedelta(days=15), (), None),
        (day(5.5), (), 4),  # late
        (day(6.5), (), 8),  # nearer to week 8
        (day(5.5), (4,), None),  # week 4 has its answer: an extra one
        (day(18), (), 12),
        (day(20), (), 26),
        (day(40), (), None),
    ],
)
def test_a_late_answer_belongs_to_the_nearest_scheduled_week(answered, done, week):
    assert week_of(WEEKS, START, answered, done) == week


@given(st.integers(-14, 26 * 7 + 49))
def test_every_day_belongs_to_exactly_one_week_and_to_a_nearest_one(offset):
    on = START + timedelta(days=offset)
    holding = [window for window in windows(WEEKS, START) if window.first <= on <= window.last]
    assert len(holding) == 1
    away = {window.week: abs((window.on - on).days) for window in windows(WEEKS, START)}
    assert away[holding[0].week] == min(away.values())


def test_a_round_that_nobody_answered_stays_a_gap():
    rounds = [(day(0), 0, 60.0), (day(8.2), 8, 71.0), (day(9.5), None, 70.0)]
    points = series(WEEKS, START, rounds, today=day(13))
    assert [(point.week, point.value) for point in points] == [(0, 60), (4, None), (8, 71), (None, 70)]
    assert (12, None) not in [(point.week, point.value) for point in points], "week 12 can still be answered"


def test_an_open_window_is_no_gap_yet():
    assert [point.week for point in series(WEEKS, START, [(day(0), 0, 60.0)], today=day(6))] == [0]
    assert [point.week for point in series(WEEKS, START, [(day(0), 0, 60.0)], today=day(6.2))] == [0, 4]


def test_the_next_round_is_the_next_day_of_the_schedule():
    assert next_on(WEEKS, START, day(4)) == day(8)
    assert next_on(WEEKS, START, day(26)) is None


def test_rounds_have_names_that_people_use():
    assert [round_name(week) for week in WEEKS] == ["first", "4-week", "8-week", "12-week", "6-month"]


def test_a_measure_asked_once_has_a_week_for_it():
    [only] = windows((0,), START)
    assert (only.first, only.last) == (START, START + timedelta(days=6))
    assert windows((), START) == ()
