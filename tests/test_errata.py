"""What was printed is asked for again, and what stands no longer is found, once."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from newsletter import errata, tasks
from newsletter.errata.draft import draft
from newsletter.errata.printed import has_figure
from newsletter.models import Edition, Erratum
from papers.models import Paper, Reading, Summary
from papers.sources.arxiv import Arxiv
from papers.sources.http import Http
from papers.summarise import summarise_papers
from papers.summarise.source import SourceText, keep_reading
from tests.factories import make_leaving_edition, make_paper, make_summary

pytestmark = pytest.mark.django_db

NOW = datetime(2024, 8, 1, tzinfo=UTC)
LEFT = NOW - timedelta(days=10)
ABSTRACT = (
    "Parcels get lost. We propose a map of streets. It finds 92.5% of all parcels within a day."
)
REVISED = ABSTRACT.replace("92.5%", "87.1%")
NAME = "2407.00001"


@dataclass(frozen=True)
class Told:
    """A paper as arXiv tells of it; `version` 2 came a day ago."""

    name: str = NAME
    version: int = 2
    updated: str = "2024-07-31T00:00:00Z"
    title: str = "Letters Home: How Parcels Find Their Way"
    abstract: str = REVISED
    comment: str = ""

    @property
    def entry(self) -> str:
        return (
            f"<entry><id>http://arxiv.org/abs/{self.name}v{self.version}</id>"
            f"<title>{self.title}</title><updated>{self.updated}</updated>"
            f"<summary>{self.abstract}</summary><published>2024-07-01T00:00:00Z</published>"
            f"<arxiv:comment>{self.comment}</arxiv:comment>"
            "<author><name>Alice Ahn</name></author></entry>"
        )


@dataclass
class ArxivThen:
    """What arXiv says these days, and what it was asked."""

    papers: list[Told] = field(default_factory=lambda: [Told()])
    asked: list[str] = field(default_factory=list)

    def answer(self, request: Request) -> Response:
        self.asked.append(request.args["id_list"])
        names = request.args["id_list"].split(",")
        entries = "".join(each.entry for each in self.papers if each.name in names)
        return Response(
            '<feed xmlns="http://www.w3.org/2005/Atom" '
            f'xmlns:arxiv="http://arxiv.org/schemas/atom">{entries}</feed>',
            content_type="application/atom+xml",
        )


@pytest.fixture
def arxiv(httpserver: HTTPServer, settings) -> ArxivThen:
    then = ArxivThen()
    httpserver.expect_request("/api/query").respond_with_handler(then.answer)
    settings.ARXIV_API_URL = httpserver.url_for("/api/query")
    return then


@pytest.fixture
def paper(db) -> Paper:
    return make_paper(canonical_id=NAME, abstract=ABSTRACT, version=1)


@pytest.fixture
def edition(paper) -> Edition:
    """Ten days old; it printed the abstract's own sentences."""
    for language in ("ko", "en"):
        summarise_papers([paper], language)
    return made(paper)


def made(*papers: Paper, said: str = ABSTRACT, **fields) -> Edition:
    edition = make_leaving_edition(
        papers=list(papers), **{"approved_at": LEFT, "audience_frozen_at": LEFT} | fields
    )
    edition.renditions.update(frozen_at=LEFT, sha256="0" * 64, frozen_text=said)
    return edition


def look() -> int:
    return errata.look_for_errata(NOW, Arxiv(Http()))


def test_a_withdrawn_paper_is_found_in_each_edition_that_printed_it(arxiv, paper, edition):
    arxiv.papers = [replace(Told(), comment="This paper has been withdrawn by the authors")]
    other = made(paper, date=edition.date + timedelta(days=1))

    assert look() == 2

    rows = Erratum.objects.order_by("edition").values_list("edition", "paper", "kind", "settled_at")
    assert list(rows) == [(each.pk, paper.pk, "withdrawn", None) for each in (edition, other)]
    paper.refresh_from_db()
    assert paper.withdrawn_at == datetime(2024, 7, 31, tzinfo=UTC)


def test_a_paper_that_its_authors_put_up_again_waits_for_nobody(arxiv, paper, edition):
    arxiv.papers = [replace(Told(), comment="This paper has been withdrawn by the authors")]
    look()
    arxiv.papers = [replace(Told(), version=3, abstract=ABSTRACT, updated="2024-07-31T12:00:00Z")]

    look()

    assert not Erratum.objects.open().exists()
    assert Erratum.objects.get(kind="withdrawn").how == Erratum.How.UNTOUCHED
    paper.refresh_from_db()
    assert (paper.version, paper.withdrawn_at) == (3, None)


def test_what_the_hub_says_of_a_withdrawal_is_found_without_arxiv(settings, paper, edition):
    settings.ARXIV_API_URL = "http://127.0.0.1:9/api/query"
    Paper.objects.update(withdrawn_at=NOW)

    assert look() == 1
    assert Erratum.objects.get().kind == Erratum.Kind.WITHDRAWN


@pytest.mark.parametrize("known", [timedelta(days=-1), timedelta(days=1)])
def test_an_edition_that_said_itself_that_a_paper_is_withdrawn_is_right(settings, paper, known):
    settings.ARXIV_API_URL = "http://127.0.0.1:9/api/query"
    Paper.objects.update(withdrawn_at=LEFT + known)
    made(paper, said="저자가 철회한 논문입니다.\nThe authors have withdrawn\nthis paper.")

    assert look() == (1 if known > timedelta() else 0)


def test_found_twice_is_one_row(arxiv, edition):
    look()

    assert look() == 0
    assert Erratum.objects.count() == 1


def test_a_figure_that_the_new_abstract_does_not_have_is_a_difference(arxiv, paper, edition):
    look()

    erratum = Erratum.objects.get()
    paper.refresh_from_db()
    assert (erratum.kind, erratum.version, erratum.settled_at) == ("revised", 2, None)
    assert erratum.differences == [
        {
            "part": "performance_highlights",
            "language": language,
            "printed": "It finds 92.5% of all parcels within a day.",
            "now": "It finds 87.1% of all parcels within a day.",
            "figures": ["92.5%"],
        }
        for language in ("ko", "en")
    ]
    assert (paper.version, paper.abstract) == (2, REVISED)


def test_korean_figures_are_held_against_the_abstract_that_the_model_was_given(arxiv, paper):
    """Those that only the full text had are not judged: the new one was not read."""
    full = f"{ABSTRACT}\n\nResults\n\nIt was tried with 2B parcels in 31 towns."
    kept = keep_reading(paper, SourceText(paper.title, full, Reading.Kind.HTML))
    make_summary(
        paper,
        writer=Summary.Writer.MODEL,
        performance_highlights="소포 20억 개의 92.5%를 하루 안에 찾습니다. 도시 31곳에서.",
        source_kind=kept.kind,
        source_sha256=kept.sha256,
    )
    made(paper, said="소포 20억 개의 92.5%를 하루 안에 찾습니다.")

    look()

    [difference] = Erratum.objects.get().differences
    assert difference["figures"] == ["92.5%"]
    assert difference["printed"] == "소포 20억 개의 92.5%를 하루 안에 찾습니다."
    assert difference["now"] == "It finds 87.1% of all parcels within a day."


def test_a_next_version_is_found_again(arxiv, edition):
    look()
    arxiv.papers = [replace(Told(), version=3, abstract=ABSTRACT.replace("92.5%", "85%"))]

    look()

    assert set(Erratum.objects.values_list("version", flat=True)) == {2, 3}


def test_another_title_is_a_difference(arxiv, edition):
    arxiv.papers = [replace(Told(), title="Parcels Home", abstract=ABSTRACT)]

    look()

    [difference] = Erratum.objects.get().differences
    assert (difference["part"], difference["now"]) == ("title", "Parcels Home")
    assert difference["printed"] == "Letters Home: How Parcels Find Their Way"


@pytest.mark.parametrize(
    "told",
    [
        Told(abstract=ABSTRACT),
        Told(abstract=ABSTRACT.replace("a map of streets", "maps of all streets")),
        Told(abstract=f"{ABSTRACT} So.", title="LETTERS HOME: How parcels find their way"),
    ],
)
def test_a_revision_that_touches_nothing_printed_is_kept_and_asks_nobody(arxiv, edition, told):
    arxiv.papers = [told]

    assert look() == 0

    erratum = Erratum.objects.get()
    assert (erratum.how, erratum.settled_at) == (Erratum.How.UNTOUCHED, NOW)
    assert not Erratum.objects.open().exists()


@pytest.mark.parametrize(
    "told",
    [
        Told(version=1, updated="2024-07-01T00:00:00Z"),
        Told(updated="2024-07-05T00:00:00Z"),  # the edition left later, and had it
    ],
)
def test_what_was_so_when_the_edition_left_is_no_erratum(arxiv, edition, told):
    arxiv.papers = [told]

    assert look() == 0
    assert not Erratum.objects.exists()


def test_words_that_an_editor_wrote_later_are_not_taken_for_printed_ones(arxiv, paper, edition):
    summary = paper.summaries.get(language="en")
    before = {"performance_highlights": summary.performance_highlights}
    summary.revisions.create(before=before, after={})
    Summary.objects.update(performance_highlights="It finds 10% of them.", writer="editor")

    look()

    english = [each for each in Erratum.objects.get().differences if each["language"] == "en"]
    assert [each["figures"] for each in english] == [["92.5%"]]


def test_a_sentence_that_was_never_printed_is_not_quoted(arxiv, paper, edition):
    """A model wrote it anew later, which keeps no revision."""
    Summary.objects.filter(language="en").update(
        performance_highlights="Of all parcels, 92.5% are found."
    )

    look()

    erratum = Erratum.objects.get()
    english = [each for each in erratum.differences if each["language"] == "en"]
    assert [(each["printed"], each["figures"]) for each in english] == [("", ["92.5%"])]
    assert "We wrote" not in draft(erratum, "en")
    assert "no longer says 92.5%" in draft(erratum, "en")


@pytest.mark.parametrize("said", ["It finds 192.5% of them.", "It finds 1.92.5% of them."])
def test_a_piece_of_another_figure_is_no_figure_that_was_printed(arxiv, paper, said):
    summarise_papers([paper], "en")
    made(paper, said=said)

    look()

    assert Erratum.objects.get().differences == []


@pytest.mark.parametrize(
    ("text", "figure", "is_there"),
    [
        ("finds 15% of all", "5%", False),
        ("2024 papers", "2", False),
        ("of 2,400 papers", "400", False),
        ("3.5 times", "3", False),
        ("5% of all", "5", False),
        ("finds 5% of all", "5%", True),
        ("전체의 5%를", "5%", True),
        ("It took 2.", "2", True),
        ("1, 2, 3", "2", True),
    ],
)
def test_figures_are_looked_for_whole(text, figure, is_there):
    assert has_figure(text, figure) is is_there


def test_what_an_editor_corrected_in_the_paper_stays(arxiv, paper, edition):
    Paper.objects.update(corrected=["abstract"])

    look()

    paper.refresh_from_db()
    assert (paper.version, paper.abstract) == (2, ABSTRACT)


@pytest.mark.parametrize("age", [timedelta(days=61), None])
def test_old_editions_and_such_as_have_not_left_are_not_asked_about(arxiv, edition, age):
    moment = NOW - age if age else None
    state = "sending" if age else "draft"
    Edition.objects.update(audience_frozen_at=moment, state=state)

    assert look() == 0
    assert arxiv.asked == []


def test_a_hundred_papers_are_one_question(arxiv):
    papers = [make_paper(canonical_id=f"2406.{number:05}") for number in range(130)]
    made(*papers)

    look()

    assert [len(names.split(",")) for names in arxiv.asked] == [100, 30]


def test_the_clock_asks_once_a_day(arxiv, edition):
    Edition.objects.update(audience_frozen_at=timezone.now(), approved_at=timezone.now())

    tasks.look_for_errata()

    assert arxiv.asked == [NAME]
