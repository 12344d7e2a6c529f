"""Whatever happens to senders, readers, journals and editions, in any order: the promises hold.

20,000 steps and more in all, always the same. HYPOTHESIS_PROFILE=long lives through twenty times as
many histories, other ones each time.
"""

from __future__ import annotations

import os
import tempfile
from datetime import timedelta
from pathlib import Path

import hypothesis
import pytest
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone
from hypothesis import HealthCheck
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from newsletter import deliver
from newsletter.deliver import evidence
from newsletter.deliver.doubt import leave, send_again, settle_doubts
from newsletter.deliver.recover import recover_abandoned
from newsletter.models import Channel, Delivery, Edition, Slice, Subscription, Suppression
from tests.crash import Answer
from tests.factories import make_channel, make_delivery, make_leaving_edition, make_subscription
from tests.model import Machine, StepSender
from tests.promises import Witness

READER_COUNT = 8
STEPS = 100  # of a history
IS_LONG = os.environ.get("HYPOTHESIS_PROFILE") == "long"

senders = st.integers(0, 2)
machines = st.integers(0, 1)
readers = st.integers(0, READER_COUNT - 1)
some = st.sets(readers, min_size=1)
sizes = st.integers(1, 4)
answers = st.sampled_from(Answer)
damages = st.sampled_from(["", "", "", "tear", "lose_journal"])
changes = st.sampled_from(["leaves", "comes back", "comes back", "complains"])

busy = precondition(lambda self: any(sender.taken for sender in self.senders))


class Delivering(RuleBasedStateMachine):
    """Two senders on this machine and one on another, an edition, and eight readers."""

    step_count = 0

    def __init__(self) -> None:
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.folder = tempfile.TemporaryDirectory()
        here, there = (Machine(Path(self.folder.name) / name) for name in ("here", "there"))
        self.machines = [here, there]
        self.senders = [StepSender(here), StepSender(here), StepSender(there)]
        self.edition, self.channel = Edition.objects.get(), Channel.objects.get()
        self.witness = Witness()
        self.ids = list(self.witness.seen)
        self.ordered: set[int] = set()  # whom an order, or evidence, may move in this step

    def teardown(self) -> None:
        try:
            self.come_to_an_end()
        finally:
            for sender in self.senders:
                sender.die()
            self.folder.cleanup()
            transaction.set_rollback(True)
            self.transaction.__exit__(None, None, None)

    @initialize(policy=st.sampled_from(Channel.Policy), ends_early=st.integers(0, 3))
    def what_kind_of_history_it_is(self, policy, ends_early):
        Channel.objects.update(doubt_policy=policy)
        self.ends_early = not ends_early

    # What senders do

    @rule(number=senders, moves=st.integers(1, 12), most=sizes, answer=answers)
    def a_sender_goes_on(self, number, moves, most, answer):
        for _ in range(moves):
            self.move(number, most, answer)

    @rule(numbers=st.lists(senders, min_size=4, max_size=8), most=sizes, answer=answers)
    def several_senders_go_on(self, numbers, most, answer):
        for number in numbers:
            self.move(number, most, answer)

    @busy
    @rule(number=senders)
    def a_sender_stops_in_the_middle(self, number):
        with self.witness.watching(self.senders[number]):
            self.senders[number].settle()

    # What happens to them

    @busy
    @rule(number=senders, damage=damages, is_found=st.booleans())
    def a_sender_dies(self, number, damage, is_found):
        sender = self.senders[number]
        if damage:
            getattr(sender, damage)()
        sender.die()
        if is_found:
            with sender.machine.at_work():
                recover_abandoned()

    @busy
    @rule(number=senders, machine=machines)
    def a_sender_is_held_for_dead(self, number, machine):
        self.senders[number].lose_its_name()
        self.time_passes()
        with self.machines[machine].at_work():
            recover_abandoned()

    @busy
    @rule(number=senders)
    def a_journal_is_lost_under_a_sender(self, number):
        self.senders[number].lose_journal()

    @rule()
    def time_passes(self):
        pause = timedelta(minutes=20)
        Slice.objects.update(lease_until=F("lease_until") - pause)
        Delivery.objects.update(
            in_doubt_at=F("in_doubt_at") - pause, not_before=F("not_before") - pause
        )

    # What readers, editors and the clock do

    @rule(reader=readers, change=changes)
    def a_reader_changes_their_mind(self, reader, change):
        delivery = Delivery.objects.get(pk=self.ids[reader])
        if change == "complains":
            Suppression.objects.get_or_create(address_key=delivery.address_key, reason="complained")
        else:
            state = "confirmed" if change == "comes back" else "unsubscribed"
            Subscription.objects.filter(subscriber=delivery.subscriber_id).update(state=state)

    @rule(is_to_wait=st.sampled_from([False, False, True]))
    def an_editor_holds_or_resumes_it(self, is_to_wait):
        edition = Edition.objects.get()
        if is_to_wait:
            edition.hold("wait")
        else:
            edition.resume()

    @precondition(lambda self: self.ends_early)
    @rule()
    def an_editor_cancels_it(self):
        if Edition.objects.unfinished().exists():
            deliver.cancel_edition(Edition.objects.get(), "a mistake")

    @precondition(lambda self: self.ends_early)
    @rule()
    def its_time_has_passed(self):
        Edition.objects.update(expires_at=timezone.now())

    @rule()
    def the_clock_ticks(self):
        with self.machines[0].at_work():
            deliver.tidy()
        for edition in Edition.objects.unfinished().filter(expires_at__lt=timezone.now()):
            deliver.expire_edition(edition)

    @rule()
    def the_edition_is_settled(self):
        deliver.settle(Edition.objects.get())

    # What is done about doubts

    @rule()
    def doubts_are_settled(self):
        settle_doubts(Edition.objects.get())

    @rule(chosen=some, again=st.booleans())
    def an_editor_decides_about_some(self, chosen, again):
        self.ordered = {self.ids[reader] for reader in chosen}
        decide = send_again if again else leave
        decide(Delivery.objects.filter(pk__in=self.ordered), "kim")

    @rule(reader=readers)
    def the_provider_tells_of_a_mail(self, reader):
        self.ordered = {self.ids[reader]} if self.witness.copies[self.ids[reader]] else set()
        evidence.accept(Delivery.objects.filter(pk__in=self.ordered), "event")

    # What holds after each of these, and at the end

    @invariant()
    def what_is_promised(self):
        type(self).step_count += 1
        self.witness.look(self.ordered)
        self.ordered = set()

    def come_to_an_end(self) -> None:
        """All senders are dead, another one comes, and the clock goes on."""
        for sender in self.senders:
            sender.die()
        Edition.objects.get().resume()
        for _ in range(6):
            self.time_passes()
            self.the_clock_ticks()
            for _ in range(4 + 2 * READER_COUNT):
                self.move(0, READER_COUNT, Answer.YES)
            self.the_edition_is_settled()
            self.witness.look(set())
            if self.witness.is_at_the_end():
                break
        self.witness.check_end()

    def move(self, number: int, most: int, answer: Answer) -> None:
        sender = self.senders[number]
        with self.witness.watching(sender):
            taken = sender.step(self.edition, self.channel, most, answer)
        self.witness.copies += taken


class DeliveringByRedis(Delivering):
    """Whoever is held for dead can note nothing more, and so sends nothing more."""


@pytest.fixture
def ground(daily_papers):
    edition = make_leaving_edition(audience_count=READER_COUNT)
    make_channel()
    for _ in range(READER_COUNT):
        make_delivery(edition, make_subscription())


def test_the_promises_hold_in_every_history(ground):
    histories = 200 if connection.vendor == "sqlite" else 60

    assert steps_of(Delivering, histories) > 80 * histories


def test_they_hold_with_the_journal_in_redis_too(ground, settings):
    settings.JOURNAL_URL = os.environ["REDIS_URL"]

    assert steps_of(DeliveringByRedis, 50) > 60 * 50


def steps_of(machine: type[Delivering], histories: int) -> int:
    """How many there were in so many histories."""
    machine.step_count = 0
    run_state_machine_as_test(
        machine,
        settings=hypothesis.settings(
            max_examples=histories * (20 if IS_LONG else 1),
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=not IS_LONG,
            suppress_health_check=HealthCheck,
        ),
    )
    return machine.step_count
