"""The intake: five short pages, one form each. Every field is a row of the studio's list of inputs, with its unit.

Names are those of that list. An answer that may be missing is None when it is missing, never 0 and never a default.
"""

from datetime import date

from django import forms

from assessments.domain.rules import rules
from assessments.forms.fields import DAYS, ChecksField, DayField, NumberField, OneOfField, PainField, WordsField
from assessments.forms.red_flags import RedFlagFields
from clients.models import Client
from clients.vocabulary import KIT_ANSWERS, NOTHING, TAGS, TOOLS

PAIN_MAP = {
    "kneecap": "At the front, around or behind the kneecap",
    "inner_line": "On the inner line of the joint",
    "outer_side": "On the outer side",
    "behind": "Behind the knee",
    "shin_bump": "On the bump below the kneecap",
    "thigh": "In the thigh",
    "hip_groin": "In the hip or groin",
}
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
}
PREGNANCY = {
    "no": "No",
    "pregnant": "I am pregnant",
    "after_birth": "I gave birth in the last 6 months",
}
PREGNANCY_TAGS = ("pregnancy_supine", "pregnancy_prone", "pregnancy_impact")
BOTHERS = {tag: words for tag, words in TAGS.items() if tag not in PREGNANCY_TAGS}  # asked by one question of its own


class Page(forms.Form):
    """One page. `today` is the runner's own date; nothing here reads a clock."""

    slug = title = lead = ""

    def __init__(self, *args, client: Client, today: date, answers: dict | None = None, **kwargs):
        self.client, self.today = client, today
        self.earlier = answers or {}  # what other pages said
        super().__init__(*args, **kwargs)


class YouPage(Page):
    slug, title = "you", "You"
    lead = "Two facts that every reference value needs, and your yes before anything about your health is kept."

    born_on = DayField("Date of birth", required=True, autocomplete="bday", help_text="Reference values depend on age.")
    sex_for_norms = OneOfField(
        "Compare my results with the values of",
        [("female", "Women"), ("male", "Men"), ("undisclosed", "I would rather not say")],
        required=True,
        help_text="Used for reference values only. If you would rather not say, we use the mean of both.",
    )
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


class KneePage(Page):
    slug, title = "knee", "Your knee"
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
    pain_map = ChecksField("Where?", list(PAIN_MAP.items()), help_text="Tick all that fit.")
    worst_24h_nrs, daily_nrs, stairs_nrs, squat_nrs, sitting_nrs = (
        PainField(PAINS[name]) for name in ("worst_24h_nrs", "daily_nrs", "stairs_nrs", "squat_nrs", "sitting_nrs")
    )
    walk30_nrs = PainField(PAINS["walk30_nrs"])
    walk30_not_done = forms.BooleanField(label="I have not walked that long lately", required=False)
    pain_free_since = DayField("If it does not hurt now: since when?", help_text="Leave it empty while it hurts.")

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

    surgery = WordsField("Knee or hip surgery: what and when?", most=500, help_text="Leave it empty if there was none.")
    bone_stress = WordsField(
        "A stress fracture before: which bone, when?", most=500, help_text="Leave it empty if there was none."
    )
    medicines = ChecksField("Do you take or have any of these?", list(MEDICINES.items()))
    medicines_note = WordsField("Other medicines or conditions your coach should know of", most=500)

    # red_flags.yaml, worsening_or_severe: "Worst pain 8/10 or more"; the number given on the knee page answers it.
    SEVERE_FROM = 8

    @property
    def said_severe(self) -> int | None:
        """The worst pain given on the knee page when it already answers one of the questions."""
        worst = self.earlier.get("worst_24h_nrs")
        return worst if worst is not None and worst >= self.SEVERE_FROM else None

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

    run_minutes_ok = NumberField(
        "How long can you run with pain of 2 of 10 or less?", "min", 0, 600, help_text="0 if you are not running."
    )
    longest_30d_min = NumberField("Longest run of the last 30 days", "min", 0, 1440)
    runs_per_week = NumberField("Runs in a usual week", "runs", 0, 14)
    hard_run_days = ChecksField(
        "Days with a hard or long run", DAYS, help_text="We keep heavy leg work away from them."
    )
    weekly_goal_min = NumberField("Running you want to get back to, a week", "min", 0, 3000)
    goal_race_on = DayField("A race ahead: when?")
    goal_race_km = NumberField("Its distance", "km", 0.1, 1000, whole=False)
    goals = WordsField(
        "What do you want to be able to do again?",
        most=1000,
        rows=3,
        help_text="One wish a line.",
    )

    def clean_goal_race_on(self):
        day = self.cleaned_data["goal_race_on"]
        if day and day < self.today:
            raise forms.ValidationError("That day is over. Leave it empty if no race is planned.")
        return day

    def clean_goals(self):
        lines = [line.strip() for line in self.cleaned_data["goals"].splitlines() if line.strip()]
        longest = Client._meta.get_field("goals").base_field.max_length
        if any(len(line) > longest for line in lines):
            raise forms.ValidationError(f"Please keep each line under {longest} characters.")
        return "\n".join(lines)


class WeekPage(Page):
    slug, title = "week", "Your week"
    lead = "What the plan has to fit into. It uses the time that you really have."

    weekdays = ChecksField("Days for training", DAYS, help_text="2 to 5 days.")
    minutes = NumberField("Time for one session", "min", 15, 90)
    if_then_cue = WordsField("When will you start?", most=200, placeholder="After work, before dinner")
    if_then_place = WordsField("Where?", most=200, placeholder="In the living room")
    kit = ChecksField(
        "What do you have at home?",
        list(KIT_ANSWERS.items()),
        help_text="Floor and body weight are enough to start.",
    )
    tools = ChecksField("For the tests, do you have any of these?", list(TOOLS.items()))
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
