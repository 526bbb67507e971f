"""A runner took her consent back: her coach writes nothing new about her health either, and cannot agree for her."""

from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.urls import reverse

from assessments.models import Assessment, Measurement, OutcomeReport, RedFlagCheck
from assessments.services import measuring
from assessments.tests.people import ask
from clients import consent
from programs.models import PhaseCheck, WeeklyCheck
from programs.tests.people import planned

KEPT = (Assessment, Measurement, OutcomeReport, RedFlagCheck, WeeklyCheck, PhaseCheck)
SAID = "Ana took back the consent on 18 November"

# Name -> what an old tab would send there.
CLOSED = {
    "assessments:start": {"born_on": "1990-04-23", "consent": "on"},
    "assessments:choose": {"battery": "quick"},
    "assessments:screen": {"note": "Sore today."},
    "assessments:field": {"single_leg_bridge-left-value": "12"},
    "assessments:note": {"note": "Sore today."},
    "assessments:finish": {"note": "Sore today."},
    "assessments:client_measure": {"worst_24h": "4"},
    "assessments:outcome_total": {"total": "70"},
    "programs:client_week": {"worst_24h_nrs": "5"},
    "programs:client_phase_check": {"item": ""},
}
ONLY_SENT = {"assessments:field", "assessments:note", "assessments:finish", "assessments:outcome_total"}


@pytest.fixture
def off(ana, now):
    planned(ana, now)
    ask(ana, now)
    sheet = Assessment.objects.create(
        client=ana, measured_on=ana.local_date(now), made_by=ana.coach.user, created_at=now
    )
    measuring.save_readings(assessment=sheet, readings={}, note="From before.", now=now, by=ana.coach.user)
    consent.withdraw_consent(client=ana, now=now)
    return SimpleNamespace(ana=ana, sheet=sheet)


def address(off, name: str) -> str:
    more = {"assessment": off.sheet.pk} if name.split(":")[1] in ("choose", "screen", "field", "note", "finish") else {}
    more |= {"test": "bird_dog", "side": "left"} if name == "assessments:field" else {}
    more |= {"measure": "pain_nrs"} if name == "assessments:client_measure" else {}
    more |= {"measure": "akps"} if name == "assessments:outcome_total" else {}
    return reverse(name, kwargs={"pk": off.ana.pk, **more})


def stored() -> list:
    return [list(model.objects.order_by("pk").values()) for model in KEPT]


@pytest.mark.parametrize("name", CLOSED)
def test_an_old_tab_of_the_coach_is_refused_and_what_stood_in_it_comes_back(off, sign_in, name):
    before = stored()
    answer = sign_in(off.ana.coach).post(address(off, name), CLOSED[name])
    html = answer.content.decode()
    assert (answer.status_code, SAID in html) == (409, True)
    assert all(value in html for value in CLOSED[name].values())
    assert stored() == before and not consent.has_consent(off.ana)


@pytest.mark.parametrize("name", sorted(set(CLOSED) - ONLY_SENT))
def test_a_page_that_would_ask_says_what_is_off_and_has_no_yes_for_the_coach(off, sign_in, name):
    answer = sign_in(off.ana.coach).get(address(off, name))
    html = answer.content.decode()
    assert (answer.status_code, SAID in html) == (200, True)
    assert reverse("clients:consent_give") not in html and "I agree again" not in html


def test_a_field_that_saves_itself_keeps_what_stands_in_it(off, sign_in):
    answer = sign_in(off.ana.coach).post(
        address(off, "assessments:note"), {"note": str(uuid4())}, headers={"hx-request": "true"}
    )
    assert (answer.status_code, answer["HX-Retarget"]) == (422, "#main") and SAID in answer.content.decode()


@pytest.mark.parametrize("name", CLOSED)
def test_another_coach_learns_nothing_of_it(off, omar, sign_in, name):
    assert sign_in(omar).post(address(off, name), CLOSED[name]).status_code == 404


def test_what_was_told_before_can_still_be_read(off, sign_in):
    browser = sign_in(off.ana.coach)
    for name in ("assessments:list", "assessments:client_outcomes", "programs:plan", "front:client_record"):
        assert browser.get(reverse(name, kwargs={"pk": off.ana.pk})).status_code == 200
