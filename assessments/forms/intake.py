"""The intake: five short pages, one form each. Every field is a row of the studio's list of inputs, with its unit.

Names are those of that list. An answer that may be missing is None when it is missing, never 0 and never a default.
"""

from datetime import date
from functools import cache
from math import ceil

from django import forms

from assessments.domain.rules import rules
from assessments.forms.fields import (
    DAYS,
    ChecksField,
    DayField,
    LinesField,
    NumberField,
    OneOfField,
    PaceField,
    PainField,
    ScaleField,
    WordsField,
    YesNoField,
)
from assessments.forms.red_flags import NONE_CONTRADICTED, RedFlagFields
from clients import consent
from clients.models import Client
from clients.vocabulary import KIT_ANSWERS, NOTHING, TAGS, TOOLS

NOBODY = "none"  # "None of these", which is another answer than no answer
PAIN_MAP = {  # region -> words; each is asked of the right and of the left leg: "right_kneecap"
    "hip_groin": "In the hip or groin",
    "thigh": "In the thigh",
    "kneecap": "At the front, around or behind the kneecap",
    "inner_line": "On the inner line of the joint",
    "outer_side": "On the outer side",
    "shin_bump": "On the bump below the kneecap",
    "behind": "Behind the knee",
}
ON_THE_MAP = {  # the same in one word, for the drawing
    "hip_groin": "hip, groin",
    "thigh": "thigh",
    "kneecap": "kneecap",
    "inner_line": "inner",
    "outer_side": "outer",
    "shin_bump": "bump",
    "behind": "behind",
}
LEGS = {"right": "Right", "left": "Left"}  # in the order of the drawing, as the runner is seen from the front
ONSET = {
    "gradual": "Bit by bit",
    "sudden": "All at once",
    "injury": "With a fall, twist or blow",
}
PAINS = {  # field -> question; all 0-10 NRS, all skippable
    "worst_24h_nrs": "At its worst in the last 24 hours",
    "daily_nrs": "In daily life, on most days",
    "stairs_nrs": "On stairs",
    "squat_nrs": "When you squat",
    "sitting_nrs": "After sitting for long",
    "walk30_nrs": "After 30 minutes of brisk walking",
}
MEDICINES = {
    "blood_thinners": "Blood thinners",
    "steroids": "Steroids",
    "diabetes": "Diabetes",
    "inflammatory_disease": "An inflammatory disease",
    "cancer": "Cancer, now or in the past",
    "heart_blood_pressure": "Heart trouble or high blood pressure",
    NOBODY: "None of these",
}
ENERGY = {
    "missed_periods": "Periods that stay away or have become rare",
    "low_libido": "Much less interest in sex than before",
    "weight_loss": "Weight loss that was not planned",
    "eating_concern": "Worry about food or eating",
    NOBODY: "None of these",
}
CHANGES = {
    "distance": "More distance",
    "speed": "More speed",
    "hills": "More hills",
    "downhill": "More downhill",
    "stairs": "More stairs",
    "surface": "Another surface",
    "shoes": "Other shoes",
    NOBODY: "None of these",
}
PREGNANCY = {
    "no": "No",
    "pregnant": "I am pregnant",
    "after_birth": "I gave birth in the last 6 months",
}
GOAL_LENGTH = Client._meta.get_field("goals").base_field.max_length
PREGNANCY_TAGS = ("pregnancy_supine", "pregnancy_prone", "pregnancy_impact")
BOTHERS = {tag: words for tag, words in TAGS.items() if tag not in PREGNANCY_TAGS}  # asked by one question of its own


KEPT_ELSEWHERE = ("consent", "form_key", "stamp")


class Page(forms.Form):
    """One page. `today` is the runner's own date; nothing here reads a clock."""

    slug = title = lead = ""
    asked_of_some = frozenset[str]()  # follow from another answer; most people are asked fewer

    def __init__(self, *args, client: Client, today: date, answers: dict | None = None, **kwargs):
        self.client, self.today = client, today
        self.earlier = answers or {}  # what other pages said
        super().__init__(*args, **kwargs)

    def clean(self):
        data = super().clean()
        for name, field in self.fields.items():
            ticked = data.get(name) or []
            if isinstance(field, ChecksField) and NOBODY in ticked and len(ticked) > 1:
                self.add_error(name, NONE_CONTRADICTED)
        return data

    @property
    def saved(self) -> dict:
        """What the page keeps as its answers; the consent and the red flags are kept by services of their own."""
        return {name: self.cleaned_data.get(name) for name in self.base_fields if name not in KEPT_ELSEWHERE}

    def refuse_no_with_words(self, data: dict, question: str, words: str) -> None:
        """ "No", and then what it was, are two answers."""
        if data.get(question) == "no" and data.get(words):
            self.add_error(question, "You said no and wrote something below. Which is it?")


class YouPage(Page):
    slug, title = "you", "You"
    lead = "Facts that reference values need, and your yes before anything about your health is kept."

    born_on = DayField("Date of birth", required=True, autocomplete="bday", help_text="Reference values depend on age.")
    sex_for_norms = OneOfField(
        "Compare my results with the values of",
        [("female", "Women"), ("male", "Men"), ("undisclosed", "I would rather not say")],
        required=True,
        help_text="Used for reference values only. If you would rather not say, we use the mean of both.",
    )
    height_cm = NumberField("Height", "cm", 120, 220, whole=False)
    body_mass_kg = NumberField("Weight", "kg", 30, 200, whole=False)
    consent = forms.BooleanField(
        label="I have read this and I agree",
        required=False,
    )

    def __init__(self, *args, has_consent: bool = False, **kwargs):
        super().__init__(*args, **kwargs)
        if has_consent:
            del self.fields["consent"]

    def clean_born_on(self):
        born_on = self.cleaned_data["born_on"]
        if born_on > self.today:
            raise forms.ValidationError("That day is still to come.")
        if self.age_of(born_on) > rules().scheme.runner_age.max:
            raise forms.ValidationError(
                f"Our reference values end at {rules().scheme.runner_age.max} years. If the date is right, write to your coach."
            )
        return born_on

    def age_of(self, born_on: date) -> int:
        return Client(born_on=born_on).age_on(self.today) or 0

    @property
    def is_under_age(self) -> bool:
        born_on = self.cleaned_data.get("born_on")
        return born_on is not None and self.age_of(born_on) < rules().scheme.age_rule.score_from

    def clean(self):
        data = super().clean()
        # Nobody under age is asked for a consent, so its absence is no error there.
        if "consent" in self.fields and not data.get("consent") and not self.is_under_age:
            self.add_error(
                "consent", "Without your yes we may not ask about your health. You can withdraw it at any time."
            )
        return data


class PainMapField(ChecksField):
    """Where it hurts, leg by leg: "right_kneecap". A tick may come from the drawing or from the list; it is the same box."""

    def __init__(self, label: str, help_text: str = ""):
        choices = [(f"{leg}_{region}", words) for region, words in PAIN_MAP.items() for leg in LEGS]
        super().__init__(label, choices, help_text)

    @staticmethod
    def words(value: list[str]) -> str:
        """ "Right: in the thigh, behind the knee. Left: on the outer side" """
        found = []
        for leg, name in LEGS.items():
            regions = [words for region, words in PAIN_MAP.items() if f"{leg}_{region}" in value]
            if regions:
                found.append(f"{name}: {', '.join(words[0].lower() + words[1:] for words in regions)}")
        return ". ".join(found)


class KneePage(Page):
    slug, title = "knee", "Your knee"
    asked_of_some = frozenset({"walk30_not_done", "pain_free_since", "injuries"})
    lead = "What it does and when. Skip any number you are not sure of: a blank is better than a guess."

    painful_side = OneOfField(
        "Which knee hurts?",
        Client.Side.choices,
        required=True,
        missing="Please choose one; “No pain now” is an answer too.",
    )
    story = WordsField(
        "What is it doing?",
        most=4000,
        rows=4,
        help_text="When it started, what brings it on, what you have tried.",
    )
    onset = OneOfField("How did it start?", list(ONSET.items()))
    symptom_months = NumberField("For how long?", "months", 0, 360, help_text="0 if it is less than a month.")
    pain_map = PainMapField("Where?", help_text="Tap the drawing or tick the list, as many as fit.")
    worst_24h_nrs, daily_nrs, stairs_nrs, squat_nrs, sitting_nrs = (
        PainField(PAINS[name]) for name in ("worst_24h_nrs", "daily_nrs", "stairs_nrs", "squat_nrs", "sitting_nrs")
    )
    walk30_nrs = PainField(PAINS["walk30_nrs"])
    walk30_not_done = forms.BooleanField(label="I have not walked that long lately", required=False)
    pain_free_since = DayField("If it does not hurt now: since when?", help_text="Leave it empty while it hurts.")
    previous_injury = YesNoField("Another running injury before?")
    injuries = WordsField("If yes: what and when?", most=500)

    @property
    def map_rows(self) -> list[dict]:
        """The list: each region with its box for either leg; the drawing's zones are labels of the same boxes."""
        chosen = set(self["pain_map"].value() or [])
        return [
            {
                "region": region,
                "words": words,
                "boxes": [
                    {"leg": leg, "value": f"{leg}_{region}", "is_on": f"{leg}_{region}" in chosen} for leg in LEGS
                ],
            }
            for region, words in PAIN_MAP.items()
        ]

    @property
    def map_legs(self) -> list[dict]:
        """The drawing: each leg with its zones."""
        return [{"leg": leg, "name": name, "zones": list(ON_THE_MAP.items())} for leg, name in LEGS.items()]

    def clean_pain_free_since(self):
        day = self.cleaned_data["pain_free_since"]
        if day and day > self.today:
            raise forms.ValidationError("That day is still to come.")
        return day

    def clean(self):
        data = super().clean()
        worst = data.get("worst_24h_nrs")
        if data.get("walk30_not_done") and data.get("walk30_nrs") is not None:
            self.add_error(
                "walk30_nrs", "You gave a number and ticked that you have not walked that long. Which is it?"
            )
        if data.get("painful_side") == Client.Side.NONE and worst:
            self.add_error("painful_side", f"You gave {worst} of 10 for the last 24 hours. Which knee was it?")
        self.refuse_no_with_words(data, "previous_injury", "injuries")
        if data.get("pain_free_since") and worst:
            self.add_error(
                "pain_free_since", f"You gave {worst} of 10 for the last 24 hours. Leave this empty while it hurts."
            )
        return data


class HealthPage(Page, RedFlagFields):
    slug, title = "health", "Safety"
    lead = (
        "Some signs need a clinician before any training. Tick what is true for you; in each box, one answer is needed."
    )

    asked_of_some = frozenset({"surgery", "bone_stress", "medicines_note"})

    knee_surgery = YesNoField("Knee or hip surgery before?")
    surgery = WordsField("If yes: what and when?", most=500)
    previous_bone_stress_injury = YesNoField("A stress fracture before?")
    bone_stress = WordsField("If yes: which bone, and when?", most=500)
    medicines = ChecksField("Do you take or have any of these?", list(MEDICINES.items()))
    medicines_note = WordsField("Other medicines or conditions your coach should know of", most=500)
    energy_screen = ChecksField(
        "Any of these lately?",
        list(ENERGY.items()),
        help_text="They say whether bones get enough energy to recover. Skip it if you would rather not say.",
    )

    @property
    def said_severe(self) -> int | None:
        """The worst pain given on the knee page when it already answers one of the questions."""
        worst = self.earlier.get("worst_24h_nrs")
        return worst if rules().red_flags.is_severe(worst) else None

    def clean(self):
        data = super().clean()
        self.refuse_no_with_words(data, "knee_surgery", "surgery")
        self.refuse_no_with_words(data, "previous_bone_stress_injury", "bone_stress")
        return data

    @property
    def answers(self):
        answers = super().answers
        if self.said_severe is not None:
            answers["worsening_or_severe"] = True
        if "blood_thinners" in self.cleaned_data.get("medicines", []):
            answers["bleeding_risk"] = True
        return answers


class RunningPage(Page):
    slug, title = "running", "Running"
    lead = "Where you are and where you want to get back to. Estimates are fine."

    asked_of_some = frozenset({"goal_race_km"})

    run_minutes_ok = NumberField(
        "How long can you run with pain of 2 of 10 or less?", "min", 0, 600, help_text="0 if you are not running."
    )
    runs_per_week = NumberField("Runs in a usual week", "runs", 0, 14)
    weekly_km_last_4 = NumberField("A usual week of the last four", "km", 0, 400, whole=False)
    longest_30d_min = NumberField("Longest run of the last 30 days", "min", 0, 1440)
    longest_run_last_30d_km = NumberField("The same run", "km", 0, 300, whole=False)
    longest_run_last_14d_km = NumberField("Longest run of the last 14 days", "km", 0, 300, whole=False)
    easy_pace = PaceField("Your easy pace", help_text="Minutes and seconds for a kilometre, such as 6:15.")
    running_years = NumberField("Running for", "years", 0, 80, whole=False)
    hard_run_days = ChecksField(
        "Days with a hard or long run", DAYS, help_text="We keep heavy leg work away from them."
    )
    recent_changes = ChecksField("What changed in the weeks before it hurt?", list(CHANGES.items()))
    footwear_model = WordsField("The shoes you run in most", most=120, placeholder="Brand and model")
    shoe_km = NumberField("Run in them so far", "km", 0, 5000)
    heel_drop_mm = NumberField("Heel drop, if known", "mm", 0, 20, whole=False)
    orthoses = YesNoField("Insoles or orthoses?")
    goals = LinesField(
        "What do you want to be able to do again?",
        most=3,
        longest=GOAL_LENGTH,
        help_text="Two or three wishes in your own words. Once a week we ask how close you are.",
    )
    weekly_goal_min = NumberField("Running you want to get back to, a week", "min", 0, 3000)
    goal_race_on = DayField("A race ahead: when?")
    goal_race_km = NumberField("Its distance", "km", 0.1, 1000, whole=False)

    @property
    def goal_lines(self) -> list[str]:
        return self.fields["goals"].rows(self["goals"].value())

    def clean_goal_race_on(self):
        day = self.cleaned_data["goal_race_on"]
        if day and day < self.today:
            raise forms.ValidationError("That day is over. Leave it empty if no race is planned.")
        return day

    def clean(self):
        data = super().clean()
        month, fortnight = data.get("longest_run_last_30d_km"), data.get("longest_run_last_14d_km")
        if month is not None and fortnight is not None and fortnight > month:
            self.add_error(
                "longest_run_last_14d_km",
                f"The last 14 days are part of the last 30, whose longest run is {month:g} km. Which is it?",
            )
        return data


class WeekPage(Page):
    slug, title = "week", "Your week"
    lead = "What the plan has to fit into. It uses the time that you really have."
    asked_of_some = frozenset({"pregnancy_weeks", "pregnancy_cleared"})

    weekdays = ChecksField("Days for training", DAYS, help_text="2 to 5 days.")
    minutes = NumberField("Time for one session", "min", 15, 90)
    if_then_cue = WordsField(
        "When will you do it? When this is over, I start:", most=200, placeholder="After work, before dinner"
    )
    if_then_place = WordsField("And where will you do it?", most=200, placeholder="In the living room")
    kit = ChecksField(
        "What do you have at home?",
        list(KIT_ANSWERS.items()),
        help_text="Floor and body weight are enough to start.",
    )
    tools = ChecksField("For the tests, do you have any of these?", list(TOOLS.items()))
    sleep_hours = NumberField("Sleep in a usual night", "hours", 0, 16, whole=False)
    sleep_quality_0_10 = ScaleField("How good is it?", "0 is very bad", "10 is very good")
    stress_0_10 = ScaleField(
        "How much stress is there in your life now?", "0 is none", "10 is the most you can imagine"
    )
    fear_of_movement_0_10 = ScaleField(
        "How afraid are you that moving harms the knee?", "0 is not at all", "10 is very"
    )
    bothers = ChecksField(
        "Does any of this bother you?", list(BOTHERS.items()), help_text="The plan leaves out what does."
    )
    pregnancy = OneOfField("Pregnancy", list(PREGNANCY.items()))
    pregnancy_weeks = NumberField("If you are pregnant: which week?", "weeks", 1, 42)
    pregnancy_cleared = forms.BooleanField(
        label="After the birth, a doctor or midwife has cleared me for exercise", required=False
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["minutes"].required = True
        self.fields["minutes"].error_messages["required"] = "How many minutes do you have, 15 to 90?"

    def clean_kit(self):
        kit = self.cleaned_data["kit"]
        if not kit:
            raise forms.ValidationError("Tick what you have, or “None of these”.")
        if NOTHING in kit and len(kit) > 1:
            raise forms.ValidationError("“None of these” and a tick above say two things. Which is it?")
        return kit

    def clean_weekdays(self):
        days = self.cleaned_data["weekdays"]
        if not 2 <= len(days) <= 5:
            raise forms.ValidationError("Choose 2 to 5 days.")
        return days

    def clean(self):
        data = super().clean()
        if data.get("pregnancy_weeks") and data.get("pregnancy") != "pregnant":
            self.add_error("pregnancy", "You gave a week of pregnancy. Are you pregnant?")
        return data


PAGES: dict[str, type[Page]] = {page.slug: page for page in (YouPage, KneePage, HealthPage, RunningPage, WeekPage)}


# --- how long it takes ------------------------------------------------------------------------------------------------

WORDS_A_SECOND = 4  # read quietly, 240 a minute
ANSWERING_S = {  # seconds beside the reading: product estimates, by what the hand does
    PainField: 2,
    ScaleField: 2,
    OneOfField: 2,
    YesNoField: 2,
    ChecksField: 4,
    PainMapField: 8,
    NumberField: 3,
    PaceField: 4,
    DayField: 5,
    WordsField: 12,
    LinesField: 30,
    forms.BooleanField: 1,
    forms.MultipleChoiceField: 4,
}
STORY_S = 15  # mostly it stands there already, from the booking


@cache
def questions_on(slug: str) -> int:
    """How many questions a page asks of everybody; a red flag is one, and the box that closes a group is none."""
    return len(_asked(slug)) + (len(_flags()) if slug == HealthPage.slug else 0)


@cache
def seconds_for(slug: str) -> float:
    """How long a page takes: its words at a quiet pace, and the answers."""
    page = PAGES[slug]
    total = _words(page.lead) / WORDS_A_SECOND
    for name, field in _asked(slug).items():
        words = _words(field.label, field.help_text, *(label for _, label in getattr(field, "choices", ())))
        is_scale = isinstance(field, PainField | ScaleField)
        total += (_words(field.label) if is_scale else words) / WORDS_A_SECOND
        total += STORY_S if name == "story" else ANSWERING_S[type(field)]
    if slug == HealthPage.slug:
        total += sum(_words(flag.question) for flag in _flags()) / WORDS_A_SECOND + len(_flags())
    if slug == YouPage.slug:
        total += _words(consent.TEXT) / WORDS_A_SECOND
    return total


def minutes_left(slug: str) -> int:
    """From the top of a page to the end, rounded up to a whole minute."""
    slugs = list(PAGES)
    return ceil(sum(seconds_for(each) for each in slugs[slugs.index(slug) :]) / 60)


def _asked(slug: str) -> dict[str, forms.Field]:
    page = PAGES[slug]
    hidden = {name for name, field in page.base_fields.items() if field.widget.is_hidden}
    return {name: field for name, field in page.base_fields.items() if name not in page.asked_of_some | hidden}


def _flags() -> list:
    return [flag for flag in rules().red_flags.red_flags if flag.id not in ("adolescent_hip", "under_16")]


def _words(*texts: object) -> int:
    return sum(len(str(text or "").split()) for text in texts)
