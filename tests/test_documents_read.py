from datetime import date

import pytest

from newsletter.documents.document import Document, DocumentEntry, DocumentError, Section
from newsletter.documents.normalise import Note
from newsletter.documents.read import MAX_BYTES, MAX_LINE, read_editions
from newsletter.documents.write import write_markdown

HEADING = "## Daily Papers (2024-07-03)\n\n"
ENTRY = "### [Letters Home](https://arxiv.org/abs/2407.00001)\n\n"
PARCELS = "### [Parcels](https://arxiv.org/abs/2407.00002)\n\nVote: 3\n\n"


def entry(text):
    """The only entry of an edition that has these lines under the title, and the notes."""
    reading = read_editions((HEADING + ENTRY + text).encode())
    [document] = reading.documents
    [only] = document.entries
    return only, [note.what for note in reading.notes]


def written(entry):
    return write_markdown(Document("Daily Papers", date(2024, 7, 3), entries=(entry,)))


def test_an_edition_is_read_whole():
    text = (
        "## Daily Papers (2024-07-03)\n\n> Welcome.\n> It is hot.\n\n"
        "### [Letters [Home]: *How* <think>](https://arxiv.org/abs/2407.00001)\n\n"
        "> Worth a read.\n\n![](https://example.org/a.png)\n\nVote: 42\n\n"
        "Authors: Alice Ahn, Bob Baker\n\n"
        "- **What's New**: A map.\n- **Outlook**: More.\n- No label.\n  - A point under it.\n\n"
    )

    reading = read_editions(text.encode())

    assert reading.notes == ()
    assert reading.documents == (
        Document(
            name="Daily Papers",
            date=date(2024, 7, 3),
            intro="Welcome.\nIt is hot.",
            entries=(
                DocumentEntry(
                    paper_id="2407.00001",
                    title="Letters [Home]: *How* <think>",
                    note="Worth a read.",
                    image="https://example.org/a.png",
                    vote="42",
                    authors=("Alice Ahn", "Bob Baker"),
                    sections=(
                        Section("What's New", "A map."),
                        Section("Outlook", "More."),
                        Section("", "No label.\n- A point under it."),
                    ),
                ),
            ),
        ),
    )
    assert write_markdown(reading.documents[0]) == text


def test_a_title_may_hold_a_link_of_its_own():
    text = "### [a](https://arxiv.org/abs/1)](https://arxiv.org/abs/cs.CL/0001001)\n\n"

    [document] = read_editions((HEADING + text).encode()).documents

    assert document.entries == (
        DocumentEntry(paper_id="cs.CL/0001001", title="a](https://arxiv.org/abs/1)"),
    )


def test_lines_beyond_the_format_are_kept_as_they_stand():
    video = '[Watch Video](https://a.example/v.mp4)\n<div><video src="v.mp4"></video></div>'

    only, notes = entry(f"{video}\n\nVote: 5\n\n")

    assert only.lines == tuple(video.split("\n"))
    assert notes == []


@pytest.mark.parametrize(
    ("lines", "field", "value", "note"),
    [
        (
            "- ***What's New***: A map.\n\n",
            "sections",
            (Section("What's New", "A map."),),
            "three stars",
        ),
        ("- **X**: {'a': 'b.'}\n\n", "sections", (Section("X", "a: b."),), "printed Python value"),
        ("Authors: ['A', \"O'B\"]\n\n", "authors", ("A", "O'B"), "Python list"),
        ("Authors: A, +, B\n\n", "authors", ("A", "B"), "who is nobody"),
        ("Authors: A, A, A, B, B, C\n\n", "authors", ("A", "B", "C"), "named once"),
        ("Vote: 5 \n\n", "vote", "5", "blanks at the end"),
        ("-   **X**: A map.\n\n", "sections", (Section("X", "A map."),), "after a dash"),
        ("- A\x00 B\n\n", "sections", (Section("", "A  B"),), "control characters"),
        ("Vote: 5", "vote", "5", "blank lines set"),
        ("Vote: 5\n![](p.png)\n", "image", "p.png", "order and form"),
        (
            "- A sentence\nthat goes on.\n",
            "sections",
            (Section("", "A sentence\nthat goes on."),),
            "order",
        ),
    ],
)
def test_another_maker_s_habit_is_normalised_and_told(lines, field, value, note):
    only, notes = entry(lines)

    assert getattr(only, field) == value
    assert [told for told in notes if note in told] == notes != []
    assert read_editions(written(only).encode()).notes == ()


def test_two_namesakes_are_two_people():
    only, notes = entry("Authors: Wei Wang, Wei Wang, Alice Ahn\n\n")

    assert only.authors == ("Wei Wang", "Wei Wang", "Alice Ahn")
    assert notes == []


def test_three_namesakes_in_an_alphabetical_list_are_three_people():
    only, _ = entry("Authors: A. Abe, X. Li, X. Li, X. Li, Y. Ma, Z. Zhu\n\n")

    assert only.authors == ("A. Abe", "X. Li", "X. Li", "X. Li", "Y. Ma", "Z. Zhu")
    assert read_editions(written(only).encode()).notes == ()


def test_a_list_that_repeats_one_name_is_mended_where_the_whole_document_repeats():
    stutter = "Authors: A, A, A, B, C, D, E\n\n"
    text = HEADING + ENTRY + stutter + PARCELS + stutter

    [document] = read_editions(text.encode()).documents

    assert [e.authors for e in document.entries] == [("A", "B", "C", "D", "E")] * 2


@pytest.mark.parametrize(
    "link",
    [
        "http://arxiv.org/abs/2407.00001",
        "https://www.arxiv.org/abs/2407.00001v2",
        "https://arxiv.org/pdf/2407.00001v1.pdf",
    ],
)
def test_any_link_to_the_paper_on_arxiv_is_read_as_its_id(link):
    reading = read_editions(f"{HEADING}### [A]({link})\n\n".encode())

    assert reading.documents[0].entries[0].paper_id == "2407.00001"
    assert reading.notes == (Note("link written as the address of the abstract", 3),)


def test_windows_line_ends_and_a_byte_order_mark_change_nothing_else():
    text = HEADING + ENTRY + "- **What's New**: A map.\n\n"

    reading = read_editions("\ufeff".encode() + text.replace("\n", "\r\n").encode())

    assert reading.documents == read_editions(text.encode()).documents
    assert reading.notes == (
        Note("the byte order mark left out", 1),
        Note("Windows line ends made Unix ones", 1),
    )


def test_two_dates_in_a_file_are_two_editions():
    text = HEADING + ENTRY + "## Daily Papers (2024-07-04)\n\n" + PARCELS

    documents = read_editions(text.encode()).documents

    assert [(d.date.day, [e.paper_id for e in d.entries]) for d in documents] == [
        (3, ["2407.00001"]),
        (4, ["2407.00002"]),
    ]


def test_two_headings_of_a_date_are_one_edition():
    reading = read_editions((HEADING + ENTRY + HEADING + PARCELS).encode())

    [document] = reading.documents
    assert [e.paper_id for e in document.entries] == ["2407.00001", "2407.00002"]
    assert reading.notes == (Note("a second heading of the same date left out", 5),)


def test_an_entry_that_stands_there_twice_is_read_once():
    reading = read_editions((HEADING + PARCELS + PARCELS).encode())

    assert len(reading.documents[0].entries) == 1
    assert reading.notes == (Note("an entry that repeats an earlier one left out", 7),)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "line 1: it is empty"),
        (b"\n\n", "line 1: it is empty"),
        (b"[1]", "line 1: an edition begins with '## NAME (YYYY-MM-DD)', not with '[1]'"),
        (b"\nHello\n## A (2024-07-03)\n", "line 2: an edition begins with"),
        (b"## Daily Papers\n", "line 1: the heading of an edition is"),
        (b"## Daily Papers (2024-02-30)\n\n### x", "line 1: 2024-02-30 is no date"),
        (b"## Daily Papers (0999-01-05)\n\n### x", "line 1: the year of 0999-01-05 is not from"),
        (b"## Daily Papers (9999-12-31)\n\n### x", "line 1: the year of 9999-12-31 is not from"),
        (
            f"{HEADING}{ENTRY.replace('[', '[' + 'x' * 1000)}".encode(),
            "line 3: a title of 1,0",
        ),
        (HEADING.encode(), "line 1: the edition of 2024-07-03 has no entries"),
        (f"{HEADING}Hello\n\n{ENTRY}".encode(), "line 3: an introduction stands after '> '"),
        (f"{HEADING}### A paper\n".encode(), "line 3: the heading of an entry is"),
        (f"{HEADING}### [A](https://example.org/1)".encode(), "line 3: the heading of an entry is"),
        (f"{HEADING}### [A](https://arxiv.org/abs/x)".encode(), "line 3: the heading of an entry"),
        (
            f"{HEADING}{ENTRY}Vote: many\n".encode(),
            "line 5: 'Vote:' is followed by a number or '-'",
        ),
        (f"{HEADING}{ENTRY}Vote: 9999999999\n".encode(), "line 5: 'Vote:' is followed by a number"),
        (f"{HEADING}{ENTRY}Vote: 1\nVote: 2\n".encode(), "line 6: this entry says it twice"),
        (
            f"{HEADING}{ENTRY}{PARCELS}{ENTRY}- Other\n".encode(),
            "line 9: 2407.00001 stands on line 3",
        ),
        (HEADING.encode() + b"\xff\xfe", "line 3: it is not UTF-8: byte 0xff"),
        (f"{HEADING}{'x' * (MAX_LINE + 1)}".encode(), "line 3: it has 200,001 characters"),
        (b"x" * (MAX_BYTES + 1), "it has 10,000,001 bytes"),
    ],
)
def test_what_is_not_an_edition_is_refused_with_its_line(data, message):
    with pytest.raises(DocumentError) as refused:
        read_editions(data)

    assert str(refused.value).startswith(message)
