"""What people type about consultations, as clean values."""

from datetime import UTC, datetime, time, timedelta
from uuid import UUID, uuid4

from crispy_forms.layout import Div, Field, Fieldset, Layout
from django import forms
from django.core.exceptions import ValidationError

from clients.forms import STORY_LENGTH, Name, Plain, Zone
from consultations.domain.availability import Window
from consultations.domain.contract import INSTANT
from consultations.models import WEEKDAYS, ConsultationType

DAY_MIN = 24 * 60
MOST_WINDOWS = 6  # of one day
FIRST_YEAR, LAST_YEAR = 1970, 2200


class Instant(forms.Field):
    """A start as the page wrote it: 2026-11-26T11:45:00Z."""

    widget = forms.HiddenInput
    default_error_messages = {"required": "Choose a day and a time first.", "invalid": "Choose one of the times shown."}

    def to_python(self, value):
        if not value:
            return None
        try:
            instant = datetime.fromisoformat(value) if INSTANT.fullmatch(value) else None
        except ValueError:  # 25 o'clock
            instant = None
        if instant is None or instant.tzinfo is None or not FIRST_YEAR <= instant.year <= LAST_YEAR:
            raise ValidationError(self.error_messages["invalid"])
        return instant.astimezone(UTC)


class FormKey(forms.Field):
    """The UUID that was made with the form. One that somebody tampered with is a new one."""

    widget = forms.HiddenInput

    def to_python(self, value):
        try:
            return UUID(str(value))
        except ValueError:
            return uuid4()


class BookingForm(forms.Form):
    """Who comes, and when. The page writes the hidden fields itself."""

    OLD_ENOUGH, UNDER_AGE = "16", "under"

    name = Name(
        widget=forms.TextInput(attrs={"autocomplete": "name"}), error_messages={"required": "Please write your name."}
    )
    email = forms.EmailField(
        label="E-mail", max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text="The confirmation and the link to cancel go there.",
        error_messages={"required": "Please write an address we can answer to.", "invalid": "This address looks unfinished."},
    )  # fmt: skip
    about = forms.CharField(
        label="What is the knee doing?", required=False, max_length=STORY_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="A sentence is enough. When did it start, what sets it off?",
    )  # fmt: skip
    age = forms.ChoiceField(
        label="How old is the runner?",
        choices=[(OLD_ENOUGH, "16 or older"), (UNDER_AGE, "Under 16")],
        widget=forms.RadioSelect,
        error_messages={"required": "Please say which."},
    )
    website = forms.CharField(required=False, label="Leave this empty", widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}))  # fmt: skip
    zone = Zone()
    starts_at = Instant()
    client_uuid = FormKey(required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = Plain()
        self.helper.layout = Layout(*self.shown())

    def shown(self) -> list:
        return [
            Div("name", "email", css_class="cols-2"),
            "about",
            "age",
            # Not for people: whoever fills everything in fills this in too.
            Div("website", css_class="visually-hidden", aria_hidden="true"),
        ]

    @property
    def is_under_age(self) -> bool:
        return self.data.get("age") == self.UNDER_AGE

    def clean_website(self):
        if self.cleaned_data["website"]:
            raise ValidationError("This field is a trap for machines. Please book again without it.")
        return ""


class ClientBookingForm(BookingForm):
    """A runner who is signed in: the record knows who and how old."""

    name = email = age = website = None

    def __init__(self, *args, may_ask: bool = True, **kwargs):
        self.may_ask = may_ask  # about the knee: not while the consent is withdrawn
        super().__init__(*args, **kwargs)
        if not may_ask:
            del self.fields["about"]

    def shown(self) -> list:
        return ["about"] if self.may_ask else []

    @property
    def is_under_age(self) -> bool:
        return False  # services.book asks the record


class ClockInput(forms.TimeInput):
    """A time of day, 09:00, with a name of its own for those who cannot see the column."""

    input_type = "time"

    def __init__(self, label: str):
        super().__init__(format="%H:%M", attrs={"aria-label": label, "class": "form-control"})


class WindowsMixin:
    """Pairs of times, each a window of opening hours. An empty pair is none; an end of 00:00 is midnight."""

    def pair_names(self, prefix: str, index: int) -> tuple[str, str]:
        return f"{prefix}-{index}-start", f"{prefix}-{index}-end"

    def add_pairs(self, prefix: str, windows: list[Window], count: int, label: str) -> None:
        for index in range(count):
            window = windows[index] if index < len(windows) else None
            for name, minute, word in zip(
                self.pair_names(prefix, index),
                (window.start_min, window.end_min) if window else (None, None),
                ("from", "to"),
                strict=True,
            ):
                self.fields[name] = forms.TimeField(
                    required=False,
                    label=f"{label}, {word}",
                    initial=None if minute is None else time(minute // 60 % 24, minute % 60),
                    widget=ClockInput(f"{label}, {word}"),
                )

    def clean_pairs(self, prefix: str, count: int) -> list[Window]:
        windows = []
        for index in range(count):
            start_name, end_name = self.pair_names(prefix, index)
            if start_name in self.errors or end_name in self.errors:
                continue
            start, end = self.cleaned_data.get(start_name), self.cleaned_data.get(end_name)
            if start is None and end is None:
                continue
            if start is None or end is None:
                self.add_error(start_name if start is None else end_name, "Write both times, or neither.")
                continue
            start_min, end_min = _minute(start), _minute(end) or DAY_MIN
            if end_min <= start_min:
                self.add_error(end_name, "Hours end after they start, by midnight (00:00) at the latest.")
                continue
            windows.append(Window(start_min, end_min))
        return windows

    def pairs(self, prefix: str, count: int) -> list:
        return [tuple(self[name] for name in self.pair_names(prefix, index)) for index in range(count)]


def _minute(clock: time) -> int:
    return clock.hour * 60 + clock.minute


class WeekForm(WindowsMixin, forms.Form):
    """The hours of a week; every day offers one pair more than it has."""

    def __init__(self, *args, week: tuple[tuple[Window, ...], ...], **kwargs):
        super().__init__(*args, **kwargs)
        self.counts = []
        for weekday, name in WEEKDAYS:
            windows = sorted(week[weekday])
            sent = sum(1 for index in range(MOST_WINDOWS) if self.pair_names(str(weekday), index)[0] in self.data)
            count = min(max(len(windows) + 1, sent), MOST_WINDOWS)
            self.counts.append(count)
            self.add_pairs(str(weekday), windows, count, name)

    def clean(self):
        data = super().clean()
        data["week"] = [self.clean_pairs(str(weekday), self.counts[weekday]) for weekday, _ in WEEKDAYS]
        return data

    def days(self) -> list:
        return [(name, self.pairs(str(weekday), self.counts[weekday])) for weekday, name in WEEKDAYS]


class ExceptionForm(WindowsMixin, forms.Form):
    """One date with hours of its own, or closed."""

    PAIRS = 2

    date = forms.DateField(label="Day", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def __init__(self, *args, today: date, **kwargs):
        super().__init__(*args, **kwargs)
        self.today = today
        self.add_pairs("open", [], self.PAIRS, "Open")
        self.helper = Plain()

    def clean_date(self):
        day = self.cleaned_data["date"]
        if not self.today <= day <= self.today + timedelta(days=800):
            raise ValidationError("Choose today or a later day, at most two years ahead.")
        return day

    def clean(self):
        data = super().clean()
        data["windows"] = self.clean_pairs("open", self.PAIRS)
        return data

    def hours(self) -> list:
        return self.pairs("open", self.PAIRS)


def whole_number(label: str, low: int, high: int, help_text: str = "", **kwargs) -> forms.IntegerField:
    """A field for a whole number from low to high, both included."""
    return forms.IntegerField(label=label, min_value=low, max_value=high, help_text=help_text, **kwargs)


class TypeForm(forms.ModelForm):
    """A type of consultation and its rules for slots."""

    minutes = whole_number("Minutes", 5, 480)
    step = whole_number("A start every … minutes", 5, 480)
    buffer_before = whole_number("Minutes free before", 0, 240)
    buffer_after = whole_number("Minutes free after", 0, 240)
    notice_minutes = whole_number(
        "Notice, in minutes", 0, 60 * 24 * 30, "How short before its start one can still book."
    )
    horizon_days = whole_number("Days ahead", 1, 365, "How far ahead one can book.")
    per_day = whole_number(
        "Bookings a day, at most", 1, 50, "All types together. Empty: as many as fit.", required=False
    )

    class Meta:
        model = ConsultationType
        fields = [
            "name", "description", "place", "bring", "minutes", "step", "buffer_before", "buffer_after", "notice_minutes",
            "horizon_days", "per_day", "is_active", "for_visitors", "for_runners",
        ]  # fmt: skip
        labels = {
            "place": "Where",
            "bring": "To have at hand",
            "is_active": "Can be booked",
            "for_visitors": "Offered to visitors on the public page",
            "for_runners": "Offered to your runners who sign in",
        }
        help_texts = {
            "description": "One sentence on the booking page.",
            "place": "An address, or: video, the link comes by e-mail.",
            "for_visitors": "Such as a first consultation.",
            "for_runners": "Such as a follow-up.",
            "bring": "Such as: shorts, a step, room to lie down.",
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = Plain()
        self.helper.layout = Layout(
            Fieldset("What it is", "name", "description", "place", "bring", css_class="set"),
            Fieldset(
                "How long",
                Div("minutes", "step", "buffer_before", "buffer_after", css_class="cols-2"),
                css_class="set",
            ),
            Fieldset(
                "When it can be booked",
                Div("notice_minutes", "horizon_days", "per_day", css_class="cols-2"),
                Field("is_active"),
                css_class="set",
            ),
            Fieldset("Who can book it", Field("for_visitors"), Field("for_runners"), css_class="set"),
        )

    def clean(self):
        data = super().clean()
        if not data.get("for_visitors") and not data.get("for_runners"):
            self.add_error("for_runners", "Offer it to somebody; to stop bookings take the tick from “Can be booked”.")
        return data
