"""The command: what it prints, and how it ends."""

import json
import subprocess
import sys
from datetime import UTC, date, datetime

import pytest
import time_machine
from django.core.management import CommandError, call_command

from papers.models import Listing, Paper
from tests.factories import make_listing
from tests.stand_ins import serve_arxiv, serve_hugging_face

pytestmark = pytest.mark.django_db


@pytest.fixture
def sources(httpserver, settings, shared_data):
    settings.HF_API_URL = serve_hugging_face(httpserver, shared_data / "hf_api")
    settings.ARXIV_API_URL = serve_arxiv(httpserver, shared_data / "arxiv")


@pytest.fixture
def run(capsys):
    """Runs the command; what it printed, line by line, and what it said went wrong."""

    def command(*arguments) -> tuple[list[str], list[str]]:
        call_command("fetch_papers", *arguments)
        return printed()

    def printed() -> tuple[list[str], list[str]]:
        out, err = capsys.readouterr()
        return out.splitlines(), [line for line in err.splitlines() if " INFO " not in line]

    command.printed = printed
    return command


def listed() -> dict[date, int]:
    days = Listing.objects.values_list("date", flat=True)
    return {day: list(days).count(day) for day in sorted(set(days))}


@time_machine.travel(datetime(2024, 7, 5, 12, tzinfo=UTC), tick=False)
def test_without_arguments_today_and_the_last_three_days_are_fetched(sources, run):
    out, err = run()

    assert out == [
        "2024-07-02  entries: 25, papers: 25, new: 25, changed: 0",
        "2024-07-03  entries: 11, papers: 11, new: 11, changed: 0",
        "2024-07-04  entries: 8, papers: 8, new: 8, changed: 0",
        "2024-07-05  entries: 3, papers: 3, new: 3, changed: 0",
        "arXiv added to 0 papers.",
        "Stored 4 lists with 47 papers. See them at https://paperboy.example/admin/ or go on with: "
        "manage.py summarise_papers",
    ]
    assert err == []


def test_a_date_is_fetched(sources, run):
    run("--date", "2024-07-03")

    assert listed() == {date(2024, 7, 3): 11}


@time_machine.travel(datetime(2024, 7, 5, 12, tzinfo=UTC), tick=False)
def test_a_day_that_fails_stops_no_other(httpserver, settings, shared_data, run):
    httpserver.expect_oneshot_request("/api/daily_papers").respond_with_data("1")
    settings.HF_API_URL = serve_hugging_face(httpserver, shared_data / "hf_api")
    settings.ARXIV_API_URL = serve_arxiv(httpserver, shared_data / "arxiv")

    with pytest.raises(CommandError) as raised:
        run()

    _, err = run.printed()
    assert str(raised.value) == (
        "1 of 4 lists could not be read, for the reasons above. What was stored of them before is "
        "unchanged."
    )
    assert err == [
        "Hugging Face, papers of 2024-07-02: a list of papers was due, and there is only 1"
    ]
    assert list(listed().values()) == [11, 8, 3]


def test_arxiv_being_down_fails_nothing(sources, settings, httpserver, run):
    settings.ARXIV_API_URL = httpserver.url_for("/nowhere")

    out, err = run("--date", "2024-07-05")

    assert out[0] == "2024-07-05  entries: 3, papers: 3, new: 3, changed: 0"
    assert err[-1].endswith("The papers are complete but for what only arXiv tells.")


def test_saved_answers_are_stored_under_the_date_in_their_name(shared_data, run, settings):
    settings.HF_API_URL = settings.ARXIV_API_URL = "http://127.0.0.1:9"

    out, err = run(
        "--file",
        shared_data / "hf_api" / "2025-01-21.json",
        shared_data / "hf_api_late" / "2025-06-03.json",
    )

    assert out[:2] == [
        "2025-01-21  entries: 1, papers: 1, new: 1, changed: 0",
        "2025-06-03  entries: 50, papers: 49, new: 49, changed: 0",
    ]
    assert err == []


@pytest.mark.parametrize("name", ["answer.json", "2024-99-99.json"])
def test_a_saved_answer_without_a_date_in_its_name_is_of_the_day_of_its_papers(
    shared_data, tmp_path, run, name
):
    path = tmp_path / name
    path.write_bytes((shared_data / "hf_api" / "2024-07-03.json").read_bytes())

    run("--file", path)

    assert listed() == {date(2024, 7, 3): 11}


def test_the_date_given_comes_before_the_one_in_the_name(shared_data, run):
    run("--date", "2024-07-04", "--file", shared_data / "hf_api" / "2024-07-03.json")

    assert listed() == {date(2024, 7, 4): 11}


def test_an_entry_that_is_left_out_is_said(tmp_path, run):
    path = tmp_path / "2024-07-03.json"
    path.write_text(json.dumps([{"paper": {"id": "2407.00001", "title": "T", "upvotes": 1}}, 7]))

    out, _ = run("--file", path)

    assert out[:2] == [
        "2024-07-03  entries: 2, papers: 1, new: 1, changed: 0",
        f"  {path}: entry 2 (without an id) is left out: it has no id",
    ]


def test_files_that_are_no_answers_are_said_and_stop_no_other(shared_data, tmp_path, run):
    listing = make_listing()
    (tmp_path / "dateless.json").write_text("[]")
    with (tmp_path / "huge.json").open("wb") as huge:
        huge.truncate(20_000_001)
    paths = [
        shared_data / "archive_quirks" / "error-body.json",
        tmp_path / "missing.json",
        tmp_path,
        tmp_path / "dateless.json",
        tmp_path / "huge.json",
        shared_data / "hf_api" / "2024-07-05.json",
    ]

    with pytest.raises(CommandError, match=r"^5 of 6 lists could not be read"):
        run("--file", *paths)

    _, err = run.printed()
    assert err == [
        f"{paths[0]}: a list of papers was due, and there is an object with error, which says "
        '"Sorry, we can\'t find the page you are looking for."',
        f"{paths[1]}: No such file or directory",
        f"{paths[2]}: Is a directory",
        f"{paths[3]}: neither its name nor its papers tell a date; give it as --date",
        f"{paths[4]}: larger than 20,000,000 bytes, which no list is",
    ]
    assert listed() == {listing.date: 1, date(2024, 7, 5): 3}


def test_a_date_that_is_none_is_said(run):
    with pytest.raises(CommandError, match=r"'2024-13-01' is not a date; write it as 2024-07-03"):
        run("--date", "2024-13-01")


def test_the_stand_in_runs_as_a_process_and_has_an_answer_for_every_date(
    shared_data, settings, run
):
    folders = ["--folder", shared_data / "hf_api", "--arxiv", shared_data / "arxiv"]
    command = [sys.executable, "-m", "tests.stand_ins", *map(str, folders)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            for name in ("HF_API_URL", "ARXIV_API_URL"):
                key, _, url = process.stdout.readline().strip().partition("=")
                assert key == name
                setattr(settings, name, url)
            run("--date", "2031-01-01")
        finally:
            process.terminate()

    assert process.returncode == 0
    assert Paper.objects.listed_on("huggingface", date(2031, 1, 1)).exists()
