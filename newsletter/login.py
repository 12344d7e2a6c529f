"""Signing in at the desk, as often as people mistype, and not as often as machines guess.

It is no part of `newsletter.admin`: the desk asks for it before its pages can be made.
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from unfold.forms import AuthenticationForm

from newsletter import clock
from newsletter.mac import mac
from newsletter.network import network_key
from newsletter.quota import HOUR, give_back, take

FROM_A_NETWORK = 20  # failures an hour
AS_AN_EDITOR = 50  # from wherever they come


class LoginForm(AuthenticationForm):  # type: ignore[misc]  # unfold has no types
    error_messages = AuthenticationForm.error_messages | {
        "too_many": _("Too many have tried. Please try again in an hour."),
    }

    def clean(self) -> dict[str, Any]:
        """Each attempt is counted before the password is looked at, and a good one not at all: of
        many at once none goes uncounted."""
        now, quotas = clock.now(), self.quotas()
        if not all(take(name, most, HOUR, now) for name, most in quotas.items()):
            raise ValidationError(self.error_messages["too_many"], code="too_many")
        cleaned: dict[str, Any] = super().clean()
        for name in quotas:
            give_back(name, HOUR, now)
        return cleaned

    def quotas(self) -> dict[str, int]:
        """Names say nobody's: they stand in a table of counts."""
        editor = mac("paperboy.login", self.cleaned_data.get("username", ""))[:16].hex()
        network = network_key(self.request) if self.request else ""
        return {f"login from {network}": FROM_A_NETWORK, f"login as {editor}": AS_AN_EDITOR}
