"""A model as one question sees it: each request is counted, paid for, and waited for."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from pydantic_ai.exceptions import (
    ContentFilterError,
    ModelAPIError,
    ModelConnectionError,
    ModelHTTPError,
    ModelRequestRejectedError,
    OutputTokenLimitExceeded,
    ToolRetryError,
    UnexpectedModelBehavior,
)
from pydantic_ai.messages import ModelMessage, ModelResponse, TextPart
from pydantic_ai.models import Model, ModelRequestParameters
from pydantic_ai.models.wrapper import WrapperModel
from pydantic_ai.settings import ModelSettings

from papers.summarise.llm import limits, prompt

if TYPE_CHECKING:
    from papers.summarise.llm.ask import Asking


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
        most_read = prompt.most_read(asking.source, asking.language)
        read, written = believable(response, most_read)
        asking.input_tokens += read
        asking.output_tokens += written
        if opened.price and (read or written):
            price = opened.price.of(read, written)
            is_over = read > most_read or written > limits.MOST_TOKENS
            asking.cost += (max(price, most) if is_over else price) - most
            if is_over:
                opened.gate.down = f"it took {read} and {written} tokens, more than it may"
        return response

    async def wait_after(self, error: ModelAPIError | TimeoutError) -> None:
        """Returns when it is worth to ask again; else it raises."""
        asking, gate = self.asking, self.asking.opened.gate
        if isinstance(error, TimeoutError):
            error = self.silence()
        problem = told(error, asking.opened.configured.api_key)
        if error_status(error) in (401, 404) or "insufficient_quota" in problem:
            gate.down = problem
            raise error
        if error_status(error) == 403:  # perhaps for this text alone
            gate.failed(problem)
        if isinstance(error, ModelRequestRejectedError):
            raise error
        seconds = wait_for(error, asking.try_count)
        told_to_wait = error_status(error) == 429
        if told_to_wait and seconds <= limits.LONGEST_WAIT:
            gate.hold(seconds)
        gives_up = is_last(asking) or seconds > limits.LONGEST_WAIT
        if gives_up or not told_to_wait:
            gate.failed(problem)
        if gives_up or gate.down:
            raise error
        await asyncio.sleep(0 if told_to_wait else seconds)

    def silence(self) -> ModelConnectionError:
        waited = f"no answer in {self.asking.opened.seconds:g} seconds"
        return ModelConnectionError(self.model_name, waited, phase="read")


def is_last(asking: Asking) -> bool:
    return asking.paid_count >= limits.PAID_TRIES or asking.try_count >= limits.FREE_TRIES


def was_free(error: ModelAPIError) -> bool:
    """Whether nobody can have answered: it was refused, or never left. A gateway that gave up may
    have had somebody answer behind it."""
    if isinstance(error, ModelConnectionError):
        return error.phase in ("pool", "connect")
    status = error_status(error)
    return status in (429, 503, 529) or (400 <= status < 500 and status != 408)


def error_status(error: ModelAPIError) -> int:
    return error.status_code if isinstance(error, ModelHTTPError) else 0


def wait_for(error: ModelAPIError, try_count: int) -> float:
    if error.retry_after is not None:
        return max(0.0, error.retry_after)
    return float(limits.FIRST_WAIT * 2 ** (try_count - 1))


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
    """The tokens read and written, as the provider says, also where these are more than allowed;
    none where it says what cannot be, and the most is paid."""
    read, written = response.usage.input_tokens, response.usage.output_tokens
    if 0 < read <= limits.NONSENSE * most and 0 <= written <= limits.NONSENSE * limits.MOST_TOKENS:
        return read, written
    return 0, 0


def told(error: BaseException, key: str) -> str:
    """With its cause: that the tries are used up says less than what was wrong with the last."""
    text = " ".join(f"{type(error).__name__}: {error}".split())
    if isinstance(error.__cause__, ToolRetryError):
        text = " ".join(f"{text}: {error.__cause__}".split())
    return text.replace(key, "…") if key else text
