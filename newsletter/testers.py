"""Proof copies to a newsletter's testers."""

from __future__ import annotations

import logging

from django.contrib.auth.models import User

from newsletter import clock, notify
from newsletter.models import Edition, Tester
from newsletter.outcome import Outcome

logger = logging.getLogger(__name__)


def send_proofs(edition_id: int, editor_id: int) -> None:
    """One to each tester, in their language or in each, as readers would get it now. Answers go to
    the editor who asked. What became of it stands with the tester."""
    edition = Edition.objects.select_related("newsletter").get(pk=edition_id)
    editor = User.objects.get(pk=editor_id)
    answers = dict.fromkeys(edition.newsletter.testers.all(), "")
    for language in edition.languages:
        having = [each for each in answers if language in each.languages_of(edition.languages)]
        if not having:
            continue
        addresses = [tester.email for tester in having]
        results = notify.send_proofs(edition, language, addresses, editor.email)
        for tester, result in zip(having, results, strict=True):
            if result.outcome is not Outcome.ACCEPTED:
                answers[tester] = result.code or result.outcome.value
    for tester, answer in answers.items():
        row = Tester.objects.filter(pk=tester.pk)
        row.update(proofed_at=clock.now(), proof_answer=answer[:200])
    logger.info("proofs edition=%s testers=%s", edition_id, len(answers))
