"""Which texts a database takes."""

import pytest

from newsletter.storable import is_storable


@pytest.mark.parametrize(
    ("text", "is_kept"),
    [("", True), ("다나 👩\n", True), ("a\0b", False), ("half a pair \ud83d", False)],
)
def test_what_no_database_keeps_is_told(text, is_kept):
    assert is_storable(text) is is_kept
