"""What an edition's page says of its summaries: on their cards, and above them."""

import pytest
from django.utils.translation import override
from lxml import html

from newsletter.admin.desk import Desk
from newsletter.admin.writings import writing
from newsletter.models import Edition
from papers.models import Summary
from papers.summarise.judging import judgement_of
from tests.desk import desk_url
from tests.factories import make_edition, make_editor, make_paper, make_summary
from tests.mending import make_flagged_summary, make_invented_summary

pytestmark = pytest.mark.django_db


def words_of(summary: Summary):
    return writing(make_edition(papers=[summary.paper]).entries.get(), summary.language)


def test_a_card_says_the_reasons_that_weigh_most_and_how_many_more_there_are():
    summary = make_invented_summary()
    told = judgement_of(summary).findings

    card = words_of(summary)

    assert card.reasons[0].check == "identification"
    assert len(card.reasons) == 3
    assert len(card.reasons) + card.more_count == sum(each.level != "pass" for each in told)


def test_a_card_leads_to_the_page_that_says_why_and_back(client):
    summary = make_flagged_summary()
    edition = make_edition(papers=[summary.paper])
    client.force_login(make_editor(may="view"))

    page = html.fromstring(client.get(desk_url(edition)).content.decode())

    (why,) = page.find_class("why")
    (link,) = why.findall(".//a")
    assert "2억" in why.text_content()
    assert link.get("href").startswith(f"/admin/papers/summary/{summary.pk}/change/?back=")


def test_a_summary_that_passes_says_nothing_on_its_card():
    summary = make_summary(make_paper(), "ko")

    card = words_of(summary)

    assert (card.verdict, card.reasons, card.why_excerpt) == ("", [], "")


def test_a_card_says_why_an_excerpt_stands_where_a_model_was_to_write():
    summary = make_flagged_summary(writer="extract", why_extract="refused", claims=[])

    with override("en"):
        card = words_of(summary)

    assert card.why_excerpt == "no model gave an answer that can be used"


def test_an_edition_says_for_how_many_papers_there_was_no_money(daily_papers):
    spent = {"writer": "extract", "why_extract": "budget", "claims": []}
    papers = [make_flagged_summary(**spent).paper for _ in range(3)]
    make_summary(papers[0], "en", writer="extract", why_extract="budget")
    late = make_flagged_summary(**spent | {"why_extract": "late"}).paper
    make_flagged_summary(**spent)  # printed nowhere
    edition = make_edition(papers=[*papers, late])
    edition.entries.filter(paper=papers[1]).update(hidden=True)

    draft = Desk(edition, make_editor())
    gone = Desk(Edition(pk=edition.pk, newsletter=daily_papers, state="done"), draft.editor)

    assert (draft.unpaid_count, gone.unpaid_count) == (2, 0)


def test_the_line_about_the_money_leads_to_the_receipts(desk):
    summary = make_flagged_summary(writer="extract", why_extract="budget", claims=[])
    edition = make_edition(papers=[summary.paper])

    page = desk.get(f"/en{desk_url(edition)}").content.decode()

    assert "1 paper has an excerpt of its abstract in place of a summary" in page
    assert "/en/admin/papers/receipt/" in page
