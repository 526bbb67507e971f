"""Two assessments of one runner side by side."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from assessments import gate as gates
from assessments.comparing import compare
from assessments.models import Assessment
from assessments.overrules import WITH_OVERRULES
from assessments.views.findings import waiting
from assessments.views.people import record_of
from studio.accounts.access import coach_required


@coach_required
@require_safe
def compare_two(request: HttpRequest, pk: int) -> HttpResponse:
    """The picker, and what it picks: ?a= and ?b=, in either order. Without them the two newest."""
    client = record_of(request, pk)
    gate = gates.gate_for(client, timezone.now())
    if not gate.allows_testing:
        return waiting(request, client, gate)
    rows = list(
        Assessment.objects.filter(client=client, state=Assessment.State.DONE)
        .select_related("client")
        .prefetch_related(WITH_OVERRULES)
        .order_by("measured_on", "pk")
    )
    chosen = _chosen(rows, request)
    context = {
        "client": client,
        "rows": rows[::-1],
        "chosen": [row.pk for row in chosen],
        "comparison": compare(*chosen) if len(chosen) == 2 else None,
    }
    return render(request, "assessments/compare.html", context)


def _chosen(rows: list[Assessment], request: HttpRequest) -> list[Assessment]:
    """The earlier and the later one that is asked for; one where both are the same; 404 for another runner's.

    One alone is compared with the assessment before it, or with the one after it where it is the first.
    """
    known = {str(row.pk): row for row in rows}
    asked = [request.GET[name] for name in ("a", "b") if request.GET.get(name)]
    if any(key not in known for key in asked):
        raise Http404
    if not asked:
        return rows[-2:]
    if len(asked) == 1 and len(rows) > 1:
        at = rows.index(known[asked[0]])
        return rows[at - 1 : at + 1] if at else rows[:2]
    return [row for row in rows if str(row.pk) in asked]
