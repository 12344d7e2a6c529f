"""What the page of a summary says of it."""

import pytest
from django.urls import reverse
from lxml import html

from papers.admin.evidence import Evidence
from papers.models import Paper
from tests.factories import make_paper, make_summary
from tests.mending import ABSTRACT, CLAIMS, make_flagged_summary, make_invented_summary

pytestmark = pytest.mark.django_db
OTHER = CLAIMS[-1] | {"quote": "It needs no memory at all."}


def marked(pieces, kind):
    return [piece.text for piece in pieces if kind in piece.kinds.split()]


def page_of(client, summary):
    page = client.get(reverse("admin:papers_summary_change", args=[summary.pk]))
    return html.fromstring(page.content.decode())


def words(element):
    return " ".join(element.text_content().split())


def test_each_claim_leads_to_its_sentence_in_the_source(desk):
    tree = page_of(desk, make_flagged_summary())

    links = tree.xpath("//p[@class='rests']/a")
    assert [words(link) for link in links] == [claim["quote"] for claim in CLAIMS]
    places = {each.get("id") for each in tree.xpath("//*[@class='at']")}
    assert {link.get("href")[1:] for link in links} <= places


def test_a_sentence_that_does_not_stand_in_the_source_says_so(desk):
    tree = page_of(desk, make_flagged_summary(claims=[*CLAIMS[:-1], OTHER]))

    (wrong,) = tree.xpath("//p[@class='rests bad']")
    assert OTHER["quote"] in words(wrong) and "원문에 없는 문장" in words(wrong)


def test_words_that_no_claim_says_are_shown_all_the_same():
    evidence = Evidence(make_flagged_summary(claims=CLAIMS[1:]))

    said = [(each.is_claim, each.quote) for each in evidence.parts[0].said]
    assert said == [(False, ""), (True, CLAIMS[1]["quote"])]


def test_every_figure_is_counted_and_the_wrong_one_has_its_proposal():
    evidence = Evidence(make_flagged_summary())

    bad = [(row.figure.text, row.figure.proposal) for row in evidence.figures if row.is_bad]
    assert bad == [("2억", "20억")]
    assert (evidence.supported, evidence.counted) == (7, 8)


def test_what_findings_name_is_marked_where_it_stands():
    evidence = Evidence(make_invented_summary())

    found = [
        text
        for part in evidence.parts
        for said in part.said
        for text in marked(said.pieces, "named")
    ]

    assert {"Transformer", "BERT", "WMT"} <= set(found)
    assert "GAN을" not in found


def test_the_source_is_whole_and_its_marks_are_the_sentences(desk):
    evidence = Evidence(make_flagged_summary())

    assert "".join(piece.text for piece in evidence.source_pieces) == ABSTRACT
    assert "2B" in marked(evidence.source_pieces, "fig")


def test_what_was_read_is_shown_and_not_what_the_abstract_has_become(desk):
    summary = make_flagged_summary()
    Paper.objects.update(abstract="Withdrawn.", version=3)

    tree = page_of(desk, summary)

    (reading,) = tree.xpath("//*[@class='reading']")
    assert words(reading) == ABSTRACT
    assert "2판" in words(tree.xpath("//aside")[0])


def test_another_text_than_what_was_read_says_so(desk):
    lost, imported = make_flagged_summary(source_sha256="0" * 64), make_invented_summary()

    pages = [words(page_of(desk, each).xpath("//aside")[0]) for each in (lost, imported)]

    assert all("지금의 초록" in page and "이 글의 바탕" not in page for page in pages)
    assert ["보관되어 있지 않습니다" in page for page in pages] == [True, False]


def test_an_excerpt_says_why_and_is_held_against_nothing(desk):
    summary = make_flagged_summary(
        writer="extract", why_extract="budget", claims=[], whats_new=ABSTRACT.split(". ")[1]
    )

    tree = page_of(desk, summary)

    assert "하루 예산이 소진됨" in words(tree.get_element_by_id("why"))
    assert not tree.xpath("//*[@class='ledger'] | //*[@class='claims']")


def test_what_an_editor_signed_says_what_checks_say_all_the_same(desk):
    summary = make_flagged_summary(writer="editor", writer_name="kim")

    why = words(page_of(desk, summary).get_element_by_id("why"))

    assert "kim" in why and "2억" in why


def test_a_text_of_markup_is_printed_as_it_is(desk):
    text = "<script>alert(1)</script> A <b>model</b> & more."
    paper = make_paper(abstract=text * 5)
    summary = make_summary(paper, "ko", whats_new=text, writer="document")

    page = desk.get(reverse("admin:papers_summary_change", args=[summary.pk])).content.decode()

    assert "<script>alert" not in page and "&lt;script&gt;alert(1)" in page


def test_the_receipt_says_who_was_asked_what_was_read_and_what_it_cost(desk):
    why = words(page_of(desk, make_flagged_summary()).get_element_by_id("why"))

    for expected in ["house:large", "ko-1", "$0.002165", "1,834", str(len(ABSTRACT))]:
        assert expected in why
