"""A coach's own view on the pages: written in a form, shown beside the tests wherever the status stands, taken back."""

from datetime import timedelta

import pytest
from django.urls import reverse

from assessments.models import Overrule
from assessments.services import measuring, overruling
from assessments.tests.people import ask, finished
from assessments.tests.test_findings_shown import text_in
from assessments.told import as_pdf
from programs.services import planning
from studio.accounts.models import RecordView
from studio.ui.tests.pdf_text import text_of

WHY = "On film her trunk sways to the right."
LIKELY, UNLIKELY = "likely_contributor", "unlikely_contributor"


@pytest.fixture
def done(ana, now, time_machine):
    time_machine.move_to(now)
    return finished(ana, now, wblt_distance={"left": 10, "right": 6.5}, prone_plank={"both": 45})


@pytest.fixture
def desk(maya, sign_in):
    return sign_in(maya)


def at(name, row, **more):
    return reverse(f"assessments:{name}", kwargs={"pk": row.client_id, "assessment": row.pk, **more})


def send(desk, row, area="core_instability", status=LIKELY, reason=WHY, seen=""):
    return desk.post(at("overrule", row, area=area), {"status": status, "reason": reason, "seen": seen})


def page(desk, row):
    return desk.get(at("findings", row)).content.decode()


def test_both_are_shown_wherever_the_status_stands(desk, ana, done, now, sign_in):
    assert send(desk, done).url == at("findings", done) + "#core_instability"
    measuring.share(assessment=done, now=now)
    coachs = "Maya Castillo, 18 November 2026: Likely contributor instead of “Possible contributor”."
    hers = "Maya Castillo sees this as a likely contributor , 18 November 2026. The tests say: possible contributor."
    assert coachs in text_in(page(desk, done))
    her_page = text_in(sign_in(ana).get(f"/me/findings/{done.pk}/").content.decode())
    assert hers in her_page
    coach_paper, her_paper = (
        " ".join(text_of(as_pdf(done, for_coach=who)).split()).replace(" ,", ",") for who in (True, False)
    )
    assert "Maya Castillo, 18 November 2026: Likely contributor instead of" in coach_paper
    assert "Maya Castillo sees this as a likely contributor, 18 November 2026." in her_paper
    for text in (text_in(page(desk, done)), her_page, coach_paper, her_paper):
        assert WHY in text
    short = "Maya Castillo: likely contributor"
    assert short in text_in(desk.get(f"/clients/{ana.pk}/assessments/").content.decode())
    assert short in text_in(desk.get(f"/clients/{ana.pk}/").content.decode())
    finished(ana, now + timedelta(minutes=1), prone_plank={"both": 45})
    compared = text_in(desk.get(f"/clients/{ana.pk}/assessments/compare/").content.decode())
    assert "Maya Castillo, 18 November 2026: Likely contributor" in compared and WHY in compared
    assert "Possible contributor" in compared


def test_the_ground_of_a_plan_names_it(desk, ana, done):
    send(desk, done)
    assert planning.ground_of(ana).severity["core_instability"] == 0.525
    text = text_in(desk.get(f"/clients/{ana.pk}/plan/generate/").content.decode())
    assert "a likely contributor by decision of Maya Castillo" in text and WHY in text


def test_the_told_sentences_stay_as_they_were(desk, done):
    before = page(desk, done)
    send(desk, done)
    for text in (done.sentences["headline"], done.sentences["lead"]):
        assert text in before and text in page(desk, done)


def test_it_is_taken_back_and_can_be_read(desk, done):
    send(desk, done)
    row = Overrule.objects.get()
    where = at("overrule_withdraw", done, overrule=row.pk)
    assert where in page(desk, done)
    assert desk.post(where).status_code == desk.post(where).status_code == 302
    html = page(desk, done)
    assert "instead of" not in text_in(html)
    assert "taken back on 18 November 2026" in text_in(html) and where not in html


@pytest.mark.parametrize("changed, words", [
    ({"reason": ""}, "Say why: both are shown."),
    ({"status": ""}, "Choose one."),
    ({"status": "certain"}, "Select a valid choice"),
    ({"status": "possible_contributor"}, "That is what the tests say."),
    ({"seen": "x"}, "whole number"),
])  # fmt: skip
def test_what_is_wrong_is_told_in_its_place_and_nothing_typed_goes(desk, done, changed, words):
    answer = send(desk, done, **({"reason": "Typed so far"} | changed))
    html = answer.content.decode()
    assert answer.status_code == 422 and words in text_in(html)
    assert 'id="otherwise-core_instability" open' in html
    assert ("Typed so far" in html) == (changed.get("reason") != "")
    assert not Overrule.objects.exists()


@pytest.mark.parametrize("area", ["running_form_load", "knee"])
def test_there_is_nothing_to_overrule_outside_the_four(desk, done, area):
    assert send(desk, done, area=area).status_code == 404


def test_the_second_coach_reads_what_the_first_decided(desk, done, owner, sign_in):
    send(desk, done)
    html = send(sign_in(owner), done, status=UNLIKELY, reason="I see it hold.")
    text = text_in(html.content.decode())
    assert html.status_code == 409
    assert "Somebody else decided on this area since you opened the page." in text
    assert "Now it says: Maya Castillo, 18 November 2026: Likely contributor." in text
    assert "I see it hold." in html.content.decode()
    standing = Overrule.objects.get()
    assert f'name="seen" value="{standing.pk}"' in html.content.decode()
    assert send(sign_in(owner), done, status=UNLIKELY, reason="I see it hold.", seen=standing.pk).status_code == 302
    assert overruling.standing_on(done, "core_instability").made_by == owner.user


def test_a_reason_is_text_and_never_markup(desk, done):
    evil = "<script>alert(1)</script> *bold* #panic() 100 % & “more”"
    send(desk, done, reason=evil)
    assert "<script>alert" not in page(desk, done)
    assert evil in " ".join(text_of(as_pdf(done, for_coach=True)).split())


# --- the PDF over HTTP -----------------------------------------------------------------------------------------------


def test_the_pdf_has_a_name_is_a_look_at_the_record_and_the_same_every_time(desk, done):
    before = RecordView.objects.count()
    first, second = desk.get(at("findings_pdf", done)), desk.get(at("findings_pdf", done))
    assert first["Content-Type"] == "application/pdf"
    assert first["Content-Disposition"] == 'attachment; filename="findings-ana-silva-2026-11-18.pdf"'
    assert first.content[:5] == b"%PDF-" and first.content == second.content
    assert b"2026-11-18T10:00:00" in first.content or b"D:20261118100000" in first.content
    views = RecordView.objects.order_by("-pk")[: RecordView.objects.count() - before]
    assert [view.path for view in views] == [at("findings_pdf", done)] * 2


def test_the_runners_pdf_stands_behind_the_door_of_her_page(ana, done, now, sign_in):
    where = reverse("assessments:client_findings_pdf", kwargs={"assessment": done.pk})
    phone = sign_in(ana)
    assert phone.get(where).status_code == 404
    measuring.share(assessment=done, now=now)
    assert where in phone.get(f"/me/findings/{done.pk}/").content.decode()
    assert phone.get(where).content[:5] == b"%PDF-"
    ask(ana, now + timedelta(minutes=1), "giving_way")
    assert phone.get(where).url == reverse("assessments:red_flags")


def test_an_open_assessment_has_no_pdf(desk, done):
    done.state = "open"
    done.save()
    assert desk.get(at("findings_pdf", done)).status_code == 404
    assert send(desk, done).status_code == 404


@pytest.mark.parametrize("name, slug, shown, says_so", [
    ("Zoë Ångström-Núñez", "zoe-angstrom-nunez", "Zoë Ångström-Núñez", False),
    ("Юлия Иванова", "runner-{pk}", "Юлия Иванова", False),
    ("王小明", "runner-{pk}", "[…]", True),
    ("Mia 🙂 Li", "mia-li", "Mia […] Li", True),
])  # fmt: skip
def test_a_name_that_no_typeface_has_is_said_and_the_file_still_has_a_name(desk, ana, now, name, slug, shown, says_so):
    ana.name = name
    ana.save()
    answer = desk.get(at("findings_pdf", finished(ana, now)))
    assert answer["Content-Disposition"] == f'attachment; filename="findings-{slug.format(pk=ana.pk)}-2026-11-18.pdf"'
    text = " ".join(text_of(answer.content).split())
    assert shown in text
    assert ("letters that this document's typeface does not have" in text.replace("’", "'")) == says_so


def test_she_finds_it_from_her_first_page(ana, done, now, sign_in):
    link = f'href="/me/findings/{done.pk}/"'
    phone = sign_in(ana)
    assert link not in phone.get("/me/").content.decode()
    measuring.share(assessment=done, now=now)
    assert link in phone.get("/me/").content.decode()
    ask(ana, now + timedelta(minutes=1), "giving_way")
    assert link not in phone.get("/me/").content.decode()
