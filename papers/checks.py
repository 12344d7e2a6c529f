"""What has to be so before anything starts: language models have a price."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.checks import CheckMessage, Error

from papers.summarise.llm.configured import language_models, price_of


def models_have_a_price(**options: object) -> Sequence[CheckMessage]:
    """Without one no budget holds."""
    return [
        Error(
            f"What the language model {model} costs is not known.",
            hint="Set LLM_PRICE (or LLM_PRICE_2) to dollars for a million tokens read and "
            "written: 0.25,2",
            id="papers.E001",
        )
        for model in language_models()
        if price_of(model) is None
    ]
