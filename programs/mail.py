"""The kinds of message this app sends."""


def register_kinds() -> None:
    pass
