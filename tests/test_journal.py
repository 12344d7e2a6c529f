"""What a journal is trusted for, whatever happened to it."""

import os
import random
import shutil
from uuid import uuid4

import pytest
import redis
from hypothesis import given
from hypothesis import strategies as st

from newsletter.deliver.journal import Fenced, StillHeld, open_journal
from newsletter.deliver.journal.files import FileJournal
from newsletter.deliver.journal.lines import first_line, outcome_line, read, start_line
from newsletter.deliver.journal.redis import RedisJournal
from newsletter.models import Installation
from newsletter.outcome import Outcome, Result
from tests.factories import journal_file

pytestmark = pytest.mark.django_db

FENCE = 7
PLACE = "this boot, this file"
YES = Result(Outcome.ACCEPTED, message_id="queued as 1")
NO = Result(Outcome.REJECTED, "550 5.1.1")


@pytest.fixture(params=["file", "redis"])
def in_each_place(request, settings, tmp_path):
    settings.JOURNAL_DIR = tmp_path
    settings.JOURNAL_URL = os.environ["REDIS_URL"] if request.param == "redis" else ""
    if settings.JOURNAL_URL:
        forget_in_redis()


@pytest.fixture
def in_files(settings, tmp_path):
    settings.JOURNAL_DIR, settings.JOURNAL_URL = tmp_path, ""


@pytest.fixture
def in_redis(settings, tmp_path):
    settings.JOURNAL_DIR, settings.JOURNAL_URL = tmp_path, os.environ["REDIS_URL"]
    forget_in_redis()
    return redis.Redis.from_url(settings.JOURNAL_URL)


def forget_in_redis() -> None:
    RedisJournal().discard(FENCE)


def write(journal) -> None:
    """Of one, two and three: accepted, refused, and on its way."""
    journal.begin(FENCE)
    journal.starting([1, 2])
    journal.came_back(1, YES)
    journal.came_back(2, NO)
    journal.starting([3])


def taken_over(fence=FENCE):
    with open_journal().taken_over(fence) as notes:
        return notes


def test_whoever_takes_over_learns_what_was_started_and_what_became_of_it(in_each_place):
    journal = open_journal()
    write(journal)
    journal.close()

    notes = taken_over()

    assert notes.is_whole
    assert notes.started == {1, 2, 3}
    assert notes.results == {1: YES, 2: NO}


def test_it_can_be_taken_over_twice_as_when_the_first_to_do_so_dies(in_each_place):
    journal = open_journal()
    write(journal)
    journal.close()

    assert taken_over() == taken_over()


def test_a_slice_without_a_journal_has_notes_that_are_not_whole(in_each_place):
    notes = taken_over(404)

    assert (notes.is_whole, notes.started, notes.results) == (False, set(), {})


def test_a_living_senders_file_is_not_taken_over(in_files):
    journal = open_journal()
    write(journal)

    with pytest.raises(StillHeld, match="slice 7"):
        taken_over()


def test_a_sender_whose_list_was_taken_over_can_note_nothing_more(in_redis):
    journal = open_journal()
    write(journal)
    taken_over()

    with pytest.raises(Fenced):
        journal.starting([4])

    assert taken_over().started == {1, 2, 3}


def test_a_number_that_is_given_again_has_no_notes_of_whoever_had_it_before(in_redis):
    """As by a database that was played back."""
    write(open_journal())
    taken_over()
    open_journal().begin(FENCE)
    in_redis.delete(RedisJournal().key_of(FENCE))

    assert not taken_over().is_whole


def test_a_flushed_redis_stops_the_sender_and_leaves_nothing_to_trust(in_redis):
    journal = open_journal()
    write(journal)
    in_redis.delete(RedisJournal().key_of(FENCE))

    with pytest.raises(Fenced):
        journal.starting([4])

    assert not taken_over().is_whole


def test_a_redis_that_cannot_be_reached_stops_the_sender(settings, tmp_path):
    settings.JOURNAL_URL = "redis://127.0.0.1:9/0"

    with pytest.raises(OSError, match="journal in Redis"):
        open_journal().begin(FENCE)


def test_the_next_slice_has_a_journal_of_its_own(in_files):
    journal = open_journal()
    write(journal)
    journal.begin(8)
    journal.starting([9])

    assert taken_over().started == {1, 2, 3}
    with pytest.raises(StillHeld):
        taken_over(8)


def test_a_slice_that_has_left_is_not_begun_again(in_files):
    journal = open_journal()
    write(journal)
    journal.close()

    with pytest.raises(FileExistsError, match="forgotten"):
        FileJournal().begin(FENCE)


def test_a_slice_whose_claim_came_to_nothing_is_begun_again(in_files):
    journal = FileJournal()
    journal.begin(FENCE)
    journal.begin(FENCE)

    assert journal.kept() == [FENCE]


def test_a_copy_of_a_file_is_not_trusted_to_be_whole(in_files, tmp_path):
    journal = open_journal()
    write(journal)
    journal.close()
    shutil.copy(journal_file(FENCE), tmp_path / "copy")
    (tmp_path / "copy").replace(journal_file(FENCE))

    notes = taken_over()

    assert not notes.is_whole
    assert notes.results == {1: YES, 2: NO}


def test_another_boot_another_place_or_none_is_not_trusted_to_be_whole():
    lines = [first_line(FENCE, PLACE), start_line(1)]

    assert read(lines, FENCE, PLACE).is_whole
    assert not read(lines, FENCE, "the next boot, this file").is_whole
    assert not read([first_line(FENCE, ""), start_line(1)], FENCE, "").is_whole


def test_another_slices_journal_says_nothing():
    notes = read([first_line(6, PLACE), start_line(1), outcome_line(1, YES)], FENCE, PLACE)

    assert (notes.is_whole, notes.started, notes.results) == (False, set(), {})


@given(st.randoms(use_true_random=False), st.data())
def test_damage_only_widens_what_is_in_doubt(chance: random.Random, data):
    lines = [first_line(FENCE, PLACE)]
    for number in range(1, 20):
        lines.append(start_line(number))
        if chance.random() < 0.8:
            lines.append(outcome_line(number, chance.choice([YES, NO])))
    true = read(lines, FENCE, PLACE, len(lines))
    text = bytearray(b"".join(lines))
    if data.draw(st.booleans()):
        del text[data.draw(st.integers(0, len(text) - 1)) :]
    else:
        text[data.draw(st.integers(0, len(text) - 1))] ^= data.draw(st.integers(1, 255))

    found = read(bytes(text).splitlines(keepends=True), FENCE, PLACE, len(lines))

    assert not found.is_whole
    assert found.results.items() <= true.results.items()


def test_a_file_that_is_cut_at_the_end_of_a_line_is_not_trusted_to_be_whole(in_files):
    journal = open_journal()
    write(journal)
    journal.close()
    text = journal_file(FENCE).read_bytes().splitlines(keepends=True)
    os.truncate(journal_file(FENCE), len(b"".join(text[:-1])))

    assert not taken_over().is_whole


def test_a_line_that_is_there_twice_changes_nothing():
    lines = [first_line(FENCE, PLACE), start_line(1), outcome_line(1, YES)]

    assert read([*lines, lines[1], lines[2]], FENCE, PLACE) == read(lines, FENCE, PLACE)


def test_a_disk_that_is_full_stops_the_sender(in_files):
    journal = FileJournal()
    journal.begin(FENCE)
    os.close(journal.descriptor)
    journal.descriptor = os.open("/dev/full", os.O_WRONLY)

    with pytest.raises(OSError, match="No space left"):
        journal.starting([1])


def test_two_databases_on_one_server_do_not_touch_each_others_journals(in_each_place):
    ours = open_journal()
    write(ours)
    Installation.objects.update(ledger_id=uuid4())
    theirs = open_journal()

    theirs.begin(FENCE)
    ours.starting([4])

    ours.close()

    with ours.taken_over(FENCE) as notes:
        assert (notes.started, notes.is_whole) == ({1, 2, 3, 4}, True)
    theirs.discard(FENCE)
