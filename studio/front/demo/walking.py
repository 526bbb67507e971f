"""Walk with one runner from day to day: every act at its hour, through the service that a page would call."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from functools import partial
from random import Random
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from assessments.services import measuring
from clients import alarms
from clients.models import Alarm, Client, Invitation, Pause
from clients.services import ending, invitations, pausing, record
from consultations import queries
from consultations import services as consultations
from consultations.domain.availability import free_slots
from consultations.models import Booking, ConsultationType
from programs.domain import consistency, records
from programs.domain.editing import SetDose, SetNote
from programs.domain.library import library
from programs.domain.monitoring import morning_due
from programs.domain.rules import rules
from programs.models import Program, ScheduledSession, Version
from programs.services import deciding, noting, planning, publishing, reducing
from studio.accounts.models import Coach, User
from studio.front.demo import answering, histories, post, writing
from studio.front.demo.cast.parts import Asked, Runner, Testing, Turn, Visit
from studio.outbox import services as outbox
from studio.outbox.models import Message

LONGEST_SEARCH = 6  # days on which a consultation may still be found when the wished one is closed
NIGHT_MIN = 3 * 60 + 10  # minute of the day of the nightly tasks
LAY_AGAIN = 28  # days; sessions are laid on dates eight weeks ahead, so twice as often as needed

Act = Callable[[datetime], datetime | None]  # returns the instant it told the services, if that is another one


class Walk:
    """One runner's days. `first_day` is the day of the first seeding: day 0 of the course."""

    def __init__(
        self, runner: Runner, coach: Coach, first_day: date, *, client: Client | None = None, password: str = ""
    ) -> None:
        self.runner, self.coach, self.first_day, self.password = runner, coach, first_day, password
        self.client = client
        self.program: Program | None = Program.objects.filter(client=client).first() if client else None
        self.agenda: dict[int, list[tuple[datetime, Act]]] = defaultdict(list)

    # --- days and hours -----------------------------------------------------------------------------------------------

    def date_of(self, day: int) -> date:
        return self.first_day + timedelta(days=day)

    def day_of_date(self, day: date) -> int:
        return (day - self.first_day).days

    def day_of(self, moment: datetime) -> int:
        return self.day_of_date(moment.astimezone(self.zone).date())

    @property
    def zone(self) -> ZoneInfo:
        return self.client.zone if self.client else self.coach.user.zone

    def luck(self, *event: object) -> Random:
        return histories.chance(self.runner.key, *event)

    def at(self, day: int, minute: int) -> datetime:
        """An instant of a day on the runner's clock, with a second and a bit of its own."""
        luck = self.luck("second", day, minute)
        clock = time(minute // 60, minute % 60, luck.randrange(60), luck.randrange(1_000_000))
        return datetime.combine(self.date_of(day), clock, tzinfo=self.zone)

    def plan(self, day: int | None, minute: int, act: Act) -> None:
        if day is not None:
            self.agenda[day].append((self.at(day, minute), act))

    def plan_at(self, moment: datetime, act: Act) -> None:
        self.agenda[self.day_of(moment)].append((moment, act))

    def live(self, first: int, last: int) -> None:
        """Live the days from first to last, both included, act by act in the order of the clock."""
        for day in range(first, last + 1):
            if self.program is not None:
                self.plan_training_day(day)
            todays = self.agenda.pop(day, [])
            while todays:
                todays.sort(key=lambda entry: entry[0])
                moment, act = todays.pop(0)
                told = act(moment) or moment
                todays += self.agenda.pop(day, [])
                post.settle(told, refused=self.refused(day))

    def live_the_night_before(self, now: datetime) -> None:
        """The nightly tasks of today are over too, unless it is still night."""
        moment = self.at(self.day_of(now), NIGHT_MIN)
        if moment <= now:
            self.keep_resting(moment)
            post.settle(moment)

    def refused(self, day: int) -> str:
        gone = self.runner.refuses_mail_from
        return self.runner.email if gone is not None and day >= gone else ""

    # --- the record ---------------------------------------------------------------------------------------------------

    def plan_the_record(self) -> None:
        """Put on the agenda all that is not training: how the runner came, and what the coach did."""
        runner = self.runner
        for visit in runner.visits:
            self.plan(visit.booked, 13 * 60 + 10, partial(self.book, visit))
        self.plan(runner.invited, 17 * 60 + 20, self.invite)
        self.plan(runner.intake, 20 * 60 + 5, self.fill_in)
        if runner.planned:
            self.plan(runner.planned.published, 17 * 60 + 45, self.publish)
        for asked in runner.rounds:
            self.plan(asked.day, 20 * 60 + 20, partial(self.answer_round, asked))
        for day, said in runner.weeks.items():
            self.plan(day, 19 * 60 + 40, partial(self.answer_week, said))
        for day, words in runner.notes.items():
            self.plan(day, 21 * 60, partial(self.note, words))
        for turn in runner.turns:
            self.plan(turn.day, 9 * 60 + 50, partial(self.turn, turn))
        for day, barrier in runner.barriers.items():
            self.plan(day, 19 * 60 + 30, partial(self.answer_note, barrier))
        self.plan(runner.away_from, 8 * 60 + 15, partial(self.pause, Pause.Kind.HOLIDAY, runner.away_note))
        self.plan(runner.flare_from, 8 * 60 + 15, partial(self.pause, Pause.Kind.FLARE, ""))
        self.plan(runner.pain_free_from, 18 * 60, self.note_pain_free)
        self.plan(runner.ended, 16 * 60, self.end)

    def book(self, visit: Visit, moment: datetime) -> None:
        kind = self.kind_of(visit)
        start = self.free_start(kind, visit, moment)
        booking = consultations.book(
            kind=kind, starts_at=start, name=self.runner.name, email=self.runner.email,
            about=visit.about or ("" if self.client else self.runner.story), time_zone=self.runner.time_zone,
            client_uuid=uuid4(),
            client=self.client, now=moment,
        )  # fmt: skip
        self.client = self.client or booking.client
        if visit.is_seen:
            consultations.mark_seen(booking=booking, now=moment + timedelta(hours=2))
        if visit.cancelled is not None:
            self.plan(visit.cancelled, 8 * 60 + 50, partial(self.cancel, booking))
        for testing in self.runner.tests:
            if testing.day == visit.day:
                self.plan_at(booking.ends_at - timedelta(minutes=5), partial(self.test, testing))

    def kind_of(self, visit: Visit) -> ConsultationType:
        kinds = ConsultationType.objects.for_coach(self.coach).select_related("coach__user")
        return kinds[("first", "full", "follow_up").index(visit.kind)]

    def free_start(self, kind: ConsultationType, visit: Visit, moment: datetime) -> datetime:
        """The wished hour, or the first free one after it: the coach is not there every day."""
        wished = datetime.combine(self.date_of(visit.day), time(visit.hour), tzinfo=self.coach.user.zone)
        last = wished.date() + timedelta(days=LONGEST_SEARCH)
        slots = free_slots(queries.slot_request(kind, wished.date(), last, moment))
        return next(slot.start for slot in slots if slot.start >= wished)

    def cancel(self, booking: Booking, moment: datetime) -> None:
        consultations.cancel(booking=booking, by=None, now=moment)

    def invite(self, moment: datetime) -> None:
        invitation = invitations.invite(client=self.client, by=self.coach.user, now=moment)
        if self.runner.is_in:
            self.plan_at(moment + timedelta(minutes=95), partial(self.come_in, invitation))

    def come_in(self, invitation: Invitation, moment: datetime) -> None:
        user = invitations.accept(
            invitation=invitation, name=self.runner.name, password=None, time_zone=self.runner.time_zone,
            born_on=self.runner.born_on, now=moment,
        )  # fmt: skip
        User.objects.filter(pk=user.pk).update(is_demo=True, password=self.password, date_joined=moment)
        self.client = Client.objects.select_related("coach__user", "user").get(pk=self.client.pk)

    def fill_in(self, moment: datetime) -> None:
        runner = self.runner
        said = {
            "born_on": runner.born_on,
            "sex_for_norms": runner.sex,
            "story": runner.story,
            "weekdays": self.weekdays(),
        }
        answering.fill_in(client=self.client, said=said | runner.answers, red_flags=runner.red_flags, moment=moment)
        if runner.red_flags:
            self.plan_at(moment + timedelta(minutes=40), self.take_over)

    def take_over(self, moment: datetime) -> None:
        for alarm in Alarm.objects.filter(client=self.client, acknowledged_at__isnull=True):
            alarms.acknowledge(alarm=alarm, by=self.coach.user, now=moment)

    def test(self, testing: Testing, moment: datetime) -> None:
        by = self.coach.user
        _, assessment = measuring.begin_assessment(
            client=self.client, answers=answering.no_red_flag(), by=by, now=moment - timedelta(minutes=45)
        )
        measuring.save_readings(
            assessment=assessment, readings=answering.readings_of(testing), note=testing.note or None, now=moment
        )
        measuring.finish_assessment(assessment=assessment, now=moment)
        measuring.share(assessment=assessment, now=moment)

    def note(self, words: str, moment: datetime) -> None:
        record.add_note(client=self.client, body=words, by=self.coach.user, now=moment)

    def answer_round(self, asked: Asked, moment: datetime) -> None:
        """The outcome questions of a scheduled week, on the sofa in the evening."""
        answering.answer_round(client=self.client, asked=asked, moment=moment)

    def answer_week(self, said: Mapping[str, Any], moment: datetime) -> None:
        """The weekly check; goals are rated in their order."""
        answering.answer_week(client=self.client, said=said, moment=moment)

    def answer_note(self, barrier: str, moment: datetime) -> None:
        week = consistency.week_name(moment.astimezone(self.zone).date())
        noting.answer(client=self.client, week=week, barrier=barrier, now=moment)

    def pause(self, kind: Pause.Kind, note: str, moment: datetime) -> None:
        pausing.start_pause(
            client=self.client, kind=kind, starts_on=moment.astimezone(self.zone).date(), note=note,
            by=self.client.user, now=moment,
        )  # fmt: skip

    def note_pain_free(self, moment: datetime) -> None:
        record.update_record(client=self.client, pain_free_since=moment.astimezone(self.zone).date())

    def end(self, moment: datetime) -> None:
        ending.finish(client=self.client, by=self.coach.user, now=moment)  # and with it the program
        self.program = None

    # --- the plan -----------------------------------------------------------------------------------------------------

    def weekdays(self) -> list[str]:
        """The training days in the order of the week; a lead without a plan names three usual ones."""
        planned = self.runner.planned
        days = {self.date_of(day).weekday() for day in self.trains()} if planned else {0, 2, 5}
        return [records.WEEKDAYS[day] for day in sorted(days)]

    def trains(self) -> tuple[int, ...]:
        planned = self.runner.planned
        return planned.on_weekday.get(self.first_day.weekday(), planned.trains)

    def publish(self, moment: datetime) -> None:
        planned, by = self.runner.planned, self.coach.user
        begins = self.date_of(min(self.trains()) if planned.begins is None else planned.begins)
        draft = planning.make_draft(
            client=self.client,
            wishes=planning.Wishes(
                phase=planned.phase, weeks=planned.weeks, weekdays=tuple(self.weekdays()), minutes=planned.minutes
            ),
            by=by,
            now=moment - timedelta(minutes=25),
            starts_on=begins - timedelta(days=begins.weekday()),
        )
        self.program = draft.program
        version = publishing.publish_draft(draft=draft, reason=planned.reason, by=by, now=moment)
        self.seen(version, moment)

    def seen(self, version: Version, moment: datetime) -> None:
        """The runner reads it in the evening."""
        Version.objects.filter(pk=version.pk).update(read_at=moment + timedelta(hours=3))
        self.program = Program.objects.select_related("client__user", "current").get(pk=version.program_id)

    def turn(self, turn: Turn, moment: datetime) -> None:
        """The coach changes the sets of the line that the knee noticed most in one session, and that has sets to give."""
        session = self.program.scheduledsessions.get(day=self.date_of(turn.session))
        pains = dict(session.linelogs.values_list("slot", "during_nrs"))
        sorest = max(
            (line for line in session.plan.lines if line.sets > 1 and pains.get(line.slot) is not None),
            key=lambda line: pains[line.slot],
        )
        ahead = reducing.lines_ahead(self.program, moment.astimezone(self.zone).date())
        line = next(line for line in ahead if line.slot == sorest.slot)
        edits = [SetDose(line=line.id, sets=line.sets + turn.sets)]
        if turn.note:
            edits.append(SetNote(line=line.id, note=turn.note))
        words = {"weekday": f"{session.day:%A}", "exercise": library()[line.exercise].name.lower()}
        version = publishing.publish(
            program=self.program, base=self.program.current, edits=edits, reason=turn.reason.format(**words),
            by=self.coach.user, now=moment,
        )  # fmt: skip
        self.seen(version, moment)

    # --- training -----------------------------------------------------------------------------------------------------

    def plan_training_day(self, day: int) -> None:
        """Put the morning, the noon after a session, the session and the weekly note on the agenda."""
        course, on = self.runner.course, self.date_of(day)
        away = self.excuses(on)
        rows = self.program.scheduledsessions.filter(day__in=[on - timedelta(days=1), on]).defer("content", "decision")
        before = next((row for row in rows if row.day < on and row.started_at), None)
        if away in ("", Pause.Kind.FLARE):
            hard = before is not None and histories.is_hard(course, day - 1)
            morning = histories.morning_of(course, day, self.luck("morning", day), hard_day_before=hard)
            if morning:
                self.plan(day, morning.minute, partial(self.wake, day, morning.nrs, before and before.pk))
        if before is not None and before.decided_at is None:
            self.plan_at(morning_due(before.day, self.zone), partial(self.decide, before.pk))
        for row in rows:
            is_on = row.day == on and row.state == ScheduledSession.State.PLANNED and not away
            if is_on and histories.trains(course, day, self.luck("trains", day)):
                self.plan(day, course.starts_at, partial(self.train, day, row.pk))
        if on.weekday() == self.client.note_weekday and on > self.program.starts_on:
            due = datetime.combine(on, time(self.client.note_hour), tzinfo=self.zone)
            self.plan_at(due, self.weekly_note)
        self.plan(day, NIGHT_MIN, self.keep_resting)
        if day % LAY_AGAIN == 0:
            self.plan(day, NIGHT_MIN + 5, self.lay_ahead)

    def excuses(self, day: date) -> str:
        """The kind of pause that covers a day, "" for none."""
        return next((pause.kind for pause in self.client.pauses.all().covering(day)), "")

    def wake(self, day: int, nrs: int, before: int | None, moment: datetime) -> None:
        """The morning's answer, and with it how the hour after yesterday's session was."""
        after60 = self.told(day - 1, ScheduledSession.objects.get(pk=before)).after60_nrs if before else None
        deciding.answer_morning(
            client=self.client, day=self.date_of(day), morning_nrs=nrs, after60_nrs=after60, now=moment
        )
        if before:
            self.reload()

    def decide(self, session_id: int, moment: datetime) -> None:
        """Noon has come. A session that the morning has decided stays decided."""
        session = ScheduledSession.objects.select_related("program__client").get(pk=session_id)
        if session.decided_at is None:
            deciding.decide(session=session, now=moment)
            self.reload()

    def train(self, day: int, session_id: int, moment: datetime) -> datetime:
        session = ScheduledSession.objects.select_related("program__client").get(pk=session_id)
        ended = writing.write_session(session, self.told(day, session), moment)
        self.reload()
        return ended

    def told(self, day: int, session: ScheduledSession) -> histories.SessionTold:
        weeks = self.runner.planned.weeks
        return histories.session_of(
            self.runner.course,
            day,
            writing.tasks_of(session),
            efforts=rules().phases[self.runner.planned.phase].rpe,
            progress=min(1.0, (session.day - self.program.starts_on).days / (7 * weeks)),
            luck=self.luck("session", day),
        )

    def weekly_note(self, moment: datetime) -> None:
        """The note of the week. The first one that a pause keeps back stands in the outbox with the reason."""
        week = noting.week_of(self.client, moment)
        kept_back = noting.why_not(self.client, moment)
        earlier = Message.objects.filter(kind=noting.KIND, data__client=self.client.pk, state=Message.State.SKIPPED)
        if kept_back and earlier.exists():
            return
        message = outbox.plan_message(
            kind=noting.KIND, key=noting.note_key(self.client.pk, week), to=self.client.user.email,
            to_name=self.client.name, user=self.client.user, coach=self.coach, client_id=self.client.pk,
            data={"client": self.client.pk, "week": week}, due_at=moment, now=moment,
        )  # fmt: skip
        if kept_back:
            outbox.deliver(message_id=message.pk, now=moment)

    def lay_ahead(self, moment: datetime) -> None:
        publishing.materialise(program=self.program, version=self.program.current, now=moment)

    def keep_resting(self, moment: datetime) -> None:
        """After a stop the loaded lines rest until two calm mornings have come."""
        if deciding.keep_stop(program=self.program, now=moment):
            self.reload()

    def reload(self) -> None:
        """A rule may have published a version of its own."""
        newest = Program.objects.values_list("current_id", flat=True).get(pk=self.program.pk)
        if newest != self.program.current_id:
            self.program = Program.objects.select_related("client__user", "current").get(pk=self.program.pk)
