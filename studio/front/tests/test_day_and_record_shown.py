"""What the runner's day and the coach's record say: names of days, the picture of a session, weeks, what was left out."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
import time_machine
from django.urls import reverse

from clients.alarms import acknowledge, raise_alarm
from clients.models import Alarm, Pause
from programs.domain.records import Run
from programs.models import LineLog, ScheduledSession
from programs.services import training
from programs.tests.people import next_session, planned, train
from studio.front import client_day, record
from studio.ui import figures

WEDNESDAY = date(2026, 11, 18)


@pytest.mark.parametrize(
    ("days", "words"), [(0, "Today"), (1, "Tomorrow"), (2, "Friday"), (6, "Tuesday"), (7, "Wednesday 25 November")]
)
def test_a_day_is_named_so_that_it_cannot_be_another(days, words):
    assert client_day._when(WEDNESDAY + timedelta(days=days), WEDNESDAY) == words


@pytest.mark.parametrize(
    ("run", "title", "meta"),
    [
        (Run(day="tue", stage=0, reps=1, run_min=0, walk_min=30, total_run_min=0), "Walk", "30 min, briskly"),
        (
            Run(day="tue", stage=2, reps=7, run_min=2, walk_min=1, total_run_min=14),
            "Run and walk",
            "7 times 2 min run, 1 min walk",
        ),
        (Run(day="tue", stage=6, reps=1, run_min=30, walk_min=0, total_run_min=30), "Run", "30 min, easy"),
    ],
)
def test_a_run_is_said_once(run, title, meta):
    assert (client_day.run_title(run), client_day.run_meta(run)) == (title, meta)


def test_a_session_is_shown_by_its_first_must_do_that_is_drawn(monkeypatch):
    monkeypatch.setattr(figures, "drawing", lambda exercise, mode: "<svg/>" if exercise != "undrawn" else None)

    def hero(*lines):
        plan = SimpleNamespace(lines=[SimpleNamespace(exercise=name, anchor=anchor) for name, anchor in lines])
        return client_day.ClientDay.hero.fget(SimpleNamespace(session=SimpleNamespace(plan=plan)))

    assert hero(("release", False), ("undrawn", True), ("squat", True)) == "squat"
    assert hero(("undrawn", True), ("release", False)) == "release"
    assert hero(("undrawn", True)) == ""


@pytest.fixture
def program(ana, now):
    with time_machine.travel(now, tick=False):
        yield planned(ana, now)


def test_the_record_tells_each_week_since_the_plan_began(program, ana, now):
    train(next_session(program, now), now)
    shown = record.record_of(ana, now).weeks
    assert [week["first"] for week in shown] == [date(2026, 11, 16)]
    assert (shown[0]["done"], shown[0]["is_now"], len(shown[0]["days"])) == ("1 of 2", True, 7)


def test_a_paused_week_is_neither_done_nor_open(program, ana, now):
    Pause.objects.create(client=ana, kind=Pause.Kind.HOLIDAY, starts_on=date(2026, 11, 23), ends_on=date(2026, 11, 29))
    assert record.record_of(ana, now + timedelta(days=7)).weeks[-1]["done"] == "paused"


def test_the_log_names_what_was_left_out_and_why(program, ana, now, sign_in, maya):
    session = next_session(program, now)
    training.start(session=session, now=now)
    first = session.plan.lines[0]
    training.save_line(session=session, line_id=first.id, now=now, skipped=LineLog.Skip.NO_TIME)
    rows = ScheduledSession.objects.prefetch_related("linelogs").get(pk=session.pk)
    (words,) = record.left_out(rows)
    assert words.endswith(": no time") and first.exercise not in words
    assert words in sign_in(maya).get(f"/clients/{ana.pk}/log/").content.decode()


@pytest.mark.parametrize("kind", [Alarm.Kind.STOP, Alarm.Kind.FLARE])
def test_a_runner_nobody_has_answered_yet_reads_what_to_do_without_us(client, ana, program, now, kind):
    alarm = raise_alarm(client=ana, kind=kind, key=f"{kind}:1", because="pain 8 of 10 during", now=now)
    client.force_login(ana.user)
    page = client.get(reverse("front:me")).content.decode()
    assert "do not wait for us" in page
    assert "Emergency:" in page

    acknowledge(alarm=alarm, by=ana.coach.user, now=now)
    assert "do not wait for us" not in client.get(reverse("front:me")).content.decode()
