"""Where a runner's letters go: the coach corrects the address before there is a sign-in, then it follows that."""

from datetime import datetime

from django.db import IntegrityError, transaction

from clients.models import Client
from clients.services.invitations import AlreadySignsIn, revoke_open
from clients.services.record import EmailInUse
from studio.accounts.models import User


@transaction.atomic
def change_email(*, client: Client, email: str, now: datetime) -> bool:
    """Correct the address of a runner who has no sign-in yet; an open invitation went to the wrong one and is revoked.

    Returns:
        Whether an invitation was revoked.

    Raises:
        AlreadySignsIn: then the address is the runner's own to change.
        EmailInUse: the coach has another record for it.
    """
    locked = Client.objects.select_for_update().get(pk=client.pk)
    if locked.user_id:
        raise AlreadySignsIn(f"{locked.first_name} changes the address in the settings.")
    if locked.email.lower() == email.lower():
        return False
    try:
        with transaction.atomic():
            Client.objects.filter(pk=client.pk).update(email=email.lower())
    except IntegrityError:
        raise EmailInUse("You have another runner with this address.") from None
    client.email = email.lower()
    revoked = bool(revoke_open(locked, now))
    if revoked and locked.status == Client.Status.INVITED:
        Client.objects.filter(pk=client.pk).update(status=Client.Status.LEAD)
        client.status = Client.Status.LEAD
    return revoked


def follow_sign_in(*, user: User) -> None:
    """The runner changed the sign-in address: letters go there too, unless the coach has another record for it."""
    client = Client.objects.filter(user=user).first()
    if client is None or client.email.lower() == user.email.lower():
        return
    taken = Client.objects.filter(coach=client.coach_id, email__iexact=user.email).exclude(pk=client.pk).exists()
    if not taken:
        client.email = user.email.lower()
        client.save(update_fields=["email"])
