"""Language models: whether those that are to write can be asked, and what is left of the budget."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from newsletter.doctor.finding import Ailment, Finding, Level, check
from papers.models import Receipt
from papers.summarise.llm.configured import LanguageModel, language_models, price_of
from papers.summarise.llm.receipts import spent

A_DAY = timedelta(days=1)
ENOUGH_TO_TELL = 3  # questions in a row that a model did not answer

NO_PRICE = Ailment(
    "model-without-price",
    Level.WARNING,
    _("What the language model %(model)s costs is not known."),
    _("It is not asked; summaries are sentences of the abstracts."),
    _("Set LLM_PRICE or LLM_PRICE_2 to dollars for a million tokens read and written: 0.25,2"),
)
AWAY = Ailment(
    "model-away",
    Level.WARNING,
    _("The language model %(model)s did not answer the last %(count)s questions: %(problem)s"),
    _("What no other model writes is sentences of the abstracts."),
    _("See that LLM_BASE_URL and LLM_API_KEY are right, and that the provider is well."),
)
SPENT = Ailment(
    "model-budget-spent",
    Level.WARNING,
    _("Of the language models’ budget of $%(budget)s for today, $%(spent)s are spent."),
    _("The rest of today’s summaries are sentences of the abstracts."),
    _("Nothing, if that is meant. LLM_BUDGET sets dollars a day; a day begins at midnight UTC."),
)


@check("papers.Receipt", _("The language models that are to write can be asked."))
def models() -> Iterator[Finding]:
    """By what their last receipts say: asking one would cost."""
    for model in language_models():
        price = price_of(model)
        if price is None:
            yield NO_PRICE.found(model=str(model))
        yield from silence_of(model)
    today = spent(timezone.now())
    if language_models() and today and today >= settings.LLM_BUDGET * 95 / 100:
        yield SPENT.found(budget=f"{settings.LLM_BUDGET:.2f}", spent=f"{today:.2f}")


def silence_of(model: LanguageModel) -> Iterator[Finding]:
    of_late = Receipt.objects.filter(model=str(model), asked_at__gt=timezone.now() - A_DAY)
    newest = list(of_late.exclude(state=Receipt.State.ASKED)[:ENOUGH_TO_TELL])
    silent = [each for each in newest if each.state == Receipt.State.UNAVAILABLE]
    if len(silent) == ENOUGH_TO_TELL:
        yield AWAY.found(model=str(model), count=len(silent), problem=silent[0].problem)
