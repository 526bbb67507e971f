"""A copy of the data files that a test may break or add to; the rules are read from it until the test ends."""

import shutil
from pathlib import Path
from typing import Any

import yaml
from django.core.checks.registry import registry

from assessments.domain import cases, data_files, eligibility, outcomes, planning, rules, tools, wording

READERS = (
    rules.rules, cases.cases, eligibility.contraindications, tools.tools, outcomes.outcomes, planning.planning,
    wording.wording,
)  # fmt: skip


class DataCopy:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        shutil.copytree(
            data_files.FOLDER, folder, ignore=lambda _, names: [n for n in names if not n.endswith(".yaml")]
        )

    def change(self, name: str, edit) -> None:
        """Edit the plain values of one file: edit(document)."""
        document = data_files.read_yaml(name)
        edit(document)
        self.write(name, document)

    def write(self, name: str, document: dict[str, Any]) -> None:
        text = yaml.dump(document, Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False)
        (self.folder / name).write_text(text, "utf-8")
        forget()

    def complaints(self) -> str:
        """What the start of the studio says about the copy; "" = it starts."""
        forget()
        check = next(each for each in registry.get_checks() if each.__name__ == "evidence_check")
        return "\n".join(problem.msg for problem in check(None))


def forget() -> None:
    """Nothing that was read stays read."""
    for reader in READERS:
        reader.cache_clear()
