"""Consent: what a reader agreed to, as they read it, and from where."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext

from newsletter.languages import page_language
from newsletter.models import Agreement, Consent, Newsletter, Subscription, Wording


@dataclass(frozen=True)
class Origin:
    """Where an act came from, and the words beside its button."""

    source: str
    wording: str = ""
    language: str = ""  # of the words
    network: str = ""  # of newsletter.network

    def keep_wording(self) -> Wording | None:
        """The row of the words, if there are any."""
        return Wording.of(self.language, self.wording) if self.wording else None


FORM, MAIL = Origin(Consent.Source.FORM), Origin(Consent.Source.MAIL)


def note(subscription: Subscription, act: Consent.Act, origin: Origin, at: datetime) -> None:
    """Keep an act as proof."""
    Consent.objects.create(
        subscription=subscription,
        act=act,
        source=origin.source,
        wording=origin.keep_wording(),
        network=origin.network,
        at=at,
    )


def read_on_form(newsletter: Newsletter) -> dict[str, str]:
    """What stands on the form in the active language."""
    return as_read(
        newsletter.name,
        gettext("Subscribe"),
        gettext(
            "Your subscription starts when you press the button in our mail. You can leave at any "
            "time, with one click."
        ),
    )


def read_on_confirmation(newsletter: Newsletter) -> dict[str, str]:
    """What stands beside the button that a mail leads to."""
    return as_read(*words_of_confirmation(newsletter))


def words_of_confirmation(newsletter: Newsletter) -> tuple[str, str, str]:
    """The heading, what will happen, and the button."""
    heading = gettext("Please confirm your subscription.")
    comes = gettext(
        "%(name)s will come to this address from then on. You can leave at any time, with one "
        "click."
    )
    return heading, comes % {"name": newsletter.name}, gettext("Confirm subscription")


def read_on_move(side: Agreement.Side, newsletters: str) -> dict[str, str]:
    """What stands beside the button that a mail to one of two addresses leads to."""
    return as_read(*words_of_move(side, newsletters))


def words_of_move(side: Agreement.Side, newsletters: str) -> tuple[str, str, str]:
    """The heading, what will happen, and the button; no address among them."""
    if side == Agreement.Side.OLD:
        heading = gettext("Move Paperboy to another address?")
        comes = gettext(
            "%(names)s will come to the new address in place of this one, as soon as somebody "
            "there has said yes, too."
        )
        button = gettext("Yes, move it")
    else:
        heading = gettext("Shall Paperboy come to this address?")
        comes = gettext(
            "%(names)s will come to this address as soon as the one that it comes to now has said "
            "yes, too. You can leave at any time, with one click."
        )
        button = gettext("Yes, this is mine")
    return heading, comes % {"names": newsletters}, button


def as_read(*lines: str) -> dict[str, str]:
    """Of an Origin."""
    return {"wording": "\n".join(lines), "language": page_language()}
