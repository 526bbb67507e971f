"""manage.py load_library: draw the exercise figures that are missing, remove those that nothing draws any more."""

import os
from concurrent.futures import ProcessPoolExecutor

from django.core.management.base import BaseCommand
from django.db import transaction

from programs.figures import shown, store
from programs.models import Figure

WORKERS = 2
A_FEW = 8  # below this a pool of processes costs more than it saves


class Command(BaseCommand):
    help = "Draw the exercise figures that are missing or changed. Safe to run again: nothing changed, nothing drawn."

    def handle(self, **options):
        wanted = {drawing.content_hash: drawing for drawing in store.wanted()}
        kept = set(Figure.objects.values_list("content_hash", flat=True))
        missing = [drawing for content_hash, drawing in wanted.items() if content_hash not in kept]
        stale = kept - wanted.keys()
        if missing or stale:
            figures = [
                Figure(exercise=d.exercise, mode=d.mode, content_hash=d.content_hash, svg=svg)
                for d, svg in zip(missing, draw_all(missing), strict=True)
            ]
            with transaction.atomic():
                Figure.objects.filter(content_hash__in=stale).delete()
                Figure.objects.bulk_create(figures, ignore_conflicts=True)  # a second run may be under way
            shown.forget()
        if options["verbosity"]:
            self.stdout.write(f"figures: {len(missing)} drawn, {len(stale)} removed, {len(wanted)} in all")


def draw_all(drawings: list[store.Drawing]) -> list[str]:
    if len(drawings) < A_FEW or (os.cpu_count() or 1) == 1:
        return [store.draw(drawing) for drawing in drawings]
    with ProcessPoolExecutor(WORKERS) as pool:
        return list(pool.map(store.draw, drawings, chunksize=8))
