"""Field kinds that the forms of this app share."""

from django import forms

from clients.vocabulary import WEEKDAYS


class PainField(forms.TypedChoiceField):
    """0-10 NRS by eleven buttons; no answer is None, never 0. Drawn by {% pain_scale %}."""

    widget = forms.RadioSelect

    def __init__(self, label: str, help_text: str = ""):
        super().__init__(
            label=label,
            help_text=help_text,
            choices=[(str(i), str(i)) for i in range(11)],
            coerce=int,
            empty_value=None,
            required=False,
            error_messages={"invalid_choice": "Choose a number from 0 to 10, or skip."},
        )


class NumberField(forms.DecimalField):
    """A number with its unit, typed as text so that a slip of the finger stays readable; 6,5 is 6.5."""

    def __init__(self, label: str, unit: str, low: float, high: float, *, whole: bool = True, help_text: str = ""):
        self.unit, self.whole = unit, whole
        super().__init__(
            label=label,
            help_text=help_text,
            required=False,
            min_value=low,
            max_value=high,
            decimal_places=0 if whole else 2,
            error_messages={
                "invalid": "Write a number, such as 20.",
                "min_value": f"Write a number from {low:g} to {high:g} {unit}.",
                "max_value": f"Write a number from {low:g} to {high:g} {unit}.",
                "max_decimal_places": "Write a whole number." if whole else "Two places after the point are enough.",
            },
            widget=forms.TextInput(
                attrs={"inputmode": "numeric" if whole else "decimal", "autocomplete": "off", "maxlength": 12}
            ),
        )

    def to_python(self, value):
        return super().to_python(str(value).replace(",", ".") if value not in (None, "") else value)

    def clean(self, value):
        number = super().clean(value)
        return number if number is None else int(number) if self.whole else float(number)


class DayField(forms.DateField):
    """A calendar day; the browser's own picker."""

    def __init__(self, label: str, *, required: bool = False, help_text: str = "", **attrs):
        super().__init__(
            label=label,
            help_text=help_text,
            required=required,
            widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", **attrs}),
            error_messages={
                "required": "Please give the day.",
                "invalid": "Write the day as year-month-day, such as 1990-04-23.",
            },
        )


class ChecksField(forms.MultipleChoiceField):
    """Any number of ticks; none is an answer too."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, label: str, choices, help_text: str = ""):
        super().__init__(label=label, choices=choices, help_text=help_text, required=False)


class OneOfField(forms.ChoiceField):
    """One of a few, as segments; nothing is chosen beforehand."""

    widget = forms.RadioSelect

    def __init__(self, label: str, choices, *, required: bool = False, help_text: str = "", missing: str = ""):
        super().__init__(
            label=label,
            choices=choices,
            required=required,
            help_text=help_text,
            error_messages={"required": missing or "Please choose one."},
        )


class WordsField(forms.CharField):
    def __init__(self, label: str, *, most: int, rows: int = 0, help_text: str = "", placeholder: str = ""):
        widget = forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput()
        if placeholder:
            widget.attrs["placeholder"] = placeholder
        super().__init__(
            label=label,
            required=False,
            max_length=most,
            help_text=help_text,
            widget=widget,
            error_messages={"max_length": "That is longer than we can keep: %(limit_value)d characters at most."},
        )


DAYS = [(day, name[:3]) for day, name in WEEKDAYS.items()]
