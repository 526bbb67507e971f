"""Drawn exercises: poses a body can take, pictures that stay small and themed, a table that is filled once."""

import re
from xml.etree import ElementTree

import pytest
from django.core.management import call_command

from programs.domain import library
from programs.figures import shown, store
from programs.figures.check import picture, posture
from programs.figures.figure import render
from programs.figures.poses import load
from programs.models import Figure

ENTRIES = load()
A_FEW = ("glute-bridge", "lateral-step-down", "clamshell", "cadence-run-5", "bulgarian-split-squat", "foam-roll-itb")
SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("name", ENTRIES)
def test_poses_are_within_reach_of_a_body(name):
    assert list(posture(ENTRIES[name])) == []


@pytest.mark.parametrize("name", A_FEW)
def test_pictures_hold_together_in_motion_and_in_print(name):
    assert list(picture(ENTRIES[name])) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in ENTRIES if name not in A_FEW])
def test_all_other_pictures_hold_together_too(name):
    assert list(picture(ENTRIES[name])) == []


def broken(name: str, pose: int, **change) -> dict:
    entry = dict(ENTRIES[name])
    entry["poses"] = [dict(p) for p in entry["poses"]]
    entry["poses"][pose] |= change
    return entry


@pytest.mark.parametrize(
    ("entry", "complaint"),
    [
        (broken("single-leg-deadlift-loaded", -1, R={"hip": 88, "knee": -40}), "R.knee"),
        (broken("goblet-squat", -1, at=[-60, 55]), "out of balance"),
        (broken("front-plank", 0, pin=["R.elbow", 42, -9, 17]), "into the floor"),
    ],
    ids=["a knee bent backwards", "a squat that falls over", "an elbow in the floor"],
)
def test_the_checker_catches_what_a_body_cannot_do(entry, complaint):
    assert any(complaint in problem for problem in posture(entry))


def test_every_drawn_exercise_is_in_the_library():
    known = {exercise.id for exercise in library.library().exercises}
    drawn = {drawing.exercise for drawing in store.wanted()}
    assert drawn <= known
    assert len(drawn) == 88


@pytest.mark.parametrize("mode", store.MODES)
@pytest.mark.parametrize("name", A_FEW)
def test_a_figure_is_a_titled_image_under_the_strict_policy(name, mode):
    svg = render(**ENTRIES[name], mode=mode, uid="x")
    picture = ElementTree.fromstring(svg)
    ids = picture.get("aria-labelledby").split()
    assert picture.get("role") == "img"
    assert [picture.find(f".//*[@id='{i}']").text for i in ids] == [ENTRIES[name]["title"], ENTRIES[name]["desc"]]
    assert not re.search(r"style=|<style|<script|\son\w+=", svg)
    assert len(svg) < 12_000


@pytest.mark.parametrize("name", A_FEW)
def test_a_moving_figure_carries_its_still_for_those_who_want_no_motion(name):
    groups = {g.get("class") for g in ElementTree.fromstring(render(**ENTRIES[name])).iter(f"{SVG}g")}
    assert {"fig-move", "fig-still"} <= groups
    assert "<animate" not in render(**ENTRIES[name], mode="still")


def test_a_figure_without_stylesheet_has_literal_light_colours():
    svg = render(**ENTRIES["glute-bridge"], mode="print-still", colours={"accent": "#aa3333"})
    assert "var(" not in svg
    assert "class=" not in svg
    assert "#aa3333" in svg
    assert "#fffdf9" in svg  # the light theme's shirt, from tokens.css


def test_the_same_poses_give_the_same_bytes():
    one, other = (render(**ENTRIES["step-up"], uid="x") for _ in range(2))
    assert one == other


# --- the table ------------------------------------------------------------------------------------------------------


@pytest.fixture
def few(monkeypatch):
    """A library of three drawings, so that a test takes no seconds."""
    wanted = [d for d in store.wanted() if d.exercise in ("glute-bridge", "quad-set")][:3]
    monkeypatch.setattr(store, "wanted", lambda: list(wanted))
    shown.forget()
    yield wanted
    shown.forget()


def test_the_library_is_drawn_once(db, few, monkeypatch):
    call_command("load_library", verbosity=0)
    assert Figure.objects.count() == 3

    def drawn_again(drawing):
        raise AssertionError(f"{drawing} was drawn twice")

    monkeypatch.setattr(store, "draw", drawn_again)
    call_command("load_library", verbosity=0)
    assert Figure.objects.count() == 3


def test_a_changed_pose_replaces_its_drawing_only(db, few):
    call_command("load_library", verbosity=0)
    kept = few[0].content_hash
    Figure.objects.exclude(content_hash=kept).update(svg="old")
    changed = Figure.objects.exclude(content_hash=kept).first()
    Figure.objects.filter(pk=changed.pk).update(content_hash="0" * 64)

    call_command("load_library", verbosity=0)

    svgs = list(Figure.objects.order_by("id").values_list("svg", flat=True))
    assert len(svgs) == 3
    assert svgs.count("old") == 1, "the one whose hash still fits was left alone"
    assert not Figure.objects.filter(content_hash="0" * 64).exists()


def test_figures_on_a_page_cost_one_query_per_process(db, few, django_assert_num_queries):
    call_command("load_library", verbosity=0)
    shown.forget()
    with django_assert_num_queries(1):
        assert "<svg" in shown.find(few[0].exercise, few[0].mode)
        assert shown.find("barbell-back-squat", "still") is None


def test_an_empty_table_is_not_asked_for_every_figure(db, few, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert [shown.find("glute-bridge", "still") for _ in range(5)] == [None] * 5
