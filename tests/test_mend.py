import pytest

from papers.flagged import verdict_on
from papers.mend import mendable, put_figure, rewrite, use_excerpt
from papers.models import Revision, Summary, Verdict
from papers.revise import Overtaken, kept, undo
from papers.summarise.source import given
from papers.summarise.writer import CannotWrite
from tests.factories import make_editor, make_paper, make_summary
from tests.mending import ABSTRACT, CLAIMS, INVENTED, make_flagged_summary

pytestmark = pytest.mark.django_db


@pytest.fixture
def kim():
    return make_editor("kim")


@pytest.fixture
def summary():
    return make_flagged_summary()


def place(summary):
    (figure,) = mendable(summary)
    return figure.part, figure.start


def test_what_is_proposed_stands_in_the_place_of_the_figure_alone(summary, kim):
    before = summary.whats_new

    put_figure(summary, place(summary), kim, summary.written_at)

    summary.refresh_from_db()
    assert summary.whats_new == before.replace("2억", "20억")
    assert (summary.writer, summary.writer_name, summary.receipt) == ("editor", "kim", None)


def test_a_mended_claim_rests_on_the_same_sentence_as_before(summary, kim):
    put_figure(summary, place(summary), kim, summary.written_at)

    summary.refresh_from_db()
    mended = CLAIMS[0] | {"text": CLAIMS[0]["text"].replace("2억", "20억")}
    assert summary.claims == [mended, *CLAIMS[1:]]


def test_the_same_figure_twice_is_mended_where_it_was_pointed_at(kim):
    summary = make_flagged_summary(whats_new="2억 개다. 2억 개다.", claims=[])
    second = mendable(summary)[1]

    put_figure(summary, (second.part, second.start), kim, summary.written_at)

    assert summary.whats_new == "2억 개다. 20억 개다."


def test_a_text_that_was_not_seen_is_not_mended(summary, kim):
    seen_at = summary.written_at
    other = Summary.objects.get(pk=summary.pk)
    other.technical_details = "길마다 번호를 붙였습니다."
    rewrite(other, make_editor("lee"), seen_at, ["technical_details"])

    for seen in (seen_at, None):
        with pytest.raises(Overtaken):
            put_figure(Summary.objects.get(pk=summary.pk), place(summary), kim, seen)

    assert Summary.objects.get(pk=summary.pk).writer_name == "lee"


def test_where_nothing_is_proposed_nothing_is_put(summary, kim):
    for nowhere in [("whats_new", 0), ("paper", 0), ("", -1)]:
        with pytest.raises(Overtaken):
            put_figure(summary, nowhere, kim, summary.written_at)

    assert not Revision.objects.exists()


def test_a_mending_is_taken_back_to_the_models_own_words_and_receipt(summary, kim):
    before = kept(summary)
    put_figure(summary, place(summary), kim, summary.written_at)

    undo(Revision.objects.get(), kim)

    stands = Summary.objects.get()
    assert kept(stands) == before
    assert stands.verdict == verdict_on(stands).verdict


def test_a_rewritten_summary_keeps_the_claims_that_it_still_makes(summary, kim):
    summary.whats_new = "Lighthouse는 작은 모델입니다."

    rewrite(summary, kim, summary.written_at, ["whats_new"])

    summary.refresh_from_db()
    assert summary.claims == [claim for claim in CLAIMS if claim["part"] != "whats_new"]


def test_what_an_editor_writes_is_held_against_the_text_that_stood_beside_it(summary, kim):
    summary.paper.abstract = "Withdrawn."
    summary.paper.save()

    rewrite(summary, kim, summary.written_at, ["whats_new"])

    assert (summary.source_length, given(summary).text) == (len(ABSTRACT), ABSTRACT)


def test_what_an_editor_wrote_beside_is_kept_whatever_becomes_of_the_abstract(kim):
    summary = make_summary(make_paper(abstract=ABSTRACT), **INVENTED)
    rewrite(summary, kim, summary.written_at, ["whats_new"])

    summary.paper.abstract = "Withdrawn."
    summary.paper.save()

    assert given(Summary.objects.get()).text == ABSTRACT


def test_a_rewritten_excerpt_is_no_excerpt_and_tells_no_reason_for_one(kim):
    summary = make_flagged_summary(writer="extract", why_extract="budget", text_language="en")

    rewrite(summary, kim, summary.written_at, ["whats_new"])

    assert (summary.why_extract, summary.text_language, summary.writer) == ("", "ko", "editor")


def test_a_lead_that_an_editor_changed_is_nobodys_quotation(kim):
    summary = make_flagged_summary(lead="A model.", lead_by="Hugging Face")

    rewrite(summary, kim, summary.written_at, ["whats_new"])
    kept_by = summary.lead_by
    rewrite(summary, kim, summary.written_at, ["lead"])

    assert (kept_by, summary.lead_by) == ("Hugging Face", "")


def test_the_authors_own_sentences_pass_and_can_be_taken_back(kim):
    summary = make_summary(make_paper(abstract=ABSTRACT), **INVENTED, writer="document")
    before = kept(summary)

    use_excerpt(summary, kim, summary.written_at)
    excerpt = Summary.objects.get()
    undo(Revision.objects.get(), kim)

    assert (excerpt.writer, excerpt.text_language, excerpt.verdict) == ("extract", "en", "pass")
    assert excerpt.whats_new in ABSTRACT
    assert kept(Summary.objects.get()) == before


def test_without_an_abstract_there_are_no_sentences_to_take(kim):
    summary = make_summary(make_paper(abstract=""), **INVENTED)

    with pytest.raises(CannotWrite):
        use_excerpt(summary, kim, summary.written_at)


def test_what_is_written_by_hand_is_judged_at_once(kim):
    summary = make_summary(make_paper(), **INVENTED)

    rewrite(summary, kim, summary.written_at, ["whats_new"])

    summary.refresh_from_db()
    assert (summary.verdict, bool(summary.findings)) == (Verdict.BLOCK, True)
