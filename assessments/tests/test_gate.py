"""No road leads past an open red-flag gate to a plan."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import transaction
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from assessments import gate
from assessments.gate import GateClosed, Reason, decide
from assessments.models import RedFlagCheck
from assessments.services import measuring, safety
from assessments.services.safety import Outcome
from assessments.tests.people import answers, ask, begun, finished, known, stands, ticks
from clients import alarms
from clients.models import Alarm
from studio.outbox.kinds import kind_of
from studio.outbox.models import Message

NOON = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
ACTION = {"locked_knee": "stop_urgent", "giving_way": "refer", "bleeding_risk": "caution", None: "none"}


def a_round(number: int, flag: str | None = None, *, cleared: int | None = None, complete: bool = True) -> RedFlagCheck:
    """The number-th hour's round with at most one flag, cleared some hours after noon."""
    told = answers(*[flag] if flag else []) if complete else {flag or "locked_knee": flag is not None}
    return RedFlagCheck(
        pk=number + 1, answers=told, action=ACTION[flag], flags=[flag] if flag else [], answered_at=NOON + number * HOUR,
        cleared_at=None if cleared is None else NOON + cleared * HOUR,
    )  # fmt: skip


@pytest.mark.parametrize(
    "rounds, reason, action",
    [
        ([], Reason.NOT_ASKED, "refer"),
        ([a_round(0)], Reason.CLEAR, "none"),
        ([a_round(0, complete=False)], Reason.NOT_ASKED, "refer"),  # some questions asked is not asked
        ([a_round(0, "bleeding_risk")], Reason.CAUTION, "caution"),
        ([a_round(0, "giving_way")], Reason.REFER, "refer"),
        ([a_round(0, "giving_way", cleared=1)], Reason.CAUTION, "caution"),
        ([a_round(0, "giving_way"), a_round(1)], Reason.REFER, "refer"),  # a later no clears nothing
        ([a_round(0, "giving_way", cleared=1), a_round(2)], Reason.CLEAR, "none"),
        (
            [a_round(0, "giving_way", cleared=1), a_round(2, "giving_way")],
            Reason.REFER,
            "refer",
        ),  # seen for the old one
        ([a_round(0, "locked_knee")], Reason.STOP, "stop_urgent"),
        ([a_round(0, "locked_knee"), a_round(1)], Reason.STOP, "stop_urgent"),
        ([a_round(0, "locked_knee", cleared=1)], Reason.ANSWER_AGAIN, "stop_urgent"),
        ([a_round(0, "locked_knee", cleared=2), a_round(1)], Reason.ANSWER_AGAIN, "stop_urgent"),  # answered too early
        ([a_round(0, "locked_knee", cleared=1), a_round(2, complete=False)], Reason.ANSWER_AGAIN, "stop_urgent"),
        ([a_round(0, "locked_knee", cleared=1), a_round(2)], Reason.CLEAR, "none"),
        ([a_round(0, "locked_knee", cleared=1), a_round(2, "bleeding_risk")], Reason.CAUTION, "caution"),
        ([a_round(0, "locked_knee", cleared=1), a_round(2, "giving_way")], Reason.REFER, "refer"),
        ([a_round(0, "locked_knee", cleared=1), a_round(2, "giving_way", cleared=3)], Reason.CAUTION, "caution"),
        ([a_round(0, "locked_knee", cleared=1), a_round(2, "locked_knee")], Reason.STOP, "stop_urgent"),
        ([a_round(0, "locked_knee"), a_round(1, "giving_way", cleared=2)], Reason.STOP, "stop_urgent"),
        ([a_round(0), a_round(1, "giving_way", complete=False)], Reason.REFER, "refer"),  # one yes is enough
        ([a_round(0, "bleeding_risk"), a_round(1, complete=False)], Reason.CAUTION, "caution"),
    ],
)
def test_what_stands_follows_from_the_rounds(rounds, reason, action):
    found = decide(rounds, age=34)
    assert (found.reason, found.action) == (reason, action)
    assert found.allows_plan == (action in ("none", "caution"))


@pytest.mark.parametrize("age, reason", [(None, Reason.AGE_UNKNOWN), (15, Reason.UNDER_AGE), (16, Reason.CLEAR)])
def test_without_an_age_of_at_least_16_there_is_no_plan(age, reason):
    found = decide([a_round(0)], age=age)
    assert found.reason is reason
    assert found.allows_plan == (reason is Reason.CLEAR)
    assert found.allows_testing == (reason is not Reason.AGE_UNKNOWN)


moves = st.lists(
    st.tuples(st.sampled_from(["locked_knee", "giving_way", "bleeding_risk", None]), st.booleans(), st.booleans()),
    max_size=8,
)


@given(moves)
@settings(deadline=None, max_examples=200)
def test_a_plan_never_comes_before_every_closing_round_was_cleared_and_an_urgent_one_answered_anew(story):
    """Any story of rounds and clearances, told hour by hour, against the two sentences of the rule."""
    rounds = []
    for hour, (flag, complete, clears) in enumerate(story):
        check = a_round(2 * hour, flag, complete=complete)
        rounds.append(check)
        if clears:  # a clinician saw the runner about everything that stood by then
            for earlier in rounds:
                if earlier.action in gate.CLOSING and earlier.cleared_at is None:
                    earlier.cleared_at = NOON + (2 * hour + 1) * HOUR
    found = decide(rounds, age=34)
    asked = [check for check in rounds if gate.is_complete(check)]
    stops = [check.cleared_at for check in rounds if check.action == "stop_urgent"]
    waits = any(check.cleared_at is None for check in rounds if check.action in gate.CLOSING)
    due = any(at is not None and not any(check.answered_at > at for check in asked) for at in stops)
    assert found.allows_plan == (bool(asked) and not waits and not due)
    assert decide(reversed(rounds), age=34) == found  # the order of the rows is not the order of the story


# --- the roads -------------------------------------------------------------------------------------------------------


@pytest.fixture
def runner(ana, now):
    return known(ana, now)


def plan(client, now):
    """What every service that makes or publishes a plan does first (studio/front/tests/test_red_flag_roads.py)."""
    with transaction.atomic():
        return gate.require_plan_allowed(client, now)


def test_no_plan_before_the_questions_were_asked(runner, now):
    with pytest.raises(GateClosed, match="not been asked"):
        plan(runner, now)


@pytest.mark.parametrize("flag", ["locked_knee", "giving_way"])
def test_no_plan_while_a_flag_is_up(runner, now, flag):
    ask(runner, now)
    assert plan(runner, now).allows_plan
    ask(runner, now + HOUR, flag)
    with pytest.raises(GateClosed):
        plan(runner, now + 2 * HOUR)


def test_a_cleared_referral_goes_on_with_caution(runner, now):
    check = ask(runner, now, "giving_way").check
    clear(runner, now + HOUR, [check.pk])
    assert gate.plan_gate(runner, now + HOUR) == plan(runner, now + HOUR).action == "caution"


def clear(client, now, checks, **fields):
    told = {
        "clinician": "Dr Rao",
        "seen_on": client.local_date(now),
        "note": "Stable.",
        "by": client.coach.user,
    } | fields
    return safety.record_clearance(client=client, checks=checks, now=now, **told)


def test_the_gate_is_passed_inside_a_transaction_only(runner, now, monkeypatch):
    with monkeypatch.context() as outside:
        outside.setattr(transaction.get_connection(), "in_atomic_block", False)
        with pytest.raises(RuntimeError):
            gate.require_plan_allowed(runner, now)


# --- rounds ----------------------------------------------------------------------------------------------------------


def test_a_flag_tells_the_coach_at_once_and_once(runner, now):
    ask(runner, now, "locked_knee")
    alarm = Alarm.objects.get(client=runner)
    assert alarm.kind == Alarm.Kind.RED_FLAG and "stuck" in alarm.because and "48 h" in alarm.because
    message = Message.objects.get(kind="alarm")
    assert (message.to, message.due_at) == ("maya@example.com", now)


def test_the_alarm_mail_names_the_runner_and_says_nothing_about_health(runner, now):
    ask(runner, now, "locked_knee")
    message = Message.objects.get(kind="alarm")
    letter = kind_of("alarm").render(message)
    assert "Ana Silva" in letter.subject and f"/clients/{runner.pk}/" in letter.body
    assert not {"knee", "stuck", "locked"} & set(letter.body.lower().split())
    assert "knee" not in str(message.data)
    assert alarms.acknowledge(alarm=Alarm.objects.get(), by=runner.coach.user, now=now)
    assert kind_of("alarm").wanted(message) != ""
    assert not alarms.acknowledge(alarm=Alarm.objects.get(), by=runner.coach.user, now=now)


def test_a_caution_raises_no_alarm(runner, now):
    ask(runner, now, "bleeding_risk")
    assert not Alarm.objects.exists()


def test_the_age_is_part_of_the_answer(runner, now):
    runner.born_on = date(1960, 1, 1)
    runner.save()
    found = ask(runner, now, trauma_ottawa=["injury_last_7_days"])  # 55 and over: a fall is enough
    assert found.gate.reason is Reason.STOP


def test_without_a_date_of_birth_there_is_no_round(ana, now):
    with pytest.raises(safety.AgeUnknown):
        ask(ana, now)


def answer(client, now, *yes, key=None, stamp=None):
    return safety.answer_red_flags(
        client=client, answers=answers(*yes), source="intake", by=None, now=now, form_key=key, stamp=stamp
    )


def test_the_same_form_twice_is_one_round(runner, now):
    key, stamp = uuid4(), gate.gate_for(runner, now).stamp
    first = answer(runner, now, "locked_knee", key=key, stamp=stamp)
    second = answer(runner, now + HOUR, "locked_knee", key=key, stamp=stamp)
    assert (first.outcome, second.outcome) == (Outcome.RECORDED, Outcome.REPLAYED)
    assert RedFlagCheck.objects.count() == Alarm.objects.count() == Message.objects.count() == 1


def test_a_form_drawn_before_the_clearance_does_not_count_as_the_answer_after_it(runner, now):
    check = ask(runner, now, "locked_knee").check
    old_tab = gate.gate_for(runner, now).stamp
    clear(runner, now + HOUR, [check.pk])
    late = answer(runner, now + 2 * HOUR, key=uuid4(), stamp=old_tab)
    assert late.outcome is Outcome.STALE
    assert stands(runner, now + 2 * HOUR) is Reason.ANSWER_AGAIN
    fresh = answer(runner, now + 3 * HOUR, key=uuid4(), stamp=late.gate.stamp)
    assert fresh.gate.reason is Reason.CLEAR


def test_a_yes_counts_from_any_tab(runner, now):
    old_tab = gate.gate_for(runner, now).stamp
    ask(runner, now)
    late = answer(runner, now + HOUR, "locked_knee", key=uuid4(), stamp=old_tab)
    assert (late.outcome, late.gate.reason) == (Outcome.RECORDED, Reason.STOP)


def test_a_form_that_was_changed_and_sent_again_opens_nothing(runner, now):
    key, stamp = uuid4(), gate.gate_for(runner, now).stamp
    check = answer(runner, now, "locked_knee", key=key, stamp=stamp).check
    clear(runner, now + HOUR, [check.pk])
    stamp = gate.gate_for(runner, now + HOUR).stamp
    again = answer(runner, now + 2 * HOUR, key=key, stamp=stamp)  # the old form's number under a new stamp
    assert again.outcome is Outcome.STALE
    assert stands(runner, now + 2 * HOUR) is Reason.ANSWER_AGAIN


def test_the_number_of_another_runners_form_is_no_key(runner, ben, now):
    key = uuid4()
    answer(runner, now, key=key)
    other = answer(known(ben, now), now, "locked_knee", key=key, stamp=None)
    assert (other.outcome, other.gate.reason) == (Outcome.RECORDED, Reason.STOP)
    assert stands(runner, now) is Reason.CLEAR


# --- clearance -------------------------------------------------------------------------------------------------------


def test_a_clearance_is_for_the_rounds_that_were_read(runner, now):
    first = ask(runner, now, "giving_way").check
    ask(runner, now + HOUR, "inflammatory")
    assert clear(runner, now + 2 * HOUR, [first.pk]) == 1
    assert stands(runner, now + 2 * HOUR) is Reason.REFER


def test_a_clearance_does_not_reach_another_runner(runner, ben, now):
    check = ask(runner, now, "giving_way").check
    with pytest.raises(safety.NothingToClear):
        clear(known(ben, now), now, [check.pk])
    assert stands(runner, now) is Reason.REFER


def test_a_clearance_is_written_once(runner, now):
    check = ask(runner, now, "giving_way").check
    clear(runner, now, [check.pk])
    with pytest.raises(safety.NothingToClear):
        clear(runner, now + HOUR, [check.pk], clinician="Somebody else")
    check.refresh_from_db()
    assert check.clinician == "Dr Rao"


@pytest.mark.parametrize(
    "flag, days, note, fine",
    [
        ("locked_knee", 0, "", True),
        ("locked_knee", -1, "A letter of last month.", False),  # nobody has looked at what came up since
        ("giving_way", 0, "", True),
        ("giving_way", -1, "  ", False),
        ("giving_way", -1, "A letter of last month says it is stable.", True),
        ("giving_way", 1, "Booked for tomorrow.", False),
    ],
)
def test_the_day_of_a_clearance_has_to_be_possible(runner, now, flag, days, note, fine):
    check = ask(runner, now, flag).check
    seen_on = runner.local_date(now) + timedelta(days=days)
    if fine:
        assert clear(runner, now, [check.pk], seen_on=seen_on, note=note) == 1
    else:
        with pytest.raises(safety.SeenTooEarly):
            clear(runner, now, [check.pk], seen_on=seen_on, note=note)
        assert stands(runner, now) in (Reason.REFER, Reason.STOP)


def test_the_day_of_the_answer_is_the_runners_own(runner, now):
    runner.time_zone = "Pacific/Auckland"
    runner.save()
    late = now.replace(hour=20)  # already tomorrow where she lives
    check = ask(runner, late, "locked_knee").check
    with pytest.raises(safety.SeenTooEarly):
        clear(runner, late, [check.pk], seen_on=late.date())
    assert clear(runner, late, [check.pk], seen_on=late.date() + timedelta(days=1)) == 1


# --- over HTTP -------------------------------------------------------------------------------------------------------

CLEARANCE = {"clinician": "Dr Rao, sports physician", "note": "Fine."}


def test_the_runner_cannot_clear_herself(runner, now, sign_in):
    check = ask(runner, now, "giving_way").check
    url = reverse("assessments:clearance", kwargs={"pk": runner.pk})
    told = CLEARANCE | {"checks": check.pk, "seen_on": "2026-11-18"}
    assert sign_in(runner).post(url, told).status_code == 404
    assert stands(runner, now) is Reason.REFER


def test_a_coach_clears_and_the_runner_answers_again(runner, time_machine, now, sign_in):
    time_machine.move_to(now)
    ask(runner, now, "locked_knee")
    coach, client = sign_in(runner.coach), sign_in(runner)
    page, mine = reverse("assessments:clearance", kwargs={"pk": runner.pk}), reverse("assessments:red_flags")
    assert b"Stop here" in client.get(mine).content

    checks = coach.get(page).context["form"]["checks"].value()
    assert coach.post(page, CLEARANCE | {"checks": checks, "seen_on": ""}).status_code == 422
    assert coach.post(page, CLEARANCE | {"checks": checks, "seen_on": "2026-11-18"}).status_code == 302
    assert stands(runner, now) is Reason.ANSWER_AGAIN

    time_machine.move_to(now + HOUR)
    assert client.post(mine, ticks(browser=client, url=mine)).status_code == 302
    assert stands(runner, now + HOUR) is Reason.CLEAR


def test_a_page_of_another_runner_clears_nothing(runner, ben, now, sign_in):
    check = ask(runner, now, "giving_way").check
    ask(known(ben, now), now, "giving_way")
    url = reverse("assessments:clearance", kwargs={"pk": ben.pk})
    answer = sign_in(ben.coach).post(url, CLEARANCE | {"checks": check.pk, "seen_on": "2026-11-18"})
    assert answer.status_code == 422
    assert stands(runner, now) is stands(ben, now) is Reason.REFER


def test_no_assessment_starts_behind_a_closed_gate(runner, now, sign_in):
    ask(runner, now, "locked_knee")
    url = reverse("assessments:start", kwargs={"pk": runner.pk})
    coach = sign_in(runner.coach)
    for answer in (coach.get(url), coach.post(url, ticks(step="red_flags"))):
        assert answer.url == reverse("assessments:clearance", kwargs={"pk": runner.pk})
    assert not runner.assessments.exists()


def test_an_assessment_asks_anew_and_a_yes_starts_none(runner, now, sign_in):
    ask(runner, now)
    url = reverse("assessments:start", kwargs={"pk": runner.pk})
    coach = sign_in(runner.coach)
    answer = coach.post(url, ticks("giving_way", browser=coach, url=url, step="red_flags"))
    assert answer.url == reverse("assessments:clearance", kwargs={"pk": runner.pk})
    assert not runner.assessments.exists()
    assert Alarm.objects.filter(client=runner).count() == 1


def test_a_flag_in_the_middle_of_an_assessment_keeps_the_values_and_finds_nothing(runner, now, sign_in):
    assessment = begun(runner, now)
    measuring.save_value(assessment=assessment, test="wblt_distance", side="left", value=10.0, now=now)
    ask(runner, now + HOUR, "locked_knee")
    keys = {"pk": runner.pk, "assessment": assessment.pk}
    coach = sign_in(runner.coach)
    page = coach.get(reverse("assessments:screen", kwargs=keys)).content.decode()
    assert "Stop testing" in page and 'value="10"' in page
    assert not any(words in page for words in ("Next test", "next-up", "All done.")), "nothing more is proposed"
    answer = coach.post(reverse("assessments:finish", kwargs=keys))
    assert answer.url == reverse("assessments:clearance", kwargs={"pk": runner.pk})
    assessment.refresh_from_db()
    assert assessment.state == "open" and assessment.result is None


def test_shared_results_wait_behind_a_closed_gate(runner, now, sign_in):
    assessment = finished(runner, now)
    measuring.share(assessment=assessment, now=now)
    url = reverse("assessments:client_findings", kwargs={"assessment": assessment.pk})
    client = sign_in(runner)
    assert client.get(url).status_code == 200
    ask(runner, now + HOUR, "giving_way")
    assert client.get(url).url == reverse("assessments:red_flags")
