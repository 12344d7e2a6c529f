"""A sender is killed at each boundary of its work; who comes next loses nobody, repeats nothing."""

from collections import Counter
from datetime import timedelta
from functools import partial
from itertools import count

import pytest
from django.db.models import F

from newsletter.approve import approve_edition
from newsletter.deliver import audience, balance_of, cancel_edition, deliver_edition, sender
from newsletter.deliver.doubt import settle_doubts
from newsletter.deliver.recover import recover_abandoned
from newsletter.models import Channel, Delivery, Edition, Slice, Subscription
from newsletter.verify import verify_edition
from tests.boundaries import (
    AROUND_A_MAIL,
    AROUND_THE_SETTLING,
    IN_THE_AIR,
    WHILE_IT_RECOVERS,
    WITH_A_SLICE_IN_HAND,
    WITH_NOTHING_IN_HAND,
)
from tests.crash import Answer, Point, Provider, ScriptedCarrier, before, dies_at
from tests.factories import make_channel, make_edition, make_subscription
from tests.ground import wait_until

CONNECTIONS = 3
A_SLICE = 5
State = Delivery.State
READERS = [f"reader{number:02}@example.org" for number in range(12)]
SEVENTH = READERS[6]  # of the second slice, and in the middle of it

MIXED = {
    READERS[1]: Answer.NO,
    READERS[3]: Answer.LATER,
    READERS[5]: Answer.YES_UNHEARD,
    READERS[8]: Answer.NO_UNHEARD,
    READERS[11]: Answer.LATER,
}


def intact(folder) -> None:
    """Nothing happens to it."""


def lost(folder) -> None:
    for journal in folder.rglob("*.journal"):
        journal.unlink()


def torn(folder) -> None:
    for journal in folder.rglob("*.journal"):
        text = journal.read_bytes()
        journal.write_bytes(text[:-7])


def sentences(points: dict[str, Point]):
    return pytest.mark.parametrize("point", points.values(), ids=points)


MOST_COPIES = {Channel.Policy.HOLD: 1, Channel.Policy.RESEND: 2}
each_policy = pytest.mark.parametrize("policy", Channel.Policy)
each_damage = pytest.mark.parametrize(
    "damage", [intact, lost, torn], ids=lambda damage: f"journal {damage.__name__}"
)
each_other_answer = pytest.mark.parametrize(
    "answer", [each for each in Answer if each is not Answer.YES], ids=lambda answer: answer.value
)


@pytest.fixture
def provider(tmp_path, monkeypatch) -> Provider:
    found = Provider(tmp_path / "truth", dict(MIXED))
    found.path.touch()
    monkeypatch.setattr(
        sender,
        "carrier_for",
        lambda channel, renditions: ScriptedCarrier(found, channel.connections),
    )
    return found


@pytest.fixture
def channel(transactional_db) -> Channel:
    return make_channel(connections=CONNECTIONS, slice_size=A_SLICE)


@pytest.fixture
def edition(daily_papers, channel, provider, monkeypatch) -> Edition:
    monkeypatch.setattr(audience, "SLICE", A_SLICE)
    monkeypatch.setattr(sender, "SECONDS_BETWEEN_LOOKS", 0.0)
    for address in READERS:
        make_subscription(address)
    daily_papers.languages = ["ko"]
    daily_papers.save()
    return approve_edition(make_edition(daily_papers))


@sentences(WITH_NOTHING_IN_HAND)
def test_nothing_is_in_doubt_after_a_sender_killed(point, edition, provider):
    assert dies_at(point, partial(send, edition))
    recover()

    assert doubts_of_the_dead(edition) == 0
    send_to_the_end(edition)
    assert_all_is_told(edition, provider)


@each_policy
@each_damage
@sentences(WITH_A_SLICE_IN_HAND)
def test_what_was_in_the_air_is_in_doubt_after_a_sender_killed(
    point, damage, policy, edition, provider, journals
):
    Channel.objects.update(doubt_policy=policy)

    assert dies_at(point, partial(send, edition))
    damage(journals)
    recover()

    assert_nothing_that_left_looks_unsent(edition, provider)
    assert doubts_of_the_dead(edition) <= (CONNECTIONS if damage is intact else A_SLICE)
    send_to_the_end(edition)
    assert_all_is_told(edition, provider, most_copies=MOST_COPIES[policy])


@each_other_answer
@sentences(AROUND_A_MAIL)
def test_the_seventh_mail_of_a_sender_killed(point, answer, edition, provider):
    provider.answers[SEVENTH] = answer

    assert dies_at(point, partial(send, edition))
    send_to_the_end(edition)

    assert_all_is_told(edition, provider)


@each_damage
@sentences(WHILE_IT_RECOVERS)
def test_whoever_recovers_a_slice_and_is_killed(point, damage, edition, provider, journals):
    assert dies_at(IN_THE_AIR, partial(send, edition))
    damage(journals)

    assert dies_at(point, recover)
    recover()

    assert_nothing_that_left_looks_unsent(edition, provider)
    assert doubts_of_the_dead(edition) <= (CONNECTIONS if damage is intact else A_SLICE)
    send_to_the_end(edition)
    assert_all_is_told(edition, provider)


@sentences(AROUND_THE_SETTLING)
def test_an_edition_held_while_it_is_sent_waits_though_its_sender_is_killed(
    point, edition, provider
):
    provider.when_asked = lambda address: address == SEVENTH and of(edition).hold("wait")
    assert dies_at(point, partial(send, edition))
    left = provider.lines()

    send(edition)
    asked_while_held = provider.lines()
    provider.when_asked = lambda address: None
    of(edition).resume()
    send_to_the_end(edition)

    assert [left[-1], asked_while_held] == [["took", SEVENTH], left]
    assert_all_is_told(edition, provider)


def test_of_a_cancelled_edition_nothing_more_leaves_though_sender_and_operator_are_killed(
    edition, provider
):
    assert dies_at(IN_THE_AIR, partial(send, edition))
    left = provider.lines()

    in_the_middle = before("newsletter.deliver:expire_pending")
    assert dies_at(in_the_middle, lambda: cancel_edition(of(edition), "a mistake"))
    send(edition)

    assert provider.lines() == left
    assert_all_is_told(edition, provider)


def test_whatever_statement_of_an_edition_a_sender_dies_before_nobody_is_lost_or_mailed_twice(
    daily_papers, edition, provider
):
    few = READERS[:2]
    Subscription.objects.exclude(subscriber__email__in=few).delete()
    for number in count(1):
        statement = before("django.db.backends.utils:CursorWrapper.execute").at(number)

        if not dies_at(statement, partial(send, edition)):
            break
        recover()
        send_to_the_end(edition)

        assert_all_is_told(edition, provider, few)
        provider.path.write_text("")
        next_day = edition.date + timedelta(days=1)
        edition = approve_edition(make_edition(daily_papers, date=next_day))
    assert number > 40


def recover() -> None:
    """As soon as the database has noticed that a sender is dead."""

    def is_done() -> bool:
        recover_abandoned()
        return not Slice.objects.filter(settled_at=None).exists()

    wait_until(is_done, seconds=10)


def send(edition: Edition) -> None:
    deliver_edition(of(edition))


def of(edition: Edition) -> Edition:
    """As it is now, for whoever comes by."""
    return Edition.objects.select_related("newsletter").get(pk=edition.pk)


def send_to_the_end(edition: Edition) -> None:
    """Turn after turn, as the clock would start them, with a quarter of an hour in between."""
    for _ in range(8):
        send(edition)
        edition.refresh_from_db()
        if edition.state not in Edition.UNFINISHED:
            return
        pause = timedelta(minutes=20)
        Delivery.objects.update(
            in_doubt_at=F("in_doubt_at") - pause, not_before=F("not_before") - pause
        )
        settle_doubts(edition)
    raise AssertionError(f"{edition} is still {edition.state}: {balance_of(edition)}")


def doubts_of_the_dead(edition: Edition) -> int:
    return edition.deliveries.filter(doubt_reason="the sender ended after it may have left").count()


def states(edition: Edition) -> dict[str, str]:
    return dict(edition.deliveries.values_list("subscriber__email", "state"))


def assert_nothing_that_left_looks_unsent(edition: Edition, provider: Provider) -> None:
    left = {State.ACCEPTED, State.IN_DOUBT, State.ASSUMED_SENT, State.SENDING}
    found = states(edition)
    assert {address for address in provider.copies() if found[address] not in left} == set()


def assert_all_is_told(
    edition: Edition, provider: Provider, readers=READERS, most_copies: int = 1
) -> None:
    """Whoever got it, and how often, is what the ledger says."""
    edition = of(edition)
    found, copies = states(edition), provider.copies()
    assert set(found) == set(readers)
    assert max(copies.values(), default=0) <= most_copies
    assert {found[each] for each in copies} <= {State.ACCEPTED, State.ASSUMED_SENT}
    listed = {State.REJECTED, State.ASSUMED_SENT, State.EXPIRED, State.SUPPRESSED}
    assert {state for each, state in found.items() if not copies[each]} <= listed
    balance = balance_of(edition)
    assert balance.audience_count == len(readers) == sum(Counter(found.values()).values())
    assert verify_edition(edition) == []
