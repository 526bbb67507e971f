"""Demo people have a public password, so they sign in from this machine only."""

from ipaddress import ip_address

from allauth.account.auth_backends import AuthenticationBackend


def is_loopback(request) -> bool:
    """Whether the request comes from this very machine, and through no proxy."""
    if request is None:
        return False
    try:
        address = ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return False
    return address.is_loopback and "HTTP_X_FORWARDED_FOR" not in request.META


class StudioBackend(AuthenticationBackend):
    """Sign-in by e-mail address; demo people only from this machine."""

    def authenticate(self, request, **credentials):
        user = super().authenticate(request, **credentials)
        if user is not None and user.is_demo and not is_loopback(request):
            return None
        return user
