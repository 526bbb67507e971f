"""The coach's shorthand for a dose: what is written can be read, and what cannot be read is said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from programs.domain import words
from programs.domain.dose import default_dose
from programs.domain.grammar import Unreadable, read_dose
from programs.domain.library import library
from programs.domain.records import SideSets
from programs.domain.rules import rules

EXERCISES = [one for one in library() if one.pillar != "consistency"]
NONE = SideSets()
SQUAT, PLANK, CLAM = (library()[name] for name in ("goblet-squat", "side-plank", "clamshell"))


def read(text: str, exercise=SQUAT, extra=NONE):
    return read_dose(text, default_dose(exercise, 2, rules()), extra, unilateral=exercise.unilateral)


@given(
    st.sampled_from(EXERCISES),
    st.integers(1, 4),
    st.integers(1, 9),
    st.sampled_from([None, 2.5, 12.0, 40.0]),
    st.data(),
)
def test_what_is_written_is_read_back(exercise, phase, sets, load_kg, data):
    dose = replace(default_dose(exercise, phase, rules()), load_kg=load_kg)
    extra = SideSets(left=data.draw(st.integers(0, 2))) if exercise.unilateral else SideSets()
    text = words.compact_dose(sets, dose, unilateral=exercise.unilateral, extra=extra)
    typed = read_dose(text, dose, SideSets(), unilateral=exercise.unilateral)
    assert (typed.sets, typed.dose, typed.extra_side_sets) == (sets, dose, extra)


def test_what_is_left_out_stays_as_it_was():
    before = replace(default_dose(SQUAT, 2, rules()), load_kg=20.0)
    typed = read_dose("4x6", before, SideSets(), unilateral=False)
    assert (typed.sets, typed.dose) == (4, replace(before, reps=(6, 6)))


def test_every_part_can_be_typed_as_a_hand_types_it():
    typed = read("3 × 8 – 12 @rir2-3 12,5 kg R90 3-1-1-0")
    assert (typed.sets, typed.dose.reps, typed.dose.rir) == (3, (8, 12), (2, 3))
    assert (typed.dose.load_kg, typed.dose.rest_s, typed.dose.tempo) == (12.5, 90, "3-1-1-0")
    assert read("3x8 25lb").dose.load_kg == pytest.approx(11.34, abs=0.01)
    assert read("2x30-45s/side +1L", PLANK).extra_side_sets == SideSets(left=1)
    assert read("2x12 +0L", CLAM, SideSets(left=2, right=1)).extra_side_sets == SideSets(right=1)


@pytest.mark.parametrize(
    "text, says",
    [
        ("", "Begin with sets x work"),
        ("8 reps", "Begin with sets x work"),
        ("x8", "Begin with sets x work"),
        ("٣x8", "Begin with sets x work"),
        ("3x30s", "its work is written like 3x8-12"),
        ("3x12-8", "runs backwards"),
        ("3x8 fast", "“fast” is not understood"),
        ("3x8/side", "leave out /side"),
        ("3x" + "9" * 10_000, "does not fit"),
    ],
)
def test_what_is_no_dose_is_said_and_how_one_looks(text, says):
    with pytest.raises(Unreadable, match=says):
        read(text)


@given(st.text(max_size=40))
def test_no_text_breaks_it(text):
    for exercise in (SQUAT, PLANK, library()["strides"], library()["posture-reset-walk"]):
        try:
            typed = read(text, exercise)
        except Unreadable as problem:
            assert str(problem)
        else:
            assert typed.sets >= 0
