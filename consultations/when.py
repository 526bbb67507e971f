"""Days and times in words, for the zone and the clock of the one who reads them."""

from datetime import date, datetime
from zoneinfo import ZoneInfo


def day_words(day: date, *, year: bool = False) -> str:
    """Thursday 26 November, with the year where it is not obvious."""
    return f"{day:%A} {day.day} {day:%B}" + (f" {day.year}" if year else "")


def month_words(day: date) -> str:
    """November 2026."""
    return f"{day:%B} {day.year}"


def clock_words(local: datetime, *, clock_24h: bool = True) -> str:
    """14:05, or 2:05 pm."""
    if clock_24h:
        return f"{local:%H:%M}"
    return f"{local.hour % 12 or 12}:{local:%M} {'am' if local.hour < 12 else 'pm'}"


def zone_words(name: str) -> str:
    """Europe/London -> London time."""
    place = name.rsplit("/", 1)[-1].replace("_", " ")
    return place if place == "UTC" else f"{place} time"


class When:
    """One consultation's time as one person reads it."""

    def __init__(self, starts_at: datetime, ends_at: datetime, zone: str, *, clock_24h: bool = True) -> None:
        self.start, self.end = (instant.astimezone(ZoneInfo(zone)) for instant in (starts_at, ends_at))
        self.weekday = f"{self.start:%A}"
        self.day = day_words(self.start)
        self.day_and_year = day_words(self.start, year=True)
        self.time = clock_words(self.start, clock_24h=clock_24h)
        self.until = clock_words(self.end, clock_24h=clock_24h)
        self.zone = zone_words(zone)

    def __str__(self) -> str:
        return f"{self.day}, {self.time} to {self.until}"
