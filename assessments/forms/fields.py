"""Field kinds that the forms of this app share."""

import re

from django import forms
from django.core.validators import ProhibitNullCharactersValidator

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


class ScaleField(forms.TypedChoiceField):
    """0-10 by eleven buttons for something other than pain, with words for its two ends; no answer is None, never 0."""

    widget = forms.RadioSelect

    def __init__(self, label: str, low: str, high: str, help_text: str = ""):
        self.low, self.high = low, high
        super().__init__(
            label=label,
            help_text=help_text,
            choices=[(str(i), str(i)) for i in range(11)],
            coerce=int,
            empty_value=None,
            required=False,
            error_messages={"invalid_choice": "Choose a number from 0 to 10, or skip."},
        )


class YesNoField(OneOfField):
    """Yes or no; unanswered is neither."""

    def __init__(self, label: str, help_text: str = ""):
        super().__init__(label, [("no", "No"), ("yes", "Yes")], help_text=help_text)


class PaceField(forms.CharField):
    """Minutes and seconds for a kilometre, typed 6:15; cleaned to whole seconds, None when empty."""

    FASTEST, SLOWEST = 150, 1200  # s/km: 2:30 and 20:00; what lies outside is a slip of the finger
    unit = "min:s / km"
    whole = False

    def __init__(self, label: str, help_text: str = ""):
        widget = forms.TextInput(attrs={"autocomplete": "off", "maxlength": 8})
        super().__init__(label=label, help_text=help_text, required=False, max_length=8, widget=widget)

    def clean(self, value):
        text = super().clean(value).strip().replace(".", ":").replace(",", ":")
        if not text:
            return None
        found = re.fullmatch(r"([0-9]{1,2})(?::([0-5][0-9]))?", text)
        seconds = 60 * int(found[1]) + int(found[2] or 0) if found else 0
        if not self.FASTEST <= seconds <= self.SLOWEST:
            raise forms.ValidationError("Write minutes and seconds for a kilometre, such as 6:15.")
        return seconds

    def prepare_value(self, value):
        return self.words(value) if isinstance(value, int) else value

    @staticmethod
    def words(seconds: int) -> str:
        return f"{seconds // 60}:{seconds % 60:02d}"


class LinesWidget(forms.TextInput):
    """Several inputs of one name; a value is a list, and one that holds line breaks is as many."""

    allow_multiple_selected = True

    def value_from_datadict(self, data, files, name):
        given = data.getlist(name) if hasattr(data, "getlist") else [data.get(name) or ""]
        return [line for value in given for line in (value.splitlines() or [""])]


class LinesField(forms.Field):
    """Up to so many short lines in the person's own words; cleaned to a list without blanks."""

    widget = LinesWidget

    def __init__(self, label: str, *, most: int, longest: int, help_text: str = ""):
        self.most, self.longest = most, longest
        super().__init__(label=label, help_text=help_text, required=False)

    def clean(self, value):
        lines = [line.strip() for line in super().clean(value) or [] if line.strip()]
        if len(lines) > self.most:
            raise forms.ValidationError(f"Please keep the {self.most} that matter most.")
        if any(len(line) > self.longest for line in lines):
            raise forms.ValidationError(f"Please keep each line under {self.longest} characters.")
        for line in lines:
            ProhibitNullCharactersValidator()(line)
        return list(dict.fromkeys(lines))

    def rows(self, value) -> list[str]:
        """What stands on the lines, with blanks up to the most."""
        lines = value.splitlines() if isinstance(value, str) else list(value or [])
        return (lines + [""] * self.most)[: max(self.most, len(lines))]


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
