"""manage.py seed_demo: make the demo studio's people, or top them up to yesterday."""

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from studio.front.demo.seeding import NotADemo, seed


class Command(BaseCommand):
    help = "Make the demo studio's people, or top them up to yesterday. Safe to run again; touches nobody else."

    def handle(self, **options):
        try:
            seeded = seed(now=timezone.now())
        except NotADemo as problem:
            raise CommandError(str(problem)) from None
        if options["verbosity"]:
            self.stdout.write(f"{len(seeded.made)} people made, {len(seeded.topped_up)} topped up to yesterday")
            if seeded.left_alone:
                self.stdout.write(f"left alone, the address is somebody's own: {', '.join(seeded.left_alone)}")
