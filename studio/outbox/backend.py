"""Django's e-mail backend is the outbox: whatever a library mails goes the same way as our own messages."""

import logging
from smtplib import SMTPException
from uuid import uuid4

from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

from studio.accounts.models import User
from studio.outbox import account_mail, services
from studio.outbox.kinds import Letter
from studio.outbox.models import Message

log = logging.getLogger(__name__)

LONGEST = Message._meta.get_field("to").max_length  # characters of an address


class OutboxEmailBackend(BaseEmailBackend):
    """Django's e-mail backend: what it is given is sent at once, and the outbox notes that it was."""

    def send_messages(self, email_messages):
        return sum(self._send(mail, address) for mail in email_messages or [] for address in mail.recipients())

    def _send(self, mail, address: str) -> int:
        if len(address) > LONGEST:  # nobody of ours: our people's addresses fit
            log.warning("account mail to an address of %s characters was not sent", len(address))
            return 0
        now = timezone.now()
        html = next((part for part, mimetype in getattr(mail, "alternatives", []) if mimetype == "text/html"), "")
        letter = Letter(mail.subject, mail.body, html)
        user = User.objects.filter(email__iexact=address).first()
        message = Message.objects.create(
            kind=account_mail.NAME, key=f"account:{uuid4()}", to=address, to_name=user.name if user else "", user=user,
            due_at=now, created_at=now, claimed_at=now, attempts=1, state=Message.State.SENDING,
        )  # fmt: skip
        try:
            services.send_letter(letter, to=address, key=message.key)
        except (SMTPException, OSError) as problem:
            # The page has said "look in your mail"; asking again is one tap, and the owner sees the failure.
            return self._failed(message, problem, "the mail server did not take it")
        except services.NoSafeTransport as problem:
            return self._failed(message, problem, str(problem))
        services.settle_sent(message, account_mail.KIND, letter, now)
        return 1

    def _failed(self, message: Message, problem: Exception, reason: str) -> int:
        log.warning("account mail %s: %s", message.pk, type(problem).__name__)
        Message.objects.filter(pk=message.pk).update(state=Message.State.FAILED, reason=reason)
        return 0
