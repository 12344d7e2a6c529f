"""Against abuse: how much may be asked by one network, and of all and each receiving domain.

What one address may be asked stands in `newsletter.subscribe`.
"""

from __future__ import annotations

from django.conf import settings

from newsletter import clock
from newsletter.quota import DAY, HOUR, give_back, take

ASKED_BY_A_NETWORK = {HOUR: 20, DAY: 100}  # an office, a class; and nobody's army
DOMAIN_SHARE = 0.3  # of all, that may go to one domain


def may_ask(network: str) -> bool:
    """Count a request; False where its network has asked enough. One that is not known shares a
    quota with all such."""
    now = clock.now()
    return all(
        take(f"asked {network}", most, window, now) for window, most in ASKED_BY_A_NETWORK.items()
    )


def may_be_mailed(domain: str) -> bool:
    """Count a mail that asks; False where so many have left in this hour that it has to wait."""
    now, most = clock.now(), settings.CONFIRMATIONS_AN_HOUR
    if not take("asking", most, HOUR, now):
        return False
    if take(f"asking {domain}", max(1, int(most * DOMAIN_SHARE)), HOUR, now):
        return True
    give_back("asking", HOUR, now)
    return False
