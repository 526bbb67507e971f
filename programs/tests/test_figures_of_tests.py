"""A field test that borrows a drawing of the library borrows one that is there."""

from assessments.domain.tools import tools
from programs.domain.library import library
from programs.figures import poses


def test_every_borrowed_figure_is_drawn():
    known, drawn = {exercise.id for exercise in library().exercises}, poses.load()
    assert set(tools().figures.values()) <= known
    assert set(tools().figures.values()) <= set(drawn)
