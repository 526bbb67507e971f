"""Users and the rules about who sees what, where no page is involved."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from studio.accounts.models import Studio, User, validate_zone
from studio.accounts.services import EmailTaken, open_account
from studio.accounts.tests.people import make_user
from studio.accounts.zones import ZoneSelect, zone_choices


def test_an_address_is_one_person_whatever_its_case(db):
    make_user(email="ana@example.com")
    with pytest.raises(IntegrityError):
        User.objects.create(email="ANA@example.com", name="Other")


def test_an_account_is_not_opened_for_an_address_in_use(db):
    make_user(email="ana@example.com")
    with pytest.raises(EmailTaken):
        open_account(email="Ana@Example.com", name="Other", role="client")
    assert User.objects.count() == 1


@pytest.mark.parametrize("zone", ["Europe/London", "America/Argentina/Buenos_Aires", "UTC"])
def test_zones_of_places_are_offered_and_accepted(zone):
    validate_zone(zone)
    assert zone in dict(zone_choices())
    assert f'<option value="{zone}" selected>' in ZoneSelect(choices=zone_choices()).render("zone", zone)


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "../etc/passwd", "europe/london"])
def test_other_zones_are_not(zone):
    with pytest.raises(ValidationError):
        validate_zone(zone)


def test_there_is_one_studio(db):
    assert Studio.current().name
    Studio.objects.create(pk=1, name="Ours")
    assert Studio.current().name == "Ours"
    with pytest.raises(IntegrityError):
        Studio.objects.create(pk=2)


def test_djangos_own_command_makes_an_owner_who_can_work(db, client):
    User.objects.create_superuser("bethany@example.com", "kettle-mountain-9", name="Bethany Brown")
    answer = client.post("/accounts/login/", {"login": "bethany@example.com", "password": "kettle-mountain-9"})
    assert answer.url == "/start/"
    for page in ("/today/", "/clients/", "/consultations/hours/", "/studio/"):
        assert client.get(page).status_code == 200, page
