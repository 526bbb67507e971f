"""The weekly notes of a studio through the outbox, beside a bare smtplib loop over the same letters in one run.

`make bench` collects this file. The mail server is a process of its own that takes everything and keeps nothing. Message
building (MIME) counts on both sides; a bare loop claims no rows, records nothing and renders nothing, unless it says so.
"""

import sys
from collections.abc import Iterable
from contextlib import contextmanager
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from smtplib import SMTP
from statistics import median
from subprocess import Popen
from time import perf_counter, sleep

import pytest
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone

from clients.models import Client
from programs import weekly_note
from programs.services import noting
from studio.front.tests import worlds
from studio.outbox import services
from studio.outbox.kinds import Kind, Letter
from studio.outbox.models import Message
from studio.outbox.tests.letters import registered
from studio.outbox.tests.postbox import free_port, smtp_at

RUNNERS, ROUNDS = 200, 9  # letters in a round
SENDER = "studio@example.com"


@contextmanager
def sink():
    """A mail server that says yes to everything; its port."""
    port = free_port()
    command = [sys.executable, "-m", "aiosmtpd", "-n", "-c", "aiosmtpd.handlers.Sink", "-l", f"127.0.0.1:{port}"]
    process = Popen(command)
    try:
        for _ in range(100):
            try:
                SMTP("127.0.0.1", port).quit()
                break
            except OSError:
                sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait()


@pytest.fixture
def notes(transactional_db) -> list[tuple[Message, Letter]]:
    """Weekly notes, planned for now, each with the letter that it becomes: one runner's, as often as there are runners."""
    now = timezone.now()
    ana = worlds.make_world(now).ana
    Client.objects.filter(pk=ana.pk).update(note_weekday=now.weekday(), note_hour=now.hour, time_zone="UTC")
    noting.plan_weekly_notes(now=now)
    note = Message.objects.get(kind=noting.KIND)
    rows = worlds.copies(note, RUNNERS, key=lambda n: f"{note.key}:{n}", to=lambda n: f"runner{n}@example.com")
    return [(message, weekly_note.render(message)) for message in rows]


def stdlib(letter: Letter, to: str) -> bytes:
    """A message as the manual of the standard library builds it."""
    mail = EmailMessage(policy=SMTP_POLICY)
    for name, value in {"Subject": letter.subject, "From": SENDER, "To": to, **letter.headers}.items():
        mail[name] = value
    mail.set_content(letter.body)
    mail.add_alternative(letter.html, subtype="html")
    return mail.as_bytes()


def django(letter: Letter, to: str) -> bytes:
    """A message as Django builds it, which is quicker; ours is built like this."""
    mail = EmailMultiAlternatives(letter.subject, letter.body, SENDER, [to], headers=letter.headers)
    mail.attach_alternative(letter.html, "text/html")
    return mail.message().as_bytes(linesep="\r\n")


def bare(letters: Iterable[tuple[str, Letter]], port: int, build=django) -> None:
    """One connection; a message is built and sent, and the next."""
    with SMTP("127.0.0.1", port) as server:
        for to, letter in letters:
            server.sendmail(SENDER, [to], build(letter, to))


def test_bench_mail(notes, settings):
    now = timezone.now() + timedelta(minutes=1)
    Message.objects.exclude(pk__in=[message.pk for message, _ in notes]).delete()
    letters = {message.pk: letter for message, letter in notes}
    to_bare = [(message.to, letter) for message, letter in notes]
    planned = Message.objects.filter(pk__in=letters)

    def plan_again(kind: str) -> None:
        planned.update(state="planned", kind=kind, due_at=now, attempts=0, body="", html="", subject="")

    def ours() -> None:
        assert services.sweep(now=now) == len(letters)

    def one_by_one() -> None:
        for pk in letters:
            assert services.deliver(message_id=pk, now=now) == "sent"

    with sink() as port, registered(Kind("ready", "Ready", lambda message: letters[message.pk])):
        settings.OUTBOX_TRANSPORT = smtp_at(port)
        acts = {
            "bare smtplib loop, built by Django": lambda: bare(to_bare, port),
            "bare smtplib loop, built by the standard library": lambda: bare(to_bare, port, stdlib),
            "ours: a sweep over letters already rendered": ours,
            "ours, one task a message: a connection each": one_by_one,
            "bare smtplib loop that asks and renders": lambda: bare(
                ((message.to, weekly_note.render(message)) for message, _ in notes if not weekly_note.wanted(message)),
                port,
            ),
            "ours: a sweep that asks whether each is wanted, and renders": ours,
        }
        kinds = dict(zip(acts, ("", "", "ready", "ready", "", noting.KIND), strict=True))
        spent = {name: [] for name in acts}
        for _ in range(ROUNDS):
            for name, act in acts.items():
                if kinds[name]:
                    plan_again(kinds[name])
                begin = perf_counter()
                act()
                spent[name].append(perf_counter() - begin)
                if kinds[name]:
                    assert planned.filter(state="sent").count() == len(letters)
    size = sum(len(letter.body) + len(letter.html) for letter in letters.values()) / len(letters) / 1024
    print(f"\n{len(letters)} letters of {size:.1f} KB\n| what | letters/s | beside it |\n|---|---|---|")
    rates = {name: len(letters) / median(seconds) for name, seconds in spent.items()}
    by_django, by_stdlib, _, _, rendering, _ = acts
    against = dict.fromkeys(list(acts)[1:4], (by_django, by_stdlib)) | dict.fromkeys(list(acts)[5:], (rendering,))
    for name, rate in rates.items():
        beside = " / ".join(f"{100 * rate / rates[other]:.0f} %" for other in against.get(name, ()))
        print(f"| {name} | {rate:.0f} | {beside} |")
