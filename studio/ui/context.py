"""What every page knows: the colour theme of the visitor and the studio's name."""

from django.apps import apps
from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

THEMES = ("light", "dark")


def look(request: HttpRequest) -> dict:
    """The theme comes from a cookie, so that the first byte already has the right colours; no cookie means "auto"."""
    chosen = request.COOKIES.get("theme")
    return {
        "theme": chosen if chosen in THEMES else "auto",
        "studio": SimpleLazyObject(lambda: apps.get_model("accounts", "Studio").current()),
        "studio_demo": settings.DEMO,
        "studio_mails": "host" in settings.OUTBOX_TRANSPORT,  # letters leave this computer
    }
