"""What a runner says and what a coach measures, passed through the same forms and services as a person's own input."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from assessments import gate
from assessments.domain.outcomes import outcomes as outcome_data
from assessments.domain.rules import rules
from assessments.forms.intake import PAGES, Page
from assessments.forms.red_flags import GROUPS
from assessments.services import intake, outcomes
from clients.models import Client
from programs.domain import consistency
from programs.services import checks
from studio.front.demo.cast.parts import Asked, Testing

PAGE_TAKES = timedelta(minutes=4)


class Misanswered(ValueError):
    """The cast says something that a form refuses; the message says which and why."""


def fill_in(*, client: Client, said: Mapping[str, Any], red_flags: Collection[str], moment: datetime) -> None:
    """The five pages of the intake, saved one after the other and handed in."""
    for slug in PAGES:
        now = moment - PAGE_TAKES * (len(PAGES) - list(PAGES).index(slug))
        form = _form(slug, client, said, red_flags, now)
        if not form.is_valid():
            raise Misanswered(f"{client.name}, page {slug}: {form.errors.as_json()}")
        match slug:
            case "you":
                intake.save_you(client=client, cleaned=form.saved, has_agreed=True, now=now)
            case "health":
                intake.save_health(
                    client=client, cleaned=form.saved, answers=form.answers, by=client.user, now=moment, form_key=form.key,
                    stamp=form.cleaned_data["stamp"],
                )  # fmt: skip
            case _:
                intake.save_page(client=client, page=slug, cleaned=form.saved, now=now)
    intake.submit_intake(client=client, now=moment)


def _form(slug: str, client: Client, said: Mapping[str, Any], red_flags: Collection[str], now: datetime) -> Page:
    today = client.local_date(now)
    kwargs: dict[str, Any] = {"client": client, "today": today, "answers": intake.intake_of(client).answers}
    posted = dict(said)
    if slug == "you":
        kwargs["has_consent"] = False
        posted["consent"] = "on"
    if slug == "health":
        kwargs |= {"age": client.age_on(today), "stamp": gate.gate_for(client, now).stamp}
        posted["stamp"] = kwargs["stamp"]
        for group, (_, names) in GROUPS.items():
            yes = [name for name in names if name in red_flags]
            posted |= {f"flags_{group}": yes} if yes else {f"none_{group}": "on"}
    return PAGES[slug](posted, **kwargs)


def no_red_flag() -> dict[str, bool | list[str]]:
    """The round a coach asks aloud before testing: no to everything."""
    return {flag.id: [] if flag.sub_items else False for flag in rules().red_flags.red_flags}


def readings_of(testing: Testing) -> dict[tuple[str, str], dict[str, Any]]:
    """The values and pains of an assessment as its sheet saves them."""
    readings: dict[tuple[str, str], dict[str, Any]] = {}
    for test, value in testing.readings.items():
        if isinstance(value, tuple):
            readings |= {(test, side): {"value": one} for side, one in zip(("left", "right"), value, strict=True)}
        else:
            readings[test, "both"] = {"value": value}
    for place, pain in testing.pains.items():
        readings.setdefault(place, {})["pain"] = pain
    return readings


def answer_round(*, client: Client, asked: Asked, moment: datetime) -> None:
    """One round of the outcome questions, answered and ended."""
    measures = outcome_data().measure
    pains = zip(measures["pain_nrs"].round_items, asked.pain, strict=True)
    points = zip(measures["akps"].items, asked.akps, strict=True)
    given = {
        "pain_nrs": {item.field: (None, nrs) for item, nrs in pains if nrs is not None},
        "akps": {item.field: (None, each) for item, each in points},
    }
    for measure, changes in given.items():
        outcomes.save_answers(client=client, measure=measure, changes=changes, by=client.user, now=moment)
        outcomes.finish(client=client, measure=measure, by=client.user, now=moment)


def answer_week(*, client: Client, said: Mapping[str, Any], moment: datetime) -> None:
    """The check of the week that is on; `goals` are ratings in the order of the runner's goals."""
    answers = dict(said)
    if "goals" in answers:
        answers["goals"] = dict(zip(client.goals, answers["goals"], strict=True))
    week = consistency.week_name(client.local_date(moment))
    checks.save_week(client=client, week=week, answers=answers, barrier="", seen="", by=client.user, now=moment)
