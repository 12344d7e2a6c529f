"""The bench for summaries, as it is run: on a folder of papers, and on recorded answers."""

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from bench.summaries.recorded import Answer, Recording, Unreadable, read, write
from bench.summaries.stored import read_stored
from papers.models import Receipt
from papers.summarise.draft import PARTS
from tests.factories import make_paper, make_summary
from tests.ground import ENVIRONMENT
from tests.recordings import GOOD, KINDS, MAP, STAMP, answer

ROOT = Path(__file__).parent.parent


@pytest.fixture
def folder(tmp_path) -> Path:
    """Two papers, as a scrape of a page has them."""
    papers = [
        {"title": text.title, "url": f"https://huggingface.co/papers/{name}", "abstract": text.text}
        for name, text in (("2407.00001", MAP), ("2407.00002", STAMP))
    ]
    path = tmp_path / "papers"
    path.mkdir()
    (path / "2024-07-01.json").write_text(json.dumps({"date": "2024-07-01", "papers": papers}))
    return path


@pytest.fixture
def recorded(tmp_path):
    """Writes answers into a file."""

    def recorded(name: str, *answers: Answer) -> Path:
        write(tmp_path / name, Recording(list(answers)))
        return tmp_path / name

    return recorded


def bench(*arguments, **variables) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "bench.summaries", *map(str, arguments)],
        cwd=ROOT,
        env=os.environ | ENVIRONMENT | variables,
        capture_output=True,
        text=True,
        check=False,
    )


def figures_of(*arguments, **variables) -> dict:
    done = bench(*arguments, "--json", **variables)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_recording_is_replayed_with_every_kind_of_error_planted(folder, recorded):
    found = figures_of("--papers", folder, "--answers", recorded("ours.jsonl", answer()))

    group = found["ours"]["openai-compatible:stand-in, ko, prompt first"]
    assert group["verdicts"] == {"pass": 1, "review": 0, "block": 0}
    assert set(group["planted"]) == KINDS
    missed = {kind: each["missed"] for kind, each in group["planted"].items()}
    assert {kind: what for kind, what in missed.items() if what} == {}
    assert group["asking"]["dollars"] == 0.0016
    assert (group["asking"]["tokens read"], group["asking"]["tokens written"]) == (1000, 300)


def test_an_answer_with_a_wrong_number_is_an_alarm_and_one_of_no_use_is_counted(folder, recorded):
    wrong = {part: text.replace("93%", "39%") for part, text in GOOD.items()}
    useless = answer({}, STAMP, paper="2407.00002", state="refused")

    found = figures_of(
        "--papers", folder, "--answers", recorded("ours.jsonl", answer(wrong), useless)
    )

    [group] = found["ours"].values()
    assert (group["answers"], group["of no use"]) == (2, 1)
    assert group["verdicts"] == {"pass": 0, "review": 1, "block": 0}
    assert "numbers" in group["alarms by check"]


def test_two_recordings_stand_beside_each_other(folder, recorded):
    ours = recorded("ours.jsonl", answer(prompt_version="second", cost_usd="0.0040"))
    theirs = recorded("theirs.jsonl", answer())

    done = bench("--papers", folder, "--answers", ours, "--against", theirs)

    assert done.returncode == 0, done.stderr
    lines = [line.split() for line in done.stdout.splitlines()]
    assert ["ours", "theirs"] in lines
    assert ["dollars", "an", "answer", "0.004", "0.0016"] in lines


def test_answers_stand_beside_those_of_their_own_language(folder, recorded):
    ours = recorded("ours.jsonl", answer(), answer(language="de"))
    theirs = recorded("theirs.jsonl", answer(model="other"))

    done = bench("--papers", folder, "--answers", ours, "--against", theirs)

    beside = [line for line in done.stdout.splitlines() if line.startswith("beside")]
    assert beside == [
        "beside each other: openai-compatible:stand-in, ko, prompt first | other, ko, prompt first"
    ]


def test_two_files_of_one_name_are_told_apart(folder, recorded, tmp_path):
    (tmp_path / "old").mkdir()
    ours, theirs = recorded("all.jsonl", answer()), recorded("old/all.jsonl", answer())

    found = figures_of("--papers", folder, "--answers", ours, "--against", theirs)

    assert set(found) == {str(ours), str(theirs)}


def test_a_recording_brings_the_texts_that_it_was_written_from(tmp_path):
    path = tmp_path / "ours.jsonl"
    write(path, Recording([answer()], {MAP.sha256: MAP}))
    (tmp_path / "empty").mkdir()

    found = figures_of("--papers", tmp_path / "empty", "--answers", path)

    [group] = found["ours"].values()
    assert group["verdicts"]["pass"] == 1


def test_without_a_recording_the_editions_of_the_folder_are_judged(folder):
    sections = "".join(
        f"- **{label}**: {text}\n"
        for label, text in zip(
            ["What's New", "Technical Details", "Performance Highlights"],
            GOOD.values(),
            strict=True,
        )
    )
    (folder / "2024-07-01.md").write_text(
        "## Daily Papers (2024-07-01)\n\n"
        f"### [{MAP.title}](https://arxiv.org/abs/2407.00001)\n\n"
        f"Authors: Alice Ahn\n\n{sections}"
    )

    found = figures_of("--papers", folder)

    assert found[""]["an edition, ko"]["answers"] == 1
    assert found[""]["an edition, ko"]["verdicts"]["block"] == 0


def test_a_model_is_asked_over_http_and_its_answers_are_replayed_without_it(
    models, folder, tmp_path
):
    path = tmp_path / "new.jsonl"
    variables = {"LLM_MODEL": "stand-in", "LLM_BASE_URL": models.url, "LLM_PRICE": "1,2"}

    asked = figures_of("--papers", folder, "--record", path, "--language", "ko", **variables)
    count = len(models.asked)
    replayed = figures_of("--papers", folder, "--answers", path)

    [group] = asked["new"].values()
    assert (group["answers"], count, len(models.asked)) == (2, 2, 2)
    assert group["asking"]["dollars"] == 0.0032
    assert without_times(replayed) == without_times(asked)
    assert {each.paper for each in read(path).answers} == {"2407.00001", "2407.00002"}


def without_times(found: dict) -> list[dict]:
    return [
        {key: value for key, value in group.items() if key != "milliseconds of checks"}
        for by_group in found.values()
        for group in by_group.values()
    ]


def test_without_a_model_nothing_can_be_recorded(folder, tmp_path):
    done = bench("--papers", folder, "--record", tmp_path / "new.jsonl", LLM_MODEL="")

    assert (done.returncode, done.stdout) == (1, "")
    assert "set LLM_MODEL" in done.stderr


NO_ANSWERS = [
    b'{"answer": {"papers": 1}}',
    b'{"answer": null}',
    b"[]",
    b"1",
    b"{}",
    b"\xff\xfe\x00",
    b'{"answer": {"paper": "1", "source_sha256": "", "model": "", "language": "ko", "parts": "x"}}',
]


@pytest.mark.parametrize("line", NO_ANSWERS)
def test_a_line_that_is_no_answer_is_refused_with_its_number(recorded, line):
    path = recorded("ours.jsonl", answer())
    path.write_bytes(path.read_bytes() + line + b"\n")

    with pytest.raises(Unreadable, match=r"ours\.jsonl, line 2: a line is "):
        read(path)


def test_a_recording_that_cannot_be_read_ends_with_a_sentence(folder, recorded):
    path = recorded("ours.jsonl")
    path.write_bytes(NO_ANSWERS[0])

    done = bench("--papers", folder, "--answers", path)

    assert done.returncode == 1
    assert done.stderr.startswith(f"{path}, line 1: ")


def test_a_folder_without_summaries_says_what_to_name(folder):
    done = bench("--papers", folder)

    assert done.returncode == 1
    assert "nothing to judge" in done.stderr and "--answers" in done.stderr


def test_what_it_prints_ends_with_where_to_look(folder, recorded):
    done = bench("--papers", folder, "--answers", recorded("ours.jsonl", answer()))

    assert "docs/summaries.md" in done.stdout.splitlines()[-1]
    assert "2 papers" in done.stdout


def test_make_has_a_target_for_it_and_help_says_what_it_does():
    help_text = subprocess.run(
        ["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    assert "bench-summaries" in help_text

    said = bench("--help").stdout

    assert all(option in said for option in ("--papers", "--answers", "--against", "--record"))


@pytest.mark.django_db
def test_an_installation_brings_its_receipts_and_what_editors_made_of_them():
    paper = make_paper(title=MAP.title, abstract=MAP.text, canonical_id="2407.00001")
    asked_at = timezone.now()
    claims = [{"part": part, "text": GOOD[part], "quote": ""} for part in PARTS]
    Receipt.objects.create(
        paper=paper,
        language="ko",
        source_sha256=MAP.sha256,
        prompt_version="first",
        model="openai-compatible:stand-in",
        state=Receipt.State.WRITTEN,
        answer=claims,
        try_count=1,
        input_tokens=1000,
        output_tokens=300,
        cost_usd="0.0016",
        asked_at=asked_at,
        answered_at=asked_at + timedelta(seconds=2),
    )
    make_summary(paper, "ko", whats_new="편집자의 말입니다.")

    stored = read_stored()

    expected = answer(cost_usd="0.001600", claims=claims)
    assert stored.answers == [expected]
    assert stored.sources["2407.00001"].text == MAP.text
    assert stored.published["2407.00001", "ko"].startswith("편집자의 말입니다.")


def test_a_file_that_is_not_there_is_told(folder, tmp_path):
    done = bench("--papers", folder, "--answers", tmp_path / "none.jsonl")

    assert done.returncode == 1
    assert "none.jsonl" in done.stderr and "Traceback" not in done.stderr


def test_an_installation_without_tables_is_told_of(tmp_path):
    done = bench("--stored", DATABASE_URL=f"sqlite:///{tmp_path}/none.sqlite3")

    assert done.returncode == 1
    assert done.stderr.startswith("this installation cannot be read") and not done.stdout


def test_reading_says_which_line_is_wrong(tmp_path):
    path = tmp_path / "ours.jsonl"
    path.write_text("[]\n")

    with pytest.raises(Unreadable, match="line 1"):
        read(path)
