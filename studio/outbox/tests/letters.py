"""Kinds of message that exist in tests only."""

from contextlib import contextmanager

from studio.outbox import kinds
from studio.outbox.kinds import Kind, Letter


@contextmanager
def registered(kind: Kind):
    kinds.register(kind)
    try:
        yield kind
    finally:
        del kinds._kinds[kind.name]


def plain(message) -> Letter:
    return Letter("Hello", f"To {message.to_name}.", "<p>Hello</p>")
