"""The weekly check and the phase check: by the runner or her coach, kept once, read by the planning."""

from datetime import timedelta

import pytest
import time_machine

from assessments.models import Intake
from assessments.tests.people import ask, known
from clients.consent import withdraw_consent
from clients.models import Pause
from clients.services.pausing import start_pause
from clients.tests.people import make_client
from programs import checking
from programs.check_forms import goal_field
from programs.models import MorningAnswer, PhaseCheck, WeekAnswer, WeeklyCheck
from programs.services import checks as services
from programs.services import planning
from programs.tests.people import planned

DAY = timedelta(days=1)
WEEK = "2026-W47"  # of the fixture's Wednesday


def posted(**fields) -> dict:
    return {"week": WEEK, "seen": ""} | fields


def save(client, now, *, seen: str = "", barrier: str = "", **answers) -> WeeklyCheck | None:
    week = f"{client.local_date(now):%G-W%V}"
    return services.save_week(
        client=client, week=week, answers=answers, barrier=barrier, seen=seen, by=client.user, now=now
    )


# --- the weekly check -------------------------------------------------------------------------------------------------


def test_a_week_is_answered_in_one_go_and_every_answer_may_be_left_out(ana, now, sign_in):
    known(ana, now, goals=["The river loop", "Stairs like before"])
    with time_machine.travel(now, tick=False):
        phone = sign_in(ana)
        page = phone.get("/me/week/").content.decode()
        assert " checked" not in page and "The river loop" in page
        response = phone.post("/me/week/", posted(
            daily_nrs="2", did_not_walk="on", ill="no", barrier="no_time", **{goal_field("The river loop"): "6"}
        ))  # fmt: skip
    assert response.status_code == 302
    check = WeeklyCheck.objects.get()
    assert check.answers == {"daily_nrs": 2, "walk30_nrs": "did_not_walk", "ill": False, "goals": {"The river loop": 6}}
    assert (check.week, check.answered_by) == (WEEK, ana.user)
    assert WeekAnswer.objects.get().barrier == "no_time"


def test_saying_it_twice_is_saying_it_once(ana, now, sign_in):
    known(ana, now)
    with time_machine.travel(now, tick=False):
        phone = sign_in(ana)
        for _ in range(2):
            assert phone.post("/me/week/", posted(daily_nrs="2")).status_code == 302
    assert WeeklyCheck.objects.get().answers == {"daily_nrs": 2}


def test_until_the_week_ends_it_may_be_changed_and_then_it_stands(ana, now, sign_in):
    known(ana, now)
    check = save(ana, now, daily_nrs=2)
    sunday = now + 4 * DAY
    with time_machine.travel(sunday, tick=False):
        phone = sign_in(ana)
        assert phone.post("/me/week/", posted(daily_nrs="4", seen=checking.stamp_of(check))).status_code == 302
    with time_machine.travel(sunday + DAY, tick=False):
        response = phone.post("/me/week/", posted(daily_nrs="9", ill="yes"))
        assert response.status_code == 409 and "That week is over" in response.content.decode()
        assert WeeklyCheck.objects.get().answers == {"daily_nrs": 4}
        form = response.context["form"]
        assert (form["week"].value(), form["daily_nrs"].value(), form["ill"].value()) == ("2026-W48", "9", "yes")
        phone.post("/me/week/", form.data.dict())
    assert WeeklyCheck.objects.get(week="2026-W48").answers == {"daily_nrs": 9, "ill": True}
    assert WeeklyCheck.objects.get(week=WEEK).answers == {"daily_nrs": 4}


def test_the_week_is_the_runners_own(maya, now):
    far = known(make_client(maya, "Kiri Tane", time_zone="Pacific/Auckland"), now)
    sunday_noon = now + 4 * DAY + timedelta(hours=2)  # already Monday in Auckland
    assert save(far, sunday_noon, daily_nrs=1).week == "2026-W48"
    with pytest.raises(services.WeekOver):
        services.save_week(
            client=far, week=WEEK, answers={"daily_nrs": 1}, barrier="", seen="", by=far.user, now=sunday_noon
        )


def test_two_screens_do_not_overwrite_each_other_silently(ana, now, sign_in):
    known(ana, now)
    save(ana, now, daily_nrs=2)
    with time_machine.travel(now, tick=False):
        response = sign_in(ana.coach).post(f"/clients/{ana.pk}/week/", posted(daily_nrs="5"))
        html = response.content.decode()
        assert response.status_code == 409 and "another screen" in html
        assert WeeklyCheck.objects.get().answers == {"daily_nrs": 2}
        stamp = checking.stamp_of(WeeklyCheck.objects.get())
        assert stamp in html, "what was typed can be sent again, knowingly"
        sign_in(ana.coach).post(f"/clients/{ana.pk}/week/", posted(daily_nrs="5", seen=stamp))
    assert WeeklyCheck.objects.get().answers == {"daily_nrs": 5}
    assert WeeklyCheck.objects.get().answered_by == ana.coach.user


def test_a_number_and_did_not_walk_is_asked_back(ana, now, sign_in):
    known(ana, now)
    with time_machine.travel(now, tick=False):
        response = sign_in(ana).post("/me/week/", posted(walk30_nrs="3", did_not_walk="on"))
    assert response.status_code == 422 and not WeeklyCheck.objects.exists()


def test_an_empty_week_is_no_answer(ana, now):
    known(ana, now)
    assert save(ana, now) is None and not WeeklyCheck.objects.exists()


def test_without_consent_nothing_is_kept(ana, now):
    known(ana, now)
    withdraw_consent(client=ana, now=now)
    with pytest.raises(services.ConsentMissing):
        save(ana, now, daily_nrs=2)


def test_the_tag_for_a_very_sore_knee_follows_the_newest_answer(ana, now):
    known(ana, now, tags=["kneeling_intolerance"])
    save(ana, now, worst_24h_nrs=6)
    ana.refresh_from_db()
    assert ana.tags == ["kneeling_intolerance", "acute_pain_gt5"]
    save(ana, now + 7 * DAY, daily_nrs=2)  # the worst pain was not answered: the tag stands
    ana.refresh_from_db()
    assert "acute_pain_gt5" in ana.tags
    save(ana, now + 14 * DAY, worst_24h_nrs=5)
    ana.refresh_from_db()
    assert ana.tags == ["kneeling_intolerance"]


def test_the_plan_starts_from_the_newest_week_and_says_of_which_day(ana, now):
    calm = {"worst_24h_nrs": 2, "daily_nrs": 1, "stairs_nrs": 1, "walk30_nrs": 0}
    known(ana, now)
    Intake.objects.create(client=ana, submitted_at=now - 30 * DAY, answers=calm | {"run_minutes_ok": 20})
    assert planning.ground_of(ana).phase.value == 2
    save(ana, now, **calm | {"stairs_nrs": 6})
    ground = planning.ground_of(ana)
    assert ground.phase.value == 1 and "stairs" in ground.phase.because
    assert ground.answered_on == ana.local_date(now)
    save(ana, now + 7 * DAY, daily_nrs=1)  # the rest is not known now
    assert planning.ground_of(ana).phase.value == 1


def test_the_day_of_the_weekly_note_offers_it(ana, now, sign_in):
    planned(ana, now)
    sunday = now + 4 * DAY
    assert not checking.asks_week(ana, now)
    assert checking.asks_week(ana, sunday)
    with time_machine.travel(sunday, tick=False):
        assert "Your week, in twenty seconds" in sign_in(ana).get("/me/").content.decode()
    save(ana, sunday, daily_nrs=1)
    assert not checking.asks_week(ana, sunday)


def test_who_is_away_is_not_asked(ana, now):
    planned(ana, now)
    Pause.objects.create(client=ana, kind="holiday", starts_on=ana.local_date(now))
    assert not checking.asks_week(ana, now + 4 * DAY)


def test_the_coach_reads_sleep_and_illness_of_the_weeks_before(ana, now, sign_in):
    known(ana, now)
    save(ana, now - 7 * DAY, slept_badly=True, ill=False)
    with time_machine.travel(now, tick=False):
        page = sign_in(ana.coach).get(f"/clients/{ana.pk}/week/").content.decode()
    assert "Slept badly for three nights" in page
    assert checking.weekly_checks(ana)[0].answers["slept_badly"] is True


# --- the phase check --------------------------------------------------------------------------------------------------


def change(value, was=None):
    return was, value


@pytest.fixture
def program(ana, now):
    return planned(ana, now - 28 * DAY)


def test_values_are_kept_one_by_one_and_the_check_resumes(program, ana, now, sign_in):
    with time_machine.travel(now, tick=False):
        phone, desk = sign_in(ana), sign_in(ana.coach)
        field = {"item": "bridge_reps-left-value", "bridge_reps-left-value": "17", "was-bridge_reps-left-value": ""}
        html = phone.post("/me/phase-check/", field, headers={"HX-Request": "true"}).content.decode()
        assert 'id="was-bridge_reps-left-value"' in html and 'value="17"' in html
        desk.post(f"/clients/{ana.pk}/phase-check/", {"bridge_reps-left-pain": "1", "was-bridge_reps-left-pain": ""})
        page = desk.get(f"/clients/{ana.pk}/phase-check/").content.decode()
    assert PhaseCheck.objects.get().answers == {"bridge_reps": {"left": {"value": 17, "pain": 1}}}
    assert 'value="17"' in page


def test_what_no_test_can_give_changes_nothing(program, ana, now, sign_in):
    with time_machine.travel(now, tick=False):
        for name, typed in (
            ("bridge_reps-left-value", "12.5"),
            ("side_plank_s-left-value", "4000"),
            ("bridge_reps-left-pain", "11"),
        ):
            response = sign_in(ana.coach).post(f"/clients/{ana.pk}/phase-check/", {name: typed, f"was-{name}": ""})
            assert (response.status_code == 422 and typed in response.content.decode()) or name.endswith("pain")
    assert not PhaseCheck.objects.exists()


def test_a_field_that_saves_itself_says_what_is_wrong_and_keeps_what_stood(program, ana, now, sign_in):
    name = "bridge_reps-left-value"
    with time_machine.travel(now, tick=False):
        response = sign_in(ana).post(
            "/me/phase-check/", {"item": name, name: "many", f"was-{name}": ""}, headers={"HX-Request": "true"}
        )
    assert response.status_code == 422
    assert 'id="pc-state"' in response.content.decode() and "Write a number" in response.content.decode()


def test_two_screens_never_overwrite_a_value_silently(program, ana, now):
    key = ("bridge_reps", "left", "value")
    services.save_readings(program=program, changes={key: change(17)}, by=ana.user, now=now)
    saved = services.save_readings(program=program, changes={key: change(12)}, by=ana.coach.user, now=now)
    assert saved.conflicts == (key,)
    assert PhaseCheck.objects.get().answers["bridge_reps"]["left"]["value"] == 17
    services.save_readings(program=program, changes={key: change(None, was=17)}, by=ana.user, now=now)
    assert PhaseCheck.objects.get().answers == {}


def test_a_closed_check_is_a_fact_and_signs_nothing(program, ana, now, sign_in):
    services.save_readings(
        program=program, changes={("bridge_reps", "left", "value"): change(17)}, by=ana.user, now=now
    )
    closed = services.close_check(program=program, by=ana.user, now=now)
    assert services.close_check(program=program, by=ana.user, now=now) == closed  # a second tap
    program.refresh_from_db()
    assert program.phase == 2
    with time_machine.travel(now, tick=False):
        page = sign_in(ana.coach).get(f"/clients/{ana.pk}/phase-check/").content.decode()
    assert "left 17, pain not answered" in page and "Nothing is signed by this page" in page
    with pytest.raises(services.NothingTested):
        services.close_check(program=program, by=ana.user, now=now + DAY)


def test_a_check_of_another_phase_is_closed_when_the_phase_has_moved_on(program, ana, now):
    services.save_readings(
        program=program, changes={("bridge_reps", "left", "value"): change(17)}, by=ana.user, now=now
    )
    program.phase = 3
    services.save_readings(
        program=program, changes={("pogo_hop_sets", "both", "value"): change(3)}, by=ana.user, now=now
    )
    assert [(each.phase, each.closed_at is None) for each in PhaseCheck.objects.order_by("phase")] == [
        (2, False),
        (3, True),
    ]


def test_the_tests_are_offered_when_the_rest_is_met(program, ana, now, sign_in):
    today = ana.local_date(now)
    assert not checking.offers_phase_check(program, now)
    for n in range(10):
        MorningAnswer.objects.create(
            client=ana, day=today - n * DAY, morning_nrs=1, time_zone=ana.time_zone, answered_at=now
        )
    assert checking.offers_phase_check(program, now)
    with time_machine.travel(now, tick=False):
        assert "Ready for the phase check" in sign_in(ana).get("/me/").content.decode()
    services.save_readings(
        program=program, changes={("bridge_reps", "left", "value"): change(17)}, by=ana.user, now=now
    )
    services.close_check(program=program, by=ana.user, now=now)
    assert not checking.offers_phase_check(program, now + 6 * DAY)


def test_nobody_is_tested_while_a_red_flag_stands(program, ana, now, sign_in):
    ask(ana, now, "giving_way")
    with time_machine.travel(now, tick=False):
        for browser, address in (
            (sign_in(ana), "/me/phase-check/"),
            (sign_in(ana.coach), f"/clients/{ana.pk}/phase-check/"),
        ):
            assert "bridge_reps-left-value" not in browser.get(address).content.decode()
            field = {"bridge_reps-left-value": "17", "was-bridge_reps-left-value": ""}
            assert browser.post(address, field).status_code == 302
    assert not PhaseCheck.objects.exists()


@pytest.mark.parametrize(
    ("kind", "is_tested"), [(Pause.Kind.FLARE, False), (Pause.Kind.ILLNESS, False), (Pause.Kind.HOLIDAY, True)]
)
def test_who_is_ill_or_has_a_flare_is_not_tested(program, ana, now, sign_in, kind, is_tested):
    start_pause(client=ana, kind=kind, starts_on=ana.local_date(now), by=ana.user, now=now)
    with time_machine.travel(now, tick=False):
        for browser, address in (
            (sign_in(ana), "/me/phase-check/"),
            (sign_in(ana.coach), f"/clients/{ana.pk}/phase-check/"),
        ):
            assert ("bridge_reps-left-value" in browser.get(address).content.decode()) is is_tested
            field = {"bridge_reps-left-value": "17", "was-bridge_reps-left-value": ""}
            assert browser.post(address, field).status_code == 302
    assert PhaseCheck.objects.exists() is is_tested


def test_a_runner_reads_kind_words(program, ana, now, sign_in):
    services.save_readings(
        program=program, by=ana.user, now=now,
        changes={("bridge_reps", side, part): change(3 if part == "value" else 0) for side in ("left", "right") for part in ("value", "pain")},
    )  # fmt: skip
    with time_machine.travel(now, tick=False):
        page = sign_in(ana).get("/me/phase-check/").content.decode()
    assert "On the way" in page and "Not met" not in page and "R-P3" not in page


def test_without_a_plan_there_is_no_phase(ana, sign_in):
    assert "No phase yet" in sign_in(ana.coach).get(f"/clients/{ana.pk}/phase-check/").content.decode()
    assert sign_in(ana).get("/me/phase-check/").status_code == 302


def test_weeks_in_a_phase_count_from_the_plan_that_moved_on_to_it(program, ana, now):
    assert checking.phase_since(program) == program.starts_on
    assert checking.facts_of(program, now).weeks_in_phase == 4


def test_every_check_is_an_event(program, ana, now):
    save(ana, now, daily_nrs=2)
    services.save_readings(
        program=program, changes={("bridge_reps", "left", "value"): change(17)}, by=ana.user, now=now
    )
    services.close_check(program=program, by=ana.user, now=now + DAY)
    assert [(event.kind, event.text) for event in checking.check_events(ana)] == [
        ("phase", "0 of 6 tests met"),
        ("week", "In daily life, on most days: 2 of 10"),
    ]
