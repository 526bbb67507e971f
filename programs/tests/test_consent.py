"""Without the runner's consent no plan is made or changed, except by a rule that takes load away."""

import pytest
from django.urls import reverse
from django.utils import timezone

from clients import consent
from programs.models import Draft, Proposal, Version
from programs.services import drafting, planning, publishing, reducing
from programs.tests.people import WISHES, drafted, planned


def test_no_plan_is_made_for_a_runner_who_withdrew(ana, now):
    draft = drafted(ana, now)
    drafting.discard(program=draft.program)
    consent.withdraw_consent(client=ana, now=now)
    with pytest.raises(publishing.ConsentMissing):
        planning.make_draft(client=ana, wishes=WISHES, by=ana.coach.user, now=now)
    assert not Draft.objects.exists()


def test_a_draft_from_before_is_not_published(ana, now):
    draft = drafted(ana, now)
    consent.withdraw_consent(client=ana, now=now)
    with pytest.raises(publishing.ConsentMissing):
        publishing.publish_draft(draft=draft, reason="Ready.", by=ana.coach.user, now=now)
    assert not Version.objects.exists()


def test_no_older_version_comes_back(ana, now):
    program = planned(ana, now)
    consent.withdraw_consent(client=ana, now=now)
    with pytest.raises(publishing.ConsentMissing):
        publishing.restore(program=program, version=program.current, reason="Back.", by=ana.coach.user, now=now)


def test_no_proposal_is_approved_until_she_agrees_again(ana, now):
    program = planned(ana, now)
    line = program.current.plan.weeks[1].sessions[0].lines[0]
    proposal = Proposal.objects.create(
        program=program, rule="R-G1", slot=line.slot, change={"sets": line.sets + 1}, because="Twice calm.",
        rules_version="1", created_at=now,
    )  # fmt: skip
    consent.withdraw_consent(client=ana, now=now)
    with pytest.raises(publishing.ConsentMissing):
        reducing.decide_proposal(proposal=proposal, decision="approve", by=ana.coach.user, now=now)
    consent.give_consent(client=ana, now=now)
    reducing.decide_proposal(proposal=proposal, decision="approve", by=ana.coach.user, now=now)
    assert Version.objects.count() == 2


def test_the_coach_reads_why(ana, sign_in, now):
    drafted(ana, now)
    consent.withdraw_consent(client=ana, now=now)
    browser, place = sign_in(ana.coach), {"pk": ana.pk}
    answer = browser.post(reverse("programs:plan_publish", kwargs=place), {"reason": "Ready."})
    assert (answer.status_code, "no longer agrees" in answer.content.decode()) == (422, True)
    today = ana.local_date(timezone.now())
    wishes = {"phase": 2, "weeks": 4, "weekdays": ["mon", "wed", "fri"], "minutes": 40, "starts_on": today}
    answer = browser.post(reverse("programs:plan_generate", kwargs=place), wishes)
    assert (answer.status_code, "no longer agrees" in answer.content.decode()) == (422, True)
