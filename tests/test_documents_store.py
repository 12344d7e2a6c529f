"""Documents into the database, on the rows they make and those they leave alone."""

from datetime import date

import pytest
from django.db import OperationalError, connection

from newsletter.compose import compose_edition
from newsletter.documents.document import Document, DocumentEntry, Section
from newsletter.documents.store import store_document
from newsletter.models import Edition, Entry, Rendition, WrongState
from papers.models import Paper, Summary
from papers.summarise.source import keep_reading, source_text
from tests.factories import (
    DAY,
    make_edition,
    make_listing,
    make_paper,
    make_receipt,
    make_summary,
)

CARD = "https://cdn-thumbnails.huggingface.co/social-thumbnails/papers/2407.00001.png"
FACE = "https://cdn-avatars.huggingface.co/v1/production/uploads/62/face.jpeg"
UPLOADED = "https://cdn-uploads.huggingface.co/production/uploads/62/figure"
MAP = (Section("What's New", "지도."), Section("Technical Details", "번호."))


def parcels(**fields):
    fields = {
        "paper_id": "2407.00001",
        "title": "Parcels",
        "vote": "42",
        "authors": ("Bob Baker", "Alice Ahn"),
        "sections": MAP,
    } | fields
    return DocumentEntry(**fields)


def document(*entries, **fields):
    fields = {"name": "Daily Papers", "date": DAY} | fields
    return Document(entries=entries or (parcels(),), **fields)


def everything():
    models = (Paper, Summary, Edition, Entry, Rendition)
    return {model: [*model.objects.order_by("pk").values()] for model in models}


def test_a_document_becomes_a_draft(daily_papers):
    store_document(
        document(parcels(), parcels(paper_id="2407.00002", vote="-")), daily_papers, "ko"
    )

    edition = Edition.objects.get(newsletter=daily_papers, date=DAY)
    assert edition.state == Edition.State.DRAFT
    assert [*edition.renditions.values_list("language", flat=True)] == ["ko"]
    assert [*edition.entries.values_list("paper__canonical_id", "position", "vote_count")] == [
        ("2407.00001", 1, 42),
        ("2407.00002", 2, None),
    ]


def test_a_paper_that_nobody_knew_is_kept_as_printed(daily_papers):
    store_document(document(), daily_papers, "ko")

    paper = Paper.objects.get()
    assert paper.origin == Paper.Origin.DOCUMENT
    assert (paper.canonical_id, paper.title) == ("2407.00001", "Parcels")
    assert (paper.author_names, paper.image_url) == (["Bob Baker", "Alice Ahn"], CARD)


def test_a_paper_from_a_source_keeps_its_own_facts(daily_papers):
    known = make_paper(canonical_id="2407.00001", title="Parcels and Letters")
    before = Paper.objects.values().get(pk=known.pk)

    store_document(document(), daily_papers, "ko")

    assert Paper.objects.values().get() == before


@pytest.mark.parametrize(
    ("image", "shown"),
    [
        (f"{UPLOADED}.png", f"{UPLOADED}.png"),
        (CARD, CARD),
        (FACE, CARD),
        ("/avatars/2b6d.svg", CARD),
        (f"{UPLOADED}.webm", CARD),
        ("javascript:alert(1)", CARD),
        ("https://[", CARD),
        ("", CARD),
    ],
)
def test_only_a_still_picture_of_the_paper_becomes_its_picture(daily_papers, image, shown):
    stored = store_document(document(parcels(image=image)), daily_papers, "ko")

    assert Paper.objects.get().image_url == shown
    assert Entry.objects.get().printed["ko"]["image"] == image
    assert stored.unfit_pictures == ([] if image in ("", shown) else ["2407.00001"])


def test_sections_beyond_the_three_parts_are_kept_in_their_order(daily_papers):
    sections = (Section("", "하나."), *MAP, Section("Outlook", "둘."), Section("What's New", "셋."))

    store_document(document(parcels(sections=sections)), daily_papers, "ko")

    summary = Summary.objects.get()
    assert (summary.writer, summary.text_language) == (Summary.Writer.DOCUMENT, "ko")
    assert (summary.whats_new, summary.technical_details) == ("지도.", "번호.")
    assert summary.further == [["", "하나."], ["Outlook", "둘."], ["What's New", "셋."]]


def test_another_summary_is_replaced_and_told(daily_papers):
    make_summary(make_paper(canonical_id="2407.00001"), lead="One line.", lead_by="a model")

    stored = store_document(document(), daily_papers, "ko")

    assert stored.replaced == ["2407.00001"]
    summary = Summary.objects.get()
    assert (summary.whats_new, summary.lead, summary.lead_by) == ("지도.", "", "")


def test_a_summary_that_says_the_same_stays_with_its_writer(daily_papers):
    paper = make_paper(canonical_id="2407.00001")
    make_summary(paper, whats_new="지도. \n", technical_details="번호.", performance_highlights="")
    before = Summary.objects.values().get()

    stored = store_document(document(), daily_papers, "ko")

    assert stored.replaced == []
    assert Summary.objects.values().get() == before


def test_a_document_takes_no_claims_and_no_receipt_over_from_the_model_it_replaces(daily_papers):
    paper = make_paper(canonical_id="2407.00001")
    receipt = make_receipt(keep_reading(paper, source_text(paper)))
    claim = {"part": "whats_new", "text": "모델의 말.", "quote": "We propose a map."}
    make_summary(paper, writer="model", claims=[claim], receipt=receipt)

    store_document(document(), daily_papers, "ko")

    summary = Summary.objects.get()
    assert (summary.writer, summary.claims, summary.receipt) == ("document", [], None)
    assert summary.revisions.get().before["claims"] == [claim]


def test_a_second_import_changes_nothing(daily_papers):
    store_document(document(intro="안녕하세요."), daily_papers, "ko")
    before = everything()

    stored = store_document(document(intro="안녕하세요."), daily_papers, "ko")

    assert not stored.is_changed
    assert everything() == before


def test_another_language_of_the_same_date_stands_beside_the_first(daily_papers):
    store_document(document(), daily_papers, "ko")
    english = parcels(title="Parcels!", sections=(Section("What's New", "A map."),))
    store_document(document(english), daily_papers, "en")

    entry = Entry.objects.get()
    assert {code: printed["title"] for code, printed in entry.printed.items()} == {
        "ko": "Parcels",
        "en": "Parcels!",
    }
    assert Summary.objects.get(language="ko").whats_new == "지도."
    assert Rendition.objects.count() == 2


def test_entries_that_the_document_does_not_have_are_hidden_and_told(daily_papers):
    edition = make_edition(daily_papers, papers=2)
    others = [entry.paper.canonical_id for entry in edition.entries.all()]

    stored = store_document(document(), daily_papers, "ko")

    assert stored.hidden == tuple(others)
    assert [e.paper.canonical_id for e in edition.printed_entries()] == ["2407.00001"]
    assert edition.entries.count() == 3


def test_a_hidden_entry_that_the_document_prints_is_shown_again(daily_papers):
    stored = store_document(document(), daily_papers, "ko")
    stored.edition.entries.update(hidden=True)

    store_document(document(), daily_papers, "ko")

    assert stored.edition.printed_entries().count() == 1


def test_what_an_editor_wrote_survives_a_document_that_has_none(daily_papers):
    noted = parcels(note="읽어 볼 만합니다.")
    store_document(document(noted, intro="안녕하세요."), daily_papers, "ko")

    store_document(document(), daily_papers, "ko")

    assert Entry.objects.get().note == "읽어 볼 만합니다."
    assert Rendition.objects.get().intro == "안녕하세요."


@pytest.mark.parametrize("state", ["scheduled", "collecting", "skipped"])
def test_an_edition_without_entries_yet_is_filled(daily_papers, state):
    Edition.objects.create(newsletter=daily_papers, date=DAY, state=state, reason="No papers.")

    store_document(document(), daily_papers, "ko")

    edition = Edition.objects.get()
    assert (edition.state, edition.reason) == (Edition.State.DRAFT, "")
    assert edition.entries.count() == 1


@pytest.mark.parametrize("state", ["approved", "freezing", "cancelled", "expired"])
def test_an_approved_edition_is_left_alone(daily_papers, state):
    edition = make_edition(daily_papers, papers=1, state=state)
    before = everything()

    with pytest.raises(WrongState, match=f"Daily Papers 2024-07-03 is {state}, and only a draft"):
        store_document(document(), daily_papers, "ko")

    assert everything() == before
    assert edition.entries.count() == 1


def test_an_editor_who_looks_at_the_draft_from_before_cannot_approve_it(daily_papers):
    seen = make_edition(daily_papers)

    store_document(document(), daily_papers, "ko")

    with pytest.raises(WrongState, match="changed by someone else"):
        seen.move(Edition.State.APPROVED, come_from=[Edition.State.DRAFT])


def test_composing_again_keeps_the_document_s_order(daily_papers):
    store_document(document(parcels(vote="3")), daily_papers, "ko")
    make_listing(make_paper(canonical_id="2407.00009"), vote_count=99)

    edition = compose_edition(daily_papers, DAY)

    papers = [entry.paper.canonical_id for entry in edition.printed_entries()]
    assert papers == ["2407.00001", "2407.00009"]


def test_a_connection_lost_in_the_middle_leaves_nothing_half_stored(daily_papers):
    before = everything()

    def lose_the_second_entry(execute, sql, params, many, context):
        if sql.startswith('INSERT INTO "newsletter_entry"') and Entry.objects.exists():
            raise OperationalError("server closed the connection unexpectedly")
        return execute(sql, params, many, context)

    two = document(parcels(), parcels(paper_id="2407.00002"), date=date(2024, 7, 4))
    with connection.execute_wrapper(lose_the_second_entry), pytest.raises(OperationalError):
        store_document(two, daily_papers, "ko")

    assert everything() == before
