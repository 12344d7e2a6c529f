"""What is known of a reader: shown and erased by a link that was mailed anew, and by no other."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.serializers import serialize
from django.utils import timezone

from newsletter import links
from newsletter.deliver import balance_of
from newsletter.known import erase, known_of
from newsletter.models import (
    Consent,
    Delivery,
    Edition,
    Notice,
    Subscriber,
    Subscription,
    Suppression,
    Taste,
)
from newsletter.models.subscribers import address_key
from newsletter.notify import send_due_notices
from newsletter.subscribe import ask_access, choose, confirm, subscribe
from newsletter.verify import verify_edition
from tests.factories import make_done_edition, make_newsletter
from tests.moving import path

pytestmark = pytest.mark.django_db


@pytest.fixture
def dana(daily_papers) -> Subscription:
    """Has asked, confirmed and chosen."""
    subscribe("dana@example.org", daily_papers, "en")
    dana = Subscription.objects.get()
    confirm(dana)
    choose(dana, hour=7, time_zone="Europe/Berlin", taste=Taste.of(5, ["cs.CL"], ["cooking"]))
    return dana


def test_the_link_is_mailed_to_the_reader_and_shows_everything(stranger, dana):
    answer = stranger.post(f"{path(links.unsubscribe_url(dana.pk))}access/")
    Notice.objects.filter(kind=Notice.Kind.WELCOME).delete()
    send_due_notices()

    (message,) = mail.outbox
    link = next(line for line in message.body.splitlines() if "/a/" in line)
    page = stranger.get(path(link))
    assert "We have mailed you the link." in answer.text
    assert message.to == ["dana@example.org"]
    assert "/a/" not in answer.text
    assert "Download it (JSON)" in page.text
    assert (page["Referrer-Policy"], page["X-Robots-Tag"]) == ("no-referrer", "noindex")


def test_the_file_holds_what_the_tables_do(stranger, dana):
    make_done_edition()
    ask_access(dana)

    answer = stranger.get(f"{path(links.access_url(dana))}paperboy.json")

    known = answer.json()
    (subscription,) = known["subscriptions"]
    assert answer["Content-Disposition"] == 'attachment; filename="paperboy.json"'
    assert known["address"] == "dana@example.org"
    assert (subscription["hour"], subscription["topics_left_out"]) == (7, ["cooking"])
    assert [each["act"] for each in subscription["consents"]] == ["asked", "confirmed"]
    assert [each["edition__date"] for each in known["mails"]] == ["2024-07-03"]


def test_the_file_says_whether_and_why_the_address_is_not_mailed(dana):
    assert known_of(dana.subscriber)["suppression"] is None
    since = timezone.now()
    Suppression.objects.create(
        address_key=dana.subscriber.address_key,
        reason="failing",
        created_at=since,
        ends_at=since + timedelta(days=14),
    )

    assert known_of(dana.subscriber)["suppression"] == {
        "reason": "failing",
        "created_at": since,
        "ends_at": since + timedelta(days=14),
        "end_reason": "",
    }


def test_after_erasing_the_address_stands_nowhere(stranger, dana):
    edition = make_done_edition()
    ask_access(dana)

    answer = stranger.post(path(links.access_url(dana)))

    tables = (Subscriber, Subscription, Consent, Notice, Delivery, Edition)
    dump = "".join(serialize("json", model.objects.all()) for model in tables)
    assert "Everything is erased." in answer.text
    assert "dana" not in dump
    assert "Berlin" not in dump
    dana.refresh_from_db()
    assert (dana.state, dana.hour, dana.taste) == ("unsubscribed", None, None)
    assert list(Subscription.objects.mailable()) == []
    assert balance_of(edition).accepted == 1
    assert verify_edition(edition) == []


def test_a_suppression_goes_on_to_hold_and_the_address_may_come_back(dana, daily_papers):
    Suppression.objects.create(address_key=address_key("dana@example.org"), reason="complained")
    erase(dana.subscriber)

    subscribe("dana@example.org", daily_papers, "ko")

    back = Subscriber.objects.get(address_key=address_key("dana@example.org"))
    assert back.pk != dana.subscriber_id
    assert not Subscription.objects.unsuppressed().filter(subscriber=back).exists()


def test_old_links_still_answer_after_erasing(stranger, dana):
    link = path(links.unsubscribe_url(dana.pk))
    erase(dana.subscriber)
    erase(dana.subscriber)

    assert stranger.post(link).status_code == 200
    assert stranger.get(f"{link}choices/").status_code == 200
    assert stranger.post(f"{link}access/").status_code == 200
    assert send_due_notices() == 0


def test_whoever_is_erased_cannot_be_subscribed_again_by_an_old_link(stranger, dana):
    again = f"{path(links.unsubscribe_url(dana.pk))}again/"
    erase(dana.subscriber)

    answer = stranger.post(again)

    assert (answer.status_code, Subscriber.objects.count()) == (410, 1)
    assert "This link has expired." in answer.text or "기한이 지났습니다" in answer.text


def test_the_link_is_mailed_three_times_a_day_to_one_address_with_a_pause_between(
    dana, time_machine
):
    noon = timezone.now()
    robots = Subscription.objects.create(subscriber=dana.subscriber, newsletter=make_newsletter())
    for minutes in (0, 9, 11, 22, 33, 44, 60 * 25):
        time_machine.move_to(noon + timedelta(minutes=minutes), tick=False)
        ask_access(dana)
        ask_access(robots)

    asked = Notice.objects.filter(kind=Notice.Kind.ACCESS).order_by("pk")
    assert [(each.due_at - noon) // timedelta(minutes=1) for each in asked] == [0, 11, 22, 60 * 25]


def test_a_link_that_waited_for_longer_than_it_works_is_left_and_stops_no_other(dana, daily_papers):
    ask_access(dana)
    Notice.objects.filter(kind=Notice.Kind.ACCESS).update(
        due_at=timezone.now() - timedelta(hours=2)
    )
    subscribe("eve@example.org", daily_papers, "en")

    assert send_due_notices() == 2  # the welcome, and what asks Eve

    assert {message.to[0] for message in mail.outbox} == {"dana@example.org", "eve@example.org"}


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_a_scanner_that_opens_the_link_erases_nothing(stranger, dana, method):
    ask_access(dana)

    getattr(stranger, method)(path(links.access_url(dana)))

    assert Subscriber.objects.get().email == "dana@example.org"


def test_the_link_works_for_an_hour_and_only_where_one_was_asked_for(stranger, dana):
    with pytest.raises(links.BadLink):
        links.access_url(dana)
    ask_access(dana)
    link = path(links.access_url(dana))
    first = stranger.get(link).status_code
    Notice.objects.filter(kind=Notice.Kind.ACCESS).update(
        due_at=timezone.now() - timedelta(minutes=61)
    )

    assert (first, stranger.get(link).status_code, stranger.post(link).status_code) == (
        200,
        404,
        404,
    )


def test_the_links_of_a_mail_show_nothing_and_erase_nothing(stranger, dana):
    ask_access(dana)
    token = links.unsubscribe_token(dana.pk)

    assert stranger.get(f"/a/{token}/").status_code == 404
    assert stranger.post(f"/a/{token}/").status_code == 404
    assert stranger.get(f"/a/{token}/paperboy.json").status_code == 404


def test_asking_again_and_again_is_one_mail(stranger, dana):
    for _ in range(20):
        stranger.post(f"{path(links.unsubscribe_url(dana.pk))}access/")

    assert Notice.objects.filter(kind=Notice.Kind.ACCESS).count() == 1


def test_what_is_known_has_no_key_of_ours(dana):
    known = str(known_of(dana.subscriber))

    assert dana.subscriber.address_key not in known
