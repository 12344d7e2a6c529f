"""What happens to summaries and receipts while a language model writes."""

import pytest
from django.db import DataError, connections

from papers.models import Summary
from papers.summarise import summarise
from papers.summarise.llm import receipts
from tests.factories import make_paper
from tests.model_answers import well
from tests.parcel_map import ABSTRACT, parcel_map, written_by_model

pytestmark = pytest.mark.django_db
Writer, Why = Summary.Writer, Summary.WhyExtract


@pytest.fixture
def paper(db):
    return parcel_map()


def meanwhile(models, paper, writer, words):
    """Somebody else writes while the model is asked."""

    def write(asked):
        Summary.objects.create(
            paper=paper,
            language="ko",
            text_language="ko",
            whats_new=words,
            writer=writer,
            written_at=paper.created_at,
        )
        connections.close_all()  # this thread's own
        return well(asked)

    models.will(write)


def test_a_models_text_replaces_an_extract_that_somebody_put_there(transactional_db, models, paper):
    meanwhile(models, paper, Writer.EXTRACT, "We propose ParcelMap.")

    assert summarise([paper], ["ko"]).by_model == 1
    written_by_model(paper)


def test_a_models_text_that_an_editor_was_faster_than_is_not_counted(
    transactional_db, models, paper
):
    meanwhile(models, paper, Writer.EDITOR, "편집자의 문장입니다.")

    assert summarise([paper], ["ko"]).written == 0
    assert paper.summaries.get().writer == Writer.EDITOR


def test_an_error_in_one_text_ends_that_one_alone(models, monkeypatch, paper):
    other = make_paper(title="Another", abstract=f"{ABSTRACT} It has one more sentence.")
    bad = paper.pk
    close = receipts.close

    def fail(receipt, outcome):
        if receipt.paper_id == bad:
            raise DataError("a column is too short")
        close(receipt, outcome)

    monkeypatch.setattr(receipts, "close", fail)

    told = summarise([paper, other], ["ko"])

    assert (told.by_model, told.extracts) == (1, {Why.UNAVAILABLE: 1})
    written_by_model(other)
