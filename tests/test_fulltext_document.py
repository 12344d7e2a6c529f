"""What of a paper's sections a writer is given."""

import pytest

from papers.fulltext.document import LIMIT, Document, Role, Section, Unusable, chosen
from tests.texts import ABSTRACT

TEXT = "Every street of the town has a number of its own, which no other street has. "


def document(*sections: tuple[str, int]) -> Document:
    """Of sections with so many characters, in paragraphs of about 800."""
    parts = [Section(heading, [(TEXT * 10).strip()] * (size // 770)) for heading, size in sections]
    return Document(f"Homeward. {ABSTRACT}", parts)


@pytest.mark.parametrize(
    ("heading", "role"),
    [
        ("Introduction", Role.INTRODUCTION),
        ("Related Work", Role.BACKGROUND),
        ("Background and Preliminaries", Role.BACKGROUND),
        ("Our Approach", Role.METHOD),
        ("Homeward: Maps with Numbers", Role.METHOD),
        ("Experimental Setup", Role.RESULTS),
        ("Results and Discussion", Role.CONCLUSION),
        ("Conclusions and Future Work", Role.CONCLUSION),
        ("Acknowledgements", Role.LEFT_OUT),
        ("NeurIPS Paper Checklist", Role.LEFT_OUT),
        ("References", Role.LEFT_OUT),
        ("Appendix A Proofs", Role.LEFT_OUT),
        ("Data Availability", Role.LEFT_OUT),
    ],
)
def test_a_heading_tells_what_its_section_is_there_for(heading, role):
    assert Section(heading, []).role is role


def test_a_long_paper_is_cut_to_the_limit_and_keeps_its_conclusion():
    long = document(
        ("Introduction", 20_000),
        ("Related Work", 20_000),
        ("Method", 60_000),
        ("Results", 40_000),
        ("Conclusion", 9_000),
        ("References", 30_000),
    )

    text, headings = chosen(long, ABSTRACT)

    assert headings == ["Introduction", "Method", "Results", "Conclusion"]
    assert 0.9 * LIMIT < len(text) <= LIMIT


def test_what_is_kept_are_whole_sentences_in_the_papers_order():
    text, _ = chosen(document(("Method", 60_000), ("Introduction", 60_000)), ABSTRACT)

    assert text.index("\n\nMethod\n\n") < text.index("\n\nIntroduction\n\n")
    assert all(part.endswith("has.") for part in text.split("\n\n")[2:] if len(part) > 20)


def test_all_of_a_short_paper_is_kept():
    short = document(("Introduction", 2_000), ("Related Work", 2_000), ("Method", 9_000))

    text, headings = chosen(short, ABSTRACT)

    assert headings == ["Introduction", "Related Work", "Method"]
    assert text.count("which no other") == (2 + 2 + 11) * 10


def test_a_role_is_shared_by_its_sections():
    _, headings = chosen(
        document(*[(f"Step {number}", 20_000) for number in range(1, 6)], ("Results", 40_000)),
        ABSTRACT,
    )

    assert headings == ["Step 1", "Step 2", "Step 3", "Step 4", "Step 5", "Results"]


@pytest.mark.parametrize(
    ("abstract", "whole"),
    [
        (ABSTRACT, ABSTRACT.upper().replace(" ", "-\n")),
        (r"We show $\pi_0$ and $\mathbf{x}$-maps finding parcels.", "We show π0 and x-maps finding"
         " parcels."),
        ("Efficient offices find parcels.", "Eﬃcient oﬃces ﬁnd parcels."),
    ],
)  # fmt: skip
def test_the_abstract_is_known_by_its_letters(abstract, whole):
    body = [Section("Method", [TEXT * 10])]

    assert chosen(Document(whole, body), abstract)


def test_without_an_abstract_nothing_is_taken():
    with pytest.raises(Unusable):
        chosen(document(("Method", 9_000)), " ")
