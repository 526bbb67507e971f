"""Fill the demo studio, and top it up: the same call on every start, safe to repeat, and nobody else is touched."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import Max

from clients.consent import has_consent
from clients.models import Client
from consultations import services as consultations
from consultations.domain.availability import Window
from programs.models import MorningAnswer, Program
from programs.services import noting, publishing
from studio.accounts import services as accounts
from studio.accounts.models import Coach, Studio, User
from studio.front.demo.cast import COACHES, PASSWORD, RUNNERS
from studio.front.demo.cast.parts import CoachPart, Runner
from studio.front.demo.walking import Walk
from studio.outbox import services as outbox

COACHES_SINCE = timedelta(days=400)
A_DAY = timedelta(days=1)

STUDIO = {
    "name": "The Ultimate Runner Studio",
    "time_zone": "Europe/London",
    "address": "The Old Boathouse, 4 Towpath Lane, Riverside",
    "contact_email": "hello@demo.studio",
    "emergency_number": "999",
    "urgent_advice_number": "111",
}
WEEK = [[Window(9 * 60, 13 * 60), Window(14 * 60, 18 * 60 + 30)]] * 5 + [[Window(9 * 60, 12 * 60 + 30)], []]
TYPES = (
    {
        "name": "First consultation",
        "description": "We talk about your knee, your running and your week, and you hear honestly whether I can help.",
        "place": "Video; the link comes by e-mail",
        "bring": "Nothing. If you have it: your running log of the last month.",
        "minutes": 45,
        "for_runners": False,
    },
    {
        "name": "Full assessment",
        "description": "Simple field tests of hips, thighs, ankles and trunk, and what they say about your knee.",
        "place": "In the studio",
        "bring": "Shorts and the shoes you run in.",
        "minutes": 75,
        "step": 30,
        "buffer_after": 15,
    },
    {
        "name": "Follow-up",
        "description": "How it went, what changes next.",
        "place": "Video; the link comes by e-mail",
        "minutes": 30,
        "for_visitors": False,
    },
)
DAY_OFF = 9  # days after the first seeding


class NotADemo(Exception):
    """This studio is not a demo studio; nothing was changed."""


@dataclass(frozen=True)
class Seeded:
    made: tuple[str, ...]  # names of the people who are new
    topped_up: tuple[str, ...]
    left_alone: tuple[str, ...]  # somebody real has the address


def seed(*, now: datetime) -> Seeded:
    """Bring the demo people up to yesterday, or make them.

    Args:
        now: the clock, passed in. The past is told until the end of yesterday, in each runner's zone.

    Returns:
        Who was made and who was topped up.

    Raises:
        NotADemo: the settings do not say that this is a demo studio.
    """
    if not settings.DEMO:
        raise NotADemo("This is no demo studio (STUDIO_DEMO is off): no demo people are made here.")
    coaches: dict[str, Coach | None] = {part.key: ready_coach(part, now) for part in COACHES}
    made, topped_up, left_alone = [], [], []
    for runner in RUNNERS:
        coach = coaches[runner.coach]
        with transaction.atomic():
            Studio.objects.select_for_update().get(pk=1)  # a second seed_demo waits here and finds it done
            client = (
                Client.objects.select_related("coach__user", "user").filter(coach=coach, email=runner.email).first()
            )
            if coach is None or is_somebodys(runner, client):
                left_alone.append(runner.name)
            elif client is None:
                make(runner, coach, now)
                made.append(runner.name)
            elif top_up(runner, client, now):
                topped_up.append(runner.name)
    return Seeded(tuple(made), tuple(topped_up), tuple(left_alone))


def is_somebodys(runner: Runner, client: Client | None) -> bool:
    """Whether the address belongs to a sign-in that this demo runner may not use."""
    if client is not None and client.user is not None:
        return not client.user.is_demo
    return User.objects.filter(email__iexact=runner.email).exists()


@cache
def hashed_password() -> str:
    """Hashed once: a good hash is slow, and everybody here has the same public password."""
    return make_password(PASSWORD)


# --- the studio -----------------------------------------------------------------------------------------------------


@transaction.atomic
def ready_coach(part: CoachPart, now: datetime) -> Coach | None:
    """The demo coach, made with types and hours at the first time; None when somebody real has the address."""
    Studio.objects.get_or_create(pk=1, defaults=STUDIO)
    Studio.objects.select_for_update().get(pk=1)
    user = User.objects.filter(email__iexact=part.email).first()
    if user is not None:
        return Coach.objects.filter(user=user).select_related("user").first() if user.is_demo else None
    role = User.Role.OWNER if part.is_owner else User.Role.COACH
    user = accounts.open_account(email=part.email, name=part.name, role=role)
    user.is_demo, user.password, user.date_joined = True, hashed_password(), now - COACHES_SINCE
    user.save(update_fields=["is_demo", "password", "date_joined"])
    coach = Coach.objects.create(user=user, headline=part.headline)
    for fields in TYPES:
        consultations.add_type(coach=coach, **fields | ({} if part.is_owner else no_visitors(fields)))
    consultations.set_week(coach=coach, week=WEEK)
    if part.is_owner:
        consultations.set_exception(coach=coach, day=next_weekday(now.date() + DAY_OFF * A_DAY), windows=[])
    return coach


def no_visitors(fields: dict) -> dict:
    """The owner meets whoever is new; what her colleague had for visitors alone cannot be booked now."""
    return {"for_visitors": False} if fields.get("for_runners", True) else {"is_active": False}


def next_weekday(day: date) -> date:
    """The day itself, or the Monday after a weekend."""
    return day + max(0, 7 - day.weekday()) * A_DAY if day.weekday() > 4 else day


# --- the runners ----------------------------------------------------------------------------------------------------


def make(runner: Runner, coach: Coach, now: datetime) -> None:
    """Tell a runner's whole past. All of it is there, or nothing."""
    zone_day = now.astimezone(Client(time_zone=runner.time_zone).zone).date()
    walk = Walk(runner, coach, zone_day, password=hashed_password())
    walk.plan_the_record()
    walk.live(runner.came, -1)
    look_ahead(walk, now)


def top_up(runner: Runner, client: Client, now: datetime) -> bool:
    """Tell the days since the last one that anything is known of. What somebody did by hand stays as it is.

    Returns:
        Whether there was anything to tell: who is silent or away stays so.
    """
    is_training = client.programs.filter(state=Program.State.ACTIVE, current__isnull=False).exists()
    if runner.course is None or not is_training or not has_consent(client):
        return False
    walk = Walk(runner, client.coach, first_day_of(runner, client), client=client)
    before = newest_day(client)
    walk.live(walk.day_of_date(before) + 1, walk.day_of(now) - 1)
    look_ahead(walk, now)
    return newest_day(client) > before


def first_day_of(runner: Runner, client: Client) -> date:
    """The day of the first seeding, which the course counts from: the record began `came` days from it."""
    return client.local_date(client.created_at) - runner.came * A_DAY


def newest_day(client: Client) -> date:
    """The last day that something is known of; before the first one, the day of the plan."""
    program = client.programs.get(state=Program.State.ACTIVE)
    sessions = program.scheduledsessions.filter(started_at__isnull=False).aggregate(last=Max("day"))["last"]
    mornings = MorningAnswer.objects.filter(client=client).aggregate(last=Max("day"))["last"]
    return max(day for day in (sessions, mornings, client.local_date(program.created_at)) if day)


def look_ahead(walk: Walk, now: datetime) -> None:
    """What a studio that was open until now has ready: sessions on dates, and the next weekly note."""
    if walk.program is None:
        return
    walk.live_the_night_before(now)
    publishing.materialise(program=walk.program, version=walk.program.current, now=now)
    due = noting.note_due(walk.client, now + timedelta(days=7))
    if not noting.why_not(walk.client, due):
        week = noting.week_of(walk.client, due)
        outbox.plan_message(
            kind=noting.KIND, key=noting.note_key(walk.client.pk, week), to=walk.client.user.email,
            to_name=walk.client.name, user=walk.client.user, coach=walk.coach, client_id=walk.client.pk,
            data={"client": walk.client.pk, "week": week}, due_at=due, now=now,
        )  # fmt: skip
