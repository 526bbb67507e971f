"""The kinds of message. The outbox knows none by itself: each app above registers its own in ready()."""

from collections.abc import Callable
from dataclasses import dataclass, field

from studio.outbox.models import Message


@dataclass(frozen=True)
class Attachment:
    """A file of a letter: name, bytes, and the type that a mail program goes by."""

    name: str
    content: bytes
    mimetype: str


@dataclass(frozen=True)
class Letter:
    """What a message says, rendered when it is sent."""

    subject: str
    body: str
    html: str = ""
    attachments: tuple[Attachment, ...] = ()
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Kind:
    """One kind of message.

    render: the letter of a planned message, from its data, at send time.
    wanted: "" when the message should still go out, else the reason why not, in words for the coach.
    secret: never stored, previewed or written to a file, except in the demo studio.
    repeatable: a coach may try it again when it was not delivered.
    """

    name: str
    label: str
    render: Callable[[Message], Letter]
    wanted: Callable[[Message], str] = lambda message: ""
    secret: bool = False
    repeatable: bool = True


_kinds: dict[str, Kind] = {}


class UnknownKind(LookupError):
    """A message of a kind that no app has registered."""


def register(kind: Kind) -> None:
    """Make a kind known; the same one twice is fine, another one of its name is a ValueError."""
    known = _kinds.setdefault(kind.name, kind)
    if known is not kind:
        raise ValueError(f"two kinds of message are called {kind.name}")


def kind_of(name: str) -> Kind:
    """The kind of a message; raises UnknownKind."""
    try:
        return _kinds[name]
    except KeyError:
        raise UnknownKind(f"no app registered the message kind {name!r}") from None


def label_of(name: str) -> str:
    """A kind in words for the coach, also when nobody knows it any more."""
    return _kinds[name].label if name in _kinds else name.replace("_", " ")


def is_repeatable(name: str) -> bool:
    """Whether a coach may try such a message again; an unknown kind may not."""
    return name in _kinds and _kinds[name].repeatable


def names() -> list[tuple[str, str]]:
    """(name, label) of every kind, for lists."""
    return sorted(((kind.name, kind.label) for kind in _kinds.values()), key=lambda pair: pair[1])


def is_secret(name: str) -> bool:
    """An unknown kind counts as secret: better no preview than a leaked code."""
    return _kinds[name].secret if name in _kinds else True
