"""What an address answered, in words."""

from __future__ import annotations

from collections.abc import Collection

from django.utils.translation import gettext_lazy as _

from newsletter.models import Visit

ENOUGH = 3  # silent or gone, and none that answers: it is us

# As newsletter.preflight.visitor writes them down; an HTTP status stands for itself.
WORDS = {
    "no such host": _("there is no such host"),
    "no time": _("no answer in time"),
    "no connection": _("no connection"),
    "no end": _("it leads on and on"),
    "private": _("a private network"),
}


def what_it_says(visit: Visit) -> str:
    return str(WORDS.get(visit.said, visit.said))


def nobody_answers(visits: Collection[Visit]) -> bool:
    """Whether the network of this machine is more likely to be at fault than all of them."""
    states = [visit.state for visit in visits if visit.state != Visit.State.PRIVATE]
    is_http = any(visit.said.startswith("HTTP ") for visit in visits)
    return len(states) >= ENOUGH and Visit.State.ANSWERS not in states and not is_http
