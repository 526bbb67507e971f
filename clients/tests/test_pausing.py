"""Days that count for nothing: started and ended by the runner or the coach."""

from datetime import date, timedelta

import pytest

from clients.forms import PauseForm
from clients.models import Pause
from clients.services import pausing, record

TODAY = date(2026, 11, 18)  # the day of the `now` fixture in London


def days(first, count):
    return {first + timedelta(days=n) for n in range(count)}


@pytest.fixture
def pause(ana, now):
    def start(**fields):
        given = {"client": ana, "kind": "illness", "starts_on": TODAY, "by": ana.user, "now": now} | fields
        return pausing.start_pause(**given)

    return start


def test_both_ends_are_excused(ana, pause):
    pause(starts_on=TODAY, ends_on=TODAY + timedelta(days=3))
    assert pausing.excused_days(ana, TODAY - timedelta(days=9), TODAY + timedelta(days=9)) == days(TODAY, 4)


def test_an_open_pause_excuses_every_day_that_is_asked_for(ana, pause):
    pause(starts_on=TODAY - timedelta(days=2))
    assert pausing.excused_days(ana, TODAY, TODAY + timedelta(days=6)) == days(TODAY, 7)


def test_pauses_that_overlap_count_each_day_once(ana, pause):
    pause(kind="holiday", starts_on=TODAY, ends_on=TODAY + timedelta(days=4))
    pause(kind="flare", starts_on=TODAY + timedelta(days=2), ends_on=TODAY + timedelta(days=6))
    assert pausing.excused_days(ana, TODAY, TODAY + timedelta(days=30)) == days(TODAY, 7)


def test_another_runners_pause_excuses_nothing(ana, ben, pause):
    pause()
    assert pausing.excused_days(ben, TODAY, TODAY) == set()


def test_an_open_pause_makes_the_runner_paused_until_she_is_back(ana, pause):
    running = pause()
    ana.refresh_from_db()
    assert ana.status == "paused"
    pausing.end_pause(pause=running, back_on=TODAY + timedelta(days=5))
    ana.refresh_from_db()
    running.refresh_from_db()
    assert ana.status == "active"
    assert running.ends_on == TODAY + timedelta(days=4)


def test_a_holiday_with_dates_leaves_the_runner_active(ana, pause):
    pause(kind="holiday", starts_on=TODAY + timedelta(days=10), ends_on=TODAY + timedelta(days=20))
    ana.refresh_from_db()
    assert ana.status == "active"


def test_a_flare_excuses_days_and_leaves_the_runner_active(ana, pause):
    flare = pause(kind="flare")
    ana.refresh_from_db()
    assert ana.status == "active"
    pause(kind="illness")  # both at once is possible
    pausing.end_pause(pause=flare, back_on=TODAY + timedelta(days=1))
    ana.refresh_from_db()
    assert ana.status == "paused"


def test_a_finished_runner_stays_finished(ana, pause):
    record.update_record(client=ana, status="finished")
    pausing.end_pause(pause=pause(), back_on=TODAY)
    ana.refresh_from_db()
    assert ana.status == "finished"


def test_started_twice_is_one_pause(pause):
    assert pause() == pause()
    assert Pause.objects.count() == 1


def test_a_second_open_pause_is_refused(pause):
    pause(kind="illness")
    with pytest.raises(pausing.AlreadyPaused):
        pause(kind="life")


def test_back_on_the_day_it_began_keeps_that_day_excused(ana, pause):
    started = pause()
    pausing.end_pause(pause=started, back_on=TODAY)
    assert pausing.excused_days(ana, TODAY, TODAY + timedelta(days=1)) == {TODAY}


def test_a_pause_that_has_not_begun_is_taken_away(pause):
    holiday = pause(kind="holiday", starts_on=TODAY + timedelta(days=3), ends_on=TODAY + timedelta(days=9))
    pausing.end_pause(pause=holiday, back_on=TODAY)
    assert not Pause.objects.exists()


def test_ending_it_late_does_not_make_it_longer(pause):
    over = pause(starts_on=TODAY - timedelta(days=9), ends_on=TODAY - timedelta(days=5))
    pausing.end_pause(pause=over, back_on=TODAY)
    over.refresh_from_db()
    assert over.ends_on == TODAY - timedelta(days=5)


@pytest.mark.parametrize(
    ("starts", "ends", "where"),
    [
        (0, None, None),
        (-3, None, None),
        (5, 9, None),
        (0, 0, None),
        (5, None, "ends_on"),
        (5, 4, "ends_on"),
        (0, 400, "ends_on"),
        (-400, None, "starts_on"),
        (400, 401, "starts_on"),
    ],
)
def test_which_dates_make_sense(starts, ends, where):
    day = lambda n: "" if n is None else (TODAY + timedelta(days=n)).isoformat()  # noqa: E731
    form = PauseForm({"kind": "illness", "starts_on": day(starts), "ends_on": day(ends)}, today=TODAY)
    assert form.is_valid() == (where is None)
    assert where is None or list(form.errors) == [where]


# --- through the pages


def start(browser, address, **fields):
    from django.utils import timezone

    today = timezone.now().date().isoformat()
    return browser.post(address, {"kind": "illness", "starts_on": today, "ends_on": "", "note": ""} | fields)


def test_the_runner_starts_and_ends_a_pause(ana, sign_in):
    browser = sign_in(ana)
    assert start(browser, "/me/settings/pauses/", note="Flu").status_code == 302
    pause = ana.pauses.get()
    assert (pause.kind, pause.note, pause.made_by) == ("illness", "Flu", ana.user)
    response = browser.post(f"/me/settings/pauses/{pause.pk}/end/", follow=True)
    assert "Good to have you back" in response.content.decode()
    for word in ("missed", "lost", "failed", "streak"):
        assert word not in response.content.decode()
    pause.refresh_from_db()
    assert pause.ends_on == pause.starts_on


def test_a_pause_that_makes_no_sense_is_shown_again_with_what_was_typed(ana, sign_in):
    response = start(sign_in(ana), "/me/settings/pauses/", starts_on="soon", note="Flu")
    assert response.status_code == 422
    assert 'value="Flu"' in response.content.decode()
    assert not ana.pauses.exists()


def test_a_runner_cannot_declare_or_end_a_flare_here(ana, pause, sign_in):
    browser = sign_in(ana)
    assert start(browser, "/me/settings/pauses/", kind="flare").status_code == 422
    flare = pause(kind="flare")
    assert browser.post(f"/me/settings/pauses/{flare.pk}/end/").status_code == 404


def test_another_runners_pause_is_not_mine_to_end(ana, ben, pause, sign_in):
    assert sign_in(ben).post(f"/me/settings/pauses/{pause().pk}/end/").status_code == 404


def test_the_coach_excuses_days_too(ana, maya, sign_in):
    browser = sign_in(maya)
    assert start(browser, f"/clients/{ana.pk}/pauses/", kind="life").status_code == 302
    pause = ana.pauses.get()
    assert pause.made_by == maya.user
    assert browser.post(f"/clients/{ana.pk}/pauses/{pause.pk}/end/").status_code == 302
    assert start(browser, f"/clients/{ana.pk}/pauses/", kind="nonsense").status_code == 422


def test_a_pause_of_one_runner_is_404_under_another_runners_address(ana, maya, pause, sign_in):
    from clients.tests.people import make_client

    other = make_client(maya, "Other")
    assert sign_in(maya).post(f"/clients/{other.pk}/pauses/{pause().pk}/end/").status_code == 404


def test_taking_back_a_pause_twice_is_taking_it_back_once(ana, pause):
    """Two tabs: both have read the row before the first one takes it away."""
    planned = pause(kind="holiday", starts_on=TODAY + timedelta(days=10), ends_on=TODAY + timedelta(days=20))
    other_tab = Pause.objects.get(pk=planned.pk)
    pausing.end_pause(pause=planned, back_on=TODAY)
    pausing.end_pause(pause=other_tab, back_on=TODAY)
    assert not Pause.objects.exists()
