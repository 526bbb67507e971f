from datetime import date

from studio.front.demo.cast.parts import Runner, Visit

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
