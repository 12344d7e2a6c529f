"""Asking again under a provider's key: who got what, and what the ledger says afterwards."""

from datetime import timedelta

import pytest
from django.utils import timezone

from newsletter.approve import approve_edition
from newsletter.carry import carrier_for
from newsletter.deliver import begin, ledger, settle
from newsletter.deliver.journal import open_journal
from newsletter.deliver.ledger import Outcomes
from newsletter.models import Delivery, Edition, Slice
from newsletter.subscribe import unsubscribe
from tests.factories import make_channel, make_edition, make_subscription
from tests.http_provider import Fault, HttpProvider

State = Delivery.State
LOST_ANSWER = Fault("reset", after=True, times=1)  # taken, and then nothing is heard
LOST_REQUEST = Fault("reset", times=1)


@pytest.fixture
def readers(alice):
    """Three who read Korean, Alice among them."""
    return [alice, *(make_subscription(f"reader{n}@example.org") for n in (1, 2))]


@pytest.fixture
def channel(db):
    return make_channel()


@pytest.fixture(params=["resend", "brevo", "mailjet"])
def provider(request, settings):
    with HttpProvider(request.param) as provider:
        settings.CHANNELS = {"default": provider.email_url()}
        yield provider


@pytest.fixture
def resend(settings):
    with HttpProvider("resend") as provider:
        settings.CHANNELS = {"default": provider.email_url()}
        yield provider


def send(channel, *faults, provider):
    """One sender's slice of a fresh edition, after which nobody knows what became of it."""
    edition = make_edition()
    approve_edition(edition)
    begin(edition)
    provider.faults = list(faults)
    journal = open_journal()
    taken, addressees = ledger.claim(edition, channel, 10, "sender", journal)
    renditions = {
        each.pk: each for each in edition.renditions.select_related("edition__newsletter")
    }
    carrier = carrier_for(channel, renditions)
    carrier.open()
    outcomes = Outcomes()
    for addressee, result in carrier.carry(addressees, taken.pk, lambda starting: None):
        outcomes.results[addressee.delivery_id] = result
    carrier.close()
    ledger.settle(taken, outcomes)
    journal.close()
    return edition


def ends(edition):
    rows = edition.deliveries.order_by("pk")
    return set(rows.values_list("state", "resolved_by"))


def a_while_later():
    """The next repetition has its turn."""
    Slice.objects.update(repeated_at=timezone.now() - timedelta(minutes=5))


@pytest.mark.parametrize("fault", [LOST_ANSWER, LOST_REQUEST], ids=["answer", "request"])
def test_whether_the_request_or_its_answer_was_lost_everybody_gets_one_mail(
    channel, readers, provider, fault
):
    edition = send(channel, fault, provider=provider)
    before = ends(edition)

    settle(edition)

    assert before == {(State.IN_DOUBT, "")}
    assert ends(edition) == {(State.ACCEPTED, "key")}
    assert edition.state == Edition.State.DONE
    assert sorted(copy.address for copy in provider.copies) == sorted(
        reader.subscriber.email for reader in readers
    )


def test_the_repetition_differs_in_no_octet(channel, readers, resend):
    edition = send(channel, LOST_ANSWER, provider=resend)

    settle(edition)

    first, second = resend.requests
    assert (first.body, first.headers) == (second.body, second.headers)


@pytest.mark.parametrize(
    "fault",
    [Fault("status", status=429), Fault("status", status=422), Fault("status", status=500)],
    ids=lambda fault: str(fault.status),
)
def test_a_refused_repetition_says_nothing_of_the_first_request(channel, readers, resend, fault):
    edition = send(channel, LOST_ANSWER, provider=resend)
    resend.faults = [fault]

    settle(edition)
    refused = ends(edition), edition.state
    resend.faults = []
    a_while_later()
    settle(edition)

    assert refused == ({(State.IN_DOUBT, "")}, Edition.State.SETTLING)
    assert ends(edition) == {(State.ACCEPTED, "key")}
    assert len(resend.copies) == 3


def test_only_one_repeats_at_a_time(channel, readers, resend):
    edition = send(channel, LOST_ANSWER, provider=resend)
    resend.faults = [Fault("status", status=500)]

    settle(edition)
    settle(edition)

    assert len(resend.requests) == 2
    assert ends(edition) == {(State.IN_DOUBT, "")}


def test_a_provider_that_is_away_is_asked_later(channel, readers, resend):
    edition = send(channel, LOST_ANSWER, provider=resend)
    resend.server.shutdown()
    resend.server.server_close()

    settle(edition)

    assert (ends(edition), edition.state) == ({(State.IN_DOUBT, "")}, Edition.State.SETTLING)


def leave(edition, readers):
    unsubscribe(readers[0])


def run_out(edition, readers):
    Slice.objects.update(claimed_at=timezone.now() - timedelta(hours=23, minutes=1))


def settle_one_otherwise(edition, readers):
    row = edition.deliveries.first()
    Delivery.objects.filter(pk=row.pk).update(state=State.ACCEPTED, accepted_at=timezone.now())


def expire(edition, readers):
    Edition.objects.filter(pk=edition.pk).update(expires_at=timezone.now())
    edition.refresh_from_db()


def pace_domains(edition, readers):
    channel = Slice.objects.get().channel
    channel.domain_rates = {"example.org": 5}
    channel.save()


@pytest.mark.parametrize("change", [leave, run_out, settle_one_otherwise, expire, pace_domains])
def test_what_would_not_be_the_same_request_in_time_is_not_repeated(
    channel, readers, resend, change
):
    edition = send(channel, LOST_ANSWER, provider=resend)
    change(edition, readers)

    settle(edition)

    assert len(resend.requests) == 1
    assert State.IN_DOUBT not in {state for state, _ in ends(edition)}


@pytest.mark.parametrize("elsewhere", ["brevo://KEY", "resend://OTHER"])
def test_nobody_but_the_one_who_knows_the_key_is_asked(
    channel, readers, resend, settings, elsewhere
):
    edition = send(channel, LOST_ANSWER, provider=resend)
    settings.CHANNELS = {"default": f"{elsewhere}?api_url={resend.root}"}

    settle(edition)

    assert len(resend.requests) == 1
    assert ends(edition) == {(State.ASSUMED_SENT, "policy hold")}


def test_each_renditions_request_is_repeated_by_itself(channel, readers, resend, emma):
    """The Korean one was taken, the answer to the English one is lost."""
    edition = send(channel, Fault("reset", after=True, every=2, times=1), provider=resend)
    before = edition.deliveries.filter(state=State.IN_DOUBT).count()

    settle(edition)

    assert before in (1, 3)
    assert {state for state, _ in ends(edition)} == {State.ACCEPTED}
    assert len(resend.copies) == 4
    assert len(resend.requests) == 3


def test_a_refused_address_is_refused_by_the_repetition_too(channel, readers, resend):
    make_subscription("refused@example.org")
    edition = send(channel, LOST_REQUEST, provider=resend)

    settle(edition)

    assert ends(edition) == {(State.ACCEPTED, "key"), (State.REJECTED, "key")}
