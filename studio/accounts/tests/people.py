"""People for tests. Those who need a runner's record too use clients.tests.people, which offers these as well."""

from itertools import count

from allauth.account.models import EmailAddress

from studio.accounts.models import Coach, User

PASSWORD = "a-long-enough-password"

_numbers = count(1)


def make_user(name: str = "Somebody", *, email: str = "", role: str = User.Role.CLIENT, **fields) -> User:
    """A user whose address is verified, with PASSWORD as the password."""
    email = email or f"{name.split()[0].lower()}-{next(_numbers)}@example.com"
    user = User.objects.create_user(email=email, name=name, role=role, password=PASSWORD, **fields)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def make_coach(name: str = "Maya Castillo", **fields) -> Coach:
    fields.setdefault("role", User.Role.COACH)
    return Coach.objects.create(user=make_user(name, **fields))


def make_owner(name: str = "Bethany Brown", **fields) -> Coach:
    """The studio's owner, who is a coach too."""
    return make_coach(name, role=User.Role.OWNER, **fields)
