import pytest

from newsletter.approve import approve_edition
from newsletter.render import render_edition
from tests.desk import desk_url
from tests.factories import make_edition, make_editor


@pytest.fixture
def desk(client, db):
    client.force_login(make_editor(may="view"))
    return client


def preview(edition, language, twin=""):
    return f"/admin/newsletter/edition/{edition.pk}/preview/{language}/{twin}"


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_preview_is_what_readers_get_with_harmless_examples(desk, language):
    edition = make_edition(papers=2)
    home = "https://paperboy.example/" + ("" if language == "ko" else f"{language}/")
    expected = render_edition(edition, language).filled(
        address="reader@example.org", unsubscribe_url=home
    )

    html = desk.get(preview(edition, language)).content.decode()
    text = desk.get(preview(edition, language, "text/")).content.decode()

    assert [html.replace('<base target="_blank">', "", 1), text] == [expected.html, expected.text]


def test_an_approved_edition_shows_the_frozen_bytes(desk):
    edition = make_edition()
    approve_edition(edition)
    before = desk.get(preview(edition, "ko", "text/")).content

    edition.entries.get().paper.summaries.update(whats_new="Rewritten since.")

    assert desk.get(preview(edition, "ko", "text/")).content == before


def test_the_page_shows_subject_preheader_and_weight_of_each_language(desk):
    edition = make_edition(papers=2)
    mails = [render_edition(edition, language) for language in ("ko", "en")]

    shown = desk.get(desk_url(edition)).context["desk"].previews

    assert [(each.subject, each.preheader, each.kilobytes) for each in shown] == [
        (mail.subject, mail.preheader, len(mail.html.encode()) // 1000) for mail in mails
    ]
    assert {each.limit_kilobytes for each in shown} == {90}


def test_a_language_that_the_newsletter_does_not_have_is_not_found(desk):
    assert desk.get(preview(make_edition(), "fr")).status_code == 404


def test_a_stranger_is_asked_to_log_in(client, db):
    answer = client.get(preview(make_edition(), "ko"))

    assert (answer.status_code, answer.url.partition("?")[0]) == (302, "/admin/login/")
