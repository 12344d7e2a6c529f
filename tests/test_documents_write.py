"""From rows to Markdown and back: what comes from a source may hold anything."""

from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from newsletter.documents.document import Document
from newsletter.documents.load import load_document, load_entry
from newsletter.documents.read import read_editions
from newsletter.documents.store import store_document
from newsletter.documents.write import write_markdown
from newsletter.models import Edition, Entry
from papers.models import Paper, Summary
from tests.factories import DAY, make_edition, make_paper, make_summary

FRAGMENTS = (
    "]", "](https://arxiv.org/abs/2407.00009)", "*", "**What's New**: ", "<think>", "\n", "\r\n",
    "\n\n", "## Daily Papers (2024-07-03)", "### [A](https://arxiv.org/abs/2407.00009)", "Vote: 3",
    "Authors: ['A', 'B']", "- ", "> ", "  ", "\u2028", "\x00", "\x85", "\ufeff", "{'a': 'b'}", "𝜽",
    "$τ$", ", ", "+", "`", "\\", "![](x.png)", "&amp;",
)  # fmt: skip
nasty = st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=8), max_size=6).map("".join)


@given(
    title=nasty.filter(str.strip),
    names=st.lists(nasty, max_size=5),
    texts=st.tuples(nasty, nasty, nasty),
    note=nasty,
    image=nasty,
    votes=st.none() | st.integers(0, 2**31 - 1),
)
@example("a", ["Ahn, Alice", "B"], ("{'a': 'b.'}\nmore", "- x", " \n y"), "> a\nb", "a)b", 0)
def test_whatever_a_source_says_is_read_as_written(title, names, texts, note, image, votes):
    paper = Paper(
        canonical_id="2407.00001",
        title=title,
        authors=[{"name": name} for name in names],
        image_url=image,
    )
    summary = Summary(
        whats_new=texts[0], technical_details=texts[1], performance_highlights=texts[2]
    )
    entry = load_entry(Entry(paper=paper, vote_count=votes, note=note), summary, "ko")
    document = Document("Daily Papers", date(2024, 7, 3), intro=entry.note, entries=(entry,))

    reading = read_editions(write_markdown(document).encode())

    assert reading.documents == (document,)
    assert reading.notes == ()


@pytest.fixture
def composed(daily_papers):
    """As a source and an editor leave it: three papers, one of them hidden."""
    paper = make_paper(
        canonical_id="2407.00001",
        title="Letters [Home]:\n  *How* <think>",
        authors=[{"name": "Ahn, Alice"}, {"name": "Bob"}, {"name": "Eve", "hidden": True}],
        image_url="https://cdn-uploads.huggingface.co/production/uploads/62/figure.png",
    )
    make_summary(paper, technical_details="첫째.\n\n둘째.", performance_highlights="")
    other = make_paper(canonical_id="2407.00002", title="Parcels", image_url="")
    edition = make_edition(daily_papers, papers=[other, make_paper(), paper])
    edition.entries.filter(position=2).update(hidden=True)
    edition.entries.filter(paper=paper).update(position=0, note="읽어 볼 만합니다.")
    edition.entries.filter(paper=other).update(vote_count=None)
    edition.renditions.filter(language="ko").update(intro="안녕하세요.")
    return edition


def test_a_composed_edition_is_written_from_its_papers(composed):
    assert write_markdown(load_document(composed, "ko")) == (
        "## Daily Papers (2024-07-03)\n\n"
        "> 안녕하세요.\n\n"
        "### [Letters [Home]: *How* <think>](https://arxiv.org/abs/2407.00001)\n\n"
        "> 읽어 볼 만합니다.\n\n"
        "![](https://cdn-uploads.huggingface.co/production/uploads/62/figure.png)\n\n"
        "Vote: 47\n\n"
        'Authors: ["Ahn, Alice", "Bob"]\n\n'
        "- **What's New**: 소포를 찾는 지도를 만들었습니다.\n"
        "- **Technical Details**: 첫째.\n  둘째.\n\n"
        "### [Parcels](https://arxiv.org/abs/2407.00002)\n\n"
        "Authors: Alice Ahn, Bob Baker\n\n"
        "- **What's New**: 소포를 찾는 지도를 만들었습니다.\n"
        "- **Technical Details**: 길마다 번호를 붙였습니다.\n"
        "- **Performance Highlights**: 열 개 가운데 아홉 개를 찾았습니다.\n\n"
    )


def test_a_composed_edition_comes_back_in_an_empty_database(composed, daily_papers):
    text = write_markdown(load_document(composed, "ko"))
    composed.entries.all().delete()
    composed.delete()
    Paper.objects.all().delete()

    [document] = read_editions(text.encode()).documents
    store_document(document, daily_papers, "ko")

    again = load_document(Edition.objects.get(date=DAY), "ko")
    assert write_markdown(again) == text


def test_importing_what_was_exported_leaves_the_writers_as_they_are(composed, daily_papers):
    before = [*Summary.objects.order_by("pk").values()]

    store_document(load_document(composed, "ko"), daily_papers, "ko")

    assert [*Summary.objects.order_by("pk").values()] == before


def test_what_the_document_printed_goes_before_what_a_source_says_later(daily_papers):
    text = (
        "## Daily Papers (2024-07-03)\n\n### [Parcels](https://arxiv.org/abs/2407.00001)\n\n"
        "![](/avatars/2b6d.svg)\n\nVote: -\n\nAuthors: B, A\n\n"
        "- **Performance Highlights**: 하나.\n- 둘.\n- **What's New**: 셋.\n\n"
    )
    [document] = read_editions(text.encode()).documents
    stored = store_document(document, daily_papers, "ko")
    Paper.objects.update(title="Another", authors=[{"name": "A"}], image_url="https://a.example")

    assert write_markdown(load_document(stored.edition, "ko")) == text


def test_what_an_editor_added_follows_what_was_printed(daily_papers):
    text = "## A (2024-07-03)\n\n### [B](https://arxiv.org/abs/2407.00001)\n\n- 하나.\n\n"
    stored = store_document(read_editions(text.encode()).documents[0], daily_papers, "ko")
    Summary.objects.update(whats_new="둘.")

    [entry] = load_document(stored.edition, "ko").entries

    assert [section.text for section in entry.sections] == ["하나.", "둘."]
