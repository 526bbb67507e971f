from datetime import date

from studio.front.demo.cast.parts import HOME, Asked, Planned, Runner, Testing, Visit
from studio.front.demo.histories import Course

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
