"""Pages behind signed links: no sign-in, one thing to do, and nothing changes by merely opening them."""

from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from clients.views.consenting import closed
from programs import links
from programs.forms import MorningForm
from programs.models import MorningAnswer, WeekAnswer
from programs.services import deciding, noting
from studio.accounts.access import login_not_required

OPEN_FOR = timedelta(days=1)  # a morning's link also takes the next day's late answer


def bad_link(request):
    return render(request, "programs/link_bad.html", status=404)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def morning(request, token):
    """How is the knee this morning? Eleven buttons, no sign-in."""
    try:
        client, day = links.read_morning(token)
    except links.BadLink:
        return bad_link(request)
    if client.taken_back:
        return closed(request, client, client.taken_back)
    now = timezone.now()
    if not day <= client.local_date(now) <= day + OPEN_FOR:
        return render(request, "programs/link_over.html", {"client": client}, status=410)
    form = MorningForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["morning_nrs"] is not None:
            deciding.answer_morning(
                client=client, day=day, morning_nrs=form.cleaned_data["morning_nrs"], after60_nrs=None, now=now
            )
        return render(request, "programs/morning_done.html", {"client": client, "day": day})
    answered = MorningAnswer.objects.filter(client=client, day=day).values_list("morning_nrs", flat=True).first()
    context = {"client": client, "day": day, "form": form, "answered": answered}
    return render(request, "programs/morning.html", context, status=422 if form.errors else 200)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def note_answer(request, token):
    """The weekly note's one question: what got in the way?"""
    try:
        client, week = links.read_note(token)
    except links.BadLink:
        return bad_link(request)
    if client.taken_back:
        return closed(request, client, client.taken_back)
    chosen = request.POST.get("barrier", request.GET.get("barrier", ""))
    if request.method == "POST" and chosen in WeekAnswer.Barrier.values:
        noting.answer(client=client, week=week, barrier=chosen, now=timezone.now())
        return render(request, "programs/note_answered.html", {"client": client, "barrier": chosen})
    when = noting.week_words(client, week, timezone.now())
    context = {"client": client, "when": when, "barriers": WeekAnswer.Barrier.choices, "chosen": chosen}
    return render(request, "programs/note_question.html", context, status=422 if request.method == "POST" else 200)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def note_off(request, token):
    """No more weekly notes, and a way back."""
    try:
        client, _ = links.read_note(token)
    except links.BadLink:
        return bad_link(request)
    if request.method == "POST":
        if "on" in request.POST:
            noting.subscribe(client=client)
        else:
            noting.unsubscribe(client=client, now=timezone.now())
        client.refresh_from_db()
        return render(request, "programs/note_off.html", {"client": client, "token": token, "done": True})
    return render(request, "programs/note_off.html", {"client": client, "token": token, "done": False})


@csrf_exempt  # a mail program posts here by RFC 8058; the signed token is the proof, and it can only switch a note off
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def note_off_one_click(request, token):
    """The address in the mail's header: a post switches the note off; a person who opens it is asked first."""
    try:
        client, _ = links.read_note(token)
    except links.BadLink:
        return HttpResponse(status=404)
    if request.method != "POST":
        return redirect("programs:note_off", token=token)
    noting.unsubscribe(client=client, now=timezone.now())
    return HttpResponse("Unsubscribed.", content_type="text/plain")
