import re

from django import forms

from studio.accounts.models import Coach, Studio, User
from studio.accounts.zones import ZoneSelect, zone_choices
from studio.front.retiring import CANCEL, HAND_OVER, Leaving

ADDRESS_TAKEN = "Somebody with this address is in the studio already."


DIALABLE = re.compile(r"\+?\d[\d ]{0,17}\d", re.ASCII)  # 15, 112, +44 20 7946 0000


class PhoneNumber(forms.CharField):
    """A number that a phone can dial: digits and spaces, perhaps a plus in front."""

    default_error_messages = {"undialable": "Write a number that a phone can dial: digits, spaces, a plus in front."}

    def __init__(self, **kwargs):
        widget = forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"})
        super().__init__(**{"max_length": 20, "widget": widget} | kwargs)

    def to_python(self, value):
        number = " ".join(super().to_python(value).split())
        if number and not DIALABLE.fullmatch(number):
            raise forms.ValidationError(self.error_messages["undialable"], code="undialable")
        return number


class StudioForm(forms.ModelForm):
    """The studio itself: its name, zone, place, and the numbers that runners call."""

    time_zone = forms.ChoiceField(choices=zone_choices, widget=ZoneSelect)
    emergency_number = PhoneNumber(
        label="Emergency number",
        help_text="Shown to a runner whose answers need care at once, such as 999 or 112.",
    )
    urgent_advice_number = PhoneNumber(
        label="Number for urgent advice",
        required=False,
        help_text="Shown beside it, such as 111. Leave it empty if there is none.",
    )

    class Meta:
        model = Studio
        fields = ["name", "time_zone", "address", "contact_email", "emergency_number", "urgent_advice_number"]
        labels = {"contact_email": "E-mail for questions"}
        help_texts = {
            "address": "Where runners come for an assessment in person.",
            "contact_email": "On the privacy page, the about page and those for under-16s. Requests for a copy or for erasure go there.",
        }
        widgets = {"address": forms.Textarea(attrs={"rows": 3})}


class CoachForm(forms.Form):
    """A new colleague of the owner's."""

    name = forms.CharField(max_length=120)
    email = forms.EmailField(max_length=254, label="E-mail", help_text="Signs in with a code sent to this address.")

    def clean_email(self):
        email = self.cleaned_data["email"].lower()
        if User.objects.filter(email__iexact=email).exists():
            raise forms.ValidationError(ADDRESS_TAKEN)
        return email


class RetireForm(forms.Form):
    """Who takes over, and what becomes of each consultation to come."""

    to = forms.ModelChoiceField(Coach.objects.none(), widget=forms.HiddenInput)

    def __init__(self, *args, leaving: Leaving, colleagues: list[Coach], **kwargs):
        super().__init__(*args, **kwargs)
        self.coming = leaving.coming
        self.fields["to"].queryset = Coach.objects.filter(pk__in=[each.pk for each in colleagues])
        self.fields["to"].initial = leaving.to
        for each in leaving.coming:
            choices = [] if each.clashes else [(HAND_OVER, f"{leaving.to.user.get_short_name()} takes it")]
            self.fields[_name(each.booking.pk)] = forms.ChoiceField(
                choices=[*choices, (CANCEL, "Cancel it")],
                initial=CANCEL if each.clashes else HAND_OVER,
                widget=forms.RadioSelect,
                error_messages={"required": "Choose one of the two.", "invalid_choice": "Choose one of the two."},
            )

    @property
    def choices(self) -> dict[int, str]:
        return {each.booking.pk: self.cleaned_data[_name(each.booking.pk)] for each in self.coming}

    def rows(self) -> list:
        """[(consultation, its field), ...] in the order of time."""
        return [(each, self[_name(each.booking.pk)]) for each in self.coming]


def _name(booking_id: int) -> str:
    return f"booking-{booking_id}"
