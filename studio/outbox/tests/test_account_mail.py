"""Mail that the accounts write goes through the outbox, which keeps that it was sent and not what it said."""

import pytest

from studio.outbox import services
from studio.outbox.models import Message

CODE = "/accounts/login/code/"
FILES = {"backend": "django.core.mail.backends.filebased.EmailBackend"}


@pytest.fixture
def ask(maya, client):
    return lambda: client.post(CODE, {"email": "maya@example.com"})


def test_it_is_recorded_without_its_words(ask, maya):
    ask()
    message = Message.objects.get()
    assert (message.kind, message.state, message.to, message.user) == ("account", "sent", "maya@example.com", maya.user)
    assert (message.subject, message.body, message.html) == ("", "", "")


def test_the_demo_studio_shows_the_code_to_its_owner(ask, maya, settings):
    settings.DEMO = True
    ask()
    assert "Type this code" in Message.objects.get().body


def test_a_mail_server_that_is_down_does_not_break_the_page(ask, settings):
    settings.OUTBOX_TRANSPORT = {
        "backend": "django.core.mail.backends.smtp.EmailBackend",
        "host": "127.0.0.1",
        "port": 1,
    }
    assert ask().status_code == 302
    assert Message.objects.get().state == "failed"


def test_a_code_is_not_written_to_a_file_outside_the_demo(ask, settings, tmp_path):
    settings.OUTBOX_TRANSPORT = FILES | {"file_path": str(tmp_path)}
    assert ask().status_code == 302
    message = Message.objects.get()
    assert message.state == "failed"
    assert "no mail server" in message.reason
    assert not list(tmp_path.iterdir())


def test_a_code_whose_sender_died_is_not_sent_late(ask, now):
    ask()
    message = Message.objects.get()
    Message.objects.update(state="planned", sent_at=None, due_at=now)
    assert services.deliver(message_id=message.pk, now=now) == "skipped"
