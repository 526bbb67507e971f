"""Plan a message; deliver it once. Mail itself cannot be exactly-once, so the row says 'sending' before SMTP hears of it."""

import logging
import time
from collections.abc import Collection
from contextlib import suppress
from datetime import datetime, timedelta
from hashlib import sha256
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import F
from django.template import TemplateDoesNotExist, TemplateSyntaxError
from django.urls import NoReverseMatch
from kombu.exceptions import OperationalError

from studio.accounts.models import Coach, User
from studio.outbox import kinds, tasks
from studio.outbox.models import Heartbeat, Message, MessageQuerySet

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 5
RETRY_AFTER = timedelta(minutes=5)  # times the number of attempts so far
STUCK_AFTER = timedelta(minutes=10)  # longer than the transport's time-out and the task's hard limit
BATCH = 25  # what a sweep claims at once, in one transaction instead of 25
BATCH_WITHIN_S = 60  # what is not begun by then goes back: no claim may come near STUCK_AFTER before its mail leaves
PERMANENT = 500  # SMTP replies from here on say "never"; below, "not now" (RFC 5321 section 4.2.1)

# What a kind's render() and wanted() raise when the rows they need are gone or their templates are wrong.
UNWRITABLE = (
    ArithmeticError, AttributeError, LookupError, NoReverseMatch, ObjectDoesNotExist, TemplateDoesNotExist,
    TemplateSyntaxError, TypeError, ValueError,
)  # fmt: skip


WRITES_FILES = {
    "django.core.mail.backends.filebased.EmailBackend",
    "django.core.mail.backends.console.EmailBackend",
}


class NoSafeTransport(Exception):
    """A secret would have to be written to a file."""


def plan_message(
    *,
    kind: str,
    key: str,
    to: str,
    now: datetime,
    to_name: str = "",
    user: User | None = None,
    coach: Coach | None = None,
    client_id: int | None = None,
    data: dict | None = None,
    due_at: datetime | None = None,
    hurried: bool = True,
) -> Message:
    """Plan one message; the same key again is the same message.

    Args:
        kind: a registered kind's name.
        key: what makes it one message, such as "weekly-note:17:2026-W48".
        to, to_name: the recipient.
        now: the clock, passed in.
        user, coach: the person it goes to if she has a user, and the coach who sees it in her outbox.
        client_id: the runner's record it is about; a coach who reads the message is then noted as having looked at it.
        data: ids for the kind's render(); never a secret.
        due_at: when to send, an aware instant; now if left out.
        hurried: what is due is sent at once. False for a letter to many: the next sweep takes them over one connection.

    Returns:
        The message, planned now or earlier.
    """
    kinds.kind_of(kind)
    planned = Message(
        kind=kind, key=key, to=to, to_name=to_name[:120], user=user, coach=coach, client_id=client_id, data=data or {},
        due_at=due_at or now, created_at=now,
    )  # fmt: skip
    Message.objects.bulk_create([planned], ignore_conflicts=True)  # the key decides, in one statement
    message = Message.objects.get(key=key)
    if hurried and message.state == Message.State.PLANNED and message.due_at <= now:
        transaction.on_commit(lambda: hurry(message.pk))
    return message


def is_planned(key: str) -> bool:
    """Whether there is a message with this key, whatever became of it."""
    return Message.objects.filter(key=key).exists()


def hand_over(*, coach: Coach, to: Coach, client_ids: Collection[int]) -> None:
    """Another coach has these runners now: she sees what was sent about them, and gets what waits for the first one."""
    about = Message.objects.filter(coach=coach, client_id__in=client_ids)
    about.filter(state=Message.State.PLANNED, user=coach.user).update(
        user=to.user, to=to.user.email, to_name=to.user.name[:120]
    )
    about.update(coach=to)


def hurry(message_id: int) -> None:
    """Ask the worker to send at once. A dead broker costs a minute, not the message: beat sweeps."""
    try:
        tasks.deliver.apply_async(kwargs={"message_id": message_id}, retry=False)
    except OperationalError:
        log.warning("broker does not answer; message %s waits for the sweep", message_id)


def claim(message_id: int, now: datetime) -> Message | None:
    """Take one due message for sending, or None when it is taken, done or not due."""
    return next(iter(_claim(Message.objects.filter(pk=message_id), now, 1)), None)


def _claim(messages: MessageQuerySet, now: datetime, most: int) -> list[Message]:
    """Take what is due and in nobody's hands: the rows say 'sending' before SMTP hears of any of them."""
    with transaction.atomic():
        rows = messages.due(now).order_by("due_at", "pk").select_for_update(skip_locked=True)
        taken = list(rows[:most])
        if taken:
            Message.objects.filter(pk__in=[message.pk for message in taken]).update(
                state=Message.State.SENDING, claimed_at=now, attempts=F("attempts") + 1
            )
    for message in taken:
        message.state, message.claimed_at, message.attempts = Message.State.SENDING, now, message.attempts + 1
    return taken


def _give_back(messages: list[Message]) -> None:
    """Plan as before what was claimed and not begun; it was no attempt."""
    for message in messages:
        ours = Message.objects.filter(pk=message.pk, state=Message.State.SENDING, claimed_at=message.claimed_at)
        ours.update(state=Message.State.PLANNED, attempts=F("attempts") - 1)


def deliver(*, message_id: int, now: datetime, transport: BaseEmailBackend | None = None) -> str | None:
    """Send one message if it is due and still wanted; record what became of it.

    Args:
        transport: an open connection to use; None = one of its own.

    Returns:
        The message's new state, or None when somebody else has it.
    """
    message = claim(message_id, now)
    return None if message is None else _send(message, now, transport=transport)


def _send(
    message: Message, now: datetime, *, transport: BaseEmailBackend | None, outage: Exception | None = None
) -> str:
    """Send what was claimed, if it is still wanted; record what became of it.

    Args:
        outage: what the mail server answered to the connection just now; the message then counts as tried.

    Returns:
        The message's new state.
    """
    try:
        kind = kinds.kind_of(message.kind)
        unwanted = kind.wanted(message)
        if unwanted:
            return _settle(message, Message.State.SKIPPED, reason=unwanted)
        letter = kind.render(message)
    except UNWRITABLE as problem:
        # A message that cannot be written will not get better by itself; say so where the coach looks.
        log.exception("message %s cannot be rendered", message.pk)
        return _settle(message, Message.State.FAILED, reason=f"could not be written: {type(problem).__name__}")
    if outage is not None:
        return _retry_or_fail(message, outage, now)
    try:
        send_letter(letter, to=message.to, key=message.key, transport=transport, secret=kind.secret)
    except (SMTPException, OSError) as problem:
        return _retry_or_fail(message, problem, now)
    except NoSafeTransport as problem:
        return _settle(message, Message.State.FAILED, reason=str(problem))
    except ValueError:  # a header or an address that no mail may carry
        log.exception("message %s cannot be addressed", message.pk)
        return _settle(
            message, Message.State.FAILED, reason="could not be written: the address or subject is not allowed"
        )
    return settle_sent(message, kind, letter, now)


def settle_sent(message: Message, kind: kinds.Kind, letter: kinds.Letter, now: datetime) -> str:
    """Note that a letter has gone out, and keep its words unless they are secret."""
    message.sent_at = now
    if not kind.secret or settings.DEMO:
        message.subject, message.body, message.html = letter.subject[:300], letter.body, letter.html
    return _settle(message, Message.State.SENT, fields=["sent_at", "subject", "body", "html"])


def send_letter(
    letter: kinds.Letter, *, to: str, key: str, transport: BaseEmailBackend | None = None, secret: bool = True
) -> None:
    """Hand one letter to the transport. The Message-ID follows from the key: a second copy is seen as one.

    Raises:
        NoSafeTransport: the letter is secret, and there is no mail server but only a folder of files.
    """
    if secret and not settings.DEMO and settings.OUTBOX_TRANSPORT["backend"] in WRITES_FILES:
        raise NoSafeTransport("there is no mail server (EMAIL_URL), and a secret is not written to a file")
    mail = EmailMultiAlternatives(
        subject=" ".join(letter.subject.split()),
        body=letter.body,
        to=[to],
        headers={"Message-ID": message_id_for(key), **letter.headers},
        connection=transport or transport_connection(),
    )
    if letter.html:
        mail.attach_alternative(letter.html, "text/html")
    for item in letter.attachments:
        mail.attach(item.name, item.content, item.mimetype)
    mail.send()


def transport_connection() -> BaseEmailBackend:
    """A connection to the mail server of the settings, not opened yet."""
    return get_connection(**settings.OUTBOX_TRANSPORT)


def message_id_for(key: str) -> str:
    """The Message-ID of a key: the same for every copy of one message."""
    return f"<{sha256(key.encode()).hexdigest()[:32]}@{urlsplit(settings.SITE_URL).hostname}>"


def _retry_or_fail(message: Message, problem: Exception, now: datetime) -> str:
    is_final, reason = _what_it_means(problem)
    log.warning("message %s: %s (%s)", message.pk, reason, type(problem).__name__)
    if is_final or message.attempts >= MAX_ATTEMPTS:
        return _settle(message, Message.State.FAILED, reason=reason)
    message.due_at = now + RETRY_AFTER * message.attempts
    return _settle(message, Message.State.PLANNED, reason=reason, fields=["due_at"])


def _what_it_means(problem: Exception) -> tuple[bool, str]:
    """Whether trying again is pointless, and why, in words for the coach. Our own sign-in being refused passes."""
    if isinstance(problem, SMTPRecipientsRefused):
        is_final = all(code >= PERMANENT for code, _ in problem.recipients.values())
        return is_final, "the mail server refused the address"
    if isinstance(problem, SMTPDataError):
        return problem.smtp_code >= PERMANENT, "the mail server refused the message"
    if isinstance(problem, SMTPException):
        return False, "the mail server did not take it"
    return False, "the mail server did not answer"


def _settle(message: Message, state: str, *, reason: str = "", fields: list[str] | None = None) -> str:
    message.state, message.reason = state, reason[:300]
    message.save(update_fields=["state", "reason", *(fields or [])])
    return state


def sweep(*, now: datetime, limit: int = 500) -> int:
    """Send what is due and was not sent by the fast path; give back what a dead sender left behind.

    Returns:
        How many messages were looked at.
    """
    give_back_stuck(now)
    waiting = _claim(Message.objects.all(), now, min(BATCH, limit))
    if not waiting:
        return 0
    looked_at = 0
    transport = transport_connection()
    outage = _open(transport)
    try:
        while waiting:
            looked_at += len(waiting)
            outage = _send_all(waiting, now, transport, outage)
            waiting = _claim(Message.objects.all(), now, min(BATCH, limit - looked_at))
    finally:
        _close(transport)
    return looked_at


def _send_all(
    waiting: list[Message], now: datetime, transport: BaseEmailBackend, outage: Exception | None
) -> Exception | None:
    """Send what was claimed together; what is not begun in time, or because of an error, goes back.

    Returns:
        The outage that the next ones begin with, or None when the server answers.
    """
    stop_at = time.monotonic() + BATCH_WITHIN_S
    try:
        while waiting and time.monotonic() < stop_at:
            state = _send(waiting.pop(0), now, transport=transport, outage=outage)
            if state == Message.State.PLANNED and outage is None:
                # The server may have hung up. A server that is gone is asked once, not once for every message.
                _close(transport)
                outage = _open(transport)
    finally:
        _give_back(waiting)
    return outage


def _close(transport: BaseEmailBackend) -> None:
    with suppress(SMTPException, OSError):  # a server that hung up cannot be said goodbye to
        transport.close()


def _open(transport: BaseEmailBackend) -> Exception | None:
    try:
        transport.open()
    except (SMTPException, OSError) as problem:
        return problem
    return None


def give_back_stuck(now: datetime) -> None:
    """Plan again what a sender claimed and never settled; give up after several times."""
    for message in Message.objects.stuck(now - STUCK_AFTER):
        # It may or may not have left the house. One more try is better than silence; the Message-ID is the same.
        state, reason = Message.State.PLANNED, "the sender stopped in the middle"
        if message.attempts >= MAX_ATTEMPTS:
            state, reason = Message.State.FAILED, "the sender stopped in the middle, several times"
        # Only if it still is as we saw it: a slow sender may just have finished.
        rows = Message.objects.filter(pk=message.pk, state=Message.State.SENDING, claimed_at=message.claimed_at)
        rows.update(state=state, reason=reason)


def retry(*, message: Message, now: datetime) -> bool:
    """Plan a message again that was not delivered: the coach's own decision. False when it is not failed any more."""
    updated = Message.objects.filter(pk=message.pk, state=Message.State.FAILED).update(
        state=Message.State.PLANNED, due_at=now, attempts=0, reason=""
    )
    if updated:
        transaction.on_commit(lambda: hurry(message.pk))
    return bool(updated)


def note_beat(*, now: datetime) -> None:
    """Write down that beat has just swept; `/readyz/` tells how long ago."""
    Heartbeat.objects.update_or_create(pk=1, defaults={"beat_at": now})
