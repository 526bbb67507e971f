from datetime import date

from studio.front.demo.cast.parts import HOME, Asked, Planned, Runner, Testing, Visit
from studio.front.demo.histories import Course

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
