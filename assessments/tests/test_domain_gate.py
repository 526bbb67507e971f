"""The red-flag gate."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessments.domain.findings import assess
from assessments.domain.next_test import next_test
from assessments.domain.planning import severities
from assessments.domain.records import AssessRequest, Reading, Runner
from assessments.domain.requests import parse_request
from assessments.domain.rules import rules

FLAGS = rules().red_flags.flag
MEASURED = {"wblt_distance": {"left": Reading(6.0), "right": Reading(6.0)}, "prone_plank": {"both": Reading(30.0)}}


def gate(answers, age=34):
    return rules().red_flags.gate(answers, age)


def result(answers, *, age=34, cleared=False, sex="female"):
    return assess(AssessRequest(Runner(age, sex, "both"), answers, cleared, MEASURED))


@pytest.mark.parametrize(
    "sub_items, age, is_up",
    [
        ([], 34, False),
        (["injury_last_7_days"], 34, False),  # an injury alone is not enough
        (["cannot_flex_90"], 34, False),  # nor is a sign without an injury
        (["injury_last_7_days", "cannot_flex_90"], 34, True),
        (["injury_last_7_days", "cannot_take_4_steps_then_and_now"], 34, True),
        (["injury_last_7_days"], 55, True),  # the age is known: nobody has to tick it
        (["injury_last_7_days"], 54, False),
        ([], 70, False),
    ],
)
def test_trauma_needs_an_injury_and_one_more_sign(sub_items, age, is_up):
    assert ("trauma_ottawa" in gate({"trauma_ottawa": sub_items}, age).flags) == is_up


@pytest.mark.parametrize(
    "sub_items, age, is_up",
    [
        (["knee_or_thigh_pain", "limp"], 14, True),
        (["knee_or_thigh_pain", "less_hip_internal_rotation"], 16, True),
        (["knee_or_thigh_pain"], 14, False),
        (["limp"], 14, False),
        (["knee_or_thigh_pain", "limp"], 17, False),
        (["age_8_to_16", "knee_or_thigh_pain", "limp"], 17, True),  # a yes is acted on
    ],
)
def test_an_adolescent_hip_needs_age_pain_and_one_more_sign(sub_items, age, is_up):
    assert ("adolescent_hip" in gate({"adolescent_hip": sub_items}, age).flags) == is_up


def test_the_most_severe_flag_decides_and_all_are_listed_in_the_order_of_asking():
    up = gate({"bleeding_risk": True, "giving_way": True, "locked_knee": True, "inflammatory": False})
    assert (up.action, up.flags) == ("stop_urgent", ("locked_knee", "giving_way", "bleeding_risk"))
    assert gate({"bleeding_risk": True, "giving_way": True}).action == "refer"
    assert gate({"bleeding_risk": True}).action == "caution"
    assert gate({}).action == "none"


def test_a_plain_yes_to_a_flag_with_sub_items_counts_as_the_whole_of_it():
    assert gate({"trauma_ottawa": True}).action == "stop_urgent"
    assert gate({"trauma_ottawa": False}).action == "none"


def test_clearance_opens_a_referral_and_never_an_urgent_stop():
    refer, stop = gate({"giving_way": True}), gate({"locked_knee": True})
    assert refer.is_open(cleared=False) and not refer.is_open(cleared=True)
    assert refer.stands(cleared=True) == "caution" and refer.stands(cleared=False) == "refer"
    assert stop.is_open(cleared=True) and stop.stands(cleared=True) == "stop_urgent"


def test_a_cleared_referral_shows_results_and_keeps_its_flag():
    cleared = result({"giving_way": True}, cleared=True)
    assert cleared.gate.action == "refer"
    assert cleared.areas["ankle_stiffness"].score is not None


def test_a_caution_shows_results_with_its_note():
    shown = result({"bleeding_risk": True})
    assert shown.areas["ankle_stiffness"].score is not None
    assert [(note.code, note.subject) for note in shown.warnings] == [("caution", "bleeding_risk")]
    assert "foam-roll" in shown.warnings[0].message


def test_flags_not_asked_are_not_answered_no():
    assert rules().red_flags.unasked({}) == tuple(FLAGS)
    assert "locked_knee" not in rules().red_flags.unasked({"locked_knee": False})


ANSWERS = st.fixed_dictionaries(
    {},
    optional={
        flag.id: st.lists(st.sampled_from([item.id for item in flag.sub_items]), unique=True)
        if flag.sub_items
        else st.booleans()
        for flag in FLAGS.values()
    },
)


@given(answers=ANSWERS, age=st.integers(10, 90), cleared=st.booleans())
@settings(max_examples=100, deadline=None)
def test_nothing_leads_past_an_open_gate(answers, age, cleared):
    document = {
        "runner": {"age": age, "sex": "male", "painful_side": "left"},
        "red_flags": answers,
        "cleared": cleared,
        "measurements": {"wblt_distance": {"left": 6}, "prone_plank": {"value": 30}},
    }
    request = parse_request(document)
    answer = assess(request)
    yes = {flag for flag, value in answers.items() if value is True}
    stopped = any(FLAGS[flag].action == "stop_urgent" for flag in yes)
    referred = any(FLAGS[flag].action == "refer" for flag in yes)
    if stopped or (referred and not cleared):
        assert answer.gate.is_open(cleared=cleared)
    if answer.gate.is_open(cleared=cleared):
        assert (answer.tests, answer.areas, answer.ranking, answer.abstained) == ({}, {}, (), True)
        assert set(severities(answer).values()) == {None}
        assert next_test(request, "hip_weakness") is None
    else:
        assert len(answer.areas) == 5
        assert answer.gate.action != "stop_urgent"


def test_under_sixteen_is_recorded_and_not_scored():
    young = result({}, age=15)
    assert young.tests["wblt_distance"]["left"].label == "not_scored"
    assert {finding.status for finding in young.areas.values()} == {"not_enough_data"}
    assert (young.ranking, young.abstained) == ((), True)
    assert [note.code for note in young.warnings] == ["under_16"]


@pytest.mark.parametrize("age, code", [(16, "age_16_17"), (17, "age_16_17"), (18, None)])
def test_sixteen_and_seventeen_are_scored_with_a_caution(age, code):
    scored = result({}, age=age)
    assert scored.areas["ankle_stiffness"].score is not None
    assert [note.code for note in scored.warnings] == ([code] if code else [])
