"""Runners for tests, with or without a sign-in; the studio's people come along from studio.accounts.tests.people."""

from itertools import count

from clients.models import Client
from studio.accounts.models import Coach
from studio.accounts.tests.people import PASSWORD, make_coach, make_owner, make_user

__all__ = ["PASSWORD", "make_client", "make_coach", "make_lead", "make_owner", "make_user"]

_numbers = count(1)


def make_client(coach: Coach, name: str = "Ana Silva", *, with_user: bool = True, **fields) -> Client:
    """A runner of this coach: active and able to sign in, unless told otherwise."""
    fields.setdefault("email", f"{name.split()[0].lower()}-r{next(_numbers)}@example.com")
    fields.setdefault("status", Client.Status.ACTIVE)
    zone = {"time_zone": fields["time_zone"]} if "time_zone" in fields else {}
    user = make_user(name, email=fields["email"], **zone) if with_user else None
    return Client.objects.create(coach=coach, user=user, name=name, **fields)


def make_lead(coach: Coach, name: str = "Lea Novak", **fields) -> Client:
    """Somebody who booked and is not invited yet: no sign-in."""
    return make_client(coach, name, with_user=False, **{"status": Client.Status.LEAD} | fields)
