"""Pages for a visitor: a runner in pain who has never heard of us."""

from functools import cache
from pathlib import Path

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from studio.accounts.access import login_not_required
from studio.accounts.models import User
from studio.front.evidence import reviewers

THEMES = ("auto", "light", "dark")
A_DAY_S = 60 * 60 * 24
A_YEAR_S = 365 * A_DAY_S

# What a search engine may read; everything else is somebody's own, or an address that is its own key.
ROBOTS = """\
User-agent: *
Allow: /$
Allow: /about/
Allow: /privacy/
Allow: /book/
Allow: /static/
Allow: /favicon.ico
Disallow: /
"""


@login_not_required
@require_safe
def home(request):
    return render(request, "front/landing.html")


@login_not_required
@require_safe
def about(request):
    signed = {file: name for file, name in reviewers().items() if name}
    return render(request, "front/about.html", {"signed": signed, "files": len(reviewers())})


@login_not_required
@require_safe
def privacy(request):
    owner = User.objects.filter(role=User.Role.OWNER, is_active=True).order_by("pk").first()
    return render(request, "front/privacy.html", {"owner": owner})


@login_not_required
@require_safe
def robots(request):
    """Public pages are for everybody; the studio and every address with a token in it are for no machine."""
    return _kept_a_day(HttpResponse(ROBOTS, content_type="text/plain; charset=utf-8"))


@login_not_required
@require_safe
def favicon(request):
    """The mark where programs look that do not read the page."""
    return _kept_a_day(HttpResponse(_icon(), content_type="image/x-icon"))


@cache
def _icon() -> bytes:
    return Path(settings.BASE_DIR, "static", "img", "favicon.ico").read_bytes()


def _kept_a_day(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = f"public, max-age={A_DAY_S}"
    return response


@require_safe
def start(request):
    """Where a sign-in leads: the coach to Today, the runner to her own page."""
    return redirect("front:today" if request.user.is_coach else "front:me")


@login_not_required
@require_POST
def theme(request):
    """Keep the chosen look in a cookie, so that the server writes it on <html> and nothing flashes."""
    chosen = request.POST.get("theme", "auto")
    back = request.POST.get("next") or request.headers.get("Referer") or "/"
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        back = "/"
    response = HttpResponseRedirect(back)
    response.set_cookie("theme", chosen if chosen in THEMES else "auto", max_age=A_YEAR_S, samesite="Lax")
    return response
