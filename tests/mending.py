"""A paper, a summary of it in which 2B became 2억, and one that is invented."""

from decimal import Decimal

from django.utils import timezone

from papers.models import Paper, Reading, Receipt, Summary
from papers.summarise.source import keep_reading, source_text
from tests.factories import make_paper, make_summary

TITLE = "Lighthouse: A Small Model That Looks Things Up"
ABSTRACT = (
    "Small language models forget what large ones remember. We present Lighthouse, a language "
    "model with 2B parameters that looks up what it does not know. It is trained with LoRA "
    "adapters on 300 billion tokens of letters and maps, and it keeps an index of 40 million "
    "addresses on an SSD. On AddressBench, Lighthouse answers 87.4% of 1,200 questions, 5.2 points "
    "more than a model ten times its size. It does so with 38% less memory, because the index is "
    "read from disk."
)
CLAIMS = [
    {
        "part": "whats_new",
        "text": "Lighthouse는 모르는 것을 스스로 찾아보는 매개변수 2억 개의 언어 모델입니다.",
        "quote": "We present Lighthouse, a language model with 2B parameters that looks up what it "
        "does not know.",
    },
    {
        "part": "whats_new",
        "text": "큰 모델은 기억하고 작은 모델은 잊는 것을 검색으로 채웁니다.",
        "quote": "Small language models forget what large ones remember.",
    },
    {
        "part": "technical_details",
        "text": "LoRA 어댑터를 써서 편지와 지도에서 모은 3,000억 토큰으로 학습했고, "
        "주소 4,000만 개의 색인을 SSD에 둡니다.",
        "quote": "It is trained with LoRA adapters on 300 billion tokens of letters and maps, and "
        "it keeps an index of 40 million addresses on an SSD.",
    },
    {
        "part": "performance_highlights",
        "text": "AddressBench의 문항 1,200개 가운데 87.4%에 답해, "
        "열 배 큰 모델보다 5.2점 높습니다.",
        "quote": "On AddressBench, Lighthouse answers 87.4% of 1,200 questions, 5.2 points more "
        "than a model ten times its size.",
    },
    {
        "part": "performance_highlights",
        "text": "색인을 디스크에서 읽어 메모리를 38% 덜 씁니다.",
        "quote": "It does so with 38% less memory, because the index is read from disk.",
    },
]
OTHER_TITLE = "ParcelMap: Where Lost Parcels Are Found"
OTHER_ABSTRACT = (
    "Parcels get lost more often than letters, and nobody knows where. We introduce ParcelMap, a "
    "map of 12,000 lost parcels in 40 cities, drawn from the notes of their carriers. A graph "
    "network that is trained on ParcelMap with DropEdge predicts where a parcel will be found. It "
    "finds nine of ten parcels within a day, and halves the time that carriers search for them. We "
    "release ParcelMap and its code, and hope that fewer parcels get lost."
)
INVENTED = {
    "whats_new": "Transformer와 GAN을 결합한 새로운 self-attention 구조를 제안합니다.",
    "technical_details": "BERT와 feed-forward 층, positional encoding을 ImageNet으로 학습합니다.",
    "performance_highlights": "WMT 기계 번역에서 기존 최고 성능을 능가하는 성과를 보였습니다.",
}


def make_invented_summary() -> Summary:
    """In Korean, from an imported edition."""
    paper = make_paper(title=OTHER_TITLE, abstract=OTHER_ABSTRACT)
    return make_summary(paper, "ko", **INVENTED, writer="document", writer_name="2024-07-03.md")


def make_flagged_summary(**fields) -> Summary:
    """By a model, in Korean, of a paper whose second version it read."""
    paper = make_paper(title=TITLE, abstract=ABSTRACT, version=2)
    reading = keep_reading(paper, source_text(paper))
    fields = {
        **parts_of(CLAIMS),
        "claims": CLAIMS,
        "writer": Summary.Writer.MODEL,
        "writer_name": "house:large",
        "source_kind": reading.kind,
        "source_length": len(ABSTRACT),
        "source_sha256": reading.sha256,
        "receipt": make_receipt(paper, reading),
    } | fields
    return make_summary(paper, "ko", **fields)


def parts_of(claims: list[dict[str, str]]) -> dict[str, str]:
    """The parts that claims make, in order."""
    parts: dict[str, str] = {}
    for claim in claims:
        parts[claim["part"]] = f"{parts.get(claim['part'], '')} {claim['text']}".strip()
    return parts


def make_receipt(paper: Paper, reading: Reading | None = None, **fields) -> Receipt:
    """Of a model that answered."""
    fields = {
        "language": "ko",
        "source_sha256": reading.sha256 if reading else "0" * 64,
        "prompt_version": "ko-1",
        "model": "house:large",
        "state": Receipt.State.WRITTEN,
        "answer": CLAIMS,
        "try_count": 1,
        "input_tokens": 1834,
        "output_tokens": 412,
        "cost_usd": Decimal("0.002165"),
        "asked_at": timezone.now(),
        "answered_at": timezone.now(),
    } | fields
    return Receipt.objects.create(paper=paper, reading=reading, **fields)
