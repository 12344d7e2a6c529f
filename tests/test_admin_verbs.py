"""The votes, asked for anew at the desk."""

import pytest

from newsletter.compose import compose_edition, lists_of
from newsletter.models import Edition
from newsletter.models.newsletters import Newsletter
from papers.fetch import fetch_papers
from papers.models import Listing
from tests.desk import said
from tests.factories import DAY, make_edition, make_listing
from tests.stand_ins import serve_hugging_face


@pytest.fixture
def edition(daily_papers, httpserver, settings, shared_data):
    """Of the recorded list, whose votes are stored as they once were: one each."""
    settings.HF_API_URL = serve_hugging_face(httpserver, shared_data / "hf_api")
    fetch_papers("huggingface", DAY)
    edition = compose_edition(daily_papers, DAY)
    Listing.objects.update(vote_count=1)
    edition.entries.update(vote_count=1)
    return edition


def press(client, edition, verb):
    edition.refresh_from_db()
    url = f"/admin/newsletter/edition/{edition.pk}/do/{verb}/"
    return client.post(url, {"seen_version": edition.version})


def rows(edition):
    return list(edition.printed_entries().values_list("paper__canonical_id", "vote_count"))


def by_hand(client, edition):
    """The last paper comes first."""
    last = edition.entries.order_by("position").last()
    url = f"/admin/newsletter/edition/{edition.pk}/curate/"
    edition.refresh_from_db()
    posted = {"act": "move", "entry": last.pk, "number": 1, "seen_version": edition.version}
    assert client.post(url, posted).status_code == 200


def test_votes_are_asked_of_the_source_and_the_order_by_hand_stays(desk, edition):
    by_hand(desk, edition)
    before = rows(edition)

    answer = press(desk, edition, "votes")

    after = rows(edition)
    assert [name for name, _votes in after] == [name for name, _votes in before]
    assert max(votes for _name, votes in after) > 1
    assert said(answer) == ["추천 수를 새로 받았습니다. 편집하신 것은 그대로입니다."]


def test_a_source_that_does_not_answer_changes_nothing_and_is_named(desk, edition, settings):
    settings.HF_API_URL = "http://127.0.0.1:9/api"
    before = rows(edition)

    answer = press(desk, edition, "votes")

    assert rows(edition) == before
    assert said(answer)[0].startswith("추천 수를 새로 받지 못했습니다. Hugging Face,")


def test_ordering_by_votes_follows_the_votes_again(desk, edition):
    by_hand(desk, edition)
    press(desk, edition, "votes")

    press(desk, edition, "by_votes")

    votes = [votes for _name, votes in rows(edition)]
    edition.refresh_from_db()
    assert votes == sorted(votes, reverse=True)
    assert edition.curated_at is None


def test_an_approved_edition_keeps_its_votes(desk, edition):
    Edition.objects.filter(pk=edition.pk).update(state=Edition.State.APPROVED)
    before = rows(edition)

    answer = press(desk, edition, "votes")

    assert rows(edition) == before
    assert said(answer)[-1] == "지면이 ‘승인됨’ 상태라서 할 수 없습니다."


def test_a_roundup_asks_for_the_lists_that_its_papers_stood_on(daily_papers):
    first, second = make_listing(date=DAY), make_listing(date=DAY.replace(day=4))
    for listing in (first, second):
        make_edition(daily_papers, papers=[listing.paper], date=listing.date)
    weekly = Newsletter.objects.get(roundup_of=daily_papers)
    roundup = make_edition(weekly, papers=[first.paper, second.paper], date=DAY.replace(day=5))

    assert lists_of(roundup) == [("huggingface", first.date), ("huggingface", second.date)]
    assert lists_of(Edition.objects.filter(newsletter=daily_papers).last()) == [
        ("huggingface", DAY)
    ]
