import pytest

from papers.flagged import by_weight, reasons, verdict_on
from papers.models import Summary, Verdict
from papers.summarise.finding import Finding, Judgement
from tests.factories import make_paper, make_summary
from tests.mending import INVENTED

HINT = Finding("acronym", Verdict.PASS, "source.missing")
CHECK = Finding("terms", Verdict.REVIEW, "terms.few", {"names": "WMT"})
STOP = Finding("identification", Verdict.BLOCK, "identification.names", {"names": "BERT"})


def test_what_weighs_most_comes_first_and_the_rest_in_its_order():
    other = Finding("numbers", "review", "source.missing")  # as it is read from its row

    judgement = Judgement(Verdict.BLOCK, [HINT, other, CHECK, STOP])

    assert by_weight(judgement) == [STOP, other, CHECK, HINT]
    assert reasons(judgement) == [STOP, other, CHECK]


def test_a_summary_that_passes_has_no_reasons_whatever_hints_there_are():
    assert reasons(Judgement(Verdict.PASS, [CHECK, HINT])) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("writer", "expected"), [("editor", Verdict.PASS), ("document", Verdict.REVIEW)]
)
def test_an_editor_has_looked_at_what_only_is_to_be_looked_at(writer, expected):
    summary = make_summary(make_paper(), "ko", writer=writer)  # names too little to tell

    judgement = verdict_on(summary)

    assert (judgement.verdict, len(judgement.findings)) == (expected, 1)


@pytest.mark.django_db
def test_what_is_blocked_stays_blocked_whoever_wrote_it():
    summary = make_summary(make_paper(), "ko", **INVENTED, writer=Summary.Writer.EDITOR)

    assert verdict_on(summary).verdict is Verdict.BLOCK
