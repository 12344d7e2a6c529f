"""Who writes summaries: LLM_MODEL and its like, read into what papers.summarise.llm is told."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from importlib.util import find_spec
from ipaddress import ip_address
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

PROVIDERS = ("openai", "anthropic", "google")
COMPATIBLE = "openai-compatible"
PRICE = re.compile(r"\s*(\d{1,6}(?:\.\d{1,6})?)\s*,\s*(\d{1,6}(?:\.\d{1,6})?)\s*")


def language_models(environment: Mapping[str, str]) -> list[dict[str, object]]:
    """The models in the order in which they are asked: LLM_MODEL, then LLM_MODEL_2, as
    papers.summarise.llm.configured takes them. Raises ImproperlyConfigured."""
    return [
        language_model(environment, suffix)
        for suffix in ("", "_2")
        if said(environment, "LLM_MODEL", suffix)
    ]


def language_model(environment: Mapping[str, str], suffix: str) -> dict[str, object]:
    needs_the_packages(f"LLM_MODEL{suffix}")
    base_url = said(environment, "LLM_BASE_URL", suffix)
    if base_url and urlsplit(base_url).scheme not in ("http", "https"):
        raise ImproperlyConfigured(
            f"LLM_BASE_URL{suffix}: write where it is: http://localhost:11434/v1"
        )
    provider, name = provider_and_name(said(environment, "LLM_MODEL", suffix), base_url, suffix)
    api_key = said(environment, "LLM_API_KEY", suffix)
    if not api_key and not base_url:
        raise ImproperlyConfigured(f"LLM_API_KEY{suffix}: write the key that {provider} gave you")
    return {
        "provider": provider,
        "name": name,
        "base_url": base_url.rstrip("/"),
        "api_key": api_key,
        "price": price(said(environment, "LLM_PRICE", suffix), base_url, suffix),
    }


def provider_and_name(model: str, base_url: str, suffix: str) -> tuple[str, str]:
    """A bare name, which may have a colon of its own (qwen3:8b), is one of the base URL's."""
    provider, colon, name = model.partition(":")
    if colon and provider in PROVIDERS and name:
        return provider, name
    if base_url:
        return COMPATIBLE, model
    raise ImproperlyConfigured(
        f"LLM_MODEL{suffix}: write one as openai:name, anthropic:name or google:name; or a bare "
        f"name, with LLM_BASE_URL{suffix} for where it is"
    )


def price(text: str, base_url: str, suffix: str) -> tuple[Decimal, Decimal] | None:
    """Dollars for a million tokens read, and written; None where the list of prices has to know.
    A model on this machine or this network costs nothing by the token."""
    if not text:
        return (Decimal(0), Decimal(0)) if base_url and is_near(base_url) else None
    if found := PRICE.fullmatch(text):
        return Decimal(found[1]), Decimal(found[2])
    raise ImproperlyConfigured(
        f"LLM_PRICE{suffix}: write dollars for a million tokens read and written: 0.25,2"
    )


def is_near(url: str) -> bool:
    """Whether it names this machine or one of this network: by address, or by a name without dots,
    as Compose gives its containers."""
    host = urlsplit(url).hostname or ""
    try:
        return not ip_address(host).is_global
    except ValueError:
        return "." not in host or host.endswith((".local", ".internal", ".localhost"))


def budget(text: str) -> Decimal:
    """Dollars a day; blank is the default, and 0 lets only models be asked that cost nothing."""
    if not re.fullmatch(r"\d{0,6}(?:\.\d{1,6})?", text):
        raise ImproperlyConfigured("LLM_BUDGET: write dollars a day: 2, or 0.50")
    return Decimal(text or "2")


def needs_the_packages(variable: str) -> None:
    if any(find_spec(package) is None for package in ("pydantic_ai", "genai_prices")):
        raise ImproperlyConfigured(
            f"{variable} names a language model, which needs packages that are not installed: "
            "make llm; or leave it blank, and summaries are sentences of the abstracts"
        )


def said(environment: Mapping[str, str], variable: str, suffix: str) -> str:
    return environment.get(variable + suffix, "").strip()
