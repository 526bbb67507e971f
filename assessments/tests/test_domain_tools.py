"""The sheet's own tools: each fits the protocol of its test. And which test would tell most next."""

import msgspec
import pytest

from assessments.domain.findings import assess
from assessments.domain.next_test import most_telling, next_test, next_tests
from assessments.domain.rules import rules
from assessments.domain.tools import contradictions, tool_of, tools
from assessments.tests.test_domain_planning import request

BATTERY = rules().battery


def test_whatever_is_held_for_seconds_has_a_watch_and_nothing_else_has():
    with_watch = {test.id for test in BATTERY.tests if tool_of(test).watch}
    assert with_watch == {test.id for test in BATTERY.tests if test.unit == "seconds"}


def test_the_watch_rings_where_the_protocol_says_stop():
    for test in BATTERY.tests:
        limit = tool_of(test).limit_s
        if limit:
            low, high = test.input.valid
            assert low < limit <= high and f"at {limit} s" in " ".join(test.protocol), test.id


def test_every_test_that_asks_for_an_inclinometer_in_degrees_has_one():
    asked = {t.id for t in BATTERY.tests if "phone_inclinometer" in t.equipment and t.unit.startswith("degrees")}
    assert asked == {test.id for test in BATTERY.tests if tool_of(test).inclinometer}


def test_only_a_reading_below_level_has_a_sign():
    for test in BATTERY.tests:
        tool = tool_of(test).inclinometer
        if tool:
            assert (tool.kind == "tilt") == (test.input.valid[0] < 0), test.id


@pytest.mark.parametrize(
    "part, test, value, complaint",
    [
        ("limits", "hop_test", tools().limits["side_plank"], "unknown test hop_test"),
        ("limits", "wblt_distance", tools().limits["side_plank"], "is not held for seconds"),
        ("limits", "side_plank", tools().limits["prone_plank"], "does not name 240 s"),
        ("metronomes", "side_plank", tools().metronomes["single_leg_heel_raise"], "does not count repetitions"),
        ("metronomes", "single_leg_bridge_reps", tools().metronomes["single_leg_heel_raise"], "does not name its beat"),
        ("inclinometers", "wblt_distance", tools().inclinometers["wblt_angle"], "is not read in degrees"),
        ("figures", "hop_test", "side-plank", "unknown test hop_test"),
    ],
)
def test_a_tool_that_does_not_fit_is_found(part, test, value, complaint):
    changed = msgspec.structs.replace(tools(), **{part: {**getattr(tools(), part), test: value}})
    assert any(complaint in line for line in contradictions(changed))
    assert contradictions(tools()) == []


def test_one_scoring_gives_every_area_its_own_proposal():
    asked = request(side_plank={"left": 40, "right": 30}, wblt_distance={"left": 10})
    proposals = next_tests(asked)
    assert proposals == {area.id: best for area in BATTERY.areas if (best := next_test(asked, area.id))}


def test_over_all_the_largest_confidence_wins_and_the_context_never_takes_part():
    proposals = next_tests(request())
    best = most_telling(proposals)
    assert best.test == "wblt_distance", "six of ten of an area's weight, grade A"
    ranked = [proposal.confidence for area, proposal in proposals.items() if BATTERY.area[area].is_ranked]
    assert best.confidence == max(ranked)
    assert most_telling({"running_form_load": proposals["running_form_load"]}) is None


def test_entering_what_was_proposed_gives_the_confidence_that_was_promised():
    asked = request(prone_plank={"value": 65, "pain": 0})  # nothing stands out: the level is 0
    best = next_tests(asked)["core_instability"]
    assert (best.test, best.side) == ("side_plank", "right")
    entered = request(prone_plank={"value": 65, "pain": 0}, side_plank={"right": 100, "pain_right": 0})
    assert assess(entered).areas["core_instability"].confidence == pytest.approx(best.confidence)


def test_a_test_that_must_not_be_done_is_never_the_most_telling():
    asked, skipped = request(), set()
    while (best := most_telling(next_tests(asked, skipped))) is not None:
        assert best.test not in skipped
        skipped.add(best.test)
    assert len(skipped) > 20
