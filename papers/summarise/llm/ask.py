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
    ContentFilterError,
    ModelAPIError,
    ModelConnectionError,
    ModelHTTPError,
    ModelRequestRejectedError,
    OutputTokenLimitExceeded,
    UnexpectedModelBehavior,
)
from pydantic_ai.messages import ModelMessage, ModelResponse, TextPart
from pydantic_ai.models import Model, ModelRequestParameters
from pydantic_ai.models.wrapper import WrapperModel
from pydantic_ai.settings import ModelSettings

from papers.models import Receipt, Verdict
from papers.summarise.draft import Claim, Draft, draft_from
from papers.summarise.finding import Judgement
from papers.summarise.llm import prompt
from papers.summarise.llm.answer import Answer
from papers.summarise.llm.client import form_for, model_of
from papers.summarise.llm.configured import LanguageModel, price_of
from papers.summarise.llm.gate import Gate
from papers.summarise.llm.receipts import Outcome
from papers.summarise.source import SourceText

Judge = Callable[[Draft, SourceText], Judgement]

MOST_TOKENS = 8000  # of an answer, with what a model thinks to itself before
PAID_TRIES = 2  # answers that are paid for: the first, and one more with our complaint
FREE_TRIES = 6  # that were told to wait, or reached nobody
COMPLAINT = 2000  # characters
FIRST_WAIT, LONGEST_WAIT = 1.0, 30.0  # seconds, where nobody says how long
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
            retries={"output": PAID_TRIES - 1},
            model_settings=ModelSettings(max_tokens=MOST_TOKENS, max_retries=0, timeout=seconds),
        )
        self.agent.output_validator(held_to_our_checks)

    @property
    def longest(self) -> float:
        """Seconds that one summary may take, waiting included."""
        return PAID_TRIES * self.seconds + LONGEST_WAIT

    def most(self, source: SourceText, language: str) -> Decimal:
        """What one summary may cost at most."""
        return PAID_TRIES * self.most_of_a_try(source, language)

    def most_of_a_try(self, source: SourceText, language: str) -> Decimal:
        return self.price.of(most_read(source, language), MOST_TOKENS) if self.price else Decimal(0)


def most_read(source: SourceText, language: str) -> int:
    """Tokens: at most one a byte, and the second time also the first answer and our complaint."""
    asked = prompt.instructions(language) + prompt.question(source, language)
    return len(asked.encode()) + MOST_TOKENS + COMPLAINT


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
        rejected = isinstance(error, ModelHTTPError) and error.status_code in (400, 413, 422)
        state, problem = (State.REFUSED if rejected else State.UNAVAILABLE), told(error, opened)
    except MISBEHAVIOUR as error:
        problem = told(error, opened)
    return asking.outcome(state, problem)


def told(error: BaseException, opened: Opened) -> str:
    text = " ".join(f"{type(error).__name__}: {error}".split())
    key = opened.configured.api_key
    return text.replace(key, "…") if key else text


def held_to_our_checks(context: RunContext[Asking], answer: Answer) -> Answer:
    """A blocked answer, or one whose faults a model can put right, goes back with the complaint,
    once; what comes then is kept with its verdict, whatever that is."""
    asking = context.deps
    claims = answer.claims()
    judgement = asking.judge(draft_from(claims, asking.language), asking.source)
    asking.judged.append((claims, judgement))
    if asking.paid_count < PAID_TRIES and (wrong := complaint(judgement)):
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
    return "\n".join(lines)[:COMPLAINT] or ("- It was blocked." if is_blocked else "")


class Metered(WrapperModel):
    """The model as one question sees it: each request is counted, paid for, and waited for."""

    def __init__(self, wrapped: Model, asking: Asking) -> None:
        super().__init__(wrapped)
        self.asking = asking

    async def request(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
    ) -> ModelResponse:
        while True:
            try:
                response = await self.once(messages, model_settings, model_request_parameters)
            except (ModelAPIError, TimeoutError) as error:
                await self.wait_after(error)
            else:
                return whole(response)

    async def once(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        parameters: ModelRequestParameters,
    ) -> ModelResponse:
        """One request. Until it is answered it counts with the most that it may cost."""
        asking, opened = self.asking, self.asking.opened
        if asking.try_count:  # the first came here by the gate
            await opened.gate.pass_through()
        asking.try_count += 1
        asking.paid_count += 1
        most = opened.most_of_a_try(asking.source, asking.language)
        asking.cost += most
        try:
            async with asyncio.timeout(opened.seconds):
                response = await super().request(messages, model_settings, parameters)
        except ModelAPIError as error:
            if was_free(error):
                asking.paid_count -= 1
                asking.cost -= most
            raise
        opened.gate.worked()
        read, written = believable(response, most_read(asking.source, asking.language))
        asking.input_tokens += read
        asking.output_tokens += written
        if opened.price and (read or written):
            asking.cost += opened.price.of(read, written) - most
        return response

    async def wait_after(self, error: ModelAPIError | TimeoutError) -> None:
        """Returns when it is worth to ask again; else it raises."""
        asking, gate = self.asking, self.asking.opened.gate
        if isinstance(error, TimeoutError):
            error = ModelConnectionError(
                self.model_name, f"no answer in {asking.opened.seconds:g} seconds", phase="read"
            )
        if isinstance(error, ModelRequestRejectedError):
            if error_status(error) in (401, 403, 404):
                gate.down = told(error, asking.opened)
            raise error
        seconds = wait_for(error, asking.try_count)
        told_to_wait = error_status(error) == 429
        if told_to_wait and seconds <= LONGEST_WAIT:
            gate.hold(seconds)
        else:
            gate.failed(told(error, asking.opened))
        if asking.paid_count >= PAID_TRIES or asking.try_count >= FREE_TRIES or gate.down:
            raise error
        if seconds > LONGEST_WAIT:
            raise error
        if not told_to_wait:
            await asyncio.sleep(seconds)


def was_free(error: ModelAPIError) -> bool:
    """Whether nobody can have answered: it was refused, or never left."""
    if isinstance(error, ModelConnectionError):
        return error.phase in ("pool", "connect")
    return isinstance(error, ModelHTTPError)


def error_status(error: ModelAPIError) -> int:
    return error.status_code if isinstance(error, ModelHTTPError) else 0


def wait_for(error: ModelAPIError, try_count: int) -> float:
    if error.retry_after is not None:
        return max(0.0, error.retry_after)
    return float(FIRST_WAIT * 2 ** (try_count - 1))


def whole(response: ModelResponse) -> ModelResponse:
    """The answer without chatter around its JSON. Raises for one that was cut or filtered."""
    if response.finish_reason == "length":
        raise OutputTokenLimitExceeded("the answer was cut at its greatest length")
    if response.finish_reason == "content_filter":
        raise ContentFilterError("the provider's filter stopped it")
    if response.finish_reason == "error":
        raise UnexpectedModelBehavior("the provider gave up in the middle")
    for part in response.parts:
        if isinstance(part, TextPart):
            part.content = without_chatter(part.content)
    return response


def without_chatter(text: str) -> str:
    start, end = text.find("{"), text.rfind("}")
    return text[start : end + 1] if 0 <= start < end else text


def believable(response: ModelResponse, most: int) -> tuple[int, int]:
    """The tokens read and written, as the provider says; none where it says what cannot be, and
    the most is paid."""
    read, written = response.usage.input_tokens, response.usage.output_tokens
    if 0 < read <= most and 0 <= written <= MOST_TOKENS:
        return read, written
    return 0, 0
