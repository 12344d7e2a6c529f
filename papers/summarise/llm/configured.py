"""The language models that this installation may ask, and what they cost."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from importlib import import_module
from typing import Any

from django.conf import settings

MILLION = 1_000_000


@dataclass(frozen=True)
class Price:
    """US dollars for a million tokens, read and written."""

    read: Decimal
    written: Decimal

    def of(self, read: int, written: int) -> Decimal:
        return (self.read * read + self.written * written) / MILLION


@dataclass(frozen=True)
class LanguageModel:
    """Where a model is and what it is called there. `price` is what an operator said of it."""

    provider: str  # openai, openai-compatible, anthropic, google
    name: str
    base_url: str = ""
    api_key: str = field(default="", repr=False)
    price: tuple[Decimal, Decimal] | None = None

    def __str__(self) -> str:
        return f"{self.provider}:{self.name}"


def language_models() -> list[LanguageModel]:
    """In the order in which they are asked; none where summaries are extracts."""
    models: list[dict[str, Any]] = settings.LLM_MODELS
    return [LanguageModel(**each) for each in models]


def price_of(model: LanguageModel) -> Price | None:
    """What the operator said it costs, else what the list says that came with the packages; None
    where neither knows. Asks nobody."""
    if model.price is not None:
        return Price(*model.price)
    return listed_price(model.provider, model.name)


@cache
def listed_price(provider: str, name: str) -> Price | None:
    if provider == "openai-compatible":
        return None
    prices = import_module("genai_prices")  # half a second, for those who need it
    usage = prices.Usage(input_tokens=1000, output_tokens=1000)
    try:
        found = prices.calc_price(usage, model_ref=name, provider_id=provider)
    except LookupError:
        return None
    return Price(found.input_price * 1000, found.output_price * 1000)
