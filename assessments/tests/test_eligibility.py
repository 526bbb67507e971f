"""What must not be tested with a runner today, and why."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.domain.eligibility import Barred, Facts, barred, barred_today, contraindications
from assessments.domain.rules import rules
from clients.vocabulary import TAGS

TESTS = [test.id for test in rules().battery.tests]
QUESTIONS = [question.id for question in contraindications().questions]
FLAGS = list(rules().red_flags.flag)

facts = st.builds(
    Facts,
    tags=st.frozensets(st.sampled_from(list(TAGS))),
    flags=st.frozensets(st.sampled_from(FLAGS)),
    said=st.frozensets(st.sampled_from(QUESTIONS)),
    rest_pain_nrs=st.none() | st.integers(0, 10),
    feels_ill=st.booleans(),
)


def with_more(one: Facts, more: Facts) -> Facts:
    pains = [pain for pain in (one.rest_pain_nrs, more.rest_pain_nrs) if pain is not None]
    return Facts(
        one.tags | more.tags, one.flags | more.flags, one.said | more.said, max(pains, default=None),
        one.feels_ill or more.feels_ill,
    )  # fmt: skip


@given(facts, facts)
def test_knowing_more_never_allows_more_and_every_bar_has_a_reason(one, more):
    before, after = barred(one), barred(with_more(one, more))
    assert before.keys() <= after.keys()
    assert all(why.reason and not why.reason.endswith(".") for why in after.values())


def test_nobody_is_barred_from_anything_without_a_fact():
    assert barred(Facts()) == {}
    assert barred_today(Facts(rest_pain_nrs=5)) == ""


@pytest.mark.parametrize("known", [Facts(feels_ill=True), Facts(rest_pain_nrs=6)])
def test_a_bad_day_bars_every_test(known):
    assert list(barred(known)) == TESTS
    assert barred_today(known)


@pytest.mark.parametrize(
    "known, tests",
    [
        (Facts(tags=frozenset({"calf_achilles_flare"})), {"gastroc_lunge_angle", "single_leg_heel_raise"}),
        (Facts(flags=frozenset({"bleeding_risk"})), {"foam_roll_tenderness_quad", "foam_roll_tenderness_itb"}),
        (Facts(said=frozenset({"ankle_injury"})), {"wblt_distance", "wblt_angle"}),
        (Facts(tags=frozenset({"kneeling_intolerance"})), {"bird_dog"}),
    ],
)
def test_a_fact_bars_the_tests_that_name_it_and_no_others(known, tests):
    assert set(barred(known)) == tests


def test_as_another_test_bars_the_same_and_running_bars_all_of_running():
    groin = barred(Facts(tags=frozenset({"groin_strain"})))
    assert {"hip_abduction_torque", "hip_abduction_force", "hip_external_rotation_force"} <= set(groin)
    assert groin["hip_abduction_force"] == Barred(
        "Groin/deep hip pain or suspected bone stress injury", "tag", "groin_strain"
    )
    running = {test.id for test in rules().battery.running().tests} - {"longest_run_spike"}
    assert set(barred(Facts(said=frozenset({"run_pain"})))) == running


def test_pregnancy_takes_out_what_lies_face_down_and_the_maximal_holds():
    out = set(barred(Facts(flags=frozenset({"pregnancy_bp"}))))
    assert {"prone_knee_flexion", "prone_plank", "side_plank", "trunk_extensor_hold", "hip_abduction_hold"} <= out
    assert not {"wblt_distance", "single_leg_squat", "cadence"} & out
