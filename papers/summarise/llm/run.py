"""A run: many texts at once, on one event loop, until the time is up.

The database is asked on the caller's own thread and connection, between the answers.
"""

from __future__ import annotations

import asyncio
import logging
import time
import warnings
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from decimal import Decimal

from asgiref.sync import async_to_sync, sync_to_async
from django.conf import settings
from django.db import Error
from pydantic_ai.exceptions import (
    CostCalculationFailedWarning,
    CostNotFoundWarning,
    UsageExtractionFailedWarning,
)

from papers.models import Receipt, Summary, Verdict
from papers.summarise.draft import PARTS, draft_from
from papers.summarise.llm import receipts
from papers.summarise.llm.ask import MISBEHAVIOUR, Judge, Opened, ask
from papers.summarise.llm.client import http_client
from papers.summarise.llm.configured import language_models
from papers.summarise.llm.gate import Gate
from papers.summarise.writer import Keep, Work, Written

logger = logging.getLogger(__name__)

Why = Summary.WhyExtract
# What is told where two models had different reasons: what may be otherwise at the next try.
AFTERWARDS = (Why.LATE, Why.BUDGET, Why.UNAVAILABLE, Why.REFUSED, Why.BLOCKED)
WHAT_A_PROVIDER_SAYS_OF_ITS_TOKENS = (
    CostCalculationFailedWarning,
    CostNotFoundWarning,
    UsageExtractionFailedWarning,
)
BUSY_SECONDS = 1.0  # until it is looked again


class NotWritten(Exception):
    """By this model. `why` is what its readers are told of it."""

    def __init__(self, why: Summary.WhyExtract) -> None:
        super().__init__(why)
        self.why = why


def write(works: Sequence[Work], keep: Keep, judge: Judge, until: float) -> Decimal:
    """Have the models write each, in their order; what none wrote has its `why` afterwards.

    `until` is a time.monotonic(): then it ends, whoever has not answered. Returns what was paid.
    """
    run = Run(keep, judge, until)
    with warnings.catch_warnings():
        for each in WHAT_A_PROVIDER_SAYS_OF_ITS_TOKENS:  # is not believed anyway
            warnings.simplefilter("ignore", each)
        async_to_sync(run.write)(works)
    return run.cost_usd


class Run:
    def __init__(self, keep: Keep, judge: Judge, until: float) -> None:
        self.keep = sync_to_async(keep)
        self.judge = judge
        self.until = until
        self.cost_usd = Decimal(0)

    async def write(self, works: Sequence[Work]) -> None:
        async with opened_models() as models, asyncio.TaskGroup() as group:
            for work in works:
                group.create_task(self.write_alone(work, models))

    async def write_alone(self, work: Work, models: Sequence[Opened]) -> None:
        """Whatever is wrong with one text, or with its rows, ends this one alone: an error that got
        out would end all that are in flight, and are paid for."""
        try:
            await self.write_one(work, models)
        except (Error, *MISBEHAVIOUR):
            logger.exception("paper=%s language=%s", work.paper.canonical_id, work.language)
            work.why = Why.UNAVAILABLE

    async def write_one(self, work: Work, models: Sequence[Opened]) -> None:
        whys = []
        for model in models:
            try:
                receipt = await self.receipt_for(work, model)
                await self.keep(work, written(receipt, work, model))
            except NotWritten as not_written:
                whys.append(not_written.why)
            else:
                return
        work.why = min(whys, key=AFTERWARDS.index)

    async def receipt_for(self, work: Work, model: Opened) -> Receipt:
        """One with an answer that may be printed. Raises NotWritten."""
        if found := await sync_to_async(receipts.answered)(work, model.configured):
            return self.held(found, work)
        if model.price is None:
            logger.warning("model=%s has no price: set LLM_PRICE", model.configured)
            raise NotWritten(Why.UNAVAILABLE)
        async with self.place_at(model):
            receipt = await self.taken(work, model)
            if receipt.state == Receipt.State.ASKED:
                await self.ask(receipt, work, model)
        if receipt.state == Receipt.State.UNAVAILABLE:
            raise NotWritten(Why.LATE if time.monotonic() >= self.until else Why.UNAVAILABLE)
        return self.held(receipt, work)

    @asynccontextmanager
    async def place_at(self, model: Opened) -> AsyncIterator[None]:
        """Raises NotWritten where the time is up before, or the model is known to be away."""
        try:
            async with asyncio.timeout_at(self.until):
                await model.gate.places.acquire()
        except TimeoutError:
            raise NotWritten(Why.LATE) from None
        try:
            await self.turn_at(model)
            yield
        finally:
            model.gate.places.release()

    async def turn_at(self, model: Opened) -> None:
        if model.gate.down:
            raise NotWritten(Why.UNAVAILABLE)
        try:
            async with asyncio.timeout_at(self.until):
                await model.gate.pass_through()
        except TimeoutError:
            raise NotWritten(Why.LATE) from None

    async def taken(self, work: Work, model: Opened) -> Receipt:
        most = model.most(work.source, work.language)
        while time.monotonic() < self.until:
            try:
                return await sync_to_async(receipts.take)(
                    work, model.configured, most, model.longest
                )
            except receipts.Spent:
                raise NotWritten(Why.BUDGET) from None
            except receipts.Busy:
                await asyncio.sleep(BUSY_SECONDS)
        raise NotWritten(Why.LATE)

    async def ask(self, receipt: Receipt, work: Work, model: Opened) -> None:
        until = min(self.until, asyncio.get_running_loop().time() + model.longest)
        outcome = await ask(model, work.source, work.language, self.judge, until)
        await sync_to_async(receipts.close)(receipt, outcome)
        self.cost_usd += receipt.cost_usd
        logger.info(
            "asked model=%s paper=%s language=%s state=%s tries=%s cost=%s",
            model.configured,
            work.paper.canonical_id,
            work.language,
            outcome.state,
            outcome.try_count,
            receipt.cost_usd,
        )

    def held(self, receipt: Receipt, work: Work) -> Receipt:
        """It again, if its answer stands up to today's checks."""
        claims = receipts.claims_of(receipt)
        if not claims:
            raise NotWritten(Why.REFUSED)
        if self.judge(draft_from(claims, work.language), work.source).verdict is Verdict.BLOCK:
            raise NotWritten(Why.BLOCKED)
        return receipt


@asynccontextmanager
async def opened_models() -> AsyncIterator[Sequence[Opened]]:
    async with http_client(settings.LLM_SECONDS) as http:
        yield [
            Opened(
                configured,
                http,
                Gate(settings.LLM_CONCURRENCY, settings.LLM_PACE),
                settings.LLM_SECONDS,
            )
            for configured in language_models()
        ]


def written(receipt: Receipt, work: Work, model: Opened) -> Written:
    claims = receipts.claims_of(receipt)
    parts = draft_from(claims, work.language).parts
    return Written(
        **{part: parts[part] for part in PARTS},
        text_language=work.language,
        writer=Summary.Writer.MODEL,
        writer_name=model.configured.name[:200],
        claims=claims,
        receipt=receipt,
    )
