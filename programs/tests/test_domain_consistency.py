"""Credits, weeks, the streak and the one number that runner and coach both see."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from programs.domain.consistency import (
    Day,
    OutOfRange,
    Pause,
    Streak,
    WeekStatus,
    after_fever,
    after_pain_words,
    coach_check_due,
    day_credit,
    excused_dates,
    headline,
    is_after_pain,
    judge_week,
    return_after,
    session_credit,
    sessions_done,
    streak,
    week_name,
    weeks_of,
)
from programs.domain.library import PILLARS

MONDAY = date(2026, 11, 16)  # of 2026-W47
S, K, P, M = WeekStatus.SOLID, WeekStatus.KEPT, WeekStatus.PROTECTED, WeekStatus.MISSED


def day(n: int, credit: float | None = None, pillars=("strength",), excused=False, planned=True) -> Day:
    """Day n of the week (0 = Monday) with one session planned, unless said otherwise."""
    return Day(
        date=MONDAY + timedelta(days=n), planned=("A",) if planned else (), credit=credit or 0.0,
        pillars=pillars if credit else (), excused=excused,
    )  # fmt: skip


# --- R-C1 -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("anchors, done, planned, five, credit", [
    (True, 3, 12, False, 1.0),  # the three must-do lines count as the session
    (False, 6, 10, False, 1.0),  # 60 %
    (False, 3, 5, False, 1.0),  # exactly, whatever binary fractions say
    (False, 5, 10, False, 0.5),
    (False, 3, 10, False, 0.5),  # 30 %
    (False, 2, 10, False, 0.0),
    (False, 0, 10, True, 0.5),  # the five-minute minimum
    (False, 0, 0, False, 0.0),  # nothing planned, nothing known
    (False, 12, 10, False, 1.0),
])  # fmt: skip
def test_a_session_earns_its_credit(anchors, done, planned, five, credit):
    assert session_credit(anchors_done=anchors, sets_done=done, sets_planned=planned, five_minutes=five) == credit


def test_a_day_earns_one_credit_at_most():
    assert day_credit([1.0, 1.0]) == 1.0
    assert day_credit([0.5, 0.5]) == 1.0
    assert day_credit([0.5]) == 0.5
    assert day_credit([]) == 0.0


def test_sets_are_never_negative():
    with pytest.raises(OutOfRange):
        session_credit(anchors_done=False, sets_done=-1, sets_planned=3)


# --- R-C2 -----------------------------------------------------------------------------------------------------------

FIVE = PILLARS[:5]


@pytest.mark.parametrize("days, status", [
    ([day(0, 1, FIVE), day(2, 1), day(4, 1)], S),
    ([day(0, 1, FIVE), day(2, 1), day(4, 0.5)], S),  # 2.5 of 3
    ([day(0, 1, FIVE), day(2, 1), day(4)], K),  # 2 of 3 is below three quarters
    ([day(0, 1, FIVE[:4]), day(2, 1), day(4, 1)], K),  # four pillars
    ([day(0, 1, FIVE[:2]), day(2, 1, FIVE[2:4]), day(4, 1, ("consistency",))], S),  # pillars add up over the week
    ([day(0, 1), day(2, 0.5), day(4)], K),  # half
    ([day(0, 1), day(2), day(4)], M),
    ([day(0), day(2), day(4)], M),
    ([day(0, planned=False)], P),  # nothing was planned
    ([day(0, 0.5, planned=False)], P),
    ([day(n, excused=True) for n in range(4)] + [day(4)], P),  # four days away
    ([day(n, excused=True) for n in range(3)] + [day(4)], M),
    ([day(n, excused=True) for n in range(3)] + [day(4, 1)], K),  # one session was left to do, and it was done
    ([day(0, excused=True)], P),  # the only session fell on an excused day
    ([day(0, 1, excused=True), day(2), day(4)], K),  # work on an excused day still counts
])  # fmt: skip
def test_a_week_is_judged_by_what_was_left_to_do(days, status):
    assert judge_week(days).status == status
    assert judge_week(days[::-1]) == judge_week(days)


def test_the_week_of_the_contract():
    days = [day(0, 1, ("strength", "core")), day(2, 1, ("strength", "mobility")), day(4)]
    (week,) = weeks_of(days)
    assert (week.week, week.status, week.credits, week.target) == ("2026-W47", K, 2.0, 3.0)
    assert (week.first, week.pillars, week.excused_days) == (MONDAY, ("strength", "mobility", "core"), 0)


def test_two_sessions_of_one_day_are_two_to_do():
    assert judge_week([replace(day(0, 1), planned=("A", "B")), day(2)]).target == 3.0


@pytest.mark.parametrize("on, name", [
    (date(2026, 11, 16), "2026-W47"), (date(2026, 11, 22), "2026-W47"), (date(2027, 1, 3), "2026-W53"),
    (date(2027, 1, 4), "2027-W01"), (date(2024, 12, 30), "2025-W01"),
])  # fmt: skip
def test_weeks_run_from_monday_to_sunday(on, name):
    assert week_name(on) == name


def test_days_fall_into_their_weeks_across_the_new_year():
    days = [Day(date=date(2026, 12, 28) + timedelta(days=n), planned=("A",), credit=1.0) for n in range(14)]
    assert [(week.week, week.target) for week in weeks_of(reversed(days))] == [("2026-W53", 7.0), ("2027-W01", 7.0)]
    assert weeks_of([]) == ()


@pytest.mark.parametrize("days", [[], [day(0), day(0, 1)], [day(0), day(7)]])
def test_a_week_is_one_week_with_one_record_per_day(days):
    with pytest.raises(OutOfRange):
        judge_week(days)


any_day = st.builds(
    Day, date=st.integers(0, 27).map(lambda n: MONDAY + timedelta(days=n)),
    planned=st.lists(st.sampled_from("AB"), max_size=2).map(tuple), credit=st.sampled_from([0.0, 0.5, 1.0]),
    pillars=st.lists(st.sampled_from(PILLARS), max_size=6).map(tuple), excused=st.booleans(),
)  # fmt: skip
any_days = st.lists(any_day, max_size=28, unique_by=lambda day: day.date)
GOOD = {S: 2, K: 1, M: 0}


@given(any_days.filter(bool), st.data())
@settings(max_examples=150, deadline=None)
def test_excusing_a_day_never_makes_a_week_worse(days, data):
    excused = data.draw(st.sampled_from(days))
    before = {week.week: week.status for week in weeks_of(days)}
    after = {week.week: week.status for week in weeks_of([replace(d, excused=d is excused or d.excused) for d in days])}
    for name, status in after.items():
        assert status == P or (before[name] != P and GOOD[status] >= GOOD[before[name]])


@given(any_days.filter(bool), st.data())
@settings(max_examples=150, deadline=None)
def test_training_more_never_makes_a_week_worse(days, data):
    trained = data.draw(st.sampled_from(days))
    before = {week.week: week.status for week in weeks_of(days)}
    more = [replace(d, credit=1.0, pillars=(*d.pillars, "core")) if d is trained else d for d in days]
    for week in weeks_of(more):
        assert (week.status == P) == (before[week.week] == P)
        assert week.status == P or GOOD[week.status] >= GOOD[before[week.week]]


# --- R-C3, R-C6 -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("closed, open_week, result", [
    ([M, K, S, P], K, Streak(3, 2, 0)),  # the contract's example
    ([], None, Streak(0, 0, 0)),
    ([], S, Streak(1, 0, 0)),
    ([K] * 3, M, Streak(3, 3, 0)),  # an open week cannot break anything
    ([K] * 3, P, Streak(3, 3, 0)),
    ([K] * 6, None, Streak(6, 6, 1)),  # six weeks earn a spare
    ([K] * 6 + [M], None, Streak(6, 6, 0)),  # which rescues one week
    ([K] * 6 + [M, M], None, Streak(0, 0, 0)),
    ([K] * 18, None, Streak(18, 18, 2)),  # two spares at most
    ([K] * 5 + [M] + [K] * 5, None, Streak(5, 5, 0)),  # the run to the next spare starts again
    ([K] * 6 + [M] + [K] * 6, None, Streak(12, 12, 1)),
    ([K] * 8 + [M] + [K] * 4, None, Streak(12, 12, 1)),  # a rescued week does not restart the run
    ([S] * 14 + [P], None, Streak(14, 14, 2)),  # a holiday keeps 14
    (["kept", "missed", "solid"], "kept", Streak(2, 1, 0)),  # plain words do as well
])  # fmt: skip
def test_the_streak_folds_over_closed_weeks(closed, open_week, result):
    assert streak(closed, open_week) == result


statuses = st.lists(st.sampled_from(list(WeekStatus)), max_size=30)


@given(statuses, st.none() | st.sampled_from(list(WeekStatus)))
@settings(max_examples=150, deadline=None)
def test_the_open_week_only_adds(closed, open_week):
    without, with_it = streak(closed), streak(closed, open_week)
    assert with_it.shown - without.shown == (1 if open_week in (S, K) else 0)
    assert (with_it.streak, with_it.spares) == (without.streak, without.spares)
    assert 0 <= without.spares <= 2


@given(statuses, st.lists(st.integers(0, 30), max_size=6))
@settings(max_examples=150, deadline=None)
def test_protected_weeks_never_change_the_number(closed, places):
    paused = list(closed)
    for place in places:
        paused.insert(min(place, len(paused)), P)
    one, other = headline(closed), headline(paused)
    assert (one.kept, one.of, one.share) == (other.kept, other.of, other.share)
    assert streak(closed) == streak(paused)


@pytest.mark.parametrize("closed, words, share", [
    ([M, K, S, P, K, K], "4 of the last 5 weeks kept (one paused)", 0.8),
    ([K], "1 of 1 week kept", 1.0),
    ([M, K], "1 of the last 2 weeks kept", 0.5),
    ([M] * 3 + [K] * 8, "8 of the last 8 weeks kept", 1.0),  # the last eight
    ([P, K, P, P], "1 of 1 week kept (two paused)", 1.0),  # a pause before the first counted week is over
    ([P] * 9, "Paused, so no week counts yet", None),
    ([], "The first week is still open", None),  # nothing known is no zero
    ([K, *[P] * 12, K], "2 of the last 2 weeks kept (12 paused)", 1.0),
])  # fmt: skip
def test_the_headline_in_words(closed, words, share):
    assert (headline(closed).words, headline(closed).share) == (words, share)


def test_no_sentence_carries_guilt():
    texts = [headline(closed).words for closed in ([M], [M, P], [K, M], [P], [])] + [after_pain_words()]
    for text in texts:
        assert not {"missed", "failed", "lost", "only", "streak"} & set(text.lower().split()), text


# --- sessions done of planned ---------------------------------------------------------------------------------------


def test_sessions_done_of_planned_leave_excused_days_out_of_both():
    days = [day(0, 1), day(2, 0.5), day(4), day(5, 1, excused=True), day(6, excused=True)]
    assert sessions_done(days, MONDAY + timedelta(days=6)).words == "1 of 3 sessions, last 28 days"


def test_the_window_is_twenty_eight_days():
    days = [Day(date=MONDAY - timedelta(days=n), planned=("A",), credit=1.0) for n in range(40)]
    assert (sessions_done(days, MONDAY).done, sessions_done(days, MONDAY).planned) == (28, 28)


def test_a_session_moved_over_the_edge_does_not_make_two_of_one():
    days = [day(0, 1), day(1, 1, planned=False)]
    assert sessions_done(days, MONDAY + timedelta(days=6)).words == "1 of 1 session, last 28 days"
    assert sessions_done([], MONDAY).words == "No session planned in the last 28 days"


# --- R-C4, R-C5, R-C8 -----------------------------------------------------------------------------------------------


def test_a_pause_excuses_its_days_and_an_open_one_all_that_follow():
    first, last = MONDAY, MONDAY + timedelta(days=6)
    pauses = [Pause("holiday", MONDAY - timedelta(days=3), MONDAY), Pause("flare", MONDAY + timedelta(days=5))]
    assert excused_dates(pauses, first, last) == {MONDAY, MONDAY + timedelta(days=5), last}
    assert excused_dates([], first, last) == frozenset()


@pytest.mark.parametrize("closed, due", [
    ([K, P, P], False), ([K, P, P, P], True), ([P] * 4, True), ([P, P, P, K], False), ([], False),
])  # fmt: skip
def test_after_three_protected_weeks_the_coach_checks_in(closed, due):
    assert coach_check_due(closed) == due


@pytest.mark.parametrize("days, sets, chain, stage_of_6, phase_max, retest", [
    (0, 0, 0, 6, None, False), (6, 0, 0, 6, None, False), (7, 20, 0, 5, None, False), (13, 20, 0, 5, None, False),
    (14, 40, 1, 4, None, False), (27, 40, 1, 4, None, False), (28, 40, 1, 3, 2, True), (400, 40, 1, 3, 2, True),
])  # fmt: skip
def test_coming_back_depends_on_the_gap(days, sets, chain, stage_of_6, phase_max, retest):
    back = return_after(days)
    assert (back.sets_less_pct, back.chain_steps_back, back.run_stage(6)) == (sets, chain, stage_of_6)
    assert (back.phase_max, back.retest) == (phase_max, retest)


def test_a_longer_gap_is_never_bolder_and_no_stage_is_below_zero():
    gaps = [return_after(days) for days in range(60)]
    assert [gap.sets_less_pct for gap in gaps] == sorted(gap.sets_less_pct for gap in gaps)
    for stage in range(11):
        stages = [gap.run_stage(stage) for gap in gaps]
        assert stages == sorted(stages, reverse=True) and min(stages) >= 0
    assert return_after(10).run_stage(None) is None  # runs freely
    assert return_after(40).run_stage(None) == 3
    with pytest.raises(OutOfRange):
        return_after(-1)


def test_the_first_session_after_a_fever_is_gentle_and_a_day_later():
    assert after_fever(MONDAY) == (MONDAY + timedelta(days=1), ("mobility", "core"))


def answers(first: int, *values: int | None) -> dict[date, int | None]:
    return {MONDAY - timedelta(days=first - n): value for n, value in enumerate(values)}


@pytest.mark.parametrize("mornings, sessions, quiet", [
    (answers(13, *[0, 1] * 7), answers(5, 1), True),
    (answers(13, *[0, 1] * 7), answers(5, 2), False),
    (answers(13, *[0] * 13, 2), answers(5, 0), False),
    (answers(16, 5, 5, 5, *[0] * 14), answers(5, 0), True),  # older than a fortnight
    (answers(13, 0, None, 0), answers(5, 0), False),  # two answers prove nothing
    (answers(13, 0, None, 0, 0), answers(5, None, 0), True),
    (answers(13, *[0] * 14), answers(5, None), False),
    ({}, {}, False),
])  # fmt: skip
def test_the_tone_changes_when_a_quiet_fortnight_is_known(mornings, sessions, quiet):
    assert is_after_pain(mornings, sessions, MONDAY) == quiet
