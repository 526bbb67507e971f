"""The demo studio: seeded once for this file, true in every list, topped up later, and nobody else's business."""

import dataclasses
import re
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import Max
from django.test import override_settings

from assessments import gate, outcomes
from assessments.models import Assessment, Intake
from clients.consent import withdraw_consent
from clients.models import Alarm, Client
from clients.tests.people import make_client, make_coach, make_user
from consultations.models import Booking
from programs.adherence import adherence_of
from programs.domain.monitoring import decide
from programs.models import LineLog, MorningAnswer, Program, ScheduledSession, SetLog
from programs.services import deciding, training
from studio.accounts.models import User
from studio.front.attention import Rank, desk_of
from studio.front.demo import cast, histories, seeding
from studio.front.demo.seeding import seed
from studio.front.tests.never_say import found_in
from studio.front.tests.test_words_for_runners import words_of
from studio.outbox.models import Message

FIRST = datetime(2026, 11, 18, 10, 0, tzinfo=UTC)  # a Wednesday
LATER = FIRST + timedelta(days=6)
GUILT = re.compile(r"\b(missed|failed|lost|lazy|only \d+ of)\b", re.IGNORECASE)


@pytest.fixture(scope="module")
def seeded(django_db_setup, django_db_blocker):
    """The demo studio beside one real runner, who is what this gives."""
    with django_db_blocker.unblock(), override_settings(DEMO=True), transaction.atomic():
        ana = make_client(make_coach("Rosa Real"), "Ana Silva")
        seed(now=FIRST)
        yield ana
        transaction.set_rollback(True)


@pytest.fixture
def demo(seeded, db, settings):
    settings.DEMO = True
    return seeded


def runner(key: str) -> Client:
    return Client.objects.get(email=f"{key}@demo.studio")


def plan_of(key: str) -> Program:
    return Program.objects.get(client=runner(key))


def done(key: str):
    return ScheduledSession.objects.filter(program__client=runner(key), started_at__isnull=False).order_by("day")


def mornings(key: str) -> dict[int, int]:
    """Answered mornings, by the day counted from the first seeding."""
    rows = MorningAnswer.objects.filter(client=runner(key)).order_by("day")
    return {(row.day - FIRST.date()).days: row.morning_nrs for row in rows}


def week_of(program: Program, now: datetime) -> int:
    return 1 + (now.date() - program.starts_on).days // 7


def everything() -> dict[str, int]:
    return {model._meta.label: model.objects.count() for model in apps.get_models()}


# --- who is there ---------------------------------------------------------------------------------------------------


def test_a_studio_that_is_no_demo_gets_no_demo_people(db):
    before = everything()
    with pytest.raises(CommandError, match="no demo studio"):
        call_command("seed_demo")
    assert everything() == before


def test_the_demo_sign_ins_have_the_public_password_and_are_marked(demo):
    for key in ("bethany", "omar", "maya", "tom", "lena", "raj"):
        user = User.objects.get(email=f"{key}@demo.studio")
        assert user.check_password("demo-studio")
        assert user.is_demo
        assert user.emailaddress_set.get().verified
    assert User.objects.get(email="bethany@demo.studio").is_owner
    assert not demo.user.is_demo


def test_every_stage_of_the_way_is_taken_by_somebody(demo):
    assert Counter(Client.objects.exclude(pk=demo.pk).values_list("status", flat=True)) == {
        "active": 8, "lead": 2, "invited": 1, "paused": 1, "finished": 1,
    }  # fmt: skip
    assert runner("priya").intakes.get().submitted_at and not runner("priya").assessments.exists()
    assert runner("daniel").assessments.get().shared_at and not runner("daniel").programs.exists()
    assert gate.gate_for(runner("marcus"), FIRST).reason == gate.Reason.REFER
    assert plan_of("gwen").state == Program.State.ENDED


def test_a_second_coach_has_a_runner_of_his_own(demo):
    omar, bethany = (User.objects.get(email=f"{key}@demo.studio") for key in ("omar", "bethany"))
    assert [client.name for client in Client.objects.visible_to(omar)] == ["Aiko Tanaka"]
    assert Client.objects.visible_to(bethany).count() == Client.objects.count()


# --- the four -------------------------------------------------------------------------------------------------------


def test_maya_is_mid_program_and_trains_well(demo):
    program, adherence = plan_of("maya"), adherence_of(runner("maya"), FIRST.date())
    assert (program.phase, week_of(program, FIRST), len(program.current.plan.weeks)) == (2, 6, 12)
    statuses = [str(week.status) for week in adherence.closed]
    assert statuses.count("solid") >= 4 and set(statuses) <= {"solid", "kept"}
    assert adherence.headline.share == 1
    pain = mornings("maya")
    assert (pain[min(pain)], max(nrs for day, nrs in pain.items() if day > -7)) == (4, 1)
    assert len(pain) < max(pain) - min(pain) + 1  # somebody who never leaves a gap is not believed


def test_mayas_plan_has_three_versions_and_each_has_its_reason(demo):
    versions = list(plan_of("maya").versions.order_by("number"))
    assert [version.published_by.name for version in versions] == ["Bethany Cole"] * 3
    assert all(version.reason and version.read_at for version in versions)
    assert "asked a bit much of the knee" in versions[1].reason
    assert set(plan_of("maya").proposals.values_list("rule", "immediate")) == {("R-G2", False)}


def test_mayas_findings_say_hip_first_and_what_is_not_known(demo):
    first, again = Assessment.objects.filter(client=runner("maya")).order_by("measured_on")
    areas = first.result["areas"]
    assert first.result["ranking"][0] == "hip_weakness"
    assert [areas[area]["severity"] for area in ("hip_weakness", "quad_itb_tightness", "ankle_stiffness")] == [
        "marked", "moderate", "moderate",
    ]  # fmt: skip
    assert areas["core_instability"]["status"] == "not_enough_data"
    assert again.result["areas"]["hip_weakness"]["score"] < areas["hip_weakness"]["score"]


def test_tom_is_in_his_first_week(demo):
    program = plan_of("tom")
    assert week_of(program, FIRST) == 1
    assert FIRST - program.current.published_at < timedelta(days=7)
    assert 1 <= done("tom").count() <= 2
    assert program.scheduledsessions.filter(day=FIRST.date(), state="planned").exists()
    assert program.current.plan.dominant == "ankle_stiffness"
    assert set(program.current.plan.brief.kit) == {"none"}


def test_lena_had_a_flare_and_waits_for_the_coach(demo):
    stopped = done("lena").last()
    worst = stopped.linelogs.aggregate(worst=Max("during_nrs"))["worst"]
    assert (stopped.action, stopped.stopped, worst) == ("stop", True, 8)
    assert [alarm.client.name for alarm in Alarm.objects.filter(acknowledged_at=None)] == ["Lena Brandt"]
    in_force = plan_of("lena").proposals.filter(immediate=True, state="open")
    assert {"M-STOP", "M-REGRESS"} <= set(in_force.values_list("rule", flat=True))
    assert plan_of("lena").current.published_by is None
    pain = mornings("lena")
    assert [pain[day] for day in (-7, -4, -3, -2, -1)] == [2, 6, 5, 4, 3]


def test_raj_has_no_pain_and_fades(demo):
    client = runner("raj")
    assert FIRST.date() - client.pain_free_since == timedelta(weeks=8)
    since = LineLog.objects.filter(session__program__client=client, session__day__gte=client.pain_free_since)
    assert set(since.exclude(during_nrs=None).values_list("during_nrs", flat=True)) == {0}
    assert {nrs for day, nrs in mornings("raj").items() if day >= -56} == {0}
    statuses = [str(week.status) for week in adherence_of(client, FIRST.date()).closed]
    assert statuses[-2:] == ["missed"] * 2 and "missed" not in statuses[:-2]
    assert max(*mornings("raj"), (done("raj").last().day - FIRST.date()).days) == -5


# --- what the lists show --------------------------------------------------------------------------------------------


def test_today_has_a_true_row_of_every_kind_and_one_for_safety(demo):
    desk = desk_of(User.objects.get(email="bethany@demo.studio"), FIRST)
    rows = Counter(row.rank for row in desk.rows)
    assert rows[Rank.SAFETY] == 1
    assert {row.name for row in desk.rows if row.rank == Rank.NEXT_STEP} >= {"Priya Raman", "Daniel Osei"}
    assert set(rows) >= set(Rank) - {Rank.WORSE, Rank.QUESTIONS}
    assert desk.rows[0].name == "Lena Brandt"
    assert any(row.rank == Rank.QUIET and row.name == "Raj Mehta" and row.chip == "Quiet 5 days" for row in desk.rows)


def test_outcome_rounds_say_something_true_and_leave_a_gap(demo):
    trends = {each.id: each for each in outcomes.trends_of(runner("maya"), FIRST)}
    assert trends["akps"].words == "68 at first, 82 now: 14 points up, clearly beyond measurement error."
    [akps] = [each for each in outcomes.trends_of(runner("raj"), FIRST) if each.id == "akps"]
    assert [(point.week, point.value is None) for point in akps.points] == [(0, False), (4, True), (8, False)]
    assert outcomes.round_due(runner("aiko"), FIRST).name == "4-week"
    desk = desk_of(User.objects.get(email="bethany@demo.studio"), LATER)
    assert any(row.rank == Rank.QUESTIONS and row.name == runner("aiko").name for row in desk.rows)


def test_consultations_are_past_today_to_come_and_cancelled(demo):
    days = Counter((booking.starts_at.date() - FIRST.date()).days for booking in Booking.objects.standing())
    assert any(day < 0 for day in days) and days[0] and days[1] and any(day > 1 for day in days)
    assert Booking.objects.cancelled().get().name == "Ben Whitaker"
    assert Booking.objects.unseen().get().client.status == Client.Status.LEAD


def test_the_outbox_has_every_state_and_nothing_of_the_past_is_left_to_send(demo):
    assert {state for (state,) in Message.objects.values_list("state")} == {"planned", "sent", "failed", "skipped"}
    assert not Message.objects.due(FIRST).exists()
    assert not Message.objects.exclude(state="planned").filter(due_at__gt=FIRST).exists()
    assert not Message.objects.exclude(reason="").filter(state="sent").exists()
    sent = Message.objects.filter(state="sent")
    assert all(message.subject and message.body for message in sent)
    notes = Counter((m.data["client"], m.data["week"]) for m in Message.objects.filter(kind="weekly_note"))
    assert set(notes.values()) == {1}


def test_no_runner_reads_a_word_of_guilt(demo):
    users = User.objects.filter(role=User.Role.CLIENT)
    read = [m.subject + m.body for m in Message.objects.filter(user__in=users)]
    read += [version.reason for program in Program.objects.all() for version in program.versions.all()]
    read += [deciding.decided_words(session) for session in ScheduledSession.objects.exclude(action="")]
    assert len(read) > 100
    assert not [text for text in read if GUILT.search(text)]


def test_every_page_of_the_demo_people_opens(demo, sign_in, time_machine):
    time_machine.move_to(FIRST, tick=False)
    coach = sign_in(User.objects.get(email="bethany@demo.studio"))
    pages = ["/today/", "/clients/", "/consultations/", "/outbox/"]
    for client in Client.objects.filter(coach__user__is_demo=True):
        record = f"/clients/{client.pk}/"
        pages += [record, f"{record}log/", f"{record}details/", f"{record}assessments/", f"{record}plan/"]
    pages += [f"/clients/{a.client_id}/assessments/{a.pk}/" for a in Assessment.objects.all()]
    assert [(page, code) for page in pages if (code := coach.get(page).status_code) != 200] == []
    for key in ("maya", "tom", "lena", "raj", "sophie", "gwen", "marcus", "priya"):
        browser = sign_in(runner(key))
        answers = {page: browser.get(page).status_code for page in ("/me/", "/me/progress/")}
        assert set(answers.values()) == {200}, (key, answers)


# --- the logs -------------------------------------------------------------------------------------------------------


def test_every_session_of_the_past_is_decided_by_the_rules(demo):
    yesterday = FIRST.date() - timedelta(days=1)
    past = ScheduledSession.objects.filter(started_at__isnull=False, day__lt=yesterday)
    assert past.count() > 50
    assert all(session.decision["lines"] and session.decided_at for session in past)
    assert set(past.values_list("action", flat=True)) == {"progress", "hold", "regress", "stop"}
    for session in past.filter(program__client=runner("maya")):
        again = ScheduledSession.objects.select_related("program__client").get(pk=session.pk)
        told = {line["line"]: line["action"] for line in session.decision["lines"]}
        responses = deciding.responses_of(again)
        assert told == {
            place.line_id: str(decide(response, again.program.phase).action) for place, response in responses.items()
        }


def test_sums_kept_with_a_session_are_those_of_its_logs(demo):
    for session in done("maya"):
        kept = session.sets_done, session.credit, session.pillars
        training.record_progress(session, training.logged_sets(session))
        assert (session.sets_done, session.credit, session.pillars) == kept


def test_sets_are_inside_the_dose_and_silence_is_no_zero(demo):
    for log in SetLog.objects.filter(session__program__client=runner("maya")):
        low, high = log.dose["reps"] or (None, None)
        assert log.reps is None or low <= log.reps <= high
    logs = LineLog.objects.all()
    assert logs.filter(during_nrs=None).exists() and logs.filter(during_nrs=0).exists()
    assert ScheduledSession.objects.filter(state="done", session_rpe=None).exists()


def test_no_page_of_the_demo_says_what_is_never_said(demo, sign_in, time_machine):
    time_machine.move_to(FIRST)
    for user in User.objects.filter(is_demo=True):
        browser = sign_in(user)
        if user.is_coach:
            addresses = ["/today/", "/clients/", "/consultations/"]
            for client in Client.objects.visible_to(user).filter(user__is_demo=True):
                base = f"/clients/{client.pk}/"
                addresses += [f"{base}{page}" for page in ("", "assessments/", "assessments/compare/", "plan/", "log/")]
                addresses += [f"{base}assessments/{row.pk}/" for row in client.assessments.filter(state="done")]
        else:
            addresses = ["/me/", "/me/progress/", "/me/red-flags/", "/me/settings/"]
            shared = Assessment.objects.filter(client__user=user, shared_at__isnull=False)
            addresses += [f"/me/findings/{row.pk}/" for row in shared]
        for address in addresses:
            answer = browser.get(address, follow=True)
            assert answer.status_code == 200, address
            assert not found_in(words_of(answer.content.decode())), address


# --- again ----------------------------------------------------------------------------------------------------------


def test_twice_is_once(demo):
    before = everything()
    told = seed(now=FIRST)
    assert (told.made, told.topped_up) == ((), ())
    assert everything() == before


def test_later_the_demo_runners_are_topped_up_and_nobody_else_is_touched(demo):
    by_hand = plan_of("maya").scheduledsessions.get(day=FIRST.date())
    training.wrap_up(session=by_hand, now=FIRST, session_rpe=3, note="This was me.", stopped=False)
    others = everything_of(demo)
    done_before, versions_before = done("maya").count(), plan_of("maya").versions.count()

    told = seed(now=LATER)

    yesterday = LATER.date() - timedelta(days=1)
    assert {"Maya Okafor", "Tom Reyes", "Lena Brandt", "Aiko Tanaka"} <= set(told.topped_up) and not told.made
    assert done("maya").count() >= done_before + 2
    assert max(done("maya").last().day, MorningAnswer.objects.filter(client=runner("maya")).latest("day").day) >= (
        yesterday - timedelta(days=1)
    )
    assert not MorningAnswer.objects.filter(day__gt=yesterday).exists()
    assert not ScheduledSession.objects.filter(started_at__isnull=False, day__gt=yesterday).exists()
    by_hand.refresh_from_db()
    assert (by_hand.note, by_hand.session_rpe, by_hand.sets_done) == ("This was me.", 3, 0)
    assert plan_of("maya").versions.count() == versions_before
    assert Alarm.objects.filter(acknowledged_at=None).count() == 1
    assert runner("sophie").status == Client.Status.PAUSED
    assert not Message.objects.due(LATER).filter(created_at__gt=FIRST).exists()
    assert everything_of(demo) == others

    before = everything()
    seed(now=LATER)
    assert everything() == before


def everything_of(client: Client) -> tuple:
    """All that is known of the real runner, and of the people of her studio."""
    return (
        Client.objects.filter(pk=client.pk).values().get(),
        list(User.objects.filter(is_demo=False).order_by("pk").values()),
        Message.objects.exclude(coach__user__is_demo=True).count(),
        Intake.objects.filter(client=client).count(),
    )


def test_an_address_that_is_somebodys_own_is_left_alone(demo, monkeypatch):
    mia = make_user("Mia of Flesh", email="mia@demo.studio")
    monkeypatch.setattr(seeding, "RUNNERS", (dataclasses.replace(cast.MAYA, key="mia"),))
    assert seed(now=FIRST).left_alone == ("Maya Okafor",)
    mia.refresh_from_db()
    assert not mia.is_demo and not Client.objects.filter(email=mia.email).exists()


def test_a_runner_who_withdrew_consent_is_not_written_about(demo, monkeypatch):
    monkeypatch.setattr(seeding, "RUNNERS", (cast.MAYA,))
    withdraw_consent(client=runner("maya"), now=FIRST)
    assert "Maya Okafor" not in seed(now=LATER).topped_up
    assert not MorningAnswer.objects.filter(client=runner("maya"), day__gte=FIRST.date()).exists()


# --- pure -----------------------------------------------------------------------------------------------------------

COURSE = cast.MAYA.course


def test_an_event_comes_out_the_same_whenever_it_is_told():
    def tell():
        luck = histories.chance("maya", "morning", -12)
        return histories.morning_of(COURSE, -12, luck, hard_day_before=False)

    assert tell() == tell()


def test_the_usual_lies_on_a_line_between_two_days():
    knots = ((-20, 4.0), (-10, 2.0))
    assert [histories.usual(knots, day) for day in (-30, -20, -15, -10, 5)] == [4, 4, 3, 2, 2]


def test_a_silent_runner_answers_no_morning():
    course = cast.RAJ.course
    told = [histories.morning_of(course, day, histories.chance(day), hard_day_before=False) for day in range(-4, 60)]
    assert set(told) == {None}
