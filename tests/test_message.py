"""The exact bytes that leave. Every check reads what SMTP would be given."""

import re
from datetime import UTC, date, datetime, timedelta
from email.header import decode_header, make_header
from email.utils import parseaddr

import pytest
from django.core import mail as outbox

from newsletter.links import unsubscribe_url
from newsletter.message import NotFrozen, edition_message, small_mail
from newsletter.message.message_id import message_id
from newsletter.models import Newsletter, Rendition, Subscription
from newsletter.render import render_edition, render_mail
from tests.factories import (
    make_addressee,
    make_edition,
    make_newsletter,
    make_paper,
    make_subscription,
    make_summary,
)
from tests.wire import raw_fields, read, sent

FROZEN_AT = datetime(2024, 7, 4, 6, 30, tzinfo=UTC)
WORDS = {"en": "A map for parcels. " * 60, "ko": "소포를 찾는 지도를 만들었습니다."}
KOREAN_NAME = "아침마다 문 앞에 놓이는 인공지능 논문 신문, 페이퍼보이 편집실에서 드립니다"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def site(settings):
    settings.SITE_URL = "https://paperboy.example"
    settings.DEFAULT_FROM_EMAIL = "Paperboy <paperboy@paperboy.example>"


@pytest.fixture(params=["plain", "korean"])
def newsletter(request) -> Newsletter:
    """One whose names and domains are ASCII, and one where nothing is."""
    if request.param == "plain":
        return make_newsletter(slug="morning", name="Morning Papers", languages=["en"])
    return make_newsletter(
        slug="morning",
        name=KOREAN_NAME,
        from_address="desk@신문.example",
        reply_to="editors@paperboy.example",
        postal_address="서울시 어느구 어느길 1",
        languages=["ko"],
    )


@pytest.fixture
def reader(newsletter):
    return make_subscription("reader@우편함.example", newsletter)


@pytest.fixture
def rendition(newsletter):
    return frozen(newsletter)


def frozen(newsletter, day=date(2024, 7, 3)):
    paper = make_paper(title="Ünï: “Quotes” & 한글")
    for language in newsletter.languages:
        make_summary(paper, language, whats_new=WORDS[language])
    edition = make_edition(newsletter, papers=[paper], date=day)
    rendition = edition.renditions.get()
    content = render_edition(edition, rendition.language)
    rendition.frozen_subject, rendition.frozen_html = content.subject, content.html
    rendition.frozen_text, rendition.sha256 = content.text, content.sha256
    rendition.frozen_at = FROZEN_AT
    rendition.save()
    return rendition


def name_of_sender(message):
    """By the older reader: the newer one doubles the blanks between encoded words."""
    return str(make_header(decode_header(parseaddr(raw_fields(message)["From"])[0])))


def confirmation(newsletter):
    context = {"confirm_url": "https://paperboy.example/c/1-abc/", "newsletter": newsletter}
    content = render_mail("confirm", context, newsletter.languages[0])
    return small_mail(content, newsletter, to="reader@우편함.example", dated=FROZEN_AT)


def to_reader(rendition, subscription, delivery_id=7):
    addressee = make_addressee(subscription, rendition, delivery_id=delivery_id)
    return edition_message(rendition, addressee)


def both(rendition, reader):
    return to_reader(rendition, reader), confirmation(reader.newsletter)


def test_each_field_stands_there_once(rendition, reader):
    fields = read(to_reader(rendition, reader)).keys()

    expected = {
        "Content-Type",
        "MIME-Version",
        "Subject",
        "From",
        "To",
        "Date",
        "Message-ID",
        "List-Id",
        "List-Unsubscribe",
        "List-Unsubscribe-Post",
        "Precedence",
        "Feedback-ID",
    } | ({"Reply-To"} if reader.newsletter.reply_to else set())
    assert sorted(fields) == sorted(expected)


def test_lines_end_in_crlf_and_are_short(rendition, reader):
    for message in both(rendition, reader):
        octets = sent(message)

        assert re.findall(rb"(?<!\r)\n|\r(?!\n)|\0", octets) == []
        assert max(len(line) for line in octets.split(b"\r\n")) <= 78


def test_seven_bits_carry_everything(rendition, reader):
    for message in both(rendition, reader):
        assert sent(message).isascii()
        for part in read(message).iter_parts():
            lines = part.as_bytes().partition(b"\n\n")[2].splitlines()
            assert part["Content-Transfer-Encoding"] in ("base64", "quoted-printable")
            assert max(len(line) for line in lines) <= 76


def test_korean_text_travels_as_base64_and_english_as_quoted_printable(rendition, reader):
    text = read(to_reader(rendition, reader)).get_body("plain")

    encodings = {"ko": "base64", "en": "quoted-printable"}
    assert text["Content-Transfer-Encoding"] == encodings[rendition.language]


def test_only_subject_and_names_hold_encoded_words_and_each_is_short(rendition, reader):
    for message in both(rendition, reader):
        fields = raw_fields(message)

        encoded = {name for name, value in fields.items() if "=?" in value}
        assert encoded <= {"Subject", "From"}
        for value in fields.values():
            assert all(len(word) <= 75 for word in re.findall(r"=\?[^ ]*\?=", value))
            assert not re.search(r"<[^>]*=\?", value)


def test_a_subject_that_looks_encoded_is_shown_as_typed(rendition, reader):
    rendition.frozen_subject = "=?us-ascii?q?Parcels=0AX-Evil:_1?= and more"

    message = read(to_reader(rendition, reader))

    assert message["Subject"] == rendition.frozen_subject
    assert "X-Evil" not in message


def test_list_unsubscribe_is_one_https_link_of_the_readers_own(rendition, reader):
    fields = read(to_reader(rendition, reader))

    link = unsubscribe_url(reader.pk)
    assert str(fields["List-Unsubscribe"]) == f"<{link}>"
    assert str(fields["List-Unsubscribe-Post"]) == "List-Unsubscribe=One-Click"
    assert link.startswith("https://paperboy.example/")
    assert len(link) <= 74


def test_another_reader_has_another_link(rendition, reader):
    other = make_subscription("other@example.org", reader.newsletter)

    links = {
        to_reader(rendition, each).extra_headers["List-Unsubscribe"] for each in (reader, other)
    }

    assert len(links) == 2


def test_list_id_names_the_newsletter_and_is_the_same_in_every_edition(newsletter, reader):
    editions = [frozen(newsletter), frozen(newsletter, date(2024, 7, 4))]

    names = {raw_fields(to_reader(each, reader))["List-Id"] for each in editions}

    assert names == {
        "Morning Papers <morning.paperboy.example>"
        if newsletter.name.isascii()
        else "<morning.xn--z92b13l.example>"
    }


def test_message_id_names_the_delivery_at_the_senders_domain(newsletter, reader):
    rendition = frozen(newsletter)

    ids = {to_reader(rendition, reader, n).extra_headers["Message-ID"] for n in (1, 36, 36)}

    domain = "paperboy.example" if newsletter.name.isascii() else "xn--z92b13l.example"
    assert ids == {message_id(1, domain), message_id(36, domain)}


def test_an_edition_is_bulk_and_answers_nobody(rendition, reader):
    fields = read(to_reader(rendition, reader))

    assert (fields["Precedence"], fields["Auto-Submitted"]) == ("bulk", None)
    assert fields["Feedback-ID"] == "2024-07-03:morning:edition:paperboy"


def test_a_small_mail_says_that_nobody_typed_it_and_is_no_list(reader):
    fields = read(confirmation(reader.newsletter))

    assert fields["Auto-Submitted"] == "auto-generated"
    assert [name for name in fields if name.startswith("List-") or name == "Precedence"] == []


def test_it_comes_from_the_newsletter_and_goes_to_one_address(rendition, reader):
    for message in both(rendition, reader):
        fields = read(message)

        sender, newsletter = fields["From"].addresses[0], reader.newsletter
        assert name_of_sender(message) == newsletter.name
        assert [str(to) for to in fields["To"].addresses] == ["reader@xn--vo5bi2vbjb.example"]
        if newsletter.name.isascii():
            assert (sender.addr_spec, fields["Reply-To"]) == ("paperboy@paperboy.example", None)
        else:
            assert sender.addr_spec == "desk@xn--z92b13l.example"
            assert fields["Reply-To"] == "editors@paperboy.example"


def test_the_date_is_that_of_the_freezing(rendition, reader):
    fields = read(to_reader(rendition, reader))

    assert fields["Date"].datetime == FROZEN_AT


def test_text_comes_first_and_html_last_both_with_the_way_out(rendition, reader):
    message = read(to_reader(rendition, reader))

    text, html = message.iter_parts()
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in (text, html)] == ["text/plain", "text/html"]
    for part in (text, html):
        body = part.get_content()
        assert unsubscribe_url(reader.pk) in body
        assert "reader@우편함.example" in body
        assert "__" not in body
        assert "한글" in body
        assert not re.search("[\x80-\x9f]", body)


def test_an_address_is_escaped_in_html_and_typed_in_text(rendition):
    reader = make_subscription("o'neil&sons@example.org", rendition.edition.newsletter)

    text, html = read(to_reader(rendition, reader)).iter_parts()

    assert "o'neil&sons@example.org" in text.get_content()
    assert "o&#x27;neil&amp;sons@example.org" in html.get_content()


def test_two_attempts_differ_in_no_byte(rendition, reader, time_machine):
    time_machine.move_to(FROZEN_AT)
    first = [sent(message) for message in both(rendition, reader)]
    time_machine.move_to(FROZEN_AT + timedelta(hours=5))
    again = Rendition.objects.get(pk=rendition.pk)

    second = [sent(message) for message in both(again, Subscription.objects.get(pk=reader.pk))]

    assert first == second


def test_a_backend_that_reads_fields_gets_the_same_as_smtp(rendition, reader, settings):
    settings.EMAIL_BACKEND = "anymail.backends.test.EmailBackend"
    message = to_reader(rendition, reader)

    message.send()

    (given,) = [each.anymail_test_params for each in outbox.outbox]
    assert dict(given["extra_headers"]) == message.extra_headers
    assert unsubscribe_url(reader.pk) in given["html_body"]
    assert unsubscribe_url(reader.pk) in given["text_body"]
    assert [to.addr_spec for to in given["to"]] == [reader.subscriber.email]


def test_a_rendition_that_nobody_approved_does_not_leave(reader):
    draft = make_edition(reader.newsletter).renditions.get()

    with pytest.raises(NotFrozen, match=r"has no frozen bytes; approve the edition first"):
        to_reader(draft, reader)


def test_a_proof_copy_leads_home_where_a_reader_would_leave(rendition):
    newsletter = rendition.edition.newsletter
    content = render_edition(rendition.edition, rendition.language)

    proof = small_mail(content, newsletter, to="editor@example.org", dated=FROZEN_AT)

    assert "__" not in proof.body
    assert proof.body.count("https://paperboy.example/\n") >= 1
    assert "editor@example.org" in proof.body
