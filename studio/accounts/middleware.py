"""Put the request into the time zone of the person who makes it, and see to what leaves with the answer."""

from django.utils import timezone
from django.utils.cache import add_never_cache_headers

from studio.accounts import access


class PersonMiddleware:
    """Runs after the sign-in is known: the person's zone before the view, caching and the log of looks after it."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        is_somebody = request.user.is_authenticated
        with timezone.override(request.user.zone if is_somebody else None):
            response = self.get_response(request)
        if is_somebody:
            access.log_shown(request, response)
            if not response.has_header("Cache-Control"):
                add_never_cache_headers(response)  # nobody pages back into a record after the sign-out
        return response
