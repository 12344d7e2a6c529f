"""Hold, resume, cancel: by command and at the desk, by one and by twenty at once."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections, transaction

from newsletter.admin.verbs import VERBS, perform
from newsletter.approve import approve_edition
from newsletter.deliver import begin, tidy
from newsletter.models import Delivery, Edition, WrongState
from tests.factories import DAY, make_edition, make_editor, make_subscription

State = Edition.State
pytestmark = pytest.mark.django_db


@pytest.fixture
def edition(daily_papers) -> Edition:
    return make_edition(daily_papers)


def run(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue().strip()


def stands(edition: Edition) -> tuple[str, str, str, int]:
    edition.refresh_from_db()
    return edition.state, edition.reason, edition.hold_reason, edition.version


def test_an_edition_is_held_and_let_go_by_command_and_a_second_order_changes_nothing(edition):
    said = [run("hold_edition", f"{DAY}", "--reason", "wrong picture")]
    said += [run("hold_edition", f"{DAY}", "--reason", "another one")]
    held = stands(edition)
    said += [run("resume_edition", f"{DAY}"), run("resume_edition", f"{DAY}")]

    assert said == [
        f"Daily Papers {DAY} is on hold. Let it go on with: manage.py resume_edition {DAY}",
        f"Daily Papers {DAY} is on hold already: wrong picture",
        f"Daily Papers {DAY} is no longer on hold; it is draft.",
        f"Daily Papers {DAY} is not on hold; it is draft.",
    ]
    assert (held, stands(edition)) == (("draft", "", "wrong picture", 1), ("draft", "", "", 2))


def test_an_edition_is_cancelled_by_command_once(edition):
    edition.hold("wait")

    said = [run("cancel_edition", f"{DAY}", "--reason", "a mistake")]
    said += [run("cancel_edition", f"{DAY}", "--reason", "another one")]

    assert said == [
        f"Daily Papers {DAY} is cancelled; 0 of its readers have it.",
        f"Daily Papers {DAY} is cancelled already: a mistake",
    ]
    assert stands(edition) == ("cancelled", "a mistake", "", 2)


@pytest.mark.parametrize(
    "order",
    [["hold_edition", f"{DAY}"], ["resume_edition", f"{DAY}"]],
)
def test_a_cancelled_edition_is_neither_held_nor_let_go(edition, order):
    edition.cancel("a mistake")

    with pytest.raises(CommandError, match="is cancelled: "):
        run(*order)

    assert stands(edition) == ("cancelled", "a mistake", "", 1)


def test_what_has_gone_out_cannot_be_cancelled(edition, alice):
    begin(approve_edition(edition))
    edition.deliveries.update(state="expired")
    Edition.objects.update(state=State.DONE, done_at=edition.approved_at)

    with pytest.raises(CommandError, match="is done, so it cannot be cancelled any more"):
        run("cancel_edition", f"{DAY}", "--reason", "a mistake")


def test_cancelling_on_the_way_keeps_the_rest_unsent(edition, alice, emma):
    begin(approve_edition(edition))

    run("cancel_edition", f"{DAY}", "--reason", "a mistake")

    assert Counter(edition.deliveries.values_list("state", flat=True)) == {"expired": 2}


def test_a_hold_without_words_is_refused(edition):
    with pytest.raises(CommandError, match="--reason is blank"):
        run("hold_edition", f"{DAY}", "--reason", " ")


def test_an_order_holds_though_a_sender_has_moved_the_edition_meanwhile(edition):
    seen = Edition.objects.get()
    approve_edition(edition)

    assert seen.hold("wait") is True

    assert (seen.state, seen.hold_reason) == (State.APPROVED, "wait")


def press(names: list[str], edition: Edition) -> Counter:
    """Each button by an editor of its own, all at the same moment; what came of them."""
    editor = make_editor()
    ready = threading.Barrier(len(names))

    def work(name: str) -> str:
        try:
            mine = Edition.objects.select_related("newsletter").get(pk=edition.pk)
            ready.wait()
            perform(VERBS[name], mine, mine.version, editor, "because")
        except WrongState:
            return "refused"
        else:
            return name
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(names)) as editors:
        return Counter(editors.map(work, names))


@pytest.mark.parametrize(
    ("name", "ends"),
    [
        ("approve", ("approved", "", "", 1)),
        ("hold", ("draft", "", "because", 1)),
        ("cancel", ("cancelled", "because", "", 1)),
    ],
)
def test_of_twenty_who_press_the_same_button_one_does_it(transactional_db, edition, name, ends):
    pressed = press([name] * 20, edition)

    assert (pressed, stands(edition)) == ({name: 1, "refused": 19}, ends)


def test_a_cancelling_waits_for_nobody_who_holds_a_row_and_the_next_tick_ends_the_rest(
    transactional_db, edition
):
    """Two that expire the same rows, each in an order of its own, would wait for each other."""
    if connection.vendor != "postgresql":
        pytest.skip("on SQLite nobody else writes meanwhile")
    for _ in range(3):
        make_subscription()
    begin(approve_edition(edition))
    held = Delivery.objects.filter(pk=Delivery.objects.order_by("pk")[1].pk)

    with transaction.atomic():
        list(held.select_for_update())
        pressed = press(["cancel"], edition)

    before = sorted(edition.deliveries.values_list("state", flat=True))
    tidy()
    after = sorted(edition.deliveries.values_list("state", flat=True))
    assert pressed == {"cancel": 1}
    assert (before, after) == (["expired", "expired", "pending"], ["expired"] * 3)


def test_of_twenty_who_let_it_go_one_does_it(transactional_db, edition):
    edition.hold("wait")

    pressed = press(["resume"] * 20, edition)

    assert (pressed, stands(edition)) == ({"resume": 1, "refused": 19}, ("draft", "", "", 2))


def test_of_twenty_who_want_different_things_nobody_crashes_and_each_change_counts_once(
    transactional_db, edition
):
    pressed = press(["approve", "hold", "hold", "cancel", "hold"] * 4, edition)

    refused = pressed.pop("refused")
    assert pressed["cancel"] == 1
    assert set(pressed.values()) == {1}
    assert stands(edition) == ("cancelled", "because", "", 20 - refused)
