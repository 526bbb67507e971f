"""The words for findings: what a coach reads, what a runner reads, and what is never said.

Data: wording.yaml (names of things) and caveats.yaml (the evidence behind each claim, and the sentence that may be said).
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from functools import cache, cached_property

from assessments.domain import rules as rules_module
from assessments.domain.data_files import DataProblem, Record, read_yaml, source_ids, to_record
from assessments.domain.records import AreaFinding, Because, Value

COMPARED = "compared"  # a construct without a sentence of its own
CONTRIBUTORS = ("likely_contributor", "possible_contributor")


class Caveat(Record, frozen=True):
    id: str
    claim: str
    evidence: str
    sources: tuple[str, ...]
    verified: bool
    say: str
    never: str


class Caveats(Record, frozen=True):
    meta: dict[str, str | None]
    fixed_text: str
    feature_name: str
    caveats: tuple[Caveat, ...]


class AreaWords(Record, frozen=True):
    short: str
    part: str


class BasisWords(Record, frozen=True):
    name: str
    text: str


class LabelWords(Record, frozen=True):
    coach: str
    runner: str


class Words(Record, frozen=True):
    meta: dict[str, str | None]
    areas: dict[str, AreaWords]
    statuses: dict[str, str]
    confidence: dict[str, str]
    basis: dict[str, BasisWords]
    labels: dict[str, LabelWords]
    gate: dict[str, str]
    conflict: str  # to the coach
    conflict_told: str  # to the runner
    pain: dict[str, str]
    abstained: str
    compared: str
    compared_two: dict[str, str]
    side_only: str
    sentences: dict[str, str]  # construct -> id of the caveat whose sentence may be said
    choices: dict[str, str]
    equipment: dict[str, str]


class Wording(Record, frozen=True):
    words: Words
    caveats: Caveats

    @cached_property
    def caveat(self) -> Mapping[str, Caveat]:
        """What the evidence shows behind a claim, by id."""
        return {caveat.id: caveat for caveat in self.caveats.caveats}

    @property
    def disclaimer(self) -> str:
        """The fixed text of every result page."""
        return self.caveats.fixed_text


@cache
def wording() -> Wording:
    """Load the words; DataProblem when something the rules can say has no word, or a source does not resolve."""
    loaded = Wording(
        words=to_record(read_yaml("wording.yaml"), Words, "wording.yaml"),
        caveats=to_record(read_yaml("caveats.yaml"), Caveats, "caveats.yaml"),
    )
    problems = _missing_words(loaded)
    if problems:
        raise DataProblem(problems)
    return loaded


def _missing_words(loaded: Wording) -> list[str]:
    battery, scheme, words = rules_module.rules().battery, rules_module.rules().scheme, loaded.words
    needed: dict[str, tuple[set[str], Mapping[str, object]]] = {
        "areas": (set(battery.area), words.areas),
        "statuses": ({row.status for row in scheme.status_table.rows}, words.statuses),
        "confidence": ({band.id for band in scheme.confidence_bands.bands}, words.confidence),
        "basis": ({test.scoring.basis for test in battery.tests}, words.basis),
        "sentences": ({construct.id for area in battery.areas for construct in area.constructs}, words.sentences),
        "choices": ({choice for test in battery.tests for choice in test.input.choices}, words.choices),
        "equipment": ({item for test in battery.tests for item in test.equipment} - {"none"}, words.equipment),
    }
    problems = [
        f"wording.yaml: no word in {k} for {id_}" for k, (ids, have) in needed.items() for id_ in ids - set(have)
    ]
    known = {*loaded.caveat, COMPARED}
    problems += [f"wording.yaml: unknown sentence {name}" for name in words.sentences.values() if name not in known]
    sources = source_ids()
    cited = [source for caveat in loaded.caveats.caveats for source in caveat.sources]
    return problems + [f"caveats.yaml: unknown source {source}" for source in cited if source not in sources]


def two_decimals(value: float | None) -> str:
    """A score or confidence as it is shown: two decimals, half up; "–" where there is none (missing is not zero)."""
    if value is None:
        return "–"
    return str(Decimal(repr(value)).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP))


def value_text(value: Value, unit: str) -> str:
    """A measured value with its unit, or its category in words: `6.5 cm`, `Drops before 30 s`."""
    if isinstance(value, str):
        return wording().words.choices.get(value, value)
    number = f"{value:.4g}"
    if unit in ("%", "NRS 0-10", "ratio"):
        return number + {"%": "%", "NRS 0-10": "/10", "ratio": ""}[unit]
    return f"{number} {unit.removesuffix('s') if number == '1' else unit}"


def coach_reason(row: Because) -> str:
    """One `because` row for the coach: value, what it is compared with, basis and sources."""
    test = rules_module.rules().battery.test[row.test]
    where = "" if row.side == "both" else f", {row.side}"
    limits = f"Reference {value_text(row.normal, row.unit)}, full deficit {value_text(row.deficit, row.unit)}"
    by_sides = "" if row.d > 0 else " It counts because left and right differ."
    basis = wording().words.basis[row.basis].name
    return f"{test.name}{where}: {value_text(row.value, row.unit)}. {limits}.{by_sides} {basis} ({', '.join(row.sources)})."


def runner_sentences(finding: AreaFinding) -> tuple[str, ...]:
    """What a runner reads about one area: the status, then one sentence per kind of test that stands out.

    Only sentences of caveats.yaml ("say"), a comparison with the reference group, and the status itself; nothing about
    why the knee hurts.  A deficit below the first severity band gets no sentence of its own.
    """
    words = wording().words
    sentences = [words.statuses[finding.status]]
    if finding.status in CONTRIBUTORS:
        sentences += [sentence for row in finding.because if (sentence := _row_sentence(row))]
    return tuple(dict.fromkeys(sentences))


def _row_sentence(row: Because) -> str | None:
    rules, words = rules_module.rules(), wording().words
    name = rules.battery.test[row.test].name
    if row.d == 0:
        return words.side_only.format(test=name, side=row.side)
    if rules.scheme.severity_bands.of(row.d) == rules.scheme.severity_bands.bands[0]:
        return None
    sentence = words.sentences[rules.battery.construct_of[row.test].id]
    if sentence == COMPARED:
        return words.compared.format(test=name, where="" if row.side == "both" else f" on the {row.side}")
    return wording().caveat[sentence].say
