"""Questions to the network, asked in the background: nobody waits for them longer than they may."""

from __future__ import annotations

import time
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NoAnswerYet
from dataclasses import dataclass
from threading import Thread

from django.utils.translation import gettext_lazy as _

from newsletter.doctor.finding import Ailment, Finding, Level, Question
from newsletter.doctor.names import NotKnown

NOT_KNOWN = Ailment(
    "not-known",
    Level.UNKNOWN,
    _("%(about)s: no answer."),
    _("Whether this stops anything is not known."),
    _("Ask again, or from another machine: name servers or the network did not answer."),
)


@dataclass(frozen=True)
class Answer:
    """What will be found out, if it is in time."""

    question: Question
    future: Future[list[Finding]]
    asked_at: float

    def within(self, seconds: float) -> list[Finding]:
        """Counted from the question; that nobody answers is a finding, and not an error."""
        left = self.asked_at + seconds - time.monotonic()
        try:
            return self.future.result(max(0, left))
        except (NoAnswerYet, NotKnown):
            return [NOT_KNOWN.found(about=self.question.about)]


def begin(question: Question) -> Answer:
    """Ask; a process that ends does not wait for the answer. An error of ours is no answer: it is
    told on the error stream, and what was asked for is not known."""
    future: Future[list[Finding]] = Future()
    Thread(target=fulfil, args=[question, future], name="doctor", daemon=True).start()
    return Answer(question, future, time.monotonic())


def fulfil(question: Question, future: Future[list[Finding]]) -> None:
    try:
        future.set_result(list(question.ask()))
    except NotKnown as unknown:
        future.set_exception(unknown)
