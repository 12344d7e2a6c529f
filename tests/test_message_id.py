"""A message's name: whose delivery it is, and that nobody else made it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.message import delivery_of_message_id
from newsletter.message.message_id import message_id

BIGGEST_ID = 2**63 - 1


@given(st.integers(1, BIGGEST_ID), st.sampled_from(["{}", " {}\r\n", "<{}>", " <{}> "]))
def test_a_message_id_leads_back_to_its_delivery(delivery_id, written):
    text = written.format(message_id(delivery_id, "paperboy.example").strip("<>"))

    assert delivery_of_message_id(text) == delivery_id


def test_what_providers_keep_of_it_leads_back_to_its_delivery():
    local_part = message_id(36, "paperboy.example").strip("<>").partition("@")[0]

    assert delivery_of_message_id(local_part) == 36


def test_it_is_the_same_at_every_attempt_and_another_for_another_delivery():
    assert message_id(7, "paperboy.example") == message_id(7, "paperboy.example")
    assert message_id(7, "paperboy.example")[3:] != message_id(8, "paperboy.example")[3:]


def test_its_field_fits_a_line():
    assert len("Message-ID: " + message_id(BIGGEST_ID, "newsletters.paperboy.example")) <= 78


def test_a_name_that_was_guessed_from_another_names_nothing():
    proof = message_id(7, "paperboy.example").partition(".")[2]

    assert delivery_of_message_id(f"<8.{proof}") is None
    assert delivery_of_message_id(f"<07.{proof}") == 7  # the same number


@pytest.mark.parametrize(
    "text",
    ["", "<>", "<7@paperboy.example>", "<7.0000000000000000@paperboy.example>", "7.", "x" * 2_000],
)
def test_what_others_name_their_messages_names_none_of_ours(text):
    assert delivery_of_message_id(text) is None


def test_a_name_made_under_an_old_key_is_known_for_as_long_as_the_key_is_kept(settings):
    settings.SECRET_KEY = "the old key"
    old = message_id(7, "paperboy.example")

    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "the new key", ["the old key"]
    known = delivery_of_message_id(old)
    settings.SECRET_KEY_FALLBACKS = []
    forgotten = delivery_of_message_id(old)

    assert (known, forgotten) == (7, None)
