"""Readers from a file: who is taken in, who stays as they are, and what is said of the rest."""

import csv
import json
import re
from datetime import timedelta
from io import StringIO

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.utils import timezone

from newsletter import links
from newsletter.forms import LONGEST_PAUSE, chosen
from newsletter.models import Consent, Newsletter, Notice, Subscriber, Subscription, Suppression
from newsletter.models.subscribers import address_key
from newsletter.notify import send_due_notices
from newsletter.spreadsheet import meant, neutral
from newsletter.subscribe import confirm, remind_unconfirmed, subscribe
from newsletter.tasks import follow_up_requests
from tests.test_notify import Relay

pytestmark = pytest.mark.django_db

State = Subscription.State
WORDS = "Yes, mail me Daily Papers each morning."


@pytest.fixture
def file(tmp_path, daily_papers):
    def write(text: str, encoding="utf-8"):
        path = tmp_path / "readers.csv"
        path.write_bytes(text.encode(encoding))
        return path

    return write


def run(path, *options: str, consent: str = WORDS) -> str:
    out, err = StringIO(), StringIO()
    arguments = [str(path), "--consent", consent, *options]
    call_command("import_subscribers", *arguments, stdout=out, stderr=err)
    return err.getvalue() + out.getvalue().strip()


def states() -> dict[str, str]:
    return dict(Subscription.objects.values_list("subscriber__email", "state"))


def test_confirmed_readers_are_readers_at_once_with_proof(file):
    said = run(file("email,language\ndana@example.org,en\nemi@example.org,ko\n"), "--confirmed")

    assert said == "Now in Daily Papers: added 2, already 0, left 0, suppressed 0, rejected 0."
    assert states() == dict.fromkeys(["dana@example.org", "emi@example.org"], State.CONFIRMED)
    assert set(Subscription.objects.values_list("language", flat=True)) == {"en", "ko"}
    consent = Consent.objects.select_related("wording").first()
    assert (consent.act, consent.source, consent.wording.text) == ("imported", "import", WORDS)
    assert not Notice.objects.exists()


def proof(**odd: object) -> str:
    """A cell of the column `consents`."""
    said = {"act": "asked", "source": "form", "at": "2026-01-01", "network": ""}
    said |= {"language": "en", "wording": "Yes."}
    return '"' + json.dumps([said | odd]).replace('"', '""') + '"'


def test_others_are_asked_once_and_so_many_an_hour(file, settings):
    settings.CONFIRMATIONS_AN_HOUR = 60
    addresses = "".join(f"reader@example{n}.org\n" for n in range(4))

    run(file(f"email\n{addresses}"))

    due = list(Notice.objects.order_by("pk").values_list("due_at", flat=True))
    assert set(states().values()) == {State.PENDING}
    assert [(at - due[0]).total_seconds() for at in due] == [0, 120, 240, 360]


def test_those_of_one_domain_are_asked_at_half_of_what_it_may_get_and_others_do_not_wait(
    file, settings
):
    settings.CONFIRMATIONS_AN_HOUR = 60
    names = [f"reader{n}@example.org" for n in range(3)] + ["dana@example.com"]

    run(file("email\n" + "\n".join(names)))

    due = list(Notice.objects.order_by("pk").values_list("due_at", flat=True))
    assert [(at - due[0]).total_seconds() for at in due] == [0, 400, 800, 360]


def test_whoever_was_imported_and_asks_before_their_turn_is_asked_at_once_and_once(file):
    names = "".join(f"reader{n}@example.org\n" for n in range(30))
    run(file(f"email\n{names}"))
    last = Subscription.objects.get(subscriber__email="reader29@example.org")
    turn = last.confirmation_requested_at

    for _ in range(3):
        subscribe("reader29@example.org", last.newsletter, "en")

    last.refresh_from_db()
    asked = [(each.due_at, each.can_wait) for each in last.notices.all()]
    assert asked == [(last.confirmation_requested_at, False)]
    assert last.confirmation_requested_at <= timezone.now() < turn


def test_who_asks_by_themselves_is_asked_before_those_of_a_file(file, settings, daily_papers):
    settings.CONFIRMATIONS_AN_HOUR = 1
    run(file("email\nimported@example.org\n"))
    subscribe("dana@example.com", daily_papers, "en")

    send_due_notices()

    assert [message.to for message in mail.outbox] == [["dana@example.com"]]


def test_whoever_of_a_file_found_no_room_in_a_day_is_asked_later_with_a_link_that_works(
    file, settings, daily_papers, time_machine
):
    time_machine.move_to(timezone.now(), tick=False)
    settings.CONFIRMATIONS_AN_HOUR = 1
    run(file("email\nimported@example.org\n"))
    subscribe("dana@example.org", daily_papers, "en")
    send_due_notices()
    time_machine.shift(timedelta(days=6))

    settings.CONFIRMATIONS_AN_HOUR = 600
    follow_up_requests()
    send_due_notices()

    imported = Subscription.objects.get(subscriber__email="imported@example.org")
    assert mail.outbox[-1].to == ["imported@example.org"]
    assert links.confirm_url(imported) in mail.outbox[-1].body
    assert confirm(imported)


def test_whoever_of_a_file_cannot_be_reached_is_tried_for_a_day(
    file, settings, daily_papers, time_machine
):
    settings.EMAIL_BACKEND = f"{Relay.__module__}.{Relay.__name__}"
    time_machine.move_to(timezone.now(), tick=False)
    run(file("email\nlater@example.org\n"))
    send_due_notices()
    time_machine.shift(timedelta(days=2))

    follow_up_requests()

    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert send_due_notices() == 0


def test_whoever_was_imported_is_not_asked_a_second_time(file):
    run(file("email\ndana@example.org\n"))
    long_ago = timezone.now() - timedelta(hours=49)
    Notice.objects.update(due_at=long_ago, sent_at=long_ago)
    Subscription.objects.update(confirmation_requested_at=long_ago)

    remind_unconfirmed()

    assert [notice.kind for notice in Notice.objects.all()] == [Notice.Kind.CONFIRM]


def test_whoever_is_there_has_left_or_is_suppressed_stays_as_they_are(file, alice, bob, carol):
    Suppression.objects.create(address_key=address_key("dave@example.org"), reason="complained")
    before = Subscription.objects.order_by("pk").values_list()[:3]
    kept = list(before)
    names = ("alice", "bob", "carol", "dave", "Alice")

    said = run(file("email\n" + "".join(f"{n}@example.org\n" for n in names)), "--confirmed")

    assert "added 0, already 3, left 1, suppressed 1, rejected 0" in said
    assert list(before) == kept
    assert "dave@example.org" not in states()


@pytest.mark.parametrize(
    ("states_in_the_file", "kept"),
    [
        (("confirmed", "unsubscribed"), {"dana@example.org": State.UNSUBSCRIBED}),
        (("unsubscribed", "confirmed"), {"dana@example.org": State.UNSUBSCRIBED}),
        (("unsubscribed", "confirmed", "suppressed"), {}),
        (("suppressed", "unsubscribed"), {}),
    ],
)
def test_of_two_rows_for_one_address_the_one_that_ends_mail_counts(file, states_in_the_file, kept):
    rows = "".join(f"dana@example.org,{state}\n" for state in states_in_the_file)

    said = run(file(f"email,state\n{rows}"), "--confirmed")

    assert states() == kept
    assert f"already {len(states_in_the_file) - 1}" in said


def test_a_pause_without_an_end_is_as_long_as_the_form_allows(file):
    run(file("email,paused_until\ndana@example.org,9999-12-31T23:59:59\n"), "--confirmed")

    dana = Subscription.objects.get()
    assert dana.paused_until <= timezone.now() + LONGEST_PAUSE
    assert chosen(dana)["paused_until"]


def test_importing_twice_changes_nothing(file):
    path = file("email\ndana@example.org\n")

    run(path)
    kept = list(Subscription.objects.values()), list(Notice.objects.values())
    again = run(path)

    assert "added 0, already 1" in again
    assert (list(Subscription.objects.values()), list(Notice.objects.values())) == kept


def test_a_dry_run_counts_and_keeps_nothing(file):
    said = run(file("email\ndana@example.org\nno address\n"), "--dry-run", "--confirmed")

    assert "Would be in Daily Papers: added 1" in said
    assert "rejected 1" in said
    assert not Subscriber.objects.exists()


def test_each_rejected_row_has_its_line_and_reason_and_stops_no_other(file, tmp_path):
    text = "email;name\ndana@example.org;Dana\nno address;\n\na@b@c;x\n<eve@example.org>;\n"
    path = file(text)

    said = run(path, "--confirmed")
    run(path, "--confirmed", "--rejected", str(tmp_path / "rejected.csv"))

    assert "added 1" in said
    assert "line 3: " in said
    with (tmp_path / "rejected.csv").open() as kept:
        assert [row[0] for row in csv.reader(kept)] == ["line", "3", "5", "6"]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" Dana.Lee@Example.ORG ", "Dana.Lee@example.org"),
        ("dana@예시.한국", "dana@xn--vv4b11d.xn--3e0b707e"),
        ("'+dana@example.org", "+dana@example.org"),
        ("o'neil@example.org", "o'neil@example.org"),
    ],
)
def test_addresses_are_kept_as_the_form_keeps_them(file, typed, kept):
    run(file(f"email\n{typed}\n"), "--confirmed")

    assert list(states()) == [kept]


@pytest.mark.parametrize(
    "typed",
    [
        *("dana@localhost", "da..na@example.org", ".dana@example.org", "dana.@example.org"),
        *(f"{'d' * 65}@example.org", "dana@-example.org", "다나@example.org", "dana@example.test"),
        *('"da na"@example.org', "=cmd|' /C calc'!A0"),
    ],
)
def test_what_the_form_refuses_is_refused(file, typed):
    buffer = StringIO()
    csv.writer(buffer).writerow([typed])

    assert "rejected 1" in run(file(f"email\n{buffer.getvalue()}"), "--confirmed")
    assert states() == {}


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


def test_nobody_who_has_left_elsewhere_becomes_a_reader_by_a_later_file(file):
    run(file("email,state\ndana@example.org,unsubscribed\n"), "--confirmed")

    said = run(file("email\ndana@example.org\n"), "--confirmed")

    assert "added 0, already 0, left 1" in said
    assert states() == {"dana@example.org": State.UNSUBSCRIBED}


def test_whoever_did_not_confirm_elsewhere_is_asked_here(file):
    run(file("email,state\ndana@example.org,pending\nemi@example.org,\n"), "--confirmed")

    assert states() == {"dana@example.org": State.PENDING, "emi@example.org": State.CONFIRMED}
    assert Notice.objects.get().subscription.subscriber.email == "dana@example.org"


def test_a_file_makes_nobody_a_reader_whom_the_operator_does_not_call_confirmed(file):
    run(file(f"email,state,confirmed_at\ndana@example.org,confirmed,{timezone.now()}\n"))

    assert states() == {"dana@example.org": State.PENDING}
    assert Subscription.objects.get().confirmed_at is None


def test_a_time_to_come_is_no_time_of_confirmation(file):
    run(file("email,confirmed_at\ndana@example.org,2199-01-01\n"), "--confirmed")

    assert Subscription.objects.get().confirmed_at <= timezone.now()


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


def test_a_row_of_another_newsletter_is_rejected(file):
    said = run(file("email,newsletter\ndana@example.org,ml\n"), "--confirmed")

    assert "line 2: This row is another newsletter’s." in said


def test_the_language_of_a_country_is_the_language(file):
    run(file("email,locale\ndana@example.org,en_GB\nemi@example.org,fr-FR\n"), "--confirmed")

    languages = Subscription.objects.order_by("pk").values_list("language", flat=True)
    assert list(languages) == ["en", "ko"]


def test_nobody_waits_for_a_roundup_that_does_not_come_out(file, daily_papers):
    Newsletter.objects.filter(roundup_of=daily_papers).delete()

    run(file("email,rhythm\ndana@example.org,weekly\n"), "--confirmed")

    assert Subscription.objects.get().rhythm == "daily"


def test_a_roundup_takes_no_readers_of_its_own(file):
    with pytest.raises(CommandError, match="it goes to those of Daily Papers"):
        run(file("email\ndana@example.org\n"), "--newsletter", "weekly-papers")


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


def test_without_words_nobody_has_consented(file):
    with pytest.raises(CommandError, match="Say which words its readers agreed to"):
        run(file("email\ndana@example.org\n"), consent=" ")

    assert not Subscriber.objects.exists()


def test_a_reader_who_was_asked_is_due_at_once(file):
    run(file("email\ndana@example.org\n"))

    assert Notice.objects.get().due_at <= timezone.now()


@pytest.mark.parametrize(
    "cell",
    ["=1+1", "+82", "-1", "@SUM(A1)", "\tx", "\rx", "＝1", "'quoted", "plain", "", "'=1", "o'neil"],
)
def test_no_cell_runs_in_a_spreadsheet_and_each_comes_back_as_it_was(cell):
    kept = neutral(cell)

    assert not kept.startswith(("=", "+", "-", "@", "\t", "\r", "＝"))
    assert meant(kept) == cell
