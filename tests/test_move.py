"""Change of address: when both have said yes everything moves, once, and what stays behind."""

from datetime import timedelta

import pytest
from django.core.serializers import serialize
from django.test import Client
from django.utils import timezone

from newsletter import links
from newsletter.known import erase, known_of
from newsletter.models import (
    AddressChange,
    Agreement,
    Consent,
    Notice,
    Subscriber,
    Subscription,
)
from newsletter.models.subscribers import address_key
from newsletter.move import forget_changes
from newsletter.notify import send_due_notices
from newsletter.subscribe import ask_access, choose, confirm, subscribe, unsubscribe
from tests.factories import make_newsletter, make_subscription
from tests.moving import NEW, OLD, Side, addresses, ask, link, path, press_both

State = Subscription.State


@pytest.mark.parametrize("last", [Side.OLD, Side.NEW])
def test_it_moves_when_the_second_is_pressed_whichever_it_is(stranger, emma, last):
    ask(stranger, emma)
    first = Side.NEW if last == Side.OLD else Side.OLD
    pressed_first, pressed_last = link(first), link(last)

    waiting = stranger.post(pressed_first)
    between = addresses()
    done = stranger.post(pressed_last)

    assert "Now the other address." in waiting.text
    assert between == {OLD}
    assert "It has moved." in done.text
    emma.subscriber.refresh_from_db()
    assert (emma.subscriber.email, emma.subscriber.address_key) == (NEW, address_key(NEW))
    assert list(Subscription.objects.mailable()) == [emma]
    assert Subscriber.objects.count() == 1


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_a_scanner_that_opens_both_links_moves_nothing(stranger, emma, method):
    ask(stranger, emma)

    for side in Side:
        getattr(stranger, method)(link(side))

    assert addresses() == {OLD}
    assert not Agreement.objects.exists()


def test_one_side_pressed_twice_is_no_yes_of_the_other(stranger, emma):
    ask(stranger, emma)

    answers = [stranger.post(link(Side.OLD)) for _ in range(2)]

    assert ["Now the other address." in each.text for each in answers] == [True, True]
    assert addresses() == {OLD}


def test_pressing_again_after_it_has_moved_says_so_and_changes_nothing(stranger, emma):
    ask(stranger, emma)
    old, new = link(Side.OLD), link(Side.NEW)
    press_both(stranger)

    answers = [stranger.post(old), stranger.post(new), stranger.get(old)]

    assert ["It has moved." in each.text for each in answers] == [True] * 3
    assert Consent.objects.count() == 2


def test_the_pages_are_nobody_elses_and_speak_the_readers_language(stranger, emma):
    ask(stranger, emma)

    for side in Side:
        for answer in (stranger.get(link(side)), stranger.post(link(side))):
            assert '<html lang="en"' in answer.text
            assert (answer["Referrer-Policy"], answer["X-Robots-Tag"]) == ("no-referrer", "noindex")
            assert "no-store" in answer["Cache-Control"]
            assert not answer.cookies


def test_links_expire_after_three_days_and_the_change_is_erased(stranger, emma, time_machine):
    ask(stranger, emma)
    old, new = link(Side.OLD), link(Side.NEW)
    stranger.post(old)
    time_machine.move_to(timezone.now() + timedelta(hours=73))

    answers = [stranger.get(new), stranger.post(new)]
    forget_changes()

    assert [each.status_code for each in answers] == [410, 410]
    assert stranger.post(old).status_code == 410
    assert addresses() == {OLD}
    assert not AddressChange.objects.exists()
    assert not Notice.objects.filter(subscription=emma).exists()


def test_links_outlive_a_change_of_keys(stranger, emma, settings):
    ask(stranger, emma)
    settings.SECRET_KEY = "the old key"
    old, new = link(Side.OLD), link(Side.NEW)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "the new key", ["the old key"]

    stranger.post(old)
    stranger.post(new)

    assert addresses() == {NEW}


def test_no_other_link_of_a_reader_moves_anything(stranger, emma):
    ask(stranger, emma)
    tokens = [links.token("unsubscribe", emma), "1-AAAAAAAAAAAAAAAAAAAAAA", "%00", "é-x"]

    assert [stranger.post(f"/m/{token}/").status_code for token in tokens] == [410] * 4
    assert stranger.get(link(Side.OLD).replace("/m/", "/u/")).status_code == 404


def test_whoever_leaves_meanwhile_does_not_move(stranger, emma):
    ask(stranger, emma)
    unsubscribe(emma)

    answers = press_both(stranger)

    assert [each.status_code for each in answers] == [410, 410]
    assert addresses() == {OLD}
    assert send_due_notices() == 0


def test_whoever_is_erased_meanwhile_leaves_no_trace_of_the_change(stranger, emma):
    ask(stranger, emma)
    old, new = link(Side.OLD), link(Side.NEW)
    stranger.post(old)

    erase(emma.subscriber)

    tables = (AddressChange, Agreement, Subscriber, Subscription, Consent, Notice)
    dump = "".join(serialize("json", model.objects.all()) for model in tables)
    assert [stranger.post(each).status_code for each in (old, new)] == [410, 410]
    assert "emma" not in dump
    assert send_due_notices() == 0


def test_erasing_the_reader_of_the_new_address_erases_who_would_move_there(stranger, emma):
    there = make_subscription(NEW)
    ask(stranger, emma)

    erase(there.subscriber)

    assert not AddressChange.objects.exists()


def test_after_erasing_nothing_says_who_would_have_moved_there(stranger, emma):
    ask(stranger, emma)
    other = make_subscription(NEW)
    asked = Notice.objects.filter(address_key=address_key(NEW), kind=Notice.Kind.MOVE_TO)
    before = [each.subscription for each in asked.all()]

    erase(other.subscriber)

    assert before == [emma]
    assert [each.subscription for each in asked.all()] == [None]


def test_what_is_known_tells_of_a_change_and_of_nobody_elses_address(stranger, emma):
    there = make_subscription(NEW)
    ask(stranger, emma)

    mine, theirs = known_of(emma.subscriber), known_of(there.subscriber)

    assert [each["email"] for each in mine["changes_of_address"]] == [NEW]
    assert [each["email"] for each in theirs["changes_of_address"]] == [NEW]
    assert OLD not in str(theirs)


def test_what_is_known_tells_what_was_pressed_to_the_one_who_pressed(stranger, emma):
    there = make_subscription(NEW)
    ask(stranger, emma)
    stranger.post(link(Side.OLD))

    ((mine,), (theirs,)) = (
        known_of(each.subscriber)["changes_of_address"] for each in (emma, there)
    )

    (agreement,) = mine["agreements"]
    assert (agreement["side"], agreement["at"]) == ("old", Agreement.objects.get().at)
    assert "Move Paperboy to another address?" in agreement["wording__text"]
    assert theirs["agreements"] == []


def test_every_subscription_moves_with_its_choices_and_the_proof_of_both(stranger, emma):
    second = make_newsletter(name="Letters")
    other = Subscription.objects.create(
        subscriber=emma.subscriber,
        newsletter=second,
        state=State.CONFIRMED,
        confirmed_at=timezone.now(),
    )
    choose(emma, hour=7)
    stranger = Client(enforce_csrf_checks=True, REMOTE_ADDR="203.0.113.77")
    ask(stranger, emma)
    page = stranger.get(link(Side.NEW)).text

    press_both(stranger)

    emma.refresh_from_db()
    assert (emma.subscriber.email, emma.hour) == (NEW, 7)
    for subscription in (emma, other):
        acts = list(subscription.consents.order_by("pk"))
        assert [(each.act, each.source) for each in acts] == [("let_go", "mail"), ("moved", "mail")]
        assert all(each.network for each in acts)
        assert "Daily Papers, Letters will come to this address" in acts[1].wording.text
        assert all(line in page for line in acts[1].wording.text.splitlines())
        assert "example" not in acts[0].wording.text


def test_nothing_but_keys_is_left_of_the_old_address(stranger, emma):
    ask_access(emma)
    access = path(links.access_url(emma))
    ask(stranger, emma)
    press_both(stranger)

    tables = (AddressChange, Agreement, Subscriber, Subscription, Consent)
    dump = "".join(serialize("json", model.objects.all()) for model in tables)
    assert OLD not in dump
    assert address_key(OLD) not in dump
    assert AddressChange.objects.get().email == ""
    assert not Notice.objects.filter(subscription__isnull=False).exists()
    assert stranger.get(access).status_code == 404  # it lies in the old mailbox


def test_links_in_mails_to_the_old_address_go_on_working_and_hide_the_new_one(stranger, emma):
    unsubscribing = path(links.unsubscribe_url(emma.pk))
    ask(stranger, emma)
    press_both(stranger)

    settings = stranger.get(f"{unsubscribing}choices/")

    assert "e…@example.net" in settings.text
    assert NEW not in settings.text
    assert stranger.post(unsubscribing).status_code == 200
    assert not Subscription.objects.mailable().exists()


def test_the_old_address_is_a_strangers_from_then_on(stranger, emma, daily_papers):
    ask(stranger, emma)
    press_both(stranger)

    subscribe(OLD, daily_papers, "en")

    assert addresses() == {OLD, NEW}
    assert Subscriber.objects.get(email=OLD).pk != emma.subscriber_id


def test_a_request_that_still_waits_at_the_old_address_is_not_confirmed_from_there(stranger, emma):
    second = make_newsletter()
    subscribe(OLD, second, "en")
    asked = Subscription.objects.get(newsletter=second)
    ask(stranger, emma)

    press_both(stranger)

    assert confirm(asked) is False
    assert send_due_notices() == 0


def test_whoever_has_moved_may_leave_and_come_back_the_same_day(stranger, emma, daily_papers):
    ask(stranger, emma)
    press_both(stranger)
    unsubscribe(emma)

    subscribe(NEW, daily_papers, "en")

    assert send_due_notices() == 1


def test_they_may_move_on_and_back(stranger, emma):
    for email in (NEW, "emma@example.com", OLD):
        ask(stranger, emma, email)
        press_both(stranger, email)

    assert addresses() == {OLD}
