"""The files of the look: colours in one place, nothing inline, small over the wire."""

import gzip
import json
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.core.files.storage import FileSystemStorage

from studio.ui import icons
from studio.ui.storage import StudioStaticFilesStorage, joined

ROOT = Path(__file__).resolve().parents[3]
STYLES = sorted((ROOT / "static/css").rglob("*.css"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
PAGES = [path for path in TEMPLATES if "email" not in path.relative_to(ROOT / "templates").parts]
KB = 1024


def static_text(name: str) -> str:
    return Path(finders.find(name)).read_text()


@pytest.mark.parametrize("path", [p for p in STYLES if p.name != "tokens.css"], ids=lambda p: p.name)
def test_raw_colours_live_in_tokens_only(path):
    bare = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.S)
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b(?![^{]*\{)|\b(?:rgb|hsl)a?\(", bare) == []


def test_every_role_that_is_used_is_defined():
    everything = re.sub(r"/\*.*?\*/", "", "".join(path.read_text() for path in STYLES), flags=re.S)
    defined = set(re.findall(r"(--[\w-]+)\s*:", everything))
    used = {name for name in re.findall(r"var\((--[\w-]+)", everything) if not name.startswith("--bs-")}
    assert used - defined == set()


@pytest.mark.parametrize("path", PAGES, ids=lambda p: str(p.relative_to(ROOT / "templates")))
def test_no_page_carries_style_or_script_inline(path):
    markup = path.read_text()
    assert not re.search(r"\sstyle=|<style|\son\w+=|javascript:", markup)
    assert all("src=" in tag or "application/json" in tag for tag in re.findall(r"<script[^>]*>", markup))
    assert not re.search(r'(?:src|href)="(?:https?:)?//', markup), "a page loads nothing from anybody else"


def test_every_icon_that_a_template_names_exists():
    names = set()
    for path in TEMPLATES:
        text = path.read_text()
        names |= set(re.findall(r"{% icon [\"']([\w-]+)[\"']", text))
        names |= set(re.findall(r"{% rail_item \S+ \"[^\"]*\" \"([\w-]+)\"", text))
    for name in names:
        assert icons.drawing(name)


def test_an_unknown_icon_is_an_error_and_not_a_hole():
    with pytest.raises(icons.UnknownIcon):
        icons.icon("no-such-icon")


def test_a_bundle_holds_what_it_imports():
    parts = set()
    whole = joined("css/studio.css", static_text, parts)
    assert "@import" not in whole
    assert "@layer bootstrap {" in whole
    assert {"css/tokens.css", "vendor/bootstrap.min.css", "css/figure.css"} <= parts
    assert whole.count("{") == whole.count("}")


def test_names_of_one_script_are_not_those_of_another():
    files = {
        "js/a.js": 'import "./b.js";\nimport "./c.js";\n',
        "js/b.js": "const x = 1;\n",
        "js/c.js": "const x = 2;\n",
    }
    assert joined("js/a.js", files.__getitem__, set()) == "{\nconst x = 1;\n}\n{\nconst x = 2;\n}\n"


@pytest.mark.parametrize("shell", ["client", "coach", "public"])
def test_the_styles_of_a_page_stay_small_over_the_wire(shell):
    sent = sum(
        len(gzip.compress(joined(f"css/{name}.css", static_text, set()).encode(), 9)) for name in ("studio", shell)
    )
    assert sent <= 60 * KB


def test_the_scripts_of_a_page_stay_small_over_the_wire():
    names = ("js/theme.js", "django_htmx/htmx-2.min.js")
    sent = sum(len(gzip.compress(static_text(name).encode(), 9)) for name in names)
    assert sent + len(gzip.compress(joined("js/studio.js", static_text, set()).encode(), 9)) <= 60 * KB


def test_collected_files_are_joined_hashed_and_packed(tmp_path, settings):
    settings.STATIC_ROOT = str(tmp_path)
    sources = {}
    for finder in finders.get_finders():
        for path, storage in finder.list([]):
            prefix = getattr(storage, "prefix", None)
            name = f"{prefix}/{path}" if prefix else path
            if name.startswith(("css/", "js/", "vendor/", "img/")):
                sources.setdefault(name, (storage, path))
    collected = StudioStaticFilesStorage(location=str(tmp_path), base_url="/static/")
    for name, (storage, path) in sources.items():
        FileSystemStorage(location=str(tmp_path)).save(name, storage.open(path))
    problems = [outcome for _, _, outcome in collected.post_process(sources) if isinstance(outcome, Exception)]
    assert problems == []

    names = json.loads((tmp_path / "staticfiles.json").read_text())["paths"]
    sheet = names["css/studio.css"]
    assert re.fullmatch(r"css/studio\.[0-9a-f]{12}\.css", sheet)
    assert gzip.decompress((tmp_path / f"{sheet}.gz").read_bytes()) == (tmp_path / sheet).read_bytes()
    assert "css/tokens.css" not in names, "a part is sent within its bundle only"
    assert (tmp_path / names["js/studio.js"]).read_text().count("import ") == 0
    taken = re.findall(r'from "\./([^"]+)"', (tmp_path / names["js/sheet.js"]).read_text())
    assert taken and all(f"js/{name}" in names.values() for name in taken), (
        "what a script takes names from is hashed too"
    )
