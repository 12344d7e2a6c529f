"""The paper that most tests of language models are about, and what one answer about it costs."""

from decimal import Decimal

from papers.models import Paper, Receipt, Summary
from tests.factories import make_paper

ABSTRACT = (
    "Parcels get lost in large cities, and nobody has measured how often this happens to them. "
    "We propose ParcelMap, a map that leads every parcel along numbered streets to its reader. "
    "ParcelMap learns the streets from 2B letters and keeps a small memory of each turn it took. "
    "A StreetNet walks through the city in three steps, and asks a neighbour at a closed door. "
    "On the LetterBench benchmark ParcelMap finds 93% of all parcels, 12% more than a postman."
)
ONE_TRY = Decimal("0.0016")  # 1,000 tokens read and 300 written, at a dollar and two a million


def parcel_map() -> Paper:
    return make_paper(title="ParcelMap: How Parcels Find Their Way", abstract=ABSTRACT)


def parcel_maps() -> list[Paper]:
    """Six more, each with a text of its own."""
    return [
        make_paper(title=f"ParcelMap {number}", abstract=f"{ABSTRACT} It was tried {number} times.")
        for number in range(11, 17)
    ]


def receipt() -> Receipt:
    """The only one."""
    return Receipt.objects.get()


def written_by_model(paper: Paper, language: str = "ko") -> Summary:
    summary = paper.summaries.get(language=language)
    assert summary.writer == Summary.Writer.MODEL
    return summary
