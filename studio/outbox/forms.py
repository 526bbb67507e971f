from django import forms

from studio.outbox.models import Message


class OutboxForm(forms.Form):
    """The filter of the list; what makes no sense is left out, not complained about."""

    state = forms.ChoiceField(required=False, choices=[("", "All"), *Message.State.choices])

    def wanted(self) -> str:
        self.is_valid()
        return self.cleaned_data.get("state", "")
