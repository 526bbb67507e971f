"""Is this input sane: answers of the runner, doses of the coach. An empty answer is None, never 0."""

from datetime import timedelta

from django import forms
from django.utils import timezone

from programs.models import LineLog, SetLog


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


class PlaceForm(forms.Form):
    """Which set of which line."""

    line_id = forms.CharField(max_length=40)
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


class RestForm(forms.Form):
    """The rest of a line, done as planned."""

    client_uuid = forms.UUIDField()
    line_id = forms.CharField(max_length=40)
    load_kg = forms.DecimalField(min_value=0, max_value=400, max_digits=5, decimal_places=2, required=False)


class LineForm(forms.Form):
    """Pain and form of one exercise."""

    line_id = forms.CharField(max_length=40)
    during_nrs = NrsField()
    rir = forms.TypedChoiceField(
        choices=[("", ""), *((str(n), str(n)) for n in range(6))], coerce=int, empty_value=None, required=False
    )
    form_solid = forms.NullBooleanField(required=False)


class SkipForm(forms.Form):
    line_id = forms.CharField(max_length=40)
    skipped = forms.ChoiceField(choices=LineLog.Skip)


class BeforeForm(forms.Form):
    before_nrs = NrsField()


class StopForm(forms.Form):
    """The stop sheet: how bad, and where it was."""

    line_id = forms.CharField(max_length=40, required=False)
    during_nrs = NrsField()


class WrapUpForm(forms.Form):
    session_rpe = RpeField()
    note = forms.CharField(max_length=2000, required=False, strip=True)


class MorningForm(forms.Form):
    morning_nrs = NrsField()
    after60_nrs = NrsField()
