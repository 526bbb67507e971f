"""The letter to a clinician says what is stored, all of it as it was answered, and nothing else."""

import html
import re
from datetime import timedelta

import pytest
from django.urls import reverse

from assessments import gate, referral
from assessments.domain.rules import rules
from assessments.models import Intake
from assessments.tests.people import ask, finished, known
from studio.accounts.models import Studio
from studio.ui.tests.pdf_text import text_of

HOUR = timedelta(hours=1)
ANSWERS = {
    "painful_side": "right",
    "onset": "injury",
    "symptom_months": 7,
    "pain_map": ["right_kneecap", "left_thigh"],
    "worst_24h_nrs": 6,
    "daily_nrs": 3,
    "stairs_nrs": None,
    "squat_nrs": 5,
    "sitting_nrs": 0,
    "medicines": ["diabetes", "steroids"],
    "medicines_note": "Hay fever tablets <b>daily</b>",
    "knee_surgery": "no",
    "previous_bone_stress_injury": "yes",
    "bone_stress": "Left shin, 2019",
    "pregnancy": "no",
}


@pytest.fixture
def runner(ana, now):
    known(ana, now)
    Intake.objects.create(client=ana, answers=ANSWERS, submitted_at=now - timedelta(days=20))
    Studio.objects.update_or_create(
        pk=1, defaults={"name": "Heath Studio", "address": "1 Lane\nTown", "contact_email": "hello@heath.example"}
    )
    finished(ana, now)
    ask(ana, now + HOUR, "giving_way", "bleeding_risk", trauma_ottawa=["injury_last_7_days"])
    return ana


def address(runner, name="referral"):
    return reverse(f"assessments:{name}", kwargs={"pk": runner.pk})


def words(page: str) -> str:
    page = page[page.index('<article class="letter"') : page.index("</article>")]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


@pytest.fixture
def letter(runner, now, time_machine, sign_in):
    time_machine.move_to(now + 2 * HOUR)
    return words(sign_in(runner.coach).get(address(runner) + "?to=Dr+Lamb").content.decode())


def test_every_fact_is_the_stored_answer(letter, runner):
    flag = rules().red_flags.flag
    for fact in (
        "To Dr Lamb",
        "Name Ana Silva",
        "Date of birth 23 April 1990",
        "Painful knee Right",
        f"On 18 November 2026 (intake) {flag['trauma_ottawa'].question} Ticked: "
        "The pain started with a fall, twist or blow in the last 7 days.",
        f"{flag['giving_way'].question} To be seen: {flag['giving_way'].timeframe}.",
        flag["bleeding_risk"].question,
        "The knee, as answered on 29 October 2026",
        "How did it start? With a fall, twist or blow",
        "For how long? 7 months",
        "Right: at the front, around or behind the kneecap. Left: in the thigh",
        "At its worst in the last 24 hours 6 of 10",
        "In daily life, on most days 3 of 10",
        "On stairs Not answered",
        "When you squat 5 of 10",
        "After sitting for long 0 of 10",
        "Diabetes, Steroids",
        "Hay fever tablets <b>daily</b>",
        "Knee or hip surgery before? No",
        "If yes: which bone, and when? Left shin, 2019",
        "on hold since 18 November 2026",
        "Heath Studio 1 Lane Town hello@heath.example",
        "Maya Castillo, running coach maya@example.com 18 November 2026",
        "This letter is not a diagnosis.",
    ):
        assert fact in letter, fact
    assert letter.count("To be seen") == 1  # a caution and a half answer set no time


def test_it_holds_no_finding_and_no_score(letter):
    assert not re.search(r"(?i)contributor|score|confidence|deficit|hip strength|knee-to-wall", letter)


def test_the_pdf_says_what_the_page_says(letter, runner, now, time_machine, sign_in):
    answer = sign_in(runner.coach).get(address(runner, "referral_pdf") + "?to=Dr+Lamb")
    assert answer["Content-Type"] == "application/pdf"
    assert 'filename="letter-ana-silva-2026-11-18.pdf"' in answer["Content-Disposition"]
    bare = re.compile(r"[^\w<>]+")
    printed = bare.sub(" ", text_of(answer.content)).split()
    missing = [word for word in bare.sub(" ", letter).split() if word not in printed]
    assert missing == []


def test_the_runner_reads_the_same_at_once(letter, runner, sign_in):
    phone = sign_in(runner)
    assert 'href="/me/letter/"' in phone.get(reverse("assessments:red_flags")).content.decode()
    hers = words(phone.get("/me/letter/").content.decode())
    assert hers == letter.replace("To Dr Lamb", "To")
    assert phone.get("/me/letter/letter.pdf")["Content-Type"] == "application/pdf"


def test_without_an_answer_that_waits_there_is_no_letter(ana, now, sign_in):
    known(ana, now)
    ask(ana, now)
    assert referral.letter_of(ana, gate.gate_for(ana, now), now) is None
    coach, phone = sign_in(ana.coach), sign_in(ana)
    assert coach.get(address(ana)).url == reverse("assessments:clearance", kwargs={"pk": ana.pk})
    assert coach.get(address(ana, "referral_pdf")).status_code == 302
    assert phone.get("/me/letter/").url == phone.get("/me/letter/letter.pdf").url == reverse("assessments:red_flags")


def test_to_whom_is_kept_short(runner, sign_in, time_machine, now):
    time_machine.move_to(now + 2 * HOUR)
    answer = sign_in(runner.coach).get(address(runner), {"to": "x" * 500})
    assert answer.status_code == 422 and "Please keep it under" in answer.content.decode()


@pytest.mark.parametrize(
    "name",
    [
        "Wolfeschlegelsteinhausenbergerdorff" * 3,
        "\u202eمرحبا שלום",
        "Ana 🏃🏽‍♀️ Silva",
        '#eval("1") *bold* $x$ <script>',
    ],
)
def test_any_name_can_be_written_on_it(runner, now, name, sign_in, time_machine):
    time_machine.move_to(now + 2 * HOUR)
    runner.name = name
    runner.save()
    page = sign_in(runner.coach).get(address(runner))
    assert page.status_code == 200 and b"<script>" not in page.content.split(b'<article class="letter"')[1]
    printed = text_of(sign_in(runner.coach).get(address(runner, "referral_pdf")).content)
    assert "This letter is not a diagnosis" in " ".join(printed.split())
    if name.startswith("#eval"):
        assert '#eval("1") *bold* $x$ <script>' in " ".join(printed.split())


def test_each_round_that_waits_is_in_it_with_its_own_day(runner, now, time_machine, sign_in):
    ask(runner, now + timedelta(days=2), "locked_knee", source="session")
    found = referral.letter_of(runner, gate.gate_for(runner, now), now + timedelta(days=3))
    assert [(each.on, each.asked, len(each.said)) for each in found.rounds] == [
        ("18 November 2026", "Intake", 3),
        ("20 November 2026", "During a session", 1),
    ]
    assert found.on_hold_since == "18 November 2026"
