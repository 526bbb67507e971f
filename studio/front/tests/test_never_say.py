"""No template, no letter, no data file and no message in the code says what is never said (evidence, section 6)."""

import ast
import re
from pathlib import Path

import pytest
import yaml

from assessments.domain.wording import wording
from studio.front.tests.never_say import NEVER_SAY, PATTERNS, found_in

ROOT = Path(__file__).resolve().parents[3]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


TEMPLATES = sorted(
    path
    for path in (ROOT / "templates").rglob("*")
    if path.suffix in (".html", ".txt") and path.parent.name != "outbox"  # a letter that did not arrive
)
DATA = sorted(
    path
    for app in ("assessments", "programs", "consultations")
    for path in (ROOT / app).glob("domain/*.yaml")
    if path.name != "sources.yaml"  # titles of papers
)
MACHINES = ("studio/services", "studio/outbox")  # servers and delivery: what failed there is no runner
CODE = sorted(
    path
    for app in ("assessments", "clients", "programs", "consultations", "studio")
    for path in (ROOT / app).rglob("*.py")
    if not {"tests", "migrations"} & set(path.parts) and not name_of(path).startswith(MACHINES)
)
NOT_SAID = {
    "never",
    "claim",
    "evidence",
    "rule",
    "derivation",
    "rationale",
    "norms",
    "note",
    "notes",
    "meta",
}  # no page shows them
QUOTED = {"Painful abnormal kneecap movement"}  # an item of the published AKPS, whose wording is not ours to change


@pytest.mark.parametrize("caveat", wording().caveats.caveats, ids=lambda caveat: caveat.id)
def test_every_claim_has_a_pattern_that_finds_each_of_its_wordings(caveat):
    """Without this the scans below could be green because they look for nothing."""
    for said in re.split(r" / |\.$", caveat.never):
        if said:
            whole = caveat.never if caveat.id == "itb" else said
            assert re.search(PATTERNS[caveat.id], whole, re.IGNORECASE), said
            assert NEVER_SAY.search(whole)
    assert not found_in(caveat.say), "what may be said is not on the list"


@pytest.mark.parametrize("text", [
    "Your weak hips caused your knee pain.", "It drops because your glutes are weak.", "The IT band is stuck.",
    "Rolling releases the fascia.", "Your ankle is the root cause.", "We found the cause.", "Two tests failed.",
    "The pain is caused by your shoes.", "You have runner's knee.", "There are knots in your calf.",
    "The cause of your pain is a weak hip.",
])  # fmt: skip
def test_the_scan_finds_what_it_looks_for(text):
    assert found_in(f"<p>{text}</p>")


@pytest.mark.parametrize("text", [
    wording().disclaimer, "No test proves a cause.", "People search for “root causes”.", "Likely contributors",
    "A clinician can confirm it.", "Red flags", "It often is in runner's knee, and building it usually helps.",
])  # fmt: skip
def test_what_we_do_say_is_not_found(text):
    assert not found_in(text)


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_no_template_and_no_letter_says_it(path):
    text = re.sub(r"(?s){#.*?#}|{%.*?%}|{{.*?}}|<!--.*?-->", " ", path.read_text(encoding="utf-8"))
    assert not found_in(re.sub(r"<[^>]+>", " ", text))


def texts_of(node) -> list[str]:
    """The texts of a data file that somebody may read."""
    if isinstance(node, dict):
        return [text for key, child in node.items() if key not in NOT_SAID for text in texts_of(child)]
    if isinstance(node, list):
        return [text for child in node for text in texts_of(child)]
    return [node] if isinstance(node, str) else []


@pytest.mark.parametrize("path", DATA, ids=name_of)
def test_no_data_file_says_it(path):
    texts = texts_of(yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader))
    assert texts
    assert not [hit for text in texts if text not in QUOTED for hit in found_in(text)]


def strings_of(path: Path) -> list[str]:
    """Every string of a module that is no docstring: what a page, a letter or an error may say."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs and " " in node.value
    ]


@pytest.mark.parametrize("path", CODE, ids=name_of)
def test_no_message_in_the_code_says_it(path):
    assert not [hit for text in strings_of(path) for hit in found_in(text)]
