"""Signing in at the desk: people may mistype, machines may not guess."""

import pytest
from django.conf import settings
from django.db.models import F
from django.test import Client

from newsletter.login import AS_AN_EDITOR, FROM_A_NETWORK
from newsletter.models import Quota
from newsletter.quota import HOUR
from tests.factories import make_editor

LOGIN = "/admin/login/"
PASSWORD = "a long and good password"


@pytest.fixture
def kim(db, settings):
    """Whose password is hashed in a moment: a guess costs a third of a second otherwise."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return make_editor("kim", password=PASSWORD)


def sign_in(password, username="kim", network=0):
    """Whether it let them in."""
    client = Client(REMOTE_ADDR=f"198.51.{network}.7")
    answer = client.post(LOGIN, {"username": username, "password": password, "next": "/admin/"})
    return answer.status_code == 302


def test_an_editor_who_mistypes_gets_in_at_last(kim):
    tries = [sign_in("wrong") for _ in range(FROM_A_NETWORK - 1)]

    assert (any(tries), sign_in(PASSWORD)) == (False, True)


def test_who_signs_in_often_is_not_counted(kim):
    assert all(sign_in(PASSWORD) for _ in range(FROM_A_NETWORK + 5))


def test_a_network_that_guesses_is_not_let_in_with_the_right_password_either(kim):
    for number in range(FROM_A_NETWORK):
        sign_in("wrong", username=f"editor{number}")

    assert (sign_in(PASSWORD), sign_in(PASSWORD, network=1)) == (False, True)


def test_an_editor_who_is_guessed_from_everywhere_is_locked_for_the_hour(kim):
    for network in range(AS_AN_EDITOR):
        sign_in("wrong", network=network)

    assert sign_in(PASSWORD, network=99) is False


def test_an_hour_later_they_get_in(kim):
    for _ in range(FROM_A_NETWORK):
        sign_in("wrong")
    Quota.objects.update(began_at=F("began_at") - HOUR)

    assert sign_in(PASSWORD)


def test_cookies_belong_to_this_host_alone_and_last_for_a_day_s_work():
    assert settings.SESSION_COOKIE_NAME == "__Host-sessionid"
    assert settings.CSRF_COOKIE_NAME == "__Host-csrftoken"
    assert settings.SESSION_COOKIE_SECURE and settings.CSRF_COOKIE_SECURE
    assert settings.SESSION_COOKIE_AGE == 12 * 3600
