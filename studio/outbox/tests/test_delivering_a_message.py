"""What becomes of a planned message, with a transport that does as it is told."""

from datetime import timedelta
from itertools import count
from smtplib import (
    SMTPAuthenticationError,
    SMTPDataError,
    SMTPException,
    SMTPRecipientsRefused,
    SMTPServerDisconnected,
)

import pytest
from django.core.exceptions import ObjectDoesNotExist

from studio.outbox import services
from studio.outbox.kinds import Kind, Letter, UnknownKind
from studio.outbox.models import Message
from studio.outbox.tests.letters import plain, registered

FILES = {"backend": "django.core.mail.backends.filebased.EmailBackend"}


class Transport:
    """Takes mail, or raises what it was given, in turn; None = takes it."""

    def __init__(self, *answers, opens=()):
        self.answers, self.opens, self.taken, self.opened = list(answers), list(opens), [], 0

    def _next(self, answers):
        answer = answers.pop(0) if answers else None
        if answer is not None:
            raise answer

    def open(self):
        self.opened += 1
        self._next(self.opens)

    def close(self):
        pass

    def send_messages(self, mails):
        self._next(self.answers)
        self.taken += mails
        return len(mails)


@pytest.fixture
def plan(now, hello):
    def planned(key="hello:1", **fields):
        return services.plan_message(
            **{"kind": "hello", "to": "ana@example.com", "to_name": "Ana", "now": now} | fields, key=key
        )

    return planned


def state_of(message):
    message.refresh_from_db()
    return message.state, message.reason


def test_the_same_key_is_the_same_message(db, plan):
    assert plan("note:17:2026-W47") == plan("note:17:2026-W47", to="other@example.com")
    assert Message.objects.get().to == "ana@example.com"


def test_a_kind_that_no_app_registered_cannot_be_planned(db, plan):
    with pytest.raises(UnknownKind):
        plan(kind="nonsense")


def test_a_sent_message_keeps_what_it_said_and_when(db, plan, now, mailoutbox):
    message = plan()
    assert services.deliver(message_id=message.pk, now=now) == "sent"
    message.refresh_from_db()
    assert (message.subject, message.body, message.html) == ("Hello", "To Ana.", "<p>Hello</p>")
    assert message.sent_at == now
    (mail,) = mailoutbox
    assert mail.to == ["ana@example.com"]
    assert mail.alternatives[0].content == "<p>Hello</p>"


def test_a_message_is_not_sent_before_it_is_due_nor_twice(db, plan, now, mailoutbox):
    message = plan(due_at=now + timedelta(hours=1))
    assert services.deliver(message_id=message.pk, now=now) is None
    later = now + timedelta(hours=1)
    assert services.deliver(message_id=message.pk, now=later) == "sent"
    assert services.deliver(message_id=message.pk, now=later) is None
    assert len(mailoutbox) == 1


def test_the_message_id_follows_from_the_key(db, plan, now, mailoutbox):
    first = plan()
    services.deliver(message_id=first.pk, now=now)
    Message.objects.filter(pk=first.pk).update(state="planned")
    services.deliver(message_id=first.pk, now=now)
    one, two = (mail.extra_headers["Message-ID"] for mail in mailoutbox)
    assert one == two


def test_a_message_that_nobody_wants_any_more_is_skipped_with_the_reason(db, now, mailoutbox):
    with registered(Kind("old", "Old", plain, wanted=lambda message: "the booking was cancelled")):
        message = services.plan_message(kind="old", key="k", to="ana@example.com", now=now)
        services.deliver(message_id=message.pk, now=now)
    assert state_of(message) == ("skipped", "the booking was cancelled")
    assert not mailoutbox


@pytest.mark.parametrize("problem", [KeyError("x"), TypeError("x"), ObjectDoesNotExist("x"), ZeroDivisionError("x")])
def test_a_message_that_cannot_be_written_fails_and_says_so(db, now, problem):
    def broken(message):
        raise problem

    with registered(Kind("broken", "Broken", broken)):
        message = services.plan_message(kind="broken", key="k", to="ana@example.com", now=now)
        services.deliver(message_id=message.pk, now=now)
    assert state_of(message) == ("failed", f"could not be written: {type(problem).__name__}")


def test_a_message_of_a_kind_that_is_gone_fails_and_says_so(db, now):
    message = Message.objects.create(kind="gone", key="k", to="ana@example.com", due_at=now)
    services.deliver(message_id=message.pk, now=now)
    assert state_of(message) == ("failed", "could not be written: UnknownKind")


def test_a_subject_with_a_line_break_stays_one_header(db, now, mailoutbox):
    with registered(Kind("odd", "Odd", lambda message: Letter("Hello\nBcc: all@example.com", "Text"))):
        message = services.plan_message(kind="odd", key="k", to="ana@example.com", now=now)
        services.deliver(message_id=message.pk, now=now)
    assert mailoutbox[0].subject == "Hello Bcc: all@example.com"


def test_an_address_that_no_mail_can_carry_fails_and_says_so(db, plan, now):
    message = plan(to="ana\nx@example.com")
    services.deliver(message_id=message.pk, now=now)
    assert state_of(message)[0] == "failed"


@pytest.mark.parametrize(
    ("problem", "state", "reason"),
    [
        (SMTPRecipientsRefused({"a": (550, b"no such user")}), "failed", "the mail server refused the address"),
        (SMTPRecipientsRefused({"a": (450, b"greylisted")}), "planned", "the mail server refused the address"),
        (SMTPDataError(554, b"spam"), "failed", "the mail server refused the message"),
        (SMTPDataError(451, b"busy"), "planned", "the mail server refused the message"),
        (SMTPAuthenticationError(535, b"who"), "planned", "the mail server did not take it"),
        (SMTPServerDisconnected("bye"), "planned", "the mail server did not take it"),
        (ConnectionRefusedError("down"), "planned", "the mail server did not answer"),
        (TimeoutError("slow"), "planned", "the mail server did not answer"),
    ],
)
def test_what_the_server_says_decides_whether_it_is_tried_again(db, plan, now, problem, state, reason):
    message = plan()
    services.deliver(message_id=message.pk, now=now, transport=Transport(problem))
    assert state_of(message) == (state, reason)


def test_it_is_tried_five_times_with_longer_and_longer_waits(db, plan, now):
    message, waits = plan(), []
    for _ in range(4):
        services.deliver(message_id=message.pk, now=message.due_at, transport=Transport(SMTPException("down")))
        before = message.due_at
        message.refresh_from_db()
        waits.append((message.due_at - before) // timedelta(minutes=1))
    assert waits == [5, 10, 15, 20]
    services.deliver(message_id=message.pk, now=message.due_at, transport=Transport(SMTPException("down")))
    assert state_of(message) == ("failed", "the mail server did not take it")


def test_a_coach_may_try_a_failed_message_again(db, plan, now, mailoutbox):
    message = plan()
    Message.objects.filter(pk=message.pk).update(state="failed", attempts=5, reason="refused")
    assert services.retry(message=message, now=now)
    assert services.deliver(message_id=message.pk, now=now) == "sent"
    assert not services.retry(message=message, now=now)
    assert len(mailoutbox) == 1


def test_a_sweep_sends_all_that_is_due_over_one_connection(db, plan, now, monkeypatch):
    for number in range(3):
        plan(f"hello:{number}")
    plan("later", due_at=now + timedelta(minutes=1))
    transport = Transport()
    monkeypatch.setattr(services, "transport_connection", lambda: transport)
    assert services.sweep(now=now) == 3
    assert (len(transport.taken), transport.opened) == (3, 1)


def test_a_sweep_goes_on_after_a_server_that_hung_up(db, plan, now, monkeypatch):
    rows = [plan(f"hello:{number}") for number in range(3)]
    transport = Transport(None, SMTPServerDisconnected("bye"), None)
    monkeypatch.setattr(services, "transport_connection", lambda: transport)
    services.sweep(now=now)
    assert [state_of(row)[0] for row in rows] == ["sent", "planned", "sent"]
    assert transport.opened == 2


def test_a_sweep_asks_a_dead_server_once_and_plans_everything_again(db, plan, now, monkeypatch):
    rows = [plan(f"hello:{number}") for number in range(3)]
    transport = Transport(opens=[ConnectionRefusedError("down")])
    monkeypatch.setattr(services, "transport_connection", lambda: transport)
    services.sweep(now=now)
    assert {state_of(row) for row in rows} == {("planned", "the mail server did not answer")}
    assert {row.attempts for row in rows} == {1}
    assert transport.opened == 1


def test_what_a_sweep_claimed_and_did_not_begin_goes_back_and_was_no_attempt(db, plan, now, monkeypatch):
    rows = [plan(f"hello:{number}") for number in range(3)]

    class Broken(Transport):
        def send_messages(self, mails):
            raise RuntimeError("a mistake of ours")

    monkeypatch.setattr(services, "transport_connection", Broken)
    with pytest.raises(RuntimeError):
        services.sweep(now=now)
    for row in rows:
        row.refresh_from_db()
    assert [(row.state, row.attempts) for row in rows] == [("sending", 1), ("planned", 0), ("planned", 0)]


def test_a_slow_server_keeps_no_claim_for_longer_than_a_minute(db, plan, now, monkeypatch):
    rows, claimed, clock = [plan(f"hello:{number}") for number in range(3)], [], count(step=services.BATCH_WITHIN_S / 2)
    monkeypatch.setattr(services.time, "monotonic", lambda: next(clock))
    take = services._claim
    monkeypatch.setattr(services, "_claim", lambda *given: claimed.append(take(*given)) or list(claimed[-1]))
    transport = Transport()
    monkeypatch.setattr(services, "transport_connection", lambda: transport)
    services.sweep(now=now)
    assert [len(batch) for batch in claimed] == [3, 2, 1, 0]  # each time one is begun, and the rest goes back
    assert [state_of(row) for row in rows] == [("sent", "")] * 3
    assert len(transport.taken) == 3


def test_a_letter_to_many_waits_for_the_sweep(db, plan, now, monkeypatch, django_capture_on_commit_callbacks):
    hurried = []
    monkeypatch.setattr(services, "hurry", hurried.append)
    with django_capture_on_commit_callbacks(execute=True):
        message = plan(hurried=False)
    assert hurried == [] and services.sweep(now=now) == 1
    assert state_of(message)[0] == "sent"


def test_a_message_whose_sender_died_is_planned_again_and_in_the_end_given_up(db, plan, now):
    message = plan()
    services.claim(message.pk, now)
    services.give_back_stuck(now + timedelta(minutes=9))
    assert state_of(message)[0] == "sending"
    services.give_back_stuck(now + timedelta(minutes=11))
    assert state_of(message) == ("planned", "the sender stopped in the middle")

    Message.objects.filter(pk=message.pk).update(attempts=services.MAX_ATTEMPTS - 1)
    services.claim(message.pk, now)
    services.give_back_stuck(now + timedelta(minutes=11))
    assert state_of(message) == ("failed", "the sender stopped in the middle, several times")


def test_a_secret_is_sent_and_not_kept(db, code, now, mailoutbox):
    message = services.plan_message(kind="code", key="k", to="ana@example.com", to_name="Ana", now=now)
    services.deliver(message_id=message.pk, now=now)
    message.refresh_from_db()
    assert (message.state, message.subject, message.body, message.html) == ("sent", "", "", "")
    assert mailoutbox[0].body == "To Ana."


def test_a_secret_is_never_written_to_a_file_outside_the_demo_studio(db, code, hello, now, settings, tmp_path):
    settings.OUTBOX_TRANSPORT = FILES | {"file_path": str(tmp_path)}
    secret = services.plan_message(kind="code", key="k", to="ana@example.com", now=now)
    other = services.plan_message(kind="hello", key="h", to="ana@example.com", now=now)
    services.sweep(now=now)
    assert state_of(secret)[0] == "failed"
    assert "no mail server" in secret.reason
    assert state_of(other)[0] == "sent"
    assert len(list(tmp_path.iterdir())) == 1


def test_the_demo_studio_keeps_everything_so_that_it_can_be_seen(db, code, now, settings, tmp_path):
    settings.DEMO = True
    settings.OUTBOX_TRANSPORT = FILES | {"file_path": str(tmp_path)}
    message = services.plan_message(kind="code", key="k", to="ana@example.com", to_name="Ana", now=now)
    services.sweep(now=now)
    message.refresh_from_db()
    assert (message.state, message.body) == ("sent", "To Ana.")
    assert "To Ana." in next(tmp_path.iterdir()).read_text()


def test_a_message_is_hurried_only_after_the_transaction(
    db, plan, now, monkeypatch, django_capture_on_commit_callbacks
):
    hurried = []
    monkeypatch.setattr(services, "hurry", hurried.append)
    with django_capture_on_commit_callbacks(execute=True):
        message = plan()
        plan("later", due_at=now + timedelta(days=1))
        assert hurried == []
    assert hurried == [message.pk]
