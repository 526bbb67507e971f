"""What the data files say about a runner's record, which the domain itself does not know."""

from assessments.domain.data_files import DataProblem
from assessments.domain.eligibility import contraindications
from clients.vocabulary import TAGS


def record_tags() -> None:
    """Raise DataProblem for a tag that no record can hold: what names it would never be barred."""
    unknown = {tag for line in contraindications().lines for tag in line.tags} - set(TAGS)
    if unknown:
        raise DataProblem([f"contraindications.yaml: unknown tag {tag}" for tag in sorted(unknown)])
