"""The pieces of a message, joined for a reader, beside the message that Django writes for them."""

import re
import time
import timeit
from dataclasses import replace
from datetime import UTC, date, datetime
from email import message_from_bytes, policy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.addressee import Addressee
from newsletter.approve import approve_edition
from newsletter.message import NotFrozen, cut_message, edition_message
from newsletter.message.fields import Unprintable
from newsletter.models import Edition, Newsletter, Rendition
from tests.factories import make_edition, make_newsletter, make_paper, make_summary

FROZEN_AT = datetime(2024, 7, 4, 6, 30, tzinfo=UTC)
FORMS = pytest.mark.parametrize("eight_bit", [True, False])

ATOM = st.text("abcxyzABC019!#$%&'*+-/=?^_`{|}~", min_size=1, max_size=30)
LOCAL = st.lists(ATOM, min_size=1, max_size=7).map(".".join)
KOREAN = st.text("가나다라한글우편함", min_size=1, max_size=12)
LABEL = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?", fullmatch=True) | KOREAN
DOMAIN = st.lists(LABEL, min_size=1, max_size=6).map(".".join)
ODD = st.sampled_from(
    [
        '"a b"@example.org',
        '"a,b;c"@example.org',
        "한글@example.org",
        "한글.user@우편함.example",
        ".dot@example.org",
        "a=_b@example.org",
        "o'neil&sons+daily@example.org",
        "'" * 242 + "@example.org",
        "x" * 242 + "@example.org",
        "__UNSUBSCRIBE_URL__@example.org",
        "__ADDRESS__@example.org",
        "=?utf-8?q?a?=@example.org",
        "reader@[127.0.0.1]",
    ]
)
ADDRESSES = st.tuples(LOCAL, DOMAIN).map("@".join) | ODD
IDS = st.integers(1, 2**63 - 1) | st.integers(1, 10_000_000)
READERS = st.builds(Addressee, IDS, IDS, st.just(1), ADDRESSES)


LETTERS = {
    "plain": {"slug": "morning", "name": "Morning Papers"},
    "korean": {
        "slug": "morning",
        "name": "아침마다 문 앞에 놓이는 인공지능 논문 신문, 페이퍼보이 편집실에서 드립니다",
        "from_address": "desk@신문.example",
        "reply_to": "editors@paperboy.example",
        "postal_address": "서울시 어느구 어느길 1",
    },
    "of a long domain": {
        "slug": "a-slug-of-many-letters",
        "name": 'Papers, "quoted"',
        "from_address": "desk@papers.of-a-place-with-a-long-name.example.org",
    },
}
ENGLISH = "A map for parcels.\n.\n..dots begin lines\nFrom here on, trailing blanks: \n" * 20
HANGUL = "소포를 찾는 지도를 만들었습니다.\n.점으로 시작하는 줄\n" * 20
FOOT = {
    "text": "You signed up as __ADDRESS__.\n.and so on\n__ADDRESS__\n.\n__UNSUBSCRIBE_URL__\n.\n",
    "html": '<p>As __ADDRESS__\n.and so on.</p>\n<a href="__UNSUBSCRIBE_URL__">Leave</a></html>',
}
BODIES = {
    "english": ENGLISH,
    "korean": HANGUL,
    "near the break-even": "é" * 100 + "x" * 1000,
    "a line as long as a line may be": "x" * 998 + "\n" + HANGUL,
    "a line that is too long": "x" * 999 + "\n" + HANGUL,
    "pasted controls": "\x01\x02\x03\n" + HANGUL,
    "blank": "",
}


def frozen(letter="plain", body="korean"):
    text = BODIES[body]
    edition = Edition(newsletter=Newsletter(**LETTERS[letter]), date=date(2024, 7, 3))
    return Rendition(
        edition=edition,
        language="ko",
        frozen_subject="Ünï: “Quotes” & 한글",
        frozen_html=f"<html><p>{text}</p>\n{FOOT['html']}",
        frozen_text=f"{text}\n{FOOT['text']}",
        frozen_at=FROZEN_AT,
    )


ALICE = Addressee(7, 11, 1, "alice@example.org")
IDN = Addressee(8, 12, 1, "reader@우편함.example")
LONG = Addressee(2**63 - 1, 2**63 - 1, 1, "x" * 242 + "@example.org")
CUTS = {(letter, body): cut_message(frozen(letter, body)) for letter in LETTERS for body in BODIES}


def unstuffed(content):
    """As a relay reads what follows DATA (RFC 5321, 4.5.2)."""
    assert content.endswith(b"\r\n")
    lines = content.split(b"\r\n")
    assert b"." not in lines
    return b"\r\n".join(line.removeprefix(b".") for line in lines)


def read(content):
    return message_from_bytes(unstuffed(content), policy=policy.default)


def cost(step):
    """Seconds of processor, the best of some."""
    return min(timeit.repeat(step, timer=time.process_time, number=1, repeat=5))


def as_django_writes(rendition, reader, eight_bit):
    message = edition_message(rendition, reader)
    message.is_eight_bit = eight_bit
    return message.message().as_bytes(linesep="\r\n")


@settings(deadline=None, max_examples=400)
@given(reader=READERS, which=st.sampled_from(list(CUTS)), eight_bit=st.booleans())
def test_a_reader_gets_what_django_would_have_written_for_them(reader, which, eight_bit):
    cut = CUTS[which]

    content = cut.content(reader, eight_bit=eight_bit)

    assert unstuffed(content) == as_django_writes(cut.rendition, reader, eight_bit)


@FORMS
@pytest.mark.parametrize("letter", ["plain", "korean"])
def test_an_edition_as_it_is_printed_is_cut_without_a_difference(db, letter, eight_bit):
    paper = make_paper(title="Ünï: “Quotes” & 한글")
    for language in ("ko", "en"):
        make_summary(paper, language, whats_new="소포를 찾는 지도를 만들었습니다. " * 60)
    edition = approve_edition(make_edition(make_newsletter(**LETTERS[letter]), papers=[paper]))

    for rendition in edition.renditions.all():
        cut = cut_message(rendition)
        for reader in (ALICE, IDN, LONG):
            content = cut.content(reader, eight_bit=eight_bit)
            assert unstuffed(content) == as_django_writes(rendition, reader, eight_bit)


@FORMS
@pytest.mark.parametrize("body", ["english", "korean"])
def test_a_reader_whose_address_holds_the_boundary_gets_another_boundary(body, eight_bit):
    cut = CUTS["plain", body]
    boundary = edition_message(cut.rendition, ALICE).boundary
    eve = replace(ALICE, address=f"{boundary}@example.org")

    content = cut.content(eve, eight_bit=eight_bit)

    assert unstuffed(content) == as_django_writes(cut.rendition, eve, eight_bit)
    assert len(list(read(content).iter_parts())) == 2


def test_twenty_readers_cost_less_than_one_message():
    cut = cut_message(frozen(body="korean"))
    cut.content(ALICE, eight_bit=True)

    def twenty():
        for _ in range(20):
            cut.content(ALICE, eight_bit=True)

    assert cost(twenty) < cost(lambda: as_django_writes(cut.rendition, ALICE, True))


@FORMS
@pytest.mark.parametrize("letter", LETTERS)
@pytest.mark.parametrize("body", BODIES)
def test_lines_are_as_short_as_mail_asks_and_seven_bits_are_ascii(letter, body, eight_bit):
    content = CUTS[letter, body].content(LONG, eight_bit=eight_bit)

    head, _, bodies = content.partition(b"\r\n\r\n")
    assert all(len(line) <= 78 or b" " not in line.strip() for line in head.split(b"\r\n"))
    longest = max(len(line.removeprefix(b".")) for line in bodies.split(b"\r\n"))
    assert longest <= (998 if eight_bit else 76)
    assert eight_bit or content.isascii()
    assert re.findall(rb"(?<!\r)\n|\r(?!\n)|\0", content) == []


@pytest.mark.parametrize(
    ("body", "text", "html"),
    [
        ("korean", "8bit", "8bit"),
        ("english", "7bit", "7bit"),
        ("a line that is too long", "base64", "base64"),
        ("a line as long as a line may be", "8bit", "base64"),
    ],
)
def test_only_a_body_with_too_long_a_line_is_encoded_for_a_relay_that_takes_eight_bits(
    body, text, html
):
    message = read(CUTS["plain", body].content(ALICE, eight_bit=True))

    parts = list(message.iter_parts())
    assert [part["Content-Transfer-Encoding"] for part in parts] == [text, html]


@FORMS
def test_an_address_beyond_ascii_stands_in_its_field_as_it_is(eight_bit):
    reader = replace(ALICE, address="한글@우편함.example")

    content = CUTS["plain", "english"].content(reader, eight_bit=eight_bit)

    assert "\r\nTo: 한글@xn--vo5bi2vbjb.example\r\n".encode() in content


@FORMS
@pytest.mark.parametrize(
    "end", ["\r\nBcc: eve@example.org", "\n", "\r", "\0", "\x7f", "\x85", "\u2028"]
)
def test_an_address_that_would_break_out_of_its_field_is_refused_and_not_repeated(end, eight_bit):
    reader = replace(ALICE, address=f"alice@example.org{end}")

    with pytest.raises(Unprintable, match="the address of delivery 7 holds") as refused:
        CUTS["plain", "english"].content(reader, eight_bit=eight_bit)

    assert "alice" not in str(refused.value)


@FORMS
def test_a_site_whose_address_would_break_out_of_its_field_sends_nothing(settings, eight_bit):
    settings.SITE_URL = "https://paperboy.example\r\nBcc: eve@example.org"

    with pytest.raises(ValueError, match="holds a character that cannot be printed"):
        CUTS["plain", "english"].content(ALICE, eight_bit=eight_bit)


@FORMS
def test_no_readers_message_is_larger_than_the_size_that_is_told(eight_bit):
    cut = CUTS["korean", "korean"]

    sizes = [len(cut.content(each, eight_bit=eight_bit)) for each in (ALICE, IDN, LONG)]

    assert max(sizes) <= cut.size(eight_bit=eight_bit) < min(sizes) + 1_500


def test_a_rendition_that_nobody_approved_is_not_cut():
    draft = frozen()
    draft.frozen_at = None

    with pytest.raises(NotFrozen, match="approve the edition first"):
        cut_message(draft)
