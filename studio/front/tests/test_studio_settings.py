"""The owner's page of the studio itself."""

from threading import Barrier, Thread

import pytest
from django.db import connection
from django.urls import reverse

from studio.accounts.models import Coach

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
