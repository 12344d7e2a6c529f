from smtplib import SMTPServerDisconnected
from typing import ClassVar

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend as Locmem

from newsletter import notify, testers
from newsletter.outcome import Outcome
from tests.factories import make_edition, make_editor, make_tester
from tests.test_notify import Relay

pytestmark = pytest.mark.django_db


@pytest.fixture
def kim():
    return make_editor("kim", email="kim@paperboy.example")


def test_each_tester_gets_a_copy_in_their_language_and_answers_go_to_the_editor(daily_papers, kim):
    make_tester(daily_papers, "dana@testers.example", language="en")
    make_tester(daily_papers, "min@testers.example")
    edition = make_edition(daily_papers)

    testers.send_proofs(edition.pk, kim.pk)

    assert sorted((sent.to[0], sent.reply_to) for sent in mail.outbox) == [
        ("dana@testers.example", ["kim@paperboy.example"]),
        ("min@testers.example", ["kim@paperboy.example"]),
        ("min@testers.example", ["kim@paperboy.example"]),
    ]
    assert mail.outbox[-1].subject.startswith("Proof: ")


class Counting(Locmem):
    """A mail server that counts who connects to it, and drops those that mail `dropped`."""

    openings: ClassVar[list[int]] = []
    is_open = False

    def open(self):
        if not self.is_open:
            self.openings.append(1)
        self.is_open = True

    def close(self):
        self.is_open = False

    def send_messages(self, messages):
        self.open()
        if messages[0].to[0].startswith("dropped"):
            raise SMTPServerDisconnected("Connection unexpectedly closed")
        return super().send_messages(messages)


def test_a_language_is_written_once_and_its_copies_leave_over_one_connection(
    daily_papers, settings
):
    settings.EMAIL_BACKEND = f"{Counting.__module__}.{Counting.__name__}"
    Counting.openings.clear()

    results = notify.send_proofs(make_edition(daily_papers), "en", ["a@b.example"] * 3)

    assert [result.outcome for result in results] == [Outcome.ACCEPTED] * 3
    assert len(Counting.openings) == 1


def test_who_loses_the_connection_keeps_back_none_of_the_others(daily_papers, settings):
    settings.EMAIL_BACKEND = f"{Counting.__module__}.{Counting.__name__}"
    Counting.openings.clear()
    addresses = [f"{name}@testers.example" for name in ("ann", "dropped", "eve")]

    results = notify.send_proofs(make_edition(daily_papers), "en", addresses)

    assert [result.outcome is Outcome.ACCEPTED for result in results] == [True, False, True]
    assert len(Counting.openings) == 2


def test_where_nobody_listens_no_proof_leaves_and_each_tester_has_the_reason(
    daily_papers, kim, settings
):
    settings.EMAIL_BACKEND = "newsletter.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    make_tester(daily_papers, "ann@testers.example")

    testers.send_proofs(make_edition(daily_papers).pk, kim.pk)

    assert daily_papers.testers.get().proof_answer == "ConnectionRefusedError"


def test_a_tester_of_another_newsletter_gets_nothing(daily_papers, kim):
    edition = make_edition(daily_papers)

    testers.send_proofs(edition.pk, kim.pk)

    assert mail.outbox == []


def test_what_became_of_a_proof_stands_with_the_tester(daily_papers, kim, settings):
    settings.EMAIL_BACKEND = f"{Relay.__module__}.{Relay.__name__}"
    make_tester(daily_papers, "refused@testers.example")
    make_tester(daily_papers, "dana@testers.example")

    testers.send_proofs(make_edition(daily_papers).pk, kim.pk)

    answers = dict(daily_papers.testers.values_list("email", "proof_answer"))
    assert answers == {"refused@testers.example": "550 5.1.1", "dana@testers.example": ""}
    assert all(daily_papers.testers.values_list("proofed_at", flat=True))


def test_a_language_that_the_edition_does_not_have_is_each_of_them(daily_papers):
    assert make_tester(daily_papers, "d@testers.example", language="de").languages_of(["ko"]) == [
        "ko"
    ]
