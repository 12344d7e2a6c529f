"""Ground for the tests of carriers: an edition with trying texts, and trying readers of it."""

from datetime import UTC, date, datetime

from newsletter.addressee import Addressee
from newsletter.carry import carrier_for
from newsletter.models import Channel, Edition, Newsletter, Rendition

# What the providers' merge languages would take for their own.
TAGS = "{{x}} {% y %} {# z #} %recipient.x% %unsubscribe_url% {{{params.ADDRESS}}} 100% {_"
NEWSLETTER = Newsletter(
    slug="morning", name="아침 논문, 페이퍼보이", reply_to="editors@paperboy.example"
)
EDITION = Edition(pk=1, newsletter=NEWSLETTER, date=date(2024, 7, 3))


def rendition(number: int = 1, text: str = "소포를 찾는 지도", **fields) -> Rendition:
    fields = {
        "pk": number,
        "edition": EDITION,
        "language": "ko",
        "frozen_subject": f"논문 “12편” {TAGS}",
        "frozen_html": f'<p>{text} {TAGS}</p><p>__ADDRESS__</p><a href="__UNSUBSCRIBE_URL__">x</a>',
        "frozen_text": f"{text} {TAGS}\n__ADDRESS__\n__UNSUBSCRIBE_URL__\n",
        "frozen_at": datetime(2024, 7, 4, 6, 30, 0, 123, tzinfo=UTC),
    } | fields
    return Rendition(**fields)


MIXED = Addressee(8, 108, 1, "Mixed.Case@Example.ORG")
IDN = Addressee(9, 109, 1, "reader@우편함.example")
ODD = Addressee(10, 110, 1, "o'neil&sons+daily@example.org")
READERS = [MIXED, IDN, ODD]
ON_THE_WIRE = {
    8: "Mixed.Case@Example.ORG",
    9: "reader@xn--vo5bi2vbjb.example",
    10: "o'neil&sons+daily@example.org",
}


def readers(count: int, *, first: int = 1, rendition_id: int = 1) -> list[Addressee]:
    return [
        Addressee(first + each, 1000 + each, rendition_id, f"reader{each}@example.org")
        for each in range(count)
    ]


def refused(reader: Addressee) -> Addressee:
    """The same delivery, to an address that no provider takes."""
    return Addressee(*reader_fields(reader), "refused@example.org")


def reader_fields(reader: Addressee) -> tuple[int, int, int]:
    return reader.delivery_id, reader.subscription_id, reader.rendition_id


class Carried:
    """What a carrier did with a slice: who was started, and what became of each."""

    def __init__(self, carrier, addressees, fence=7):
        self.started = []
        carrier.open()
        self.results = dict(carrier.carry(addressees, fence, self.started.extend))


def carrier_to(settings, url, *, connections=2, batch_size=None, renditions=None):
    settings.CHANNELS = {"default": url}
    channel = Channel(name="default", connections=connections, batch_size=batch_size)
    return carrier_for(channel, renditions or {1: rendition()})
