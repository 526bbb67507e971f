"""Made-up values for the page that shows every component once (templates/front/kit.html)."""

from django import forms


class KitForm(forms.Form):
    """One field of each kind; some of them filled in wrongly by sample()."""

    name = forms.CharField(help_text="As your coach should call you.")
    email = forms.EmailField()
    knee = forms.ChoiceField(choices=[("", "Choose"), ("right", "Right"), ("left", "Left")])
    side = forms.ChoiceField(choices=[("right", "Right"), ("left", "Left")], widget=forms.RadioSelect)
    at_home = forms.BooleanField(required=False, label="Trains at home")
    note = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), required=False)


def sample() -> dict:
    """The context of the kit page: a form with two mistakes, and series with gaps."""
    morning = [4, 4, None, 5, 3, 4, 3, None, None, 3, 4, 2, 3, 3, 6, 4, 3, 2, 3, None, 2, 2, 3, 2, 1, 2, 2, 1]
    return {
        "form": KitForm({"name": "Elena", "email": "elena@runmail", "side": "right"}),
        "kit": {
            "pain": [2, 2, 3, None, 2, 3, 6, 4],
            "nothing": [None] * 8,
            "weeks": [("w1", 3, 3), ("w2", 2, 3), ("w3", None, None), ("w4", 3, 4), ("w5", 1, 4)],
            "tests": [64, 71, None, 78, 83],
            "long": morning,
            "labels": [(0, "28 Oct"), (14, "11 Nov"), (27, "24 Nov")],
            "phases": [(14, "Build")],
            "head": ["Morning", "Pain"],
            "rows": [[f"day {i + 1}", pain] for i, pain in enumerate(morning)],
            "hip": (3, 2),
            "quad": (2, 1),
            "ankle": (2, None),
        },
    }
