"""The second factor: asked for, set up, lost and found again."""

from datetime import timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice
from lxml import html

from newsletter import second_factor
from newsletter.models import AuditEntry
from tests.factories import make_editor
from tests.second_factor import another_than, make_device, shown

LOGIN, CODE = "/en/admin/login/", "/en/admin/login/code/"
OWN, SET_UP = "/en/admin/second-factor/", "/en/admin/second-factor/set-up/"
PASSWORD = "a long and good password"


@pytest.fixture
def kim(db, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return make_editor("kim", password=PASSWORD)


@pytest.fixture
def device(kim):
    return make_device(kim)


@pytest.fixture
def at_the_door(client, kim):
    """Signed in by the password."""
    client.post(LOGIN, {"username": "kim", "password": PASSWORD, "next": "/en/admin/"})
    return client


def is_in(client):
    return client.get("/en/admin/").status_code == 200


def give(client, code, **query):
    return client.post(CODE, {"code": code}, query_params=query)


def acts():
    return list(AuditEntry.objects.order_by("pk").values_list("act", flat=True))


def recovery_codes(page):
    return html.fromstring(page.content.decode()).xpath("//ol//code/text()")


# Signing in


def test_without_a_second_factor_the_password_lets_in(at_the_door):
    assert is_in(at_the_door)


def test_with_one_the_password_alone_leads_to_the_code(device, at_the_door):
    answer = at_the_door.get("/en/admin/newsletter/edition/", follow=True)

    assert answer.redirect_chain[-1][0] == f"{CODE}?next=%2Fen%2Fadmin%2Fnewsletter%2Fedition%2F"
    assert "Code from your app" in answer.content.decode()


def test_the_code_of_the_moment_lets_in_and_leads_where_they_wanted(device, at_the_door):
    answer = give(at_the_door, shown(device), next="/en/admin/newsletter/edition/")

    assert answer.url == "/en/admin/newsletter/edition/"
    assert is_in(at_the_door)
    assert acts() == ["signed_in", "code_given"]


def test_a_code_may_be_typed_in_two_halves(device, at_the_door):
    code = shown(device)

    give(at_the_door, f" {code[:3]} {code[3:]} ")

    assert is_in(at_the_door)


def test_nobody_is_led_to_another_site(device, at_the_door):
    assert give(at_the_door, shown(device), next="https://example.org/").url == "/en/admin/"


def test_a_wrong_code_does_not_let_in_and_is_noted(device, at_the_door):
    page = give(at_the_door, another_than(shown(device)))

    assert "This code is wrong, or was used before." in page.content.decode()
    assert not is_in(at_the_door)
    assert acts() == ["signed_in", "code_failed"]


def test_a_code_counts_once(device, at_the_door):
    code = shown(device)
    give(at_the_door, code)
    second = Client()
    second.post(LOGIN, {"username": "kim", "password": PASSWORD, "next": "/en/admin/"})

    give(second, code)

    assert (is_in(at_the_door), is_in(second)) == (True, False)


def test_each_wrong_code_doubles_the_wait_and_the_right_one_waits_too(device, at_the_door):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        waits = []
        for _ in range(4):
            give(at_the_door, another_than(shown(device)))
            waits.append(wait(at_the_door, device, clock))

    assert waits == [1, 2, 4, 8]


def wait(client, device, clock):
    """Seconds until a code is looked at again; before that the right one is not, either."""
    for seconds in range(1, 60):
        clock.shift(1)
        allowed, _ = TOTPDevice.objects.get(pk=device.pk).verify_is_allowed()
        if allowed:
            return seconds
        assert "there is a pause" in give(client, shown(device)).content.decode()
    return None


def test_a_code_of_somebody_elses_device_does_not_let_in(device, at_the_door):
    other = make_device(make_editor("lee"))

    give(at_the_door, shown(other))

    assert not is_in(at_the_door)


def test_whoever_owes_a_code_can_leave(device, at_the_door):
    answer = at_the_door.post(CODE, {"leave": "yes"})

    assert answer.url == LOGIN
    assert "_auth_user_id" not in at_the_door.session


def test_a_device_that_is_replaced_signs_nobody_in_any_more(device, at_the_door):
    give(at_the_door, shown(device))
    device.delete()
    make_device(device.user)

    assert not is_in(at_the_door)


def test_the_session_has_another_key_once_the_code_is_given(device, at_the_door):
    before = at_the_door.session.session_key

    give(at_the_door, shown(device))

    assert at_the_door.session.session_key != before


# Recovery codes


@pytest.fixture
def codes(kim, device):
    return second_factor.renew_codes(kim)


def test_a_recovery_code_lets_in_once(codes, at_the_door):
    answer = give(at_the_door, second_factor.in_groups(codes[0]))
    first = is_in(at_the_door)
    second = Client()
    second.post(LOGIN, {"username": "kim", "password": PASSWORD, "next": "/en/admin/"})
    give(second, codes[0])

    assert answer.status_code == 302
    assert (first, is_in(second)) == (True, False)
    assert acts() == ["signed_in", "recovery_code_given", "signed_in", "code_failed"]


def test_how_many_are_left_is_said(codes, at_the_door):
    give(at_the_door, codes[0])

    page = at_the_door.get("/en/admin/").content.decode()

    assert "That was a recovery code: 9 are left." in page


def test_there_are_ten_of_twelve_digits_and_none_is_stored(codes):
    stored = set(StaticToken.objects.values_list("token", flat=True))

    assert [len(code) for code in codes] == [12] * 10
    assert len(stored) == 10
    assert not stored & set(codes)


def test_wrong_codes_of_the_app_do_not_lock_the_recovery_codes_out(codes, device, at_the_door):
    give(at_the_door, another_than(shown(device)))

    give(at_the_door, codes[0])

    assert is_in(at_the_door)


# Setting it up


@pytest.fixture
def inside(client, kim):
    """Signed in a moment ago."""
    kim.last_login = timezone.now()
    kim.save()
    client.force_login(kim)
    return client


def test_it_is_set_up_with_a_code_of_the_app(inside, kim):
    begun = inside.post(OWN, {"do": "begin"})
    picture = inside.get(SET_UP).content.decode()
    device = TOTPDevice.objects.get()
    page = inside.post(SET_UP, {"code": shown(device)})

    assert begun.url == SET_UP
    assert "<svg" in picture
    assert second_factor.in_groups(second_factor.spelt(device)) in picture
    assert len(recovery_codes(page)) == 10
    assert TOTPDevice.objects.get().confirmed
    assert is_in(inside)
    assert acts() == ["factor_set_up"]


def test_opening_its_pages_changes_nothing(inside):
    inside.get(OWN)
    inside.get(SET_UP)

    assert not TOTPDevice.objects.exists()


def test_a_device_that_was_only_begun_is_asked_for_nothing(inside):
    inside.post(OWN, {"do": "begin"})

    assert is_in(inside)


def test_a_wrong_code_sets_nothing_up(inside):
    inside.post(OWN, {"do": "begin"})
    device = TOTPDevice.objects.get()

    inside.post(SET_UP, {"code": another_than(shown(device))})

    assert not TOTPDevice.objects.get().confirmed
    assert not StaticToken.objects.exists()


def test_a_device_is_set_up_in_the_session_that_began_it_alone(inside, kim):
    inside.post(OWN, {"do": "begin"})
    elsewhere = Client()
    elsewhere.force_login(kim)

    pages = [each.get(SET_UP) for each in (inside, elsewhere)]
    elsewhere.post(SET_UP, {"code": shown(TOTPDevice.objects.get())})

    assert [page.status_code for page in pages] == [200, 302]
    assert not TOTPDevice.objects.get().confirmed


def test_what_was_begun_lapses(inside):
    inside.post(OWN, {"do": "begin"})
    TOTPDevice.objects.update(created_at=timezone.now() - second_factor.FRESH)

    page = inside.get(SET_UP)
    inside.post(SET_UP, {"code": shown(TOTPDevice.objects.get())})

    assert page.url == OWN
    assert not TOTPDevice.objects.get().confirmed


def test_once_it_is_set_up_the_session_has_another_key(inside):
    inside.post(OWN, {"do": "begin"})
    before = inside.session.session_key

    inside.post(SET_UP, {"code": shown(TOTPDevice.objects.get())})

    assert TOTPDevice.objects.get().confirmed
    assert inside.session.session_key != before


def test_long_after_signing_in_the_password_is_asked_for(inside, kim):
    kim.last_login = timezone.now() - timedelta(hours=1)
    kim.save()

    without = inside.post(OWN, {"do": "begin"})
    wrong = inside.post(OWN, {"do": "begin", "password": "wrong"})
    with_it = inside.post(OWN, {"do": "begin", "password": PASSWORD})

    assert (without.status_code, wrong.status_code) == (200, 200)
    assert with_it.url == SET_UP


@pytest.fixture
def with_device(inside, device):
    """Signed in with the code of the half minute before."""
    with time_machine.travel(timezone.now() - timedelta(seconds=30)):
        give(inside, shown(device))
    assert is_in(inside)
    return inside


@pytest.mark.parametrize("order", ["begin", "codes", "off"])
def test_what_is_done_to_a_device_needs_a_code_of_it(with_device, device, order):
    second_factor.renew_codes(device.user)
    before = sorted(StaticToken.objects.values_list("token", flat=True))

    with_device.post(OWN, {"do": order})
    with_device.post(OWN, {"do": order, "password": PASSWORD})
    with_device.post(OWN, {"do": order, "code": another_than(shown(device))})

    assert list(TOTPDevice.objects.values_list("pk", "confirmed")) == [(device.pk, True)]
    assert sorted(StaticToken.objects.values_list("token", flat=True)) == before


def test_another_device_takes_the_place_of_the_first(with_device, device):
    with_device.post(OWN, {"do": "begin", "code": shown(device)})
    new = TOTPDevice.objects.get(confirmed=False)

    with_device.post(SET_UP, {"code": shown(new)})

    assert list(TOTPDevice.objects.values_list("pk", "confirmed")) == [(new.pk, True)]
    assert is_in(with_device)


def test_new_recovery_codes_void_the_old_ones(with_device, device):
    old = second_factor.renew_codes(device.user)

    page = with_device.post(OWN, {"do": "codes", "code": shown(device)})

    new = [code.replace(" ", "") for code in recovery_codes(page)]
    assert len(new) == 10 and not set(new) & set(old)
    assert StaticToken.objects.count() == 10
    assert acts()[-1] == "codes_renewed"


def test_it_can_be_turned_off(with_device, device):
    with_device.post(OWN, {"do": "off", "code": shown(device)})

    assert not TOTPDevice.objects.exists()
    assert is_in(with_device)
    assert acts()[-1] == "factor_removed"


# Required of everybody


def test_where_everybody_has_to_have_one_it_is_set_up_before_anything_else(
    at_the_door, kim, settings
):
    settings.REQUIRE_SECOND_FACTOR = True

    led = at_the_door.get("/en/admin/newsletter/edition/", follow=True)
    at_the_door.post(OWN, {"do": "begin"})
    before = is_in(at_the_door)
    at_the_door.post(SET_UP, {"code": shown(TOTPDevice.objects.get())})

    assert led.redirect_chain[-1][0] == OWN
    assert "Every editor here has one" in led.content.decode()
    assert (before, is_in(at_the_door)) == (False, True)


def test_where_everybody_has_to_have_one_nobody_turns_it_off(with_device, device, settings):
    settings.REQUIRE_SECOND_FACTOR = True

    page = with_device.get(OWN).content.decode()
    with_device.post(OWN, {"do": "off", "code": shown(device)})

    assert "Turn it off" not in page
    assert TOTPDevice.objects.exists()


# A lost device


def test_the_command_lets_an_editor_in_again(device, at_the_door, capsys):
    call_command("reset_second_factor", "kim")
    call_command("reset_second_factor", "kim")

    assert capsys.readouterr().out == (
        "kim signs in by the password alone.\nkim has no second factor.\n"
    )
    assert is_in(at_the_door)
    assert acts() == ["signed_in", "factor_reset"]


def test_the_command_does_not_know_everybody(db):
    with pytest.raises(CommandError, match="There is no editor called nobody"):
        call_command("reset_second_factor", "nobody")


def test_a_page_of_the_desk_asks_one_query_for_it(with_device, device, django_assert_num_queries):
    request = with_device.get("/en/admin/").wsgi_request
    del request.user.second_factor

    with django_assert_num_queries(1):
        assert second_factor.is_settled(request)
        assert not second_factor.is_owed(request)
