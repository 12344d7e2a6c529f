"""Readers from a file: who is taken in, and who stays as they are."""

import csv
from io import StringIO

import pytest
from django.core.management import CommandError
from django.utils import timezone

from newsletter.forms import LONGEST_PAUSE, chosen
from newsletter.models import Consent, Newsletter, Notice, Subscriber, Subscription, Suppression
from newsletter.models.subscribers import address_key
from tests.factories import make_newsletter
from tests.importing import WORDS, run, states

pytestmark = pytest.mark.django_db

State = Subscription.State


def test_confirmed_readers_are_readers_at_once_with_proof(file):
    said = run(file("email,language\ndana@example.org,en\nemi@example.org,ko\n"), "--confirmed")

    assert said == "Now in Daily Papers: added 2, already 0, left 0, suppressed 0, rejected 0."
    assert states() == dict.fromkeys(["dana@example.org", "emi@example.org"], State.CONFIRMED)
    assert set(Subscription.objects.values_list("language", flat=True)) == {"en", "ko"}
    consent = Consent.objects.select_related("wording").first()
    assert (consent.act, consent.source, consent.wording.text) == ("imported", "import", WORDS)
    assert not Notice.objects.exists()


def test_whoever_is_there_has_left_or_is_suppressed_stays_as_they_are(file, alice, bob, carol):
    Suppression.objects.create(address_key=address_key("dave@example.org"), reason="complained")
    before = Subscription.objects.order_by("pk").values_list()[:3]
    kept = list(before)
    names = ("alice", "bob", "carol", "dave", "Alice")

    said = run(file("email\n" + "".join(f"{n}@example.org\n" for n in names)), "--confirmed")

    assert "added 0, already 3, left 1, suppressed 1, rejected 0" in said
    assert list(before) == kept
    assert "dave@example.org" not in states()


@pytest.mark.parametrize(
    ("states_in_the_file", "kept"),
    [
        (("confirmed", "unsubscribed"), {"dana@example.org": State.UNSUBSCRIBED}),
        (("unsubscribed", "confirmed"), {"dana@example.org": State.UNSUBSCRIBED}),
        (("unsubscribed", "confirmed", "suppressed"), {"dana@example.org": State.UNSUBSCRIBED}),
        (("suppressed", "unsubscribed"), {"dana@example.org": State.UNSUBSCRIBED}),
    ],
)
def test_of_two_rows_for_one_address_the_one_that_ends_mail_counts(file, states_in_the_file, kept):
    rows = "".join(f"dana@example.org,{state}\n" for state in states_in_the_file)

    said = run(file(f"email,state\n{rows}"), "--confirmed")

    assert states() == kept
    assert f"already {len(states_in_the_file) - 1}" in said


def test_a_pause_without_an_end_is_as_long_as_the_form_allows(file):
    run(file("email,paused_until\ndana@example.org,9999-12-31T23:59:59\n"), "--confirmed")

    dana = Subscription.objects.get()
    assert dana.paused_until <= timezone.now() + LONGEST_PAUSE
    assert chosen(dana)["paused_until"]


def test_importing_twice_changes_nothing(file):
    path = file("email\ndana@example.org\n")

    run(path)
    kept = list(Subscription.objects.values()), list(Notice.objects.values())
    again = run(path)

    assert "added 0, already 1" in again
    assert (list(Subscription.objects.values()), list(Notice.objects.values())) == kept


def test_a_dry_run_counts_and_keeps_nothing(file):
    said = run(file("email\ndana@example.org\nno address\n"), "--dry-run", "--confirmed")

    assert "Would be in Daily Papers: added 1" in said
    assert "rejected 1" in said
    assert not Subscriber.objects.exists()


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" Dana.Lee@Example.ORG ", "Dana.Lee@example.org"),
        ("dana@예시.한국", "dana@xn--vv4b11d.xn--3e0b707e"),
        ("'+dana@example.org", "+dana@example.org"),
        ("o'neil@example.org", "o'neil@example.org"),
    ],
)
def test_addresses_are_kept_as_the_form_keeps_them(file, typed, kept):
    run(file(f"email\n{typed}\n"), "--confirmed")

    assert list(states()) == [kept]


@pytest.mark.parametrize(
    "typed",
    [
        *("dana@localhost", "da..na@example.org", ".dana@example.org", "dana.@example.org"),
        *(f"{'d' * 65}@example.org", "dana@-example.org", "다나@example.org", "dana@example.test"),
        *('"da na"@example.org', "=cmd|' /C calc'!A0"),
    ],
)
def test_what_the_form_refuses_is_refused(file, typed):
    buffer = StringIO()
    csv.writer(buffer).writerow([typed])

    assert "rejected 1" in run(file(f"email\n{buffer.getvalue()}"), "--confirmed")
    assert states() == {}


def test_nobody_who_has_left_elsewhere_becomes_a_reader_by_a_later_file(file):
    run(file("email,state\ndana@example.org,unsubscribed\n"), "--confirmed")

    said = run(file("email\ndana@example.org\n"), "--confirmed")

    assert "added 0, already 0, left 1" in said
    assert states() == {"dana@example.org": State.UNSUBSCRIBED}


def test_nobody_who_is_suppressed_elsewhere_becomes_a_reader_by_a_later_file(file):
    said = run(file("email,status\ndana@example.org,blocklisted\n"), "--confirmed")
    again = run(file("email\ndana@example.org\n"), "--confirmed")

    assert "added 0, already 0, left 0, suppressed 1" in said
    assert "added 0, already 0, left 1, suppressed 0" in again
    assert states() == {"dana@example.org": State.UNSUBSCRIBED}


def test_many_readers_with_one_taste_ask_for_it_once(file, django_assert_max_num_queries):
    rows = "".join(f"reader{n}@example.org,cs.CL\n" for n in range(50))
    path = file(f"email,topics_first\n{rows}")

    with django_assert_max_num_queries(25):
        run(path, "--confirmed")

    assert Subscription.objects.values("taste").distinct().count() == 1


def test_whoever_did_not_confirm_elsewhere_is_asked_here(file):
    run(file("email,state\ndana@example.org,pending\nemi@example.org,\n"), "--confirmed")

    assert states() == {"dana@example.org": State.PENDING, "emi@example.org": State.CONFIRMED}
    assert Notice.objects.get().subscription.subscriber.email == "dana@example.org"


def test_a_file_makes_nobody_a_reader_whom_the_operator_does_not_call_confirmed(file):
    run(file(f"email,state,confirmed_at\ndana@example.org,confirmed,{timezone.now()}\n"))

    assert states() == {"dana@example.org": State.PENDING}
    assert Subscription.objects.get().confirmed_at is None


def test_a_time_to_come_is_no_time_of_confirmation(file):
    run(file("email,confirmed_at\ndana@example.org,2199-01-01\n"), "--confirmed")

    assert Subscription.objects.get().confirmed_at <= timezone.now()


def test_the_language_of_a_country_is_the_language(file):
    run(file("email,locale\ndana@example.org,en_GB\nemi@example.org,fr-FR\n"), "--confirmed")

    languages = Subscription.objects.order_by("pk").values_list("language", flat=True)
    assert list(languages) == ["en", "ko"]


def test_nobody_waits_for_a_roundup_that_does_not_come_out(file, daily_papers):
    Newsletter.objects.filter(roundup_of=daily_papers).delete()

    run(file("email,rhythm\ndana@example.org,weekly\n"), "--confirmed")

    assert Subscription.objects.get().rhythm == "daily"


def test_a_roundup_takes_no_readers_of_its_own(file):
    with pytest.raises(CommandError, match="it goes to those of Daily Papers"):
        run(file("email\ndana@example.org\n"), "--newsletter", "weekly-papers")


def test_a_newsletter_that_is_not_in_print_takes_no_readers(file):
    make_newsletter(slug="old", name="Old Papers", is_active=False)

    with pytest.raises(CommandError, match="Old Papers is not in print: it takes no readers"):
        run(file("email\ndana@example.org\n"), "--newsletter", "old")


def test_without_words_nobody_has_consented(file):
    with pytest.raises(CommandError, match="Say which words its readers agreed to"):
        run(file("email\ndana@example.org\n"), consent=" ")

    assert not Subscriber.objects.exists()
