from django.utils.crypto import salted_hmac
from hypothesis import given
from hypothesis import strategies as st

from newsletter.mac import mac

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=80)


@given(TEXT, TEXT, TEXT.filter(bool))
def test_it_is_the_hash_that_django_makes(salt, text, secret):
    expected = salted_hmac(salt, text, secret, algorithm="sha256").digest()

    assert mac(salt, text, secret) == expected


def test_without_a_secret_it_is_made_under_the_key_in_use(settings):
    settings.SECRET_KEY = "the key in use"

    assert mac("salt", "text") == mac("salt", "text", "the key in use")
