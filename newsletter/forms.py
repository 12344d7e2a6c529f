"""What readers may type."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone
from django.utils.dates import WEEKDAYS as FROM_MONDAY
from django.utils.translation import gettext_lazy as _

from newsletter import typos
from newsletter.address import clean_address
from newsletter.disposable import is_disposable
from newsletter.models import Newsletter, Subscriber, Subscription, Taste
from newsletter.models.newsletters import time_zone_names
from newsletter.models.subscribers import address_key
from newsletter.models.tastes import LONGEST_TOPIC, MOST_TOPICS
from newsletter.morning import bits, weekdays
from newsletter.taste import shown

WEEKDAYS = {number + 1: name for number, name in FROM_MONDAY.items()}
HOURS = [(hour, f"{hour:02}:00") for hour in range(24)]
LONGEST_PAUSE = timedelta(days=366)
SHOWN, FASTEST = "paperboy.shown", 2.0  # seconds that anyone needs to read a form and fill it in
CONTINENTS = (
    *("Africa", "America", "Antarctica", "Asia", "Atlantic"),
    *("Australia", "Europe", "Indian", "Pacific", "UTC"),
)


class AddressForm(forms.Form):
    """An address, as mail carries it. A slip in a well-known domain is asked about once."""

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
    typed = meant = ""  # an address with a slip, and as it was probably meant

    def __init__(self, data: Mapping[str, str] | None = None, **kwargs: Any) -> None:
        super().__init__(data, label_suffix="", **kwargs)

    def clean_email(self) -> str:
        typed = self.data.get("meant") or self.cleaned_data["email"]
        address = clean_address(typed)
        self.typed, self.meant = address, typos.suggestion(address)
        if self.meant and self.data.get("typed") != address:
            raise ValidationError(
                _("Did you mean %(meant)s? If it is right as it is, press the button again.")
                % {"meant": self.meant},
                code="typo",
            )
        return address


class MoveForm(AddressForm):
    """Another address for a reader, and not the one that mail comes to."""

    def __init__(self, subscriber: Subscriber, data: QueryDict | None = None) -> None:
        super().__init__(data)
        self.address_key = subscriber.address_key
        self.fields["email"].label = _("New address")

    def clean_email(self) -> str:
        address = lasting(super().clean_email())
        if address_key(address) == self.address_key:
            raise ValidationError(_("Mail comes to this address already."))
        return address


class SubscribeForm(AddressForm):
    """An address and one of a newsletter's languages; the page's own language is chosen first."""

    language = forms.ChoiceField(label=_("Language"))

    # Who fills in what nobody sees is no person, and hardly who answers faster than anyone reads.
    website = forms.CharField(required=False)
    shown_at = forms.CharField(required=False)

    def __init__(self, newsletter: Newsletter, data: Mapping[str, str] | None = None) -> None:
        super().__init__(data, initial={"language": newsletter.page_language})
        self.newsletter = newsletter
        self.fields["language"] = forms.ChoiceField(
            label=_("Language"), choices=language_choices(newsletter)
        )

    def clean_email(self) -> str:
        return lasting(super().clean_email())

    def clean_shown_at(self) -> str:
        """Whoever is that fast is asked to press once more, which a machine does not."""
        shown_at: str = self.cleaned_data["shown_at"]
        if shown_at and seconds_since(shown_at) < FASTEST:
            raise ValidationError(_("Please press the button once more."))
        return shown_at

    @property
    def is_by_a_machine(self) -> bool:
        return bool(self.data.get("website"))

    def first_shown_at(self) -> str:
        """For the hidden field: when it was shown, signed. A form elsewhere has none."""
        shown_at: str = self.data.get("shown_at", "")
        if shown_at and seconds_since(shown_at) > 0:
            return shown_at
        return signing.dumps(timezone.now().timestamp(), salt=SHOWN)


def lasting(address: str) -> str:
    """The address, if it will be there tomorrow. Raises ValidationError."""
    if is_disposable(address) and not settings.ALLOW_DISPOSABLE:
        raise ValidationError(
            _("Addresses there last for minutes. Please write one where you read your mail."),
            code="disposable",
        )
    return address


def seconds_since(shown_at: str) -> float:
    """None have passed since what we did not sign."""
    try:
        moment: float = signing.loads(shown_at, salt=SHOWN)
    except signing.BadSignature:
        return 0.0
    return timezone.now().timestamp() - moment


class TopicsField(forms.CharField):
    """Categories and keywords between commas, as a list."""

    # A list, where Django's field has a text.
    def to_python(self, value: str | None) -> list[str]:  # type: ignore[override]  # see above
        text = super().to_python(value) or ""
        topics = [" ".join(topic.split()) for topic in text.split(",")]
        return [topic for topic in topics if topic]

    def prepare_value(self, value: object) -> object:
        return ", ".join(value) if isinstance(value, list) else value

    def validate(self, value: list[str]) -> None:
        if len(value) > MOST_TOPICS:
            most = {"most": MOST_TOPICS}
            raise ValidationError(_("Please name %(most)s topics at most.") % most)
        for topic in value:
            if len(topic) > LONGEST_TOPIC or not topic.isprintable():
                raise ValidationError(_("“%(topic)s” is no topic.") % {"topic": topic[:20]})


class ChoicesForm(forms.Form):
    """What a reader wants of a newsletter: language, days, hour, topics, and a pause."""

    language = forms.ChoiceField(label=_("Language"))
    rhythm = forms.ChoiceField(label=_("How often"), widget=forms.RadioSelect)
    weekdays = forms.MultipleChoiceField(
        label=_("Days"),
        choices=WEEKDAYS.items(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose a day, or unsubscribe below.")},
    )
    hour = forms.TypedChoiceField(coerce=int)
    time_zone = forms.ChoiceField()
    max_entries = forms.TypedChoiceField(
        label=_("Papers at most"),
        choices=[("", _("All of them")), *((count, count) for count in (3, 5, 10, 15))],
        coerce=int,
        empty_value=None,
        required=False,
    )
    favoured = TopicsField(
        label=_("Topics to put first"),
        required=False,
        max_length=500,
        help_text=_("arXiv categories such as cs.CL, or words; commas between them."),
    )
    muted = TopicsField(
        label=_("Topics to leave out"),
        required=False,
        max_length=500,
        help_text=_("Papers on them do not come, whatever else they are about."),
    )
    paused_until = forms.DateField(
        label=_("Pause until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Nothing comes before that day. Leave it blank for no pause."),
        error_messages={"invalid": _("Please write a date, as in 2027-01-31.")},
    )

    def __init__(self, subscription: Subscription, data: QueryDict | None = None) -> None:
        super().__init__(data, initial=chosen(subscription), label_suffix="")
        newsletter = subscription.newsletter
        self.fields["language"] = forms.ChoiceField(
            label=_("Language"), choices=language_choices(newsletter)
        )
        if roundup := newsletter.roundup:
            self.fields["rhythm"] = forms.ChoiceField(
                label=_("How often"), choices=rhythms(roundup), widget=forms.RadioSelect
            )
        else:
            del self.fields["rhythm"]
        self.fields["hour"] = forms.TypedChoiceField(
            label=_("Hour"),
            choices=[("", when_it_leaves(newsletter)), *HOURS],
            coerce=int,
            empty_value=None,
            required=False,
        )
        self.fields["time_zone"] = forms.ChoiceField(
            label=_("Time zone"), choices=time_zones(subscription)
        )

    def clean_weekdays(self) -> int:
        return bits(map(int, self.cleaned_data["weekdays"]))

    def choices(self) -> dict[str, Any]:
        """The columns of Subscription, once it is valid."""
        columns = dict(self.cleaned_data)
        wanted = [columns.pop(name) for name in ("max_entries", "favoured", "muted")]
        return columns | {"taste": Taste.of(*wanted)}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "time_zone" not in cleaned:
            return cleaned
        zone = ZoneInfo(cleaned["time_zone"])
        if day := cleaned.get("paused_until"):
            today = timezone.now().astimezone(zone).date()
            if not today < day <= today + LONGEST_PAUSE:
                self.add_error("paused_until", _("Choose a day from tomorrow on, within a year."))
            cleaned["paused_until"] = datetime.combine(day, time(), zone)
        return cleaned


def chosen(subscription: Subscription) -> dict[str, object]:
    """A subscription's choices as the form shows them."""
    zone = subscription.own_time_zone
    until = subscription.paused_until
    is_paused = until is not None and until > timezone.now()
    taste = subscription.taste or Taste()
    return {
        "max_entries": taste.max_entries,
        "favoured": [shown(topic) for topic in taste.favoured],
        "muted": [shown(topic) for topic in taste.muted],
        "language": subscription.newsletter.language_for(subscription.language),
        "rhythm": subscription.rhythm,
        "weekdays": weekdays(subscription.weekdays),
        "hour": subscription.hour,
        "time_zone": zone,
        "paused_until": until.astimezone(ZoneInfo(zone)).date() if until and is_paused else None,
    }


def language_choices(newsletter: Newsletter) -> list[tuple[str, str]]:
    names = dict(settings.LANGUAGES)
    return [(code, names.get(code, code)) for code in newsletter.languages]


def rhythms(roundup: Newsletter) -> list[tuple[str, str]]:
    """With the days that a roundup comes out on."""
    mornings = [(day + roundup.lag_days - 1) % 7 + 1 for day in roundup.weekdays]
    days = {"days": ", ".join(str(WEEKDAYS[day]) for day in mornings)}
    return [
        (Subscription.Rhythm.DAILY, str(_("Each edition, on the days below"))),
        (Subscription.Rhythm.WEEKLY, str(_("Once a week, the best of it (%(days)s)") % days)),
    ]


def when_it_leaves(newsletter: Newsletter) -> str:
    at = {"time": f"{newsletter.send_time:%H:%M}", "zone": newsletter.time_zone}
    return _("When it comes out (%(time)s, %(zone)s)") % at


def time_zones(subscription: Subscription) -> list[tuple[str, str]]:
    """Those of places; and whatever one the reader has."""
    places = {name for name in time_zone_names() if name.partition("/")[0] in CONTINENTS}
    names = places | {subscription.own_time_zone}
    return [(name, name.replace("_", " ")) for name in sorted(names)]
