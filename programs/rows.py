"""What is kept of one runner's training beside the rest of her record, each kind of row read once a page."""

from datetime import date, timedelta
from functools import cached_property
from typing import Any, NamedTuple

from django.db.models import F, QuerySet, Subquery

from assessments import rows
from programs.models import MorningAnswer, PhaseCheck, Program, ScheduledSession, WeeklyCheck

WEEKS_BACK = 26  # of training and mornings: enough for eight counted weeks with a long pause among them
CHECKS = 8  # the newest weekly checks
USUAL = 8  # mornings at least, however long ago: this one and the seven before it


class Morning(NamedTuple):
    """How the knee was on one morning, 0-10; None = said nothing."""

    day: date
    morning_nrs: int | None


class RunnerRows(rows.RunnerRows):
    """See there."""

    @cached_property
    def program(self) -> Program | None:
        """The one that is on, with its plan and who published it."""
        return self._hers(self._published.exclude(state=Program.State.ENDED))

    @cached_property
    def ended(self) -> Program | None:
        """The newest one that has ended."""
        return self._hers(self._published.filter(state=Program.State.ENDED).order_by("-ended_at"))

    @property
    def _published(self) -> QuerySet[Program]:
        """Each with the first day of her first one, and the last moment of her newest, beside it."""
        published = Program.objects.filter(client=self.client, current__isnull=False)
        first, newest = published.order_by("starts_on", "pk"), published.order_by("-starts_on", "-pk")
        return published.select_related("current__published_by").annotate(
            habit_began=Subquery(first.values("starts_on")[:1]), habit_ended=Subquery(newest.values("ended_at")[:1])
        )

    def _hers(self, found: QuerySet[Program]) -> Program | None:
        program = found.first()
        if program is not None:
            program.client = self.client
        return program

    @property
    def habit(self) -> tuple[date, date | None]:
        """The first day of her first program and the last of her newest; None while that runs."""
        program = self.program or self.ended
        if program is None:
            return self.today, None
        began, ended = program.habit_began, program.habit_ended
        return began, ended and self.client.local_date(ended)

    @property
    def since(self) -> date:
        return self.today - timedelta(weeks=WEEKS_BACK)

    @cached_property
    def sessions(self) -> list[dict[str, Any]]:
        """What was planned and done from `since` on, day by day, without what was taken out of the plan."""
        found = ScheduledSession.objects.filter(program__client=self.client, day__gte=self.since)
        return list(
            found.exclude(state=ScheduledSession.State.WITHDRAWN)
            .order_by("day", "id")
            .values(
                "program_id", "day", "session_key", "credit", "pillars", "stopped", "action", "started_at", "sets_done",
                "sets_planned",
            )
        )  # fmt: skip

    @cached_property
    def mornings(self) -> list[Morning]:
        """Newest first: all from `since` on, and the usual few from before it where there are no newer."""
        answers = MorningAnswer.objects.filter(client=self.client).order_by("-day")
        return [Morning(*each) for each in answers.values_list("day", "morning_nrs")[: 7 * WEEKS_BACK + USUAL]]

    @cached_property
    def weekly_checks(self) -> list[WeeklyCheck]:
        """The newest ones, newest first."""
        found = WeeklyCheck.objects.filter(client=self.client).select_related("answered_by")
        return list(found.order_by("-week")[:CHECKS])

    @cached_property
    def phase_checks(self) -> list[PhaseCheck]:
        """Every one, the newest closed first; the open one, if any, before them."""
        found = PhaseCheck.objects.filter(client=self.client).select_related("entered_by")
        return list(found.order_by(F("closed_at").desc(nulls_first=True)))
