import json
from decimal import Decimal

from django.utils.translation import override

from newsletter.documents.describe import edition_json
from newsletter.documents.document import Document, DocumentEntry, Section
from newsletter.documents.store import store_document
from papers.summarise.judging import judgement_of
from papers.summarise.source import SourceText, keep_reading, source_text
from tests.factories import DAY, make_edition, make_paper, make_receipt, make_summary

PAPER = {
    "id": "2407.00001",
    "title": "Letters Home: How Parcels Find Their Way",
    "abstract": "Parcels get lost. We propose a map. It finds 9 of 10 parcels.",
    "authors": ["Alice Ahn", "Bob Baker"],
    "organisation": "",
    "published_at": "2024-07-01T15:00:00+00:00",
    "withdrawn_at": None,
    "image_url": "",
    "keywords": ["maps"],
    "categories": [],
    "code_star_count": 7,
    "origin": "source",
    "links": {
        "arxiv": "https://arxiv.org/abs/2407.00001",
        "pdf": "https://arxiv.org/pdf/2407.00001",
        "discussion": "https://huggingface.co/papers/2407.00001",
        "project": "",
        "code": "https://github.com/example/letters",
    },
}


def described(edition, language="ko"):
    return json.loads(edition_json(edition, language))


def test_an_edition_is_described_with_where_each_word_comes_from(daily_papers, settings):
    settings.SITE_URL = "https://paperboy.example"
    paper = make_paper(
        canonical_id="2407.00001",
        keywords=["maps"],
        code_star_count=7,
        code_url="https://github.com/example/letters",
    )
    summary = make_summary(
        paper, source_kind="abstract", source_length=61, source_sha256="a" * 64, writer="extract"
    )
    edition = make_edition(daily_papers, papers=[paper])

    assert described(edition) == {
        "schema": "paperboy.edition/1",
        "newsletter": {"slug": "daily-papers", "name": "Daily Papers"},
        "date": "2024-07-03",
        "language": "ko",
        "state": "draft",
        "url": "https://paperboy.example/2024-07-03/",
        "subject": "",
        "preheader": "",
        "intro": "",
        "entries": [
            {
                "position": 1,
                "vote_count": 49,
                "comment_count": 0,
                "note": "",
                "headline": "",
                "paper": PAPER,
                "summary": {
                    "text_language": "ko",
                    "writer": "extract",
                    "writer_name": "",
                    "written_at": summary.written_at.isoformat(),
                    "source": {
                        "kind": "abstract",
                        "length": 61,
                        "sha256": "a" * 64,
                        "sections": [],
                        "paper_version": None,
                    },
                    "lead": "",
                    "lead_by": "",
                    "whats_new": "소포를 찾는 지도를 만들었습니다.",
                    "technical_details": "길마다 번호를 붙였습니다.",
                    "performance_highlights": "열 개 가운데 아홉 개를 찾았습니다.",
                    "further": [],
                    "why_extract": "",
                    "claims": [],
                    "verdict": "pass",
                    "findings": [],
                    "receipt": None,
                },
                "printed": None,
            }
        ],
    }


def test_what_a_document_printed_stands_beside_what_the_paper_says(daily_papers):
    entry = DocumentEntry(
        paper_id="2407.00001",
        title="Letters",
        image="/avatars/2b6d.svg",
        vote="-",
        authors=("Bob Baker",),
        sections=(Section("Outlook", "하나."),),
    )
    stored = store_document(Document("A", DAY, entries=(entry,)), daily_papers, "ko")

    [described_entry] = described(stored.edition)["entries"]

    assert described_entry["vote_count"] is None
    assert described_entry["summary"]["source"] is None
    assert described_entry["summary"]["further"] == [{"label": "Outlook", "text": "하나."}]
    assert described_entry["printed"] == {
        "title": "Letters",
        "image": "/avatars/2b6d.svg",
        "lines": [],
        "vote": "-",
        "authors": ["Bob Baker"],
        "labels": ["Outlook"],
    }


def test_positions_count_what_is_printed(daily_papers):
    edition = make_edition(daily_papers, papers=3)
    edition.entries.filter(position=1).update(hidden=True)

    assert [entry["position"] for entry in described(edition)["entries"]] == [1, 2]


def test_korean_stands_as_typed_and_the_same_rows_give_the_same_bytes(daily_papers):
    edition = make_edition(daily_papers)

    document = edition_json(edition, "ko")

    assert "소포를 찾는" in document
    assert document.endswith("}\n")
    assert edition_json(edition, "ko") == document


def test_a_summary_by_a_model_comes_with_its_receipt_and_what_each_claim_rests_on(daily_papers):
    paper = make_paper()
    text = f"{paper.abstract} Every street has a number."
    reading = keep_reading(
        paper, SourceText(paper.title, text, "html", sections=["Method"], paper_version=2)
    )
    receipt = make_receipt(
        reading,
        prompt_version="ab12",
        try_count=2,
        input_tokens=900,
        output_tokens=150,
        cost_usd=Decimal("0.00123"),
    )
    claim = {"part": "whats_new", "text": "길을 셉니다.", "quote": "Every street has a number."}
    make_summary(
        paper,
        writer="model",
        writer_name="small-model",
        claims=[claim],
        receipt=receipt,
        source_kind="html",
        source_length=len(text),
        source_sha256=reading.sha256,
    )
    edition = make_edition(daily_papers, papers=[paper])

    summary = described(edition)["entries"][0]["summary"]

    assert summary["source"] == {
        "kind": "html",
        "length": 88,
        "sha256": reading.sha256,
        "sections": ["Method"],
        "paper_version": 2,
    }
    assert summary["claims"] == [claim]
    assert summary["receipt"] == {
        "model": "small-model",
        "prompt_version": "ab12",
        "source_kind": "html",
        "sections": ["Method"],
        "characters": 88,
        "sha256": reading.sha256,
        "paper_version": 2,
        "tries": 2,
        "input_tokens": 900,
        "output_tokens": 150,
        "cost_usd": "0.001230",
        "written_at": receipt.answered_at.isoformat(),
    }


def test_what_a_finding_says_is_kept_as_its_reason_and_said_in_english(daily_papers):
    paper = make_paper()
    make_summary(paper, whats_new="Zorblax와 Quuxnet으로 Frobnicate를 만들었습니다.")
    edition = make_edition(daily_papers, papers=[paper])

    with override("ko"):
        summary = described(edition)["entries"][0]["summary"]

    assert summary["verdict"] == "block"
    assert "Zorblax" in " ".join(finding["sentence"] for finding in summary["findings"])
    with override("en"):
        said = [each.sentence for each in judgement_of(paper.summaries.get(language="ko")).findings]
    assert [finding["sentence"] for finding in summary["findings"]] == said


def test_a_receipt_stays_when_the_text_that_was_read_is_gone(daily_papers):
    paper = make_paper()
    reading = keep_reading(paper, source_text(paper))
    make_summary(paper, writer="model", receipt=make_receipt(reading))
    edition = make_edition(daily_papers, papers=[paper])
    reading.delete()

    receipt = described(edition)["entries"][0]["summary"]["receipt"]

    assert (receipt["source_kind"], receipt["characters"], receipt["paper_version"]) == (
        "",
        None,
        None,
    )
    assert receipt["sha256"] == reading.sha256
