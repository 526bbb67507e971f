"""The kinds of message this app sends."""

from programs import plan_mail, weekly_note


def register_kinds() -> None:
    weekly_note.register_kinds()
    plan_mail.register_kinds()
