"""The line by hand: what the commands print, and how they end."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from newsletter.approve import approve_edition
from newsletter.deliver.armed import require_armed
from newsletter.models import Delivery, Edition
from tests.factories import DAY, make_edition, make_listing, make_paper

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def test_the_line_by_hand_ends_in_one_mail_a_reader(daily_papers, alice, emma, relay):
    make_listing(make_paper())

    built = run("build_edition", "2024-07-03", "--no-fetch")
    approved = run("approve_edition", "2024-07-03")
    sent = run("send_edition", "2024-07-03", "--wait")
    again = run("send_edition", "2024-07-03", "--wait")

    assert "is a draft of 1 entry." in built
    assert "manage.py send_edition 2024-07-03 --wait" in approved
    assert json.loads(sent.splitlines()[-1]) == json.loads(again.splitlines()[-1])
    assert json.loads(sent.splitlines()[-1])["accepted"] == 2
    assert sorted(relay.recipients) == ["alice@example.org", "emma@example.org"]


def test_building_a_day_without_papers_says_why_there_is_no_edition(daily_papers):
    assert run("build_edition", "2024-07-06", "--no-fetch").endswith(
        "No edition: No papers are listed on 2024-07-06, a Saturday.\n"
    )


def test_a_draft_is_not_sent_and_the_message_says_what_to_do(daily_papers, alice, relay):
    make_edition(daily_papers)

    with pytest.raises(CommandError, match="is draft; approve it first"):
        run("send_edition", "2024-07-03", "--wait")

    assert relay.recipients == []


def test_an_edition_on_hold_ends_the_waiting_with_its_reason(daily_papers, alice):
    make_edition(daily_papers)
    run("approve_edition", "2024-07-03")
    Edition.objects.get().hold("wrong picture")

    with pytest.raises(CommandError, match="on hold: wrong picture"):
        run("send_edition", "2024-07-03", "--wait")


def test_a_proof_goes_to_one_address_in_every_language_and_to_no_reader(
    daily_papers, alice, mailoutbox
):
    make_edition(daily_papers)

    run("send_edition", "2024-07-03", "--to", "desk@example.org")

    assert [mail.to for mail in mailoutbox] == [["desk@example.org"]] * 2
    assert all(
        "Paperboy" in mail.subject and "List-Unsubscribe" not in mail.extra_headers
        for mail in mailoutbox
    )
    assert not Delivery.objects.exists()


def test_a_proof_to_a_blank_address_is_an_error_and_not_the_whole_audience(daily_papers, alice):
    approve_edition(make_edition(daily_papers))

    with pytest.raises(CommandError, match="'' is no mail address"):
        run("send_edition", "2024-07-03", "--to", "")

    assert not Delivery.objects.exists()


@pytest.mark.parametrize("options", [["--to", "a@example.org", "--wait"], ["--senders", "2"]])
def test_options_that_would_be_ignored_are_refused(daily_papers, options):
    approve_edition(make_edition(daily_papers))

    with pytest.raises(CommandError, match="--senders needs --wait"):
        run("send_edition", "2024-07-03", *options)


def test_nothing_is_said_to_go_out_with_the_worker_that_cannot(daily_papers, alice, settings):
    edition = approve_edition(make_edition(daily_papers))
    require_armed()
    settings.SITE_URL = "https://staging.example"
    with pytest.raises(CommandError, match=r"manage\.py arm"):
        run("send_edition", "2024-07-03")

    settings.SITE_URL = "https://paperboy.example"
    edition.hold("wrong picture")
    with pytest.raises(CommandError, match="on hold: wrong picture"):
        run("send_edition", "2024-07-03")

    edition.resume()
    Edition.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(CommandError, match="is over"):
        run("send_edition", "2024-07-03", "--wait")


def test_a_day_without_an_edition_is_named_with_the_command_that_makes_one(daily_papers):
    with pytest.raises(CommandError, match=r"manage\.py build_edition 2024-07-03"):
        run("approve_edition", str(DAY))


def test_an_unknown_newsletter_is_answered_with_the_known_ones(daily_papers):
    with pytest.raises(CommandError, match="no newsletter 'weekly'; there is: daily-papers"):
        run("build_edition", "--newsletter", "weekly")


def test_a_word_that_is_no_date_is_refused_in_words():
    with pytest.raises(CommandError, match="'yesterday' is not a date"):
        run("build_edition", "yesterday")
