"""Paper: what a person typed is data, the same values are the same bytes, and what cannot be drawn is said."""

from datetime import UTC, datetime

import pytest

from studio.ui import marks, pdf
from studio.ui.tests.pdf_text import text_of

NOON = datetime(2026, 11, 18, 12, 0, 0, 123456, tzinfo=UTC)
TEMPLATE = """#let v = json(bytes(sys.inputs.values))
#set document(title: v.title)
#set text(lang: "en", font: "Libertinus Serif", hyphenate: false)
= #v.title
#v.at("body", default: "")
#if "map" in v { image(bytes(v.map), format: "svg", alt: "A body", height: 4cm) }
#if v.left_out [Some letters are left out.]
"""


@pytest.fixture
def template(tmp_path):
    path = tmp_path / "letter.typ"
    path.write_text(TEMPLATE, encoding="utf-8")
    return path


@pytest.fixture
def said(template):
    """What a letter with these values says."""
    return lambda **values: text_of(pdf.render(template, {"title": "A letter"} | values, made_at=NOON))


def test_what_was_typed_is_never_markup(said):
    typed = '#panic("x") *bold* _it_ = head \\ @ref $x^2$ <script> #let v = 1 //'
    assert typed in said(body=typed)


def test_the_same_values_are_the_same_bytes(template):
    values = {"title": "A letter", "body": "6.5 cm", "map": pdf.on_paper(marks.bodymap((3, 2), painful=["right"]))}
    assert pdf.render(template, values, made_at=NOON) == pdf.render(template, values, made_at=NOON)


@pytest.mark.parametrize("name", ["Žofie Dvořák", "Юлия Иванова", "Ελένη Παππά", "Đặng Thị Hạnh", "Özgür Şahin"])
def test_names_of_europe_and_more_are_drawn(said, name):
    text = said(body=name)
    assert name in text and "left out" not in text


def test_arabic_is_drawn(said):
    text = said(body="محمد")
    assert sorted(text.replace("A letter", "").strip()) == sorted("محمد") and "left out" not in text


@pytest.mark.parametrize("body, shown", [
    ("王小明 (Wang)", "[…] (Wang)"),
    ("Ran 5 km 🙂🏃", "Ran 5 km […]"),
    ("Mia 🏃\u200d♀\ufe0f Li", "Mia […]♀ Li"),
    ("ทดสอบ and 王 小明", "[…] and […]"),
])  # fmt: skip
def test_what_no_font_can_draw_is_left_out_and_said(said, body, shown):
    text = said(body=body)
    assert shown in text and "Some letters are left out." in text


def test_control_characters_leave_no_box(said):
    assert "left out" not in said(body="a\x00b\x07c")


def test_a_template_reads_nothing_outside_its_folder(template):
    for path in ("/etc/passwd", "../letter.typ"):
        template.write_text(TEMPLATE + f'#read("{path}")', encoding="utf-8")
        with pytest.raises(pdf.PdfProblem):
            pdf.render(template, {"title": "A letter"}, made_at=NOON)


def test_a_mark_on_paper_has_its_colours_inside():
    svg = pdf.on_paper(marks.bodymap((3, 2), (1, 0), (None, None), 1, painful=["right"]))
    assert svg.startswith('<svg xmlns="http://www.w3.org/2000/svg"')
    assert "var(" not in svg and ".sev-3{fill: #9d3517;}" in svg
