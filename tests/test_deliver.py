from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.utils import timezone

from newsletter.approve import approve_edition
from newsletter.deliver import (
    Balance,
    NotArmed,
    audience,
    balance_of,
    begin,
    cancel_edition,
    deliver_edition,
    expire_edition,
    ledger,
    release_for_now,
    tidy,
)
from newsletter.deliver.armed import ledger_id, require_armed
from newsletter.deliver.ledger import Outcomes
from newsletter.models import Channel, Edition, Subscription, Suppression, WrongState
from tests.crash import died_with
from tests.factories import make_edition, make_subscription

State = Edition.State
pytestmark = pytest.mark.django_db


@pytest.fixture
def edition(daily_papers) -> Edition:
    return approve_edition(make_edition(daily_papers, papers=2))


def states(edition: Edition) -> dict[str, str]:
    return dict(edition.deliveries.values_list("subscriber__email", "state"))


def test_each_confirmed_reader_gets_one_mail_in_their_language(
    relay, edition, alice, emma, bob, carol
):
    balance = deliver_edition(edition)

    assert balance == Balance(audience_count=2, accepted=2)
    assert sorted(relay.recipients) == ["alice@example.org", "emma@example.org"]
    mails = {mail["To"]: mail for mail in relay.messages()}  # they may come in any order
    for address, language in (("alice@example.org", "ko"), ("emma@example.org", "en")):
        assert mails[address].get_content_type() == "multipart/alternative"
        html = mails[address].get_body(["html"]).get_content()
        assert html.count(f'<html lang="{language}"') == 1


def test_a_second_run_sends_nothing_more(relay, edition, alice):
    deliver_edition(edition)
    deliver_edition(Edition.objects.get(pk=edition.pk))

    assert relay.recipients == ["alice@example.org"]


def test_what_is_sent_is_what_was_approved(relay, edition, alice):
    edition.entries.first().paper.summaries.update(whats_new="Changed after the approval")

    deliver_edition(edition)

    (message,) = relay.messages()
    assert "Changed after" not in message.get_body(["html"]).get_content()


def test_a_reader_who_confirms_after_the_cutoff_waits_for_the_next_edition(relay, edition, alice):
    make_subscription("late@example.org", confirmed_at=timezone.now() + timedelta(hours=1))

    deliver_edition(edition)

    assert relay.recipients == ["alice@example.org"]


def test_a_reader_who_leaves_after_the_freeze_gets_nothing(relay, edition, alice, emma):
    begin(edition)
    Subscription.objects.filter(pk=alice.pk).update(state="unsubscribed")

    deliver_edition(edition)

    assert states(edition) == {"alice@example.org": "suppressed", "emma@example.org": "accepted"}
    assert relay.recipients == ["emma@example.org"]


def test_a_suppressed_address_is_not_in_the_audience(relay, edition, alice, emma):
    Suppression.objects.create(address_key=alice.subscriber.address_key, reason="complained")

    deliver_edition(edition)

    assert states(edition) == {"emma@example.org": "accepted"}


def test_an_edition_on_hold_sends_nothing_until_it_is_resumed(relay, edition, alice):
    edition.hold("wrong picture")
    deliver_edition(edition)
    held = list(relay.recipients)
    edition.resume()
    deliver_edition(edition)

    assert (held, relay.recipients) == ([], ["alice@example.org"])


def test_a_cancelled_edition_sends_no_more(relay, edition, alice):
    cancel_edition(edition, "a mistake")

    deliver_edition(edition)

    assert relay.recipients == []
    with pytest.raises(WrongState):
        cancel_edition(edition, "again")


def test_an_address_that_the_relay_refuses_is_rejected_and_the_others_go(
    relay, edition, alice, emma
):
    relay.replies_to_recipient["alice@example.org"] = "550 5.1.1 no such user"

    deliver_edition(edition)

    assert states(edition) == {"alice@example.org": "rejected", "emma@example.org": "accepted"}
    assert edition.deliveries.get(state="rejected").error_code == "550 5.1.1"


def test_a_temporary_refusal_waits_and_is_tried_again_once(relay, edition, alice, emma):
    relay.replies_to_recipient["alice@example.org"] = "450 4.2.0 greylisted"
    deliver_edition(edition)
    waiting = edition.deliveries.get(state="pending")
    edition.deliveries.filter(pk=waiting.pk).update(not_before=Now())
    del relay.replies_to_recipient["alice@example.org"]

    deliver_edition(edition)

    assert waiting.not_before > timezone.now() + timedelta(seconds=50)
    assert sorted(relay.recipients) == ["alice@example.org", "emma@example.org"]
    assert edition.state == State.DONE


def test_a_closed_relay_changes_nothing_and_is_asked_again_after_a_while(
    relay_later, edition, alice
):
    deliver_edition(edition)
    before = balance_of(edition)
    relay = relay_later()
    Channel.objects.update(shut_until=Now())
    deliver_edition(edition)

    assert before == Balance(audience_count=1, pending=1)
    assert relay.recipients == ["alice@example.org"]


def test_what_a_dead_sender_had_only_claimed_is_sent_and_what_had_begun_to_leave_is_in_doubt(
    relay, edition, alice, emma
):
    begin(edition)
    died_with(edition, "emma@example.org")

    deliver_edition(edition)

    assert states(edition) == {"alice@example.org": "accepted", "emma@example.org": "assumed_sent"}
    assert relay.recipients == ["alice@example.org"]


def test_old_news_is_not_sent_after_its_expiry(relay, edition, alice):
    Edition.objects.filter(pk=edition.pk).update(expires_at=timezone.now() - timedelta(hours=1))
    edition.refresh_from_db()

    expire_edition(edition)
    deliver_edition(edition)

    assert (relay.recipients, edition.state) == ([], State.EXPIRED)


def test_an_edition_that_expires_on_its_way_keeps_the_count_of_who_did_not_get_it(
    relay, edition, alice
):
    relay.replies_to_recipient["alice@example.org"] = "450 4.2.0 greylisted"
    deliver_edition(edition)

    expire_edition(edition)

    assert edition.state == State.DONE
    assert balance_of(edition) == Balance(audience_count=1, expired=1)


def test_the_audience_is_frozen_in_slices_that_go_on_after_a_kill(relay, edition, monkeypatch):
    monkeypatch.setattr(audience, "SLICE", 2)
    for _ in range(5):
        make_subscription()
    edition.move(State.FREEZING, come_from=[State.APPROVED], audience_cutoff_at=Now())
    Edition.objects.filter(pk=edition.pk).update(
        audience_max_id=Subscription.objects.latest("pk").pk
    )
    audience.freeze_slice(edition)

    deliver_edition(edition)

    assert balance_of(edition) == Balance(audience_count=5, accepted=5)
    assert len(set(relay.recipients)) == 5


def test_a_language_that_came_after_the_approval_does_not_stop_the_edition(relay, daily_papers):
    daily_papers.languages = ["ko"]
    daily_papers.save()
    edition = approve_edition(make_edition(daily_papers))
    daily_papers.languages = ["ko", "en"]
    daily_papers.save()
    make_subscription("emma@example.org", language="en")

    deliver_edition(Edition.objects.get(pk=edition.pk))

    (message,) = relay.messages()
    assert '<html lang="ko"' in message.get_body(["html"]).get_content()


def test_what_a_sender_gave_back_after_the_cancelling_stays_unsent(relay, edition, alice):
    begin(edition)
    taken = died_with(edition)
    cancel_edition(edition, "a mistake")
    ledger.settle(taken, Outcomes())

    tidy()

    assert states(edition) == {"alice@example.org": "expired"}


def test_what_a_dead_sender_held_of_an_edition_on_hold_is_settled_too(relay, edition, alice):
    begin(edition)
    died_with(edition, "alice@example.org")
    edition.hold("wait")

    tidy()

    assert states(edition) == {"alice@example.org": "in_doubt"}


def test_a_draft_cannot_be_released(daily_papers):
    with pytest.raises(WrongState, match="approve it first"):
        release_for_now(make_edition(daily_papers))


def test_an_edition_that_was_done_goes_on_when_a_late_answer_says_that_a_mail_had_not_left(
    relay, edition, alice, emma
):
    deliver_edition(edition)
    late = edition.deliveries.filter(subscriber=alice.subscriber)
    late.update(state="pending", accepted_at=None)  # as a settlement does that comes behind `done`

    tidy()
    edition.refresh_from_db()
    deliver_edition(edition)

    assert relay.recipients.count("alice@example.org") == 2
    assert (edition.state, relay.recipients.count("emma@example.org")) == (State.DONE, 1)


def test_what_was_in_a_senders_hand_at_the_cancellation_ends_with_its_turn(
    relay, edition, alice, emma
):
    begin(edition)
    taken = died_with(edition, "alice@example.org")
    cancel_edition(Edition.objects.get(pk=edition.pk), "wrong day")
    edition.refresh_from_db()
    ledger.settle(taken, Outcomes())  # as its sender does when it sees the cancellation

    balance = deliver_edition(edition)

    assert (balance.pending, balance.expired) == (0, 2)


def test_a_wake_up_that_comes_too_early_freezes_no_audience(relay, edition, alice):
    Edition.objects.update(not_before=timezone.now() + timedelta(hours=1))
    edition.refresh_from_db()

    deliver_edition(edition)

    assert (edition.state, relay.recipients) == (State.APPROVED, [])


def test_a_copy_says_on_the_edition_why_it_sends_nothing(relay, edition, alice, settings):
    require_armed()
    settings.SITE_URL = "https://staging.example"

    with pytest.raises(NotArmed):
        deliver_edition(edition)

    assert "run: manage.py arm" in Edition.objects.get().reason


@pytest.mark.parametrize("is_in_the_way", ["the folder", "this ledger's"])
def test_a_journal_that_cannot_be_begun_stops_the_sending_and_is_named(
    relay, edition, alice, settings, tmp_path, is_in_the_way
):
    begin(edition)
    settings.JOURNAL_DIR = tmp_path / "notes"
    if is_in_the_way == "the folder":
        settings.JOURNAL_DIR.touch()
    else:
        settings.JOURNAL_DIR.mkdir()
        (settings.JOURNAL_DIR / ledger_id()).touch()

    deliver_edition(edition)

    assert edition.reason.startswith("Nothing can be noted in the journal: ")
    assert (balance_of(edition).pending, relay.recipients) == (1, [])


def test_where_no_channel_may_carry_mail_the_edition_says_why(relay, edition, alice):
    Channel.objects.create(name=Channel.DEFAULT_NAME, is_active=False)

    deliver_edition(edition)
    why = edition.reason
    Channel.objects.update(is_active=True)
    deliver_edition(edition)

    assert why == "default: it is not in use."
    assert (edition.reason, relay.recipients) == ("", ["alice@example.org"])
