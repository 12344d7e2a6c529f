"""The two commands at their edges: bad files among good ones, and what is refused."""

import io

import pytest
from django.core.management import CommandError, call_command

from newsletter.approve import approve_edition, reopen_edition
from newsletter.models import Edition
from tests.factories import make_edition, make_newsletter

GOOD = "## Daily Papers (2024-07-03)\n\n### [A](https://arxiv.org/abs/2407.00001)\n\n- 하나.\n\n"


@pytest.fixture
def good(tmp_path):
    path = tmp_path / "good.md"
    path.write_text(GOOD)
    return path


def run(*args, **options):
    out = io.StringIO()
    call_command(*args, stdout=out, **options)
    return out.getvalue()


def test_a_bad_file_is_named_with_its_line_and_stops_none_of_the_others(
    daily_papers, good, tmp_path
):
    bad = tmp_path / "bad.md"
    bad.write_bytes(b"## Daily Papers (2024-07-04)\n\n\xff")

    with pytest.raises(CommandError) as refused:
        run("import_edition", bad, tmp_path, tmp_path / "none.md", good)

    assert str(refused.value).split("\n  ") == [
        "Not imported:",
        f"{bad}: line 3: it is not UTF-8: byte 0xff",
        f"{tmp_path}: it cannot be read: Is a directory",
        f"{tmp_path / 'none.md'}: it cannot be read: No such file or directory",
    ]
    assert [str(edition.date) for edition in Edition.objects.all()] == ["2024-07-03"]


def test_of_two_editions_in_a_file_the_one_that_may_be_filled_is(daily_papers, tmp_path):
    make_edition(daily_papers, state=Edition.State.APPROVED)
    both = tmp_path / "both.md"
    both.write_text(GOOD + GOOD.replace("07-03", "07-04").replace("00001", "00002"))

    with pytest.raises(CommandError, match=r"both.md: line 1: Daily Papers 2024-07-03 is approved"):
        run("import_edition", both)

    assert Edition.objects.get(date="2024-07-04").entries.count() == 1


def test_an_import_ends_with_what_it_did_and_where_to_look(daily_papers, good, settings):
    settings.SITE_URL = "https://paperboy.example"

    said = run("import_edition", good)

    assert said.splitlines() == [
        "good.md: Daily Papers 2024-07-03: 1 paper, 1 of them new",
        "Imported 1 edition with 1 new paper, as drafts. Look at them at "
        "https://paperboy.example/admin/, or print one: manage.py export_edition 2024-07-03",
    ]


def test_a_heading_becomes_the_newsletter_s_name(good, db):
    make_newsletter(slug="robots", name="Robots Weekly", languages=["en"])

    said = run("import_edition", good, newsletter="robots")

    assert "good.md: the heading 'Daily Papers' becomes the newsletter's: 'Robots Weekly'" in said
    assert run("export_edition", "2024-07-03", newsletter="robots") == GOOD.replace(
        "Daily Papers", "Robots Weekly"
    )


@pytest.mark.parametrize(
    ("command", "options", "message"),
    [
        ("import_edition", {"newsletter": "none"}, "There is no newsletter 'none'"),
        ("import_edition", {"language": "fr"}, "not written in 'fr'; its languages are: ko, en."),
        ("export_edition", {"newsletter": "none"}, "There is no newsletter 'none'"),
        ("export_edition", {}, "has no edition of 2024-07-05"),
    ],
)
def test_what_is_not_there_is_named(daily_papers, good, command, options, message):
    with pytest.raises(CommandError, match=message):
        run(command, good if command == "import_edition" else "2024-07-05", **options)


def test_a_language_that_the_edition_is_not_in_is_refused(daily_papers, good):
    run("import_edition", good)

    with pytest.raises(CommandError, match="is not there in 'en'; it is there in: ko"):
        run("export_edition", "2024-07-03", language="en")


@pytest.mark.parametrize("format", ["html", "text"])
def test_an_exported_mail_has_nothing_of_one_reader(daily_papers, settings, format):
    settings.SITE_URL = "https://paperboy.example"
    make_edition(daily_papers)

    mail = run("export_edition", "2024-07-03", format=format)

    assert "Letters Home" in mail
    assert "__" not in mail
    assert "…" in mail
    assert "/u/" not in mail


def test_an_approved_edition_is_exported_as_it_leaves(daily_papers):
    edition = approve_edition(make_edition(daily_papers))
    approved = run("export_edition", "2024-07-03", format="text")
    edition.entries.get().paper.summaries.update(whats_new="Changed after the approval")

    assert run("export_edition", "2024-07-03", format="text") == approved


def test_an_approval_taken_back_is_not_exported_any_more(daily_papers):
    edition = approve_edition(make_edition(daily_papers))
    edition.entries.get().paper.summaries.update(whats_new="Changed after the approval")
    reopen_edition(edition)

    assert "Changed after the approval" in run("export_edition", "2024-07-03", format="text")
