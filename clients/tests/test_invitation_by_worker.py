"""One walk with everything real: request, database, broker, worker, mail server."""

import os
import subprocess
import sys
import time

import pytest
from django.conf import settings
from django.db import connection

from clients.services import invitations
from clients.tests.people import make_coach, make_lead

PATIENCE_S = 30


@pytest.fixture
def worker(transactional_db, smtp):
    database = connection.settings_dict
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "studio.settings",
        "DATABASE_URL": "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**database),
        "EMAIL_URL": f"smtp://127.0.0.1:{smtp.port}",
        "SECRET_KEY": settings.SECRET_KEY,
    }
    command = [sys.executable, "-m", "celery", "-A", "studio", "-b", settings.CELERY_BROKER_URL, "worker"]
    options = ["--pool", "solo", "--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "WARNING"]
    process = subprocess.Popen([*command, *options], env=environment, cwd=settings.BASE_DIR)
    yield process
    process.terminate()
    process.wait(timeout=PATIENCE_S)


@pytest.mark.slow
def test_a_worker_sends_the_invitation_that_a_coach_asked_for(worker, smtp, sign_in):
    coach = make_coach()
    lea = make_lead(coach, "Lea Novak", email="lea@example.com")
    sign_in(coach).post(f"/clients/{lea.pk}/invite/")

    deadline = time.monotonic() + PATIENCE_S
    while not smtp.mails and time.monotonic() < deadline:
        assert worker.poll() is None, "the worker died"
        time.sleep(0.05)

    ((to, mail),) = smtp.mails
    assert to == ["lea@example.com"]
    words = mail.get_payload()[0].get_payload(decode=True).decode()
    assert invitations.invitation_token(lea.invitations.get()) in words
