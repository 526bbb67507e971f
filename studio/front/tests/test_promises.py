"""docs/promises.md keeps its word: each promise names tests, and each test it names is there. Nothing is imported."""

import ast
import re
from functools import cache
from pathlib import Path

HOUSE = Path(__file__).resolve().parents[3]
PROMISES = range(1, 11)
NAMED = re.compile(r"`([\w/]+\.py)::(\w+)`")


def sections(text: str) -> dict[str, list[str]]:
    """Heading -> its lines of the list."""
    parts = re.split(r"^## (.+)$", text, flags=re.M)[1:]
    return {
        heading: [line for line in body.splitlines() if line.startswith("- ")]
        for heading, body in zip(parts[::2], parts[1::2], strict=True)
    }


@cache
def collected_in(path: Path) -> frozenset[str]:
    """The test functions of a file that pytest would collect, parametrized or not."""
    if not path.name.startswith("test_") or not path.is_file():
        return frozenset()
    tree = ast.parse(path.read_text())
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name[:5] == "test_")


def wrong_in(text: str) -> list[str]:
    found = sections(text)
    wrong = [f"promise {n} is not there" for n in PROMISES if sum(head.startswith(f"{n}. ") for head in found) != 1]
    for heading, lines in found.items():
        if not lines:
            wrong.append(f"{heading}: without a test")
        for line in lines:
            if not NAMED.search(line):
                wrong.append(f"{heading}: no test in {line!r}")
            wrong += [
                f"{heading}: {path}::{name} is not there"
                for path, name in NAMED.findall(line)
                if name not in collected_in(HOUSE / path)
            ]
    return wrong


def test_every_promise_names_tests_that_are_there():
    text = (HOUSE / "docs" / "promises.md").read_text()
    assert wrong_in(text) == []
    assert len(NAMED.findall(text)) > 80


def test_this_file_would_see_a_promise_without_a_test():
    text = (HOUSE / "docs" / "promises.md").read_text()
    assert wrong_in(text.replace("## 8. No guilt", "## Eight"))
    assert wrong_in(text.replace("test_a_set_saved_twice_is_one_set", "test_a_set_saved_twice_is_two"))
    assert wrong_in(re.sub(r"(?<=^## 6\. All six pillars, every week\n)[^#]*", "", text, flags=re.M))
    assert wrong_in(re.sub(r"^- No page of hers blames her:.*$", "- No page of hers blames her", text, flags=re.M))
