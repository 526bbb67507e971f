"""The tags as a template meets them."""

import re

import pytest
from django.template import engines
from django.template.loader import render_to_string
from django.test import RequestFactory

from studio.accounts.models import Studio, User
from studio.ui import figures
from studio.ui.context import look


def rendered(source: str, **context) -> str:
    return engines["django"].from_string(source).render(context)


def test_the_pain_scale_has_eleven_answers_and_none_is_pressed():
    scale = rendered("{% pain_scale 'pain' 'Knee, at its worst' %}")
    assert re.findall(r'type="radio" name="pain" value="(\d+)"', scale) == [str(i) for i in range(11)]
    assert "checked" not in scale
    assert 'value=""><span>skip</span>' in scale


def test_the_effort_scale_has_ten_answers_and_none_is_pressed():
    scale = rendered("{% effort_scale 'effort' 'How hard was it?' %}")
    assert re.findall(r'type="radio" name="effort" value="(\d+)"', scale) == [str(i) for i in range(1, 11)]
    assert "checked" not in scale


@pytest.mark.parametrize("chosen", [0, "0", 7, "7"])
def test_an_earlier_answer_is_shown_again_even_a_zero(chosen):
    scale = rendered("{% pain_scale 'pain' 'Knee' chosen=chosen %}", chosen=chosen)
    assert re.findall(r'value="(\d+)"[^>]* checked', scale) == [str(chosen)]


@pytest.mark.parametrize("chosen", ["", None, "lots", "99", "<b>"])
def test_what_is_no_answer_presses_nothing(chosen):
    assert "checked" not in rendered("{% pain_scale 'pain' 'Knee' chosen=chosen %}", chosen=chosen)


def test_errors_and_legends_are_escaped():
    scale = rendered("{% pain_scale 'pain' legend errors=errors %}", legend="<b>Knee", errors=["<i>no"])
    assert "&lt;b&gt;Knee" in scale
    assert "&lt;i&gt;no" in scale


@pytest.mark.parametrize(
    ("number", "link"),
    [("112", "tel:112"), (" +44 20 7946 0000", "tel:+442079460000"), ('1" onx="', "tel:1")],
)
def test_a_number_becomes_a_link_that_dials_it(number, link):
    assert rendered("{{ number|tel }}", number=number) == link


def test_the_place_one_is_at_is_marked():
    request = RequestFactory().get("/clients/7/")
    for source, marked in (
        ("{% current '/clients/' %}", True),
        ("{% current '/clients/' exact=True %}", False),
        ("{% current '/me/' %}", False),
        ("{% current '' %}", False),
    ):
        assert ("aria-current" in rendered(source, request=request)) is marked  # fmt: skip


@pytest.fixture
def drawn():
    """A library with one figure."""
    before = list(figures._sources)
    figures.register(
        lambda exercise, mode: f'<svg class="fig" id="@uid@">{mode}</svg>' if exercise == "bridge" else None
    )
    yield
    figures._sources[:] = before


def test_a_figure_twice_on_a_page_has_two_ids(drawn):
    page = rendered("{% figure 'bridge' 'still' %}{% figure 'bridge' 'thumb' %}")
    ids = re.findall(r'id="([^"]+)"', page)
    assert len(set(ids)) == 2
    assert "@uid@" not in page


def test_a_moving_figure_can_be_stopped(drawn):
    assert "data-figure-pause" in rendered("{% figure 'bridge' 'animated' %}")
    assert "data-figure-pause" not in rendered("{% figure 'bridge' 'still' %}")


def test_an_exercise_without_a_drawing_gets_a_quiet_placeholder(drawn):
    page = rendered("{% figure 'never-drawn' 'animated' %}")
    assert "figure-none" in page
    assert "data-figure-pause" not in page


@pytest.mark.parametrize(
    ("cookie", "theme"), [("dark", "dark"), ("light", "light"), ("auto", "auto"), (None, "auto"), ("<script>", "auto")]
)
def test_the_theme_comes_from_the_cookie_and_nothing_else(cookie, theme):
    request = RequestFactory().get("/")
    if cookie:
        request.COOKIES["theme"] = cookie
    assert look(request)["theme"] == theme


@pytest.mark.parametrize("shell", ["coach", "client", "public"])
def test_every_link_of_a_shell_leads_somewhere(shell):
    request = RequestFactory().get("/")
    request.user = User(email="bethany@example.com", name="Bethany Cole", role=User.Role.OWNER)
    page = render_to_string(f"shells/base_{shell}.html", {"user": request.user, "studio": Studio()}, request)
    links = re.findall(r'<a[^>]* href="([^"]*)"', page)
    assert len(links) >= 5
    assert "" not in links
