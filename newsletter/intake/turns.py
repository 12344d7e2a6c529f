"""When readers from a file are asked: by turns, so that those who ask by themselves do not wait."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from django.conf import settings

from newsletter.address import domain_of
from newsletter.limits import IMPORT_SHARE, most_to_a_domain
from newsletter.quota import HOUR


class Turns:
    """One reader after the other from a time on, at a share of the mails that may ask in an hour,
    in all and to each domain; `ends_at` is when whoever comes after them may be asked."""

    def __init__(self, begin_at: datetime) -> None:
        self.begin_at = self.ends_at = begin_at
        self.step = HOUR / max(1, settings.CONFIRMATIONS_AN_HOUR * IMPORT_SHARE)
        self.step_of_domain = HOUR / max(1, most_to_a_domain() * IMPORT_SHARE)
        self.taken: Counter[str] = Counter()

    def next(self, email: str) -> datetime:
        domain = domain_of(email)
        waits = max(self.taken.total() * self.step, self.taken[domain] * self.step_of_domain)
        self.taken[domain] += 1
        end = max(self.taken.total() * self.step, self.taken[domain] * self.step_of_domain)
        self.ends_at = max(self.ends_at, self.begin_at + end)
        return self.begin_at + waits
