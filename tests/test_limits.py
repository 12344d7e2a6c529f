"""Floods against the form: limits hold, the site answers, and nobody's inbox is filled."""

import pytest
from django.core import mail
from django.core.signing import dumps
from django.test import Client
from django.utils import timezone

from newsletter import limits
from newsletter.forms import SHOWN
from newsletter.models import Notice, Subscription
from newsletter.notify import send_due_notices
from newsletter.subscribe import confirm, subscribe

pytestmark = pytest.mark.django_db


def ask(email="dana@example.org", address="203.0.113.7", **fields):
    client = Client(enforce_csrf_checks=True, REMOTE_ADDR=address)
    return client.post("/subscribe/", {"email": email, "language": "en"} | fields)


def test_a_network_that_asks_too_often_is_told_so_and_others_go_on(daily_papers):
    most = limits.ASKED_BY_A_NETWORK[limits.HOUR]
    statuses = [ask(f"dana{n}@example.org", f"203.0.113.{n}").status_code for n in range(most + 3)]

    assert statuses == [200] * most + [429] * 3
    assert ask("eve@example.org", "198.51.100.7").status_code == 200
    assert Subscription.objects.count() == most + 1
    assert "Please try again later" in ask("dora@example.org").text


def test_posts_from_many_networks_with_one_victim_are_one_mail(daily_papers):
    for network in range(40):
        ask("victim@example.org", f"198.51.{network}.7")
        send_due_notices()

    assert len(mail.outbox) == 1


def test_no_more_mails_that_ask_leave_in_an_hour_than_are_allowed(daily_papers, settings):
    settings.CONFIRMATIONS_AN_HOUR = 10
    for number in range(30):
        subscribe(f"dana@example{number}.org", daily_papers, "en")

    for _ in range(3):
        send_due_notices()

    assert len(mail.outbox) == 10
    assert Notice.objects.filter(sent_at=None).count() == 20


def test_no_domain_gets_more_than_its_share_and_the_others_do_not_wait_for_it(
    daily_papers, settings
):
    settings.CONFIRMATIONS_AN_HOUR = 10
    for number in range(8):
        subscribe(f"dana{number}@example.org", daily_papers, "en")
    subscribe("eve@example.com", daily_papers, "en")

    send_due_notices()

    to = [message.to[0].partition("@")[2] for message in mail.outbox]
    assert (to.count("example.org"), to.count("example.com")) == (3, 1)


@pytest.mark.parametrize("domains", [["example.org"], ["a.example", "b.example", "c.example"]])
def test_a_look_at_those_who_wait_costs_no_more_the_more_they_are(
    daily_papers, settings, domains, django_assert_max_num_queries
):
    settings.CONFIRMATIONS_AN_HOUR = 4
    for number in range(40):
        subscribe(f"dana{number}@{domains[number % len(domains)]}", daily_papers, "en")
    send_due_notices()
    left = len(mail.outbox)

    with django_assert_max_num_queries(8):
        send_due_notices()

    assert len(mail.outbox) == left == min(len(domains), 4)


def test_those_who_wait_for_their_turn_keep_no_reader_from_a_welcome(daily_papers, settings, bob):
    settings.CONFIRMATIONS_AN_HOUR = 1
    for number in range(3):
        subscribe(f"dana{number}@example{number}.org", daily_papers, "en")
    send_due_notices()
    Subscription.objects.filter(pk=bob.pk).update(confirmation_requested_at=timezone.now())
    bob.refresh_from_db()
    confirm(bob)

    send_due_notices()

    assert [message.to for message in mail.outbox[1:]] == [["bob@example.org"]]


def test_a_machine_is_answered_as_anyone_and_nothing_is_kept(daily_papers):
    machine, person = ask(website="https://spam.example"), ask("eve@example.org")

    assert machine.content == person.content
    assert [each.subscriber.email for each in Subscription.objects.all()] == ["eve@example.org"]


@pytest.mark.parametrize(
    "shown_at",
    ["yesterday", dumps(0.0, salt="another"), "now"],
    ids=["unsigned", "signed for another", "now"],
)
def test_whoever_answers_faster_than_anyone_reads_is_asked_to_press_once_more(
    daily_papers, shown_at
):
    if shown_at == "now":
        shown_at = dumps(timezone.now().timestamp() - 0.5, salt=SHOWN)

    page = ask(shown_at=shown_at).text

    assert "Please press the button once more." in page
    assert 'value="dana@example.org"' in page
    assert not Subscription.objects.exists()


def test_the_second_press_counts_from_when_the_form_was_first_shown(daily_papers):
    first = dumps(timezone.now().timestamp() - 1.9, salt=SHOWN)

    assert f'value="{first}"' in ask(shown_at=first).text
    assert "once more" not in ask(shown_at=dumps(timezone.now().timestamp() - 2, salt=SHOWN)).text
    assert Subscription.objects.count() == 1


def test_a_slip_is_asked_about_once_and_either_answer_counts(daily_papers):
    page = ask("dana@gmil.com").text
    kept_at_first = Subscription.objects.count()

    ask("dana@gmil.com", typed="dana@gmil.com")
    ask("eve@gmil.com", typed="eve@gmil.com", meant="eve@gmail.com")

    assert "Did you mean dana@gmail.com?" in page
    assert 'name="meant" value="dana@gmail.com"' in page
    assert page.index("Subscribe</button>") < page.index('name="meant"')  # Enter presses the first
    assert kept_at_first == 0
    assert {each.subscriber.email for each in Subscription.objects.all()} == {
        "dana@gmil.com",
        "eve@gmail.com",
    }


def test_a_domain_of_any_length_is_counted(daily_papers):
    domain = f"{'a' * 60}.{'b' * 60}.{'c' * 60}.{'d' * 50}.org"
    subscribe(f"dana@{domain}", daily_papers, "en")

    assert send_due_notices() == 1
    assert limits.taken(f"{limits.ONE}{domain}", limits.HOUR, limits.clock.now()) == 1


def test_a_full_domain_keeps_no_other_from_being_looked_at(daily_papers, settings):
    settings.CONFIRMATIONS_AN_HOUR = 4
    for number in range(12):
        subscribe(f"dana{number}@{'abc'[number // 4]}.example", daily_papers, "en")

    send_due_notices()

    assert sorted(message.to[0][-9:] for message in mail.outbox) == [
        "a.example",
        "b.example",
        "c.example",
    ]


def test_without_an_answer_of_the_database_nothing_is_mailed(daily_papers, monkeypatch):
    def down(*args):
        raise ConnectionError("no database")

    monkeypatch.setattr(limits, "take", down)
    with pytest.raises(ConnectionError):
        ask()

    assert not Subscription.objects.exists()
