"""What the studio sent, will send and could not send."""

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from studio.accounts.access import coach_required, owned_or_404
from studio.outbox import kinds, services
from studio.outbox.forms import OutboxForm
from studio.outbox.models import Message

PAGE = 50

CHIPS = {  # state -> kind of chip, icon
    Message.State.PLANNED: ("line", "clock"),
    Message.State.SENDING: ("line", "send"),
    Message.State.SENT: ("go", "check"),
    Message.State.FAILED: ("stop", "octagon-alert"),
    Message.State.SKIPPED: ("", "minus"),
}


def _row(message: Message) -> dict:
    chip, icon = CHIPS[Message.State(message.state)]
    return {
        "message": message,
        "kind": kinds.label_of(message.kind),
        "chip": chip,
        "icon": icon,
        "at": message.sent_at or message.due_at,
    }


@coach_required
@require_safe
def message_list(request):
    state = OutboxForm(request.GET).wanted()
    mine = Message.objects.all().visible_to(request.user)
    rows = mine.filter(state=state) if state else mine
    rows = rows.order_by("-created_at", "-pk").defer("body", "html", "data")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    counts = dict(mine.order_by().values_list("state").annotate(Count("pk")))
    filters = [("", "All", sum(counts.values()))]
    filters += [(value, label, counts.get(value, 0)) for value, label in Message.State.choices]
    context = {"page": page, "rows": [_row(message) for message in page], "filters": filters, "state": state}
    template = "outbox/list.html#rows" if request.htmx and not request.htmx.boosted else "outbox/list.html"
    return render(request, template, context)


@coach_required
@require_safe
def message_detail(request, pk):
    message = owned_or_404(Message.objects, request, pk=pk)
    context = _row(message) | {
        "is_secret": kinds.is_secret(message.kind) and not settings.DEMO,
        "may_retry": message.state == Message.State.FAILED and kinds.is_repeatable(message.kind),
    }
    return render(request, "outbox/detail.html", context)


@coach_required
@require_POST
def message_retry(request, pk):
    message = owned_or_404(Message.objects, request, pk=pk)
    if kinds.is_repeatable(message.kind) and services.retry(message=message, now=timezone.now()):
        messages.success(request, f"The message goes to {message.to} again.")
    else:
        messages.info(request, "There was nothing to try again.")
    return redirect("outbox:detail", pk=message.pk)
