from urllib.parse import urlsplit

import pytest
from django.urls import resolve
from django.utils.translation import override

from newsletter import links
from newsletter.models import Edition, Subscription
from newsletter.subscribe import ask_access
from tests.factories import DAY, make_edition, make_newsletter, make_subscription

BIGGEST_ID = 2**63 - 1


def test_tokens_are_so_short_that_no_header_folds(alice, settings):
    settings.SITE_URL = "http://localhost:8000"
    alice.pk = BIGGEST_ID

    assert len(links.token("unsubscribe", alice)) <= 40
    assert len(links.token("confirm", alice)) <= 40
    assert len(links.unsubscribe_url(alice.pk)) <= 74


def test_the_link_that_every_mail_carries_leads_to_the_page_that_unsubscribes(alice):
    page = resolve(urlsplit(links.unsubscribe_url(alice.pk)).path)

    assert page.url_name == "unsubscribe"
    assert links.subscription_of("unsubscribe", page.kwargs["token"]) == alice


def test_a_token_leads_back_to_its_subscription(alice, bob):
    assert links.subscription_of("unsubscribe", links.token("unsubscribe", alice)) == alice
    assert links.subscription_of("confirm", links.token("confirm", bob)) == bob


def test_the_same_token_is_made_at_every_attempt(alice):
    again = Subscription.objects.get(pk=alice.pk)

    assert links.token("unsubscribe", alice) == links.token("unsubscribe", again)


def test_a_token_for_one_purpose_is_none_for_another(bob):
    with pytest.raises(links.BadLink):
        links.subscription_of("unsubscribe", links.token("confirm", bob))
    with pytest.raises(links.BadLink):
        links.subscription_of("confirm", links.token("unsubscribe", bob))


def test_a_token_for_one_reader_is_none_for_another(alice, bob):
    number, mac = links.token("unsubscribe", alice).split("-", 1)
    other = links.token("unsubscribe", bob).split("-", 1)[0]

    assert number != other
    with pytest.raises(links.BadLink):
        links.subscription_of("unsubscribe", f"{other}-{mac}")


@pytest.mark.parametrize("text", ["", "-", "1-", "1", "zz-zz", "한-글", "1-" + "A" * 22, "0" * 500])
def test_what_is_no_token_opens_nothing(alice, text):
    with pytest.raises(links.BadLink):
        links.subscription_of("unsubscribe", text)


def test_the_links_of_the_first_mails_still_work(alice, settings):
    settings.SECRET_KEY = "the first key"
    alice.pk = 7

    assert links.token("unsubscribe", alice) == "7-vctza6-bE83oLSO6NiQEDQ"


def test_a_token_made_under_an_old_key_still_works(alice, settings):
    settings.SECRET_KEY = "the old key"
    old = links.token("unsubscribe", alice)

    settings.SECRET_KEY = "the new key"
    settings.SECRET_KEY_FALLBACKS = ["the old key"]

    assert links.subscription_of("unsubscribe", old) == alice
    assert links.token("unsubscribe", alice) != old


def test_a_token_asks_the_database_once_for_all_that_its_page_needs(
    alice, bob, settings, django_assert_num_queries
):
    settings.SECRET_KEY_FALLBACKS = ["an old key", "an older one"]
    Subscription.objects.filter(pk=bob.pk).update(merged_into=alice)
    ask_access(alice)
    access = links.token("access", alice)

    with django_assert_num_queries(1):
        found = links.subscription_of("unsubscribe", links.token("unsubscribe", bob))
        said = (found.subscriber.email, found.newsletter.slug)
    with django_assert_num_queries(2):  # and when its mail was asked for
        assert links.subscription_of("access", access) == alice

    assert said == ("alice@example.org", "daily-papers")


def test_a_token_that_is_none_of_ours_costs_no_look_at_any_reader(alice, django_assert_num_queries):
    number = links.token("unsubscribe", alice).split("-", 1)[0]

    with django_assert_num_queries(0), pytest.raises(links.BadLink):
        links.subscription_of("unsubscribe", f"{number}-{'A' * 22}")


def test_a_token_made_under_a_key_that_is_gone_opens_nothing(alice, settings):
    settings.SECRET_KEY = "the old key"
    old = links.token("unsubscribe", alice)

    settings.SECRET_KEY = "the new key"
    settings.SECRET_KEY_FALLBACKS = []

    with pytest.raises(links.BadLink):
        links.subscription_of("unsubscribe", old)


def test_korean_pages_have_no_prefix_and_english_ones_do(db, settings):
    settings.SITE_URL = "https://paperboy.example"
    edition = make_edition()

    assert links.home_url("ko") == "https://paperboy.example/"
    assert links.home_url("en") == "https://paperboy.example/en/"
    assert links.edition_url(edition, "ko") == "https://paperboy.example/2024-07-03/"
    assert links.edition_url(edition, "en") == "https://paperboy.example/en/2024-07-03/"


def test_another_newsletters_edition_carries_its_name(db):
    edition = Edition(newsletter=make_newsletter(slug="robots"), date=DAY)

    with override("ko"):
        assert links.edition_path(edition) == "/n/robots/2024-07-03/"


def test_a_mails_links_are_the_same_in_every_language(db):
    alice = make_subscription()

    with override("ko"):
        korean = links.unsubscribe_url(alice.pk)
    with override("en"):
        assert links.unsubscribe_url(alice.pk) == korean
