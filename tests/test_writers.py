"""What LLM_MODEL and its like may say."""

from decimal import Decimal

import pytest
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured

from newsletter import writers
from newsletter.writers import budget, language_models
from tests.language_model import configured


def test_without_a_model_there_is_none():
    assert language_models({"LLM_MODEL": " ", "LLM_BASE_URL": "http://localhost:11434/v1"}) == []


def test_a_model_of_a_provider_has_its_key():
    [model] = language_models({"LLM_MODEL": "anthropic:claude-haiku-4-5", "LLM_API_KEY": "key"})

    assert (model["provider"], model["name"]) == ("anthropic", "claude-haiku-4-5")
    assert (model["api_key"], model["price"]) == ("key", None)


def test_a_bare_name_is_of_the_server_that_is_named_and_may_have_a_colon():
    [model] = language_models(
        {"LLM_MODEL": "qwen3:8b", "LLM_BASE_URL": "http://localhost:11434/v1/"}
    )

    assert (model["provider"], model["name"]) == ("openai-compatible", "qwen3:8b")
    assert model["base_url"] == "http://localhost:11434/v1"


def test_the_second_model_has_settings_of_its_own():
    models = language_models(
        {
            "LLM_MODEL": "openai:first",
            "LLM_API_KEY": "one",
            "LLM_MODEL_2": "google:second",
            "LLM_API_KEY_2": "two",
            "LLM_PRICE_2": "0.5, 3",
        }
    )

    assert [model["name"] for model in models] == ["first", "second"]
    assert [model["api_key"] for model in models] == ["one", "two"]
    assert [model["price"] for model in models] == [None, (Decimal("0.5"), Decimal(3))]


@pytest.mark.parametrize(
    ("url", "price"),
    [
        ("http://localhost:11434/v1", 0),
        ("http://127.0.0.1:8000/v1", 0),
        ("http://10.1.2.3/v1", 0),
        ("http://ollama:11434/v1", 0),
        ("http://host.docker.internal:11434/v1", 0),
        ("https://models.example.org/v1", None),
        ("https://8.8.8.8/v1", None),
    ],
)
def test_a_model_nearby_costs_nothing_by_the_token(url, price):
    [model] = language_models({"LLM_MODEL": "m", "LLM_BASE_URL": url})

    assert model["price"] == (None if price is None else (price, price))


@pytest.mark.parametrize(
    ("said", "complaint"),
    [
        ({"LLM_MODEL": "gpt-5"}, "LLM_MODEL: write one as openai:name"),
        ({"LLM_MODEL": "openai:"}, "LLM_MODEL: write one as openai:name"),
        ({"LLM_MODEL": "openai:m"}, "LLM_API_KEY: write the key that openai gave you"),
        ({"LLM_MODEL": "m", "LLM_BASE_URL": "localhost:1"}, "LLM_BASE_URL: write where it is"),
        ({"LLM_MODEL": "openai:m", "LLM_API_KEY": "k", "LLM_PRICE": "2"}, "LLM_PRICE: write"),
        ({"LLM_MODEL": "openai:m", "LLM_API_KEY": "k", "LLM_PRICE": "-1,2"}, "LLM_PRICE: write"),
        ({"LLM_MODEL_2": "m"}, "LLM_MODEL_2: write one as"),
    ],
)
def test_what_cannot_work_stops_the_start_with_what_to_write(said, complaint):
    with pytest.raises(ImproperlyConfigured, match=complaint):
        language_models(said)


def test_a_model_without_its_packages_stops_the_start_with_what_to_run(monkeypatch):
    monkeypatch.setattr(writers, "find_spec", lambda name: None)

    with pytest.raises(ImproperlyConfigured, match="make llm"):
        language_models({"LLM_MODEL": "openai:m", "LLM_API_KEY": "k"})


@pytest.mark.parametrize(
    ("text", "dollars"), [("", "2"), ("0", "0"), ("0.50", "0.5"), ("10", "10")]
)
def test_the_budget_is_dollars_a_day(text, dollars):
    assert budget(text) == Decimal(dollars)


@pytest.mark.parametrize("text", ["-1", "two", "1e9", "1,5", "nan"])
def test_a_budget_that_is_no_sum_stops_the_start(text):
    with pytest.raises(ImproperlyConfigured, match="LLM_BUDGET"):
        budget(text)


def test_a_model_whose_price_nobody_knows_is_an_error_of_the_installation(settings):
    settings.LLM_MODELS = [
        configured("https://models.example.org/v1", "unheard-of", price=None),
        configured("", "gpt-5-mini", provider="openai", price=None),
    ]

    [error] = [each for each in run_checks() if each.id == "papers.E001"]

    assert "openai-compatible:unheard-of" in error.msg
    assert "LLM_PRICE" in error.hint
