"""manage.py adapt FILE|-: what the rules of adaptation and consistency say about a JSON document, without a database."""

import sys
from pathlib import Path

from django.core.management.base import BaseCommand

from programs.domain.adapt_contract import answer
from programs.domain.reading import InputProblems

REFUSED = 2  # exit status


class Command(BaseCommand):
    help = "Read responses, lines, days and weeks as JSON; print actions, proposals, weeks and the streak as JSON."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("file", metavar="FILE", help="a JSON file; - is standard input")

    def handle(self, *, file, **options):
        try:
            text = answer(read(file))
        except InputProblems as refusal:
            for problem in refusal.problems:
                self.stderr.write(one_line(problem))
            raise SystemExit(REFUSED) from None
        self.stdout.write(text)


def read(name: str) -> str:
    try:
        raw = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputProblems(["input: not text in UTF-8"]) from None
    except (OSError, ValueError) as problem:  # ValueError: a name with a null byte
        reason = getattr(problem, "strerror", None) or problem
        raise InputProblems([f"input: {name} cannot be read: {reason}"]) from None


def one_line(problem: str) -> str:
    """A field name from outside may hold a line break or a broken character; a problem stays one readable line."""
    return problem if problem.isprintable() else problem.encode("unicode_escape").decode("ascii")
