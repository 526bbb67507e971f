"""The intake, saved page by page; at the end its answers become the runner's record."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from assessments.domain.rules import rules
from assessments.domain.tags import tag_limits
from assessments.forms.intake import PAGES, PREGNANCY_TAGS, HealthPage
from assessments.models import Intake, RedFlagCheck
from assessments.services import safety
from clients.consent import give_consent
from clients.models import Client
from clients.vocabulary import COMPUTED_TAGS
from studio.accounts.models import User
from studio.outbox import services as outbox


class Submitted(Exception):
    """The intake was sent; it is a record now."""


class Unfinished(Exception):
    """Pages are missing; `pages` names them in order."""

    def __init__(self, pages: list[str]) -> None:
        self.pages = pages
        super().__init__(", ".join(pages))


def intake_of(client: Client) -> Intake:
    """The runner's intake, perhaps not stored yet."""
    return Intake.objects.filter(client=client).first() or Intake(client=client)


def _open_intake(client: Client) -> Intake:
    """The intake, held until the transaction ends: two tabs write one after the other."""
    Client.objects.select_for_update().get(pk=client.pk)
    intake, _ = Intake.objects.get_or_create(client=client)
    if intake.submitted_at:
        raise Submitted("These answers were sent. What has changed since, you can change in your settings.")
    return intake


@transaction.atomic
def keep_typed(*, client: Client, page: str, typed: Mapping[str, list[str]], now: datetime) -> None:
    """Keep what stands on a page, right or wrong, so that leaving it loses nothing."""
    intake = _open_intake(client)
    intake.typed[page] = {name: [value.replace("\0", "") for value in values] for name, values in typed.items()}
    intake.updated_at = now
    intake.save()


@transaction.atomic
def save_page(*, client: Client, page: str, cleaned: Mapping[str, Any], now: datetime) -> Intake:
    """Keep the answers of a page that has no error left."""
    intake = _open_intake(client)
    before = _asked_by(intake.answers)
    intake.answers.update({name: _stored(value) for name, value in cleaned.items()})
    intake.typed.pop(page, None)
    done = {*intake.pages_done, page}
    if page != HealthPage.slug and _asked_by(intake.answers) != before:
        done.discard(HealthPage.slug)  # its answers were those of another age, or of a lesser pain: ask again
    intake.pages_done = [slug for slug in PAGES if slug in done]
    intake.updated_at = now
    intake.save()
    return intake


def _asked_by(answers: Mapping[str, Any]) -> tuple[Any, bool]:
    """What the red-flag questions of the third page rest on: the age, and whether a pain that was given answers one."""
    return answers.get("born_on"), rules().red_flags.is_severe(answers.get("worst_24h_nrs"))


@transaction.atomic
def save_you(*, client: Client, cleaned: Mapping[str, Any], has_agreed: bool, now: datetime) -> Intake:
    """The first page: date of birth, sex for norms, and the consent that everything after it rests on.

    The date of birth goes to the record at once, because the red flags of the third page depend on it.
    """
    if has_agreed:
        give_consent(client=client, now=now)
    intake = save_page(client=client, page="you", cleaned=cleaned, now=now)
    Client.objects.filter(pk=client.pk).update(born_on=cleaned["born_on"])
    client.born_on = cleaned["born_on"]
    return intake


@transaction.atomic
def save_health(
    *,
    client: Client,
    cleaned: Mapping[str, Any],
    answers: Mapping[str, Any],
    by: User,
    now: datetime,
    form_key: UUID | None,
    stamp: str,
) -> safety.Answered:
    """The third page: its red-flag answers are a round of the gate, and the round is in before anything else is saved."""
    answered = safety.answer_red_flags(
        client=client,
        answers=answers,
        source=RedFlagCheck.Source.INTAKE,
        by=by,
        now=now,
        form_key=form_key,
        stamp=stamp,
    )
    if answered.outcome is not safety.Outcome.STALE:
        save_page(client=client, page="health", cleaned={**cleaned, "red_flags": dict(answers)}, now=now)
    return answered


@transaction.atomic
def note_under_age(*, client: Client, born_on: date) -> None:
    """Under 16: the date of birth is kept, so that the page stays closed; nothing else is, and nothing more is asked."""
    intake = _open_intake(client)
    intake.answers["born_on"] = born_on.isoformat()
    intake.typed.pop("you", None)
    intake.save()
    Client.objects.filter(pk=client.pk).update(born_on=born_on)


@transaction.atomic
def follow_correction(*, client: Client, facts: Mapping[str, Any]) -> None:
    """The coach has corrected the record: an intake that is still being filled in says the same from now on."""
    intake = Intake.objects.select_for_update().filter(client=client, submitted_at=None).first()
    if intake is None:
        return
    before = _asked_by(intake.answers)
    for name, value in facts.items():
        if name in intake.answers:
            intake.answers[name] = _stored(value)
        for fields in intake.typed.values():
            fields.pop(name, None)
    if _asked_by(intake.answers) != before:
        intake.pages_done = [slug for slug in intake.pages_done if slug != HealthPage.slug]
    intake.save()


@transaction.atomic
def submit_intake(*, client: Client, now: datetime) -> Intake:
    """Hand the answers over: they are copied to the runner's record, and the coach is told.

    Raises:
        Submitted: it was sent before.
        Unfinished: pages are missing.
    """
    intake = _open_intake(client)
    missing = [page for page in PAGES if page not in intake.pages_done]
    if missing:
        raise Unfinished(missing)
    fields = record_of(intake.answers)
    # What the coach has noted stays; what the rules work out is worked out anew.
    fields["tags"] += [tag for tag in client.tags if tag not in COMPUTED_TAGS and tag not in fields["tags"]]
    for field, value in fields.items():
        setattr(client, field, value)
    client.save(update_fields=list(fields))
    intake.submitted_at = intake.updated_at = now
    intake.typed = {}
    intake.save()
    coach = client.coach
    outbox.plan_message(
        kind="intake_done", key=f"intake:{client.pk}", to=coach.user.email, to_name=coach.user.name, user=coach.user,
        coach=coach, client_id=client.pk, data={"client": client.pk}, now=now,
    )  # fmt: skip
    return intake


def record_of(answers: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of the runner's record that the intake fills. An answer that is missing is empty, never a default."""
    fields: dict[str, Any] = {
        "born_on": _day(answers.get("born_on")),
        "sex_for_norms": answers.get("sex_for_norms", ""),
        "painful_side": answers.get("painful_side", ""),
        "pain_free_since": _day(answers.get("pain_free_since")),
        "kit": answers.get("kit", []),
        "tools": answers.get("tools", []),
        "tags": tags_of(answers),
        "weekdays": answers.get("weekdays", []),
        "hard_run_days": answers.get("hard_run_days", []),
        "minutes": answers.get("minutes"),
        "if_then_cue": answers.get("if_then_cue", ""),
        "if_then_place": answers.get("if_then_place", ""),
        "goals": answers.get("goals") or [],
        "weekly_goal_min": answers.get("weekly_goal_min"),
    }
    if answers.get("story"):  # an empty box does not wipe what was said when booking
        fields["story"] = answers["story"]
    return fields


def tags_of(answers: Mapping[str, Any]) -> list[str]:
    """What the plan leaves out, as ids of the exercise library: what bothers, and what follows from other answers.

    A value that is missing counts as the careful one: unknown pain sets acute_pain_gt5, unknown running sets impact and
    no_running_clearance, an unknown week of pregnancy counts as a late one.
    """
    tags = list(answers.get("bothers", []))
    red_flags = answers.get("red_flags", {})
    if red_flags.get("bleeding_risk") and "bleeding_or_clot_risk" not in tags:
        tags.append("bleeding_or_clot_risk")
    tags += _pregnancy_tags(answers)
    worst = answers.get("worst_24h_nrs")
    if worst is None or worst > tag_limits().acute_pain_above.value:
        tags.append("acute_pain_gt5")
    if not answers.get("run_minutes_ok"):
        tags += ["impact", "no_running_clearance"]
    return tags


def _pregnancy_tags(answers: Mapping[str, Any]) -> list[str]:
    supine, prone, impact = PREGNANCY_TAGS
    match answers.get("pregnancy"):
        case "pregnant":
            weeks = answers.get("pregnancy_weeks")
            is_early = weeks is not None and weeks < tag_limits().late_pregnancy_from.value
            return [impact] if is_early else [supine, prone, impact]
        case "after_birth":
            return [] if answers.get("pregnancy_cleared") else [prone, impact]
        case _:
            return []


def _stored(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None
