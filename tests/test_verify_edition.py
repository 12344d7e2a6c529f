"""What the verification of an edition leaves behind, and what its command says."""

import json

import pytest
from django.core.management import CommandError, call_command

from newsletter import verify
from newsletter.models import Edition
from tests.factories import make_delivery, make_done_edition, make_edition, make_leaving_edition


@pytest.fixture
def edition(alice, emma):
    return make_done_edition()


def lose_a_row(edition):
    edition.deliveries.order_by("pk").first().delete()


def test_what_was_found_is_kept_with_the_edition(edition):
    lose_a_row(edition)

    verify.record(edition)

    assert edition.verified_at is not None
    assert {breach.check for breach in verify.known_breaches(edition)} == {
        "missing",
        "balance",
        "slice_counts",
    }
    assert edition.final_counts["accepted"] == 1


def test_a_finding_of_a_check_that_is_no_more_is_passed_over(edition):
    edition.breaches = [{"check": "old", "count": 1, "examples": []}]

    assert verify.known_breaches(edition) == []


def test_only_editions_that_are_over_wait_to_be_verified(edition):
    make_leaving_edition(date="2024-07-04")
    waiting = list(verify.unverified())

    verify.record(edition)

    assert (waiting, list(verify.unverified())) == ([edition], [])


def test_an_edition_on_its_way_is_not_taken_for_verified(daily_papers):
    edition = make_leaving_edition()

    verify.record(edition)

    assert edition.verified_at is None


def run(edition, *options):
    call_command("verify_edition", str(edition.date), *options)


def test_the_command_prints_a_line_for_each_invariant(edition, capsys):
    run(edition)

    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[:2] for line in lines] == [[f"I{n}", "ok"] for n in range(1, 12)]


def test_the_command_ends_with_one_and_names_what_is_broken(edition, bob, capsys):
    extra = make_delivery(edition, bob)

    with pytest.raises(CommandError, match="3 of 11 invariants are broken") as ended:
        run(edition)

    assert ended.value.returncode == 1
    assert (
        "I1   BREACH  1 delivery is to somebody who was no reader at that moment. "
        f"(deliveries {extra.pk})" in capsys.readouterr().out.splitlines()
    )


def test_the_command_says_the_same_as_json(edition, capsys):
    Edition.objects.filter(pk=edition.pk).update(audience_count=5)

    with pytest.raises(CommandError):
        run(edition, "--json")

    assert json.loads(capsys.readouterr().out) == {
        "edition": str(edition),
        "kept": 10,
        "invariants": 11,
        "breaches": [
            {
                "invariant": "I2",
                "check": "balance",
                "sentence": "3 deliveries more or less than the audience has readers.",
                "count": 3,
                "examples": [],
            }
        ],
    }


def test_the_command_refuses_an_edition_that_has_not_left(daily_papers):
    with pytest.raises(CommandError, match="has not begun to leave"):
        run(make_edition())
