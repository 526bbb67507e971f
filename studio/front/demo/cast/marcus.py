from datetime import date

from studio.front.demo.cast.parts import HOME, Runner, Visit

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
