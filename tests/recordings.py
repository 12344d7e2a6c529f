"""Two papers, a good summary of one, and answers of models as the bench for summaries has them."""

from bench.summaries.recorded import Answer
from papers.summarise.source import SourceText

MAP = SourceText(
    "ParcelMap: How Parcels Find Their Way",
    "Parcels get lost in large cities, and nobody has measured how often this happens to them. "
    "We propose ParcelMap, a map that leads every parcel along numbered streets to its reader. "
    "ParcelMap learns the streets from 2B letters of RoadBook and remembers each turn it took. "
    "It walks through the city in 48 steps, and asks a neighbour when a door stays closed. "
    "On the LetterBench benchmark ParcelMap finds 93% of all parcels, 12% more than a postman.",
    "abstract",
)
STAMP = SourceText(
    "StampNet: Reading Stamps in the Dark",
    "Stamps fade, and a faded stamp tells no price and no country to whoever has to read it. "
    "We present StampNet, a lamp and a reader that work together on envelopes in the dark. "
    "StampNet is trained on 640,000 envelopes from InkSet with a loss that knows the ink's age. "
    "It needs a lamp of 7.5 watts, and no window in the room in which the envelopes are kept. "
    "On GlueBench it reads 88% of all stamps, which is 31% more than the best reader before it.",
    "abstract",
)
GOOD = {
    "whats_new": "ParcelMap은 번호가 붙은 거리를 따라 소포를 독자에게 이끄는 지도를 제안하며, "
    "큰 도시에서 소포가 얼마나 자주 사라지는지를 다룹니다.",
    "technical_details": "ParcelMap은 RoadBook의 편지 20억 통에서 거리를 배우고 48단계로 도시를 "
    "지나며, 지나온 모퉁이를 기억하고 문이 닫혀 있으면 이웃에게 묻습니다.",
    "performance_highlights": "LetterBench에서 ParcelMap은 전체 소포의 93%를 찾아냈으며, "
    "이는 집배원보다 12% 더 많은 결과입니다. 저자들은 이 결과를 보고합니다.",
}
KINDS = {
    *("swap", "number: a digit", "number: ten-fold", "number: 17 % more", "empty source"),
    *("cut ending", "foreign word", "missing part", "link"),
}


def answer(parts=GOOD, source=MAP, **fields) -> Answer:
    fields = {
        "paper": "2407.00001",
        "source_sha256": source.sha256,
        "model": "openai-compatible:stand-in",
        "language": "ko",
        "parts": parts,
        "prompt_version": "first",
        "try_count": 1,
        "input_tokens": 1000,
        "output_tokens": 300,
        "cost_usd": "0.0016",
        "seconds": 2.0,
    } | fields
    return Answer(**fields)
