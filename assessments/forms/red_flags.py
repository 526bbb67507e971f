"""The red-flag questions as a form: ticks in four groups, each closed by "none of these", nothing ticked beforehand.

The questions and their meaning are the domain's (red_flags.yaml); the groups are only the order of reading. What follows
from the runner's age is not asked: nobody ticks what the date of birth already says.
"""

from uuid import UUID, uuid4

from django import forms

from assessments.domain.red_flags import RedFlag, SubItem
from assessments.domain.rules import rules
from assessments.forms.fields import PainField

GROUPS = {
    "fall": (
        "After a fall, a twist or a blow",
        ("trauma_ottawa", "extensor_rupture", "rapid_large_swelling", "first_dislocation"),
    ),
    "now": (
        "Right now",
        (
            "cannot_weight_bear",
            "hot_swollen_unwell",
            "calf_clot",
            "locked_knee",
            "adolescent_hip",
            "bone_stress_femoral_neck",
            "neurovascular",
            "chest_exertion",
        ),
    ),
    "weeks": (
        "Over the last weeks and months",
        (
            "bone_stress_other",
            "night_systemic",
            "giving_way",
            "effusion_no_trauma",
            "inflammatory",
            "back_hip_referral",
            "worsening_or_severe",
            "recent_surgery",
        ),
    ),
    "know": (
        "Good to know",
        ("under_16", "not_pfp_site", "over_55", "bleeding_risk", "pregnancy_bp"),
    ),
}

# Taken as said once another item of the flag is ticked: whoever fills this in has come for a painful knee.
IMPLIED = {"adolescent_hip": ("knee_or_thigh_pain",)}

NONE_MISSING = "Tick what applies, or “None of these”."
NONE_CONTRADICTED = "“None of these” and a tick above say two things. Which is it?"


def age_55() -> int:
    """Years from which the questions about age 55 are asked; from the data, where it is a sub-item."""
    ages = {item.id: item.age_min for item in rules().red_flags.flag["trauma_ottawa"].sub_items}
    return ages["age_55_plus"] or 0


def is_asked(flag: RedFlag, age: int) -> bool:
    """False for a question that the runner's age answers: it is about children, or about those from 55."""
    if flag.id == "adolescent_hip":
        return any(item.is_known_from(age) for item in flag.sub_items)
    if flag.id == "under_16":
        return age <= rules().scheme.age_rule.caution_until
    return flag.id != "over_55" or age >= age_55()


def shown_items(flag: RedFlag) -> list[SubItem]:
    """The sub-items that a person is asked: neither known from the age nor implied."""
    implied = IMPLIED.get(flag.id, ())
    return [item for item in flag.sub_items if item.age_min is None and item.id not in implied]


def openers(flag: RedFlag) -> set[str]:
    """Sub-items that make an answer. "Sore only on the kneecap" says nothing by itself; the fall before it does."""
    return {item.id for item in shown_items(flag)} & set(flag.all_of) or set(flag.any_of)


class RedFlagFields(forms.Form):
    """One round of answers. `answers` is what the engine takes: a flag id -> yes/no, or the sub-items answered yes."""

    form_key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    stamp = forms.CharField(widget=forms.HiddenInput, required=False, max_length=60)

    def __init__(self, *args, age: int, stamp: str = "", **kwargs):
        super().__init__(*args, **kwargs)
        self.age = age
        self.fields["form_key"].initial = uuid4()
        self.fields["stamp"].initial = stamp
        flags = rules().red_flags.flag
        self.asked = {
            group: [flags[name] for name in names if is_asked(flags[name], age)] for group, (_, names) in GROUPS.items()
        }
        for group, questions in self.asked.items():
            self.fields[f"flags_{group}"] = forms.MultipleChoiceField(
                label=GROUPS[group][0],
                required=False,
                choices=[(flag.id, flag.question) for flag in questions if not flag.sub_items],
                widget=forms.CheckboxSelectMultiple,
            )
            self.fields[f"none_{group}"] = forms.BooleanField(label="None of these", required=False)
            for flag in questions:
                if flag.sub_items:
                    self.fields[f"items_{flag.id}"] = forms.MultipleChoiceField(
                        label=flag.question,
                        required=False,
                        choices=[(item.id, item.text) for item in shown_items(flag)],
                        widget=forms.CheckboxSelectMultiple,
                    )

    def clean(self):
        data = super().clean()
        for group, questions in self.asked.items():
            ticked = list(data.get(f"flags_{group}", []))
            for flag in questions:
                ticked += openers(flag).intersection(data.get(f"items_{flag.id}", []))
            if data.get(f"none_{group}"):
                if ticked:
                    self.add_error(f"none_{group}", NONE_CONTRADICTED)
            elif not ticked and f"flags_{group}" not in self.errors:
                self.add_error(f"none_{group}", NONE_MISSING)
        return data

    @property
    def answers(self) -> dict[str, bool | list[str]]:
        """The round: every flag is in it, because what was not asked is answered by the age."""
        ticked = {name for group in self.asked for name in self.cleaned_data[f"flags_{group}"]}
        answers: dict[str, bool | list[str]] = {}
        for flag in rules().red_flags.red_flags:
            if flag.sub_items:
                yes = set(self.cleaned_data.get(f"items_{flag.id}", []))
                yes |= set(IMPLIED.get(flag.id, ())) if yes else set()
                yes |= {item.id for item in flag.sub_items if item.is_known_from(self.age)}
                answers[flag.id] = [item.id for item in flag.sub_items if item.id in yes]
            else:
                answers[flag.id] = flag.id in ticked
        if self.age < rules().scheme.age_rule.score_from:
            answers["under_16"] = True
        return answers

    @property
    def key(self) -> UUID | None:
        return self.cleaned_data.get("form_key")

    @property
    def groups(self):
        """For the template: title, the questions without sub-items, the rest, and "none of these"."""
        for group, questions in self.asked.items():
            yield {
                "id": group,
                "title": GROUPS[group][0],
                "flags": self[f"flags_{group}"] if self.fields[f"flags_{group}"].choices else None,
                "nested": [self[f"items_{flag.id}"] for flag in questions if flag.sub_items],
                "none": self[f"none_{group}"],
            }


def initial_of(answers: dict) -> dict:
    """Earlier answers of the same form, to go on with; the inverse of `answers`."""
    if not answers:
        return {}
    initial: dict = {}
    flags = rules().red_flags.flag
    for group, (_, names) in GROUPS.items():
        yes = [name for name in names if answers.get(name) is True]
        initial[f"flags_{group}"] = yes
        is_any_up = bool(yes)
        for name in names:
            if flags[name].sub_items:
                initial[f"items_{name}"] = answers.get(name, [])
                is_any_up |= not openers(flags[name]).isdisjoint(answers.get(name, []))
        initial[f"none_{group}"] = not is_any_up
    return initial


class FlareForm(RedFlagFields):
    """The flare check: how the knee is now, and the safety questions."""

    pain_nrs = PainField("How is the knee right now?")

    @property
    def answers(self):
        answers = super().answers
        pain = self.cleaned_data.get("pain_nrs")
        return answers | {"worsening_or_severe": True} if rules().red_flags.is_severe(pain) else answers
