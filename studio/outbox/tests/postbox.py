"""A real SMTP server for tests."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes

from aiosmtpd.controller import Controller


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Postbox:
    """Keeps what it gets as (recipients, message); refuses gone@ for good and busy@ for now."""

    def __init__(self):
        self.mails, self.port = [], 0

    async def handle_RCPT(self, server, session, envelope, address, options):  # aiosmtpd's names
        if address.startswith("gone@"):
            return "550 no such user"
        if address.startswith("busy@"):
            return "450 try later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.mails.append((envelope.rcpt_tos, message_from_bytes(envelope.content)))
        return "250 OK"


@contextmanager
def running(box: Postbox, port: int) -> Iterator[Postbox]:
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    box.port = port
    try:
        yield box
    finally:
        controller.stop()


def smtp_at(port: int) -> dict:
    return {"backend": "django.core.mail.backends.smtp.EmailBackend", "host": "127.0.0.1", "port": port, "timeout": 5}
