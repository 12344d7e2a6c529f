"""Many readers a call, by a provider's batch API."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from uuid import NAMESPACE_URL, uuid5

from anymail.backends.base_requests import AnymailRequestsBackend
from django.conf import settings
from django.utils.encoding import punycode
from requests import RequestException, Response

from newsletter.addressee import Addressee
from newsletter.carry.call import CutCall, cut_call
from newsletter.carry.carrier import Starting
from newsletter.carry.shape import Own, Shape
from newsletter.links import unsubscribe_url
from newsletter.message.fields import domain
from newsletter.message.message_id import message_id, name_in
from newsletter.models import Rendition
from newsletter.outcome import Outcome, Result, in_doubt, unwritable
from newsletter.outcome.api import http_result, is_yes, no_answer, retry_after

# What no provider has to quote, escape or transcribe; of others, most take none at all.
PLAIN = re.compile(r"[\w!#$%&'*+/=?^`{|}~.-]+@[\w.-]+", re.ASCII)
ACCEPTED = Result(Outcome.ACCEPTED)
CANNOT_CARRY = Result(Outcome.REJECTED, "the provider cannot carry this address")
ABOUT_THE_CALL = {400, 413, 422}

Results = Iterator[tuple[Addressee, Result]]


class Batch:
    """One call for a slice's readers of one rendition. The slice's fence makes its key, and the
    same readers have the same octets: carrying a slice again is the call again.
    """

    def __init__(
        self,
        way_out: AnymailRequestsBackend,
        shape: Shape,
        renditions: Mapping[int, Rendition],
        most_at_once: int,
    ) -> None:
        self.way_out, self.shape, self.renditions = way_out, shape, renditions
        self.most_at_once: int | None = most_at_once
        self.key_valid_for = shape.key_valid_for
        self.calls: dict[int, CutCall] = {}

    def open(self) -> None:
        self.way_out.open()

    def carry(self, addressees: Iterable[Addressee], fence: int, starting: Starting) -> Results:
        """As the protocol says. Where a call was not wholly taken, no further one is begun: those
        of another rendition stay unsent."""
        taken = sorted(islice(addressees, self.most_at_once), key=lambda each: each.delivery_id)
        for rendition_id in sorted({each.rendition_id for each in taken}):
            group = [each for each in taken if each.rendition_id == rendition_id]
            may_go_on = True
            for addressee, result in self.deliver(rendition_id, group, fence, starting):
                yield addressee, result
                may_go_on &= result.outcome in (Outcome.ACCEPTED, Outcome.REJECTED)
            if not may_go_on:
                return

    def deliver(
        self, rendition_id: int, group: Sequence[Addressee], fence: int, starting: Starting
    ) -> Results:
        rendition = self.renditions[rendition_id]
        try:
            call = self.call(rendition)
        except ValueError as error:
            yield from ((each, unwritable(error)) for each in group)
            return
        place = domain(rendition.edition.newsletter)
        owns = {each: own for each in group if (own := own_of(each, place))}
        yield from ((each, CANNOT_CARRY) for each in group if each not in owns)
        if owns:
            content = call.content(list(owns.values()), key_of(rendition, fence))
            starting(list(owns))
            results = self.post(call, content, key_of(rendition, fence), list(owns.values()))
            yield from zip(owns, results, strict=True)

    def call(self, rendition: Rendition) -> CutCall:
        if rendition.pk not in self.calls:
            self.calls[rendition.pk] = cut_call(self.way_out, self.shape, rendition)
        return self.calls[rendition.pk]

    def post(self, call: CutCall, content: bytes, key: str, owns: Sequence[Own]) -> list[Result]:
        try:
            said = self.way_out.session.post(
                call.url,
                data=content,
                headers=call.headers_with(key),
                auth=call.auth,
                timeout=self.way_out.timeout,
                allow_redirects=False,
                stream=True,  # its status is known, and counts, also when its body breaks off
            )
        except RequestException as error:
            return [no_answer(error)] * len(owns)
        with said:
            return self.results(said, [own.address for own in owns])

    def results(self, said: Response, addresses: Sequence[str]) -> list[Result]:
        """What an answer says of each; with no answer that can be read, its status of all."""
        count = len(addresses)
        try:
            found = self.shape.read(parsed(said.content), addresses)
        except RequestException as error:
            is_taken = self.shape.is_whole and 200 <= said.status_code < 300
            return [ACCEPTED if is_taken else no_answer(error)] * count
        if found is not None and said.status_code < 500:
            return found
        if is_yes(said):
            return [ACCEPTED if self.shape.is_whole else in_doubt("no reader named")] * count
        refused = http_result(said.status_code, said.text, retry_after(said.headers))
        return [self.of_all(refused, said.status_code) if count > 1 else refused] * count

    def of_all(self, refused: Result, status: int) -> Result:
        """A call refused for its content: one reader's, or ours. They go one by one from now on,
        at once, which tells."""
        if status not in ABOUT_THE_CALL:
            return refused
        self.most_at_once = 1
        return Result(Outcome.NOT_SENT, f"{refused.code} for a batch", retry_after=0)

    def close(self) -> None:
        self.way_out.close()


def own_of(addressee: Addressee, place: str) -> Own | None:
    """What is the reader's own in a call; None for an address that providers do not take."""
    address = addressee.address
    if not address.isascii():
        address = in_ascii(address)
    if not PLAIN.fullmatch(address):
        return None
    name = message_id(addressee.delivery_id, place)
    link = unsubscribe_url(addressee.subscription_id)
    return Own(address, link, name, name_in(name))


def in_ascii(address: str) -> str:
    """Its domain in A-labels, once and for every place in the call; blank if there is no such."""
    local_part, _, place = address.rpartition("@")
    try:
        return f"{local_part}@{punycode(place)}"
    except UnicodeError:
        return ""


def key_of(rendition: Rendition, fence: int) -> str:
    """Of a slice's call for one rendition: whatever part of it is asked again has the same key.

    The moment of freezing is in it because another database counts its slices from one, too.
    """
    said = f"{settings.SITE_URL}/{rendition.pk}/{rendition.frozen_at}/{fence}"
    return str(uuid5(NAMESPACE_URL, said))


def parsed(body: bytes) -> object:
    try:
        answer: object = json.loads(body)
    except ValueError:
        return None
    return answer
