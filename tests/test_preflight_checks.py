"""Each check by itself: what it stops at, what it warns of, what it lets pass."""

from dataclasses import replace
from datetime import date

import pytest
from django.db import connection
from django.utils.translation import override

from newsletter.models import Edition
from newsletter.preflight import Level, preflight
from newsletter.preflight.imprint import imprint
from newsletter.preflight.inbox import complaints
from newsletter.preflight.material import gather
from newsletter.preflight.size import size
from newsletter.render import what_readers_get
from newsletter.rendered import UNSUBSCRIBE_URL_SLOT
from papers.models import Paper, Summary
from papers.summarise.judging import keep_judgement
from tests.factories import make_edition, make_leaving_edition, make_paper, make_summary, make_visit

STOP, WARNING = Level.STOP, Level.WARNING
pytestmark = pytest.mark.django_db


def found(edition: Edition, check: str) -> list[tuple[Level, str]]:
    with override("en"):
        findings = preflight(edition).findings
    return [(each.level, each.sentence) for each in findings if each.check == check]


CODE = "https://code.example/parcels"
GONE = {"state": "gone", "said": "HTTP 404 Not Found"}
SILENT = {"state": "silent", "said": "no time"}


@pytest.mark.parametrize(
    ("visit", "level", "sentence"),
    [
        (GONE, STOP, f"A link of no. 1 leads nowhere: {CODE} (HTTP 404 Not Found)"),
        (
            {"state": "gone", "said": "no such host"},
            STOP,
            f"A link of no. 1 leads nowhere: {CODE} (there is no such host)",
        ),
        (SILENT, WARNING, f"A link of no. 1 does not answer: {CODE} (no answer in time)"),
        (
            {"state": "private", "said": "private"},
            STOP,
            f"No. 1 leads into a private network, where no reader gets: {CODE}",
        ),
    ],
)
def test_a_link_is_judged_by_what_it_answered(visit, level, sentence):
    make_visit(CODE, **visit)

    first = found(make_edition(papers=[make_paper(code_url=CODE)]), "links")[0]

    assert first == (level, sentence)


def test_a_link_that_leads_through_the_site_is_judged_by_where_it_leads(daily_papers):
    daily_papers.own_links = True
    daily_papers.save()
    make_visit(CODE, **GONE)
    edition = make_edition(daily_papers, papers=[make_paper(code_url=CODE)])

    assert found(edition, "links") == [
        (STOP, f"A link of no. 1 leads nowhere: {CODE} (HTTP 404 Not Found)"),
        (WARNING, "3 links have not been opened yet."),
    ]


def test_links_that_nobody_has_opened_are_counted_and_stop_nothing():
    assert found(make_edition(), "links") == [(WARNING, "3 links have not been opened yet.")]


def test_where_no_link_answers_the_machines_network_is_to_blame():
    edition = make_edition(papers=2)
    for entry in edition.entries.all():
        for url in (entry.paper.arxiv_url, entry.paper.pdf_url, entry.paper.discussion_url):
            make_visit(url, state="gone", said="no such host")

    said = found(edition, "links")

    assert said == [(WARNING, "No link answers. Does this machine have a network?")]


def test_the_sites_own_links_are_not_looked_at(settings):
    paper = make_paper(code_url=f"{settings.SITE_URL}/code/")

    assert found(make_edition(papers=[paper]), "links")[-1][1].startswith("3 links")


PICTURE = "https://pictures.example/1.png"


@pytest.mark.parametrize(
    ("visit", "expected"),
    [
        ({"content_type": "image/png"}, []),
        ({"content_type": ""}, []),
        (
            {"content_type": "text/html; charset=utf-8"},
            [(STOP, f"The picture of no. 1 is a page, and no picture: {PICTURE}")],
        ),
        (GONE, [(STOP, f"The picture of no. 1 is missing: {PICTURE} (HTTP 404 Not Found)")]),
        (
            SILENT,
            [(WARNING, f"The picture of no. 1 does not answer: {PICTURE} (no answer in time)")],
        ),
    ],
)
def test_a_picture_is_there_and_is_a_picture(visit, expected):
    make_visit(PICTURE, **visit)

    assert found(make_edition(papers=[make_paper(image_url=PICTURE)]), "pictures") == expected


def test_the_first_paper_without_a_picture_is_a_warning():
    assert found(make_edition(), "pictures") == [(WARNING, "No. 1 has no picture.")]


def test_a_paper_without_a_summary_is_a_warning_and_all_of_them_a_stop():
    edition = make_edition(papers=2)
    edition.entries.first().paper.summaries.filter(language="en").delete()
    some = found(edition, "summaries")
    edition.entries.last().paper.summaries.filter(language="en").update(
        whats_new="", technical_details=" ", performance_highlights=""
    )

    assert some == [(WARNING, "No summary in English: no. 1.")]
    assert found(edition, "summaries") == [(STOP, "No paper has a summary in English.")]


def test_a_blank_part_is_a_warning_but_for_excerpts():
    papers = [make_paper(), make_paper()]
    make_summary(papers[0], "ko", performance_highlights="")
    make_summary(papers[1], "ko", performance_highlights="", writer="extract")

    said = found(make_edition(papers=papers), "parts")

    assert said == [(WARNING, "A part of the summary in 한국어 is blank: no. 1.")]


def test_an_intro_in_one_language_alone_is_a_warning():
    edition = make_edition()
    edition.renditions.filter(language="ko").update(intro="오늘의 지면입니다.")

    assert found(edition, "parts") == [(WARNING, "There is no intro in English.")]


INVENTED = "Transformer self-attention feed-forward BERT ImageNet GAN WMT"


def test_an_invented_summary_is_a_stop_that_says_what_it_names_and_where_it_is_mended():
    paper = make_paper()
    summary = make_summary(paper, "ko", whats_new=INVENTED)
    edition = make_edition(papers=[paper])

    with override("en"):
        (stop,) = preflight(edition).stops

    assert stop.sentence.startswith(
        "The summary of no. 1 in 한국어, “Letters Home”, is blocked. It may be invented, or of "
        "another paper. Not in the source: Transformer, self-attention, feed-forward, BERT, "
        "ImageNet, WMT."
    )
    assert stop.sentence.endswith(" more.")
    assert f"/papers/summary/{summary.pk}/change/?back=" in stop.url


def test_an_override_holds_however_often_the_same_text_is_judged():
    paper = make_paper()
    summary = make_summary(paper, "ko", whats_new=INVENTED)
    edition = make_edition(papers=[paper])
    (before,) = preflight(edition).stops

    keep_judgement(summary)
    summary.save()
    (after,) = preflight(edition).stops
    Summary.objects.filter(pk=summary.pk).update(whats_new=f"{INVENTED} CIFAR")
    (other,) = preflight(edition).stops

    assert before.fingerprint == after.fingerprint != other.fingerprint


@pytest.mark.parametrize("sha256", ["1" * 64, ""])
def test_an_override_of_a_text_against_one_source_does_not_hold_against_another(sha256):
    paper = make_paper()
    summary = make_summary(paper, "ko", whats_new=INVENTED, source_sha256=sha256)
    edition = make_edition(papers=[paper])
    (before,) = preflight(edition).stops

    if sha256:
        Summary.objects.filter(pk=summary.pk).update(source_sha256="2" * 64)
    else:
        Paper.objects.update(abstract=f"{paper.abstract} All parcels are found.")
    (after,) = preflight(edition).stops

    assert before.fingerprint != after.fingerprint


def test_a_link_that_a_model_added_is_a_stop_that_names_it():
    paper = make_paper()
    make_summary(paper, "ko", writer="model", whats_new="https://evil.example 에 있습니다.")

    ((level, words), *_others) = found(make_edition(papers=[paper]), "verdicts")

    assert level is STOP
    assert "A link that the source does not have: https://evil.example." in words


def test_a_summary_that_came_with_a_document_and_says_too_little_is_for_somebody_to_look_at():
    paper = make_paper()
    make_summary(paper, "ko", writer="document")

    ((level, sentence),) = found(make_edition(papers=[paper]), "verdicts")

    assert level is WARNING
    assert sentence.startswith(
        "Nobody has looked over the summary of no. 1 in 한국어. It names too little to be told "
        "from a summary of another paper."
    )


def test_the_same_title_or_the_same_summary_twice_is_a_warning():
    said = found(make_edition(papers=2), "duplicates")

    assert said == [
        (WARNING, "No. 1, 2 have the same title."),
        (WARNING, "No. 1, 2 have the same summary in 한국어."),
        (WARNING, "No. 1, 2 have the same summary in English."),
    ]


def test_a_paper_that_readers_had_before_is_a_warning():
    paper = make_paper()
    make_leaving_edition(papers=[paper], date=date(2024, 7, 1))
    make_edition(papers=[paper], date=date(2024, 7, 2))  # which nobody has got

    said = found(make_edition(papers=[paper]), "duplicates")

    assert said == [(WARNING, "No. 1 was printed before, on 1 July.")]


def test_papers_for_which_there_is_no_room_are_a_warning():
    papers = [make_paper(title=f"Paper {n}") for n in range(40)]
    for paper in papers:
        make_summary(paper, "ko", whats_new=f"{paper.title}: " + "긴 글입니다. " * 120)
        make_summary(paper, "en", whats_new="A map that finds parcels was made. " * 9)

    said = found(make_edition(papers=papers), "size")

    assert [(level, words[:31]) for level, words in said] == [
        (WARNING, "The mail in 한국어 has no room for"[:31]),
        (WARNING, "The mail in English has no room"),
    ]


def test_what_gmail_would_clip_is_a_stop():
    edition = make_edition()
    edition.renditions.filter(language="en").update(intro="A very long intro. " * 6000)

    ((level, said),) = found(edition, "size")

    assert (level, said[:40]) == (STOP, "Gmail clips the mail in English: it has ")


@pytest.mark.parametrize(
    ("subject", "why"),
    [
        ("Summary of a Haystack and 11 more · Paperboy, 3 July", []),
        ("Summary of a Haystack 외 11편 · 7월 3일 Paperboy", []),
        ("μ-Bench, GPT-4o and LLaVA · Paperboy", []),
        ("Freedom of speech in LLMs", []),
        ("What makes a good prompt? A study!", []),
        ("Re: your order", ["looks like an answer"]),
        ("답장: 논문", ["looks like an answer"]),
        ("Read this now!!", ["shouts"]),
        ("Win $500", ["names a price"]),
        ("Act now: papers", ["has a word that advertisers use"]),
        ("무료 논문", ["has a word that advertisers use"]),
        ("Papers 🚀", ["has a picture sign"]),
        ("Read www.example.org", ["has an address in it"]),
        ("P a p e r s of today", ["has its letters apart"]),
        ("THE PAPERS OF TODAY", ["is all in capitals"]),
    ],
)
def test_a_subject_that_looks_like_spam_is_told_why(subject, why):
    with override("en"):
        assert list(complaints(subject)) == why


def test_subject_and_preheader_are_looked_at_in_each_language():
    edition = make_edition()
    edition.renditions.filter(language="en").update(subject="Act now", preheader="act now")

    assert found(edition, "inbox") == [
        (WARNING, "In English the subject has a word that advertisers use."),
        (WARNING, "In English the preheader has a word that advertisers use."),
        (WARNING, "In English the preheader only repeats the subject."),
    ]


def test_a_newsletter_without_a_postal_address_is_a_warning_and_one_with_it_prints_it():
    edition = make_edition()
    without = found(edition, "imprint")
    edition.newsletter.postal_address = "1 Letter Lane & Sons, 04524 Seoul"
    edition.newsletter.save()

    said = "The newsletter has no postal address: write one on its page."
    assert without == [(WARNING, said)]
    assert found(edition, "imprint") == []


def test_a_mail_without_its_unsubscribe_link_or_postal_address_is_a_stop():
    edition = make_edition()
    mail = what_readers_get(edition, "en")
    torn = replace(mail, text=mail.text.replace(f"{UNSUBSCRIBE_URL_SLOT}\n", "\n"))
    edition.newsletter.postal_address = "1 Letter Lane"

    with override("en"):
        said = [(each.level, each.sentence) for each in imprint(gather(edition, {"en": torn}))]

    assert said == [
        (STOP, "The mail in English has no unsubscribe link."),
        (STOP, "The mail in English leaves out the postal address."),
    ]


def test_what_is_over_a_size_is_overridden_by_its_content_and_not_by_who_approves(
    django_user_model,
):
    edition = make_edition()
    edition.renditions.filter(language="en").update(intro="A very long intro. " * 6000)
    before = [each.fingerprint for each in size(gather(edition))]
    edition.approved_by = django_user_model.objects.create_user("kim")

    assert [each.fingerprint for each in size(gather(edition))] == before
    edition.renditions.filter(language="en").update(intro="Another long intro. " * 6000)
    assert [each.fingerprint for each in size(gather(edition))] != before


def test_looking_costs_the_same_queries_however_long_the_edition(django_assert_num_queries):
    few, many = (make_edition(papers=n, date=date(2024, 7, n)) for n in (2, 12))
    mails = [{code: what_readers_get(each, code) for code in ("ko", "en")} for each in (few, many)]

    for edition, ready in zip((few, many), mails, strict=True):
        with django_assert_num_queries(6 + (connection.vendor == "postgresql")):  # its clock
            preflight(edition, ready)
