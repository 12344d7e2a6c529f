"""An editor's whole morning in a real browser, with a real worker, SMTP and links: from a draft of
thirty papers to its report. Each screen is kept as a picture in test-results/editor-walk."""

import re
from collections import Counter
from itertools import count
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext, override
from playwright.sync_api import Locator, Page, expect

from newsletter import clock
from newsletter.collect import collect_papers
from newsletter.compose import compose_edition
from newsletter.models import Channel, Edition, Override
from papers.fetch import fetch_paper
from papers.models import Paper
from papers.sources import arxiv
from tests import smtp_relay
from tests.celery_processes import WORKER, Processes
from tests.desk import desk_url, log_in
from tests.factories import make_editor, make_subscription, make_summary, make_tester, make_visit
from tests.ground import wait_until
from tests.stand_ins import serve_arxiv, serve_hugging_face
from tests.test_cards_in_browser import TALL, card, drag

DAY = "2025-05-27"  # thirty-five papers, of which thirty are printed
ADDED = "2301.13615"
TESTER = "tess@paperboy.example"
READERS = 60
RATE = 6  # mails a second, so that there is a half to hold at
UNDO_SECONDS = 8
INVENTED = "Transformer self-attention feed-forward BERT ImageNet GAN WMT"
SCREEN = {"width": 1200, "height": 1000}
PICTURES = Path(django_settings.BASE_DIR) / "test-results" / "editor-walk"

pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(
        connection.vendor != "postgresql", reason="the desk and a worker share a real server"
    ),
]


@pytest.fixture
def relay():
    relay, controller = smtp_relay.start()
    yield relay
    controller.stop()


@pytest.fixture
def edition(transactional_db, daily_papers, httpserver, settings, shared_data, monkeypatch):
    """A draft of thirty real papers, all of whose links answered a while ago but for one, and one
    of whose summaries is invented."""
    settings.HF_API_URL = serve_hugging_face(httpserver, shared_data / "hf_api")
    settings.ARXIV_API_URL = serve_arxiv(httpserver, shared_data / "arxiv")
    monkeypatch.setattr(arxiv.ARXIV.http.pace, "seconds", 0)
    daily_papers.max_entries, daily_papers.undo_seconds = 30, UNDO_SECONDS
    daily_papers.save()
    day = clock.now().date().fromisoformat(DAY)
    collect_papers(daily_papers, day)
    edition = compose_edition(daily_papers, day)
    second, fifth = (edition.entries.get(position=place).paper for place in (2, 5))
    second.code_url = httpserver.url_for("/gone")
    second.save()
    httpserver.expect_request("/gone").respond_with_data("", status=404)
    fifth.summaries.filter(language="ko").delete()
    make_summary(fifth, "ko", whats_new=INVENTED)
    papers = [fetch_paper(ADDED), *(entry.paper for entry in edition.entries.all())]
    for url in {url for paper in papers for url in links_of(paper)} - {"", second.code_url}:
        make_visit(url, content_type="image/png")
    return edition


def links_of(paper: Paper) -> list[str]:
    of_its_own = [paper.image_url, paper.project_url, paper.code_url]
    return [paper.arxiv_url, paper.pdf_url, paper.discussion_url, *of_its_own]


@pytest.fixture
def worker(process_environment, relay, edition):
    """With a few mails a second."""
    for number in range(READERS):
        make_subscription(language=("ko", "en")[number % 2])
    make_tester(edition.newsletter, TESTER)
    Channel.objects.update_or_create(name="default", defaults={"rate": RATE, "slice_size": 10})
    processes = Processes(
        process_environment | {"EMAIL_URL": relay.url, "LINK_NETWORKS": "127.0.0.0/8"}
    )
    processes.start(WORKER)
    yield
    processes.kill()


class Walk:
    """A browser at the desk, and the words of its language."""

    def __init__(self, page: Page, site: str, language: str) -> None:
        self.page, self.site = page, site
        self.folder = PICTURES / language
        self.number = count(1)

    def go(self, path: str) -> None:
        self.page.goto(f"{self.site}{path}")

    def shoot(self, name: str) -> None:
        """What the editor sees of the page, from its top."""
        expect(self.page.locator("html[x-cloak]")).to_have_count(0)
        self.page.set_viewport_size(SCREEN)
        self.page.evaluate("scrollTo(0, 0)")
        self.page.screenshot(path=self.folder / f"{next(self.number):02}-{name}.png")

    def button(self, words: str) -> Locator:
        return self.page.get_by_role("button", name=gettext(words), exact=True)

    def press(self, words: str) -> None:
        self.button(words).click()

    def says(self, words: str, seconds: float = 10) -> None:
        expect(self.page.get_by_text(gettext(words)).first).to_be_visible(timeout=seconds * 1000)

    def saved(self) -> None:
        expect(self.page.locator(".saved")).to_have_text(gettext("Saved."))


@pytest.fixture(params=["ko", "en"])
def walk(request, page, live_server, client, plain_cookies, edition):
    log_in(page, client, live_server.url, make_editor(email="kim@paperboy.example"))
    page.set_viewport_size(SCREEN)
    with override(request.param):
        yield Walk(page, live_server.url, request.param)


def test_from_a_draft_of_thirty_papers_to_its_report(walk, edition, relay, worker):
    walk.go(reverse("admin:index"))
    walk.shoot("front")
    walk.go(desk_url(edition))
    arrange(walk, edition)
    rewrite(walk, edition.printed_entries()[3].paper)
    proof(walk, relay)
    mend_what_stops_it(walk, edition)
    approve_undo_and_approve_again(walk, edition)
    hold_at_half_and_resume(walk, edition, relay)
    look_at_the_report(walk, edition)

    mails = [address for address in relay.recipients if address != TESTER]
    assert Counter(mails).most_common(1)[0][1] == 1
    assert len(mails) == READERS


def arrange(walk: Walk, edition: Edition) -> None:
    """Three are dragged, two taken out, one is added by its link."""
    before = titles(edition)
    walk.shoot("draft")
    walk.page.set_viewport_size(TALL)
    for title, onto in ((before[29], before[0]), (before[1], before[9]), (before[20], before[4])):
        drag(walk.page, title, onto=onto)
        walk.saved()
    for title in (before[11], before[12]):
        card(walk.page, title).get_by_text(gettext("Take out"), exact=True).click()
        walk.saved()
    box = walk.page.get_by_label(gettext("Add a paper"))
    box.fill(f"https://arxiv.org/abs/{ADDED}")
    box.press("Enter")
    expect(walk.page.locator(".card", has_text=ADDED)).to_be_visible()
    walk.shoot("arranged")

    assert len(titles(edition)) == 29
    assert titles(edition)[0] == before[29]
    assert not {before[11], before[12]} & set(titles(edition))
    assert on_the_desk(walk.page) == titles(edition)


def rewrite(walk: Walk, paper, words: str = "소포를 더 잘 찾습니다.") -> None:
    """The Korean summary, beside its abstract; back at the desk, it is the editor's."""
    summary = paper.summaries.get(language="ko")
    walk.page.locator(f".card .meta a[href*='/summary/{summary.pk}/']").click()
    walk.page.locator("[name=whats_new]").fill(words)
    walk.shoot("rewriting")
    walk.page.get_by_role("button", name=gettext("Save"), exact=True).first.click()
    expect(walk.page.locator(".cards")).to_be_visible()
    summary.refresh_from_db()
    assert (summary.whats_new, summary.writer_name) == (words, "kim")


def proof(walk: Walk, relay) -> None:
    """To the tester, in both languages; answers go to the editor."""
    walk.press("Send the testers a proof")
    walk.says("Proofs are on their way to the testers; answers to them go to you.")
    walk.shoot("proof")
    wait_until(lambda: relay.recipients.count(TESTER) == 2, seconds=30)
    assert {mail["Reply-To"] for mail in relay.messages()} == {"kim@paperboy.example"}


def mend_what_stops_it(walk: Walk, edition: Edition) -> None:
    """The dead link, which a worker found, is let pass with a reason; what was invented is written
    anew from the abstract."""
    walk.page.goto(walk.page.url)
    stops = walk.page.locator(".findings > li", has=walk.page.locator(".bd.b"))
    expect(stops).to_have_count(2, timeout=30_000)
    expect(walk.button("Approve")).to_be_disabled()
    walk.shoot("stopped")
    dead = stops.filter(has_text="/gone")
    dead.locator("summary").click()
    dead.get_by_role("textbox").fill("The authors move their code today.")
    dead.get_by_role("button").click()
    walk.says("Noted. It stops the edition no more.")
    paper = edition.entries.get(paper__summaries__whats_new=INVENTED).paper
    rewrite(walk, paper, f"{paper.short_title} 논문입니다.")
    expect(walk.button("Approve")).to_be_enabled()
    walk.shoot("mended")
    assert [word.by_name for word in Override.objects.all()] == ["kim"]


def approve_undo_and_approve_again(walk: Walk, edition: Edition) -> None:
    walk.press("Approve")
    walk.says("Approved. Readers get exactly what the preview shows.")
    walk.shoot("approved")
    walk.press("Stop, and make it a draft again")
    walk.says("The approval is taken back; the edition is a draft again.")
    walk.shoot("undone")
    expect(walk.button("Approve")).to_be_enabled()
    walk.press("Approve")
    expect(walk.page.get_by_role("timer")).to_be_visible()


def hold_at_half_and_resume(walk: Walk, edition: Edition, relay) -> None:
    accepted = walk.page.locator(".figures dd").first
    expect(accepted).to_have_text(re.compile(r"^[234]\d "), timeout=60_000)
    walk.shoot("going")
    walk.page.locator("summary", has_text=gettext("Put on hold")).click()
    walk.page.get_by_label(gettext("Why it has to wait")).fill("A picture is wrong.")
    walk.press("Put on hold")
    walk.says("On hold: nothing leaves until you let it.")
    walk.page.wait_for_timeout(3_000)
    walk.shoot("held")
    edition.refresh_from_db()
    held = edition.deliveries.filter(state="accepted").count()
    walk.page.wait_for_timeout(2_000)
    assert 0 < held < READERS
    assert edition.deliveries.filter(state="accepted").count() == held
    walk.press("Let it go on")
    wait_until(lambda: is_done(edition), seconds=60)
    call_command("tick")
    wait_until(lambda: is_verified(edition), seconds=30)


def look_at_the_report(walk: Walk, edition: Edition) -> None:
    walk.page.goto(walk.page.url)
    walk.shoot("done")
    walk.page.get_by_role("link", name=gettext("Report"), exact=True).click()
    expect(walk.page.locator(".report")).to_contain_text(edition.content_sha256)
    walk.shoot("report")


def titles(edition: Edition) -> list[str]:
    return [entry.paper.title for entry in edition.printed_entries()]


def on_the_desk(page: Page) -> list[str]:
    return page.locator(".card:not(:has(input[name$='-hidden']:checked)) .tt").all_text_contents()


def is_verified(edition: Edition) -> bool:
    edition.refresh_from_db()
    return edition.verified_at is not None


def is_done(edition: Edition) -> bool:
    edition.refresh_from_db()
    return edition.state == Edition.State.DONE
