"""Briefs for the plan tests: the five athletes of the evidence, and random ones."""

from random import Random
from typing import Any

from hypothesis import strategies as st

from programs.domain.brief import parse_brief
from programs.domain.generating import generate
from programs.domain.library import ROOT_CAUSES, library
from programs.domain.records import WEEKDAYS, Brief, Plan
from programs.domain.rules import rules

GYM = [
    "none", "mat", "band", "mini-band", "dumbbell", "kettlebell", "barbell", "step",
    "bench", "chair", "foam-roller", "massage-ball", "wall", "swiss-ball", "slider", "treadmill",
]  # fmt: skip
SIDE_TESTS = [
    "side-lying-hip-abduction", "single-leg-calf-raise", "single-leg-bridge", "lateral-step-down", "side-plank", "push-up",
]  # fmt: skip
EXERCISE_IDS = [exercise.id for exercise in library()]


def severity(hip: float | None, quad: float | None, ankle: float | None, core: float | None) -> dict[str, float | None]:
    return dict(zip(ROOT_CAUSES, (hip, quad, ankle, core), strict=True))


def document(**changes: Any) -> dict[str, Any]:
    """A plain request; a test changes what it is about."""
    request: dict[str, Any] = {
        "phase": 2,
        "weeks": 1,
        "days": 3,
        "minutes": 30,
        "kit": ["none", "wall", "chair"],
        "tags": [],
        "keep": [],
        "severity": severity(0.6, 0.3, 0.2, 0.4),
        "previous_severity": None,
        "asymmetry": None,
        "run": {"stage": 0, "longest_30d_min": None, "cadence_spm": None},
        "gate": "none",
    }
    return request | changes


ATHLETES: dict[str, dict[str, Any]] = {
    "maya": document(
        phase=1,
        weeks=4,
        tags=["acute_pain_gt5", "kneeling_intolerance", "impact", "no_running_clearance", "deep_flexion"],
        severity=severity(0.8, 0.5, 0.2, 0.4),
    ),
    "tom": document(
        weeks=4,
        days=2,
        minutes=20,
        kit=["none"],
        severity=severity(0.4, 0.3, 0.7, 0.2),
        asymmetry={"side": "right", "test": "single-leg-calf-raise", "percent": 20},
        run={"stage": 4, "longest_30d_min": 20, "cadence_spm": None},
    ),
    "lena": document(
        phase=3,
        weeks=4,
        days=4,
        minutes=45,
        kit=GYM,
        severity=severity(0.6, 0.8, 0.1, 0.3),
        asymmetry={"side": "left", "test": "side-lying-hip-abduction", "percent": 18},
        run={"stage": 6, "longest_30d_min": None, "cadence_spm": 158},
    ),
    "sofia": document(
        weeks=4,
        minutes=35,
        kit=["none", "mat", "band", "mini-band", "dumbbell", "chair", "wall"],
        tags=["pregnancy_supine", "pregnancy_prone", "pregnancy_impact", "wrist_intolerance", "impact", "no_running_clearance"],
        severity=severity(0.6, 0.3, 0.2, 0.75),
    ),
    "raj": document(
        phase=4,
        weeks=12,
        days=2,
        minutes=25,
        kit=["none", "dumbbell", "step", "foam-roller", "massage-ball", "wall"],
        severity=severity(0.3, 0.3, 0.25, 0.2),
        run={"stage": 10, "longest_30d_min": None, "cadence_spm": None},
    ),
}  # fmt: skip


def brief(**changes: Any) -> Brief:
    return parse_brief(document(**changes), library(), rules())


def random_brief(seed: int, **changes: Any) -> Brief:
    """A plausible brief of a runner, the same for the same number; `changes` hold what is not left to chance."""
    random = Random(seed)
    made: dict[str, Any] = {
        "phase": random.randint(1, 4),
        "weeks": 4,
        "days": random.randint(2, 5),
        "minutes": random.choice([20, 30, 45, 60, random.randint(15, 90)]),
        "kit": random.choice([GYM, ["none", *random.sample(GYM[1:], random.randint(0, 8))]]),
        "tags": random.sample(list(library().tags), random.choice([0, 0, 1, 2, 3])),
        "severity": {
            cause: random.choice([None, *(round(random.random(), 2) for _ in range(9))]) for cause in ROOT_CAUSES
        },
        "hard_run_days": random.sample(WEEKDAYS, random.choice([0, 0, 1, 2])),
        "run": {
            "stage": random.randint(0, 10),
            "longest_30d_min": None,
            "cadence_spm": random.choice([None, 158, 175]),
            "per_week": 3,
        },
        "previous": random.sample(EXERCISE_IDS, random.choice([0, 10])),
    }
    if random.random() < 0.5:
        made["asymmetry"] = {"side": "left", "test": random.choice(SIDE_TESTS), "percent": random.randint(5, 35)}
    return brief(**(made | changes))


def plan(**changes: Any) -> Plan:
    made = generate(brief(**changes), library(), rules())
    assert isinstance(made, Plan), made
    return made


def _some(values: list[str], most: int) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(values), max_size=most, unique=True)


_severity = st.fixed_dictionaries({cause: st.none() | st.floats(0, 1) for cause in ROOT_CAUSES})


@st.composite
def requests(draw: st.DrawFn, weeks: st.SearchStrategy[int] | None = None) -> dict[str, Any]:
    """Any request the contract allows, mostly plausible ones."""
    days = draw(st.integers(2, 5))
    made = document(
        phase=draw(st.integers(1, 4)),
        weeks=draw(st.sampled_from([1, 1, 2, 4]) if weeks is None else weeks),
        days=days,
        minutes=draw(st.sampled_from([20, 30, 45]) | st.integers(15, 90)),
        kit=draw(st.sampled_from([["none"], GYM]) | _some(GYM, len(GYM))),
        tags=draw(_some(list(library().tags), 5)),
        hard_run_days=draw(_some(list(WEEKDAYS), 2)),
        exclude=draw(st.just([]) | _some(EXERCISE_IDS, 30)),
        prefer=draw(_some(EXERCISE_IDS, 3)),
        previous=draw(_some(EXERCISE_IDS, 12)),
        severity=draw(_severity),
        previous_severity=draw(st.none() | _severity),
        asymmetry=draw(
            st.none()
            | st.fixed_dictionaries(
                {
                    "side": st.sampled_from(["left", "right"]),
                    "test": st.sampled_from(SIDE_TESTS),
                    "percent": st.floats(0, 60),
                }
            )
        ),
        run={
            "stage": draw(st.none() | st.integers(0, 10)),
            "longest_30d_min": draw(st.none() | st.floats(0, 120)),
            "cadence_spm": draw(st.none() | st.floats(140, 190)),
            "per_week": draw(st.integers(0, 5)),
        },
        gate=draw(st.sampled_from(["none", "caution"])),
    )
    made["keep"] = [exercise for exercise in draw(_some(EXERCISE_IDS, 4)) if exercise not in made["exclude"]]
    if draw(st.booleans()):
        made["weekdays"] = draw(st.permutations(WEEKDAYS))[:days]
    return made
