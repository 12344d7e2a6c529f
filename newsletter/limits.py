"""Against abuse: how much may be asked by one network, and of all and each receiving domain.

What one address may be asked stands in `newsletter.asking`.
"""

from __future__ import annotations

from math import ceil

from django.conf import settings

from newsletter import clock
from newsletter.quota import DAY, HOUR, beginning, give_back, take, taken, used_up

ASKED_BY_A_NETWORK = {HOUR: 20, DAY: 100}  # an office, a class; and nobody's army
DOMAIN_SHARE = 0.3  # of all, that may go to one domain
IMPORT_SHARE = 0.5  # of either, that readers from files are asked at: the rest is for who asks
BUSY_SHARE = 0.5  # of all that may leave in an hour: then each request has to be worked for
ALL, ONE = "asking", "asking "  # names of quotas; a domain follows the second


def may_ask(network: str) -> bool:
    """Count a request; False where its network has asked enough. One that is not known shares a
    quota with all such."""
    now = clock.now()
    return all(
        take(f"asked {network}", most, window, now) for window, most in ASKED_BY_A_NETWORK.items()
    )


def seconds_to_wait(network: str) -> int:
    """Until a network that has asked enough may ask again."""
    now = clock.now()
    full = (
        window
        for window, most in ASKED_BY_A_NETWORK.items()
        if taken(f"asked {network}", window, now) >= most
    )
    ends_at = max((beginning(window, now) + window for window in full), default=now)
    return ceil((ends_at - now).total_seconds())


def is_busy() -> bool:
    """Whether so much of this hour's mails, or of the last one's, has left that whoever asks has to
    show work for it, where PROOF_OF_WORK says so."""
    if not settings.PROOF_OF_WORK:
        return False
    now = clock.now()
    left = max(taken(ALL, HOUR, at) for at in (now, now - HOUR))
    return left >= settings.CONFIRMATIONS_AN_HOUR * BUSY_SHARE


def may_be_mailed(domain: str) -> bool:
    """Count a mail that asks; False where so many have left in this hour that it has to wait."""
    now = clock.now()
    if not take(ALL, settings.CONFIRMATIONS_AN_HOUR, HOUR, now):
        return False
    if take(f"{ONE}{domain}", most_to_a_domain(), HOUR, now):
        return True
    give_back(ALL, HOUR, now)
    return False


def is_hour_over() -> bool:
    """Whether as many mails that ask have left as may in this hour."""
    return taken(ALL, HOUR, clock.now()) >= settings.CONFIRMATIONS_AN_HOUR


def full_domains() -> set[str]:
    """Those that have had their share of this hour: a handful at most."""
    full = used_up(ONE, most_to_a_domain(), HOUR, clock.now())
    return {name.removeprefix(ONE) for name in full}


def most_to_a_domain() -> int:
    return max(1, int(settings.CONFIRMATIONS_AN_HOUR * DOMAIN_SHARE))
