"""manage.py check_summaries: a verdict for each entry, of a stored edition and of a foreign one."""

import io

import pytest
from django.core.management import CommandError, call_command

from newsletter.documents.read import read_editions
from newsletter.documents.store import store_document
from tests.factories import DAY, make_edition, make_paper, make_summary

pytestmark = pytest.mark.django_db
INVENTED = "Transformer self-attention feed-forward BERT ImageNet GAN WMT."


def check(*args: object) -> tuple[str, int]:
    """What it prints, and its status."""
    out = io.StringIO()
    try:
        call_command("check_summaries", *map(str, args), stdout=out)
    except SystemExit as end:
        return out.getvalue(), int(end.code or 0)
    return out.getvalue(), 0


def files(shared_data, papers="seed-2024-07-03-later-scrape.json"):
    return ("--file", shared_data / "seed-2024-07-03.md", "--papers", shared_data / papers)


@pytest.mark.parametrize("papers", ["seed-2024-07-03-later-scrape.json", "hf_api/2024-07-03.json"])
def test_the_seed_has_one_blocked_entry_whoever_tells_its_abstracts(shared_data, papers):
    told, status = check(*files(shared_data, papers))

    blocked = [line for line in told.splitlines() if line.startswith("BLOCK")]
    assert status == 1
    assert [line.split()[2] for line in blocked] == ["2407.02477"]
    assert told.splitlines()[-1] == "12 summaries: 6 PASS, 5 REVIEW, 1 BLOCK."
    assert "          Not in the source: the number 7.97%.\n" in told


def test_an_imported_edition_gets_the_verdicts_of_its_file(shared_data, daily_papers):
    abstracts = shared_data / "hf_api" / "2024-07-03.json"
    call_command("fetch_papers", "--file", abstracts, stdout=io.StringIO())
    (document,) = read_editions((shared_data / "seed-2024-07-03.md").read_bytes()).documents
    store_document(document, daily_papers, "ko")

    told, status = check(document.date, "--language", "ko")

    assert (status, told.splitlines()[-1]) == (1, "12 summaries: 6 PASS, 5 REVIEW, 1 BLOCK.")


def test_a_stored_edition_is_checked_in_all_its_languages():
    paper = make_paper()
    make_summary(paper, "ko", whats_new=INVENTED)
    make_edition(papers=[paper])

    told, status = check(DAY)

    assert status == 1
    assert [line.split()[:2] for line in told.splitlines() if line[0] != " "][:2] == [
        ["BLOCK", "ko"],
        ["REVIEW", "en"],
    ]


def test_an_entry_without_a_summary_or_a_source_is_told_and_blocks_nothing():
    bare, without = make_paper(), make_paper(abstract="")
    make_edition(papers=[bare, without])
    bare.summaries.all().delete()

    told, status = check(DAY, "--language", "ko")

    assert status == 0
    assert "It has no summary." in told
    assert "There is no source to hold it against." in told


def test_where_no_entry_has_a_source_it_says_that_nothing_was_checked():
    make_edition(papers=[make_paper(abstract="")])

    with pytest.raises(CommandError, match="nothing was checked") as error:
        check(DAY, "--language", "ko")
    assert error.value.returncode == 2


def test_what_cannot_be_checked_ends_with_a_status_of_its_own(daily_papers):
    with pytest.raises(CommandError) as error:
        check(DAY)
    assert error.value.returncode == 2


def test_a_language_that_nobody_speaks_here_is_misuse(daily_papers):
    with pytest.raises(CommandError, match="invalid choice: 'xx'"):
        check(DAY, "--language", "xx")


def test_one_file_without_the_other_is_misuse(shared_data):
    with pytest.raises(CommandError, match="go together"):
        check("--file", shared_data / "seed-2024-07-03.md")


@pytest.mark.parametrize(
    ("name", "body", "words"),
    [
        ("--file", None, "No such file"),
        ("--file", b"# nothing", "line 1: an edition begins"),
        ("--file", b"\xff", "not UTF-8"),
        ("--papers", None, "No such file"),
        ("--papers", b"{", "is cut or is not JSON"),
        ("--papers", b'{"error": "no"}', "a list of papers was due"),
        ("--papers", b"[]", "there is no abstract in it"),
        ("--papers", b"[" * 100_000, "not JSON"),
    ],
)
def test_a_file_that_is_missing_or_broken_is_named_with_what_is_wrong(
    shared_data, tmp_path, name, body, words
):
    broken = tmp_path / "broken"
    if body is not None:
        broken.write_bytes(body)
    given = dict(zip(*[iter(files(shared_data))] * 2, strict=True)) | {name: broken}

    with pytest.raises(CommandError, match=words) as error:
        check(*[each for pair in given.items() for each in pair])
    assert str(broken) in str(error.value)


def test_a_file_without_an_end_is_not_read_to_it(shared_data):
    with pytest.raises(CommandError, match=r"^/dev/zero: larger than 20,000,000 bytes"):
        check("--file", "/dev/zero", "--papers", shared_data / "hf_api" / "2024-07-03.json")


def test_an_edition_that_is_not_there_is_told(daily_papers):
    with pytest.raises(CommandError, match="has no edition of 2024-07-03"):
        check(DAY)
