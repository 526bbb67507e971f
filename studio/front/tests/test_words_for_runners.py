"""No guilt (promise 8): whatever a runner did or did not do, her pages and letters never say missed, failed or lost."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.utils.html import strip_tags

from programs.models import MorningAnswer, ScheduledSession
from programs.services import deciding, noting
from programs.tests.people import next_session, planned, train
from studio.outbox import services as outbox

GUILT = re.compile(r"\b(missed|failed|failure|lost|streak|skipped|lazy|should have|behind schedule|caused by)\b", re.I)
PAGES = (
    "/me/",
    "/me/progress/",
    "/me/settings/",
    "/me/book/",
    "/me/intake/",
    "/me/red-flags/",
    "/me/outcomes/",
    "/me/outcomes/akps/",
    "/me/outcomes/pain_nrs/",
    "/me/week/",
    "/me/phase-check/",
)


def words_of(html: str) -> str:
    return strip_tags(re.sub(r"(?s)<(script|style|svg).*?</\1>", " ", html))


@pytest.fixture
def after_a_thin_month(ana, now):
    """A program with one session done in five weeks, one stopped for pain, worse mornings and gaps."""
    program = planned(ana, now)
    train(next_session(program, now), now, pain=2)
    later = now + timedelta(days=21)
    session = train(next_session(program, later), later, pain=8)
    deciding.decide_early(session=session, now=later)
    for days_ago in (1, 3):
        MorningAnswer.objects.create(
            client=ana, day=ana.local_date(later) + timedelta(days=days_ago), morning_nrs=5,
            time_zone=ana.time_zone, answered_at=later,
        )  # fmt: skip
    deciding.decide_due(now=later + timedelta(days=3))
    return later + timedelta(days=14)


def test_no_page_of_hers_blames_her(after_a_thin_month, ana, sign_in):
    with time_machine.travel(after_a_thin_month, tick=False):
        phone = sign_in(ana)
        sessions = ScheduledSession.objects.filter(program__client=ana).order_by("day")
        addresses = [*PAGES, *(f"/me/sessions/{each.pk}/" for each in sessions[:6])]
        for address in addresses:
            html = phone.get(address, follow=True).content.decode()
            assert not GUILT.search(words_of(html)), f"{address}: {GUILT.search(words_of(html))[0]}"


def test_no_letter_of_hers_blames_her(after_a_thin_month, ana, mailoutbox):
    sunday = after_a_thin_month + timedelta(days=(6 - after_a_thin_month.weekday()) % 7)
    evening = sunday.replace(hour=18, minute=0)
    noting.plan_weekly_notes(now=evening)
    outbox.sweep(now=evening + timedelta(minutes=1))
    letters = [letter for letter in mailoutbox if letter.to == [ana.email]]
    assert letters
    for letter in letters:
        html = letter.alternatives[0][0] if letter.alternatives else ""
        assert not GUILT.search(" ".join([letter.subject, letter.body, words_of(html)]))


def test_the_number_on_both_screens_is_the_same(after_a_thin_month, ana, sign_in):
    with time_machine.travel(after_a_thin_month, tick=False):
        hers = words_of(sign_in(ana).get("/me/progress/").content.decode())
        coachs = words_of(sign_in(ana.coach).get(f"/clients/{ana.pk}/").content.decode())
    headline = re.search(r"\d+ of the last \d+ weeks kept(?: \([a-z]+ paused\))?", hers)[0]
    done = re.search(r"\d+ of \d+ sessions?, last 28 days|No session planned in the last 28 days", hers)[0]
    assert headline in coachs
    assert done in " ".join(coachs.split())
