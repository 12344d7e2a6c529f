"""The demo, end to end into a real Maildir: once, again, and where it must not run."""

import re

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from newsletter.mailbox import letters
from newsletter.models import Delivery, Edition, Subscriber
from newsletter.sample import DAY
from papers.models import Paper, Summary
from tests.factories import make_edition, make_paper, make_subscription, make_summary

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def development(settings, tmp_path):
    """As on a fresh machine: DEBUG on, mail into a folder."""
    settings.DEBUG = True
    settings.EMAIL_BACKEND = "newsletter.mailbox.EmailBackend"
    settings.MAILDIR = str(tmp_path / "mail")
    settings.CHANNELS = {"default": f"maildir://{settings.MAILDIR}"}


@pytest.fixture
def run_demo(capsys):
    def run() -> str:
        call_command("demo")
        return capsys.readouterr().out

    return run


def paths(said):
    return [
        line.split()[1].removeprefix(django_settings.SITE_URL) for line in said if "http" in line
    ]


def test_the_edition_reaches_the_two_confirmed_readers_each_in_their_language(run_demo):
    run_demo()

    mails = {mail["To"]: mail["Subject"] for mail in (letter.message() for letter in letters())}
    assert mails == {
        "minji@reader.example": "Summary of a Haystack 외 11편 · 7월 3일 Paperboy",
        "emma@reader.example": "Summary of a Haystack and 11 more · Paperboy, 3 July",
    }
    assert Edition.objects.get().state == Edition.State.DONE
    assert Subscriber.objects.count() == 4


def test_the_sample_is_printed_in_the_order_of_votes_with_summaries_in_both_languages(run_demo):
    run_demo()

    entries = Edition.objects.get().printed_entries()
    assert [e.vote_count for e in entries] == [42, 25, 19, 12, 10, 8, 6, 6, 6, 5, 4, 2]
    assert (
        Summary.objects.exclude(writer=Summary.Writer.EDITOR, writer_name="Paperboy").count() == 0
    )
    assert Summary.objects.count() == 24
    assert Summary.objects.exclude(verdict="pass").count() == 0


def test_every_address_that_it_prints_opens_for_the_editor_that_it_made(run_demo, client):
    said = run_demo().splitlines()

    password = re.search(r"as editor with password (\S+)$", said[-1])[1]
    assert client.login(username="editor", password=password)
    assert paths(said) == ["/mailbox/", "/2024-07-03/", "/en/2024-07-03/", "/admin/"]
    assert [client.get(path).status_code for path in paths(said)] == [200, 200, 200, 200]


def test_a_second_run_mails_nobody_and_makes_no_second_editor(run_demo):
    run_demo()
    before = [letter.key for letter in letters()]

    said = run_demo()

    assert [letter.key for letter in letters()] == before
    assert User.objects.count() == 1
    assert Delivery.objects.count() == 2
    assert "nothing more: Daily Papers 2024-07-03 is done." in said
    assert "as editor; a new password: manage.py changepassword editor" in said


def test_a_run_that_was_killed_halfway_is_finished_by_the_next(run_demo, daily_papers):
    Edition.objects.create(newsletter=daily_papers, date=DAY, state=Edition.State.COLLECTING)

    run_demo()

    assert len(letters()) == 2


def test_what_an_editor_wrote_of_a_sample_paper_stays(run_demo):
    paper = make_paper(canonical_id="2407.01370")
    make_summary(paper, "ko", whats_new="편집자의 문장입니다.")

    run_demo()

    assert paper.summaries.get(language="ko").whats_new == "편집자의 문장입니다."


def test_without_debug_nobody_gets_a_login(run_demo, settings):
    settings.DEBUG = False

    said = run_demo()

    assert User.objects.count() == 0
    assert "manage.py createsuperuser" in said


@pytest.mark.parametrize("name", ["default", "spare"])
def test_it_refuses_to_mail_through_a_provider(settings, name):
    settings.CHANNELS = settings.CHANNELS | {name: "postmark://KEY"}

    with pytest.raises(CommandError, match="names another way out"):
        call_command("demo")

    assert not Paper.objects.exists()
    assert not User.objects.exists()


def test_it_leaves_a_database_with_real_readers_alone(alice):
    edition = make_edition(date=DAY)

    with pytest.raises(CommandError, match=r"readers of its own \(1\)"):
        call_command("demo")

    edition.refresh_from_db()
    assert edition.state == Edition.State.DRAFT
    assert not User.objects.exists()


def test_a_reader_who_signed_up_on_the_demo_site_does_not_stop_it_from_running_again(run_demo):
    run_demo()
    make_subscription("visitor@example.org")

    run_demo()

    assert "visitor@example.org" not in {letter.message()["To"] for letter in letters()}


def test_an_edition_that_was_cancelled_is_not_mailed(run_demo, daily_papers):
    make_edition(daily_papers, date=DAY, state=Edition.State.CANCELLED, reason="A test.")

    said = run_demo()

    assert "nothing more: Daily Papers 2024-07-03 is cancelled. A test." in said
    assert letters() == []
