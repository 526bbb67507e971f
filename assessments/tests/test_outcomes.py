"""Outcome rounds: answered item by item by the runner or her coach, finished once, shown with their gaps."""

from datetime import timedelta

import pytest
import time_machine

from assessments import outcomes as reading
from assessments.domain.outcomes import outcomes
from assessments.models import Intake, OutcomeReport
from assessments.services import outcomes as services
from assessments.tests.people import finished, known
from clients.consent import withdraw_consent
from clients.models import Pause

DAY = timedelta(days=1)
AKPS = outcomes().measure["akps"]
BEST = {item.field: max(option.points for option in item.options) for item in AKPS.items}
EXAMPLE = dict(zip(BEST, [3, 5, 5, 8, 4, 6, 7, 4, 8, 8, 10, 5, 5], strict=True))


def answer(client, now, answers: dict, measure: str = "akps", by=None) -> services.Saved:
    changes = {field: (None, value) for field, value in answers.items()}
    return services.save_answers(client=client, measure=measure, changes=changes, by=by or client.user, now=now)


def round_of(client, now, answers: dict = EXAMPLE, measure: str = "akps", by=None) -> OutcomeReport:
    answer(client, now, answers, measure, by)
    return services.finish(client=client, measure=measure, by=by or client.user, now=now)


def posted(answers: dict, **fields) -> dict:
    """What a browser sends from a page on which nothing was answered yet."""
    return {f"was-{field}": "" for field in answers} | {field: str(value) for field, value in answers.items()} | fields


# --- answering --------------------------------------------------------------------------------------------------------


def test_there_is_no_total_before_the_thirteenth_answer(ana, now):
    known(ana, now)
    twelve = {field: points for field, points in EXAMPLE.items() if field != "akps_pain"}
    assert answer(ana, now, twelve).report.total is None
    with pytest.raises(services.Incomplete) as problem:
        services.finish(client=ana, measure="akps", by=ana.user, now=now)
    assert problem.value.fields == ("akps_pain",)
    answer(ana, now, {"akps_pain": 8})
    report = services.finish(client=ana, measure="akps", by=ana.user, now=now)
    assert (report.total, report.entered_by) == (78, ana.user)


def test_incomplete_answers_resume_on_another_day(ana, now, sign_in):
    known(ana, now)
    answer(ana, now, {"akps_limp": 0, "akps_support": 5})
    page = sign_in(ana).get("/me/outcomes/akps/").content.decode()
    assert page.count(" checked>") == 2
    assert '<b class="num">2</b> of 13 answered' in page


def test_nothing_is_chosen_beforehand(ana, now, sign_in):
    known(ana, now)
    for measure in ("akps", "pain_nrs"):
        assert " checked" not in sign_in(ana).get(f"/me/outcomes/{measure}/").content.decode()


def test_one_press_saves_one_answer(ana, now, sign_in):
    known(ana, now)
    response = sign_in(ana).post(
        "/me/outcomes/akps/",
        {"item": "akps_limp", "akps_limp": "3", "was-akps_limp": ""},
        headers={"HX-Request": "true"},
    )
    html = response.content.decode()
    assert 'id="oc-state"' in html and 'id="was-akps_limp"' in html and 'value="3"' in html
    assert OutcomeReport.objects.get().answers == {"akps_limp": 3}


def test_an_answer_can_be_taken_back(ana, now, sign_in):
    known(ana, now)
    answer(ana, now, {"akps_limp": 3, "akps_pain": 8})
    sign_in(ana).post("/me/outcomes/akps/", {"item": "akps_limp", "was-akps_limp": "3"})
    assert OutcomeReport.objects.get().answers == {"akps_pain": 8}


def test_without_script_one_button_saves_the_page_and_another_one_ends_it(ana, now, sign_in):
    known(ana, now)
    phone = sign_in(ana)
    some = {"akps_limp": 5, "akps_pain": 8}
    assert phone.post("/me/outcomes/akps/", posted(some)).status_code == 302
    assert OutcomeReport.objects.get().answers == some
    response = phone.post("/me/outcomes/akps/", posted(some, finish="1"), follow=True)
    assert "11 questions are still open" in response.content.decode()
    rest = {field: points for field, points in EXAMPLE.items() if field not in some}
    response = phone.post("/me/outcomes/akps/", posted(rest, finish="1"), follow=True)
    report = OutcomeReport.objects.get()
    assert report.total == sum((EXAMPLE | some).values()) and "80" in response.content.decode()


def test_a_second_done_finds_the_round_closed(ana, now):
    known(ana, now)
    report = round_of(ana, now)
    again = services.finish(client=ana, measure="akps", by=ana.user, now=now)
    assert (again.pk, OutcomeReport.objects.count()) == (report.pk, 1)


def test_a_page_sent_twice_without_script_is_one_round(ana, now, sign_in):
    known(ana, now)
    for measure, said in (("akps", EXAMPLE), ("pain_nrs", {"pain_worst_7d": 4})):
        for _ in range(2):
            assert sign_in(ana).post(f"/me/outcomes/{measure}/", posted(said, finish="1")).status_code == 302
        assert OutcomeReport.objects.get(measure=measure).answers == said


def test_two_screens_never_overwrite_each_other_silently(ana, now, sign_in):
    known(ana, now)
    phone, desk = sign_in(ana), sign_in(ana.coach)
    desk.post(f"/clients/{ana.pk}/outcomes/akps/", {"akps_limp": "3", "was-akps_limp": ""})
    response = phone.post(
        "/me/outcomes/akps/", {"akps_limp": "0", "was-akps_limp": "", "akps_pain": "8", "was-akps_pain": ""}
    )
    assert response.status_code == 409 and "another screen" in response.content.decode()
    assert OutcomeReport.objects.get().answers == {"akps_limp": 3, "akps_pain": 8}
    response = phone.post(
        "/me/outcomes/akps/",
        {"item": "akps_limp", "akps_limp": "5", "was-akps_limp": ""},
        headers={"HX-Request": "true"},
    )
    assert response.headers["HX-Refresh"] == "true"
    assert OutcomeReport.objects.get().answers["akps_limp"] == 3


def test_the_same_answer_on_two_screens_is_no_conflict(ana, now):
    known(ana, now)
    answer(ana, now, {"akps_limp": 3})
    assert not answer(ana, now, {"akps_limp": 3}).conflicts


@pytest.mark.parametrize("typed", ["4", "-1", "x", "3.0", "٣", "9" * 400])
def test_what_the_scale_does_not_offer_changes_nothing(ana, now, sign_in, typed):
    known(ana, now)
    response = sign_in(ana).post("/me/outcomes/akps/", {"akps_limp": typed, "akps_pain": "8", "was-akps_pain": ""})
    assert response.status_code == 422
    assert not OutcomeReport.objects.exists()


def test_pain_is_kept_in_numbers_that_are_not_summed_and_may_be_left_out(ana, now, sign_in):
    known(ana, now)
    phone = sign_in(ana)
    response = phone.post("/me/outcomes/pain_nrs/", posted({"pain_worst_7d": 6, "pain_usual_7d": 0}, finish="1"))
    report = OutcomeReport.objects.get()
    assert response.status_code == 302 and report.answered_at
    assert (report.total, report.answers) == (None, {"pain_worst_7d": 6, "pain_usual_7d": 0})


def test_an_empty_page_of_pain_is_no_round(ana, now, sign_in):
    known(ana, now)
    sign_in(ana).post("/me/outcomes/pain_nrs/", {"finish": "1"})
    assert not OutcomeReport.objects.exists()


def test_only_totals_are_taken_of_measures_under_licence(ana, now, sign_in):
    known(ana, now)
    desk = sign_in(ana.coach)
    assert desk.get(f"/clients/{ana.pk}/outcomes/koos_pf/").status_code == 404
    assert desk.post(f"/clients/{ana.pk}/outcomes/lefs/total/", {"total": "81"}).status_code == 422
    desk.post(f"/clients/{ana.pk}/outcomes/lefs/total/", {"total": "61"})
    desk.post(f"/clients/{ana.pk}/outcomes/lefs/total/", {"total": "62"})  # corrects it
    assert [(each.total, each.measure) for each in OutcomeReport.objects.all()] == [(62, "lefs")]
    assert desk.post(f"/clients/{ana.pk}/outcomes/akps/total/", {"total": "62"}).status_code == 404


def test_without_consent_nothing_is_kept(ana, now, sign_in):
    known(ana, now)
    withdraw_consent(client=ana, now=now)
    response = sign_in(ana).post("/me/outcomes/akps/", posted(EXAMPLE))
    assert response.status_code == 409 and not OutcomeReport.objects.exists()
    assert reading.round_due(ana, now) is None


# --- when -------------------------------------------------------------------------------------------------------------


def test_the_round_is_offered_from_its_day_and_ends_with_both_parts(ana, now):
    finished(ana, now)
    assert reading.round_due(ana, now).name == "first"
    round_of(ana, now, {"pain_worst_7d": 5}, "pain_nrs")
    assert reading.round_due(ana, now).next_measure == "akps"
    round_of(ana, now)
    assert reading.round_due(ana, now) is None
    assert reading.round_due(ana, now + 27 * DAY) is None
    assert reading.round_due(ana, now + 28 * DAY).name == "4-week"


def test_the_day_is_the_runners_own(maya, now):
    from clients.tests.people import make_client

    far = make_client(maya, "Kiri Tane", time_zone="Pacific/Auckland")
    finished(far, now)  # Wednesday 23:00 there
    assert reading.start_of(far) == far.local_date(now)
    evening = now + 27 * DAY + timedelta(hours=2)  # Tuesday in London, already Wednesday 01:00 there
    round_of(far, now)
    round_of(far, now, {"pain_worst_7d": 5}, "pain_nrs")
    assert reading.round_due(far, now + 27 * DAY) is None
    assert reading.round_due(far, evening).due.week == 4


def test_a_late_answer_belongs_to_its_week_and_a_second_one_to_none(ana, now):
    finished(ana, now)
    assert round_of(ana, now + 5 * DAY).week == 0
    assert round_of(ana, now + 40 * DAY).week == 4
    assert round_of(ana, now + 41 * DAY).week is None
    assert round_of(ana, now + 44 * DAY).week == 8


def test_who_is_paused_is_not_asked(ana, now):
    finished(ana, now)
    Pause.objects.create(client=ana, kind="holiday", starts_on=ana.local_date(now))
    assert reading.round_due(ana, now) is None


def test_before_the_first_test_the_intake_starts_the_clock(ana, now):
    known(ana, now)
    assert reading.round_due(ana, now) is None
    Intake.objects.create(client=ana, submitted_at=now)
    assert reading.round_due(ana, now).due.week == 0


def test_not_now_takes_it_off_her_page_for_a_few_days(ana, now, sign_in):
    with time_machine.travel(now, tick=False):
        finished(ana, now)
        phone = sign_in(ana)
        assert "your first questions" in phone.get("/me/").content.decode()
        phone.post("/me/outcomes/later/")
        assert "your first questions" not in phone.get("/me/").content.decode()
    with time_machine.travel(now + 3 * DAY, tick=False):
        assert "your first questions" in phone.get("/me/").content.decode()


def test_due_rounds_of_many_cost_as_much_as_of_one(maya, now, django_assert_num_queries):
    from clients.tests.people import make_client

    runners = [make_client(maya, f"Runner {n}") for n in range(4)]
    for runner in runners:
        finished(runner, now)
    today = {runner.pk: runner.local_date(now) for runner in runners}
    with django_assert_num_queries(5):
        assert len(reading.rounds_due(runners, today)) == 4


# --- what came out ----------------------------------------------------------------------------------------------------


def test_the_change_is_told_with_no_more_than_its_threshold_allows(ana, now):
    finished(ana, now)
    round_of(ana, now)  # 78
    round_of(ana, now + 28 * DAY, EXAMPLE | {"akps_running": 10, "akps_sitting": 10})  # 88
    [akps] = reading.trends_of(ana, now + 28 * DAY)
    assert akps.words == "78 at first, 88 now: 10 points up, important change."
    round_of(ana, now + 56 * DAY, EXAMPLE | {"akps_running": 10, "akps_sitting": 10, "akps_jumping": 10})  # 91
    [akps] = reading.trends_of(ana, now + 56 * DAY)
    assert akps.words == "78 at first, 91 now: 13 points up, clearly beyond measurement error."
    assert "important change, +10, is 88" in akps.chart and "clearly beyond measurement error, +13, is 91" in akps.chart


def test_a_missing_round_is_a_gap_in_the_line_and_a_row_in_the_table(ana, now):
    finished(ana, now)
    round_of(ana, now)
    round_of(ana, now + 56 * DAY)
    [akps] = reading.trends_of(ana, now + 56 * DAY)
    assert akps.chart.count('class="gap"') == 1 and " L" not in akps.chart.split('class="line" d="')[1].split('"')[0]
    assert [row[2] for row in akps.rows] == ["78", "no answer", "78"]
    assert "1 round without an answer" in akps.chart


def test_pain_during_a_run_has_no_threshold_of_its_own(ana, now):
    finished(ana, now)
    round_of(ana, now, {"pain_worst_7d": 6, "pain_during_run": 6}, "pain_nrs")
    round_of(ana, now + 28 * DAY, {"pain_worst_7d": 4, "pain_during_run": 4}, "pain_nrs")
    worst, during = reading.trends_of(ana, now + 28 * DAY)
    assert "a meaningful change" in worst.words and "a meaningful change" not in during.words + during.chart


@pytest.mark.parametrize(
    "months, akps, told", [(14, None, True), (3, None, False), (None, EXAMPLE, False), (None, EXAMPLE | {"akps_pain": 0, "akps_jumping": 0}, True)]
)  # fmt: skip
def test_a_longer_way_is_worth_a_talk(ana, now, sign_in, months, akps, told):
    known(ana, now)
    Intake.objects.create(client=ana, submitted_at=now, answers={} if months is None else {"symptom_months": months})
    if akps:
        round_of(ana, now, akps)
    assert (reading.slow_recovery_of(ana, now) is not None) is told
    coachs = sign_in(ana.coach).get(f"/clients/{ana.pk}/outcomes/").content.decode()
    hers = sign_in(ana).get("/me/outcomes/").content.decode()
    assert ("55% not fully recovered" in coachs) is told and "55%" not in hers
    assert ("takes its time" in hers) is told


def test_who_answered_and_what_is_not_licensed_stand_on_the_coachs_page(ana, now, sign_in):
    finished(ana, now)
    round_of(ana, now, by=ana.coach.user)
    page = sign_in(ana.coach).get(f"/clients/{ana.pk}/outcomes/").content.decode()
    assert "<td>Maya" in page
    assert (
        "Permission not confirmed" in page
        and "Permission not confirmed" not in sign_in(ana).get("/me/outcomes/").content.decode()
    )


def test_every_finished_round_is_an_event(ana, now):
    finished(ana, now)
    round_of(ana, now)
    answer(ana, now + DAY, {"akps_limp": 3})  # open: no event
    [event] = reading.outcome_events(ana)
    assert (event.text, event.title) == ("78 of 100 (start)", "Anterior Knee Pain Scale (Kujala)")
