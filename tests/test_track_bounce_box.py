"""The mailbox for bounces is read: reports are taken out of it, and what people write stays."""

from pathlib import Path

import pytest

from newsletter.message.message_id import message_id
from newsletter.models import Delivery, DeliveryEvent, Suppression
from newsletter.tasks import read_bounces as task
from newsletter.track.bounce_box import read_bounces
from tests.bounces import dsn, plain
from tests.factories import make_delivery, make_leaving_edition, make_slice
from tests.imap_server import Folder, serving

LETTER = plain("bounces@paperboy.example", "Thank you!", sender="Alice <alice@example.org>")


@pytest.fixture
def report(alice):
    """That Alice's mailbox does not exist."""
    edition = make_leaving_edition()
    mail = make_delivery(edition, alice, part=make_slice(edition), state=Delivery.State.ACCEPTED)
    return dsn(message_id(mail.pk, "paperboy.example"))


@pytest.fixture
def folder(settings, report):
    with serving(Folder(report, LETTER)) as folder:
        settings.BOUNCE_MAILBOX = folder.url()
        yield folder


@pytest.fixture
def maildir(settings, report, tmp_path):
    for name in ("new", "cur", "tmp"):
        (tmp_path / name).mkdir()
    (tmp_path / "new" / "1.host").write_bytes(report)
    (tmp_path / "cur" / "2.host:2,F").write_bytes(LETTER)
    settings.BOUNCE_MAILBOX = f"maildir://{tmp_path}"
    return tmp_path


def files(maildir: Path):
    return sorted(str(path.relative_to(maildir)) for path in maildir.glob("*/*"))


def test_a_report_is_taken_out_of_the_folder_and_a_letter_stays_marked_as_seen(folder):
    assert [read_bounces(), read_bounces()] == [1, 0]
    assert Suppression.objects.get().reason == Suppression.Reason.BOUNCED
    assert (list(folder.mails), folder.flags[2]) == ([2], {"\\Seen"})


def test_a_report_is_taken_out_of_a_maildir_and_a_letter_stays_marked_as_seen(maildir):
    assert [read_bounces(), read_bounces()] == [1, 0]
    assert Suppression.objects.get().reason == Suppression.Reason.BOUNCED
    assert files(maildir) == ["cur/2.host:2,FS"]


def test_a_report_that_was_kept_and_not_yet_removed_counts_once(folder, report):
    read_bounces()
    folder.mails[3], folder.flags[3] = report, set()

    assert read_bounces() == 0
    assert (DeliveryEvent.objects.count(), list(folder.mails)) == (1, [2])


def test_without_a_mailbox_nobody_looks(settings):
    settings.BOUNCE_MAILBOX = ""

    assert read_bounces() == 0


@pytest.mark.parametrize("changed", [{"password": "wrong"}, {"folder": "Nowhere"}])
def test_a_mailbox_that_lets_nobody_in_says_so(folder, settings, changed):
    settings.BOUNCE_MAILBOX = folder.url(**changed)

    with pytest.raises(OSError, match="the mailbox for bounces"):
        read_bounces()


def test_a_mailbox_that_is_away_waits_for_the_next_time(settings, caplog):
    settings.BOUNCE_MAILBOX = "imap://bounces:secret@127.0.0.1:9"

    task()

    assert "Connection refused" in caplog.text


def test_a_folder_that_is_not_there_is_said_to_be_missing(settings, tmp_path):
    settings.BOUNCE_MAILBOX = f"maildir://{tmp_path}/none"

    with pytest.raises(OSError, match="there is no folder"):
        read_bounces()


def test_a_mail_that_nobody_can_read_stays_and_stops_no_other(folder, report, caplog):
    folder.mails = {1: b"Content-Type: message/rfc822\r\n\r\n" * 3_000, 2: report}

    assert read_bounces() == 1
    assert (list(folder.mails), folder.flags[1]) == ([1], {"\\Seen"})


def test_more_mails_than_a_transaction_takes_are_all_read(maildir, report):
    for number in range(1, 61):
        (maildir / "new" / f"{number}.more").write_bytes(report + b"\n" * number)

    assert read_bounces() == 61
    assert files(maildir) == ["cur/2.host:2,FS"]
