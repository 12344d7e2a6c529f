"""One entry, as mail, site and preview print it."""

import pytest
from django.utils import timezone
from lxml import html

from newsletter.models import Entry
from newsletter.render import printed_entries, render_edition
from papers.models import Paper, Summary
from tests.factories import make_edition, make_paper

pytestmark = pytest.mark.django_db


def edition_of(*, summary=None, entry=None, **paper_fields):
    """An edition with one paper, its Korean summary and its entry changed as told."""
    paper = make_paper(**paper_fields)
    edition = make_edition(papers=[paper])
    Summary.objects.filter(paper=paper).update(**(summary or {}))
    Entry.objects.filter(paper=paper).update(**(entry or {}))
    return edition


def printed(language="ko", **fields):
    (entry,) = printed_entries(edition_of(**fields), language)
    return entry


def shown(language="ko", **fields):
    """What a reader sees of the entry, a line a block, the head and the links left out."""
    page = html.fromstring(render_edition(edition_of(**fields), language).html)
    blocks = page.get_element_by_id("p1").xpath(".//p")
    return [" ".join(" ".join(block.itertext()).split()) for block in blocks][:-1]


def skeleton(mail):
    """Every element of a page with the names of its attributes: what markup there is."""
    elements = html.fromstring(mail.html).iter("*")
    return [(element.tag, *sorted(element.attrib)) for element in elements]


def test_the_first_three_authors_stand_in_the_papers_order():
    authors = [{"name": name} for name in ("Zoe Zhu", "Adam Ahn", "Zoe Zhu", "Bob Baker")]

    assert shown(authors=authors)[0] == "Zoe Zhu, Adam Ahn, Zoe Zhu 외 1명"


def test_of_3303_authors_three_are_printed_and_the_rest_lead_to_the_papers_page(settings):
    settings.SITE_URL = "https://paperboy.example"
    authors = [{"name": f"Author {number}"} for number in range(3_303)]

    mail = render_edition(edition_of(authors=authors, canonical_id="2507.06261"), "en")

    more = html.fromstring(mail.html).get_element_by_id("p1").find_class("q")[0]
    assert more.text == "+ 3,300 more"
    assert more.get("href") == "https://paperboy.example/en/p/2507.06261/#authors"
    assert "Author 3," not in mail.html


def test_an_author_whom_the_source_hides_is_not_printed():
    authors = [{"name": "Alice Ahn"}, {"name": "Bob Baker", "hidden": True}]

    assert printed(authors=authors).authors == ("Alice Ahn",)


def test_a_zero_is_not_printed():
    fields = {"code_url": "https://github.com/example/x", "code_star_count": 0}

    entry = printed(entry={"vote_count": 0, "comment_count": 0}, **fields)

    assert [link.label for link in entry.links] == ["arXiv", "PDF", "토론", "코드"]


@pytest.mark.parametrize(("votes", "words"), [(None, ""), (0, ""), (1, "1 vote"), (42, "42 votes")])
def test_votes_are_words_and_none_are_no_words(votes, words):
    mail = render_edition(edition_of(entry={"vote_count": votes}), "en")

    assert html.fromstring(mail.html).find_class("votes")[0].text_content() == words


@pytest.mark.parametrize(
    ("count", "label"),
    [(7, "★ 7"), (999, "★ 999"), (1_234, "★ 1.2k"), (9_960, "★ 10k"), (123_456, "★ 123k")],
)
def test_stars_are_counted_in_thousands(count, label):
    entry = printed("en", code_url="https://github.com/example/x", code_star_count=count)

    assert entry.links[-1].label == f"Code {label}"


def test_an_excerpt_says_what_it_is_and_keeps_its_language():
    excerpt = {
        "writer": "extract",
        "text_language": "en",
        "whats_new": "We propose a map.",
        "technical_details": "",
        "performance_highlights": "",
        "lead": "Maps for parcels.",
        "lead_by": "Hugging Face",
    }

    edition = edition_of(summary=excerpt)
    page = html.fromstring(render_edition(edition, "ko").html)
    blocks = page.get_element_by_id("p1").xpath(".//p")[1:-1]

    assert [" ".join(block.text_content().split()) for block in blocks] == [
        "Maps for parcels. — Hugging Face",
        "초록 발췌 요약이 아니라 저자가 쓴 초록의 일부입니다.",
        "새로운 점 We propose a map.",
        "주요 성과 초록에 결과가 적혀 있지 않습니다.",
    ]
    assert [block.xpath(".//span/@lang") for block in blocks] == [["en"], [], ["en"], []]


def test_a_part_that_nobody_wrote_is_left_out_with_its_label():
    assert shown(summary={"technical_details": "  ", "whats_new": ""})[1:] == [
        "주요 성과 열 개 가운데 아홉 개를 찾았습니다."
    ]


def test_a_paper_without_a_summary_is_its_title_and_its_links():
    edition = edition_of()
    Summary.objects.all().delete()

    mail = render_edition(edition, "ko")

    assert html.fromstring(mail.html).find_class("part") == []
    assert "Letters Home: How Parcels Find Their Way" in mail.html
    assert "https://arxiv.org/abs/" in mail.text


def test_note_and_withdrawal_stand_above_the_summary_and_what_is_further_below():
    summary = {"further": [["한계", "비에 약합니다."], ["", "끝."]], "technical_details": ""}

    lines = shown(summary=summary, entry={"note": "첫 줄\n둘째 줄"}, withdrawn_at=timezone.now())

    assert lines[1:] == [
        "저자가 이 논문을 거두어들였습니다.",
        "첫 줄 둘째 줄",
        "새로운 점 소포를 찾는 지도를 만들었습니다.",
        "주요 성과 열 개 가운데 아홉 개를 찾았습니다.",
        "한계 비에 약합니다.",
        "끝.",
    ]


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_words_that_repeat_under_every_entry_are_told_apart_for_screen_readers(language):
    page = html.fromstring(render_edition(make_edition(papers=2), language).html)

    names = page.xpath("//p[@class='links']/a/@aria-label")
    assert names[1] == "PDF: Letters Home"
    assert page.xpath("//p[@class='links']/a[2]/text()") == ["PDF", "PDF"]


HOSTILE = [
    "Think: <think>Slow</think> & Fast",
    '"><img src=x onerror=alert(1)><script>alert(2)</script>',
    "' onmouseover='alert(3)",
    "{{ 7|add:7 }} {% load x %} %(votes)s %s",
    "Costs $5 & earns \\$6: $\\tau$-bench with \\textbf{bold}",
    "<!--[if mso]> --> <![CDATA[ ]]> </style></title></table>",
    "&lt;b&gt; &amp;amp; &#0;",
    "😀 𝔘𝔫𝔦𝔠𝔬𝔡𝔢 한글 ไทย",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_strangers_text_shows_as_typed_and_adds_no_markup(text):
    harmless = render_edition(edition_with("Plain"), "en")
    Paper.objects.all().update(title=text, organisation=text, authors=[{"name": text}])
    Summary.objects.all().update(whats_new=text, lead=text, lead_by=text, further=[[text, text]])
    Entry.objects.all().update(note=text)

    mail = render_edition(Entry.objects.get().edition, "en")

    page = html.fromstring(mail.html)
    assert skeleton(mail) == skeleton(harmless)
    assert page.find(".//h2/a").text == text
    assert page.find_class("part")[0].find("span").text == text
    assert f"1. {text}"[:40] in mail.text


def edition_with(text):
    return edition_of(
        title=text,
        organisation=text,
        authors=[{"name": text}],
        image_url="https://pictures.example/x.png",
        summary={"lead": text, "lead_by": text, "further": [[text, text]]},
        entry={"note": text},
    )


def test_a_title_cannot_turn_the_reading_direction_or_break_the_page():
    entry = printed(title="Abc \u202egnirts\u2066\x01 de\x85f\u2028 ghi\n  jkl")

    assert entry.title == "Abc gnirts de f ghi jkl"


@pytest.mark.parametrize("text", ["__ADDRESS__", "____ADDRESS____", "___UNSUBSCRIBE_URL__x"])
def test_a_strangers_text_is_never_taken_for_a_slot(text):
    edition = edition_of(title=text, summary={"whats_new": text}, entry={"note": text})

    mail = render_edition(edition, "en")

    for body in (mail.html, mail.text):
        assert (body.count("__ADDRESS__"), body.count("__UNSUBSCRIBE_URL__")) == (1, 2)


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "/papers/1",
        "//evil.example/x",
        "https://",
        "https://[broken",
        "ftp://example.org/x",
        "https://evil.example/?reader=__ADDRESS__",
        "https://example.org/" + "x" * 900,
    ],
)
def test_a_link_that_is_no_web_address_or_holds_a_slot_is_left_out(url):
    entry = printed("en", code_url=url, image_url=url)

    assert [link.label for link in entry.links] == ["arXiv", "PDF", "Discussion"]
    assert entry.picture_url == ""


def test_a_picture_without_tls_leaves_the_whole_width_to_the_title():
    mail = render_edition(edition_of(image_url="http://pictures.example/x.png"), "en")

    page = html.fromstring(mail.html)
    assert (page.find(".//img"), page.find_class("big")) == (None, [])


def test_the_sites_own_pictures_are_printed_wherever_it_runs(settings):
    settings.SITE_URL = "http://localhost:8000"

    entry = printed(image_url="http://localhost:8000/static/newsletter/x.png")

    assert entry.picture_url == "http://localhost:8000/static/newsletter/x.png"


def test_a_long_title_names_its_picture_and_its_links_in_short():
    entry = printed(title="A Title of Many Words " * 9, image_url="https://pictures.example/x.png")

    assert entry.picture_alt == "그림: A Title of Many Words…"
    assert entry.name == "A Title of Many Words A Title of Many Words A Title of Many…"


def test_an_editors_headline_stands_in_place_of_the_title_in_its_language():
    edition = edition_of(title="Blue Letters: A Map", entry={"headlines": {"ko": "소포를 찾는 법"}})

    (korean,), (english,) = (printed_entries(edition, code) for code in ("ko", "en"))

    assert (korean.title, korean.name, korean.title_lang, korean.own_title) == (
        "소포를 찾는 법",
        "소포를 찾는 법",
        "",
        "Blue Letters: A Map",
    )
    assert (english.title, english.own_title) == ("Blue Letters: A Map", "")


def test_the_papers_own_title_stands_below_a_headline():
    edition = edition_of(title="Blue Letters: A Map", entry={"headlines": {"ko": "소포를 찾는 법"}})

    mail = render_edition(edition, "ko")

    [title] = html.fromstring(mail.html).get_element_by_id("p1").xpath(".//h2")
    assert title.text_content() == "소포를 찾는 법"
    assert title.getnext().text_content() == "Blue Letters: A Map"
    assert title.getnext().get("lang") == "en"
    assert "1. 소포를 찾는 법\nBlue Letters: A Map\n" in mail.text
    assert mail.subject.startswith("소포를 찾는 법")


def test_a_headline_cannot_bring_markup_or_a_slot():
    headline = "<b>Lost</b> __UNSUBSCRIBE_URL__\u202e"

    assert printed("en", entry={"headlines": {"en": headline}}).title == (
        "<b>Lost</b> UNSUBSCRIBE_URL"
    )
