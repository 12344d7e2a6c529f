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
    testers = list(edition.newsletter.testers.all())
    for tester in testers:
        send_proof(edition, tester, reply_to=editor.email)
    logger.info("proofs edition=%s testers=%s", edition_id, len(testers))


def send_proof(edition: Edition, tester: Tester, *, reply_to: str) -> None:
    answer = ""
    for language in tester.languages_of(edition.languages):
        result = notify.send_proof(edition, language, tester.email, reply_to)
        if result.outcome is not Outcome.ACCEPTED:
            answer = result.code or result.outcome.value
    Tester.objects.filter(pk=tester.pk).update(proofed_at=clock.now(), proof_answer=answer[:200])
