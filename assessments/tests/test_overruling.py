"""A coach sees an area otherwise: both are kept, the plan takes the coach's, and it can be taken back."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import pairwise

import msgspec
import pytest
from django.db import connection

from assessments import overrules
from assessments.domain.rules import contradictions, rules
from assessments.models import Overrule
from assessments.queries import latest_findings, severities_of
from assessments.services import overruling
from assessments.services.overruling import CannotOverrule, ChangedMeanwhile
from assessments.tests.people import begun, finished

LIKELY, POSSIBLE, UNLIKELY = "likely_contributor", "possible_contributor", "unlikely_contributor"
HIP = rules().battery.area["hip_weakness"].label
WHY = "The step-down looked steady on film."


@pytest.fixture
def done(ana, now):
    return finished(ana, now, wblt_distance={"left": 10, "right": 6.5}, prone_plank={"both": 45})


def decide(done, now, area="core_instability", status=UNLIKELY, reason=WHY, seen=None, by=None):
    return overruling.overrule(
        assessment=done, area=area, status=status, reason=reason, seen=seen, by=by or done.client.coach.user, now=now
    )


# --- the figure --------------------------------------------------------------------------------------------------


def test_each_figure_is_the_middle_of_the_band_in_which_its_status_begins():
    """By hand from the published bands: moderate 0.40-0.65, mild 0.20-0.40, none 0.00-0.20."""
    assert rules().scheme.overrule_severity.values == pytest.approx({LIKELY: 0.525, POSSIBLE: 0.30, UNLIKELY: 0.10})
    edges = [*(band.min for band in rules().scheme.severity_bands.bands), 1.0]
    middles = [(low + high) / 2 for low, high in pairwise(edges)]
    assert sorted(rules().scheme.overrule_severity.values.values()) == pytest.approx(middles[:3])
    assert set(rules().scheme.overrule_severity.values) == set(Overrule.Status.values)


def test_a_figure_that_leaves_its_band_is_found():
    block = msgspec.structs.replace(rules().scheme.overrule_severity, values={LIKELY: 0.6, "certain": 1.0})
    scheme = msgspec.structs.replace(rules().scheme, overrule_severity=block)
    found = contradictions(msgspec.structs.replace(rules(), scheme=scheme))
    assert any("likely_contributor is 0.6" in line for line in found)
    assert any("unknown status certain" in line for line in found)


# --- deciding ----------------------------------------------------------------------------------------------------


def test_it_stands_beside_what_the_rules_said_and_rewrites_nothing(done, now):
    told = (done.request, done.result, done.sentences)
    decide(done, now)
    done.refresh_from_db()
    assert (done.request, done.result, done.sentences) == told
    [area] = [a for a in overrules.areas_with(done.sentences, overrules.all_of(done)) if a["overrule"]]
    assert (area["id"], area["status"], area["overrule"].status) == ("core_instability", POSSIBLE, UNLIKELY)
    assert area["overrule"].sentence == "Maya Castillo, 18 November 2026: Unlikely contributor"


def test_sent_twice_it_is_one(done, now):
    assert decide(done, now) == decide(done, now + timedelta(seconds=1))
    assert Overrule.objects.count() == 1


def test_a_new_one_takes_the_old_one_back_and_keeps_it(done, now):
    first = decide(done, now)
    second = decide(done, now + timedelta(hours=1), status=LIKELY, reason="On film it drops.", seen=first.pk)
    assert overruling.standing_on(done, "core_instability") == second
    first.refresh_from_db()
    assert first.withdrawn_at == now + timedelta(hours=1)
    [area] = [a for a in overrules.areas_with(done.sentences, overrules.all_of(done)) if a["overrule"]]
    assert [each.reason for each in area["taken_back"]] == [WHY]


def test_taken_back_it_is_history(done, now):
    standing = decide(done, now)
    assert overruling.withdraw(overrule=standing, now=now)
    assert not overruling.withdraw(overrule=standing, now=now)
    assert overrules.standing(overrules.all_of(done)) == {}
    assert Overrule.objects.count() == 1
    assert decide(done, now, seen=None).pk != standing.pk


def test_the_second_coach_is_told(done, owner, now):
    first = decide(done, now)
    with pytest.raises(ChangedMeanwhile) as told:
        decide(done, now, status=LIKELY, reason="I see it drop.", by=owner.user)
    assert told.value.standing == first
    assert Overrule.objects.count() == 1
    overruling.withdraw(overrule=first, now=now)
    with pytest.raises(ChangedMeanwhile) as told:
        decide(done, now, status=LIKELY, reason="I see it drop.", by=owner.user, seen=first.pk)
    assert told.value.standing is None


@pytest.mark.parametrize("changed, words", [
    ({"reason": "  \n "}, "Say why"),
    ({"reason": "x" * 601}, "under 600"),
    ({"status": POSSIBLE}, "what the tests say"),
    ({"status": "not_enough_data"}, "one of the three"),
    ({"area": "running_form_load", "status": LIKELY}, "four areas"),
    ({"area": "knee"}, "four areas"),
])  # fmt: skip
def test_what_cannot_be_overruled_is_told(done, now, changed, words):
    with pytest.raises(CannotOverrule, match=words):
        decide(done, now, **changed)
    assert not Overrule.objects.exists()


def test_an_open_assessment_has_nothing_to_overrule(ana, now):
    with pytest.raises(CannotOverrule, match="still open"):
        decide(begun(ana, now), now)


def test_a_child_is_not_scored_by_hand_either(done, now):
    done.request["runner"]["age"] = 15
    with pytest.raises(CannotOverrule, match="Under 16"):
        decide(done, now)


@pytest.mark.django_db(transaction=True)
def test_two_at_once_leave_one_standing_and_tell_the_other(ana, owner, now):
    done = finished(ana, now, wblt_distance={"left": 10, "right": 6.5}, prone_plank={"both": 45})

    def try_it(who):
        try:
            return decide(done, now, by=who.user, reason=f"So says {who.user.name}")
        except ChangedMeanwhile as told:
            return told
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(try_it, (ana.coach, owner)))
    assert sorted(type(each).__name__ for each in outcomes) == ["ChangedMeanwhile", "Overrule"]
    assert Overrule.objects.filter(withdrawn_at__isnull=True).count() == 1


# --- what the plan takes -----------------------------------------------------------------------------------------


def test_the_plan_takes_the_coachs_figure_and_names_it(ana, done, now):
    before = latest_findings(ana)
    decide(done, now)
    found = latest_findings(ana)
    assert found.severity == before.severity | {"core_instability": 0.10} == severities_of(done)
    [named] = [text for text in found.warnings if WHY in text]
    assert named.startswith(
        "Trunk (core) endurance and control: an unlikely contributor by decision of Maya Castillo on 18 November 2026"
    )
    assert "0.10 in place of 0.36" in named
    assert [each.area for each in found.overruled] == ["core_instability"]
    overruling.withdraw(overrule=Overrule.objects.get(), now=now)
    assert latest_findings(ana) == before


def test_an_area_without_data_that_is_overruled_is_no_longer_called_not_assessed(ana, done, now):
    assert any(f"{HIP}: not assessed" in text for text in latest_findings(ana).warnings)
    decide(done, now, area="hip_weakness", status=LIKELY)
    found = latest_findings(ana)
    assert found.severity["hip_weakness"] == 0.525
    assert not any(text.startswith(f"{HIP}: not assessed") for text in found.warnings)
    assert any("0.53 in place of not assessed" in text for text in found.warnings)


def test_a_decision_is_not_damped_but_the_next_score_moves_from_it(ana, now):
    first = finished(ana, now - timedelta(weeks=2), wblt_distance={"left": 10, "right": 4})
    computed = severities_of(first)["ankle_stiffness"]
    assert computed - 0.10 > 0.25
    decide(first, now, area="ankle_stiffness", status=UNLIKELY)
    assert latest_findings(ana).severity["ankle_stiffness"] == 0.10
    finished(ana, now, wblt_distance={"left": 10, "right": 4})
    assert latest_findings(ana).severity["ankle_stiffness"] == pytest.approx(0.35)
    assert latest_findings(ana).previous_severity["ankle_stiffness"] == 0.10


def test_an_overrule_speaks_for_its_own_assessment_only(ana, done, now):
    decide(done, now)
    finished(ana, now + timedelta(weeks=8), prone_plank={"both": 45})
    assert latest_findings(ana).overruled == ()
