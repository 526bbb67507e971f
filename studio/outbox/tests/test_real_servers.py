"""The outbox against real neighbours: an SMTP server, two senders at once, a broker that is gone."""

import time
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from celery import Celery
from django.db import connection, transaction

from studio.outbox import services, tasks
from studio.outbox.models import Message
from studio.outbox.tests.postbox import Postbox, free_port, running, smtp_at


def plan(to: str, now, **fields) -> Message:
    return services.plan_message(kind="hello", key=to, to=to, to_name="Ana", now=now, **fields)


def settled(message) -> tuple[str, str]:
    message.refresh_from_db()
    return message.state, message.reason


def test_a_real_server_takes_refuses_and_postpones(db, hello, smtp, now):
    rows = [plan(f"{name}@example.com", now) for name in ("ana", "gone", "busy", "ben")]
    services.sweep(now=now)
    assert [settled(row) for row in rows] == [
        ("sent", ""),
        ("failed", "the mail server refused the address"),
        ("planned", "the mail server refused the address"),
        ("sent", ""),
    ]
    (to, mail), _ = smtp.mails
    assert to == ["ana@example.com"]
    assert mail["Message-ID"] == services.message_id_for("ana@example.com")
    assert [part.get_content_type() for part in mail.walk()][1:] == ["text/plain", "text/html"]


def test_a_name_in_any_script_arrives_as_it_was_written(db, hello, smtp, now):
    message = services.plan_message(kind="hello", key="k", to="ana@example.com", to_name="أنا 🏃‍♀️ Ана", now=now)
    services.deliver(message_id=message.pk, now=now)
    ((_, mail),) = smtp.mails
    assert mail.get_payload()[0].get_payload(decode=True).decode().strip() == "To أنا 🏃‍♀️ Ана."


def test_a_server_that_is_down_is_tried_again_when_it_is_back(db, hello, now, settings):
    port = free_port()
    settings.OUTBOX_TRANSPORT = smtp_at(port)
    message = plan("ana@example.com", now)
    services.sweep(now=now)
    assert settled(message) == ("planned", "the mail server did not answer")

    with running(Postbox(), port) as box:
        assert services.sweep(now=now) == 0  # not yet
        services.sweep(now=now + services.RETRY_AFTER)
    assert settled(message) == ("sent", "")
    assert len(box.mails) == 1


def test_account_mail_goes_the_same_way_and_leaves_no_code_behind(db, smtp, maya, sign_in):
    sign_in().post("/accounts/login/code/", {"email": "maya@example.com"})
    ((to, mail),) = smtp.mails
    assert to == ["maya@example.com"]
    message = Message.objects.get()
    assert (message.kind, message.state, message.to, message.body) == ("account", "sent", "maya@example.com", "")
    assert mail["Message-ID"] == services.message_id_for(message.key)


@pytest.mark.django_db(transaction=True)
def test_two_senders_at_once_send_one_mail(hello, smtp, now):
    messages = [plan(f"ana{number}@example.com", now) for number in range(10)]
    ready, outcomes = Barrier(2), []

    def sender():
        try:
            ready.wait()
            outcomes.extend(services.deliver(message_id=message.pk, now=now) for message in messages)
        finally:
            connection.close()

    threads = [Thread(target=sender) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(smtp.mails) == 10
    assert sorted(outcomes, key=str) == [None] * 10 + ["sent"] * 10


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_send_each_mail_once(hello, smtp, now, monkeypatch):
    monkeypatch.setattr(services, "BATCH", 3)
    for number in range(20):
        plan(f"ana{number}@example.com", now)
    ready, looked_at = Barrier(2), []

    def sweeper():
        try:
            ready.wait()
            looked_at.append(services.sweep(now=now))
        finally:
            connection.close()

    threads = [Thread(target=sweeper) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(to for (to,), _ in smtp.mails) == sorted(f"ana{number}@example.com" for number in range(20))
    assert sum(looked_at) == 20
    assert not Message.objects.exclude(state="sent", attempts=1).exists()


def test_a_message_in_another_senders_hands_is_passed_over_not_waited_for(transactional_db, hello, now):
    message = plan("ana@example.com", now)
    outcome = []

    def other():
        try:
            outcome.append(services.claim(message.pk, now))
        finally:
            connection.close()

    with transaction.atomic():
        Message.objects.select_for_update().get(pk=message.pk)
        thread = Thread(target=other)
        thread.start()
        thread.join(timeout=5)
        assert outcome == [None]


def test_a_broker_that_is_gone_costs_a_minute_and_not_the_request(
    db, hello, now, settings, monkeypatch, django_capture_on_commit_callbacks, caplog
):
    lonely = Celery("lonely", set_as_current=False, broker=f"redis://127.0.0.1:{free_port()}/0")
    lonely.conf.update(broker_transport_options=settings.CELERY_BROKER_TRANSPORT_OPTIONS, task_ignore_result=True)
    monkeypatch.setattr(tasks, "deliver", lonely.task(tasks.deliver.run, name="deliver"))
    started = time.monotonic()
    with django_capture_on_commit_callbacks(execute=True):
        message = plan("ana@example.com", now)
    assert time.monotonic() - started < 5
    assert "broker does not answer" in caplog.text
    assert settled(message) == ("planned", "")
    services.sweep(now=now + timedelta(minutes=1))
    assert settled(message) == ("sent", "")
