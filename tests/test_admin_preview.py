import re
from datetime import date

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext
from lxml import html

from newsletter import frames
from newsletter.approve import approve_edition
from newsletter.render import render_edition
from newsletter.render.defaults import defaults
from newsletter.weight import weight_of
from tests.desk import desk_url
from tests.factories import make_edition, make_editor


@pytest.fixture
def desk(client, db):
    client.force_login(make_editor(may="view"))
    return client


def preview(edition, language="", part=""):
    start = f"/admin/newsletter/edition/{edition.pk}/preview/"
    return start + (f"{language}/" if language else "") + part


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_preview_is_what_readers_get_with_harmless_examples(desk, language):
    edition = make_edition(papers=2)
    home = "https://paperboy.example/" + ("" if language == "ko" else f"{language}/")
    expected = render_edition(edition, language).filled(
        address="reader@example.org", unsubscribe_url=home
    )

    page = desk.get(preview(edition, language)).content.decode()
    text = desk.get(preview(edition, language, "text/")).content.decode()

    assert [page.replace('<base target="_blank">', "", 1), text] == [expected.html, expected.text]


def test_an_approved_edition_shows_the_frozen_bytes(desk):
    edition = make_edition()
    approve_edition(edition)
    before = desk.get(preview(edition, "ko", "text/")).content

    edition.entries.get().paper.summaries.update(whats_new="Rewritten since.")

    assert desk.get(preview(edition, "ko", "text/")).content == before


@pytest.mark.parametrize(
    ("query", "address"),
    [
        ("?language=en&part=phone&look=dark&program=gmail", "en/?look=dark&program=gmail"),
        ("?language=ko&part=text&look=light&program=", "ko/text/?look=light&program="),
        ("", "ko/?"),
    ],
)
def test_the_form_of_the_preview_leads_to_the_page_that_was_chosen(desk, query, address):
    edition = make_edition()

    answer = desk.get(preview(edition) + query)

    assert answer.url == preview(edition) + address


def test_each_choice_shows_another_page(desk):
    edition = make_edition(papers=2)
    choices = ["", "?look=light", "?look=dark", "?look=light&pictures=off", "?program=outlook"]

    pages = [desk.get(preview(edition, "ko") + choice).content for choice in choices]

    assert len(set(pages)) == len({*choices} - {"?look=light&pictures=off"})
    assert all("소포를 찾는 지도를".encode() in page for page in pages)


def test_a_program_that_nobody_knows_is_not_found(desk):
    assert desk.get(preview(make_edition(), "ko", "?program=pigeon")).status_code == 404


def test_the_mail_in_the_frame_runs_no_script_and_the_frame_allows_what_the_mail_does(desk):
    edition = make_edition()
    answer = desk.get(preview(edition, "ko"))

    page = html.fromstring(desk.get(desk_url(edition)).content.decode())

    [frame] = page.xpath("//iframe")
    assert frame.get("sandbox") == frames.SCROLLED_BY_US
    assert "allow-scripts" not in frames.SCROLLED_BY_US
    assert f"sandbox {frames.SCROLLED_BY_US}" in answer["Content-Security-Policy"]
    assert "default-src 'none'" in answer["Content-Security-Policy"]


def test_the_page_draws_the_line_of_each_inbox(desk):
    edition = make_edition(papers=2)
    edition.newsletter.from_name = "Kim of Paperboy"
    edition.newsletter.save()

    page = html.fromstring(desk.get(desk_url(edition)).content.decode())

    [korean, english] = page.find_class("inbox")
    assert [each.text for each in english.find_class("from")] == ["Kim of Paperboy"] * 3
    assert english.find_class("subject")[0].text.startswith("Letters Home and 1 more")
    assert korean.find_class("subject")[0].text.startswith("Letters Home 외 1편")


def test_what_is_typed_is_measured_before_it_is_saved(desk):
    edition = make_edition(papers=2)
    typed = {"subject": "가" * 40, "preheader": "Alpha"}

    page = html.fromstring(desk.get(preview(edition, "ko", "inbox/"), typed).content.decode())

    assert [each.text for each in page.find_class("subject")] == [
        "가" * 21 + "…",
        "가" * 14 + "…",
        "가" * 19 + "…",
    ]
    assert [each.text for each in page.find_class("preheader")] == ["Alpha"] * 3
    assert len(page.find_class("warning")) == 1


def test_what_is_typed_blank_shows_what_will_be_written(desk):
    edition = make_edition(papers=2)
    edition.renditions.update(subject="Mine")
    expected = defaults(edition, "en")

    typed = {"subject": " ", "preheader": ""}
    blank = desk.get(preview(edition, "en", "inbox/"), typed).context["envelope"]
    saved = desk.get(preview(edition, "en", "inbox/")).context["envelope"]

    assert (blank.subject, blank.preheader) == (expected.subject, expected.preheader)
    assert (saved.subject, saved.preheader) == ("Mine", expected.preheader)


def test_an_approved_edition_keeps_its_line(desk):
    edition = make_edition()
    approve_edition(edition)
    frozen = edition.renditions.get(language="ko").frozen_subject
    edition.entries.get().paper.__class__.objects.update(title="Renamed since")

    assert desk.get(preview(edition, "ko", "inbox/")).context["envelope"].subject == frozen


def test_a_blank_field_shows_what_will_be_written_in_grey(client, db):
    client.force_login(make_editor())
    edition = make_edition(papers=2)

    page = html.fromstring(client.get(desk_url(edition)).content.decode())

    shown = {
        each.xpath("ancestor::fieldset")[0].get("data-language"): each.get("placeholder")
        for each in page.xpath("//input[contains(@name, '-subject')]")
    }
    assert shown == {code: defaults(edition, code).subject for code in ("ko", "en")}


def test_the_length_of_the_final_part_is_told_beside_gmails_limit(desk):
    edition = make_edition(papers=2)

    answer = desk.get(preview(edition, "ko", "weight/"))

    filled = render_edition(edition, "ko").filled(
        address="reader@example.org", unsubscribe_url="https://paperboy.example/"
    )
    assert answer.context["weight"] == weight_of(filled)
    assert "102 KB" in answer.content.decode()


def test_what_is_shortened_for_gmail_is_listed(desk):
    edition = make_edition(papers=3)
    edition.entries.first().paper.summaries.update(whats_new="아주 긴 이야기를 합니다. " * 4000)

    page = html.fromstring(desk.get(preview(edition, "ko", "weight/")).content.decode())

    assert len(page.xpath("//li")) == 3


def test_a_page_with_thirty_papers_asks_the_database_no_more_than_one_with_two(desk):
    small, large = (make_edition(papers=count, date=date(2024, 7, count)) for count in (2, 30))

    desk.get(desk_url(small))  # remembers the editor's language

    counts = []
    for edition in (small, large):
        with CaptureQueriesContext(connection) as queries:
            desk.get(desk_url(edition))
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 50


def test_a_language_that_the_newsletter_does_not_have_is_not_found(desk):
    edition = make_edition()

    parts = ["", "text/", "inbox/", "weight/"]
    assert {desk.get(preview(edition, "fr", part)).status_code for part in parts} == {404}


@pytest.mark.parametrize("part", ["", "text/", "inbox/", "weight/"])
def test_a_stranger_is_asked_to_log_in(client, db, part):
    answer = client.get(preview(make_edition(), "ko", part))

    assert (answer.status_code, answer.url.partition("?")[0]) == (302, "/admin/login/")


def test_who_may_see_no_editions_sees_no_preview(client, db):
    editor = make_editor()
    editor.user_permissions.clear()
    client.force_login(editor)

    assert client.get(preview(make_edition(), "ko")).status_code == 403


def test_without_script_each_language_has_a_link_to_its_length(desk):
    edition = make_edition()

    page = desk.get(desk_url(edition)).content.decode()

    links = re.findall(r'<noscript><a href="([^"]+)" target="mail"', page)
    assert links == [preview(edition, code, "weight/") for code in ("ko", "en")]


def test_the_table_of_what_programs_leave_out_names_its_sources(desk):
    page = render_to_string(
        "admin/newsletter/edition/_truth.html",
        {"desk": desk.get(desk_url(make_edition())).context["desk"]},
    )

    assert page.count("https://www.caniemail.com/features/css-border-radius/") == 1
    assert "네이버" in page


def test_what_is_written_into_blank_fields_is_made_once_a_language(client, db):
    client.force_login(make_editor())
    edition = make_edition(papers=2)
    client.get(desk_url(edition))  # writes the mails, which are kept

    page = client.get(desk_url(edition))

    written = [each.name for each in page.templates]
    assert written.count("email/edition.subject.txt") == 2
