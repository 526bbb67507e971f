"""What the owner does to the studio itself."""

from django.db import transaction

from studio.accounts.models import Coach, User


@transaction.atomic
def add_coach(*, name: str, email: str, time_zone: str) -> Coach:
    """Give a colleague a sign-in of her own. She has no password yet: a code by e-mail lets her in."""
    user = User.objects.create_user(email, None, name=name, role=User.Role.COACH, time_zone=time_zone)
    return Coach.objects.create(user=user)
