"""The adherence number: one reading of the rows, so that coach and runner see the same, for one runner or for many."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from clients.models import Client, Pause
from programs.domain import consistency
from programs.models import MorningAnswer, Program, ScheduledSession
from programs.rows import WEEKS_BACK, RunnerRows


@dataclass(frozen=True)
class Adherence:
    """How regularly one runner trains, as of one of her days.

    days: every day since the program began, at most 26 weeks, in order; weeks: the ISO weeks of them, the last is open.
    headline, done_28: the number and its companion, with their words; streak: R-C3.
    """

    today: date
    days: tuple[consistency.Day, ...]
    weeks: tuple[consistency.Week, ...]
    headline: consistency.Headline
    streak: consistency.Streak
    done_28: consistency.SessionsDone
    stopped: frozenset[date]

    @property
    def this_week(self) -> consistency.Week | None:
        return self.weeks[-1] if self.weeks and self.weeks[-1].first == consistency.monday_of(self.today) else None

    @property
    def closed(self) -> tuple[consistency.Week, ...]:
        return tuple(week for week in self.weeks if week.first < consistency.monday_of(self.today))

    def strip(self, weeks: int = 4) -> str:
        """One character a day for the heat mark, whole weeks, this week last (see studio.ui.marks.heat)."""
        known = {day.date: day for day in self.days}
        first = consistency.monday_of(self.today) - timedelta(weeks=weeks - 1)
        return "".join(
            _mark(known.get(first + timedelta(days=n)), first + timedelta(days=n), self) for n in range(7 * weeks)
        )


def _mark(day: consistency.Day | None, on: date, adherence: Adherence) -> str:
    if on in adherence.stopped:
        return "p"
    if day is None:
        return "n" if not adherence.days or on < adherence.days[0].date else "."
    if day.credit:
        return "3" if day.credit >= 1 else "1"
    if day.excused:
        return "q"
    if not day.planned:
        return "."
    return "f" if on >= adherence.today else "m"


def adherence_of(client: Client, today: date) -> Adherence:
    return adherence_of_all([client], {client.pk: today})[client.pk]


def adherence_from(rows: RunnerRows) -> Adherence:
    """The same from rows that a page reads anyway."""
    began, ended = rows.habit
    mornings = {each.day for each in rows.mornings if each.morning_nrs is not None}
    pauses = [consistency.Pause(pause.kind, pause.starts_on, pause.ends_on) for pause in rows.pauses]
    first = max(_first_day(began, rows.sessions), rows.since)
    return _adherence(rows.today, first, ended, rows.sessions, mornings, pauses)


def adherence_of_all(clients: Iterable[Client], today: dict[int, date]) -> dict[int, Adherence]:
    """The adherence of many runners with four queries, however many they are.

    Args:
        clients: the runners.
        today: the local date of each, by the client's primary key.
    """
    runners = {client.pk: client for client in clients}
    ids = list(runners)
    if not ids:
        return {}
    since = min(today.values()) - timedelta(weeks=WEEKS_BACK)
    began: dict[int, date] = {}  # the earliest start: a later program goes on with the same habit
    ended: dict[int, date | None] = {}  # the last day of the newest program; None while it runs
    programs = Program.objects.filter(client__in=ids, current__isnull=False).order_by("starts_on", "pk")
    for program in programs.only("client_id", "starts_on", "ended_at", "state"):
        began.setdefault(program.client_id, program.starts_on)
        runner = runners[program.client_id]
        ended[program.client_id] = runner.local_date(program.ended_at) if program.ended_at else None
    sessions, mornings, pauses = defaultdict(list), defaultdict(set), defaultdict(list)
    rows = ScheduledSession.objects.filter(program__client__in=ids, day__gte=since).exclude(
        state=ScheduledSession.State.WITHDRAWN
    )
    for row in rows.values("program__client_id", "day", "session_key", "credit", "pillars", "stopped"):
        sessions[row["program__client_id"]].append(row)
    answers = MorningAnswer.objects.filter(client__in=ids, day__gte=since, morning_nrs__isnull=False)
    for client_id, day in answers.values_list("client_id", "day"):
        mornings[client_id].add(day)
    for pause in Pause.objects.filter(client__in=ids).only("client_id", "kind", "starts_on", "ends_on"):
        pauses[pause.client_id].append(consistency.Pause(pause.kind, pause.starts_on, pause.ends_on))
    return {
        pk: _adherence(
            today[pk],
            max(_first_day(began.get(pk, today[pk]), sessions[pk]), since),
            ended.get(pk),
            sessions[pk],
            mornings[pk],
            pauses[pk],
        )
        for pk in ids
    }


def _first_day(began: date, rows: list[dict]) -> date:
    """The first day that counts: the program's first, or the day of a session that a runner did before it.

    What she did counts on the day on which she did it. A session that she only looked into before the start is held
    against nobody: the program had asked for nothing yet.
    """
    return min([began, *(row["day"] for row in rows if row["credit"])])


def _adherence(
    today: date, first: date, ended: date | None, rows: list[dict], mornings: set[date], pauses: list
) -> Adherence:
    last = consistency.monday_of(min(today, ended or today)) + timedelta(days=6)
    by_day = defaultdict(list)
    for row in rows:
        by_day[row["day"]].append(row)
    excused = consistency.excused_dates(pauses, first, last)
    days = []
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        pillars = {pillar for row in by_day[day] for pillar in row["pillars"]}
        if day in mornings:
            pillars.add("consistency")
        days.append(
            consistency.Day(
                date=day,
                planned=tuple(row["session_key"] for row in by_day[day]),
                credit=consistency.day_credit(row["credit"] for row in by_day[day]),
                pillars=tuple(pillar for pillar in consistency.PILLARS if pillar in pillars),
                excused=day in excused,
            )
        )
    weeks = consistency.weeks_of(days)
    closed = [week.status for week in weeks if week.first < consistency.monday_of(today)]
    open_week = weeks[-1].status if weeks and weeks[-1].first == consistency.monday_of(today) else None
    done_today = any(day.date == today and day.credit >= 1 for day in days)
    through = today if done_today else today - timedelta(days=1)  # a day that is not over is not held against anybody
    return Adherence(
        today=today,
        days=tuple(days),
        weeks=weeks,
        headline=consistency.headline(closed),
        streak=consistency.streak(closed, open_week),
        done_28=consistency.sessions_done(days, through),
        stopped=frozenset(row["day"] for row in rows if row["stopped"]),
    )
