"""What is answered on the weekly check and on the phase check. An empty answer is None, never 0 and never no."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from django import forms

from programs.checking import DID_NOT_WALK, PAINS, goals_of
from programs.domain import checks
from programs.forms import NrsField
from programs.models import WeekAnswer

YES_NO = [("", ""), ("yes", "Yes"), ("no", "No")]
LONGEST = 8  # characters that a number may have


def goal_field(goal: str) -> str:
    """The name of a goal's field: it stays the same when goals are added or moved."""
    return f"goal-{sha256(goal.encode()).hexdigest()[:12]}"


class WeekForm(forms.Form):
    """Twenty seconds: four rows of eleven buttons, two questions, what got in the way, and how the goals stand."""

    week = forms.CharField(max_length=8, widget=forms.HiddenInput)
    seen = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)
    worst_24h_nrs, daily_nrs, stairs_nrs, walk30_nrs = (NrsField(label=label) for label in PAINS.values())
    did_not_walk = forms.BooleanField(required=False, label="I did not walk that long")
    slept_badly = forms.ChoiceField(choices=YES_NO, required=False, label="Slept badly for three nights or more?")
    ill = forms.ChoiceField(choices=YES_NO, required=False, label="Ill this week?")
    barrier = forms.ChoiceField(
        choices=[("", ""), *WeekAnswer.Barrier.choices], required=False, label="What got in the way?"
    )

    def __init__(self, *args, client, **kwargs):
        super().__init__(*args, **kwargs)
        self.goals = {goal_field(goal): goal for goal in goals_of(client)}
        for name, goal in self.goals.items():
            self.fields[name] = NrsField(label=goal)

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("did_not_walk") and cleaned.get("walk30_nrs") is not None:
            self.add_error("walk30_nrs", "You gave a number and ticked that you did not walk that long. Which is it?")
        return cleaned

    def answers(self) -> dict[str, Any]:
        """What was answered, by the names of the studio's list of inputs; the barrier is kept elsewhere."""
        said = self.cleaned_data
        found: dict[str, Any] = {name: said[name] for name in PAINS if said.get(name) is not None}
        if said.get("did_not_walk"):
            found["walk30_nrs"] = DID_NOT_WALK
        found |= {name: said[name] == "yes" for name in ("slept_badly", "ill") if said.get(name)}
        if ratings := {goal: said[name] for name, goal in self.goals.items() if said.get(name) is not None}:
            found["goals"] = ratings
        return found

    @staticmethod
    def initial_of(answers: Mapping[str, Any], barrier: str) -> dict[str, Any]:
        """What stands, as the fields show it."""
        found = {name: answers[name] for name in PAINS if isinstance(answers.get(name), int)}
        found["did_not_walk"] = answers.get("walk30_nrs") == DID_NOT_WALK
        found |= {name: "yes" if answers[name] else "no" for name in ("slept_badly", "ill") if name in answers}
        found |= {goal_field(goal): rating for goal, rating in answers.get("goals", {}).items()}
        return found | {"barrier": barrier}


def reading_name(test: str, side: str, part: str) -> str:
    return f"{test}-{side}-{part}"


@dataclass
class Sheet:
    """The fields of a phase check that were changed since the page was drawn, and what cannot be read."""

    changes: dict[tuple[str, str, str], tuple[float | None, float | None]] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)  # field name -> sentence
    typed: dict[str, str] = field(default_factory=dict)  # field name -> as it was typed, of the fields with an error


def read_sheet(phase: int, posted: Mapping[str, str], only: str = "") -> Sheet:
    """Read a phase check, or the one field of it that was changed ("was-" + name says what stood there)."""
    sheet = Sheet()
    for test in checks.check_rules().tests_of(phase):
        for side in test.sides:
            for part in ("value", "pain"):
                name = reading_name(test.id, side, part)
                if only not in ("", name) or (name not in posted and f"was-{name}" not in posted):
                    continue
                typed = posted.get(name, "").strip()
                number, was = _number(typed), _number(posted.get(f"was-{name}", "").strip())
                problem = _problem(test, part, typed, number)
                if problem:
                    sheet.errors[name], sheet.typed[name] = problem, typed[:40]
                elif number != was:
                    sheet.changes[test.id, side, part] = (was, number)
    return sheet


def _number(typed: str) -> float | None:
    typed = typed.replace(",", ".")
    if not typed or len(typed) > LONGEST or not typed.isascii() or not set(typed) <= set(".0123456789"):
        return None
    try:
        number = float(typed)
    except ValueError:
        return None
    return int(number) if number == int(number) else number


def _problem(test: checks.CheckTest, part: str, typed: str, number: float | None) -> str:
    if typed and number is None:
        return "Write a number, such as 12." if part == "value" else "Choose a number from 0 to 10, or skip."
    if part == "value":
        return checks.reading_problem(test, number)
    return "" if number is None or number in range(11) else "Choose a number from 0 to 10, or skip."
