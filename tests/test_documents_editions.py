"""The seed and the fourteen other editions, through the real commands."""

import io
import re
from itertools import groupby

import pytest
from django.core.management import call_command

from newsletter.models import Edition, Entry
from papers.models import Paper

SEED = "seed-2024-07-03"
DATES = [
    "2023-11-20",
    "2023-11-22",
    "2023-12-12",
    "2024-01-17",
    "2024-05-30",
    "2024-06-19",
    "2024-07-02",
    "2024-07-04",
    "2024-10-12",
    "2024-10-15",
    "2024-10-18",
    "2024-11-01",
    "2025-01-27",
    "2025-05-09",
]
LABELS = "three stars around a label made two: lines "
NAMES = "authors named several times in a row named once: lines "
LISTS = "authors printed as a Python list parted by commas: lines "
CROWDED = "a blank line set before an entry: lines "
VALUE = "a printed Python value written as prose: "
NOBODY = "the author '+', who is nobody, left out: "
BLANKS = "blank lines set as the format has them: line "
UNFIT = "pictures that are none of the paper kept for the document alone: "
TOLD = {
    "2023-11-20": [CROWDED + "12, 19, 26, 38, 45, 52, 61, 71, 77, 86"],
    "2023-11-22": [BLANKS + "117"],
    "2023-12-12": [NOBODY + "line 41", BLANKS + "197", UNFIT + "2312.06662"],
    "2024-01-17": [NAMES + "9, 24, 40, 57, 72, 87, 102, 120, 136"],
    "2024-05-30": [NOBODY + "line 9"],
    "2024-06-19": [
        VALUE + "line 13",
        NOBODY + "lines 9, 69, 117",
        UNFIT + "2406.12459, 2406.12831",
    ],
    "2024-07-02": [VALUE + "lines 13, 121, 132", UNFIT + "2406.18284"],
    "2024-07-04": [
        "blanks at the end of the line left out: line 35",
        NOBODY + "line 9",
        UNFIT + "2407.03320",
    ],
    "2024-10-12": [],
    "2024-10-15": [UNFIT + "2410.10306"],
    "2024-10-18": [
        LABELS + "11-13, 23-25, 35-37, 47-49, 59-61, 71-73, 83-85, 97-99, 109-111",
        LISTS + "9, 21, 33, 45, 57, 69, 81, 95, 107",
        "a second heading of the same date left out: line 87",
    ],
    "2024-11-01": [
        LABELS + "11-13, 23-25, 35-37, 47-49, 59-61, 71-73, 83-85, 95-97, 107-109, 119-121, "
        "131-133, 143-145, 155-157, 167-169, 179-181, 191-193, 203-205"
    ],
    "2025-01-27": [
        LABELS + "11-13, 23-25, 35-37, 47-49, 59-61, 71-73, 83-85, 95-97, 107-109, 119-121, "
        "131-133, 143-145"
    ],
    "2025-05-09": [
        LABELS + "11-13, 23-25, 35-37, 47-49, 59-61, 71-73, 83-85, 95-97, 119-121, 131-133, "
        "143-145, 155-157, 167-169, 179-181, 203-205, 215-217, 227-229, 239-241"
    ],
}


@pytest.fixture
def editions(shared_data):
    return shared_data / "editions_ko"


def imported(*files):
    out = io.StringIO()
    call_command("import_edition", *files, stdout=out)
    return out.getvalue().splitlines()


def exported(day):
    out = io.StringIO()
    call_command("export_edition", day, stdout=out)
    return out.getvalue()


def test_the_seed_comes_back_byte_for_byte(db, shared_data):
    seed = shared_data / f"{SEED}.md"

    lines = imported(seed)

    assert exported("2024-07-03").encode() == seed.read_bytes()
    assert lines[:-1] == [
        f"{SEED}.md: Daily Papers 2024-07-03: 12 papers, 12 of them new",
        f"{SEED}.md: {UNFIT}2407.02490, 2407.02489",
    ]


def test_no_face_is_a_picture_of_a_paper(db, shared_data, editions):
    imported(shared_data / f"{SEED}.md", *sorted(editions.glob("*.md")))

    assert Paper.objects.count() == 209
    assert not Paper.objects.filter(image_url__regex="avatar|webm|mp4").exists()
    assert not Paper.objects.exclude(image_url__startswith="https://cdn-").exists()


@pytest.mark.parametrize("day", DATES)
def test_no_paper_is_lost(db, editions, day):
    source = (editions / f"{day}.md").read_text()

    imported(editions / f"{day}.md")

    ids = re.findall(r"\(https://arxiv\.org/abs/([\d.]+)\)$", source, re.MULTILINE)
    stored = Entry.objects.order_by("position").values_list("paper__canonical_id", flat=True)
    assert [*stored] == ids


@pytest.mark.parametrize("day", DATES)
def test_no_sentence_is_lost(db, editions, day):
    source = (editions / f"{day}.md").read_text()

    imported(editions / f"{day}.md")

    assert bare(exported(day)) == bare(undone(source, day))


@pytest.mark.parametrize("day", DATES)
def test_an_export_comes_back_byte_for_byte(db, editions, day, tmp_path):
    imported(editions / f"{day}.md")
    again = tmp_path / "again.md"
    again.write_text(exported(day))
    Edition.objects.all().delete()
    Paper.objects.all().delete()

    lines = imported(again)

    assert exported(day) == again.read_text()
    assert [line for line in lines if ": line" in line] == []


@pytest.mark.parametrize("day", DATES)
def test_what_was_normalised_is_told_with_its_lines(db, editions, day):
    lines = imported(editions / f"{day}.md")

    counts = f"{day}.md: Daily Papers {day}:"
    told = [line for line in lines[:-1] if not line.startswith(counts)]
    assert told == [f"{day}.md: {what}" for what in TOLD[day]]


def test_a_second_import_of_all_changes_nothing(db, editions):
    files = sorted(editions.glob("*.md"))
    imported(*files)

    lines = imported(*files)

    unchanged = [line for line in lines if line.endswith(", 0 of them new; nothing changed")]
    assert len(unchanged) == len(files) == len(DATES)


def undone(source, day):
    """The source without what normalising takes away from it; no parser is in this."""
    first, others = source.split("\n", 1)
    once = f"{first}\n{others.replace(first, '')}"  # a second heading of the same date
    if day != "2024-01-17":
        return once
    return re.sub("^Authors: .*$", named_once, once, flags=re.MULTILINE)


def named_once(line):
    return ", ".join(name for name, _ in groupby(line[0].removeprefix("Authors: ").split(", ")))


def bare(text):
    """Every character but blanks and the punctuation that normalising may touch."""
    return re.sub(r"[\s*'\"\[\]{},:;+]", "", text.replace("Authors: ", ""))
