"""An authenticator app: it holds a key, and shows the code of the moment."""

from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice


def make_device(editor, **fields) -> TOTPDevice:
    return TOTPDevice.objects.create(user=editor, name="app", **{"confirmed": True} | fields)


def shown(device: TOTPDevice) -> str:
    """Six digits, for as long as half a minute."""
    return f"{totp(device.bin_key):06}"


def another_than(code: str) -> str:
    """Wrong, and of the right length."""
    return f"{(int(code) + 123_456) % 1_000_000:06}"
