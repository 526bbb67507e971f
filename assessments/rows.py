"""What is kept of one runner, for a page of many parts: each kind of row is read once, when a part first asks for it."""

from datetime import date, datetime
from functools import cached_property
from typing import Self

from assessments import gate as gates
from assessments.models import Assessment, Intake, OutcomeReport
from clients import consent
from clients.models import Client, Pause
from studio.accounts.models import User


class RunnerRows:
    """The rows of one runner at one moment.

    Made for one answer and thrown away with it, never kept: what is written after a part was read is not seen here.

    Args:
        client: whose.
        now: the clock, passed in.
        standing: how her consent stands, where that was read with the client.
    """

    def __init__(self, client: Client, now: datetime, standing: consent.Standing | None = None) -> None:
        self.client = client
        self.now = now
        if standing is not None:
            self.standing = standing

    @classmethod
    def of_user(cls, user: User, now: datetime) -> Self | None:
        """The rows of who is signed in, with her coach and consent; None = no runner. One query."""
        rows = Client.objects.select_related("coach__user").annotate(**consent.standing_columns("pk"))
        client = rows.filter(user=user).first()
        return client and cls(client, now, consent.Standing(client.agrees, client.taken_back))

    @cached_property
    def today(self) -> date:
        """The day it is for the runner."""
        return self.client.local_date(self.now)

    @cached_property
    def standing(self) -> consent.Standing:
        return consent.standing_of(self.client)

    @cached_property
    def pauses(self) -> list[Pause]:
        return list(Pause.objects.filter(client=self.client))

    @property
    def pause(self) -> Pause | None:
        """The one that is on."""
        on = (
            row for row in self.pauses if row.starts_on <= self.today and (not row.ends_on or self.today <= row.ends_on)
        )
        return next(on, None)

    @cached_property
    def gate(self) -> gates.Gate:
        return gates.gate_for(self.client, self.now)

    @cached_property
    def intake(self) -> Intake | None:
        return Intake.objects.filter(client=self.client).first()

    @property
    def sent_intake(self) -> Intake | None:
        return self.intake if self.intake and self.intake.submitted_at else None

    @cached_property
    def assessments(self) -> list[Assessment]:
        """Every one, newest first, with what tells them apart and no more."""
        rows = Assessment.objects.filter(client=self.client).only("state", "measured_on", "shared_at")
        return list(rows.order_by("-measured_on", "-pk"))

    @property
    def newest_shared(self) -> Assessment | None:
        """The newest one that the runner may read."""
        return next((row for row in self.assessments if row.shared_at), None)

    @cached_property
    def reports(self) -> list[OutcomeReport]:
        """Every round of an outcome measure, the open ones too, by the day they are of."""
        rows = OutcomeReport.objects.filter(client=self.client).select_related("entered_by")
        return list(rows.order_by("measured_on", "pk"))
