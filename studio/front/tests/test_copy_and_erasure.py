"""What docs/production.md tells the operator to do for a copy or an erasure does what the privacy page promises."""

import json
import re
from pathlib import Path

from django.conf import settings

from assessments.tests import people as assessed
from clients.models import Client, Note
from consultations.models import Booking
from consultations.tests import rooms
from programs.models import SetLog
from programs.tests.people import next_session, planned, train
from studio.accounts.models import RecordView, User
from studio.outbox.models import Message


def test_a_copy_holds_everything_and_an_erasure_leaves_nothing(ana, ben, now, sign_in, tmp_path, monkeypatch):
    train(next_session(planned(ana, now), now), now)
    assessed.finished(ana, now)
    rooms.make_booking(rooms.make_type(ana.coach), now, client=ana, email=ana.email)
    Note.objects.create(client=ana, body="Likes hills.")
    Note.objects.create(client=ben, body="Another\u2019s.")
    sign_in(ana.coach).get(f"/clients/{ana.pk}/")
    guide = Path(settings.BASE_DIR, "docs", "production.md").read_text()
    [steps] = re.findall(r"```python\n(from django\.core import serializers.*?)```", guide, re.S)
    monkeypatch.chdir(tmp_path)
    exec(steps.replace("runner@example.com", ana.email), {})
    copied = json.loads(Path("copy.json").read_text())
    kinds = {row["model"] for row in copied}
    assert kinds >= {
        "accounts.user", "accounts.recordview", "assessments.measurement", "clients.client", "clients.note",
        "consultations.booking", "outbox.message", "programs.setlog", "programs.version",
    }  # fmt: skip
    text = json.dumps(copied)
    assert "Likes hills." in text and "Another" not in text and "argon2" not in text and "md5$" not in text
    for rows in (SetLog.objects, Booking.objects, RecordView.objects, Message.objects.filter(client_id=ana.pk)):
        assert not rows.exists()
    assert not Client.objects.filter(email=ana.email).exists() and not User.objects.filter(email=ana.email).exists()
    assert Note.objects.get().client == ben
