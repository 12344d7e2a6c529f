"""What later words make of a delivery, of its reader, and of an address."""

from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest
from django.utils import timezone

from newsletter.message.message_id import message_id, notice_message_id
from newsletter.models import Delivery, DeliveryEvent, Notice, Subscription, Suppression
from newsletter.track.events import forget_old, record
from newsletter.track.said import Said
from tests.factories import make_delivery, make_leaving_edition, make_slice, make_subscription

State = Delivery.State
Kind = DeliveryEvent.Kind
Reason = Suppression.Reason


@pytest.fixture
def edition(db):
    return make_leaving_edition()


@pytest.fixture
def mail(edition):
    """Alice's, taken an hour ago."""
    reader = make_subscription("Alice@xn--bcher-kva.example")
    return make_delivery(edition, reader, part=make_slice(edition), state=State.ACCEPTED)


@pytest.fixture
def doubted(mail):
    Delivery.objects.filter(pk=mail.pk).update(
        state=State.IN_DOUBT, accepted_at=None, in_doubt_at=timezone.now()
    )
    return mail


def name_of(delivery):
    return message_id(delivery.pk, "paperboy.example")


def about(delivery, kind=Kind.DELIVERED, **fields):
    """An event of a minute ago; `fields` are those of Said."""
    fields = {
        "provider": "postmark",
        "event_id": f"{delivery.pk} {kind} {fields.get('happened_at')}",
        "kind": kind,
        "names": (name_of(delivery),),
        "address": "Alice@bücher.example",
        "happened_at": timezone.now() - timedelta(minutes=1),
        "proof": f"event postmark {kind}",
    } | fields
    return Said(**fields)


def state_of(delivery):
    delivery.refresh_from_db()
    return delivery.state, delivery.resolved_by


def suppressions():
    return list(Suppression.objects.holding().values_list("address_key", "reason"))


# Whom it is about


def test_what_happened_to_a_mail_proves_that_it_was_taken(doubted):
    record([about(doubted)])

    assert state_of(doubted) == (State.ACCEPTED, "event postmark delivered")


def test_what_may_happen_to_a_mail_that_never_left_proves_nothing(doubted):
    record([about(doubted, Kind.OTHER, proof="")])

    assert state_of(doubted) == (State.IN_DOUBT, "")


@pytest.mark.parametrize("address", ["ALICE@bücher.example", "alice@xn--bcher-kva.example"])
def test_an_address_may_be_told_in_either_spelling_of_its_domain(doubted, address):
    record([about(doubted, address=address)])

    assert state_of(doubted)[0] == State.ACCEPTED


@pytest.mark.parametrize(
    "forged",
    [
        {"address": "mallory@example.org"},
        {"address": ""},
        {"names": ()},
        {"names": ("<1.0000000000000000@paperboy.example>",)},
        {"names": ("b7bc2f4a", "1")},
    ],
)
def test_an_event_that_does_not_prove_whom_it_is_about_does_nothing(doubted, forged):
    record([about(doubted, Kind.COMPLAINED, **forged)])

    assert state_of(doubted)[0] == State.IN_DOUBT
    assert suppressions() == []
    event = DeliveryEvent.objects.get()
    assert (event.kind, event.delivery, event.address_key, event.code) == (Kind.OTHER, None, "", "")


def test_a_provider_s_id_names_the_mail_that_went_to_the_address(edition, mail):
    other = make_delivery(edition, part=make_slice(edition), state=State.ACCEPTED)
    Delivery.objects.update(provider_message_id="<batch@mailgun>")
    address = other.subscriber.email

    record([about(mail, Kind.HARD, names=("<batch@mailgun>",), address=address, code="5.1.1")])

    assert suppressions() == [(other.address_key, Reason.BOUNCED)]


def test_a_name_that_came_back_by_mail_needs_no_address(mail):
    record([about(mail, Kind.HARD, address="", is_bound=True)])

    assert suppressions() == [(mail.address_key, Reason.BOUNCED)]


def test_an_event_about_a_delivery_that_is_gone_is_kept_for_its_id_alone(mail):
    said = about(mail, Kind.HARD)
    mail.delete()

    assert [record([said]), record([said])] == [1, 0]
    assert suppressions() == []


def test_a_small_mail_is_known_by_its_name(bob):
    notice = Notice.ask_for(Notice.Kind.CONFIRM, bob, timezone.now())
    name = notice_message_id(notice.pk, "paperboy.example")

    record([Said("ses", "1", Kind.HARD, (name,), "bob@example.org", timezone.now(), "5.1.1")])

    assert suppressions() == [(bob.subscriber.address_key, Reason.BOUNCED)]


def test_whoever_complains_of_a_small_mail_is_asked_no_more(bob):
    notice = Notice.ask_for(Notice.Kind.CONFIRM, bob, timezone.now())
    name = notice_message_id(notice.pk, "paperboy.example")

    record([Said("ses", "1", Kind.COMPLAINED, (name,), "bob@example.org", timezone.now())])

    bob.refresh_from_db()
    assert bob.state == Subscription.State.UNSUBSCRIBED


# Once


def test_an_event_that_comes_again_is_none(mail):
    said = about(mail, Kind.HARD)
    record([said])
    Suppression.objects.all().delete()

    assert record([said, said]) == 0
    assert suppressions() == []


def test_an_event_that_comes_twice_at_once_is_kept_once(mail):
    assert record([about(mail), about(mail)]) == 1
    assert DeliveryEvent.objects.count() == 1


def test_a_replay_with_other_words_under_a_known_id_is_passed_over(mail):
    said = about(mail, Kind.DELIVERED, event_id="token")
    record([said])

    record([replace(said, kind=Kind.COMPLAINED)])

    assert suppressions() == []


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_in_whatever_order_events_come_the_end_is_the_same(mail, order):
    now = timezone.now()
    events = [
        about(mail, Kind.DELIVERED, happened_at=now - timedelta(minutes=3)),
        about(mail, Kind.HARD, happened_at=now - timedelta(minutes=2), code="5.1.1"),
        about(mail, Kind.COMPLAINED, happened_at=now - timedelta(minutes=1)),
    ]

    for number in order:
        record([events[number]])

    reader = Subscription.objects.get()
    assert suppressions() == [(mail.address_key, Reason.COMPLAINED)]
    assert reader.state == Subscription.State.UNSUBSCRIBED


# What it does


def test_a_complaint_ends_the_subscription_and_all_mail(mail):
    record([about(mail, Kind.COMPLAINED)])

    assert suppressions() == [(mail.address_key, Reason.COMPLAINED)]
    assert Subscription.objects.get().state == Subscription.State.UNSUBSCRIBED


def test_leaving_at_the_provider_leaves_this_newsletter_alone(mail):
    record([about(mail, Kind.UNSUBSCRIBED)])

    assert suppressions() == []
    assert Subscription.objects.get().state == Subscription.State.UNSUBSCRIBED


def test_a_refusal_for_what_we_are_is_no_reader_s_fault(mail):
    record([about(mail, Kind.POLICY, code="5.7.26")])

    assert suppressions() == []
    assert Subscription.objects.get().state == Subscription.State.CONFIRMED


def test_leaving_a_roundup_leaves_the_newsletter_that_it_sums_up(daily_papers, emma):
    edition = make_leaving_edition(daily_papers.roundup)
    mail = make_delivery(edition, emma, part=make_slice(edition), state=State.ACCEPTED)

    record([about(mail, Kind.UNSUBSCRIBED, address="emma@example.org")])

    emma.refresh_from_db()
    assert emma.state == Subscription.State.UNSUBSCRIBED


def test_whoever_complains_of_a_mail_from_before_a_merge_ends_what_goes_on(mail, emma):
    Subscription.objects.exclude(pk=emma.pk).update(
        state=Subscription.State.UNSUBSCRIBED, merged_into=emma
    )

    record([about(mail, Kind.COMPLAINED)])

    emma.refresh_from_db()
    assert emma.state == Subscription.State.UNSUBSCRIBED


def test_what_happened_before_the_reader_s_newest_word_is_over(mail):
    Subscription.objects.update(confirmed_at=timezone.now())

    record([about(mail, Kind.COMPLAINED, happened_at=timezone.now() - timedelta(hours=1))])

    assert suppressions() == []
    assert Subscription.objects.get().state == Subscription.State.CONFIRMED
    assert DeliveryEvent.objects.get().kind == Kind.COMPLAINED


def test_what_happened_more_than_a_week_ago_is_written_down_and_does_nothing(mail):
    Subscription.objects.update(confirmed_at=timezone.now() - timedelta(days=99))

    record([about(mail, Kind.HARD, happened_at=timezone.now() - timedelta(days=8))])

    assert suppressions() == []
    assert DeliveryEvent.objects.get().kind == Kind.HARD


@pytest.mark.parametrize("state", [State.PENDING, State.REJECTED, State.EXPIRED])
def test_an_event_changes_no_delivery_that_was_not_in_doubt(mail, state):
    Delivery.objects.filter(pk=mail.pk).update(state=state, accepted_at=None)

    record([about(mail)])

    assert state_of(mail)[0] == state


def test_events_go_when_the_ledger_s_rows_have_gone(mail):
    record([about(mail, event_id="old"), about(mail, event_id="new")])
    old = DeliveryEvent.objects.filter(event_id="old")
    old.update(received_at=timezone.now() - timedelta(days=36))

    forget_old(timezone.now())

    assert list(DeliveryEvent.objects.values_list("event_id", flat=True)) == ["new"]


@pytest.mark.parametrize(("kind", "most"), [(Kind.DELIVERED, 14), (Kind.SOFT, 14 + 50)])
def test_any_number_of_events_takes_a_few_queries_and_one_for_each_that_failed(
    edition, django_assert_max_num_queries, kind, most
):
    part = make_slice(edition)
    mails = [make_delivery(edition, part=part, state=State.ACCEPTED) for _ in range(50)]
    said = [about(each, kind, address=each.subscriber.email) for each in mails]

    with django_assert_max_num_queries(most):
        record(said)

    assert DeliveryEvent.objects.filter(kind=kind).count() == 50


def test_a_list_of_any_length_is_taken(edition):
    part = make_slice(edition)
    mails = [make_delivery(edition, part=part, state=State.ACCEPTED) for _ in range(40)]
    said = [about(each, Kind.SOFT, address=each.subscriber.email) for each in mails]

    told = [replace(said[number // 2 % 40], event_id=str(number // 2)) for number in range(4_000)]

    assert record(told) == 2_000
