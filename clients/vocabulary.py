"""The ids that a runner's record holds, with the plain words that people read.

The ids are those of the exercise library (kit, tags) and of inputs that the battery needs (tools); the layers above,
which own those files, test that the two stay the same.
"""

WEEKDAYS = {
    "mon": "Monday",
    "tue": "Tuesday",
    "wed": "Wednesday",
    "thu": "Thursday",
    "fri": "Friday",
    "sat": "Saturday",
    "sun": "Sunday",
}

# What somebody may have at home. Body weight and floor space ("none" in the library) are always there.
KIT = {
    "mat": "A mat or soft floor",
    "wall": "A clear wall",
    "chair": "A stable chair",
    "bench": "A bench, sofa edge or bed edge to sit on",
    "step": "A step, box or stair, 10-30 cm",
    "band": "A long resistance band",
    "mini-band": "A short loop band",
    "dumbbell": "One or two dumbbells",
    "kettlebell": "A kettlebell",
    "barbell": "A barbell",
    "foam-roller": "A foam roller",
    "massage-ball": "A massage, lacrosse or tennis ball",
    "slider": "Sliders, or socks on a smooth floor",
    "swiss-ball": "A gym ball",
    "treadmill": "A treadmill",
}

# An answer of its own, and another than no answer: the record keeps it in the place of kit.
NOTHING = "none"
KIT_ANSWERS = KIT | {NOTHING: "None of these"}

TOOLS = {
    "tape": "A tape measure",
    "phone": "A phone that films and measures angles",
    "step": "A step about 20 cm high",
    "dynamometer": "A hand-held dynamometer",
}

# What the plan must leave out. The runner or the coach says these.
TAGS = {
    "kneeling_intolerance": "Kneeling hurts or is not allowed",
    "deep_flexion": "Bending the knee deeply under load hurts",
    "wrist_intolerance": "Weight on the wrists hurts",
    "shoulder_intolerance": "Leaning on the arms hurts a shoulder",
    "overhead": "Reaching overhead hurts or is limited",
    "low_back_flare": "The low back is sore at the moment",
    "hip_impingement": "Bending the hip deeply pinches",
    "groin_strain": "A groin or inner-thigh strain",
    "hamstring_strain": "A recent hamstring strain",
    "calf_achilles_flare": "A calf strain or a sore Achilles tendon",
    "plantar_heel_pain": "Pain under the heel",
    "balance_risk": "Needs a hand on something to balance",
    "bleeding_or_clot_risk": "Blood thinners, easy bruising or a clot risk",
    "pregnancy_supine": "Pregnant, past the first trimester: no lying on the back",
    "pregnancy_prone": "Later pregnancy or soon after birth: no lying face down",
    "pregnancy_impact": "Pregnant, or not yet cleared after birth: no impact",
}

# What the rules work out for themselves from phase, run stage and worst pain; nobody is asked.
COMPUTED_TAGS = {
    "impact": "No impact yet",
    "no_running_clearance": "Not cleared to run yet",
    "acute_pain_gt5": "Knee pain above 5 of 10 in the last day",
}
