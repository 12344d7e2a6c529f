"""The proof of consent: each act once, with the words as they were read, and from where."""

import pytest
from django.urls import reverse
from lxml import html

from newsletter import links
from newsletter.models import Consent, Subscription, Wording
from newsletter.network import PREFIXES
from tests.factories import make_editor

pytestmark = pytest.mark.django_db


@pytest.fixture
def stranger(stranger):
    stranger.defaults["REMOTE_ADDR"] = "203.0.113.77"
    return stranger


def ask(client, **fields):
    return client.post("/subscribe/", {"email": "dana@example.org", "language": "en"} | fields)


def confirm(client) -> Subscription:
    dana = Subscription.objects.get(subscriber__email="dana@example.org")
    client.post(reverse("confirm", args=[links.token("confirm", dana)]))
    return dana


def test_asking_and_confirming_are_kept_with_their_words_and_network(stranger, daily_papers):
    ask(stranger)

    dana = confirm(stranger)

    asked, confirmed = dana.consents.all()
    assert [(each.act, each.source) for each in (asked, confirmed)] == [
        ("asked", "form"),
        ("confirmed", "mail"),
    ]
    assert asked.at == dana.confirmation_requested_at
    assert "You can leave at any time" in confirmed.wording.text
    assert "Confirm subscription" in confirmed.wording.text
    assert asked.network == confirmed.network != ""
    dana.refresh_from_db()
    assert confirmed.at == dana.confirmed_at


def test_the_words_are_those_that_stood_on_the_page(stranger, daily_papers):
    page = stranger.get("/subscribe/").text

    ask(stranger)

    wording = Consent.objects.get().wording
    assert wording.language == "ko"
    for line in wording.text.splitlines()[1:]:
        assert line in page


def test_the_words_are_in_the_language_of_the_page_whatever_was_chosen_on_it(
    stranger, daily_papers
):
    page = html.fromstring(stranger.get("/en/").text)
    form = dict(page.get_element_by_id("subscribe").form_values())

    ask(stranger, **form | {"language": "ko", "shown_at": "", "email": "dana@example.org"})

    wording = Consent.objects.get().wording
    assert wording.language == "en"
    assert all(line in page.text_content() for line in wording.text.splitlines()[1:])


def test_the_words_on_the_confirmation_are_those_that_are_kept(stranger, daily_papers):
    ask(stranger)
    dana = Subscription.objects.get()
    page = stranger.get(reverse("confirm", args=[links.token("confirm", dana)])).text

    confirm(stranger)

    text = Consent.objects.get(act="confirmed").wording.text
    assert all(line in page for line in text.splitlines())


def test_the_same_words_are_kept_once(stranger, daily_papers):
    for number in range(3):
        ask(stranger, email=f"dana{number}@example.org")

    assert (Consent.objects.count(), Wording.objects.count()) == (3, 1)


def test_asking_again_too_soon_and_pressing_twice_are_no_further_acts(stranger, daily_papers):
    for _ in range(3):
        ask(stranger)
    for _ in range(3):
        confirm(stranger)

    assert list(Consent.objects.values_list("act", flat=True)) == ["asked", "confirmed"]


def test_no_address_of_a_machine_is_kept(stranger, daily_papers):
    ask(stranger)

    assert "203.0.113" not in str(Consent.objects.values())
    assert PREFIXES[4] == 24


def test_the_desk_shows_it(stranger, daily_papers, client):
    ask(stranger)
    dana = confirm(stranger)
    client.force_login(make_editor())

    page = client.get(f"/en/admin/newsletter/subscription/{dana.pk}/change/").text

    assert "confirmed, link in a mail" in page
    assert "Please confirm your subscription." in page
