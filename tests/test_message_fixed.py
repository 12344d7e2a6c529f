"""A message in eight bits and in seven: what Django writes, and what says the same."""

import pytest
from django.core.mail import EmailMultiAlternatives

from newsletter.message import FixedMessage
from newsletter.rendered import Rendered
from tests.wire import read, sent

KOREAN = "소포를 찾는 지도를 만들었습니다.\n.\n__ADDRESS__: __UNSUBSCRIBE_URL__\n"
ENGLISH = "A map for parcels.\n.\n__ADDRESS__: __UNSUBSCRIBE_URL__\n"
ADDRESSES = ["alice@example.org", "o'neil&sons@example.org", "reader@우편함.example"]
FIELDS = {
    "link": "https://paperboy.example/u/1/",
    "from_email": "Paperboy <desk@paperboy.example>",
    "reply_to": "editors@paperboy.example",
    "headers": {"Date": "Thu, 04 Jul 2024 06:30:00 +0000", "Message-ID": "<1@paperboy.example>"},
}


def fixed(text, to="alice@example.org", subject="A map for parcels", **fields):
    mail = Rendered(subject=subject, preheader="", html=f"<p>{text}</p>", text=text)
    return FixedMessage(mail, to=to, **(FIELDS | fields))


@pytest.mark.parametrize("text", [KOREAN, ENGLISH])
@pytest.mark.parametrize("address", ADDRESSES)
def test_in_eight_bits_it_is_what_django_writes_but_for_the_boundary(text, address):
    message = fixed(text, address)
    message.is_eight_bit = True
    own = message.mail.filled(address=address, unsubscribe_url=FIELDS["link"])
    plain = EmailMultiAlternatives(
        own.subject,
        own.text,
        FIELDS["from_email"],
        [address],
        reply_to=[FIELDS["reply_to"]],
        headers=FIELDS["headers"],
        alternatives=[(own.html, "text/html")],
    ).message()
    plain.set_boundary(message.boundary)

    assert sent(message) == plain.as_bytes(linesep="\r\n")


@pytest.mark.parametrize("text", [KOREAN, ENGLISH, "x" * 1_200 + KOREAN])
@pytest.mark.parametrize("address", ADDRESSES)
def test_it_says_the_same_in_seven_bits_as_in_eight(text, address):
    seven, eight = fixed(text, address), fixed(text, address)
    eight.is_eight_bit = True

    said = [[part.get_content() for part in read(each).iter_parts()] for each in (seven, eight)]

    assert said[0] == said[1]
    assert sent(seven).isascii()


def test_the_boundary_is_the_same_to_every_reader():
    assert len({fixed(KOREAN, address).boundary for address in ADDRESSES}) == 1
    assert fixed(KOREAN).boundary != fixed(ENGLISH).boundary


def test_a_boundary_that_stands_in_a_body_is_not_used():
    boundary = fixed(ENGLISH).boundary
    message = fixed(ENGLISH, f"{boundary}@example.org")

    assert message.boundary == f"{boundary}_"
    assert len(list(read(message).iter_parts())) == 2


def test_how_a_body_is_encoded_does_not_depend_on_the_reader():
    text = "é" * 10 + "x" * 85 + "__ADDRESS__"  # 20 octets of 116 are beyond ASCII
    addresses = ["a@example.org", f"{'x' * 200}@example.org"]

    names = {
        part["Content-Transfer-Encoding"]
        for address in addresses
        for part in read(fixed(text, address)).iter_parts()
    }

    assert names == {"base64"}
