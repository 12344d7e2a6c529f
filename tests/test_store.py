import json
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from papers.models import Listing, Paper
from papers.sources.base import Author, ListingRecord, PaperRecord
from papers.sources.huggingface import HuggingFace
from papers.store import store_listings
from tests.factories import DAY, make_paper

pytestmark = pytest.mark.django_db

LETTERS = PaperRecord("2407.00001", "Letters Home", [Author("Alice Ahn"), Author("Bob Baker")])
TOLD = PaperRecord(
    canonical_id="2407.00001",
    title="Letters Home",
    authors=[Author("Alice Ahn"), Author("Bob Baker", hidden=True)],
    abstract="Parcels get lost.",
    organisation="Acme",
    published_at=datetime(2024, 7, 1, tzinfo=UTC),
    withdrawn_at=datetime(2024, 7, 5, tzinfo=UTC),
    version=2,
    revised_at=datetime(2024, 7, 4, tzinfo=UTC),
    image_url="https://acme.example/map.png",
    project_url="https://acme.example",
    code_url="https://acme.example/code",
    code_star_count=3,
    keywords=["parcels"],
    categories=["cs.MA"],
    ai_summary="A map finds parcels.",
    ai_summary_model="acme/small",
)


def store(*records: PaperRecord, day: date = DAY, votes: int = 1, comments: int = 0, **listing):
    listings = [ListingRecord(record, votes, comments, **listing) for record in records]
    return store_listings("huggingface", day, listings)


def numbers(stored) -> tuple[int, int, int]:
    return len(stored.papers), stored.new_count, stored.changed_count


@pytest.fixture
def recorded(shared_data):
    def listings(file: str) -> list[ListingRecord]:
        return HuggingFace().read((shared_data / file).read_bytes(), label=file).listings

    return listings


def rows(day: date = DAY) -> list[dict]:
    """All that is stored of a list, but for when it was last seen."""
    papers = Paper.objects.listed_on("huggingface", day).order_by("pk").values()
    listings = Listing.objects.filter(date=day).order_by("pk").values()
    return [*papers, *(row | {"last_seen_at": None} for row in listings)]


def manifest(shared_data) -> list[tuple[str, int]]:
    described = json.loads((shared_data / "manifest.json").read_text())
    counts = [(row["file"], row["papers"]) for row in described if row["file"].startswith("hf_api")]
    # The manifest counts entries. This day has 50, and 2506.01920 is two of them.
    twice = "hf_api_late/2025-06-03.json"
    return [(file, count - (file == twice)) for file, count in counts]


def test_every_recorded_list_is_stored_whole_and_a_second_time_changes_nothing(
    recorded, shared_data
):
    files = manifest(shared_data)
    assert len(files) == 60
    for file, count in files:
        day, listings = date.fromisoformat(file[-15:-5]), recorded(file)
        Listing.objects.filter(date=day).delete()  # three days stand in both archives

        first = store_listings("huggingface", day, listings)
        before = rows(day)
        second = store_listings("huggingface", day, listings)

        assert (file, len(first.papers), first.new_count) == (file, count, count)
        assert Listing.objects.filter(date=day).count() == count
        assert (file, numbers(second), rows(day) == before) == (file, (count, 0, 0), True)


def test_a_record_is_stored_in_all_its_parts():
    store(
        TOLD, votes=12, comments=2, submitted_by="Carol", listed_at=datetime(2024, 7, 3, tzinfo=UTC)
    )

    paper = Paper.objects.values().get()
    listing = Listing.objects.values().get()
    assert paper | {"id": 0, "created_at": 0, "updated_at": 0} == {
        "id": 0,
        "canonical_id": "2407.00001",
        "title": "Letters Home",
        "abstract": "Parcels get lost.",
        "authors": [{"name": "Alice Ahn"}, {"name": "Bob Baker", "hidden": True}],
        "organisation": "Acme",
        "published_at": datetime(2024, 7, 1, tzinfo=UTC),
        "withdrawn_at": datetime(2024, 7, 5, tzinfo=UTC),
        "version": 2,
        "revised_at": datetime(2024, 7, 4, tzinfo=UTC),
        "image_url": "https://acme.example/map.png",
        "project_url": "https://acme.example",
        "code_url": "https://acme.example/code",
        "code_star_count": 3,
        "keywords": ["parcels"],
        "categories": ["cs.MA"],
        "ai_summary": "A map finds parcels.",
        "ai_summary_model": "acme/small",
        "origin": "source",
        "corrected": [],
        "arxiv_asked_at": None,
        "text_due_at": None,
        "created_at": 0,
        "updated_at": 0,
    }
    assert listing | {"id": 0, "first_seen_at": 0, "last_seen_at": 0} == {
        "id": 0,
        "paper_id": paper["id"],
        "source": "huggingface",
        "date": DAY,
        "vote_count": 12,
        "comment_count": 2,
        "submitted_by": "Carol",
        "listed_at": datetime(2024, 7, 3, tzinfo=UTC),
        "first_seen_at": 0,
        "last_seen_at": 0,
    }


def test_a_blank_erases_nothing():
    store(TOLD, submitted_by="Carol", listed_at=datetime(2024, 7, 3, tzinfo=UTC))
    before = rows()

    stored = store(PaperRecord("2407.00001", "Letters Home", []))

    assert numbers(stored) == (1, 0, 0)
    assert rows() == before


def test_what_a_source_tells_anew_replaces_what_it_told():
    store(LETTERS)

    stored = store(replace(LETTERS, title="Letters Home, Again", code_star_count=0))

    paper = Paper.objects.get()
    assert numbers(stored) == (1, 0, 1)
    assert (paper.title, paper.code_star_count) == ("Letters Home, Again", 0)
    assert paper.updated_at > paper.created_at


def test_what_an_editor_corrected_stays_whatever_the_source_says_later():
    store(LETTERS)
    Paper.objects.update(title="Letters Home, with one more t", corrected=["title"])

    store(replace(LETTERS, title="Leters Home", abstract="Parcels get lost."))

    paper = Paper.objects.get()
    assert paper.title == "Letters Home, with one more t"
    assert paper.abstract == "Parcels get lost."


def test_a_day_that_grows_keeps_its_papers_and_adds_the_new_ones(recorded):
    day = date(2025, 3, 10)

    morning = store_listings("huggingface", day, recorded("hf_api/2025-03-10.json"))
    evening = store_listings("huggingface", day, recorded("hf_api_late/2025-03-10.json"))

    assert (len(morning.papers), len(evening.papers), evening.new_count) == (13, 23, 10)
    assert Paper.objects.listed_on("huggingface", day).count() == 23


def test_a_paper_that_the_cap_pushed_off_the_list_keeps_its_row(recorded):
    day = date(2025, 5, 27)
    store_listings("huggingface", day, recorded("hf_api/2025-05-27.json"))

    evening = store_listings("huggingface", day, recorded("hf_api_late/2025-05-27.json"))

    newest = Listing.objects.order_by("last_seen_at").last().last_seen_at
    gone = Listing.objects.exclude(paper__in=[paper.pk for paper in evening.papers])
    assert Listing.objects.count() == 35 + evening.new_count
    assert gone.count() == 9
    assert all(row.last_seen_at < newest for row in gone)


def test_votes_and_comments_may_fall():
    store(LETTERS, votes=10, comments=3)

    stored = store(LETTERS, votes=9, comments=0)

    assert numbers(stored) == (1, 0, 1)
    assert list(Listing.objects.values_list("vote_count", "comment_count")) == [(9, 0)]


def test_a_relisted_paper_is_one_paper_on_two_days(recorded):
    store_listings("huggingface", date(2025, 11, 11), recorded("hf_api_late/2025-11-11.json"))
    stored = store_listings("huggingface", date(2025, 11, 12), recorded("hf_api/2025-11-12.json"))

    listings = Paper.objects.get(canonical_id="2511.07332").listings.order_by("date")
    assert stored.new_count == 8
    assert [(row.date.day, row.vote_count, row.submitted_by) for row in listings] == [
        (11, 5, "Qinghong (Kevin) Lin"),
        (12, 18, "Aarash Feizi"),
    ]


def test_an_id_twice_in_one_answer_is_one_paper_as_first_told(recorded):
    twice = [ListingRecord(replace(LETTERS, title=title), 1, 0) for title in ("First", "Second")]

    stored = store_listings("huggingface", DAY, twice)

    assert [paper.title for paper in stored.papers] == ["First"]
    assert Paper.objects.get().title == "First"


def test_the_papers_come_back_in_the_order_of_the_list(recorded):
    listings = recorded("hf_api/2024-07-03.json")

    stored = store_listings("huggingface", DAY, reversed(listings))

    assert [paper.canonical_id for paper in stored.papers] == [
        listing.paper.canonical_id for listing in reversed(listings)
    ]
    assert all(paper.pk for paper in stored.papers)


def test_authors_keep_their_order_however_many_they_are(recorded, shared_data):
    file = "hf_api_late/2025-07-14.json"
    store_listings("huggingface", date(2025, 7, 14), recorded(file))

    told = next(
        entry["paper"]["authors"]
        for entry in json.loads((shared_data / file).read_text())
        if entry["paper"]["id"] == "2507.06261"
    )
    authors = Paper.objects.get(canonical_id="2507.06261").authors
    assert len(authors) == 3303
    assert [author["name"] for author in authors] == [
        author["name"].replace("\\~ê", "ễ") for author in told
    ]


@pytest.mark.parametrize(
    ("file", "name", "namesakes"),
    [
        ("hf_api_late/2025-04-22.json", "2504.15271", ["Tuomas Rintamaki", "Tyler Poon"]),
        ("hf_api_late/2026-02-05.json", "2602.04705", ["Jiahao Hu", "Yang Wang", "Yu Sun"]),
    ],
)
def test_namesakes_are_two_people(recorded, file, name, namesakes):
    store_listings("huggingface", DAY, recorded(file))

    names = Paper.objects.get(canonical_id=name).author_names
    assert sorted({n for n in names if names.count(n) == 2}) == namesakes


def test_a_hidden_author_is_stored_and_not_printed(recorded):
    store_listings("huggingface", DAY, recorded("hf_api/2024-06-17.json"))

    paper = Paper.objects.get(canonical_id="2406.06263")
    assert paper.authors[0] == {"name": "Amir Hossein Kargaran", "hidden": True}
    assert paper.author_names == ["François Yvon", "Hinrich Schütze"]


def test_a_paper_known_from_a_document_becomes_the_sources():
    make_paper(
        canonical_id="2407.00001",
        origin=Paper.Origin.DOCUMENT,
        authors=[{"name": "Bob Baker"}, {"name": "Alice Ahn"}],
    )

    stored = store(LETTERS)

    paper = Paper.objects.get()
    assert numbers(stored) == (1, 1, 0)
    assert (paper.origin, paper.author_names) == ("source", ["Alice Ahn", "Bob Baker"])


@pytest.mark.parametrize("file", ["hf_api/2026-05-13.json", "hf_api_late/2025-07-14.json"])
def test_a_list_costs_a_few_statements_however_long_it_is(
    recorded, file, django_assert_max_num_queries
):
    """SQLite takes 999 values a statement, so that 50 papers are two of them."""
    listings = recorded(file)

    with django_assert_max_num_queries(12):
        store_listings("huggingface", DAY, listings)
    with django_assert_max_num_queries(8):
        store_listings("huggingface", DAY, listings)


def test_words_of_a_newer_version_outlive_a_source_that_knows_of_none():
    store(replace(TOLD, abstract="Of the second version.", title="Letters Home Again"))

    store(replace(TOLD, version=None, revised_at=None, code_star_count=4))

    paper = Paper.objects.get()
    assert (paper.title, paper.abstract) == ("Letters Home Again", "Of the second version.")
    assert (paper.version, paper.code_star_count) == (2, 4)
