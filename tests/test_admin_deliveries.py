from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from lxml import html

from newsletter.models import AuditEntry, Delivery, Edition
from tests.desk import said
from tests.factories import (
    make_delivery,
    make_edition,
    make_editor,
    make_leaving_edition,
    make_newsletter,
    make_slice,
)

LIST = "/en/admin/newsletter/delivery/"
State = Delivery.State


@pytest.fixture
def ledger(alice, emma):
    """Alice's was accepted, Emma's is in doubt."""
    edition = make_edition()
    now = timezone.now()
    rows = [
        (alice, {"state": "accepted", "accepted_at": now}),
        (emma, {"state": "in_doubt", "in_doubt_at": now, "doubt_reason": "the sender died"}),
    ]
    return [
        Delivery.objects.create(
            edition=edition,
            subscriber=reader.subscriber,
            rendition=edition.renditions.get(language=reader.language),
            address_key=reader.subscriber.address_key,
            not_before=now,
            **fields,
        )
        for reader, fields in rows
    ]


def shown(response):
    return [row.subscriber.email for row in response.context["cl"].result_list]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("", ["emma@example.org", "alice@example.org"]),
        ("?state__exact=accepted", ["alice@example.org"]),
        ("?doubt=any", ["emma@example.org"]),
        ("?doubt=assumed_sent", []),
        ("?q=alice@example.org", ["alice@example.org"]),
    ],
)
def test_deliveries_are_found_by_state_doubt_and_address(desk, ledger, wanted, found):
    assert shown(desk.get(f"{LIST}{wanted}")) == found


def test_an_editions_readers_are_listed_with_their_states(desk, ledger):
    edition = ledger[0].edition
    make_delivery(make_edition(date="2024-07-04"))
    at = f"{LIST}?edition__id__exact={edition.pk}"
    Edition.objects.filter(pk=edition.pk).update(audience_count=2)

    page = desk.get(at)
    in_doubt = desk.get(f"{at}&state__exact=in_doubt")

    assert sorted(shown(page)) == ["alice@example.org", "emma@example.org"]
    assert shown(in_doubt) == ["emma@example.org"]
    assert [(str(words), count) for words, count, _ in page.context["states"][1:]] == [
        ("in doubt", 1),
        ("accepted", 1),
    ]


def test_the_list_counts_no_rows(desk, ledger):
    with CaptureQueriesContext(connection) as asked:
        desk.get(f"{LIST}?edition__id__exact={ledger[0].edition_id}&state__exact=accepted")

    of_all = [each["sql"] for each in asked if "newsletter_delivery" in each["sql"]]
    assert len(of_all) <= 5
    assert not [sql for sql in of_all if "subscriber" in sql and "COUNT(*)" in sql]


def test_a_newsletters_deliveries_are_those_of_its_editions(desk, daily_papers):
    other = make_newsletter()
    mine = make_delivery(make_leaving_edition(other))
    make_delivery(make_leaving_edition(daily_papers))

    page = desk.get(f"{LIST}?newsletter={other.pk}")

    assert shown(page) == [mine.subscriber.email]


def test_what_is_pending_of_an_edition_stands_as_it_leaves(desk, daily_papers):
    edition, now = make_leaving_edition(daily_papers), timezone.now()
    late = make_delivery(edition, not_before=now + timedelta(hours=2))
    early = make_delivery(edition, not_before=now)

    page = desk.get(f"{LIST}?edition__id__exact={edition.pk}&state__exact=pending")

    assert shown(page) == [early.subscriber.email, late.subscriber.email]


def test_the_list_says_why_a_delivery_is_in_doubt(desk, ledger):
    assert "the sender died" in desk.get(LIST).content.decode()


@pytest.fixture
def doubts(db):
    """Three of an edition on its way: in doubt, assumed sent, and accepted."""
    edition = make_leaving_edition()
    part = make_slice(edition)
    states = (State.IN_DOUBT, State.ASSUMED_SENT, State.ACCEPTED)
    return [make_delivery(edition, part=part, state=state) for state in states]


def act(client, action, rows, **fields):
    chosen = {"action": action, "_selected_action": [row.pk for row in rows]}
    return client.post(LIST, chosen | fields)


def states(rows):
    return [Delivery.objects.get(pk=row.pk).state for row in rows]


def test_sending_again_asks_first_with_the_count_and_says_who_is_left_out(desk, doubts):
    page = act(desk, "send_selected_again", doubts).content.decode()

    assert "2 readers get this edition again" in page
    assert "1 of those you chose is left out" in page
    assert states(doubts) == [State.IN_DOUBT, State.ASSUMED_SENT, State.ACCEPTED]


def test_a_double_click_sends_again_once(desk, doubts):
    form = html.fromstring(act(desk, "send_selected_again", doubts).content.decode())
    fields = dict(form.forms[-1].form_values()) | {"sure": "yes"}
    fields["_selected_action"] = [row.pk for row in doubts]

    answers = [desk.post(LIST, fields) for _ in range(2)]

    assert [said(answer) for answer in answers] == [
        ["2 mails are sent again."],
        ["2 mails are sent again.", "None of these can be sent again."],
    ]
    assert states(doubts) == [State.PENDING, State.PENDING, State.ACCEPTED]
    assert Delivery.objects.get(pk=doubts[0].pk).resolved_by == "order kim"


def test_the_whole_list_can_be_sent_to_again(desk, doubts):
    everything = {"select_across": "1", "index": "0"}
    url = f"{LIST}?doubt=any"
    chosen = {"action": "send_selected_again", "_selected_action": [doubts[0].pk], **everything}

    page = desk.post(url, chosen).content.decode()
    desk.post(url, chosen | {"sure": "yes"})

    assert 'name="select_across" value="1"' in page
    assert states(doubts) == [State.PENDING, State.PENDING, State.ACCEPTED]


def test_what_is_left_as_it_is_stays_on_the_list(desk, doubts):
    answer = act(desk, "leave_selected", doubts)

    assert said(answer) == ["1 is left as it is."]
    assert states(doubts) == [State.ASSUMED_SENT, State.ASSUMED_SENT, State.ACCEPTED]
    assert len(shown(desk.get(f"{LIST}?doubt=any"))) == 2


def test_what_nobody_could_settle_is_not_said_to_have_been(desk, doubts):
    act(desk, "leave_selected", doubts[:1])
    act(desk, "leave_selected", doubts)

    assert list(AuditEntry.objects.values_list("act", flat=True)) == ["leave"]


@pytest.mark.parametrize("action", ["send_selected_again", "leave_selected"])
def test_whoever_may_only_look_orders_nothing(client, doubts, action):
    client.force_login(make_editor("lee", may="view"))

    act(client, action, doubts, sure="yes")

    assert states(doubts) == [State.IN_DOUBT, State.ASSUMED_SENT, State.ACCEPTED]
    assert "send_selected_again" not in client.get(LIST).content.decode()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"resolved_by": "key"}, "settled by asking again under the provider&#x27;s key"),
        ({"resolved_by": "event Postmark bounced"}, "reported: Postmark bounced"),
        ({"resolved_by": "policy hold"}, "left as it is by the channel&#x27;s policy"),
        ({"resolved_by": "order kim"}, "kim had it sent again"),
        ({"resolved_by": "100 % older"}, "100 % older"),
        ({"resent_at": datetime(2026, 7, 1, 22, 0, tzinfo=UTC)}, "sent again on 2 July, 07:00"),
        ({}, "through default"),
    ],
)
def test_the_list_says_in_words_what_was_done_about_a_doubt(desk, doubts, fields, words):
    Delivery.objects.filter(pk=doubts[0].pk).update(**fields)

    assert words in desk.get(LIST).content.decode()


def test_nobody_writes_in_the_ledger_by_hand(desk, ledger):
    url = f"{LIST}{ledger[0].pk}"

    answers = [
        desk.get(f"{LIST}add/").status_code,
        desk.post(f"{url}/change/", {"state": "pending"}).status_code,
        desk.post(f"{url}/delete/", {"post": "yes"}).status_code,
    ]

    assert answers == [403, 403, 403]
    assert "alice@example.org" in desk.get(f"{url}/change/").content.decode()
