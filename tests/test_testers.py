import pytest
from django.core import mail

from newsletter import testers
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
    assert mail.outbox[0].subject.startswith("Proof: ")


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
