"""Alive is who holds the lock: a second process, a killed one, a closed session."""

import os

import pytest
from django.db import connection

from newsletter.deliver import liveness
from tests.crash import before, dies_at, started
from tests.ground import wait_until

pytestmark = pytest.mark.django_db


def test_whoever_has_not_been_heard_of_is_dead():
    assert not liveness.is_alive("nobody")


def test_a_name_that_is_held_is_alive_until_it_is_let_go():
    liveness.hold("a sender")
    held = liveness.is_alive("a sender")
    liveness.let_go("a sender")

    assert (held, liveness.is_alive("a sender")) == (True, False)


def test_a_name_may_be_held_and_let_go_twice():
    liveness.hold("a sender")
    liveness.hold("a sender")
    liveness.let_go("a sender")
    liveness.let_go("a sender")


def test_names_are_told_apart():
    liveness.hold("a sender")

    assert not liveness.is_alive("a sender's neighbour")

    liveness.let_go("a sender")


def test_another_processs_name_is_alive_while_it_runs_and_dead_when_it_is_killed(
    transactional_db, journals
):
    says, hears = os.pipe()

    def stand_still() -> None:
        liveness.hold("a sender")
        os.write(hears, b"held")
        os.read(os.pipe()[0], 1)

    other = started(stand_still)
    os.read(says, 4)
    running = liveness.is_alive("a sender")
    other.kill()
    other.join()

    assert running
    wait_until(lambda: not liveness.is_alive("a sender"), seconds=10)


def test_a_sender_killed_while_it_lets_go_is_dead(transactional_db, journals):
    point = before("os:close" if connection.vendor == "sqlite" else "os:getpid")

    def work() -> None:
        liveness.hold("a sender")
        liveness.let_go("a sender")
        os.getpid()

    assert dies_at(point, work)
    wait_until(lambda: not liveness.is_alive("a sender"), seconds=10)


def test_a_session_that_ends_lets_its_names_go(transactional_db):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no sessions: there, the process holds the name")
    liveness.hold("a sender")

    connection.close()

    wait_until(lambda: not liveness.is_alive("a sender"), seconds=10)
