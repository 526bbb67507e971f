from django import forms

from studio.accounts.models import Studio, User
from studio.accounts.zones import ZoneSelect, zone_choices

ADDRESS_TAKEN = "Somebody with this address is in the studio already."


class StudioForm(forms.ModelForm):
    time_zone = forms.ChoiceField(choices=zone_choices, widget=ZoneSelect)

    class Meta:
        model = Studio
        fields = ["name", "time_zone", "address", "contact_email", "emergency_number", "urgent_advice_number"]
        labels = {"emergency_number": "Emergency number", "urgent_advice_number": "Number for urgent advice"}
        help_texts = {
            "emergency_number": "Shown to a runner whose answers need care at once, such as 999 or 112.",
            "urgent_advice_number": "Shown beside it, such as 111. Leave it empty if there is none.",
            "address": "Where runners come for an assessment in person.",
        }
        widgets = {"address": forms.Textarea(attrs={"rows": 3})}


class CoachForm(forms.Form):
    name = forms.CharField(max_length=120)
    email = forms.EmailField(max_length=254, label="E-mail", help_text="Signs in with a code sent to this address.")

    def clean_email(self):
        email = self.cleaned_data["email"].lower()
        if User.objects.filter(email__iexact=email).exists():
            raise forms.ValidationError(ADDRESS_TAKEN)
        return email
