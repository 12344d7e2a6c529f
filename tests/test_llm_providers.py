"""The protocols of those who host models, each over real HTTP."""

from decimal import Decimal

import pytest

from papers.models import Receipt, Summary
from papers.summarise import summarise
from papers.summarise.llm.configured import LanguageModel, price_of
from tests.factories import make_paper
from tests.language_model import configured
from tests.parcel_map import ABSTRACT, ONE_TRY


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("provider", "path", "says_the_key"),
    [
        ("openai", "/v1", "Authorization"),
        ("openai-compatible", "/v1", "Authorization"),
        ("anthropic", "", "Authorization"),
        ("google", "", "X-Goog-Api-Key"),
    ],
)
def test_each_provider_is_asked_in_its_own_words(models, settings, provider, path, says_the_key):
    settings.LLM_MODELS = [
        configured(models.server.url_for(path), "stand-in-1", provider=provider, api_key="the-key")
    ]
    paper = make_paper(title="ParcelMap: How Parcels Find Their Way", abstract=ABSTRACT)

    summarise([paper], ["ko"])

    summary = paper.summaries.get()
    assert (summary.writer, summary.writer_name) == (Summary.Writer.MODEL, "stand-in-1")
    receipt = Receipt.objects.get()
    assert receipt.model == f"{provider}:stand-in-1"
    assert (receipt.try_count, receipt.cost_usd) == (1, ONE_TRY)
    assert "the-key" in models.asked[0].headers[says_the_key]


def test_the_price_of_a_known_model_comes_with_the_packages():
    price = price_of(LanguageModel("openai", "gpt-5-mini"))

    assert (price.read, price.written) == (Decimal("0.25"), Decimal(2))


def test_what_an_operator_says_goes_before_the_list():
    price = price_of(LanguageModel("openai", "gpt-5-mini", price=(Decimal(1), Decimal(3))))

    assert price.of(1_000_000, 1_000_000) == 4


@pytest.mark.parametrize(
    "model",
    [
        LanguageModel("openai", "no-such-model"),
        LanguageModel("openai-compatible", "gpt-5-mini", "https://models.example.org"),
    ],
)
def test_nobody_knows_the_price_of_a_strangers_model(model):
    assert price_of(model) is None
