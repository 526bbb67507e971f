"""What `manage.py assess` answers is what stands on the page, on paper and in the PDF: the same numbers, in the same order."""

import json
import random
import re
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from html import unescape
from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import reverse

from assessments.domain.rules import rules
from assessments.domain.wording import wording
from assessments.models import Assessment
from assessments.services import measuring
from assessments.tests.people import answers, begun, known
from assessments.tests.test_domain_cases import CASES
from assessments.told import as_pdf
from studio.ui.tests.pdf_text import text_of

ENTERED = [test for test in rules().battery.tests if test.is_entered]
EXAMPLES = [(example["id"], example["runner"], example["inputs"]) for example in CASES["worked_examples"]]
SEEDS = range(20)


def at_random(seed: int) -> tuple[str, dict, dict]:
    """A runner and readings as a busy, messy day might give them: gaps, one side only, painful tests."""
    dice = random.Random(seed)
    runner = {
        "age": dice.randint(16, 85),
        "sex": dice.choice(["female", "male", "undisclosed"]),
        "painful_side": dice.choice(["left", "right", "both", "none"]),
    }
    inputs = {}
    for test in dice.sample(ENTERED, dice.randint(2, 16)):
        fields = {}
        for side in test.sides:
            if test.per_side and dice.random() < 0.1:
                continue
            fields["value" if side == "both" else side] = value_of(test, dice)
            if dice.random() < 0.4:
                fields["pain" if side == "both" else f"pain_{side}"] = dice.choice([0, 1, 2, 3, 5, 6, 9])
        if fields:
            inputs[test.id] = fields
    return f"random {seed}", runner, inputs


def value_of(test, dice: random.Random):
    if test.input.kind == "choice":
        return dice.choice(test.input.choices)
    (low, high), step = test.input.valid, test.input.step or 1
    return low + dice.randint(0, int((high - low) / step)) * step


def assessed(client, now, runner: dict, inputs: dict) -> Assessment:
    """The readings entered one by one into a sheet that is then finished, as a coach does."""
    sheet = begun(client, now)
    client.born_on = date(now.year - runner["age"], 1, 1)
    client.sex_for_norms, client.painful_side = runner["sex"], runner["painful_side"]
    client.save()
    for test, fields in inputs.items():
        for name, content in fields.items():
            side = name.removeprefix("pain_").replace("value", "both").replace("pain", "both")
            save = measuring.save_pain if name.startswith("pain") else measuring.save_value
            save(assessment=sheet, test=test, side=side, now=now, **{save.__name__[5:]: content})
    return measuring.finish_assessment(assessment=sheet, now=now)


def answered(row: Assessment, tmp_path) -> dict:
    """What the command answers to the stored request."""
    file, out = tmp_path / "request.json", StringIO()
    file.write_text(json.dumps(row.request))
    call_command("assess", str(file), stdout=out)
    return json.loads(out.getvalue())


def two(number: float | None) -> str:
    return "–" if number is None else str(Decimal(repr(number)).quantize(Decimal("0.01"), ROUND_HALF_UP))


def is_told(area: dict) -> bool:
    return area["status"] != "not_enough_data"


def expected(result: dict) -> dict[str, list]:
    """The numbers a coach's report must show, in its order, from the command's answer alone."""
    ranked = [area for area in result["areas"] if rules().battery.area[area].is_ranked]
    order = [*result["ranking"], *(area for area in ranked if area not in result["ranking"])]
    areas = [result["areas"][name] for name in order]
    context = result["areas"]["running_form_load"]
    because = [row for area in areas for row in area["because"]]
    measured = rules().battery.in_session_order(set(result["tests"]) - {"mcgill_side_extensor_ratio"})
    cells = [
        result["tests"][test.id][side] for test in measured for side in test.sides if side in result["tests"][test.id]
    ]
    return {
        "areas": order,
        "scores": [(two(area["score"]), two(area["confidence"])) for area in areas if is_told(area)],
        "thin": [(two(a["score"]), two(a["confidence"])) for a in areas if not is_told(a) and a["score"] is not None],
        "context": [(two(context["score"]), two(context["confidence"]))] if is_told(context) else [],
        "because": [(two(row["d"]), f"{row['weight']:g}") for row in because],
        "values": [row["value"] for row in because],
        "cells": [two(cell["s"]) for cell in cells if cell.get("s") is not None],
    }


def text_in(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def report_in(html: str) -> str:
    """The report of a page, without the coach's forms: what is printed."""
    [article] = re.findall(r'(?s)<article class="report panel">.*?</article>', html)
    return re.sub(
        r'(?s)<details class="see-otherwise d-print-none".*?</form>\s*(<form.*?</form>)?\s*(<ul.*?</ul>)?\s*</details>',
        "",
        article,
    )


PAIR = r"core (\d\.\d\d) ?, confidence (\d\.\d\d)"


def numbers_in(text: str) -> dict[str, list]:
    """The same numbers as `expected`, read from a text: of the page or of the PDF."""
    text = " ".join(text.split())
    told, table = re.split(r"What we measured", text, maxsplit=1)
    return {
        "scores": re.findall(rf"side: s{PAIR}", told),
        "thin": re.findall(rf"finding: s{PAIR}", told),
        "context": re.findall(rf"them\. S{PAIR}", told),
        "because": re.findall(r"Deficit (\d\.\d\d) ?, weight ([\d.]+) of 10", told),
        "cells": re.findall(r"score (\d\.\d\d)", table),
    }


@pytest.mark.parametrize(
    ("name", "runner", "inputs"),
    [*EXAMPLES, *map(at_random, SEEDS)],
    ids=lambda part: part if isinstance(part, str) else "",
)
def test_page_and_pdf_show_the_numbers_of_the_command(ana, now, sign_in, tmp_path, name, runner, inputs):
    row = assessed(ana, now, runner, inputs)
    result = answered(row, tmp_path)
    assert result == row.result
    wanted = expected(result)

    page = report_in(sign_in(ana.coach).get(address(row)).content.decode())
    assert re.findall(r'<li class="rep-item" id="(\w+)"', page) == wanted["areas"]
    paper = text_of(as_pdf(row, for_coach=True))
    for shown in (numbers_in(text_in(page)), numbers_in(paper)):
        assert shown == {key: wanted[key] for key in shown}
    assert digits(text_in(page)) == digits(without_footers(paper))

    measuring.share(assessment=row, now=now)
    hers = report_in(sign_in(ana).get(f"/me/findings/{row.pk}/").content.decode())
    papers = text_of(as_pdf(row, for_coach=False))
    for shown in (numbers_in(text_in(hers)), numbers_in(papers)):
        assert (shown["scores"], shown["context"]) == (wanted["scores"], wanted["context"])
        assert not shown["thin"] and not shown["because"] and not shown["cells"]
    assert digits(text_in(hers)) == digits(without_footers(papers))


def address(row: Assessment) -> str:
    return reverse("assessments:findings", kwargs={"pk": row.client_id, "assessment": row.pk})


def digits(text: str) -> set[str]:
    """Every number there is, whatever it stands for; a place in the ranking is one by design and not by text."""
    return set(re.findall(r"\d+(?:\.\d+)?", text)) - {"1", "2", "3", "4"}


def without_footers(paper: str) -> str:
    return re.sub(r"Likely contributors, [^\n]*\n+\s*\d+ of \d+\n", "\n", paper)


def test_the_published_scores_stand_on_the_page(ana, now, sign_in):
    """By hand: worked example 1 of the scoring proposal."""
    _, runner, inputs = EXAMPLES[0]
    text = text_in(report_in(sign_in(ana.coach).get(address(assessed(ana, now, runner, inputs))).content.decode()))
    assert "From the tests on the right side: score 0.42 , confidence 0.83" in text
    assert "score 0.42 , confidence 0.50" in text


def test_a_number_that_is_changed_in_the_document_is_seen_by_the_comparison(ana, now, tmp_path):
    """The comparison itself can fail: one score told otherwise is found on paper."""
    _, runner, inputs = EXAMPLES[0]
    row = assessed(ana, now, runner, inputs)
    row.sentences["areas"][0]["score"] = "0.43"
    wanted = expected(answered(row, tmp_path))
    assert numbers_in(text_of(as_pdf(row, for_coach=True)))["scores"] != wanted["scores"]


# --- abstaining ------------------------------------------------------------------------------------------------------

NORMAL = {
    "wblt_distance": {"left": 11, "right": 11}, "single_leg_heel_raise": {"left": 30, "right": 30},
    "prone_knee_flexion": {"left": 140, "right": 140}, "modified_thomas_knee": {"left": 60, "right": 60},
    "modified_ober": {"left": -30, "right": -30}, "hip_abduction_torque": {"left": 1.6, "right": 1.6},
    "hip_external_rotation_force": {"left": 20, "right": 20}, "single_leg_squat": {"left": 0, "right": 0},
    "lateral_step_down": {"left": 0, "right": 0}, "side_plank": {"left": 90, "right": 90},
    "prone_plank": {"value": 120}, "trunk_extensor_hold": {"value": 150}, "bird_dog": {"left": 0, "right": 0},
}  # fmt: skip
RUNNER = {"age": 30, "sex": "female", "painful_side": "right"}


def both_texts(row, sign_in, now):
    measuring.share(assessment=row, now=now)
    coachs = sign_in(row.client.coach).get(address(row)).content.decode()
    hers = sign_in(row.client).get(f"/me/findings/{row.pk}/").content.decode()
    return [text_in(report_in(page)) for page in (coachs, hers)] + [
        " ".join(text_of(as_pdf(row, for_coach=for_coach)).split()) for for_coach in (True, False)
    ]


def test_where_all_is_normal_nothing_is_made_to_stand_out(ana, now, sign_in):
    row = assessed(ana, now, RUNNER, NORMAL)
    assert row.result["abstained"]
    for text in both_texts(row, sign_in, now):
        assert "Ana, nothing stands out so far." in text and wording().words.abstained in text
        assert "A likely contributor" not in text and "A possible contributor" not in text


def test_where_data_are_thin_it_says_so(ana, now, sign_in):
    row = assessed(ana, now, RUNNER, {"single_leg_squat": {"right": 4}})
    for text in both_texts(row, sign_in, now):
        assert "Ana, this needs a few more tests." in text
        assert text.count("Not enough data") == 4
        assert wording().words.statuses["not_enough_data"] in text


def test_what_does_not_settle_it_is_called_unclear(ana, now, sign_in):
    row = assessed(ana, now, RUNNER, {"prone_plank": {"value": 120}})
    assert row.result["areas"]["core_instability"]["status"] == "unclear"
    for text in both_texts(row, sign_in, now):
        assert wording().words.statuses["unclear"] in text


def test_running_is_context_and_has_no_place_among_the_four(ana, now, sign_in):
    row = assessed(ana, now, RUNNER, NORMAL | {"longest_run_spike": {"value": 150}, "cadence": {"value": 150}})
    assert row.result["areas"]["running_form_load"]["status"] == "likely_contributor"
    assert "running_form_load" not in row.result["ranking"] and row.result["abstained"]
    for text in both_texts(row, sign_in, now):
        assert "Ana, nothing stands out so far." in text
        assert "Shown beside the four areas and never ranked with them." in text


# --- what else must stand there --------------------------------------------------------------------------------------


def test_what_must_not_be_tested_is_left_out_with_its_reason_and_not_called_not_tested(ana, now, sign_in):
    known(ana, now)
    _, sheet = measuring.begin_assessment(
        client=ana, answers=answers("pregnancy_bp"), by=ana.coach.user, now=now, today={}
    )
    measuring.save_value(assessment=sheet, test="wblt_distance", side="right", value=6.5, now=now)
    row = measuring.finish_assessment(assessment=sheet, now=now)
    plank = rules().battery.test["prone_plank"].name
    assert "prone_plank" in row.left_out
    for text in both_texts(row, sign_in, now):
        reasons = text.split("Left out on purpose")[1]
        assert f"{plank}: {row.left_out['prone_plank']}" in reasons
        assert plank not in text.split("Not tested")[1].split("Left out on purpose")[0]


def test_what_hurt_disagrees_is_left_out_or_has_a_source_is_said(ana, now, sign_in):
    _, runner, inputs = EXAMPLES[2]
    hurt = {"lateral_step_down": {"right": 3, "pain_right": 7}, "single_leg_squat": {"right": 2, "pain_right": 4}}
    sheet_row = assessed(ana, now, runner, inputs | hurt)
    reasons = {"prone_plank": "Pregnant: no prone holds."}
    sheet_row.sentences["left_out"] = [{"test": "Prone forearm plank hold", "reason": reasons["prone_plank"]}]
    sheet_row.save()
    coachs, hers, *papers = both_texts(sheet_row, sign_in, now)
    for text in (coachs, hers, *papers):
        assert "Lateral step-down (0-6), right: pain 7 of 10. Stopped because it hurt" in text.replace(" ,", ",")
        assert "pain 4 of 10. It hurt while testing, so it counts half." in text
        assert "Left out on purpose" in text and reasons["prone_plank"] in text
        assert wording().disclaimer in text
        assert "by the rules assessment-" in text and "found on 18 November 2026, 10:00" in text
        assert "doi:" in text or "PMID" in text
    for text in (coachs, papers[0]):
        assert wording().words.conflict in text and "Furthest apart: Prone knee flexion" in text
    for text in (hers, papers[1]):
        assert wording().words.conflict_told in text and wording().words.conflict not in text
