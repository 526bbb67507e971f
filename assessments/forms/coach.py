"""What the coach writes down: the basics a record lacks, and a clinician's clearance."""

from datetime import date

from django import forms

from assessments.domain.rules import rules
from assessments.forms.fields import DayField, OneOfField
from assessments.forms.red_flags import RedFlagFields
from assessments.models import Overrule, RedFlagCheck
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


class ClearanceForm(forms.Form):
    """A clinician has seen the runner: who, when, what was said. For the rounds that stand on the page."""

    checks = forms.TypedMultipleChoiceField(coerce=int, widget=forms.MultipleHiddenInput)
    clinician = forms.CharField(
        label="Who has seen the runner?",
        max_length=160,
        help_text="Name and profession, such as Dr Rao, sports physician.",
    )
    seen_on = DayField(
        "On which day?", required=True, help_text="On or after the day of the answer; an earlier one needs a word below."
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
