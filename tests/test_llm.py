"""Language models write, over real HTTP: what they answer is held to our checks, and paid once."""

from decimal import Decimal

import pytest

from papers.models import Receipt, Summary
from papers.summarise import summarise_papers
from tests.factories import make_paper

pytestmark = pytest.mark.django_db

ABSTRACT = (
    "Parcels get lost in large cities, and nobody has measured how often this happens to them. "
    "We propose ParcelMap, a map that leads every parcel along numbered streets to its reader. "
    "ParcelMap learns the streets from 2B letters and keeps a small memory of each turn it took. "
    "It walks through the city in three steps, and asks a neighbour when a door stays closed. "
    "On the LetterBench benchmark ParcelMap finds 93% of all parcels, 12% more than a postman."
)


@pytest.fixture
def paper(db):
    return make_paper(title="ParcelMap: How Parcels Find Their Way", abstract=ABSTRACT)


def test_a_model_writes_and_the_receipt_says_what_it_cost(models, paper):
    assert summarise_papers([paper], "ko") == 1

    summary = paper.summaries.get()
    receipt = Receipt.objects.get()
    assert (summary.writer, summary.text_language) == (Summary.Writer.MODEL, "ko")
    assert "ParcelMap" in summary.whats_new
    assert summary.receipt == receipt
    assert receipt.state == Receipt.State.WRITTEN
    assert (receipt.try_count, receipt.input_tokens, receipt.output_tokens) == (1, 1000, 300)
    assert receipt.cost_usd == Decimal("0.0016")
