"""What pre-flight says of an edition as a whole, and that approving obeys it."""

from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from django.utils.translation import override

from newsletter import tasks
from newsletter.approve import Stopped, approve_edition
from newsletter.models import Edition, Override
from newsletter.preflight import CHECKS, Level, preflight
from newsletter.preflight.override import override_stop
from papers.models import Paper
from tests.factories import (
    default_newsletter,
    make_edition,
    make_editor,
    make_paper,
    make_summary,
    make_visit,
)

State = Edition.State
DEAD = "https://code.example/parcels"
pytestmark = pytest.mark.django_db
INVENTED = "Transformer self-attention feed-forward BERT ImageNet GAN WMT"


@pytest.fixture
def edition() -> Edition:
    """Its paper's code is at an address where nothing is."""
    make_visit(DEAD, state="gone", said="HTTP 404 Not Found")
    return make_edition(papers=[make_paper(code_url=DEAD)])


def stops(edition: Edition) -> list[tuple[str, str]]:
    with override("en"):
        return [(stop.check, stop.sentence) for stop in preflight(edition).stops]


def test_a_draft_without_fault_is_stopped_by_nothing(daily_papers):
    daily_papers.postal_address = "1 Letter Lane"
    daily_papers.save()
    edition = make_edition(daily_papers)
    make_visit_of_all(edition)

    report = preflight(edition)

    assert [(each.level, each.check) for each in report.findings] == [(Level.WARNING, "pictures")]
    assert len(report.passed) == len(CHECKS) - 1


def make_visit_of_all(edition: Edition) -> None:
    paper = edition.entries.get().paper
    for url in (paper.arxiv_url, paper.pdf_url, paper.discussion_url):
        make_visit(url)


def test_a_stop_refuses_the_approval_and_the_edition_stays_a_draft(edition):
    with override("en"), pytest.raises(Stopped) as refused:
        approve_edition(edition)

    edition.refresh_from_db()
    assert str(refused.value) == (
        f"1 thing stops this edition. A link of no. 1 leads nowhere: {DEAD} (HTTP 404 Not Found)"
    )
    assert (edition.state, edition.content_sha256) == (State.DRAFT, "")


def test_the_command_says_what_stops_it(edition):
    with pytest.raises(CommandError) as refused:
        call_command("approve_edition", str(edition.date))

    assert str(refused.value).splitlines() == [
        "Daily Papers 2024-07-03 is not approved. Pre-flight stops it:",
        f"  links: A link of no. 1 leads nowhere: {DEAD} (HTTP 404 Not Found)",
        "Mend it, or let it pass with a reason: "
        f"https://paperboy.example/en/admin/newsletter/edition/{edition.pk}/change/",
    ]


def test_an_override_lets_it_be_approved_and_keeps_who_when_what_and_why(edition):
    kim = make_editor("kim")

    override_stop(edition, preflight(edition).stops[0].fingerprint, kim, " They move today. ")
    approve_edition(edition, by=kim)

    word = Override.objects.get()
    assert edition.state == State.APPROVED
    assert (word.by, word.by_name, word.check_name) == (kim, "kim", "links")
    assert (word.reason, DEAD in word.sentence) == ("They move today.", True)
    assert abs(word.at - timezone.now()) < timedelta(minutes=1)


def test_an_edit_of_what_was_overridden_makes_the_override_void(edition):
    kim, paper = make_editor("kim"), edition.entries.get().paper
    override_stop(edition, preflight(edition).stops[0].fingerprint, kim, "They move today.")
    make_visit(f"{DEAD}/new", state="gone", said="HTTP 410 Gone")

    paper.code_url = f"{DEAD}/new"
    paper.save()

    report = preflight(edition)
    assert [stop.check for stop in report.stops] == ["links"]
    assert [word.reason for word in report.void] == ["They move today."]


def test_an_edit_elsewhere_leaves_the_override_standing(edition):
    kim = make_editor("kim")
    override_stop(edition, preflight(edition).stops[0].fingerprint, kim, "They move today.")

    edition.renditions.update(subject="Another subject")
    edition.entries.update(note="A note.")

    report = preflight(edition)
    assert (report.stops, [each.word.reason for each in report.overridden]) == (
        [],
        ["They move today."],
    )


def test_an_override_of_an_invented_summary_ends_when_it_is_rewritten():
    paper = make_paper()
    make_summary(paper, "ko", whats_new=INVENTED)
    edition, kim = make_edition(papers=[paper]), make_editor("kim")
    override_stop(edition, preflight(edition).stops[0].fingerprint, kim, "It is a joke.")

    before = stops(edition)
    paper.summaries.filter(language="ko").update(whats_new=f"{INVENTED} SQuAD")

    assert (before, [check for check, _ in stops(edition)]) == ([], ["verdicts"])


def test_a_draft_that_sends_itself_is_held_by_a_stop_with_the_reason(edition):
    make_due(edition)

    tasks.approve_unattended(edition.pk)

    edition.refresh_from_db()
    assert edition.state == State.DRAFT
    assert edition.hold_reason.startswith("1 thing stops this edition. A link of no. 1 leads")
    assert list(tasks.approvals_due(timezone.now())) == []


def test_what_sends_itself_is_judged_anew_first_where_verdicts_do_not_stand():
    paper = make_paper()
    edition = make_edition(papers=[paper])
    make_due(edition)
    paper.summaries.update(verdict="pass", judged_sha256="0" * 64, whats_new=INVENTED)

    tasks.approve_unattended(edition.pk)

    assert set(paper.summaries.values_list("verdict", flat=True)) == {"block"}
    assert Edition.objects.get().state == State.DRAFT


def test_an_approval_ends_the_hold_of_a_stop_and_no_other(edition):
    make_due(edition)
    tasks.approve_unattended(edition.pk)
    Paper.objects.update(code_url="")
    edition.refresh_from_db()

    approve_edition(edition, by=make_editor("kim"))

    assert (edition.state, edition.hold_reason) == (State.APPROVED, "")
    by_hand = make_edition(date=date(2024, 7, 4), hold_reason="A picture is wrong.")
    assert approve_edition(by_hand).hold_reason == "A picture is wrong."


def test_a_stop_that_was_overridden_does_not_stop_what_sends_itself(edition):
    make_due(edition)
    kim = make_editor("kim")
    override_stop(edition, preflight(edition).stops[0].fingerprint, kim, "They move today.")

    tasks.approve_unattended(edition.pk)

    edition.refresh_from_db()
    assert edition.state == State.APPROVED


def make_due(edition: Edition) -> None:
    now = timezone.now()
    times = {"not_before": now - timedelta(minutes=1), "expires_at": now + timedelta(hours=1)}
    Edition.objects.filter(pk=edition.pk).update(**times)
    default_newsletter()
    edition.refresh_from_db()
