"""What the session page and saving a set cost, beside bare Django views of the same content in one run.

`make bench` collects this file; the ordinary test run does not. Figures differ from machine to machine: read the columns
beside each other, and what does not drift (queries, bytes) by itself.
"""

import gzip
import os
import re
from datetime import timedelta
from statistics import median, quantiles
from time import perf_counter
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.template import Engine, RequestContext, engines
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
from studio.ui import figures, icons, parts

ROUNDS = 60

# The page's own templates, with what the studio's tags draw said in Django's own words: an include for each icon, a loop
# for the dashes, the figure as it comes from its table. What follows from numbers is worked out by the view, as usual.
PLAIN_WORDS = [
    (r'{% icon "([\w-]+)" %}', r'{% include "icons/\1.svg" %}'),
    (r"{% figure [^%]*%}", '<span class="figure figure-moving">{{ figure|safe }}<button type="button" class="btn btn-quiet btn-icon figure-pause js-only" data-figure-pause aria-pressed="false" aria-label="Pause the movement">{% include "icons/pause.svg" %}</button></span>'),
    (r"{% pillar_chip [^%]*%}", '<span class="chip chip-pillar p-{{ step.line.pillar }}">{% include pillar_icon %}{{ step.line.pillar|capfirst }}</span>'),
    (r"{% segments [^%]*%}", '<svg class="segbar" viewBox="0 0 100 4" width="100%" height="5" preserveAspectRatio="none" role="img" aria-label="{{ done }} of {{ steps|length }} done">{% for each in steps %}<rect class="{% if forloop.counter <= done %}d{% elif forloop.counter == step.position %}c{% else %}u{% endif %}" x="{{ each.x|floatformat:"-2" }}" y="0" width="{{ width|floatformat:"-2" }}" height="4" rx="1"/>{% endfor %}</svg>'),
    (r"{% pain_scale [^%]*%}|{% current [^%]*%}|{% load [^%]*%}", ""),
    (r"{% htmx_script %}", '<script src="{% static "django_htmx/htmx-2.min.js" %}" defer></script>'),
]  # fmt: skip
PLAIN_NAMES = (
    "base.html", "shells/base_client.html", "components/messages.html", "components/toast.html",
    "programs/session.html", "programs/_rest.html",
)  # fmt: skip


def plain_engine() -> Engine:
    """Django's template engine with its own tags only."""
    sources = {}
    for name in PLAIN_NAMES:
        source = (settings.BASE_DIR / "templates" / name).read_text()
        for pattern, words in PLAIN_WORDS:
            source = re.sub(pattern, words, source)
        sources[name] = source
    for name in set(re.findall(r"icons/([\w-]+)\.svg", "".join(sources.values()))) | {
        icon for _, icon in parts.PILLARS.values()
    }:
        sources[f"icons/{name}.svg"] = icons.icon(name)
    loaders = [("django.template.loaders.cached.Loader", [("django.template.loaders.locmem.Loader", sources)])]
    return Engine(
        loaders=loaders, builtins=["django.templatetags.static", "django.templatetags.i18n"], context_processors=CONTEXT
    )


CONTEXT = [
    "django.template.context_processors.request",
    "django.contrib.messages.context_processors.messages",
    "studio.ui.context.look",
]
UNITS = {"hold": "s hold", "duration": "seconds", "distance": "metres"}

templates = {}


def bare_page(request, pk):
    """What a plain Django view does for the same page: rows, dictionaries, a template."""
    rows = ScheduledSession.objects.select_related("program__client__coach__user").with_version_number()
    session = get_object_or_404(rows, pk=pk, program__client__user=request.user)
    lines = session.content["lines"]
    position = int(request.GET.get("at", "1"))
    logged = {(each.line_id, each.set_number, each.side): each for each in session.setlogs.all()}
    logs = {each.line_id: each for each in session.linelogs.all()}
    steps = []
    for number, line in enumerate(lines, start=1):
        sides = ("left", "right") if line["unilateral"] else ("both",)
        sets = [
            {
                "number": n, "side": side, "uuid": uuid4(), "done": logged.get((line["id"], n, side)),
                "label": f"Set {n}" if side == "both" else f"Set {n}, {side}",
            }
            for n in range(1, line["sets"] + 1)
            for side in sides
        ]  # fmt: skip
        for row in sets:
            if row["done"]:
                row["amount"] = row["done"].seconds or row["done"].reps or row["done"].distance_m
                row["done_words"] = (
                    f"{row['amount']} at {row['done'].load_kg:g} kg" if row["done"].load_kg else row["amount"]
                )
        steps.append(
            {
                "line": line,
                "position": number,
                "sets": sets,
                "x": 100 / len(lines) * (number - 1),
                "log": logs.get(line["id"]),
            }
        )
    step = steps[position - 1]
    line, dose = step["line"], step["line"]["dose"]
    amount = dose["hold_s"] if dose["kind"] == "hold" else dose["reps"] or [dose["duration_s"] or dose["distance_m"]]
    target = "-".join(str(each) for each in dict.fromkeys(amount))
    numbers = [
        (target, UNITS.get(dose["kind"], "reps") + (" a side" if line["unilateral"] else "")),
        (line["sets"], "sets"),
    ]
    paced = ""
    if dose["tempo"]:
        paced = "".join(
            f", {s} s {what}" for s, what in zip(dose["tempo"].split("-"), ("down", "pause", "up"), strict=False)
        )
        numbers.append((dose["tempo"].removesuffix("-0"), "down, hold, up"))
    if line["sets"] > 1 and dose["rest_s"]:
        numbers.append((dose["rest_s"], "s rest"))
    history = SetLog.objects.filter(
        session__program=session.program_id, slot=line["slot"], exercise=line["exercise"],
        session__day__range=(session.day - timedelta(days=42), session.day - timedelta(days=1)),
    ).select_related("session").order_by("-session__day")  # fmt: skip
    last = [each for each in history if each.session_id == history[0].session_id]
    waiting = [row for row in step["sets"] if not row["done"]]
    step |= {
        "exercise": library()[line["exercise"]], "numbers": numbers, "target": target, "open_set": waiting[0] if waiting else None,
        "asks_reps": dose["reps"] and not (dose["hold_s"] and dose["reps"] == [1, 1]), "rest_s": dose["rest_s"],
        "has_rounds": line["unilateral"] and line["sets"] > 1, "load_kg": dose["load_kg"],
        "dose_words": f"{line['sets']} sets of {target}" + (" each side" if line["unilateral"] else "") + paced,
    }  # fmt: skip
    figure = Figure.objects.filter(exercise=line["exercise"], mode="animated").values_list("svg", flat=True).first()
    context = {
        "session": session, "steps": steps, "step": step, "done": sum(all(row["done"] for row in each["sets"]) for each in steps),
        "width": 100 / len(lines) - 1.2, "rest_uuid": uuid4(), "figure": figure, "skips": LineLog.Skip.choices,
        "pillar_icon": f"icons/{parts.PILLARS[line['pillar']][1]}.svg",
        "last_time": {"words": "-".join(str(each.reps or each.seconds) for each in last[:2])},
    }  # fmt: skip
    with timezone.override(request.user.zone):
        page = templates["one"].render(RequestContext(request, context))
    return HttpResponse(page)


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
        exercise="glute-bridge", version_id=session.version_id, dose={}, set_number=request.POST["set_number"],
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
    templates.update(
        one=plain_engine().get_template("programs/session.html"), whole=engines["django"].from_string(BARE_WHOLE)
    )
    assert figures.drawing("glute-bridge", "animated"), "the figures are drawn"
    phone = sign_in(ana)
    training.start(session=session, now=timezone.now())
    ours, bare = f"/me/sessions/{session.pk}/?at=3", f"/bare/{session.pk}/?at=3"
    whole = f"/bare/{session.pk}/whole/"

    def get(url):
        answer = phone.get(url)
        assert answer.status_code == 200
        return answer

    lengths = [len(get(url).content) for url in (ours, bare)]
    assert abs(lengths[0] - lengths[1]) < 0.05 * lengths[0], "the same page"
    shapes = [
        [get(url).content.count(tag) for tag in (b"<form", b"<button", b"<svg", b"<dialog", b"<li")]
        for url in (ours, bare)
    ]
    assert shapes[0] == shapes[1], "the same page"
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
        ("bare Django, the same one exercise: the same HTML", bare),
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
        f"{median(saved['ours']) / median(saved['bare']):.2f} of bare",
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
