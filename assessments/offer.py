"""What the coach chooses from before the first test: batteries and tests, with minutes, kit and what must not be done."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from assessments import retests, selection
from assessments.domain.battery import FieldTest
from assessments.domain.rules import rules
from assessments.domain.wording import wording
from assessments.gate import Gate
from assessments.models import Assessment
from assessments.services.measuring import previous_of

Battery = Assessment.Battery
TEXTS = {
    Battery.QUICK: "All four areas and the running load, with a tape, a phone, a watch and a step.",
    Battery.DYNAMOMETER: "The quick battery with measured hip strength in place of the hold and the bridge repetitions.",
    Battery.RUNNING: "Running form and how the load has grown; only when running hurts 5 of 10 at most.",
    Battery.RETEST: "The tests that mattered last time, to see what has really changed.",
    Battery.OWN: "Any of the tests, ticked one by one.",
}


@dataclass(frozen=True)
class OfferedBattery:
    id: str
    name: str
    text: str
    tests: tuple[FieldTest, ...]  # what is done with this runner
    left_out: int  # how many of its tests must not be done
    is_chosen: bool = False

    @property
    def minutes(self) -> int:
        return sum(test.minutes for test in self.tests)

    @property
    def ids(self) -> list[str]:
        return [test.id for test in self.tests]

    @property
    def figures(self) -> str:
        """ "15 tests, 53 min"; a choice of one's own has no figures yet."""
        if self.id == Battery.OWN:
            return ""
        return f"{len(self.tests)} {'test' if len(self.tests) == 1 else 'tests'}, {self.minutes} min"


@dataclass(frozen=True)
class OfferedTest:
    test: FieldTest
    kit: str
    reason: str  # why it is not done; "" = it may be
    is_ticked: bool


@dataclass(frozen=True)
class OfferedArea:
    title: str
    tests: tuple[OfferedTest, ...]


@dataclass(frozen=True)
class Offer:
    batteries: tuple[OfferedBattery, ...]
    areas: tuple[OfferedArea, ...]
    barred: dict[str, str]

    @property
    def not_today(self) -> list[tuple[str, list[str]]]:
        """Each reason with the names of the tests that are not done because of it, in the order of a session."""
        names: dict[str, list[str]] = {}
        for area in self.areas:
            for each in area.tests:
                if each.reason:
                    names.setdefault(each.reason, []).append(each.test.name)
        return list(names.items())

    @property
    def is_own(self) -> bool:
        return any(each.is_chosen and each.id == Battery.OWN for each in self.batteries)

    @property
    def chosen(self) -> tuple[FieldTest, ...]:
        """The tests that are ticked, in session order."""
        return rules().battery.in_session_order(
            each.test.id for area in self.areas for each in area.tests if each.is_ticked
        )

    @property
    def minutes(self) -> int:
        return sum(test.minutes for test in self.chosen)

    @property
    def kit(self) -> tuple[str, ...]:
        """What to lay out for the ticked tests."""
        return kit_of(self.chosen)

    def battery(self, battery: str) -> OfferedBattery:
        """One of the batteries on offer; StopIteration for another."""
        return next(each for each in self.batteries if each.id == battery)

    def ticked(self, tests: Collection[str], battery: str) -> "Offer":
        """The same offer as a form was sent."""
        return replace(
            self,
            batteries=tuple(replace(each, is_chosen=each.id == battery) for each in self.batteries),
            areas=tuple(
                replace(
                    area,
                    tests=tuple(replace(one, is_ticked=one.test.id in tests and not one.reason) for one in area.tests),
                )
                for area in self.areas
            ),
        )


def kit_of(tests: Iterable[FieldTest]) -> tuple[str, ...]:
    """The kit of some tests in words, each once."""
    words = wording().words.equipment
    return tuple(dict.fromkeys(words[item] for test in tests for item in test.equipment if item in words))


def offer(assessment: Assessment, gate: Gate, *, wanted: str = "") -> Offer:
    """What this runner can be offered today.

    Args:
        assessment: open; what was said before the first test stands in `today`.
        gate: of the runner; it lets through.
        wanted: the battery to begin with; the one that is planned, or the quick one, unless given.
    """
    out = selection.barred_in_words(assessment.client, gate, assessment.today)
    choices = {
        battery: selection.named_tests(battery) for battery in (Battery.QUICK, Battery.DYNAMOMETER, Battery.RUNNING)
    }
    before = previous_of(assessment)
    ready = retests.prepared(before) if before else None
    if ready:
        choices[Battery.RETEST] = selection.entered(rules().battery.selection(ready.tests).tests)
    choices[Battery.OWN] = selection.planned_tests(assessment)
    named = Battery(wanted) if wanted in choices else Battery(assessment.battery)
    chosen = named if named in choices else Battery.QUICK
    ticked = {
        test.id
        for test in (selection.planned_tests(assessment) if assessment.tests and not wanted else choices[chosen])
    }
    batteries = tuple(
        OfferedBattery(
            id=battery,
            name=battery.label,
            text=TEXTS[battery],
            tests=tuple(test for test in tests if test.id not in out),
            left_out=sum(test.id in out for test in tests),
            is_chosen=battery == chosen,
        )
        for battery, tests in choices.items()
    )
    return Offer(batteries, tuple(_areas(out, ticked)), out)


def _areas(out: dict[str, str], ticked: set[str]) -> Iterable[OfferedArea]:
    """All tests by area, in the order in which a session comes to them, as on the sheet."""
    battery = rules().battery
    in_order = selection.entered(battery.in_session_order(battery.test))
    for area in dict.fromkeys(test.area for test in in_order):
        yield OfferedArea(
            title=wording().words.areas[area].short,
            tests=tuple(
                OfferedTest(
                    test=test,
                    kit=", ".join(kit_of([test])),
                    reason=out.get(test.id, ""),
                    is_ticked=test.id in ticked and test.id not in out,
                )
                for test in in_order
                if test.area == area
            ),
        )
