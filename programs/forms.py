"""Is this input sane: answers of the runner, doses of the coach. An empty answer is None, never 0."""

from datetime import date, timedelta

import msgspec
from django import forms
from django.utils import timezone

from programs.models import LineLog, SetLog

MOST_DIGITS = 6  # of a week, a place or a revision; int() refuses thousands of digits, and nobody means them


def whole_number(typed: str) -> int | None:
    """The number that an address or a hidden field says; None when it says none."""
    return int(typed) if typed.isdecimal() and len(typed) <= MOST_DIGITS else None


class NrsField(forms.TypedChoiceField):
    """Pain 0-10, or no answer."""

    def __init__(self, **kwargs):
        kwargs.setdefault("required", False)
        super().__init__(choices=[("", "skip"), *((str(n), str(n)) for n in range(11))], coerce=int, empty_value=None, **kwargs)  # fmt: skip


class RpeField(forms.TypedChoiceField):
    """Effort of a whole session, CR-10 1-10, or no answer."""

    def __init__(self, **kwargs):
        kwargs.setdefault("required", False)
        super().__init__(choices=[("", "skip"), *((str(n), str(n)) for n in range(1, 11))], coerce=int, empty_value=None, **kwargs)  # fmt: skip


class ShownForm(forms.Form):
    """Which line, and the version of the plan that the page was drawn under; without one, the session's own."""

    line_id = forms.CharField(max_length=40)
    version = forms.IntegerField(min_value=1, max_value=2**31 - 1, required=False)


class PlaceForm(ShownForm):
    """Which set of which line."""

    set_number = forms.IntegerField(min_value=1, max_value=20)
    side = forms.ChoiceField(choices=SetLog.Side)


class SetForm(PlaceForm):
    client_uuid = forms.UUIDField()
    reps = forms.IntegerField(min_value=0, max_value=300, required=False)
    seconds = forms.IntegerField(min_value=0, max_value=3600, required=False)
    distance_m = forms.IntegerField(min_value=0, max_value=50_000, required=False)
    load_kg = forms.DecimalField(min_value=0, max_value=400, max_digits=5, decimal_places=2, required=False)
    rir = forms.IntegerField(min_value=0, max_value=5, required=False)
    as_planned = forms.BooleanField(required=False)
    done_at = forms.DateTimeField(required=False, input_formats=["%Y-%m-%dT%H:%M:%S.%f%z", "%Y-%m-%dT%H:%M:%S%z"])

    def clean_done_at(self):
        """When on the phone's clock; a clock that runs ahead of ours counts as now."""
        now = timezone.now()
        done_at = self.cleaned_data["done_at"]
        return done_at if done_at and now - timedelta(days=30) < done_at < now else now


class RestForm(ShownForm):
    """The rest of a line, done as planned."""

    client_uuid = forms.UUIDField()
    load_kg = forms.DecimalField(min_value=0, max_value=400, max_digits=5, decimal_places=2, required=False)


class LineForm(ShownForm):
    """Pain and form of one exercise."""

    during_nrs = NrsField()
    rir = forms.TypedChoiceField(
        choices=[("", ""), *((str(n), str(n)) for n in range(6))], coerce=int, empty_value=None, required=False
    )
    form_solid = forms.NullBooleanField(required=False)


class SkipForm(ShownForm):
    skipped = forms.ChoiceField(choices=LineLog.Skip)


class BeforeForm(forms.Form):
    before_nrs = NrsField()


class StopForm(ShownForm):
    """The stop sheet: how bad, and where it was."""

    line_id = forms.CharField(max_length=40, required=False)
    during_nrs = NrsField()


class WrapUpForm(forms.Form):
    session_rpe = RpeField()
    note = forms.CharField(max_length=2000, required=False, strip=True)


class MorningForm(forms.Form):
    morning_nrs = NrsField()
    after60_nrs = NrsField()


WEEKDAY_CHOICES = [("mon", "Mon"), ("tue", "Tue"), ("wed", "Wed"), ("thu", "Thu"), ("fri", "Fri"), ("sat", "Sat"), ("sun", "Sun")]  # fmt: skip
SCOPES = [("this_and_later", "This and all later weeks"), ("this", "Only this time")]


class WishesForm(forms.Form):
    """What the coach chooses for a new plan, beside what the record says."""

    phase = forms.TypedChoiceField(choices=[(n, str(n)) for n in range(1, 5)], coerce=int)
    weeks = forms.IntegerField(min_value=1, max_value=12)
    weekdays = forms.MultipleChoiceField(
        choices=WEEKDAY_CHOICES, widget=forms.CheckboxSelectMultiple, label="Training days"
    )
    minutes = forms.IntegerField(min_value=15, max_value=90, label="Minutes per session")
    starts_on = forms.DateField(
        label="Starts",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="The week's Monday.",
    )

    def __init__(self, *args, today: date, **kwargs):
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_weekdays(self):
        days = self.cleaned_data["weekdays"]
        if not 2 <= len(days) <= 5:
            raise forms.ValidationError("Choose two to five days.")
        return days

    def clean_starts_on(self):
        day, this_monday = self.cleaned_data["starts_on"], self.today - timedelta(days=self.today.weekday())
        if not this_monday <= day <= self.today + timedelta(days=366):
            raise forms.ValidationError("Choose this week or a later one, at most a year ahead.")
        return day


class DoseForm(forms.Form):
    """The dose of a line, in the fields that its kind has."""

    sets = forms.IntegerField(min_value=1, max_value=10)
    reps_low = forms.IntegerField(min_value=1, max_value=100, required=False, label="Reps from")
    reps_high = forms.IntegerField(min_value=1, max_value=100, required=False, label="to")
    hold_low = forms.IntegerField(min_value=1, max_value=600, required=False, label="Hold from, s")
    hold_high = forms.IntegerField(min_value=1, max_value=600, required=False, label="to, s")
    duration_s = forms.IntegerField(min_value=5, max_value=3600, required=False, label="Seconds")
    distance_m = forms.IntegerField(min_value=5, max_value=50_000, required=False, label="Metres")
    load_kg = forms.FloatField(min_value=0, max_value=400, required=False, label="Load, kg")
    tempo = forms.RegexField(r"^\d{1,2}(-\d{1,2}){3}$", required=False, label="Tempo", help_text="Down-pause-up-pause in seconds, such as 3-1-1-0.")  # fmt: skip
    rir_low = forms.IntegerField(min_value=0, max_value=10, required=False, label="Reserve from")
    rir_high = forms.IntegerField(min_value=0, max_value=10, required=False, label="to")
    rest_s = forms.IntegerField(min_value=0, max_value=600, label="Rest, s")
    scope = forms.ChoiceField(choices=SCOPES)

    KIND_FIELDS = {
        "reps": ("reps_low", "reps_high"),
        "reps_load": ("reps_low", "reps_high", "load_kg"),
        "hold": ("reps_low", "reps_high", "hold_low", "hold_high"),
        "duration": ("duration_s",),
        "distance": ("distance_m",),
    }

    def __init__(self, *args, dose, **kwargs):
        super().__init__(*args, **kwargs)
        self.dose = dose
        keep = {"sets", "rest_s", "scope", *self.KIND_FIELDS[dose.kind]}
        keep |= {"tempo"} if dose.tempo else set()
        keep |= {"rir_low", "rir_high"} if dose.rir else set()
        for name in list(self.fields):
            if name not in keep:
                del self.fields[name]
            elif name in self.KIND_FIELDS[dose.kind] and name != "load_kg":
                self.fields[name].required = True

    @staticmethod
    def initial_of(line) -> dict:
        dose = line.dose
        pairs = {"reps": dose.reps, "hold": dose.hold_s, "rir": dose.rir}
        initial = {
            f"{name}_{end}": pair[n] for name, pair in pairs.items() if pair for n, end in enumerate(("low", "high"))
        }
        plain = {
            "duration_s": dose.duration_s,
            "distance_m": dose.distance_m,
            "load_kg": dose.load_kg,
            "tempo": dose.tempo,
        }
        return initial | plain | {"sets": line.sets, "rest_s": dose.rest_s, "scope": "this_and_later"}

    def clean(self):
        cleaned = super().clean()
        for name, what in (("reps", "repetitions"), ("hold", "seconds"), ("rir", "reserve")):
            low, high = cleaned.get(f"{name}_low"), cleaned.get(f"{name}_high")
            if low is not None and high is not None and low > high:
                self.add_error(f"{name}_high", f"The upper end of the {what} is below the lower one.")
        return cleaned

    def new_dose(self):
        """The dose as the form says it; what the kind has not stays as it was."""
        said = self.cleaned_data
        changes = {"rest_s": said["rest_s"]}
        for name, attribute in (("reps", "reps"), ("hold", "hold_s"), ("rir", "rir")):
            if said.get(f"{name}_low") is not None and said.get(f"{name}_high") is not None:
                changes[attribute] = (said[f"{name}_low"], said[f"{name}_high"])
        for name in ("duration_s", "distance_m", "load_kg"):
            if name in self.fields:
                changes[name] = said.get(name)
        if said.get("tempo"):
            changes["tempo"] = said["tempo"]
        return msgspec.structs.replace(self.dose, **changes)


class PublishForm(forms.Form):
    reason = forms.CharField(
        max_length=600, required=False, widget=forms.Textarea(attrs={"rows": 3}), label="Why, in a sentence for your runner",
        help_text="Shown on the runner’s page. Needed when a dose rises or an exercise goes.",
    )  # fmt: skip
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)  # of the draft that was read


class EndForm(forms.Form):
    reason = forms.CharField(
        max_length=300, label="Why it ends",
        help_text="For your own record. The runner does not read it.",
        error_messages={"required": "Say in a few words why it ends. It stays with the program."},
    )  # fmt: skip
