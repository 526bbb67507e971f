"""While a red flag stands, no form that was drawn before it and no page moves a plan, or shows what was found.

test_red_flag_roads.py walks the roads one by one; here every form and page that anybody sees is tried, so that a new one is
tried as soon as it exists.
"""

import pytest
from django.db import transaction

from assessments.models import Assessment, Overrule
from assessments.tests.people import ask
from programs.models import Draft, PhaseCheck, Program, Proposal, ScheduledSession, Version
from studio.front.tests import worlds
from studio.ui.tests.pdf_text import text_of


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    with worlds.kept(django_db_blocker) as world:
        worlds.furnish(world)
        yield world


def state() -> dict[str, object]:
    """What nobody may move while a red flag stands: plans, findings, decisions on findings, sessions that begin."""
    return {
        "versions": Version.objects.filter(published_by__isnull=False).count(),  # a rule may still take load away
        "programs": Program.objects.filter(current__isnull=False).count(),
        "drafts": list(Draft.objects.order_by("pk").values_list("pk", "edits")),
        "proposals": Proposal.objects.filter(state__in=["approved", "restored"]).count(),
        "not begun": ScheduledSession.objects.filter(state="planned").count(),
        "assessments": list(Assessment.objects.order_by("pk").values_list("pk", "state", "shared_at")),
        "chosen": list(Assessment.objects.order_by("pk").values_list("tests", flat=True)),
        "overrules": list(Overrule.objects.order_by("pk").values_list("pk", "withdrawn_at")),
        "phase checks": PhaseCheck.objects.filter(closed_at__isnull=False).count(),
    }


# What goes on while a red flag stands, and publishes nothing: a draft may be taken back or thrown away, a program may be
# ended by a person, an open assessment may be discarded.
MAY_TAKE_AWAY = {
    "programs:plan_discard",
    "programs:plan_undo",
    "programs:plan_end",
    "clients:finish",
    "assessments:discard",
}
SHOWS_FINDINGS = {"front:client_record", "front:me", "programs:progress"}
# A sheet keeps its values and finds nothing; the letter holds none.
MEASURES = {"assessments:screen", "assessments:choose", "assessments:referral_pdf"}
STAYS_OPEN = (
    "assessments:my_outcomes",
    "assessments:client_outcomes",
    "programs:my_week",
    "assessments:intake_answers",
)


@pytest.mark.parametrize("flag", ["locked_knee", "giving_way"])
def test_no_form_that_was_drawn_before_the_flag_moves_a_plan_or_a_finding_after_it(db, world, flag):
    browsers = worlds.browsers(world)
    with transaction.atomic():
        drawn = [(name, who, form) for name, found in worlds.forms(world, browsers).items() for who, form in found]
        transaction.set_rollback(True)
    assert len(drawn) > 60
    with transaction.atomic():
        ask(world.ana, world.now, flag)
        before, tried = state(), 0
        for name, who, form in drawn:
            if name in MAY_TAKE_AWAY or who in worlds.RUNNERS_TOO:
                continue
            with transaction.atomic():
                answer = browsers[who].post(form.action, form.fields)
                after = state()
                transaction.set_rollback(True)
            tried += 1
            assert answer.status_code < 500, name
            assert after == before, f"{name} of {who} changed {[key for key in before if before[key] != after[key]]}"
        assert tried > 50
        transaction.set_rollback(True)


@pytest.mark.parametrize("flag", ["locked_knee", "giving_way"])
def test_no_page_shows_a_finding_while_the_flag_stands(db, world, flag):
    browsers = worlds.browsers(world)
    measured = f"{world.findings.sentences['areas'][0]['score']}"
    because = [row["test"] for area in world.findings.sentences["areas"] for row in area["because"]]
    assert because and measured
    findings = [look for look in worlds.LOOKS if look[1].startswith("assessments:") or look[1] in SHOWS_FINDINGS]
    seen_before = 0
    for is_up in (False, True):
        with transaction.atomic():
            if is_up:
                ask(world.ana, world.now, flag)
            for who, *look in findings:
                name, arguments, _ = look
                if who in worlds.RUNNERS_TOO or name in MEASURES or arguments.get("pk") in ("eva", "lead", "flagged"):
                    continue
                page = browsers[who].get(worlds.address_of(world, *look))
                is_pdf = page.headers.get("Content-Type") == "application/pdf"
                text = text_of(page.content) if is_pdf else page.content.decode()
                shows = page.status_code == 200 and ("rep-item" in text or 'class="cause"' in text or "assess-area" in text or (
                    is_pdf and any(test in text for test in because)))  # fmt: skip
                seen_before += shows and not is_up
                assert not (is_up and shows), f"{name} of {who} shows findings"
            transaction.set_rollback(True)
    assert seen_before >= 5  # or this test sees nothing any more


@pytest.mark.parametrize("flag", ["locked_knee", "giving_way"])
def test_what_is_said_about_the_knee_stays_open(db, world, flag):
    browsers = worlds.browsers(world)
    rows = {name: (who, arguments) for who, name, arguments, _ in worlds.LOOKS if who not in worlds.RUNNERS_TOO}
    with transaction.atomic():
        ask(world.ana, world.now, flag)
        for name in STAYS_OPEN:
            who, arguments = rows[name]
            assert browsers[who].get(worlds.address_of(world, name, arguments)).status_code == 200, name
        transaction.set_rollback(True)
