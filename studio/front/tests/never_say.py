"""What is never said (evidence, section 6): a pattern per claim of caveats.yaml, and the founders' own list.

A pattern is wider than the sentence it comes from, so that the same claim in other words is found too; narrower than a
word, so that "these tests do not diagnose" may stand.
"""

import re

AREA = r"(?:hips?|glutes?|ankles?|core|trunk|quads?|thighs?|it[ -]band)"
PATTERNS = {
    "hip_cause_or_result": rf"\b{AREA}\b[^.]{{0,40}}\b(?:caus(?:e[sd]?|ing)|is the reason|are the reason)\b",
    "strength_not_form": rf"\bbecause (?:of )?your (?:weak )?{AREA}\b",
    "itb": r"\b(?:it|iliotibial)[ -]band\b[^.]{0,40}\b(?:short|stuck)\b|\b(?:needs?|wants?) (?:breaking|to be broken) up\b|\bstuck\b[^.]{0,20}\b(?:band|tissue|fascia)\b",
    "foam_rolling": r"\breleas\w+ (?:the |your )?fascia\b|\bfix(?:es|ed|ing)? (?:the|your) knee\b|\broll\w*\b[^.]{0,30}\blengthens?\b",
    "quad_length": r"\bcur(?:e|es|ed|ing)\b",
    "ankle": r"\b(?:is|are|was|were) (?:the|your|a) (?:root |real |true )?causes?\b",
    "core": r"\b(?:core|trunk) is (?:unstable|weak)\b",
    "gait": r"\b(?:run|runs|running) (?:is )?(?:wrong|badly|incorrectly)\b|\bbad running form\b",
    "trunk_lean": r"\bmust lean\b",
    "load_first": r"\b(?:app|studio|tests?|we|coach)\b[^.]{0,20}\bfound (?:the|your) (?:root )?cause\b",
    "matching": r"\bscientifically\b|\bmatched to (?:the|your) cause\b",
    "norms": r"\babnormal\w*|\bpathologic\w*|\bfailed\b",
    "diagnosis": r"\byou have (?:a |an )?(?:patellofemoral|pfps?\b|runner.s knee|syndrome)|\b(?:you|she|he|the runner) (?:is|are|was|were|have been|has been) diagnosed\b|\b(?:we|the app|tests) diagnose\b|\byour diagnosis\b",
    "tenderness": r"\b(?:knots|adhesions?)\b",
    "age": r"\bscore a child\b",
}
OURS = (
    r"\bcauses? of (?:the|your|her|his)\b[^.]{0,20}\b(?:pain|knee|problem|injury)\b|"
    r"\bcaused by\b|\bproven causes?\b|\bfeeds (?:the|your) (?:pain|knee)\b|\bdamaged\b|\bmisaligned\b|\bdysfunction\w*"
)
NEVER_SAY = re.compile("|".join(f"(?:{pattern})" for pattern in [*PATTERNS.values(), OURS]), re.IGNORECASE)


def found_in(text: str) -> list[str]:
    """The places where a text says what is never said, each with the words around it."""
    text = " ".join(text.split())
    return [text[max(0, hit.start() - 40) : hit.end() + 40] for hit in NEVER_SAY.finditer(text)]
