"""manage.py plan FILE: a plan request in, a plan out, without a database (contracts.md)."""

import sys
from pathlib import Path

from django.core.management.base import BaseCommand, CommandParser

from programs.domain.brief import parse_brief
from programs.domain.generating import Refusal, generate
from programs.domain.library import library
from programs.domain.reading import InputProblems, read_json
from programs.domain.rules import rules
from programs.domain.serialising import dumps, plan_json, refusal_json


class Command(BaseCommand):
    help = "Make a program from a JSON brief: FILE, or - for standard input. Prints JSON."
    requires_system_checks = []
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="a JSON brief, or - for standard input")

    def handle(self, *args: object, **options: str) -> None:
        try:
            text = sys.stdin.read() if options["file"] == "-" else Path(options["file"]).read_text(encoding="utf-8")
            brief = parse_brief(read_json(text), library(), rules())
        except InputProblems as wrong:
            self._refuse_input("\n".join(wrong.problems))
        except (OSError, UnicodeDecodeError) as wrong:
            self._refuse_input(f"input: {wrong}")
        answer = generate(brief, library(), rules())
        document = refusal_json(answer) if isinstance(answer, Refusal) else plan_json(answer, library(), rules())
        self.stdout.write(dumps(document), ending="")

    def _refuse_input(self, problems: str) -> None:
        self.stderr.write(problems)
        sys.exit(2)
