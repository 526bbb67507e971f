"""Safety reaches a human: at once, and again until somebody takes over."""

from datetime import timedelta

from clients import alarms
from clients.models import Alarm
from studio.outbox import services as outbox
from studio.outbox.models import Message


def stop(ana, now):
    return alarms.raise_alarm(client=ana, kind=Alarm.Kind.STOP, key="stop:session:1", because="Pain 8.", now=now)


def letters():
    return Message.objects.filter(kind="alarm")


def test_an_alarm_mails_the_coach_at_once_and_once(ana, now):
    stop(ana, now)
    stop(ana, now)
    assert [letter.to for letter in letters()] == [ana.coach.user.email]
    assert letters().get().due_at == now


def test_it_comes_again_every_two_hours_until_somebody_takes_over(ana, now):
    alarm = stop(ana, now)
    alarms.remind(now=now + timedelta(hours=1, minutes=59))
    assert letters().count() == 1
    for minutes in (120, 130, 239):
        alarms.remind(now=now + timedelta(minutes=minutes))
    assert letters().count() == 2
    alarms.acknowledge(alarm=alarm, by=ana.coach.user, now=now + timedelta(hours=3))
    alarms.remind(now=now + timedelta(hours=9))
    assert letters().count() == 2


def test_the_mail_names_no_health_data(ana, now, mailoutbox):
    stop(ana, now)
    outbox.sweep(now=now)
    assert "Pain 8" not in mailoutbox[0].body + mailoutbox[0].subject
