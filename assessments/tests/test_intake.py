"""The runner fills in five short pages, leaves when she likes, and loses nothing."""

import re
from datetime import date
from pathlib import Path

import pytest
import yaml
from django.conf import settings
from django.urls import reverse

from assessments import domain
from assessments.forms.fields import PaceField
from assessments.forms.intake import BOTHERS, PAGES, KneePage, minutes_left, questions_on, seconds_for
from assessments.models import Intake, RedFlagCheck
from assessments.queries import intake_answers
from assessments.services.intake import tags_of
from assessments.tests.people import ask, stands, ticks
from clients.consent import has_consent
from clients.models import Consent
from clients.vocabulary import COMPUTED_TAGS, TAGS
from studio.outbox.kinds import kind_of
from studio.outbox.models import Message

DOMAIN = Path(domain.__file__).parent
INTAKE = "/me/intake/"
YOU = {"born_on": "1990-04-23", "sex_for_norms": "female", "height_cm": "171", "body_mass_kg": "63,5", "consent": "on"}
KNEE = {
    "painful_side": "right",
    "story": "It aches going downstairs.",
    "onset": "gradual",
    "symptom_months": "7",
    "pain_map": ["right_kneecap", "right_thigh", "left_outer_side"],
    "worst_24h_nrs": "4",
    "daily_nrs": "2",
    "stairs_nrs": "3",
    "squat_nrs": "",
    "walk30_not_done": "on",
    "previous_injury": "yes",
    "injuries": "Achilles, 2021",
}
HEALTH = {
    "knee_surgery": "no",
    "surgery": "",
    "previous_bone_stress_injury": "yes",
    "bone_stress": "Left shin, 2019",
    "medicines": ["diabetes"],
    "energy_screen": ["none"],
}
RUNNING = {
    "run_minutes_ok": "20",
    "longest_30d_min": "35",
    "longest_run_last_30d_km": "6",
    "longest_run_last_14d_km": "5,5",
    "weekly_km_last_4": "14",
    "running_years": "4",
    "easy_pace": "6:15",
    "recent_changes": ["hills", "shoes"],
    "footwear_model": "Any brand 3",
    "shoe_km": "420",
    "heel_drop_mm": "8",
    "orthoses": "no",
    "runs_per_week": "3",
    "hard_run_days": ["sun"],
    "weekly_goal_min": "150",
    "goal_race_on": "2027-05-02",
    "goal_race_km": "21,1",
    "goals": ["Run on trails again", "", "Stairs without thinking"],
}
WEEK = {
    "weekdays": ["mon", "wed", "sat"],
    "minutes": "30",
    "if_then_cue": "After work",
    "if_then_place": "In the living room",
    "kit": ["wall", "chair"],
    "tools": ["tape", "phone"],
    "bothers": ["kneeling_intolerance"],
    "pregnancy": "no",
    "sleep_hours": "6.5",
    "sleep_quality_0_10": "4",
    "stress_0_10": "7",
    "fear_of_movement_0_10": "0",
}


def page(slug: str) -> str:
    return reverse("assessments:intake_page", kwargs={"page": slug})


@pytest.fixture
def phone(ana, sign_in, time_machine, now):
    time_machine.move_to(now)
    return sign_in(ana)


def fill(phone, *slugs: str, **changed) -> None:
    """Fill in these pages as a person would, each without an error."""
    filled = {"you": YOU, "knee": KNEE, "health": HEALTH, "running": RUNNING, "week": WEEK} | changed
    for slug in slugs or PAGES:
        posted = filled[slug] | (ticks(browser=phone, url=page(slug)) if slug == "health" else {})
        answer = phone.post(page(slug), posted)
        assert answer.status_code == 302, (slug, answer.context["form"].errors)


def answers_of(client) -> dict:
    return Intake.objects.get(client=client).answers


def test_five_pages_become_the_runners_record(phone, ana):
    ana.tags = ["overhead", "impact"]  # noted by the coach, and worked out before
    ana.save()
    fill(phone)
    ana.refresh_from_db()
    assert (ana.born_on, ana.sex_for_norms, ana.painful_side) == (date(1990, 4, 23), "female", "right")
    assert (ana.weekdays, ana.minutes, ana.hard_run_days) == (["mon", "wed", "sat"], 30, ["sun"])
    assert (ana.if_then_cue, ana.if_then_place) == ("After work", "In the living room")
    assert (ana.kit, ana.tools) == (["wall", "chair"], ["tape", "phone"])
    assert ana.goals == ["Run on trails again", "Stairs without thinking"]
    assert (ana.weekly_goal_min, ana.pain_free_since) == (150, None)
    assert ana.story == "It aches going downstairs."
    assert ana.tags == ["kneeling_intolerance", "overhead"]
    message = Message.objects.get(kind="intake_done")
    assert message.to == "maya@example.com"
    letter = kind_of("intake_done").render(message)
    assert "Ana Silva" in letter.subject and f"/clients/{ana.pk}/assessments/" in letter.body
    assert "Thank you, Ana" in phone.get(INTAKE).content.decode()


def test_the_answers_keep_their_names_units_and_gaps(phone, ana):
    fill(phone)
    answers = intake_answers(ana)
    assert answers["worst_24h_nrs"] == 4 and answers["walk30_not_done"] is True
    assert (answers["run_minutes_ok"], answers["longest_30d_min"], answers["goal_race_km"]) == (20, 35, 21.1)
    assert (answers["goal_race_on"], answers["symptom_months"]) == ("2027-05-02", 7)
    assert (answers["height_cm"], answers["body_mass_kg"], answers["easy_pace"]) == (171, 63.5, 375)
    assert (answers["sleep_hours"], answers["stress_0_10"], answers["fear_of_movement_0_10"]) == (6.5, 7, 0)
    assert answers["pain_map"] == ["right_kneecap", "right_thigh", "left_outer_side"]
    missing = ("squat_nrs", "sitting_nrs", "walk30_nrs", "pain_free_since", "pregnancy_weeks")
    assert [answers[name] for name in missing] == [None] * 5, "missing is not zero"


def test_no_answer_is_chosen_beforehand(phone):
    fill(phone, "you")
    html = phone.get(page("knee")).content.decode()
    assert " checked" not in html
    fill(phone, "knee")
    assert " checked" not in phone.get(page("health")).content.decode()


def test_the_file_s_rows_are_all_asked():
    asked = {name for form in PAGES.values() for name in form.base_fields}
    renamed = {
        "age_years": "born_on",
        "symptom_duration_months": "symptom_months",
        "pain_location_map": "pain_map",
        "pain_squat": "squat_nrs",
        "pain_stairs": "stairs_nrs",
        "pain_long_sitting": "sitting_nrs",
        "sessions_per_week": "runs_per_week",
        "goal_race_date": "goal_race_on",
        "goal_race_distance_km": "goal_race_km",
        "previous_bone_stress_injury": "previous_bone_stress_injury",
        "recent_shoe_change": "recent_changes",
        "equipment": "tools",
        "medicines_conditions": "medicines",
        "consent_health_data": "consent",
    }
    elsewhere = {"akps_total", "slow_recovery_flag (computed)", "expected course"}  # an outcome measure, and its note
    rows = yaml.safe_load((DOMAIN / "intake.yaml").read_text(encoding="utf-8"))["fields"]
    names = {name.strip() for row in rows for name in row["field"].split(",")} - elsewhere
    assert {name for name in names if renamed.get(name, name) not in asked} == set()


def test_the_whole_intake_takes_less_than_ten_minutes():
    assert sum(map(seconds_for, PAGES)) < 600
    left = [minutes_left(slug) for slug in PAGES]
    assert left == sorted(left, reverse=True) and left[0] <= 10 and left[-1] >= 1


def test_a_page_says_where_one_is_and_how_long_it_still_takes(phone):
    fill(phone, "you")
    html = phone.get(page("knee")).content.decode()
    assert f"Page 2 of 5, about {minutes_left('knee')} minutes left" in html
    assert f"{questions_on('knee')} questions on this page" in html


def test_every_zone_of_the_drawing_is_a_label_of_a_box_in_the_list(phone):
    fill(phone, "you")
    html = phone.get(page("knee")).content.decode()
    zones = re.findall(r'class="pm-zone [^"]*" for="(pm-[a-z_]+)"', html)
    boxes = re.findall(r'name="pain_map" value="([a-z_]+)" id="(pm-[a-z_]+)"', html)
    assert len(zones) == 14 and sorted(zones) == sorted(box for _, box in boxes)
    assert {value for value, _ in boxes} == {value for value, _ in KneePage.base_fields["pain_map"].choices}
    css = (settings.BASE_DIR / "static/css/assessment.css").read_text(encoding="utf-8")
    assert [zone for zone in zones if f'.painmap:has(#{zone}:checked) [for="{zone}"]' not in css] == []


@pytest.mark.parametrize("typed, seconds", [("6:15", 375), ("6.05", 365), ("6", 360), ("", None)])
def test_a_pace_is_minutes_and_seconds(typed, seconds):
    assert PaceField("Pace").clean(typed) == seconds


def test_leaving_and_coming_back_goes_on_where_it_was_left(phone):
    assert phone.get(INTAKE).url == page("you")
    fill(phone, "you", "knee")
    assert phone.get(INTAKE).url == page("health")
    assert phone.get(page("week")).url == INTAKE  # not before its turn
    form = phone.get(page("knee")).context["form"]
    assert (form["story"].value(), form["worst_24h_nrs"].value()) == ("It aches going downstairs.", 4)


@pytest.mark.parametrize("act", ["later", "back"])
def test_a_page_left_half_filled_keeps_what_stood_on_it(phone, ana, act):
    fill(phone, "you")
    answer = phone.post(
        page("knee"), {"story": "Half a sent", "symptom_months": "about two", "stairs_nrs": "5", "act": act}
    )
    assert answer.status_code == 302
    form = phone.get(page("knee")).context["form"]
    assert form["story"].value() == "Half a sent"
    assert (form["symptom_months"].value(), form["stairs_nrs"].value()) == ("about two", "5")
    assert phone.get(INTAKE).url == page("knee")
    assert "story" not in answers_of(ana)


def test_typing_is_kept_without_pressing_anything(phone):
    fill(phone, "you")
    answer = phone.post(page("knee"), {"story": "Typed and gone"}, headers={"HX-Request": "true"})
    assert answer.status_code == 204
    assert "Typed and gone" in phone.get(page("knee")).content.decode()


def test_an_error_names_its_field_and_keeps_the_rest(phone, ana):
    fill(phone, "you")
    wrong = {**KNEE, "symptom_months": "999", "worst_24h_nrs": "11", "story": "Kept"}
    answer = phone.post(page("knee"), wrong)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"symptom_months", "worst_24h_nrs"}
    assert b'value="999"' in answer.content and b"Kept" in answer.content
    assert "painful_side" not in answers_of(ana)
    assert "Kept" in phone.get(page("knee")).content.decode()


@pytest.mark.parametrize(
    "slug, changed, field",
    [
        ("knee", {"painful_side": ""}, "painful_side"),
        ("knee", {"painful_side": "none"}, "painful_side"),  # and 4 of 10 today
        ("knee", {"pain_free_since": "2026-01-01"}, "pain_free_since"),  # and 4 of 10 today
        ("knee", {"pain_free_since": "2027-01-01", "worst_24h_nrs": "0"}, "pain_free_since"),
        ("knee", {"walk30_nrs": "3"}, "walk30_nrs"),  # and "not walked that long"
        ("knee", {"story": "x" * 10_000}, "story"),
        ("running", {"run_minutes_ok": "soon"}, "run_minutes_ok"),
        ("running", {"run_minutes_ok": "NaN"}, "run_minutes_ok"),
        ("running", {"run_minutes_ok": "1e400"}, "run_minutes_ok"),
        ("running", {"goal_race_on": "2026-01-01"}, "goal_race_on"),
        ("running", {"goals": "x" * 300}, "goals"),
        ("running", {"goals": ["One", "Two", "Three", "Four"]}, "goals"),
        ("running", {"easy_pace": "fast"}, "easy_pace"),
        ("running", {"easy_pace": "6:75"}, "easy_pace"),
        ("running", {"easy_pace": "0:30"}, "easy_pace"),
        ("running", {"longest_run_last_14d_km": "9"}, "longest_run_last_14d_km"),  # and 6 km in 30 days
        ("running", {"recent_changes": ["none", "hills"]}, "recent_changes"),
        ("knee", {"pain_map": ["right_elbow"]}, "pain_map"),
        ("knee", {"previous_injury": "no"}, "previous_injury"),  # and "Achilles, 2021"
        ("week", {"stress_0_10": "11"}, "stress_0_10"),
        ("week", {"sleep_hours": "25"}, "sleep_hours"),
        ("week", {"weekdays": ["mon"]}, "weekdays"),
        ("week", {"weekdays": ["mon", "someday"]}, "weekdays"),
        ("week", {"minutes": "10"}, "minutes"),
        ("week", {"minutes": ""}, "minutes"),
        ("week", {"kit": []}, "kit"),
        ("week", {"kit": ["none", "band"]}, "kit"),
        ("week", {"bothers": ["everything"]}, "bothers"),
        ("week", {"pregnancy": "no", "pregnancy_weeks": "20"}, "pregnancy"),
    ],
)
def test_what_cannot_be_is_told_beside_its_field(phone, slug, changed, field):
    order = list(PAGES)
    fill(phone, *order[: order.index(slug)])
    posted = {"knee": KNEE, "running": RUNNING, "week": WEEK}[slug] | changed
    answer = phone.post(page(slug), posted)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors


@pytest.mark.parametrize("text", ["\0 nul", "🦵 الركبة تؤلمني", "<b>bold</b>"])
def test_any_text_can_be_typed(phone, ana, text):
    fill(phone, "you")
    phone.post(page("knee"), {"story": text, "act": "later"})
    assert phone.get(page("knee")).status_code == 200
    kept = Intake.objects.get(client=ana).typed["knee"]["story"][0]
    assert kept == text.replace("\0", "")


# --- consent ---------------------------------------------------------------------------------------------------------


def test_nothing_about_health_is_asked_or_kept_before_the_consent(phone, ana):
    answer = phone.post(page("you"), {**YOU, "consent": ""})
    assert answer.status_code == 422 and "consent" in answer.context["form"].errors
    assert phone.post(page("knee"), KNEE).url == INTAKE
    assert phone.get(page("knee")).url == INTAKE
    kept = Intake.objects.get(client=ana)
    assert not kept.answers and set(kept.typed) == {"you"} and not Consent.objects.exists()


def test_the_consent_is_kept_with_its_version_and_words(phone, ana):
    fill(phone, "you")
    given = Consent.objects.get(client=ana)
    assert given.version and "I agree" in given.text and given.withdrawn_at is None
    assert "consent" not in phone.get(page("you")).context["form"].fields


def test_a_withdrawn_consent_is_asked_for_again_before_the_next_answer(phone, ana, now):
    fill(phone, "you", "knee")
    Consent.objects.update(withdrawn_at=now)
    assert not has_consent(ana)
    assert "You took back your consent" in phone.get(INTAKE).content.decode()
    refused = phone.post(page("running"), RUNNING)
    assert refused.status_code == 409 and b"Run on trails again" in refused.content  # nothing typed is lost
    assert "run_minutes_ok" not in answers_of(ana)


# --- under 16 --------------------------------------------------------------------------------------------------------


def test_under_16_the_page_says_what_to_do_and_asks_nothing_more(phone, ana, now):
    answer = phone.post(page("you"), {"born_on": "2011-01-01", "sex_for_norms": "male", "consent": "on"})
    assert answer.url == INTAKE
    html = phone.get(INTAKE).content.decode()
    assert "parent or guardian" in html and "112" in html
    ana.refresh_from_db()
    assert ana.born_on == date(2011, 1, 1)
    assert answers_of(ana) == {"born_on": "2011-01-01"} and not Consent.objects.exists()
    assert Intake.objects.get(client=ana).typed == {}
    for slug in PAGES:  # no way on, and no way back to another date
        assert phone.get(page(slug)).url == phone.post(page(slug), YOU).url == INTAKE
    assert phone.get(reverse("assessments:red_flags")).url == INTAKE
    assert stands(ana, now) not in ("clear", "caution")


def test_sixteen_is_old_enough(phone, now):
    assert phone.post(page("you"), {**YOU, "born_on": "2010-11-18"}).status_code == 302
    assert phone.get(INTAKE).url == page("knee")


# --- red flags -------------------------------------------------------------------------------------------------------


def health(phone, *yes, **items):
    posted = HEALTH | ticks(*yes, browser=phone, url=page("health"))
    for flag, ticked in items.items():
        posted[f"items_{flag}"] = ticked
        posted.pop("none_fall", None)
    return phone.post(page("health"), posted)


def test_an_urgent_yes_stops_the_intake_and_says_how_to_get_care(phone, ana, now):
    fill(phone, "you", "knee")
    assert health(phone, "chest_exertion").url == reverse("assessments:red_flags")
    html = phone.get(reverse("assessments:red_flags")).content.decode()
    assert "Stop here" in html and 'href="tel:112"' in html
    assert phone.get(INTAKE).url == phone.get(INTAKE).url == reverse("assessments:red_flags")
    assert phone.post(page("running"), RUNNING).url == INTAKE
    assert stands(ana, now) == "stop_urgent"
    assert Message.objects.filter(kind="alarm").count() == 1


def test_a_referral_is_explained_and_the_other_pages_stay_open(phone, ana, now):
    fill(phone, "you", "knee")
    assert health(phone, "giving_way").url == reverse("assessments:red_flags")
    html = phone.get(reverse("assessments:red_flags")).content.decode()
    assert "One more pair of eyes first" in html and "Go on with your answers" in html
    assert phone.get(INTAKE).url == page("running")
    fill(phone, "running", "week")
    assert Intake.objects.get(client=ana).submitted_at is not None
    assert stands(ana, now) == "refer"


def test_going_back_and_saying_no_clears_nothing(phone, ana, now):
    fill(phone, "you", "knee")
    health(phone, "giving_way")
    assert health(phone).status_code == 302
    assert stands(ana, now) == "refer"


def test_a_group_without_an_answer_is_asked_again(phone):
    fill(phone, "you", "knee")
    posted = ticks(browser=phone, url=page("health"))
    del posted["none_now"]
    answer = phone.post(page("health"), posted)
    assert answer.status_code == 422 and list(answer.context["form"].errors) == ["none_now"]
    assert not RedFlagCheck.objects.exists()


def test_none_of_these_beside_a_tick_is_a_contradiction(phone):
    fill(phone, "you", "knee")
    answer = phone.post(page("health"), ticks("locked_knee", browser=phone, url=page("health")) | {"none_now": "on"})
    assert answer.status_code == 422 and "none_now" in answer.context["form"].errors


def test_a_fall_counts_with_one_more_sign(phone, ana, now):
    fill(phone, "you", "knee")
    health(phone, trauma_ottawa=["injury_last_7_days"])
    ana.refresh_from_db()
    assert stands(ana, now) == "clear"
    health(phone, trauma_ottawa=["injury_last_7_days", "cannot_flex_90"])
    assert stands(ana, now) == "stop_urgent"


def test_what_the_age_answers_is_not_asked(phone):
    fill(phone, "you", "knee")
    asked = {flag.id for flags in phone.get(page("health")).context["form"].asked.values() for flag in flags}
    assert asked.isdisjoint({"adolescent_hip", "under_16", "over_55"})


def test_a_worst_pain_of_8_is_a_yes_that_was_already_given(phone, ana, now):
    fill(phone, "you", "knee", knee=KNEE | {"worst_24h_nrs": "8"})
    assert "already counts as a yes" in phone.get(page("health")).content.decode()
    health(phone)
    assert stands(ana, now) == "refer"


@pytest.mark.parametrize(
    "slug, corrected",
    [("knee", KNEE | {"worst_24h_nrs": "9"}), ("you", YOU | {"born_on": "1960-04-23"})],
)
def test_what_the_safety_page_rests_on_has_changed_so_it_is_asked_again(phone, ana, now, slug, corrected):
    fill(phone, "you", "knee", "health", "running")
    phone.post(page(slug), corrected)
    assert phone.get(INTAKE).url == page("health")
    assert phone.post(page("week"), WEEK).url == INTAKE
    assert phone.post(INTAKE).url == page("health")
    assert Intake.objects.get(client=ana).submitted_at is None
    health(phone)
    ana.refresh_from_db()
    assert stands(ana, now) == ("refer" if slug == "knee" else "clear")


def test_a_page_saved_again_as_it_was_asks_nothing_anew(phone):
    fill(phone, "you", "knee", "health")
    fill(phone, "you", "knee", knee=KNEE | {"worst_24h_nrs": "5", "story": "Longer."})
    assert phone.get(INTAKE).url == page("running")


def test_a_double_tap_is_one_round(phone):
    fill(phone, "you", "knee")
    posted = HEALTH | ticks("giving_way", browser=phone, url=page("health"))
    phone.post(page("health"), posted)
    phone.post(page("health"), posted)
    assert RedFlagCheck.objects.count() == Message.objects.filter(kind="alarm").count() == 1


# --- the end ---------------------------------------------------------------------------------------------------------


def test_sending_twice_is_sending_once(phone, ana):
    fill(phone)
    ana.refresh_from_db()
    assert phone.post(page("week"), WEEK | {"minutes": "60"}).url == INTAKE
    assert phone.post(INTAKE).url == INTAKE
    ana.refresh_from_db()
    assert ana.minutes == 30
    assert Message.objects.filter(kind="intake_done").count() == 1


def test_an_unfinished_intake_cannot_be_sent(phone, ana):
    fill(phone, "you", "knee")
    assert phone.post(INTAKE).url == page("health")
    assert Intake.objects.get(client=ana).submitted_at is None
    assert intake_answers(ana) == {}


@pytest.mark.parametrize(
    "answers, tags",
    [
        ({"worst_24h_nrs": 5, "run_minutes_ok": 10}, set()),
        ({"worst_24h_nrs": 6, "run_minutes_ok": 10}, {"acute_pain_gt5"}),
        ({"worst_24h_nrs": None, "run_minutes_ok": 10}, {"acute_pain_gt5"}),  # unknown is the careful one
        ({"worst_24h_nrs": 0, "run_minutes_ok": 0}, {"impact", "no_running_clearance"}),
        ({"worst_24h_nrs": 0, "run_minutes_ok": None}, {"impact", "no_running_clearance"}),
        ({"worst_24h_nrs": 0, "run_minutes_ok": 9, "bothers": ["overhead"]}, {"overhead"}),
        ({"worst_24h_nrs": 0, "run_minutes_ok": 9, "red_flags": {"bleeding_risk": True}}, {"bleeding_or_clot_risk"}),
        (
            {"worst_24h_nrs": 0, "run_minutes_ok": 9, "pregnancy": "pregnant", "pregnancy_weeks": 12},
            {"pregnancy_impact"},
        ),
        (
            {"worst_24h_nrs": 0, "run_minutes_ok": 9, "pregnancy": "pregnant", "pregnancy_weeks": 13},
            {"pregnancy_impact", "pregnancy_supine", "pregnancy_prone"},
        ),
        (
            {"worst_24h_nrs": 0, "run_minutes_ok": 9, "pregnancy": "pregnant"},
            {"pregnancy_impact", "pregnancy_supine", "pregnancy_prone"},
        ),
        (
            {"worst_24h_nrs": 0, "run_minutes_ok": 9, "pregnancy": "after_birth"},
            {"pregnancy_impact", "pregnancy_prone"},
        ),
        ({"worst_24h_nrs": 0, "run_minutes_ok": 9, "pregnancy": "after_birth", "pregnancy_cleared": True}, set()),
    ],
)
def test_tags_follow_from_the_answers(answers, tags):
    found = tags_of(answers)
    assert set(found) == tags and len(found) == len(tags)


def test_every_tag_of_the_record_can_be_said_or_is_worked_out():
    pregnancies = set(tags_of({"pregnancy": "pregnant"}))
    assert set(BOTHERS) | pregnancies >= set(TAGS)
    assert set(tags_of({})) == set(COMPUTED_TAGS)


# --- who reads it ----------------------------------------------------------------------------------------------------


def test_the_coach_reads_every_answer_with_its_unit_and_its_gaps(phone, ana, sign_in):
    fill(phone)
    url = reverse("assessments:intake_answers", kwargs={"pk": ana.pk})
    html = sign_in(ana.coach).get(url).content.decode()
    for text in (
        "4 of 10",
        "7 months",
        "20 min",
        "21.1 km",
        "2 May 2027",
        "Left shin, 2019",
        "6:15 min a kilometre",
        "7 of 10 (0 is none, 10 is the most you can imagine)",
        "Right: in the thigh, at the front, around or behind the kneecap. Left: on the outer side",
        "Run on trails again; Stairs without thinking",
        "Worth a talk: it may take longer",
        "Not answered",
        "No to all",
    ):
        assert text in html, text


def test_another_coach_and_the_other_runner_read_nothing(phone, ana, ben, sign_in):
    url = reverse("assessments:intake_answers", kwargs={"pk": ana.pk})
    assert sign_in(ben.coach).get(url).status_code == 404
    assert sign_in(ben).get(url).status_code == 404


def test_an_intake_keeps_a_coachs_earlier_round_in_force(phone, ana, now):
    fill(phone, "you", "knee")
    ana.refresh_from_db()
    ask(ana, now, "giving_way", source="assessment")
    health(phone)
    assert stands(ana, now) == "refer"
