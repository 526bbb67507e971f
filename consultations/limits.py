"""A light brake on machines: how many bookings one address may finish. Counted in the cache that all processes share.

Only finished bookings count, so two hundred people behind one office address who want the same hour are no machine.
"""

import logging
from contextlib import suppress

from django.core.cache import cache
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

PER_NETWORK_ADDRESS = (20, 60 * 60)  # bookings, seconds
PER_EMAIL = (5, 24 * 60 * 60)


def used_up(*, network_address: str, email: str) -> bool:
    """Whether one of the two has made as many bookings as it may for now."""
    try:
        counts = cache.get_many([key for key, _ in _keys(network_address, email)])
    except RedisError:  # better a booking too many than nobody who can book
        log.warning("the cache does not answer; bookings are not limited")
        return False
    return any(counts.get(key, 0) >= limit for key, (limit, _) in _keys(network_address, email))


def count_booking(*, network_address: str, email: str) -> None:
    """Count one finished booking for both addresses; the counts run out by themselves."""
    try:
        for key, (_, seconds) in _keys(network_address, email):
            cache.add(key, 0, seconds)
            with suppress(ValueError):  # it ran out between the two lines; the next hour starts empty
                cache.incr(key)
    except RedisError:
        log.warning("the cache does not answer; this booking is not counted")


def _keys(network_address: str, email: str):
    return [
        (f"bookings:net:{network_address}", PER_NETWORK_ADDRESS),
        (f"bookings:mail:{email.lower()}", PER_EMAIL),
    ]
