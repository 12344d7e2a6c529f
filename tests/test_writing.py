"""Editions are built in time, whatever the models do, and drafts are written to the end."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connections
from django.utils import timezone

from newsletter import tasks, writing
from newsletter.approve import approve_edition
from newsletter.models import Edition, WrongState
from papers.models import Receipt, Summary
from papers.summarise.source import source_text
from tests import model_answers as does
from tests.factories import DAY, make_edition, make_listing, make_paper
from tests.language_model import configured
from tests.parcel_map import ABSTRACT

pytestmark = pytest.mark.django_db
State, Why, Writer = Edition.State, Summary.WhyExtract, Summary.Writer
NOW = timezone.now()
SEND = NOW + timedelta(minutes=50)


@pytest.fixture
def listed(daily_papers):
    return [
        make_listing(make_paper(title=f"ParcelMap {number}", abstract=ABSTRACT + f" {number}."))
        for number in range(11, 14)
    ]


@pytest.fixture
def edition(daily_papers):
    return make_edition(
        daily_papers,
        papers=0,
        state=State.SCHEDULED,
        not_before=SEND,
        expires_at=SEND + timedelta(days=1),
    )


@pytest.fixture
def source(httpserver, settings):
    """It lists nothing new."""
    httpserver.expect_request("/api/daily_papers").respond_with_json([])
    settings.HF_API_URL = httpserver.url_for("/api")


def writers():
    return set(Summary.objects.values_list("writer", "why_extract"))


@pytest.mark.usefixtures("source", "listed")
def test_an_edition_is_built_of_what_models_wrote(models, edition):
    tasks.build_edition(edition.pk)

    edition.refresh_from_db()
    assert edition.state == State.DRAFT
    assert writers() == {(Writer.MODEL, "")}
    assert Summary.objects.count() == 6


@pytest.mark.usefixtures("source", "listed")
@pytest.mark.parametrize("behaviour", ["hang", "wait", "refuse"])
def test_an_edition_is_built_in_time_whatever_the_models_do(
    models, edition, settings, monkeypatch, behaviour
):
    settings.LLM_SECONDS = 60
    monkeypatch.setattr(writing, "SECONDS", 1)
    monkeypatch.setattr(writing, "LEAST_SECONDS", 1)
    always = {"hang": models.hang, "wait": does.tells_to_wait(20), "refuse": does.refuses}
    models.will(always[behaviour])

    tasks.build_edition(edition.pk)

    edition.refresh_from_db()
    assert edition.state == State.DRAFT
    assert edition.printed_entries().count() == 3
    assert {writer for writer, _why in writers()} == {Writer.EXTRACT}


@pytest.mark.usefixtures("source")
def test_a_build_is_claimed_for_as_long_as_the_models_may_write(
    transactional_db, models, edition, listed
):
    claims = []

    def look(asked):
        claims.append(Edition.objects.get().build_again_at)
        connections.close_all()  # this thread's own
        return does.well(asked)

    models.will(look)
    tasks.build_edition(edition.pk)

    assert min(claims) > NOW + timedelta(seconds=writing.SECONDS)


@pytest.mark.parametrize(
    ("before_sending", "seconds"),
    [(timedelta(hours=1), 240), (timedelta(minutes=2), 120), (timedelta(0), 60)],
)
def test_a_build_does_not_wait_beyond_the_send_time_if_that_can_be(
    edition, settings, before_sending, seconds
):
    settings.LLM_MODELS = [configured("http://127.0.0.1:9/v1")]

    assert writing.seconds_to_write(edition, SEND - before_sending) == seconds


def draft_of(daily_papers, why, **fields):
    paper = make_paper(title="ParcelMap", abstract=ABSTRACT)
    for language in ("ko", "en"):
        Summary.objects.create(
            paper=paper,
            language=language,
            text_language="en",
            whats_new="We propose ParcelMap.",
            writer=Writer.EXTRACT,
            why_extract=why,
            source_kind="abstract",
            source_sha256=source_text(paper).sha256,
            written_at=timezone.now(),
        )
    day_after = SEND + timedelta(days=1)
    return make_edition(
        daily_papers, papers=[paper], not_before=SEND, expires_at=day_after, **fields
    )


@pytest.mark.parametrize("why", [Why.LATE, Why.UNAVAILABLE, Why.BUDGET])
def test_a_draft_has_the_models_asked_again(models, daily_papers, why):
    edition = draft_of(daily_papers, why)
    assert list(writing.writings_due(NOW)) == [edition]

    tasks.write_summaries(edition.pk)

    assert writers() == {(Writer.MODEL, "")}
    assert list(writing.writings_due(NOW)) == []


@pytest.mark.parametrize("why", ["", Why.BLOCKED, Why.REFUSED])
def test_what_was_blocked_refused_or_not_for_models_is_not_asked_again(models, daily_papers, why):
    draft_of(daily_papers, why)

    assert list(writing.writings_due(NOW)) == []


def test_a_draft_that_an_editor_touched_is_left_as_it_is(models, daily_papers):
    edition = draft_of(daily_papers, Why.LATE)
    edition.entries.update(touched_at=NOW)
    assert list(writing.writings_due(NOW)) == []

    edition.entries.update(touched_at=None)
    Edition.objects.update(curated_at=NOW)
    assert list(writing.writings_due(NOW)) == []


def test_a_draft_that_an_editor_touched_has_only_what_was_asked_for_written(models, daily_papers):
    edition = draft_of(daily_papers, Why.LATE)
    entry = edition.entries.get()
    edition.entries.update(touched_at=NOW)

    tasks.write_summaries(edition.pk)
    assert models.asked == []

    tasks.write_summaries(edition.pk, [entry.paper_id + 1])
    assert models.asked == []

    tasks.write_summaries(edition.pk, [entry.paper_id])
    assert writers() == {(Writer.MODEL, "")}


def test_who_saw_a_draft_before_a_model_wrote_does_not_approve_it(models, daily_papers):
    edition = draft_of(daily_papers, Why.LATE)

    tasks.write_summaries(edition.pk)

    with pytest.raises(WrongState):
        approve_edition(edition)
    assert Edition.objects.get().state == State.DRAFT


@pytest.mark.parametrize("state", [State.APPROVED, State.DONE])
def test_what_is_approved_while_a_model_writes_prints_what_was_approved(
    transactional_db, models, daily_papers, state
):
    draft_of(daily_papers, Why.LATE)
    done = {"state": state, "content_sha256": "0" * 64, "done_at": NOW, "audience_frozen_at": NOW}

    def approve_meanwhile(asked):
        Edition.objects.update(**done)
        connections.close_all()
        return does.well(asked)

    models.will(approve_meanwhile)
    tasks.write_summaries(Edition.objects.get().pk)

    assert {writer for writer, _why in writers()} == {Writer.EXTRACT}
    assert Receipt.objects.filter(state=Receipt.State.WRITTEN).count() == 2


def test_the_command_changes_nothing_that_was_printed_and_asks_nobody(models, daily_papers):
    draft_of(daily_papers, "", state=State.APPROVED)

    call_command("summarise_papers", "--again")

    assert models.asked == []
    assert writers() == {(Writer.EXTRACT, "")}


def test_a_turn_that_ends_early_is_followed_by_another(models, daily_papers, settings, monkeypatch):
    settings.LLM_CONCURRENCY = 1
    settings.LLM_SECONDS = 60
    edition = draft_of(daily_papers, Why.LATE)
    monkeypatch.setattr(writing, "SECONDS", 2)
    answers = iter([does.well])
    models.will(lambda asked: next(answers, models.hang)(asked))

    assert writing.write_summaries(edition)


def test_a_draft_that_is_held_or_has_all_in_its_own_languages_is_not_due(models, daily_papers):
    edition = draft_of(daily_papers, Why.LATE)
    Summary.objects.exclude(language="ko").delete()
    edition.newsletter.languages = ["en"]
    edition.newsletter.save()
    assert writing.writings_due(NOW) == []

    edition.newsletter.languages = ["ko"]
    edition.newsletter.save()
    assert writing.writings_due(NOW) == [edition]
    Edition.objects.update(hold_reason="Wait.")
    assert writing.writings_due(NOW) == []


def test_an_edition_that_was_approved_is_not_written_any_more(models, daily_papers):
    edition = draft_of(daily_papers, Why.LATE, state=State.APPROVED)
    assert list(writing.writings_due(NOW)) == []

    tasks.write_summaries(edition.pk)

    assert models.asked == []


def test_an_editor_at_a_page_waits_for_no_model(models, desk, daily_papers):
    edition = draft_of(daily_papers, "")
    paper = make_paper(title="ParcelMap 2", abstract=ABSTRACT)

    desk.post(
        f"/admin/newsletter/edition/{edition.pk}/add/",
        {"add_paper": paper.canonical_id, "seen_version": edition.version},
    )

    assert models.asked == []
    assert set(paper.summaries.values_list("why_extract", flat=True)) == {Why.LATE}


@pytest.mark.usefixtures("listed")
def test_the_command_tells_what_models_wrote_and_what_they_cost(models, capsys):
    call_command("summarise_papers", date=DAY)

    shown = capsys.readouterr().out
    assert "ko: 3 papers, 3 summarised now, 0 left without a summary" in shown
    assert (
        "Language models wrote 6, of which 0 had been answered before; they cost $0.0096" in shown
    )


@pytest.mark.usefixtures("listed")
def test_the_command_has_extracts_of_before_written_by_models(models, settings, capsys):
    configured_now, settings.LLM_MODELS = settings.LLM_MODELS, []
    call_command("summarise_papers", language="ko")
    settings.LLM_MODELS = configured_now
    call_command("summarise_papers", language="ko")
    assert models.asked == []

    call_command("summarise_papers", "--again", language="ko")

    assert writers() == {(Writer.MODEL, "")}
    assert Receipt.objects.count() == 3
