"""Every oddity of an entry that shared/data/README.md lists, and what we make of it."""

from collections import Counter
from datetime import UTC, date, datetime

import pytest

from papers.sources.base import Author, ListingRecord
from papers.sources.huggingface import HuggingFace
from papers.sources.huggingface_entry import UnreadableEntryError, listing_from

UPLOADS = "https://cdn-uploads.huggingface.co/production/uploads"
CARDS = "https://cdn-thumbnails.huggingface.co/social-thumbnails/papers"


@pytest.fixture
def recorded(shared_data):
    """The listings of a recorded answer, by id."""

    def listings(file: str) -> dict[str, ListingRecord]:
        answer = HuggingFace().read((shared_data / file).read_bytes(), label=file)
        return {told.paper.canonical_id: told for told in answer.listings}

    return listings


def entry(outer=None, **inner) -> dict:
    """An entry made by hand, readable unless told otherwise."""
    paper = {"id": "2407.00001", "title": "Letters Home", "upvotes": 3, "authors": []} | inner
    return {"paper": paper, "numComments": 1} | (outer or {})


def test_an_entry_of_today_is_read_whole(recorded):
    told = recorded("hf_api/2026-08-21.json")["2608.19880"]

    paper = told.paper
    assert (told.vote_count, told.comment_count, told.submitted_by) == (163, 1, "taesiri")
    assert told.listed_at == datetime(2026, 8, 21, tzinfo=UTC)
    assert paper.title == "EnvHarness: Awakening Static Worlds for Agent Learning"
    assert paper.abstract.startswith("LLM agents learn by interacting with environments, yet")
    assert len(paper.authors) == 17
    assert paper.authors[0] == Author("Chengsong Huang")
    assert paper.organisation == "Google"
    assert paper.published_at == datetime(2026, 8, 20, tzinfo=UTC)
    assert paper.withdrawn_at is None
    assert paper.project_url == "https://envharness.com/"
    assert paper.code_url == "https://github.com/google-research/envharness"
    assert paper.code_star_count == 8
    assert paper.keywords[:2] == ["LLM agents", "Environment Harness"]
    assert paper.ai_summary.startswith("EnvHarness and EnvRigger dynamically reshape static")
    assert paper.ai_summary_model == "thinkingmachines/Inkling-Small"


# Time and identity


def test_the_outer_date_is_the_time_of_listing_until_march_2025(recorded):
    told = recorded("hf_api/2024-07-03.json")["2407.02490"]

    assert told.listed_at == datetime(2024, 7, 3, 3, 53, 47, 851000, UTC)
    assert told.paper.published_at == datetime(2024, 7, 2, 17, 59, 56, tzinfo=UTC)


def test_the_outer_date_is_no_time_of_listing_once_it_is_the_papers_own_moved_back(recorded):
    listed = recorded("hf_api/2025-03-14.json").values()

    assert {told.listed_at for told in listed} == {None}


@pytest.mark.parametrize("day", ["2025-04-01", "2025-12-05", "2026-08-21"])
def test_the_day_of_listing_is_the_submission_to_the_list(recorded, day):
    listed = recorded(f"hf_api/{day}.json").values()

    assert {told.listed_at.date() for told in listed} == {date.fromisoformat(day)}


def test_a_paper_may_be_months_old_when_it_is_listed(recorded):
    told = recorded("hf_api/2024-10-29.json")["2406.10615"]

    assert (told.listed_at - told.paper.published_at).days == 135


def test_a_withdrawn_paper_is_told_with_the_time_of_its_withdrawal(recorded):
    told = recorded("hf_api_late/2026-08-14.json")["2608.12313"]

    assert told.paper.withdrawn_at == datetime(2026, 8, 13, tzinfo=UTC)
    assert told.vote_count == 5


@pytest.mark.parametrize(
    ("told", "canonical"),
    [
        ("2407.01370", "2407.01370"),
        ("2407.01370v3", "2407.01370"),
        ("0704.0001", "0704.0001"),
        ("cs/0112017", "cs/0112017"),
        ("math.GT/0309136v2", "math.GT/0309136"),
        (" arXiv:2407.01370 ", "2407.01370"),
    ],
)
def test_the_id_is_arxivs_without_a_version(told, canonical):
    assert listing_from(entry(id=told)).paper.canonical_id == canonical


# Missing or hidden


def test_a_day_without_submitters_is_a_day_with_papers(recorded):
    listed = recorded("hf_api/2025-03-14.json").values()

    assert Counter(told.submitted_by for told in listed) == {"": 26}


def test_one_entry_without_a_submitter_is_read_like_any_other(recorded):
    told = recorded("hf_api_late/2026-03-27.json")["2603.16733"]

    assert (told.submitted_by, told.paper.title) == ("", "IQuest-Coder-V1 Technical Report")


def test_a_hidden_author_keeps_the_place_and_is_marked(recorded):
    told = recorded("hf_api/2024-06-17.json")["2406.06263"]

    assert told.paper.authors == [
        Author("Amir Hossein Kargaran", hidden=True),
        Author("François Yvon"),
        Author("Hinrich Schütze"),
    ]


@pytest.mark.parametrize(
    ("file", "name", "organisation"),
    [
        ("hf_api/2025-09-30.json", "2509.24006", "Tsinghua University"),  # submitterOrganization
        ("hf_api/2025-10-03.json", "2510.02283", "ByteDance Seed"),  # organization, on both levels
        ("hf_api/2024-07-03.json", "2407.02490", ""),
    ],
)
def test_the_organisation_is_found_under_either_name(recorded, file, name, organisation):
    assert recorded(file)[name].paper.organisation == organisation


def test_an_organisation_without_a_full_name_goes_by_its_account():
    told = listing_from(entry(organization={"name": "acme"}))

    assert told.paper.organisation == "acme"


# Pictures


def test_the_picture_is_the_first_still_one_that_was_uploaded(recorded):
    listed = recorded("hf_api/2024-07-03.json")

    assert listed["2407.02490"].paper.image_url == (
        f"{UPLOADS}/6278bd42541f3d2dfa77ea70/Pmx510-_703vitXUtP-K4.png"
    )
    assert listed["2407.01370"].paper.image_url == f"{CARDS}/2407.01370.png"


def test_a_video_or_an_animation_is_no_picture(recorded):
    listed = recorded("hf_api_late/2025-04-22.json")

    for name in ("2504.15281", "2504.14899", "2504.14717"):  # webm, mp4, gif
        assert listed[name].paper.image_url == f"{CARDS}/{name}.png"


def test_the_single_media_url_of_early_2024_is_read(recorded):
    listed = recorded("hf_api_bytes/2024-03-12.json")

    assert listed["2403.06634"].paper.image_url == (
        f"{UPLOADS}/60f1abe7544c2adfd699860c/dhiUnxDGTRatavk4pKf9h.png"
    )
    assert listed["2403.06504"].paper.image_url == f"{CARDS}/2403.06504.png"


@pytest.mark.parametrize(
    "media",
    [
        "https://cdn-avatars.huggingface.co/v1/production/uploads/1/face.png",
        "/avatars/c0ffee.svg",
        "//cdn-uploads.huggingface.co/face.png",
        "http://[face.png",
        "https://cdn-uploads.huggingface.co.example.org/face.png",
        "data:image/png;base64,AAAA",
        7,
    ],
)
def test_no_picture_comes_from_where_a_person_may_be(media):
    told = listing_from(entry({"mediaUrls": [media], "mediaUrl": media, "thumbnail": media}))

    assert told.paper.image_url == f"{CARDS}/2407.00001.png"


def test_no_picture_of_any_recorded_day_is_an_avatar(recorded, shared_data):
    files = sorted(shared_data.glob("hf_api*/*.json"))

    urls = [
        told.paper.image_url
        for file in files
        for told in recorded(str(file.relative_to(shared_data))).values()
    ]

    assert len(urls) == 1198
    assert all(url.startswith((f"{UPLOADS}/", f"{CARDS}/")) for url in urls)
    assert all(url.endswith((".png", ".jpeg", ".jpg", ".webp")) for url in urls)


# Links


def test_a_project_page_loses_the_blank_before_it_and_a_repository_the_slash_after_it(recorded):
    listed = recorded("hf_api/2025-03-17.json")

    assert listed["2503.11646"].paper.project_url == "https://sites.google.com/view/adc-robot"
    assert listed["2503.10772"].paper.code_url == "https://github.com/bytedance/1d-tokenizer"


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "github.com/a/b", "https://", "https://h/" + "a" * 1000, 5, None]
)
def test_a_link_that_a_browser_should_not_open_is_not_told(url):
    told = listing_from(entry(projectPage=url, githubRepo=url))

    assert (told.paper.project_url, told.paper.code_url) == ("", "")


# What cannot be read


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        ({"paper": None}, "it has no id"),
        (entry(id="gpt-4"), "its id is 'gpt-4', not an arXiv id"),
        (entry(title=" \n"), r"its title is ' \n', not a title"),
        (entry(upvotes="many"), "its upvotes is 'many', not a number of votes"),
        (entry(upvotes=True), "its upvotes is True, not a number of votes"),
        (entry(upvotes=-1), "its upvotes is -1, not a number of votes"),
        (entry(upvotes=2**31), "its upvotes is 2147483648, not a number of votes"),
        (entry(withdrawnAt="yes"), "its withdrawnAt is 'yes', not a time"),
        ("text", "it has no id"),
    ],
)
def test_an_entry_that_cannot_be_a_listing_says_why(broken, reason):
    with pytest.raises(UnreadableEntryError) as raised:
        listing_from(broken)

    assert str(raised.value) == reason


def test_what_a_listing_can_be_without_may_be_of_any_kind():
    odd = dict.fromkeys(
        ["summary", "publishedAt", "organization", "projectPage", "githubStars", "ai_keywords"], 1.5
    )

    told = listing_from(entry({"numComments": "two", "submittedBy": [], "mediaUrls": {}}, **odd))

    bare = listing_from(entry({"numComments": 0}))
    assert told == bare


def test_a_date_outside_the_calendar_is_not_told():
    told = listing_from(entry(publishedAt="0001-01-01T00:00:00+14:00"))

    assert told.paper.published_at is None
