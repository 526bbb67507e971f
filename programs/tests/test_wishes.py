"""What a coach asks of a new plan."""

from datetime import date

import pytest

from programs.forms import WishesForm

TODAY = date(2026, 11, 18)  # a Wednesday
ASKED = {"phase": 1, "weeks": 4, "weekdays": ["mon", "wed"], "minutes": 30}


@pytest.mark.parametrize("day", ["2026-11-16", "2026-11-18", "2027-11-19"])
def test_a_plan_starts_this_week_or_within_a_year(day):
    assert WishesForm(ASKED | {"starts_on": day}, today=TODAY).is_valid()


@pytest.mark.parametrize("day", ["0001-01-01", "2026-11-15", "2027-11-20", "9999-12-31", "soon"])
def test_it_starts_on_no_other_day(day):
    assert set(WishesForm(ASKED | {"starts_on": day}, today=TODAY).errors) == {"starts_on"}
