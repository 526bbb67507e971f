"""Charts and small parts: a gap stays a gap, a result never stands without its confidence, text is escaped."""

import re
from xml.etree import ElementTree

import pytest

from studio.ui import marks, parts

EVERY_MARK = {
    "spark": marks.spark([2, None, 6, 3]),
    "spark of nothing": marks.spark([None, None]),
    "heat": marks.heat("3.2m1q.pf.nnnn", today=3),
    "ring": marks.ring(72, small="weeks kept"),
    "ring of nothing": marks.ring(None),
    "meter": marks.meter(46, 20, 36, 70, "strength", "Strength", " min"),
    "meter of nothing": marks.meter(0, 0, 0, 0),
    "segments": marks.segments(2, 7, 2),
    "pain chart": marks.pain_chart([3, None, 8, 0], x_labels=[(0, "1 Nov"), (3, "4 Nov")], phases=[(1, "Build")], marks=[(2, "hills")]),
    "pain chart of nothing": marks.pain_chart([None, None]),
    "line chart": marks.line_chart([64, None, 83], goal=90, what="AKPS"),
    "line chart of one": marks.line_chart([64]),
    "bars": marks.bars([("w1", 2, 3), ("w2", None, None), ("w3", None, 4)], now=2),
    "bars of nothing": marks.bars([]),
    "bodymap": marks.bodymap((3, 2), (None, 1), (0, 0), None, painful=("right", "left")),
    "lanes": marks.lane_art(),
}  # fmt: skip


@pytest.mark.parametrize("svg", EVERY_MARK.values(), ids=EVERY_MARK)
def test_a_mark_is_one_labelled_image_without_inline_style(svg):
    picture = ElementTree.fromstring(svg)
    assert picture.get("role") == "img"
    assert picture.get("aria-label").strip()
    assert "style=" not in svg
    assert not re.search(r"nan|inf|None", svg.replace("infield", ""))


def test_a_missing_answer_breaks_the_line_and_is_said():
    chart = marks.pain_chart([2, 3, None, 4, 5])
    (line,) = re.findall(r'class="line" d="([^"]*)"', chart)
    assert [step[0] for step in line.split() if step[0].isalpha()] == ["M", "L", "M", "L"]
    assert chart.count("<circle") == 4
    assert "1 without an answer" in chart


def test_a_missing_answer_is_no_zero_in_a_spark():
    spark = marks.spark([2, None, 2])
    assert "2, no answer, 2" in spark
    assert spark.count("M") == 2


def test_the_ends_of_the_pain_scale_stay_inside_the_chart():
    for value in (0, 10):
        cy = float(re.search(r'<circle[^>]* cy="([\d.]+)"', marks.pain_chart([value]))[1])
        assert 0 < cy < 270


def test_a_paused_week_shows_no_numbers():
    paused = marks.bars([("w1", None, None)])
    assert "paused" in paused
    assert "/" not in re.sub(r"</?\w+|/>", "", paused)


def test_a_heat_strip_counts_its_days_aloud():
    assert 'aria-label="Days: 2 done, 1 open, 1 paused"' in marks.heat("3.3.m.q")


def test_zones_change_at_three_and_six():
    assert [parts.pain_zone(pain) for pain in range(11)] == ["go"] * 3 + ["ease"] * 3 + ["stop"] * 5


def test_a_severity_comes_with_its_confidence_or_not_at_all():
    assert "confidence moderate" in parts.result(2, "moderate")
    for nothing in (parts.result(None, None), parts.result(2, None), parts.result(None, "high")):
        assert "Not enough data" in nothing
        assert "Moderate" not in nothing


def test_no_answer_is_shown_as_no_answer():
    assert "not answered" in parts.pain_pip(None)
    assert "0" in parts.pain_pip(0)


@pytest.mark.parametrize(
    "markup",
    [
        parts.chip("<b>&"),
        parts.stat("<b>&", "<b>&", "<b>&", "<b>&"),
        parts.note("ease", "<b>&"),
        parts.finding("ok", "<b>&"),
        parts.avatar("<b>& <i>"),
        parts.pillar_chip("core", "<b>&"),
        marks.heat("3", '<b>&"'),
        marks.bars([("<b>&", 1, 2)], what="<b>&"),
        marks.pain_chart([1], x_labels=[(0, "<b>&")], phases=[(0, "<b>&")], marks=[(0, "<b>&")], what="<b>&"),
        marks.line_chart([1], x_labels=[(0, "<b>&")], what="<b>&", unit="<b>&"),
        marks.ring(5, "<b>&", "<b>&"),
        marks.table("<b>&", ["<b>&"], [["<b>&", None]]),
    ],
)
def test_what_people_typed_is_never_markup(markup):
    assert "<b>" not in markup
    assert "<i>" not in markup


@pytest.mark.parametrize(
    ("name", "letters"), [("Maya Okafor", "MO"), ("Cher", "C"), ("Ana de Silva", "AS"), ("  ", "?"), ("🏃 Ünal", "🏃Ü")]
)
def test_initials_of_any_name(name, letters):
    assert parts.initials(name) == letters


def test_a_trend_has_no_line_across_a_round_that_nobody_answered():
    points = [(0, 60), (28, None), (56, 71), (84, 74)]
    svg = marks.trend_chart(points, 0, 100, [(70, "+10", "important change")], [(0, "start")], what="AKPS")
    path = re.search(r'class="line" d="([^"]*)"', svg)[1]
    assert (path.count("M"), path.count("L"), svg.count('class="gap"')) == (2, 1, 1)
    assert "AKPS: from 60 to 74, 1 round without an answer; important change, +10, is 70" in svg


def test_a_trend_stands_on_a_true_time_axis():
    svg = marks.trend_chart([(0, 5), (28, 4), (182, 3)], 0, 10)
    xs = [float(x) for x in re.findall(r'class="pt" cx="([\d.]+)"', svg)]
    assert (xs[1] - xs[0]) / (xs[2] - xs[0]) == pytest.approx(28 / 182, abs=0.01)
