"""Locks that the kernel lets go of when their holder dies, however it dies."""

import fcntl
import os
from pathlib import Path


class Taken(Exception):
    """Somebody else holds the lock; the message is what they wrote into it."""


def take(path: Path) -> int:
    """Take the lock and write our process id into it; close the returned descriptor to let go."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.read(descriptor, 100).decode()
        os.close(descriptor)
        raise Taken(holder) from None
    os.ftruncate(descriptor, 0)
    os.write(descriptor, str(os.getpid()).encode())
    return descriptor
