from datetime import date

from studio.front.demo.cast.parts import HOME, Asked, Planned, Runner, Testing, Visit
from studio.front.demo.histories import Course

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
