"""`manage.py assess FILE`: one assessment request in, one JSON document out.  No database, no network, no clock."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from assessments.domain.findings import assess
from assessments.domain.records import to_json
from assessments.domain.requests import InvalidRequest, parse_request


class Command(BaseCommand):
    help = "Score an assessment (JSON) and print the findings (JSON)."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="file with the request, or - for standard input")

    def handle(self, *args: Any, file: str, **options: Any) -> None:
        try:
            document = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
            result = assess(parse_request(document))
        except OSError as problem:
            self.refuse([f"{file}: {problem.strerror or problem}"])
        except InvalidRequest as problem:
            self.refuse(map(str, problem.problems))
        else:
            self.stdout.write(to_json(result))

    def refuse(self, problems: Any) -> None:
        """One line per problem on standard error, nothing on standard output, exit status 2."""
        for line in problems:
            self.stderr.write(line)
        sys.exit(2)
