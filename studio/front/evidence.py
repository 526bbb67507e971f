"""Who has signed the evidence off, read from the data files themselves, so that the about page cannot say otherwise."""

import re
from functools import cache
from pathlib import Path

from django.conf import settings

FOLDERS = ("assessments/domain", "programs/domain")
SIGNED = re.compile(r"\breviewed_by:\s*([^,}\n#]*)")
NOBODY = ("", "null", "~", "''", '""')


@cache
def reviewers() -> dict[str, str]:
    """Data file -> who reviewed it, "" for nobody. Only files that have the field: bibliographies and the like do not."""
    found = {}
    for folder in FOLDERS:
        for path in sorted(Path(settings.BASE_DIR, folder).glob("*.yaml")):
            if field := SIGNED.search(path.read_text(encoding="utf-8")):
                name = field[1].strip()
                found[path.name] = "" if name in NOBODY else name.strip("'\"")
    return found
