"""Answers and forms for the tests of this app."""

from datetime import date
from uuid import uuid4

from assessments import gate
from assessments.domain.rules import rules
from assessments.forms.red_flags import GROUPS
from assessments.models import Assessment
from assessments.services import measuring, safety
from clients.consent import give_consent
from clients.models import Client

FLAGS = rules().red_flags.flag


def answers(*yes: str, **items: list[str]) -> dict:
    """A complete round: no to everything but these flags."""
    round_ = {flag.id: [] if flag.sub_items else False for flag in FLAGS.values()}
    return round_ | dict.fromkeys(yes, True) | items


def ticks(*yes: str, browser=None, url: str = "", **fields) -> dict:
    """What a browser posts for a round: ticks in their groups, "none of these" where there is none.

    With a browser, key and stamp are those of the form at url, as a person's would be.
    """
    posted: dict = {}
    for group, (_, names) in GROUPS.items():
        ticked = [name for name in names if name in yes]
        posted |= {f"flags_{group}": ticked} if ticked else {f"none_{group}": "on"}
    if browser is not None:
        form = browser.get(url).context["form"]
        posted |= {"form_key": str(form["form_key"].value()), "stamp": form["stamp"].value()}
    if fields.get("step") == "red_flags":  # before an assessment: how it is today
        posted |= {"today-rest_pain_nrs": "1", "today-feels_ill": "no", "today-said": "none"}
    return posted | fields


def known(client: Client, now, **fields) -> Client:
    """A runner whose record has all that an assessment needs, with her consent."""
    facts = {"born_on": date(1990, 4, 23), "sex_for_norms": "female", "painful_side": "right"} | fields
    for name, value in facts.items():
        setattr(client, name, value)
    client.save()
    give_consent(client=client, now=now)
    return client


def ask(client: Client, now, *yes: str, source: str = "intake", by=None, **items) -> safety.Answered:
    return safety.answer_red_flags(
        client=client, answers=answers(*yes, **items), source=source, by=by, now=now, form_key=uuid4()
    )


def begun(client: Client, now) -> Assessment:
    """An open assessment of a runner with nothing up."""
    known(client, now)
    _, assessment = measuring.begin_assessment(client=client, answers=answers(), by=client.coach.user, now=now)
    assert assessment is not None
    return assessment


def finished(client: Client, now, **values: dict) -> Assessment:
    """A finished assessment with these readings: test -> {"left": 10, "right": 6.5} or {"both": 45}."""
    assessment = begun(client, now)
    for test, sides in (values or {"wblt_distance": {"left": 10, "right": 6.5}}).items():
        for side, value in sides.items():
            measuring.save_value(assessment=assessment, test=test, side=side, value=value, now=now)
    return measuring.finish_assessment(assessment=assessment, now=now)


def stands(client: Client, now) -> gate.Reason:
    return gate.gate_for(client, now).reason
