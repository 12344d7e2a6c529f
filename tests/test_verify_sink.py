"""The ledger against the journal of a sink: what arrived, and how often."""

import json
from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command

from newsletter.message.message_id import delivery_name, message_id
from newsletter.models import Delivery, Edition
from newsletter.verify import compare
from tests.factories import make_delivery, make_leaving_edition, make_slice

State = Delivery.State
NOW = 1_782_889_200.0


@pytest.fixture
def edition(db):
    return make_leaving_edition(state=Edition.State.SETTLING)


@pytest.fixture
def part(edition):
    return make_slice(edition)


def line(delivery, at=NOW, accepted=True):
    name = message_id(delivery.pk, "paperboy.example")
    address = delivery.subscriber.email
    noted = {"recipient": address, "message_id": name, "accepted": accepted, "at": at}
    return json.dumps(noted) + "\n"


def found(edition, *lines):
    return {breach.check: (breach.count, breach.examples) for breach in compare(edition, lines)}


def over(edition):
    Edition.objects.filter(pk=edition.pk).update(state=Edition.State.CANCELLED)
    edition.refresh_from_db()


def test_what_arrived_once_and_is_written_down_so_is_in_order(edition, part):
    mails = [
        make_delivery(edition, part=part, state=state)
        for state in (State.ACCEPTED, State.IN_DOUBT, State.ASSUMED_SENT)
    ]
    make_delivery(edition, part=part, state=State.SUPPRESSED)
    over(edition)

    assert found(edition, *map(line, mails)) == {}


@pytest.mark.parametrize(("resent", "copies", "breach"), [(0, 2, 1), (1, 2, 0), (1, 3, 1)])
def test_a_second_copy_is_a_breach_but_after_a_doubt(edition, part, resent, copies, breach):
    mail = make_delivery(edition, part=part, state=State.ACCEPTED)
    if resent:
        mail.resent_at = mail.accepted_at
        mail.save()

    told = found(edition, *[line(mail)] * copies)

    assert told == ({"sent_twice": (1, [mail.pk])} if breach else {})


@pytest.mark.parametrize("state", [State.PENDING, State.REJECTED, State.SUPPRESSED, State.EXPIRED])
def test_what_arrived_and_never_left_by_the_ledger_is_a_breach(edition, part, state):
    mail = make_delivery(edition, part=part, state=state)

    assert found(edition, line(mail)) == {"unknown": (1, [mail.pk])}


def test_what_was_to_be_sent_again_and_was_not_may_have_arrived(edition, part):
    mail = make_delivery(edition, part=part, state=State.EXPIRED)
    Delivery.objects.filter(pk=mail.pk).update(resent_at=mail.not_before)

    assert found(edition, line(mail)) == {}


def test_what_is_accepted_and_never_arrived_is_a_breach(edition, part):
    mail = make_delivery(edition, part=part, state=State.ACCEPTED)

    assert found(edition, line(mail, accepted=False)) == {"made_up": (1, [mail.pk])}


def test_whoever_got_nothing_and_is_not_listed_is_lost_once_the_edition_is_over(edition):
    mail = make_delivery(edition)
    before = found(edition)

    over(edition)

    assert (before, found(edition)) == ({}, {"lost": (1, [mail.pk])})


@pytest.mark.parametrize(
    ("rate", "moments", "too_many"),
    [
        (10, [NOW + place / 10 for place in range(30)], {}),
        (10, [NOW] * 30, {"burst": (16, [])}),  # 12.5, one in the bucket, one at the edge
        (None, [NOW] * 30, {}),
    ],
)
def test_no_second_may_hold_more_than_the_rate(edition, rate, moments, too_many):
    part = make_slice(edition, rate=rate)
    mails = [make_delivery(edition, part=part, state=State.ACCEPTED) for _ in moments]

    lines = [line(mail, at=moment) for mail, moment in zip(mails, moments, strict=True)]

    assert found(edition, *lines) == too_many


def test_what_was_held_up_after_its_claim_is_no_burst(edition):
    part = make_slice(edition, rate=10, claimed_at=datetime.fromtimestamp(NOW - 5, UTC))
    mails = [make_delivery(edition, part=part, state=State.ACCEPTED) for _ in range(30)]

    assert found(edition, *[line(mail, at=NOW) for mail in mails]) == {}


def test_other_mail_and_torn_lines_are_passed_over(edition, part):
    mail = make_delivery(edition, part=part, state=State.ACCEPTED)
    other = make_delivery(make_leaving_edition(date="2024-07-04"))
    small = json.dumps({"message_id": "<a@b>", "accepted": True, "at": NOW, "recipient": "x"})
    nameless = json.dumps({"message_id": None, "accepted": True, "at": NOW, "recipient": "x"})

    assert found(edition, line(mail), line(other), small, nameless, line(mail)[:40]) == {}


def test_a_provider_names_a_delivery_by_its_metadata(edition, part):
    mail = make_delivery(edition, part=part, state=State.ACCEPTED)
    name = delivery_name(mail.pk)

    noted = {"delivery": name, "message_id": "", "accepted": True, "at": NOW}

    assert found(edition, json.dumps(noted)) == {}


@pytest.mark.parametrize("wrong", ["{}", "[]", "7"])
def test_a_line_of_another_shape_is_refused_by_its_number(edition, wrong):
    with pytest.raises(ValueError, match="line 1 of the sink's journal"):
        compare(edition, [wrong])


def test_the_command_adds_what_a_sink_can_tell(edition, part, tmp_path, capsys):
    mail = make_delivery(edition, part=part, state=State.REJECTED)
    journal = tmp_path / "sink"
    journal.write_text(line(mail))

    with pytest.raises(CommandError):
        call_command("verify_edition", str(edition.date), "--sink", str(journal))

    told = "1 delivery was accepted, and the ledger says that it never left."
    assert f"I5   BREACH  {told} (deliveries {mail.pk})" in capsys.readouterr().out


def test_the_command_refuses_a_journal_that_is_not_there(edition, tmp_path):
    with pytest.raises(CommandError, match="No such file"):
        call_command("verify_edition", str(edition.date), "--sink", str(tmp_path / "none"))
