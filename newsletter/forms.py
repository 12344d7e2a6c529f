"""What readers may type."""

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from email_validator import EmailNotValidError, validate_email

from newsletter.models import Newsletter


class SubscribeForm(forms.Form):
    """An address and one of a newsletter's languages; the page's own language is chosen first."""

    email = forms.CharField(
        label=_("Email address"),
        max_length=254,
        error_messages={
            "required": _("Please write your email address."),
            "max_length": _("That is too long for an email address."),
        },
        widget=forms.EmailInput(
            attrs={"autocomplete": "email", "placeholder": "name@example.com"},
        ),
    )
    language = forms.ChoiceField(label=_("Language"))

    def __init__(self, newsletter: Newsletter, data: dict[str, str] | None = None) -> None:
        page_language = newsletter.language_for(get_language() or settings.LANGUAGE_CODE)
        super().__init__(data, initial={"language": page_language}, label_suffix="")
        names = dict(settings.LANGUAGES)
        choices = [(code, names.get(code, code)) for code in newsletter.languages]
        self.fields["language"] = forms.ChoiceField(label=_("Language"), choices=choices)

    def clean_email(self) -> str:
        return deliverable_address(self.cleaned_data["email"])


def deliverable_address(text: str) -> str:
    """An address as we keep it: the domain in lower-case ASCII (IDNA 2008), nothing around it.

    Whether somebody reads mail there is for the confirmation to show. Raises ValidationError for
    what SMTP without SMTPUTF8 (RFC 6531) cannot carry.
    """
    try:
        checked = validate_email(
            text.strip(), check_deliverability=False, allow_smtputf8=False, strict=True
        )
    except EmailNotValidError as bad:
        raise ValidationError(_("Mail cannot reach this address. Is it spelled right?")) from bad
    return checked.ascii_email or checked.normalized
