"""What is concluded when a provider, or the line to it, misbehaves: fault by fault, for each."""

import socket
import threading
from dataclasses import replace

import pytest

from newsletter.outcome import Outcome, Result
from tests.carrying import Carried, carrier_to, readers, refused
from tests.http_provider import Fault, HttpProvider

ACCEPTED, NOT_SENT, REJECTED, IN_DOUBT = (
    Outcome.ACCEPTED,
    Outcome.NOT_SENT,
    Outcome.REJECTED,
    Outcome.IN_DOUBT,
)
WHOLE = ["brevo", "mailgun", "sendgrid", "sparkpost"]  # a call is taken for all, or for none
EACH = ["mailjet", "postmark", "resend"]  # an answer has a verdict for each
SINGLE = ["mailtrap", "ses"]
ALL = [*WHOLE, *EACH, *SINGLE]
SUSPECT = {"is_suspect": True}
TWO = readers(2)


@pytest.fixture
def misbehaving(settings):
    """A provider, what it does wrong, and the result it came to for each of the readers."""
    running = []

    def carry(personality, fault, addressees=TWO):
        provider = HttpProvider(personality, faults=[fault] if fault else [])
        running.append(provider.__enter__())
        carried = Carried(carrier_to(settings, provider.email_url()), addressees)
        return provider, [carried.results[each] for each in addressees]

    yield carry
    for provider in running:
        provider.__exit__()


@pytest.mark.parametrize("personality", ALL)
@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (Fault("status", 401), Result(NOT_SENT, "HTTP 401", **SUSPECT)),
        (Fault("status", 403), Result(NOT_SENT, "HTTP 403", **SUSPECT)),
        (Fault("status", 404), Result(NOT_SENT, "HTTP 404", **SUSPECT)),
        (Fault("status", 429), Result(NOT_SENT, "HTTP 429", cools=True)),
        (
            Fault("status", 429, retry_after="7"),
            Result(NOT_SENT, "HTTP 429", cools=True, retry_after=7),
        ),
        (Fault("status", 500), Result(IN_DOUBT, "HTTP 500", **SUSPECT)),
        (Fault("status", 500, after=True), Result(IN_DOUBT, "HTTP 500", **SUSPECT)),
        (Fault("status", 502), Result(IN_DOUBT, "HTTP 502", **SUSPECT)),
        (Fault("status", 503), Result(IN_DOUBT, "HTTP 503", **SUSPECT)),
        (
            Fault("status", 503, retry_after="3"),
            Result(NOT_SENT, "HTTP 503", cools=True, retry_after=3),
        ),
        (Fault("status", 504, after=True), Result(IN_DOUBT, "HTTP 504", **SUSPECT)),
        (Fault("page"), Result(IN_DOUBT, "HTTP 200", **SUSPECT)),
    ],
    ids=str,
)
def test_a_status_says_the_same_of_all_readers_at_each_provider(
    misbehaving, personality, fault, expected
):
    _, results = misbehaving(personality, fault)

    assert [at_amazon(result, personality) for result in results] == [
        at_amazon(expected, personality)
    ] * 2


def at_amazon(result, personality):
    """Amazon tells the class of an error in words, too, and boto3 reads an answer for us."""
    return (
        replace(result, code="", message_id="")
        if personality == "ses"
        else (
            replace(result, code=result.code.replace("HTTP 201", "HTTP 200").replace("202", "200"))
        )
    )


@pytest.mark.parametrize("personality", ALL)
def test_a_time_to_come_back_may_be_a_date(misbehaving, personality):
    _, results = misbehaving(personality, Fault("status", 429, retry_after="date"))

    assert all(100 < result.retry_after <= 120 for result in results)


@pytest.mark.parametrize("personality", ALL)
@pytest.mark.parametrize("fault", [Fault("reset"), Fault("reset", after=True)], ids=str)
def test_a_line_that_goes_dead_after_the_request_leaves_its_readers_in_doubt(
    misbehaving, personality, fault
):
    _, results = misbehaving(personality, fault)

    assert [(result.outcome, result.is_suspect) for result in results] == [(IN_DOUBT, True)] * 2


@pytest.mark.parametrize("personality", ["mailtrap", "resend", "ses"])
def test_an_answer_that_does_not_come_leaves_its_readers_in_doubt(
    misbehaving, monkeypatch, personality
):
    monkeypatch.setattr("newsletter.providers.SECONDS", (5, 0.2))

    provider, results = misbehaving(personality, Fault("stall", seconds=0.6))

    assert [result.outcome for result in results] == [IN_DOUBT] * 2
    assert len(provider.requests) == (2 if personality in SINGLE else 1)


@pytest.mark.parametrize("personality", ALL)
def test_an_answer_that_trickles_in_is_read_to_its_end(misbehaving, personality):
    _, results = misbehaving(personality, Fault("trickle", seconds=0.001))

    assert [result.outcome for result in results] == [ACCEPTED] * 2


@pytest.mark.parametrize(
    ("personality", "outcome"),
    [(each, ACCEPTED) for each in [*WHOLE, "ses"]]
    + [(each, IN_DOUBT) for each in [*EACH, "mailtrap"]],
)
def test_a_yes_that_breaks_off_counts_where_it_is_for_all(misbehaving, personality, outcome):
    _, results = misbehaving(personality, Fault("cut"))

    assert [result.outcome for result in results] == [outcome] * 2


@pytest.mark.parametrize(
    ("personality", "outcome"),
    [(each, ACCEPTED) for each in [*WHOLE, *SINGLE]] + [(each, IN_DOUBT) for each in EACH],
)
def test_a_yes_in_broken_json_counts_where_it_is_for_all(misbehaving, personality, outcome):
    _, results = misbehaving(personality, Fault("bad_json"))

    assert [result.outcome for result in results] == [outcome] * 2


@pytest.mark.parametrize("personality", ALL)
def test_a_closed_port_means_that_nothing_left_and_that_the_channel_waits(settings, personality):
    with HttpProvider(personality) as provider:
        url = provider.email_url()

    carried = Carried(carrier_to(settings, url), TWO)

    refusal = Result(NOT_SENT, "cannot connect: ConnectionRefusedError", cools=True)
    assert carried.results == dict.fromkeys(TWO, refusal)


@pytest.mark.parametrize("personality", ALL)
def test_a_reset_in_the_handshake_of_tls_means_that_nothing_left(settings, personality):
    with HttpProvider(personality) as provider:
        url = provider.email_url().replace("http://", "https://")
        carried = Carried(carrier_to(settings, url), TWO)

    results = list(carried.results.values())
    assert [(result.outcome, result.cools) for result in results] == [(NOT_SENT, True)] * 2


def test_a_server_without_tls_means_that_nothing_left(settings):
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(5)
        url = f"resend://KEY?api_url=https://127.0.0.1:{server.getsockname()[1]}"
        threading.Thread(target=say_hello, args=[server], daemon=True).start()
        carried = Carried(carrier_to(settings, url), TWO)

    assert [result.outcome for result in carried.results.values()] == [NOT_SENT] * 2


def say_hello(server):
    """As a relay does to whoever comes, in plain text."""
    line, _ = server.accept()
    line.sendall(b"220 relay.example ESMTP\r\n")
    line.close()


@pytest.mark.parametrize("personality", EACH)
def test_each_reader_has_the_verdict_of_a_mixed_answer(misbehaving, personality):
    people = readers(6)

    provider, results = misbehaving(personality, Fault("refuse_some"), people)

    expected = [ACCEPTED, ACCEPTED, REJECTED] * 2
    assert [result.outcome for result in results] == expected
    assert len(provider.copies) == 4


@pytest.mark.parametrize("personality", ["mailjet", "postmark"])
@pytest.mark.parametrize("kind", ["reversed", "short", "long"])
def test_an_answer_that_names_readers_marks_them_and_nobody_else(misbehaving, personality, kind):
    people = readers(4)

    _, results = misbehaving(personality, Fault(kind), people)

    last = IN_DOUBT if kind == "short" else ACCEPTED
    assert [result.outcome for result in results] == [ACCEPTED, ACCEPTED, ACCEPTED, last]
    ids = [result.message_id for result in results if result.outcome is ACCEPTED]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("personality", ["brevo", "resend", "sparkpost"])
@pytest.mark.parametrize("kind", ["short", "long"])
def test_an_answer_for_fewer_or_more_than_were_sent_settles_nobody(misbehaving, personality, kind):
    _, results = misbehaving(personality, Fault(kind), readers(3))

    assert [result.outcome for result in results] == [IN_DOUBT] * 3


@pytest.mark.parametrize("personality", ["mailjet", "postmark"])
def test_a_refusal_that_names_nobody_settles_nobody_when_the_places_are_wrong(
    misbehaving, personality
):
    people = [refused(readers(1)[0]), *readers(2, first=2)]

    _, results = misbehaving(personality, Fault("reversed"), people)

    assert [result.outcome for result in results] == [IN_DOUBT, ACCEPTED, ACCEPTED]


@pytest.mark.parametrize("personality", WHOLE)
def test_a_call_that_is_refused_for_one_of_its_readers_goes_one_by_one(settings, personality):
    bad, good = refused(readers(1)[0]), readers(1, first=2)[0]
    with HttpProvider(personality) as provider:
        carrier = carrier_to(settings, provider.email_url())

        together = Carried(carrier, [bad, good])
        alone = [Carried(carrier, [each], fence) for fence, each in enumerate([bad, good], 8)]

    at_once = [(result.outcome, result.retry_after) for result in together.results.values()]
    assert at_once == [(NOT_SENT, 0)] * 2
    assert not any(result.is_suspect for result in together.results.values())
    assert carrier.most_at_once == 1
    assert alone[0].results[bad].outcome is REJECTED
    assert alone[1].results[good].outcome is ACCEPTED
    assert [copy.address for copy in provider.copies] == [good.address]


@pytest.mark.parametrize("personality", [*WHOLE, *EACH])
def test_an_address_beyond_ascii_is_rejected_without_asking(misbehaving, personality):
    korean = readers(1)[0].__class__(1, 101, 1, "독자@example.org")

    provider, results = misbehaving(personality, None, [korean, *readers(1, first=2)])

    assert [result.outcome for result in results] == [REJECTED, ACCEPTED]
    assert len(provider.copies) == 1


@pytest.mark.parametrize("personality", ALL)
def test_a_wrong_key_is_a_fault_of_ours(settings, personality):
    with HttpProvider(personality) as provider:
        carried = Carried(carrier_to(settings, provider.email_url("WRONG")), TWO)

        assert provider.copies == []
    results = list(carried.results.values())
    assert [(result.outcome, result.is_suspect) for result in results] == [(NOT_SENT, True)] * 2
