from datetime import date

from studio.front.demo.cast.parts import Asked, Planned, Runner, Testing, Visit
from studio.front.demo.histories import Course

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
