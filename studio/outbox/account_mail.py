"""Mail that allauth writes: sign-in codes, password resets, notices about the account. All of it is secret.

It is sent at once, inside the request, because a secret may not wait in a table or a broker; the outbox keeps only that
it was sent, to whom and when. A code that did not go out is asked for again.
"""

from studio.outbox.kinds import Kind, Letter, register
from studio.outbox.models import Message

NAME = "account"


def _render(message: Message) -> Letter:
    raise ValueError("account mail is sent at once or never")


def _wanted(message: Message) -> str:
    return "a code is never sent late; the person asks for a new one"


KIND = Kind(NAME, "Sign-in and account", render=_render, wanted=_wanted, secret=True, repeatable=False)


def register_kind() -> None:
    register(KIND)
