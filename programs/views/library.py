"""The exercise library as a coach leafs through it."""

from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from clients import vocabulary
from programs.domain.consistency import PILLARS
from programs.domain.library import UnknownExercise, library
from studio.accounts.access import coach_required


@coach_required
@require_safe
def exercise_list(request):
    """All exercises, by pillar and search."""
    query = " ".join(request.GET.get("q", "").split())[:80].casefold()
    pillar = request.GET.get("pillar", "")
    found = [
        exercise
        for exercise in library()
        if (not pillar or exercise.pillar == pillar)
        and (
            not query or any(query in text.casefold() for text in (exercise.name, *exercise.aliases, *exercise.muscles))
        )
    ]
    context = {"exercises": found, "query": query, "pillar": pillar if pillar in PILLARS else "", "pillars": PILLARS}
    return render(request, "programs/library.html", context)


@coach_required
@require_safe
def exercise_detail(request, exercise_id):
    try:
        exercise = library()[exercise_id]
    except UnknownExercise:
        raise Http404 from None
    chain = [*reversed(list(library().easier(exercise.id))), exercise, *library().harder(exercise.id)]
    not_with = [(vocabulary.TAGS | vocabulary.COMPUTED_TAGS).get(tag, tag) for tag in exercise.contraindications]
    return render(request, "programs/library_detail.html", {"exercise": exercise, "chain": chain, "not_with": not_with})
