"""The ways in: our form, a form on another site, a program. The same limits hold for each."""

from __future__ import annotations

from enum import Enum, auto

from newsletter import limits, proof, tasks
from newsletter import subscribe as moves
from newsletter.consent import Origin
from newsletter.forms import SubscribeForm
from newsletter.models import Newsletter
from newsletter.storable import is_storable


class Answer(Enum):
    """What becomes of a request; the first says nothing of who is known."""

    TAKEN = auto()
    NEEDS_PROOF = auto()
    TOO_MANY = auto()


def ask(form: SubscribeForm, origin: Origin) -> Answer:
    """Take what somebody asks for on a valid form, if it may be asked."""
    if form.is_by_a_machine:
        return Answer.TAKEN
    if limits.is_busy():
        if limits.seconds_to_wait(origin.network):  # said before a proof is used up
            return Answer.TOO_MANY
        if not proof.accept(form.data.get("proof", "")):
            return Answer.NEEDS_PROOF
    if not limits.may_ask(origin.network):
        return Answer.TOO_MANY
    origin.keep_wording()  # also where the act is not kept, whoever asks
    cleaned = form.cleaned_data
    moves.subscribe(cleaned["email"], form.newsletter, cleaned["language"], origin)
    if not limits.is_hour_over():  # or a flood would leave thousands of calls before an edition's
        tasks.wake(tasks.send_notices)
    return Answer.TAKEN


def newsletter_named(slug: str) -> Newsletter | None:
    """One that takes readers; the default one where none is named."""
    if not is_storable(slug):
        return None
    takers = Newsletter.objects.taking_readers()
    return takers.filter(slug=slug or Newsletter.DEFAULT_SLUG).first()
