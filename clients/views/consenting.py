"""What the runner meets while her consent is withdrawn: why a page is off, and one press to agree again.

Nothing that she typed is lost: a form that comes from a page opened before is refused, what stood in it comes back, and
agreeing again sends it on as it was.
"""

from collections.abc import Callable
from datetime import datetime
from functools import wraps

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from clients import consent
from clients.models import Client
from studio.accounts.access import owned_or_404

REFUSED = 409  # the page is older than the runner's own decision
AGREE_THEN = "agree_then"  # the field that says where the form goes once she has agreed
OURS = {"csrfmiddlewaretoken", AGREE_THEN}
UNSEEN = {"client_uuid", "line_id", "set_number", "side", "form_key", "stamp", "seen", "version", "step", "act", "item"}


def asks_about_health(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For a page of the runner's own that asks or keeps anything about her health: closed while consent is withdrawn."""

    @wraps(view)
    def wrapper(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        rows = Client.objects.select_related("coach__user").annotate(taken_back=consent.withdrawal_of("pk"))
        client = rows.filter(user=request.user).first()
        if client is not None and client.taken_back is not None:
            return closed(request, client, client.taken_back)
        return view(request, *args, **kwargs)

    return wrapper


def writes_about_health(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For a page of the coach's whose form writes down something new about a runner's health, below `coach_required`.

    Closed while the consent is withdrawn. Only the runner herself gives it again; a coach does not do it for her.
    """

    @wraps(view)
    def wrapper(request: HttpRequest, pk: int, *args, **kwargs) -> HttpResponse:
        taken_back = consent.withdrawn_at_of(pk)
        if taken_back is None:
            return view(request, pk, *args, **kwargs)
        client = owned_or_404(Client.objects.select_related("coach__user"), request, pk=pk)
        return closed_to_coach(request, client, taken_back)

    return wrapper


def words(client: Client, taken_back: datetime) -> str:
    """ "You took back your consent on 3 November. We keep what was lawful and ask nothing new." """
    return f"You took back your consent on {_day(client, taken_back)}. We keep what was lawful and ask nothing new."


def words_for_coach(client: Client, taken_back: datetime) -> str:
    return (
        f"{client.first_name} took back the consent on {_day(client, taken_back)}. Nothing about health is asked, kept or "
        "mailed, and the plan stays as it is. What was kept before stays lawful and can be read; an open alarm stays open."
    )


def _day(client: Client, moment: datetime) -> str:
    return f"{moment.astimezone(client.zone):%-d %B}"


def closed(request: HttpRequest, client: Client, taken_back: datetime) -> HttpResponse:
    """The answer of a page that is off: to a link, to a form with what stood in it, to htmx and to the phone's queue."""
    is_sent = request.method == "POST"
    text = words(client, taken_back)
    if is_sent and not request.accepts("text/html"):
        return _to_the_queue(text)
    is_herself = request.user.is_authenticated and request.user.pk == client.user_id  # not by a signed link alone
    context = {
        "shell": "shells/base_client.html" if is_herself else "shells/base_public.html",
        "words": text,
        "consent_text": consent.TEXT,
        "may_agree": is_herself,
        "sent": _fields(request) if is_sent else [],
        "typed": _typed(request) if is_sent else [],
        "then": request.get_full_path() if is_sent else "",
    }
    if is_sent and request.htmx:
        return _beside_the_form(request, context)
    return render(request, "clients/consent_off.html", context, status=REFUSED if is_sent else 200)


def _to_the_queue(text: str) -> HttpResponse:
    return JsonResponse({"ok": False, "error": text, "code": "consent_withdrawn"}, status=REFUSED)


def _beside_the_form(request: HttpRequest, context: dict) -> HttpResponse:
    """The form stays where it is, with all that stands in it."""
    answer = render(request, "clients/consent_off_note.html", context, status=422)
    answer["HX-Retarget"], answer["HX-Reswap"] = "#main", "afterbegin show:window:top"
    return answer


def closed_to_coach(request: HttpRequest, client: Client, taken_back: datetime) -> HttpResponse:
    """The same for the coach's page about this runner; there is no button that agrees for her."""
    is_sent = request.method == "POST"
    text = words_for_coach(client, taken_back)
    if is_sent and not request.accepts("text/html"):
        return _to_the_queue(text)
    context = {"client": client, "words": text, "is_sent": is_sent, "typed": _typed(request) if is_sent else []}
    if is_sent and request.htmx:
        return _beside_the_form(request, context)
    return render(request, "clients/consent_off_coach.html", context, status=REFUSED if is_sent else 200)


def _fields(request: HttpRequest) -> list[tuple[str, str]]:
    """Every field of the form, to be sent on as it was."""
    return [(name, value) for name, values in request.POST.lists() if name not in OURS for value in values]


def _typed(request: HttpRequest) -> list[tuple[str, str]]:
    """What a person would recognise of it, with its name in words."""
    shown = [(name, value) for name, value in _fields(request) if value.strip() and name not in UNSEEN]
    return [(_label(name), value) for name, value in shown]


LABELS = {
    "session_rpe": "Effort of the session (1 to 10)",
    "rir": "Repetitions in reserve",
    "barrier": "What got in the way",
}


def _label(name: str) -> str:
    if name in LABELS:
        return LABELS[name]
    return name.replace("_nrs", " (0 to 10)").replace("_", " ").replace("-", " ").strip().capitalize()


def way_on(request: HttpRequest) -> str:
    """Where a form goes once she has agreed again; "" when there is none, or it is not a page of ours."""
    there = request.POST.get(AGREE_THEN, "")
    is_ours = there.startswith("/") and url_has_allowed_host_and_scheme(
        there, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return there if is_ours else ""
