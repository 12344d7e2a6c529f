"""Ask a model for one summary: what it answers is held to our checks before it is taken."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

import httpx2
from django.utils.translation import override
from pydantic import ValidationError
from pydantic_ai import Agent, ModelRetry, RunContext
from pydantic_ai.exceptions import (
    AgentRunError,
    ModelAPIError,
    ModelHTTPError,
)
from pydantic_ai.settings import ModelSettings

from papers.models import Receipt, Verdict
from papers.summarise.draft import Claim, Draft, draft_from
from papers.summarise.finding import Judgement
from papers.summarise.llm import limits, prompt
from papers.summarise.llm.answer import Answer
from papers.summarise.llm.client import form_for, model_of
from papers.summarise.llm.configured import LanguageModel, price_of
from papers.summarise.llm.gate import Gate
from papers.summarise.llm.metered import Metered, told
from papers.summarise.llm.receipts import Outcome
from papers.summarise.source import SourceText

Judge = Callable[[Draft, SourceText], Judgement]

GO_BACK = (
    "numbers",
    "tenfold",
    "evidence",
    "markup",
)  # checks whose findings a model can put right
State = Receipt.State

# What the answers of strangers have made their clients raise, beside what these promise.
MISBEHAVIOUR = (
    *(AgentRunError, ValidationError, httpx2.HTTPError, RecursionError, OSError),
    *(ValueError, TypeError, AttributeError, LookupError, ArithmeticError),
)


class Opened:
    """A configured model for the time of one run."""

    def __init__(
        self, configured: LanguageModel, http: httpx2.AsyncClient, gate: Gate, seconds: float
    ) -> None:
        self.configured = configured
        self.gate = gate
        self.seconds = seconds  # of one request
        self.price = price_of(configured)
        self.model = model_of(configured, http)
        self.agent = Agent(
            output_type=form_for(configured),
            deps_type=Asking,
            retries={"output": limits.PAID_TRIES - 1},
            model_settings=ModelSettings(
                max_tokens=limits.MOST_TOKENS, max_retries=0, timeout=seconds
            ),
        )
        self.agent.output_validator(held_to_our_checks)

    @property
    def longest(self) -> float:
        """Seconds that one summary may take, waiting included."""
        return limits.PAID_TRIES * self.seconds + limits.LONGEST_WAIT

    def most(self, source: SourceText, language: str) -> Decimal:
        """What one summary may cost at most."""
        return limits.PAID_TRIES * self.most_of_a_try(source, language)

    def most_of_a_try(self, source: SourceText, language: str) -> Decimal:
        if self.price is None:
            return Decimal(0)
        return self.price.of(prompt.most_read(source, language), limits.MOST_TOKENS)


@dataclass
class Asking:
    """One question to one model, and what it came to so far."""

    opened: Opened
    source: SourceText
    language: str
    judge: Judge
    try_count: int = 0
    paid_count: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost: Decimal = Decimal(0)
    judged: list[tuple[Sequence[Claim], Judgement]] = field(default_factory=list)

    def outcome(self, state: Receipt.State, problem: str) -> Outcome:
        """An answer that was judged and not blocked is taken, whatever happened after it."""
        passed = [each for each in self.judged if each[1].verdict is not Verdict.BLOCK]
        if passed:
            state, problem, claims = State.WRITTEN, "", passed[-1][0]
        elif self.judged:
            claims, judgement = self.judged[-1]
            state, problem = State.BLOCKED, complaint(judgement)
        else:
            claims = ()
        return Outcome(
            state=state,
            problem=problem,
            claims=claims,
            try_count=self.try_count,
            input_tokens=self.input_tokens,
            output_tokens=self.output_tokens,
            cost_usd=self.cost,
        )


async def ask(
    opened: Opened, source: SourceText, language: str, judge: Judge, until: float
) -> Outcome:
    """Ask until it is written, or it is clear that this model will not write it, or until the
    loop's clock shows a time. Whatever a model answers, this comes back with what it was."""
    asking = Asking(opened, source, language, judge)
    state, problem = State.REFUSED, ""
    try:
        async with asyncio.timeout_at(until):
            await opened.agent.run(
                prompt.question(source, language),
                instructions=prompt.instructions(language),
                model=Metered(opened.model, asking),
                deps=asking,
            )
    except TimeoutError:
        state, problem = State.UNAVAILABLE, "the time was up before it answered"
    except ModelAPIError as error:
        rejected = isinstance(error, ModelHTTPError) and error.status_code in (400, 403, 413, 422)
        state, problem = (
            (State.REFUSED if rejected else State.UNAVAILABLE),
            told(error, opened.configured.api_key),
        )
    except MISBEHAVIOUR as error:
        problem = told(error, opened.configured.api_key)
    return asking.outcome(state, problem)


def held_to_our_checks(context: RunContext[Asking], answer: Answer) -> Answer:
    """A blocked answer, or one whose faults a model can put right, goes back with the complaint,
    once; what comes then is kept with its verdict, whatever that is."""
    asking = context.deps
    claims = answer.claims()
    judgement = asking.judge(draft_from(claims, asking.language), asking.source)
    asking.judged.append((claims, judgement))
    if asking.paid_count < limits.PAID_TRIES and (wrong := complaint(judgement)):
        raise ModelRetry(
            f"Our checks found this:\n{wrong}\n"
            "Put it right by what the source says, and answer with the whole JSON object again."
        )
    return answer


def complaint(judgement: Judgement) -> str:
    """What a model can put right, in English; blank where nothing is."""
    is_blocked = judgement.verdict is Verdict.BLOCK
    with override("en"):
        lines = [
            f"- {finding.sentence}"
            for finding in judgement.findings
            if finding.level is not Verdict.PASS and (is_blocked or finding.check in GO_BACK)
        ]
    return "\n".join(lines)[: limits.COMPLAINT] or ("- It was blocked." if is_blocked else "")
