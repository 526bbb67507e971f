"""Accounts that the studio opens: nobody signs up by himself."""

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction

from studio.accounts.models import Coach, User


class EmailTaken(Exception):
    """Somebody signs in with this address already."""


@transaction.atomic
def open_account(
    *, email: str, name: str, role: str, password: str | None = None, time_zone: str = "Europe/London"
) -> User:
    """Open an account for an address that is known to be this person's.

    Args:
        email: where a code, an invitation or the owner reached the person; it counts as verified.
        role: one of User.Role.
        password: None = no password yet; a code by e-mail lets the person in.

    Raises:
        EmailTaken: the address is somebody's sign-in already.
    """
    if User.objects.filter(email__iexact=email).exists() or EmailAddress.objects.filter(email__iexact=email).exists():
        raise EmailTaken(email)
    try:
        with transaction.atomic():
            user = User.objects.create_user(email, password, name=name, role=role, time_zone=time_zone)
            EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    except IntegrityError:  # two at once: the constraint decides
        raise EmailTaken(email) from None
    return user


@transaction.atomic
def create_owner(*, email: str, name: str, password: str, time_zone: str = "Europe/London") -> Coach:
    """The one who runs the studio; she is a coach too."""
    user = open_account(email=email, name=name, role=User.Role.OWNER, password=password, time_zone=time_zone)
    return Coach.objects.create(user=user)


@transaction.atomic
def add_coach(*, email: str, name: str, time_zone: str = "Europe/London") -> Coach:
    """A colleague of the owner. A code by e-mail lets her in the first time."""
    user = open_account(email=email, name=name, role=User.Role.COACH, time_zone=time_zone)
    return Coach.objects.create(user=user)


def retire(*, coach: Coach) -> None:
    """The coach has left: no sign-in any more, and none of the open ones lives on, not even when she comes back.

    Her runners and bookings are somebody's already: studio.front.retiring sees to that, in the same transaction.
    """
    user = coach.user
    user.is_active = False
    user.set_unusable_password()  # a session is tied to the password: every one of them ends for good
    user.save(update_fields=["is_active", "password"])


def bring_back(*, coach: Coach) -> None:
    """The coach works here again: a code by e-mail lets her in, as on her first day."""
    coach.user.is_active = True
    coach.user.save(update_fields=["is_active"])
