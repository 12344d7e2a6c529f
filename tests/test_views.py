"""What anyone may read."""

from datetime import date, timedelta
from xml.etree import ElementTree

import pytest
from django.utils import timezone
from django.utils.html import escape

from newsletter.models import Edition
from papers.models import Pull, Summary
from tests.factories import DAY, make_edition, make_newsletter, make_paper, make_summary

State = Edition.State
LEFT = (State.SENDING, State.SETTLING, State.DONE)  # none of these without a frozen audience
HIDDEN_STATES = sorted(set(State) - {*LEFT, State.SKIPPED})


def make_published(day=DAY, **fields) -> Edition:
    edition = make_edition(date=day, **fields)
    publish(edition)
    return edition


def publish(edition: Edition) -> None:
    Edition.objects.filter(pk=edition.pk).update(
        state=State.DONE,
        content_sha256="0",
        audience_frozen_at=timezone.now(),
        done_at=timezone.now(),
    )


def skip(newsletter, day, *, entry_count) -> Edition:
    now = timezone.now()
    Pull.objects.create(
        source="huggingface", date=day, attempted_at=now, succeeded_at=now, entry_count=entry_count
    )
    return Edition.objects.create(newsletter=newsletter, date=day, state=State.SKIPPED)


def test_the_front_page_promises_before_there_is_anything_to_read(client, db):
    page = client.get("/").text

    assert "오늘의 AI 논문을 아침마다 문 앞에." in page
    assert '<form action="/subscribe/"' in page
    assert "첫 지면을 만들고 있습니다." in page


def test_the_front_page_shows_the_newest_edition_whole_and_older_ones_by_name(client, db):
    make_published(date(2024, 7, 2), papers=[make_paper(title="Old News: A Study"), make_paper()])
    papers = [make_paper(title=f"Paper {word}") for word in ("one", "two", "three", "four", "five")]
    make_published(papers=papers)

    page = client.get("/").text

    assert [page.count(f">Paper {word}</a>") for word in ("one", "four", "five")] == [1, 1, 1]
    assert '<span lang="en">Old News</span> 외 1편' in page
    assert "2024년 7월 3일 수요일" in page


def test_a_hidden_entry_stands_nowhere(client, db):
    kept, hidden = make_paper(), make_paper(title="Hidden Away")
    edition = make_published(papers=[kept, hidden])
    edition.entries.filter(paper=hidden).update(hidden=True)

    for address in ("/", "/2024-07-03/", "/editions/", "/feed/"):
        assert "Hidden Away" not in client.get(address).text
    assert client.get(f"/p/{hidden.canonical_id}/").status_code == 404


@pytest.mark.parametrize("state", HIDDEN_STATES)
def test_what_has_not_gone_out_is_not_public(client, db, state):
    edition = make_edition(papers=[make_paper(title="Too Early")], state=state)

    assert client.get("/2024-07-03/").status_code == 404
    assert client.get(f"/p/{edition.entries.get().paper.canonical_id}/").status_code == 404
    for address in ("/", "/editions/", "/feed/"):
        assert "Too Early" not in client.get(address).text


@pytest.mark.parametrize("state", [State.CANCELLED, State.EXPIRED])
def test_what_was_stopped_on_its_way_stays_for_those_who_got_it(client, db, state):
    edition = make_published(papers=[make_paper(title="Half Way")])
    Edition.objects.filter(pk=edition.pk).update(state=state)

    assert "Half Way" in client.get("/2024-07-03/").text


@pytest.mark.parametrize(("entry_count", "said"), [(0, "No new papers"), (3, "No edition")])
def test_a_day_without_an_edition_says_why_in_a_readers_words(
    client, daily_papers, entry_count, said
):
    make_published()
    skipped = skip(daily_papers, DAY + timedelta(days=1), entry_count=entry_count)
    Edition.objects.filter(pk=skipped.pk).update(reason="None of the 3 papers can be printed")

    page = client.get("/en/2024-07-04/")

    assert page.status_code == 200
    assert f"{said} that day." in page.text
    assert "can be printed" not in page.text
    assert f"{said} on 4 July." in client.get("/en/").text


def test_an_edition_prints_each_paper_with_its_parts_and_links(client, db):
    paper = make_paper(code_url="https://github.com/x/y", code_star_count=1234)
    make_published(papers=[paper])

    page = client.get("/2024-07-03/").text

    assert "소포를 찾는 지도를 만들었습니다." in page
    assert 'aria-label="코드 ★ 1.2k: Letters Home"' in page
    assert f'/p/{paper.canonical_id}/"' in page


def test_an_editors_headline_stands_on_every_page_and_the_title_is_found_below_it(client, db):
    own, next_one = make_paper(title="Blue Letters"), make_paper(title="Red Letters")
    older = make_published(papers=[own, next_one])
    older.entries.filter(paper=own).update(headlines={"ko": "소포를 찾는 법"})
    paper_page = f"/p/{own.canonical_id}/"
    front = client.get("/").text
    make_published(DAY + timedelta(days=1))

    pages = [client.get(url).text for url in ("/2024-07-03/", paper_page)]
    archive = client.get("/editions/").text
    neighbour = client.get(f"/p/{next_one.canonical_id}/").text
    english = client.get("/en/2024-07-03/").text

    assert ["소포를 찾는 법" in page for page in [*pages, front, archive, neighbour]] == [True] * 5
    assert ["Blue Letters" in page for page in pages] == [True, True]
    assert ("Blue Letters" in english, "소포를 찾는 법" in english) == (True, False)


def test_a_correction_after_the_mail_has_left_is_seen_on_the_page(client, db):
    edition = make_published()

    edition.entries.get().paper.summaries.update(whats_new="지도를 고쳐 그렸습니다.")

    assert "지도를 고쳐 그렸습니다." in client.get("/2024-07-03/").text


def test_editions_lead_to_their_neighbours(client, db):
    for day in (1, 2, 3):
        make_published(date(2024, 7, day))

    page = client.get("/2024-07-02/").text

    assert '<a href="/2024-07-01/" rel="prev">' in page
    assert '<a href="/2024-07-03/" rel="next">' in page


def test_another_newsletters_editions_stand_under_its_name(client, db):
    make_published(newsletter=make_newsletter(slug="robots"), papers=[make_paper(title="Robots")])

    assert "Robots" in client.get("/n/robots/2024-07-03/").text
    assert client.get("/2024-07-03/").status_code == 404
    assert client.get("/n/nobody/2024-07-03/").status_code == 404


@pytest.mark.parametrize("address", ["/2024-13-45/", "/2024-02-30/", "/0000-00-00/", "/2024-7-3/"])
def test_what_is_no_date_is_not_found(client, db, address):
    assert client.get(address).status_code == 404


def test_the_archive_names_every_edition_by_its_month(client, db, django_assert_num_queries):
    for day in (date(2024, 6, 28), date(2024, 7, 1), date(2024, 7, 2)):
        make_published(day, papers=3)

    with django_assert_num_queries(3):
        page = client.get("/en/editions/").text

    assert page.index("July 2024") < page.index("Mon 1 July") < page.index("June 2024")
    assert page.count("and 2 more") == 3


def test_a_paper_shows_all_of_its_authors_in_order(client, db):
    names = [f"Author {number}" for number in range(3303)]
    paper = make_paper(authors=[{"name": name} for name in names])
    make_published(papers=[paper])

    page = client.get(f"/p/{paper.canonical_id}/").text

    assert ", ".join(names) in page
    assert "저자 3,303명 모두 보기" in page


def test_an_author_whom_the_source_hides_is_not_shown(client, db):
    paper = make_paper(authors=[{"name": "Ann Open"}, {"name": "Hal Hidden", "hidden": True}])
    make_published(papers=[paper])

    page = client.get(f"/p/{paper.canonical_id}/").text

    assert ("Ann Open" in page, "Hal Hidden" in page) == (True, False)


def test_a_paper_shows_the_authors_abstract_and_its_neighbours(client, db):
    first, paper, last = [make_paper(title=title) for title in ("Before It", "Itself", "After It")]
    make_published(papers=[first, paper, last])

    page = client.get(f"/en/p/{paper.canonical_id}/").text

    assert escape(paper.abstract) in page
    assert '<span>No. 1</span><b lang="en">Before It</b>' in page
    assert '<span>No. 3</span><b lang="en">After It</b>' in page


@pytest.mark.parametrize(
    ("writer", "said"),
    [
        (Summary.Writer.EXTRACT, "A program chose these sentences from the authors’ abstract"),
        (Summary.Writer.EDITOR, "An editor wrote it"),
        (Summary.Writer.DOCUMENT, "who wrote it is not recorded"),
    ],
)
def test_a_paper_says_who_wrote_of_it_and_from_what(client, db, writer, said):
    paper = make_paper()
    make_summary(
        paper, "en", writer=writer, source_kind="abstract", source_length=1432, source_sha256="0"
    )
    make_published(papers=[paper])

    page = client.get(f"/en/p/{paper.canonical_id}/").text

    assert said in page
    assert "It was written from the abstract, 1,432 characters." in page


def test_an_old_style_arxiv_id_with_a_slash_has_a_page(client, db):
    paper = make_paper(canonical_id="hep-th/9901001")
    make_published(papers=[paper])

    assert client.get("/p/hep-th/9901001/").status_code == 200


def test_an_address_that_no_paper_can_have_is_not_found(client, db):
    assert client.get("/p/%00/").status_code == 404


def test_strangers_text_stays_text(client, db):
    evil = "<script>alert(1)</script>\"'<img src=x onerror=alert(1)>"
    paper = make_paper(
        title=f"Beyond <think>: {evil}",
        authors=[{"name": evil}],
        organisation=evil,
        abstract=evil,
        image_url="javascript:alert(1)",
        code_url="javascript:alert(1)",
    )
    make_summary(paper, "ko", whats_new=evil, lead=evil, lead_by=evil)
    make_published(papers=[paper, make_paper()])

    for address in ("/", "/2024-07-03/", f"/p/{paper.canonical_id}/", "/editions/"):
        page = client.get(address).text
        assert "&lt;think&gt;" in page
        assert "<script" not in page and "<img src=x" not in page and "javascript:" not in page


def test_pages_say_where_they_stand_in_each_language(client, db, settings):
    settings.SITE_URL = "https://paperboy.example"
    make_published()

    for address, language in (("/2024-07-03/", "ko"), ("/en/2024-07-03/", "en")):
        page = client.get(address).text
        assert f'<html lang="{language}"' in page
        assert f'<link rel="canonical" href="https://paperboy.example{address}">' in page
        for code, twin in (("ko", "/2024-07-03/"), ("en", "/en/2024-07-03/")):
            assert f'hreflang="{code}" href="https://paperboy.example{twin}">' in page


def test_no_readers_page_sets_a_cookie_or_allows_inline_code(client, db):
    edition = make_published()
    paper = edition.entries.get().paper

    for address in ("/", "/editions/", "/2024-07-03/", f"/p/{paper.canonical_id}/", "/subscribe/"):
        answer = client.get(address)
        assert answer.status_code == 200
        assert not answer.cookies
        assert "unsafe" not in answer["Content-Security-Policy"]
        assert "default-src 'self'" in answer["Content-Security-Policy"]
        assert "<script" not in answer.text and "style=" not in answer.text


def test_the_desk_may_evaluate_and_readers_may_not(client, db):
    assert "'unsafe-eval'" in client.get("/admin/login/")["Content-Security-Policy"]


def test_what_is_not_there_is_said_in_words(client, db):
    answer = client.get("/en/no/such/page/")

    assert answer.status_code == 404
    assert "There is nothing at this address." in answer.text


def test_the_feed_lists_what_went_out_newest_first(client, db, settings):
    settings.SITE_URL = "https://paperboy.example"
    make_published(date(2024, 7, 2), papers=[make_paper(title="Earlier: A Study")])
    make_published(papers=[make_paper(title="Later & <b>: A Study"), make_paper()])

    answer = client.get("/en/feed/")

    channel = ElementTree.fromstring(answer.content).find("channel")
    assert [(item.findtext("title"), item.findtext("link")) for item in channel.iter("item")] == [
        (
            "Later &amp; &lt;b&gt; and 1 more · 3 July 2024",
            "https://paperboy.example/en/2024-07-03/",
        ),
        ("Earlier · 2 July 2024", "https://paperboy.example/en/2024-07-02/"),
    ]
    assert "Later &amp;amp; &amp;lt;b&amp;gt;" in answer.text
    assert channel.findtext("item/pubDate") == "Thu, 04 Jul 2024 07:00:00 +0900"
