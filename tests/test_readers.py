"""The web endpoints of the way in and out, with nothing but a database behind them."""

import socket
import time
from datetime import timedelta

import pytest
from django.conf import settings
from django.core import mail
from django.urls import reverse
from django.utils import timezone
from kombu import Connection, pools

from newsletter import links
from newsletter.celery import app
from newsletter.limits import ASKED_BY_A_NETWORK, HOUR
from newsletter.models import Subscription
from newsletter.notify import send_due_notices
from newsletter.subscribe import subscribe, unsubscribe
from tests.factories import make_subscription

State = Subscription.State
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def dana(daily_papers) -> Subscription:
    """Has asked, in English, and has the link."""
    subscribe("dana@example.org", daily_papers, "en")
    return Subscription.objects.get(subscriber__email="dana@example.org")


def path(purpose: str, subscription: Subscription) -> str:
    return reverse(purpose, args=[links.token(purpose, subscription)])


def state(subscription: Subscription) -> str:
    return Subscription.objects.get(pk=subscription.pk).state


def ask(client, email, language="ko"):
    return client.post("/subscribe/", {"email": email, "language": language})


def test_from_the_form_to_the_last_mail(stranger, daily_papers):
    ask(stranger, "dana@example.org", "en")
    send_due_notices()
    (message,) = mail.outbox
    confirm = next(line for line in message.body.splitlines() if "/c/" in line)
    dana = Subscription.objects.get()

    assert "Welcome." in stranger.post(confirm).text
    assert list(Subscription.objects.mailable()) == [dana]

    assert "You are unsubscribed." in stranger.post(path("unsubscribe", dana)).text
    assert list(Subscription.objects.mailable()) == []


def test_the_answer_is_in_the_language_that_was_chosen(stranger, daily_papers):
    assert "We have sent a confirmation." in ask(stranger, "dana@example.org", "en").text
    assert "확인 메일을 보냈습니다." in ask(stranger, "dora@example.org", "ko").text


def test_an_address_is_kept_as_mail_carries_it(stranger, daily_papers):
    ask(stranger, "  Dana.Lee@예시.한국 ")

    assert [
        each.subscriber.email for each in Subscription.objects.select_related("subscriber")
    ] == ["Dana.Lee@xn--vv4b11d.xn--3e0b707e"]


@pytest.mark.parametrize(
    "address",
    [
        "",
        "dana",
        "dana@",
        "dana@localhost",
        "@example.org",
        "da na@example.org",
        "dana@example.org, eve@example.org",
        "Dana <dana@example.org>",
        '"da na"@example.org',
        "dana@[127.0.0.1]",
        "dana@example..org",
        "다나@example.org",
        "dana\u202e@example.org",
        "dana@example.org\nBcc: eve@example.org",
        "dana\x00@example.org",
        "d" * 65 + "@example.org",
        "d" * 300 + "@example.org",
    ],
)
def test_what_mail_cannot_reach_is_said_beside_the_field_and_nothing_is_kept(
    stranger, daily_papers, address
):
    page = ask(stranger, address, "en").text

    assert 'aria-describedby="id_email_error"' in page
    assert not Subscription.objects.exists()


def test_a_language_that_is_not_offered_is_refused(stranger, daily_papers):
    assert 'id="id_language_error"' in ask(stranger, "dana@example.org", "fr").text
    assert not Subscription.objects.exists()


def test_the_way_in_and_out_works_while_the_broker_is_down(
    stranger, daily_papers, no_broker, caplog, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        assert ask(stranger, "dana@example.org").status_code == 200

    dana = Subscription.objects.get()
    assert "waits for the next tick" in caplog.text
    assert send_due_notices() == 1
    assert stranger.post(path("confirm", dana)).status_code == 200
    assert stranger.post(path("unsubscribe", dana)).status_code == 200


@pytest.fixture
def silent_broker(monkeypatch):
    """Takes every connection, and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"redis://127.0.0.1:{listener.getsockname()[1]}/0"
        options = settings.CELERY_BROKER_TRANSPORT_OPTIONS
        silence = Connection(url, transport_options=options)
        monkeypatch.setattr(app.amqp, "_producer_pool", pools.producers[silence])
        yield


@pytest.mark.skipif(not settings.REDIS_URL, reason="without Redis nothing has to answer")
def test_a_broker_that_says_nothing_keeps_nobody_waiting_for_long_and_nobody_who_leaves(
    stranger, daily_papers, silent_broker, caplog, django_capture_on_commit_callbacks
):
    began_at = time.monotonic()
    with django_capture_on_commit_callbacks(execute=True):
        assert ask(stranger, "dana@example.org").status_code == 200
    asked_at = time.monotonic()
    with django_capture_on_commit_callbacks(execute=True):
        assert stranger.post(path("unsubscribe", Subscription.objects.get())).status_code == 200
    left_at = time.monotonic()

    assert "waits for the next tick" in caplog.text
    assert asked_at - began_at < 10
    assert left_at - asked_at < 2


def test_opening_a_confirmation_link_confirms_nothing(stranger, dana):
    address = path("confirm", dana)

    page = stranger.get(address)
    stranger.head(address)
    stranger.options(address)
    stranger.get(address, headers={"purpose": "prefetch"})

    assert page.status_code == 200
    assert "Confirm subscription" in page.text
    assert state(dana) == State.PENDING


def test_pressing_the_button_twice_is_a_welcome_twice(stranger, dana):
    answers = [stranger.post(path("confirm", dana)) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert all("Welcome." in answer.text for answer in answers)
    assert state(dana) == State.CONFIRMED


def test_the_welcome_says_when_the_first_edition_comes(stranger, dana, time_machine):
    time_machine.move_to("2024-07-05T09:00:00+09:00", tick=False)  # Friday, after the send
    Subscription.objects.update(confirmation_requested_at=timezone.now())
    dana.refresh_from_db()

    page = stranger.post(path("confirm", dana)).text

    assert "arrives on Saturday, 6 July, 07:00 KST" in page


@pytest.mark.parametrize("method", ["get", "post"])
def test_an_old_confirmation_link_offers_the_form_again(stranger, dana, method):
    Subscription.objects.update(confirmation_requested_at=timezone.now() - timedelta(hours=73))
    dana.refresh_from_db()

    answer = getattr(stranger, method)(path("confirm", dana))

    assert answer.status_code == 410
    assert "This link has expired." in answer.text
    assert '<form action="/subscribe/"' in answer.text
    assert state(dana) == State.PENDING


def test_a_confirmation_link_of_before_leaving_does_not_subscribe_again(stranger, dana):
    old = path("confirm", dana)
    stranger.post(old)
    unsubscribe(dana)

    assert stranger.post(old).status_code == 410
    assert state(dana) == State.UNSUBSCRIBED


def test_a_confirmation_link_that_we_did_not_make_says_so(stranger, db):
    assert stranger.get("/c/1-AAAAAAAAAAAAAAAAAAAAAA/").status_code == 410


def test_opening_an_unsubscribe_link_stops_nothing(stranger, alice):
    address = path("unsubscribe", alice)

    page = stranger.get(address)
    stranger.head(address)
    stranger.options(address)
    stranger.get(address, headers={"sec-purpose": "prefetch"})

    assert page.status_code == 200
    assert page.text.count("<button") == 4  # to leave; once a week, and two pauses
    assert state(alice) == State.CONFIRMED


@pytest.mark.parametrize("body", ["urlencoded", "multipart", "empty", "nonsense"])
def test_one_post_from_anyone_stops_the_mail_at_once(stranger, alice, body):
    address = path("unsubscribe", alice)
    urlencoded = "application/x-www-form-urlencoded"
    sent = {
        "urlencoded": lambda: stranger.post(address, "List-Unsubscribe=One-Click", urlencoded),
        "multipart": lambda: stranger.post(address, ONE_CLICK),
        "empty": lambda: stranger.post(address, "", urlencoded),
        "nonsense": lambda: stranger.post(address, b"\xff\xfe", "multipart/form-data; boundary="),
    }

    answer = sent[body]()

    assert answer.status_code == 200
    assert not answer.cookies
    assert not Subscription.objects.mailable().exists()


def test_the_same_post_again_is_answered_the_same(stranger, alice):
    answers = [stranger.post(path("unsubscribe", alice), ONE_CLICK) for _ in range(3)]

    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1


def test_an_unsubscribe_link_outlives_a_change_of_keys(stranger, alice, settings):
    settings.SECRET_KEY = "the old key"
    address = path("unsubscribe", alice)
    settings.SECRET_KEY = "the new key"
    settings.SECRET_KEY_FALLBACKS = ["the old key"]

    assert stranger.post(address, ONE_CLICK).status_code == 200
    assert state(alice) == State.UNSUBSCRIBED


@pytest.mark.parametrize("years", [1, 30])
def test_an_unsubscribe_link_works_for_ever(stranger, alice, time_machine, years):
    address = path("unsubscribe", alice)
    time_machine.move_to(timezone.now() + timedelta(days=366 * years))

    assert stranger.get(address).status_code == 200
    assert stranger.post(address, ONE_CLICK).status_code == 200
    assert state(alice) == State.UNSUBSCRIBED


def test_leaving_is_never_limited_whatever_its_network_has_asked_for(stranger, daily_papers):
    for number in range(ASKED_BY_A_NETWORK[HOUR] + 1):
        refused = ask(stranger, f"dana{number}@example.org")
    readers = [make_subscription() for _ in range(150)]

    answers = [stranger.post(path("unsubscribe", each), ONE_CLICK) for each in readers]

    assert refused.status_code == 429
    assert {answer.status_code for answer in answers} == {200}
    assert not Subscription.objects.mailable().exists()


@pytest.mark.parametrize("method", ["get", "post"])
def test_an_unsubscribe_link_that_we_did_not_make_is_not_found_in_words(stranger, db, method):
    answer = getattr(stranger, method)("/u/1-AAAAAAAAAAAAAAAAAAAAAA/")

    assert answer.status_code == 404
    assert "이 주소에는 아무것도 없습니다." in answer.text


def test_whoever_left_can_ask_again_with_one_button(stranger, alice):
    page = stranger.post(path("unsubscribe", alice)).text
    again = links.subscribe_again_path(alice)

    assert f'action="{again}"' in page
    assert stranger.get(again).status_code == 405
    assert "확인 메일을 보냈습니다." in stranger.post(again).text
    assert state(alice) == State.PENDING
    assert send_due_notices() == 1


@pytest.mark.parametrize("purpose", ["confirm", "unsubscribe"])
def test_token_pages_speak_the_readers_language_and_stay_out_of_sight(stranger, dana, purpose):
    for answer in (stranger.get(path(purpose, dana)), stranger.post(path(purpose, dana))):
        assert '<html lang="en"' in answer.text
        assert "no-store" in answer["Cache-Control"]
        assert answer["Referrer-Policy"] == "no-referrer"
        assert answer["X-Robots-Tag"] == "noindex"
        assert not answer.cookies


def test_no_page_of_the_way_shows_the_address(stranger, dana):
    pages = [
        ask(stranger, "dana@example.org"),
        stranger.get(path("confirm", dana)),
        stranger.post(path("confirm", dana)),
        stranger.get(path("unsubscribe", dana)),
        stranger.post(path("unsubscribe", dana)),
    ]

    assert not any("dana@" in page.text for page in pages)
