"""What a reader may choose by the link in every mail, and that nobody chooses it by accident."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from newsletter import links
from newsletter.approve import approve_edition
from newsletter.models import Subscription
from newsletter.morning import bits, weekdays
from newsletter.render import what_readers_get
from tests.factories import make_edition

CHOICES = {
    "language": "ko",
    "rhythm": "daily",
    "weekdays": ["1", "3", "5"],
    "hour": "6",
    "time_zone": "Europe/Berlin",
    "max_entries": "",
    "favoured": "",
    "muted": "",
    "paused_until": "",
}


def path(subscription: Subscription, page: str) -> str:
    return f"{urlsplit(links.unsubscribe_url(subscription.pk)).path}{page}/"


def now(subscription: Subscription) -> Subscription:
    return Subscription.objects.get(pk=subscription.pk)


def test_every_mail_leads_to_the_page_in_both_of_its_bodies(daily_papers, emma, stranger):
    edition = approve_edition(make_edition(daily_papers))
    mail = what_readers_get(edition, "en").filled(
        address="emma@example.org", unsubscribe_url=links.unsubscribe_url(emma.pk)
    )
    link = f"{links.unsubscribe_url(emma.pk)}choices/"

    assert f'href="{link}"' in mail.html
    assert f"Change settings: {link}" in mail.text
    assert "What you get, and when" in stranger.get(urlsplit(link).path).text


def test_what_is_chosen_is_kept_and_shown_again(stranger, emma):
    page = stranger.post(path(emma, "choices"), CHOICES).text

    kept = now(emma)
    assert (kept.language, weekdays(kept.weekdays)) == ("ko", [1, 3, 5])
    assert (kept.hour, kept.time_zone, kept.paused_until) == (6, "Europe/Berlin", None)
    assert abs(kept.chosen_at - timezone.now()) < timedelta(seconds=5)
    assert "저장했습니다." in page
    assert '<option value="6" selected>06:00</option>' in page
    assert '<option value="Europe/Berlin" selected>' in page


def test_topics_and_a_number_are_kept_and_shown_as_people_write_them(stranger, emma):
    wanted = {"max_entries": "5", "favoured": "cs.CL,  large  language models ,,", "muted": "CS.ro"}

    page = stranger.post(path(emma, "choices"), CHOICES | wanted | {"language": "en"}).text

    taste = now(emma).taste
    assert (taste.max_entries, taste.muted) == (5, ["cs.ro"])
    assert taste.favoured == ["cs.cl", "large language models"]
    assert 'value="cs.CL, large language models"' in page
    assert 'value="cs.RO"' in page
    assert '<option value="5" selected>' in page


def test_wanting_all_of_it_again_is_no_taste(stranger, emma):
    stranger.post(path(emma, "choices"), CHOICES | {"muted": "cs.RO"})
    stranger.post(path(emma, "choices"), CHOICES)

    assert now(emma).taste is None


def test_no_hour_means_when_the_edition_comes_out(stranger, emma):
    Subscription.objects.update(hour=7)

    stranger.post(path(emma, "choices"), CHOICES | {"hour": ""})

    assert now(emma).hour is None
    assert "지면이 나올 때 (07:00, Asia/Seoul)" in stranger.get(path(emma, "choices")).text


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"weekdays": []}, "Choose a day, or unsubscribe below."),
        ({"weekdays": ["8"]}, "Select a valid choice."),
        ({"language": "tlh"}, "Select a valid choice."),
        ({"rhythm": "hourly"}, "Select a valid choice."),
        ({"hour": "24"}, "Select a valid choice."),
        ({"time_zone": "Mars/Olympus"}, "Select a valid choice."),
        ({"time_zone": "../../etc/passwd"}, "Select a valid choice."),
        ({"max_entries": "4"}, "Select a valid choice."),
        ({"muted": ",".join(map(str, range(11)))}, "Please name 10 topics at most."),
        ({"muted": "x" * 41}, "“xxxxxxxxxxxxxxxxxxxx” is no topic."),
        ({"favoured": "a\u202eb"}, "is no topic."),
        ({"favoured": "<b>" * 20}, "“&lt;b&gt;&lt;b&gt;"),
        ({"favoured": "x" * 501}, "is no topic."),
        ({"paused_until": "soon"}, "Please write a date, as in 2027-01-31."),
        ({"paused_until": "2020-01-31"}, "Choose a day from tomorrow on, within a year."),
        ({"paused_until": "9999-12-31"}, "Choose a day from tomorrow on, within a year."),
        ({"paused_until": "0001-01-01"}, "Choose a day from tomorrow on, within a year."),
    ],
)
def test_what_cannot_be_is_said_in_words_and_nothing_is_kept(stranger, emma, wrong, sentence):
    page = stranger.post(path(emma, "choices"), CHOICES | wrong).text

    assert sentence in page
    assert "Saved." not in page
    assert now(emma).chosen_at is None


def test_a_pause_ends_at_the_beginning_of_its_day_where_the_reader_is(stranger, emma):
    day = (timezone.now() + timedelta(days=20)).date()

    page = stranger.post(path(emma, "choices"), CHOICES | {"paused_until": f"{day}"}).text

    assert now(emma).paused_until == datetime(
        day.year, day.month, day.day, tzinfo=ZoneInfo("Europe/Berlin")
    )
    assert f'value="{day}"' in page


def test_a_pause_of_a_week_is_one_button_and_so_is_its_end(stranger, emma):
    page = stranger.post(path(emma, "pause"), {"days": "7"}).text

    until = now(emma).paused_until
    assert timedelta(days=6) < until - timezone.now() < timedelta(days=7)
    assert until.astimezone(ZoneInfo("Asia/Seoul")).hour == 0
    assert "You are on a pause." in page
    assert list(Subscription.objects.mailable()) == []

    assert "You are back." in stranger.post(path(emma, "pause"), {"days": "0"}).text
    assert list(Subscription.objects.mailable()) == [emma]


@pytest.mark.parametrize("days", ["", "8", "-1", "99999999999", "seven"])
def test_no_other_pause_can_be_asked_for(stranger, emma, days):
    assert stranger.post(path(emma, "pause"), {"days": days}).status_code == 400
    assert now(emma).paused_until is None


@pytest.mark.parametrize("name", ["choices", "pause"])
@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_a_scanner_that_opens_the_pages_changes_nothing(stranger, emma, name, method):
    for _ in range(2):
        getattr(stranger, method)(path(emma, name), {"days": "7"} | CHOICES)

    assert now(emma).chosen_at is None


def test_the_pages_stay_out_of_caches_search_engines_and_referers(stranger, emma):
    answer = stranger.get(path(emma, "choices"))

    assert "no-store" in answer["Cache-Control"]
    assert (answer["Referrer-Policy"], answer["X-Robots-Tag"]) == ("no-referrer", "noindex")
    assert answer.cookies == {}


@pytest.mark.parametrize("name", ["choices", "pause"])
def test_whoever_has_left_is_offered_the_way_back_and_nothing_is_kept(stranger, carol, name):
    text = stranger.post(path(carol, name), CHOICES | {"days": "7"}).text

    assert "다시 받기" in text
    assert (now(carol).chosen_at, now(carol).state) == (None, "unsubscribed")


def test_leaving_is_one_button_beside_the_ways_to_get_less(stranger, emma):
    page = stranger.get(path(emma, "choices").replace("choices/", "")).text

    assert page.index("Unsubscribe</button>") < page.index("Pause for a week")
    assert path(emma, "choices") in page


def test_a_token_of_another_purpose_opens_nothing(stranger, emma):
    emma.confirmation_requested_at = datetime(2026, 1, 1, tzinfo=UTC)
    token = links.token("confirm", emma)

    assert stranger.get(f"/u/{token}/choices/").status_code == 404
    assert stranger.post(f"/u/{token}/pause/", {"days": "7"}).status_code == 404


@pytest.mark.parametrize(
    ("language", "words"),
    [("ko", "설정은 메일에 있습니다"), ("en", "Your settings are in your mail")],
)
def test_a_preview_which_is_nobodys_leads_to_where_the_link_is(stranger, language, words):
    home = urlsplit(links.home_url(language)).path

    assert words in stranger.get(f"{home}choices/").text


def test_the_form_keeps_a_zone_that_is_not_in_its_list(stranger, emma):
    Subscription.objects.update(time_zone="EST5EDT", weekdays=bits([7]))

    assert '<option value="EST5EDT" selected>' in stranger.get(path(emma, "choices")).text
