"""Signing in at the desk, as often as people mistype, and not as often as machines guess.

It is no part of `newsletter.admin`: the desk asks for it before its pages can be made.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.forms import AuthenticationForm
from unfold.widgets import UnfoldAdminTextInputWidget

from newsletter import audit, clock
from newsletter.audit import Act
from newsletter.mac import mac
from newsletter.moments import span_in_words
from newsletter.network import network_key
from newsletter.quota import HOUR, give_back, take
from newsletter.second_factor import WrongCode

FROM_A_NETWORK = 20  # failures an hour
AS_AN_EDITOR = 50  # from wherever they come
SECOND = timedelta(seconds=1)


class LoginForm(AuthenticationForm):  # type: ignore[misc]  # unfold has no types
    error_messages = AuthenticationForm.error_messages | {
        "too_many": _("Too many have tried. Please try again in an hour."),
    }

    lets_in = True

    def clean(self) -> dict[str, Any]:
        """Each attempt is counted before the password is looked at, and a good one not at all: of
        many at once none goes uncounted."""
        now, quotas = clock.now(), self.quotas()
        if not all(take(name, most, HOUR, now) for name, most in quotas.items()):
            self.note_once_an_hour(Act.SIGN_IN_REFUSED, *quotas)
            raise ValidationError(self.error_messages["too_many"], code="too_many")
        try:
            cleaned: dict[str, Any] = super().clean()
        except ValidationError:
            if editor := self.named():
                audit.record_of(self.request, editor, Act.SIGN_IN_FAILED)
            else:
                self.note_once_an_hour(Act.SIGN_IN_FAILED, self.network)
            raise
        for name in quotas:
            give_back(name, HOUR, now)
        if self.user_cache is not None and self.lets_in:
            audit.record_of(self.request, self.user_cache, Act.SIGNED_IN)
        return cleaned

    def quotas(self) -> dict[str, int]:
        """Names say nobody's: they stand in a table of counts."""
        editor = mac("paperboy.login", self.cleaned_data.get("username", ""))[:16].hex()
        return {f"login from {self.network}": FROM_A_NETWORK, f"login as {editor}": AS_AN_EDITOR}

    @property
    def network(self) -> str:
        return network_key(self.request) if self.request else ""

    def note_once_an_hour(self, act: Act, *whose: str) -> None:
        """However many come: a stranger fills no trail."""
        if take(" ".join([act, *whose]), 1, HOUR, clock.now()):
            audit.record_of(self.request, self.named(), act)

    def named(self) -> User | None:
        """Whose name was typed. A name that nobody has may be a password, and is not kept."""
        return User.objects.filter(username=self.cleaned_data.get("username", "")).first()


class PasswordForm(LoginForm):
    """The same for whoever is in: the password, once more."""

    lets_in = False


class CodeForm(forms.Form):
    """A code for `take`, which raises WrongCode; what it made of it is `taken`."""

    code = forms.CharField(
        label=_("Code from your app"),
        max_length=40,
        widget=UnfoldAdminTextInputWidget(
            {"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": ""}
        ),
    )

    def __init__(self, request: HttpRequest, take: Callable[[str], Any]) -> None:
        super().__init__(request.POST or None, label_suffix="")
        self.request, self.take = request, take

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        try:
            self.taken = self.take(code)
        except WrongCode as wrong:
            if wrong.until is None:
                audit.record(self.request, Act.CODE_FAILED)
            raise ValidationError(in_words(wrong)) from None
        return code


def in_words(wrong: WrongCode) -> str:
    if wrong.until is None:
        return str(_("This code is wrong, or was used before. Type the next one of your app."))
    wait = span_in_words(max(wrong.until - timezone.now(), SECOND))
    return str(_("After a wrong code there is a pause. Try again in %(time)s.")) % {"time": wait}
