"""Bad data stops the start of the studio, with a line that says where: each time with one thing broken in a copy."""

import pytest


def field_test(document, test_id):
    return next(test for test in document["tests"] if test["id"] == test_id)


def construct_of(document, construct_id):
    return next(one for area in document["areas"] for one in area["constructs"] if one["id"] == construct_id)


def test_the_files_as_they_are_stop_nothing(data_copy):
    assert data_copy.complaints() == ""


BROKEN = {
    "a number without its unit": (
        "battery.yaml", lambda d: field_test(d, "cadence")["real_change"].pop("unit"), "unit"
    ),
    "a threshold without its source": (
        "battery.yaml",
        lambda d: [field_test(d, "wblt_distance").pop("sources"), field_test(d, "wblt_distance")["scoring"].pop("sources")],
        "sources",
    ),
    "a source that is in no bibliography": (
        "battery.yaml", lambda d: field_test(d, "bird_dog")["scoring"].update(sources=["nobody2031"]), "nobody2031"
    ),
    "weights that do not add to 10": (
        "battery.yaml", lambda d: construct_of(d, "lateral_trunk").update(weight=4.0),
        "core_instability: weights add to 11, not 10",
    ),
    "a test in a construct of another area": (
        "battery.yaml", lambda d: construct_of(d, "quad_length_prone")["tests"].append("side_plank"),
        "quad_itb_tightness.quad_length_prone: side_plank is not a test of this area",
    ),
    "a scored test in no construct": (
        "battery.yaml", lambda d: construct_of(d, "cadence").update(tests=[]), "cadence: listed in 0 constructs"
    ),
    "an anchor that is no construct": (
        "battery.yaml", lambda d: d["areas"][0].update(anchor_construct="toes"), "anchor toes"
    ),
    "an area that nobody knows": (
        "battery.yaml", lambda d: field_test(d, "cadence").update(area="arms"), "cadence: unknown area arms"
    ),
    "an unknown test in a battery": (
        "battery.yaml", lambda d: d["batteries"]["quick"].append("hop"), "batteries: unknown test hop"
    ),
    "an age without a threshold": (
        "battery.yaml", lambda d: field_test(d, "bird_dog")["scoring"]["thresholds"][0].update(age_max=70),
        "bird_dog: no threshold for male, 71 years",
    ),
    "kit without a word": ("battery.yaml", lambda d: field_test(d, "cadence")["equipment"].append("ladder"), "ladder"),
    "a test without a case": ("cases.yaml", lambda d: d["cases"].pop("trunk_lean"), "no case for trunk_lean"),
    "a test whose cases never count": (
        "cases.yaml", lambda d: d["cases"]["bird_dog"][0].update(value=0, d=0), "no case of bird_dog has a deficit"
    ),
    "a case of an unknown test": ("cases.yaml", lambda d: d["cases"].update(hop=[]), "unknown test hop"),
    "a case outside the range": ("cases.yaml", lambda d: d["cases"]["cadence"][0].update(value=1640), "1640"),
    "a threshold that was mistyped": (
        "battery.yaml", lambda d: field_test(d, "cadence")["scoring"]["thresholds"][0].update(deficit=150.0),
        "cadence at 164",
    ),
    "a tag that no record can hold": (
        "contraindications.yaml", lambda d: d["lines"][-1].update(tags=["sore_toe"]), "unknown tag sore_toe"
    ),
    "a contra-indication without its line": (
        "contraindications.yaml", lambda d: d["lines"].pop(0), "no line for 'Acute ankle sprain"
    ),
    "a line that no test has": (
        "contraindications.yaml", lambda d: d["lines"].append({"text": "Made up", "during": True}),
        "'Made up' is no line of the battery",
    ),
    "a line that nothing makes true": (
        "contraindications.yaml", lambda d: d["lines"][0].pop("questions"), "nothing makes"
    ),
    "an unknown red flag": (
        "contraindications.yaml", lambda d: d["lines"][0].update(flags=["hiccups"]), "unknown red flag hiccups"
    ),
    "an unknown question": (
        "contraindications.yaml", lambda d: d["lines"][0].update(questions=["why"]), "unknown question why"
    ),
    "a question that nothing needs": (
        "contraindications.yaml", lambda d: d["questions"].append({"id": "more", "ask": "More?"}), "nothing asks for more"
    ),
    "a general line that went missing": ("contraindications.yaml", lambda d: d["general"].pop(), "the general lines"),
    "a limit for an unknown test": (
        "contraindications.yaml", lambda d: d["limits"][0]["tests"].append("hop"), "unknown test hop"
    ),
    "a limit of an unknown red flag": (
        "contraindications.yaml", lambda d: d["limits"][0].update(flag="hiccups"), "unknown red flag hiccups"
    ),
    "a pain limit without its unit": ("contraindications.yaml", lambda d: d["rest_pain_above"].pop("unit"), "unit"),
    "a mistyped key": ("contraindications.yaml", lambda d: d.update(lins=[]), "lins"),
    "a tool for an unknown test": (
        "tools.yaml", lambda d: d["inclinometers"].update(hop={"kind": "turn", "zero": "Here."}), "unknown test hop"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name, edit, says", BROKEN.values(), ids=BROKEN.keys())
def test_it_stops_the_start(data_copy, name, edit, says):
    data_copy.change(name, edit)
    assert says in data_copy.complaints()
