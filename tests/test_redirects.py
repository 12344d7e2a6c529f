"""Links that lead through this site, and what becomes of one that is mended."""

from datetime import timedelta

import pytest
from django.urls import reverse

from newsletter.approve import approve_edition, reopen_edition
from newsletter.models import Link, LinkChange, WrongState
from newsletter.redirects import mend
from newsletter.render import render_edition, render_welcome
from tests.factories import DAY, make_edition, make_paper

pytestmark = pytest.mark.django_db
BETTER = "https://example.org/the-right-one"


@pytest.fixture
def edition(daily_papers):
    daily_papers.own_links = True
    daily_papers.save()
    return make_edition(daily_papers, papers=[make_paper(canonical_id="2407.00777")])


@pytest.fixture
def link(edition) -> Link:
    """To the paper, in an edition that is approved."""
    approve_edition(edition)
    return edition.links.get(url="https://arxiv.org/abs/2407.00777")


def test_a_newsletter_prints_links_as_they_are_unless_it_wants_others(daily_papers):
    edition = make_edition(daily_papers, papers=[make_paper(canonical_id="2407.00777")])
    approve_edition(edition)

    html = edition.renditions.get(language="en").frozen_html

    assert "https://arxiv.org/abs/2407.00777" in html
    assert (Link.objects.count(), "/l/" in html) == (0, False)


def test_each_link_to_elsewhere_leads_through_this_site(link, edition, settings):
    for rendition in edition.renditions.all():
        for body in (rendition.frozen_html, rendition.frozen_text):
            assert f"{settings.SITE_URL}/l/{link.key}/" in body
            assert "arxiv.org" not in body


def test_all_readers_have_the_same_link(edition):
    assert render_edition(edition, "en") == render_edition(edition, "en")
    assert "__" not in Link(key="a" * 16).key


def test_another_edition_has_another_key_for_the_same_address(link, edition):
    paper = edition.entries.get().paper
    other = make_edition(edition.newsletter, date=DAY + timedelta(days=1), papers=[paper])
    approve_edition(other)

    assert other.links.get(url=link.url).key != link.key


def test_it_leads_where_it_says_and_nothing_is_noted(client, link):
    answer = client.get(reverse("redirect", args=[link.key]))

    assert (answer.status_code, answer["Location"]) == (302, link.url)
    assert not answer.cookies
    assert "no-store" in answer["Cache-Control"]


def test_nobody_is_led_where_no_mail_leads(client, link):
    answers = [client.get("/l/aaaaaaaaaaaaaaaa/"), client.post(f"/l/{link.key}/")]

    assert [answer.status_code for answer in answers] == [404, 405]


def test_a_link_that_is_mended_leads_elsewhere_at_once(client, link):
    mend(link, BETTER, seen=link.target, by="kim", reason="a typo")

    assert client.get(f"/l/{link.key}/")["Location"] == BETTER
    change = LinkChange.objects.get()
    assert (change.changed_by, change.before, change.after) == ("kim", link.url, BETTER)


def test_of_two_editors_the_second_changes_nothing(link):
    seen = link.target
    mend(link, BETTER, seen=seen, by="kim")

    with pytest.raises(WrongState):
        mend(link, "https://example.org/another", seen=seen, by="lee")

    assert (link.target, LinkChange.objects.count()) == (BETTER, 1)


def test_what_was_approved_stays_as_it_is(link, edition):
    before = edition.renditions.get(language="en").frozen_html
    mend(link, BETTER, seen=link.target, by="kim")

    assert edition.renditions.get(language="en").frozen_html == before
    assert render_edition(edition, "en").html == before


def test_the_site_prints_the_mended_address(client, link, edition):
    type(edition).objects.filter(pk=edition.pk).update(audience_frozen_at=edition.approved_at)
    mend(link, BETTER, seen=link.target, by="kim")

    pages = [client.get(f"/en/{path}").content.decode() for path in (f"{DAY}/", "p/2407.00777/")]

    assert [BETTER in page for page in pages] == [True, True]
    assert [f'"{link.url}"' in page for page in pages] == [False, False]


def test_a_new_readers_welcome_prints_the_mended_address(link, edition):
    type(edition).objects.filter(pk=edition.pk).update(audience_frozen_at=edition.approved_at)
    mend(link, BETTER, seen=link.target, by="kim")

    welcome = render_welcome(edition.newsletter, "en", edition.approved_at)

    for body in (welcome.html, welcome.text):
        assert BETTER in body
        assert link.url not in body


def test_an_approval_that_is_given_again_keeps_what_was_mended(link, edition):
    mend(link, BETTER, seen=link.target, by="kim")
    reopen_edition(edition)
    approve_edition(edition)

    assert edition.links.get(key=link.key).target == BETTER
