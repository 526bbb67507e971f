"""What happens to a record when something happens to its sign-in."""

from allauth.account.signals import email_changed

from clients.services import addresses


def _follow_sign_in(request, user, **kwargs):
    addresses.follow_sign_in(user=user)


def connect() -> None:
    email_changed.connect(_follow_sign_in, dispatch_uid="clients.follow_sign_in")
