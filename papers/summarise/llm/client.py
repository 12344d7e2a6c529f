"""The way to a model: one HTTP client of a run, and a model of pydantic-ai on top of it.

No client repeats a request by itself: what may be repeated, and what it costs, is ours to say.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx2
from django.utils.module_loading import import_string
from pydantic_ai.models import Model
from pydantic_ai.output import NativeOutput, PromptedOutput, ToolOutput
from pydantic_ai.profiles.openai import OpenAIModelProfile

from papers.summarise.llm.answer import Answer
from papers.summarise.llm.configured import LanguageModel

LARGEST_ANSWER = 256_000  # bytes; what we ask for has five thousand
SECONDS_TO_CONNECT = 10
NO_KEY = "none"  # for whoever stands before a provider and has its key

Form = NativeOutput[Answer] | PromptedOutput[Answer] | ToolOutput[Answer]


def http_client(seconds: float) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(
        timeout=httpx2.Timeout(seconds, connect=SECONDS_TO_CONNECT),
        headers={"Accept-Encoding": "identity"},
        event_hooks={"response": [bound]},
    )


async def bound(response: httpx2.Response) -> None:
    """Cut a body off where it is larger than any answer: then it is none that can be read."""
    if response.headers.get("content-encoding", "identity") != "identity":
        raise httpx2.DecodingError("it is packed, though we asked for it plain")
    if not isinstance(response.stream, httpx2.AsyncByteStream):
        raise httpx2.StreamError("it is no stream")
    response.stream = Bounded(response.stream)


class Bounded(httpx2.AsyncByteStream):
    def __init__(self, stream: httpx2.AsyncByteStream) -> None:
        self.stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size = 0
        async for piece in self.stream:
            size += len(piece)
            if size > LARGEST_ANSWER:
                return
            yield piece

    async def aclose(self) -> None:
        await self.stream.aclose()


def model_of(configured: LanguageModel, http: httpx2.AsyncClient) -> Model:
    """Each provider's own client takes a second to import, so only those that are asked are."""
    ways = {"anthropic": anthropic, "google": google}
    return ways.get(configured.provider, openai)(configured, http)


def anthropic(configured: LanguageModel, http: httpx2.AsyncClient) -> Model:
    provider = import_string("pydantic_ai.providers.anthropic.AnthropicProvider")(
        api_key=configured.api_key or NO_KEY,
        base_url=configured.base_url or None,
        http_client=http,
    )
    return made("anthropic.AnthropicModel", configured.name, provider)


def google(configured: LanguageModel, http: httpx2.AsyncClient) -> Model:
    provider = import_string("pydantic_ai.providers.google.GoogleProvider")(
        api_key=configured.api_key or NO_KEY,
        base_url=configured.base_url or None,
        http_client=http,
    )
    return made("google.GoogleModel", configured.name, provider)


def openai(configured: LanguageModel, http: httpx2.AsyncClient) -> Model:
    """OpenAI's own, or whoever speaks like it: these know the older word for a limit."""
    if not configured.base_url:
        provider = import_string("pydantic_ai.providers.openai.OpenAIProvider")(
            api_key=configured.api_key, http_client=http
        )
    else:
        provider = import_string(
            "pydantic_ai.providers.openai_compatible.OpenAICompatibleProvider"
        )(
            "openai-compatible",
            base_url=configured.base_url,
            api_key=configured.api_key or None,
            http_client=http,
            profile=OpenAIModelProfile(openai_chat_supports_max_completion_tokens=False),
        )
    return made("openai.OpenAIChatModel", configured.name, provider)


def made(model: str, name: str, provider: object) -> Model:
    made: Model = import_string(f"pydantic_ai.models.{model}")(name, provider=provider)
    return made


def form_for(configured: LanguageModel) -> Form:
    """How a model is made to answer in our form: by asking for it, where nothing better is sure to
    be understood."""
    if configured.provider in ("anthropic", "google"):
        return ToolOutput(Answer, name="summary", description="Hand the summary over.")
    if configured.base_url:
        return PromptedOutput(Answer, template=False)
    return NativeOutput(Answer, name="summary")
