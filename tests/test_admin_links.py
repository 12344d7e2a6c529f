from datetime import timedelta

import pytest

from newsletter.approve import approve_edition
from newsletter.models import AuditEntry, Edition, Link, LinkChange
from tests.desk import desk_url, said
from tests.factories import DAY, make_edition, make_member, make_paper

BETTER = "https://example.org/right"


@pytest.fixture
def edition(daily_papers):
    daily_papers.own_links = True
    daily_papers.save()
    paper = make_paper(canonical_id="2407.00777")
    return approve_edition(make_edition(daily_papers, papers=[paper]))


@pytest.fixture
def link(edition) -> Link:
    return edition.links.get(url="https://arxiv.org/abs/2407.00777")


def page_of(edition):
    return f"/en/admin/newsletter/edition/{edition.pk}/links/"


def lead(client, edition, link, to, seen=None, reason=""):
    fields = {"link": link.pk, "seen": seen or link.target, "target": to, "reason": reason}
    return client.post(page_of(edition), fields)


def test_a_link_is_mended_and_its_history_shown(desk, edition, link):
    answer = lead(desk, edition, link, BETTER, reason="a typo")
    page = desk.get(page_of(edition)).content.decode()

    assert said(answer) == ["The link leads there from now on."]
    assert Link.objects.get(pk=link.pk).target == BETTER
    assert "a typo" in page and "kim" in page and BETTER in page
    (entry,) = AuditEntry.objects.about(Edition, str(edition.pk))
    said_of_it = f"https://arxiv.org/abs/2407.00777 leads to {BETTER}"
    assert (entry.act, entry.message, entry.reason) == ("mend", said_of_it, "a typo")


def test_of_two_editors_the_second_is_told(desk, edition, link):
    seen = link.target
    lead(desk, edition, link, BETTER)
    answer = lead(desk, edition, link, "https://example.org/other", seen=seen)

    assert said(answer)[-1].startswith("This link leads elsewhere by now")
    assert LinkChange.objects.count() == 1


@pytest.mark.parametrize("typed", ["javascript:alert(1)", "right", "ftp://example.org/", ""])
def test_only_a_whole_address_of_the_web_is_taken(desk, edition, link, typed):
    answer = lead(desk, edition, link, typed)

    assert answer.status_code == 200
    assert LinkChange.objects.count() == 0


def test_a_link_of_another_edition_is_not_mended_here(desk, edition, link):
    other = make_edition(edition.newsletter, date=DAY + timedelta(days=1))
    approve_edition(other)

    lead(desk, other, link, BETTER)

    assert Link.objects.get(pk=link.pk).target == link.url


def test_whoever_may_not_publish_looks_and_mends_nothing(client, edition, link):
    client.force_login(make_member("editor"))

    page = client.get(page_of(edition))
    answer = lead(client, edition, link, BETTER)

    assert (page.status_code, answer.status_code) == (200, 403)
    assert "<form" not in page.content.decode().partition('class="links"')[2]


def test_an_edition_whose_links_are_as_they_were_has_no_such_page(desk, daily_papers):
    edition = approve_edition(make_edition(daily_papers))

    assert desk.get(page_of(edition)).status_code == 404
    assert page_of(edition).removeprefix("/en") not in desk.get(desk_url(edition)).content.decode()


def test_the_page_costs_a_bounded_number_of_queries(desk, edition, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        desk.get(page_of(edition))
