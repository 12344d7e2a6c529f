from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from newsletter.compose import add_paper, compose_edition
from newsletter.curate import curating
from newsletter.models import Edition, WrongState
from papers.models import Listing, Pull
from tests.factories import (
    DAY,
    make_edition,
    make_editor,
    make_listing,
    make_newsletter,
    make_paper,
)

State = Edition.State
pytestmark = pytest.mark.django_db


def printed_ids(edition: Edition) -> list[str]:
    return [entry.paper.canonical_id for entry in edition.printed_entries()]


def list_papers(votes: dict[str, int], **fields) -> None:
    for canonical_id, count in votes.items():
        make_listing(make_paper(canonical_id=canonical_id), vote_count=count, **fields)


def test_papers_stand_by_votes_then_comments_then_age(daily_papers):
    make_listing(make_paper(canonical_id="2407.00003"), vote_count=6, comment_count=1)
    make_listing(make_paper(canonical_id="2407.00002"), vote_count=6, comment_count=1)
    make_listing(make_paper(canonical_id="2407.00001"), vote_count=6, comment_count=0)
    make_listing(make_paper(canonical_id="2407.00009"), vote_count=7)

    edition = compose_edition(daily_papers, DAY)

    assert printed_ids(edition) == ["2407.00009", "2407.00002", "2407.00003", "2407.00001"]
    assert edition.state == State.DRAFT


def test_an_edition_has_at_most_so_many_entries_with_at_least_so_many_votes():
    newsletter = make_newsletter(max_entries=2, min_votes=5)
    list_papers({"2407.00001": 4, "2407.00002": 5, "2407.00003": 9, "2407.00004": 7})

    edition = compose_edition(newsletter, DAY)

    assert printed_ids(edition) == ["2407.00003", "2407.00004"]


def test_a_withdrawn_paper_is_not_printed(daily_papers):
    list_papers({"2407.00001": 4})
    make_listing(make_paper(canonical_id="2407.00002", withdrawn_at=timezone.now()))

    assert printed_ids(compose_edition(daily_papers, DAY)) == ["2407.00001"]


def test_a_relisted_paper_is_not_carried_twice_by_one_newsletter(daily_papers):
    list_papers({"2511.07332": 30, "2511.00001": 3})
    compose_edition(daily_papers, DAY)
    paper = Listing.objects.get(paper__canonical_id="2511.07332").paper
    make_listing(paper, date=DAY + timedelta(days=1), vote_count=40)
    make_listing(make_paper(canonical_id="2511.00002"), date=DAY + timedelta(days=1))

    next_day = compose_edition(daily_papers, DAY + timedelta(days=1))
    other = compose_edition(make_newsletter(), DAY + timedelta(days=1))

    assert printed_ids(next_day) == ["2511.00002"]
    assert printed_ids(other) == ["2511.07332", "2511.00002"]


def test_a_paper_of_an_edition_that_was_stopped_half_way_does_not_come_again(daily_papers):
    paper = make_paper()
    stopped = make_edition(daily_papers, papers=[paper], state=State.CANCELLED)
    Edition.objects.filter(pk=stopped.pk).update(audience_frozen_at=timezone.now())
    make_listing(paper, date=DAY + timedelta(days=1))

    assert printed_ids(compose_edition(daily_papers, DAY + timedelta(days=1))) == []


def test_a_paper_of_a_cancelled_edition_may_come_again(daily_papers):
    paper = make_paper()
    make_edition(daily_papers, papers=[paper], state=State.CANCELLED)
    make_listing(paper, date=DAY + timedelta(days=1))

    assert printed_ids(compose_edition(daily_papers, DAY + timedelta(days=1))) == [
        paper.canonical_id
    ]


def test_composing_again_takes_new_votes_and_new_papers(daily_papers):
    list_papers({"2407.00001": 9, "2407.00002": 3})
    compose_edition(daily_papers, DAY)
    Listing.objects.filter(paper__canonical_id="2407.00002").update(vote_count=20)
    list_papers({"2407.00003": 12})

    edition = compose_edition(daily_papers, DAY)

    assert list(edition.printed_entries().values_list("paper__canonical_id", "vote_count")) == [
        ("2407.00002", 20),
        ("2407.00003", 12),
        ("2407.00001", 9),
    ]


def test_composing_again_keeps_the_order_that_an_editor_set(daily_papers):
    list_papers({"2407.00001": 9, "2407.00002": 6, "2407.00003": 3})
    edition = compose_edition(daily_papers, DAY)
    third = edition.entries.get(paper__canonical_id="2407.00003")
    with curating(edition, make_editor(), edition.version) as curation:
        curation.move(curation.entry(third.pk), 1)
    list_papers({"2407.00004": 99})

    edition = compose_edition(daily_papers, DAY)

    assert printed_ids(edition) == ["2407.00003", "2407.00001", "2407.00002", "2407.00004"]


def test_composing_again_keeps_what_an_editor_noted_hid_and_added(daily_papers):
    list_papers({"2407.00001": 9, "2407.00002": 6})
    edition = compose_edition(daily_papers, DAY)
    now = timezone.now()
    edition.entries.filter(paper__canonical_id="2407.00001").update(hidden=True, touched_at=now)
    edition.entries.filter(paper__canonical_id="2407.00002").update(note="Read", touched_at=now)
    added = make_paper(canonical_id="1706.03762")
    edition.entries.create(paper=added, position=9, touched_at=now)

    edition = compose_edition(daily_papers, DAY)

    assert printed_ids(edition) == ["2407.00002", "1706.03762"]
    assert edition.entries.get(paper__canonical_id="2407.00002").note == "Read"


def test_a_paper_that_an_editor_hid_makes_room_for_the_next_one():
    newsletter = make_newsletter(max_entries=1)
    list_papers({"2407.00001": 9, "2407.00002": 6})
    edition = compose_edition(newsletter, DAY)
    edition.entries.update(hidden=True, touched_at=timezone.now())

    assert printed_ids(compose_edition(newsletter, DAY)) == ["2407.00002"]


def test_an_untouched_entry_leaves_with_its_votes(daily_papers):
    daily_papers.min_votes = 5
    daily_papers.save()
    list_papers({"2407.00001": 9, "2407.00002": 6})
    compose_edition(daily_papers, DAY)
    Listing.objects.filter(paper__canonical_id="2407.00002").update(vote_count=2)

    assert printed_ids(compose_edition(daily_papers, DAY)) == ["2407.00001"]


def test_an_approved_edition_is_not_composed_again(daily_papers):
    list_papers({"2407.00001": 9})
    edition = make_edition(daily_papers, state=State.APPROVED)

    with pytest.raises(WrongState, match="is approved"):
        compose_edition(daily_papers, DAY)

    assert "2407.00001" not in printed_ids(edition)


def test_a_day_without_papers_makes_no_edition_and_says_why(daily_papers):
    saturday = datetime(2024, 7, 6, tzinfo=UTC).date()

    edition = compose_edition(daily_papers, saturday)

    assert edition.state == State.SKIPPED
    assert edition.reason == "No papers are listed on 2024-07-06, a Saturday."
    assert not edition.renditions.exists()


def test_a_source_that_is_down_is_named_as_the_reason(daily_papers):
    problem = "huggingface 2024-07-03: HTTP 503"
    Pull.objects.create(
        source="huggingface", date=DAY, attempted_at=timezone.now(), problem=problem
    )

    edition = compose_edition(daily_papers, DAY)

    assert edition.reason == (
        f"The source could not be read for 2024-07-03, a Wednesday: {problem}"
    )


def test_the_reason_counts_why_each_listed_paper_stayed_out():
    newsletter = make_newsletter(min_votes=5)
    list_papers({"2407.00001": 1, "2407.00002": 2})
    make_listing(make_paper(withdrawn_at=timezone.now()))

    edition = compose_edition(newsletter, DAY)

    assert edition.reason == (
        "None of the papers listed on 2024-07-03, a Wednesday can be printed. Listed: 3; "
        "with fewer than 5 votes: 2; carried by another edition: 0; withdrawn: 1; "
        "hidden by an editor: 0."
    )


def test_a_skipped_day_becomes_a_draft_when_papers_come_late(daily_papers):
    compose_edition(daily_papers, DAY)
    list_papers({"2407.00001": 2})

    edition = compose_edition(daily_papers, DAY)

    assert (edition.state, edition.reason) == (State.DRAFT, "")


def test_a_paper_added_by_an_editor_stands_last_with_its_votes(daily_papers):
    list_papers({"2407.00001": 9})
    edition = compose_edition(daily_papers, DAY)
    late = make_listing(make_paper(canonical_id="2407.00002"), vote_count=3).paper

    add_paper(edition, late)
    composed = compose_edition(daily_papers, DAY)

    entry = composed.entries.get(paper=late)
    assert (entry.position, entry.vote_count) == (2, 3)
    assert entry.touched_at is not None
