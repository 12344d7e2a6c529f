"""A paper and a summary that fits it, for the tests of each check."""

from papers.models import Verdict
from papers.summarise.draft import PARTS, Draft
from papers.summarise.source import SourceText

REVIEW, BLOCK, HINT = Verdict.REVIEW, Verdict.BLOCK, Verdict.PASS
ABSTRACT = (
    "Long documents are hard to read. We introduce HayStack, a benchmark of 92 questions over "
    "1,500 documents (see https://hay.example/stack). Retrieval Augmented Generation (RAG) helps: "
    "GPT-4 answers 41% of it. 豆包 and <think> are named."
)
SOURCE = SourceText("HayStack: Reading Long Documents", ABSTRACT, "abstract")
SENTENCE = (
    "이 논문은 긴 문서를 읽는 능력을 재는 HayStack을 제안하고 "
    "여러 모델로 실험하여 결과를 비교합니다."
)
KOREAN = dict.fromkeys(PARTS, SENTENCE)


def korean(**others: str) -> Draft:
    return Draft("ko", KOREAN | others)


def said(findings) -> list[tuple[Verdict, str]]:
    return [(finding.level, str(finding.words.get("part", finding.reason))) for finding in findings]
