"""The people of the demo studio, as data: who they are, what they said, and how their weeks went.

Nobody here exists. Days are counted from the day of the first seeding (0); negative ones are past.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from studio.front.demo.histories import Course

DOMAIN = "demo.studio"
PASSWORD = "demo-studio"  # public, so these people sign in from this machine only

Answers = Mapping[str, Any]
Reading = tuple[Any, Any]  # left, right; None = not measured


@dataclass(frozen=True)
class CoachPart:
    """A coach of the demo studio; the key is the part of the address before the @."""

    key: str
    name: str
    headline: str
    is_owner: bool = False

    @property
    def email(self) -> str:
        return f"{self.key}@{DOMAIN}"


@dataclass(frozen=True)
class Testing:
    """An assessment: test id -> (left, right), or one value of a test for both sides."""

    day: int
    readings: Mapping[str, Reading | int | float]
    pains: Mapping[tuple[str, str], int] = field(default_factory=dict)  # (test, side) -> pain during it, 0-10
    note: str = ""


@dataclass(frozen=True)
class Asked:
    """A round of the outcome questions: pain worst, usual, in the last run and the morning after it (None = left out), and
    the points of the thirteen AKPS answers in the order of asking."""

    day: int
    pain: tuple[int | None, int | None, int | None, int | None]
    akps: tuple[int, ...]


@dataclass(frozen=True)
class Planned:
    """The first plan. `trains` are days: the weekdays on which they fall are the training days.

    on_weekday: other training days when the first seeding falls on that weekday (0 = Monday), for who has just begun.
    """

    published: int
    begins: int | None  # week 1 is the week of this day; None = of the first training day
    phase: int
    weeks: int
    minutes: int
    trains: tuple[int, ...]
    reason: str
    on_weekday: Mapping[int, tuple[int, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Visit:
    """A consultation: the type's place in the coach's list, the wished day and hour, and how it was booked."""

    kind: Literal["first", "full", "follow_up"]
    day: int
    hour: int
    booked: int
    about: str = ""
    is_seen: bool = True
    cancelled: int | None = None


@dataclass(frozen=True)
class Turn:
    """The coach changes the plan: sets of the line that the knee noticed most in one session."""

    day: int
    session: int  # the day of that session
    sets: int  # how many more or fewer
    reason: str  # for the runner; {weekday} and {exercise} are those of that session
    note: str = ""  # words beside the line


@dataclass(frozen=True)
class Runner:
    """A runner of the demo studio: who she is and what happens on which day. Days count from the seeding, 0 = today."""

    key: str
    name: str
    story: str
    came: int  # the first sign of life
    coach: str = "bethany"
    time_zone: str = "Europe/London"
    born_on: date = date(1990, 1, 1)
    sex: str = "undisclosed"
    visits: tuple[Visit, ...] = ()
    invited: int | None = None  # accepted the next day, unless `is_in` says otherwise
    is_in: bool = True
    intake: int | None = None
    answers: Answers = field(default_factory=dict)
    red_flags: tuple[str, ...] = ()
    tests: tuple[Testing, ...] = ()
    planned: Planned | None = None
    course: Course | None = None
    rounds: tuple[Asked, ...] = ()
    weeks: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)  # day -> answers of that week's check
    notes: Mapping[int, str] = field(default_factory=dict)  # of the coach
    barriers: Mapping[int, str] = field(default_factory=dict)  # day -> what got in the way of that week
    away_from: int | None = None  # an open-ended holiday
    away_note: str = ""
    flare_from: int | None = None
    pain_free_from: int | None = None
    turns: tuple["Turn", ...] = ()
    ended: int | None = None
    refuses_mail_from: int | None = None  # the mailbox is gone

    @property
    def email(self) -> str:
        return f"{self.key}@{DOMAIN}"


COACHES = (
    CoachPart("bethany", "Bethany Cole", "Running coach. Eleven years of knees that came back.", is_owner=True),
    CoachPart("omar", "Omar Haddad", "Running coach. Strength for people who would rather run."),
)

HOME = ("mat", "wall", "chair")

MAYA = Runner(
    key="maya",
    name="Maya Okafor",
    born_on=date(1991, 5, 14),
    sex="female",
    came=-52,
    story=(
        "My right knee starts to ache behind the kneecap after about five kilometres, and going downstairs the next "
        "morning is worse. I rested for a month, it went, and it was back on the second run."
    ),
    visits=(
        Visit("first", -49, 10, booked=-52),
        Visit("full", -45, 11, booked=-48),
        Visit("follow_up", -11, 12, booked=-13, about="How are we doing, halfway to halfway?"),
        Visit("follow_up", 0, 16, booked=-3, about="Phase check, and whether I may run two days in a row."),
    ),
    invited=-48,
    intake=-46,
    answers={
        "painful_side": "right",
        "onset": "gradual",
        "symptom_months": 14,
        "pain_map": ["right_kneecap"],
        "worst_24h_nrs": 5,
        "daily_nrs": 2,
        "stairs_nrs": 4,
        "squat_nrs": 4,
        "sitting_nrs": 3,
        "walk30_nrs": 1,
        "run_minutes_ok": 22,
        "longest_30d_min": 35,
        "runs_per_week": 3,
        "weekly_goal_min": 150,
        "goals": "Run the river loop without thinking of my knee\nWalk down the stairs like before",
        "height_cm": 168,
        "body_mass_kg": 61,
        "weekly_km_last_4": 15,
        "longest_run_last_30d_km": "5.5",
        "longest_run_last_14d_km": "5",
        "easy_pace": "6:20",
        "running_years": 6,
        "recent_changes": ["hills", "shoes"],
        "orthoses": "no",
        "knee_surgery": "no",
        "previous_bone_stress_injury": "no",
        "previous_injury": "yes",
        "injuries": "Shin splints, 2022",
        "medicines": ["none"],
        "sleep_hours": "6.5",
        "sleep_quality_0_10": 5,
        "stress_0_10": 6,
        "fear_of_movement_0_10": 3,
        "pregnancy": "no",
        "minutes": 35,
        "if_then_cue": "When the kettle is on after work",
        "if_then_place": "on the mat in the living room",
        "kit": [*HOME, "step", "mini-band", "band", "dumbbell", "foam-roller", "massage-ball"],
        "tools": ["tape", "phone", "step"],
    },
    tests=(
        Testing(
            -45,
            {
                "wblt_distance": (8.5, 7.0),
                "single_leg_heel_raise": (21, 15),
                "hip_abduction_hold": (52, 21),
                "single_leg_bridge_reps": (23, 14),
                "single_leg_squat": (1, 3),
                "lateral_step_down": (2, 4),
                "prone_knee_flexion": (127, 118),
                "modified_thomas_knee": (45, 39),
                "modified_thomas_hip": (-8, -4),
                "modified_ober": (-22, -19),
                "bird_dog": (1, 1),
                "cadence": 162,
            },
            {
                ("lateral_step_down", "right"): 3,
                ("single_leg_squat", "right"): 3,
                ("hip_abduction_hold", "left"): 0,
                ("hip_abduction_hold", "right"): 1,
                ("wblt_distance", "right"): 1,
            },
            "The right hip gives way first, long before the knee says anything. Core only by bird dog today: out of time.",
        ),
        Testing(
            -11,
            {
                "wblt_distance": (9.0, 8.5),
                "hip_abduction_hold": (58, 39),
                "single_leg_bridge_reps": (24, 19),
                "single_leg_squat": (1, 2),
                "lateral_step_down": (1, 2),
                "prone_knee_flexion": (129, 124),
                "modified_ober": (-23, -21),
            },
            {("lateral_step_down", "right"): 1, ("hip_abduction_hold", "right"): 0},
            "Short re-test in the follow-up.",
        ),
    ),
    planned=Planned(
        published=-42,
        begins=-35,
        phase=2,
        weeks=12,
        minutes=35,
        trains=(0, 2, 5),
        reason="Your right hip tires first, so the first block builds it, with the thighs and the ankle beside it.",
    ),
    course=Course(
        session_pain=((-42, 2.0), (-21, 2.0), (-14, 1.0), (0, 1.0)),
        morning_pain=((-42, 4.0), (-30, 3.0), (-18, 2.0), (-10, 1.0), (0, 1.0)),
        pains={-40: 4, -35: 4, -30: 3, -26: 4},
        rests=frozenset({-19}),
        shares={-33: 0.65},
        notes={
            -40: "That was honest. Tired in places I did not know.",
            -33: "Ran out of evening. Did the three must-dos and a bit.",
            -26: "Knee grumbled on the last sets, and on the stairs afterwards.",
            -21: "Easier with one set fewer. Nothing on the stairs.",
            -14: "First session without thinking about the knee.",
            -7: "Top of the range on the first two, with some left.",
            -2: "Legs a bit heavy from the run, knee quiet.",
        },
        answers=0.8,
        tops_from=-7,
        load_kg=(6, 10),
        goes_on=0.93,
    ),
    notes={
        -45: "Wants to be told why. Long answers are read to the end.",
        -25: "One set fewer of what she noticed most. Ask about the stairs next time.",
    },
    barriers={-12: "no_time", -5: "fine"},
    turns=(
        Turn(
            -25,
            session=-26,
            sets=-1,
            reason="{weekday} asked a bit much of the knee, so there is one set fewer of the {exercise} for now.",
            note="Slow on the way down. The last two repetitions should look like the first two.",
        ),
        Turn(
            -10,
            session=-26,
            sets=1,
            reason="Two calm weeks, and the re-test says the hip is stronger: the {exercise} is back to what it was.",
        ),
    ),
    rounds=(
        Asked(-45, (6, 4, 5, 3), (5, 5, 5, 5, 3, 6, 2, 6, 3, 10, 10, 3, 5)),
        Asked(-16, (3, 2, 2, 1), (5, 5, 5, 8, 4, 6, 7, 6, 8, 10, 10, 3, 5)),
    ),
    weeks={
        -26: {
            "worst_24h_nrs": 4,
            "daily_nrs": 2,
            "stairs_nrs": 3,
            "walk30_nrs": 1,
            "slept_badly": False,
            "ill": False,
            "goals": (3, 4),
        },
        -19: {"worst_24h_nrs": 3, "daily_nrs": 2, "stairs_nrs": 2, "walk30_nrs": 1, "goals": (4, 6)},
        -12: {"worst_24h_nrs": 2, "daily_nrs": 1, "stairs_nrs": 2, "slept_badly": True, "goals": (6, 7)},
        -5: {
            "worst_24h_nrs": 2,
            "daily_nrs": 1,
            "stairs_nrs": 1,
            "walk30_nrs": 0,
            "slept_badly": False,
            "ill": False,
            "goals": (7, 8),
        },
    },
)

TOM = Runner(
    key="tom",
    name="Tom Reyes",
    born_on=date(1984, 9, 2),
    sex="male",
    came=-12,
    story=(
        "Left knee, round the front. I signed up for a half marathon with my sister, went from nothing to four runs a week, "
        "and now even the walk to the station nags. My ankles have always been stiff."
    ),
    visits=(
        Visit("first", -10, 9, booked=-12),
        Visit("full", -5, 9, booked=-9),
        Visit("follow_up", 10, 12, booked=-4, about="Two weeks in: how did it start?"),
    ),
    invited=-9,
    intake=-7,
    answers={
        "painful_side": "left",
        "onset": "gradual",
        "symptom_months": 2,
        "pain_map": ["left_kneecap"],
        "worst_24h_nrs": 5,
        "daily_nrs": 4,
        "stairs_nrs": 5,
        "squat_nrs": 6,
        "sitting_nrs": 4,
        "walk30_nrs": 3,
        "run_minutes_ok": 0,
        "longest_30d_min": 75,
        "runs_per_week": 0,
        "weekly_goal_min": 120,
        "goals": "Start the half marathon with my sister, finishing is a bonus",
        "minutes": 20,
        "if_then_cue": "When the kids are asleep",
        "if_then_place": "in the hallway, next to the stairs",
        "kit": ["none"],
        "tools": ["tape", "phone"],
    },
    tests=(
        Testing(
            -5,
            {
                "wblt_distance": (4.5, 6.0),
                "single_leg_heel_raise": (10, 14),
                "hip_abduction_hold": (47, 52),
                "lateral_step_down": (2, 2),
                "prone_knee_flexion": (126, 127),
                "modified_ober": (-22, -23),
                "side_plank": (62, 66),
                "prone_plank": 75,
            },
            {("wblt_distance", "left"): 2, ("lateral_step_down", "left"): 4, ("single_leg_heel_raise", "left"): 1},
            "Ankle first. Keen; will do too much if nobody says so.",
        ),
    ),
    planned=Planned(
        published=-4,
        begins=None,
        phase=1,
        weeks=4,
        minutes=20,
        trains=(-3, 0),
        on_weekday={1: (-1, 2), 2: (-2, 0)},
        reason="Calm first: twice twenty minutes, mostly the ankle, nothing that needs kit. Walk, do not run yet.",
    ),
    course=Course(
        session_pain=((-4, 3.0), (7, 3.0), (21, 2.0), (28, 2.0)),
        morning_pain=((-4, 4.0), (7, 4.0), (28, 2.0)),
        mornings={-3: 4, -2: 5, -1: 4},
        notes=dict.fromkeys((-3, -2, -1), "Shorter than I thought. My calves are shaking."),
        starts_at=20 * 60 + 40,
        goes_on=0.85,
    ),
    notes={-4: "Told him twice: no running before we talk."},
    rounds=(Asked(-5, (6, 4, None, 4), (3, 3, 3, 5, 3, 3, 2, 6, 6, 8, 10, 5, 5)),),
    weeks={
        -1: {"worst_24h_nrs": 5, "daily_nrs": 4, "stairs_nrs": 5, "walk30_nrs": "did_not_walk", "ill": False},
    },
)

LENA = Runner(
    key="lena",
    name="Lena Brandt",
    time_zone="Europe/Berlin",
    born_on=date(1996, 2, 23),
    sex="female",
    came=-47,
    story=(
        "Linkes Knie, sorry: left knee. It sits deep behind the kneecap and comes when I run downhill. I moved to the hills "
        "last year and I do not want to give them up."
    ),
    visits=(Visit("first", -43, 15, booked=-47), Visit("full", -38, 15, booked=-42)),
    invited=-42,
    intake=-40,
    answers={
        "painful_side": "left",
        "onset": "gradual",
        "symptom_months": 7,
        "pain_map": ["left_kneecap"],
        "worst_24h_nrs": 4,
        "daily_nrs": 2,
        "stairs_nrs": 3,
        "squat_nrs": 4,
        "sitting_nrs": 2,
        "walk30_nrs": 1,
        "run_minutes_ok": 25,
        "longest_30d_min": 55,
        "runs_per_week": 3,
        "weekly_goal_min": 180,
        "goals": "Down from the Teufelsberg without walking",
        "minutes": 30,
        "if_then_cue": "Straight after brushing my teeth",
        "if_then_place": "in the bedroom",
        "kit": [*HOME, "mini-band", "foam-roller", "step"],
        "tools": ["phone"],
    },
    tests=(
        Testing(
            -38,
            {
                "wblt_distance": (9.5, 10.0),
                "hip_abduction_hold": (38, 51),
                "single_leg_bridge_reps": (17, 21),
                "single_leg_squat": (2, 1),
                "lateral_step_down": (3, 1),
                "prone_knee_flexion": (112, 119),
                "modified_thomas_knee": (36, 42),
                "modified_thomas_hip": (-3, -7),
                "modified_ober": (-17, -20),
                "side_plank": (41, 44),
                "prone_plank": 52,
            },
            {("lateral_step_down", "left"): 3, ("prone_knee_flexion", "left"): 1},
        ),
    ),
    planned=Planned(
        published=-35,
        begins=-28,
        phase=2,
        weeks=8,
        minutes=30,
        trains=(0, 2, 4),
        reason="Thighs that give, hips that hold: three short sessions a week, and the hills stay in, uphill only for now.",
    ),
    course=Course(
        session_pain=((-35, 2.0), (-8, 2.0), (14, 2.0)),
        morning_pain=((-35, 3.4), (-24, 2.0), (-8, 2.0), (0, 3.0), (10, 2.0)),
        pains={-24: 3, -7: 6, -5: 8},
        mornings={-8: 2, -7: 2, -6: 3, -5: 3, -4: 6, -3: 5, -2: 4, -1: 3},
        effort={-7: 8},
        rests=frozenset({-17}),
        stops=frozenset({-5}),
        notes={
            -28: "Nice and short.",
            -14: "Roller hurts more than the squats. In a good way?",
            -7: "Ran the long downhill on Saturday after all. It let me know.",
            -5: "Sharp, all at once. I stopped.",
        },
        starts_at=7 * 60 + 15,
        answers=0.85,
    ),
    notes={-38: "Knows her body well. The hills are not up for discussion, the downhills are."},
    flare_from=-4,
    rounds=(
        Asked(-38, (5, 3, 4, 3), (5, 5, 5, 5, 3, 6, 2, 6, 6, 10, 10, 3, 5)),
        Asked(-9, (3, 2, 3, 2), (5, 5, 5, 8, 3, 8, 7, 6, 8, 10, 10, 3, 5)),
    ),
    weeks={
        -12: {"worst_24h_nrs": 3, "daily_nrs": 2, "stairs_nrs": 2, "walk30_nrs": 1, "goals": (5,)},
        -5: {"worst_24h_nrs": 3, "daily_nrs": 2, "stairs_nrs": 3, "slept_badly": True},
    },
)

RAJ = Runner(
    key="raj",
    name="Raj Mehta",
    born_on=date(1978, 11, 30),
    sex="male",
    came=-88,
    story=(
        "Both knees on and off for years, the right one since spring. Somebody told me that running is over at my age. "
        "I would like a second opinion from my own legs."
    ),
    visits=(
        Visit("first", -84, 17, booked=-88),
        Visit("full", -76, 16, booked=-82),
        Visit("follow_up", -28, 17, booked=-33, about="No pain for a month. What now?"),
    ),
    invited=-82,
    intake=-79,
    answers={
        "painful_side": "right",
        "onset": "gradual",
        "symptom_months": 8,
        "pain_map": ["right_kneecap"],
        "worst_24h_nrs": 2,
        "daily_nrs": 1,
        "stairs_nrs": 1,
        "squat_nrs": 2,
        "sitting_nrs": 1,
        "walk30_nrs": 0,
        "run_minutes_ok": 40,
        "longest_30d_min": 60,
        "runs_per_week": 3,
        "weekly_goal_min": 160,
        "goals": "Keep running with the Tuesday group\nA 10 km in under an hour, once",
        "minutes": 25,
        "if_then_cue": "When the Tuesday group has gone home",
        "if_then_place": "in the garage",
        "kit": [*HOME, "bench", "step", "band", "dumbbell", "foam-roller"],
        "tools": ["tape", "step"],
    },
    tests=(
        Testing(
            -76,
            {
                "wblt_distance": (10.0, 9.5),
                "single_leg_heel_raise": (22, 20),
                "hip_abduction_hold": (55, 44),
                "single_leg_bridge_reps": (24, 20),
                "single_leg_squat": (1, 2),
                "lateral_step_down": (1, 2),
                "prone_knee_flexion": (128, 126),
                "modified_ober": (-23, -21),
                "side_plank": (52, 47),
                "prone_plank": 61,
                "bird_dog": (1, 2),
                "cadence": 166,
            },
            {("lateral_step_down", "right"): 1, ("side_plank", "right"): 0},
        ),
    ),
    planned=Planned(
        published=-70,
        begins=-63,
        phase=4,
        weeks=12,
        minutes=25,
        trains=(2, 5),
        reason="The knee is calm, so this is about keeping it: two sessions a week that make the running safe.",
    ),
    course=Course(
        session_pain=((-70, 1.0), (-58, 0.0), (0, 0.0)),
        morning_pain=((-70, 1.4), (-60, 0.4), (-56, 0.0), (0, 0.0)),
        rests=frozenset({-2, -9, -16, -33}),
        shares={-5: 0.45, -12: 0.5},
        notes={
            -61: "Garage is cold, knee is warm.",
            -44: "Ran with the group on Tuesday. Nothing.",
            -19: "Does what it should.",
            -12: "Half of it. Nothing hurts anyway.",
            -5: "Just the first few.",
        },
        answers=0.7,
        silent_from=-4,
        load_kg=(8, 12),
        starts_at=20 * 60 + 15,
        goes_on=0.2,
    ),
    notes={-28: "Pain-free for a month. This is where people stop: told him the numbers, he laughed, he listened."},
    barriers={-7: "dull"},
    pain_free_from=-56,
    rounds=(
        Asked(-76, (4, 2, 3, 2), (5, 5, 5, 8, 4, 6, 7, 6, 8, 10, 10, 3, 5)),
        Asked(-20, (0, 0, 0, 0), (5, 5, 5, 10, 5, 10, 10, 10, 10, 10, 10, 5, 5)),
    ),
    weeks={
        -21: {"worst_24h_nrs": 0, "daily_nrs": 0, "stairs_nrs": 0, "walk30_nrs": 0, "goals": (8, 5)},
        -14: {"worst_24h_nrs": 0, "daily_nrs": 0, "goals": (8, 5)},
    },
)

SOPHIE = Runner(
    key="sophie",
    name="Sophie Marchetti",
    born_on=date(1988, 7, 8),
    sex="female",
    came=-55,
    story="Right knee, outer side of the kneecap. Fine on the flat, not fine on the treadmill at the hotel.",
    visits=(Visit("first", -51, 14, booked=-55), Visit("full", -46, 14, booked=-50)),
    invited=-50,
    intake=-48,
    answers={
        "painful_side": "right",
        "onset": "gradual",
        "symptom_months": 5,
        "pain_map": ["right_kneecap"],
        "worst_24h_nrs": 4,
        "daily_nrs": 2,
        "stairs_nrs": 3,
        "squat_nrs": 3,
        "sitting_nrs": 4,
        "walk30_nrs": 1,
        "run_minutes_ok": 20,
        "longest_30d_min": 30,
        "runs_per_week": 2,
        "goals": "Five kilometres in every city I am sent to",
        "minutes": 30,
        "if_then_cue": "Before the first call",
        "if_then_place": "at the foot of the bed, wherever the bed is",
        "kit": [*HOME, "mini-band"],
    },
    tests=(
        Testing(
            -46,
            {
                "wblt_distance": (9.0, 8.0),
                "hip_abduction_hold": (44, 33),
                "lateral_step_down": (2, 3),
                "prone_knee_flexion": (124, 121),
                "modified_ober": (-21, -18),
                "side_plank": (35, 31),
                "prone_plank": 41,
            },
            {("lateral_step_down", "right"): 2},
        ),
    ),
    planned=Planned(
        published=-42,
        begins=-35,
        phase=2,
        weeks=8,
        minutes=30,
        trains=(1, 4),
        reason="Two sessions that fit a hotel room: hips and trunk first, one mini-band in the suitcase.",
    ),
    course=Course(
        session_pain=((-42, 2.0), (-20, 2.0), (0, 1.0)),
        morning_pain=((-42, 3.0), (-20, 2.0), (0, 2.0)),
        rests=frozenset({-24}),
        notes={-34: "Done in Lyon.", -13: "Done in Leeds. The band came along."},
        answers=0.75,
        starts_at=7 * 60,
    ),
    away_from=-8,
    away_note="Two weeks of sea, no screens.",
    rounds=(
        Asked(-46, (5, 3, 4, 3), (5, 5, 5, 5, 3, 6, 2, 4, 6, 10, 10, 3, 5)),
        Asked(-18, (3, 2, 2, 2), (5, 5, 5, 8, 4, 8, 7, 6, 8, 10, 10, 3, 5)),
    ),
    weeks={
        -12: {"worst_24h_nrs": 2, "daily_nrs": 1, "stairs_nrs": 2, "walk30_nrs": 0, "slept_badly": True, "goals": (6,)},
    },
)

GWEN = Runner(
    key="gwen",
    name="Gwen Pritchard",
    born_on=date(1969, 3, 17),
    sex="female",
    came=-126,
    story="Right knee on the way down from the hill with the dog. I run a little, I would like to go on running a little.",
    visits=(Visit("first", -124, 10, booked=-126), Visit("full", -118, 10, booked=-122)),
    invited=-122,
    intake=-120,
    answers={
        "painful_side": "right",
        "onset": "gradual",
        "symptom_months": 10,
        "pain_map": ["right_kneecap"],
        "worst_24h_nrs": 3,
        "daily_nrs": 2,
        "stairs_nrs": 3,
        "squat_nrs": 3,
        "sitting_nrs": 1,
        "walk30_nrs": 1,
        "run_minutes_ok": 15,
        "longest_30d_min": 20,
        "runs_per_week": 2,
        "goals": "The hill, with the dog, both ways",
        "minutes": 30,
        "if_then_cue": "After the morning walk",
        "if_then_place": "in the kitchen",
        "kit": [*HOME, "step", "band"],
    },
    tests=(
        Testing(
            -118,
            {
                "wblt_distance": (9.0, 7.5),
                "hip_abduction_hold": (40, 35),
                "lateral_step_down": (2, 3),
                "prone_knee_flexion": (126, 123),
                "modified_ober": (-22, -20),
                "side_plank": (38, 33),
                "prone_plank": 44,
            },
        ),
    ),
    planned=Planned(
        published=-112,
        begins=-105,
        phase=2,
        weeks=6,
        minutes=30,
        trains=(0, 4),
        reason="Six weeks for hips and ankles, twice a week, on the kitchen floor.",
    ),
    course=Course(
        session_pain=((-112, 2.0), (-90, 1.0), (-70, 0.0)),
        morning_pain=((-112, 2.0), (-90, 1.0), (-70, 0.0)),
        rests=frozenset({-91}),
        notes={-84: "The dog lies on the mat."},
        answers=0.9,
        starts_at=9 * 60 + 30,
        load_kg=(4, 6),
    ),
    ended=-60,
    rounds=(
        Asked(-118, (6, 4, 5, 4), (5, 3, 5, 5, 3, 3, 2, 6, 3, 8, 10, 3, 5)),
        Asked(-89, (4, 2, 3, 2), (5, 5, 5, 8, 4, 6, 2, 6, 8, 8, 10, 3, 5)),
        Asked(-61, (1, 0, 1, 0), (5, 5, 5, 10, 4, 8, 7, 8, 8, 10, 10, 5, 5)),
    ),
)

AIKO = Runner(
    key="aiko",
    name="Aiko Tanaka",
    coach="omar",
    born_on=date(1993, 8, 21),
    sex="female",
    came=-36,
    story="Right knee since the marathon block. I can do 40 minutes, not 41. I would like to know what happens in minute 41.",
    visits=(
        Visit("first", -34, 9, booked=-36),
        Visit("full", -31, 9, booked=-33),
        Visit("follow_up", 3, 10, booked=-2, about="Minute 41, a report."),
    ),
    invited=-33,
    intake=-32,
    answers={
        "painful_side": "right",
        "onset": "gradual",
        "symptom_months": 4,
        "pain_map": ["right_kneecap"],
        "worst_24h_nrs": 3,
        "daily_nrs": 1,
        "stairs_nrs": 2,
        "squat_nrs": 2,
        "sitting_nrs": 2,
        "walk30_nrs": 0,
        "run_minutes_ok": 40,
        "longest_30d_min": 90,
        "runs_per_week": 4,
        "weekly_goal_min": 260,
        "goals": "A marathon in the spring, with a knee at the end of it",
        "minutes": 25,
        "if_then_cue": "Right after the short run",
        "if_then_place": "in the yard",
        "kit": [*HOME, "step", "mini-band", "band", "dumbbell", "foam-roller"],
    },
    tests=(
        Testing(
            -31,
            {
                "wblt_distance": (11.0, 10.5),
                "hip_abduction_hold": (49, 36),
                "single_leg_bridge_reps": (24, 18),
                "lateral_step_down": (1, 3),
                "prone_knee_flexion": (131, 127),
                "modified_ober": (-24, -22),
                "side_plank": (51, 46),
                "prone_plank": 63,
            },
            {("lateral_step_down", "right"): 2},
        ),
    ),
    planned=Planned(
        published=-28,
        begins=-21,
        phase=2,
        weeks=8,
        minutes=25,
        trains=(1, 3, 5),
        reason="Three short ones beside the running. The right hip gets the larger share.",
    ),
    course=Course(
        session_pain=((-28, 2.0), (-10, 1.0), (0, 1.0)),
        morning_pain=((-28, 2.0), (-10, 1.0), (0, 1.0)),
        rests=frozenset({-9}),
        notes={-16: "Minute 40 was fine.", -4: "45 minutes. Not a word from the knee."},
        answers=0.85,
    ),
    rounds=(Asked(-31, (4, 2, 4, 2), (5, 5, 5, 8, 4, 6, 7, 6, 6, 10, 10, 3, 5)),),
    weeks={
        -7: {"worst_24h_nrs": 2, "daily_nrs": 1, "stairs_nrs": 1, "walk30_nrs": 0, "goals": (4,)},
    },
)

PRIYA = Runner(
    key="priya",
    name="Priya Raman",
    born_on=date(1987, 12, 5),
    sex="female",
    came=-9,
    story="It is the stairs at work. Running is fine for twenty minutes, then the right knee tightens like a fist.",
    visits=(Visit("first", -6, 12, booked=-9), Visit("full", 4, 11, booked=-5)),
    invited=-5,
    intake=-1,
    answers={
        "painful_side": "right",
        "onset": "gradual",
        "symptom_months": 6,
        "pain_map": ["right_kneecap", "right_outer_side"],
        "worst_24h_nrs": 5,
        "daily_nrs": 3,
        "stairs_nrs": 5,
        "squat_nrs": 4,
        "walk30_nrs": 2,
        "run_minutes_ok": 20,
        "longest_30d_min": 25,
        "runs_per_week": 2,
        "goals": "Take the stairs without counting them",
        "minutes": 30,
        "if_then_cue": "When I am home and still in my running clothes",
        "if_then_place": "next to the sofa",
        "kit": ["wall", "chair", "foam-roller"],
        "bothers": ["kneeling_intolerance"],
    },
)

DANIEL = Runner(
    key="daniel",
    name="Daniel Osei",
    born_on=date(1995, 6, 11),
    sex="male",
    came=-10,
    story="Left knee, after football turned into running. I can squat, I cannot run down the bridge.",
    visits=(
        Visit("first", -8, 18, booked=-10),
        Visit("full", -3, 11, booked=-7),
        Visit("follow_up", 1, 12, booked=-1, about="What did the tests say?"),
    ),
    invited=-7,
    intake=-5,
    answers={
        "painful_side": "left",
        "onset": "sudden",
        "symptom_months": 3,
        "pain_map": ["left_kneecap"],
        "worst_24h_nrs": 4,
        "daily_nrs": 2,
        "stairs_nrs": 4,
        "squat_nrs": 2,
        "sitting_nrs": 3,
        "walk30_nrs": 1,
        "run_minutes_ok": 10,
        "longest_30d_min": 20,
        "runs_per_week": 2,
        "goals": "The bridge, both directions",
        "minutes": 40,
        "if_then_cue": "When I come home on training days",
        "if_then_place": "in the hall",
        "kit": [*HOME, "kettlebell", "band", "foam-roller"],
    },
    tests=(
        Testing(
            -3,
            {
                "wblt_distance": (6.5, 8.0),
                "single_leg_heel_raise": (16, 24),
                "hip_abduction_hold": (49, 58),
                "single_leg_bridge_reps": (18, 25),
                "single_leg_squat": (2, 1),
                "lateral_step_down": (3, 1),
                "prone_knee_flexion": (112, 121),
                "modified_thomas_knee": (37, 44),
                "modified_ober": (-18, -22),
                "side_plank": (58, 66),
                "prone_plank": 78,
                "cadence": 168,
            },
            {("lateral_step_down", "left"): 3, ("prone_knee_flexion", "left"): 2},
            "Front of the thigh is short on the left; ankle next to it.",
        ),
    ),
)

MARCUS = Runner(
    key="marcus",
    name="Marcus Bell",
    born_on=date(1982, 1, 29),
    sex="male",
    came=-8,
    story="Left knee. It has buckled twice on the stairs this month. Otherwise it only aches after long runs.",
    visits=(Visit("first", -5, 17, booked=-8),),
    invited=-4,
    intake=-3,
    answers={
        "painful_side": "left",
        "onset": "gradual",
        "symptom_months": 9,
        "pain_map": ["left_kneecap", "left_inner_line"],
        "worst_24h_nrs": 4,
        "daily_nrs": 2,
        "stairs_nrs": 4,
        "walk30_nrs": 1,
        "run_minutes_ok": 30,
        "runs_per_week": 2,
        "minutes": 30,
        "kit": [*HOME],
    },
    red_flags=("giving_way",),
    notes={-3: "Called him the same evening. He sees his doctor first; everything waits until then."},
)

LUKE = Runner(
    key="luke",
    name="Luke Brennan",
    came=-6,
    story="Both knees, after the winter indoors. I would like a plan that survives a newborn.",
    visits=(Visit("first", -3, 10, booked=-6),),
    invited=-2,
    is_in=False,
)

HANNAH = Runner(
    key="hannah",
    name="Hannah Lindqvist",
    came=-1,
    story="Right knee pain for a year, worse after sitting at my desk. I have tried resting. I would like to try not resting.",
    visits=(Visit("first", 6, 10, booked=-1, is_seen=False),),
)

BEN = Runner(
    key="ben.whitaker",
    name="Ben Whitaker",
    came=-6,
    story="My knee clicks when I run. Does it matter?",
    visits=(Visit("first", 3, 9, booked=-6, cancelled=-2),),
    refuses_mail_from=-2,
)

RUNNERS = (MAYA, TOM, LENA, RAJ, SOPHIE, GWEN, AIKO, PRIYA, DANIEL, MARCUS, LUKE, HANNAH, BEN)
