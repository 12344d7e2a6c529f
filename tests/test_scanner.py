"""Nothing that only looks changes anything: every link of every mail, and one step further."""

from collections import Counter
from contextlib import suppress
from datetime import timedelta
from email.message import EmailMessage

import pytest
from django.conf import settings
from django.core.mail import get_connection
from django.db.models import F
from django.http import HttpResponse
from django.test import Client
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page

from newsletter import mailbox
from newsletter.approve import approve_edition
from newsletter.deliver import deliver_edition
from newsletter.lost import mail_links
from newsletter.models import Newsletter, Notice, Subscription, Taste
from newsletter.move import ask_to_move
from newsletter.notify import probe, send_due_notices, send_proof
from newsletter.subscribe import ask_access, confirm, remind_unconfirmed, subscribe
from papers.models import Paper
from tests.factories import make_channel, make_edition, make_paper, make_subscription
from tests.scanning import Ask, leading_from, links_of, ours, scan, tables

LANGUAGES = ("ko", "en")
# Of eleven readers two each, of requests, of the curious, and of two who move.
LINKS = {"/u/": 22, "/c/": 8, "/a/": 2, "/m/": 4}
WAYS = {"access", "address", "pause", "weekly"}  # that a page offers beside leaving


@pytest.fixture
def mailed(settings, tmp_path) -> None:
    """What is mailed is kept in a folder."""
    settings.EMAIL_BACKEND = "newsletter.mailbox.EmailBackend"
    settings.MAILDIR = str(tmp_path / "mail")
    settings.CHANNELS = {"default": f"maildir://{settings.MAILDIR}"}


def mail_everything() -> list[EmailMessage]:
    """A mail of every kind that we make, in each language, with links that still work."""
    newsletter = Newsletter.objects.get(slug=Newsletter.DEFAULT_SLUG)
    for language in LANGUAGES:
        mail_notices(newsletter, language)
        for rhythm in Subscription.Rhythm:
            make_subscription(language=language, rhythm=rhythm)
    make_subscription(language="en", taste=Taste.of(None, [], ["cs.ro"]))
    get_connection().send_messages([probe(make_channel("ill"))])
    papers = [make_paper(categories=[name]) for name in ("cs.CL", "cs.RO")]
    for each in (newsletter, newsletter.roundup):
        mail_edition(each, papers)
    assert set(Notice.objects.values_list("kind", flat=True)) == set(Notice.Kind)
    return [letter.message() for letter in mailbox.letters()]


def mail_notices(newsletter: Newsletter, language: str) -> None:
    """To one who is asked, one who is asked again, one who is welcomed, one who is curious, and one
    who has lost the link and moves."""
    for name in ("late", "new", "here"):
        subscribe(f"{name}-{language}@example.org", newsletter, language)
    ask_access(make_subscription(language=language))
    mover = make_subscription(language=language)
    ask_to_move(mover, f"moved-{language}@example.org")
    mail_links(mover.subscriber.email)
    send_due_notices()
    confirm(Subscription.objects.get(subscriber__email=f"here-{language}@example.org"))
    late = Subscription.objects.filter(subscriber__email=f"late-{language}@example.org")
    Notice.objects.filter(subscription__in=late).update(due_at=F("due_at") - timedelta(hours=49))
    late.update(confirmation_requested_at=F("confirmation_requested_at") - timedelta(hours=49))
    remind_unconfirmed()
    send_due_notices()


def mail_edition(newsletter: Newsletter, papers: list[Paper]) -> None:
    """To its readers, and as a proof."""
    edition = approve_edition(make_edition(newsletter, papers=papers))
    deliver_edition(edition)
    for language in LANGUAGES:
        send_proof(edition, language, "editor@example.org")


def addresses_of(messages: list[EmailMessage]) -> set[str]:
    return ours({link for each in messages for link in links_of(each)}, settings.SITE_URL)


def ask_with(client: Client) -> Ask:
    def ask(method: str, path: str, headers: dict[str, str]) -> HttpResponse:
        return client.generic(method, path, headers=headers)

    return ask


def behind(shown: dict[str, HttpResponse]) -> set[str]:
    """Where pages lead."""
    return {
        path
        for page, answer in shown.items()
        if answer["Content-Type"].startswith("text/html")
        for path in ours(leading_from(answer.text), settings.SITE_URL, page)
    }


def ways(paths: set[str]) -> set[str]:
    """Of addresses such as `/u/TOKEN/pause/`, what they are for."""
    return {path.split("/")[3] for path in paths if path.startswith("/u/")} - {""}


def test_a_scanner_that_opens_every_link_of_every_mail_changes_nothing(mailed, daily_papers):
    messages = mail_everything()
    found, before = addresses_of(messages), tables()
    scanner = ask_with(Client(enforce_csrf_checks=True))

    shown = scan(scanner, found)
    further = behind(shown) - found
    scan(scanner, further)

    assert tables() == before
    assert len(mailbox.letters()) == len(messages)
    assert {purpose: sum(path.startswith(purpose) for path in found) for purpose in LINKS} == LINKS
    statuses = Counter(answer.status_code for answer in shown.values())
    assert set(statuses) == {200, 410}
    assert statuses[410] == len(LANGUAGES)  # the links that a reminder has made void
    assert ways(further) == WAYS


def test_a_browser_that_runs_scripts_on_every_page_changes_nothing(
    page: Page, live_server, settings, mailed
):
    settings.SITE_URL = live_server.url
    messages = mail_everything()
    found, before = addresses_of(messages), tables()

    led = {path: look(page, live_server.url + path) for path in sorted(found)}
    further = {each for path, links in led.items() for each in ours(links, live_server.url, path)}
    for path in sorted(further - found):
        look(page, live_server.url + path)

    assert tables() == before
    assert len(mailbox.letters()) == len(messages)
    assert ways(further) == WAYS | {"choices"}


def look(page: Page, address: str) -> list[str]:
    """Open it, let it do what it likes, and say where it leads. A file is fetched and dropped."""
    with suppress(PlaywrightError):  # raised for what is a download
        page.goto(address, wait_until="networkidle")
        return leading_from(page.content())
    return []
