"""A rendition's message, built once and cut where readers differ: a reader costs a join.

What comes out is what `edition_message` gives, octet for octet. A reader whose address needs more
than to be put in its places gets a message built for them alone.
"""

from __future__ import annotations

import re
from functools import cached_property
from html import escape

from newsletter.addressee import Addressee
from newsletter.links import unsubscribe_url
from newsletter.message.fields import LONGEST_FIELD, domain, frozen_at, printable
from newsletter.message.mail import edition_message, written
from newsletter.message.message_id import message_id
from newsletter.message.pieces import Form, Marks, Own, form_of, stuffed
from newsletter.models import Rendition

# Addresses that stand as they are in a field and in a text (RFC 5321, 4.1.2). Without "=", with
# which a boundary begins; none begins with a dot, as no line of SMTP may.
PLAIN = re.compile(r"[\w!#$%&'*+/?^`{|}~-][\w!#$%&'*+/?^`{|}~.-]*@[\w.-]+", re.ASCII)
LONGEST_ADDRESS = 254  # characters
BIGGEST_ID = 2**63 - 1
CONTROLS = [chr(octet) for octet in range(1, 9)]  # what a text never holds


class CutMessage:
    """A frozen rendition to any of its readers."""

    def __init__(self, rendition: Rendition) -> None:
        self.rendition = rendition
        self.domain = domain(rendition.edition.newsletter)

    def content(self, addressee: Addressee, *, eight_bit: bool) -> bytes:
        """What follows DATA: CRLF lines, dots doubled (RFC 5321, 4.5.2), without the final dot.

        The same at every attempt, as `edition_message` says, which also says what it raises.
        `eight_bit` needs a relay with 8BITMIME, an address beyond ASCII one with SMTPUTF8.
        """
        if PLAIN.fullmatch(addressee.address):
            form = self.eight_bits if eight_bit else self.seven_bits
            own = self.own(addressee)
            if len(own.html_address) <= form.room:
                return form.to(own)
        message = edition_message(self.rendition, addressee)
        message.is_eight_bit = eight_bit
        return stuffed(message.octets())

    def size(self, *, eight_bit: bool) -> int:
        """Octets to the reader with the longest address: what a relay's SIZE has to allow."""
        address = "x" * (LONGEST_ADDRESS - 12) + "@example.org"
        longest = Addressee(BIGGEST_ID, BIGGEST_ID, self.rendition.pk, address)
        return len(self.content(longest, eight_bit=eight_bit))

    def own(self, addressee: Addressee) -> Own:
        address, link = addressee.address, unsubscribe_url(addressee.subscription_id)
        name = message_id(addressee.delivery_id, self.domain)
        printable(link + name, of="the site's address or the newsletter's domain")
        return Own(
            to=folded("To", address),
            list_unsubscribe=folded("List-Unsubscribe", f"<{link}>"),
            message_id=folded("Message-ID", name),
            address=address.encode(),
            link=link.encode(),
            html_address=escape(address).encode(),
            html_link=escape(link).encode(),
        )

    @cached_property
    def eight_bits(self) -> Form:
        return self.form(eight_bit=True)

    @cached_property
    def seven_bits(self) -> Form:
        return self.form(eight_bit=False)

    def form(self, *, eight_bit: bool) -> Form:
        marks = free_marks(self.rendition)
        to, link, name = (mark.decode() for mark in marks)
        message = written(self.rendition, to=to, link=link, name=name)
        message.is_eight_bit = eight_bit
        longest_link = escape(unsubscribe_url(BIGGEST_ID)).encode()
        return form_of(message, marks, longest_link=longest_link)


def cut_message(rendition: Rendition) -> CutMessage:
    """A rendition ready for its readers; each form is built when it is first asked for.

    Raises NotFrozen.
    """
    frozen_at(rendition)
    return CutMessage(rendition)


def folded(name: str, value: str) -> bytes:
    """A value without blanks as Python folds it: on a line of its own if the field is too long."""
    fits = len(name) + 2 + len(value) <= LONGEST_FIELD
    return (value if fits else f"\r\n {value}").encode()


def free_marks(rendition: Rendition) -> Marks:
    """Controls that stand nowhere in the mail, whatever was pasted into it."""
    blank = written(rendition, to="", link="", name="")
    texts = [blank.subject, blank.body, blank.own.html, blank.from_email, *blank.reply_to]
    everything = "".join([*texts, *blank.extra_headers.values()])
    address, link, name = [mark.encode() for mark in CONTROLS if mark not in everything][:3]
    return Marks(address, link, name)
