"""The second factor: a code from an app (TOTP, RFC 6238) after the password, and codes on paper for
the day when the app is lost.

An editor has one device at most. What the session holds is its id, so that a device that is reset
or replaced signs nobody in any more. Guessing is slowed down by the devices themselves: each wrong
code doubles the wait for the next, and no code counts twice.
"""

from __future__ import annotations

import secrets
from base64 import b32encode
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, cast

import django_otp
import segno
from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from newsletter.mac import mac

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

CODE_DIGITS = 6
RECOVERY_DIGITS, RECOVERY_COUNT = 12, 10
KEPT_AS = "second_factor"  # on the user of a request
BEGUN = "second_factor_begun"  # in a session: the key of the device that it sets up
FRESH = timedelta(minutes=10)  # after the password, nobody is asked for it again


class WrongCode(Exception):
    """`until` is when the next may be tried, if that is not at once."""

    def __init__(self, until: datetime | None = None) -> None:
        super().__init__()
        self.until = until


# What is asked of whoever has given the password


def device_of(user: User | AnonymousUser) -> TOTPDevice | None:
    """The one that is set up. The database is asked once a request."""
    if not hasattr(user, KEPT_AS):
        keep(user, TOTPDevice.objects.filter(user_id=user.pk, confirmed=True).first())
    device: TOTPDevice | None = getattr(user, KEPT_AS)
    return device


def keep(user: User | AnonymousUser, device: TOTPDevice | None) -> None:
    setattr(user, KEPT_AS, device)


def is_owed(request: HttpRequest) -> bool:
    """Whether a code is to be given before anything else."""
    device = device_of(request.user)
    given = request.session.get(django_otp.DEVICE_ID_SESSION_KEY)
    return device is not None and given != device.persistent_id


def is_missing(request: HttpRequest) -> bool:
    """Whether one is to be set up before anything else."""
    return bool(settings.REQUIRE_SECOND_FACTOR) and device_of(request.user) is None


def is_settled(request: HttpRequest) -> bool:
    return not (is_owed(request) or is_missing(request))


def is_fresh(user: User) -> bool:
    """Whether the password was given a moment ago."""
    return user.last_login is not None and timezone.now() - user.last_login < FRESH


# Codes


def give(request: HttpRequest, typed: str) -> bool:
    """Take a code for the one that is owed; whether it was one of the recovery codes. Raises
    WrongCode."""
    device = device_of(request.user)
    is_recovery = check(request.user, typed)
    request.session.cycle_key()
    django_otp.login(request, device)
    return is_recovery


def check(user: User | AnonymousUser, typed: str) -> bool:
    """Use up a code; whether it was one of the recovery codes. Raises WrongCode."""
    code = "".join(char for char in typed if not char.isspace() and char != "-")
    if len(code) == CODE_DIGITS:
        verify(device_of(user), code)
        return False
    verify(StaticDevice.objects.filter(user_id=user.pk).first(), kept(user, code))
    return True


def verify(device: TOTPDevice | StaticDevice | None, token: str) -> None:
    """Of two at once with the same code one is wrong. Raises WrongCode."""
    if device is None:
        raise WrongCode
    may_be_tried, why_not = device.verify_is_allowed()
    if not may_be_tried:
        raise WrongCode(until=why_not["locked_until"])
    if django_otp.verify_token(device.user, device.persistent_id, token) is None:
        raise WrongCode


def kept(user: User | AnonymousUser, code: str) -> str:
    """What is stored of a recovery code: a keyed hash, under a key that outlives a change of
    SECRET_KEY."""
    return mac("paperboy.recovery", f"{user.pk} {code}", settings.ADDRESS_PEPPER)[:8].hex()


def codes_left(user: User) -> int:
    count: int = StaticToken.objects.filter(device__user=user).count()
    return count


# Setting it up, and taking it off


@transaction.atomic
def begin(request: HttpRequest) -> None:
    """A device that counts once a code of it was typed; an earlier beginning is void."""
    TOTPDevice.objects.filter(user=request.user, confirmed=False).delete()
    device = TOTPDevice.objects.create(user=request.user, name="app", confirmed=False)
    request.session[BEGUN] = device.pk


def begun(request: HttpRequest) -> TOTPDevice | None:
    """What was begun in this very session, a moment ago."""
    return TOTPDevice.objects.filter(
        pk=request.session.get(BEGUN),
        user_id=request.user.pk,
        confirmed=False,
        created_at__gt=timezone.now() - FRESH,
    ).first()


def confirm(request: HttpRequest, typed: str) -> list[str]:
    """Set the device up that was begun, in the place of one before it; its recovery codes, which
    are shown once. Raises WrongCode."""
    user = cast(User, request.user)
    device = begun(request)
    verify(device, "".join(typed.split()))
    assert device is not None
    with transaction.atomic():
        TOTPDevice.objects.filter(user=user, confirmed=True).delete()
        TOTPDevice.objects.filter(pk=device.pk).update(confirmed=True)
        codes = renew_codes(user)
    device.confirmed = True
    keep(user, device)
    request.session.cycle_key()
    django_otp.login(request, device)
    return codes


@transaction.atomic
def renew_codes(user: User) -> list[str]:
    """New recovery codes; the old ones are void."""
    device, _ = StaticDevice.objects.get_or_create(user=user, defaults={"name": "recovery"})
    device.token_set.all().delete()
    most = 10**RECOVERY_DIGITS
    codes = [f"{secrets.randbelow(most):0{RECOVERY_DIGITS}}" for _ in range(RECOVERY_COUNT)]
    StaticToken.objects.bulk_create(
        StaticToken(device=device, token=kept(user, code)) for code in codes
    )
    return codes


@transaction.atomic
def remove(user: User) -> bool:
    """Take it off with its recovery codes; whether there was one. May be repeated."""
    StaticDevice.objects.filter(user=user).delete()
    devices, _ = TOTPDevice.objects.filter(user=user).delete()
    keep(user, None)
    return bool(devices)


# What a person sees


def picture(device: TOTPDevice) -> str:
    """Its key for an app's camera, as SVG."""
    return segno.make(device.config_url, error="m").svg_inline(
        scale=4, border=3, dark="#1b1a18", light="#fff", omitsize=False
    )


def spelt(device: TOTPDevice) -> str:
    """Its key for whoever types it into an app."""
    return b32encode(device.bin_key).decode().rstrip("=")


def in_groups(text: str, size: int = 4) -> str:
    """`123412341234` as `1234 1234 1234`, for whoever types it off."""
    return " ".join(text[at : at + size] for at in range(0, len(text), size))
