"""Times as they are said."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils.translation import override

from newsletter.moments import moment_in_words, span_in_words

MOMENT = datetime(2024, 7, 3, 22, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ((MOMENT, "Asia/Seoul"), "4 July, 07:05"),
        ((MOMENT, "UTC", "D H:i"), "Wed 22:05"),
        ((None, "Asia/Seoul"), ""),
    ],
    ids=str,
)
def test_a_moment_is_said_on_the_clock_of_its_zone(given, words):
    with override("en"):
        assert moment_in_words(*given) == words


@pytest.mark.parametrize(
    ("seconds", "depth", "words"),
    [
        (-3, 1, "0 seconds"),
        (1, 1, "1 second"),
        (89, 1, "89 seconds"),
        (90, 1, "2 minutes"),
        (3_599, 1, "1 hour"),
        (5_400, 1, "1 hour"),
        (5_400, 2, "1 hour, 30 minutes"),
        (300, 2, "5 minutes"),
    ],
)
def test_a_span_is_said_in_its_largest_units(seconds, depth, words):
    with override("en"):
        said = span_in_words(timedelta(seconds=seconds), depth)

    assert said.replace("\N{NO-BREAK SPACE}", " ") == words
