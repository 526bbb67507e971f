"""manage.py plan FILE|-: a plan request in, a plan out, without a database (contracts.md)."""

import sys
from pathlib import Path

from django.core.management.base import BaseCommand, CommandParser

from programs.domain.brief import parse_brief
from programs.domain.explaining import explain as explained
from programs.domain.generating import Refusal, generate
from programs.domain.library import library
from programs.domain.reading import InputProblems, read_json
from programs.domain.rules import rules
from programs.domain.serialising import dumps, plan_json, refusal_json
from programs.domain.solving import solve

REFUSED = 2  # exit status


class Command(BaseCommand):
    help = "Read a plan request as JSON; print the plan, or why there is none, as JSON."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", help="a JSON file; - is standard input")
        parser.add_argument("--explain", action="store_true", help="a table for people instead of JSON")
        parser.add_argument("--greedy", action="store_true", help="the greedy plan, without looking for the best one")

    def handle(self, *, file: str, explain: bool, greedy: bool, **options: object) -> None:
        try:
            brief = parse_brief(read_json(_text(file)), library(), rules())
        except InputProblems as refusal:
            for problem in refusal.problems:
                self.stderr.write(problem)
            raise SystemExit(REFUSED) from None
        answer = generate(brief, library(), rules(), None if greedy else solve)
        if explain and not isinstance(answer, Refusal):
            self.stdout.write(explained(answer, library(), rules()), ending="")
            return
        document = refusal_json(answer) if isinstance(answer, Refusal) else plan_json(answer, library(), rules())
        self.stdout.write(dumps(document), ending="")


def _text(name: str) -> str:
    try:
        raw = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputProblems(["input: not text in UTF-8"]) from None
    except (OSError, ValueError) as problem:  # ValueError: a name with a null byte
        reason = getattr(problem, "strerror", None) or problem
        raise InputProblems([f"input: {name} cannot be read: {reason}"]) from None
