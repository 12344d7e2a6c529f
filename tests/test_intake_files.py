"""Files of readers, as programs and other houses write them; and what is said of bad ones."""

import csv
import json
import re
import time

import pytest
from django.core.management import CommandError

from newsletter.intake import newcomer
from newsletter.models import Subscription
from newsletter.spreadsheet import meant, neutral
from tests.importing import run, states

pytestmark = pytest.mark.django_db

State = Subscription.State


def proof(**odd: object) -> str:
    """A cell of the column `consents`."""
    said = {"act": "asked", "source": "form", "at": "2026-01-01", "network": ""}
    said |= {"language": "en", "wording": "Yes."}
    return '"' + json.dumps([said | odd]).replace('"', '""') + '"'


def test_each_rejected_row_has_its_line_and_reason_and_stops_no_other(file, tmp_path):
    text = "email;name\ndana@example.org;Dana\nno address;\n\na@b@c;x\n<eve@example.org>;\n"
    path, rejected = file(text), tmp_path / "rejected.csv"
    rejected.touch(0o644)

    said = run(path, "--confirmed")
    run(path, "--confirmed", "--rejected", str(rejected))

    assert "added 1" in said
    assert "line 3: " in said
    with rejected.open() as kept:
        assert [row[0] for row in csv.reader(kept)] == ["line", "3", "5", "6"]
    assert rejected.stat().st_mode & 0o777 == 0o600


def test_a_file_of_a_spreadsheet_program_with_its_mark_is_read(file):
    assert "added 1" in run(file("\ufeffEmail ;Language\r\ndana@example.org;EN\r\n"), "--confirmed")
    assert Subscription.objects.get().language == "en"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "No column is called email; there is: nothing."),
        ("name,mail\nDana,dana@example.org\n", "there is: name, mail."),
        ("dana@example.org\n", "there is: dana@example.org."),
    ],
)
def test_a_file_that_is_no_list_of_readers_is_refused_in_words(file, text, sentence):
    with pytest.raises(CommandError, match=sentence):
        run(file(text), "--confirmed")


def test_a_file_in_another_encoding_is_refused_and_named(file):
    with pytest.raises(CommandError, match=r"readers\.csv: It is not UTF-8"):
        run(file("email,name\ndana@example.org,다나\n", encoding="euc-kr"), "--confirmed")


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Email;Language\r\ndana@example.org;en\r\n", "utf-8-sig"),
        ("Email\tLanguage\r\ndana@example.org\ten\r\n", "utf-16"),
        ("sep=;\r\nEmail;Language\r\ndana@example.org;en\r\n", "utf-8"),
        ('"Email","Name","Language"\n"dana@example.org","Dana\nLee","en"\n', "utf-8"),
    ],
)
def test_a_file_is_read_as_spreadsheet_programs_save_it(file, text, encoding):
    assert "added 1, already 0, left 0, suppressed 0, rejected 0" in run(file(text, encoding))
    assert Subscription.objects.get().language == "en"


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        # Mailchimp: those who are subscribed, have left, could not be reached: a file each.
        ("Email Address,First Name,CONFIRM_TIME\nd@example.org,D,2019-03-11 16:58:39\n", "added 1"),
        ("Email Address,UNSUB_TIME\nd@example.org,2019-03-11 16:58:39\n", "left 1"),
        ("Email Address,CLEAN_TIME\nd@example.org,2019-03-11 16:58:39\n", "left 1"),
        # Ghost, listmonk, Buttondown
        ("id,email,subscribed_to_emails\n1,d@example.org,true\n", "added 1"),
        ("id,email,subscribed_to_emails\n1,d@example.org,false\n", "left 1"),
        ("uuid,email,attributes,status\n1,d@example.org,{},enabled\n", "added 1"),
        ("uuid,email,attributes,status\n1,d@example.org,{},blocklisted\n", "suppressed 1"),
        ("email_address,type,tags\nd@example.org,regular,\n", "added 1"),
        ("email_address,type,tags\nd@example.org,unactivated,\n", "added 1"),
        ("E-mail,Name\nd@example.org,D\n", "added 1"),
        ("이름,이메일 주소\n디,d@example.org\n", "added 1"),
    ],
)
def test_the_files_of_other_houses_are_understood(file, text, counts):
    said = run(file(text), "--confirmed")

    assert sum(int(n) for n in re.findall(r" (\d+)", said.partition(":")[2])) == 1
    assert counts in said


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        *(("state", "California"), ("rhythm", "hourly"), ("weekdays", "0 8"), ("hour", "24")),
        *(("time_zone", "Mars/Olympus"), ("paused_until", "tomorrow"), ("papers_at_most", "0")),
        *(("topics_first", "x" * 41), ("confirmed_at", "03/04/2019"), ("consents", "[1]")),
        ("consents", '"[{""act"": ""asked""}]"'),
        *(("consents", "[" * 100_000), ("confirmed_at", "0001-01-01T00:00+14:00")),
        *(("paused_until", "0001-01-01T00:00+14:00"), ("left_at", "1989-12-31")),
        *(("consents", proof(wording="\ud800")), ("consents", proof(wording="\0"))),
        *(("consents", proof(wording="x" * 20_001)), ("consents", proof(language="\0"))),
        *(("consents", proof(at="0001-01-01T00:00+14:00")), ("consents", proof(wording=[]))),
    ],
)
def test_a_row_that_cannot_be_understood_is_rejected_with_the_name_of_its_column(
    file, column, cell
):
    said = run(file(f"email,{column}\ndana@example.org,{cell}\n"), "--confirmed")

    assert f"line 2: What stands under {column} cannot be read." in said
    assert states() == {}


def test_a_thousand_unknown_time_zones_are_refused_within_a_second():
    began_at = time.thread_time()  # of the processor alone
    for _ in range(1_000):
        with pytest.raises(ValueError, match="Mars/Olympus"):
            newcomer.time_zone("Mars/Olympus")

    assert time.thread_time() - began_at < 1


def test_a_row_of_another_newsletter_is_rejected(file):
    said = run(file("email,newsletter\ndana@example.org,ml\n"), "--confirmed")

    assert "line 2: This row is another newsletter’s." in said


@pytest.mark.parametrize("start", [b"PK\x03\x04rest", b"\xd0\xcf\x11\xe0\xa1"])
def test_a_spreadsheet_is_refused_by_its_name(tmp_path, start):
    path = tmp_path / "readers.csv"
    path.write_bytes(start)

    with pytest.raises(CommandError, match="This is a spreadsheet, not CSV"):
        run(path)


def test_a_line_without_an_end_does_not_fill_the_memory(file):
    with pytest.raises(CommandError, match="Line 2 has no end"):
        run(file("email\n" + "x" * 1_000_001))


def test_a_quotation_mark_too_many_costs_its_row_and_no_other(file):
    text = 'email,name\ndana@example.org,"' + "x" * 140_000 + "\nemi@example.org,Emi\n"

    said = run(file(text), "--confirmed")

    assert "line 2: " in said and "rejected 1" in said
    assert list(states()) == ["emi@example.org"]


@pytest.mark.parametrize(
    "cell",
    ["=1+1", "+82", "-1", "@SUM(A1)", "\tx", "\rx", "＝1", "'quoted", "plain", "", "'=1", "o'neil"],
)
def test_no_cell_runs_in_a_spreadsheet_and_each_comes_back_as_it_was(cell):
    kept = neutral(cell)

    assert not kept.startswith(("=", "+", "-", "@", "\t", "\r", "＝"))
    assert meant(kept) == cell
