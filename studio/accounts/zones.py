"""The time zones a person can choose from."""

from functools import cache
from zoneinfo import available_timezones

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join

AREAS = {"Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"}


@cache
def zone_choices() -> list[tuple[str, str]]:
    """(IANA name, words) of every zone that is named for a place, and UTC."""
    names = sorted(name for name in available_timezones() if name.split("/")[0] in AREAS)
    return [("UTC", "UTC"), *((name, name.replace("_", " ").replace("/", ", ", 1)) for name in names)]


class ZoneSelect(forms.Select):
    """A <select> whose options are written at once: Django renders a template for each of the four hundred."""

    def render(self, name, value, attrs=None, renderer=None):
        attributes = self.build_attrs(self.attrs, {"name": name} | (attrs or {}))
        rows = ((key, " selected" if key == value else "", words) for key, words in self.choices)
        options = format_html_join("", '<option value="{}"{}>{}</option>', rows)
        return format_html("<select{}>{}</select>", flatatt(attributes), options)
