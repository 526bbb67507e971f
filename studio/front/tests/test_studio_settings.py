"""The owner's page of the studio itself."""

from threading import Barrier, Thread

import pytest
from django.db import connection
from django.urls import reverse

from studio.accounts.models import Coach, Studio

NEW = {"add_coach": "1", "name": "Zoe Quinn", "email": "zoe@example.com"}


@pytest.mark.django_db(transaction=True)
def test_a_coach_added_by_two_taps_is_one_coach(owner, sign_in):
    ready, answers = Barrier(4), []
    browsers = [sign_in(owner) for _ in range(4)]

    def tap(browser):
        try:
            ready.wait()
            answers.append(browser.post(reverse("front:studio_settings"), NEW).status_code)
        finally:
            connection.close()

    threads = [Thread(target=tap, args=(browser,)) for browser in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [302, 422, 422, 422]
    assert Coach.objects.filter(user__email="zoe@example.com").count() == 1


def test_an_address_that_is_somebodys_second_one_is_told_so(owner, ana, sign_in):
    ana.user.emailaddress_set.create(email="zoe@example.com", verified=True)
    response = sign_in(owner).post(reverse("front:studio_settings"), NEW)
    assert response.status_code == 422
    assert "in the studio already" in response.content.decode()


STUDIO = {"name": "The Studio", "time_zone": "Europe/London", "emergency_number": "112", "urgent_advice_number": ""}


@pytest.mark.parametrize("number", ["112", "999", "15", "+44 20 7946 0000", " 0800  1110 "])
def test_a_number_that_a_phone_can_dial_is_kept(owner, sign_in, number):
    answer = sign_in(owner).post(reverse("front:studio_settings"), STUDIO | {"urgent_advice_number": number})
    assert answer.status_code == 302
    assert Studio.current().urgent_advice_number == " ".join(number.split())


@pytest.mark.parametrize("number", ["112 or 999", "call me", "-", "+", "1", "٩٩٩", "1" * 21, "112\u202e", "<b>112"])
def test_what_nobody_can_dial_is_refused_for_both_numbers(owner, sign_in, number):
    for field in ("emergency_number", "urgent_advice_number"):
        answer = sign_in(owner).post(reverse("front:studio_settings"), STUDIO | {field: number})
        assert answer.status_code == 422
    assert not Studio.objects.exists()


def test_the_emergency_number_cannot_be_taken_away(owner, sign_in):
    assert sign_in(owner).post(reverse("front:studio_settings"), STUDIO | {"emergency_number": ""}).status_code == 422


def test_wherever_care_is_shown_the_number_dials(owner, ana, sign_in):
    Studio.objects.create(pk=1, emergency_number="+44 999", urgent_advice_number="111")
    ana.born_on = "2015-01-01"
    ana.save()
    runner = sign_in(ana)
    pages = [sign_in().get("/"), sign_in().get("/about/"), runner.get(reverse("assessments:intake"))]
    assert all('href="tel:+44999"' in page.content.decode() for page in pages)
