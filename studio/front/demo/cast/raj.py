from datetime import date

from studio.front.demo.cast.parts import HOME, Asked, Planned, Runner, Testing, Visit
from studio.front.demo.histories import Course

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
