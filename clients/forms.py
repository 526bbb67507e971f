"""What people type about a runner, as clean values in the units of the record."""

import json
from datetime import date, timedelta
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Layout
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db.models import TextChoices

from clients import vocabulary
from clients.models import Client, Pause
from studio.accounts.models import Coach, User
from studio.accounts.zones import ZoneSelect, zone_choices

OLDEST = 100  # years
STORY_LENGTH = 5000  # characters


def one_line(text: str) -> str:
    """A name as one line: no line breaks, no double spaces."""
    return " ".join(text.split())


class Name(forms.CharField):
    """A person's name, kept as one line of at most 120 characters."""

    def __init__(self, **kwargs):
        super().__init__(**{"max_length": 120, "label": "Name"} | kwargs)

    def to_python(self, value):
        return one_line(super().to_python(value))


class Zone(forms.ChoiceField):
    """An IANA zone, chosen from those that are named for a place."""

    def __init__(self, **kwargs):
        super().__init__(**{"choices": zone_choices, "label": "Time zone", "widget": ZoneSelect} | kwargs)


class Several(forms.MultipleChoiceField):
    """Any number of ids from a vocabulary, kept in the vocabulary's order; templates/clients/_checks.html draws it."""

    def __init__(self, words: dict[str, str], **kwargs):
        kwargs["widget"] = forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"})
        super().__init__(**{"choices": list(words.items()), "required": False} | kwargs)

    def clean(self, value):
        chosen = set(super().clean(value))
        return [key for key, _ in self.choices if key in chosen]


class Lines(forms.CharField):
    """A few short sentences, one a line."""

    def __init__(self, *, most: int = 10, length: int = 200, **kwargs):
        self.most, self.length = most, length
        kwargs["widget"] = forms.Textarea(attrs={"rows": 3})
        super().__init__(**{"required": False, "max_length": most * (length + 2)} | kwargs)

    def prepare_value(self, value):
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value):
        lines = [one_line(line) for line in super().clean(value).splitlines() if line.strip()]
        if len(lines) > self.most:
            raise ValidationError(f"Write at most {self.most} lines.")
        if any(len(line) > self.length for line in lines):
            raise ValidationError(f"Keep each line under {self.length} characters.")
        return lines


class Plain(FormHelper):
    """The page writes the <form> and its buttons; crispy writes the fields."""

    form_tag = False
    disable_csrf = True


class Show(TextChoices):
    """The filters of the roster: value in the address, words on the button."""

    CURRENT = "", "All"
    LEADS = "leads", "Leads"
    ACTIVE = "active", "Active"
    PAUSED = "paused", "Paused"
    FINISHED = "finished", "Finished"


class RosterForm(forms.Form):
    """Search and filter; what makes no sense is left out, not complained about."""

    q = forms.CharField(required=False, max_length=100)
    show = forms.ChoiceField(required=False, choices=Show.choices)

    def wanted(self) -> tuple[str, Show]:
        self.is_valid()
        return self.cleaned_data.get("q", ""), Show(self.cleaned_data.get("show", ""))


class NewRunnerForm(forms.Form):
    """A runner whom the coach met elsewhere; the owner also says whose she is."""

    name = Name()
    email = forms.EmailField(label="E-mail", max_length=254)
    time_zone = Zone()
    story = forms.CharField(
        label="What the knee is doing",
        required=False,
        max_length=STORY_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    coach = forms.ModelChoiceField(Coach.objects.none(), label="Coach", empty_label=None)

    def __init__(self, *args, user: User, **kwargs):
        super().__init__(*args, **kwargs)
        coaches = Coach.objects.working().select_related("user").order_by("user__name")
        if user.is_owner and coaches.count() > 1:
            self.fields["coach"].queryset = coaches
            self.fields["coach"].initial = coaches.filter(user=user).first()
        else:
            del self.fields["coach"]
        self.helper = Plain()


class DetailsForm(forms.ModelForm):
    """What the coach keeps in order about a runner."""

    name = Name()
    email = forms.EmailField(label="E-mail", max_length=254)
    time_zone = Zone()
    kit = Several(vocabulary.KIT_ANSWERS, label="At home", help_text="Body weight and floor space are always there.")
    tools = Several(vocabulary.TOOLS, label="For tests")
    tags = Several(
        vocabulary.TAGS, label="Does any of this apply?", help_text="The plan leaves out what does not go with it."
    )
    weekdays = Several(vocabulary.WEEKDAYS, label="Training days")
    hard_run_days = Several(vocabulary.WEEKDAYS, label="Days of hard runs")
    goals = Lines(label="Goals", help_text="One a line.")
    was = forms.CharField(widget=forms.HiddenInput, required=False)  # the record as the page drew it

    class Meta:
        model = Client
        fields = [
            "name", "time_zone", "story", "goals", "weekdays", "hard_run_days", "minutes", "if_then_cue", "if_then_place",
            "kit", "tools", "tags",
        ]  # fmt: skip
        labels = {
            "story": "What the knee is doing",
            "minutes": "Minutes a session",
            "if_then_cue": "When …",
            "if_then_place": "… where",
        }
        help_texts = {
            "minutes": "15 to 90.",
            "if_then_cue": "Such as: after work on Tuesday",
            "if_then_place": "Such as: in the living room",
        }
        widgets = {
            "story": forms.Textarea(attrs={"rows": 5}),
            "minutes": forms.NumberInput(attrs={"min": 15, "max": 90}),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.user_id:  # the address is a sign-in now, and the runner's own to change
            del self.fields["email"]
        else:
            self.fields["email"].initial = self.instance.email
        drawn = {name: getattr(self.instance, name) for name in self.Meta.fields}
        self.fields["was"].initial = json.dumps(drawn)

    def changed_fields(self) -> dict[str, Any]:
        """What the coach changed on the page. The rest stays what the runner made it since the page was opened."""
        said = {name: value for name, value in self.cleaned_data.items() if name != "was"}
        try:
            was = json.loads(self.cleaned_data["was"] or "{}")
        except (ValueError, RecursionError):  # tampered with: take the page at its word
            return said
        if not isinstance(was, dict):
            return said
        return {
            name: value for name, value in said.items() if name not in was or not self._is_same(name, value, was[name])
        }

    def _is_same(self, name: str, value: Any, was: Any) -> bool:
        """The same as somebody may have typed it: browsers send their own line breaks, and ticks have no order."""
        if isinstance(value, str) and isinstance(was, str):
            return value.splitlines() == was.strip().splitlines()
        if isinstance(self.fields[name], Several) and isinstance(was, list):
            return set(value) == set(map(str, was))
        return value == was

    def clean_minutes(self):
        return checked_minutes(self.cleaned_data["minutes"])

    def clean_weekdays(self):
        return checked_weekdays(self.cleaned_data["weekdays"])

    def clean_kit(self):
        return checked_kit(self.cleaned_data["kit"])

    def clean_tags(self):
        """The tags that the rules set themselves are not on the form; they stay as they are."""
        computed = [tag for tag in self.instance.tags if tag not in vocabulary.TAGS]
        return self.cleaned_data["tags"] + computed


class FactsForm(forms.ModelForm):
    """The coach corrects what reference values and the age gate rest on, and says why."""

    born_on = forms.DateField(
        label="Date of birth",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    reason = forms.CharField(
        label="Why is it corrected?",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Such as: typed the wrong year; asked on the phone.",
    )
    was = forms.CharField(widget=forms.HiddenInput, required=False)  # the facts as the page drew them

    class Meta:
        model = Client
        fields = ["born_on", "sex_for_norms", "painful_side"]
        labels = {"sex_for_norms": "Compare with the values of", "painful_side": "Which knee hurts?"}

    def __init__(self, *args, today: date, **kwargs):
        super().__init__(*args, **kwargs)
        self.today = today
        for name in ("sex_for_norms", "painful_side"):
            self.fields[name].choices = [("", "Not known"), *self.Meta.model._meta.get_field(name).choices]
        self.drawn = {name: getattr(self.instance, name) for name in self.Meta.fields}
        self.fields["was"].initial = json.dumps(self.drawn, default=date.isoformat)
        self.helper = Plain()
        self.helper.layout = Layout(
            Div("born_on", "sex_for_norms", css_class="fields-2"), "painful_side", "reason", "was"
        )

    def clean_born_on(self):
        born = self.cleaned_data["born_on"]
        if born and not (self.today.year - OLDEST <= born.year and born < self.today):
            raise ValidationError("Write the day the runner was born.")
        return born

    def clean(self):
        data = super().clean()
        for name in self.Meta.fields:
            if self.drawn[name] and name not in self.errors and not data.get(name):
                self.add_error(name, "It is known already; correct it instead of taking it away.")
        return data

    def was_then(self) -> dict[str, Any]:
        """The facts as the page drew them; what somebody tampered with counts as what the record says now."""
        try:
            was = self.drawn | json.loads(self.cleaned_data["was"] or "{}")
            if isinstance(was["born_on"], str):
                was["born_on"] = date.fromisoformat(was["born_on"])
            return was
        except (RecursionError, TypeError, ValueError):
            return self.drawn

    def said(self) -> dict[str, Any]:
        """The fields that the coach changed on the page."""
        was = self.was_then()
        return {name: self.cleaned_data[name] for name in self.Meta.fields if self.cleaned_data[name] != was[name]}


def checked_minutes(minutes: int | None) -> int | None:
    """The minutes of a session, 15 to 90 as a plan has them; None while nobody knows."""
    if minutes is not None and not 15 <= minutes <= 90:
        raise ValidationError("A session has 15 to 90 minutes.")
    return minutes


def checked_weekdays(days: list[str]) -> list[str]:
    """Two to five, as a plan has them; none at all while nobody knows."""
    if days and not 2 <= len(days) <= 5:
        raise ValidationError("Choose 2 to 5 days.")
    return days


def checked_kit(kit: list[str]) -> list[str]:
    """A thing beside "None of these" is the answer: the other tick was left over."""
    things = [item for item in kit if item != vocabulary.NOTHING]
    return things or kit


class PauseForm(forms.Form):
    """Start a pause: today or from a later day, until a day or until the runner is back."""

    kind = forms.ChoiceField(
        label="What is it?", choices=[choice for choice in Pause.Kind.choices if choice[0] != Pause.Kind.FLARE]
    )
    starts_on = forms.DateField(label="First day", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    ends_on = forms.DateField(
        label="Last day",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="Leave it empty when you cannot know.",
    )
    note = forms.CharField(label="A word about it", required=False, max_length=300)

    def __init__(self, *args, today: date, **kwargs):
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["starts_on"].initial = today
        self.helper = Plain()
        self.helper.layout = Layout("kind", Div("starts_on", "ends_on", css_class="fields-2"), "note")

    def clean(self):
        data = super().clean()
        starts, ends = data.get("starts_on"), data.get("ends_on")
        if starts is None:
            return data
        if abs(starts - self.today) > timedelta(days=366):
            self.add_error("starts_on", "Choose a day within a year from today.")
        elif ends is None and "ends_on" not in self.errors and starts > self.today:
            self.add_error("ends_on", "A pause that starts later needs a last day.")
        elif ends is not None and ends < starts:
            self.add_error("ends_on", "The last day comes before the first.")
        elif ends is not None and ends - starts > timedelta(days=366):
            self.add_error("ends_on", "A pause is at most a year long.")
        return data


class NoteForm(forms.Form):
    """A note of the coach's, at most 10,000 characters; the runner does not see it."""

    body = forms.CharField(
        label="Note",
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = Plain()


class AcceptForm(forms.Form):
    """The runner's yes to an invitation."""

    name = Name(label="Your name", widget=forms.TextInput(attrs={"autocomplete": "name"}))
    born_on = forms.DateField(
        label="Date of birth",
        widget=forms.DateInput(attrs={"type": "date", "autocomplete": "bday"}, format="%Y-%m-%d"),
        help_text="Some tests are read by age.",
    )
    time_zone = Zone(
        label="Where you live", help_text="So that a day is your day, and eight o'clock your eight o'clock."
    )
    password = forms.CharField(
        label="A password", max_length=128, strip=False, help_text="At least 10 characters. Three or four words are good.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip
    again = forms.CharField(
        label="The same password again", max_length=128, strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip

    def __init__(self, *args, email: str, today: date, **kwargs):
        super().__init__(*args, **kwargs)
        self.email, self.today = email, today
        self.helper = Plain()

    def clean_born_on(self):
        born = self.cleaned_data["born_on"]
        if not self.today.year - OLDEST <= born.year or born >= self.today:
            raise ValidationError("Write the day you were born.")
        return born

    def clean(self):
        data = super().clean()
        password, again = data.get("password"), data.get("again")
        if password and again and password != again:
            self.add_error("again", "This is not the same password.")
        elif password:
            try:
                validate_password(password, User(email=self.email, name=data.get("name", "")))
            except ValidationError as problem:
                self.add_error("password", problem)
        return data


class PersonForm(forms.ModelForm):
    """The runner about herself."""

    name = Name(label="Name", widget=forms.TextInput(attrs={"autocomplete": "name"}))
    time_zone = Zone()
    clock_24h = forms.TypedChoiceField(
        label="Clock", choices=[("1", "24 hours, 18:00"), ("0", "12 hours, 6:00 pm")], coerce=lambda value: value == "1"
    )

    class Meta:
        model = User
        fields = ["name", "time_zone", "units", "first_weekday", "clock_24h"]
        labels = {"units": "Distances and weights", "first_weekday": "A week starts on"}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["clock_24h"] = "1" if self.instance.clock_24h else "0"
        self.helper = Plain()


class TrainingForm(forms.ModelForm):
    """When, how long and with what the runner trains."""

    weekdays = Several(vocabulary.WEEKDAYS, label="Days that suit you")
    kit = Several(
        vocabulary.KIT, label="What you have at home", help_text="Your body and some floor are enough to begin."
    )

    class Meta:
        model = Client
        fields = ["weekdays", "minutes", "if_then_cue", "if_then_place", "kit"]
        labels = {"minutes": "Minutes a session", "if_then_cue": "I train when …", "if_then_place": "… and I do it"}
        help_texts = {
            "minutes": "15 to 90. What you really have, not what you wish for.",
            "if_then_cue": "Such as: I have put the kettle on after work",
            "if_then_place": "Such as: on the mat in the living room",
        }
        widgets = {"minutes": forms.NumberInput(attrs={"min": 15, "max": 90})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = Plain()

    def clean_minutes(self):
        return checked_minutes(self.cleaned_data["minutes"])

    def clean_weekdays(self):
        return checked_weekdays(self.cleaned_data["weekdays"])

    def clean_kit(self):
        return checked_kit(self.cleaned_data["kit"])


class WeeklyNoteForm(forms.Form):
    """Whether the weekly note is wanted, on which weekday (0 = Monday) and at which local hour (0 to 23)."""

    wanted = forms.BooleanField(label="Send me the weekly note", required=False)
    note_weekday = forms.TypedChoiceField(
        label="Day", coerce=int, choices=list(enumerate(vocabulary.WEEKDAYS.values()))
    )
    note_hour = forms.TypedChoiceField(label="Hour", coerce=int)

    def __init__(self, *args, clock_24h: bool, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["note_hour"].choices = [(hour, hour_words(hour, clock_24h)) for hour in range(24)]
        self.helper = Plain()
        self.helper.layout = Layout("wanted", Div("note_weekday", "note_hour", css_class="fields-2"))


def hour_words(hour: int, clock_24h: bool) -> str:
    """An hour of the day, 0 to 23, as 18:00 or 6:00 pm."""
    if clock_24h:
        return f"{hour:02}:00"
    return f"{hour % 12 or 12}:00 {'am' if hour < 12 else 'pm'}"
