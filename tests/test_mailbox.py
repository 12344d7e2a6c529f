import pytest
from django.core.mail import EmailMultiAlternatives, get_connection

from newsletter import frames, mailbox
from tests.factories import DAY

BACKEND = "newsletter.mailbox.EmailBackend"


@pytest.fixture
def folder(settings, tmp_path):
    settings.DEBUG = True
    settings.MAILDIR = str(tmp_path / "deep" / "mail")
    return tmp_path / "deep" / "mail"


def send(subject="안녕하세요", *, text="첫 줄\n둘째 줄", html="") -> EmailMultiAlternatives:
    message = EmailMultiAlternatives(
        subject, text, "Paperboy <paper@example.org>", ["alice@example.org"]
    )
    if html:
        message.attach_alternative(html, "text/html")
    message.extra_headers = {
        "Message-ID": f"<{DAY}@example.org>",
        "Date": "Wed, 3 Jul 2024 07:00:00 +0900",
    }
    assert get_connection(BACKEND).send_messages([message]) == 1
    return message


def test_a_message_is_kept_with_the_bytes_that_smtp_would_get(folder):
    message = send()

    (letter,) = mailbox.letters()
    assert letter.source() == message.message().as_bytes(linesep="\r\n")
    assert [file.name for file in (folder / "tmp").iterdir()] == []


def test_the_newest_message_stands_first(folder):
    for subject in ("one", "two", "three"):
        send(subject)

    assert [letter.message()["Subject"] for letter in mailbox.letters()] == ["three", "two", "one"]


def test_an_empty_mailbox_that_was_never_made_lists_nothing(folder, client):
    assert mailbox.letters() == []
    assert "아직 보낸 편지가 없습니다." in client.get("/mailbox/").text


@pytest.mark.parametrize("key", ["..", ".", "secret", "%2e%2e%2fsecret", "..%2F..%2Fsecret"])
def test_a_key_is_never_a_path(folder, client, key):
    send()
    (folder.parent / "secret").write_text("secret")
    (folder / "secret").write_text("secret")

    for address in (f"/mailbox/{key}/html/", f"/mailbox/{key}.eml"):
        assert client.get(address).status_code == 404
    assert mailbox.letter("../secret") is None


def test_the_list_tells_subject_reader_and_language(folder, client):
    send(html='<!DOCTYPE html><html lang="ko" dir="ltr"><head></head><body>안녕</body></html>')

    page = client.get("/mailbox/").text

    assert "안녕하세요" in page
    assert "alice@example.org" in page
    assert "· ko" in page


def test_a_message_shows_its_text_headers_and_source(folder, client):
    send(html="<html><head></head><body><b>굵게</b></body></html>")
    (letter,) = mailbox.letters()

    page = client.get(f"/mailbox/{letter.key}/").text

    assert "첫 줄\n둘째 줄" in page
    assert "<dt>Message-ID</dt><dd>&lt;2024-07-03@example.org&gt;</dd>" in page
    assert "Content-Transfer-Encoding" in page
    assert page.count("sandbox=") == 2
    assert "<b>굵게</b>" not in page


def test_the_html_is_shown_as_a_mail_inside_a_page(folder, client):
    html = '<html><head></head><body><script>alert(1)</script><a href="/">x</a></body></html>'
    send(html=html)
    (letter,) = mailbox.letters()

    answer = client.get(f"/mailbox/{letter.key}/html/")

    expected = frames.html_page(html)
    assert (answer["Content-Security-Policy"], answer.content.strip()) == (
        expected["Content-Security-Policy"],
        expected.content,
    )


@pytest.mark.parametrize(
    ("scheme", "query"), [("dark", "(min-width:0)"), ("light", "(max-width:0)")]
)
def test_a_mail_can_be_seen_in_either_colour(folder, client, scheme, query):
    send(html="<html><head><style>@media (prefers-color-scheme: dark){}</style></head></html>")
    (letter,) = mailbox.letters()

    page = client.get(f"/mailbox/{letter.key}/html/?scheme={scheme}").text

    assert f"@media {query}{{}}" in page


def test_the_download_has_the_same_bytes(folder, client):
    send()
    (letter,) = mailbox.letters()

    answer = client.get(f"/mailbox/{letter.key}.eml")

    assert answer.content == letter.source()
    assert answer["Content-Disposition"] == f'attachment; filename="{letter.key}.eml"'


def test_a_message_that_is_no_mail_does_not_break_the_list(folder, client):
    send()
    (folder / "new" / "1.odd").write_bytes(
        b"\xff\xfe no header\r\nSubject: =?utf-8?b?broken\r\n\r\n"
    )

    assert client.get("/mailbox/").status_code == 200
    assert client.get("/mailbox/1.odd/").status_code == 200


@pytest.mark.parametrize(
    "elsewhere",
    [{"DEBUG": False}, {"MAILDIR": ""}],
)
def test_there_is_no_mailbox_where_mail_leaves_or_strangers_come(
    folder, client, settings, elsewhere
):
    send()
    (letter,) = mailbox.letters()
    for name, value in elsewhere.items():
        setattr(settings, name, value)

    for address in ("", f"{letter.key}/", f"{letter.key}/html/", f"{letter.key}.eml"):
        assert client.get(f"/mailbox/{address}").status_code == 404
