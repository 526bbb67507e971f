""" "My knee is angry today": the safety questions, then care or the kind next step; the coach hears either way."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from assessments.models import RedFlagCheck
from assessments.services import flares
from assessments.tests.people import answers, ask, known, stands, ticks
from clients.models import Alarm, Pause
from studio.outbox.models import Message

FLARE, OVER = "/me/flare/", "/me/flare/over/"
HOUR = timedelta(hours=1)


@pytest.fixture
def runner(ana, now):
    known(ana, now)
    ask(ana, now - timedelta(days=30))
    return ana


@pytest.fixture
def phone(runner, sign_in, time_machine, now):
    time_machine.move_to(now)
    return sign_in(runner)


def post(phone, *yes, **more):
    return phone.post(FLARE, ticks(*yes, browser=phone, url=FLARE + "?again", **more))


def test_the_day_page_leads_to_the_flare_check(phone):
    assert f'href="{FLARE}"' in phone.get("/me/").content.decode()
    page = phone.get(FLARE).content.decode()
    assert "My knee is angry today" in page and " checked" not in page


def test_a_flare_without_a_red_flag_excuses_the_days_and_tells_the_coach(phone, runner, now):
    assert post(phone, pain_nrs="6").url == FLARE
    pause = Pause.objects.get(client=runner)
    assert (pause.kind, pause.starts_on, pause.ends_on) == ("flare", now.date(), None)
    runner.refresh_from_db()
    assert runner.status == "active"  # the plan for flares runs
    alarm = Alarm.objects.get(client=runner)
    assert alarm.kind == "flare" and "6 of 10" in alarm.because
    assert Message.objects.filter(kind="alarm").count() == 1
    assert RedFlagCheck.objects.order_by("-pk").first().source == "flare"
    told = phone.get(FLARE).content.decode()
    assert "Running, jumping and deep bending are off" in told and 'href="tel:112"' in told


def test_no_number_is_not_a_zero(phone, runner):
    post(phone)
    assert "No number was given" in Alarm.objects.get(client=runner).because


@pytest.mark.parametrize("flag, reason", [("locked_knee", "stop_urgent"), ("giving_way", "refer")])
def test_a_red_flag_leads_to_care_and_starts_no_flare(phone, runner, now, flag, reason):
    assert post(phone, flag).url == FLARE
    assert phone.get(FLARE).url == reverse("assessments:red_flags")
    assert stands(runner, now) == reason
    assert not Pause.objects.exists()
    assert [alarm.kind for alarm in Alarm.objects.all()] == ["red_flag"]


def test_a_pain_of_eight_is_a_yes_by_itself(phone, runner, now):
    post(phone, pain_nrs="8")
    assert stands(runner, now) == "refer"


def test_a_double_tap_is_one_report(phone, runner):
    posted = ticks(browser=phone, url=FLARE, pain_nrs="5")
    for _ in range(2):
        assert phone.post(FLARE, posted).url == FLARE
    assert Pause.objects.count() == Alarm.objects.count() == 1


def test_a_report_while_a_flare_is_on_is_told_and_goes_on_with_it(phone):
    post(phone, pain_nrs="4")
    post(phone, pain_nrs="6")
    assert (Pause.objects.count(), Alarm.objects.count()) == (1, 2)


def test_an_unanswered_box_is_named_and_the_rest_is_kept(phone):
    posted = ticks(browser=phone, url=FLARE, pain_nrs="5")
    del posted["none_now"]
    answer = phone.post(FLARE, posted)
    assert answer.status_code == 422 and list(answer.context["form"].errors) == ["none_now"]
    assert 'value="5" data-word' in answer.content.decode() and " checked" in answer.content.decode()
    assert not Pause.objects.exists()


def test_when_the_knee_is_calm_the_flare_ends_and_its_alarm_waits_for_a_human(phone, runner, now, time_machine):
    post(phone, pain_nrs="5")
    time_machine.move_to(now + timedelta(days=3))
    for _ in range(2):
        assert phone.post(OVER).url == reverse("front:me")
    assert Pause.objects.get(client=runner).ends_on == now.date() + timedelta(days=2)
    assert Alarm.objects.get(client=runner).acknowledged_at is None


def test_an_old_tab_opens_nothing(runner, now):
    """A form drawn before a red flag, sent after it: the flag stands, no flare begins."""
    ask(runner, now, "giving_way")
    answered = flares.report_flare(
        client=runner, answers=answers(), pain_nrs=3, by=runner.user, now=now + HOUR, form_key=uuid4(), stamp="old"
    )
    assert answered.outcome == "stale" and not Pause.objects.exists()


def test_behind_a_closed_gate_the_flare_page_says_what_stands(phone, runner, now):
    ask(runner, now, "giving_way")
    assert phone.get(FLARE).url == phone.post(FLARE, {}).url == reverse("assessments:red_flags")
