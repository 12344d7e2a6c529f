"""What models are asked, written down before they are: it holds the day's budget, and answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import ROUND_UP, Decimal

from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet, Sum
from django.utils import timezone

from papers.models import Receipt
from papers.summarise.draft import Claim, stored_claims
from papers.summarise.llm import prompt
from papers.summarise.llm.configured import LanguageModel
from papers.summarise.source import keep_reading
from papers.summarise.writer import Work

State = Receipt.State
ANSWERED = (State.WRITTEN, State.BLOCKED, State.REFUSED)
BUDGET_LOCK = 7_203_411  # any number that nobody else takes
CENTS = Decimal("0.000001")
LONGEST_PROBLEM = 500  # characters


class Spent(Exception):
    """The day's budget does not reach for it."""


class Busy(Exception):
    """Somebody asks for the very same just now, or what is left of the budget is lent to others
    who ask: it is worth to wait."""


@dataclass(frozen=True)
class Outcome:
    """What came of asking a model, all tries together."""

    state: Receipt.State
    problem: str = ""
    claims: Sequence[Claim] = ()
    try_count: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: Decimal = Decimal(0)


def answered(work: Work, model: LanguageModel) -> Receipt | None:
    """The newest answer to the same question, which is not paid for again."""
    if work.anew:
        return None
    return same(work, model).filter(state__in=ANSWERED).first()


@transaction.atomic
def take(work: Work, model: LanguageModel, most: Decimal, seconds: float) -> Receipt:
    """A new receipt over the most that it may cost; or the answer that is there already.

    One after the other over all workers, so that two of them together cannot spend more than there
    is. Asking takes `seconds` at most: who has not answered by then was killed, and counts against
    the budget alone. Raises Spent, Busy.
    """
    lock_budget()
    if found := answered(work, model):
        return found
    now = timezone.now()
    at_work = Receipt.objects.filter(
        state=State.ASKED, asked_at__gt=now - timedelta(seconds=seconds)
    )
    if same(work, model).filter(pk__in=at_work).exists():
        raise Busy
    if most and spent(now) + most > settings.LLM_BUDGET:
        raise Busy if at_work.filter(cost_usd__gt=0).exists() else Spent
    return Receipt.objects.create(
        paper=work.paper,
        reading=keep_reading(work.paper, work.source),
        language=work.language,
        source_sha256=work.source.sha256,
        prompt_version=prompt.version(work.language),
        model=str(model),
        cost_usd=most.quantize(CENTS, ROUND_UP),
        asked_at=now,
    )


def close(receipt: Receipt, outcome: Outcome) -> None:
    """Write down what came of it, and what it did cost."""
    receipt.state = outcome.state
    receipt.problem = outcome.problem[:LONGEST_PROBLEM]
    receipt.answer = stored_claims(outcome.claims) or None
    receipt.try_count = outcome.try_count
    receipt.input_tokens, receipt.output_tokens = outcome.input_tokens, outcome.output_tokens
    receipt.cost_usd = outcome.cost_usd.quantize(CENTS, ROUND_UP)
    receipt.answered_at = timezone.now()
    receipt.save()


def claims_of(receipt: Receipt) -> list[Claim]:
    return [Claim(**claim) for claim in receipt.answer or []]


def spent(now: datetime) -> Decimal:
    """Since midnight, UTC, with what is lent to those who ask just now or were killed asking."""
    midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    of_today = Receipt.objects.filter(asked_at__gte=midnight)
    return of_today.aggregate(sum=Sum("cost_usd"))["sum"] or Decimal(0)


def same(work: Work, model: LanguageModel) -> QuerySet[Receipt]:
    return Receipt.objects.filter(
        paper=work.paper,
        source_sha256=work.source.sha256,
        language=work.language,
        model=str(model),
        prompt_version=prompt.version(work.language),
    ).order_by("-pk")


def lock_budget() -> None:
    """SQLite lets one write at a time anyway, from the first word of a transaction on."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [BUDGET_LOCK])
