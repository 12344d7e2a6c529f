"""Full texts are read ahead, once, and only where they are the paper's own."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from werkzeug import Response

from newsletter import tasks
from papers.fulltext import HTTP, is_wanted, read_listed, read_texts
from papers.models import Paper, Reading
from papers.sources.arxiv import ARXIV
from papers.sources.http import Http
from papers.summarise import summarise_papers
from papers.summarise.source import abstract_of, given, source_text
from tests import texts
from tests.factories import DAY, make_listing, make_paper
from tests.language_model import configured
from tests.stand_ins import serve_texts
from tests.texts import ABSTRACT, SECTIONS, lines_of, wrapped

A_MODEL = configured("http://127.0.0.1:9/v1")  # nobody listens there
pytestmark = pytest.mark.django_db

NAME = "2407.00001"
LINES = ["Homeward", "Alice Ahn", "Abstract", *wrapped(ABSTRACT, 80), *lines_of(SECTIONS)]


@pytest.fixture
def served(httpserver, settings):
    """What arXiv has, by its path; to be filled by the test."""
    there: dict[str, bytes | Response] = {}
    settings.ARXIV_URL = serve_texts(httpserver, there)
    return there


def paper_of(name: str = NAME, **fields) -> Paper:
    return make_paper(**{"canonical_id": name, "abstract": ABSTRACT} | fields)


def read(*papers: Paper, seconds: float = 60) -> int:
    return read_texts(papers, seconds=seconds, http=Http(tries_again=False))


def asked_for(httpserver) -> list[str]:
    return [request.path.removeprefix("/texts/") for request, _ in httpserver.log]


def test_a_model_is_given_what_arxivs_page_says_below_the_abstract(served):
    served[f"html/{NAME}"] = texts.page(version=2)
    paper = paper_of()

    assert read(paper) == 1

    source = source_text(paper)
    assert source.text.startswith(f"{ABSTRACT}\n\nIntroduction\n\nParcels are heavier")
    assert "92.5% of all parcels" in source.text
    assert source.sections == [heading for heading, _ in SECTIONS]
    assert (source.kind, source.paper_version) == (Reading.Kind.HTML, 2)


def test_the_pdf_is_read_where_there_is_no_page(served):
    served[f"pdf/{NAME}"] = texts.pdf(LINES[:40], [*LINES[40:], "arXiv:2407.00001v3", "References"])
    paper = paper_of()

    assert read(paper) == 1

    source = source_text(paper)
    assert "92.5% of all parcels came home." in source.text
    assert source.sections == [heading for heading, _ in SECTIONS]
    assert (source.kind, source.paper_version) == (Reading.Kind.PDF, 3)


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (texts.page(abstract="Place the abstract here. Use this template."), "does not occur"),
        (texts.page(sections=[]), "little more"),
        (texts.page(sections=[("Introduction", "It stops after a lin")]), "little more"),
        (b"<html><body><h1>No HTML available for this paper</h1></body></html>", "no paper"),
        (b"<html><form>Show that you are human</form></html>", "no paper"),
        (b"", "no paper"),
        (Response("gone", status=410), "HTTP 410"),
    ],
)
def test_a_page_that_is_not_the_paper_is_left_for_its_pdf(served, answer, why, caplog):
    served |= {f"html/{NAME}": answer, f"pdf/{NAME}": texts.pdf(LINES)}
    paper = paper_of()
    caplog.set_level("INFO")

    read(paper)

    assert source_text(paper).kind == Reading.Kind.PDF
    assert why in caplog.text


@pytest.mark.parametrize(
    ("file", "why"),
    [
        (b"<html>This paper has been withdrawn</html>", "no PDF"),
        (b"%PDF-1.4 and then nothing", "cannot be read"),
        (texts.pdf([]), "only pictures"),
        (texts.pdf(["This submission has been withdrawn."]), "does not occur"),
        (texts.pdf(LINES[:7]), "little more"),
    ],
)
def test_a_pdf_of_no_use_leaves_the_abstract(served, file, why, caplog):
    served[f"pdf/{NAME}"] = file
    paper = paper_of()
    caplog.set_level("INFO")

    assert read(paper) == 0

    assert source_text(paper) == abstract_of(paper)
    assert why in caplog.text


def test_a_paper_is_asked_for_once_a_version(served, httpserver):
    served[f"html/{NAME}"] = texts.page(version=1)
    paper = paper_of(version=1)
    read(paper)
    Paper.objects.update(text_due_at=None)
    paper.refresh_from_db()

    read(paper)
    assert asked_for(httpserver) == [f"html/{NAME}"]

    served[f"html/{NAME}"] = texts.page(version=2)
    Paper.objects.update(version=2)
    paper.refresh_from_db()
    read(paper)
    assert asked_for(httpserver)[1:] == [f"html/{NAME}"]
    assert source_text(paper).paper_version == 2


def test_a_failure_is_remembered_for_a_day(served, httpserver):
    paper = paper_of()
    read(paper)
    assert asked_for(httpserver) == [f"html/{NAME}", f"pdf/{NAME}"]

    paper.refresh_from_db()
    assert read(paper) == 0
    assert len(asked_for(httpserver)) == 2

    Paper.objects.update(text_due_at=timezone.now() - timedelta(seconds=1))
    paper.refresh_from_db()
    read(paper)
    assert len(asked_for(httpserver)) == 4


def test_one_papers_failure_stops_none_of_the_others(served):
    served["html/2407.00001"] = Response("out of order", status=500)
    served["html/2407.00002"] = texts.page("2407.00002")
    broken, sound = paper_of("2407.00001"), paper_of("2407.00002")

    assert read(broken, sound) == 1

    broken.refresh_from_db()
    assert timezone.now() < broken.text_due_at < timezone.now() + timedelta(hours=1)
    assert source_text(sound).kind == Reading.Kind.HTML


def test_arxiv_is_left_alone_after_three_papers_without_an_answer(settings):
    settings.ARXIV_URL = "http://127.0.0.1:9"
    papers = [paper_of(f"2407.0000{number}") for number in range(1, 6)]

    assert read(*papers) == 0

    assert Paper.objects.filter(text_due_at=None).count() == 2


def test_no_paper_is_begun_when_the_time_is_up(served, httpserver):
    assert read(paper_of(), seconds=-1) == 0
    assert asked_for(httpserver) == []


@pytest.mark.parametrize(
    "fields",
    [{"abstract": ""}, {"withdrawn_at": timezone.now()}, {"canonical_id": "notes-of-ours"}],
)
def test_what_arxiv_cannot_have_is_not_asked_for(served, httpserver, fields):
    assert read(paper_of(**fields)) == 0
    assert asked_for(httpserver) == []


def test_two_workers_do_not_read_the_same_paper(served, httpserver):
    served[f"html/{NAME}"] = texts.page()
    first, second = paper_of(), Paper.objects.get()

    read(first)
    read(second)

    assert asked_for(httpserver) == [f"html/{NAME}"]


def test_an_extract_is_of_the_abstract_and_a_full_text_does_not_outdate_it(served):
    served[f"html/{NAME}"] = texts.page()
    paper = paper_of()
    summarise_papers([paper], "en")
    summary = paper.summaries.get()
    read(paper)

    assert source_text(paper).kind == Reading.Kind.HTML
    assert summarise_papers([paper], "en") == 0
    assert (given(summary), summary.source_kind) == (abstract_of(paper), "abstract")


def test_a_text_of_an_older_version_or_another_abstract_is_not_given(served):
    served[f"html/{NAME}"] = texts.page()
    paper = paper_of(version=1)
    read(paper)

    paper.version = 2
    assert source_text(paper) == abstract_of(paper)
    paper.version, paper.abstract = 1, "Parcels get lost. We propose another map."
    assert source_text(paper) == abstract_of(paper)


def test_abstracts_alone_are_given_where_the_full_text_is_not_wanted(served, settings):
    served[f"html/{NAME}"] = texts.page()
    paper = paper_of()
    read(paper)

    settings.LLM_FULL_TEXT = False

    assert source_text(paper) == abstract_of(paper)


@pytest.mark.parametrize(
    ("models", "full_text", "wanted"),
    [([A_MODEL], True, True), ([A_MODEL], False, False), ([], True, False)],
)
def test_texts_are_wanted_for_a_model_that_may_read_them(settings, models, full_text, wanted):
    settings.LLM_MODELS, settings.LLM_FULL_TEXT = models, full_text

    assert is_wanted() is wanted


def test_texts_are_asked_for_at_arxivs_own_pace():
    assert HTTP.pace is ARXIV.http.pace


def listed_with_texts(served, *votes: int) -> None:
    for number, count in enumerate(votes, start=1):
        name = f"2407.{number:05}"
        make_listing(paper_of(name), vote_count=count)
        served[f"html/{name}"] = texts.page(name)


@pytest.fixture
def wanted(settings):
    settings.LLM_MODELS = [A_MODEL]


@pytest.mark.usefixtures("wanted")
def test_those_with_most_votes_are_read_first(served, httpserver):
    listed_with_texts(served, 3, 9, 5)

    assert read_listed("huggingface", DAY, seconds=60) == 3

    assert asked_for(httpserver) == ["html/2407.00002", "html/2407.00003", "html/2407.00001"]


def test_without_a_model_no_text_is_asked_for(served, httpserver, settings):
    listed_with_texts(served, 3)
    settings.LLM_MODELS = []

    assert read_listed("huggingface", DAY, seconds=60) == 0
    assert asked_for(httpserver) == []


@pytest.mark.usefixtures("wanted")
def test_the_clock_reads_a_list_to_its_end_turn_by_turn(served, httpserver):
    listed_with_texts(served, 3, 9)

    tasks.read_texts("huggingface", DAY.isoformat())

    assert Reading.objects.count() == 2


@pytest.mark.usefixtures("wanted")
def test_a_command_reads_the_list_of_a_date(served, capsys):
    listed_with_texts(served, 3, 9)

    call_command("read_texts", date=DAY)

    assert capsys.readouterr().out == "2024-07-03: 2 texts read now\n"


def test_the_command_says_what_to_set_where_no_model_is(settings):
    settings.LLM_MODELS = []

    with pytest.raises(CommandError, match="LLM_MODEL"):
        call_command("read_texts")


def test_a_text_that_cannot_be_kept_stops_no_other_and_waits_for_a_day(served):
    served |= {f"html/{name}": texts.page(name, version=0) for name in (NAME, "2407.00002")}
    unstorable, sound = paper_of(), paper_of("2407.00002")
    unstorable.version = 10**20

    assert read(unstorable, sound) == 1

    assert Reading.objects.get().paper == sound
    unstorable.refresh_from_db()
    assert unstorable.text_due_at > timezone.now() + timedelta(hours=23)
