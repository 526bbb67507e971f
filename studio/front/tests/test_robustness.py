"""Bad input, on every form and every address: a clear answer or 404, never a 500, and nothing half-saved.

The forms are read from the pages that people see, so that a new form is tried as soon as a page shows it. A view that
takes POST and is on no page is named in BY_HAND.
"""

import re
from itertools import cycle, islice
from zlib import crc32

import pytest
from django.contrib.messages import ERROR
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client as Browser

from assessments.models import RedFlagCheck
from clients.models import Client
from consultations.models import Booking
from programs.models import Program, ScheduledSession, SetLog
from studio.front.tests import worlds
from studio.front.tests.test_access import ROWS, patterns

TEXTS = {  # tried everywhere
    "long": "x" * 10_000,
    "beyond what int() reads": "9" * 5000,
    "a NUL byte": "a\0b",
    "emoji": "🏃🏽‍♀️" * 20,
}
MORE_TEXTS = {  # tried in turn, three on each form
    "nothing": "",
    "zero": "0",
    "below zero": "-1",
    "not a number": "NaN",
    "beyond a float": "1e309",
    "beyond 64 bits": str(2**70),
    "digits of another script": "٣",
    "a superscript": "²",
    "right to left": "\u202eمرحبا שלום",
    "markup": "<script>alert(1)</script>{{ 7 }}{% now %}",
    "no UUID": "00000000-0000-0000-0000-00000000000g",
    "no day": "2026-02-30",
    "the last day": "9999-12-31",
    "the first day": "0001-01-01",
    "no clock": "25:61",
    "an instant far off": "9999-12-31T23:59:59Z",
    "half a pair of surrogates": "%ED%A0%80",
    "a way out": "../../etc/passwd",
}


def more_texts(name: str):
    """All of them, again and again; each form and page begins at another one, always the same."""
    start = crc32(name.encode()) % len(MORE_TEXTS)
    return islice(cycle(MORE_TEXTS.items()), start, None)


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    with worlds.kept(django_db_blocker) as world:
        worlds.furnish(world)
        yield world


@pytest.fixture(scope="module")
def browsers(world):
    return worlds.browsers(world)


def state() -> dict[str, tuple]:
    """How many rows every table has, and who wrote them last: two equal states differ in nothing that was saved."""
    tables = sorted(set(connection.introspection.table_names()) - {"django_session", "accounts_recordview"})
    counts = " UNION ALL ".join(
        f"SELECT '{table}', count(*), coalesce(sum(xmin::text::bigint), 0) FROM \"{table}\"" for table in tables
    )
    with connection.cursor() as cursor:
        cursor.execute(counts)
        return {table: rest for table, *rest in cursor.fetchall()}


def is_refused(response) -> bool:
    """Whether the answer says no: by its status, or by an error told on the next page."""
    told = getattr(getattr(response.wsgi_request, "_messages", None), "_queued_messages", ())
    return response.status_code >= 400 or any(message.level >= ERROR for message in told)


@pytest.fixture
def ask(db, world):
    """ask(browser, method, address, ...) is "" or what is wrong with the answer. Its changes are rolled back."""
    before = state()

    def ask(browser, method: str, address: str, data=None, kept=frozenset(), **kwargs) -> str:
        problem = ""
        with transaction.atomic():
            response = getattr(browser, method.lower())(address, data, **kwargs)
            if response.status_code >= 500:
                problem = f"{response.status_code}"
            elif method == "POST" and is_refused(response) and (after := state()) != before:
                changed = {table for table in after if after[table] != before[table]} - kept
                problem = f"{response.status_code}, yet {', '.join(sorted(changed))} changed" if changed else ""
            transaction.set_rollback(True)
        return f"{method} {address[:100]}: {problem}" if problem else ""

    return ask


@pytest.fixture(scope="module")
def forms(world, browsers):
    return worlds.forms(world, browsers)


POSTS = sorted(row[0] for row in ROWS if len(row) > 3 and "POST" in row[3])
FOREIGN = [
    "account_login", "account_logout", "account_request_login_code", "account_reset_password",
    "account_change_password", "account_email", "account_reauthenticate",
]  # fmt: skip

SAMPLES = {"front:kit"}  # shows what forms look like; they go nowhere

# Where each field is kept by itself, as it was typed, whatever its neighbours say: that is not half-saved.
KEPT = {
    "assessments:intake_page": {"assessments_intake"},
    "assessments:screen": {"assessments_assessment", "assessments_measurement"},
    "assessments:finish": {"assessments_assessment", "assessments_measurement"},
}


def test_every_view_that_takes_a_form_is_tried(db, forms):
    assert set(POSTS) - set(forms) == set(), "add the page that shows the form to MORE_PAGES, or the form to BY_HAND"
    assert set(forms) - set(POSTS) - set(FOREIGN) - SAMPLES == set()


def tries_of(name: str, right: dict, most_fields: int = 10):
    """Ways to send a form wrongly: a text everywhere at once; field by field with one of each kind, and without it."""
    turn = more_texts(name)
    yield from ((f"all {what}", dict.fromkeys(right, text)) for what, text in [*TEXTS.items(), *islice(turn, 3)])
    always = cycle(TEXTS.items())
    for field in list(right)[:: -(-len(right) // most_fields) or 1]:
        for what, text in (next(always), next(turn)):
            yield f"{field}: {what}", right | {field: text}
        yield f"without {field}", {key: value for key, value in right.items() if key != field}
    yield "twice", {key: [value, "x"] for key, value in right.items()}


@pytest.mark.parametrize("name", [*POSTS, *FOREIGN])
def test_a_bad_form_gets_an_answer_and_nothing_is_half_saved(world, browsers, forms, ask, name):
    problems = []
    for who, form in forms[name]:
        cache.clear()  # the limits on bookings and sign-ins
        right = {key: values[0] for key, values in form.fields.items()}
        for what, data in tries_of(name, right):
            if problem := ask(browsers[who], "POST", form.action, data, KEPT.get(name, frozenset())):
                problems.append(f"{who}, {what}: {problem}")
    assert not problems, "\n".join(problems)


BODIES = {
    "JSON": ('{"reps": [1, {"a": null}]}', "application/json"),
    "no UTF-8": (b"\xff\xfe=%ff%fe&name=\xc3\x28", "application/x-www-form-urlencoded"),
    "a broken multipart": (b"--x\r\nContent-Disposition: form-data; name=", "multipart/form-data; boundary=x"),
    "a multipart without a boundary": (b"abc", "multipart/form-data"),
    "more fields than anybody has": ("&".join(f"f{n}=1" for n in range(1100)), "application/x-www-form-urlencoded"),
    "a body beyond the limit": (b"note=" + b"x" * 1_100_000, "application/x-www-form-urlencoded"),
}


@pytest.mark.parametrize("name", POSTS)
def test_a_body_that_is_no_form_gets_an_answer(world, browsers, forms, ask, name):
    who, form = forms[name][0]
    for body, content_type in BODIES.values():
        cache.clear()
        assert not ask(browsers[who], "POST", form.action, body, KEPT.get(name, frozenset()), content_type=content_type)


def of_ben() -> list:
    """Everything that hangs on ben's record, as it is stored."""
    rows = [Client, RedFlagCheck, Program, ScheduledSession, SetLog, Booking]
    paths = ["pk", *(model.client_id_path for model in rows[1:])]
    ben = Client.objects.get(email="ben@example.com")
    return [
        list(model.objects.filter(**{path: ben.pk}).order_by("pk").values())
        for model, path in zip(rows, paths, strict=True)
    ]


def test_a_key_of_somebody_else_in_a_form_changes_and_tells_nothing_of_hers(db, world, browsers, forms):
    keys = {
        "checks": RedFlagCheck.objects.get(client=world.ben).pk,
        "form_key": RedFlagCheck.objects.get(client=world.ben).form_key,
        "client_uuid": SetLog.objects.filter(session__program__client=world.ben).first().client_uuid,
        "line_id": "w1-A-9",
        "line": "w1-A-9",
        "session": "Z",
        "coach": world.omar.pk,
    }
    tried = set()
    before = of_ben()
    for name in POSTS:
        for who, form in forms[name]:
            for key in set(form.fields) & set(keys):
                tried.add(key)
                right = {key: values[0] for key, values in form.fields.items()}
                with transaction.atomic():
                    response = browsers[who].post(form.action, right | {key: keys[key]}, follow=True)
                    assert response.status_code < 500, f"{name}, {key}"
                    assert of_ben() == before, f"{name}, {key}"
                    if who != "owner":
                        assert "Ben Okafor" not in response.content.decode(), f"{name}, {key}"
                    transaction.set_rollback(True)
    assert tried >= {"checks", "form_key", "client_uuid", "line_id", "line", "session"}


# Words in an address for each kind of argument; what a converter refuses is 404 without a look at the database.
WORDS = {
    "int": ["0", "-1", "1.5", "abc", "٣", "2147483648", str(2**63), str(2**70), "9" * 5000, "1%00", "%F0%9F%8F%83"],
    "slug": ["0", "x" * 5000, "..", "%00", "a%20b", "%F0%9F%8F%83", "%D7%A9", "-", "__class__"],
    "str": [
        "0",
        "x" * 5000,
        "..",
        "%00",
        "a:b:c",
        "%F0%9F%8F%83",
        "%E2%80%AE",
        "%ED%A0%80",
        "'%22%3Cscript%3E",
        "null",
    ],
}
ARGUMENT = re.compile(r"<(\w+):(\w+)>")
WITH_ARGUMENTS = sorted(
    (name, route) for name, route in patterns() if ARGUMENT.search(route) and "accounts/" not in route
)


@pytest.mark.parametrize(("name", "route"), WITH_ARGUMENTS, ids=[name for name, _ in WITH_ARGUMENTS])
def test_a_bad_address_is_404(world, browsers, ask, name, route):
    row = next(row for row in ROWS if row[0] == name)
    browser = browsers[worlds.who_of(row[2])]
    right = {key: world.keys.get(word, word) for key, word in row[1].items()}
    for converter, argument in ARGUMENT.findall(route):
        for word in WORDS[converter]:
            address = "/" + ARGUMENT.sub(lambda m, a=argument, w=word: w if m[2] == a else str(right[m[2]]), route)
            for method in ("GET", "POST"):
                cache.clear()
                with transaction.atomic():
                    response = getattr(browser, method.lower())(address)
                    transaction.set_rollback(True)
                assert response.status_code in {404, 405}, f"{method} {address[:120]}: {response.status_code}"


# What the pages read from the part after the question mark.
ASKED = (
    "at",
    "week",
    "page",
    "q",
    "show",
    "state",
    "pillar",
    "barrier",
    "zone",
    "look",
    "again",
    "next",
    "battery",
    "test",
)


@pytest.mark.parametrize("name", [row[0] for row in ROWS if len(row) < 4 or "GET" in row[3]])
def test_a_bad_query_gets_an_answer(world, browsers, ask, name):
    _, arguments, may, *_ = next(row for row in ROWS if row[0] == name)
    address = worlds.address_of(world, name, arguments)
    problems = [
        ask(browsers[worlds.who_of(may)], "GET", address, dict.fromkeys(ASKED, text))
        for text in [*TEXTS.values(), *(text for _, text in islice(more_texts(name), 3))]
    ]
    assert not any(problems), "\n".join(filter(None, problems))


@pytest.mark.filterwarnings("ignore:Cache key will cause errors")
def test_a_cookie_that_was_tampered_with_is_no_error(db, world):
    for value in ("", "x" * 3000, "\xff", "../..", "null", "9" * 400):
        browser = Browser(raise_request_exception=False)
        for cookie in ("sessionid", "csrftoken", "messages", "theme"):
            browser.cookies[cookie] = value
        for address in ("/", "/book/", "/me/", "/accounts/login/"):
            assert browser.get(address).status_code in {200, 302}
