"""Who may see what: the only module that decides it.

Every page needs a sign-in (LoginRequiredMiddleware); a public one says @login_not_required. What a person may *see* is
decided by the row's way to its people: a model with an `OwnedQuerySet` names `coach_path` (to accounts.Coach) and, if
runners may see their own, `client_user_path` (to accounts.User). Another's row is 404, never 403: an address tells a
stranger nothing.
"""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.decorators import login_not_required
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.encoding import escape_uri_path

from studio.accounts.models import Coach, RecordView, User

__all__ = ["OwnedQuerySet", "client_required", "coach_required", "login_not_required", "owned_or_404", "owner_required"]


class OwnedQuerySet(models.QuerySet):
    """Rows that lead to a coach, and perhaps to a runner's own user.

    The model says how: `coach_path`, `client_user_path` (may be None) and `client_id_path`, the attribute path to the
    record's number for the log of views (may be None).
    """

    def for_coach(self, coach: Coach):
        return self.filter(**{self.model.coach_path: coach})

    def visible_to(self, user: User):
        """What this person may see: the owner all, a coach her runners', a runner his own, a visitor nothing."""
        if not user.is_authenticated:
            return self.none()
        if user.is_owner:
            return self.all()
        if user.is_coach:
            return self.filter(**{f"{self.model.coach_path}__user": user})
        path = getattr(self.model, "client_user_path", None)
        return self.filter(**{path: user}) if path else self.none()


def owned_or_404(rows, request: HttpRequest, **lookup):
    """The one row that this person may see, or 404. A look by the studio's people at a runner's record is logged."""
    found = list(rows.visible_to(request.user).filter(**lookup))  # by a key: one or none; quicker than `get`
    if not found:
        raise Http404
    [row] = found
    path = getattr(type(row), "client_id_path", None)
    if path and request.user.is_coach:
        if request.method == "GET":
            log_view(request, _follow(row, path))
        elif request.method == "POST":
            request.record_of = _follow(row, path)  # a look only if a page comes back: see log_shown
    return row


def log_shown(request: HttpRequest, response: HttpResponse) -> None:
    """Note a look at a record that a refused form brought back as a page. A single field of htmx is none."""
    if response.status_code in (200, 409, 422) and not request.htmx:
        log_view(request, getattr(request, "record_of", None))


def log_view(request: HttpRequest, client_id: int | None) -> None:
    """Note that the signed-in coach looked at a runner's record."""
    if client_id:
        RecordView.objects.create(viewer=request.user, client_id=client_id, path=escape_uri_path(request.path)[:200])


def _follow(row, path: str):
    for name in path.split("__"):
        row = getattr(row, name, None)
        if row is None:
            return None
    return row


def _required(may: Callable[[User], bool]):
    def decorator(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def wrapper(request: HttpRequest, *args, **kwargs):
            if not may(request.user):
                raise Http404
            return view(request, *args, **kwargs)

        return wrapper

    return decorator


coach_required = _required(lambda user: user.is_coach)
owner_required = _required(lambda user: user.is_owner)
client_required = _required(lambda user: user.is_client)
