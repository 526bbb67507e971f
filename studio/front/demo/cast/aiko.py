from datetime import date

from studio.front.demo.cast.parts import HOME, Asked, Planned, Runner, Testing, Visit
from studio.front.demo.histories import Course

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
