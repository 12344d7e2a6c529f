from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from newsletter.doctor.language_models import models as check
from papers.models import Receipt
from tests.factories import make_paper
from tests.language_model import configured

pytestmark = pytest.mark.django_db
NOWHERE = "http://127.0.0.1:9/v1"


def found():
    return [finding.name for finding in check.look()]


def make_receipt(**fields):
    fields = {
        "paper": make_paper(),
        "language": "ko",
        "model": "openai-compatible:stand-in",
        "asked_at": timezone.now(),
    } | fields
    return Receipt.objects.create(**fields)


def test_without_a_model_there_is_nothing_to_say():
    make_receipt(state=Receipt.State.UNAVAILABLE, cost_usd=Decimal(5))

    assert found() == []


def test_a_model_that_answers_is_well_and_none_is_asked(settings):
    settings.LLM_MODELS = [configured(NOWHERE)]
    make_receipt(state=Receipt.State.WRITTEN, answer=[], cost_usd=Decimal("0.01"))

    assert found() == []


def test_a_model_whose_price_nobody_knows_is_named(settings):
    settings.LLM_MODELS = [configured(NOWHERE, price=None)]

    assert found() == ["model-without-price"]


def test_a_model_that_was_silent_three_times_in_a_row_is_told_with_its_problem(settings):
    settings.LLM_MODELS = [configured(NOWHERE)]
    for _ in range(2):
        make_receipt(state=Receipt.State.UNAVAILABLE, problem="no answer in 60 seconds")
    assert found() == []

    make_receipt(state=Receipt.State.UNAVAILABLE, problem="no answer in 60 seconds")

    [finding] = check.look()
    assert finding.name == "model-away"
    assert "no answer in 60 seconds" in finding.wrong


def test_a_spent_budget_is_told_until_the_day_is_over(settings):
    settings.LLM_MODELS = [configured(NOWHERE)]
    settings.LLM_BUDGET = Decimal(2)
    receipt = make_receipt(state=Receipt.State.WRITTEN, answer=[], cost_usd=Decimal("1.95"))
    assert found() == ["model-budget-spent"]

    receipt.asked_at -= timedelta(days=1)
    receipt.save()
    assert found() == []
