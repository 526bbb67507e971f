"""What the coach writes down: the basics a record lacks, the day before the tests, a clinician's clearance."""

from datetime import date

from django import forms

from assessments.domain.eligibility import contraindications
from assessments.domain.rules import rules
from assessments.forms.fields import ChecksField, DayField, OneOfField, PainField
from assessments.forms.red_flags import NONE_CONTRADICTED, NONE_MISSING, RedFlagFields
from assessments.models import Assessment, Overrule, RedFlagCheck
from assessments.offer import Offer
from assessments.services.overruling import REASON_LENGTH
from clients.models import Client


class BasicsForm(forms.Form):
    """Date of birth, sex for norms, painful side, and the consent: those of them that the record does not have yet.

    They come before the red flags, because some of those depend on the age.
    """

    born_on = DayField("Date of birth", required=True)
    sex_for_norms = OneOfField("Compare with the values of", Client.Sex.choices, required=True)
    painful_side = OneOfField("Which knee hurts?", Client.Side.choices, required=True)
    consent = forms.BooleanField(
        error_messages={"required": "Without this yes nothing about health may be written down."}
    )

    def __init__(self, *args, client: Client, today: date, has_consent: bool, **kwargs):
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields[
            "consent"
        ].label = f"{client.first_name} has read or heard this and agrees (under 16: a parent or guardian)"
        for name in ("born_on", "sex_for_norms", "painful_side"):
            if getattr(client, name):
                del self.fields[name]
        if has_consent:
            del self.fields["consent"]

    def clean_born_on(self):
        born_on = self.cleaned_data["born_on"]
        ages = rules().scheme.runner_age
        age = Client(born_on=born_on).age_on(self.today) or 0
        if born_on > self.today:
            raise forms.ValidationError("That day is still to come.")
        if not ages.min <= age <= ages.max:
            raise forms.ValidationError(f"The tests and their reference values are for {ages.min} to {ages.max} years.")
        return born_on


class StartForm(RedFlagFields):
    """The red flags, asked anew before every assessment, by the coach with the runner in the room."""


NONE_OF_THESE = "none"


class TodayForm(forms.Form):
    """What speaks against testing today: pain at rest, feeling ill, and what the tests' contra-indications ask."""

    rest_pain_nrs = PainField("Knee pain at rest, right now")
    feels_ill = OneOfField(
        "Ill or feverish today?", [("no", "No"), ("yes", "Yes")], required=True, missing="Ask, then choose one."
    )
    said = ChecksField("Any of these today?", [])

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        asked = [(question.id, question.ask) for question in contraindications().questions]
        self.fields["said"].choices = [*asked, (NONE_OF_THESE, "None of these")]

    def clean_rest_pain_nrs(self):
        pain = self.cleaned_data["rest_pain_nrs"]
        if pain is None:
            raise forms.ValidationError("Ask for a number from 0 to 10.")
        return pain

    def clean_said(self):
        said = self.cleaned_data["said"]
        if not said:
            raise forms.ValidationError(NONE_MISSING)
        if NONE_OF_THESE in said and len(said) > 1:
            raise forms.ValidationError(NONE_CONTRADICTED)
        return [question for question in said if question != NONE_OF_THESE]

    @property
    def today(self) -> dict[str, object]:
        """The answers as the assessment keeps them."""
        cleaned = self.cleaned_data
        return {
            "rest_pain_nrs": cleaned["rest_pain_nrs"],
            "feels_ill": cleaned["feels_ill"] == "yes",
            "said": cleaned["said"],
        }


class ChoiceForm(forms.Form):
    """Which battery of those on offer, and with a choice of one's own which tests; what must not be done is refused.

    The ticks count for a choice of one's own. The other batteries know their tests, also without script.
    """

    battery = forms.ChoiceField(error_messages={"required": "Choose a battery."})
    tests = forms.MultipleChoiceField(
        required=False, error_messages={"invalid_choice": "One of the tests is not known."}
    )
    warmed_up = forms.BooleanField()

    def __init__(self, *args, offer: Offer, **kwargs):
        super().__init__(*args, **kwargs)
        self.offer = offer
        self.fields["battery"].choices = [(each.id, each.name) for each in offer.batteries]
        minutes = f"{contraindications().warm_up.value:g} easy minutes"
        self.fields["warmed_up"].label = f"Warmed up: {minutes} of walking, cycling or jogging"
        self.fields["warmed_up"].error_messages["required"] = f"First {minutes}: walk, cycle or jog, then tick this."
        self.fields["tests"].choices = [(test.id, test.name) for test in rules().battery.tests if test.is_entered]

    def clean(self):
        cleaned, barred = super().clean(), self.offer.barred
        battery = cleaned.get("battery")
        if battery and battery != Assessment.Battery.OWN:
            cleaned["tests"] = self.offer.battery(battery).ids
        elif battery and "tests" in cleaned:
            if refused := [test for test in cleaned["tests"] if test in barred]:
                name = rules().battery.test[refused[0]].name
                self.add_error("tests", f"{name} is not done today: {barred[refused[0]]}")
            elif not cleaned["tests"]:
                self.add_error("tests", "Tick at least one test.")
        return cleaned


class ClearanceForm(forms.Form):
    """A clinician has seen the runner: who, when, what was said. For the rounds that stand on the page."""

    checks = forms.TypedMultipleChoiceField(coerce=int, widget=forms.MultipleHiddenInput)
    clinician = forms.CharField(
        label="Who has seen the runner?",
        max_length=160,
        help_text="Name and profession, such as Dr Rao, sports physician.",
    )
    seen_on = DayField(
        "On which day?",
        required=True,
        help_text="On or after the day of the answer; an earlier one needs a word below.",
    )
    note = forms.CharField(
        label="What was said?",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Findings, limits, what is allowed. Only the studio reads this.",
    )

    def __init__(self, *args, waiting: tuple[RedFlagCheck, ...], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["checks"].choices = [(check.pk, check.pk) for check in waiting]
        self.fields["checks"].initial = [check.pk for check in waiting]
        self.fields["checks"].error_messages |= {
            "required": "Nothing on this page waits for a clearance any more.",
            "invalid_choice": "Something has changed since this page was opened. Please read it again.",
        }

    def clean_clinician(self):
        return " ".join(self.cleaned_data["clinician"].split())


class OverruleForm(forms.Form):
    """How the coach sees an area, and why. `seen` is the decision that stood when the page was opened."""

    status = forms.ChoiceField(choices=Overrule.Status.choices, error_messages={"required": "Choose one."})
    reason = forms.CharField(
        max_length=REASON_LENGTH, widget=forms.Textarea, error_messages={"required": "Say why: both are shown."}
    )
    seen = forms.IntegerField(required=False)
