"""What the session page and saving a set cost, beside bare Django views of the same content in one run.

`make bench` collects this file; the ordinary test run does not. Figures differ from machine to machine: read the columns
beside each other, and what does not drift (queries, bytes) by itself.
"""

import gzip
import os
from datetime import timedelta
from statistics import median, quantiles
from time import perf_counter
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import connection
from django.http import HttpResponse, JsonResponse
from django.template import engines
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import include, path
from django.utils import timezone

from programs.domain.generating import generate
from programs.domain.library import library
from programs.domain.rules import rules
from programs.models import Figure, LineLog, ScheduledSession, SetLog
from programs.services import training
from programs.tests.people import next_session, planned, train
from studio.ui import figures

ROUNDS = 60

BARE = """<!doctype html><html lang="en"><head><title>{{ session.title }}</title></head><body>
<main><h1>{{ line.exercise }}</h1>{{ figure|safe }}<p>{{ line.because }}</p>
<ol>{% for row in rows %}<li><form method="post" action="/bare/set/">{% csrf_token %}
<input type="hidden" name="client_uuid" value="{{ row.uuid }}"><input type="hidden" name="line_id" value="{{ line.id }}">
<input type="hidden" name="set_number" value="{{ row.number }}"><input type="hidden" name="side" value="{{ row.side }}">
<button>{{ row.number }} {{ row.side }}: {% if row.done %}{{ row.done.reps|default:row.done.seconds }}{% else %}{{ line.dose.reps.0 }}{% endif %}</button></form></li>{% endfor %}</ol>
<table>{% for past in history %}<tr><td>{{ past.session.day|date:"j M" }}</td><td>{{ past.exercise }}</td><td>{{ past.set_number }}</td><td>{{ past.reps|default_if_none:past.seconds }}</td></tr>{% endfor %}</table>
<ul>{% for each in lines %}<li>{{ each.exercise }}: {{ each.sets }} sets, {{ each.pain|default_if_none:"no answer" }}</li>{% endfor %}</ul>
{{ padding|safe }}</main></body></html>"""

templates = {}


def bare_page(request, pk):
    """What a plain Django view does for the same page: rows, a loop, filters in the template."""
    session = ScheduledSession.objects.select_related("program__client").get(pk=pk, program__client__user=request.user)
    document = session.content
    line = document["lines"][int(request.GET.get("at", "1")) - 1]
    sets = {(each.line_id, each.set_number, each.side): each for each in session.setlogs.all()}
    pains = {each.line_id: each.during_nrs for each in session.linelogs.all()}
    sides = ("left", "right") if line["unilateral"] else ("both",)
    rows = [
        {"number": n, "side": side, "uuid": uuid4(), "done": sets.get((line["id"], n, side))}
        for n in range(1, line["sets"] + 1)
        for side in sides
    ]
    history = SetLog.objects.filter(
        session__program=session.program_id,
        slot=line["slot"],
        session__day__range=(session.day - timedelta(days=42), session.day),
    ).select_related("session")
    lines = [{**each, "pain": pains.get(each["id"])} for each in document["lines"]]
    figure = Figure.objects.filter(exercise=line["exercise"], mode="animated").values_list("svg", flat=True).first()
    context = {
        "session": session, "line": line, "rows": rows, "history": history, "lines": lines, "figure": figure or "",
        "padding": "",
    }  # fmt: skip
    return HttpResponse(templates["one"].render(context, request))


BARE_WHOLE = """<!doctype html><html lang="en"><head><title>{{ session.title }}</title></head><body><main><h1>{{ session.title }}</h1>
{% for each in lines %}<section><h2>{{ each.line.exercise }}</h2><p>{{ each.line.because }}</p><ol>
{% for row in each.rows %}<li><form method="post" action="/bare/set/">{% csrf_token %}<input type="hidden" name="client_uuid" value="{{ row.uuid }}">
<input type="hidden" name="line_id" value="{{ each.line.id }}"><input type="hidden" name="set_number" value="{{ row.number }}">
<label>Reps <input name="reps" value="{{ row.done.reps|default:row.asked }}"></label><label>Kilograms <input name="load_kg" value="{{ row.done.load_kg|default_if_none:"" }}"></label>
<span>{% if row.last %}last {{ row.last.session.day|date:"j M" }}: {{ row.last.reps|default_if_none:row.last.seconds }}{% endif %}</span><button>Set {{ row.number }}</button></form></li>
{% endfor %}</ol></section>{% endfor %}</main></body></html>"""


def bare_whole(request, pk):
    """The usual page of a whole session: eight exercises with four sets and history beside them."""
    session = ScheduledSession.objects.select_related("program__client").get(pk=pk, program__client__user=request.user)
    done = {(each.line_id, each.set_number): each for each in session.setlogs.all()}
    history = {}
    for past in (
        SetLog.objects.filter(session__program=session.program_id, session__day__lt=session.day)
        .select_related("session")
        .order_by("session__day")
    ):
        history[past.slot, past.set_number] = past
    lines = [
        {
            "line": line,
            "rows": [
                {"number": n, "uuid": uuid4(), "done": done.get((line["id"], n)), "asked": (line["dose"]["reps"] or [1])[0],
                 "last": history.get((line["slot"], n))}
                for n in range(1, 5)
            ],
        }
        for line in (session.content["lines"] * 2)[:8]
    ]  # fmt: skip
    return HttpResponse(templates["whole"].render({"session": session, "lines": lines}, request))


def bare_set(request, pk):
    """One select, one insert."""
    session = ScheduledSession.objects.get(pk=pk, program__client__user=request.user)
    made = SetLog.objects.create(
        session=session, client_uuid=request.POST["client_uuid"], line_id=request.POST["line_id"], slot="A1",
        exercise="squat", version_id=session.version_id, dose={}, set_number=request.POST["set_number"],
        side=request.POST["side"], reps=10, done_at=timezone.now(),
    )  # fmt: skip
    return JsonResponse({"id": made.pk}, status=201)


urlpatterns = [
    path("bare/<int:pk>/", bare_page),
    path("bare/<int:pk>/whole/", bare_whole),
    path("bare/<int:pk>/set/", bare_set),
    path("", include("studio.urls")),
]
handler404, handler500 = "studio.front.views.errors.not_found", "studio.front.views.errors.server_error"


@pytest.fixture
def session(ana):
    """A session of a runner with three weeks of history."""
    call_command("load_library", verbosity=0)
    now = timezone.now()
    program = planned(ana, now - timedelta(days=21))
    for row in program.scheduledsessions.filter(day__lt=now.date()).select_related("program__client").order_by("day"):
        train(row, now - (now.date() - row.day), pain=1)
    return next_session(program, now)


def timed(act, rounds: int = ROUNDS) -> tuple[float, float]:
    """Median and 95th percentile in milliseconds."""
    act()
    spent = []
    for _ in range(rounds):
        begin = perf_counter()
        act()
        spent.append(1000 * (perf_counter() - begin))
    return median(spent), quantiles(spent, n=20)[-1]


def queries_of(act) -> int:
    with CaptureQueriesContext(connection) as seen:
        act()
    if "BENCH_SQL" in os.environ:
        print("\n".join(each["sql"][:180] for each in seen.captured_queries))
    return sum("SAVEPOINT" not in each["sql"] for each in seen.captured_queries)


def row(what: str, spent: tuple[float, float], queries: int | str = "", note: str = "") -> None:
    print(f"| {what} | {spent[0]:.1f} | {spent[1]:.1f} | {queries} | {note} |")


@override_settings(ROOT_URLCONF="programs.tests.bench_session")
def test_bench_session(session, ana, sign_in):
    templates.update(one=engines["django"].from_string(BARE), whole=engines["django"].from_string(BARE_WHOLE))
    assert figures.drawing("glute-bridge", "animated"), "the figures are drawn"
    phone = sign_in(ana)
    training.start(session=session, now=timezone.now())
    ours, bare = f"/me/sessions/{session.pk}/?at=3", f"/bare/{session.pk}/?at=3"
    whole = f"/bare/{session.pk}/whole/"

    def get(url):
        answer = phone.get(url)
        assert answer.status_code == 200
        return answer

    print("\n| what | median ms | p95 ms | queries | note |\n|---|---|---|---|---|")
    # Interleaved, so that whatever else the machine does falls on both.
    first = {url: [] for url in (ours, bare, whole)}
    for url in (ours, bare, whole) * 5:
        get(url)
    for _ in range(ROUNDS):
        for url, spent in first.items():
            begin = perf_counter()
            get(url)
            spent.append(1000 * (perf_counter() - begin))
    for name, url in (
        ("session page, ours (one exercise)", ours),
        ("bare Django, whole session: 8 exercises x 4 sets", whole),
        ("bare Django, the same one exercise", bare),
    ):
        spent = first[url]
        size = len(gzip.compress(get(url).content))
        row(
            name,
            (median(spent), quantiles(spent, n=20)[-1]),
            queries_of(lambda url=url: get(url)),
            f"{len(get(url).content) / 1024:.0f} KB, {size / 1024:.1f} KB gzip",
        )

    places = [
        (line.id, number, side)
        for line in session.plan.lines
        for side in training.sides_of(line)
        for number in range(1, training.sets_on(line, side) + 1)
    ]

    def post_ours(place):
        fields = {
            "client_uuid": str(uuid4()),
            "line_id": place[0],
            "set_number": place[1],
            "side": place[2],
            "reps": 10,
        }
        answer = phone.post(f"/me/sessions/{session.pk}/sets/", fields, headers={"accept": "application/json"})
        assert answer.status_code == 201

    def post_bare(place):
        fields = {"client_uuid": str(uuid4()), "line_id": "bare-" + place[0], "set_number": place[1], "side": place[2]}
        assert phone.post(f"/bare/{session.pk}/set/", fields).status_code == 201

    saved = {"ours": [], "bare": []}
    for _ in range(4):
        SetLog.objects.filter(session=session).delete()
        for place in places:
            for name, act in (("ours", post_ours), ("bare", post_bare)):
                begin = perf_counter()
                act(place)
                saved[name].append(1000 * (perf_counter() - begin))
    SetLog.objects.filter(session=session).delete()
    row(
        "save one set, ours",
        (median(saved["ours"]), quantiles(saved["ours"], n=20)[-1]),
        queries_of(lambda: post_ours(places[0])),
    )
    row(
        "save one set, bare Django",
        (median(saved["bare"]), quantiles(saved["bare"], n=20)[-1]),
        queries_of(lambda: post_bare(places[0])),
    )
    brief = session.program.published.plan.brief if session.program.current else None
    if brief:
        row("plan of 8 weeks (greedy)", timed(lambda: generate(brief, library(), rules()), 15))
    row("the runner's day, /me/", timed(lambda: get("/me/")), queries_of(lambda: get("/me/")))
    assert LineLog.objects.exists()
