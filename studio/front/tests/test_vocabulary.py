"""The record's words are those of the files that the rules read."""

from clients import vocabulary
from programs.domain.library import library


def test_what_somebody_can_have_at_home_is_what_an_exercise_can_need():
    assert set(vocabulary.KIT_ANSWERS) == set(library().equipment)


def test_what_a_plan_can_leave_out_is_what_an_exercise_can_be_left_out_for():
    assert set(vocabulary.TAGS) | set(vocabulary.COMPUTED_TAGS) == set(library().tags)
    assert not set(vocabulary.TAGS) & set(vocabulary.COMPUTED_TAGS)
