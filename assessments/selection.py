"""Which tests an assessment is made of: a named battery or the coach's own choice, less what must not be done."""

from collections.abc import Iterable, Mapping
from typing import Any

from assessments.domain.battery import FieldTest
from assessments.domain.eligibility import Barred, Facts, barred, barred_today, contraindications
from assessments.domain.rules import rules
from assessments.gate import Gate
from assessments.models import Assessment
from clients.models import Client
from clients.vocabulary import TAGS

Battery = Assessment.Battery


def named_tests(battery: str) -> tuple[FieldTest, ...]:
    """The tests of a named battery in the published order of a session; KeyError for a choice of one's own."""
    battery_of = rules().battery
    named = {
        Battery.QUICK: battery_of.quick,
        Battery.DYNAMOMETER: battery_of.dynamometer,
        Battery.RUNNING: battery_of.running,
    }
    return entered(named[Battery(battery)]().tests)


def entered(tests: Iterable[FieldTest]) -> tuple[FieldTest, ...]:
    """Without the one that is computed from others."""
    return tuple(test for test in tests if test.is_entered)


def planned_tests(assessment: Assessment) -> tuple[FieldTest, ...]:
    """The tests of an assessment in session order, those that must not be done included."""
    if not assessment.tests:
        return named_tests(assessment.battery)
    known = rules().battery.test
    return entered(rules().battery.in_session_order(test for test in assessment.tests if test in known))


def unplanned_tests(assessment: Assessment) -> frozenset[str]:
    """Tests that are not proposed: the choice leaves them out, or they must not be done."""
    return (frozenset(rules().battery.test) - {test.id for test in planned_tests(assessment)}) | set(
        assessment.left_out
    )


def facts_of(client: Client, gate: Gate, today: Mapping[str, Any]) -> Facts:
    """What is known of a runner: the record's tags, the cautions that stand, what was said before the first test."""
    return Facts(
        tags=frozenset(client.tags),
        flags=frozenset(gate.flags),
        said=frozenset(today.get("said", ())),
        rest_pain_nrs=today.get("rest_pain_nrs"),
        feels_ill=bool(today.get("feels_ill")),
    )


def barred_in_words(client: Client, gate: Gate, today: Mapping[str, Any]) -> dict[str, str]:
    """The tests that must not be done with this runner, each with why, and what that is known from."""
    return {test: words_of(why) for test, why in barred(facts_of(client, gate, today)).items()}


def left_out_now(assessment: Assessment, gate: Gate) -> dict[str, str]:
    """What must not be done as things stand now; while the gate is closed, as they stood when it was last open."""
    if not gate.allows_testing:
        return dict(assessment.left_out)
    return barred_in_words(assessment.client, gate, assessment.today)


def nothing_today(today: Mapping[str, Any]) -> str:
    """Why nothing at all is tested on a day that was answered like this; "" = nothing speaks against it."""
    return barred_today(Facts(rest_pain_nrs=today.get("rest_pain_nrs"), feels_ill=bool(today.get("feels_ill"))))


def words_of(why: Barred) -> str:
    """ "Hamstring tear. Said today: A hamstring tear." """
    known = {
        "question": lambda: f" Said today: {contraindications().question[why.fact].ask}.",
        "tag": lambda: f" In the record: {TAGS[why.fact]}.",
        "flag": lambda: f" Yes to “{rules().red_flags.flag[why.fact].question}”",
    }
    return f"{why.reason}.{known[why.known_by]() if why.fact else ''}"
