"""What a log may say of a request: never an address that is itself a key."""

import logging
import re

# Whoever holds one of these addresses is let in by it: an invitation, a booking, a morning's question, a weekly note.
KEYS = re.compile(r"(/(?:invitation|booking|morning|note)/)[^/\s?]+")


def masked(text: str) -> str:
    """The text with the key of every such address replaced by ***."""
    return KEYS.sub(r"\1***", text)


class NoKeys(logging.Filter):
    """Django tells the path of every answer that is an error, also of one to a link that still works."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(masked(arg) if isinstance(arg, str) else arg for arg in record.args)
        if isinstance(record.msg, str):
            record.msg = masked(record.msg)
        return True
