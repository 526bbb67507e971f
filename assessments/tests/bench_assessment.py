"""What saving one field of the sheet costs: scoring alone, and the whole answer with the rail.

`make bench` collects this file; the ordinary test run does not. CPU is process time of this one process; the database's own
is not in it.
"""

import re
from statistics import median, quantiles
from time import process_time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments import gate as gates
from assessments import sheet as sheets
from assessments.domain.rules import rules
from assessments.models import Assessment
from assessments.selection import left_out_now
from assessments.services import measuring
from assessments.tests.people import begun, finished

ROUNDS = 200


def middle(test) -> object:
    """A plain value of a test."""
    if test.input.choices:
        return test.input.choices[0]
    low, high = test.input.warn or test.input.valid
    return float(round((low + high) / 2))


@pytest.mark.django_db
@pytest.mark.parametrize("tests", ["quick", "all"])
def test_a_field_save(ana, maya, now, client, tests):
    finished(ana, now)
    sheet = begun(ana, now)
    chosen = rules().battery.quick().tests if tests == "quick" else rules().battery.tests
    chosen = [test for test in chosen if test.is_entered]
    Assessment.objects.filter(pk=sheet.pk).update(battery="own", tests=[test.id for test in chosen])
    sheet.refresh_from_db()
    for test in chosen:
        if test.id == "side_plank":  # one is left to be proposed
            continue
        for side in test.sides:
            measuring.save_value(assessment=sheet, test=test.id, side=side, value=middle(test), now=now)
    rows, gate = list(sheet.measurements.all()), gates.gate_for(ana, now)
    previous, out = measuring.told_before(measuring.previous_of(sheet)), left_out_now(sheet, gate)

    def score() -> None:
        request = measuring.read_request(measuring.request_of(ana, sheet, rows, gate))
        view = sheets.draw(assessment=sheet, request=request, rows=rows, finds=True, previous=previous, left_out=out)
        assert view.findings and view.body and view.most_telling

    scoring = timed(score)

    client.force_login(maya.user)
    keys = {"pk": ana.pk, "assessment": sheet.pk, "test": "wblt_distance", "side": "left"}
    url, values = reverse("assessments:field", kwargs=keys), iter(range(10**6))

    def save() -> None:
        answer = client.post(url, {"wblt_distance-left": f"{6 + next(values) % 4}", "part": "value"})
        assert answer.status_code == 200

    whole = timed(save)
    with CaptureQueriesContext(connection) as asked:
        save()
    data = [
        query["sql"]
        for query in asked.captured_queries
        if not re.search(r'SAVEPOINT|django_session|FROM "accounts_user"|accounts_recordview', query["sql"])
    ]
    print(
        f"\n{len(chosen)} tests measured: re-score with rail median {median(scoring):.2f} ms, "
        f"p95 {quantiles(scoring, n=20)[-1]:.2f} ms of CPU; the whole answer {median(whole):.2f} ms, "
        f"p95 {quantiles(whole, n=20)[-1]:.2f} ms of CPU; {len(data)} data queries"
    )


def timed(work) -> list[float]:
    """Milliseconds of process time of each round, after a warm-up."""
    for _ in range(10):
        work()
    spent = []
    for _ in range(ROUNDS):
        at = process_time()
        work()
        spent.append(1000 * (process_time() - at))
    return spent
