import sys
from pathlib import Path

from django.core.management.base import BaseCommand

from consultations.domain import availability, contract


class Command(BaseCommand):
    help = "Read a request for free slots (JSON) and print the slots (JSON). Needs no database."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("file", help="the request; - reads standard input")

    def handle(self, *, file, **options):
        try:
            text = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
            slots = availability.free_slots(contract.parse_request(text))
        except contract.InvalidRequest as invalid:
            self.refuse(invalid.problems)
        except OSError as problem:
            self.refuse([f"file: {file!r} cannot be read ({problem.strerror}); allowed is a readable file or -"])
        self.stdout.write(contract.answer(slots))

    def refuse(self, problems):
        for line in problems:
            self.stderr.write(line)
        raise SystemExit(2)
