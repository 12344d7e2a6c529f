"""What language models get wrong: what a second try puts right, and what no reader gets to see."""

from decimal import Decimal

import pytest

from papers.models import Receipt, Summary, Verdict
from papers.summarise import summarise_papers
from tests import model_answers as does
from tests.factories import make_paper
from tests.language_model import configured
from tests.model_answers import well
from tests.parcel_map import ONE_TRY, parcel_map, receipt, written_by_model

pytestmark = pytest.mark.django_db
State, Why = Receipt.State, Summary.WhyExtract


@pytest.fixture
def paper(db):
    return parcel_map()


# What is put right by asking once more


@pytest.mark.parametrize(
    "first",
    [
        does.drops_a_key,
        does.adds_a_key,
        does.refuses_in_words,
        does.says_nothing,
        does.quotes_nobody,
    ],
)
def test_a_fault_goes_back_once_with_the_complaint(models, paper, first):
    models.will(first, well)

    summarise_papers([paper], "ko")

    assert written_by_model(paper).verdict == Verdict.PASS
    assert (receipt().state, receipt().try_count) == (State.WRITTEN, 2)
    assert (receipt().input_tokens, receipt().output_tokens) == (2000, 600)
    assert receipt().cost_usd == 2 * ONE_TRY


def test_the_complaint_says_what_was_found(models, paper):
    models.will(does.quotes_nobody, well)

    summarise_papers([paper], "ko")

    assert "We walked the dog around the lake" in models.asked[1].said[-1]


def test_chatter_around_the_answer_is_passed_over(models, paper):
    models.will(does.chatters)

    summarise_papers([paper], "ko")

    written_by_model(paper)
    assert receipt().try_count == 1


def test_a_fault_that_only_an_editor_can_judge_is_kept_after_the_second_try(models, paper):
    models.will(does.quotes_nobody)

    summarise_papers([paper], "ko")

    assert written_by_model(paper).verdict == Verdict.REVIEW
    assert (receipt().state, receipt().try_count) == (State.WRITTEN, 2)


def test_an_answer_that_passed_outlives_a_failing_second_one(models, paper):
    models.will(does.quotes_nobody, does.cuts)

    summarise_papers([paper], "ko")

    assert written_by_model(paper).verdict == Verdict.REVIEW
    assert receipt().cost_usd == 2 * ONE_TRY


@pytest.mark.parametrize(
    "text",
    [
        "ParcelMap은 https://evil.example 에서 소포를 찾습니다.",
        "ParcelMap은 [여기](evil.example)에서 소포를 찾습니다.",
        "ParcelMap은 <b>모든</b> 소포를 찾습니다.",
        "**ParcelMap**은 모든 소포를 찾습니다.",
        "ParcelMap은 모든 소포를\n찾습니다.",
        "ParcelMap은 모든\u0000 소포를 찾습니다.",
        "ParcelMap은 모든\ud800 소포를 찾습니다.",
    ],
    ids=["address", "link", "tag", "bold", "lines", "nul", "half a letter"],
)
def test_a_link_or_markup_never_gets_through(models, paper, text):
    models.will(does.in_the_first_part(text))

    summarise_papers([paper], "ko")

    assert paper.summaries.get().why_extract == Why.REFUSED
    assert receipt().try_count == 2


FOREIGN_NUMBER = (
    "ParcelMap은 LetterBench에서 소포의 87%를 찾으며 StreetNet과 함께 도시를 세 단계로 걷습니다. "
    "저자들은 이 방법을 처음부터 끝까지 하나의 흐름으로 설명합니다."
)
TENFOLD = (
    "ParcelMap은 편지 2억 통에서 거리를 배우고 StreetNet과 함께 도시를 세 단계로 걷습니다. "
    "저자들은 이 방법을 처음부터 끝까지 하나의 흐름으로 설명합니다."
)
CYRILLIC = (
    "ParcelMap은 каждый 소포를 찾는 새로운 지도이며 StreetNet과 함께 도시를 세 단계로 걷습니다. "
    "저자들은 이 방법을 처음부터 끝까지 하나의 흐름으로 설명합니다."
)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [(FOREIGN_NUMBER, "87"), (TENFOLD, "20억"), (CYRILLIC, "каждый")],
    ids=["a foreign number", "2B as 2억", "a Cyrillic word"],
)
def test_a_wrong_word_goes_back_by_its_name_and_is_put_right(models, paper, text, complaint):
    models.will(does.in_the_first_part(text), well)

    summarise_papers([paper], "ko")

    assert written_by_model(paper).verdict == Verdict.PASS
    assert complaint in models.asked[1].said[-1]
    assert receipt().cost_usd == 2 * ONE_TRY


@pytest.mark.parametrize("text", [FOREIGN_NUMBER, TENFOLD], ids=["a foreign number", "2B as 2억"])
def test_a_wrong_number_said_twice_waits_for_an_editor(models, paper, text):
    models.will(does.in_the_first_part(text))

    summarise_papers([paper], "ko")

    assert written_by_model(paper).verdict == Verdict.REVIEW
    assert (receipt().state, receipt().try_count) == (State.WRITTEN, 2)


def test_a_foreign_script_said_twice_never_reaches_a_reader(models, paper):
    models.will(does.in_the_first_part(CYRILLIC))

    summarise_papers([paper], "ko")

    assert paper.summaries.get().why_extract == Why.BLOCKED
    assert (receipt().state, receipt().try_count) == (State.BLOCKED, 2)


# What never reaches a reader


@pytest.mark.parametrize(
    ("always", "tries"),
    [
        (does.drops_a_key, 2),
        (does.refuses_in_words, 2),
        (does.says_nothing, 2),
        (does.cuts, 1),
        (does.refuses, 1),
        (does.is_filtered, 1),
        (does.nested_within, 2),
    ],
)
def test_an_answer_of_no_use_ends_as_an_extract_and_is_not_paid_for_again(
    models, paper, always, tries
):
    models.will(always)

    summarise_papers([paper], "ko")
    summarise_papers([paper], "ko")

    summary = paper.summaries.get()
    assert (summary.writer, summary.why_extract) == (Summary.Writer.EXTRACT, Why.REFUSED)
    assert (receipt().state, receipt().try_count) == (State.REFUSED, tries)
    assert receipt().cost_usd == tries * ONE_TRY
    assert receipt().answer is None
    assert len(models.asked) == tries


def test_the_receipt_says_what_was_wrong_with_the_last_answer(models, paper):
    models.will(does.drops_a_key)

    summarise_papers([paper], "ko")

    assert "performance_highlights Field required" in receipt().problem


INVENTED = {
    "whats_new": "QuantumChef는 CookNet과 SoupGAN으로 StewBench의 요리법을 새로 만듭니다.",
    "technical_details": "SpoonFormer와 LadleNet, PotDiffusion을 PanLoRA로 함께 학습합니다.",
    "performance_highlights": "StewBench에서 GrillQA와 OvenEval을 넘는 결과를 보고합니다.",
}


def writes_about_another_paper(asked):
    quote = "QuantumChef cooks a soup."
    answer = {key: [{"text": text, "quote": quote}] for key, text in INVENTED.items()}
    return does.says(answer)(asked)


def test_a_blocked_answer_goes_back_once_and_then_an_extract_stands_for_it(models, paper):
    models.will(writes_about_another_paper)

    summarise_papers([paper], "ko")
    summarise_papers([paper], "ko")

    summary = paper.summaries.get()
    assert (summary.writer, summary.why_extract) == (Summary.Writer.EXTRACT, Why.BLOCKED)
    assert (receipt().state, receipt().try_count) == (State.BLOCKED, 2)
    assert "QuantumChef" in receipt().problem
    assert len(models.asked) == 2


@pytest.mark.parametrize(
    ("always", "why"),
    [
        (does.garbage, Why.UNAVAILABLE),
        (does.huge, Why.UNAVAILABLE),
        (does.nested, Why.REFUSED),
        (does.fails(400), Why.REFUSED),
    ],
    ids=["garbage", "huge", "nested", "HTTP 400"],
)
def test_what_is_no_answer_at_all_does_not_stop_a_run(models, paper, always, why):
    models.will(always)

    summarise_papers([paper, make_paper(abstract="We propose a bell.")], "ko")

    assert paper.summaries.get().why_extract == why
    assert Summary.objects.count() == 2


@pytest.mark.parametrize(
    "usage",
    [
        {"prompt_tokens": -5, "completion_tokens": -5, "total_tokens": -10},
        {"prompt_tokens": 10**18, "completion_tokens": 10**18, "total_tokens": 10**18},
        {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0},
        {"prompt_tokens": 10**400, "completion_tokens": 1, "total_tokens": 1},
        {"prompt_tokens": "many", "completion_tokens": None},
        [],
        {},
    ],
    ids=["negative", "absurd", "nothing", "endless", "words", "a list", "empty"],
)
def test_a_lie_about_tokens_stops_nothing_and_costs_the_most(models, paper, usage):
    models.will(does.lies_about_tokens(usage))

    assert summarise_papers([paper], "ko") == 1

    assert (receipt().input_tokens, receipt().output_tokens) == (0, 0)
    assert Decimal("0.016") < receipt().cost_usd < Decimal("0.1")


# The second model


@pytest.fixture
def two_models(models, settings):
    settings.LLM_MODELS = [configured(models.url, "first"), configured(models.url, "second")]

    def first_will(behaviour):
        models.will(lambda asked: (behaviour if asked.body["model"] == "first" else well)(asked))

    return first_will


@pytest.mark.parametrize(
    "behaviour",
    [
        does.cuts,
        does.refuses,
        does.drops_a_key,
        writes_about_another_paper,
        does.fails(401),
        does.garbage,
    ],
)
def test_where_the_first_model_fails_the_second_writes(two_models, paper, behaviour):
    two_models(behaviour)

    summarise_papers([paper], "ko")

    summary = written_by_model(paper)
    assert summary.writer_name == "second"
    assert summary.receipt.model == "openai-compatible:second"
    assert Receipt.objects.count() == 2
