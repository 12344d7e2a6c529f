"""The edition as a whole: subject, preheader, frame and links; and the small mails."""

from dataclasses import replace

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext
from lxml import html

from newsletter.models import Rendition
from newsletter.render import render_edition, render_mail
from newsletter.render.mail import inlined
from papers.mend import rewrite
from papers.models import Summary
from tests.factories import make_edition, make_newsletter, make_paper

SITE = "https://paperboy.example"
LANGUAGES = pytest.mark.parametrize("language", ["ko", "en"])
BY_A_MODEL = (
    "Summaries are written by a language model from the abstract or the full text, and a program"
    " checks them against it."
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def site(settings):
    settings.SITE_URL = SITE


def papers(count):
    names = ["Postbox", "Satchel", "Bicycle", "Doormat", "Doorbell", "Garden Gate"]
    return [
        make_paper(
            title=f"{names[number % len(names)]} {number + 1}: A Study",
            image_url=f"https://pictures.example/{number}.png",
        )
        for number in range(count)
    ]


def links(mail):
    return html.fromstring(mail.html).xpath("//a/@href")


def words(element):
    return " ".join(element.text_content().split())


def write(edition, language, **fields):
    Rendition.objects.filter(edition=edition, language=language).update(**fields)


@pytest.mark.parametrize(
    ("language", "count", "subject"),
    [
        ("ko", 12, "Postbox 1 외 11편 · 7월 3일 Paperboy"),
        ("en", 12, "Postbox 1 and 11 more · Paperboy, 3 July"),
        ("ko", 1, "Postbox 1 · 7월 3일 Paperboy"),
        ("en", 1, "Postbox 1 · Paperboy, 3 July"),
        ("ko", 0, "7월 3일 Paperboy"),
        ("en", 0, "Paperboy, 3 July"),
    ],
)
def test_the_subject_names_the_first_paper_and_counts_the_rest(language, count, subject):
    edition = make_edition(papers=papers(count))

    mail = render_edition(edition, language)

    assert mail.subject == subject
    assert html.fromstring(mail.html).findtext(".//title") == subject


def test_what_the_editor_wrote_stands_as_written():
    edition = make_edition(papers=papers(3))
    write(edition, "en", subject="Parcels & posts", preheader="Read <this>", intro="One.\nTwo.")

    mail = render_edition(edition, "en")

    page = html.fromstring(mail.html)
    assert (mail.subject, mail.preheader) == ("Parcels & posts", "Read <this>")
    assert page.find_class("pre")[0].text.startswith("Read <this>\u034f")
    assert [line.strip() for line in page.find_class("intro")[0].itertext()] == ["One.", "Two."]
    assert "One.\nTwo." in mail.text


@LANGUAGES
@pytest.mark.parametrize("count", [1, 2, 12, 40])
def test_the_default_preheader_is_as_long_as_inboxes_show_and_does_not_repeat_the_subject(
    language, count
):
    mail = render_edition(make_edition(papers=papers(count)), language)

    assert 40 <= len(mail.preheader) <= 130
    assert "Postbox 1," not in mail.preheader
    assert mail.subject not in mail.preheader


def test_the_preheader_is_the_first_text_of_the_body_and_kept_from_screen_readers():
    mail = render_edition(make_edition(papers=papers(2)), "en")

    first = html.fromstring(mail.html).find("body")[0]
    assert first.text.startswith(mail.preheader)
    assert (first.get("aria-hidden"), "display:none" in first.get("style")) == ("true", True)


def test_a_mail_reads_from_the_masthead_to_the_foot():
    newsletter = make_newsletter(
        name="Parcels", postal_address="1 Some Street", reply_to="desk@paperboy.example"
    )
    edition = make_edition(newsletter, papers=papers(2))

    page = html.fromstring(render_edition(edition, "en").html)

    assert [words(part) for part in page.xpath("//*[self::h1 or self::h2]")] == [
        "Wednesday, 3 July 2024",
        "Postbox 1: A Study",
        "Satchel 2: A Study",
    ]
    assert words(page.find_class("mark")[0]) == "Paperboy"
    assert words(page.find_class("fol")[0]) == "2 papers · Read on the web · 한국어"
    assert words(page.find_class("end")[0]) == "That is all for today. Read this edition on the web"
    assert [words(line) for line in page.find_class("foot")[0]] == [
        "You receive this because you signed up as __ADDRESS__ and confirmed it.",
        "Unsubscribe · Change settings · Past editions",
        "Summaries are written by an editor. The papers belong to their authors.",
        "Paperboy · Parcels · 1 Some Street · desk@paperboy.example",
    ]


def test_a_korean_mail_says_so_and_marks_what_is_english():
    page = html.fromstring(render_edition(make_edition(papers=papers(1)), "ko").html)

    assert page.get("lang") == "ko"
    assert words(page.find(".//h1")) == "2024년 7월 3일 수요일"
    assert [title.get("lang") for title in page.iter("h2")] == ["en"]
    assert [words(part) for part in page.find_class("part")] == [
        "새로운 점 소포를 찾는 지도를 만들었습니다.",
        "기술 내용 길마다 번호를 붙였습니다.",
        "주요 성과 열 개 가운데 아홉 개를 찾았습니다.",
    ]


def test_only_the_first_picture_is_large():
    page = html.fromstring(render_edition(make_edition(papers=papers(3)), "en").html)

    sizes = [(picture.get("width"), picture.get("height")) for picture in page.iter("img")]
    assert sizes == [("536", "289"), ("144", "78"), ("144", "78")]


def test_the_css_stands_in_style_attributes_and_only_what_cannot_stays_in_a_block():
    mail = render_edition(make_edition(papers=papers(2)), "ko")

    page = html.fromstring(mail.html)
    assert mail.html.startswith("<!DOCTYPE html>\n<html")
    assert [block.text.strip().split("{")[0] for block in page.iter("style")] == [":root"]
    assert "prefers-color-scheme:dark" in page.find(".//style").text
    assert "font-size:29px" in page.find(".//h2").get("style")
    assert page.find(".//h2").get("class") == "lead"


def test_inlining_fetches_nothing(httpserver):
    sheet = httpserver.url_for("/sheet.css")

    inlined(f'<!DOCTYPE html><html><head><link rel="stylesheet" href="{sheet}"></head></html>')

    assert httpserver.log == []


def test_the_same_rows_give_the_same_bytes():
    edition = make_edition(papers=papers(3))

    once, again = render_edition(edition, "ko"), render_edition(edition, "ko")

    assert (once, once.sha256) == (again, again.sha256)
    assert replace(once, subject="Another").sha256 != once.sha256


def test_an_edition_that_stays_as_it_is_is_written_once():
    edition = make_edition(papers=papers(3))

    first = render_edition(edition, "ko")

    assert render_edition(edition, "ko") is first


def test_whatever_changes_is_in_the_next_mail(settings):
    edition = make_edition(papers=papers(3))
    before = render_edition(edition, "en")
    entry = edition.entries.first()
    entry.note = "Read this one first."
    entry.save()
    noted = render_edition(edition, "en")
    edition.newsletter.postal_address = "1 Post Road"
    moved = render_edition(edition, "en")
    settings.SITE_URL = "https://elsewhere.example"

    assert "Read this one first." in noted.html and "Read this one first." not in before.html
    assert "1 Post Road" in moved.html and "1 Post Road" not in noted.html
    assert "https://elsewhere.example" in render_edition(edition, "en").html


def test_writing_a_mail_asks_nothing_of_the_database(django_assert_num_queries):
    edition = make_edition(papers=papers(3))
    with CaptureQueriesContext(connection) as gathered_and_written:
        first = render_edition(edition, "ko")

    with django_assert_num_queries(len(gathered_and_written)):  # it is only gathered
        assert render_edition(edition, "ko") is first


def test_what_differs_between_readers_stays_a_slot():
    mail = render_edition(make_edition(papers=papers(1)), "en")

    assert [body.count("__ADDRESS__") for body in (mail.html, mail.text)] == [1, 1]
    assert [body.count("__UNSUBSCRIBE_URL__") for body in (mail.html, mail.text)] == [2, 2]
    assert 'href="__UNSUBSCRIBE_URL__"' in mail.html


@LANGUAGES
def test_the_text_carries_every_title_and_every_link_of_the_html(language):
    edition = make_edition(papers=[make_paper(authors=[{"name": "A"}] * 5), *papers(12)])

    mail = render_edition(edition, language)

    titles = [words(title) for title in html.fromstring(mail.html).iter("h2")]
    text = " ".join(mail.text.split())
    assert [title for title in titles if title not in text] == []
    assert [link for link in links(mail) if link not in mail.text] == []


def test_every_link_is_whole_and_leads_to_the_site_or_the_paper():
    edition = make_edition(papers=papers(1))

    found = set(links(render_edition(edition, "en")))

    number = edition.entries.get().paper.canonical_id
    assert found == {
        "__UNSUBSCRIBE_URL__",
        "__UNSUBSCRIBE_URL__choices/",
        f"{SITE}/en/",
        f"{SITE}/en/2024-07-03/",
        f"{SITE}/2024-07-03/",
        f"{SITE}/en/editions/",
        f"https://arxiv.org/abs/{number}",
        f"https://arxiv.org/pdf/{number}",
        f"https://huggingface.co/papers/{number}",
    }


@LANGUAGES
def test_a_mail_holds_nothing_that_runs_or_is_fetched_but_sized_https_pictures(language):
    page = html.fromstring(render_edition(make_edition(papers=papers(3)), language).html)

    assert (
        page.xpath("//script | //link | //form | //iframe | //@*[starts-with(name(), 'on')]") == []
    )
    for picture in page.iter("img"):
        assert picture.get("src").startswith("https://")
        assert all(picture.get(name) for name in ("width", "height", "alt"))


def test_layout_tables_are_no_tables_to_a_screen_reader():
    page = html.fromstring(render_edition(make_edition(papers=papers(3)), "ko").html)

    assert {table.get("role") for table in page.iter("table")} == {"presentation"}
    assert page.xpath("//th | //caption") == []


@pytest.mark.parametrize(
    ("writers", "approved", "sentence"),
    [
        (["editor"], False, "Summaries are written by an editor."),
        (["extract"], False, "Excerpts are sentences from the authors’ abstracts."),
        (
            ["editor", "extract"],
            True,
            "Summaries are written by an editor. Excerpts are sentences from the authors’"
            " abstracts. An editor has looked over this edition.",
        ),
        (["model", "document"], False, BY_A_MODEL),
        (
            ["model", "editor", "extract"],
            True,
            f"{BY_A_MODEL} Some are written by an editor. Excerpts are sentences from the authors’"
            " abstracts. An editor has looked over this edition.",
        ),
        (["document"], False, ""),
    ],
)
def test_the_foot_claims_only_what_is_known_of_who_wrote_and_looked(writers, approved, sentence):
    edition = make_edition(papers=papers(len(writers)))
    for entry, writer in zip(edition.entries.all(), writers, strict=True):
        Summary.objects.filter(paper=entry.paper).update(writer=writer)
    edition.approved_by = get_user_model().objects.create_user("eve") if approved else None

    page = html.fromstring(render_edition(edition, "en").html)

    whole = f"{sentence} The papers belong to their authors.".strip()
    assert words(page.find_class("foot")[0][2]) == whole


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        (
            "en",
            f"{BY_A_MODEL} Some were changed by an editor. The papers belong to their authors.",
        ),
        (
            "ko",
            "요약은 언어 모델이 초록이나 본문을 읽고 쓰며, 프로그램이 그 글과 대조해 검사합니다. "
            "일부는 편집자가 고쳤습니다. 논문의 권리는 저자에게 있습니다.",
        ),
    ],
)
def test_the_foot_names_the_model_of_whose_words_an_editor_changed_one(language, sentence):
    editor = get_user_model().objects.create_user("eve")
    edition = make_edition(papers=papers(1))
    summary = Summary.objects.get(paper=edition.entries.get().paper, language=language)
    Summary.objects.filter(pk=summary.pk).update(writer="model")
    rewrite(summary, editor, summary.written_at, ["whats_new"])

    mail = render_edition(edition, language)

    foot = html.fromstring(mail.html).find_class("foot")[0]
    assert words(foot[2]) == sentence
    assert sentence in " ".join(mail.text.split())


def test_rendering_asks_the_database_as_often_for_many_entries_as_for_one(
    django_assert_max_num_queries,
):
    edition = make_edition(papers=papers(12))

    with django_assert_max_num_queries(3):
        render_edition(edition, "ko")


@pytest.mark.parametrize(
    ("language", "subject"),
    [
        ("ko", "Paperboy 구독을 확인해 주세요"),
        ("en", "Please confirm your Paperboy subscription"),
    ],
)
def test_the_confirmation_shows_its_link_as_a_button_and_bare(daily_papers, language, subject):
    link = f"{SITE}/c/1-abc/"

    mail = render_mail("confirm", {"confirm_url": link, "newsletter": daily_papers}, language)

    page = html.fromstring(mail.html)
    assert (mail.subject, words(page.find(".//h1"))) == (subject, subject)
    assert [a.get("class") for a in page.iter("a") if a.get("href") == link] == ["btna", "f"]
    assert f"\n{link}\n" in mail.text
    assert "__" not in mail.html + mail.text
    assert page.find(".//img") is None
