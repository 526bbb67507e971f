"""The time zones a person can choose from."""

from functools import cache
from zoneinfo import available_timezones

AREAS = {"Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"}


@cache
def zone_choices() -> list[tuple[str, str]]:
    """(IANA name, words) of every zone that is named for a place, and UTC."""
    names = sorted(name for name in available_timezones() if name.split("/")[0] in AREAS)
    return [("UTC", "UTC"), *((name, name.replace("_", " ").replace("/", ", ", 1)) for name in names)]
