"""One message a call, by providers without batch calls, and into a folder."""

import time

import pytest

from newsletter.links import unsubscribe_url
from newsletter.mailbox import letters
from newsletter.message import delivery_of_message_id
from newsletter.outcome import Outcome, Result
from tests.carrying import ON_THE_WIRE, READERS, TAGS, Carried, carrier_to, readers, refused
from tests.http_provider import Fault, HttpProvider


@pytest.fixture(params=["mailtrap", "ses"])
def provider(request):
    with HttpProvider(request.param) as provider:
        yield provider


def test_each_reader_gets_a_mail_of_their_own(settings, provider):
    carried = Carried(carrier_to(settings, provider.email_url()), READERS)

    assert {result.outcome for result in carried.results.values()} == {Outcome.ACCEPTED}
    assert all(result.message_id for result in carried.results.values())
    assert carried.started == READERS
    copies = {delivery_of_message_id(copy.metadata["delivery"]): copy for copy in provider.copies}
    assert {number: copy.address for number, copy in copies.items()} == ON_THE_WIRE
    for reader in READERS:
        copy, link = copies[reader.delivery_id], unsubscribe_url(reader.subscription_id)
        assert copy.header("List-Unsubscribe") == f"<{link}>"
        assert copy.header("List-Unsubscribe-Post") == "List-Unsubscribe=One-Click"
        assert copy.header("List-Id") == "<morning.paperboy.example>"
        assert copy.subject == f"논문 “12편” {TAGS}"
        assert "아침 논문, 페이퍼보이" in copy.sender
        assert TAGS in copy.html and TAGS in copy.text
        assert link in copy.html and link in copy.text
        assert reader.address in copy.text


def test_a_provider_that_sets_date_and_name_itself_is_not_told_them(settings):
    with HttpProvider("mailtrap") as provider:
        Carried(carrier_to(settings, provider.email_url()), READERS)

    assert {copy.header("Date") + copy.header("Message-ID") for copy in provider.copies} == {""}


def test_amazon_gets_the_message_as_a_relay_would(settings):
    with HttpProvider("ses") as provider:
        Carried(carrier_to(settings, provider.email_url()), READERS[:1])

    (copy,) = provider.copies
    assert copy.header("Date") == "Thu, 04 Jul 2024 06:30:00 +0000"
    assert delivery_of_message_id(copy.header("Message-ID")) == READERS[0].delivery_id


@pytest.mark.parametrize(
    "fault",
    [
        Fault("status", status=500),
        Fault("status", status=503),
        Fault("status", status=429, error="TooManyRequestsException"),
        Fault("reset"),
        Fault("reset", after=True),
    ],
    ids=str,
)
def test_amazon_is_asked_once_for_each_mail_whatever_it_answers(settings, fault):
    with HttpProvider("ses", faults=[fault]) as provider:
        Carried(carrier_to(settings, provider.email_url()), READERS)

        assert len(provider.requests) == len(READERS)


def test_several_calls_are_in_flight_but_no_more_than_connections(settings):
    begun = []
    with HttpProvider("mailtrap", faults=[Fault("stall", seconds=0.5)]) as provider:
        carrier = carrier_to(settings, provider.email_url(), connections=4)
        began_at = time.monotonic()
        for _ in carrier.carry(readers(8), 7, begun.extend):
            assert len(begun) - len(provider.copies) <= 4

        assert time.monotonic() - began_at < 0.5 * 8 / 2


def test_the_next_reader_is_taken_when_a_connection_is_free_for_them(settings):
    taken = []

    def one_by_one():
        for reader in readers(6):
            taken.append(reader)
            yield reader

    with HttpProvider("mailtrap") as provider:
        carrier = carrier_to(settings, provider.email_url(), connections=2)
        results = carrier.carry(one_by_one(), 7, lambda starting: None)

        next(results)

        assert len(taken) == 2


def test_who_must_not_start_is_not_sent_to(settings):
    def refuse(starting):
        raise OSError("the journal was taken over")

    with HttpProvider("mailtrap") as provider:
        carrier = carrier_to(settings, provider.email_url())
        with pytest.raises(OSError, match="taken over"):
            list(carrier.carry(READERS, 7, refuse))
        carrier.close()

        assert provider.copies == []


def test_an_address_that_no_mail_can_go_to_is_rejected_and_burns_nobody_else(settings, provider):
    broken = READERS[0].__class__(1, 101, 1, "a\r\nBcc: b@example.org")

    carried = Carried(carrier_to(settings, provider.email_url()), [broken, *READERS])

    assert carried.results[broken] == Result(Outcome.REJECTED, "no mail can go to this address")
    assert carried.started == READERS
    assert len(provider.copies) == len(READERS)


def test_an_address_that_the_provider_will_not_take_is_rejected(settings, provider):
    bad = refused(READERS[0])

    carried = Carried(carrier_to(settings, provider.email_url()), [bad, *READERS[1:]])

    assert carried.results[bad].outcome is Outcome.REJECTED
    assert len(provider.copies) == len(READERS) - 1


def test_a_folder_keeps_each_mail(settings, tmp_path):
    carried = Carried(carrier_to(settings, f"maildir://{tmp_path}"), READERS)

    assert carried.results == dict.fromkeys(READERS, Result(Outcome.ACCEPTED))
    settings.MAILDIR = str(tmp_path)  # where the mailbox page looks
    assert {letter.message()["To"] for letter in letters()} == set(ON_THE_WIRE.values())
