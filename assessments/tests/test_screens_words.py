"""What is never said to a runner: scanned over every template and every message text there is."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from assessments import care
from assessments.domain.wording import wording
from assessments.forms import intake, red_flags

TEMPLATES = sorted(path for path in (settings.BASE_DIR / "templates").rglob("*") if path.suffix in (".html", ".txt"))

# The phrases of the evidence file's "never say" column, and the words behind them.
PHRASES = [part.strip() for caveat in wording().caveats.caveats for part in re.split(r"[./]", caveat.never)]
PHRASES = [phrase.lower() for phrase in PHRASES if len(phrase.split()) > 2 and not phrase.startswith("(")]
NEVER = [
    r"caused (your|the|by)",
    r"because your (hips?|glutes?|ankles?|core|quads?)",
    r"root cause is",
    r"(it band|itb) is (short|stuck|tight)",
    r"breaking up",
    r"\bknots?\b",
    r"\badhesions?\b",
    r"core is (unstable|weak)",
    r"you run wrong",
    r"bad (running )?form",
    r"\babnormal",
    r"\bpathological",
    r"releases? (the )?fascia",
    r"fix(es)? (the|your) knee",
    r"\bcure[sd]?\b",
    r"you have (patellofemoral|runner.s knee|pfp)",
    r"the app found",
    r"scientifically matched",
    r"\bmalalignment",
    r"\bdysfunction",
]
# No guilt, in what a runner reads.
GUILT = [r"\bmissed\b", r"\bfailed\b", r"\bfailure\b", r"streak lost", r"\blost your\b", r"you should have"]
FOR_COACHES = (
    "front/today",
    "front/client_log",
    "front/kit",
    "programs/plan",
    "outbox/",
    "clients/roster",
    "front/studio",
)


def text_of(path: Path) -> str:
    """What stands on the page: no comments, no tags, no template code."""
    source = path.read_text(encoding="utf-8")
    source = re.sub(r"{#.*?#}|{% comment %}.*?{% endcomment %}|<!--.*?-->", " ", source, flags=re.S)
    source = re.sub(r"{%.*?%}|{{.*?}}", " ", source, flags=re.S)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", source)).lower()


def named(path: Path) -> str:
    return str(path.relative_to(settings.BASE_DIR / "templates"))


def said_in(text: str, patterns: list[str]) -> list[str]:
    return [pattern for pattern in patterns if re.search(pattern, text)]


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_no_page_and_no_message_says_what_the_evidence_does_not(path):
    text = text_of(path)
    assert said_in(text, NEVER) == []
    assert [phrase for phrase in PHRASES if phrase in text] == []


@pytest.mark.parametrize("path", [path for path in TEMPLATES if not named(path).startswith(FOR_COACHES)], ids=named)
def test_no_runner_reads_a_reproach(path):
    assert said_in(text_of(path), GUILT) == []


def test_the_words_in_the_code_keep_to_it_too():
    texts = [
        str(field.label) + str(field.help_text) for page in intake.PAGES.values() for field in page.base_fields.values()
    ]
    texts += [page.lead for page in intake.PAGES.values()]
    texts += [word for pair in care.WORDS.values() for word in pair] + list(care.LIMITS.values())
    texts += [title for title, _ in red_flags.GROUPS.values()]
    words = wording().words
    texts += [
        *words.statuses.values(),
        *words.gate.values(),
        words.conflict,
        words.abstained,
        words.compared,
        words.side_only,
    ]
    texts += [label.runner for label in words.labels.values()]
    texts += [caveat.say for caveat in wording().caveats.caveats]
    for text in texts:
        assert said_in(text.lower(), NEVER + GUILT) == [], text


def test_the_scan_can_fail():
    for phrase in ("Your weak hips caused your knee pain.", "Your core is unstable.", "You missed two days."):
        assert said_in(phrase.lower(), NEVER + GUILT)


def test_every_red_flag_is_asked_in_one_group():
    from assessments.domain.rules import rules

    asked = [name for _, names in red_flags.GROUPS.values() for name in names]
    assert sorted(asked) == sorted(rules().red_flags.flag)
